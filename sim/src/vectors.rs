//! Vectors of one number for each of four lanes, and the instructions on them.

use crate::emit::{offset, trusted};
use crate::graph::Cut;
use crate::instructions::Instructions;
use crate::layout::Cell;
use cranelift_codegen::ir::{self, ConstantData, Endianness, InstBuilder, MemFlags, types};
use cranelift_frontend::FunctionBuilder;

/// One number for each lane.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Vector {
    /// Numbers of 32 bits.
    Narrow(ir::Value),
    /// Numbers of 64 bits, two in each vector.
    Middle([ir::Value; 2]),
    /// Numbers of 128 bits, each by itself.
    Wide([ir::Value; 4]),
}

impl Vector {
    /// The size of one number, in bytes.
    pub fn size(self) -> usize {
        match self {
            Self::Narrow(_) => 4,
            Self::Middle(_) => 8,
            Self::Wide(_) => 16,
        }
    }

    /// The only vector of numbers of 32 bits.
    pub fn narrow(self) -> ir::Value {
        match self {
            Self::Narrow(all) => all,
            _ => unreachable!("The numbers have 32 bits."),
        }
    }
}

/// Adds instructions on vectors to a function.
pub(crate) struct Vectors<'a, 'b> {
    pub ins: Instructions<'a, 'b>,
    /// Whether the processor has the instructions of x86.
    pub is_x86: bool,
}

/// The bytes of two vectors of 64-bit numbers that are the lower halves of these numbers.
const LOWER_HALVES: [u8; 16] = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];

