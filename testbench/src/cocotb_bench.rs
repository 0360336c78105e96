//! The cocotb bench that goes with an exported core: the folder `cocotb/` with a makefile, a module of tests in Python,
//! and the packages that these need.
//!
//! The texts are the same for every core, because the bench reads `core.json`. Only the lines that tell where a file
//! comes from differ.

use svdforge_hdl::export::verilog::provenance;
use svdforge_hdl::export::{File, Header};

/// Names and contents of the files.
const FILES: [(&str, &str); 3] = [
    ("Makefile", include_str!("cocotb_bench/Makefile")),
    ("requirements.txt", include_str!("cocotb_bench/requirements.txt")),
    ("test_svd.py", include_str!("cocotb_bench/test_svd.py")),
];

/// The files of `cocotb/`.
pub fn cocotb_files(header: &Header) -> Vec<File> {
    let opening = provenance("#", header);
    let file = |(name, text): (&str, &str)| File { name: format!("cocotb/{name}"), text: format!("{opening}\n{text}") };
    FILES.map(file).into()
}
