//! The truncated decomposition of a corpus, and what is asked of it.

use super::corpus::{Corpus, Weights};
use super::tokens::words;
use crate::decomposer::{Decomposer, DecompositionError, LARGEST, Svd};
use crate::range_finder::{OVERSAMPLING, POWER_ITERATIONS, truncated_svd};
use nalgebra::{DMatrix, DVector};
use std::collections::BTreeMap;

/// Why a corpus cannot be indexed, or a question answered.
#[derive(Debug, thiserror::Error)]
pub enum LsiError {
    /// All weights vanish.
    #[error("every word is in every document, so that tf-idf gives each the weight 0; take --weights count")]
    NoWeights,
    /// The decomposition fails.
    #[error(transparent)]
    Truncation(#[from] DecompositionError),
    /// Not a word of the corpus.
    #[error("the corpus has no word '{word}' (stop words and rare words are left out){}", suggestion(near))]
    UnknownWord {
        /// What was asked for.
        word: String,
        /// Words of the corpus that are spelled like it.
        near: Vec<String>,
    },
    /// No word of a query is known.
    #[error(
        "none of the words of the query '{query}' is in the corpus (stop words and rare words are left out){}",
        suggestion(near)
    )]
    UnknownQuery {
        /// The query.
        query: String,
        /// Words of the corpus that are spelled like its words.
        near: Vec<String>,
    },
}

fn suggestion(near: &[String]) -> String {
    if near.is_empty() { "; ask for one of its words".to_owned() } else { format!("; it has {}", near.join(", ")) }
}

/// Something with its cosine to what was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    /// Index of the word or document.
    pub index: usize,
    /// -1 to 1.
    pub cosine: f64,
}

/// A query in the space of the documents.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// All documents, best first.
    pub ranking: Vec<Ranked>,
    /// Words of the query that the corpus has not.
    pub ignored: Vec<String>,
}

/// X = U diag(sigma) V^T nearly.
#[derive(Clone, Debug)]
pub struct Model {
    /// The decomposition: U is words x rank, V documents x rank. In each column of U the largest element is positive.
    pub svd: Svd,
    /// The share of X's sum of squares that the rank keeps.
    pub explained: f64,
    word_weights: Vec<f64>,
    index: BTreeMap<String, usize>,
}

/// A rank that serves a corpus without further thought: a third of min(m, n), 2 to 20.
///
/// Deerwester and others use 100 and more for collections of thousands of documents; the core gives up to [`LARGEST`].
pub fn default_rank(corpus: &Corpus) -> usize {
    let least = corpus.words.len().min(corpus.documents.len());
    (least / 3).clamp(2, 20).min(least).min(LARGEST)
}

impl Model {
    /// Decomposes a corpus.
    ///
    /// # Errors
    ///
    /// The rank is 0 or too large; no word has a weight; the decomposer fails.
    pub fn fit(
        corpus: &Corpus,
        weights: Weights,
        rank: usize,
        decomposer: &mut dyn Decomposer,
    ) -> Result<Self, LsiError> {
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

    /// Words as points: rows of U diag(sigma). Their scalar products are nearly those of the rows of X.
    pub fn word_points(&self) -> DMatrix<f64> {
        self.svd.left()
    }

    /// Documents as points: rows of V diag(sigma). Their scalar products are nearly those of the columns of X.
    pub fn document_points(&self) -> DMatrix<f64> {
        self.svd.right()
    }

    /// All words but the one asked for, most similar first.
    ///
    /// # Errors
    ///
    /// The corpus has no such word.
    pub fn similar_words(&self, word: &str) -> Result<Vec<Ranked>, LsiError> {
        let spelled = words(word).next().unwrap_or_default();
        let Some(&asked) = self.index.get(&spelled) else {
            return Err(LsiError::UnknownWord { word: word.to_owned(), near: self.near(&spelled) });
        };
        let points = self.word_points();
        let mut ranking = rank(&points, &points.row(asked).transpose());
        ranking.retain(|found| found.index != asked);
        Ok(ranking)
    }

    /// The documents nearest to some words, taken as a document and folded in.
    ///
    /// With q the weighted counts of the query, its point among the rows of V diag(sigma) is U^T q (Deerwester and others, appendix: the
    /// pseudo-document q^T U diag(1/sigma), times diag(sigma) as the documents).
    ///
    /// # Errors
    ///
    /// The corpus has none of the words.
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

    /// Up to three words that are spelled like this one.
    fn near(&self, word: &str) -> Vec<String> {
        const ALIKE: f64 = 0.8;
        let alike = self.index.keys().map(|known| (strsim::jaro_winkler(known, word), known));
        let mut alike: Vec<_> = alike.filter(|(likeness, _)| *likeness >= ALIKE).collect();
        alike.sort_by(|a, b| b.0.total_cmp(&a.0));
        alike.into_iter().take(3).map(|(_, known)| known.clone()).collect()
    }
}

/// Rows of `points` by their cosine to `target`, largest first, then by index. A zero row has the cosine 0.
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

/// Negates pairs of columns so that the largest element of each column of U is positive; among elements that are largest within
/// a thousandth, the first. Engines then agree on signs, which no decomposition determines.
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
