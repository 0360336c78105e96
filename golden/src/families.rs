//! Families of test matrices: each probes one way in which a decomposition may fail.
//!
//! The bytes depend on nothing but family, shape and seed: the generator is ChaCha8 with its key set word by word, uniform and
//! normal numbers are made here, logarithms and powers come from `libm`, and products are plain loops (nalgebra's use fused
//! multiply-add where the processor has it, which changes last bits).
//!
//! Spectra follow the LAPACK test generator (J. Demmel, A. McKenney, "A Test Matrix Generation Suite", LAPACK Working Note 9,
//! 1989): A = U diag(sigma) V^T with random orthogonal U and V, from the QR decomposition of Gaussian matrices (G. W. Stewart, "The
//! Efficient Generation of Random Orthogonal Matrices", SIAM J. Numer. Anal. 17, 1980).

use nalgebra::DMatrix;
use rand::{Rng, SeedableRng, rngs::ChaCha8Rng};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The largest singular value of the families with a given spectrum, and the magnitude of `ones`, `signs` and `permutation`
/// (0.99): a little below full scale, so that rounding to a word does not clip.
const SPECTRUM_SCALE: f64 = 0.9;
const NEARLY_ONE: f64 = 0.99;

macro_rules! families {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// A family of test matrices; `Display`, `FromStr` and JSON use names in kebab case, such as `one-large`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(into = "&'static str", try_from = "String")]
        pub enum Family { $($(#[doc = $doc])+ $variant,)+ }

        impl Family {
            /// Every family, in the order of reports.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name, in kebab case.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

families! {
    /// Entries uniform in [-1, 1).
    Uniform = "uniform",
    /// Entries normal, standard deviation 0.3, clipped to [-1, 1].
    Gaussian = "gaussian",
    /// Singular values in geometric progression from 0.9 to 0.9e-4 (LAPACK mode 3).
    Geometric = "geometric",
    /// Two clusters of equal singular values: half of them 0.9, half 0.297.
    Clustered = "clustered",
    /// One singular value of 0.9, all others 0.9e-3 (LAPACK mode 1).
    OneLarge = "one-large",
    /// All singular values 0.9: an orthogonal matrix, scaled.
    Equal = "equal",
    /// Half of the singular values (rounded down) 0.9, the others 0.
    RankDeficient = "rank-deficient",
    /// a_ij = a_ji, uniform in [-1, 1).
    Symmetric = "symmetric",
    /// a_ij = -a_ji, uniform in (-1, 1): singular values in pairs, eigenvalues imaginary.
    Skew = "skew",
    /// Upper triangular, uniform in [-1, 1).
    Triangular = "triangular",
    /// 0.999 / (i + j + 1): positive, and nearly singular. The seed changes nothing.
    Hilbert = "hilbert",
    /// One 0.99 in each row and column (as far as the shape allows).
    Permutation = "permutation",
    /// Entries +0.99 or -0.99.
    Signs = "signs",
    /// Equal singular values in pairs, from 0.18 to 0.9.
    Pairs = "pairs",
    /// All zero. The seed changes nothing.
    Zero = "zero",
    /// One entry, uniform in [-1, 1), in a random place; all others zero.
    SingleEntry = "single-entry",
    /// All 0.99: rank one. The seed changes nothing.
    Ones = "ones",
    /// All +1.0, which no fractional word reaches: saturate it to the largest word. The seed changes nothing.
    FullScalePositive = "full-scale-positive",
    /// All -1.0: the largest sums there are. The seed changes nothing.
    FullScaleNegative = "full-scale-negative",
    /// +1.0 and -1.0 like a chess board, saturated likewise. The seed changes nothing.
    FullScaleAlternating = "full-scale-alternating",
}

impl Family {
    /// Whether different seeds give different matrices (of more than one element).
    pub const fn is_random(self) -> bool {
        use Family::{FullScaleAlternating, FullScaleNegative, FullScalePositive, Hilbert, Ones, Zero};
        !matches!(self, Hilbert | Zero | Ones | FullScalePositive | FullScaleNegative | FullScaleAlternating)
    }

    /// The family's rows x cols matrix for `seed`, entries in [-1, 1]. Other families, shapes and seeds are independent of it.
    ///
    /// # Panics
    ///
    /// If `rows` or `cols` is 0.
    pub fn generate(self, rows: usize, cols: usize, seed: u64) -> DMatrix<f64> {
        assert!(rows > 0 && cols > 0, "a matrix needs a row and a column");
        let mut draw = Draw::new(self, rows, cols, seed);
        let count = rows.min(cols);
        let constant = |value| DMatrix::from_element(rows, cols, value);
        let matrix = match self {
            Self::Uniform => draw.matrix(rows, cols, Draw::uniform),
            Self::Gaussian => draw.matrix(rows, cols, |draw| 0.3 * draw.normal()),
            Self::Geometric => draw.with_spectrum(rows, cols, |i| match count {
                1 => 1.0,
                _ => libm::pow(1e-4, i as f64 / (count - 1) as f64),
            }),
            Self::Clustered => draw.with_spectrum(rows, cols, |i| if i < count / 2 { 1.0 } else { 0.33 }),
            Self::OneLarge => draw.with_spectrum(rows, cols, |i| if i == 0 { 1.0 } else { 1e-3 }),
            Self::Equal => draw.with_spectrum(rows, cols, |_| 1.0),
            Self::RankDeficient => draw.with_spectrum(rows, cols, |i| if i < count / 2 { 1.0 } else { 0.0 }),
            Self::Pairs => {
                let last = (count.div_ceil(2) - 1).max(1) as f64;
                draw.with_spectrum(rows, cols, |i| 1.0 - 0.8 * (i / 2) as f64 / last)
            }
            Self::Symmetric => {
                let square = draw.matrix(rows.max(cols), rows.max(cols), Draw::uniform);
                DMatrix::from_fn(rows, cols, |i, j| square[(i.max(j), i.min(j))])
            }
            Self::Skew => {
                let square = draw.matrix(rows.max(cols), rows.max(cols), Draw::uniform);
                DMatrix::from_fn(rows, cols, |i, j| match i.cmp(&j) {
                    std::cmp::Ordering::Greater => square[(i, j)],
                    std::cmp::Ordering::Equal => 0.0,
                    std::cmp::Ordering::Less => -square[(j, i)],
                })
            }
            Self::Triangular => draw.matrix(rows, cols, Draw::uniform).upper_triangle(),
            Self::Hilbert => DMatrix::from_fn(rows, cols, |i, j| 0.999 / (i + j + 1) as f64),
            Self::Permutation => {
                let (row_order, col_order) = (draw.order(rows), draw.order(cols));
                let mut matrix = constant(0.0);
                for (&row, &col) in row_order.iter().zip(&col_order) {
                    matrix[(row, col)] = NEARLY_ONE;
                }
                matrix
            }
            Self::Signs => draw.matrix(rows, cols, |draw| NEARLY_ONE.copysign(draw.uniform())),
            Self::Zero => constant(0.0),
            Self::SingleEntry => {
                let mut matrix = constant(0.0);
                matrix[(draw.below(rows), draw.below(cols))] = draw.uniform();
                matrix
            }
            Self::Ones => constant(NEARLY_ONE),
            Self::FullScalePositive => constant(1.0),
            Self::FullScaleNegative => constant(-1.0),
            Self::FullScaleAlternating => {
                DMatrix::from_fn(rows, cols, |i, j| if (i + j) % 2 == 0 { 1.0 } else { -1.0 })
            }
        };
        matrix.map(|value| value.clamp(-1.0, 1.0))
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Family {
    type Err = UnknownFamily;
    fn from_str(name: &str) -> Result<Self, UnknownFamily> {
        let found = Self::ALL.iter().find(|family| family.name() == name);
        found.copied().ok_or_else(|| UnknownFamily(name.to_owned()))
    }
}

impl From<Family> for &'static str {
    fn from(family: Family) -> Self {
        family.name()
    }
}

impl TryFrom<String> for Family {
    type Error = UnknownFamily;
    fn try_from(name: String) -> Result<Self, UnknownFamily> {
        name.parse()
    }
}

/// The name that no family has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no matrix family '{}'; use one of {}", .0.escape_debug(), Family::ALL.iter().map(|family| family.name()).collect::<Vec<_>>().join(", "))]
pub struct UnknownFamily(pub String);

/// The random numbers of one matrix.
struct Draw(ChaCha8Rng);

impl Draw {
    fn new(family: Family, rows: usize, cols: usize, seed: u64) -> Self {
        let mut key = [0; 32];
        let words = [seed, rows as u64, cols as u64, family_number(family)];
        for (bytes, word) in key.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// Uniform in [-1, 1), on a grid of 2^-52.
    fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    /// Standard normal, by the polar method (G. Marsaglia, T. A. Bray, SIAM Review 6, 1964).
    fn normal(&mut self) -> f64 {
        loop {
            let (x, y) = (self.uniform(), self.uniform());
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                return x * (-2.0 * libm::log(square) / square).sqrt();
            }
        }
    }

    /// An index below `limit`; the bias is below limit / 2^64.
    fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.0.next_u64()) * limit as u128) >> 64) as usize
    }

    /// The indices below `count` in random order (Fisher and Yates).
    fn order(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
    }

    fn matrix(&mut self, rows: usize, cols: usize, mut one: impl FnMut(&mut Self) -> f64) -> DMatrix<f64> {
        DMatrix::from_fn(rows, cols, |_, _| one(self))
    }

    /// U diag(0.9 sigma(i)) V^T with random orthonormal columns in U and V.
    fn with_spectrum(&mut self, rows: usize, cols: usize, sigma: impl Fn(usize) -> f64) -> DMatrix<f64> {
        let count = rows.min(cols);
        let (left, right) = (self.orthonormal(rows, count), self.orthonormal(cols, count));
        DMatrix::from_fn(rows, cols, |i, j| {
            (0..count).map(|k| left[k][i] * (SPECTRUM_SCALE * sigma(k)) * right[k][j]).sum()
        })
    }

    /// `count` orthonormal vectors of `size`, uniformly distributed: Gaussian vectors, each made orthogonal to those before it,
    /// twice, since once loses digits where little of the vector is left ("twice is enough", B. N. Parlett, "The Symmetric
    /// Eigenvalue Problem", section 6.9).
    fn orthonormal(&mut self, size: usize, count: usize) -> Vec<Vec<f64>> {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        let mut basis: Vec<Vec<f64>> = Vec::with_capacity(count);
        while basis.len() < count {
            let mut vector: Vec<f64> = (0..size).map(|_| self.normal()).collect();
            for _ in 0..2 {
                for earlier in &basis {
                    let along = dot(&vector, earlier);
                    (vector.iter_mut().zip(earlier)).for_each(|(x, e)| *x -= along * e);
                }
            }
            let length = dot(&vector, &vector).sqrt();
            // So little left that twice may not be enough: draw again.
            if length > 1e-6 {
                basis.push(vector.into_iter().map(|x| x / length).collect());
            }
        }
        basis
    }
}

/// The family's place in [`Family::ALL`]: new families go to the end of the list, or the matrices of others change.
fn family_number(family: Family) -> u64 {
    family as u64
}

#[cfg(test)]
#[path = "families/tests.rs"]
mod tests;
