//! Statistical bounds and expected errors: they assume that roundings are independent and uniformly distributed.
//!
//! One matrix in 10^6 exceeds a statistical bound. Source: Chernoff's method, W. Hoeffding, J. Amer. Statist. Assoc.
//! 58, 1963. `docs/bounds.md`, "Statistical", derives every line.

use super::analysis::{Analysis, RawErrors};
use super::arithmetic::SMALL_ANGLE_ERROR;
use super::reduction::Reduction;

/// The share of matrices that may exceed the statistical bound.
pub const FAILURE: f64 = 1e-6;
/// The largest share of the sweep cap of `--sweeps auto` during which the rotations of a matrix round: first for A,
/// then for U and V. In the other sweeps, angles are 0 or too small to cause roundings. Measured, see `docs/bounds.md`.
pub const ACTIVE_SHARE: [f64; 2] = [2.0 / 3.0, 3.0 / 4.0];
/// Mean square of the elements of the standard suite, relative to the square of full scale: first for general matrices,
/// then for symmetric ones, which are the symmetric parts of the others scaled up to full scale.
const SUITE_POWER: [f64; 2] = [0.28, 0.18];
/// The same of complex matrices relative to real ones: matrices with a given spectrum have as much, others twice.
const COMPLEX_POWER: f64 = 1.6;
/// Variance of the error of sigma for a triangle, relative to that for a full matrix. It is smaller since many elements
/// of a triangle are small from the start.
const TRIANGLE_ACTIVITY: f64 = 0.6;

impl Analysis {
    /// The bounds that one matrix in 10^6 exceeds.
    pub(super) fn statistical(&self) -> RawErrors {
        let [left, right] = self.sides();
        let (full, triplets) = (self.full_scale(), left.triplets);
        let cap = f64::from(self.arithmetic.settling_cap(self.rows.min(self.cols)));
        // This does not depend on the number of sweeps. In one or two sweeps, the same roundings repeat, so they weigh
        // more than their number suggests.
        let active = ACTIVE_SHARE.map(|share| share * cap);
        let pairs = |n: f64| n * (n + 1.0) / 2.0;
        let components = self.arithmetic.components();
        let figures = triplets + components * (pairs(left.size) + pairs(right.size) + left.size * right.size);
        let tail = (2.0 * (2.0 * figures / FAILURE).ln()).sqrt();
        let noise = Noise::new(self, active);
        let norm = self.norms().norm;

        let undecided = self.arithmetic.noise_limit() / 2.0;
        let value = noise.matrix(self.arithmetic.norm_error().rms / 2.0 * norm);
        let drift = noise.turns * self.arithmetic.norm_error().mean / 2.0 * norm;
        let unfinished = SMALL_ANGLE_ERROR * self.settled_ratio() * full;
        let random = match &self.reduction {
            Some(reduction) => self.reduced(reduction, tail, value),
            None if self.rows == self.cols => tail * value,
            None => unfinished.hypot(tail * value),
        };
        let sigma = random + drift + if triplets > 1.0 { undecided.min(value) } else { 0.0 };
        let orthogonality = [(left, noise.vectors[0]), (right, noise.vectors[1])].map(|(side, deviation)| {
            let second = deviation * deviation / full;
            let random = tail * (2.0 * deviation).hypot(second * (2.0 * side.size).sqrt()) + second * side.size;
            random + (side.size - 1.0) * (1.0 + 2.0 * self.stretch() * full)
        });
        let second = noise.vectors[0] * noise.vectors[1] * (left.size * right.size).sqrt() / full;
        // The largest mean square of an element of A.
        let common = components * if self.arithmetic.symmetric { 2.0 } else { 1.0 };
        let product = tail * (noise.product(self, common).hypot(noise.matrix(0.0)) + second) + unfinished;
        RawErrors { sigma, orthogonality, product }
    }

