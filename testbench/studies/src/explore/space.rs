//! Plans the campaign of an exploration, with a core for every combination of some parameters.

use crate::campaign::parameters::{Choice, CoreParameters};
use crate::campaign::plan::{PlannedCore, Settings};
use crate::campaign::{Plan, Purpose};
use serde::{Deserialize, Serialize};
use svdforge_golden::Family;
use svdforge_hdl::parameters::{CoreOption, ParameterError, Parameters, Value};

/// The name that the campaign of an exploration gives as its suite.
const SUITE: &str = "explore";
/// The most combinations of an exploration.
pub const MOST: usize = 1000;

/// An option and the values that it takes.
#[derive(Clone, Debug)]
pub struct Axis {
    /// The option.
    pub option: &'static CoreOption,
    /// Its values.
    pub values: Vec<Value>,
}

/// The parameters to combine. Size, vectors, rank and the rest of `base` are the same everywhere, because cores that
/// deliver different things cannot be compared.
#[derive(Clone, Debug)]
pub struct Space {
    /// The parameters that are not varied.
    pub base: Parameters,
    /// The options that are varied. The values of the last one change first.
    pub axes: Vec<Axis>,
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
        let lengths = self.axes.iter().map(|axis| axis.values.len());
        let count = lengths.fold(1, usize::saturating_mul);
        if count > MOST {
            let names: Vec<String> = self.axes.iter().map(|axis| format!("--{}", axis.option.name)).collect();
            return Err(format!(
                "{count} combinations of {}: an exploration has at most {MOST}; give fewer values, or ranges with a step, such as 12..24:4",
                names.join(", ")
            ));
        }
        let mut cores: Vec<PlannedCore> = Vec::new();
        let mut left_out: Vec<LeftOut> = Vec::new();
        for parameters in self.combinations().map_err(|error| error.to_string())? {
            let reason = match parameters.shape() {
                Ok(shape) if cores.iter().any(|planned| planned.core.0 == shape) => {
                    "the same core as another combination (`auto` may choose a number that is also given)".to_owned()
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

    fn combinations(&self) -> Result<Vec<Parameters>, ParameterError> {
        let mut all = vec![self.base];
        for Axis { option, values } in &self.axes {
            let mut varied = Vec::new();
            for parameters in all {
                for value in values {
                    let mut parameters = parameters;
                    option.set(&mut parameters, value)?;
                    varied.push(parameters);
                }
            }
            all = varied;
        }
        Ok(all)
    }
}

impl Axis {
    /// The option with this name, and the values that it takes.
    ///
    /// # Panics
    ///
    /// If there is no such option.
    pub fn new(name: &str, values: impl IntoIterator<Item = Value>) -> Self {
        let option = CoreOption::named(name).expect("The caller gives the name of an option.");
        Self { option, values: values.into_iter().collect() }
    }
}
