//! The memory of A: two row banks times two column banks, with two copies of each matrix.
//!
//! A 2x2 block is read in one cycle, one element from each bank, all at the address (copy, row pair, column pair). A
//! rotated block is written in one cycle as well. Each element goes to its place for the next step: there is one row
//! pair for each row bank and one column pair for each column bank (see [`crate::ordering`]). A step reads one copy and
//! writes the other, so a word is never read for use in the cycle in which it is written.

use crate::builder::{DesignBuilder, ModuleBuilder, Signal};
use crate::ir::ModuleId;

/// Adds the memory for words of `data` bits, numbers of row pairs and of column pairs of `pairs` bits, and numbers of
/// copies of `copies` bits: the number of the matrix, if there are several, and of its copy in the lowest bit. If
/// `pairs` has 0 bits for rows, or for columns, the memory holds a single pair of them and has no addresses for them.
///
/// The outputs `element_rc` are the elements in row bank r and column bank c. `write_enable` has one bit per bank, bit
/// 2 r + c.
///
/// With `held` there is a register behind the memory, whose words arrive late in the cycle if it is block RAM.
pub fn matrix_memory(design: &mut DesignBuilder, data: u32, pairs: [u32; 2], copies: u32, held: bool) -> ModuleId {
    let m = ModuleBuilder::new("matrix_memory");
    m.doc(format!(
        "A in 2 x 2 banks of {data}-bit words: one 2x2 block read and one written per cycle, without conflict.\n\
         Bank rc holds the members of row pairs that lie in row bank r and of column pairs that lie in column bank c. Two copies."
    ));
    let input = |name: &str, width: u32| (width > 0).then(|| m.input(name, width));
    let read = [("read_copy", copies), ("read_row", pairs[0]), ("read_column", pairs[1])];
    let read: Vec<Signal<'_>> = read.into_iter().filter_map(|(name, width)| input(name, width)).collect();
    let read = m.concat(&read).at(0);
    let copy = input("write_copy", copies);
    let rows = [0, 1].map(|r| input(&format!("write_row_{r}"), pairs[0]));
    let columns = [0, 1].map(|c| input(&format!("write_column_{c}"), pairs[1]));
    let enable = m.input("write_enable", 4);
    for (r, row) in rows.into_iter().enumerate() {
        for (c, column) in columns.into_iter().enumerate() {
            let bank = m.memory(&format!("bank_{r}{c}"), data, 1 << (copies + pairs[0] + pairs[1])).never_collides();
            let new = m.input(&format!("write_{r}{c}"), data);
            let address: Vec<Signal<'_>> = [copy, row, column].into_iter().flatten().collect();
            bank.write(enable.bit((2 * r + c) as u32), m.concat(&address), new);
            let word = bank.read(read, None, &format!("element_{r}{c}_read"));
            let word = if held { word.registered(&format!("element_{r}{c}_held")) } else { word };
            m.output(&format!("element_{r}{c}"), word);
        }
    }
    design.add(m)
}
