//! `NAME.vhd`: a package with the core as a VHDL component, and with its sizes and formats as constants.

use super::verilog::provenance;
use super::{File, Header};
use crate::interface::{Port, STATUS_FIELDS, Section};
use crate::shape::Shape;
use std::fmt::Write;

/// The package `NAME_pkg` of a core with these ports. It is VHDL-93, which later versions of the language include.
///
/// Every constant begins with the name of the core. None can then have the name of a component, and the packages of
/// several cores can be used in one design unit.
pub fn vhdl(shape: &Shape, header: &Header, ports: &[Port]) -> File {
    let name = shape.name();
    let mut text = format!(
        "{opening}--\n\
         -- {name}_pkg\n\
         --   The core {name} as a component, and its sizes and formats. Use it in a design:\n\
         --       use work.{name}_pkg.all;\n\
         --   The core itself is Verilog, and the simulator or synthesis tool must read both languages.\n\n\
         library ieee;\nuse ieee.std_logic_1164.all;\n\npackage {name}_pkg is\n",
        opening = provenance("--", header)
    );
    for (heading, constants) in groups(shape) {
        let _ = writeln!(text, "\n  -- {heading}");
        let longest = constants.iter().map(|(constant, _)| constant.len()).max().unwrap_or(0);
        for (constant, value) in &constants {
            let _ = writeln!(text, "  constant {name}_{constant:longest$} : natural := {value};");
        }
    }
    let _ = writeln!(text, "\n  component {name} is\n    port (");
    let longest = ports.iter().map(|port| port.name.len()).max().unwrap_or(0);
    for (index, port) in ports.iter().enumerate() {
        let mode = if port.direction == "input" { "in " } else { "out" };
        let kind = match port.width {
            1 => "std_logic".to_owned(),
            width => format!("std_logic_vector({} downto 0)", width - 1),
        };
        let end = if index + 1 < ports.len() { ";" } else { "" };
        let _ = writeln!(text, "      {:longest$} : {mode} {kind}{end}", port.name);
    }
    text += &format!("    );\n  end component {name};\n\nend package {name}_pkg;\n");
    File { name: format!("{name}.vhd"), text }
}

/// The constants, in groups with a heading.
fn groups(shape: &Shape) -> Vec<(String, Vec<(String, u64)>)> {
    let interface = shape.interface();
    let element = interface.element();
    let count = |value: usize| value as u64;
    let named = |constants: &[(&str, u64)]| {
        constants.iter().map(|&(constant, value)| (constant.to_owned(), value)).collect::<Vec<_>>()
    };
    let sizes = [("rows", count(shape.rows())), ("cols", count(shape.cols())), ("rank", count(shape.rank()))];
    let input = [
        ("input_tdata_bits", interface.input_bits().into()),
        ("input_header_elements", count(interface.header().len())),
        ("input_elements", count(interface.input_elements())),
        ("input_element_bytes", interface.streams().input.element_bytes.into()),
        ("element_word", element.word.into()),
        ("element_frac", element.frac.into()),
    ];
    let output = [
        ("output_tdata_bits", u64::from(interface.output_bits())),
        ("output_element_bytes", interface.streams().output.element_bytes.into()),
    ];
    let mut groups = vec![
        ("The largest matrix, and how many singular values leave the core".to_owned(), named(&sizes)),
        (
            "Input frame: elements before the matrix, all elements, bytes, bits and fraction bits of one".to_owned(),
            named(&input),
        ),
        ("Output frame".to_owned(), named(&output)),
    ];
    let section = |section: &Section| {
        let part = |part: &str, value| (format!("{}_{part}", section.name), value);
        let constants = vec![
            part("tuser", section.tuser.into()),
            part("elements", count(section.count)),
            part("word", section.word.into()),
            part("frac", section.frac.into()),
        ];
        (format!("Section `{}`: its tuser, elements, bits and fraction bits", section.name), constants)
    };
    groups.extend(interface.sections().iter().map(section));
    let bits = STATUS_FIELDS.iter().flat_map(|field| match field.is_flag() {
        true => vec![(format!("{}_bit", field.name), field.bits[0].into())],
        false => vec![
            (format!("{}_high", field.name), field.bits[0].into()),
            (format!("{}_low", field.name), field.bits[1].into()),
        ],
    });
    groups.push(("Bits of the status word".to_owned(), bits.collect()));
    groups
}
