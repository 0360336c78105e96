//! A corpus: documents as a matrix of word counts.

use super::tokens::{StopWords, words};
use crate::sparse::from_entries;
use crate::unicode;
use nalgebra_sparse::CsrMatrix;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use svdforge_golden::digits::counted;
use unicode_segmentation::UnicodeSegmentation;

/// The names of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// A short name for pictures: `d` and the number of its line, the name of its file, or the title of its column.
    pub name: String,
    /// The beginning of its text for readers. It is empty if only counts are known.
    pub text: String,
}

/// How much of the input was skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Skipped {
    /// Comments in a table of counts.
    pub comments: usize,
    /// Blank lines.
    pub blank: usize,
    /// Hidden files of a folder, and folders in it.
    pub hidden: usize,
}

impl fmt::Display for Skipped {
    /// Lists what was skipped. The list is empty if that is nothing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            (self.comments, "comment line", "comment lines"),
            (self.blank, "blank line", "blank lines"),
            (self.hidden, "folder or hidden file", "folders and hidden files"),
        ];
        let parts = parts.iter().filter(|(count, ..)| *count > 0);
        f.write_str(&parts.map(|(count, one, several)| counted(*count, one, several)).collect::<Vec<_>>().join(", "))
    }
}

/// How often each word occurs in each document.
#[derive(Clone, Debug, PartialEq)]
pub struct Corpus {
    /// The m words, which are sorted if they come from text.
    pub words: Vec<String>,
    /// The n documents.
    pub documents: Vec<Document>,
    /// The counts, m x n.
    pub counts: CsrMatrix<f64>,
    /// The words that were left out, and are left out of queries, too.
    pub stop_words: StopWords,
    /// What was skipped when the corpus was read.
    pub skipped: Skipped,
    /// Where the titles of the documents come from.
    pub titles: Titles,
}

/// Where the titles of documents come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Titles {
    /// The header of a table of counts has words.
    Header,
    /// The header of a table of counts has numbers.
    Numbers,
    /// The documents were numbered: they are lines of a text, or columns of a table without a header.
    Counted,
    /// They are the names of files.
    Files,
}

/// The kind of weight that an element of the matrix is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weights {
    /// The count itself.
    Counts,
    /// Tf-idf: the count x ln(n / number of documents that contain the word), with each document then scaled to length
    /// 1 (K. Sparck Jones: "A Statistical Interpretation of Term Specificity", Journal of Documentation 28, 1972; G.
    /// Salton, C. Buckley, 1988).
    TfIdf,
}

impl Corpus {
    /// Counts the words of documents, given as (name, text). Stop words, and words that occur in fewer than
    /// `min_documents` documents, are left out.
    pub fn from_texts(texts: &[(String, String)], stop_words: StopWords, min_documents: usize) -> Self {
        let mut found: BTreeMap<String, BTreeMap<usize, f64>> = BTreeMap::new();
        for (j, (_, text)) in texts.iter().enumerate() {
            for word in words(text).filter(|word| !stop_words.contains(word)) {
                *found.entry(word).or_default().entry(j).or_default() += 1.0;
            }
        }
        found.retain(|_, counts| counts.len() >= min_documents);
        let rows = found.values().enumerate();
        let entries = rows.flat_map(|(i, row)| row.iter().map(move |(&j, &count)| (i, j, count)));
        let counts = from_entries(found.len(), texts.len(), entries);
        let documents =
            texts.iter().map(|(name, text)| Document { name: printable(name), text: beginning(text) }).collect();
        let skipped = Skipped::default();
        let titles = Titles::Counted;
        Self { words: found.into_keys().collect(), documents, counts, stop_words, skipped, titles }
    }

    /// The number of documents in which each word occurs.
    pub fn document_frequencies(&self) -> Vec<usize> {
        self.counts.row_iter().map(|row| row.values().iter().filter(|&&count| count > 0.0).count()).collect()
    }

    /// The factor by which the counts of each word are multiplied.
    pub fn word_weights(&self, weights: Weights) -> Vec<f64> {
        let n = self.documents.len() as f64;
        let weight = |frequency: usize| match weights {
            Weights::Counts => 1.0,
            Weights::TfIdf if frequency == 0 => 0.0,
            Weights::TfIdf => (n / frequency as f64).ln(),
        };
        self.document_frequencies().into_iter().map(weight).collect()
    }

    /// The matrix to decompose, m x n.
    pub fn weighted(&self, weights: Weights) -> CsrMatrix<f64> {
        let factors = self.word_weights(weights);
        let mut matrix = self.counts.clone();
        for (i, mut row) in matrix.row_iter_mut().enumerate() {
            row.values_mut().iter_mut().for_each(|value| *value *= factors[i]);
        }
        if weights == Weights::TfIdf {
            let mut squares = vec![0.0; self.documents.len()];
            matrix.triplet_iter().for_each(|(_, j, value)| squares[j] += value * value);
            let (_, columns, values) = matrix.csr_data_mut();
            for (&j, value) in columns.iter().zip(values).filter(|(j, _)| squares[**j] > 0.0) {
                *value /= squares[j].sqrt();
            }
        }
        matrix
    }

    /// The documents that contain none of the words.
    pub fn empty_documents(&self) -> Vec<usize> {
        let full: BTreeSet<usize> =
            self.counts.triplet_iter().filter(|(_, _, v)| **v > 0.0).map(|(_, j, _)| j).collect();
        (0..self.documents.len()).filter(|j| !full.contains(j)).collect()
    }
}

/// The first words of a text, on one line.
fn beginning(text: &str) -> String {
    const SHOWN: usize = 72;
    let line = printable(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    match line.grapheme_indices(true).nth(SHOWN) {
        Some((end, _)) => format!("{}...", line[..end].trim_end()),
        None => line,
    }
}

/// The text without control characters, so that no file can spoil a terminal.
pub(super) fn printable(text: &str) -> String {
    unicode::name(text).chars().filter(|c| !c.is_control()).collect()
}
