//! Error and range analysis: how far a core's results may be from the mathematics, and how large its numbers become.
//!
//! The derivation of every line is in `docs/bounds.md`. Three figures for each error, in LSB of the input (sigma, reconstruction) or in
//! units of 2^-(word - 1) (orthogonality):
//!
//! - rigorous: every rounding at its worst and in the worst direction (N. J. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd edition,
//!   SIAM 2002, chapters 3 and 19; Weyl's inequality for sigma);
//! - statistical: roundings independent and uniform, exceeded by one matrix in 10^6 (Chernoff's method: W. Hoeffding, J. Amer. Statist. Assoc. 58, 1963);
//! - expected: the root of the mean square over the elements of the standard suite, the families of `golden` at full scale.
//!
//! All of them hold for a matrix whose status word does not say that the cap was reached; those of orthogonality always. What rows that are reduced
//! first add to sigma is in `reduction.rs`.

use super::params::Shape;
use super::reduction::Reduction;
use crate::units::angles::angle_fraction;
use crate::units::coefficients::{NormError, norm_error};
use crate::units::rotator::FINE_COSINE_SHIFT;
use serde::Serialize;

/// Largest relative error of a half angle below 2^-5 rad, where the limit stands for the arc tangent and s for its angle
/// (`hdl/tests/units/angles.rs`: 0.0105 and a third of the square of the ratio).
pub(super) const ANGLE_ERROR: f64 = 0.0115;
/// The same of ratios far below 2^-5, as most settled blocks have them.
const SMALL_ANGLE_ERROR: f64 = 0.0097;
/// What is cut off and rounded of an angle, in units of its last place.
pub(super) const ANGLE_UNITS: f64 = 1.5;
/// The modules of a core that compute with its data: no sum in them may leave its width.
pub const ARITHMETIC: &[&str] = &["rotator", "angle_unit", "half_angle", "coefficient_unit"];
/// The share of matrices that may exceed the statistical bound.
pub const FAILURE: f64 = 1e-6;
/// No matrix keeps its rotators busy for more than this share of the cap of `--sweeps auto`, those of A, and those of U and V: in the other sweeps
/// angles are 0 or too small for a rounding. Measured: `docs/bounds.md`.
pub const ACTIVE_SHARE: [f64; 2] = [2.0 / 3.0, 3.0 / 4.0];
/// Mean square of the elements of the standard suite's matrices, of full scale squared; of their symmetric parts, scaled up again.
const SUITE_POWER: [f64; 2] = [0.28, 0.18];
/// Variance of sigma where the matrix is a triangle, of that of a full one: much of it is small already.
const TRIANGLE_ACTIVITY: f64 = 0.6;

/// Errors of one kind, largest or root of the mean square. What the core does not deliver is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Errors {
    /// Of a singular value (or eigenvalue), in LSB; `None` for a matrix that was not settled.
    pub sigma: Option<f64>,
    /// Of an element of UᵀU - I, in units of 2^-(word - 1).
    pub orthogonality_u: Option<f64>,
    /// Of an element of VᵀV - I, in units of 2^-(word - 1).
    pub orthogonality_v: Option<f64>,
    /// Of an element of U diag(sigma) Vᵀ - A, in LSB; `None` also where not all triplets leave the core.
    pub reconstruction: Option<f64>,
}

impl Errors {
    /// The same in LSB of a matrix that is smaller by a factor: sigma and reconstruction shrink, orthogonality does not.
    fn scaled(self, factor: f64) -> Self {
        let scaled = |error: Option<f64>| error.map(|e| e * factor);
        Self { sigma: scaled(self.sigma), reconstruction: scaled(self.reconstruction), ..self }
    }

    /// What still holds if the cap was reached before the matrix was settled: nothing bounds what is left off the diagonal.
    fn unsettled(self) -> Self {
        Self { sigma: None, reconstruction: None, ..self }
    }

    /// Sigma, orthogonality of U, of V, reconstruction.
    pub fn all(&self) -> [Option<f64>; 4] {
        [self.sigma, self.orthogonality_u, self.orthogonality_v, self.reconstruction]
    }

    fn at_most(self, other: Self) -> Self {
        let least = |a: Option<f64>, b: Option<f64>| a.zip(b).map(|(a, b)| a.min(b));
        Self {
            sigma: least(self.sigma, other.sigma),
            orthogonality_u: least(self.orthogonality_u, other.orthogonality_u),
            orthogonality_v: least(self.orthogonality_v, other.orthogonality_v),
            reconstruction: least(self.reconstruction, other.reconstruction),
        }
    }

