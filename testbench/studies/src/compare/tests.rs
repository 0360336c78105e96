use super::difference::{Quantity, Verdict};
use super::finding::Aspect;
use super::pairing::pair_cores;
use super::*;
use crate::campaign::{Metric, Plan, Purpose, Request, Shard, Suite, run};
use crate::report::Report;
use crate::report::tests::check_page;
use std::path::Path;
use std::sync::LazyLock;
use svdforge_golden::Family;
use svdforge_hdl::parameters::{Parameters, Sizes};
use svdforge_testbench::framing::InputScale;

mod verdicts;

/// A request for the quick suite with 3 x 3 matrices, and this number of matrices of each random family.
pub(super) fn request(word: Option<u32>, guard: Option<u32>, matrices: u64) -> Request {
    Request {
        suite: Suite::Quick,
        seed: 1,
        matrices: Some(matrices),
        families: Vec::new(),
        input_scale: InputScale::Auto,
        core: Parameters::default(),
        size: Some((3, 3)),
        word,
        guard,
    }
}

pub(super) fn with_convergence(request: &Request) -> Report {
    simulated(request.plan().unwrap())
}

/// Makes a report without the cores that stop early, which are not compared and take most of the time.
pub(super) fn report(request: &Request) -> Report {
    let mut plan = request.plan().unwrap();
    plan.cores.retain(|core| core.purpose == Purpose::Accuracy);
    simulated(plan)
}

fn simulated(plan: Plan) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let records = run(&plan, Shard::ALL, folder.path(), &|_| {}).unwrap();
    Report::new(plan, records)
}

/// A report of one core for 3 x 3 matrices, with two matrices of each random family: 34 matrices.
fn small(guard: u32) -> Report {
    report(&request(Some(12), Some(guard), 2))
}

/// The same report with four guard bits, simulated once for all tests.
pub(super) fn four() -> Report {
    static FOUR: LazyLock<Report> = LazyLock::new(|| small(4));
    FOUR.clone()
}

fn compare(a: &Report, b: Report) -> Result<Comparison, CompareError> {
    Comparison::new((Path::new("a.json"), a), &[("b.json".into(), Other::Report(b))])
}

fn against(a: &Report, b: Report) -> Against {
    compare(a, b).unwrap().comparisons.remove(0)
}

fn aspects(against: &Against) -> Vec<Aspect> {
    against.worse.iter().map(|finding| finding.aspect).collect()
}

#[test]
fn cores_pair_by_what_a_suite_varies() {
    let plan = |word, guard| request(word, guard, 1).plan().unwrap();
    let guards = plan(Some(16), None);
    // If each report has one number of guard bits, the guard bits may be what is compared.
    let paired = pair_cores(&plan(Some(16), Some(4)), &plan(Some(16), Some(6))).unwrap();
    assert_eq!((paired.pairs, paired.alone), (vec![(0, 0)], [vec![], vec![]]));
    // If one has several, only equal numbers are paired.
    let paired = pair_cores(&guards, &plan(Some(16), Some(4))).unwrap();
    assert_eq!((paired.pairs, paired.alone), (vec![(1, 0)], [vec![0, 2], vec![]]));
    let message = pair_cores(&guards, &plan(Some(16), Some(5))).unwrap_err();
    assert!(message.contains("guard bits 2, 4, 6, here sizes 3 x 3; words 16; guard bits 5"), "{message}");
    // With several words and guard bits, nine cores are paired with nine, in their order.
    let paired = pair_cores(&plan(None, None), &plan(None, None)).unwrap();
    assert_eq!(paired.pairs, (0..9).map(|core| (core, core)).collect::<Vec<_>>());
    // Options that all cores of a report share may differ, unless they change what is computed.
    let with = |core| Request { core, ..request(Some(16), Some(4), 1) }.plan().unwrap();
    let default = Parameters::default();
    let plain = with(default);
    assert_eq!(pair_cores(&plain, &with(Parameters { coef: Some(16), ..default })).unwrap().pairs, [(0, 0)]);
    let refused = |plan: &Plan, word: &str| {
        let message = pair_cores(&plain, plan).unwrap_err();
        assert!(message.contains(word), "{message}");
    };
    refused(&with(Parameters { symmetric: true, ..default }), "--symmetric");
    refused(&with(Parameters { rank: Some(1), ..default }), "`rank` is 3 there and 1 here");
    refused(&Request { size: Some((4, 3)), ..request(Some(16), Some(4), 1) }.plan().unwrap(), "sizes 4 x 3");
    let mut double = plain.clone();
    double.cores.push(double.cores[0].clone());
    refused(&double, "are both 3 x 3, word 16, guard 4");
}

