//! The proof of the register block.

use super::template::fill;
use crate::core::Core;
use crate::interface::IDENTITY;

/// The properties of the register block as an AXI4-Lite slave.
pub(super) fn registers(core: &Core) -> String {
    let registers = core.shape().interface().registers();
    let words = registers.iter().map(|register| register.offset / 4);
    let identity = registers.iter().find(|register| register.reset == IDENTITY);
    let identity = identity.expect("A register tells what the core is.").offset / 4;
    let values = [
        ("identity", IDENTITY.to_string()),
        ("identity_word", identity.to_string()),
        ("last_word", words.max().unwrap_or(identity).to_string()),
    ];
    fill(include_str!("registers.sv"), &values, &[])
}
