//! The units of a core, one file each. A unit's function adds its module to the design; its header derives its bit growth.

pub mod angles;
pub mod coefficients;
pub mod half_angle;
pub mod headroom;
pub mod matrix_memory;
pub mod norm_exact;
pub mod rotator;
pub mod rounder;
pub mod vector_memory;
