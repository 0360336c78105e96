//! The output FIFO: a small FIFO whose head drives the AXI4-Stream output.
//!
//! Flow control uses credits. The writer starts with [`DEPTH`] credits, spends one for each beat that it issues, and
//! gets one back with each `freed`. So the FIFO cannot overflow, and the pipeline before it never stalls.

use crate::builder::{DesignBuilder, ModuleBuilder};
use crate::ir::{ModuleId, address_width};

/// Number of beats that the FIFO holds. It is larger than the number of cycles from spending a credit to getting it
/// back, so that one beat per cycle can be sent.
pub const DEPTH: u32 = 16;

/// Cycles from `write` to the beat at the head, if the FIFO is empty.
pub const LATENCY: usize = 2;

/// Adds the FIFO for beats of `data` bits, together with their `tuser` (2 bits) and `tlast`.
pub fn stream_fifo(design: &mut DesignBuilder, data: u32) -> ModuleId {
    let m = ModuleBuilder::new("stream_fifo");
    m.doc(format!("Output FIFO of {DEPTH} beats; its head drives the stream. freed: a place has become free."));
    let write = m.input("write", 1);
    let ready = m.input("m_axis_tready", 1);
    let bits = address_width(DEPTH);
    let valid = m.register("valid", 1).reset(0);
    let count = m.register("count", bits + 1).reset(0);
    let write_at = m.register("write_at", bits).reset(0);
    let read_at = m.register("read_at", bits).reset(0);

    let taken = (count.value().any() & (!valid.value() | ready)).named("head_moves_out");
    valid.drive(taken | (valid.value() & !ready));
    count.drive(count.value() + write.zero_extend(bits + 1) - taken.zero_extend(bits + 1));
    write_at.enabled_by(write).drive(write_at.value().plus(1));
    read_at.enabled_by(taken).drive(read_at.value().plus(1));
    for (name, width) in [("tdata", data), ("tuser", 2), ("tlast", 1)] {
        let memory = m.memory(&format!("{name}_memory"), width, DEPTH);
        memory.write(write, write_at.value(), m.input(name, width));
        m.output(&format!("m_axis_{name}"), memory.read(read_at.value(), Some(taken), &format!("{name}_head")));
    }
    m.output("m_axis_tvalid", valid.value());
    m.output("freed", taken.flag().registered("freed_out"));
    design.add(m)
}
