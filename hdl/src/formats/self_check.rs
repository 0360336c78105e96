//! How far the components of a self-check may be off: the roundings of a decomposition as they show in products with
//! vectors of ±1, and those of the check itself.
//!
//! `docs/selfcheck.md` derives every line.

use super::analysis::Analysis;
use super::arithmetic::SMALL_ANGLE_ERROR;
use super::statistics::{ACTIVE_SHARE, Noise};

/// Random vectors of ±1 with which the reconstruction is compared. An error of rank one escapes a vector if its own
/// factor is nearly orthogonal to it, and all of them only if it is to each.
pub const PROBES: u32 = 4;
/// Those of them with which the orthogonality of U and of V is compared. An error of an element shows in both factors
/// of the product, so fewer will do.
pub const ORTHOGONAL_PROBES: u32 = 2;
/// Fraction bits that the sums of a check have beyond those of sigma, or of U and V.
pub const CHECK_BITS: u32 = 4;
/// The probability that a decomposition of the worst kind is taken for a wrong one.
pub const FALSE_ALARM: f64 = 1e-6;

/// How far components may be off, in units of 2^-[`CHECK_BITS`] of the last place of sigma, or of U and V.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckAllowance {
    /// Components of U diag(sigma) Vᵀ x - A x, for a matrix at full scale.
    pub reconstruction: u64,
    /// Components of UᵀU s - s and of VᵀV s - s.
    pub orthogonality: u64,
}

impl Analysis {
    /// The allowance for matrices of this size.
    pub(super) fn check_allowance(&self) -> CheckAllowance {
        let [left, right] = self.sides();
        let (rows, cols, full, values) = (left.size, right.size, self.full_scale(), left.triplets);
        let figures = f64::from(PROBES) * rows + 2.0 * f64::from(ORTHOGONAL_PROBES) * values;
        let tail = (2.0 * (2.0 * figures / FALSE_ALARM).ln()).sqrt();
        let cap = f64::from(self.arithmetic.settling_cap(self.rows.min(self.cols)));
        let noise = Noise::new(self, ACTIVE_SHARE.map(|share| share * cap));
        let [u, v] = noise.vectors;

        // The errors of U meet A x, of which nothing is known but |A x| <= |A| |x|; those of V meet a row of A.
        let (of_u, of_v) = (u * rows.sqrt() * cols, v * cols);
        let vectors = if self.arithmetic.symmetric { of_u + of_v } else { of_u.hypot(of_v) };
        let second = u * v * (rows * cols).sqrt() / full;
        let random = vectors.hypot(cols.sqrt() * noise.matrix(0.0)) + second * cols.sqrt();
        let left_over = SMALL_ANGLE_ERROR * self.settled_ratio() * full * cols.sqrt();
        // Half a unit for the rounding of each of the `values` products with sigma, weighted with a row of U; and what
        // is cut off the products that are summed up.
        let cut = (-f64::from(CHECK_BITS)).exp2();
        let own = 0.51 * values.sqrt() + cut * values;
        let reconstruction = tail * random + left_over + own;

        let orthogonality = [(left, u), (right, v)].map(|(side, deviation)| {
            let second = deviation * deviation / full;
            let random = (2.0 * deviation).hypot(second * (2.0 * side.size).sqrt());
            let repeated = (side.size - 1.0) * (1.0 + 2.0 * self.stretch() * full);
            values.sqrt() * (tail * random + second * side.size) + repeated + cut * side.size
        });
        let units = |bound: f64| (bound * f64::from(1u32 << CHECK_BITS)).ceil() as u64;
        CheckAllowance {
            reconstruction: units(reconstruction),
            orthogonality: units(orthogonality[0].max(orthogonality[1])),
        }
    }
}
