//! Tests of the checker. Each breaks one rule of a correct design in one way after another.

use super::{CheckError, check};
use crate::builder::{DesignBuilder, ModuleBuilder};
use crate::ir::*;

fn node(op: Op, width: u32, name: &str) -> Node {
    Node { op, width, name: (!name.is_empty()).then(|| name.to_owned()), note: None }
}

fn register(next: u32) -> Op {
    Op::Register { next: Some(NodeId(next)), enable: None, reset: None }
}

/// A correct design. Its nodes are 0 `a` and 1 `b` (4 bits each), 2 `flag`, 3 `sum` = a + b, 4 `held` and more. It has
/// a memory and a table of 6 words each, and an instance of the child `wire_4`.
fn design() -> Design {
    let child = Module {
        name: "wire_4".into(),
        nodes: vec![node(Op::Input, 4, "x"), node(register(0), 4, "x_held")],
        inputs: vec![NodeId(0)],
        outputs: vec![Output { name: "y".into(), node: NodeId(1), latency: Some(1) }],
        ..Module::default()
    };
    let write = WritePort { enable: NodeId(2), address: NodeId(5), data: NodeId(1) };
    let read = Op::Read { memory: MemoryId(0), address: Some(NodeId(5)), enable: Some(NodeId(2)) };
    let lookup = Op::Lookup { table: TableId(0), address: NodeId(5), enable: None };
    let parent = Module {
        name: "parent".into(),
        nodes: vec![
            node(Op::Input, 4, "a"),
            node(Op::Input, 4, "b"),
            node(Op::Input, 1, "flag"),
            node(Op::Binary(Binary::Add, NodeId(0), NodeId(1)), 4, "sum"),
            node(register(3), 4, "held"),
            node(Op::Slice { a: NodeId(4), low: 1 }, 3, ""),
            node(read, 4, "word"),
            node(lookup, 4, "entry"),
            node(Op::InstanceOutput { instance: InstanceId(0), port: 0 }, 4, "inner_y"),
        ],
        inputs: vec![NodeId(0), NodeId(1), NodeId(2)],
        outputs: vec![Output { name: "y".into(), node: NodeId(4), latency: None }],
        memories: vec![Memory { name: "bank".into(), width: 4, depth: 6, write: Some(write), never_collides: false }],
        tables: vec![Table { name: "values".into(), width: 4, entries: vec![1; 6], comments: vec![] }],
        instances: vec![Instance {
            name: "inner".into(),
            module: ModuleId(0),
            inputs: vec![Some(NodeId(1))],
            restart: None,
        }],
        ..Module::default()
    };
    Design { modules: vec![child, parent] }
}

fn error_of(break_it: impl FnOnce(&mut Module)) -> CheckError {
    let mut design = design();
    break_it(&mut design.modules[1]);
    check(design).expect_err("The checker accepted a broken design.")
}

#[track_caller]
fn assert_broken(rule: u32, path: &str, message: &str, break_it: impl FnOnce(&mut Module)) {
    let error = error_of(break_it);
    assert_eq!((error.rule, error.path.as_str(), error.message.as_str()), (rule, path, message));
}

#[test]
fn a_correct_design_passes() {
    let checked = check(design()).unwrap();
    assert_eq!(checked.modules, design().modules);
}

#[test]
fn a_built_design_passes() {
    let m = ModuleBuilder::new("counter");
    let count = m.register("count", 5).reset(0);
    count.drive(count.value().plus(1));
    m.output("value", count.value());
    let mut design = DesignBuilder::new();
    design.add(m);
    assert_eq!(design.finish().unwrap().top().name, "counter");
}

#[test]
fn the_error_reads_as_one_line() {
    let error = error_of(|m| m.nodes[3].op = Op::Not(NodeId(4)));
    assert_eq!(
        error.to_string(),
        "R1: parent.sum: It reads `held`, which is defined after it, without a register between."
    );
}

