//! A look inside a core: what it did with some matrices, as a page and as data.

mod html;

use crate::documents::text;
use html::page;
use serde::Serialize;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::manifest::Summary;
use svdforge_testbench::trace::MatrixTrace;

/// The version of the format of `trace.json`.
pub const SCHEMA: u64 = 1;
/// The name of the page.
pub const PAGE: &str = "index.html";
/// The name of the data.
pub const DATA: &str = "trace.json";

/// The contents of `trace.json`.
#[derive(Debug, Serialize)]
pub struct TraceDocument<'a> {
    /// The name of the program.
    generator: &'static str,
    /// What this document is.
    kind: &'static str,
    /// The version of the format.
    schema: u64,
    /// The version of the program.
    version: &'static str,
    /// The name of the core.
    name: String,
    /// The core.
    core: Summary,
    /// What it did with each matrix.
    matrices: &'a [MatrixTrace],
}

/// The files of a trace: name and contents of the page and of the data.
pub fn files(core: &Core, matrices: &[MatrixTrace]) -> [(&'static str, String); 2] {
    let document = TraceDocument {
        generator: "svdforge",
        kind: "svdforge trace",
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        name: core.shape().name(),
        core: Summary::new(core),
        matrices,
    };
    let data = text(&document);
    [(PAGE, page(core, matrices, &data)), (DATA, data + "\n")]
}
