//! Compresses a picture to matrices of low rank, in tiles or as a whole. What is kept is rounded to the bits in which
//! it would be stored, and counted.

use super::picture::{Channel, Picture, Plane, decibels, pixel, squared_difference};
use crate::decomposer::{Decomposer, DecompositionError, LARGEST, Svd};
use crate::range_finder::{OVERSAMPLING, POWER_ITERATIONS, truncated_svd};
use nalgebra::{DMatrix, Scalar};
use serde::Serialize;

/// How a picture is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Square tiles with this side, from 2 to [`LARGEST`]. Beyond the right and lower edges the last pixels are
    /// repeated.
    Tiles(usize),
    /// The whole picture. If both sides are longer than [`LARGEST`], the range finder is used.
    Whole,
}

impl Cut {
    /// The largest rank of a piece of a picture with this many rows and columns.
    pub fn most(self, (rows, cols): (usize, usize)) -> usize {
        match self {
            Self::Tiles(side) => side,
            Self::Whole => rows.min(cols).min(LARGEST),
        }
    }

    pub(super) fn piece(self, shape: (usize, usize)) -> (usize, usize) {
        match self {
            Self::Tiles(side) => (side, side),
            Self::Whole => shape,
        }
    }

    pub(super) fn corners(self, shape: (usize, usize)) -> Vec<(usize, usize)> {
        let (height, width) = self.piece(shape);
        let tops = (0..shape.0).step_by(height);
        tops.flat_map(|top| (0..shape.1).step_by(width).map(move |left| (top, left))).collect()
    }
}

/// One rank of a compressed picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// The number of singular triplets that are kept of each piece.
    pub rank: usize,
    /// The PSNR in decibels against the original, computed on whole pixels; `None` if they are equal.
    pub psnr_db: Option<f64>,
    /// The number of numbers that are kept: rank x (rows + columns + 1) for each piece and channel, padding included.
    pub numbers: usize,
    /// The number of bytes: numbers x word bits / 8, rounded up, without entropy coding.
    pub bytes: usize,
}

/// A compressed picture.
pub struct Compressed {
    /// The picture at the rank that was asked for, in whole pixels.
    pub picture: Picture,
    /// How much every rank keeps, from 1 to [`Cut::most`], and how close it comes to the original.
    pub points: Vec<Point>,
    /// The number of pieces of each channel.
    pub pieces: usize,
}

/// Decomposes every piece of a picture, and rounds U, sigma and V to `word` bits, as they would be stored. One piece is
/// in memory at a time.
///
/// U and V have word - 1 fraction bits. Sigma is stored as a fraction with word - 1 bits of a power of two, which is
/// the smallest that is not below the largest sigma possible for a piece (255 sqrt(rows x columns)). So it needs no
/// exponent of its own.
///
/// # Errors
///
/// The rank is 0 or more than [`Cut::most`], or the decomposer fails.
pub fn compress(
    picture: &Picture,
    cut: Cut,
    rank: usize,
    word: u32,
    decomposer: &mut dyn Decomposer,
) -> Result<Compressed, DecompositionError> {
    let shape = picture.shape();
    let most = cut.most(shape);
    if rank == 0 || rank > most {
        return Err(DecompositionError::Rank { rank, most });
    }
    let (rows, cols) = cut.piece(shape);
    let full = (super::picture::PEAK * ((rows * cols) as f64).sqrt()).log2().ceil().exp2();
    let corners = cut.corners(shape);
    let mut squares = vec![0; most];
    let mut planes = Vec::new();
    for original in &picture.planes {
        let mut kept = Channel::zeros(shape.0, shape.1);
        for &corner in &corners {
            let svd = match cut {
                Cut::Tiles(_) => {
                    let piece = cut_out(original, corner, (rows, cols)).map(f64::from);
                    truncated_svd(&piece, most, OVERSAMPLING, POWER_ITERATIONS, 1, decomposer)?
                }
                Cut::Whole => truncated_svd(original, most, OVERSAMPLING, POWER_ITERATIONS, 1, decomposer)?,
            };
            approximate(&round(svd, word, full), original, corner, rank, &mut kept, &mut squares);
        }
        planes.push(kept);
    }
    let (channels, pieces) = (picture.planes.len(), corners.len());
    let point = |(index, &squares): (usize, &u64)| {
        let numbers = channels * pieces * (index + 1) * (rows + cols + 1);
        let psnr_db = decibels(squares, channels * shape.0 * shape.1);
        Point { rank: index + 1, psnr_db, numbers, bytes: (numbers * word as usize).div_ceil(8) }
    };
    Ok(Compressed { picture: Picture { planes }, points: squares.iter().enumerate().map(point).collect(), pieces })
}

/// The most pixels of a piece whose approximations are formed at a time.
const BLOCK: usize = 1 << 14;

/// Forms the approximations of a piece, rank after rank and a block of columns at a time. Adds the squared error of
/// each rank to `squares`, and puts the pixels of `rank` into `kept`. What lies beyond the edges is dropped.
fn approximate(
    svd: &Svd,
    original: &Channel,
    (top, left): (usize, usize),
    rank: usize,
    kept: &mut Channel,
    squares: &mut [u64],
) {
    let rows = svd.u.nrows().min(original.nrows() - top);
    let cols = svd.v.nrows().min(original.ncols() - left);
    let width = (BLOCK / rows).max(1);
    for first in (0..cols).step_by(width) {
        let count = width.min(cols - first);
        let mut sum = Plane::zeros(rows, count);
        for (k, squares) in squares.iter_mut().enumerate() {
            let (u, v) = (svd.u.column(k), svd.v.column(k));
            sum.ger(svd.sigma[k], &u.rows(0, rows), &v.rows(first, count), 1.0);
            for j in 0..count {
                let place = (top, left + first + j);
                let exact = original.view(place, (rows, 1));
                *squares +=
                    exact.iter().zip(&sum.column(j)).map(|(&x, &y)| squared_difference(x, pixel(y))).sum::<u64>();
            }
            if k + 1 == rank {
                kept.view_mut((top, left + first), (rows, count)).copy_from(&sum.map(pixel));
            }
        }
    }
}

/// Cuts a piece out of a plane. Beyond the edges the last pixels are repeated.
pub fn cut_out<T: Scalar>(plane: &DMatrix<T>, (top, left): (usize, usize), (rows, cols): (usize, usize)) -> DMatrix<T> {
    let (height, width) = plane.shape();
    DMatrix::from_fn(rows, cols, |i, j| plane[((top + i).min(height - 1), (left + j).min(width - 1))].clone())
}

/// Puts a piece back into a plane. What lies beyond the edges is dropped.
pub fn put_back(plane: &mut Plane, (top, left): (usize, usize), piece: &Plane) {
    let (rows, cols) = (piece.nrows().min(plane.nrows() - top), piece.ncols().min(plane.ncols() - left));
    plane.view_mut((top, left), (rows, cols)).copy_from(&piece.view((0, 0), (rows, cols)));
}

fn round(mut svd: Svd, word: u32, full: f64) -> Svd {
    let unit = f64::from(word - 1).exp2();
    let to_word = |x: f64| (x * unit).round().clamp(-unit, unit - 1.0) / unit;
    svd.u.apply(|x| *x = to_word(*x));
    svd.v.apply(|x| *x = to_word(*x));
    svd.sigma.iter_mut().for_each(|s| *s = to_word(*s / full) * full);
    svd
}

#[cfg(test)]
#[path = "tiles_tests.rs"]
mod tests;