#[test]
fn r1_a_combinational_node_reads_only_earlier_nodes() {
    let message = "It reads `sum`, which is defined after it, without a register between.";
    assert_broken(1, "parent.sum", message, |m| m.nodes[3].op = Op::Not(NodeId(3)));
    let message = "It reads a node that does not exist.";
    assert_broken(1, "parent.held", message, |m| m.nodes[4].op = register(99));
    let message = "The write port reads a node that does not exist.";
    assert_broken(1, "parent.n99", message, |m| m.memories[0].write.as_mut().unwrap().data = NodeId(99));
    let message = "Input `x` reads a node that does not exist.";
    assert_broken(1, "parent.n99", message, |m| m.instances[0].inputs = vec![Some(NodeId(99))]);
}

#[test]
fn r2_widths_match() {
    assert_broken(2, "parent.sum", "Operand `a` has 4 bits, the result 5.", |m| m.nodes[3].width = 5);
    let product = Op::Binary(Binary::Mul, NodeId(0), NodeId(1));
    assert_broken(2, "parent.word", "The result has 9 bits, the operation gives 8.", |m| {
        m.nodes[6] = node(product, 9, "word");
    });
    assert_broken(2, "parent.flag_2", "4 bits are compared with 1.", |m| {
        m.nodes[5] = node(Op::Slice { a: NodeId(4), low: 1 }, 3, "");
        m.nodes.push(node(Op::Binary(Binary::Equal, NodeId(0), NodeId(2)), 1, "flag_2"));
    });
    assert_broken(2, "parent.n5", "Bits 4 to 2 are taken of 4.", |m| {
        m.nodes[5].op = Op::Slice { a: NodeId(4), low: 2 }
    });
    let low = u32::MAX;
    assert_broken(2, "parent.n5", "Bits 4294967297 to 4294967295 are taken of 4.", |m| {
        m.nodes[5].op = Op::Slice { a: NodeId(4), low };
    });
    assert_broken(2, "parent.n5", "4 bits cannot be extended to 3.", |m| m.nodes[5].op = Op::SignExtend(NodeId(4)));
    assert_broken(2, "parent.flag", "1 bits drive the 4 bits of `inner.x`.", |m| {
        m.instances[0].inputs = vec![Some(NodeId(2))];
    });
    assert_broken(2, "parent.flag", "Data of 1 bits are written to words of 4 bits.", |m| {
        m.memories[0].write.as_mut().unwrap().data = NodeId(2);
    });
}

#[test]
fn r3_registers_and_memories_are_driven() {
    let idle = Op::Register { next: None, enable: None, reset: None };
    assert_broken(3, "parent.held", "The register is never driven.", |m| m.nodes[4].op = idle);
    assert_broken(3, "parent.bank", "The memory has no write port.", |m| m.memories[0].write = None);
    let read = |memory, address| Op::Read { memory: MemoryId(memory), address, enable: None };
    assert_broken(3, "parent.word", "The read port has no address.", |m| m.nodes[6].op = read(0, None));
    let message = "It reads a memory that does not exist.";
    assert_broken(3, "parent.word", message, |m| m.nodes[6].op = read(1, Some(NodeId(5))));
    let lookup = Op::Lookup { table: TableId(1), address: NodeId(5), enable: None };
    assert_broken(3, "parent.entry", "It reads a table that does not exist.", |m| m.nodes[7].op = lookup);
}

#[test]
fn r4_widths_are_1_to_128() {
    let message = "A width of 0 bits is not supported; 1 to 128 are.";
    assert_broken(4, "parent.sum", message, |m| m.nodes[3].width = 0);
    let message = "A width of 129 bits is not supported; 1 to 128 are.";
    assert_broken(4, "parent.a", message, |m| m.nodes[0].width = 129);
    let message = "A memory word of 0 bits is not supported.";
    assert_broken(4, "parent.bank", message, |m| m.memories[0].width = 0);
    let message = "A table entry of 129 bits is not supported.";
    assert_broken(4, "parent.values", message, |m| m.tables[0].width = 129);
}

#[test]
fn r5_outputs_are_held_by_registers() {
    for id in [0, 3, 5, 99] {
        assert_broken(5, "parent.y", "The output is not held by a register.", |m| m.outputs[0].node = NodeId(id));
    }
}