impl<'b> Vectors<'_, 'b> {
    pub fn constant(&mut self, number: i128, size: usize) -> Vector {
        match size {
            4 => Vector::Narrow(self.literal(types::I32X4, (number as i32).to_le_bytes().repeat(4))),
            8 => Vector::Middle([self.literal(types::I64X2, (number as i64).to_le_bytes().repeat(2)); 2]),
            _ => Vector::Wide([self.ins.constant(number, true); 4]),
        }
    }

    /// The number of each lane.
    pub fn lane_numbers(&mut self) -> Vector {
        let bytes = (0..4_i32).flat_map(i32::to_le_bytes).collect();
        Vector::Narrow(self.literal(types::I32X4, bytes))
    }

    fn literal(&mut self, kind: ir::Type, bytes: Vec<u8>) -> ir::Value {
        let constant = self.ins.builder.func.dfg.constants.insert(ConstantData::from(bytes));
        self.ins.builder.ins().vconst(kind, constant)
    }

    pub fn load(&mut self, base: ir::Value, cell: Cell) -> Vector {
        let mut part = |kind, number| {
            let place = offset(cell) + 16 * number;
            self.ins.builder.ins().load(kind, trusted(), base, place)
        };
        match cell.size {
            4 => Vector::Narrow(part(types::I32X4, 0)),
            8 => Vector::Middle([0, 1].map(|number| part(types::I64X2, number))),
            _ => Vector::Wide([0, 1, 2, 3].map(|number| part(types::I128, number))),
        }
    }

    /// Stores a vector of numbers of the cell's size.
    pub fn store(&mut self, vector: Vector, base: ir::Value, cell: Cell) {
        debug_assert_eq!(vector.size(), cell.size);
        let parts = match &vector {
            Vector::Narrow(all) => std::slice::from_ref(all),
            Vector::Middle(parts) => parts,
            Vector::Wide(parts) => parts,
        };
        for (number, &part) in parts.iter().enumerate() {
            self.ins.builder.ins().store(trusted(), part, base, offset(cell) + 16 * number as i32);
        }
    }

    /// The number of one lane, in the size that it has.
    pub fn lane(&mut self, vector: Vector, lane: usize) -> ir::Value {
        match vector {
            Vector::Narrow(all) => self.ins.builder.ins().extractlane(all, lane as u8),
            Vector::Middle(parts) => self.ins.builder.ins().extractlane(parts[lane / 2], (lane % 2) as u8),
            Vector::Wide(parts) => parts[lane],
        }
    }

    /// A number in another size.
    pub fn number(&mut self, number: ir::Value, kind: ir::Type) -> ir::Value {
        let bits = self.ins.builder.func.dfg.value_type(number).bits();
        match bits.cmp(&kind.bits()) {
            std::cmp::Ordering::Less => self.ins.builder.ins().sextend(kind, number),
            std::cmp::Ordering::Equal => number,
            std::cmp::Ordering::Greater => self.ins.builder.ins().ireduce(kind, number),
        }
    }

    /// A vector of these numbers, which have the same size.
    pub fn packed(&mut self, numbers: [ir::Value; 4]) -> Vector {
        let builder = &mut *self.ins.builder;
        match builder.func.dfg.value_type(numbers[0]) {
            types::I32 => {
                let first = builder.ins().scalar_to_vector(types::I32X4, numbers[0]);
                let rest = numbers.iter().enumerate().skip(1);
                Vector::Narrow(
                    rest.fold(first, |all, (lane, &number)| builder.ins().insertlane(all, number, lane as u8)),
                )
            }
            types::I64 => Vector::Middle([0, 2].map(|lane| {
                let first = builder.ins().scalar_to_vector(types::I64X2, numbers[lane]);
                builder.ins().insertlane(first, numbers[lane + 1], 1)
            })),
            _ => Vector::Wide(numbers),
        }
    }

    /// The same numbers in another size. Of larger numbers, the lowest bits are kept.
    pub fn resized(&mut self, vector: Vector, size: usize) -> Vector {
        match (vector, size) {
            (Vector::Narrow(all), 8) => {
                let ins = &mut *self.ins.builder;
                Vector::Middle([ins.ins().swiden_low(all), ins.ins().swiden_high(all)])
            }
            (Vector::Middle(parts), 4) => {
                let flags = MemFlags::new().with_endianness(Endianness::Little);
                let builder = &mut *self.ins.builder;
                let [low, high] = parts.map(|part| builder.ins().bitcast(types::I8X16, flags, part));
                let mask = builder.func.dfg.immediates.push(ConstantData::from(&LOWER_HALVES[..]));
                let halves = builder.ins().shuffle(low, high, mask);
                Vector::Narrow(builder.ins().bitcast(types::I32X4, flags, halves))
            }
            _ if vector.size() == size => vector,
            _ => {
                let kind = match size {
                    4 => types::I32,
                    8 => types::I64,
                    _ => types::I128,
                };
                let numbers = [0, 1, 2, 3].map(|lane| {
                    let number = self.lane(vector, lane);
                    self.number(number, kind)
                });
                self.packed(numbers)
            }
        }
    }

    /// An instruction on each pair of parts of two vectors with up to 64 bits.
    pub fn both(
        &mut self,
        a: Vector,
        b: Vector,
        instruction: impl Fn(&mut FunctionBuilder<'b>, ir::Value, ir::Value) -> ir::Value,
    ) -> Vector {
        let builder = &mut *self.ins.builder;
        match (a, b) {
            (Vector::Narrow(a), Vector::Narrow(b)) => Vector::Narrow(instruction(builder, a, b)),
            (Vector::Middle(a), Vector::Middle(b)) => {
                Vector::Middle([0, 1].map(|part| instruction(builder, a[part], b[part])))
            }
            _ => unreachable!("Both vectors have numbers of the same size, at most 64 bits."),
        }
    }

    /// An instruction on each part of a vector with up to 64 bits, and a constant amount.
    fn shifted(
        &mut self,
        a: Vector,
        amount: u32,
        instruction: impl Fn(&mut FunctionBuilder<'b>, ir::Value, ir::Value) -> ir::Value,
    ) -> Vector {
        if amount == 0 {
            return a;
        }
        let builder = &mut *self.ins.builder;
        let amount = builder.ins().iconst(types::I32, i64::from(amount));
        match a {
            Vector::Narrow(all) => Vector::Narrow(instruction(builder, all, amount)),
            Vector::Middle(parts) => Vector::Middle(parts.map(|part| instruction(builder, part, amount))),
            Vector::Wide(_) => unreachable!("Numbers of 128 bits are shifted by themselves."),
        }
    }

    pub fn shifted_left(&mut self, a: Vector, amount: u32) -> Vector {
        self.shifted(a, amount, |b, x, amount| b.ins().ishl(x, amount))
    }

    /// The numbers without their lowest bits, with zeros at the top.
    pub fn shifted_right(&mut self, a: Vector, amount: u32) -> Vector {
        self.shifted(a, amount, |b, x, amount| b.ins().ushr(x, amount))
    }

    /// The lowest `width` bits.
    pub fn masked(&mut self, a: Vector, width: u32) -> Vector {
        let mask = self.constant((1 << width) - 1, a.size());
        self.both(a, mask, |b, x, y| b.ins().band(x, y))
    }

    /// The cut of numbers with up to 64 bits, sign-extended or zero-extended, as numbers of `size` bytes.
    pub fn cut(&mut self, a: Vector, cut: Cut, signed: bool, size: usize) -> Vector {
        let (mut a, mut cut) = (a, cut);
        if a.size() > size {
            // The bits of the cut fit the smaller numbers, which need fewer instructions.
            let moved = self.shifted_right(a, cut.low);
            (a, cut) = (self.resized(moved, size), Cut::wrap(cut.width));
        }
        let bits = 8 * a.size() as u32;
        if cut.width > bits {
            // The numbers are known to need fewer bits than the cut has.
            return a;
        }
        if !signed {
            let moved = self.shifted_right(a, cut.low);
            return if cut.top() == bits { moved } else { self.masked(moved, cut.width) };
        }
        let up = self.shifted_left(a, bits - cut.top());
        self.shifted(up, bits - cut.width, |b, x, amount| b.ins().sshr(x, amount))
    }

    /// `a` where the mask is -1, and `b` where it is 0. All three have numbers of the same size. The instructions of
    /// x86 for up to 64 bits look only at the highest bit of the mask.
    pub fn select(&mut self, mask: Vector, a: Vector, b: Vector) -> Vector {
        let is_x86 = self.is_x86;
        let one = |builder: &mut FunctionBuilder<'b>, mask, a, b| match is_x86 {
            true => builder.ins().x86_blendv(mask, a, b),
            false => builder.ins().bitselect(mask, a, b),
        };
        let builder = &mut *self.ins.builder;
        match (mask, a, b) {
            (Vector::Narrow(mask), Vector::Narrow(a), Vector::Narrow(b)) => Vector::Narrow(one(builder, mask, a, b)),
            (Vector::Middle(mask), Vector::Middle(a), Vector::Middle(b)) => {
                Vector::Middle([0, 1].map(|part| one(builder, mask[part], a[part], b[part])))
            }
            (Vector::Wide(mask), Vector::Wide(a), Vector::Wide(b)) => Vector::Wide([0, 1, 2, 3].map(|lane| {
                let condition = self.number(mask[lane], types::I64);
                self.ins.select(condition, a[lane], b[lane])
            })),
            _ => unreachable!("All vectors have numbers of the same size."),
        }
    }
}
