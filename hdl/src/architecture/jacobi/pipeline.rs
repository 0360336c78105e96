//! What all datapaths have in common: the latencies of their memories, how deep their pipelines are, how often an angle
//! unit takes a block, and the form of their matrices.

use super::mapping::Mapping;
use crate::shape::Shape;
use crate::units::angles::{Form, Pace};
use crate::units::depth::Depth;

/// Cycles from an address to the word that a memory of U or V returns.
pub const VECTOR_READ: u32 = 2;
/// Cycles from an address to the word that a coefficient memory returns.
pub const COEFFICIENT_READ: u32 = 1;

/// The depth of the units' pipelines. Where matrices take turns, or a step is long, the rotators have other work while
/// a result is on its way.
pub fn depth(shape: &Shape) -> Depth {
    let is_busy = shape.in_flight() > 1 || (shape.even() >= LONG_STEP && !shape.is_reduced() && !shape.takes_any());
    if is_busy { Depth::Deep } else { Depth::Shallow }
}

/// How often an angle unit takes a diagonal block. Lanes send their blocks one after the other, symmetric matrices have
/// one angle per block, and where rows are reduced, two lanes ask for an angle in successive cycles.
pub fn pace(shape: &Shape) -> Pace {
    match Mapping::of(shape) {
        Mapping::Row | Mapping::Array => Pace::EveryCycle,
        Mapping::Quarter | Mapping::Serial if shape.symmetric() || shape.is_reduced() => Pace::EveryCycle,
        Mapping::Quarter | Mapping::Serial => Pace::EveryOtherCycle,
    }
}

/// Cycles from one read of a diagonal block to the next one in a serial core.
pub fn diagonal_cycles(shape: &Shape) -> usize {
    match pace(shape) {
        Pace::EveryCycle => 1,
        Pace::EveryOtherCycle => 2,
    }
}

/// Whether there is a register behind the memory of A. Those of U and V take two cycles, so that of A must not be ahead
/// of them.
pub fn holds_words(shape: &Shape) -> bool {
    depth(shape).is_deep() || !shape.is_prepared()
}

/// The fewest rows and columns whose steps last longer than a deep pipeline.
const LONG_STEP: usize = 10;

/// The form that all matrices of the core share, as the angle unit needs it.
pub fn form(shape: &Shape) -> Form {
    match shape.rows().cmp(&shape.cols()) {
        _ if shape.symmetric() => Form::Symmetric,
        _ if shape.takes_any() || shape.is_reduced() => Form::Any,
        std::cmp::Ordering::Less => Form::Wide,
        std::cmp::Ordering::Equal => Form::Square,
        std::cmp::Ordering::Greater => Form::Tall,
    }
}
