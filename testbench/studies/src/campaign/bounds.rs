//! The errors that a core is known not to exceed. The one place where bounds enter campaigns and reports.

use super::metric::Metric;
use serde::{Deserialize, Serialize};
use svdforge_hdl::core::Core;
use svdforge_hdl::formats::Errors;

/// Limits on the errors of one core for settled matrices, each in the unit of its metric; that on orthogonality holds for all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// [`Metric::Sigma`].
    pub sigma_max_lsb: Option<f64>,
    /// [`Metric::Reconstruction`].
    pub reconstruction_max_lsb: Option<f64>,
    /// [`Metric::Orthogonality`].
    pub orthogonality_max_lsb: Option<f64>,
    /// [`Metric::OffDiagonal`].
    pub off_diagonal_max_lsb: Option<f64>,
}

/// What is known of a core's errors before any matrix is run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoreBounds {
    /// Holds for every matrix. A record above it is a fault.
    pub rigorous: Option<Limits>,
    /// Holds for nearly all matrices. Drawn, not checked.
    pub statistical: Option<Limits>,
}

impl Limits {
    /// The limit on one metric.
    pub fn of(&self, metric: Metric) -> Option<f64> {
        match metric {
            Metric::Sigma => self.sigma_max_lsb,
            Metric::Reconstruction => self.reconstruction_max_lsb,
            Metric::Orthogonality => self.orthogonality_max_lsb,
            Metric::OffDiagonal => self.off_diagonal_max_lsb,
        }
    }
}

/// The bounds of a core: those of its largest matrices at full scale, after as many sweeps as it ever makes.
pub fn bounds(core: &Core) -> Option<CoreBounds> {
    let limits = |errors: Errors| Limits {
        sigma_max_lsb: errors.sigma,
        reconstruction_max_lsb: errors.reconstruction,
        orthogonality_max_lsb: errors.orthogonality_u.into_iter().chain(errors.orthogonality_v).reduce(f64::max),
        off_diagonal_max_lsb: None,
    };
    let derived = core.shape().budget().bounds();
    Some(CoreBounds { rigorous: Some(limits(derived.rigorous)), statistical: Some(limits(derived.statistical)) })
}
