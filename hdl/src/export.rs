//! Export of designs as text: Verilog, a manifest and a datasheet, and pictures.
//!
//! Everything here takes a [`Checked`](crate::check::Checked) design or a core and returns text. Other crates write the
//! text to files.

pub mod c_header;
pub mod constraints;
pub mod datasheet;
pub mod formal;
pub mod fusesoc;
pub mod gtkwave;
pub mod ipxact;
pub mod litex;
pub mod makefile;
pub mod manifest;
pub mod origin;
pub mod picture;
#[cfg(feature = "rust-hdl")]
pub mod rust_hdl;
pub mod timing;
pub mod verilog;
pub mod vhdl;

use serde::Serialize;

/// A text file of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Name; in a subfolder of the export it is a path with `/`: `constraints/svd_8x8.xdc`.
    pub name: String,
    /// The complete text, which ends with a line feed.
    pub text: String,
}

/// What a file of an export is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The core: Verilog, and the list of its files.
    Rtl,
    /// What runs the core: a testbench in Verilog, a bench in Python.
    Testbench,
    /// What presents the core to a tool or a language.
    Wrapper,
    /// What people read.
    Document,
    /// Examples of constraints: clock, pins.
    Constraint,
    /// What programs read.
    Data,
}

/// The name of a file of an export, and what it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Name, as in [`File::name`].
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// The SHA-256 of its bytes, as 64 lower-case hexadecimal digits. The manifest has none here: it cannot hold its
    /// own, and is [sealed](origin::seal) instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
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
