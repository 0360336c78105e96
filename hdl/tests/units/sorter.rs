//! Tests of the sorter.

use crate::bench::{Bench, for_all, signed};
use proptest::prelude::*;
use std::cell::RefCell;
use std::cmp::Reverse;
use svdforge_hdl::core::sorter::{Readout, sorter};

/// All values are kept.
const ALL: Readout = Readout::Front { shrinks: false, all: true };
/// The largest values are kept.
const LARGEST: Readout = Readout::Front { shrinks: false, all: false };

/// A sorter and its parameters.
struct SorterBench {
    unit: Bench,
    data: u32,
    cells: usize,
    index_bits: u32,
    signed: bool,
    readout: Readout,
}

impl SorterBench {
    fn new(data: u32, cells: usize, index_bits: u32) -> Self {
        Self::with(data, cells, index_bits, false, ALL)
    }

    /// A sorter by value if `signed` is set.
    fn with(data: u32, cells: usize, index_bits: u32, signed: bool, readout: Readout) -> Self {
        let unit = Bench::new(|design| sorter(design, data, cells, index_bits, signed, readout));
        Self { unit, data, cells, index_bits, signed, readout }
    }

    /// Simulates one cycle with these commands.
    fn cycle(&mut self, clear: bool, insert: Option<(i128, usize)>, turn: bool) {
        self.unit.set("clear", i128::from(clear));
        self.unit.set("insert", i128::from(insert.is_some()));
        if self.readout != Readout::Cells {
            self.unit.set("turn", i128::from(turn));
        }
        if let Some((value, index)) = insert {
            self.unit.set("value", value);
            self.unit.set("index", index as i128);
        }
        self.unit.step();
    }

    /// The fields of a cell: (negative, index, key).
    fn cell(&self, port: &str) -> (bool, usize, u128) {
        let bits = self.unit.get(port);
        let index = bits >> self.data & ((1 << self.index_bits) - 1);
        (bits >> (self.data + self.index_bits) == 1, index as usize, bits & ((1 << self.data) - 1))
    }

    /// Inserts values, the i-th after a pause of `pauses[i]` cycles. Then it reads all cells twice and checks their
    /// order.
    fn check(&mut self, values: &[i128], pauses: &[usize]) {
        self.cycle(true, None, false);
        for (index, &value) in values.iter().enumerate() {
            (0..pauses.get(index).copied().unwrap_or(0)).for_each(|_| self.cycle(false, None, false));
            self.cycle(false, Some((value, index)), false);
        }
        self.cycle(false, None, false);
        let key = |v: i128| if self.signed { (v + (1 << (self.data - 1))) as u128 } else { v.unsigned_abs() };
        let mut expected: Vec<_> = values.iter().enumerate().map(|(i, v)| (*v < 0, i, key(*v))).collect();
        expected.sort_by_key(|cell| Reverse(cell.2));
        expected.truncate(self.cells);
        for (i, cell) in expected.iter().enumerate().cycle().take(2 * self.cells) {
            let port = if self.readout == Readout::Cells { format!("sorted_{i}") } else { "front".to_owned() };
            assert_eq!(self.cell(&port), *cell, "of {values:?}");
            self.cycle(false, None, true);
        }
    }
}

/// There are more values than cells, so only the largest are kept. Sorting is by magnitude and by value.
#[test]
fn sorter_keeps_the_largest_by_magnitude_or_by_value() {
    let mut cases = 0;
    let fronts =
        [(1, false), (2, false), (3, true), (1, true), (4, true)].map(|(cells, signed)| (cells, signed, LARGEST));
    let all_cells = [(1, false), (3, true), (4, false)].map(|(cells, signed)| (cells, signed, Readout::Cells));
    for (cells, signed, readout) in fronts.into_iter().chain(all_cells) {
        let mut bench = SorterBench::with(3, cells, 2, signed, readout);
        for code in 0..1 << 12 {
            let values: Vec<i128> = (0..4).map(|i| (code >> (3 * i) & 7) - 4).collect();
            bench.check(&values, &[]);
            cases += 1;
        }
    }
    assert_eq!(cases, 8 << 12);
}

#[test]
fn sorter_sorts_all_short_sequences() {
    let mut cases = 0;
    for (signed, readout) in [(false, ALL), (true, ALL), (false, LARGEST), (false, Readout::Cells)] {
        let mut bench = SorterBench::with(3, 4, 2, signed, readout);
        for code in 0..1 << 12 {
            let values: Vec<i128> = (0..4).map(|i| (code >> (3 * i) & 7) - 4).collect();
            bench.check(&values, &[]);
            cases += 1;
        }
    }
    assert_eq!(cases, 4 << 12);
}

#[test]
fn sorter_sorts_at_the_sizes_of_cores() {
    for (data, cells, index_bits) in [(24, 8, 3), (38, 32, 5), (20, 2, 1), (21, 7, 3)] {
        let bench = RefCell::new(SorterBench::new(data, cells, index_bits));
        let few = prop_oneof![signed(data), -2..3i128];
        let values = proptest::collection::vec(few, cells);
        for_all(100, (values, proptest::collection::vec(0..3usize, cells)), |(values, pauses)| {
            bench.borrow_mut().check(&values, &pauses);
        });
    }
}
