//! The sample matrices that come with the project: small, classical, each with its source in the file. Compiled in, so that
//! `svdforge demo` works from anywhere.

use svdforge_golden::reader::{NamedMatrix, ReadError, parse_matrix};

/// File names and contents, in the order of the demo.
const FILES: [(&str, &str); 6] = [
    ("image-block.csv", include_str!("../samples/image-block.csv")),
    ("titles.csv", include_str!("../samples/titles.csv")),
    ("franklin-square.csv", include_str!("../samples/franklin-square.csv")),
    ("hilbert.csv", include_str!("../samples/hilbert.csv")),
    ("rotation.csv", include_str!("../samples/rotation.csv")),
    ("second-difference.csv", include_str!("../samples/second-difference.csv")),
];

/// All sample matrices, 8 x 8 each.
pub fn samples() -> Result<Vec<NamedMatrix>, ReadError> {
    FILES.iter().map(|(name, text)| parse_matrix(name, text.as_bytes())).collect()
}
