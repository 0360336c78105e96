//! Tests the parts of a study on ratings that are so small that the answer is known.

use super::evaluate::{ranking, rmse};
use super::model::{Choice, Means, ranked};
use super::ratings::{Rating, parse_ratings};
use super::*;
use crate::decomposer::{CoreDecomposer, GoldenDecomposer};
use nalgebra::DMatrix;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use std::path::Path;
use svdforge_hdl::parameters::Parameters;

const WIDE: Scale = Scale { low: -100.0, high: 100.0 };

fn rating(user: usize, item: usize, value: f64) -> Rating {
    Rating { user, item, value }
}

/// Ratings of 60 items by 200 users, made of mean 3, deviations, a part of rank 2 and noise of 0.1. 40 % of them are
/// known, and the rest are returned with their true values.
fn synthetic() -> (Vec<Rating>, Vec<Rating>) {
    let mut rng = ChaCha8Rng::seed_from_u64(12);
    let mut gaussian = |rows, cols| DMatrix::<f64>::from_fn(rows, cols, |_, _| StandardNormal.sample(&mut rng));
    let (users, items) = (gaussian(200, 1) * 0.5, gaussian(60, 1) * 0.5);
    let full = gaussian(200, 2) * gaussian(2, 60) * 0.7 + gaussian(200, 60) * 0.1;
    let all = (0..200).flat_map(|u| (0..60).map(move |i| (u, i)));
    all.map(|(u, i)| rating(u, i, 3.0 + users[u] + items[i] + full[(u, i)])).partition(|_| rng.random_bool(0.4))
}

#[test]
fn means_of_few_ratings_shrink() {
    // All ratings are 3 except for a single 5 by one user. So the mean is 3 + 2/10, and the deviation is a sixth of the
    // rest, which item and user share.
    let mut ratings: Vec<Rating> = (0..9).map(|n| rating(n % 3, n / 3, 3.0)).collect();
    ratings.push(rating(3, 3, 5.0));
    let means = Means::new(&ratings, 5, 5);
    assert!((means.mean - 3.2).abs() < 1e-12);
    // From x = (1.8 - y) / 6 and y = (1.8 - x) / 6 follows x = y = 1.8 / 7.
    assert!((means.users[3] - 1.8 / 7.0).abs() < 1e-9 && (means.items[3] - 1.8 / 7.0).abs() < 1e-9, "{means:?}");
    // Users and items without ratings have no deviation.
    assert_eq!((means.users[4], means.items[4], means.predict(4, 4)), (0.0, 0.0, means.mean));
}

#[test]
fn folded_in_users_get_what_they_would_have_had() {
    let (known, unknown) = synthetic();
    // The last fifty users are absent when the model is fitted.
    let (fitted, new): (Vec<Rating>, Vec<Rating>) = known.iter().partition(|r| r.user < 150);
    let choice = Choice { rank: 4, lambda: 1.0, list_rank: 4, seed: 1 };
    let model = Model::fit(&fitted, (200, 60), &choice, WIDE, &mut GoldenDecomposer).expect("fits");
    let error = |list: &[Rating], at_hand: &[Rating]| {
        let profiles = model.profiles(at_hand, 200);
        rmse(list, |user, item| model.predict(&profiles[user], item))
    };
    let (there, folded): (Vec<Rating>, Vec<Rating>) = unknown.iter().partition(|r| r.user < 150);
    let (there, folded, without) = (error(&there, &fitted), error(&folded, &new), error(&folded, &[]));
    // The predictions are as good, within a tenth, as for the users who were present. Compared with knowing nothing
    // about the user, most of what is not noise is explained.
    assert!((folded / there - 1.0).abs() < 0.1 && folded < 0.4 * without, "{there} {folded} {without}");
}

#[test]
fn without_ratings_the_means_and_the_most_popular_remain() {
    let ratings: Vec<Rating> = (0..40)
        .flat_map(|u| (0..5).map(move |i| (u, i)))
        .filter(|(u, i)| u % 5 >= *i)
        .map(|(u, i)| rating(u, i, 4.0))
        .collect();
    let choice = Choice { rank: 2, lambda: 0.0, list_rank: 2, seed: 1 };
    let model = Model::fit(&ratings, (40, 6), &choice, WIDE, &mut GoldenDecomposer).expect("fits");
    let nobody = model.profile(&[]);
    assert_eq!(model.predict(&nobody, 5), 4.0);
    assert_eq!(model.top(&nobody, 3).iter().map(|t| t.0).collect::<Vec<_>>(), [0, 1, 2]);
    let someone = model.profile(&[(0, 4.0), (2, 4.0)]);
    let top: Vec<usize> = model.top(&someone, 10).iter().map(|t| t.0).collect();
    assert!(top.len() == 4 && !top.contains(&0) && !top.contains(&2), "{top:?}");
}

