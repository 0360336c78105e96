//! svdforge-testbench
