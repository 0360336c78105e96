//! Parity of the control registers: a flipped bit is noticed in the cycle in which it is flipped.
//!
//! The control registers of a module are those with a reset value: they decide what happens next, and a wrong one could
//! last. Registers without a reset hold data, which the next frame overwrites. Every few control registers share one
//! more bit, which takes the odd parity of their next values whenever they take them. As long as no bit is flipped, the
//! parity of all of them together is odd.

use super::{DesignBuilder, ModuleBuilder, Register, Signal, simplify};
use crate::ir::{Module, ModuleId, NodeId, Op};

/// The name of the output that says that a bit was flipped.
pub const FAULT: &str = "fault";

/// Bits of control registers that share a parity bit. With more of them, the parity of the next values takes longer.
const BITS: u32 = 8;

impl DesignBuilder {
    /// Adds a module whose control registers are guarded: its output `fault` is 1 in the cycle after a bit of them was
    /// flipped. Those that have a [`Parity`] of their own are left out, and so are those that [`Register::unguarded`]
    /// excepts. Signals that [`Signal::is_fault`] names count as well.
    pub fn add_guarded(&mut self, m: ModuleBuilder) -> ModuleId {
        // Registers that are the same must not cancel out in a parity.
        simplify::simplify(&mut m.module.borrow_mut());
        let live = live(&m.module.borrow());
        let is_control = |id: &NodeId| {
            matches!(m.module.borrow().node(*id).op, Op::Register { next: Some(_), reset: Some(_), .. })
                && live[id.index()]
                && !m.guarded.borrow().contains(id)
        };
        let ids: Vec<NodeId> = m.module.borrow().node_ids().filter(is_control).collect();
        let faults = chunks(&m, &ids).into_iter().map(|chunk| {
            let parity = Parity::of(&m, chunk);
            let fault = parity.fault();
            parity.close();
            fault
        });
        let given = m.faults.borrow().iter().map(|&id| signal(&m, id)).collect::<Vec<_>>();
        let fault = faults.collect::<Vec<_>>().into_iter().chain(given).reduce(|any, fault| any | fault);
        let fault = fault.unwrap_or_else(|| m.one_bit(false));
        m.output(FAULT, fault.flag().registered("fault_out"));
        self.add(m)
    }
}

/// Splits registers into groups with the same enable and about [`BITS`] bits.
fn chunks(m: &ModuleBuilder, ids: &[NodeId]) -> Vec<Vec<NodeId>> {
    let mut chunks: Vec<(Option<NodeId>, u32, Vec<NodeId>)> = Vec::new();
    for &id in ids {
        let module = m.module.borrow();
        let node = module.node(id);
        let Op::Register { enable: own, .. } = node.op else { panic!("Only registers have a parity.") };
        match chunks.iter_mut().find(|(enable, bits, _)| *enable == own && *bits < BITS) {
            Some((_, bits, chunk)) => {
                *bits += node.width;
                chunk.push(id);
            }
            None => chunks.push((own, node.width, vec![id])),
        }
    }
    chunks.into_iter().map(|(.., chunk)| chunk).collect()
}

/// For each node, whether it affects an output, a memory or an instance.
fn live(module: &Module) -> Vec<bool> {
    let mut live = vec![false; module.nodes.len()];
    let writes = module.memories.iter().filter_map(|memory| memory.write);
    let drivers = module.instances.iter().flat_map(|instance| instance.inputs.iter().chain([&instance.restart]));
    let mut waiting: Vec<NodeId> = module.outputs.iter().map(|output| output.node).collect();
    waiting.extend(writes.flat_map(|port| [port.enable, port.address, port.data]));
    waiting.extend(drivers.flatten());
    while let Some(id) = waiting.pop() {
        if !std::mem::replace(&mut live[id.index()], true) {
            waiting.extend(module.node(id).operands());
        }
    }
    live
}

/// The parity of registers that take their next values in the same cycles.
pub struct Parity<'m> {
    m: &'m ModuleBuilder,
    registers: Vec<NodeId>,
    kept: Register<'m>,
    fault: Signal<'m>,
}

impl<'m> Parity<'m> {
    /// Draws the parity bit of registers with reset values. They may be driven later, but before [`Parity::close`].
    pub fn new(m: &'m ModuleBuilder, registers: &[Register<'m>]) -> Self {
        Self::of(m, registers.iter().map(|register| register.value().id).collect())
    }

    fn of(m: &'m ModuleBuilder, registers: Vec<NodeId>) -> Self {
        let reset = |&id: &NodeId| match m.module.borrow().node(id).op {
            Op::Register { reset: Some(value), .. } => value.count_ones(),
            _ => panic!("A register with a parity has a reset value."),
        };
        let ones: u32 = registers.iter().map(reset).sum();
        let kept = m.register("odd_parity", 1).reset(i128::from(ones.is_multiple_of(2)));
        let now: Vec<Signal<'m>> = registers.iter().map(|&id| signal(m, id)).collect();
        let fault = !(odd(&now) ^ kept.value());
        m.guarded.borrow_mut().extend(registers.iter().copied().chain([kept.value().id]));
        Self { m, registers, kept, fault }
    }

    /// Whether a bit has been flipped since the registers took their values.
    pub fn fault(&self) -> Signal<'m> {
        self.fault
    }

    /// Drives the parity bit, once the registers are driven.
    pub fn close(self) {
        let m = self.m;
        let mut enables = Vec::new();
        let next: Vec<Signal<'m>> = (self.registers.iter())
            .map(|&id| match m.module.borrow().node(id).op {
                Op::Register { next: Some(next), enable, .. } => {
                    enables.push(enable);
                    signal(m, next)
                }
                _ => panic!("A register with a parity is driven."),
            })
            .collect();
        assert!(enables.windows(2).all(|pair| pair[0] == pair[1]), "Registers with a common parity have one enable.");
        let kept = match enables[0] {
            Some(enable) => self.kept.enabled_by(signal(m, enable)),
            None => self.kept,
        };
        let odd = next.into_iter().map(odd_of_next).reduce(|all, odd| all ^ odd).expect("A parity has registers.");
        kept.drive(!odd);
    }
}

/// Whether an odd number of bits of a value is 1. Where it is one of two values, this is computed for both and then
/// chosen between, since the choice is what is known last.
pub fn odd_of_next(next: Signal<'_>) -> Signal<'_> {
    let m = next.builder;
    let op = m.module.borrow().node(next.id).op.clone();
    match op {
        Op::Mux { select, on_true, on_false } => {
            signal(m, select).select(odd_of_next(signal(m, on_true)), odd_of_next(signal(m, on_false)))
        }
        _ => odd(&[next]),
    }
}

fn signal(m: &ModuleBuilder, id: NodeId) -> Signal<'_> {
    Signal { builder: m, id, width: m.module.borrow().node(id).width, stage: None }
}

/// Whether an odd number of bits is 1.
pub fn odd<'m>(signals: &[Signal<'m>]) -> Signal<'m> {
    let bits = signals.iter().flat_map(|signal| (0..signal.width).map(|bit| signal.bit(bit)));
    bits.reduce(|all, bit| all ^ bit).expect("Something has at least one bit.")
}
