//! A module instance as a rust_hdl block.

use super::RustHdlError;
use super::arithmetic::combinational;
use super::vector::{Role, Vector};
use crate::check::Checked;
use crate::export::File;
use crate::ir::{Design, Module, Node, NodeId, Op, Output};
use rust_hdl::prelude::{Bit, BlackBox, Block, Clock, In, Logic, Probe, Signal, Verilog};
use std::sync::Arc;

/// A design as a rust_hdl block. The instances inside it are blocks of the same type.
///
/// A rust_hdl design that contains such a block drives `aclk`, `aresetn` and the inputs in its `update`, where it also
/// reads the outputs. In its `connect` it connects the signals that it drives. Run-time widths cannot appear in
/// `#[hdl_gen]` code, so such a design must implement `hdl` by hand. For SVD cores use
/// [`StreamBlock`](super::StreamBlock) instead.
pub struct DesignBlock {
    /// The clock. Registers take their values at its rising edge.
    pub aclk: Signal<In, Clock>,
    /// The synchronous reset, active low. Like every rust_hdl signal it is false until it is driven, so the reset is
    /// asserted at first.
    pub aresetn: Signal<In, Bit>,
    module: Arc<Module>,
    nodes: Vec<Vector>,
    outputs: Vec<Vector>,
    memories: Vec<Vec<u128>>,
    instances: Vec<DesignBlock>,
    /// The exported Verilog of the complete design, or nothing.
    text: String,
    /// Whether the last commit changed any signal in this block.
    changed: bool,
    /// Whether the last commit changed a signal that combinational nodes read.
    stale: bool,
}

impl DesignBlock {
    /// The block of a design. Its Verilog refers to the top module without containing its text.
    pub fn new(design: &Checked<Design>) -> Self {
        let modules: Vec<Arc<Module>> = design.modules.iter().cloned().map(Arc::new).collect();
        Self::place(&modules, modules.len() - 1)
    }

    /// Attaches the files of [`verilog`](crate::export::verilog::verilog), so that the Verilog that rust_hdl generates
    /// is complete. If a design has several instances, attach the files to only one of them.
    pub fn with_verilog(mut self, files: &[File]) -> Self {
        self.text = Self::text_of(files);
        self
    }

