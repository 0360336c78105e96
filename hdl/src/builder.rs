//! Builders of designs. A module builder holds a module under construction, and Rust operators on its signals add
//! nodes.
//!
//! Misuse of a builder, such as operands of different widths, is a bug in the generator and not a mistake of its user.
//! It panics with a message.

mod guard;
mod ports;
mod signal;
mod simplify;

pub use guard::{FAULT, Parity, odd, odd_of_next};
pub use ports::{Instance, Memory, Register, Table};
pub use signal::Signal;

use crate::check::{CheckError, Checked, check};
use crate::ir::{self, Design, Module, ModuleId, Node, NodeId, Op, Output};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// A design under construction. It holds finished modules, children before their parents.
#[derive(Default)]
pub struct DesignBuilder {
    design: Design,
}

impl DesignBuilder {
    /// An empty design.
    pub fn new() -> Self {
        Self::default()
    }

    /// Simplifies a finished module, adds it, and returns its id.
    ///
    /// If the design already has an identical module, that one is returned. If it has a different module of the same
    /// name, a number is appended to the name of the new one.
    pub fn add(&mut self, module: ModuleBuilder) -> ModuleId {
        let mut module = module.module.into_inner();
        simplify::simplify(&mut module);
        let base = module.name.clone();
        for number in 2.. {
            if let Some(found) = self.design.modules.iter().position(|m| m.name == module.name) {
                if self.design.modules[found] == module {
                    return ModuleId(found as u32);
                }
                module.name = format!("{base}_{number}");
            } else {
                break;
            }
        }
        self.design.modules.push(module);
        ModuleId(self.design.modules.len() as u32 - 1)
    }

    /// A module that was added before.
    pub fn module(&self, id: ModuleId) -> &Module {
        self.design.module(id)
    }

    /// Checks the design, whose top is the module added last.
    ///
    /// # Errors
    ///
    /// A [`CheckError`] for the first rule of [`crate::check`] that the design breaks.
    pub fn finish(self) -> Result<Checked<Design>, CheckError> {
        check(self.design)
    }
}

/// A module under construction.
pub struct ModuleBuilder {
    module: RefCell<Module>,
    /// Registers that delay a signal, by their source and the number of cycles.
    pub(crate) delays: RefCell<BTreeMap<(NodeId, u32), NodeId>>,
    /// Flags: signals whose delay registers are 0 during reset.
    pub(crate) flags: RefCell<BTreeSet<NodeId>>,
    /// Registers that are no part of the parity of the module, see [`DesignBuilder::add_guarded`].
    pub(crate) guarded: RefCell<BTreeSet<NodeId>>,
    /// Signals that tell of a fault beside the parity.
    pub(crate) faults: RefCell<Vec<NodeId>>,
    /// Names of signals without the prefix for their pipeline stage.
    pub(crate) base_names: RefCell<BTreeMap<NodeId, String>>,
}

impl ModuleBuilder {
    /// An empty module.
    pub fn new(name: impl Into<String>) -> Self {
        let module = Module { name: name.into(), ..Module::default() };
        Self {
            module: RefCell::new(module),
            delays: RefCell::default(),
            flags: RefCell::default(),
            guarded: RefCell::default(),
            faults: RefCell::default(),
            base_names: RefCell::default(),
        }
    }

    /// Appends lines to the header comment of the module.
    pub fn doc(&self, text: impl AsRef<str>) {
        self.module.borrow_mut().doc.extend(text.as_ref().lines().map(str::to_owned));
    }

