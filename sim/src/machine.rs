//! Runs a tape.
//!
//! A bank has a power of two slots, whose number is a compile-time constant: masking a slot number makes it a valid
//! index without a check (of a 16-bit number the mask vanishes too). Banks are allocated zeroed, so that the
//! operating system provides only the pages that the design touches.
//!
//! A machine with many lanes would replace a slot by a row of values and each loop body by a loop over the row;
//! tape and slot numbers stay.

use crate::batches::{Batch, Slots, run_cut, run_plain};
use crate::fold::evaluate;
use crate::graph::Operation;
use crate::tape::{Index, Instruction, Opcode, Slot, Tape};

/// Something that executes one tape.
pub(crate) trait Machine: Send {
    /// Computes every combinational value from registers and inputs.
    fn evaluate(&mut self);
    /// Updates memories and registers.
    fn clock(&mut self, in_reset: bool);
    fn read(&self, slot: Slot) -> i128;
    fn write(&mut self, slot: Slot, value: i128);
    /// Numbers of instructions (a row being one) and of batches.
    fn size(&self) -> (usize, usize);
}

/// `N` slots, a power of two.
struct Bank<T, const N: usize>(Box<[T; N]>);

impl<T: Copy + Default, const N: usize> Bank<T, N> {
    fn new(zeroed: Vec<T>) -> Self {
        const { assert!(N.is_power_of_two()) };
        let Ok(slots) = zeroed.into_boxed_slice().try_into() else { unreachable!("A bank is made with N slots.") };
        Self(slots)
    }

    #[inline(always)]
    fn get(&self, index: impl Index) -> T {
        self.0[index.position() & (N - 1)]
    }

    #[inline(always)]
    fn set(&mut self, index: impl Index, value: T) {
        self.0[index.position() & (N - 1)] = value;
    }

    /// Moves slots up; in pieces, since long block copies of the C library start slowly.
    fn shift(&mut self, from: usize, count: usize, by: usize) {
        let mut end = from + count;
        while end > from {
            let start = end.saturating_sub(128).max(from);
            self.0.copy_within(start..end, start + by);
            end = start;
        }
    }
}

/// A machine for tapes of up to `N` slots of each size.
pub(crate) struct TapeMachine<I, const N: usize> {
    /// The vector instructions that this computer has.
    arch: pulp::Arch,
    tape: Tape<I>,
    narrow: Bank<i64, N>,
    wide: Bank<i128, N>,
    words: Vec<i64>,
    wide_words: Vec<i128>,
    /// The blocks that this clock edge updates.
    enabled: Vec<bool>,
}

impl<I: Index, const N: usize> TapeMachine<I, N> {
    /// Power-up: everything is 0 but tables and constants.
    pub fn new(tape: Tape<I>) -> Self {
        let (words, wide_words) = (tape.words.clone(), tape.wide_words.clone());
        let enabled = vec![false; tape.blocks.len()];
        let (narrow, wide) = (Bank::new(vec![0; N]), Bank::new(vec![0; N]));
        let mut machine = Self { arch: pulp::Arch::new(), tape, narrow, wide, words, wide_words, enabled };
        for k in 0..machine.tape.constants.len() {
            let (slot, value) = machine.tape.constants[k];
            machine.write(slot, value);
        }
        machine
    }

    #[inline(always)]
    fn run(&mut self, number: usize) {
        let batch = &self.tape.batches[number];
        let code = &self.tape.code[batch.code.clone()];
        let rows = &self.tape.rows[batch.rows.clone()];
        let narrow = Batch { code, rows, slots: Slots(&mut self.narrow.0) };
        match batch.opcode {
            Opcode::Plain(Operation::Load) => {
                let (mut slots, words, regions) = (narrow.slots, &self.words[..], &self.tape.regions[..]);
                for i in code {
                    let word = regions[i.b.position()].word(slots.get(i.a));
                    slots.set(i.target, words[word]);
                }
            }
            Opcode::Plain(operation) => run_plain(operation, narrow),
            Opcode::Cut(operation) => run_cut(operation, narrow),
            Opcode::Widen => code.iter().for_each(|i| self.wide.set(i.target, self.narrow.get(i.a).into())),
            Opcode::Wide { operation: Operation::Load, .. } => {
                for i in code {
                    let word = self.tape.regions[i.b.position()].word(self.narrow.get(i.a));
                    self.wide.set(i.target, self.wide_words[word]);
                }
            }
            Opcode::Wide { operation, narrow_result } => {
                run_wide(operation, narrow_result, code, &mut self.narrow, &mut self.wide);
            }
        }
    }
}

/// All batches, compiled once for each set of vector instructions; everything within must be inlined for that.
struct Evaluation<'a, I, const N: usize>(&'a mut TapeMachine<I, N>);

impl<I: Index, const N: usize> pulp::WithSimd for Evaluation<'_, I, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        for number in 0..self.0.tape.batches.len() {
            self.0.run(number);
        }
    }
}

impl<I: Index, const N: usize> Machine for TapeMachine<I, N> {
    fn evaluate(&mut self) {
        let arch = self.arch;
        arch.dispatch(Evaluation(self));
    }

    fn clock(&mut self, in_reset: bool) {
        for port in &self.tape.writes {
            if self.narrow.get(port.enable) != 0 {
                let word = port.region.word(self.narrow.get(port.address));
                if port.region.wide {
                    self.wide_words[word] = self.wide.get(port.data);
                } else {
                    self.words[word] = self.narrow.get(port.data);
                }
            }
        }
        // An enable may be a register that another block is about to change.
        for (enabled, block) in self.enabled.iter_mut().zip(&self.tape.blocks) {
            *enabled = block.enable.is_none_or(|slot| self.narrow.get(slot) != 0);
        }
        for (&enabled, block) in self.enabled.iter().zip(&self.tape.blocks) {
            for shift in block.shifts.iter().filter(|_| enabled) {
                if shift.wide {
                    self.wide.shift(shift.from, shift.count, shift.by);
                } else {
                    self.narrow.shift(shift.from, shift.count, shift.by);
                }
            }
        }
        if in_reset {
            for k in 0..self.tape.resets.len() {
                let (slot, value) = self.tape.resets[k];
                self.write(slot, value);
            }
        }
    }

    fn read(&self, slot: Slot) -> i128 {
        if slot.wide { self.wide.get(slot.position) } else { self.narrow.get(slot.position).into() }
    }

    fn write(&mut self, slot: Slot, value: i128) {
        if slot.wide {
            self.wide.set(slot.position, value);
        } else {
            self.narrow.set(slot.position, value as i64);
        }
    }

    fn size(&self) -> (usize, usize) {
        (self.tape.code.len() + self.tape.rows.len(), self.tape.batches.len())
    }
}

/// Wide operations are rare: they share one loop and the meaning that folds constants.
fn run_wide<I: Index, const N: usize>(
    operation: Operation,
    narrow_result: bool,
    code: &[Instruction<I>],
    narrow: &mut Bank<i64, N>,
    wide: &mut Bank<i128, N>,
) {
    let shifts = matches!(operation, Operation::ShiftLeft | Operation::ShiftRight);
    for i in code {
        let b = if shifts { narrow.get(i.b).into() } else { wide.get(i.b) };
        // Only conditions are third operands; elsewhere this reads some slot and `evaluate` ignores it.
        let condition = narrow.get(i.c).into();
        let result = evaluate(operation, wide.get(i.a), b, condition, Some(i.wide_cut()));
        if narrow_result {
            narrow.set(i.target, result as i64);
        } else {
            wide.set(i.target, result);
        }
    }
}
