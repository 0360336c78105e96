//! The self-check: between the output end and the FIFO, it holds each result until it has been compared with the input.
//!
//! The comparison multiplies by random vectors of ±1 (R. Freivalds, *Probabilistic Machines Can Use Less Running Time*,
//! IFIP Congress 1977): if U diag(sigma) V' is not A, it is unlikely that both give the same product with such a
//! vector. While A is loaded, y = A x is summed up ([`probe_sums`]). The result waits in a memory ([`store`]) while U
//! (sigma (V' x)), U'(U s) and V'(V s) are computed from it ([`residual`]), word by word ([`sequence`]). If a component
//! differs from y, or from s, by more than roundings can explain, the status word says so. As the status word is the
//! first word of a frame, the frame leaves afterwards.
//!
//! `docs/selfcheck.md` says what this sees, and what not.

mod hamming;
mod probe_sums;
mod residual;
mod sequence;
mod store;

use crate::architecture::contexts::context_bits;
use crate::architecture::size::index_bits;
use crate::builder::{DesignBuilder, FAULT, ModuleBuilder};
use crate::formats::PROBES;
use crate::interface::USER_BITS;
use crate::ir::ModuleId;
use crate::shape::Shape;

/// Cycles by which the first element of a good frame of (rows, columns) leaves later than without a self-check, if the
/// output end needs `tokens` cycles for the frame and the store is free.
pub fn delay(shape: &Shape, size: (usize, usize), tokens: usize) -> usize {
    /// Until the output end has started, until the store knows that the frame is complete, until it has told so, until
    /// the first pass begins, and until a word is asked for.
    const HANDSHAKES: usize = 4;
    HANDSHAKES + tokens + sequence::cycles(shape, size) + store::SEND as usize
}

/// Cycles from one good frame of (rows, columns) to the next if others wait in the store, where a frame has so many
/// `words`.
pub fn interval(shape: &Shape, size: (usize, usize), words: usize) -> usize {
    /// From the last wait to the first word: the unit is idle for a cycle.
    const IDLE: usize = 1;
    sequence::cycles(shape, size) + words + sequence::WAIT + IDLE
}

/// Adds the self-check. Its inputs are the load port, `release_frame`, `start` and the contexts as the decomposer has
/// them; `unload_start`, and the elements of the output end; and `freed` of the FIFO. Its outputs are `output_start`
/// and `taken`, which start the output end and return its credits, and the elements that leave: `send`, `send_data`,
/// `send_user` and `send_last`; and `fault`, which says that a bit of its control registers was flipped.
pub fn self_check(design: &mut DesignBuilder, shape: &Shape) -> ModuleId {
    let parts = [
        probe_sums::probe_sums(design, shape),
        store::store(design, shape),
        sequence::sequence(design, shape),
        residual::residual(design, shape),
    ];
    let m = ModuleBuilder::new("self_check");
    m.doc(
        "Compares each result with its matrix by random vectors of +1 and -1 before it leaves, and says in its status word\n\
         if a component differs by more than roundings can explain.",
    );
    let place = |part: usize, name| m.instance(design, parts[part], name);
    let (sums, store, sequence, residual) =
        (place(0, "sums"), place(1, "results"), place(2, "passes"), place(3, "arithmetic"));
    let index = index_bits(shape);
    let loads = [
        ("load_valid", 1),
        ("load_row", index),
        ("load_column", index),
        ("load_data", shape.word()),
        ("release_frame", 1),
        ("start", 1),
    ];
    let contexts = ["start_context", "wanted_context"].map(|name| (name, context_bits(shape)));
    let contexts = contexts.into_iter().filter(|_| shape.in_flight() > 1);
    loads.into_iter().chain(contexts).for_each(|(name, width)| sums.drive(name, m.input(name, width)));
    let data = shape.streams().output.element_bits();
    let elements = [("unload_start", 1), ("write", 1), ("tdata", data), ("tuser", USER_BITS), ("tlast", 1)];
    elements.into_iter().for_each(|(name, width)| store.drive(name, m.input(name, width)));
    sequence.drive("freed", m.input("freed", 1));

    sums.connect(&store, &[("wanted_slot", "wanted_slot")]);
    store.connect(&sums, &[("read_slot", "read_slot")]);
    for port in ["ready", "last_value", "first_of_v", "last_place"] {
        store.connect(&sequence, &[(port, port)]);
    }
    for port in ["read_place", "sends", "finished"] {
        sequence.connect(&store, &[(port, port)]);
    }
    let work = ["is_head", "sums_columns", "sums_row", "scales", "combines", "multiplies", "compares"];
    let numbers = ["probe", "column", "row", "is_first_row", "is_first_column", "is_last_column"];
    work.into_iter().chain(numbers).for_each(|port| sequence.connect(&residual, &[(port, port)]));
    store.connect(&residual, &[("element", "element")]);
    residual.connect(&store, &[("failed", "failed")]);
    residual.connect(&sums, &[("read_row", "read_row"), ("read_column", "read_column")]);
    let looked_up = (0..PROBES).map(|p| format!("sum_{p}")).chain(["row_signs", "column_signs"].map(str::to_owned));
    looked_up.for_each(|port| sums.connect(&residual, &[(&port, &port)]));

    // The arithmetic begins anew with each frame, so that a flip in it lasts no longer.
    [&sums, &store, &sequence].into_iter().for_each(|part| {
        part.output(FAULT).is_fault();
    });
    m.output("output_start", store.output("start"));
    for port in ["taken", "send", "send_data", "send_user", "send_last"] {
        m.output(port, store.output(port));
    }
    design.add_guarded(m)
}
