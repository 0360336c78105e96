//! svdforge
fn main() {}
