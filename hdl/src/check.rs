//! The checker: numbered rules, and the only maker of [`Checked`].
//!
//! | rule | law |
//! |---|---|
//! | R1 | an operand of a combinational node stands before it in the arena |
//! | R2 | widths match: operands of one operation agree, and the result is as wide as the operation says |
//! | R3 | every register and read port is driven; every memory that is read is written |
//! | R4 | a width is 1 to 128 bits |
//! | R5 | a module output is a register, a memory read, a table lookup or an instance output |
//! | R6 | names are Verilog identifiers, no keywords, and unique in their module; module names are unique in the design |
//! | R7 | an address is as wide as its memory or table needs, and either has 1 word at least |
//! | R8 | a design has a top; an instance places an earlier module, and all its inputs are driven; the port list is the named inputs, each once |
//! | R9 | constants, reset values and table entries fit their width |
//! | R10 | selects, enables and subtract inputs are 1 bit wide |

mod keywords;
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

/// A broken rule: which one, where, and what was found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("R{rule}: {path}: {message}")]
pub struct CheckError {
    /// Number of the rule.
    pub rule: u32,
    /// `module.node`.
    pub path: String,
    /// What was found, in a sentence.
    pub message: String,
}

/// Checks every rule on every module; returns the first break in arena order.
pub fn check(design: Design) -> Result<Checked<Design>, CheckError> {
    rules::check_design(&design)?;
    Ok(Checked(design))
}
