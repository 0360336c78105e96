//! Tests with the sample, with a table that is larger than any core, and with tables that leave nothing to choose.

use super::table::parse_table;
use super::*;
use crate::decomposer::{CoreDecomposer, GoldenDecomposer};
use nalgebra::DMatrix;
use rand_distr::{Distribution, StandardNormal};
use std::path::Path;
use svdforge_hdl::parameters::Parameters;

const AUTO: Settings = Settings { rank: None, lambda: None, seed: 1 };

fn table(text: &str) -> Table {
    parse_table(Path::new("t.csv"), text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

/// The four measures of the flowers are correlated. So the estimates are better than the means of the columns, by a
/// quarter on average, both on the core and in f64.
#[test]
fn irises_are_completed() {
    let irises = table(SAMPLE);
    assert_eq!((irises.shape(), irises.known().count()), ((60, 4), 206));
    let mut ratios = 0.0;
    for seed in 0..5 {
        let settings = Settings { seed, ..AUTO };
        let core = complete(&irises, &settings, &mut CoreDecomposer::new(Parameters::default())).expect("fills");
        let golden = complete(&irises, &settings, &mut GoldenDecomposer).expect("fills");
        assert_eq!((core.held_out, core.rank), (21, 3));
        ratios += core.rmse / core.rmse_means / 5.0;
        // The iteration ends when a step is below sqrt(1e-5) = 0.3 % of the estimate, so the decomposers may end a few
        // steps apart.
        assert!((core.rmse - golden.rmse).abs() < 0.01, "{} {}", core.rmse, golden.rmse);
        // The petals of setosa are short: 1.0 to 1.9 cm for all of Fisher's fifty flowers. The missing length of the
        // third flower must be close to that.
        assert!((0.5..2.4).contains(&core.value(2, 2)), "{}", core.value(2, 2));
    }
    assert!(ratios < 0.75, "{ratios}");
}

/// A matrix of 200 x 120 and rank 4 with half of its entries missing, which uses the range finder.
#[test]
fn a_table_larger_than_the_core_is_completed() {
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let mut gaussian = |rows, cols| DMatrix::<f64>::from_fn(rows, cols, |_, _| StandardNormal.sample(&mut rng));
    let full = gaussian(200, 4) * gaussian(4, 120) + gaussian(200, 120) * 0.1;
    let coin = gaussian(200, 120);
    let row = |i: usize| -> Vec<String> {
        (0..120).map(|j| if coin[(i, j)] < 0.0 { String::new() } else { full[(i, j)].to_string() }).collect()
    };
    let text: Vec<String> = (0..200).map(|i| row(i).join(",")).collect();
    let table = table(&text.join("\n"));
    let settings = Settings { rank: Some(8), ..AUTO };
    let found = complete(&table, &settings, &mut GoldenDecomposer).expect("fills");
    let mut squares = Vec::new();
    for (j, column) in full.column_iter().enumerate() {
        let deviation = column.variance().sqrt();
        for i in (0..200).filter(|&i| coin[(i, j)] < 0.0) {
            squares.push(((found.value(i, j) - full[(i, j)]) / deviation).powi(2));
        }
    }
    let error = (squares.iter().sum::<f64>() / squares.len() as f64).sqrt();
    println!("{error}, {} promised, means {}", found.rmse, found.rmse_means);
    // The noise alone is about 0.05 standard deviations. The error on the entries held out predicts that on the missing
    // ones.
    assert!(error < 0.1 * found.rmse_means, "{error}");
    assert!((error / found.rmse - 1.0).abs() < 0.2, "{error} {}", found.rmse);
}

#[test]
fn impossible_requests_are_refused() {
    let small = table("1,2\n3,\n");
    let refused = |table: &Table, settings: Settings| {
        complete(table, &settings, &mut GoldenDecomposer).expect_err("refused").to_string()
    };
    assert!(refused(&small, AUTO).contains("3 known numbers are too few"));
    assert!(refused(&small, Settings { rank: Some(3), ..AUTO }).contains("the rank must be 1 to 2"));
    assert!(refused(&small, Settings { rank: Some(0), ..AUTO }).contains("the rank must be 1 to 2"));
    for lambda in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(refused(&small, Settings { lambda: Some(lambda), ..AUTO }).contains("at least 0"));
    }
    let given = complete(&small, &Settings { lambda: Some(0.1), ..AUTO }, &mut GoldenDecomposer).expect("fills");
    assert!(given.value(1, 1).is_finite());
    // A column with a single value, and values near the end of the range, cause no problem.
    let constant = table("5,5e299\n5,\n5,1e300\n,9e299\n5,5e299\n5,-1e300\n5,1e300\n5,5e299\n");
    let found = complete(&constant, &AUTO, &mut GoldenDecomposer).expect("fills");
    assert_eq!(found.value(3, 0), 5.0);
    assert!(found.value(1, 1).is_finite());
}
