//! The memory of Uᵀ or Vᵀ: two row banks, with two copies of the matrix. A word holds two neighbouring columns.
//!
//! Rows move from pair to pair like those of A, but columns stay in place. So two rows of two columns are read in one
//! cycle at the address (copy, row pair, column pair), and written to one row pair for each bank.
//!
//! A word is never read for use in the cycle in which it is written: a step reads one copy and writes the other. So the
//! memory may be block RAM without more logic. Its words arrive late in the cycle, and there is a register behind it.

use crate::builder::{DesignBuilder, ModuleBuilder};
use crate::ir::ModuleId;

/// Adds the memory for elements of `element` bits, pair numbers of `pair` bits, and numbers of copies of `copies` bits:
/// the number of the matrix, if there are several, and of its copy in the lowest bit.
///
/// The outputs `row_b` are the words of bank b, with the element of the even column in the lower half.
pub fn vector_memory(design: &mut DesignBuilder, element: u32, pair: u32, copies: u32) -> ModuleId {
    let m = ModuleBuilder::new("vector_memory");
    m.doc(format!(
        "Rows of singular vectors in 2 banks; a word is two neighbouring columns of {element} bits, the even one below. Two copies."
    ));
    let at_start = |name, width| m.input(name, width).at(0);
    let read = m.concat(&[at_start("read_copy", copies), at_start("read_pair", pair), at_start("read_column", pair)]);
    let copy = m.input("write_copy", copies);
    let column = m.input("write_column", pair);
    let enable = m.input("write_enable", 1);
    for b in 0..2 {
        let bank = m.memory(&format!("bank_{b}"), 2 * element, 1 << (copies + 2 * pair)).never_collides();
        let (to, new) = (m.input(&format!("write_pair_{b}"), pair), m.input(&format!("write_{b}"), 2 * element));
        bank.write(enable, m.concat(&[copy, to, column]), new);
        let word = bank.read(read, None, &format!("row_{b}_read"));
        m.output(&format!("row_{b}"), word.registered(&format!("row_{b}_held")));
    }
    design.add(m)
}
