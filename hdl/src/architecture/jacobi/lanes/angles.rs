//! The angle units of cores with lanes, and the memories of the coefficients.

use super::{Drawing, left_memory, right_memory};
use crate::architecture::jacobi::block::{place_coefficient_unit, stage};
use crate::architecture::jacobi::pipeline::COEFFICIENT_READ;
use crate::builder::{Memory, Signal};

/// What the angle units find. The first diagonal block of each unit stands at the stage of these signals, and the
/// others follow.
pub(super) struct Angles<'m> {
    /// The words of left coefficients (fine, k, s), by unit.
    pub(super) left: Vec<Signal<'m>>,
    /// The words of right coefficients.
    right: Vec<Signal<'m>>,
    /// All diagonal blocks of the step are settled.
    pub(super) settled: Signal<'m>,
}

impl<'m> Drawing<'_, 'm> {
    /// The angle units with the lanes that they serve.
    pub(super) fn angles(&self) -> Angles<'m> {
        let (m, command, pairs) = (self.m, self.command, self.ordering.pairs());
        let takes = command.measure.delayed_to(self.stages.left);
        let chained = self.mapping.diagonals(pairs);
        let element = self.shape.element_bits();
        let ports = [(0, 0), (0, 1), (1, 0), (1, 1)];
        let (mut left, mut right, mut settled) = (Vec::new(), Vec::new(), Vec::new());
        for first in (0..pairs).step_by(chained) {
            let served = first..(first + chained).min(pairs);
            for pair in served.clone() {
                let lane = self.diagonal_lane(pair);
                lane.drive("takes_diagonal", takes);
                for (r, c) in ports {
                    let behind = match served.contains(&(pair + 1)) {
                        true => self.diagonal_lane(pair + 1).output(&format!("ahead_{r}{c}")).untimed(),
                        false => m.zero(element),
                    };
                    lane.drive(&format!("behind_{r}{c}"), behind);
                }
            }
            let name =
                |base: &str| if chained < pairs { format!("{base}_{}", first / chained) } else { base.to_owned() };
            // A register of its own, since the lanes lie far apart.
            let ahead = |r: usize, c: usize| {
                let of_lane = self.diagonal_lane(first).output(&format!("ahead_{r}{c}"));
                of_lane.registered(&format!("{}_{r}{c}", name("measured")))
            };
            let block = [("a", ahead(0, 0)), ("b", ahead(0, 1)), ("c", ahead(1, 0)), ("d", ahead(1, 1))];
            let unit = m.place(self.design, self.angles, &name("angles"), &block);
            let coefficients = |side: &str| {
                let name = name(&format!("{side}_coefficients"));
                place_coefficient_unit(m, self.design, self.coefficients, &name, &unit, side)
            };
            let of_right = coefficients("right");
            left.push(if self.shape.symmetric() { of_right } else { coefficients("left") });
            right.push(of_right);
            let of_unit = unit.output("settled");
            // After its last diagonal block, a unit has nothing to say.
            let counts = (served.len() < chained).then(|| command.measure.delayed_to(stage(of_unit)));
            settled.push(counts.map_or(of_unit, |counts| of_unit | !counts));
        }
        // Whether all diagonal blocks of a step are settled is known when the last one has passed.
        let now = settled.into_iter().reduce(|a, b| a & b).expect("There is an angle unit.");
        let all = m.register("all_settled", 1);
        let first = command.measure.delayed_to(stage(now)).untimed();
        all.drive(now.untimed() & (first | all.value()));
        Angles { left, right, settled: all.value().at(stage(now) + chained as u32) }
    }

    /// The memories of the coefficients: for each pair of rows those of its left rotations, and for each pair those of
    /// its right ones. They hold the coefficients of the current step and those of the next one.
    pub(super) fn coefficients(&self, new: &Angles<'m>) {
        let (m, command, pairs) = (self.m, self.command, self.ordering.pairs());
        let chained = self.mapping.diagonals(pairs);
        // Lanes choose their right coefficients in the cycle before they need them. Where columns take turns, the word
        // of the one whose turn it is goes to all lanes, which lie far apart, and has another cycle for that.
        let right_chosen = self.stages.right - 1;
        let right_read = right_chosen - u32::from(command.column.is_some());
        let [left_address, right_address] = [self.stages.left, right_read].map(|stage| stage - COEFFICIENT_READ);
        let memory = |name: String, pair: usize, of: &[Signal<'m>]| -> Memory<'m> {
            let word = of[pair / chained];
            let memory = m.memory(&name, word.width(), 1 << command.copy.width());
            let at = stage(word) + (pair % chained) as u32;
            memory.write(command.measure.delayed_to(at), command.read_copy.delayed_to(at), word.untimed());
            memory
        };
        let left: Vec<Memory<'m>> = (0..pairs).map(|pair| memory(left_memory(pair), pair, &new.left)).collect();
        let right: Vec<Memory<'m>> = (0..pairs).map(|pair| memory(right_memory(pair), pair, &new.right)).collect();
        let read = |memory: &Memory<'m>, at: u32, name: String| memory.read(command.copy.delayed_to(at), None, &name);
        let left: Vec<Signal<'m>> =
            left.iter().enumerate().map(|(i, of)| read(of, left_address, format!("left_coefficient_{i}"))).collect();
        let right: Vec<Signal<'m>> =
            right.iter().enumerate().map(|(i, of)| read(of, right_address, format!("right_coefficient_{i}"))).collect();
        let of_all = command
            .column
            .map(|column| column.delayed_to(right_read).choose(&right).registered("right_coefficients_of_column"));
        for (row, column, lane) in self.every_lane() {
            lane.drive("left_coefficients", left[row]);
            lane.drive("right_coefficients", of_all.unwrap_or(right[column]));
            if self.shape.has_v() {
                lane.drive("right_coefficients_of_rows", right[row].delayed_to(right_chosen));
            }
        }
    }
}