    fn map(self, change: impl Fn(f64) -> f64) -> Self {
        let Self { sigma, orthogonality_u, orthogonality_v, reconstruction } = self;
        Self {
            sigma: sigma.map(&change),
            orthogonality_u: orthogonality_u.map(&change),
            orthogonality_v: orthogonality_v.map(&change),
            reconstruction: reconstruction.map(&change),
        }
    }
}

/// What is promised of the errors.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bounds {
    /// Proven: no matrix exceeds it.
    pub rigorous: Errors,
    /// Exceeded by one matrix in 10^6, if roundings are independent.
    pub statistical: Errors,
    /// Root of the mean square over the elements of the standard suite.
    pub expected_rms: Errors,
}

/// Ends of the names of signals, and their largest size in units of their last place.
pub type Range = (&'static [&'static str], f64);

/// One side of the matrix: the rotations that its rows (or columns) take part in.
#[derive(Clone, Copy)]
struct Side {
    /// Rows.
    size: f64,
    /// Rotations of a row in a sweep by an angle other than 0, on average over the rows; the others turn with rows of zeros.
    turns: f64,
    /// The shorter side.
    triplets: f64,
}

impl Side {
    fn new(size: usize, other: usize) -> Self {
        let beyond = size.saturating_sub(other) as f64;
        let size = size as f64;
        // Two rows beyond the other side's length have a diagonal block of zeros. What is over for a length of 1 is 0.
        Self { size, turns: size - 1.0 - beyond * (beyond - 1.0) / size, triplets: size - beyond }
    }

    /// Rotations of a row that becomes a singular vector, in so many active sweeps: the first sweep clears the rows beyond the other side's length.
    fn active(self, sweeps: f64) -> f64 {
        sweeps.min(1.0) * (self.size - 1.0) + (sweeps - 1.0).max(0.0) * (self.triplets - 1.0)
    }
}

/// The analysis of one core for matrices of one size.
#[derive(Clone, Copy)]
pub struct Budget<'a> {
    shape: &'a Shape,
    rows: usize,
    cols: usize,
    sweeps: f64,
    /// Where rows are reduced: `rows` x `cols` is the triangle.
    reduction: Option<Reduction<'a>>,
}

impl<'a> Budget<'a> {
    /// For the largest matrices of a core, and as many sweeps as it ever makes.
    pub fn new(shape: &'a Shape) -> Self {
        Self::of(shape, (shape.rows, shape.cols), shape.sweep_cap())
    }

    /// For matrices of (rows, columns) that took so many sweeps.
    pub fn of(shape: &'a Shape, (rows, cols): (usize, usize), sweeps: u32) -> Self {
        let reduction = shape.is_reduced().then(|| Reduction::new(shape, (rows, cols)));
        Self { shape, rows: shape.decomposed_rows((rows, cols)), cols, sweeps: sweeps.into(), reduction }
    }

    /// The three figures for each error, with four digits; bounds are rounded up. After few sweeps of a small matrix the rigorous bound is the smaller one,
    /// and takes the place of the other.
    pub fn bounds(&self) -> Bounds {
        let rigorous = self.rigorous();
        Bounds {
            rigorous: rigorous.map(|error| four_digits(error, f64::ceil)),
            statistical: self.statistical().at_most(rigorous).map(|error| four_digits(error, f64::ceil)),
            expected_rms: self.expected_rms().map(|error| four_digits(error, f64::round)),
        }
    }

    /// [`Self::bounds`] of one matrix: the core shifted it up by -`block_exponent` bits, and it was settled or not. A triangle is shifted only when it is complete: its
    /// bounds stay those of full scale.
    pub fn bounds_of_matrix(&self, block_exponent: i32, settled: bool) -> Bounds {
        let factor = if self.reduction.is_some() { 1.0 } else { f64::from(block_exponent).exp2() };
        let of_matrix = |errors: Errors| {
            let scaled = errors.scaled(factor);
            if settled { scaled } else { scaled.unsettled() }
        };
        let Bounds { rigorous, statistical, expected_rms } = self.bounds();
        Bounds {
            rigorous: of_matrix(rigorous),
            statistical: of_matrix(statistical),
            expected_rms: of_matrix(expected_rms),
        }
    }

    /// No element of A, nor the length of any pair that is rotated, exceeds this inside the core; units of the last place.
    pub fn largest_element(&self) -> f64 {
        let frame = self.frame();
        frame.norm + frame.drift
    }

