//! Diagrams in the language of Graphviz (DOT).

use super::flow::{Flow, Kind};

pub(super) fn text(flow: &Flow) -> String {
    let mut text = format!("digraph \"{}\" {{\n    rankdir=LR;\n    node [fontname=\"sans-serif\"];\n", flow.title);
    text += "    edge [fontname=\"sans-serif\", fontsize=10];\n";
    for (index, shape) in flow.shapes.iter().enumerate() {
        let look = match shape.kind {
            Kind::Inputs | Kind::Outputs => "shape=plaintext",
            Kind::Instance => "shape=box",
            Kind::Memory => "shape=cylinder",
        };
        let label = match shape.detail.as_str() {
            "" => shape.name.clone(),
            detail => format!("{}\\n{detail}", shape.name),
        };
        text += &format!("    b{index} [label=\"{label}\", {look}];\n");
    }
    for arrow in &flow.arrows {
        text += &format!("    b{} -> b{} [label=\"{}\"];\n", arrow.from, arrow.to, arrow.label());
    }
    text + "}\n"
}
