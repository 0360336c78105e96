//! Removes noise from a matrix of low rank. A published rule gives the rank, and entries that are neither structure nor
//! noise are found.
//!
//! # The rank
//!
//! The rule is that of M. Gavish, D. L. Donoho: "The Optimal Hard Threshold for Singular Values is 4/sqrt(3)", IEEE
//! Transactions on Information Theory 60, 2014. Consider an m x n matrix where n is the larger side and beta = m / n,
//! with white noise of standard deviation s. The singular values above lambda(beta) sqrt(n) s are kept (their equations
//! 3 and 11). If the noise is unknown, those above omega(beta) times the median singular value are kept (equations 4
//! and 5).
//!
//! # Outlying entries
//!
//! An entry is outlying if its studentised residual differs from the median by more than sqrt(2 ln N) robust standard
//! deviations (1.4826 x the median absolute deviation) of all N residuals. That is about as far as the farthest of N
//! Gaussian numbers, so noise alone produces 0.2 outlying entries on average, whatever N is. A residual is studentised
//! as in regression: it is divided by sqrt((1 - h_i) (1 - h_j)), where h is the squared length of row i of the kept U,
//! or of row j of the kept V. This compensates for the fit bending towards a spike.
//!
//! An outlying entry is then replaced, first by the median of its neighbours and in further rounds by the fit. The fit
//! is repeated until the same entries are outlying. Until then, a singular triplet with few entries is left out,
//! because it is a spike and not structure. Few means fewer than [`FEW`] by its participation, 1 / (sum u_i^4 sum
//! v_j^4), which is 1 for a single entry and m n for equal entries.

use super::picture::Plane;
use super::tiles::{Cut, cut_out, put_back};
use crate::decomposer::{Decomposer, DecompositionError, LARGEST, Svd};
use crate::range_finder::{OVERSAMPLING, POWER_ITERATIONS, truncated_svd};
use nalgebra::DMatrix;
use serde::Serialize;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hasher};

/// What is known about the noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Noise {
    /// Its standard deviation.
    Known(f64),
    /// The standard deviation is unknown and is estimated from the median singular values.
    Unknown,
}

/// An entry that is neither structure nor noise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Outlier {
    /// Row, from 0.
    pub row: usize,
    /// Column, from 0.
    pub col: usize,
    /// The value of the entry.
    pub value: f64,
    /// The value of the fit.
    pub fitted: f64,
    /// The difference of the two in robust standard deviations.
    pub z: f64,
}

/// A matrix without its noise.
#[derive(Clone, Debug)]
pub struct Denoised {
    /// The matrix without noise.
    pub plane: Plane,
    /// The rank that was kept of each piece, with the pieces row by row.
    pub ranks: Vec<usize>,
    /// The threshold for singular values.
    pub threshold: f64,
    /// The standard deviation of the noise, as given or as estimated.
    pub noise: f64,
    /// The outlying entries, those that differ most first.
    pub outliers: Vec<Outlier>,
}

/// A triplet with fewer entries by participation is a spike. Two spikes in one column that mix have up to 4 entries,
/// while a line across a tile of 8 pixels has 8.
pub const FEW: f64 = 8.0;

/// The most rounds of fits. On all data that was tried the outlying entries settle in fewer.
const ROUNDS: usize = 12;

/// lambda(beta), equation 11 of Gavish and Donoho. It is 4/sqrt(3) for a square matrix.
pub fn lambda(beta: f64) -> f64 {
    let root = (beta * beta + 14.0 * beta + 1.0).sqrt();
    (2.0 * (beta + 1.0) + 8.0 * beta / (beta + 1.0 + root)).sqrt()
}

/// omega(beta) = lambda(beta) / sqrt(median of the Marcenko-Pastur distribution), their equation 5. It is about 2.858
/// for a square matrix.
pub fn omega(beta: f64) -> f64 {
    lambda(beta) / marcenko_pastur_median(beta).sqrt()
}

/// The median of the Marcenko-Pastur distribution. Its density is sqrt((b - x)(x - a)) / (2 pi beta x) for x from a =
/// (1 - sqrt(beta))^2 to b = (1 + sqrt(beta))^2.
///
/// With x = 1 + beta - 2 sqrt(beta) cos(t), the density times dx becomes a smooth function of t from 0 to pi. The
/// midpoint rule then gives the mass of each step with an error of about the square of its width.
pub fn marcenko_pastur_median(beta: f64) -> f64 {
    const STEPS: usize = 20_000;
    let width = std::f64::consts::PI / STEPS as f64;
    let x = |t: f64| 1.0 + beta - 2.0 * beta.sqrt() * t.cos();
    let mut mass = 0.0;
    for step in 0..STEPS {
        let t = (step as f64 + 0.5) * width;
        let slice = 2.0 * t.sin().powi(2) / (std::f64::consts::PI * x(t)) * width;
        if mass + slice >= 0.5 {
            return x(step as f64 * width + width * (0.5 - mass) / slice);
        }
        mass += slice;
    }
    x(std::f64::consts::PI)
}