    /// The same of U and V.
    pub fn largest_vector_element(&self) -> f64 {
        let longest = self.sides().map(|side| self.vector_drift(side)).into_iter().fold(0.0, f64::max);
        self.full_scale() + longest
    }

    /// Largest sizes of named signals, by the ends of their names, in units of their last place: elements of A and what the rotators make of them
    /// (U and V are smaller); elements of U and V; sums of products; coefficients.
    pub fn ranges(&self) -> Vec<Range> {
        let fraction = self.shape.coef - 1;
        let element = self.largest_element().max(self.largest_vector_element());
        vec![
            (
                &["element_00", "element_01", "element_10", "element_11", "diagonal_0", "diagonal_1"],
                self.largest_element(),
            ),
            (&["x_rotated", "y_rotated", "x_rounded", "y_rounded"], element),
            (&["_u_00", "_u_01", "_u_10", "_u_11", "_v_00", "_v_01", "_v_10", "_v_11"], self.largest_vector_element()),
            (&["sum_x", "sum_y"], (1.0 + self.stretch()) * element * f64::from(fraction + FINE_COSINE_SHIFT).exp2()),
            (&["_k_out", "_s_out"], f64::from(fraction).exp2()),
        ]
    }

    /// Where rows are reduced: what all rotations of an element of a row leave of it, at most, in a column of this length; units of the last place.
    pub fn largest_residue(&self, element: f64, column: f64) -> Option<f64> {
        self.reduction.map(|reduction| reduction.residue(element, column))
    }

    /// Left and right.
    fn sides(&self) -> [Side; 2] {
        [Side::new(self.rows, self.cols), Side::new(self.cols, self.rows)]
    }

    /// Full scale of an input element, and 1.0 of U and V, in units of the last place.
    fn full_scale(&self) -> f64 {
        f64::from(self.shape.vector_fraction()).exp2()
    }

    /// Steps of a sweep.
    fn steps(&self) -> usize {
        self.rows.max(self.cols).next_multiple_of(2) - 1
    }

    /// Largest relative change of a length by one rotation: half the error of c² + s².
    fn stretch(&self) -> f64 {
        self.norm_error().largest / 2.0
    }

    fn norm_error(&self) -> NormError {
        norm_error(self.shape.coef - 1)
    }

    /// By how much all rotations of `sides` sides may stretch, at most.
    fn growth(&self, sides: f64) -> f64 {
        (sides * self.sweeps * self.steps() as f64 * self.stretch() * 1.001).exp()
    }

    /// Frobenius norm of all roundings of one side, each 1/2 in size, the norms of the steps added: `other` elements in a row.
    fn roundings(&self, side: Side, other: f64) -> f64 {
        self.sweeps * (other * side.size * side.turns * self.steps() as f64).sqrt() / 2.0
    }

    fn frame(&self) -> Frame {
        let [left, right] = self.sides();
        let (input, reduced) = match &self.reduction {
            None => ((left.size * right.size).sqrt() * self.full_scale(), 0.0),
            Some(reduction) => (reduction.norm(), reduction.drift(self.stretch())),
        };
        let norm = input + reduced;
        let growth = self.growth(2.0);
        let roundings = self.roundings(left, right.size) + self.roundings(right, left.size);
        Frame { reduced, norm, drift: growth * roundings + (growth - 1.0) * norm }
    }

    /// How far a column of Uᵀ (or Vᵀ) may be from the column of an orthogonal matrix, in units of the last place.
    fn vector_drift(&self, side: Side) -> f64 {
        let growth = self.growth(1.0);
        growth * self.roundings(side, 1.0) + (growth - 1.0) * self.full_scale()
    }

    fn rigorous(&self) -> Errors {
        let ([left, right], full, frame) = (self.sides(), self.full_scale(), self.frame());
        let residual = self.residual(frame.norm + frame.drift);
        let drifts = [left, right].map(|side| self.vector_drift(side) / full);
        let norms = [drifts[0] * left.size.sqrt(), drifts[1] * right.size.sqrt()];
        let orthogonality = norms.map(|norm| (2.0 * norm + norm * norm) * full);
        let product = full * (drifts[0] * left.size.sqrt() + drifts[1] * right.size.sqrt())
            + drifts[0] * drifts[1] * frame.norm
            + (frame.drift + residual) * (1.0 + norms[0]) * (1.0 + norms[1]);
        let reduced = self.reduction.map_or(0.0, |_| frame.reduced + self.last_place() / 2.0);
        self.delivered(reduced + frame.drift + residual, orthogonality, product)
    }