/// Equal hardware is found equal; with one guard bit less it is worse, with one more better.
#[test]
fn guard_bits_are_seen() {
    let four = four();
    let same = against(&four, four.clone());
    assert!(same.worse.is_empty() && same.options.is_empty());
    assert_eq!(text::nothing_worse(&same), "B is worse in nothing that is checked.");
    assert!(same.all.iter().all(|d| d.verdict == Verdict::Equal && d.p_holm == 1.0 && d.ratio == 1.0));
    assert_eq!((same.results(), same.quantities()), ((34, 34), Quantity::all()));
    let less = against(&four, small(3));
    let option = OptionDifference { option: "guard".into(), a: "4".into(), b: "3".into() };
    assert_eq!((&less.options[..], aspects(&less)[0]), (&[option][..], Aspect::Errors));
    let orthogonality = less.cores[0].of(Quantity::Error(Metric::Orthogonality)).unwrap();
    assert!(orthogonality.verdict == Verdict::Worse && orthogonality.p_holm < 1e-3, "{orthogonality:?}");
    let (low, high) = orthogonality.ratio_interval.unwrap();
    assert!(low > 1.0 && low < orthogonality.ratio && orthogonality.ratio < high);
    let more = against(&small(3), four);
    assert!(text::nothing_worse(&more).contains("for equal parameters only"));
    assert!(more.worse.is_empty() && more.all.iter().any(|d| d.verdict == Verdict::Better), "{:?}", more.worse);
}

/// Errors of a core with another word are converted to the LSB of the first. With four bits less they are sixteen times
/// as large.
#[test]
fn words_are_compared_in_one_unit() {
    let wide = report(&request(Some(16), Some(4), 2));
    let narrow = four();
    let found = against(&wide, narrow);
    for metric in [Metric::Orthogonality, Metric::Reconstruction] {
        let ratio = found.cores[0].of(Quantity::Error(metric)).unwrap().ratio;
        assert!((10.0..26.0).contains(&ratio), "{metric:?}: {ratio}");
    }
    assert!(text::remarks(&found).iter().any(|remark| remark.contains("in LSB of A too")));
}

/// In each case one thing is made worse in the same report.
#[test]
fn everything_that_is_worse_is_found() {
    let report = four();
    let worse = |change: &dyn Fn(&mut Report)| {
        let mut changed = report.clone();
        change(&mut changed);
        let found = against(&report, changed);
        (aspects(&found), found.worse.into_iter().map(|finding| finding.what).collect::<Vec<_>>())
    };
    let (found, what) = worse(&|report| report.records[5].accuracy.sigma_max_lsb += 3.0);
    assert_eq!(found, [Aspect::Errors]);
    assert!(what[0].contains("worst singular values") && what[0].contains("(matrix 5 of B)"), "{what:?}");
    let (found, what) = worse(&|report| report.records[5].flags.set("overflow"));
    assert_eq!(found, [Aspect::Checks], "{what:?}");
    let (found, what) = worse(&|report| report.records.iter_mut().for_each(|r| r.cycles.total += r.cycles.total / 50));
    assert_eq!(found, [Aspect::Cycles], "{what:?}");
    assert_eq!(worse(&|report| report.records.iter_mut().for_each(|r| r.cycles.total += 1)).0, [], "less than 1 %");
    let (found, what) = worse(&|report| report.figures[0].multipliers += 1);
    assert_eq!((found, what[0].contains("multipliers, was")), (vec![Aspect::Area], true));
    // A core with other parameters may have more area.
    let mut other = small(5);
    other.figures[0].multipliers += 1;
    assert_eq!(aspects(&against(&report, other)), []);
    let (found, what) = worse(&|report| report.figures[0].bounds = None);
    assert_eq!(found, [Aspect::Checks], "{what:?}");
    assert!(what[0].contains("held, and is not checked"), "{what:?}");
    // A check that failed before may fail again.
    let mut before = report.clone();
    before.records[5].flags.set("overflow");
    assert_eq!(aspects(&against(&before, before.clone())), []);
}

