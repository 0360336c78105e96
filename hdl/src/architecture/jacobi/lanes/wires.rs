//! The wires between lanes, over which rows, and in an array columns, move to the pairs of the next step.

use super::super::mapping::Mapping;
use super::Drawing;
use crate::ordering::Ordering;

/// The pair from which the member of a bank comes, and its number in a rotated pair: 0 for the one read from bank 0.
pub(super) fn source(ordering: &Ordering, pair: usize, bank: usize) -> (usize, usize) {
    let comes = |from: &usize| ordering.target(*from, bank) == pair;
    let from = (0..ordering.pairs()).find(comes).expect("Every member of a pair comes from somewhere.");
    (from, if ordering.crosses(from) { 1 - bank } else { bank })
}

impl Drawing<'_, '_> {
    /// Connects the lanes.
    pub(super) fn wires(&self) {
        let (ordering, shape) = (self.ordering, self.shape);
        for (row, column, lane) in self.every_lane() {
            for bank in 0..2 {
                let (row_from, r) = source(ordering, row, bank);
                for other in 0..2 {
                    // The columns of A move over wires if they are spread in space. Those of U and V stay.
                    let (column_from, c) = match self.mapping {
                        Mapping::Array => source(ordering, column, other),
                        Mapping::Quarter | Mapping::Serial | Mapping::Row => (column, other),
                    };
                    let moved = self.lanes[row_from][column_from].output(&format!("right_{r}{c}"));
                    lane.drive(&format!("new_{bank}{other}"), moved.untimed());
                    let beside = &self.lanes[row_from][column];
                    let vector = |port: String| beside.output(&port).untimed().low_bits(shape.vector_bits());
                    if shape.has_u() {
                        lane.drive(&format!("new_u_{bank}{other}"), vector(format!("left_{r}{other}")));
                    }
                    // The right rotators hold blocks of V with rows and columns exchanged.
                    if shape.has_v() {
                        lane.drive(&format!("new_v_{bank}{other}"), vector(format!("right_{other}{r}")));
                    }
                }
            }
        }
    }
}
