//! Families of test matrices. Each family probes one way in which a decomposition may fail.
//!
//! A matrix depends on nothing but family, shape, seed and the kind of element, down to the last bit and on every
//! platform. The generator is ChaCha8 (`draw.rs`), logarithms and powers come from `libm`, and products are plain
//! loops, because those of nalgebra use fused multiply-add where the processor has it, which changes last bits.
//!
//! Spectra follow the LAPACK test generator (J. Demmel, A. McKenney, "A Test Matrix Generation Suite", LAPACK Working
//! Note 9, 1989): A = U diag(sigma) V^H, where U and V are random matrices with orthonormal columns.
//!
//! Every family exists with complex elements, too ([`Family::generate_complex`]). A real number that is drawn or fixed
//! then stands for both components of an element, transposes become conjugate transposes, and the descriptions below
//! hold for each component.

mod draw;

use crate::element::Element;
use draw::Draw;
use nalgebra::{Complex, DMatrix};
use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, fmt, str::FromStr};

/// The largest singular value of the families with a given spectrum. It lies a little below full scale, so that
/// rounding to a word does not clip.
const SPECTRUM_SCALE: f64 = 0.9;

/// The magnitude of the elements of `ones`, `signs` and `permutation`, a little below full scale for the same reason.
const NEARLY_ONE: f64 = 0.99;

macro_rules! families {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// A family of test matrices. `Display`, `FromStr` and JSON use names in kebab case, such as `one-large`.
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
    /// Elements uniform in [-1, 1).
    Uniform = "uniform",
    /// Elements normal with standard deviation 0.3, clipped to [-1, 1].
    Gaussian = "gaussian",
    /// Singular values in a geometric progression from 0.9 to 0.9e-4 (LAPACK mode 3).
    Geometric = "geometric",
    /// Two clusters of equal singular values: one half is 0.9, the other 0.297.
    Clustered = "clustered",
    /// One singular value of 0.9, while all others are 0.9e-3 (LAPACK mode 1).
    OneLarge = "one-large",
    /// All singular values equal to 0.9: a scaled orthogonal matrix.
    Equal = "equal",
    /// Half of the singular values (rounded down) are 0.9, the others 0.
    RankDeficient = "rank-deficient",
    /// a_ij = a_ji, uniform in [-1, 1). If complex, it is Hermitian: a_ij = conj(a_ji).
    Symmetric = "symmetric",
    /// a_ij = -a_ji, uniform in (-1, 1): the singular values come in pairs, and the eigenvalues are imaginary. If
    /// complex, it is skew-Hermitian: a_ij = -conj(a_ji), with imaginary numbers on the diagonal and no pairs.
    Skew = "skew",
    /// Upper triangular, uniform in [-1, 1).
    Triangular = "triangular",
    /// The Hilbert matrix 0.999 / (i + j + 1), positive and nearly singular. Real even if the elements are complex.
    /// Does not depend on the seed.
    Hilbert = "hilbert",
    /// One 0.99 in each row and column, as far as the shape allows.
    Permutation = "permutation",
    /// Elements +0.99 or -0.99.
    Signs = "signs",
    /// Pairs of equal singular values, from 0.18 to 0.9.
    Pairs = "pairs",
    /// All elements zero. Does not depend on the seed.
    Zero = "zero",
    /// One element, uniform in [-1, 1), in a random place; all others are zero.
    SingleEntry = "single-entry",
    /// All elements 0.99, which makes the rank one. Does not depend on the seed.
    Ones = "ones",
    /// All elements +1.0, which no fractional word reaches; saturate them to the largest word. Does not depend on the
    /// seed.
    FullScalePositive = "full-scale-positive",
    /// All elements -1.0, which gives the largest sums there are. Does not depend on the seed.
    FullScaleNegative = "full-scale-negative",
    /// +1.0 and -1.0 like a chessboard, to be saturated in the same way. Does not depend on the seed.
    FullScaleAlternating = "full-scale-alternating",
}

impl Family {
    /// Whether different seeds give different matrices (of more than one element).
    pub const fn is_random(self) -> bool {
        use Family::{FullScaleAlternating, FullScaleNegative, FullScalePositive, Hilbert, Ones, Zero};
        !matches!(self, Hilbert | Zero | Ones | FullScalePositive | FullScaleNegative | FullScaleAlternating)
    }

    /// The family's rows x cols matrix of real numbers for this seed, with elements in [-1, 1]. Matrices of other
    /// families, shapes and seeds are independent of it.
    ///
    /// # Panics
    ///
    /// If `rows` or `cols` is 0.
    pub fn generate(self, rows: usize, cols: usize, seed: u64) -> DMatrix<f64> {
        self.matrix(rows, cols, seed)
    }

    /// The family's rows x cols matrix of complex numbers for this seed, with real and imaginary parts in [-1, 1]. It
    /// is independent of the real matrix for the same seed.
    ///
    /// # Panics
    ///
    /// If `rows` or `cols` is 0.
    pub fn generate_complex(self, rows: usize, cols: usize, seed: u64) -> DMatrix<Complex<f64>> {
        self.matrix(rows, cols, seed)
    }

