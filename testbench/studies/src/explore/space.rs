//! Which cores an exploration looks at: all combinations of some parameters, as a campaign.

use crate::campaign::parameters::{Choice, CoreParameters};
use crate::campaign::plan::{PlannedCore, Settings};
use crate::campaign::{Plan, Purpose};
use serde::{Deserialize, Serialize};
use svdforge_golden::Family;
use svdforge_hdl::parameters::{Parameters, Sweeps};

/// What the campaign of an exploration has as the name of its suite.
const SUITE: &str = "explore";
/// The most combinations of an exploration.
pub const MOST: usize = 1000;

/// What to look at. Size, vectors, rank and the rest of `base` are the same everywhere: cores that deliver something else cannot be compared.
#[derive(Clone, Debug)]
pub struct Space {
    /// All that is not varied.
    pub base: Parameters,
    /// Bits of an input element.
    pub words: Vec<u32>,
    /// Guard bits.
    pub guards: Vec<u32>,
    /// Bits of a coefficient; `None`: as many as the error needs.
    pub coefs: Vec<Option<u32>>,
    /// How many sweeps are made.
    pub sweeps: Vec<Sweeps>,
    /// Families of matrices.
    pub families: Vec<Family>,
    /// Matrices of each random family for each core.
    pub matrices: u64,
    /// The seed of the matrices.
    pub seed: u64,
}

/// Combinations that are left out, all for the same reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Why.
    pub reason: String,
    /// How many.
    pub combinations: usize,
}

impl Space {
    /// The campaign: one core for each combination that exists. What does not is left out, with its reason.
    pub fn plan(&self) -> Result<(Plan, Vec<LeftOut>), String> {
        let count: usize = [self.words.len(), self.guards.len(), self.coefs.len(), self.sweeps.len()].iter().product();
        if count > MOST {
            return Err(format!(
                "{count} combinations of --word, --guard, --coef and --sweeps: an exploration has {MOST} at most; give fewer values, or ranges with a step, such as 12..24:4"
            ));
        }
        let mut cores: Vec<PlannedCore> = Vec::new();
        let mut left_out: Vec<LeftOut> = Vec::new();
        for parameters in self.combinations() {
            let reason = match parameters.shape() {
                Ok(shape) if cores.iter().any(|planned| planned.core.0 == shape) => {
                    "the same core as another combination (--coef auto is a number too)".to_owned()
                }
                Ok(shape) => {
                    let core = CoreParameters(shape);
                    cores.push(PlannedCore { purpose: Purpose::Accuracy, matrices: self.matrices, core });
                    continue;
                }
                Err(error) => error.to_string(),
            };
            match left_out.iter_mut().find(|known| known.reason == reason) {
                Some(known) => known.combinations += 1,
                None => left_out.push(LeftOut { reason, combinations: 1 }),
            }
        }
        if cores.is_empty() {
            let reasons: Vec<&str> = left_out.iter().map(|left| left.reason.as_str()).collect();
            return Err(format!("none of the combinations is a core: {}", reasons.join("; ")));
        }
        let settings = Settings {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            suite: SUITE.to_owned(),
            seed: self.seed,
            input_scale: Choice::Auto,
            families: self.families.clone(),
        };
        let plan = Plan { settings, cores };
        plan.check()?;
        Ok((plan, left_out))
    }

    fn combinations(&self) -> Vec<Parameters> {
        let all = vary(&[self.base], &self.words, |base, word| Parameters { word, ..base });
        let all = vary(&all, &self.guards, |base, guard| Parameters { guard, ..base });
        let all = vary(&all, &self.coefs, |base, coef| Parameters { coef, ..base });
        vary(&all, &self.sweeps, |base, sweeps| Parameters { sweeps, ..base })
    }
}

/// Each of the parameters with each of the values.
fn vary<T: Copy>(all: &[Parameters], values: &[T], set: impl Fn(Parameters, T) -> Parameters) -> Vec<Parameters> {
    let mut varied = Vec::new();
    for &base in all {
        varied.extend(values.iter().map(|&value| set(base, value)));
    }
    varied
}
