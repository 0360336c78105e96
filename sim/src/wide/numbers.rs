//! Numbers of all lanes, and the steps that compute with them.

use super::program::{Action, Class, Fold, Home, Mask, Name, Place, Program, Words};
use crate::graph::Cut;
use crate::layout::{BIT, Cell};
use iced_x86::Code;

/// How large the numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// 0 or -1: one bit for each lane.
    Bits,
    /// 32 bits.
    Narrow,
    /// 64 bits.
    Middle,
}

/// The smallest kind for numbers with this many bits, or `None` if there is none.
pub(super) fn kind_of(bits: u32) -> Option<Kind> {
    match bits {
        ..=1 => Some(Kind::Bits),
        2..=32 => Some(Kind::Narrow),
        33..=64 => Some(Kind::Middle),
        _ => None,
    }
}

impl Kind {
    pub fn of_cell(cell: Cell) -> Option<Self> {
        match cell.size {
            BIT => Some(Self::Bits),
            4 => Some(Self::Narrow),
            8 => Some(Self::Middle),
            _ => None,
        }
    }

    pub fn at_least_narrow(self) -> Self {
        self.max(Self::Narrow)
    }

    fn bits(self) -> u32 {
        match self {
            Self::Bits => 1,
            Self::Narrow => 32,
            Self::Middle => 64,
        }
    }
}

/// One number for each lane.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Bits(Name),
    Narrow(Name),
    /// The numbers of the lower and of the upper eight lanes.
    Middle([Name; 2]),
}

impl Number {
    pub fn kind(self) -> Kind {
        match self {
            Self::Bits(_) => Kind::Bits,
            Self::Narrow(_) => Kind::Narrow,
            Self::Middle(_) => Kind::Middle,
        }
    }

    pub fn parts(self) -> Vec<Name> {
        match self {
            Self::Bits(all) | Self::Narrow(all) => vec![all],
            Self::Middle(parts) => parts.to_vec(),
        }
    }
}

/// Adds steps to a program.
pub(super) struct Numbers {
    pub program: Program,
}

/// The places of the lower halves of the 64-bit numbers in two vectors.
const LOWER_HALVES: [u32; 16] = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30];

impl Numbers {
    pub fn constant(&mut self, number: i128, kind: Kind) -> Number {
        match kind {
            Kind::Bits => Number::Bits(self.program.at_home(Home::Constant(if number & 1 == 0 { 0 } else { 0xFFFF }))),
            Kind::Narrow => Number::Narrow(self.program.same4(number as i32)),
            Kind::Middle => Number::Middle([self.program.same8(number as i64); 2]),
        }
    }

    pub fn load(&mut self, place: Place, kind: Kind) -> Number {
        match kind {
            Kind::Bits => Number::Bits(self.program.at_home(Home::Bits(place))),
            Kind::Narrow => Number::Narrow(self.program.at_home(Home::Vector(place))),
            Kind::Middle => {
                Number::Middle([0, 64].map(|after| self.program.at_home(Home::Vector(moved(place, after)))))
            }
        }
    }

    pub fn store(&mut self, number: Number, place: Place) {
        for (part, name) in number.parts().into_iter().enumerate() {
            self.program.effect(Action::Store(moved(place, 64 * part as i32)), &[name], None);
        }
    }

    pub fn bits(&mut self, action: Action, sources: &[Name]) -> Name {
        self.program.step(Class::Bits, action, sources, None)
    }

    fn vector(&mut self, code: Code, fold: Fold, sources: &[Name], immediate: Option<u32>) -> Name {
        self.program.step(Class::Vector, Action::Vector { code, fold, zeroing: false, immediate }, sources, None)
    }

    /// An instruction on numbers of the same kind: `short` for 32 bits, and `long` for 64.
    pub fn both(&mut self, a: Number, b: Number, short: Code, long: Code) -> Number {
        match (a, b) {
            (Number::Narrow(a), Number::Narrow(b)) => {
                Number::Narrow(self.vector(short, Fold::VectorOrSame4, &[a, b], None))
            }
            (Number::Middle(a), Number::Middle(b)) => {
                Number::Middle([0, 1].map(|part| self.vector(long, Fold::VectorOrSame8, &[a[part], b[part]], None)))
            }
            _ => unreachable!("Both have 32 bits, or both have 64."),
        }
    }

    fn shifted(&mut self, a: Number, amount: u32, short: Code, long: Code) -> Number {
        match a {
            _ if amount == 0 => a,
            Number::Narrow(a) => Number::Narrow(self.vector(short, Fold::VectorOrSame4, &[a], Some(amount))),
            Number::Middle(a) => {
                Number::Middle(a.map(|part| self.vector(long, Fold::VectorOrSame8, &[part], Some(amount))))
            }
            Number::Bits(_) => unreachable!("Bits are widened before they are shifted."),
        }
    }