    /// An input port.
    pub fn input(&self, name: &str, width: u32) -> Signal<'_> {
        let signal = self.push(Op::Input, width, None);
        self.module.borrow_mut().inputs.push(signal.id);
        self.module.borrow_mut().nodes[signal.id.index()].name = Some(name.to_owned());
        self.base_names.borrow_mut().insert(signal.id, name.to_owned());
        signal
    }

    /// An output port. `signal` must be held by a register. In a pipeline that starts at stage 0, its stage is the
    /// latency of the output.
    #[track_caller]
    pub fn output(&self, name: &str, signal: Signal<'_>) {
        let latency = signal.stage;
        self.module.borrow_mut().outputs.push(Output { name: name.to_owned(), node: signal.id, latency });
    }

    /// Joins ports of the top module to a wider one in the export, with the first part in the low bits. A port that is
    /// its own only part stays as it is.
    pub fn wide_port(&self, name: &str, parts: Vec<String>) {
        if parts != [name] {
            self.module.borrow_mut().wide_ports.push(ir::WidePort { name: name.to_owned(), parts });
        }
    }

    /// A two's complement constant.
    ///
    /// # Panics
    ///
    /// If `value` fits `width` bits neither as a signed nor as an unsigned number.
    #[track_caller]
    pub fn constant(&self, width: u32, value: i128) -> Signal<'_> {
        let bits = ir::bits_of(value, width);
        let fits = ir::signed_value(bits, width) == value || bits == value as u128;
        assert!(fits, "The constant {value} does not fit {width} bits.");
        self.push(Op::Constant(bits), width, None)
    }

    /// `width` zeros.
    pub fn zero(&self, width: u32) -> Signal<'_> {
        self.constant(width, 0)
    }

    /// A constant of one bit.
    pub fn one_bit(&self, value: bool) -> Signal<'_> {
        self.constant(1, value.into())
    }

    /// The concatenation of signals, with the first one in the high bits.
    pub fn concat<'m>(&'m self, parts: &[Signal<'m>]) -> Signal<'m> {
        let parts = self.balance(parts);
        let width = parts.iter().map(|p| p.width).sum();
        let stage = parts.iter().find_map(|p| p.stage);
        self.push(Op::Concat(parts.iter().map(|p| p.id).collect()), width, stage)
    }

    /// A register that is driven later. It serves for feedback, as in counters, states and flags.
    pub fn register(&self, name: &str, width: u32) -> Register<'_> {
        let op = Op::Register { next: None, enable: None, reset: None };
        Register { signal: self.push(op, width, None).named(name) }
    }

    /// A memory of `depth` words of `width` bits with one write port. Its contents are unknown until they are written.
    pub fn memory(&self, name: &str, width: u32, depth: u32) -> Memory<'_> {
        let mut module = self.module.borrow_mut();
        module.memories.push(ir::Memory { name: name.to_owned(), width, depth, write: None, never_collides: false });
        Memory { builder: self, id: ir::MemoryId(module.memories.len() as u32 - 1), width, depth }
    }

    /// A constant table with entries of `width` bits. `comments` has one line per entry, or is empty.
    pub fn table(&self, name: &str, width: u32, entries: Vec<u128>, comments: Vec<String>) -> Table<'_> {
        let mut module = self.module.borrow_mut();
        let depth = entries.len() as u32;
        module.tables.push(ir::Table { name: name.to_owned(), width, entries, comments });
        Table { builder: self, id: ir::TableId(module.tables.len() as u32 - 1), width, depth }
    }

    /// An instance of another module inside this one. Its inputs are driven later.
    pub fn instance<'m>(&'m self, design: &DesignBuilder, module: ModuleId, name: &str) -> Instance<'m> {
        Instance::new(self, design.module(module), module, name)
    }

    pub(crate) fn push(&self, op: Op, width: u32, stage: Option<u32>) -> Signal<'_> {
        let mut module = self.module.borrow_mut();
        module.nodes.push(Node { op, width, name: None, note: None });
        Signal { builder: self, id: NodeId(module.nodes.len() as u32 - 1), width, stage }
    }

    fn edit_node(&self, id: NodeId, edit: impl FnOnce(&mut Node)) {
        edit(&mut self.module.borrow_mut().nodes[id.index()]);
    }

    /// The name `wanted`, with a number appended if that name is taken.
    fn free_name(&self, wanted: &str) -> String {
        let module = self.module.borrow();
        let taken = |name: &str| module.nodes.iter().any(|n| n.name.as_deref() == Some(name));
        if !taken(wanted) {
            return wanted.to_owned();
        }
        (2..).map(|k| format!("{wanted}_{k}")).find(|name| !taken(name)).expect("There are infinitely many numbers.")
    }
}
