//! One document compared with the first.

use super::compared::ComparedDocument;
use super::difference::{Both, Difference, MatrixResult, Quantity};
use super::external::{External, is_offered};
use super::finding::Finding;
use super::pairing::{matrix_key, no_matrix, pair_cores, pair_records};
use crate::campaign::{Metric, Record};
use crate::report::{CoreFigures, Report};
use serde::Serialize;
use std::collections::{BTreeSet, HashSet};
use svdforge_golden::Accuracy;
use svdforge_hdl::shape::Shape;

/// One document compared with the first.
#[derive(Clone, Debug, Serialize)]
pub struct Against {
    /// The document that is compared with the first.
    pub source: ComparedDocument,
    /// The options in which paired cores differ.
    pub options: Vec<OptionDifference>,
    /// What was left out, because it has no partner.
    pub unpaired: Unpaired,
    /// The number of tests that `p_holm` corrects for, which are those of all documents.
    pub tests: usize,
    /// The differences over all cores. If there is one core, they are the same as those of the core.
    pub all: Vec<Difference>,
    /// The differences of each pair of cores.
    pub cores: Vec<CorePair>,
    /// The checks of both reports.
    pub checks: Vec<CheckPair>,
    /// Everything in which B is worse.
    pub worse: Vec<Finding>,
}

/// An option in which paired cores differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct OptionDifference {
    /// The name of the option.
    pub option: String,
    /// Its value in A.
    pub a: String,
    /// Its value in B.
    pub b: String,
}

/// What has no partner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Unpaired {
    /// Names of the cores of A.
    pub cores_a: Vec<String>,
    /// Names of the cores of B.
    pub cores_b: Vec<String>,
    /// The number of matrices of A's paired cores.
    pub matrices_a: usize,
    /// The number of matrices of B's paired cores.
    pub matrices_b: usize,
}

/// Two cores that belong together.
#[derive(Clone, Debug, Serialize)]
pub struct CorePair {
    /// The name of A's core, such as "8 x 8, word 16, guard 4".
    pub name: String,
    /// Its index in A.
    pub core_a: usize,
    /// The index of its partner in B; null for another tool.
    pub core_b: Option<usize>,
    /// Whether all parameters are the same.
    pub equal_parameters: bool,
    /// The difference in each quantity that both cores have.
    pub differences: Vec<Difference>,
    /// The figures of A's core.
    pub figures_a: CoreFigures,
    /// The figures of B's core; null for another tool.
    pub figures_b: Option<CoreFigures>,
    /// Where the pair appears in the charts.
    #[serde(skip)]
    pub(super) grid: Grid,
    /// The results of each matrix that both have.
    #[serde(skip)]
    pub(super) results: Vec<Both>,
}

/// What distinguishes a pair of cores from the others in charts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    /// Rows and columns.
    pub size: (usize, usize),
    /// The word of A's core.
    pub word: u32,
    /// The guard bits of A's core and of B's.
    pub guards: [u32; 2],
}

/// The outcome of a check in both reports; null where there was nothing to check.
#[derive(Clone, Debug, Serialize)]
pub struct CheckPair {
    /// The name of the check.
    pub name: &'static str,
    /// Its outcome in A.
    pub a: Option<bool>,
    /// Its outcome in B.
    pub b: Option<bool>,
}

impl Against {
    pub(super) fn report(source: ComparedDocument, a: &Report, b: &Report) -> Result<Self, String> {
        let scales = [a, b].map(|report| report.plan.settings.input_scale);
        if scales[0] != scales[1] {
            let [a, b] = scales;
            return Err(format!(
                "`campaign.input_scale` is {a} there and {b} here: the cores saw matrices of different scale; make both reports with the same --input-scale"
            ));
        }
        let paired = pair_cores(&a.plan, &b.plan)?;
        let mut unpaired = Unpaired::default();
        let (mut cores, mut options) = (Vec::new(), BTreeSet::new());
        for (core_a, core_b) in paired.pairs {
            let (records, alone) = pair_records((a, core_a), (b, core_b));
            unpaired.matrices_a += alone[0];
            unpaired.matrices_b += alone[1];
            let differing = differing_options(a, core_a, b, core_b);
            let results = records.into_iter().map(|records| both((a, core_a), (b, core_b), records)).collect();
            let guard = b.plan.shape(core_b).guard();
            let mut pair = CorePair::new(a, core_a, guard, results);
            pair.core_b = Some(core_b);
            pair.figures_b = Some(b.figures[core_b]);
            pair.equal_parameters = differing.is_empty();
            cores.push(pair);
            options.extend(differing);
        }
        if cores.iter().all(|core| core.results.is_empty()) {
            return Err(no_matrix(&a.plan, &b.plan));
        }
        let names =
            |report: &Report, cores: &[usize]| cores.iter().map(|&c| report.plan.cores[c].core.short()).collect();
        unpaired.cores_a = names(a, &paired.alone[0]);
        unpaired.cores_b = names(b, &paired.alone[1]);
        let checks = a.checks().into_iter().zip(b.checks());
        let checks = checks.map(|(a, b)| CheckPair { name: a.name, a: a.holds, b: b.holds }).collect();
        Ok(Self::finish(source, options.into_iter().collect(), unpaired, cores, checks))
    }

