//! Save files for GTKWave: which signals it shows, in groups, and in which number formats.
//!
//! `NAME.gtkw` is for the waveforms of svdforge's simulator, whose top is the core. `NAME_tb.gtkw` is for those of the
//! testbench, whose top is the testbench. The state of a controller is stored in several bits. A translation file gives
//! names to their values, which works for the waves of every simulator; a string or an enumeration in the waves would
//! have to be written by each of them.

use super::verilog::provenance;
use super::{File, Header};
use crate::architecture::architecture;
use crate::architecture::inside::{WaveFormat, WaveGroup, WaveState};
use crate::check::Checked;
use crate::core::{Core, observed};
use crate::ir::{Design, Module, NodeId};
use std::fmt::Write;

/// The flags of a trace (GTKWave's `analyzer.h`).
mod flag {
    pub const HEXADECIMAL: u32 = 1 << 1;
    pub const DECIMAL: u32 = 1 << 2;
    pub const BINARY: u32 = 1 << 3;
    pub const RIGHT_JUSTIFIED: u32 = 1 << 5;
    pub const BLANK: u32 = 1 << 9;
    pub const SIGNED: u32 = 1 << 10;
    pub const TRANSLATED: u32 = 1 << 13;
    pub const GROUP_BEGIN: u32 = 1 << 23;
    pub const GROUP_END: u32 = 1 << 24;
    pub const FIXED_POINT: u32 = 1 << 30;
}

/// The binary logarithm of the nanoseconds to a pixel at the start: some 150 cycles are in view.
const ZOOM: u32 = 1;

/// The save files for a core, and the translation files that they refer to.
pub fn gtkwave(core: &Core, header: &Header) -> Vec<File> {
    let name = core.shape().name();
    let mut groups = observed::waves(core.shape());
    groups.extend(architecture(core.shape().arch()).waves(core.shape()));
    let states = groups.iter().filter_map(|group| group.state.as_ref());
    let mut files: Vec<File> = states
        .map(|state| {
            let line = |(bits, name): &(&str, &str)| format!("{bits} {name}\n");
            let text = provenance("#", header) + &state.names.iter().map(line).collect::<String>();
            File { name: translation(&name, state), text }
        })
        .collect();
    // The testbench counts time in ps.
    for (file, root, zoom) in [("", name.clone(), ZOOM), ("_tb", format!("{name}_tb.core"), ZOOM + 10)] {
        let text = save_file(core, header, (&root, zoom), &groups);
        files.push(File { name: format!("{name}{file}.gtkw"), text });
    }
    files
}

/// The name of the translation file of a state.
fn translation(name: &str, state: &WaveState) -> String {
    format!("{name}_{}_states.txt", state.name)
}

/// A save file for waveforms in which the core is at `root`, with 2^`zoom` units of time to a pixel.
fn save_file(core: &Core, header: &Header, (root, zoom): (&str, u32), groups: &[WaveGroup]) -> String {
    let name = core.shape().name();
    let mut text = provenance("[*]", header);
    text += "[*] Start GTKWave in this folder, where it finds the names of states: gtkwave WAVES THIS_FILE\n";
    text += "[timestart] 0\n[size] 1600 1000\n[pos] -1 -1\n";
    let _ = writeln!(text, "*-{zoom}.000000 0\n[sst_width] 260\n[signals_width] 320");
    let mut filters = 0;
    for group in groups {
        let _ = writeln!(text, "@{:x}\n-{}", flag::GROUP_BEGIN | flag::BLANK, group.title);
        if let Some(state) = &group.state {
            filters += 1;
            let flags = flag::TRANSLATED | flag::RIGHT_JUSTIFIED | flag::BINARY;
            let _ = writeln!(text, "@{flags:x}\n^{filters} {}", translation(&name, state));
            let bits: String = state.bits.iter().map(|path| format!(" {root}.{path}")).collect();
            let _ = writeln!(text, "#{{{} state}}{bits}", state.name);
        }
        for signal in &group.signals {
            let width = width(core.design(), &signal.path).unwrap_or_else(|| {
                panic!("The design has no port or register `{}` for the save file of GTKWave.", signal.path)
            });
            let (flags, fraction) = match signal.format {
                WaveFormat::Bits => (flag::BINARY, None),
                WaveFormat::Unsigned => (flag::DECIMAL, None),
                WaveFormat::Hexadecimal => (flag::HEXADECIMAL, None),
                WaveFormat::Fixed(fraction) => (flag::SIGNED | flag::FIXED_POINT, Some(fraction)),
            };
            let _ = writeln!(text, "@{:x}", flags | flag::RIGHT_JUSTIFIED);
            if let Some(fraction) = fraction {
                let _ = writeln!(text, "[fpshift_count] {fraction}");
            }
            let range = if width == 1 { String::new() } else { format!("[{}:0]", width - 1) };
            let _ = writeln!(text, "{root}.{}{range}", signal.path);
        }
        let _ = writeln!(text, "@{:x}\n-{}", flag::GROUP_END | flag::BLANK, group.title);
    }
    text
}

/// The width of the signal at a path below the top module.
fn width(design: &Checked<Design>, path: &str) -> Option<u32> {
    let mut parts: Vec<&str> = path.split('.').collect();
    let name = parts.pop()?;
    let mut module: &Module = design.top();
    for part in parts {
        let instance = module.instances.iter().find(|instance| instance.name == part)?;
        module = design.module(instance.module);
    }
    let named = |id: &NodeId| module.node(*id).name.as_deref() == Some(name);
    let output = module.outputs.iter().find(|output| output.name == name).map(|output| output.node);
    let id = output.or_else(|| module.node_ids().find(named))?;
    Some(module.node(id).width)
}
