//! svdforge-sim
