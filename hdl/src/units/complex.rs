//! The units of complex cores. A complex number is a word with its real part in the low half.

pub mod angles;
pub mod coefficients;
pub mod half_vector;
pub mod rotator;
pub mod triples;
