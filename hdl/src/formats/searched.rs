//! What the search for the matrices that take most sweeps has found, for the data sheet.
//!
//! No bound on the number of sweeps is proven, so the sweep cap rests on what was tried. `svdforge bench sweeps`
//! changes matrices until they take as many sweeps as it can reach. The figures are those of the command
//! `svdforge bench sweeps --n 2..8 --matrices 1000000 --seed 2`. A test in `testbench/studies/src/sweeps/tests.rs` runs
//! the matrices that took most again.

use super::arithmetic::Arithmetic;
use serde::Serialize;

/// What a search has found for matrices of one size and format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SweepSearch {
    /// The matrices that were tried.
    pub matrices: u32,
    /// The most sweeps that any of them took.
    pub most: u32,
}

/// The format of the matrices.
const WORD: u32 = 16;
const GUARD: u32 = 4;

/// The matrices that were tried of each size.
const MATRICES: u32 = 1_000_000;

/// The most sweeps of n x n matrices, for n from [`SMALLEST`] on.
const MOST: [u32; 7] = [5, 7, 9, 9, 10, 10, 11];
const SMALLEST: usize = 2;

impl Arithmetic {
    /// What the search has found for square matrices of this size. `None` if they were not searched.
    pub fn sweep_search(&self, size: usize) -> Option<SweepSearch> {
        let is_searched = (self.word, self.inner_guard, self.symmetric, self.complex) == (WORD, GUARD, false, false);
        let most = *MOST.get(size.checked_sub(SMALLEST)?)?;
        is_searched.then_some(SweepSearch { matrices: MATRICES, most })
    }
}
