//! Registers with feedback, memories, tables and instances: parts of a module that are created first and driven later.

use super::{ModuleBuilder, Signal};
use crate::ir::{self, InstanceId, MemoryId, Module, ModuleId, Op, TableId, WritePort, address_width};

/// A register that is driven later.
#[derive(Clone, Copy)]
pub struct Register<'m> {
    pub(super) signal: Signal<'m>,
}

impl<'m> Register<'m> {
    /// Gives the register a reset value, which it takes at each clock edge while `aresetn` is 0.
    pub fn reset(self, value: i128) -> Self {
        let bits = ir::bits_of(value, self.signal.width);
        self.edit(|_, _, reset| *reset = Some(bits));
        self
    }

    /// Gives the register an enable: it keeps its value while `condition` is 0.
    pub fn enabled_by(self, condition: Signal<'m>) -> Self {
        self.edit(|_, enable, _| *enable = Some(condition.id));
        self
    }

    /// Excepts the register from the parity of its module, since its flips are corrected or do not matter.
    pub fn unguarded(self) -> Self {
        self.signal.builder.guarded.borrow_mut().insert(self.signal.id);
        self
    }

    /// The value that the register holds.
    pub fn value(self) -> Signal<'m> {
        self.signal
    }

    /// Drives the register: it takes this value at the end of each cycle.
    ///
    /// # Panics
    ///
    /// If the register is already driven, or if the widths differ.
    #[track_caller]
    pub fn drive(self, value: Signal<'m>) {
        self.signal.same_width(value);
        self.edit(|next, _, _| {
            assert!(next.is_none(), "A register is driven twice.");
            *next = Some(value.id);
        });
    }

    fn edit(self, edit: impl FnOnce(&mut Option<ir::NodeId>, &mut Option<ir::NodeId>, &mut Option<u128>)) {
        self.signal.builder.edit_node(self.signal.id, |node| {
            if let Op::Register { next, enable, reset } = &mut node.op {
                edit(next, enable, reset);
            }
        });
    }
}

/// A memory with one write port and any number of synchronous read ports.
#[derive(Clone, Copy)]
pub struct Memory<'m> {
    pub(super) builder: &'m ModuleBuilder,
    pub(super) id: MemoryId,
    pub(super) width: u32,
    pub(super) depth: u32,
}

impl<'m> Memory<'m> {
    /// Bits of an address.
    pub fn address_width(self) -> u32 {
        address_width(self.depth)
    }

    /// Promises that a word that is read in the cycle in which it is written is never used, see
    /// [`ir::Memory::never_collides`].
    pub fn never_collides(self) -> Self {
        self.builder.module.borrow_mut().memories[self.id.index()].never_collides = true;
        self
    }

    /// Connects the write port.
    ///
    /// # Panics
    ///
    /// If the memory already has a write port.
    #[track_caller]
    pub fn write(self, enable: Signal<'m>, address: Signal<'m>, data: Signal<'m>) {
        let port = WritePort { enable: enable.id, address: address.id, data: data.id };
        let before = self.builder.module.borrow_mut().memories[self.id.index()].write.replace(port);
        assert!(before.is_none(), "A memory has one write port.");
    }

    /// Adds a read port, which returns the word one cycle after its address. With `enable`, the previous word is held
    /// while `enable` is 0.
    pub fn read(self, address: Signal<'m>, enable: Option<Signal<'m>>, name: &str) -> Signal<'m> {
        let op = Op::Read { memory: self.id, address: Some(address.id), enable: enable.map(|e| e.id) };
        self.builder.push(op, self.width, address.stage.map(|s| s + 1)).named(name)
    }
}

impl<'m> Signal<'m> {
    /// Gives a read port that was added without an enable its enable, which may depend on what it has read.
    pub fn read_enabled_by(self, enable: Signal<'m>) {
        self.builder.edit_node(self.id, |node| {
            if let Op::Read { enable: own, .. } = &mut node.op {
                *own = Some(enable.id);
            }
        });
    }
}

