//! The proofs of the modules through which results leave a core.

use super::range;
use super::template::fill;
use crate::core::Core;
use crate::core::stream_fifo::{DEPTH, parts_of_beat};
use std::fmt::Write;

/// The properties of the FIFO for the beats of a core.
pub(super) fn fifo(core: &Core) -> String {
    let parts = parts_of_beat(core.shape().streams());
    let bits: u32 = parts.iter().map(|(_, width)| width).sum();
    let inverted = ("tlast_inverted".to_owned(), 1);
    let mut memories = String::new();
    for (name, width) in parts.iter().chain([&inverted]) {
        for place in 0..DEPTH {
            let _ = writeln!(memories, "    (* hierconn *) wire {}\\dut.{name}_memory[{place}] ;", range(*width));
        }
        let _ = writeln!(memories, "    wire {}{name}_there =", range(*width));
        for place in 0..DEPTH - 1 {
            let _ = writeln!(memories, "        place == 4'd{place} ? \\dut.{name}_memory[{place}] :");
        }
        let _ = writeln!(memories, "        \\dut.{name}_memory[{}] ;", DEPTH - 1);
    }
    // The two memories of `tlast` disagree in every place that is in use.
    let mut inversions = String::new();
    for place in 0..DEPTH {
        let _ = writeln!(
            inversions,
            "        assert ({{1'b0, 4'd{place} - \\dut.read_at }} >= \\dut.count || \
             \\dut.tlast_memory[{place}] != \\dut.tlast_inverted_memory[{place}] );"
        );
    }
    let list = |of: &dyn Fn(&str) -> String| parts.iter().map(|(name, _)| of(name)).collect::<Vec<_>>().join(", ");
    let values = [
        ("bits", bits.to_string()),
        ("parts_in", list(&str::to_owned)),
        ("parts_there", list(&|name| format!("{name}_there"))),
        ("parts_out", list(&|name| format!("m_axis_{name}"))),
        ("memories", memories),
        ("inversions", inversions),
    ];
    fill(include_str!("fifo.sv"), &values, &[])
}
