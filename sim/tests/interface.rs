//! Tests of ports, reset, power-up, errors and large designs.

mod common;

use common::{bits::Bits, reference::Reference};
use std::collections::BTreeSet;
use svdforge_hdl::builder::{DesignBuilder, ModuleBuilder, Signal};
use svdforge_sim::{Lanes, Observe, SimError, Simulator, Waveform, Written};

/// A counter that counts while `run` is 1 and holds 5 after a reset.
fn counter() -> DesignBuilder {
    let m = ModuleBuilder::new("counter");
    let count = m.register("count", 8).reset(5).enabled_by(m.input("run", 1));
    count.drive(count.value().plus(1));
    m.output("value", count.value());
    let mut design = DesignBuilder::new();
    design.add(m);
    design
}

#[test]
fn reset_has_priority_over_enable_and_power_up_is_zero() {
    let mut simulator = Simulator::new(&counter().finish().unwrap()).unwrap();
    let (run, value) = (simulator.input("run").unwrap(), simulator.output("value").unwrap());
    assert_eq!(simulator.peek(value), 0);
    simulator.set_reset(true);
    simulator.step();
    assert_eq!(simulator.peek(value), 5);
    simulator.poke(run, 1);
    simulator.step();
    assert_eq!(simulator.peek(value), 5);
    simulator.set_reset(false);
    simulator.step();
    assert_eq!(simulator.peek(value), 6);
    simulator.poke(run, 0);
    simulator.step();
    assert_eq!((simulator.peek(value), simulator.cycle()), (6, 4));
}

#[test]
fn a_poke_takes_the_lowest_bits_and_unknown_ports_are_none() {
    let mut simulator = Simulator::new(&counter().finish().unwrap()).unwrap();
    let (run, value) = (simulator.input("run").unwrap(), simulator.output("value").unwrap());
    assert_eq!((run.width(), value.width()), (1, 8));
    simulator.poke(run, 2);
    simulator.step();
    assert_eq!(simulator.peek(value), 0);
    simulator.poke_signed(run, -1);
    simulator.step();
    assert_eq!(simulator.peek(value), 1);
    assert!(simulator.input("value").is_none() && simulator.output("run").is_none());
}

#[test]
fn a_waveform_without_names_is_an_error() {
    let simulator = Simulator::new(&counter().finish().unwrap()).unwrap();
    assert!(matches!(Waveform::start(Vec::new(), &simulator), Err(SimError::NotObservable)));
}

/// A design of more than 65,536 values, 16 x 16 x 16 instances of ten accumulators, agrees with the interpreter.
#[test]
fn large_designs_work() {
    let mut design = DesignBuilder::new();
    let leaf = ModuleBuilder::new("leaf");
    let x = leaf.input("x", 20);
    let mut folded = x;
    for k in 0..10 {
        let accumulator = leaf.register(&format!("accumulator_{k}"), 20);
        accumulator.drive(accumulator.value() + x.plus(k));
        folded = folded ^ accumulator.value();
    }
    leaf.output("y", folded.registered("folded"));
    let mut inner = design.add(leaf);
    for level in 0..3 {
        let m = ModuleBuilder::new(format!("level_{level}"));
        let mut x = m.input("x", 20);
        for k in 0..16 {
            let instance = m.instance(&design, inner, &format!("unit_{k}"));
            instance.drive("x", x.plus(k));
            x = x ^ instance.output("y");
        }
        m.output("y", x.registered("folded"));
        inner = design.add(m);
    }
    let design = design.finish().unwrap();
    let (mut simulator, mut reference) = (Simulator::new(&design).unwrap(), Reference::new(&design));
    let (x, y) = (simulator.input("x").unwrap(), simulator.output("y").unwrap());
    let mut seen = BTreeSet::new();
    for k in 0..6_u128 {
        let bits = (k + 1) * (k + 3) * 12_345;
        simulator.poke(x, bits);
        simulator.step();
        reference.settle(&[Bits::new(bits, 20)]);
        reference.clock(false);
        assert_eq!(simulator.peek(y), reference.output(0).pattern());
        seen.insert(simulator.peek(y));
    }
    assert_eq!(seen.len(), 6, "The design does nothing.");
}