#[test]
fn reports_without_anything_in_common_are_refused() {
    let report = four();
    let refused = |change: &dyn Fn(&mut Report), words: &[&str]| {
        let mut changed = report.clone();
        change(&mut changed);
        let message = compare(&report, changed).unwrap_err().to_string();
        for word in words.iter().chain(&["b.json, compared with a.json"]) {
            assert!(message.contains(word), "`{word}` is not in: {message}");
        }
    };
    let seeded = |report: &mut Report| {
        report.plan.settings.seed = 2;
        report.records.iter_mut().for_each(|record| record.seed += 1_000_000);
    };
    refused(&seeded, &["`campaign.seed` is 1 there and 2 here", "--seed"]);
    let scaled = |report: &mut Report| {
        report.plan.settings.input_scale = crate::campaign::parameters::Choice::Number(1);
    };
    refused(&scaled, &["`campaign.input_scale` is auto there and 1 here"]);
    let uniform = |sizes| {
        let core = Parameters { sizes, ..Parameters::default() };
        super::tests::report(&Request { core, families: vec![Family::Uniform], ..request(Some(12), Some(4), 1) })
    };
    let message = compare(&uniform(Sizes::Fixed), uniform(Sizes::Any)).unwrap_err().to_string();
    assert!(message.contains("`sizes` is fixed there and any here") && message.contains("--sizes"), "{message}");
    let alone = Comparison::new((Path::new("a.json"), &report), &[]).unwrap_err();
    assert!(alone.to_string().contains("2 to 26"), "{alone}");
}

/// Cores and matrices without a partner are counted and reported; every file is complete.
#[test]
fn what_is_left_out_is_told() {
    let whole = report(&request(Some(12), None, 2));
    let part = report(&Request { families: vec![Family::Uniform, Family::Zero], ..request(Some(12), Some(4), 5) });
    let comparison = compare(&whole, part).unwrap();
    let found = &comparison.comparisons[0];
    // Two uniform matrices and the zero matrix are shared, of 34 matrices; five and one are in the other report.
    assert_eq!((found.results(), found.unpaired.matrices_a, found.unpaired.matrices_b), ((3, 3), 31, 3));
    assert_eq!(found.unpaired.cores_a, ["3 x 3, word 12, guard 2", "3 x 3, word 12, guard 6"]);
    let remarks = text::remarks(found).join(" ");
    assert!(remarks.contains("2 cores of A") && remarks.contains("31 matrices"), "{remarks}");
    // What A has and B lacks is a finding; what only B has is none.
    assert_eq!(aspects(found)[..2], [Aspect::Coverage; 2]);
    let told = found.worse.iter().map(|finding| &finding.what[..]).collect::<Vec<_>>();
    assert_eq!(told, ["2 cores of A missing in B", "31 matrices of the compared cores missing in B"]);
    let three = [whole.clone(), four()].map(|report| ("b.json".into(), Other::Report(report)));
    let comparison = Comparison::new((Path::new("a.json"), &whole), &three).unwrap();
    check_page(&html::page(&comparison).unwrap());
    let markdown = tables::markdown(&comparison);
    assert!(markdown.contains("## C against A") && markdown.contains("C: median"), "{markdown}");
}

/// A chart shows the curves of all documents, so its title names them all, and their guard bits where they differ.
#[test]
fn the_titles_of_charts_name_all_documents() {
    let titles = |b: Report| -> Vec<String> {
        let comparison = compare(&four(), b).unwrap();
        charts::quantiles(&comparison, Metric::Sigma).into_iter().map(|chart| chart.title).collect()
    };
    assert_eq!(titles(four()), ["A and B: 3 x 3, word 12, guard 4"]);
    assert_eq!(titles(small(5)), ["A, B: 3 x 3, word 12, guard 4, 5"]);
}

/// Cores that deliver less are compared in what both of them deliver.
#[test]
fn only_what_both_deliver_is_compared() {
    use svdforge_hdl::parameters::Vectors;
    let with = |vectors| {
        report(&Request { core: Parameters { vectors, ..Parameters::default() }, ..request(Some(12), Some(4), 1) })
    };
    let found = against(&with(Vectors::Uv), with(Vectors::V));
    let orthogonality = Quantity::Error(Metric::Orthogonality);
    assert_eq!(found.quantities(), [Quantity::Error(Metric::Sigma), orthogonality, Quantity::Sweeps, Quantity::Cycles]);
    // This is the orthogonality of V. The cores differ in what they deliver, and not in what they compute.
    assert_eq!(found.cores[0].of(orthogonality).unwrap().verdict, Verdict::Equal);
    check_page(&html::page(&compare(&with(Vectors::Uv), with(Vectors::None)).unwrap()).unwrap());
}