    /// The expected root mean square errors over the standard suite, when `rank` triplets leave the core.
    pub(super) fn expected_rms(&self, rank: usize) -> RawErrors {
        let [left, right] = self.sides();
        let (triplets, bits) = (left.triplets, f64::from(self.arithmetic.vector_fraction()));
        // The number of sweeps that round, fitted to measurements on the standard suite.
        let fitted = 0.2 + 0.42 * triplets.log2() + 0.093 * bits;
        let active = self.sweeps.min(if self.arithmetic.symmetric { 0.75 * fitted } else { fitted });
        let noise = Noise::new(self, [active, active * (1.0 - 1.5 / triplets.max(2.0).powi(2))]);
        // In an element of UᵀU - I off the diagonal, the errors of two elements add as squares; on the diagonal they
        // add linearly. A single plane rotation has no error off the diagonal.
        let delivered = rank as f64;
        let off = if self.steps() == 1 { 0.0 } else { 2.0 * (1.0 - 1.0 / delivered) };
        let orthogonality = noise.vectors.map(|deviation| deviation * (off + 4.0 / delivered).sqrt());
        // The noise rule leaves elements off the diagonal that are uniformly distributed up to its limit.
        let left_alone =
            (self.arithmetic.noise_limit() / 2.0).powi(2) / 12.0 * (1.0 - triplets / (left.size * right.size));
        let relative = if self.arithmetic.complex { COMPLEX_POWER } else { 1.0 };
        let power = relative * SUITE_POWER[usize::from(self.arithmetic.symmetric)];
        let product = noise.product(self, power).powi(2) + noise.matrix(0.0).powi(2) + left_alone;
        let sigma = match &self.reduction {
            None => noise.matrix(0.0),
            Some(reduction) => {
                let decomposed = TRIANGLE_ACTIVITY * noise.matrix(0.0).powi(2);
                (decomposed + reduction.expected_square() + self.last_place().powi(2) / 12.0).sqrt()
            }
        };
        RawErrors { sigma, orthogonality, product: product.sqrt() }
    }

    /// The error of sigma in cores that reduce rows: `tail` standard deviations of the roundings of the reduction and
    /// of the decomposition, plus the residues. `value` is the standard deviation for the decomposition.
    fn reduced(&self, reduction: &Reduction, tail: f64, value: f64) -> f64 {
        let (error, steps) = (self.arithmetic.norm_error(), reduction.steps());
        // After the first pass, angles are too small to change a length.
        let [stretch, drift] = [error.rms, error.mean].map(|relative| relative / 2.0 * reduction.norm());
        let roundings = (steps * (reduction.passes() / 12.0 + stretch * stretch)).sqrt();
        let random = value.hypot(roundings).hypot(self.last_place() / 12f64.sqrt());
        tail * random + steps * drift + reduction.repeated()
    }
}

/// Standard deviations of accumulated roundings, in units of the last place.
pub(super) struct Noise {
    /// Number of rotations in which an element of A takes part, both sides together.
    turns: f64,
    /// Standard deviation of an element of U and of V.
    pub(super) vectors: [f64; 2],
}

impl Noise {
    /// The noise after `matrix` active sweeps of A and `vectors` active sweeps of U and V.
    pub(super) fn new(analysis: &Analysis, [matrix, vectors]: [f64; 2]) -> Self {
        let sides = analysis.sides();
        let stretch = analysis.arithmetic.norm_error().rms / 2.0 * analysis.full_scale();
        let turns = sides.iter().map(|side| side.active(matrix)).sum();
        Self { turns, vectors: sides.map(|side| (side.active(vectors) * variance(stretch)).sqrt()) }
    }

    /// Standard deviation of an element of A, or of a singular value. `stretch` is its root mean square change by the
    /// error of one rotation's norm.
    pub(super) fn matrix(&self, stretch: f64) -> f64 {
        (self.turns * variance(stretch)).sqrt()
    }

    /// Standard deviation of an element of the product, as far as it comes from U and V. `power` is the mean square of
    /// the elements of A, relative to the square of full scale.
    fn product(&self, analysis: &Analysis, power: f64) -> f64 {
        let [left, right] = analysis.sides();
        let squares = self.vectors.map(|v| v * v * power);
        (squares[0] * left.size + squares[1] * right.size).sqrt()
    }
}

/// The variance of a uniformly distributed rounding plus that of a change of a length by `stretch`.
fn variance(stretch: f64) -> f64 {
    1.0 / 12.0 + stretch * stretch
}
