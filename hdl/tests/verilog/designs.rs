//! Designs that contain all operations, and random numbers that are the same on every machine.

use svdforge_hdl::builder::{DesignBuilder, ModuleBuilder, Signal};
use svdforge_hdl::check::Checked;
use svdforge_hdl::ir::{Design, mask};

/// The random number generator SplitMix64.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: u32) -> u32 {
        (self.next() % u64::from(limit)) as u32
    }

    /// A value of `width` bits. The ends of the range are frequent.
    pub fn operand(&mut self, width: u32) -> u128 {
        let top = 1u128 << (width - 1);
        let any = (u128::from(self.next()) << 64) | u128::from(self.next());
        let value = match self.below(8) {
            0 => 0,
            1 => u128::MAX,
            2 => top,
            3 => top - 1,
            4 => u128::from(self.below(9)),
            _ => any,
        };
        value & mask(width)
    }
}

/// A design with `count` outputs, each a register that takes the value of a random tree of operations.
///
/// Without `constants` the trees have none. This serves for linters, which rightly warn about expressions such as `x &
/// 0`.
pub fn operations(random: &mut Random, count: u32, constants: bool) -> Checked<Design> {
    let m = ModuleBuilder::new("operations");
    let inputs: Vec<Signal> = (0..24).map(|i| m.input(&format!("x{i}"), 1 + random.below(100)).at(0)).collect();
    for i in 0..count {
        // Each operation is the root of equally many trees.
        let width = 1 + random.below(100);
        let root = Tree { m: &m, inputs: &inputs, random, constants }.grow(i % KINDS, width, 3);
        m.output(&format!("y{i}"), root.registered(&format!("r{i}")));
    }
    let mut design = DesignBuilder::new();
    design.add(m);
    design.finish().unwrap()
}

/// Number of kinds of operations.
const KINDS: u32 = 19;

/// A grower of random trees.
struct Tree<'a, 'm> {
    m: &'m ModuleBuilder,
    inputs: &'a [Signal<'m>],
    random: &'a mut Random,
    constants: bool,
}

impl<'m> Tree<'_, 'm> {
    /// A tree of the wanted width with an operation of the wanted kind at its root.
    fn grow(&mut self, kind: u32, width: u32, depth: u32) -> Signal<'m> {
        let m = self.m;
        let mut operand = |width: u32| self.operand(width, depth);
        let narrow = 1 + width / 3;
        match kind {
            0 => operand(width) + operand(width),
            1 => operand(width) - operand(width),
            2 => operand(width) & operand(width),
            3 => operand(width) | operand(width),
            4 => operand(width) ^ operand(width),
            5 => !operand(width),
            6 => fitted(operand(width.min(64)) * operand(narrow.min(64)), width, true),
            7 => fitted(operand(narrow).equals(operand(narrow)), width, false),
            8 => fitted(operand(width).less_than(operand(width)), width, true),
            9 => fitted(operand(width).less_than_signed(operand(width)), width, false),
            10 => operand(width).shift_left(operand(7)),
            11 => operand(width).shift_right(operand(narrow)),
            12 => operand(width).add_sub(operand(width), operand(1)),
            13 => operand(1).select(operand(width), operand(width)),
            14 => {
                let more = (128 - width).min(20);
                fitted(operand(width + more).bits_from(more / 2), width, false)
            }
            15 if width > 1 => m.concat(&[operand(width - width / 2), operand(width / 2)]),
            16 => operand(narrow).sign_extend(width.max(narrow)).low_bits(width),
            17 => operand(narrow).zero_extend(width.max(narrow)).low_bits(width),
            18 => operand(width).negated_if(operand(1)),
            _ => operand(width),
        }
    }

    fn operand(&mut self, width: u32, depth: u32) -> Signal<'m> {
        if depth > 0 && self.random.below(3) > 0 {
            let kind = self.random.below(KINDS);
            return self.grow(kind, width, depth - 1);
        }
        if self.constants && self.random.below(6) == 0 {
            return self.m.constant(width, self.random.operand(width) as i128);
        }
        let input = self.inputs[self.random.below(self.inputs.len() as u32) as usize];
        fitted(input, width, self.random.below(2) == 0)
    }
}