    pub fn shifted_left(&mut self, a: Number, amount: u32) -> Number {
        let (short, long) = (Code::EVEX_Vpslld_zmm_k1z_zmmm512b32_imm8, Code::EVEX_Vpsllq_zmm_k1z_zmmm512b64_imm8);
        self.shifted(a, amount, short, long)
    }

    fn shifted_right(&mut self, a: Number, amount: u32, signed: bool) -> Number {
        let (short, long) = match signed {
            true => (Code::EVEX_Vpsrad_zmm_k1z_zmmm512b32_imm8, Code::EVEX_Vpsraq_zmm_k1z_zmmm512b64_imm8),
            false => (Code::EVEX_Vpsrld_zmm_k1z_zmmm512b32_imm8, Code::EVEX_Vpsrlq_zmm_k1z_zmmm512b64_imm8),
        };
        self.shifted(a, amount, short, long)
    }

    /// The cut of numbers of 32 or 64 bits, sign-extended or zero-extended. `exact` says that the numbers have no other
    /// bits above the cut than its sign. The result has the given kind, or is bits if one bit remains of a sign.
    pub fn cut(&mut self, a: Number, cut: Cut, signed: bool, exact: bool, kind: Kind) -> Number {
        if signed && cut.width == 1 && cut.low < a.kind().bits() {
            return self.bit(a, cut.low);
        }
        let (mut a, mut cut) = (a, cut);
        if a.kind() > kind {
            let moved = self.shifted_right(a, cut.low, signed && exact);
            (a, cut) = (self.converted(moved, kind), Cut::wrap(cut.width));
            if signed && exact {
                return a;
            }
        }
        let bits = a.kind().bits();
        if cut.width > bits {
            // The numbers are known to need fewer bits than the cut has.
            return a;
        }
        if signed && exact {
            return self.shifted_right(a, cut.low, true);
        }
        if !signed {
            let moved = self.shifted_right(a, cut.low, false);
            if cut.top() == bits {
                return moved;
            }
            let mask = self.constant((1 << cut.width) - 1, a.kind());
            let (short, long) = (Code::EVEX_Vpandd_zmm_k1z_zmm_zmmm512b32, Code::EVEX_Vpandq_zmm_k1z_zmm_zmmm512b64);
            return self.both(moved, mask, short, long);
        }
        let up = self.shifted_left(a, bits - cut.top());
        self.shifted_right(up, bits - cut.width, true)
    }

    /// A bit of each number.
    fn bit(&mut self, a: Number, place: u32) -> Number {
        let bit = self.constant(1 << place, a.kind());
        let (short, long) = (Code::EVEX_Vptestmd_kr_k1_zmm_zmmm512b32, Code::EVEX_Vptestmq_kr_k1_zmm_zmmm512b64);
        self.tested(a, bit, short, long, None)
    }

    fn tested(&mut self, a: Number, b: Number, short: Code, long: Code, immediate: Option<u32>) -> Number {
        let (code, fold) = match a {
            Number::Narrow(_) => (short, Fold::VectorOrSame4),
            _ => (long, Fold::VectorOrSame8),
        };
        let sources = [a.parts(), b.parts()].concat();
        Number::Bits(self.bits(Action::Test { code, fold, immediate }, &sources))
    }

    /// Whether `a` = `b` (predicate 0) or `a` < `b` (predicate 1).
    pub fn compared(&mut self, a: Number, b: Number, signed: bool, predicate: u32) -> Number {
        let (short, long) = match signed {
            true => (Code::EVEX_Vpcmpd_kr_k1_zmm_zmmm512b32_imm8, Code::EVEX_Vpcmpq_kr_k1_zmm_zmmm512b64_imm8),
            false => (Code::EVEX_Vpcmpud_kr_k1_zmm_zmmm512b32_imm8, Code::EVEX_Vpcmpuq_kr_k1_zmm_zmmm512b64_imm8),
        };
        self.tested(a, b, short, long, Some(predicate))
    }

    /// The numbers in the lanes of the condition, and 0 in the others.
    pub fn kept(&mut self, condition: Name, a: Number) -> Number {
        let step = |this: &mut Self, name, upper, code, fold| {
            let action = Action::Vector { code, fold, zeroing: true, immediate: None };
            this.program.step(Class::Vector, action, &[name], Some(Mask { bits: condition, upper }))
        };
        match a {
            Number::Bits(a) => Number::Bits(self.bits(Action::And, &[a, condition])),
            Number::Narrow(a) => {
                Number::Narrow(step(self, a, false, Code::EVEX_Vmovdqu32_zmm_k1z_zmmm512, Fold::Vector))
            }
            Number::Middle(a) => Number::Middle(
                [0, 1].map(|part| step(self, a[part], part == 1, Code::EVEX_Vmovdqu64_zmm_k1z_zmmm512, Fold::Vector)),
            ),
        }
    }