    /// Frobenius norm of what a settled last sweep leaves off the diagonal, at most; `norm`: that of A at any time.
    ///
    /// Of the last sweep, `visited[t]` bounds the part off the diagonal whose blocks were rotated before step t, `waiting[t]` the others. Every block
    /// was settled, which bounds it before its rotation by `before`, and after it by `after`; each step mixes the two parts by its small angles.
    /// The bounds depend on each other; starting from `norm`, each round gives better ones.
    fn residual(&self, norm: f64) -> f64 {
        let (steps, triplets) = (self.steps(), self.rows.min(self.cols));
        let noise = noise_limit(self.shape);
        let unit = angle_unit(self.shape);
        let ratio = self.settled_ratio();
        let pairs = (triplets.min(steps.div_ceil(2)) as f64).sqrt();
        let before = noise * pairs + ratio * norm;
        let after = (noise + 2.0) * pairs + (ANGLE_ERROR * ratio + 2.0 * ANGLE_UNITS * unit) * 1.001 * norm;
        let largest_angle = ratio * if self.shape.symmetric { 0.5 } else { 1.0 };
        let mixing = 2.0 * (largest_angle + self.stretch());
        let rounding = 1.01 * ((self.rows * self.cols) as f64).sqrt();

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
        visited[steps]
    }

    /// tan of twice the largest half angle of a settled block.
    fn settled_ratio(&self) -> f64 {
        let unit = angle_unit(self.shape);
        let settled = (-f64::from(self.shape.limits().settled_bits)).exp2();
        (2.0 * (settled + ANGLE_UNITS * unit) / (1.0 - ANGLE_ERROR)).tan()
    }

    fn statistical(&self) -> Errors {
        let [left, right] = self.sides();
        let (full, triplets) = (self.full_scale(), left.triplets);
        let cap = f64::from(self.shape.settling_cap(self.rows.min(self.cols)));
        // Whatever the number of sweeps: in one or two, roundings that repeat weigh more than their number says.
        let active = ACTIVE_SHARE.map(|share| share * cap);
        let pairs = |n: f64| n * (n + 1.0) / 2.0;
        let figures = triplets + pairs(left.size) + pairs(right.size) + left.size * right.size;
        let tail = (2.0 * (2.0 * figures / FAILURE).ln()).sqrt();
        let noise = Noise::new(self, active);
        let norm = self.frame().norm;

        let undecided = noise_limit(self.shape) / 2.0;
        let value = noise.matrix(self.norm_error().rms / 2.0 * norm);
        let drift = noise.turns * self.norm_error().mean / 2.0 * norm;
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
        let common = if self.shape.symmetric { 2.0 } else { 1.0 };
        let product = tail * (noise.product(self, common).hypot(noise.matrix(0.0)) + second) + unfinished;
        self.delivered(sigma, orthogonality, product)
    }

    fn expected_rms(&self) -> Errors {
        let [left, right] = self.sides();
        let (triplets, bits) = (left.triplets, f64::from(self.shape.vector_fraction()));
        // A fit to the activity of the standard suite, in sweeps.
        let fitted = 0.2 + 0.42 * triplets.log2() + 0.093 * bits;
        let active = self.sweeps.min(if self.shape.symmetric { 0.75 * fitted } else { fitted });
        let noise = Noise::new(self, [active, active * (1.0 - 1.5 / triplets.max(2.0).powi(2))]);
        // Off the diagonal of UᵀU - I two elements add their squares, on it their sizes; of a single plane rotation nothing is off the diagonal.
        let delivered = self.shape.rank_of(self.rows, self.cols) as f64;
        let off = if self.steps() == 1 { 0.0 } else { 2.0 * (1.0 - 1.0 / delivered) };
        let orthogonality = noise.vectors.map(|deviation| deviation * (off + 4.0 / delivered).sqrt());
        // What the noise rule leaves off the diagonal, uniform.
        let left_alone = (noise_limit(self.shape) / 2.0).powi(2) / 12.0 * (1.0 - triplets / (left.size * right.size));
        let product = noise.product(self, SUITE_POWER[usize::from(self.shape.symmetric)]).powi(2)
            + noise.matrix(0.0).powi(2)
            + left_alone;
        let sigma = match &self.reduction {
            None => noise.matrix(0.0),
            Some(reduction) => {
                let decomposed = TRIANGLE_ACTIVITY * noise.matrix(0.0).powi(2);
                (decomposed + reduction.expected_square() + self.last_place().powi(2) / 12.0).sqrt()
            }
        };
        self.delivered(sigma, orthogonality, product.sqrt())
    }

