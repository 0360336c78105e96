//! The memory of Uᵀ or Vᵀ: two row banks, with two copies of the matrix. A word holds two neighbouring columns.
//!
//! Rows move from pair to pair like those of A, but columns stay in place. So two rows of two columns are read in one
//! cycle at the address (copy, row pair, column pair), and written to one row pair for each bank.
//!
//! A word is never read for use in the cycle in which it is written: a step reads one copy and writes the other. So the
//! memory may be block RAM without more logic. Its words arrive late in the cycle, and there is a register behind it.

use crate::builder::{DesignBuilder, ModuleBuilder, Signal};
use crate::ir::ModuleId;

/// Adds the memory for elements of `element` bits, numbers of row pairs and of column pairs of `pairs` bits, and
/// numbers of copies of `copies` bits: the number of the matrix, if there are several, and of its copy in the lowest
/// bit. If `pairs` has 0 bits for rows, or for columns, the memory holds a single pair of them and has no addresses for
/// them.
///
/// The outputs `row_b` are the words of bank b, with the element of the even column in the lower half.
pub fn vector_memory(design: &mut DesignBuilder, element: u32, pairs: [u32; 2], copies: u32) -> ModuleId {
    let m = ModuleBuilder::new("vector_memory");
    m.doc(format!(
        "Rows of singular vectors in 2 banks; a word is two neighbouring columns of {element} bits, the even one below. Two copies."
    ));
    let input = |name: &str, width: u32| (width > 0).then(|| m.input(name, width));
    let read = [("read_copy", copies), ("read_pair", pairs[0]), ("read_column", pairs[1])];
    let read: Vec<Signal<'_>> = read.into_iter().filter_map(|(name, width)| input(name, width)).collect();
    let read = m.concat(&read).at(0);
    let copy = input("write_copy", copies);
    let column = input("write_column", pairs[1]);
    let enable = m.input("write_enable", 1);
    for b in 0..2 {
        let bank = m.memory(&format!("bank_{b}"), 2 * element, 1 << (copies + pairs[0] + pairs[1])).never_collides();
        let to = input(&format!("write_pair_{b}"), pairs[0]);
        let new = m.input(&format!("write_{b}"), 2 * element);
        let address: Vec<Signal<'_>> = [copy, to, column].into_iter().flatten().collect();
        bank.write(enable, m.concat(&address), new);
        let word = bank.read(read, None, &format!("row_{b}_read"));
        m.output(&format!("row_{b}"), word.registered(&format!("row_{b}_held")));
    }
    design.add(m)
}
