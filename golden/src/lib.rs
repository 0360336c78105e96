//! svdforge-golden
