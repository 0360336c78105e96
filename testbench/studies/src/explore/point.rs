//! One core of an exploration: everything that is known about it, under the names that the files and `--pick` use.

use super::measured::{Area, Measured, Outcome};
use crate::campaign::Metric;
use crate::campaign::bounds::{CoreBounds, Limits, bounds};
use crate::campaign::parameters::CoreParameters;
use crate::campaign::statistics::CoreStatistics;
use crate::report::CoreFigures;
use serde_json::Value;
use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::{Parameters, Sizes, Sweeps};
use svdforge_hdl::shape::Shape;

/// A core of an exploration.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Its parameters.
    pub core: CoreParameters,
    /// What is known about it without running it.
    pub figures: CoreFigures,
    /// The number of bits of the partial products of its multipliers.
    pub multiplier_bits: u64,
    /// Cycles from one result to the next when matrices arrive without a pause, in the mean over uniformly distributed
    /// random matrices.
    pub interval: u64,
    /// The statistics over its matrices.
    pub statistics: CoreStatistics,
    /// The number of matrices that had not settled when the core stopped.
    pub unsettled: usize,
    /// Whether it passes all checks: no overflow, settled under the cap, within the bounds.
    pub holds: bool,
    /// The result of its synthesis, if there is one.
    pub measured: Option<Measured>,
}

/// Upper limits on an error in the unit of its metric. One holds for every matrix, the other for nearly all.
struct Limit {
    rigorous: Option<f64>,
    statistical: Option<f64>,
}

impl Limit {
    /// The limits on one metric. If the number of sweeps is fixed, only orthogonality has limits, because matrices need
    /// not have settled.
    fn of(shape: &Shape, bounds: Option<CoreBounds>, metric: Metric) -> Self {
        let known = shape.sweeps() == Sweeps::Auto || metric == Metric::Orthogonality;
        let bounds = bounds.filter(|_| known).unwrap_or_default();
        let of = |limits: Option<Limits>| limits.and_then(|limits| limits.of(metric));
        Self { rigorous: of(bounds.rigorous), statistical: of(bounds.statistical) }
    }
}

/// The objectives that are minimised, in this order; see `docs/explore.md`.
pub const OBJECTIVES: [&str; 5] = ["error_full_scale", "cycles", "multiplier_bits", "interval_cycles", "memory_bits"];
/// How many of them are compared in every exploration. The others are compared where cores take turns among several
/// matrices, which buys throughput with memory.
pub const ALWAYS: usize = 3;

/// The figures that only synthesis provides.
pub const SYNTHESISED: [&str; 4] = ["lut", "ff", "dsp", "block_rams"];
/// The figures that need place and route.
pub const PLACED: [&str; 5] = ["fmax_mhz", "fmax_min_mhz", "fmax_max_mhz", "svd_per_second", "svd_per_second_per_dsp"];

impl Point {
    /// The shape of the core.
    pub fn shape(&self) -> &Shape {
        &self.core.0
    }

    /// One LSB as a share of full scale, 2^(1 - word).
    pub fn lsb(&self) -> f64 {
        f64::from(1 - self.shape().word() as i32).exp2()
    }

    /// How much the rounding of a real matrix to the word may change a singular value, in LSB, to two decimals.
    /// Independent rounding errors of up to half an LSB form a matrix with a norm of about this size. The allowance
    /// depends on the size of the matrix alone, so that words are compared fairly.
    pub fn quantisation_allowance(&self) -> f64 {
        let norm = ((self.shape().rows() as f64).sqrt() + (self.shape().cols() as f64).sqrt()) / 12_f64.sqrt();
        (norm * 100.0).round() / 100.0
    }

    /// The largest of all errors as a share of full scale. The allowance for the rounding of the input is added to the
    /// error of the singular values.
    pub fn error(&self) -> f64 {
        let largest = |metric| self.statistics.of(metric).map_or(0.0, |spread| spread.max);
        let sigma = largest(Metric::Sigma) + self.quantisation_allowance();
        Metric::ALL.into_iter().map(largest).fold(sigma, f64::max) * self.lsb()
    }

