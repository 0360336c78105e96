//! Tests recommendations at realistic sizes, through the simulated core and in `f64`.

use nalgebra::DMatrix;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use std::path::Path;
use std::time::{Duration, Instant};
use svdforge_apps::decomposer::{CoreDecomposer, Decomposer, GoldenDecomposer, Svd};
use svdforge_apps::range_finder::{OVERSAMPLING, POWER_ITERATIONS, truncated_svd};
use svdforge_apps::recommend::ratings::read_ratings;
use svdforge_apps::recommend::{Settings, Study, study};
use svdforge_apps::sparse::{Operator, from_entries};
use svdforge_hdl::parameters::Parameters;

fn rmse(study: &Study, method: &str) -> f64 {
    study.test.iter().find(|s| s.method == method).and_then(|s| s.rmse).expect("a method with an error")
}

/// Uses MovieLens 100k, with the rank chosen on the validation part. `scripts/fetch-data.sh` fetches the file; if it is
/// missing, the test fails.
#[test]
fn movielens_is_predicted_as_well_as_in_f64_and_better_than_by_means() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.data/ml-100k.inter");
    assert!(path.exists(), "{} is missing: run scripts/fetch-data.sh", path.display());
    let ratings = read_ratings(&path, None).expect("reads");
    assert_eq!((ratings.users.len(), ratings.items.len(), ratings.list.len()), (943, 1682, 100_000));
    let settings = Settings { rank: None, top: 10, seed: 1, scale: None };
    let begin = Instant::now();
    let mut decomposer = CoreDecomposer::new(Parameters::default());
    let core = study(&ratings, &settings, &mut decomposer).expect("fits");
    let elapsed = begin.elapsed();
    let golden = study(&ratings, &settings, &mut GoldenDecomposer).expect("fits");
    println!("core: {elapsed:.1?}, {:?} cycles, both: {:.1?}", decomposer.cycles(), begin.elapsed());
    for study in [&core, &golden] {
        println!("{:?}", study.selection);
        study.test.iter().for_each(|score| println!("{score:?}"));
    }
    assert!(elapsed < Duration::from_secs(60), "{elapsed:?}");
    let [model, reference] = [&core, &golden].map(|study| rmse(study, "svd, by predicted rating"));
    assert!((model - reference).abs() < 0.002, "{model} {reference}");
    assert!(model < rmse(&core, "item mean + user mean") && model < rmse(&core, "global mean"));
    let ndcg = |method| {
        let score = core.test.iter().find(|s| s.method == method).expect("a method");
        score.ranking.expect("something relevant").ndcg
    };
    assert!(ndcg("svd, by taste") > ndcg("most popular"));
}

/// The largest angle between two spaces, in degrees.
fn angle(p: &DMatrix<f64>, q: &DMatrix<f64>) -> f64 {
    let (p, q) = (p.clone().qr().q(), q.clone().qr().q());
    (&q - &p * p.tr_mul(&q)).singular_values().max().asin().to_degrees()
}

fn both(operator: &dyn Operator, rank: usize) -> [Svd; 2] {
    let run = |decomposer: &mut dyn Decomposer| {
        truncated_svd(operator, rank, OVERSAMPLING, POWER_ITERATIONS, 5, decomposer).expect("in range")
    };
    [run(&mut CoreDecomposer::new(Parameters::default())), run(&mut GoldenDecomposer)]
}

/// Uses 10,000 users and 1,000 items, with rank 10 and 5 % noise. In the first case all ratings are known, and in the
/// second one in five.
#[test]
fn the_subspace_of_a_large_matrix_is_recovered() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut gaussian = |rows, cols| DMatrix::<f64>::from_fn(rows, cols, |_, _| StandardNormal.sample(&mut rng));
    let (users, items) = (gaussian(10_000, 10), gaussian(1_000, 10));
    let full = &users * items.transpose() / 10f64.sqrt() + gaussian(10_000, 1_000) * 0.05;
    let [core, golden] = both(&full, 10);
    let angles = [angle(&core.u, &golden.u), angle(&core.v, &golden.v), angle(&core.u, &users), angle(&core.v, &items)];
    println!("all known: core and f64, users and items; core and truth, users and items: {angles:.4?} degrees");
    assert!(angles.iter().all(|&degrees| degrees < 1.0));

    let places = (0..1_000).flat_map(|item| (0..10_000).map(move |user| (user, item)));
    let known = from_entries(
        10_000,
        1_000,
        places.map(|(user, item)| (user, item, full[(user, item)])).filter(|_| rng.random_bool(0.2)),
    );
    let [core, golden] = both(&known, 10);
    let angles = [angle(&core.u, &golden.u), angle(&core.v, &golden.v)];
    println!("a fifth known: core and f64, users and items: {angles:.4?} degrees");
    assert!(angles.iter().all(|&degrees| degrees < 1.0));
}
