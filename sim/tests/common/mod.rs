//! What the tests share: a reference machine and random designs.

#![allow(dead_code, reason = "Each test binary uses a part.")]

pub mod bits;
pub mod random;
pub mod reference;
