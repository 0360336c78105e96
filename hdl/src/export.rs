//! Designs as text: Verilog for tools, pictures for people.
//!
//! Everything here takes a [`Checked`](crate::check::Checked) design and returns text. Writing the text to a disk is another crate's work.

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
    /// The whole text; ends with a line feed.
    pub text: String,
}

/// Where generated files come from: printed at the top of each of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The command that makes the files again.
    pub command: String,
    /// Names and values of the parameters, in the order in which they are to be printed.
    pub parameters: Vec<(String, String)>,
    /// Version of svdforge.
    pub version: String,
}