    /// Of sigma, where rows are reduced: `tail` standard deviations of the roundings of both parts, and the residues.
    fn reduced(&self, reduction: &Reduction<'_>, tail: f64, value: f64) -> f64 {
        let (error, steps) = (self.norm_error(), reduction.steps());
        // After the first pass angles are too small to change a length.
        let [stretch, drift] = [error.rms, error.mean].map(|relative| relative / 2.0 * reduction.norm());
        let roundings = (steps * (reduction.passes() / 12.0 + stretch * stretch)).sqrt();
        let random = value.hypot(roundings).hypot(self.last_place() / 12f64.sqrt());
        tail * random + steps * drift + reduction.repeated()
    }

    /// The last place of sigma as it leaves the core, in units of the last place inside.
    fn last_place(&self) -> f64 {
        f64::from(self.shape.inner_guard() - self.shape.guard).exp2()
    }

    /// From units of the last place to LSB, and only what leaves the core.
    fn delivered(&self, sigma: f64, orthogonality: [f64; 2], product: f64) -> Errors {
        let shape = self.shape;
        let lsb = |units: f64| units * (-f64::from(shape.inner_guard())).exp2();
        let vectors = |units: f64| units * (-f64::from(shape.guard)).exp2();
        let complete = shape.rank_of(self.rows, self.cols) == self.rows.min(self.cols);
        let both = shape.has_v() && (shape.has_u() || shape.symmetric);
        Errors {
            sigma: Some(lsb(sigma)),
            orthogonality_u: shape.has_u().then(|| vectors(orthogonality[0])),
            orthogonality_v: shape.has_v().then(|| vectors(orthogonality[1])),
            reconstruction: (complete && both).then(|| lsb(product)),
        }
    }
}

/// What the reduction of rows adds; norm of the matrix that is decomposed, A at full scale or its triangle; and how far rotations and roundings may take
/// it from a matrix with the singular values of A: Frobenius norms in units of the last place.
struct Frame {
    reduced: f64,
    norm: f64,
    drift: f64,
}

/// Standard deviations of accumulated roundings, in units of the last place.
struct Noise {
    /// Rotations that a row or column of A takes part in, both sides together.
    turns: f64,
    /// Of an element of U and of V.
    vectors: [f64; 2],
}

impl Noise {
    /// For so many sweeps of activity of A, and of U and V.
    fn new(budget: &Budget<'_>, [matrix, vectors]: [f64; 2]) -> Self {
        let sides = budget.sides();
        let stretch = budget.norm_error().rms / 2.0 * budget.full_scale();
        let turns = sides.iter().map(|side| side.active(matrix)).sum();
        Self { turns, vectors: sides.map(|side| (side.active(vectors) * variance(stretch)).sqrt()) }
    }

    /// Of an element of A, or a singular value; `stretch`: what the norm of a rotation changes of it, root of the mean square.
    fn matrix(&self, stretch: f64) -> f64 {
        (self.turns * variance(stretch)).sqrt()
    }

    /// Of an element of the product, as far as it comes from U and V; `power`: mean square of the elements of A, of full scale squared.
    fn product(&self, budget: &Budget<'_>, power: f64) -> f64 {
        let [left, right] = budget.sides();
        let squares = self.vectors.map(|v| v * v * power);
        (squares[0] * left.size + squares[1] * right.size).sqrt()
    }
}

/// The last place of an angle.
pub(super) fn angle_unit(shape: &Shape) -> f64 {
    (-f64::from(angle_fraction(shape.coef))).exp2()
}

/// Off-diagonal parts below this are left alone.
pub(super) fn noise_limit(shape: &Shape) -> f64 {
    f64::from(1u32 << (shape.limits().noise_bits - 1))
}

/// Of a uniform rounding and of the change of a length.
fn variance(stretch: f64) -> f64 {
    1.0 / 12.0 + stretch * stretch
}

/// The same bytes on every machine, whose functions may differ in the last place.
fn four_digits(value: f64, round: fn(f64) -> f64) -> f64 {
    // From 1000 on whole numbers; a bound of 10^-4 or less has no digits left that mean anything.
    let scale = [1e0, 1e1, 1e2, 1e3, 1e4].into_iter().find(|scale| value * scale >= 1e3).unwrap_or(1e5);
    round(value * scale) / scale
}

/// The fewest bits, sign included, that hold numbers up to `largest` in size, but at least `least`.
pub(super) fn signed_bits(largest: f64, least: u32) -> u32 {
    (least..).find(|&bits| largest < f64::from(bits - 1).exp2()).unwrap_or(least)
}
