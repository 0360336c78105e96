//! The checker of designs. It checks numbered rules, and it alone constructs [`Checked`] designs.
//!
//! - R1: the operands of a combinational node come before it in the arena.
//! - R2: widths match. Operands of one operation have the same width, and the result has the width that the operation
//!   defines.
//! - R3: every register and every read port is driven, and every memory has a write port.
//! - R4: widths are 1 to 128 bits.
//! - R5: a module output is a register, a memory read, a table look-up or an instance output.
//! - R6: names are Verilog identifiers and no keywords. They are unique in their module, and module names are unique in
//!   the design.
//! - R7: memories and tables have at least 1 word, and addresses have exactly the width that is needed.
//! - R8: a design has a top module. An instance refers to an earlier module, and all its inputs are driven. The port
//!   list contains every input exactly once, and all inputs have names. A port of several parts is one of the top, and
//!   its parts are all inputs or all outputs, each part of one such port.
//! - R9: constants, reset values and table entries fit their width.
//! - R10: select, enable and subtract inputs are 1 bit wide.

mod rules;
#[cfg(test)]
mod tests;

use crate::ir::Design;
use std::ops::Deref;

/// A design that obeys every rule. Back ends accept nothing else.
#[derive(Clone, Debug)]
pub struct Checked<T>(T);

impl<T> Deref for Checked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// A rule that a design breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("R{rule}: {path}: {message}")]
pub struct CheckError {
    /// Number of the rule.
    pub rule: u32,
    /// Where it is broken: `module.node`.
    pub path: String,
    /// What was found, as a sentence.
    pub message: String,
}

/// Checks all rules on all modules.
///
/// # Errors
///
/// A [`CheckError`] for the first broken rule, in the order of the modules and of their arenas.
pub fn check(design: Design) -> Result<Checked<Design>, CheckError> {
    rules::check_design(&design)?;
    Ok(Checked(design))
}