#[test]
fn r6_names_are_unique_identifiers() {
    for name in ["", "2x", "a-b", "größe", "wire", "pullup", "priority", "aclk"] {
        let message = format!("`{name}` cannot be a Verilog identifier.");
        assert_broken(6, &format!("parent.{name}"), &message, |m| m.nodes[3].name = Some(name.into()));
    }
    assert_broken(6, "parent.bank", "The name `bank` is used twice.", |m| m.instances[0].name = "bank".into());
    assert_broken(6, "wire_4.module", "Two modules are called `wire_4`.", |m| m.name = "wire_4".into());
}

#[test]
fn r7_addresses_fit() {
    let message = "An address of 6 words has 3 bits, not 4.";
    assert_broken(7, "parent.a", message, |m| m.memories[0].write.as_mut().unwrap().address = NodeId(0));
    let read = Op::Read { memory: MemoryId(0), address: Some(NodeId(0)), enable: None };
    assert_broken(7, "parent.word", message, |m| m.nodes[6].op = read);
    let lookup = Op::Lookup { table: TableId(0), address: NodeId(0), enable: None };
    assert_broken(7, "parent.entry", message, |m| m.nodes[7].op = lookup);
    assert_broken(7, "parent.values", "The table is empty.", |m| m.tables[0].entries.clear());
    assert_broken(7, "parent.bank", "A memory of 0 words cannot be addressed.", |m| m.memories[0].depth = 0);
}

#[test]
fn r8_instances_and_ports_are_complete() {
    let message = "An instance can place only a module that stands before its own.";
    assert_broken(8, "parent.inner", message, |m| m.instances[0].module = ModuleId(1));
    assert_broken(8, "parent.inner", "Input `x` is not driven.", |m| m.instances[0].inputs = vec![None]);
    assert_broken(8, "parent.inner", "`wire_4` has 1 inputs, not 0.", |m| m.instances[0].inputs.clear());
    let output = Op::InstanceOutput { instance: InstanceId(0), port: 1 };
    let message = "It reads an instance output that does not exist.";
    assert_broken(8, "parent.inner_y", message, |m| m.nodes[8].op = output);
    assert_broken(8, "parent.flag", "The input is not in the port list.", |m| m.inputs.truncate(2));
    assert_broken(8, "parent.a", "The input stands twice in the port list.", |m| m.inputs.push(NodeId(0)));
    let message = "The port list names a node that is no input with a name.";
    assert_broken(8, "parent.sum", message, |m| m.inputs.push(NodeId(3)));
    assert_broken(8, "parent.n2", message, |m| m.nodes[2].name = None);
    assert_eq!(check(Design::default()).unwrap_err().to_string(), "R8: design: The design has no module.");
}

#[test]
fn r9_constants_fit() {
    assert_broken(9, "parent.sum", "16 does not fit 4 bits.", |m| m.nodes[3].op = Op::Constant(16));
    let reset = Op::Register { next: Some(NodeId(3)), enable: None, reset: Some(16) };
    assert_broken(9, "parent.held", "The reset value does not fit 4 bits.", |m| m.nodes[4].op = reset);
    assert_broken(9, "parent.values", "Entry 5 does not fit 4 bits.", |m| m.tables[0].entries[5] = 16);
}

#[test]
fn r10_control_is_one_bit() {
    let message = "`a` has 4 bits where 1 is needed.";
    let (a, b, wide) = (NodeId(0), NodeId(1), NodeId(0));
    let mux = Op::Mux { select: wide, on_true: a, on_false: b };
    assert_broken(10, "parent.sum", message, |m| m.nodes[3].op = mux);
    assert_broken(10, "parent.sum", message, |m| m.nodes[3].op = Op::AddSub { a, b, subtract: wide });
    let held = Op::Register { next: Some(NodeId(3)), enable: Some(wide), reset: None };
    assert_broken(10, "parent.held", message, |m| m.nodes[4].op = held);
    let read = Op::Read { memory: MemoryId(0), address: Some(NodeId(5)), enable: Some(wide) };
    assert_broken(10, "parent.word", message, |m| m.nodes[6].op = read);
    let lookup = Op::Lookup { table: TableId(0), address: NodeId(5), enable: Some(wide) };
    assert_broken(10, "parent.entry", message, |m| m.nodes[7].op = lookup);
    let message = "A write enable has 1 bit, not 4.";
    assert_broken(10, "parent.a", message, |m| m.memories[0].write.as_mut().unwrap().enable = wide);
}
