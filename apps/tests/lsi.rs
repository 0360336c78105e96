//! Tests latent semantic indexing on real news: 300 articles of about 200 words.

use nalgebra::DMatrix;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use svdforge_apps::decomposer::{CoreDecomposer, Decomposer, GoldenDecomposer};
use svdforge_apps::lsi::read::{Counting, read_corpus};
use svdforge_apps::lsi::tokens::StopWords;
use svdforge_apps::lsi::{Corpus, Model, Weights};
use svdforge_hdl::parameters::Parameters;

/// The articles, which `scripts/fetch-data.sh` fetches. If the file is missing, the test fails.
fn lee() -> Corpus {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.data/lee_background.cor");
    assert!(path.exists(), "{} is missing: run scripts/fetch-data.sh", path.display());
    read_corpus(&path, Counting { header: None, stop_words: StopWords::default(), min_documents: 2 }).expect("reads")
}

/// The sine of the largest angle between two spaces.
fn sine(p: &DMatrix<f64>, q: &DMatrix<f64>) -> f64 {
    let (p, q) = (p.clone().qr().q(), q.clone().qr().q());
    (&q - &p * p.tr_mul(&q)).singular_values().max()
}

#[test]
fn the_core_finds_in_real_news_what_f64_finds() {
    let corpus = lee();
    assert_eq!(corpus.documents.len(), 300);
    assert!((2000..5000).contains(&corpus.words.len()), "{} words", corpus.words.len());
    const RANK: usize = 20;
    let begin = Instant::now();
    let fit = |decomposer: &mut dyn Decomposer| Model::fit(&corpus, Weights::TfIdf, RANK, decomposer).expect("fits");
    let core = fit(&mut CoreDecomposer::new(Parameters::default()));
    let elapsed = begin.elapsed();
    let golden = fit(&mut GoldenDecomposer);
    assert!(elapsed < Duration::from_secs(5), "{elapsed:?}");

    // The core receives the 28 x 28 triangular factor in 16 bits, with its largest element scaled to at most 1.
    // Quantisation changes each element by up to half a unit, 2^-16, and the rotations add a few units of the 4 guard
    // bits. Together this is less than one unit, 2^-15, for each element, and at most 28 units in the norm of the
    // error. sigma_1 is a bound on the largest element, and the scale is a power of two above it.
    let error = 28.0 * 2.0 * golden.svd.sigma[0] * (-15.0_f64).exp2();
    for (x, y) in core.svd.sigma.iter().zip(&golden.svd.sigma) {
        assert!((x - y).abs() <= error, "{x} {y}, {error}");
    }
    // By Wedin's theorem the sine of the angle is at most the error divided by the gap. The spaces of the first 8
    // vectors are compared, because there is a gap after them.
    let gap = golden.svd.sigma[7] - golden.svd.sigma[8];
    for (p, q) in [(&core.svd.u, &golden.svd.u), (&core.svd.v, &golden.svd.v)] {
        let angle = sine(&p.columns(0, 8).into_owned(), &q.columns(0, 8).into_owned());
        assert!(angle <= error / gap, "{angle} {error} {gap}");
    }
    println!("core: {elapsed:.1?}, {} words, sigma {:?}", corpus.words.len(), &core.svd.sigma[..4]);
}

/// The documents that a query finds are about its subject, even if their words differ. All of the best documents must
/// be about fires; the test names any that is not.
#[test]
fn a_query_finds_articles_about_its_subject() {
    let corpus = lee();
    let model = Model::fit(&corpus, Weights::TfIdf, 20, &mut CoreDecomposer::new(Parameters::default())).expect("fits");
    let answer = model.query(&corpus, "bushfire firefighters").expect("known words");
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.data/lee_background.cor"));
    let text = text.expect("reads").to_lowercase();
    let articles: Vec<&str> = text.lines().collect();
    for found in &answer.ranking[..5] {
        let article = articles[found.index];
        assert!(article.contains("fire"), "{}: {article}", corpus.documents[found.index].name);
    }
    let similar: Vec<&str> = model.similar_words("afghanistan").expect("known")[..20]
        .iter()
        .map(|r| corpus.words[r.index].as_str())
        .collect();
    assert!(similar.contains(&"taliban"), "{similar:?}");
}