    /// Its area and clock rate, if they are known.
    pub fn area(&self) -> Option<&Area> {
        match &self.measured.as_ref()?.outcome {
            Outcome::Area(area) => Some(area),
            Outcome::TooLarge { .. } => None,
        }
    }

    /// The reason why it does not fit the device, if it does not.
    pub fn does_not_fit(&self) -> Option<&str> {
        match &self.measured.as_ref()?.outcome {
            Outcome::Area(_) => None,
            Outcome::TooLarge { does_not_fit } => Some(does_not_fit),
        }
    }

    /// The values of [`OBJECTIVES`].
    pub fn objectives(&self) -> [f64; 5] {
        let counts = [self.statistics.cycles.max, self.multiplier_bits, self.interval, self.figures.memory_bits];
        let [cycles, multipliers, interval, memory] = counts.map(|count| count as f64);
        [self.error(), cycles, multipliers, interval, memory]
    }

    /// The effective bits: -log2 of the error, to two decimals.
    pub fn effective_bits(&self) -> f64 {
        (-self.error().log2() * 100.0).round() / 100.0
    }

    /// A label such as "16+4, coef 18", which distinguishes the cores of an exploration.
    pub fn label(&self) -> String {
        let shape = self.shape();
        let sweeps = match shape.sweeps() {
            Sweeps::Auto => String::new(),
            Sweeps::Fixed(sweeps) => format!(", {sweeps} sweeps"),
        };
        let architecture = match shape.arch() {
            arch if arch == Parameters::default().arch => String::new(),
            arch => format!(", {arch}"),
        };
        let in_flight = match shape.in_flight() {
            1 => String::new(),
            several => format!(", {several} in flight"),
        };
        format!("{}+{}, coef {}{sweeps}{architecture}{in_flight}", shape.word(), shape.guard(), shape.coef())
    }

    /// The command that generates the core in a folder of its own.
    pub fn command(&self) -> String {
        let shape = self.shape();
        let folder = shape.describing_name();
        format!("svdforge generate {} --out {folder}", self.core.flags())
    }

    fn limit(&self, metric: Metric) -> Limit {
        Limit::of(self.shape(), self.figures.bounds, metric)
    }

    /// Every figure with its name, in the order of files. A figure that is not known is null.
    pub fn fields(&self) -> Vec<(String, Value)> {
        columns().into_iter().map(|(name, figure)| (name, figure.of(self))).collect()
    }

    /// The figure with this name, if it is known.
    pub fn figure(&self, name: &str) -> Option<f64> {
        columns().into_iter().find(|(known, _)| known == name).and_then(|(_, figure)| figure.of(self).as_f64())
    }
}

/// The names of all figures, in the order of files.
pub fn names() -> Vec<String> {
    columns().into_iter().map(|(name, _)| name).collect()
}

/// Whether a core of this shape can have a figure. This depends on what the core delivers and on which bounds it has.
pub fn is_possible(name: &str, shape: &Shape) -> bool {
    let Some((_, Figure::OfMetric(metric, _))) = columns().into_iter().find(|(known, _)| known == name) else {
        return true;
    };
    let limit = || Limit::of(shape, bounds(&Core::new(*shape)), metric);
    if name.ends_with(STATISTICAL) {
        limit().statistical.is_some()
    } else if name.ends_with(RIGOROUS) {
        limit().rigorous.is_some()
    } else {
        is_delivered(metric, shape)
    }
}

/// Whether a core delivers what the error of this metric is computed from.
fn is_delivered(metric: Metric, shape: &Shape) -> bool {
    let vectors = shape.vectors();
    let both = vectors.has_v() && (vectors.has_u() || shape.symmetric());
    let all =
        shape.rank_of((shape.rows(), shape.cols())) == shape.rows().min(shape.cols()) || shape.sizes() == Sizes::Any;
    match metric {
        Metric::Sigma => true,
        Metric::Reconstruction => both && all,
        Metric::Orthogonality => vectors.has_u() || vectors.has_v(),
        Metric::OffDiagonal => both,
    }
}

