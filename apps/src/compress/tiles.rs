//! Compresses a picture to matrices of low rank, in tiles or as a whole. What is kept is rounded to the bits in which
//! it would be stored, and counted.

use super::picture::{Picture, Plane, psnr};
use crate::decomposer::{Decomposer, DecompositionError, LARGEST, Svd};
use crate::range_finder::{OVERSAMPLING, POWER_ITERATIONS, truncated_svd};
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

/// A decomposed picture, from which every rank can be read.
pub struct Compressed {
    cut: Cut,
    shape: (usize, usize),
    word: u32,
    /// The decompositions of the pieces of each plane, row by row.
    planes: Vec<Vec<Svd>>,
}

/// Decomposes every piece of a picture up to `rank`, and rounds U, sigma and V to `word` bits, as they would be stored.
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
    let mut planes = Vec::new();
    for plane in &picture.planes {
        let mut pieces = Vec::new();
        for corner in cut.corners(shape) {
            let piece = cut_out(plane, corner, (rows, cols));
            let svd = truncated_svd(&piece, rank, OVERSAMPLING, POWER_ITERATIONS, 1, decomposer)?;
            pieces.push(round(svd, word, full));
        }
        planes.push(pieces);
    }
    Ok(Compressed { cut, shape, word, planes })
}

/// Cuts a piece out of a plane. Beyond the edges the last pixels are repeated.
pub fn cut_out(plane: &Plane, (top, left): (usize, usize), (rows, cols): (usize, usize)) -> Plane {
    let (height, width) = plane.shape();
    Plane::from_fn(rows, cols, |i, j| plane[((top + i).min(height - 1), (left + j).min(width - 1))])
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

impl Compressed {
    /// The number of pieces of each channel.
    pub fn pieces(&self) -> usize {
        self.planes[0].len()
    }

    /// The picture at this rank, in whole pixels.
    pub fn picture(&self, rank: usize) -> Picture {
        let planes = self.planes.iter().map(|pieces| {
            let mut plane = Plane::zeros(self.shape.0, self.shape.1);
            for (svd, corner) in pieces.iter().zip(self.cut.corners(self.shape)) {
                put_back(&mut plane, corner, &svd.product(rank));
            }
            plane
        });
        Picture { planes: planes.collect() }.to_pixels()
    }

    /// How much a rank keeps, and how close it comes to the original.
    pub fn point(&self, original: &Picture, rank: usize) -> Point {
        let (rows, cols) = self.cut.piece(self.shape);
        let numbers = self.planes.len() * self.pieces() * rank * (rows + cols + 1);
        Point {
            rank,
            psnr_db: psnr(original, &self.picture(rank)),
            numbers,
            bytes: (numbers * self.word as usize).div_ceil(8),
        }
    }
}

#[cfg(test)]
#[path = "tiles_tests.rs"]
mod tests;