    pub(super) fn external(source: ComparedDocument, a: &Report, external: &External) -> Self {
        let mut cores: Vec<CorePair> = Vec::new();
        for result in &external.results {
            let record = &a.records[result.matrix];
            if cores.last().is_none_or(|pair| pair.core_a != record.core) {
                cores.push(CorePair::new(a, record.core, a.plan.shape(record.core).guard(), Vec::new()));
            }
            let shape = a.plan.shape(record.core);
            let measured = MatrixResult {
                matrix: result.matrix,
                errors: errors(shape, record, &result.accuracy, &record.accuracy),
                sweeps: None,
                cycles: result.cycles,
            };
            let ours = measured_of(shape, record, &result.accuracy);
            if let Some(pair) = cores.last_mut() {
                pair.results.push(Both { key: matrix_key(record), a: ours, b: measured });
            }
        }
        let paired: BTreeSet<usize> = cores.iter().map(|pair| pair.core_a).collect();
        let alone = (0..a.plan.cores.len()).filter(|core| !paired.contains(core) && is_offered(&a.plan, *core));
        let asked = a.records.iter().filter(|record| paired.contains(&record.core)).count();
        let unpaired = Unpaired {
            cores_a: alone.map(|core| a.plan.cores[core].core.short()).collect(),
            matrices_a: asked - external.results.len(),
            ..Unpaired::default()
        };
        Self::finish(source, Vec::new(), unpaired, cores, Vec::new())
    }

    /// Makes everything except the verdicts, which [`super::judging`] adds.
    fn finish(
        source: ComparedDocument,
        options: Vec<OptionDifference>,
        unpaired: Unpaired,
        mut cores: Vec<CorePair>,
        checks: Vec<CheckPair>,
    ) -> Self {
        cores.retain(|core| !core.results.is_empty());
        let differences = |results: &[Both]| -> Vec<Difference> {
            Quantity::all().into_iter().filter_map(|quantity| Difference::new(quantity, results)).collect()
        };
        let results: Vec<Both> = cores.iter().flat_map(|core| core.results.iter().cloned()).collect();
        let all = differences(&results);
        for core in &mut cores {
            core.differences = differences(&core.results);
        }
        Self { source, options, unpaired, tests: 0, all, cores, checks, worse: Vec::new() }
    }

    /// The number of results that are compared, and of distinct matrices among them.
    pub fn results(&self) -> (usize, usize) {
        let results = self.cores.iter().flat_map(|core| &core.results);
        let matrices: HashSet<_> = results.clone().map(|both| both.key).collect();
        (results.count(), matrices.len())
    }

    /// The quantities that at least some results have.
    pub fn quantities(&self) -> Vec<Quantity> {
        self.all.iter().map(|difference| difference.quantity).collect()
    }
}

impl CorePair {
    fn new(a: &Report, core: usize, guard_b: u32, results: Vec<Both>) -> Self {
        let shape = a.plan.shape(core);
        Self {
            name: a.plan.cores[core].core.short(),
            core_a: core,
            core_b: None,
            equal_parameters: false,
            differences: Vec::new(),
            figures_a: a.figures[core],
            figures_b: None,
            grid: Grid { size: (shape.rows(), shape.cols()), word: shape.word(), guards: [shape.guard(), guard_b] },
            results,
        }
    }

    /// The difference in one quantity, if both cores have it.
    pub fn of(&self, quantity: Quantity) -> Option<&Difference> {
        self.differences.iter().find(|difference| difference.quantity == quantity)
    }
}

/// The errors of a result for the matrix of a record. The orthogonality error covers only those of U and V that the
/// other result has too, because the larger error of both must not be compared with the error of one.
fn errors(shape: &Shape, record: &Record, own: &Accuracy, other: &Accuracy) -> [Option<f64>; Metric::ALL.len()] {
    let shared = Accuracy {
        orthogonality_u_max_lsb: own.orthogonality_u_max_lsb.filter(|_| other.orthogonality_u_max_lsb.is_some()),
        orthogonality_v_max_lsb: own.orthogonality_v_max_lsb.filter(|_| other.orthogonality_v_max_lsb.is_some()),
        ..own.clone()
    };
    Metric::ALL.map(|metric| metric.measured(shape, (record.rows, record.cols), &shared))
}

/// The numbers of a record that can be compared with another result.
fn measured_of(shape: &Shape, record: &Record, other: &Accuracy) -> MatrixResult {
    MatrixResult {
        matrix: record.matrix,
        errors: errors(shape, record, &record.accuracy, other),
        sweeps: Some(record.sweeps),
        cycles: Some(record.cycles.total),
    }
}

/// One matrix in both reports, with B's errors in the units of A's.
fn both((a, core_a): (&Report, usize), (b, core_b): (&Report, usize), records: (&Record, &Record)) -> Both {
    let (shape_a, shape_b) = (a.plan.shape(core_a), b.plan.shape(core_b));
    let of_a = measured_of(shape_a, records.0, &records.1.accuracy);
    let mut of_b = measured_of(shape_b, records.1, &records.0.accuracy);
    let lsb = records.1.accuracy.lsb / records.0.accuracy.lsb;
    for metric in Metric::ALL {
        let unit = if metric == Metric::Orthogonality {
            (f64::from(shape_a.word()) - f64::from(shape_b.word())).exp2()
        } else {
            lsb
        };
        let error = &mut of_b.errors[metric as usize];
        *error = error.map(|error| error * unit);
    }
    Both { key: matrix_key(records.0), a: of_a, b: of_b }
}

/// The options in which two cores differ.
fn differing_options(a: &Report, core_a: usize, b: &Report, core_b: usize) -> Vec<OptionDifference> {
    let fields = |report: &Report, core: usize| match serde_json::to_value(report.plan.cores[core].core) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (of_a, of_b) = (fields(a, core_a), fields(b, core_b));
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let differing = of_a.iter().filter(|(option, value)| of_b[*option] != **value);
    differing
        .map(|(option, value)| OptionDifference { option: option.clone(), a: text(value), b: text(&of_b[option]) })
        .collect()
}
