//! Plans the campaign of an exploration, with a core for every combination of some parameters.

use crate::campaign::parameters::{Choice, CoreParameters};
use crate::campaign::plan::{PlannedCore, Settings};
use crate::campaign::{Plan, Purpose};
use serde::{Deserialize, Serialize};
use svdforge_golden::Family;
use svdforge_hdl::parameters::{Parameters, Sweeps};

/// The name that the campaign of an exploration gives as its suite.
const SUITE: &str = "explore";
/// The most combinations of an exploration.
pub const MOST: usize = 1000;

/// The parameters to combine. Size, vectors, rank and the rest of `base` are the same everywhere, because cores that
/// deliver different things cannot be compared.
#[derive(Clone, Debug)]
pub struct Space {
    /// The parameters that are not varied.
    pub base: Parameters,
    /// The numbers of bits of an input element.
    pub words: Vec<u32>,
    /// The numbers of guard bits.
    pub guards: Vec<u32>,
    /// The numbers of bits of a coefficient; `None` means as many as the error needs.
    pub coefs: Vec<Option<u32>>,
    /// The choices of how many sweeps are made.
    pub sweeps: Vec<Sweeps>,
    /// The families of matrices.
    pub families: Vec<Family>,
    /// The number of matrices of each random family for each core.
    pub matrices: u64,
    /// The seed of the campaign.
    pub seed: u64,
}

/// Combinations that are left out, all for the same reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The reason.
    pub reason: String,
    /// The number of combinations.
    pub combinations: usize,
}

impl Space {
    /// Plans the campaign with one core for each valid combination. Combinations that are not valid are left out, with
    /// the reason. There is an error if none is valid, or if there are too many.
    pub fn plan(&self) -> Result<(Plan, Vec<LeftOut>), String> {
        let count: usize = [self.words.len(), self.guards.len(), self.coefs.len(), self.sweeps.len()].iter().product();
        if count > MOST {
            return Err(format!(
                "{count} combinations of --word, --guard, --coef and --sweeps: an exploration has at most {MOST}; give fewer values, or ranges with a step, such as 12..24:4"
            ));
        }
        let mut cores: Vec<PlannedCore> = Vec::new();
        let mut left_out: Vec<LeftOut> = Vec::new();
        for parameters in self.combinations() {
            let reason = match parameters.shape() {
                Ok(shape) if cores.iter().any(|planned| planned.core.0 == shape) => {
                    "the same core as another combination (--coef auto may choose the same number of bits)".to_owned()
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
            return Err(format!("none of the combinations is a valid core: {}", reasons.join("; ")));
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

/// Combines each set of parameters with each value.
fn vary<T: Copy>(all: &[Parameters], values: &[T], set: impl Fn(Parameters, T) -> Parameters) -> Vec<Parameters> {
    let mut varied = Vec::new();
    for &base in all {
        varied.extend(values.iter().map(|&value| set(base, value)));
    }
    varied
}
