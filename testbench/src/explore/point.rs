//! One core of an exploration: all that is known of it, and its names for files and for `--pick`.

use super::synthesis::Measured;
use crate::campaign::Metric;
use crate::campaign::bounds::Limits;
use crate::campaign::parameters::CoreParameters;
use crate::campaign::statistics::CoreStatistics;
use crate::report::CoreFigures;
use serde_json::Value;
use svdforge_hdl::core::params::{Shape, Sweeps};

/// One core.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Its parameters.
    pub core: CoreParameters,
    /// What is known without running it.
    pub figures: CoreFigures,
    /// Bits of the partial products of its multipliers.
    pub multiplier_bits: u64,
    /// What its matrices came to.
    pub statistics: CoreStatistics,
    /// Its largest error, and what the rounding of the input has to do with it.
    pub worst: WorstError,
    /// Matrices that were not settled when the core stopped.
    pub unsettled: usize,
    /// Whether everything holds that must: no overflow, settled under the cap, within the bounds.
    pub holds: bool,
    /// What synthesis measured.
    pub measured: Option<Measured>,
}

/// The largest errors over all matrices, in LSB.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WorstError {
    /// What the rounding of the input to the word does to a value, whatever the core.
    pub quantisation: f64,
    /// Of every error that the core has: of values, the rounding of the input added for each matrix; of the product, orthogonality, diagonality.
    pub all: f64,
}

/// What an error is known not to exceed, in the unit of its metric: for every matrix, and for nearly all.
struct Limit {
    rigorous: Option<f64>,
    statistical: Option<f64>,
}

/// What is made small, in this order: see `docs/explore.md`.
pub const OBJECTIVES: [&str; 3] = ["error_full_scale", "cycles", "multiplier_bits"];

/// The figures that only synthesis has.
pub const SYNTHESISED: [&str; 4] = ["lut", "ff", "dsp", "block_rams"];
/// The figures that take place and route.
pub const PLACED: [&str; 2] = ["fmax_mhz", "svd_per_second"];

impl Point {
    /// The shape of the core.
    pub fn shape(&self) -> &Shape {
        &self.core.0
    }

    /// One LSB as a share of full scale, 2^(1 - word).
    pub fn lsb(&self) -> f64 {
        f64::from(1 - self.shape().word as i32).exp2()
    }

    /// The largest of all errors as a share of full scale, rounding of the input included.
    pub fn error(&self) -> f64 {
        self.worst.all * self.lsb()
    }

    /// What [`OBJECTIVES`] names.
    pub fn objectives(&self) -> [f64; 3] {
        [self.error(), self.statistics.cycles.max as f64, self.multiplier_bits as f64]
    }

    /// -log2 of the error, to two decimals; none without an error.
    pub fn effective_bits(&self) -> Option<f64> {
        let bits = -self.error().log2();
        bits.is_finite().then(|| (bits * 100.0).round() / 100.0)
    }

    /// "16+4", with what else was chosen: tells the cores of an exploration apart.
    pub fn label(&self) -> String {
        let shape = self.shape();
        let sweeps = match shape.sweeps {
            Sweeps::Auto => String::new(),
            Sweeps::Fixed(sweeps) => format!(", {sweeps} sweeps"),
        };
        format!("{}+{}, coef {}{sweeps}", shape.word, shape.guard, shape.coef)
    }

    /// The command that generates the core.
    pub fn command(&self) -> String {
        format!("svdforge generate {} --out {}", self.core.flags(), self.shape().name())
    }

    /// The limits on one metric. Nothing limits what too few sweeps leave.
    fn limit(&self, metric: Metric) -> Limit {
        let known = self.shape().sweeps == Sweeps::Auto || metric == Metric::Orthogonality;
        let bounds = self.figures.bounds.filter(|_| known).unwrap_or_default();
        let of = |limits: Option<Limits>| limits.and_then(|limits| limits.of(metric));
        Limit { rigorous: of(bounds.rigorous), statistical: of(bounds.statistical) }
    }

    /// Every figure by its name, in the order of files: a number, or null where it is not known.
    pub fn fields(&self) -> Vec<(String, Value)> {
        columns().into_iter().map(|(name, value)| (name, value(self))).collect()
    }

    /// One of them, where it is known.
    pub fn figure(&self, name: &str) -> Option<f64> {
        columns().into_iter().find(|(known, _)| known == name).and_then(|(_, value)| value(self).as_f64())
    }
}

/// The names of all figures, in the order of files.
pub fn names() -> Vec<String> {
    columns().into_iter().map(|(name, _)| name).collect()
}

/// A figure of a point.
type Figure = Box<dyn Fn(&Point) -> Value>;

fn columns() -> Vec<(String, Figure)> {
    fn column<T: Into<Value>>(name: impl Into<String>, value: impl Fn(&Point) -> T + 'static) -> (String, Figure) {
        (name.into(), Box::new(move |point| value(point).into()))
    }
    let mut all = vec![
        column("word", |p| p.shape().word),
        column("guard", |p| p.shape().guard),
        column("coef", |p| p.shape().coef),
        column("matrices", |p| p.statistics.matrices),
        column("error_full_scale", Point::error),
        column("effective_bits", Point::effective_bits),
        column("quantisation_max_lsb", |p| p.worst.quantisation),
    ];
    for metric in Metric::ALL {
        let name = key(metric);
        all.push(column(format!("{name}_max_lsb"), move |p| p.statistics.of(metric).map(|s| s.max)));
        all.push(column(format!("{name}_p99_lsb"), move |p| p.statistics.of(metric).map(|s| s.p99)));
        all.push(column(format!("{name}_max_full_scale"), move |p| p.statistics.of(metric).map(|s| s.max * p.lsb())));
        all.push(column(format!("{name}_statistical_lsb"), move |p| p.limit(metric).statistical));
        all.push(column(format!("{name}_rigorous_lsb"), move |p| p.limit(metric).rigorous));
    }
    all.extend([
        column("unsettled", |p| p.unsettled),
        column("sweeps_mean", |p| p.statistics.sweeps.mean),
        column("sweeps_max", |p| p.statistics.sweeps.max),
        column("cycles_mean", |p| p.statistics.cycles.mean),
        column("cycles", |p| p.statistics.cycles.max),
        column("multipliers", |p| p.figures.multipliers),
        column("multiplier_bits", |p| p.multiplier_bits),
        column("memory_bits", |p| p.figures.memory_bits),
        column("table_bits", |p| p.figures.table_bits),
    ]);
    let area: [fn(&Measured) -> u64; 4] = [|m| m.lut, |m| m.ff, |m| m.dsp, |m| m.block_rams];
    all.extend(SYNTHESISED.into_iter().zip(area).map(|(name, of)| column(name, move |p| p.measured.as_ref().map(of))));
    let speed: [fn(&Measured) -> Option<f64>; 2] = [|m| m.fmax_mhz, |m| m.svd_per_second];
    all.extend(PLACED.into_iter().zip(speed).map(|(name, of)| column(name, move |p| p.measured.as_ref().and_then(of))));
    all
}

/// How the names of a metric's figures begin.
fn key(metric: Metric) -> &'static str {
    match metric {
        Metric::Sigma => "sigma",
        Metric::Reconstruction => "reconstruction",
        Metric::Orthogonality => "orthogonality",
        Metric::OffDiagonal => "off_diagonal",
    }
}
