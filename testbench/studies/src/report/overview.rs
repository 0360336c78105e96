//! Collects what a reader of a report wants to know first, for pages in any format.

use super::data::Report;
use crate::campaign::statistics::{Check, CoreStatistics, all_hold};
use crate::campaign::{Metric, Purpose, Record};
use std::collections::BTreeMap;
use svdforge_golden::Family;
use svdforge_golden::digits::fixed;
use svdforge_hdl::parameters::{Parameters, Sweeps};

/// Rows and columns of a core.
pub type Size = (usize, usize);

/// A report with the figures that follow from it.
pub struct Overview<'a> {
    /// The report.
    pub report: &'a Report,
    /// Statistics of each core of the plan.
    pub statistics: Vec<CoreStatistics>,
    /// The checks.
    pub checks: Vec<Check>,
    /// The cores whose accuracy is reported: (size, word, guard bits) and the index in the plan.
    pub cores: BTreeMap<(Size, u32, u32), usize>,
    /// Their sizes, in the order of the plan.
    pub sizes: Vec<Size>,
    /// Their words, ascending.
    pub words: Vec<u32>,
    /// Their guard bits, ascending.
    pub guards: Vec<u32>,
    /// The word of the reference cores, which are shown in more detail. It is that of the default core, if the report
    /// has it.
    pub word: u32,
    /// The guard bits of the reference cores, chosen in the same way.
    pub guard: u32,
}

/// A matrix that has the largest error of its core.
pub struct Worst<'a> {
    /// Which error.
    pub metric: Metric,
    /// How large.
    pub error: f64,
    /// The matrix.
    pub record: &'a Record,
}

impl<'a> Overview<'a> {
    /// Computes the overview of a report.
    pub fn new(report: &'a Report) -> Self {
        let default = Parameters::default();
        let mut cores = BTreeMap::new();
        let (mut sizes, mut words, mut guards) = (Vec::new(), Vec::new(), Vec::new());
        for (index, planned) in report.plan.cores.iter().enumerate() {
            let shape = &planned.core.0;
            let size = (shape.rows(), shape.cols());
            if planned.purpose == Purpose::Accuracy {
                cores.insert((size, shape.word(), shape.guard()), index);
                if !sizes.contains(&size) {
                    sizes.push(size);
                }
                words.push(shape.word());
                guards.push(shape.guard());
            }
        }
        let sorted = |mut values: Vec<u32>| {
            values.sort_unstable();
            values.dedup();
            values
        };
        let (words, guards) = (sorted(words), sorted(guards));
        let choose = |values: &[u32], best: u32| {
            let middle = values.get(values.len() / 2).copied().unwrap_or(best);
            if values.contains(&best) { best } else { middle }
        };
        let (word, guard) = (choose(&words, default.word), choose(&guards, default.guard));
        Self {
            report,
            statistics: report.statistics(),
            checks: report.checks(),
            cores,
            sizes,
            words,
            guards,
            word,
            guard,
        }
    }

    /// The index of a core in the plan.
    pub fn core(&self, size: Size, word: u32, guard: u32) -> Option<usize> {
        self.cores.get(&(size, word, guard)).copied()
    }

    /// The index of the reference core of a size, which is shown in more detail.
    pub fn reference(&self, size: Size) -> Option<usize> {
        self.core(size, self.word, self.guard)
    }

    /// Whether every check holds.
    pub fn holds(&self) -> bool {
        all_hold(&self.checks)
    }

    /// The number of clock cycles that were simulated.
    pub fn cycles(&self) -> u64 {
        self.report.records.iter().map(|r| r.cycles.total).sum()
    }

    /// The metrics that at least one core delivers.
    pub fn metrics(&self) -> Vec<Metric> {
        let known = |metric: &Metric| self.cores.values().any(|&core| self.statistics[core].of(*metric).is_some());
        Metric::ALL.into_iter().filter(known).collect()
    }

    /// The largest error of the reference core of a size.
    pub fn worst_error(&self, size: Size, metric: Metric) -> Option<f64> {
        self.statistics[self.reference(size)?].of(metric).map(|spread| spread.max)
    }

    /// The matrices with the largest errors of the reference cores, one for each size and metric.
    pub fn worst(&self) -> Vec<(Size, Worst<'a>)> {
        let mut all = Vec::new();
        for &size in &self.sizes {
            let Some(core) = self.reference(size) else { continue };
            for metric in self.metrics() {
                if let Some(spread) = self.statistics[core].of(metric) {
                    let record = &self.report.records[spread.worst_matrix];
                    all.push((size, Worst { metric, error: spread.max, record }));
                }
            }
        }
        all
    }

    /// The largest error of a family on the reference core of a size.
    pub fn family_worst(&self, size: Size, family: Family, metric: Metric) -> Option<f64> {
        let core = self.reference(size)?;
        let shape = self.report.plan.shape(core);
        let records = self.report.records.iter().filter(|r| r.core == core && r.family == family);
        records.filter_map(|r| metric.of(shape, r)).reduce(f64::max)
    }

    /// A line with the options that all cores share.
    pub fn common(&self) -> String {
        let Some(shape) = self.cores.values().next().map(|&core| self.report.plan.shape(core)) else {
            return String::new();
        };
        let sweeps = match shape.sweeps() {
            Sweeps::Auto => "until settled".to_owned(),
            Sweeps::Fixed(sweeps) => format!("always {sweeps}"),
        };
        let kind = if shape.symmetric() { "eigen-decomposition of symmetric matrices, " } else { "" };
        format!(
            "{kind}architecture {}, sweeps {sweeps}, vectors {}, scaling {}, sizes {}",
            shape.arch(),
            shape.vectors(),
            shape.scaling(),
            shape.sizes()
        )
    }

    /// The title of the report.
    pub fn title(&self) -> String {
        let settings = &self.report.plan.settings;
        format!("Accuracy campaign, suite {}, seed {}", settings.suite, settings.seed)
    }
}

/// The command that runs a matrix again. It is given in the folder of the report.
pub fn replay(record: &Record) -> String {
    format!("svdforge report replay report.json --matrix {}", record.matrix)
}

/// An error with three significant digits.
pub fn digits(error: f64) -> String {
    match error {
        e if e >= 99.95 => format!("{e:.0}"),
        e if e >= 9.995 => format!("{e:.1}"),
        e => fixed(e, 2),
    }
}

/// A count with a thin space between thousands.
pub fn thousands(count: u64) -> String {
    let plain = count.to_string();
    let groups: Vec<&str> = plain.as_bytes().rchunks(3).rev().filter_map(|g| std::str::from_utf8(g).ok()).collect();
    groups.join("\u{202f}")
}

/// The name of a size, such as "8 x 8".
pub fn size_name((rows, cols): Size) -> String {
    format!("{rows} x {cols}")
}

/// A range such as "8 to 24", or the only value.
pub fn range_name(values: &[u32]) -> String {
    match values {
        [first, .., last] => format!("{first} to {last}"),
        _ => values.first().map_or(String::new(), u32::to_string),
    }
}
