//! Tests of the diagrams with a small machine that has a pipeline, a memory and a loop.

use super::{dot, flow::Flow, svg};
use crate::builder::{DesignBuilder, ModuleBuilder};
use crate::check::Checked;
use crate::ir::Design;

fn machine() -> Checked<Design> {
    let mut design = DesignBuilder::new();
    let m = ModuleBuilder::new("unit");
    let (x, y) = (m.input("x", 16).at(0), m.input("y", 8).at(0));
    m.output("z", (x + y.sign_extend(16)).registered("sum"));
    let unit = design.add(m);

    let m = ModuleBuilder::new("machine");
    let (data, go) = (m.input("data", 16), m.input("go", 1));
    let count = m.register("count", 3).reset(0).enabled_by(go);
    count.drive(count.value().plus(1));
    let first = m.instance(&design, unit, "first");
    let second = m.instance(&design, unit, "second");
    let bank = m.memory("bank", 16, 8);
    let word = bank.read(count.value(), None, "word");
    first.drive("x", data);
    first.drive("y", second.output("z").low_bits(8));
    second.drive("x", first.output("z").registered("later").registered("still_later"));
    second.drive("y", word.low_bits(8));
    bank.write(go, count.value(), first.output("z"));
    m.output("result", second.output("z").registered("result_held"));
    design.add(m);
    design.finish().unwrap()
}

#[test]
fn dot_of_a_machine() {
    insta::assert_snapshot!(dot(&machine(), machine().top()));
}

#[test]
fn svg_of_a_machine() {
    insta::assert_snapshot!(svg(&machine(), machine().top()));
}

#[test]
fn a_module_without_instances_has_an_arrow_from_inputs_to_outputs() {
    let design = machine();
    let flow = Flow::of(&design, &design.modules[0]);
    assert_eq!(flow.arrows.len(), 1);
    assert_eq!(flow.arrows[0].label(), "16 bits, 1 register");
}

#[test]
fn an_arrow_through_a_loop_has_no_number_of_registers() {
    let design = machine();
    let flow = Flow::of(&design, design.top());
    let bank = flow.shapes.iter().position(|s| s.name == "bank").unwrap();
    let arrow = flow.arrows.iter().find(|a| a.from == 0 && a.to == bank).unwrap();
    assert_eq!(arrow.registers, None);
}