/// The ratio of the smaller side to the larger, and the larger side.
fn shape_of((rows, cols): (usize, usize)) -> (f64, f64) {
    let (small, large) = (rows.min(cols) as f64, rows.max(cols) as f64);
    (small / large, large)
}

/// The most pixels of a picture whose noise is removed: 2^24. Which pixels are outlying is decided for a channel as a
/// whole, so it is held in `f64` several times.
pub const MAX_DENOISED: u64 = 1 << 24;

/// The bytes that [`denoise`] takes at most for each entry.
pub const BYTES_PER_ENTRY: u64 = 72;

/// Removes noise, piece by piece (see [`Cut`]), and finds outlying entries.
///
/// Unknown noise is estimated from the median singular value of each piece, and the median of these estimates is used
/// for all pieces. If a `Whole` is larger than a decomposer takes, its noise is estimated from tiles of [`LARGEST`]
/// pixels, and it keeps at most that rank.
///
/// # Errors
///
/// The decomposer fails.
pub fn denoise(
    plane: &Plane,
    cut: Cut,
    noise: Noise,
    decomposer: &mut dyn Decomposer,
) -> Result<Denoised, DecompositionError> {
    let mut pieces = Pieces::new(cut, plane.shape());
    // The truncated spectrum of a large piece ends before its median.
    let large = pieces.shape.0.min(pieces.shape.1) > LARGEST;
    let mut tiles = (large && noise == Noise::Unknown).then(|| Pieces::new(Cut::Tiles(LARGEST), plane.shape()));
    let mut fit = |cleaned: &Plane, without_spikes: bool, decomposer: &mut dyn Decomposer| {
        pieces.decompose(cleaned, decomposer)?;
        let level = match (noise, &mut tiles) {
            (Noise::Known(level), _) => level,
            (Noise::Unknown, None) => pieces.noise_level(),
            (Noise::Unknown, Some(tiles)) => {
                tiles.decompose(cleaned, decomposer)?;
                tiles.noise_level()
            }
        };
        Ok::<_, DecompositionError>(fit(plane, &pieces, level, without_spikes))
    };
    let mut outlying = BTreeSet::new();
    let mut cleaned = plane.clone();
    for _ in 0..ROUNDS {
        let found = fit(&cleaned, true, decomposer)?;
        let now: BTreeSet<(usize, usize)> = found.outliers.iter().map(|o| (o.row, o.col)).collect();
        if now == outlying {
            break;
        }
        cleaned.copy_from(plane);
        for &(i, j) in &now {
            let known = outlying.contains(&(i, j));
            cleaned[(i, j)] = if known { found.plane[(i, j)] } else { median_around(plane, i, j) };
        }
        outlying = now;
    }
    fit(&cleaned, false, decomposer)
}

/// The median of an entry and its neighbours, of which there are eight inside the matrix.
fn median_around(plane: &Plane, row: usize, col: usize) -> f64 {
    let rows = row.saturating_sub(1)..(row + 2).min(plane.nrows());
    let cols = col.saturating_sub(1)..(col + 2).min(plane.ncols());
    median(rows.flat_map(|i| cols.clone().map(move |j| plane[(i, j)])).collect())
}

/// The pieces of a plane with their decompositions.
struct Pieces {
    corners: Vec<(usize, usize)>,
    /// The rows and columns of each piece.
    shape: (usize, usize),
    /// The rows and columns of the plane.
    whole: (usize, usize),
    /// As much of the decomposition of each piece as a decomposer gives, which is all of it if one side is at most
    /// [`LARGEST`], with a hash of the piece.
    done: Vec<(u64, Svd)>,
}

impl Pieces {
    fn new(cut: Cut, whole: (usize, usize)) -> Self {
        Self { corners: cut.corners(whole), shape: cut.piece(whole), whole, done: Vec::new() }
    }

    /// Decomposes the pieces that have changed since the last time.
    fn decompose(&mut self, plane: &Plane, decomposer: &mut dyn Decomposer) -> Result<(), DecompositionError> {
        let rank = self.shape.0.min(self.shape.1).min(LARGEST);
        for (index, &corner) in self.corners.iter().enumerate() {
            let piece = cut_out(plane, corner, self.shape);
            let hash = hash(&piece);
            if self.done.get(index).is_some_and(|(before, _)| *before == hash) {
                continue;
            }
            let svd = truncated_svd(&piece, rank, OVERSAMPLING, POWER_ITERATIONS, 1, decomposer)?;
            match self.done.get_mut(index) {
                Some(place) => *place = (hash, svd),
                None => self.done.push((hash, svd)),
            }
        }
        Ok(())
    }