    /// The text of all modules among the files of an export.
    pub(super) fn text_of(files: &[File]) -> String {
        let modules = files.iter().filter(|file| file.name.ends_with(".v"));
        modules.map(|file| file.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    fn place(modules: &[Arc<Module>], index: usize) -> Self {
        let module = Arc::clone(&modules[index]);
        let vector = |node: &Node| match &node.op {
            Op::Input => Vector::new(Role::Input, node.width, 0),
            Op::Constant(bits) => Vector::new(Role::Local, node.width, *bits),
            Op::Register { .. } | Op::Read { .. } | Op::Lookup { .. } => Vector::new(Role::Held, node.width, 0),
            _ => Vector::new(Role::Local, node.width, 0),
        };
        let output = |output: &Output| Vector::new(Role::Output, module.node(output.node).width, 0);
        Self {
            aclk: Signal::default(),
            aresetn: Signal::default(),
            nodes: module.nodes.iter().map(vector).collect(),
            outputs: module.outputs.iter().map(output).collect(),
            // There is a word for every possible address, although the design uses only the first `depth` words.
            memories: module.memories.iter().map(|m| vec![0; m.depth.max(2).next_power_of_two() as usize]).collect(),
            instances: module.instances.iter().map(|i| Self::place(modules, i.module.index())).collect(),
            text: String::new(),
            changed: true,
            stale: true,
            module,
        }
    }

    /// Name of the module.
    pub fn name(&self) -> &str {
        &self.module.name
    }

    /// An input port, for reading.
    pub fn input(&self, name: &str) -> Result<&Vector, RustHdlError> {
        let port = self.module.input_named(name).ok_or_else(|| self.no_port("input", name))?;
        Ok(&self.nodes[self.module.inputs[port].index()])
    }

    /// An input port, for driving and connecting.
    pub fn input_mut(&mut self, name: &str) -> Result<&mut Vector, RustHdlError> {
        let port = self.module.input_named(name).ok_or_else(|| self.no_port("input", name))?;
        Ok(&mut self.nodes[self.module.inputs[port].index()])
    }

    /// An output port.
    pub fn output(&self, name: &str) -> Result<&Vector, RustHdlError> {
        let port = self.module.output_named(name).ok_or_else(|| self.no_port("output", name))?;
        Ok(&self.outputs[port])
    }

    /// Names of the input ports, in port order.
    pub fn input_names(&self) -> impl Iterator<Item = &str> {
        self.module.inputs.iter().map(|&id| self.module.node(id).name.as_deref().unwrap_or_default())
    }

    /// Names of the output ports, in port order.
    pub fn output_names(&self) -> impl Iterator<Item = &str> {
        self.module.outputs.iter().map(|output| output.name.as_str())
    }

    fn no_port(&self, direction: &'static str, port: &str) -> RustHdlError {
        let known: Vec<&str> =
            if direction == "input" { self.input_names().collect() } else { self.output_names().collect() };
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        RustHdlError::NoPort { module: self.name().to_owned(), direction, port: port.to_owned(), known }
    }

    fn value(&self, id: NodeId) -> u128 {
        self.nodes[id.index()].val()
    }

    fn is_one(&self, enable: Option<NodeId>) -> bool {
        enable.is_none_or(|id| self.value(id) == 1)
    }

    /// Drives the combinational nodes in the order of the arena, then the outputs and the inputs of instances.
    fn settle(&mut self, module: &Module) {
        for (index, node) in module.nodes.iter().enumerate() {
            let driven = match node.op {
                Op::InstanceOutput { instance, port } => Some(self.instances[instance.index()].outputs[port].val()),
                _ => combinational(node, &self.nodes),
            };
            if let Some(bits) = driven {
                self.nodes[index].drive(bits);
            }
        }
        for (output, vector) in module.outputs.iter().zip(&mut self.outputs) {
            vector.drive(self.nodes[output.node.index()].val());
        }
        for (placed, instance) in module.instances.iter().zip(&mut self.instances) {
            for (&driver, input) in placed.inputs.iter().zip(&instance.module.inputs) {
                let driver = driver.expect("The checker ensures that every input of an instance is driven.");
                instance.nodes[input.index()].drive(self.nodes[driver.index()].val());
            }
        }
    }

    /// Evaluates a rising edge: registers and read ports take their next values, and then memories are written.
    fn clock(&mut self, module: &Module) {
        for (index, node) in module.nodes.iter().enumerate() {
            let taken = match &node.op {
                Op::Register { reset: Some(bits), .. } if !self.aresetn.val() => Some(*bits),
                Op::Register { next: Some(next), enable, .. } => self.is_one(*enable).then(|| self.value(*next)),
                Op::Read { memory, address: Some(address), enable } => {
                    self.is_one(*enable).then(|| self.memories[memory.index()][self.value(*address) as usize])
                }
                Op::Lookup { table, address, enable } => self.is_one(*enable).then(|| {
                    let entries = &module.tables[table.index()].entries;
                    entries.get(self.value(*address) as usize).copied().unwrap_or(0)
                }),
                _ => None,
            };
            if let Some(bits) = taken {
                self.nodes[index].drive(bits);
            }
        }
        for (index, memory) in module.memories.iter().enumerate() {
            if let Some(port) = memory.write
                && self.value(port.enable) == 1
            {
                let (address, data) = (self.value(port.address) as usize, self.value(port.data));
                self.memories[index][address] = data;
            }
        }
    }
}

impl Logic for DesignBlock {
    fn update(&mut self) {
        let module = Arc::clone(&self.module);
        for (index, placed) in module.instances.iter().enumerate() {
            let restarts = placed.restart.is_some_and(|restart| self.value(restart) == 1);
            self.instances[index].aclk.next = self.aclk.val();
            self.instances[index].aresetn.next = self.aresetn.val() && !restarts;
        }
        if self.stale {
            self.settle(&module);
        }
        if self.aclk.pos_edge() {
            self.clock(&module);
        }
    }

    fn connect(&mut self) {
        let driven = self.nodes.iter_mut().chain(&mut self.outputs).filter(|vector| !vector.is_input());
        driven.for_each(Logic::connect);
        for instance in &mut self.instances {
            instance.aclk.connect();
            instance.aresetn.connect();
            for input in &instance.module.inputs {
                instance.nodes[input.index()].connect();
            }
        }
    }

    fn hdl(&self) -> Verilog {
        Verilog::Blackbox(BlackBox { name: self.name().to_owned(), code: self.text.clone() })
    }
}

impl Block for DesignBlock {
    fn connect_all(&mut self) {
        self.connect();
        self.instances.iter_mut().for_each(Block::connect_all);
    }

    fn update_all(&mut self) {
        self.update();
        self.aclk.update_all();
        self.aresetn.update_all();
        self.changed = self.aclk.has_changed() || self.aresetn.has_changed();
        self.stale = false;
        for vector in &mut self.nodes {
            vector.update_all();
            self.changed |= vector.has_changed();
            self.stale |= vector.has_changed() && vector.is_source();
        }
        for vector in &mut self.outputs {
            vector.update_all();
            self.changed |= vector.has_changed();
        }
        for instance in &mut self.instances {
            instance.update_all();
            self.changed |= instance.changed;
            self.stale |= instance.outputs.iter().any(Block::has_changed);
        }
    }

    fn has_changed(&self) -> bool {
        self.changed
    }

    fn accept(&self, name: &str, probe: &mut dyn Probe) {
        probe.visit_start_scope(name, self);
        self.aclk.accept("aclk", probe);
        self.aresetn.accept("aresetn", probe);
        for (id, vector) in self.module.node_ids().zip(&self.nodes) {
            match &self.module.node(id).name {
                Some(name) => vector.accept(name, probe),
                None => vector.accept(&id.to_string(), probe),
            }
        }
        for (output, vector) in self.module.outputs.iter().zip(&self.outputs) {
            vector.accept(&output.name, probe);
        }
        for (placed, instance) in self.module.instances.iter().zip(&self.instances) {
            instance.accept(&placed.name, probe);
        }
        probe.visit_end_scope(name, self);
    }
}
