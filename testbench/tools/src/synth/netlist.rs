//! The netlist of a core after synthesis, with models of its cells, so that it can be simulated.
//!
//! The models are those that Yosys brings along. Where it has none, for block RAM and for multipliers of ECP5, they are
//! our own ([`super::cells`]).

use super::error::SynthError;
use super::target::{Purpose, Target};
use super::tool::{Found, YOSYS};
use super::yosys::{self, Sources};
use super::{cells, write_core};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use svdforge_hdl::core::Core;
use svdforge_hdl::export::File;

/// What flip-flops hold before the first reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerUp {
    /// Unknown bits.
    Unknown,
    /// Random bits. In a generic netlist they are unknown, too.
    Random,
}

/// Synthesises a core for a target, flattened, and returns the Verilog to simulate: the netlist, whose top has the
/// name and the ports of the core, and the models of its cells.
///
/// # Errors
///
/// Yosys is missing or fails, its models are not found, or the target is one whose models have no function (Gowin).
pub fn netlist(core: &Core, target: Target, power_up: PowerUp) -> Result<Vec<File>, SynthError> {
    if target == Target::GowinGw2a {
        return Err(SynthError::NoModels { target, reason: "Yosys has no function for its multipliers".to_owned() });
    }
    let yosys = YOSYS.find()?;
    let folder = tempfile::tempdir()?;
    let files = write_core(folder.path(), core)?;
    let top = core.design().top().name.clone();
    yosys::run(&yosys, folder.path(), &Sources { files, top: top.clone(), purpose: Purpose::Simulation }, target)?;
    let netlist = std::fs::read_to_string(folder.path().join(yosys::SIMULATED))?;
    let (modelled, blocks) = cells::blocks(target);
    let models = of_yosys(&yosys, target)?.map(|of_yosys| used(&of_yosys, &netlist, modelled));
    let mut files = vec![File { name: format!("{top}.v"), text: netlist }];
    if let Some(text) = models {
        // Icarus has no default values of ports.
        let text = format!("`define NO_ICE40_DEFAULT_ASSIGNMENTS\n{}", powered_up(&text, target, power_up)?);
        files.push(File { name: "cells.v".to_owned(), text });
    }
    if !blocks.is_empty() {
        files.push(File { name: "blocks.v".to_owned(), text: blocks });
    }
    Ok(files)
}

/// The models that Yosys has of a target's cells; `None` if the netlist has no cells.
fn of_yosys(yosys: &Found, target: Target) -> Result<Option<String>, SynthError> {
    let family = match target {
        Target::Ecp5_25k | Target::Ecp5_45k | Target::Ecp5_85k => "ecp5",
        Target::Ice40Up5k | Target::Ice40Hx8k => "ice40",
        Target::Xc7 => "xilinx",
        Target::GowinGw2a | Target::Generic => return Ok(None),
    };
    let places = yosys.data_folders();
    let found = places.iter().map(|place| place.join(family)).find(|place| place.join("cells_sim.v").is_file());
    let folder = found.ok_or_else(|| {
        let places: Vec<String> = places.iter().map(|place| place.join(family).display().to_string()).collect();
        let reason = format!("there is no cells_sim.v of Yosys in {}", places.join(" or "));
        SynthError::NoModels { target, reason }
    })?;
    Ok(Some(with_includes(&folder.join("cells_sim.v"), &mut Vec::new())?))
}

/// The text of a file with the files that it includes in place, each of them once.
fn with_includes(file: &Path, seen: &mut Vec<PathBuf>) -> std::io::Result<String> {
    let mut text = String::new();
    for line in std::fs::read_to_string(file)?.lines() {
        match line.trim().strip_prefix("`include \"").and_then(|rest| rest.strip_suffix('"')) {
            None => text += line,
            Some(name) => {
                let path = file.with_file_name(name);
                if !seen.contains(&path) {
                    seen.push(path.clone());
                    text += &with_includes(&path, seen)?;
                }
            }
        }
        text.push('\n');
    }
    Ok(text)
}

