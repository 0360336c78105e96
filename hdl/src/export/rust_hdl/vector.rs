//! A rust_hdl signal whose width is a run-time value.

use crate::ir::mask;
use rust_hdl::core::signal::get_signal_id;
use rust_hdl::prelude::{
    Atom, AtomKind, Block, Logic, PinConstraint, Probe, TypeDescriptor, TypeKind, VCDValue, VerilogLiteral,
};

/// The role of a vector in its block. As with rust_hdl's `Signal`, it decides whether readers see the committed value
/// or the driven one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// An input port. Readers see the committed value.
    Input,
    /// An output port. Readers see the driven value.
    Output,
    /// A combinational node. Readers see the driven value.
    Local,
    /// A register. Readers see the committed value, so the value taken at an edge appears in the next iteration.
    Held,
}

/// A signal of 1 to 128 bits. It is the run-time counterpart of rust_hdl's `Signal<D, Bits<N>>`.
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
        // Constants have their value from the start. All other vectors are 0 at power-up.
        Self { role, width, next: value, committed: value, changed: false, connected: false, id: get_signal_id() }
    }

    pub(super) fn is_input(&self) -> bool {
        self.role == Role::Input
    }

    /// Whether combinational nodes depend on its committed value.
    pub(super) fn is_source(&self) -> bool {
        matches!(self.role, Role::Input | Role::Held)
    }

    /// Width in bits.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// The value as rust_hdl's `val()` returns it: the committed value of inputs and registers, and the driven value of
    /// the others.
    pub fn val(&self) -> u128 {
        match self.role {
            Role::Input | Role::Held => self.committed,
            Role::Output | Role::Local => self.next,
        }
    }

    /// Drives the vector with the lowest bits of a pattern, like an assignment to rust_hdl's `next`.
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
