//! A rust_hdl signal whose width is a value of the run time.

use crate::ir::mask;
use rust_hdl::core::signal::get_signal_id;
use rust_hdl::prelude::{
    Atom, AtomKind, Block, Logic, PinConstraint, Probe, TypeDescriptor, TypeKind, VCDValue, VerilogLiteral,
};

/// What a vector is in its block. As with rust_hdl's `Signal`, it decides which of the two values a reader sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// An input port: readers see the committed value.
    Input,
    /// An output port: readers see what is driven.
    Output,
    /// A combinational node: readers see what is driven.
    Local,
    /// A register: readers see the committed value, so that an edge's new values appear in the iteration after it.
    Held,
}

/// A bit vector of 1 to 128 bits: the run-time counterpart of rust_hdl's `Signal<D, Bits<N>>`.
#[derive(Debug)]
pub struct Vector {
    role: Role,
    width: u32,
    next: u128,
    committed: u128,
    changed: bool,
    connected: bool,
    id: usize,
}

impl Vector {
    pub(super) fn new(role: Role, width: u32, value: u128) -> Self {
        // A constant is driven from the start; all else is 0 at power-up.
        Self { role, width, next: value, committed: value, changed: false, connected: false, id: get_signal_id() }
    }

    pub(super) fn is_input(&self) -> bool {
        self.role == Role::Input
    }

    /// Whether its committed value is what combinational nodes start from.
    pub(super) fn is_source(&self) -> bool {
        matches!(self.role, Role::Input | Role::Held)
    }

    /// Bits.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// The bits, as rust_hdl's `val()` gives them: at an input what was committed, at an output what is driven.
    pub fn val(&self) -> u128 {
        match self.role {
            Role::Input | Role::Held => self.committed,
            Role::Output | Role::Local => self.next,
        }
    }

    /// Sets the bits to be committed, as an assignment to rust_hdl's `next` does. The vector takes the lowest ones.
    pub fn drive(&mut self, bits: u128) {
        self.next = bits & mask(self.width);
    }
}

impl Atom for Vector {
    fn bits(&self) -> usize {
        self.width as usize
    }

    fn connected(&self) -> bool {
        self.connected
    }

    fn changed(&self) -> bool {
        self.changed
    }

    fn kind(&self) -> AtomKind {
        match self.role {
            Role::Input => AtomKind::InputParameter,
            Role::Output => AtomKind::OutputParameter,
            Role::Local | Role::Held => AtomKind::LocalSignal,
        }
    }

    fn descriptor(&self) -> TypeDescriptor {
        TypeDescriptor { name: format!("Bits::<{}>", self.width), kind: TypeKind::Bits(self.width as usize) }
    }

    fn vcd(&self) -> VCDValue {
        let bit = |index: u32| match VCDValue::from(self.committed >> index & 1 == 1) {
            VCDValue::Single(value) => value,
            other => unreachable!("rust_hdl writes one bit as {other:?}."),
        };
        VCDValue::Vector((0..self.width).rev().map(bit).collect())
    }

    fn id(&self) -> usize {
        self.id
    }

    fn verilog(&self) -> VerilogLiteral {
        self.committed.into()
    }

    fn constraints(&self) -> Vec<PinConstraint> {
        Vec::new()
    }
}

impl Logic for Vector {
    fn update(&mut self) {}

    fn connect(&mut self) {
        self.connected = true;
    }
}

impl Block for Vector {
    fn connect_all(&mut self) {}

    fn update_all(&mut self) {
        self.changed = self.committed != self.next;
        self.committed = self.next;
    }

    fn has_changed(&self) -> bool {
        self.changed
    }

    fn accept(&self, name: &str, probe: &mut dyn Probe) {
        probe.visit_atom(name, self);
    }
}
