use super::*;
use crate::decomposer::{CoreDecomposer, GoldenDecomposer};
use crate::lsi::read::{Counting, parse_corpus, read_corpus};
use crate::lsi::tokens::StopWords;
use std::path::{Path, PathBuf};
use svdforge_hdl::parameters::Parameters;

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

fn nine_titles() -> Corpus {
    let list = std::fs::read_to_string(sample("nine-titles.stop-words.txt")).unwrap();
    let counting = Counting { header: None, stop_words: StopWords::parse(&list), min_documents: 2 };
    read_corpus(&sample("nine-titles.txt"), counting).unwrap()
}

fn decomposers() -> [Box<dyn Decomposer>; 2] {
    [Box::new(GoldenDecomposer), Box::new(CoreDecomposer::new(Parameters::default()))]
}

#[test]
fn text_and_table_of_the_nine_titles_are_one_matrix() {
    let table = read_corpus(
        &sample("nine-titles.csv"),
        Counting { header: None, stop_words: StopWords::default(), min_documents: 2 },
    );
    let (text, table) = (nine_titles(), table.unwrap());
    assert_eq!(text.words, table.words);
    assert_eq!(text.counts, table.counts);
    assert_eq!((text.words.len(), text.documents.len()), (11, 9));
}

/// The published figures of the example, compared at their two decimals.
#[test]
fn nine_titles_give_the_classic_figures_on_both_engines() {
    let corpus = nine_titles();
    for mut decomposer in decomposers() {
        let model = Model::fit(&corpus, Weights::Counts, 3, decomposer.as_mut()).unwrap();
        let agree = |found: &[f64], published: &[f64]| {
            assert_eq!(found.len(), published.len());
            for (x, y) in found.iter().zip(published) {
                assert_eq!(format!("{:.2}", x.abs()), format!("{y:.2}"), "{}: {found:?}", decomposer.name());
            }
        };
        agree(&model.svd.sigma, &[3.91, 2.61, 2.00]);
        let word_vector = [0.15, 0.24, 0.13, 0.18, 0.22, 0.74, 0.18, 0.18, 0.36, 0.25, 0.12];
        agree(model.svd.u.column(0).as_slice(), &word_vector);
        let title_vector = [0.35, 0.22, 0.34, 0.26, 0.22, 0.49, 0.28, 0.29, 0.44];
        agree(model.svd.v.column(0).as_slice(), &title_vector);
        assert!(model.svd.u.column(0).iter().all(|x| *x > 0.0), "the sign is fixed");
        // The counts that are not 0 are 29 ones and a two, so the sum of squares is 33. Half a unit of the published
        // decimals is 0.003 of that.
        let share = (3.91_f64.powi(2) + 2.61_f64.powi(2) + 4.0) / 33.0;
        assert!((model.explained - share).abs() < 0.003, "{} {share}", model.explained);
    }
}

#[test]
fn questions_about_the_nine_titles() {
    let corpus = nine_titles();
    for mut decomposer in decomposers() {
        let model = Model::fit(&corpus, Weights::Counts, 3, decomposer.as_mut()).unwrap();
        // The two words have the same counts.
        let similar = model.similar_words("Real").unwrap();
        assert_eq!(corpus.words[similar[0].index], "estate");
        assert!(similar[0].cosine > 0.9999 && similar.len() == 10);
        // T7 and T9 are the titles about real estate.
        let answer = model.query(&corpus, "real estate for martians").unwrap();
        let mut best: Vec<usize> = answer.ranking[..2].iter().map(|found| found.index).collect();
        best.sort_unstable();
        assert_eq!(best, [6, 8]);
        assert_eq!(answer.ignored, ["for", "martians"].iter().skip(1).copied().collect::<Vec<_>>());
    }
}

/// If all dimensions are kept, folding in loses nothing. The words of a document find it with the cosine of the plain
/// columns.
#[test]
fn a_query_at_full_rank_is_a_plain_cosine() {
    let corpus = nine_titles();
    let model = Model::fit(&corpus, Weights::Counts, 9, &mut GoldenDecomposer).unwrap();
    let answer = model.query(&corpus, "guide stock market").unwrap();
    let counts = DMatrix::from(&corpus.counts);
    for found in answer.ranking {
        let column = counts.column(found.index);
        let common: f64 = [4, 6, 9].iter().map(|i| column[*i]).sum();
        // U spans all columns of X but not every query, so the cosine is larger by the ratio of the query's length to
        // that of its projection.
        let query = DVector::from_fn(11, |i, _| f64::from(u8::from([4, 6, 9].contains(&i))));
        let seen = model.svd.u.tr_mul(&query).norm();
        assert!((found.cosine - common / (seen * column.norm())).abs() < 1e-12);
    }
}

#[test]
fn unknown_words_are_named_with_those_that_look_like_them() {
    let corpus = nine_titles();
    let model = Model::fit(&corpus, Weights::Counts, 2, &mut GoldenDecomposer).unwrap();
    let message = model.similar_words("stocks").unwrap_err().to_string();
    assert!(message.contains("'stocks'") && message.contains("it has stock"), "{message}");
    let message = model.query(&corpus, "the xylophone").unwrap_err().to_string();
    assert!(message.contains("'the xylophone'"), "{message}");
}

#[test]
fn weights_by_hand() {
    let counting = Counting { header: None, stop_words: StopWords::parse(""), min_documents: 1 };
    let corpus = parse_corpus(Path::new("a.txt"), "red fish fish\nred bird\n", false, counting).unwrap();
    assert_eq!(corpus.words, ["bird", "fish", "red"]);
    let matrix = DMatrix::from(&corpus.weighted(Weights::TfIdf));
    // The word red is in every document, so its weight is 0. What is left of each document has length 1.
    assert!((matrix - DMatrix::from_row_slice(3, 2, &[0.0, 1.0, 1.0, 0.0, 0.0, 0.0])).amax() < 1e-15);
    let same = parse_corpus(
        Path::new("a.txt"),
        "red\nred\n",
        false,
        Counting { header: None, stop_words: StopWords::parse(""), min_documents: 1 },
    )
    .unwrap();
    let error = Model::fit(&same, Weights::TfIdf, 1, &mut GoldenDecomposer).unwrap_err();
    assert!(error.to_string().contains("--weights count"));
}