    fn matrix<T: Element>(self, rows: usize, cols: usize, seed: u64) -> DMatrix<T> {
        assert!(rows > 0 && cols > 0, "a matrix needs a row and a column");
        let mut draw = Draw::new([seed, rows as u64, cols as u64, self.key::<T>()]);
        let count = rows.min(cols);
        let constant = |value| DMatrix::from_element(rows, cols, of_components(value));
        let matrix = match self {
            Self::Uniform => draw.matrix(rows, cols, Draw::uniform),
            Self::Gaussian => draw.matrix(rows, cols, |draw| 0.3 * draw.normal()),
            Self::Geometric => draw.with_spectrum(rows, cols, |i| match count {
                1 => SPECTRUM_SCALE,
                _ => SPECTRUM_SCALE * libm::pow(1e-4, i as f64 / (count - 1) as f64),
            }),
            Self::Clustered => {
                draw.with_spectrum(rows, cols, |i| SPECTRUM_SCALE * if i < count / 2 { 1.0 } else { 0.33 })
            }
            Self::OneLarge => draw.with_spectrum(rows, cols, |i| SPECTRUM_SCALE * if i == 0 { 1.0 } else { 1e-3 }),
            Self::Equal => draw.with_spectrum(rows, cols, |_| SPECTRUM_SCALE),
            Self::RankDeficient => draw.with_spectrum(rows, cols, |i| if i < count / 2 { SPECTRUM_SCALE } else { 0.0 }),
            Self::Pairs => {
                let last = (count.div_ceil(2) - 1).max(1) as f64;
                draw.with_spectrum(rows, cols, |i| SPECTRUM_SCALE * (1.0 - 0.8 * (i / 2) as f64 / last))
            }
            Self::Symmetric => {
                let square: DMatrix<T> = draw.matrix(rows.max(cols), rows.max(cols), Draw::uniform);
                DMatrix::from_fn(rows, cols, |i, j| match i.cmp(&j) {
                    Ordering::Greater => square[(i, j)],
                    Ordering::Equal => T::from_real(square[(i, i)].real()),
                    Ordering::Less => square[(j, i)].conjugate(),
                })
            }
            Self::Skew => {
                let square: DMatrix<T> = draw.matrix(rows.max(cols), rows.max(cols), Draw::uniform);
                DMatrix::from_fn(rows, cols, |i, j| match i.cmp(&j) {
                    Ordering::Greater => square[(i, j)],
                    // Without its real part, which leaves nothing of a real number.
                    Ordering::Equal => square[(i, i)] - T::from_real(square[(i, i)].real()),
                    Ordering::Less => -square[(j, i)].conjugate(),
                })
            }
            Self::Triangular => draw.matrix(rows, cols, Draw::uniform).upper_triangle(),
            Self::Hilbert => DMatrix::from_fn(rows, cols, |i, j| T::from_real(0.999 / (i + j + 1) as f64)),
            Self::Permutation => {
                let (row_order, col_order) = (draw.order(rows), draw.order(cols));
                let mut matrix = constant(0.0);
                for (&row, &col) in row_order.iter().zip(&col_order) {
                    matrix[(row, col)] = of_components(NEARLY_ONE);
                }
                matrix
            }
            Self::Signs => draw.matrix(rows, cols, |draw| NEARLY_ONE.copysign(draw.uniform())),
            Self::Zero => constant(0.0),
            Self::SingleEntry => {
                let mut matrix = constant(0.0);
                matrix[(draw.below(rows), draw.below(cols))] = draw.element(Draw::uniform);
                matrix
            }
            Self::Ones => constant(NEARLY_ONE),
            Self::FullScalePositive => constant(1.0),
            Self::FullScaleNegative => constant(-1.0),
            Self::FullScaleAlternating => {
                DMatrix::from_fn(rows, cols, |i, j| of_components(if (i + j) % 2 == 0 { 1.0 } else { -1.0 }))
            }
        };
        matrix.map(|element| element.map_components(|value| value.clamp(-1.0, 1.0)))
    }

    /// The part of the generator's key that is the family's own: its place in [`Family::ALL`], and whether elements are
    /// complex. New families go to the end of that list; anywhere else they would change the matrices of other
    /// families.
    fn key<T: Element>(self) -> u64 {
        self as u64 | u64::from(T::COMPONENTS - 1) << 32
    }
}

/// The element whose components all have this value.
fn of_components<T: Element>(value: f64) -> T {
    T::zero().map_components(|_| value)
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

/// No family has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no matrix family '{}'; use one of {}", .0.escape_debug(), names())]
pub struct UnknownFamily(pub String);

fn names() -> String {
    Family::ALL.iter().map(|family| family.name()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[path = "families/tests.rs"]
mod tests;
