//! Translates the graph into a program. The bits of a condition or of a flag, one for each lane, stand together in a
//! general register. Other numbers of up to 32 bits are one vector, and numbers of up to 64 bits are two.

use super::numbers::{Kind, Number, Numbers, kind_of};
use super::program::{Action, Base, Mask, Name, Place, Program, Words};
use crate::graph::{Cut, Graph, Operation, Origin, Value};
use crate::layout::{Cell, Layout};
use crate::range::Range;
use iced_x86::Code;

/// The program of one cycle, or `None` if the design has numbers of more than 64 bits.
pub(super) fn translate(graph: &Graph, layout: &Layout) -> Option<Program> {
    let numbers = Numbers { program: Program::new(layout.size.next_multiple_of(64)) };
    let mut translator = Translator { graph, layout, numbers, values: vec![[None; 3]; graph.len()] };
    for (&number, &cell) in layout.computed_states() {
        let state = graph.states[number];
        let mut next = translator.value(state.next, Kind::of_cell(cell)?)?;
        if let Some(enable) = state.enable {
            let enable = translator.bits(enable)?;
            let old = translator.value(state.value, Kind::of_cell(cell)?)?;
            next = translator.numbers.choice(enable, next, old);
        }
        translator.numbers.store(next, place(Base::Next, cell));
    }
    for (&value, &cell) in &layout.observed {
        let found = translator.value(value, Kind::of_cell(cell)?)?;
        translator.numbers.store(found, place(Base::Cells, cell));
    }
    translator.memories()?;
    Some(translator.numbers.program)
}

struct Translator<'a> {
    graph: &'a Graph,
    layout: &'a Layout,
    numbers: Numbers,
    /// For each value, its translation to each kind of number, where there is one yet.
    values: Vec<[Option<Number>; 3]>,
}