    /// `a` in the lanes of the condition, and `b` in the others.
    pub fn choice(&mut self, condition: Name, a: Number, b: Number) -> Number {
        let blend = |this: &mut Self, [b, a]: [Name; 2], upper, code, fold| {
            let action = Action::Vector { code, fold, zeroing: false, immediate: None };
            this.program.step(Class::Vector, action, &[b, a], Some(Mask { bits: condition, upper }))
        };
        match (a, b) {
            (Number::Bits(a), Number::Bits(b)) => {
                let different = self.bits(Action::Xor, &[a, b]);
                let changed = self.bits(Action::And, &[different, condition]);
                Number::Bits(self.bits(Action::Xor, &[changed, b]))
            }
            (Number::Narrow(a), Number::Narrow(b)) => {
                let code = Code::EVEX_Vpblendmd_zmm_k1z_zmm_zmmm512b32;
                Number::Narrow(blend(self, [b, a], false, code, Fold::VectorOrSame4))
            }
            (Number::Middle(a), Number::Middle(b)) => Number::Middle([0, 1].map(|part| {
                let code = Code::EVEX_Vpblendmq_zmm_k1z_zmm_zmmm512b64;
                blend(self, [b[part], a[part]], part == 1, code, Fold::VectorOrSame8)
            })),
            _ => unreachable!("Both are of the same kind."),
        }
    }

    /// `a - b` in the lanes of the condition, and `a + b` in the others.
    pub fn add_sub(&mut self, condition: Name, a: Number, b: Number) -> Number {
        let step = |this: &mut Self, sources: [Name; 2], upper, add, sub| {
            let mask = Some(Mask { bits: condition, upper });
            this.program.step(Class::Vector, Action::AddSub { add, sub }, &sources, mask)
        };
        match (a, b) {
            (Number::Narrow(a), Number::Narrow(b)) => {
                let (add, sub) = (Code::EVEX_Vpaddd_zmm_k1z_zmm_zmmm512b32, Code::EVEX_Vpsubd_zmm_k1z_zmm_zmmm512b32);
                Number::Narrow(step(self, [a, b], false, add, sub))
            }
            (Number::Middle(a), Number::Middle(b)) => Number::Middle([0, 1].map(|part| {
                let (add, sub) = (Code::EVEX_Vpaddq_zmm_k1z_zmm_zmmm512b64, Code::EVEX_Vpsubq_zmm_k1z_zmm_zmmm512b64);
                step(self, [a[part], b[part]], part == 1, add, sub)
            })),
            _ => unreachable!("Both have 32 bits, or both have 64."),
        }
    }

    /// The words with these numbers.
    pub fn loaded(&mut self, index: Name, words: Words, is_small: bool) -> Number {
        if words.size == 4 {
            if is_small {
                let table = self.program.at_home(Home::Vector(words.place));
                let code = Code::EVEX_Vpermd_zmm_k1z_zmm_zmmm512b32;
                return Number::Narrow(self.vector(code, Fold::Vector, &[index, table], None));
            }
            return Number::Narrow(self.program.step(Class::Vector, Action::Gather(words), &[index], None));
        }
        let upper = self.upper(index);
        Number::Middle([index, upper].map(|i| self.program.step(Class::Vector, Action::Gather(words), &[i], None)))
    }

    /// The upper half of a vector, as a lower half.
    fn upper(&mut self, a: Name) -> Name {
        match self.program.home(a) {
            Some(Home::Vector(place)) => self.program.at_home(Home::Vector(moved(place, 32))),
            _ => self.vector(Code::EVEX_Vextracti64x4_ymmm256_k1z_zmm_imm8, Fold::Nothing, &[a], Some(1)),
        }
    }

    /// The same numbers in another kind. Of larger numbers, the lowest bits are kept.
    pub fn converted(&mut self, number: Number, kind: Kind) -> Number {
        let expand = |this: &mut Self, bits, upper, code| {
            this.program.step(Class::Vector, Action::Expand(code), &[], Some(Mask { bits, upper }))
        };
        match (number, kind) {
            (Number::Bits(a), Kind::Narrow) => Number::Narrow(expand(self, a, false, Code::EVEX_Vpmovm2d_zmm_kr)),
            (Number::Bits(a), Kind::Middle) => {
                Number::Middle([false, true].map(|upper| expand(self, a, upper, Code::EVEX_Vpmovm2q_zmm_kr)))
            }
            (Number::Narrow(a), Kind::Middle) => {
                let upper = self.upper(a);
                let code = Code::EVEX_Vpmovsxdq_zmm_k1z_ymmm256;
                Number::Middle([a, upper].map(|half| self.vector(code, Fold::Vector, &[half], None)))
            }
            (Number::Middle([low, high]), Kind::Narrow) => {
                let places = self.program.literal(LOWER_HALVES);
                Number::Narrow(self.program.step(Class::Vector, Action::Pack, &[places, low, high], None))
            }
            (Number::Narrow(_) | Number::Middle(_), Kind::Bits) => self.bit(number, 0),
            _ => number,
        }
    }
}

fn moved(place: Place, offset: i32) -> Place {
    Place { offset: place.offset + offset, ..place }
}
