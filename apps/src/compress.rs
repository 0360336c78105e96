//! Applies singular values to pictures: compression to a low rank, and the removal of noise and of outlying pixels.
//!
//! A picture is cut into square tiles, or taken as a whole. The best approximation of rank r of each piece (C. Eckart,
//! G. Young, 1936) is its truncated singular value decomposition.

pub mod curve;
pub mod denoise;
pub mod picture;
pub mod sample;
pub mod tiles;

pub use denoise::{Noise, Outlier, denoise};
pub use picture::{Channel, Picture, Plane};
