//! Tests of the banked memories, with the same moves of rows and columns as in a core.

use crate::bench::{Bench, for_all};
use proptest::prelude::*;
use std::cell::Cell;
use svdforge_hdl::architecture::jacobi::layout::pair_bits;
use svdforge_hdl::ordering::Ordering;
use svdforge_hdl::units::matrix_memory::matrix_memory;
use svdforge_hdl::units::vector_memory::vector_memory;

/// Reads the blocks of all steps of a sweep and writes each to its places for the next step. The value of an element
/// encodes its home, (row, column).
#[test]
fn matrix_memory_forms_every_pair_once_and_returns_all_elements_home() {
    let blocks_seen = Cell::new(0);
    for size in [2, 4, 6, 8, 16] {
        let order = any::<prop::sample::Index>();
        for_all(if size > 8 { 1 } else { 4 }, order, |start| {
            blocks_seen.set(blocks_seen.get() + matrix_sweep(size, start.index(size * size / 4)));
        });
    }
    // The number of blocks is the square of the pairs times the steps. All sizes but 16 have four cases.
    assert_eq!(blocks_seen.get(), 4 * (1 + 4 * 3 + 9 * 5 + 16 * 7) + 64 * 15);
}

/// One sweep, in which the blocks of each step begin with number `start`. Returns the number of blocks.
fn matrix_sweep(size: usize, start: usize) -> usize {
    let ordering = Ordering::new(size);
    let mut memory = Bench::new(|design| matrix_memory(design, 16, [pair_bits(&ordering); 2], 1, false));
    let name = |row: usize, column: usize| (row << 8 | column) as i128;
    // The elements are loaded one at a time. Bank and pair follow from the rule that the parity of a place is its bank.
    for (row, column) in (0..size).flat_map(|r| (0..size).map(move |c| (r, c))) {
        let (r, c) = (row % 2, column % 2);
        memory.set("write_enable", 1 << (2 * r + c));
        memory.set("write_copy", 0);
        memory.set(&format!("write_row_{r}"), row.min(size - 1 - row) as i128);
        memory.set(&format!("write_column_{c}"), column.min(size - 1 - column) as i128);
        memory.set(&format!("write_{r}{c}"), name(row, column));
        memory.step();
    }
    memory.set("write_enable", 0);

    let (pairs, mut blocks, mut times_paired) = (size / 2, 0, vec![0; size * size]);
    // For each place, the home of the row that is there.
    let mut at: Vec<usize> = (0..size).collect();
    for step in 0..size - 1 {
        let copy = step % 2;
        for k in 0..pairs * pairs {
            let block = (k + start) % (pairs * pairs);
            let (row, column) = (block / pairs, block % pairs);
            memory.set("read_copy", copy as i128);
            memory.set("read_row", row as i128);
            memory.set("read_column", column as i128);
            memory.step();
            memory.set("write_enable", 0);
            let members = |pair: usize| {
                let places = [pair, size - 1 - pair];
                if pair.is_multiple_of(2) { places.map(|p| at[p]) } else { [at[places[1]], at[places[0]]] }
            };
            let (rows, columns) = (members(row), members(column));
            let found = [0, 1].map(|r| [0, 1].map(|c| memory.get(&format!("element_{r}{c}")) as i128));
            assert_eq!(found, rows.map(|r| columns.map(|c| name(r, c))), "size {size}, step {step}, block {block}");
            if row == column {
                times_paired[rows[0] * size + rows[1]] += 1;
                times_paired[rows[1] * size + rows[0]] += 1;
            }
            let [row_crosses, column_crosses] = [row, column].map(|pair| usize::from(ordering.crosses(pair)));
            memory.set("write_enable", 15);
            memory.set("write_copy", 1 - copy as i128);
            for bank in 0..2 {
                memory.set(&format!("write_row_{bank}"), ordering.target(row, bank) as i128);
                memory.set(&format!("write_column_{bank}"), ordering.target(column, bank) as i128);
                for c in 0..2 {
                    memory.set(&format!("write_{bank}{c}"), found[bank ^ row_crosses][c ^ column_crosses]);
                }
            }
            blocks += 1;
        }
        memory.step();
        memory.set("write_enable", 0);
        at[1..].rotate_right(1);
    }
    assert_eq!(at, (0..size).collect::<Vec<_>>());
    assert!((0..size * size).all(|p| times_paired[p] == usize::from(p % (size + 1) != 0)), "size {size}");
    blocks
}

/// Random reads and writes, compared with a simple model. A word arrives two cycles after its address.
#[test]
fn vector_memory_returns_words_two_cycles_after_their_address() {
    const PAIR_BITS: u32 = 3;
    const PAIRS: usize = 1 << PAIR_BITS;
    let pair = || 0..PAIRS;
    let operation = (any::<bool>(), 0..2usize, pair(), pair(), pair(), any::<[u16; 2]>(), 0..2usize, pair());
    let reads = Cell::new(0);
    for_all(20, proptest::collection::vec((operation, pair()), 600), |operations| {
        let mut memory = Bench::new(|design| vector_memory(design, 8, [PAIR_BITS; 2], 1));
        let mut model = vec![0u128; 4 * PAIRS * PAIRS];
        let mut before = None;
        let word =
            |bank: usize, copy: usize, pair: usize, column: usize| ((bank * 2 + copy) * PAIRS + pair) * PAIRS + column;
        for ((write, copy, pair_0, pair_1, column, data, read_copy, read_pair), read_column) in operations {
            memory.set("write_enable", i128::from(write));
            memory.set("write_copy", copy as i128);
            memory.set("write_column", column as i128);
            memory.set("write_pair_0", pair_0 as i128);
            memory.set("write_pair_1", pair_1 as i128);
            memory.set("write_0", i128::from(data[0]));
            memory.set("write_1", i128::from(data[1]));
            memory.set("read_copy", read_copy as i128);
            memory.set("read_pair", read_pair as i128);
            memory.set("read_column", read_column as i128);
            let expected = [0, 1].map(|bank| model[word(bank, read_copy, read_pair, read_column)]);
            if write {
                model[word(0, copy, pair_0, column)] = data[0].into();
                model[word(1, copy, pair_1, column)] = data[1].into();
            }
            memory.step();
            if let Some(before) = before.replace(expected) {
                assert_eq!([memory.get("row_0"), memory.get("row_1")], before);
                reads.set(reads.get() + 1);
            }
        }
    });
    assert_eq!(reads.get(), 20 * 599);
}
