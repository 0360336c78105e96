//! Finds everything in which a document is worse than the first one. With `--fail-if-worse` such a finding fails a
//! build.

use super::against::{Against, CheckPair, CorePair, Unpaired};
use super::difference::{Difference, Quantity, SIGNIFICANT, Verdict};
use super::finding::{Aspect, Finding};
use super::text::{counted, p_value, ratio, value};

use crate::report::CoreFigures;

/// The largest error counts as worse if it is at least this many times as large as before,
const WORST_RATIO: f64 = 2.0;
/// and larger by at least this many LSB, because the extremes of a hundred matrices vary.
const WORST_LSB: f64 = 1.0;

/// Everything in which B is worse. Cycles and area count for equal parameters only: what another choice of parameters
/// costs is in the tables, and is no fault.
pub(super) fn find(against: &Against) -> Vec<Finding> {
    let mut found = Vec::new();
    let equal = against.cores.iter().all(|core| core.equal_parameters);
    if against.cores.len() > 1 {
        found.extend(against.all.iter().filter_map(|difference| significant("all cores", difference, equal)));
    }
    for core in &against.cores {
        let differences = core.differences.iter();
        found.extend(differences.clone().filter_map(|d| significant(&core.name, d, core.equal_parameters)));
        found.extend(differences.filter_map(|difference| worst(&core.name, difference, &against.source.name)));
        if let Some(figures) = core.figures_b.filter(|_| core.equal_parameters) {
            found.extend(area(core, &core.figures_a, &figures));
        }
    }
    found.extend(against.checks.iter().filter_map(broken));
    found.extend(missing(against));
    found
}

/// A check that fails now and did not before, or that held before and is no longer made.
fn broken(check: &CheckPair) -> Option<Finding> {
    let what = match (check.a, check.b) {
        (None | Some(true), Some(false)) => format!("the check \"{}\" fails, and did not before", check.name),
        (Some(true), None) => format!("the check \"{}\" held, and is not checked any more", check.name),
        _ => return None,
    };
    Some(Finding { aspect: Aspect::Checks, what })
}

/// What A has and B lacks. The results of another tool may be as few as it likes.
fn missing(against: &Against) -> Vec<Finding> {
    if against.source.campaign.is_none() {
        return Vec::new();
    }
    let Unpaired { cores_a, matrices_a, .. } = &against.unpaired;
    let name = &against.source.name;
    let counts = [(cores_a.len(), "core", "A"), (*matrices_a, "matrix", "the compared cores")];
    let missing = counts.into_iter().filter(|(count, ..)| *count > 0);
    missing
        .map(|(count, what, of)| Finding {
            aspect: Aspect::Coverage,
            what: format!("{} of {of} missing in {name}", counted(count, what)),
        })
        .collect()
}

fn significant(name: &str, difference: &Difference, equal_parameters: bool) -> Option<Finding> {
    let aspect = match difference.quantity {
        Quantity::Error(_) => Aspect::Errors,
        Quantity::Cycles if equal_parameters => Aspect::Cycles,
        // A larger number of sweeps shows in the cycles.
        _ => return None,
    };
    let (quantity, ratio, p) = (difference.quantity.name(), ratio(difference), p_value(difference.p_holm));
    let what = format!("{name}: {quantity} {ratio} times as large, p {p}");
    (difference.verdict == Verdict::Worse).then_some(Finding { aspect, what })
}

fn worst(name: &str, difference: &Difference, document: &str) -> Option<Finding> {
    let (a, b) = (difference.a.max, difference.b.max);
    let Quantity::Error(metric) = difference.quantity else { return None };
    let what = format!(
        "{name}: worst {} {} LSB (matrix {} of {document}), was {}",
        metric.name(),
        value(difference.quantity, b),
        difference.b.worst_matrix,
        value(difference.quantity, a)
    );
    (b >= WORST_RATIO * a && b - a >= WORST_LSB).then_some(Finding { aspect: Aspect::Errors, what })
}

fn area(pair: &CorePair, a: &CoreFigures, b: &CoreFigures) -> Vec<Finding> {
    let figures = [
        ("multipliers", a.multipliers as u64, b.multipliers as u64),
        ("bits of memory", a.memory_bits, b.memory_bits),
        ("bits of tables", a.table_bits, b.table_bits),
    ];
    let grown = figures.into_iter().filter(|(_, a, b)| b > a);
    grown
        .map(|(what, a, b)| Finding { aspect: Aspect::Area, what: format!("{}: {b} {what}, was {a}", pair.name) })
        .collect()
}

/// The rules of the verdicts, for the reader of a comparison.
pub fn rules() -> String {
    format!(
        "Better or worse: p < {SIGNIFICANT} (Wilcoxon's signed-rank test on the ratios of the same matrices, Holm's correction for all tests of all documents), and the geometric mean \
         of the ratios is to the same side, for errors by 5 % at least, for cycles and sweeps by 1 %. Intervals are for one test."
    )
}
