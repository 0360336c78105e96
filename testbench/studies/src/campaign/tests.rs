use super::bounds::{CoreBounds, Limits};
use super::parameters::{Choice, CoreParameters};
use super::plan::{Plan, SEED_STEP};
use super::statistics::{Spread, all_hold, checks};
use super::suite::RequestError;
use super::*;
use crate::documents::difference;
use std::collections::BTreeSet;
use svdforge_golden::Family;
use svdforge_hdl::parameters::{Parameters, Sweeps, Vectors};
use svdforge_testbench::framing::InputScale;

fn request(suite: Suite) -> Request {
    Request {
        suite,
        seed: 1,
        matrices: None,
        families: Vec::new(),
        input_scale: InputScale::Auto,
        core: Parameters::default(),
        size: None,
        word: None,
        guard: None,
    }
}

fn small() -> Plan {
    let families = vec![Family::Uniform, Family::Zero];
    let size = Some((2, 2));
    let request = Request { size, word: Some(8), guard: Some(2), families, ..request(Suite::Quick) };
    request.plan().unwrap()
}

fn records(plan: &Plan) -> Vec<Record> {
    let folder = tempfile::tempdir().unwrap();
    run(plan, Shard::ALL, folder.path(), &|_| {}).unwrap()
}

#[test]
fn suites_cover_what_they_promise() {
    let count = |suite| {
        let plan = request(suite).plan().unwrap();
        let items = plan.items();
        let distinct: BTreeSet<_> = items.iter().map(|i| (i.core, i.family, i.seed)).collect();
        assert_eq!(distinct.len(), items.len(), "{suite}: every matrix once");
        assert!(items.iter().enumerate().all(|(number, item)| item.matrix == number));
        let accuracy = |item: &&Item| plan.cores[item.core].purpose == Purpose::Accuracy;
        items.iter().filter(accuracy).count()
    };
    let [quick, standard, hard] = Suite::ALL.map(count);
    assert!(quick < 1000 && standard >= 5000 && hard > standard, "{quick}, {standard}, {hard}");
    let plan = request(Suite::Standard).plan().unwrap();
    let sides: BTreeSet<usize> = plan.cores.iter().map(|c| c.core.0.rows()).collect();
    assert_eq!((sides.first(), sides.last()), (Some(&4), Some(&32)));
}

#[test]
fn a_user_fixes_what_the_suite_varies() {
    let fixed =
        Request { size: Some((3, 5)), word: Some(10), guard: Some(1), matrices: Some(7), ..request(Suite::Standard) };
    let plan = fixed.plan().unwrap();
    let accuracy: Vec<_> = plan.cores.iter().filter(|c| c.purpose == Purpose::Accuracy).collect();
    assert_eq!(accuracy.len(), 1);
    assert_eq!((accuracy[0].core.short(), accuracy[0].matrices), ("3 x 5, word 10, guard 1".to_owned(), 7));
    let symmetric = Request { core: Parameters { symmetric: true, ..Parameters::default() }, ..request(Suite::Hard) };
    assert!(symmetric.plan().unwrap().cores.iter().all(|c| c.core.0.rows() == c.core.0.cols()));
    let values =
        Request { core: Parameters { vectors: Vectors::None, ..Parameters::default() }, ..request(Suite::Quick) };
    assert!(values.plan().unwrap().cores.iter().all(|c| c.purpose == Purpose::Accuracy));
    let sweeps = Request { core: Parameters { sweeps: Sweeps::Fixed(3), ..Parameters::default() }, ..fixed };
    assert_eq!(sweeps.plan().unwrap().cores.len(), 1 + 3);
}

#[test]
fn requests_that_cannot_be_met_say_why() {
    let rank = Request { core: Parameters { rank: Some(5), ..Parameters::default() }, ..request(Suite::Quick) };
    let message = rank.plan().unwrap_err().to_string();
    assert!(message.contains("--rank 5") && message.contains("4 x 4") && message.contains("--rows"), "{message}");
    let scale = Request { input_scale: InputScale::Exponent(-1), ..request(Suite::Quick) };
    let error = scale.plan().unwrap_err();
    assert!(matches!(error, RequestError::Scale { .. }) && error.to_string().contains("--input-scale auto"), "{error}");
    let many = Request { matrices: Some(SEED_STEP), ..request(Suite::Quick) };
    assert!(many.plan().unwrap_err().to_string().contains("ask for fewer"));
    let families = vec![Family::Uniform, Family::Zero, Family::Uniform];
    let message = Request { families, ..request(Suite::Quick) }.plan().unwrap_err().to_string();
    assert!(message.contains("uniform is there twice"), "{message}");
    for text in ["0/3", "4/3", "3", "a/b", "1/0", "1/100001", "-1/3"] {
        assert!(text.parse::<Shard>().unwrap_err().contains("3/8"), "{text}");
    }
    assert!("huge".parse::<Suite>().unwrap_err().contains("quick, standard, hard"));
}

#[test]
fn shards_share_the_matrices_without_loss() {
    for count in [1, 2, 3, 7] {
        let owners = |matrix| (1..=count).filter(|&index| Shard { index, count }.has(matrix)).count();
        assert!((0..50).all(|matrix| owners(matrix) == 1));
    }
}

