//! Number formats. They follow from the parameters, are derived in the order below, and are stored once.
//!
//! 1. The guard bits inside the core follow from the number of rows that are reduced to a triangle.
//! 2. The bits of a coefficient follow from the word length, unless the user chose them.
//! 3. These and the parameters make up the arithmetic, which is the input of the error analysis.
//! 4. The bits of an element of U and V, of A, and of a singular value follow from the largest numbers that the
//!    analysis finds.

mod analysis;
mod arithmetic;
mod budget;
mod errors;
mod reduction;
mod rigorous;
mod searched;
mod self_check;
mod statistics;
mod streams;

pub use arithmetic::Arithmetic;
pub use budget::Budget;
pub(crate) use budget::Delivery;
pub use errors::{ErrorBounds, Errors};
pub use searched::SweepSearch;
pub use self_check::{CHECK_BITS, CheckAllowance, FALSE_ALARM, ORTHOGONAL_PROBES, PROBES};
pub use statistics::{ACTIVE_SHARE, FAILURE};
pub(crate) use streams::Content;
pub use streams::{BeatFormat, STATUS_BITS, Streams};

use crate::dimensions::{Dimensions, ceil_log2};
use crate::parameters::{COEFS, Parameters};

/// The number formats of a core. All numbers are two's complement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formats {
    /// Word lengths and limits of the rotations, on which the error analysis is based.
    pub arithmetic: Arithmetic,
    /// Bits of an element of A inside the core.
    pub element_bits: u32,
    /// Fraction bits of an element of A inside the core.
    pub element_fraction: u32,
    /// Bits of a singular value as it leaves the core.
    pub sigma_bits: u32,
    /// Fraction bits of a singular value as it leaves the core.
    pub sigma_fraction: u32,
    /// Bits of an element of U or V.
    pub vector_bits: u32,
    /// Fraction bits of an element of U or V.
    pub vector_fraction: u32,
}

impl Formats {
    /// The formats of a core with these parameters, which must have been checked.
    pub(crate) fn new(parameters: &Parameters, dimensions: &Dimensions) -> Self {
        let Parameters { word, guard, .. } = *parameters;
        let inner_guard = arithmetic::inner_guard(guard, dimensions);
        let least_element_bits = word + inner_guard + growth(dimensions, parameters.components() as usize) + 1;
        let needed = || needed_coefficient_bits(parameters, dimensions, least_element_bits);
        let coefficient_bits = parameters.coef.unwrap_or_else(needed);

        let arithmetic = Arithmetic::new(parameters, dimensions, coefficient_bits);
        let delivery = Delivery { rank: dimensions.triplets(), u: true, v: true };
        let sweeps = arithmetic.sweep_cap(dimensions.even());
        let budget = Budget::new(arithmetic, dimensions, dimensions.largest(), sweeps, delivery);

        let vector_fraction = arithmetic.vector_fraction();
        // The number 1.0 takes one bit above the fraction, besides the sign. More bits are needed only where
        // accumulated roundings could exceed it in the worst case.
        let vector_bits = signed_bits(budget.largest_vector_element(), vector_fraction + 2);
        let element_bits = match dimensions.is_reduced() {
            true => least_element_bits,
            // Short words with few guard bits need more, where accumulated roundings could exceed the growth in the
            // worst case.
            false => signed_bits(budget.largest_element(), least_element_bits),
        };
        let element_bits = element_bits.max(vector_bits);
        let frac = parameters.frac.unwrap_or(word - 1);
        Self {
            arithmetic,
            element_bits,
            element_fraction: frac + inner_guard,
            sigma_bits: element_bits - (inner_guard - guard),
            sigma_fraction: frac + guard,
            vector_bits,
            vector_fraction,
        }
    }
}

/// Bits above the word that the singular values of a full-scale matrix need.
///
/// The bound is the longer side times full scale for a matrix that is decomposed as it is. For a matrix that is reduced
/// to a triangle it is the Frobenius norm, the square root of the number of elements times full scale. The largest
/// complex element is longer than full scale by the square root of 2.
fn growth(dimensions: &Dimensions, components: usize) -> u32 {
    match dimensions.is_reduced() {
        true => ceil_log2(components * dimensions.elements()).div_ceil(2),
        false => ceil_log2(components * dimensions.side().pow(2)).div_ceil(2),
    }
}

/// Bits of a coefficient with which its error stays below the rounding of the data, at least 18.
///
/// For a matrix that is decomposed as it is, these are word + guard + log2(n) - 7 bits, and one more for complex
/// numbers, whose angles have two bits more than a coefficient instead of three. Where rows are reduced, the angle must
/// resolve as much as the data, because what it cannot eliminate of a row is lost.
fn needed_coefficient_bits(parameters: &Parameters, dimensions: &Dimensions, element_bits: u32) -> u32 {
    let needed = match dimensions.is_reduced() {
        true => element_bits.saturating_sub(8),
        false => {
            let bits = parameters.word + parameters.guard + ceil_log2(dimensions.side());
            bits.saturating_sub(if parameters.complex { 6 } else { 7 })
        }
    };
    needed.clamp(18, *COEFS.end())
}

/// The fewest bits of a coefficient for which angles are fine enough to tell whether a block is settled.
pub(crate) fn least_coefficient_bits(word: u32) -> u32 {
    arithmetic::settled_bits(word) + 1 - crate::units::norm_exact::FINE_BITS
}

/// The fewest bits, sign included, that hold numbers of magnitude up to `largest`, but at least `least`.
fn signed_bits(largest: f64, least: u32) -> u32 {
    (least..).find(|&bits| largest < f64::from(bits - 1).exp2()).unwrap_or(least)
}
