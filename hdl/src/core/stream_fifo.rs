//! The last station before the output: a small FIFO whose head is an AXI4-Stream beat.
//!
//! The writer holds credits: it starts with [`DEPTH`], spends one for each beat that it sets going and gets one back with each `freed`, so that the FIFO cannot
//! overflow and nothing upstream ever stalls.

use crate::builder::{DesignBuilder, ModuleBuilder};
use crate::ir::{ModuleId, address_width};

/// Beats that the FIFO holds. More than the cycles from spending a credit to getting it back, so that one beat a cycle can flow.
pub const DEPTH: u32 = 16;

/// Adds the FIFO for beats of `data` bits with their `tuser` and `tlast`.
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
