//! The errors of a core: four kinds of errors, and three figures for each.

use serde::Serialize;

/// The four kinds of errors, each as the largest or as the root mean square. Errors of results that the core does not
/// deliver are `None`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Errors {
    /// Error of a singular value (or eigenvalue), in LSB. `None` for a matrix that was not settled.
    pub sigma: Option<f64>,
    /// Magnitude of an element of UᵀU - I, in units of 2^-(word - 1).
    pub orthogonality_u: Option<f64>,
    /// Magnitude of an element of VᵀV - I, in units of 2^-(word - 1).
    pub orthogonality_v: Option<f64>,
    /// Magnitude of an element of U diag(sigma) Vᵀ - A, in LSB. `None` also for a matrix that was not settled,
    /// and for cores that do not deliver all triplets.
    pub reconstruction: Option<f64>,
}

impl Errors {
    /// The errors of a matrix scaled by `factor`. Those of sigma and of the reconstruction scale with it, those of the
    /// orthogonality do not.
    pub(super) fn scaled(self, factor: f64) -> Self {
        let scaled = |error: Option<f64>| error.map(|e| e * factor);
        Self { sigma: scaled(self.sigma), reconstruction: scaled(self.reconstruction), ..self }
    }

    /// The bounds that still hold if the sweep cap was reached before the matrix was settled. Nothing bounds what is
    /// then left off the diagonal, so only those of the orthogonality remain.
    pub(super) fn unsettled(self) -> Self {
        Self { sigma: None, reconstruction: None, ..self }
    }

    /// The errors in the order sigma, orthogonality of U, orthogonality of V, reconstruction.
    pub fn all(&self) -> [Option<f64>; 4] {
        [self.sigma, self.orthogonality_u, self.orthogonality_v, self.reconstruction]
    }

    /// The smaller of both errors, for each kind.
    pub(super) fn at_most(self, other: Self) -> Self {
        let least = |a: Option<f64>, b: Option<f64>| a.zip(b).map(|(a, b)| a.min(b));
        Self {
            sigma: least(self.sigma, other.sigma),
            orthogonality_u: least(self.orthogonality_u, other.orthogonality_u),
            orthogonality_v: least(self.orthogonality_v, other.orthogonality_v),
            reconstruction: least(self.reconstruction, other.reconstruction),
        }
    }

    /// The errors after `change` of each.
    pub(super) fn map(self, change: impl Fn(f64) -> f64) -> Self {
        let Self { sigma, orthogonality_u, orthogonality_v, reconstruction } = self;
        Self {
            sigma: sigma.map(&change),
            orthogonality_u: orthogonality_u.map(&change),
            orthogonality_v: orthogonality_v.map(&change),
            reconstruction: reconstruction.map(&change),
        }
    }
}

/// Three figures for each kind of error.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ErrorBounds {
    /// Proven bounds: no matrix exceeds them.
    pub rigorous: Errors,
    /// Bounds that one matrix in 10^6 exceeds, if roundings are independent.
    pub statistical: Errors,
    /// Expected root mean square over the elements of the standard suite.
    pub expected_rms: Errors,
}
