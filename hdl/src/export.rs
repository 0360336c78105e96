//! Export of designs as text: Verilog, a manifest and a datasheet, and pictures.
//!
//! Everything here takes a [`Checked`](crate::check::Checked) design or a core and returns text. Other crates write the
//! text to files.

pub mod datasheet;
pub mod manifest;
pub mod picture;
#[cfg(feature = "rust-hdl")]
pub mod rust_hdl;
pub mod verilog;

/// A text file of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Name without a folder.
    pub name: String,
    /// The complete text, which ends with a line feed.
    pub text: String,
}

/// The origin of generated files, printed at the top of each of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The command that generates the files.
    pub command: String,
    /// Names and values of the parameters, in the order in which they are printed.
    pub parameters: Vec<(String, String)>,
    /// Version of svdforge.
    pub version: String,
}