#[test]
fn rankings_are_measured_as_defined() {
    // There are two users, and ratings of 3 or more are relevant. User 0 rated item 0 and wants 1 and 3; the list by
    // score is 2, 1, 4, 3. User 1 wants nothing.
    let held_out = [rating(0, 1, 4.0), rating(0, 3, 3.0), rating(0, 4, 1.0), rating(1, 2, 2.0)];
    let model = Model::fit(
        &[rating(0, 0, 3.0), rating(1, 1, 2.0)],
        (2, 5),
        &Choice { rank: 1, lambda: 1.0, list_rank: 1, seed: 0 },
        WIDE,
        &mut GoldenDecomposer,
    )
    .expect("fits");
    let profiles = [model.profile(&[(0, 3.0)]), model.profile(&[])];
    let found = ranking(&held_out, 3.0, &profiles, 3, |_| vec![9.0, 4.0, 5.0, 1.0, 2.0]).expect("something relevant");
    assert_eq!((found.precision, found.recall), (1.0 / 3.0, 0.5));
    // The hit is in second place, which gives 1 / log2(3), while two hits in front would give 1 + 1 / log2(3).
    let second = 1.0 / 3f64.log2();
    assert!((found.ndcg - second / (1.0 + second)).abs() < 1e-12);
    assert!(ranking(&held_out[3..], 3.0, &profiles, 3, |_| vec![0.0; 5]).is_none());
    assert_eq!(ranked(&[1.0, 2.0, 2.0, 0.0], &[3]), [1, 2, 0]);
}

#[test]
fn splits_are_disjoint_and_repeatable() {
    let (known, _) = synthetic();
    let split = Split::new(&known, 3);
    let sizes = [split.training.len(), split.validation.len(), split.test.len()];
    assert_eq!(sizes.iter().sum::<usize>(), known.len());
    assert!(sizes[1].abs_diff(known.len() / 10) <= 1 && sizes[2].abs_diff(known.len() / 10) <= 1, "{sizes:?}");
    let mut all: Vec<(usize, usize)> = [&split.training, &split.validation, &split.test]
        .iter()
        .flat_map(|p| p.iter().map(|r| (r.user, r.item)))
        .collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), known.len());
    assert_eq!(Split::new(&known, 3).test, split.test);
    assert_ne!(Split::new(&known, 4).test, split.test);
}

#[test]
fn the_sample_is_studied_alike_by_core_and_f64() {
    let ratings = parse_ratings(Path::new("sample"), SAMPLE.as_bytes(), None).expect("reads");
    assert_eq!((ratings.users.len(), ratings.items.len(), ratings.list.len()), (18, 14, 202));
    let settings = Settings { rank: None, top: 3, seed: 1, scale: None };
    let core = study(&ratings, &settings, &mut CoreDecomposer::new(Parameters::default())).expect("fits");
    let golden = study(&ratings, &settings, &mut GoldenDecomposer).expect("fits");
    for (a, b) in core.test.iter().zip(&golden.test) {
        // The requirement is 0.002 points on a scale from 1 to 5, and this scale is from 0 to 1.
        assert!((a.rmse.unwrap_or(0.0) - b.rmse.unwrap_or(0.0)).abs() < 0.002 / 4.0, "{a:?} {b:?}");
    }
}

#[test]
fn too_little_and_too_much_is_refused() {
    let ratings = |count: usize| {
        let text: String = (0..count).map(|n| format!("u{},i{},{}\n", n % 5, n / 5, n % 3)).collect();
        parse_ratings(Path::new("r.csv"), text.as_bytes(), None).expect("reads")
    };
    let refused = |count, rank| {
        let settings = Settings { rank, top: 3, seed: 1, scale: None };
        study(&ratings(count), &settings, &mut GoldenDecomposer).expect_err("refused").to_string()
    };
    assert_eq!(refused(19, None), "19 ratings are too few to learn from and to test; give at least 20");
    assert_eq!(refused(20, Some(5)), "--rank 5: the rank must be 1 to 4 here; choose one in that range");
    assert!(refused(20, Some(0)).starts_with("--rank 0"));
    // With one item there is nothing to factor, which is not an error.
    let one: String = (0..30).map(|n| format!("u{n},i,{}\n", n % 5)).collect();
    let one = parse_ratings(Path::new("r.csv"), one.as_bytes(), None).expect("reads");
    let settings = Settings { rank: None, top: 3, seed: 1, scale: None };
    study(&one, &settings, &mut CoreDecomposer::new(Parameters::default())).expect("fits");
}
