//! Small campaigns of cores that check their results.

use super::*;
use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::Parameters;

fn upsets(selfcheck: bool, upsets: usize, only: &str) -> Tally {
    let parameters = Parameters { rows: 4, cols: 4, selfcheck, ..Parameters::default() };
    let core = Core::new(parameters.shape().unwrap());
    let plan = Plan { upsets, seed: 11, traffic: TrafficKind::Both, only: Some(only.to_owned()) };
    let tally = Campaign { plan, threads: 2, worst: 0, depth: 2 }.run(&core, &|_| ()).unwrap().tally;
    assert_eq!(tally.upsets, upsets);
    tally
}

/// Of what goes wrong in the datapath, a core notices nearly nothing by itself, and nearly everything with a
/// self-check.
#[test]
fn a_self_check_notices_what_a_core_does_not() {
    let [plain, checked] = [false, true].map(|selfcheck| upsets(selfcheck, 1200, "decomposer.datapath"));
    assert!(plain.of(Class::Wrong) > 60, "{plain:?}");
    assert!(plain.noticed_share().unwrap() < 0.2, "{plain:?}");
    assert!(checked.of(Class::Noticed) > 60, "{checked:?}");
    assert!(checked.noticed_share().unwrap() >= 0.99, "{checked:?}");
}

/// What flips in the memory in which results wait is corrected.
#[test]
fn a_flipped_bit_of_a_waiting_result_is_corrected() {
    let tally = upsets(true, 960, "self_check.results.words");
    assert_eq!(tally.of(Class::Harmless), 960, "{tally:?}");
}