/// A constant table.
#[derive(Clone, Copy)]
pub struct Table<'m> {
    pub(super) builder: &'m ModuleBuilder,
    pub(super) id: TableId,
    pub(super) width: u32,
    pub(super) depth: u32,
}

impl<'m> Table<'m> {
    /// Bits of an address.
    pub fn address_width(self) -> u32 {
        address_width(self.depth)
    }

    /// Looks up an entry, which is returned one cycle after its address. With `enable`, the previous entry is held
    /// while `enable` is 0.
    pub fn lookup(self, address: Signal<'m>, enable: Option<Signal<'m>>, name: &str) -> Signal<'m> {
        let op = Op::Lookup { table: self.id, address: address.id, enable: enable.map(|e| e.id) };
        self.builder.push(op, self.width, address.stage.map(|s| s + 1)).named(name)
    }
}

/// An instance of a module inside another module.
pub struct Instance<'m> {
    builder: &'m ModuleBuilder,
    id: InstanceId,
    name: String,
    inputs: Vec<String>,
    outputs: Vec<(String, u32, Option<u32>)>,
    pub(crate) stage: Option<u32>,
}

impl<'m> Instance<'m> {
    pub(super) fn new(builder: &'m ModuleBuilder, module: &Module, id: ModuleId, name: &str) -> Self {
        let port_name = |&node| module.node(node).name.clone().unwrap_or_default();
        let mut own = builder.module.borrow_mut();
        let inputs = vec![None; module.inputs.len()];
        own.instances.push(ir::Instance { name: name.to_owned(), module: id, inputs, restart: None });
        Self {
            builder,
            id: InstanceId(own.instances.len() as u32 - 1),
            name: name.to_owned(),
            inputs: module.inputs.iter().map(port_name).collect(),
            outputs: module.outputs.iter().map(|o| (o.name.clone(), module.node(o.node).width, o.latency)).collect(),
            stage: None,
        }
    }

    /// Connects an input, whatever the stage of the signal.
    ///
    /// # Panics
    ///
    /// If there is no such input, or if it is already driven.
    #[track_caller]
    pub fn drive(&self, port: &str, signal: Signal<'m>) {
        let index = self.inputs.iter().position(|name| name == port);
        let index = index.unwrap_or_else(|| panic!("`{}` has no input `{port}`; it has {:?}.", self.name, self.inputs));
        let driver = &mut self.builder.module.borrow_mut().instances[self.id.index()].inputs[index];
        assert!(driver.is_none(), "Input `{port}` of `{}` is driven twice.", self.name);
        *driver = Some(signal.id);
    }

    /// Puts the instance into reset while `restart`, which is held by a register, is 1.
    pub fn restarted_by(&self, restart: Signal<'m>) {
        self.builder.module.borrow_mut().instances[self.id.index()].restart = Some(restart.id);
    }

    /// Connects outputs of this instance to inputs of another one. `ports` are pairs (output, input).
    #[track_caller]
    pub fn connect(&self, to: &Self, ports: &[(&str, &str)]) {
        for (output, input) in ports {
            to.drive(input, self.output(output));
        }
    }

    /// An output of the instance. If the instance was added by [`ModuleBuilder::place`], its stage follows from its
    /// declared latency.
    ///
    /// # Panics
    ///
    /// If there is no such output.
    #[track_caller]
    pub fn output(&self, port: &str) -> Signal<'m> {
        let index = self.outputs.iter().position(|(name, ..)| name == port);
        let index =
            index.unwrap_or_else(|| panic!("`{}` has no output `{port}`; it has {:?}.", self.name, self.outputs));
        let (name, width, latency) = &self.outputs[index];
        let stage = self.stage.zip(*latency).map(|(start, latency)| start + latency);
        let op = Op::InstanceOutput { instance: self.id, port: index };
        self.builder.push(op, *width, stage).named(&format!("{}_{name}", self.name))
    }
}
