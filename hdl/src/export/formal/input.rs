//! The proofs of the modules through which frames enter a core.

use super::template::fill;
use crate::architecture::decomposer::BATCHES;
use crate::core::Core;
use crate::core::stream_input::beat_unpacked;
use crate::interface::port;
use crate::ir::address_width;
use crate::parameters::Front;

/// The properties of the input end.
pub(super) fn stream_input(core: &Core) -> String {
    let shape = core.shape();
    let (taken, any, reduced) = (shape.elements_taken(), shape.takes_any(), shape.is_reduced());
    let (rows, cols) = (shape.rows(), shape.cols() / taken as usize);
    let keep = shape.streams().keep;
    let broken = match (keep, taken) {
        (false, _) => String::new(),
        (true, 1) => "broken".to_owned(),
        (true, _) => format!("!(&{{{}}})", port::parts_of_keep(port::INPUT_KEEP, taken).join(", ")),
    };
    let element = |part: &String| format!("{part}[{}:0]", shape.word() - 1);
    let data_in: Vec<String> = port::parts(port::INPUT_DATA, taken).iter().map(element).collect();
    // A row, a column and a place fit, and so does one more.
    let bits = match any {
        true => address_width(rows.max(cols) as u32) + 1,
        false => address_width((2 * rows.next_power_of_two() * cols.next_power_of_two()) as u32),
    };
    let registers = any && shape.front() == Front::AxiLite;
    // In cores that reduce rows, the size is that of the triangle, one cycle later.
    let (size_rows, size_known) = match reduced {
        true => ("(rows_before < cols_before ? rows_before : cols_before)", " && was_full"),
        false => ("rows_before", ""),
    };
    let free = if shape.in_flight() > 1 && !reduced { " && load_free" } else { "" };
    let values = [
        ("data_bits", (shape.word() * taken).to_string()),
        ("data_in", data_in.join(", ")),
        ("data_out", port::parts("load_data", taken).join(", ")),
        ("broken", broken),
        ("bits", bits.to_string()),
        ("rows", rows.to_string()),
        ("cols", cols.to_string()),
        ("total", (rows * cols).to_string()),
        ("column", if taken > 1 { "group" } else { "column" }.to_owned()),
        ("size_bits", shape.streams().input.element_bits().max(24).to_string()),
        ("symmetric", if shape.symmetric() { " && rows == cols" } else { "" }.to_owned()),
        ("size_rows", size_rows.to_owned()),
        ("size_known", size_known.to_owned()),
        ("free", free.to_owned()),
        ("credits", BATCHES.to_string()),
    ];
    let flags = [
        ("any", any),
        ("fixed", !any),
        ("registers", registers),
        ("batches", reduced),
        ("drops", !beat_unpacked(shape)),
        ("broken", keep),
    ];
    fill(include_str!("input.sv"), &values, &flags)
}

/// The properties of the beat unpacker.
pub(super) fn beat_unpacker(core: &Core) -> String {
    let format = core.shape().streams().input;
    let (elements, bits, bytes) = (format.elements, format.element_bits(), format.element_bytes);
    // A list for all elements, the one of element 0 in the low bits.
    let list = |of: &dyn Fn(u32) -> String| (0..elements).rev().map(of).collect::<Vec<_>>().join(", ");
    let (data, keep) = (port::parts(port::INPUT_DATA, elements), port::parts_of_keep(port::INPUT_KEEP, elements));
    let all = elements * bytes;
    let kept = (1..=elements).rev().map(|count| format!("keep_in == {all}'d{} ? 4'd{count} : ", ones(count * bytes)));
    let sum = |register: &str, bits: u32| {
        (0..bits).map(|bit| format!("\\dut.{register} [{bit}]")).collect::<Vec<_>>().join(" + ")
    };
    let values = [
        ("elements", elements.to_string()),
        ("bits", bits.to_string()),
        ("bytes", bytes.to_string()),
        ("data_in", list(&|e| data[e as usize].clone())),
        ("keep_in", list(&|e| keep[e as usize].clone())),
        ("kept", kept.collect()),
        ("more", if elements == 2 { "\\dut.more ".to_owned() } else { sum("more", elements - 1) }),
        ("present", sum("waiting_present", elements)),
        ("data_leaving", list(&|e| format!("\\dut.element_{e} "))),
        ("data_waiting", list(&|e| format!("\\dut.waiting_element_{e} "))),
    ];
    fill(include_str!("unpacker.sv"), &values, &[("several", elements > 1)])
}

/// A number whose lowest `bits` bits are 1.
fn ones(bits: u32) -> u128 {
    (1 << bits) - 1
}