#[test]
fn a_watched_simulator_reports_sums_that_wrap_and_the_extremes() {
    let m = ModuleBuilder::new("adder");
    let (a, b) = (m.input("a", 8), m.input("b", 8));
    m.output("sum", (a + b).registered("sum_now"));
    m.output("difference", (a - b).registered("difference_now"));
    let mut design = DesignBuilder::new();
    design.add(m);
    let design = design.finish().unwrap();
    let mut simulator = Simulator::observing(&design, &Observe { guarded: &["adder"], ..Observe::default() }).unwrap();
    let (a, b) = (simulator.input("a").unwrap(), simulator.input("b").unwrap());
    // 100 + 100 fits 8 bits without a sign. -100 - 100, or 156 + 156 without a sign, does not fit either way. 100 - 100
    // fits.
    for (value, wrapped) in [(100, 0), (-100, 1)] {
        simulator.poke_signed(a, value);
        simulator.poke_signed(b, value);
        simulator.step();
        let (found, guarded) = simulator.wrapped();
        assert_eq!((found.len(), guarded), (wrapped, 2), "{found:?}");
    }
    simulator.step();
    let sum = simulator.extremes().iter().find(|e| e.path == "adder.a").unwrap();
    assert_eq!((sum.low, sum.high, sum.width), (-100, 100, 8));
    let unwatched = Simulator::new(&design).unwrap();
    assert!(unwatched.extremes().is_empty() && unwatched.wrapped() == (vec![], 0));
}

#[test]
fn writes_into_a_memory_are_seen() {
    let inner = ModuleBuilder::new("inner");
    let [enable, address, data] =
        [("enable", 1), ("address", 3), ("data", 70)].map(|(name, width)| inner.input(name, width));
    let memory = inner.memory("store", 70, 8);
    memory.write(enable, address, data);
    inner.output("read", memory.read(address, None, "word"));
    let mut design = DesignBuilder::new();
    let inner = design.add(inner);
    let m = ModuleBuilder::new("outer");
    let instance = m.instance(&design, inner, "part");
    for (port, width) in [("enable", 1), ("address", 3), ("data", 70)] {
        instance.drive(port, m.input(port, width));
    }
    m.output("read", instance.output("read"));
    design.add(m);
    let design = design.finish().unwrap();
    let observe = |path| Simulator::observing(&design, &Observe { memories: &[path], ..Observe::default() });
    let mut simulator = observe("part.store").unwrap();
    let [enable, address, data] = ["enable", "address", "data"].map(|name| simulator.input(name).unwrap());
    // Addresses in the upper half, and words with their highest bit set, are not negative numbers.
    for (place, word) in [(7, 1 << 69), (0, 5), (4, (1 << 70) - 1)] {
        for writes in [1, 0] {
            simulator.poke(enable, writes);
            simulator.poke(address, place as u128);
            simulator.poke(data, word);
            simulator.step();
            assert_eq!(simulator.written(0), (writes == 1).then_some(Written { address: place, word }));
        }
    }
    assert_eq!(simulator.written(1), None);
    for path in ["store", "part.shop", "part.part.store", ""] {
        assert!(matches!(observe(path), Err(SimError::NoMemory(found)) if found == path), "{path}");
    }
}

/// A choice between two numbers by their comparison, which compilers know as their maximum, of words that need 128
/// bits.
#[test]
fn the_maximum_of_wide_numbers_is_computed() {
    let m = ModuleBuilder::new("maximum");
    let (a, b) = (m.input("a", 100), m.input("b", 100));
    m.output("greatest", a.less_than_signed(b).select(b, a).registered("greatest_now"));
    m.output("greatest_size", a.less_than(b).select(b, a).registered("greatest_size_now"));
    m.output("least", a.less_than_signed(b).select(a, b).registered("least_now"));
    let mut design = DesignBuilder::new();
    design.add(m);
    let mut simulator = Simulator::new(&design.finish().unwrap()).unwrap();
    let [a, b] = ["a", "b"].map(|name| simulator.input(name).unwrap());
    let [greatest, size, least] = ["greatest", "greatest_size", "least"].map(|name| simulator.output(name).unwrap());
    for (x, y) in [(1_i128 << 90, -(1 << 95)), (-5, 7), (-(1 << 80), -(1 << 70))] {
        simulator.poke_signed(a, x);
        simulator.poke_signed(b, y);
        simulator.step();
        assert_eq!((simulator.peek_signed(greatest), simulator.peek_signed(least)), (x.max(y), x.min(y)));
        let mask = |value: i128| value as u128 & ((1 << 100) - 1);
        assert_eq!(simulator.peek(size), mask(x).max(mask(y)));
    }
}

