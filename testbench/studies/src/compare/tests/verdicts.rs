use super::super::difference::{Both, Difference, MatrixResult, SIGNIFICANT, least_matrices};
use super::*;

/// A result with given errors for sigma in A and in B.
fn result(seed: u64, a: f64, b: f64) -> Both {
    let measured = |error| MatrixResult {
        matrix: seed as usize,
        errors: [Some(error), None, None, None],
        sweeps: Some(5),
        cycles: None,
    };
    Both { key: (2, 2, Family::Uniform, seed), a: measured(a), b: measured(b) }
}

#[test]
fn differences_by_hand() {
    let sigma = Quantity::Error(Metric::Sigma);
    // Errors of 0 count as a thousandth of an LSB, and differences that the rounding of f64 explains do not count.
    let results = [
        result(0, 1.0, 2.0),
        result(1, 0.0, 0.0),
        result(2, 0.0, 0.0005),
        result(3, 0.5, 0.500001),
        result(4, 4.0, 1.0),
    ];
    let mut found = Difference::new(sigma, &results).unwrap();
    assert_eq!((found.results, found.wins, found.ties, found.losses), (5, 1, 3, 1));
    // The geometric mean of the ratios, whose exponents of two are 1, 0, 0, 0 and -2.
    assert!((found.ratio - 2_f64.powf(-0.2)).abs() < 1e-4, "{}", found.ratio);
    assert_eq!((found.a.max, found.b.max, found.b.worst_matrix), (4.0, 2.0, 0));
    assert_eq!(found.p, 1.0);
    found.correct(1.0);
    assert_eq!(found.verdict, Verdict::NotSignificant);
    let sweeps = Difference::new(Quantity::Sweeps, &results).unwrap();
    assert_eq!((sweeps.ties, sweeps.ratio, sweeps.p), (5, 1.0, 1.0));
    assert!(Difference::new(Quantity::Cycles, &results).is_none());
    // Ten results of the same matrix count as one matrix in the test.
    let same: Vec<Both> = (0..10).map(|_| result(0, 1.0, 2.0)).collect();
    let found = Difference::new(sigma, &same).unwrap();
    assert_eq!((found.results, found.losses, found.ratio, found.p, found.ratio_interval), (10, 10, 2.0, 1.0, None));
    let ten: Vec<Both> = (0..10).map(|seed| result(seed, 1.0, 2.0)).collect();
    let mut found = Difference::new(sigma, &ten).unwrap();
    assert!((found.p - 2_f64.powi(-9)).abs() < 1e-7, "{}", found.p);
    for (p, verdict) in [(0.009, Verdict::Worse), (SIGNIFICANT, Verdict::NotSignificant)] {
        found.correct(p);
        assert_eq!(found.verdict, verdict);
    }
    // A difference that is significant, but not material.
    let slight: Vec<Both> = (0..10).map(|seed| result(seed, 1.0, 1.04)).collect();
    let mut found = Difference::new(sigma, &slight).unwrap();
    found.correct(found.p);
    assert_eq!(found.verdict, Verdict::Slight);
}

/// Of 101 errors, 84 are a little smaller and 17 much larger. The ranks point to less and the mean to more, so the
/// verdict is neither better nor worse.
#[test]
fn a_verdict_takes_its_test_and_its_ratio_to_one_side() {
    let judged = |little: f64, much: f64| {
        let results: Vec<Both> =
            (0..101).map(|seed| result(seed, 1.0, if seed < 84 { little } else { much })).collect();
        let mut found = Difference::new(Quantity::Error(Metric::Sigma), &results).unwrap();
        found.correct(found.p);
        (found.verdict, found.ratio)
    };
    assert_eq!(judged(0.95, 30.0), (Verdict::Mixed, 1.6986));
    assert_eq!(judged(1.0 / 0.95, 1.0 / 30.0).0, Verdict::Mixed);
    assert_eq!((judged(0.9, 1.1).0, judged(1.1, 0.9).0), (Verdict::Better, Verdict::Worse));
}

/// Two documents have twice as many tests as one, and every p-value is corrected for all of them.
#[test]
fn tests_of_all_documents_are_corrected_for() {
    let four = four();
    let less = small(3);
    let alone = against(&four, less.clone());
    let twice = [less.clone(), less].map(|report| ("b.json".into(), Other::Report(report)));
    let both = Comparison::new((Path::new("a.json"), &four), &twice).unwrap();
    let least =
        |against: &Against| against.all.iter().map(|d| (d.p, d.p_holm)).min_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
    for (against, tests) in [(&alone, 6), (&both.comparisons[0], 12), (&both.comparisons[1], 12)] {
        let (p, p_holm) = least(against);
        assert_eq!(against.tests, tests);
        assert!((p_holm / p / tests as f64 - 1.0).abs() < 1e-3, "{p} {p_holm}");
    }
}

/// If there are too few matrices for any significant difference, a remark says so. It does not if all results are
/// equal.
#[test]
fn too_few_matrices_are_told() {
    // 2 / 2^8 is the first below 0.01 for one test, and 6 x 2 / 2^11 for six.
    assert_eq!([1, 6].map(least_matrices), [8, 11]);
    let few = |guard| report(&Request { families: vec![Family::Uniform], ..request(Some(12), Some(guard), 4) });
    let four = few(4);
    let found = against(&four, few(3));
    let remarks = text::remarks(&found).join(" ");
    assert!(remarks.contains("with 6 tests, a significant difference takes some 11 matrices"), "{remarks}");
    assert!(found.all.iter().all(|d| !matches!(d.verdict, Verdict::Better | Verdict::Worse)));
    assert!(text::remarks(&against(&four, four.clone())).is_empty());
}