impl Translator<'_> {
    /// Writes the memories. All loads come before the first write.
    fn memories(&mut self) -> Option<()> {
        let mut steps = Vec::new();
        for (&number, &cell) in &self.layout.words {
            let Some(write) = self.graph.words[number].write else { continue };
            let mask = Mask { bits: self.bits(write.enable)?, upper: false };
            self.make(write.address)?;
            let index = self.index(number, write.address)?;
            let data = self.value(write.data, Kind::of_cell(cell)?)?;
            steps.push((words(cell), [&[index][..], &data.parts()].concat(), mask));
        }
        for (words, sources, mask) in steps {
            self.numbers.program.effect(Action::Scatter(words), &sources, Some(mask));
        }
        Some(())
    }

    fn kind(&self, value: Value) -> Option<Kind> {
        kind_of(self.graph.range(value).bits())
    }

    fn bits(&mut self, value: Value) -> Option<Name> {
        Some(self.value(value, Kind::Bits)?.parts()[0])
    }

    /// A value as numbers of a kind. If there are none yet, they are computed with everything that they need.
    fn value(&mut self, value: Value, kind: Kind) -> Option<Number> {
        self.make(value)?;
        self.at(value, kind)
    }

    fn make(&mut self, value: Value) -> Option<()> {
        let is_made =
            |this: &Self, value: Value| Some(this.values[value.index()][this.kind(value)? as usize].is_some());
        let mut pending = vec![value];
        while let Some(&top) = pending.last() {
            if is_made(self, top)? {
                pending.pop();
                continue;
            }
            let before = pending.len();
            for operand in self.graph.operands(top) {
                if !is_made(self, operand)? {
                    pending.push(operand);
                }
            }
            if pending.len() == before {
                let kind = self.kind(top)?;
                let made = self.translated(top)?;
                self.values[top.index()][kind as usize] = Some(self.numbers.converted(made, kind));
                pending.pop();
            }
        }
        Some(())
    }

    /// A value that has been made, as numbers of a kind. Smaller numbers than it needs are its lowest bits.
    fn at(&mut self, value: Value, kind: Kind) -> Option<Number> {
        if let Some(found) = self.values[value.index()][kind as usize] {
            return Some(found);
        }
        let converted = match self.graph.constant_of(value) {
            Some(number) => self.numbers.constant(number, kind),
            None => {
                let home = self.values[value.index()][self.kind(value)? as usize]?;
                self.numbers.converted(home, kind)
            }
        };
        self.values[value.index()][kind as usize] = Some(converted);
        Some(converted)
    }

    fn translated(&mut self, value: Value) -> Option<Number> {
        Some(match self.graph.origin(value) {
            Origin::Constant { number, .. } => self.numbers.constant(number, self.kind(value)?),
            Origin::Input(port) => self.numbers.load(place(Base::Cells, self.layout.inputs[&port]), self.kind(value)?),
            Origin::State(number) => {
                let cell = self.layout.states[&(number as usize)];
                self.numbers.load(place(Base::Now, cell), Kind::of_cell(cell)?)
            }
            Origin::Computed { operation: Operation::Load, operands: [address, number, _], .. } => {
                let index = self.index(number.index(), address)?;
                let cell = self.layout.words[&number.index()];
                let count = self.graph.words[number.index()].contents.len();
                let is_small = count <= 16 && self.layout.copies(&self.graph.words[number.index()]) == 1;
                self.numbers.loaded(index, words(cell), is_small)
            }
            Origin::Computed { operation, operands, cut } => {
                let is_bit = self.kind(value)? == Kind::Bits;
                match self.of_bits(operation, operands, cut, is_bit)? {
                    Some(found) => found,
                    None => self.computed(operation, operands, cut, self.kind(value)?.at_least_narrow())?,
                }
            }
        })
    }

    /// The result of an operation that takes less with bits than with numbers.
    fn of_bits(
        &mut self,
        operation: Operation,
        [a, b, c]: [Value; 3],
        cut: Option<Cut>,
        is_bit: bool,
    ) -> Option<Option<Number>> {
        use Operation::*;
        let bit = |this: &Self, value: Value| Some(this.kind(value)? == Kind::Bits);
        let (first, second) = (bit(self, a)?, bit(self, b)?);
        if first && operation == Extract {
            return Some(Some(self.at(a, Kind::Bits)?));
        }
        if operation == And && first != second && !is_bit {
            let (mask, number) = if first { (a, b) } else { (b, a) };
            let (mask, kind) = (self.at(mask, Kind::Bits)?.parts()[0], self.kind(number)?);
            let number = self.at(number, kind)?;
            return Some(Some(self.numbers.kept(mask, number)));
        }
        let modulo_2 = cut == Some(Cut::wrap(1));
        let suits = match operation {
            And | Or | Xor | AndNot | Equal | Less | LessUnsigned | Mux => true,
            Add | Sub | AddSub => modulo_2,
            _ => false,
        };
        if !(first && second && is_bit && suits) {
            return Some(None);
        }
        let (x, y) = (self.at(a, Kind::Bits)?.parts()[0], self.at(b, Kind::Bits)?.parts()[0]);
        let numbers = &mut self.numbers;
        let result = match operation {
            And => numbers.bits(Action::And, &[x, y]),
            Or => numbers.bits(Action::Or, &[x, y]),
            AndNot | Less => numbers.bits(Action::AndNot, &[x, y]),
            LessUnsigned => numbers.bits(Action::AndNot, &[y, x]),
            Equal => {
                let different = numbers.bits(Action::Xor, &[x, y]);
                numbers.bits(Action::Invert, &[different])
            }
            Mux => {
                let condition = self.at(c, Kind::Bits)?.parts()[0];
                return Some(Some(self.numbers.choice(condition, Number::Bits(x), Number::Bits(y))));
            }
            _ if self.graph.constant_of(b) == Some(-1) => numbers.bits(Action::Invert, &[x]),
            _ => numbers.bits(Action::Xor, &[x, y]),
        };
        Some(Some(Number::Bits(result)))
    }

    /// The result of an operation on numbers of up to 64 bits. `kind` is that of the result. Operations whose lower
    /// result bits depend only on lower operand bits are computed with no more bits than that.
    fn computed(
        &mut self,
        operation: Operation,
        [a, b, c]: [Value; 3],
        cut: Option<Cut>,
        kind: Kind,
    ) -> Option<Number> {
        use Operation::*;
        let of = |this: &Self, value: Value| Some(this.kind(value)?.at_least_narrow());
        let of_top = || Some(kind_of(cut?.top())?.at_least_narrow());
        let inside = match operation {
            Equal | Less | LessUnsigned => of(self, a)?.max(of(self, b)?),
            Unsigned => of_top()?.max(kind),
            ShiftLeft | ShiftRight => of_top()?.max(of(self, b)?).max(kind),
            Add | Sub | AddSub | Mul | Extract if cut.is_some() => of_top()?,
            _ => kind,
        };
        let x = self.at(a, inside)?;
        if operation == Extract || operation == Unsigned {
            let exact = operation == Extract && self.graph.range(a).within(Range::signed(cut?.top()));
            return Some(self.numbers.cut(x, cut?, operation == Extract, exact, kind));
        }
        let y = self.at(b, inside)?;
        let numbers = &mut self.numbers;
        let result = match operation {
            And => {
                numbers.both(x, y, Code::EVEX_Vpandd_zmm_k1z_zmm_zmmm512b32, Code::EVEX_Vpandq_zmm_k1z_zmm_zmmm512b64)
            }
            Or => numbers.both(x, y, Code::EVEX_Vpord_zmm_k1z_zmm_zmmm512b32, Code::EVEX_Vporq_zmm_k1z_zmm_zmmm512b64),
            Xor => {
                numbers.both(x, y, Code::EVEX_Vpxord_zmm_k1z_zmm_zmmm512b32, Code::EVEX_Vpxorq_zmm_k1z_zmm_zmmm512b64)
            }
            AndNot => {
                numbers.both(y, x, Code::EVEX_Vpandnd_zmm_k1z_zmm_zmmm512b32, Code::EVEX_Vpandnq_zmm_k1z_zmm_zmmm512b64)
            }
            Add => {
                numbers.both(x, y, Code::EVEX_Vpaddd_zmm_k1z_zmm_zmmm512b32, Code::EVEX_Vpaddq_zmm_k1z_zmm_zmmm512b64)
            }
            Sub => {
                numbers.both(x, y, Code::EVEX_Vpsubd_zmm_k1z_zmm_zmmm512b32, Code::EVEX_Vpsubq_zmm_k1z_zmm_zmmm512b64)
            }
            Mul => {
                let fits = [a, b].iter().all(|&v| kind_of(self.graph.range(v).bits()) <= Some(Kind::Narrow));
                let long = match fits {
                    true => Code::EVEX_Vpmuldq_zmm_k1z_zmm_zmmm512b64,
                    false => Code::EVEX_Vpmullq_zmm_k1z_zmm_zmmm512b64,
                };
                numbers.both(x, y, Code::EVEX_Vpmulld_zmm_k1z_zmm_zmmm512b32, long)
            }
            AddSub => {
                let condition = self.at(c, Kind::Bits)?.parts()[0];
                self.numbers.add_sub(condition, x, y)
            }
            Mux => {
                let condition = self.at(c, Kind::Bits)?.parts()[0];
                self.numbers.choice(condition, x, y)
            }
            Equal | Less | LessUnsigned => {
                let (signed, predicate) = match operation {
                    Equal => (true, 0),
                    Less => (true, 1),
                    _ => (false, 1),
                };
                return Some(numbers.compared(x, y, signed, predicate));
            }
            ShiftLeft => {
                numbers.both(x, y, Code::EVEX_Vpsllvd_zmm_k1z_zmm_zmmm512b32, Code::EVEX_Vpsllvq_zmm_k1z_zmm_zmmm512b64)
            }
            ShiftRight => {
                let bits = numbers.cut(x, Cut::wrap(cut?.top()), false, false, inside);
                numbers.both(
                    bits,
                    y,
                    Code::EVEX_Vpsrlvd_zmm_k1z_zmm_zmmm512b32,
                    Code::EVEX_Vpsrlvq_zmm_k1z_zmm_zmmm512b64,
                )
            }
            Join => {
                let width = cut?.width;
                let high = numbers.shifted_left(x, width);
                if self.graph.constant_of(b) == Some(0) {
                    return Some(high);
                }
                let fits = self.graph.range(b).within(Range::unsigned(width));
                let low = if fits { y } else { numbers.cut(y, Cut::wrap(width), false, false, inside) };
                numbers.both(
                    high,
                    low,
                    Code::EVEX_Vpord_zmm_k1z_zmm_zmmm512b32,
                    Code::EVEX_Vporq_zmm_k1z_zmm_zmmm512b64,
                )
            }
            Move | Extract | Unsigned | Load => return None,
        };
        Some(match cut {
            Some(cut) if operation != Join => self.numbers.cut(result, cut, true, false, kind),
            _ => result,
        })
    }

    /// The number of each lane's word of a memory or table.
    fn index(&mut self, number: usize, address: Value) -> Option<Name> {
        let words = &self.graph.words[number];
        let last = words.contents.len() - 1;
        let mut index = self.at(address, Kind::Narrow)?;
        if !self.graph.range(address).within(Range::new(0, last as i128)) {
            let mask = self.numbers.constant(last as i128, Kind::Narrow);
            let code = Code::EVEX_Vpandd_zmm_k1z_zmm_zmmm512b32;
            index = self.numbers.both(index, mask, code, code);
        }
        if self.layout.copies(words) > 1 {
            let lanes = Number::Narrow(self.numbers.program.literal(std::array::from_fn(|lane| lane as u32)));
            let first = self.numbers.shifted_left(index, self.layout.lanes.trailing_zeros());
            let code = Code::EVEX_Vpord_zmm_k1z_zmm_zmmm512b32;
            index = self.numbers.both(first, lanes, code, code);
        }
        Some(index.parts()[0])
    }
}

fn place(base: Base, cell: Cell) -> Place {
    Place { base, offset: cell.position as i32 }
}

fn words(cell: Cell) -> Words {
    Words { place: place(Base::Cells, cell), size: cell.size as u32 }
}