#[test]
fn values_of_named_nodes_are_seen() {
    let design = counter().finish().unwrap();
    let observe = |path| Simulator::observing(&design, &Observe { signals: &[path], ..Observe::default() });
    let mut simulator = observe("count").unwrap();
    let run = simulator.input("run").unwrap();
    simulator.poke(run, 1);
    for count in 0..300 {
        simulator.step();
        // The value in the cycle that was simulated, before its clock edge.
        assert_eq!(simulator.signal(0), Some(count & 255));
    }
    assert_eq!(simulator.signal(1), None);
    for path in ["counted", "part.count", ""] {
        assert!(matches!(observe(path), Err(SimError::NoSignal(found)) if found == path), "{path}");
    }
}

/// A ring of registers that repeat each other, delays that branch, and the same in lanes.
#[test]
fn rings_and_branching_delays_keep_their_order() {
    let m = ModuleBuilder::new("delays");
    let ring = [1, 2, 3].map(|k| m.register(&format!("ring_{k}"), 8).reset(k));
    let values = [0, 1, 2].map(|k| ring[k].value());
    for (k, register) in ring.into_iter().enumerate() {
        register.drive(values[(k + 2) % 3]);
    }
    let delayed = |signal, name: &str, count| {
        (0..count).fold(signal, |signal: Signal<'_>, k| signal.registered(&format!("{name}_{k}")))
    };
    let stem = delayed(m.input("data", 8), "stem", 2);
    let (first, second) = (delayed(stem, "first", 3), delayed(stem, "second", 4));
    let flag = delayed(m.input("flag", 1), "flag", 4);
    m.output("ring", values[0].registered("ring_out"));
    m.output("first", first);
    m.output("second", second);
    m.output("flag_out", flag);
    let mut design = DesignBuilder::new();
    design.add(m);
    let design = design.finish().unwrap();
    let best = ("best", Lanes::new(&design, &[]).unwrap());
    let short = ("short", Lanes::with_short_vectors(&design, &[]).unwrap());
    for (name, mut lanes) in [best, short] {
        let mut simulator = Simulator::new(&design).unwrap();
        simulator.set_reset(true);
        simulator.step();
        simulator.set_reset(false);
        (0..Lanes::COUNT).for_each(|lane| lanes.set_reset(lane, true));
        lanes.step();
        (0..Lanes::COUNT).for_each(|lane| lanes.set_reset(lane, false));
        let mut sent = vec![0; 6];
        for cycle in 0..20_usize {
            let data = (37 * cycle + 11) as u128 % 128;
            sent.push(data);
            simulator.poke(simulator.input("data").unwrap(), data);
            simulator.poke(simulator.input("flag").unwrap(), data & 1);
            for lane in 0..Lanes::COUNT {
                lanes.poke(lane, lanes.input("data").unwrap(), data);
                lanes.poke(lane, lanes.input("flag").unwrap(), data & 1);
            }
            simulator.step();
            lanes.step();
            let before = |delay: usize| sent[sent.len() - delay];
            // The ring has turned once for each cycle before the one whose value the output repeats.
            let expected = [
                ("ring", [1, 3, 2][cycle % 3]),
                ("first", before(5)),
                ("second", before(6)),
                ("flag_out", before(4) & 1),
            ];
            for (output, expected) in expected {
                assert_eq!(simulator.peek(simulator.output(output).unwrap()), expected, "{output} in cycle {cycle}");
                for lane in 0..Lanes::COUNT {
                    let found = lanes.peek(lane, lanes.output(output).unwrap());
                    assert_eq!(found, expected, "{name}: {output} of lane {lane} in cycle {cycle}");
                }
            }
        }
    }
}
