//! Latent semantic indexing: documents and words in one space of few dimensions (S. Deerwester, S. Dumais, G. Furnas,
//! T. Landauer, R. Harshman: "Indexing by Latent Semantic Analysis", Journal of the American Society for Information Science 41, 1990).
//!
//! Words x documents give a matrix X of counts or weights, X = U diag(sigma) V^T nearly, with only the largest sigma kept. Row i of U
//! stands for word i, row j of V for document j. What words often occur together points the same way, so a query finds
//! documents that share none of its words.

pub mod clusters;
pub mod corpus;
pub mod map;
pub mod model;
pub mod read;
pub mod tokens;

pub use corpus::{Corpus, Document, Weights};
pub use model::{LsiError, Model};

/// The nine titles, one per line.
pub const SAMPLE: &str = include_str!("../samples/nine-titles.txt");

/// The stop words of the nine titles.
pub const SAMPLE_STOP_WORDS: &str = include_str!("../samples/nine-titles.stop-words.txt");