/// The signal, truncated or extended to a width.
fn fitted(signal: Signal<'_>, width: u32, signed: bool) -> Signal<'_> {
    if signal.width() >= width {
        signal.bits_from(signal.width() - width)
    } else if signed {
        signal.sign_extend(width)
    } else {
        signal.zero_extend(width)
    }
}

/// A small design like those written by hand. It has two child modules, a memory, a table, and registers with all kinds
/// of control.
pub fn sampler() -> Checked<Design> {
    let mut design = DesignBuilder::new();

    let m = ModuleBuilder::new("scaler");
    m.doc("y = 0.6 x, rounded to nearest.\nLatency 2 cycles.");
    let x = m.input("x", 8).at(0).note("Q0.7");
    let product = (x * m.constant(8, 77)).registered("product").note("Q1.14");
    let rounded = product.plus(64).bits_from(7).low_bits(8);
    m.output("y", rounded.registered("rounded").note("Q0.7"));
    let scaler = design.add(m);

    let m = ModuleBuilder::new("accumulator");
    m.doc("Adds or subtracts a signed amount while `enable` is 1.");
    let (amount, subtract, enable) = (m.input("amount", 8), m.input("subtract", 1), m.input("enable", 1));
    let total = m.register("total_so_far", 16).reset(0).enabled_by(enable);
    total.drive(total.value().add_sub(amount.sign_extend(16), subtract));
    m.output("total", total.value());
    m.output("negative", total.value().less_than_signed(m.constant(16, -5)).registered("below_minus_5"));
    let accumulator = design.add(m);

    let m = ModuleBuilder::new("sampler");
    m.doc("Remembers, weighs and counts samples.");
    let (sample, take, index) = (m.input("sample", 8), m.input("take", 1), m.input("index", 3));
    let sample = sample.at(0).note("Q0.7");
    let sum = m.instance(&design, accumulator, "sum");
    sum.drive("amount", sample);
    sum.drive("subtract", index.bit(2));
    sum.drive("enable", take & !index.is(1));
    m.output("total", sum.output("total"));

    let history = m.memory("history", 16, 6);
    let samples = m.register("samples", 4).reset(3).enabled_by(take);
    let count = samples.value().note("since reset, and 3 more");
    samples.drive(count.plus(1));
    history.write(take, index, m.concat(&[count, m.zero(4), sample.untimed()]));
    m.output("earlier", history.read(index, None, "word_earlier"));

    let entries = vec![1, 40_000, 65_535, 7, 12];
    let comments = ["the first", "", "all ones", "verilator lint_off", "the last"].map(str::to_owned).to_vec();
    let weights = m.table("weights", 16, entries, comments);
    m.output("weight", weights.lookup(index, Some(take), "weight_now"));

    let scaled = m.place(&design, scaler, "scale", &[("x", sample)]);
    m.output("scaled", scaled.output("y"));
    m.output("count", count);
    design.add(m);
    design.finish().unwrap()
}

/// A model of [`sampler`], written by hand.
#[derive(Default)]
pub struct SamplerModel {
    total: u16,
    earlier: u16,
    weight: u16,
    scaled: [u8; 2],
    count: u8,
    history: [u16; 6],
}

impl SamplerModel {
    pub fn clock(&mut self, reset: bool, sample: u128, take: bool, index: usize) {
        let signed = sample as u8 as i8;
        if reset {
            self.total = 0;
        } else if take && index != 1 {
            let amount = i16::from(signed) as u16;
            let subtract = index >= 4;
            self.total = if subtract { self.total.wrapping_sub(amount) } else { self.total.wrapping_add(amount) };
        }
        self.earlier = self.history[index];
        if take {
            self.history[index] = u16::from(self.count) << 12 | sample as u16;
            self.weight = [1, 40_000, 65_535, 7, 12].get(index).copied().unwrap_or(0);
        }
        let rounded = (i16::from(signed) * 77 + 64) >> 7;
        self.scaled = [rounded as u8, self.scaled[0]];
        if reset {
            self.count = 3;
        } else if take {
            self.count = (self.count + 1) % 16;
        }
    }

    /// The outputs in the order of the ports: total, earlier, weight, scaled, count.
    pub fn outputs(&self) -> [u32; 5] {
        [self.total, self.earlier, self.weight, self.scaled[1].into(), self.count.into()].map(u32::from)
    }
}
