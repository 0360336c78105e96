//! The errors that a campaign measures. Each is one number of a record.

use super::record::Record;
use svdforge_golden::Accuracy;
use svdforge_hdl::shape::Shape;

/// An error of one result. All except [`Metric::Orthogonality`] are in LSB, which means units of the last place of the
/// input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// The largest difference of a singular value (or eigenvalue) from the reference.
    Sigma,
    /// The largest element of U diag(sigma) Vᵀ - A.
    Reconstruction,
    /// The largest element of UᵀU - I and of VᵀV - I, in units of 2^-(word - 1).
    Orthogonality,
    /// The largest element of UᵀA V - diag(sigma).
    OffDiagonal,
}

impl Metric {
    /// Every metric, in the order of reports.
    pub const ALL: [Self; 4] = [Self::Sigma, Self::Reconstruction, Self::Orthogonality, Self::OffDiagonal];

    /// The name that is shown to readers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sigma => "singular values",
            Self::Reconstruction => "reconstruction",
            Self::Orthogonality => "orthogonality",
            Self::OffDiagonal => "diagonality",
        }
    }

    /// The prefix of its names in files; for example, `sigma_max_lsb` is the largest error of sigma.
    pub fn key(self) -> &'static str {
        match self {
            Self::Sigma => "sigma",
            Self::Reconstruction => "reconstruction",
            Self::Orthogonality => "orthogonality",
            Self::OffDiagonal => "off_diagonal",
        }
    }

    /// The formula, as plain text.
    pub fn formula(self) -> &'static str {
        match self {
            Self::Sigma => "max |σ - σ of the reference|",
            Self::Reconstruction => "max |U Σ Vᵀ - A|",
            Self::Orthogonality => "max |UᵀU - I|, |VᵀV - I|",
            Self::OffDiagonal => "max |UᵀA V - Σ|",
        }
    }

    /// A short form for the head of a column.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Sigma => "Σ",
            Self::Reconstruction => "U Σ Vᵀ - A",
            Self::Orthogonality => "U, V orth.",
            Self::OffDiagonal => "UᵀA V - Σ",
        }
    }

    /// The error of a record, or `None` if the core does not deliver what the metric needs. A truncated decomposition
    /// has no reconstruction error here, because its product differs from A by design.
    pub fn of(self, shape: &Shape, record: &Record) -> Option<f64> {
        self.measured(shape, (record.rows, record.cols), &record.accuracy)
    }

    /// The same error for any result for a matrix of (rows, columns).
    pub fn measured(self, shape: &Shape, (rows, cols): (usize, usize), accuracy: &Accuracy) -> Option<f64> {
        match self {
            Self::Sigma => Some(accuracy.sigma_max_lsb),
            Self::Reconstruction => {
                accuracy.reconstruction_max_lsb.filter(|_| shape.rank_of((rows, cols)) == rows.min(cols))
            }
            Self::Orthogonality => {
                let errors = [accuracy.orthogonality_u_max_lsb, accuracy.orthogonality_v_max_lsb];
                errors.into_iter().flatten().reduce(f64::max)
            }
            Self::OffDiagonal => accuracy.off_diagonal_max_lsb,
        }
    }
}