#[test]
fn parameters_survive_a_file() {
    for parameters in [
        Parameters::default(),
        Parameters {
            rows: 5,
            cols: 3,
            sweeps: Sweeps::Fixed(4),
            vectors: Vectors::V,
            rank: Some(2),
            ..Parameters::default()
        },
        Parameters { symmetric: true, coef: Some(20), frac: Some(3), ..Parameters::default() },
    ] {
        let core = CoreParameters(parameters.shape().unwrap());
        let text = serde_json::to_string(&core).unwrap();
        assert_eq!(serde_json::from_str::<CoreParameters>(&text).unwrap(), core);
        for (right, wrong, words) in [
            ("\"word\":16", "\"word\":99", "--word 99"),
            ("serial", "systolic", "use one of quarter, serial"),
            ("\"guard\":4", "\"guards\":4", "guards"),
        ] {
            let error = serde_json::from_str::<CoreParameters>(&text.replace(right, wrong)).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
    assert_eq!(serde_json::from_str::<Choice>("\"auto\"").unwrap(), Choice::Auto);
    assert!(serde_json::from_str::<Choice>("\"often\"").unwrap_err().to_string().contains("auto"));
}

#[test]
fn a_difference_is_named_by_its_place() {
    let first = request(Suite::Quick).plan().unwrap();
    let mut second = first.clone();
    assert_eq!(difference(&first, &second), None);
    second.cores[2].matrices = 9;
    assert_eq!(difference(&first, &second), Some(("cores[2].matrices".to_owned(), "2".to_owned(), "9".to_owned())));
    second.cores.pop();
    assert_eq!(difference(&first, &second).unwrap().0, "cores");
}

#[test]
fn spreads_are_those_of_nearest_rank() {
    let of = |values: &[f64]| Spread::of(values.iter().copied().zip(10..).collect()).unwrap();
    let values: Vec<f64> = (1..=200).map(f64::from).rev().collect();
    assert_eq!(of(&values), Spread { median: 100.0, p99: 198.0, max: 200.0, worst_matrix: 10 });
    assert_eq!(of(&[3.0]), Spread { median: 3.0, p99: 3.0, max: 3.0, worst_matrix: 10 });
    assert_eq!(of(&[1.0, 3.0, 3.0]).worst_matrix, 11, "the first of equals");
    assert_eq!(Spread::of(Vec::new()), None);
}

/// A bound that is exceeded and a flag that is set fail the checks of exactly their matrices. Cores that stop early and
/// matrices that have not settled are exempt from the bounds.
#[test]
fn checks_find_bounds_exceeded_and_flags_set() {
    let plan = small();
    let mut records = records(&plan);
    let none = vec![None; plan.cores.len()];
    let verdicts: Vec<_> = checks(&plan, &none, &records).iter().map(|check| check.holds).collect();
    assert_eq!(verdicts, [Some(true), Some(true), Some(true), None, None]);
    let worst = records.iter().map(|r| r.accuracy.sigma_max_lsb).fold(0.0, f64::max);
    let limit = |limit| Limits { sigma_max_lsb: Some(limit), ..Limits::default() };
    let bounds = |rigorous| {
        vec![Some(CoreBounds { rigorous: Some(limit(rigorous)), statistical: Some(limit(0.0)) }); plan.cores.len()]
    };
    // The bound applies to the core whose accuracy is measured; cores that stop early may have any error.
    let own = records.iter().filter(|r| r.core == 0).map(|r| r.accuracy.sigma_max_lsb).fold(0.0, f64::max);
    assert!(own < worst && own > 0.0, "{own} {worst}");
    assert!(all_hold(&checks(&plan, &bounds(own), &records)), "a bound that is just met");
    let check = checks(&plan, &bounds(own * 0.999), &records).pop().unwrap();
    assert_eq!((check.holds, check.failed.len(), check.matrices), (Some(false), 1, 3));
    records[1].flags.set("overflow");
    records[2].flags.set("cap_reached");
    let mut unsettled = records.clone();
    unsettled[check.failed[0]].flags.set("cap_reached");
    assert_eq!(checks(&plan, &bounds(own * 0.999), &unsettled).pop().unwrap().holds, Some(true));
    let failed: Vec<_> = checks(&plan, &none, &records).into_iter().map(|check| check.failed).collect();
    assert_eq!(failed, [vec![], vec![1], vec![2], vec![], vec![]]);
}

#[test]
fn records_differ_only_where_they_do() {
    let plan = small();
    let record = records(&plan).swap_remove(0);
    let mut other = record.clone();
    other.accuracy.sigma_max_lsb += 1e-6;
    assert_eq!(record.difference(&other), None, "what rounding explains");
    other.accuracy.sigma_max_lsb += 1e-3;
    assert!(record.difference(&other).unwrap().contains("sigma_max_lsb"));
    let other = Record { sweeps: record.sweeps + 1, ..record.clone() };
    assert!(record.difference(&other).unwrap().contains("`sweeps`"));
    let mut other = record.clone();
    other.sources.as_mut().unwrap().orthogonality_rms_lsb.as_mut().unwrap().rounding += 1e-3;
    assert!(record.difference(&other).unwrap().contains("`sources.orthogonality_rms_lsb.rounding`"));
    other.sources.as_mut().unwrap().sigma_rms_lsb.total = -1.0;
    assert!(other.check().unwrap_err().contains("`sources.sigma_rms_lsb.total` is -1"));
}
