//! A design like the serial core, as far as a simulator is concerned: chains of rotators with 24x18 multiplications,
//! between memories that a sequencer addresses.

use svdforge_hdl::builder::{DesignBuilder, ModuleBuilder, Signal};
use svdforge_hdl::check::Checked;
use svdforge_hdl::ir::{Design, ModuleId};

const DATA: u32 = 24;
const COEFFICIENT: u32 = 18;
const ANGLE: u32 = 6;

/// `chains` rows of four rotators, each row with two memories and a sequencer.
pub fn design(chains: u32) -> Checked<Design> {
    let mut design = DesignBuilder::new();
    let rotator = design.add(rotator());
    let built = chain(&design, rotator);
    let chain = design.add(built);
    let m = ModuleBuilder::new("synthetic");
    let (seed, start) = (m.input("seed", DATA), m.input("start", 1));
    let mut sum: Option<Signal> = None;
    for number in 0..chains {
        let instance = m.instance(&design, chain, &format!("chain_{number}"));
        instance.drive("seed", (seed + m.constant(DATA, i128::from(number) * 77_777)).registered("seed"));
        instance.drive("start", start);
        let result = instance.output("result");
        sum = Some(sum.map_or(result, |sum| (sum ^ result).registered("folded")));
    }
    m.output("checksum", sum.expect("There is a chain.").registered("checksum_held"));
    design.add(m);
    design.finish().expect("The design obeys the rules.")
}

/// x' = c x + s y, y' = c y - s x, rounded to nearest, with the coefficients of a tabled angle.
fn rotator() -> ModuleBuilder {
    let m = ModuleBuilder::new("rotator");
    let (x, y) = (m.input("x", DATA).at(0), m.input("y", DATA).at(0));
    let (angle, tag) = (m.input("angle", ANGLE).at(0), m.input("tag", 12).at(0));
    let entry = |f: fn(f64) -> f64, k: u32| {
        let value = (f(f64::from(k) / f64::from(1 << ANGLE)) * f64::from((1 << (COEFFICIENT - 1)) - 1)).round();
        value as i64 as u128 & ((1 << COEFFICIENT) - 1)
    };
    let table = |name: &str, f| m.table(name, COEFFICIENT, (0..1 << ANGLE).map(|k| entry(f, k)).collect(), vec![]);
    let c = table("cosines", f64::cos).lookup(angle, None, "c");
    let s = table("sines", f64::sin).lookup(angle, None, "s");
    let [xc, ys, yc, xs] = [("xc", x, c), ("ys", y, s), ("yc", y, c), ("xs", x, s)]
        .map(|(name, data, coefficient)| (data * coefficient).registered(name));
    let half = m.constant(DATA + COEFFICIENT, 1 << (COEFFICIENT - 2));
    let x = ((xc + ys).registered("x_sum") + half).slice(COEFFICIENT - 1, DATA).registered("x_rotated");
    let y = ((yc - xs).registered("y_sum") + half).slice(COEFFICIENT - 1, DATA).registered("y_rotated");
    // As in the core, small pairs are skipped, and there is a negation.
    let small = x.slice(4, DATA - 4).is(0) & y.slice(4, DATA - 4).is(0);
    m.output("x_out", small.select(x, y).registered("x_chosen"));
    m.output("y_out", y.negated_if(x.sign()).registered("y_chosen"));
    m.output("tag_out", tag.delayed_to(x.stage().expect("It has a stage.") + 1));
    m
}

/// One row: a memory, four rotators, and another memory.
fn chain(design: &DesignBuilder, rotator: ModuleId) -> ModuleBuilder {
    let m = ModuleBuilder::new("chain");
    let (seed, start) = (m.input("seed", DATA), m.input("start", 1));
    let busy = m.register("busy", 1).reset(0);
    let count = m.register("count", 10).reset(0).enabled_by(busy.value());
    count.drive(count.value().plus(1));
    let last = count.value().is(1023);
    busy.drive(start | (busy.value() & !last));
    let address = count.value().low_bits(6);
    let memories = [m.memory("bank_x", DATA, 64), m.memory("bank_y", DATA, 64)];
    let [x, y] = [0, 1].map(|k| {
        let word = memories[k].read(address, None, if k == 0 { "word_x" } else { "word_y" });
        let fresh = (seed + count.value().sign_extend(DATA)).registered("fresh");
        let first = count.value().slice(6, 2).is(k as i128).registered("first_pass");
        first.select(fresh, word).registered("chosen").at(0)
    });
    let tag = m.concat(&[busy.value(), last, count.value()]).registered("tag").registered("tag_next").at(0);
    let (mut x, mut y, mut tag) = (x, y, tag);
    for k in 0..4 {
        let angle = (tag.low_bits(ANGLE) ^ m.constant(ANGLE, 9 * k + 5)).registered("angle");
        let inputs = [("x", x), ("y", y), ("angle", angle), ("tag", tag)];
        let unit = m.place(design, rotator, &format!("rotator_{k}"), &inputs);
        (x, y, tag) = (unit.output("x_out"), unit.output("y_out"), unit.output("tag_out"));
    }
    let valid = tag.bit(11);
    for (memory, data) in memories.into_iter().zip([x, y]) {
        memory.write(valid, tag.low_bits(6), data);
    }
    m.output("result", (x.untimed() ^ y.untimed()).registered("result_held"));
    m
}
