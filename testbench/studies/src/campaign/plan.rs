//! What a campaign is to simulate, matrix by matrix.

use super::parameters::{Choice, CoreParameters};
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};
use svdforge_golden::Family;
use svdforge_hdl::shape::Shape;
use svdforge_testbench::samples::example_matrix;

/// The seed of a matrix is the campaign's seed times this, plus an index. So no two campaigns share a seed.
pub const SEED_STEP: u64 = 1_000_000;
/// The largest seed of a campaign.
pub const MAX_SEED: u64 = 1_000_000_000;
/// The most matrices of a campaign.
pub const MAX_MATRICES: u64 = 10_000_000;

/// Everything that determines what a campaign computes. Equal plans give equal reports.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What all cores share.
    #[serde(flatten)]
    pub settings: Settings,
    /// The cores, in the order of the matrices.
    pub cores: Vec<PlannedCore>,
}

/// What all cores of a campaign share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The version of svdforge.
    pub version: String,
    /// The name of the suite.
    pub suite: String,
    /// The seed of the campaign, at most [`MAX_SEED`].
    pub seed: u64,
    /// How the host scales matrices: the smallest exponent that fits, or a given one.
    pub input_scale: Choice,
    /// The families of matrices, in the order of the matrices of each core.
    pub families: Vec<Family>,
}

/// A core, and how many matrices it gets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedCore {
    /// Why the campaign contains it.
    pub purpose: Purpose,
    /// The number of matrices of each random family. A family that does not depend on the seed has one matrix.
    pub matrices: u64,
    /// Its parameters.
    pub core: CoreParameters,
}

/// Why a campaign contains a core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Its errors are the subject of the campaign.
    Accuracy,
    /// It stops after a given number of sweeps, to show how far a matrix has converged by then.
    Convergence,
}

/// One matrix of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its number, from 0.
    pub matrix: usize,
    /// The core that gets it, an index into the plan's cores.
    pub core: usize,
    /// Its family.
    pub family: Family,
    /// Its index among the matrices of its family for this core, from 0.
    pub index: u64,
    /// The seed that makes it.
    pub seed: u64,
}

impl Plan {
    /// All matrices, in the order of their numbers.
    pub fn items(&self) -> Vec<Item> {
        let mut items = Vec::new();
        for (core, planned) in self.cores.iter().enumerate() {
            for &family in &self.settings.families {
                for index in 0..planned.matrices_of(family) {
                    let seed = self.settings.seed * SEED_STEP + index;
                    items.push(Item { matrix: items.len(), core, family, index, seed });
                }
            }
        }
        items
    }

    /// Checks a plan that was read from a file. The error says what is wrong and what would be right.
    pub fn check(&self) -> Result<(), String> {
        if self.settings.seed > MAX_SEED {
            return Err(format!("seed {}: a seed is 0 to {MAX_SEED}", self.settings.seed));
        }
        if self.cores.is_empty() || self.settings.families.is_empty() {
            return Err("a campaign needs at least one core and one family of matrices".to_owned());
        }
        let families = &self.settings.families;
        if let Some((_, double)) =
            families.iter().enumerate().find(|(index, family)| families[..*index].contains(family))
        {
            return Err(format!("families: {double} is there twice; name each family once"));
        }
        let families = families.len() as u64;
        let mut all = 0_u64;
        for (index, planned) in self.cores.iter().enumerate() {
            if !(1..=SEED_STEP).contains(&planned.matrices) {
                return Err(format!("core {index}, matrices {}: must be 1 to {SEED_STEP}", planned.matrices));
            }
            all = all.saturating_add(families.saturating_mul(planned.matrices));
        }
        if all > MAX_MATRICES {
            return Err(format!(
                "{all} matrices: a campaign has {MAX_MATRICES} at most; ask for fewer, or make several"
            ));
        }
        Ok(())
    }

    /// The shape of the core with this index.
    pub fn shape(&self, core: usize) -> &Shape {
        &self.cores[core].core.0
    }

    /// The matrix as its core gets it, before rounding. Its elements are in [-1, 1 - 2^(1 - word)]; larger ones are
    /// saturated.
    pub fn matrix(&self, item: &Item) -> DMatrix<f64> {
        let largest = largest(self.shape(item.core));
        self.original(item).map(|value| value.clamp(-1.0, largest))
    }

    /// The matrix before saturation, which is the same for every word.
    pub fn original(&self, item: &Item) -> DMatrix<f64> {
        example_matrix(self.shape(item.core), item.family, item.seed)
    }
}

/// The largest element that a matrix for this core may have.
pub fn largest(shape: &Shape) -> f64 {
    1.0 - f64::from(1 - shape.word() as i32).exp2()
}

impl PlannedCore {
    /// The number of matrices of a family that the core gets.
    pub fn matrices_of(&self, family: Family) -> u64 {
        if family.is_random() { self.matrices } else { 1 }
    }
}

impl Item {
    /// A name for messages, such as "8 x 8, word 16, guard 4, uniform, seed 1000000".
    pub fn name(&self, plan: &Plan) -> String {
        format!("{}, {}, seed {}", plan.cores[self.core].core.short(), self.family, self.seed)
    }
}
