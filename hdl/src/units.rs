//! The units of a core, one file each. A unit's function adds its module to the design; its header derives its bit growth.

pub mod angles;
pub mod coefficients;
pub mod half_angle;
pub mod headroom;
pub mod matrix_memory;
pub mod norm_exact;
pub mod qr_input;
pub mod qr_lane;
pub mod rotator;
pub mod rounder;
pub mod sorter;
pub mod stream_fifo;
pub mod stream_input;
pub mod stream_output;
pub mod vector_memory;
