//! What is promised of a core's errors: four kinds of errors, and three figures for each.

use serde::Serialize;

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
    pub(super) fn scaled(self, factor: f64) -> Self {
        let scaled = |error: Option<f64>| error.map(|e| e * factor);
        Self { sigma: scaled(self.sigma), reconstruction: scaled(self.reconstruction), ..self }
    }

    /// What still holds if the cap was reached before the matrix was settled: nothing bounds what is left off the diagonal.
    pub(super) fn unsettled(self) -> Self {
        Self { sigma: None, reconstruction: None, ..self }
    }

    /// Sigma, orthogonality of U, of V, reconstruction.
    pub fn all(&self) -> [Option<f64>; 4] {
        [self.sigma, self.orthogonality_u, self.orthogonality_v, self.reconstruction]
    }

    pub(super) fn at_most(self, other: Self) -> Self {
        let least = |a: Option<f64>, b: Option<f64>| a.zip(b).map(|(a, b)| a.min(b));
        Self {
            sigma: least(self.sigma, other.sigma),
            orthogonality_u: least(self.orthogonality_u, other.orthogonality_u),
            orthogonality_v: least(self.orthogonality_v, other.orthogonality_v),
            reconstruction: least(self.reconstruction, other.reconstruction),
        }
    }

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

/// What is promised of the errors.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ErrorBounds {
    /// Proven: no matrix exceeds it.
    pub rigorous: Errors,
    /// Exceeded by one matrix in 10^6, if roundings are independent.
    pub statistical: Errors,
    /// Root of the mean square over the elements of the standard suite.
    pub expected_rms: Errors,
}
