//! The truncated decomposition of a corpus, and the questions that it answers.

use super::corpus::{Corpus, Weights};
use super::tokens::words;
use crate::decomposer::{Decomposer, DecompositionError, LARGEST, Svd};
use crate::range_finder::{OVERSAMPLING, POWER_ITERATIONS, truncated_svd};
use crate::unicode::search_form;
use nalgebra::{DMatrix, DVector};
use std::collections::BTreeMap;
use svdforge_golden::reader::{NoMemory, check_memory};

/// Why a corpus cannot be indexed, or a question cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum LsiError {
    /// All weights are 0.
    #[error("every word is in every document, so tf-idf gives each word the weight 0; use --weights count")]
    NoWeights,
    /// There is not enough memory.
    #[error(transparent)]
    NoMemory(#[from] NoMemory),
    /// The decomposition failed.
    #[error(transparent)]
    Truncation(#[from] DecompositionError),
    /// The word does not occur in the corpus.
    #[error("the corpus has no word '{word}' (stop words and rare words are left out){}", suggestion(near))]
    UnknownWord {
        /// The word that was asked for.
        word: String,
        /// Words of the corpus with a similar spelling.
        near: Vec<String>,
    },
    /// None of the words of a query occurs in the corpus.
    #[error(
        "none of the words of the query '{query}' is in the corpus (stop words and rare words are left out){}",
        suggestion(near)
    )]
    UnknownQuery {
        /// The query.
        query: String,
        /// Words of the corpus with a spelling that is similar to one of its words.
        near: Vec<String>,
    },
}

fn suggestion(near: &[String]) -> String {
    if near.is_empty() { "; ask for one of its words".to_owned() } else { format!("; it has {}", near.join(", ")) }
}

/// A word or document with its similarity to what was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    /// The index of the word or document.
    pub index: usize,
    /// The cosine, from -1 to 1.
    pub cosine: f64,
}

/// The answer to a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// All documents, best first.
    pub ranking: Vec<Ranked>,
    /// The words of the query that do not occur in the corpus.
    pub ignored: Vec<String>,
}

/// The truncated decomposition: X = U diag(sigma) V^T approximately.
#[derive(Clone, Debug)]
pub struct Model {
    /// The decomposition. U is words x rank and V is documents x rank. In each column of U the largest element is
    /// positive.
    pub svd: Svd,
    /// The share of X's sum of squares that the rank keeps.
    pub explained: f64,
    word_weights: Vec<f64>,
    index: BTreeMap<String, usize>,
}

/// A rank that usually suits a corpus: a third of min(m, n), from 2 to 20.
///
/// Deerwester and others use 100 and more for collections of thousands of documents. The core gives up to [`LARGEST`].
pub fn default_rank(corpus: &Corpus) -> usize {
    let least = corpus.words.len().min(corpus.documents.len());
    (least / 3).clamp(2, 20).min(least).min(LARGEST)
}

/// The memory in bytes that a decomposition takes for each count that is not 0, and for each element of the vectors
/// that it works with.
const BYTES_PER_ENTRY: u64 = 48;
const BYTES_PER_ELEMENT: u64 = 32;

impl Model {
    /// Decomposes a corpus.
    ///
    /// # Errors
    ///
    /// The rank is 0 or too large, no word has a weight, or the decomposer fails.
    pub fn fit(
        corpus: &Corpus,
        weights: Weights,
        rank: usize,
        decomposer: &mut dyn Decomposer,
    ) -> Result<Self, LsiError> {
        let sides = (corpus.words.len() + corpus.documents.len()) as u64;
        let vectors = (rank.min(LARGEST) + OVERSAMPLING) as u64;
        check_memory(corpus.counts.nnz() as u64 * BYTES_PER_ENTRY + sides * vectors * BYTES_PER_ELEMENT)?;
        let matrix = corpus.weighted(weights);
        let energy: f64 = matrix.values().iter().map(|x| x * x).sum();
        if energy == 0.0 {
            return Err(LsiError::NoWeights);
        }
        let mut svd = truncated_svd(&matrix, rank, OVERSAMPLING, POWER_ITERATIONS, 1, decomposer)?;
        fix_signs(&mut svd);
        let explained = svd.sigma.iter().map(|s| s * s).sum::<f64>() / energy;
        let index = corpus.words.iter().cloned().zip(0..).collect();
        Ok(Self { svd, explained, word_weights: corpus.word_weights(weights), index })
    }

