//! Latent semantic indexing puts documents and words into one space with few dimensions (S. Deerwester, S. Dumais, G.
//! Furnas, T. Landauer, R. Harshman: "Indexing by Latent Semantic Analysis", Journal of the American Society for
//! Information Science 41, 1990).
//!
//! The matrix X of words x documents holds counts or weights. Only the largest singular values are kept, so that X = U
//! diag(sigma) V^T approximately. Row i of U represents word i, and row j of V represents document j. Words that often
//! occur together point in the same direction, so a query also finds documents that contain none of its words.

pub mod clusters;
pub mod corpus;
pub mod map;
pub mod model;
pub mod read;
pub mod tokens;

pub use corpus::{Corpus, Document, Weights};
pub use model::{LsiError, Model};

/// The sample: nine titles, one per line.
pub const SAMPLE: &str = include_str!("../samples/nine-titles.txt");

/// The stop words of the nine titles.
pub const SAMPLE_STOP_WORDS: &str = include_str!("../samples/nine-titles.stop-words.txt");