/// A figure of a point.
enum Figure {
    Plain(fn(&Point) -> Value),
    OfMetric(Metric, fn(&Point, Metric) -> Value),
}

impl Figure {
    fn of(&self, point: &Point) -> Value {
        match self {
            Self::Plain(value) => value(point),
            Self::OfMetric(metric, value) => value(point, *metric),
        }
    }
}

type Plain = (&'static str, fn(&Point) -> Value);
type OfMetric = (&'static str, fn(&Point, Metric) -> Value);

const BEFORE: [Plain; 8] = [
    ("word", |p| p.shape().word().into()),
    ("guard", |p| p.shape().guard().into()),
    ("coef", |p| p.shape().coef().into()),
    ("in_flight", |p| p.shape().in_flight().into()),
    ("matrices", |p| p.statistics.matrices.into()),
    ("error_full_scale", |p| p.error().into()),
    ("effective_bits", |p| p.effective_bits().into()),
    ("quantisation_allowance_lsb", |p| p.quantisation_allowance().into()),
];

const STATISTICAL: &str = "statistical_lsb";
const RIGOROUS: &str = "rigorous_lsb";

/// The figures of each metric: the end of the name, and the value.
const OF_METRICS: [OfMetric; 5] = [
    ("max_lsb", |p, metric| p.statistics.of(metric).map(|s| s.max).into()),
    ("p99_lsb", |p, metric| p.statistics.of(metric).map(|s| s.p99).into()),
    ("max_full_scale", |p, metric| p.statistics.of(metric).map(|s| s.max * p.lsb()).into()),
    (STATISTICAL, |p, metric| p.limit(metric).statistical.into()),
    (RIGOROUS, |p, metric| p.limit(metric).rigorous.into()),
];

const AFTER: [Plain; 19] = [
    ("unsettled", |p| p.unsettled.into()),
    ("sweeps_mean", |p| p.statistics.sweeps.mean.into()),
    ("sweeps_max", |p| p.statistics.sweeps.max.into()),
    ("cycles_mean", |p| p.statistics.cycles.mean.into()),
    ("cycles", |p| p.statistics.cycles.max.into()),
    ("interval_cycles", |p| p.interval.into()),
    ("multipliers", |p| p.figures.multipliers.into()),
    ("multiplier_bits", |p| p.multiplier_bits.into()),
    ("memory_bits", |p| p.figures.memory_bits.into()),
    ("table_bits", |p| p.figures.table_bits.into()),
    (SYNTHESISED[0], |p| p.area().map(|m| m.lut).into()),
    (SYNTHESISED[1], |p| p.area().map(|m| m.ff).into()),
    (SYNTHESISED[2], |p| p.area().map(|m| m.dsp).into()),
    (SYNTHESISED[3], |p| p.area().map(|m| m.block_rams).into()),
    (PLACED[0], |p| p.area().and_then(|m| m.fmax_mhz).into()),
    (PLACED[1], |p| p.area().and_then(|m| m.fmax_min_mhz).into()),
    (PLACED[2], |p| p.area().and_then(|m| m.fmax_max_mhz).into()),
    (PLACED[3], |p| p.area().and_then(|m| m.svd_per_second).into()),
    (PLACED[4], |p| p.area().and_then(Area::svd_per_second_per_dsp).into()),
];

fn columns() -> Vec<(String, Figure)> {
    let plain = |(name, value): Plain| (name.to_owned(), Figure::Plain(value));
    let of_metric = |metric: Metric| {
        OF_METRICS.map(|(end, value)| (format!("{}_{end}", metric.key()), Figure::OfMetric(metric, value)))
    };
    let metrics = Metric::ALL.into_iter().flat_map(of_metric);
    BEFORE.into_iter().map(plain).chain(metrics).chain(AFTER.into_iter().map(plain)).collect()
}