    /// The estimated standard deviation of white noise: the median over the pieces of their median singular value /
    /// sqrt(n mu(beta)). Pieces that extend beyond an edge repeat pixels, which is not white noise, so they count only
    /// if there are no others.
    fn noise_level(&self) -> f64 {
        let (beta, n) = shape_of(self.shape);
        let scale = (n * marcenko_pastur_median(beta)).sqrt();
        let inside =
            |(top, left): (usize, usize)| top + self.shape.0 <= self.whole.0 && left + self.shape.1 <= self.whole.1;
        let level = |any: bool| -> Vec<f64> {
            let wanted = self.done.iter().zip(&self.corners).filter(|(_, corner)| any || inside(**corner));
            wanted.map(|((_, svd), _)| median(svd.sigma.clone()) / scale).collect()
        };
        let levels = level(false);
        median(if levels.is_empty() { level(true) } else { levels })
    }
}

/// A hash of the bits of all entries. That another piece has the same is less likely than a fault of the machine.
fn hash(piece: &Plane) -> u64 {
    let mut hasher = DefaultHasher::new();
    piece.iter().for_each(|entry| hasher.write_u64(entry.to_bits()));
    hasher.finish()
}

/// One fit, and the entries of `plane` that are outlying with respect to it.
fn fit(plane: &Plane, pieces: &Pieces, noise: f64, without_spikes: bool) -> Denoised {
    let (beta, n) = shape_of(pieces.shape);
    let threshold = lambda(beta) * n.sqrt() * noise;
    let mut fit = plane.clone();
    let mut residuals = plane.clone();
    let mut ranks = Vec::new();
    for ((_, svd), &corner) in pieces.done.iter().zip(&pieces.corners) {
        let kept = above(svd, threshold, without_spikes);
        let product = kept.product(kept.sigma.len());
        put_back(&mut fit, corner, &product);
        studentise(&mut residuals, corner, &product, &kept);
        ranks.push(kept.sigma.len());
    }
    let outliers = outliers(plane, &fit, &residuals, noise);
    Denoised { plane: fit, ranks, threshold, noise, outliers }
}

/// The triplets above the threshold, without those that are spikes if `without_spikes` is set.
fn above(svd: &Svd, threshold: f64, without_spikes: bool) -> Svd {
    let wanted = |k: &usize| {
        let fourth = |x: f64| x.powi(4);
        let participation = 1.0 / (svd.u.column(*k).map(fourth).sum() * svd.v.column(*k).map(fourth).sum());
        svd.sigma[*k] > threshold && !(without_spikes && participation < FEW)
    };
    let kept: Vec<usize> = (0..svd.sigma.len()).filter(wanted).collect();
    Svd {
        u: svd.u.select_columns(&kept),
        sigma: kept.iter().map(|k| svd.sigma[*k]).collect(),
        v: svd.v.select_columns(&kept),
    }
}

/// Replaces the entries of one piece of a plane by their studentised residuals: what differs from the fit, divided by
/// sqrt((1 - h_i) (1 - h_j)). If an entry changes, the product under the root is the share of the change that a fit
/// with these triplets leaves in the residual.
fn studentise(plane: &mut Plane, (top, left): (usize, usize), fit: &Plane, kept: &Svd) {
    // Below this share, rounding and the curvature of the fit have more influence than the entry itself.
    const LEAST: f64 = 0.05;
    let free =
        |vectors: &DMatrix<f64>| -> Vec<f64> { vectors.row_iter().map(|row| 1.0 - row.norm_squared()).collect() };
    let (of_rows, of_cols) = (free(&kept.u), free(&kept.v));
    // A piece may extend beyond the edges.
    let (rows, cols) = (fit.nrows().min(plane.nrows() - top), fit.ncols().min(plane.ncols() - left));
    for j in 0..cols {
        for i in 0..rows {
            let entry = &mut plane[(top + i, left + j)];
            *entry = (*entry - fit[(i, j)]) / (of_rows[i] * of_cols[j]).max(LEAST).sqrt();
        }
    }
}

/// Finds the outlying entries from the studentised residuals. Their standard deviation is never taken to be smaller
/// than the noise.
fn outliers(plane: &Plane, fit: &Plane, residuals: &Plane, noise: f64) -> Vec<Outlier> {
    let centre = median(residuals.as_slice().to_vec());
    let deviation = (1.4826 * median(residuals.iter().map(|r| (r - centre).abs()).collect())).max(noise);
    let limit = (2.0 * (plane.len() as f64).ln()).sqrt();
    let mut found = Vec::new();
    for col in 0..plane.ncols() {
        for row in 0..plane.nrows() {
            let z = (residuals[(row, col)] - centre) / deviation;
            // If there is no deviation at all, as for a matrix without noise, no entry can be called outlying.
            if deviation > 0.0 && z.abs() > limit {
                found.push(Outlier { row, col, value: plane[(row, col)], fitted: fit[(row, col)], z });
            }
        }
    }
    found.sort_by(|a, b| b.z.abs().total_cmp(&a.z.abs()));
    found
}

/// The median of the values: the middle one, or the mean of the two in the middle. It is 0 if there are none.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let at = |index: usize| values.get(index).copied().unwrap_or_default();
    (at(values.len() / 2) + at(values.len().saturating_sub(1) / 2)) / 2.0
}

#[cfg(test)]
#[path = "denoise_tests.rs"]
mod tests;
