//! The random numbers of test matrices, the same on every platform.

use crate::element::Element;
use nalgebra::DMatrix;
use rand::{Rng, SeedableRng, rngs::ChaCha8Rng};

/// The random numbers of one matrix.
pub(super) struct Draw(ChaCha8Rng);

impl Draw {
    /// The generator with this key. Each key gives independent numbers.
    pub(super) fn new(words: [u64; 4]) -> Self {
        let mut key = [0; 32];
        for (bytes, word) in key.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A number uniform in [-1, 1), on a grid of 2^-52.
    pub(super) fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    /// A standard normal number, by the polar method (G. Marsaglia, T. A. Bray, SIAM Review 6, 1964).
    pub(super) fn normal(&mut self) -> f64 {
        loop {
            let (x, y) = (self.uniform(), self.uniform());
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                return x * (-2.0 * libm::log(square) / square).sqrt();
            }
        }
    }

    /// An index below `limit`. Its distribution deviates from the uniform one by less than limit / 2^64.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.0.next_u64()) * limit as u128) >> 64) as usize
    }

    /// The indices below `count` in random order (Fisher and Yates).
    pub(super) fn order(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
    }

    /// An element, each component of which is drawn by `component`.
    pub(super) fn element<T: Element>(&mut self, mut component: impl FnMut(&mut Self) -> f64) -> T {
        T::zero().map_components(|_| component(self))
    }

    /// A rows x cols matrix, each component of which is drawn by `component`, column by column.
    pub(super) fn matrix<T: Element>(
        &mut self,
        rows: usize,
        cols: usize,
        mut component: impl FnMut(&mut Self) -> f64,
    ) -> DMatrix<T> {
        DMatrix::from_fn(rows, cols, |_, _| self.element(&mut component))
    }

    /// U diag(sigma(0), sigma(1), ...) V^H, rows x cols, with random orthonormal columns in U and V.
    pub(super) fn with_spectrum<T: Element>(
        &mut self,
        rows: usize,
        cols: usize,
        sigma: impl Fn(usize) -> f64,
    ) -> DMatrix<T> {
        let count = rows.min(cols);
        let (left, right) = (self.orthonormal::<T>(rows, count), self.orthonormal::<T>(cols, count));
        DMatrix::from_fn(rows, cols, |i, j| {
            sum((0..count).map(|k| left[k][i].scale(sigma(k)) * right[k][j].conjugate()))
        })
    }

    /// `count` orthonormal vectors of `size`, uniformly distributed (G. W. Stewart, "The Efficient Generation of Random
    /// Orthogonal Matrices", SIAM J. Numer. Anal. 17, 1980). Gaussian vectors are made orthogonal to those before them,
    /// each one twice, since once loses digits if little of the vector is left ("twice is enough", B. N. Parlett, "The
    /// Symmetric Eigenvalue Problem", section 6.9).
    fn orthonormal<T: Element>(&mut self, size: usize, count: usize) -> Vec<Vec<T>> {
        let mut basis: Vec<Vec<T>> = Vec::with_capacity(count);
        while basis.len() < count {
            let mut vector: Vec<T> = (0..size).map(|_| self.element(Self::normal)).collect();
            for _ in 0..2 {
                for earlier in &basis {
                    let along = sum(earlier.iter().zip(&vector).map(|(e, x)| e.conjugate() * *x));
                    (vector.iter_mut().zip(earlier)).for_each(|(x, e)| *x -= along * *e);
                }
            }
            let length = vector.iter().map(|x| x.modulus_squared()).sum::<f64>().sqrt();
            // If less is left, even twice may not be enough, and another vector is drawn.
            if length > 1e-6 {
                basis.push(vector.into_iter().map(|x| x.unscale(length)).collect());
            }
        }
        basis
    }
}

/// The sum of the elements in their order.
fn sum<T: Element>(elements: impl Iterator<Item = T>) -> T {
    elements.reduce(|sum, element| sum + element).unwrap_or_else(T::zero)
}
