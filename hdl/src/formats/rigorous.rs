//! Rigorous bounds: they assume every rounding at its largest and in the worst direction.
//!
//! Sources: N. J. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd edition, SIAM 2002, chapters 3 and 19;
//! for sigma, Weyl's inequality. `docs/bounds.md`, "Rigorous", derives every line.

use super::analysis::{Analysis, RawErrors};
use super::arithmetic::{ANGLE_ERROR, ANGLE_UNITS};

impl Analysis {
    /// The rigorous bounds.
    pub(super) fn rigorous(&self) -> RawErrors {
        let ([left, right], full, matrix) = (self.sides(), self.full_scale(), self.norms());
        let residual = self.residual(matrix.norm + matrix.drift);
        let drifts = [left, right].map(|side| self.vector_drift(side) / full);
        let norms = [drifts[0] * left.size.sqrt(), drifts[1] * right.size.sqrt()];
        let orthogonality = norms.map(|norm| (2.0 * norm + norm * norm) * full);
        let longest = full * self.of_components();
        let product = longest * (drifts[0] * left.size.sqrt() + drifts[1] * right.size.sqrt())
            + drifts[0] * drifts[1] * matrix.norm
            + (matrix.drift + residual) * (1.0 + norms[0]) * (1.0 + norms[1]);
        let reduced = self.reduction.map_or(0.0, |_| matrix.reduced + self.last_place() / 2.0);
        RawErrors { sigma: reduced + matrix.drift + residual, orthogonality, product }
    }

    /// Bound on the Frobenius norm of the part of A that a settled last sweep leaves off the diagonal. `norm` bounds
    /// the norm of A at any time.
    ///
    /// For each step t of the last sweep, `visited[t]` bounds the off-diagonal part in blocks that were rotated before
    /// step t, and `waiting[t]` that in the other blocks. Every block was settled, so its off-diagonal part is bounded
    /// by `before` before its rotation and by `after` after it. The small angles of each step mix the two parts. The
    /// bounds depend on each other: the iteration starts from `norm`, and each round gives tighter bounds.
    pub(super) fn residual(&self, norm: f64) -> f64 {
        let (steps, triplets) = (self.steps(), self.rows.min(self.cols));
        let noise = self.arithmetic.noise_limit() * self.of_components();
        let unit = self.arithmetic.angle_unit() * self.of_components();
        let ratio = self.settled_ratio();
        let pairs = (triplets.min(steps.div_ceil(2)) as f64).sqrt();
        let before = noise * pairs + ratio * norm;
        // Complex rotations by S - D and S + D are of first order in both, and leave products of S and D.
        let second = if self.arithmetic.has_phases() { 4.0 * self.settled_angle().powi(2) } else { 0.0 };
        let after = (noise + 2.0 * self.of_components()) * pairs
            + (ANGLE_ERROR * ratio + second + 2.0 * ANGLE_UNITS * unit) * 1.001 * norm;
        let largest_angle = ratio * if self.arithmetic.symmetric { 0.5 } else { 1.0 };
        let mixing = 2.0 * (largest_angle + self.stretch());
        let rounding = 1.01 * ((self.rows * self.cols) as f64).sqrt() * self.of_components();

        let (mut visited, mut waiting) = (vec![norm; steps + 1], vec![norm; steps + 1]);
        visited[0] = 0.0;
        waiting[steps] = 0.0;
        for _ in 0..steps + 20 {
            let moved: Vec<f64> =
                (0..steps).map(|t| mixing * visited[t].hypot(waiting[t]).min(norm) + rounding).collect();
            for t in 0..steps {
                visited[t + 1] = (visited[t] + moved[t]).hypot(after).min(norm);
            }
            for t in (0..steps).rev() {
                waiting[t] = (waiting[t + 1] + moved[t]).hypot(before).min(norm);
            }
        }
        visited[steps] + self.imaginary_diagonal(norm, before)
    }

    /// Bound on the norm of the imaginary part that a settled last sweep leaves on the diagonal. `before` bounds the
    /// off-diagonal part of the blocks of a step before their rotation.
    ///
    /// The phases of the sweep leave what their angles miss. Each later step brings back at most the product of an
    /// angle and an off-diagonal element, and roundings. The diagonal of a Hermitian matrix is real, but for roundings.
    fn imaginary_diagonal(&self, norm: f64, before: f64) -> f64 {
        if !self.arithmetic.complex {
            return 0.0;
        }
        let (steps, triplets) = (self.steps() as f64, (self.rows.min(self.cols) as f64).sqrt());
        let angles = ANGLE_ERROR * 2.0 * self.settled_angle() + 2.0 * ANGLE_UNITS * self.arithmetic.angle_unit();
        let phases = if self.arithmetic.has_phases() {
            angles * norm + self.arithmetic.noise_limit() / 2.0 * triplets
        } else {
            0.0
        };
        phases + steps * (self.settled_ratio() * before + triplets)
    }
}
