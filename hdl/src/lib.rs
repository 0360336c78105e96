//! svdforge-hdl
