//! The loops over 64-bit slots. Each operation is written once, and run on single instructions and on rows.
//!
//! Everything is inlined into the machine's evaluation, which is compiled for several sets of vector instructions.

use crate::graph::Operation;
use crate::tape::{Index, Instruction, Row};

/// Elements of a row that are computed together: all operands are read before a result is written, so that the compiler
/// needs no proof that they are apart.
const STEP: usize = 4;

/// A bank's slots, their address being in a processor register during a loop.
pub(crate) struct Slots<'a, const N: usize>(pub &'a mut [i64; N]);

impl<const N: usize> Slots<'_, N> {
    #[inline(always)]
    pub fn get(&self, index: impl Index) -> i64 {
        self.0[index.position() & (N - 1)]
    }

    #[inline(always)]
    pub fn set(&mut self, index: impl Index, value: i64) {
        self.0[index.position() & (N - 1)] = value;
    }

    /// The slots before a row, those of the row, and those behind it.
    #[inline(always)]
    fn around(&mut self, target: impl Index, count: impl Index) -> (&[i64], &mut [i64], &[i64]) {
        let (before, rest) = self.0.split_at_mut(target.position());
        let (row, after) = rest.split_at_mut(count.position());
        (before, row, after)
    }
}

#[inline(always)]
fn truth(holds: bool) -> i64 {
    -i64::from(holds)
}

#[inline(always)]
fn signed_cut<I>(value: i64, i: &Instruction<I>) -> i64 {
    (value << (i.up & 63)) >> (i.down & 63)
}

#[inline(always)]
fn unsigned_cut<I>(value: i64, i: &Instruction<I>) -> i64 {
    ((value << (i.up & 63)) as u64 >> (i.down & 63)) as i64
}

/// As many slots as a row has, before it or behind it.
#[inline(always)]
fn operand<'a>(before: &'a [i64], count: usize, after: &'a [i64], first: impl Index) -> &'a [i64] {
    match first.position().checked_sub(before.len() + count) {
        Some(offset) => &after[offset..][..count],
        None => &before[first.position()..][..count],
    }
}

/// Computes a result for each single instruction and for each element of each row, given its operands by name.
macro_rules! batch {
    ($batch:ident, |$i:ident, $a:ident| $result:expr) => {
        batch!(@ $batch, $i, [a: $a], $result)
    };
    ($batch:ident, |$i:ident, $a:ident, $b:ident| $result:expr) => {
        batch!(@ $batch, $i, [a: $a, b: $b], $result)
    };
    ($batch:ident, |$i:ident, $a:ident, $b:ident, $c:ident| $result:expr) => {
        batch!(@ $batch, $i, [a: $a, b: $b, c: $c], $result)
    };
    (@ $batch:ident, $i:ident, [$($field:ident: $name:ident),+], $result:expr) => {{
        let Batch { code, rows, mut slots } = $batch;
        for $i in code {
            $(let $name = slots.get($i.$field);)+
            let result = $result;
            slots.set($i.target, result);
        }
        for row in rows {
            let $i = &row.first;
            let (before, targets, after) = slots.around($i.target, row.count);
            let count = targets.len();
            $(let $name = operand(before, count, after, $i.$field).as_chunks::<STEP>();)+
            let (steps, rest) = targets.as_chunks_mut::<STEP>();
            for (k, step) in steps.iter_mut().enumerate() {
                let mut results = [0; STEP];
                $(let $name = &$name.0[k];)+
                for (j, result) in results.iter_mut().enumerate() {
                    $(let $name = $name[j];)+
                    *result = $result;
                }
                *step = results;
            }
            for (k, target) in rest.iter_mut().enumerate() {
                $(let $name = $name.1[k];)+
                *target = $result;
            }
        }
    }};
}

/// What one batch works on.
pub(crate) struct Batch<'a, I, const N: usize> {
    pub code: &'a [Instruction<I>],
    pub rows: &'a [Row<I>],
    pub slots: Slots<'a, N>,
}

#[inline(always)]
pub(crate) fn run_plain<I: Index, const N: usize>(operation: Operation, batch: Batch<I, N>) {
    use Operation::*;
    match operation {
        Move => batch!(batch, |i, a| a),
        And => batch!(batch, |i, a, b| a & b),
        Or => batch!(batch, |i, a, b| a | b),
        Xor => batch!(batch, |i, a, b| a ^ b),
        AndNot => batch!(batch, |i, a, b| a & !b),
        Add => batch!(batch, |i, a, b| a.wrapping_add(b)),
        Sub => batch!(batch, |i, a, b| a.wrapping_sub(b)),
        AddSub => batch!(batch, |i, a, b, mask| a.wrapping_add(b ^ mask).wrapping_sub(mask)),
        Mul => batch!(batch, |i, a, b| a.wrapping_mul(b)),
        Equal => batch!(batch, |i, a, b| truth(a == b)),
        Less => batch!(batch, |i, a, b| truth(a < b)),
        LessUnsigned => batch!(batch, |i, a, b| truth((a as u64) < b as u64)),
        Mux => batch!(batch, |i, on_true, on_false, mask| on_false ^ ((on_true ^ on_false) & mask)),
        ShiftLeft | ShiftRight | Extract | Unsigned | Join => unreachable!("It is always cut."),
        Load => unreachable!("It reads more than slots."),
    }
}

#[inline(always)]
pub(crate) fn run_cut<I: Index, const N: usize>(operation: Operation, batch: Batch<I, N>) {
    use Operation::*;
    match operation {
        Add => batch!(batch, |i, a, b| signed_cut(a.wrapping_add(b), i)),
        Sub => batch!(batch, |i, a, b| signed_cut(a.wrapping_sub(b), i)),
        AddSub => batch!(batch, |i, a, b, mask| signed_cut(a.wrapping_add(b ^ mask).wrapping_sub(mask), i)),
        Mul => batch!(batch, |i, a, b| signed_cut(a.wrapping_mul(b), i)),
        ShiftLeft => batch!(batch, |i, a, amount| signed_cut(if (amount as u64) < 64 { a << amount } else { 0 }, i)),
        // The cut's bits stand on top of the slot, so that the logical shift moves zeros in.
        ShiftRight => batch!(batch, |i, a, amount| {
            let top = (a << (i.up & 63)) as u64;
            (if (amount as u64) < 64 { (top >> amount) as i64 } else { 0 }) >> (i.down & 63)
        }),
        Extract => batch!(batch, |i, a| signed_cut(a, i)),
        Unsigned => batch!(batch, |i, a| unsigned_cut(a, i)),
        Join => batch!(batch, |i, high, low| {
            let low = ((low << (i.down & 63)) as u64 >> (i.down & 63)) as i64;
            high << ((64 - i.down) & 63) | low
        }),
        _ => unreachable!("It is never cut."),
    }
}
