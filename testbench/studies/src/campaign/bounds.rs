//! The bounds on the errors of a core. This is the one place where they enter campaigns and reports.

use super::metric::Metric;
use serde::{Deserialize, Serialize};
use svdforge_hdl::core::Core;
use svdforge_hdl::formats::Errors;

/// Upper limits on the errors of one core, each in the unit of its metric. They hold for matrices that have settled;
/// the limit on orthogonality holds for all matrices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The limit on [`Metric::Sigma`].
    pub sigma_max_lsb: Option<f64>,
    /// The limit on [`Metric::Reconstruction`].
    pub reconstruction_max_lsb: Option<f64>,
    /// The limit on [`Metric::Orthogonality`].
    pub orthogonality_max_lsb: Option<f64>,
    /// The limit on [`Metric::OffDiagonal`].
    pub off_diagonal_max_lsb: Option<f64>,
}

/// What is known about a core's errors before any matrix is run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoreBounds {
    /// A bound that holds for every matrix. A record above it is a fault.
    pub rigorous: Option<Limits>,
    /// A bound that holds for nearly all matrices. It is drawn in charts, but not checked.
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

/// The bounds of a core. They are those of its largest matrices at full scale, after the largest number of sweeps that
/// the core makes.
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