    /// Words as points, which are the rows of U diag(sigma). Their scalar products are approximately those of the rows
    /// of X.
    pub fn word_points(&self) -> DMatrix<f64> {
        self.svd.left()
    }

    /// Documents as points, which are the rows of V diag(sigma). Their scalar products are approximately those of the
    /// columns of X.
    pub fn document_points(&self) -> DMatrix<f64> {
        self.svd.right()
    }

    /// All words except the one asked for, the most similar first.
    ///
    /// # Errors
    ///
    /// The corpus has no such word.
    pub fn similar_words(&self, word: &str) -> Result<Vec<Ranked>, LsiError> {
        // A word of a table of counts may be one that no text has, such as two words.
        let whole = search_form(word);
        let first = || words(word).next().unwrap_or_default();
        let spelled = if self.index.contains_key(&whole) { whole } else { first() };
        let Some(&asked) = self.index.get(&spelled) else {
            return Err(LsiError::UnknownWord { word: word.to_owned(), near: self.near(&spelled) });
        };
        let points = self.word_points();
        let mut ranking = rank(&points, &points.row(asked).transpose());
        ranking.retain(|found| found.index != asked);
        Ok(ranking)
    }

    /// Ranks the documents by their similarity to some words, which are treated as a document and folded in.
    ///
    /// Let q be the weighted counts of the query. Then its point among the rows of V diag(sigma) is U^T q. (In the
    /// appendix of Deerwester and others, the pseudo-document is q^T U diag(1/sigma); it is multiplied by diag(sigma),
    /// like the documents.)
    ///
    /// # Errors
    ///
    /// None of the words occurs in the corpus.
    pub fn query(&self, corpus: &Corpus, query: &str) -> Result<Query, LsiError> {
        let mut counts = DVector::zeros(self.svd.u.nrows());
        let mut ignored = Vec::new();
        let asked: Vec<String> = words(query).filter(|word| !corpus.stop_words.contains(word)).collect();
        for word in &asked {
            match self.index.get(word) {
                Some(&i) => counts[i] += self.word_weights[i],
                None => ignored.push(word.clone()),
            }
        }
        if ignored.len() == asked.len() {
            let near = asked.iter().flat_map(|word| self.near(word)).collect();
            return Err(LsiError::UnknownQuery { query: query.to_owned(), near });
        }
        Ok(Query { ranking: rank(&self.document_points(), &self.svd.u.tr_mul(&counts)), ignored })
    }

    /// Up to three words with a similar spelling.
    fn near(&self, word: &str) -> Vec<String> {
        const ALIKE: f64 = 0.8;
        let alike = self.index.keys().map(|known| (strsim::jaro_winkler(known, word), known));
        let mut alike: Vec<_> = alike.filter(|(likeness, _)| *likeness >= ALIKE).collect();
        alike.sort_by(|a, b| b.0.total_cmp(&a.0));
        alike.into_iter().take(3).map(|(_, known)| known.clone()).collect()
    }
}

/// Ranks the rows of `points` by their cosine to `target`, largest first, and equal ones by index. A zero row has the
/// cosine 0.
fn rank(points: &DMatrix<f64>, target: &DVector<f64>) -> Vec<Ranked> {
    let lengths = |v: f64| if v > 0.0 { v } else { 1.0 };
    let cosine = |i: usize| {
        let row = points.row(i);
        (row * target)[0] / (lengths(row.norm()) * lengths(target.norm()))
    };
    let mut ranking: Vec<Ranked> =
        (0..points.nrows()).map(|index| Ranked { index, cosine: cosine(index).clamp(-1.0, 1.0) }).collect();
    ranking.sort_by(|a, b| b.cosine.total_cmp(&a.cosine).then(a.index.cmp(&b.index)));
    ranking
}

/// Negates pairs of columns of U and V so that the largest element of each column of U is positive. Among elements
/// within a thousandth of the largest, the first one decides. This makes all engines agree on signs, which no
/// decomposition determines.
fn fix_signs(svd: &mut Svd) {
    for k in 0..svd.sigma.len() {
        let column = svd.u.column(k);
        let largest = column.amax();
        let first = column.iter().find(|x| x.abs() >= 0.999 * largest);
        if first.is_some_and(|x| *x < 0.0) {
            svd.u.column_mut(k).neg_mut();
            svd.v.column_mut(k).neg_mut();
        }
    }
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
