//! `NAME.core`: the description of a core for the package manager FuseSoC (CAPI2).

use super::verilog::provenance;
use super::{File, Header, Listed, Role};
use std::fmt::Write;

/// The description of the files of a core. It has three targets: `default` is the core for a design that depends on it,
/// `sim` runs its testbench in Icarus, or in Verilator with `--tool verilator`, and `lint` runs Verilator's linter.
pub fn fusesoc(name: &str, header: &Header, files: &[Listed]) -> File {
    let of = |role: Role| files.iter().filter(move |file| file.role == role).map(|file| file.name.as_str());
    let mut text = format!(
        "CAPI=2:\n\
         {opening}\
         name: svdforge:svd:{name}:{version}\n\
         description: Singular value decomposition in fixed point, AXI4-Stream in and out\n\n\
         filesets:\n  rtl:\n    file_type: verilogSource-2005\n    files:\n",
        version = header.version,
        opening = provenance("#", header)
    );
    of(Role::Rtl).filter(|file| file.ends_with(".v")).for_each(|file| {
        let _ = writeln!(text, "      - {file}");
    });
    text += "  testbench:\n    files:\n";
    of(Role::Testbench).filter(|file| file.ends_with(".v")).for_each(|file| {
        let _ = writeln!(text, "      - {file}: {{file_type: verilogSource-2005}}");
    });
    of(Role::Data).filter(|file| file.ends_with(".hex")).for_each(|file| {
        let _ = writeln!(text, "      - {file}: {{file_type: user, copyto: {file}}}");
    });
    text += &format!(
        "\ntargets:\n  default:\n    filesets: [rtl]\n    toplevel: {name}\n\
         \x20 sim:\n    default_tool: icarus\n    filesets: [rtl, testbench]\n    toplevel: {name}_tb\n\
         \x20   tools:\n      icarus:\n        iverilog_options: [-g2005]\n\
         \x20     verilator:\n        mode: binary\n        verilator_options: [--timing]\n\
         \x20 lint:\n    default_tool: verilator\n    filesets: [rtl]\n    toplevel: {name}\n\
         \x20   tools:\n      verilator:\n        mode: lint-only\n        verilator_options: [-Wall]\n"
    );
    File { name: format!("{name}.core"), text }
}
