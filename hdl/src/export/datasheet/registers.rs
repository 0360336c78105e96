//! The registers of a core in its datasheet.

use super::row;
use crate::export::c_header::access;
use crate::interface::{IDENTITY, Interface};
use std::fmt::Write;

/// Appends the section about the registers, if there are any.
pub(super) fn registers(text: &mut String, interface: &Interface<'_>, name: &str) {
    let registers = interface.registers();
    if registers.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "\n## Registers\n\n\
         AXI4-Lite, 32 bits, offsets in bytes; `{name}_registers.h` has them for C. Every access is answered with OKAY. An offset without a register reads as 0, and a \
         write to it or to a read-only register is ignored; `wstrb` is obeyed. `id` reads as 0x{IDENTITY:08x}. `irq` is high while a bit is set both in `interrupt_enable` \
         and in `interrupt_status`. The registers watch the streams and do not change their timing.\n\n\
         | offset | register | after reset | access | bits | field | |\n|---|---|---|---|---|---|---|"
    );
    for register in &registers {
        for (index, field) in register.fields.iter().enumerate() {
            let [high, low] = field.bits;
            let bits = if high == low { low.to_string() } else { format!("{high}:{low}") };
            let first = |cell: String| if index == 0 { cell } else { String::new() };
            let cells = [
                first(format!("0x{:02x}", register.offset)),
                first(format!("`{}`", register.name)),
                first(format!("0x{:08x}", register.reset)),
                access(field.access).to_owned(),
                bits,
                format!("`{}`", field.name),
                if register.fields.len() == 1 {
                    format!("{}; {}", register.description, field.description)
                } else {
                    field.description.clone()
                },
            ];
            row(text, &cells.each_ref().map(String::as_str));
        }
    }
}
