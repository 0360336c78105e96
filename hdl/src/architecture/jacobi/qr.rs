//! The QR decomposition of rows that stream in, computed by the units of the serial architecture.
//!
//! Incoming rows are reduced to a triangle R by Givens rotations. A rotation of a row of R (the *pivot row*) against
//! another row makes one element of that row vanish. It is called a *row rotation* here.

pub mod lane;
pub mod row_queue;
pub mod sequencer;