/// Of the text of models, the modules that a netlist uses, without those that are `modelled` elsewhere. Left out are
/// their delays as well, which Icarus cannot read. Of what stands between modules, only directives are kept.
fn used(models: &str, netlist: &str, modelled: &[&str]) -> String {
    let is_in_name = |c: char| c.is_alphanumeric() || c == '_';
    let words = |text: &str| text.split(|c| !is_in_name(c)).map(str::to_owned).collect::<BTreeSet<String>>();
    // The name of each module with its text; a directive has no name.
    let mut parts: Vec<(Option<String>, String)> = Vec::new();
    let (mut inside, mut delays) = (false, false);
    for line in models.lines() {
        let of_line: Vec<&str> = line.split(|c| !is_in_name(c)).filter(|word| !word.is_empty()).collect();
        if of_line.first() == Some(&"module") {
            parts.push((of_line.get(1).map(|name| (*name).to_owned()), String::new()));
            inside = true;
        } else if !inside && line.trim_start().starts_with('`') {
            parts.push((None, format!("{line}\n")));
        }
        delays |= of_line.first() == Some(&"specify");
        if let Some((_, text)) = parts.last_mut().filter(|_| inside && !delays) {
            *text += line;
            text.push('\n');
        }
        delays &= !of_line.contains(&"endspecify");
        inside &= !of_line.contains(&"endmodule");
    }
    let mut wanted = words(netlist);
    let mut kept: BTreeSet<&str> = BTreeSet::new();
    loop {
        let is_new = |name: &str| wanted.contains(name) && !kept.contains(name) && !modelled.contains(&name);
        let new: Vec<(&str, &str)> = parts
            .iter()
            .filter_map(|(name, text)| Some((name.as_deref()?, text.as_str())))
            .filter(|(name, _)| is_new(name))
            .collect();
        if new.is_empty() {
            break;
        }
        for (name, text) in new {
            kept.insert(name);
            wanted.extend(words(text));
        }
    }
    let is_kept = |name: &Option<String>| name.as_deref().is_none_or(|name| kept.contains(name));
    parts.iter().filter(|(name, _)| is_kept(name)).map(|(_, text)| text.as_str()).collect()
}

/// The models with other first contents of flip-flops.
fn powered_up(models: &str, target: Target, power_up: PowerUp) -> Result<String, SynthError> {
    let (start, register) = match target {
        Target::Ice40Up5k | Target::Ice40Hx8k => ("`define SB_DFF_INIT initial Q = 0;", "`define SB_DFF_INIT "),
        Target::Xc7 => ("initial Q <= INIT;", ""),
        _ => ("initial Q = srval;", ""),
    };
    if !models.contains(start) {
        let reason = format!("the models of this Yosys have no `{start}`");
        return Err(SynthError::NoModels { target, reason });
    }
    let first = match power_up {
        PowerUp::Unknown => register.to_owned(),
        PowerUp::Random => format!("{register}initial Q = $random;"),
    };
    Ok(models.replace(start, &first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_those_that_the_netlist_uses() {
        let models = "`ifdef X\nmodule A(input x);\n  specify\n    (x => y) = 1;\n  endspecify\n  B b (x);\nendmodule\n(* blackbox *)\n\
                      module AB (x);\nendmodule\nmodule B (x); endmodule\nmodule C (x);\nendmodule\n`endif\n";
        let netlist = "module top;\n  A a (y);\n  C c (y);\nendmodule\n";
        let found = used(models, netlist, &["C"]);
        let expected = "`ifdef X\nmodule A(input x);\n  B b (x);\nendmodule\nmodule B (x); endmodule\n`endif\n";
        assert_eq!(found, expected);
    }

    #[test]
    fn models_that_start_otherwise_are_an_error() {
        let models = "module F;\ninitial Q = srval;\nendmodule\n";
        let unknown = powered_up(models, Target::Ecp5_25k, PowerUp::Unknown).unwrap();
        assert_eq!(unknown, "module F;\n\nendmodule\n");
        assert!(powered_up(models, Target::Xc7, PowerUp::Unknown).is_err());
    }
}
