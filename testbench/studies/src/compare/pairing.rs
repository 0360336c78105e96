//! Finds the cores and the matrices of two reports that belong together.
//!
//! The cores of a report are distinguished by what a suite varies: size, word and guard bits. All other options are the
//! same for all cores of a report, and may be what the comparison is about. The same is true of the word, or of the
//! guard bits, if each report has only one value of it.

use crate::campaign::{Plan, Purpose, Record};
use crate::report::Report;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use svdforge_golden::Family;
use svdforge_hdl::shape::Shape;

/// What distinguishes the cores of a report: rows, columns, and the word and guard bits where one of the reports has
/// several.
type CoreKey = (usize, usize, Option<u32>, Option<u32>);

/// What identifies a matrix: rows, columns, family and seed.
pub type MatrixKey = (usize, usize, Family, u64);

/// Cores that belong together, as indices into the cores of each report.
#[derive(Debug, PartialEq, Eq)]
pub struct PairedCores {
    /// Pairs of a core of the first report and a core of the second.
    pub pairs: Vec<(usize, usize)>,
    /// The cores without a partner, of the first report and of the second.
    pub alone: [Vec<usize>; 2],
}

/// The cores of a plan whose accuracy is reported.
fn accuracy_cores(plan: &Plan) -> Vec<usize> {
    (0..plan.cores.len()).filter(|&core| plan.cores[core].purpose == Purpose::Accuracy).collect()
}

/// The values of one parameter over the cores of a plan.
fn values(plan: &Plan, of: impl Fn(&Shape) -> u32) -> BTreeSet<u32> {
    accuracy_cores(plan).into_iter().map(|core| of(plan.shape(core))).collect()
}

/// Pairs the cores of two plans. The error says why that is not possible and what to do.
pub fn pair_cores(a: &Plan, b: &Plan) -> Result<PairedCores, String> {
    let several = |of: fn(&Shape) -> u32| [a, b].into_iter().any(|plan| values(plan, of).len() > 1);
    let (words, guards) = (several(Shape::word), several(Shape::guard));
    let keys = |plan: &Plan| -> Result<BTreeMap<CoreKey, usize>, String> {
        let mut keys = BTreeMap::new();
        for core in accuracy_cores(plan) {
            let shape = plan.shape(core);
            let key = (shape.rows(), shape.cols(), words.then_some(shape.word()), guards.then_some(shape.guard()));
            if let Some(other) = keys.insert(key, core) {
                let name = plan.cores[core].core.short();
                return Err(format!(
                    "cores {other} and {core} of one report are both {name}, which is not possible in a report of svdforge"
                ));
            }
        }
        Ok(keys)
    };
    let (in_a, in_b) = (keys(a)?, keys(b)?);
    let mut pairs: Vec<(usize, usize)> = in_a.iter().filter_map(|(key, &core)| Some((core, *in_b.get(key)?))).collect();
    pairs.sort_unstable();
    if pairs.is_empty() {
        return Err(format!(
            "no core of one report matches a core of the other: there are {}, here {}; cores are paired by size, word and guard bits (words and guard bits of which both \
             reports have only one value may differ); make both reports for the same ones",
            cores_of(a),
            cores_of(b)
        ));
    }
    for &(core_a, core_b) in &pairs {
        comparable(a.shape(core_a), b.shape(core_b))?;
    }
    let alone = |keys: &BTreeMap<CoreKey, usize>, others: &BTreeMap<CoreKey, usize>| {
        keys.iter().filter(|(key, _)| !others.contains_key(*key)).map(|(_, &core)| core).collect()
    };
    let alone = [alone(&in_a, &in_b), alone(&in_b, &in_a)];
    Ok(PairedCores { pairs, alone })
}

/// Checks that two cores of the same size compute the same thing, so that their errors can be compared.
fn comparable(a: &Shape, b: &Shape) -> Result<(), String> {
    let (option, there, here) = if a.symmetric() != b.symmetric() {
        ("symmetric", a.symmetric().to_string(), b.symmetric().to_string())
    } else if a.rank() != b.rank() {
        ("rank", a.rank().to_string(), b.rank().to_string())
    } else {
        return Ok(());
    };
    Err(format!(
        "`{option}` is {there} there and {here} here: such cores compute different things; make both reports with the same --{option}"
    ))
}

/// A description such as "sizes 4 x 4, 8 x 8; words 12, 16; guard bits 4".
fn cores_of(plan: &Plan) -> String {
    let list = |values: BTreeSet<u32>| values.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    let sizes: BTreeSet<(usize, usize)> =
        accuracy_cores(plan).into_iter().map(|core| (plan.shape(core).rows(), plan.shape(core).cols())).collect();
    let sizes: Vec<String> = sizes.iter().map(|(rows, cols)| format!("{rows} x {cols}")).collect();
    let (words, guards) = (list(values(plan, Shape::word)), list(values(plan, Shape::guard)));
    format!("sizes {}; words {words}; guard bits {guards}", sizes.join(", "))
}

/// The key of a record's matrix.
pub fn matrix_key(record: &Record) -> MatrixKey {
    (record.rows, record.cols, record.family, record.seed)
}

/// The pairs of records of the same matrices for two cores, and how many records have no partner on each side.
pub fn pair_records<'a>(a: (&'a Report, usize), b: (&'a Report, usize)) -> (Vec<(&'a Record, &'a Record)>, [usize; 2]) {
    let of = |(report, core): (&'a Report, usize)| report.records.iter().filter(move |record| record.core == core);
    let in_b: HashMap<MatrixKey, &Record> = of(b).map(|record| (matrix_key(record), record)).collect();
    let pairs: Vec<_> = of(a).filter_map(|record| Some((record, *in_b.get(&matrix_key(record))?))).collect();
    let alone = [of(a).count() - pairs.len(), of(b).count() - pairs.len()];
    (pairs, alone)
}

/// The reason why two reports have no matrix in common.
pub fn no_matrix(a: &Plan, b: &Plan) -> String {
    // All cores of a plan take the same sizes.
    let [sizes_a, sizes_b] = [a, b].map(|plan| plan.shape(0).sizes().to_string());
    let (a, b) = (&a.settings, &b.settings);
    let names = |families: &[Family]| families.iter().map(|f| f.name()).collect::<Vec<_>>().join(", ");
    let (place, what, there, here) = if a.seed != b.seed {
        ("campaign.", "seed", a.seed.to_string(), b.seed.to_string())
    } else if !a.families.iter().any(|family| b.families.contains(family)) {
        ("campaign.", "families", names(&a.families), names(&b.families))
    } else {
        ("", "sizes", sizes_a, sizes_b)
    };
    format!(
        "has no matrix in common with the first report: `{place}{what}` is {there} there and {here} here; make both reports with the same --{what}"
    )
}
