//! Corrects the tests of a comparison for their number, and derives the verdicts.

use super::against::Against;
use super::difference::Difference;
use super::{paired, worse};

/// Corrects for the number of all tests of all documents, and sets the verdicts and findings.
pub(super) fn judge(comparisons: &mut [Against]) {
    let mut tests: Vec<&mut Difference> = comparisons.iter_mut().flat_map(tests_of).collect();
    let corrected = paired::holm(&tests.iter().map(|difference| difference.p).collect::<Vec<_>>());
    for (difference, &p) in tests.iter_mut().zip(&corrected) {
        difference.correct(p);
    }
    for against in comparisons {
        if let [core] = &against.cores[..] {
            against.all.clone_from(&core.differences);
        }
        against.tests = corrected.len();
        against.worse = worse::find(against);
    }
}

/// The tests of one document. If it has a single core, the differences over all cores are not tests of their own.
fn tests_of(against: &mut Against) -> impl Iterator<Item = &mut Difference> {
    let pooled = if against.cores.len() > 1 { &mut against.all[..] } else { &mut [] };
    pooled.iter_mut().chain(against.cores.iter_mut().flat_map(|core| &mut core.differences))
}
