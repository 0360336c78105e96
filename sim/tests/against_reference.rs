//! Compares random designs with the naive interpreter, cycle by cycle.

mod common;

use common::bits::Bits;
use common::random::{Chooser, copies, design};
use common::reference::Reference;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::Cell;
use std::io::Cursor;
use svdforge_hdl::check::Checked;
use svdforge_hdl::ir::Design;
use svdforge_sim::{Lanes, Observe, Simulator, Waveform, Waves};
use wellen::simple;

const CYCLES: usize = 24;

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 4000, ..Config::default() })
}

/// The inputs of each cycle, each with whether the reset is asserted.
fn stimuli(design: &Design, chooser: &mut Chooser) -> Vec<(Vec<Bits>, bool)> {
    let top = design.top();
    let widths: Vec<u32> = top.inputs.iter().map(|&id| top.node(id).width).collect();
    let cycle = |_| {
        let inputs = widths.iter().map(|&width| Bits::new(chooser.pattern(width), width)).collect();
        (inputs, chooser.below(8) == 1)
    };
    (0..CYCLES).map(cycle).collect()
}

fn poke(simulator: &mut Simulator, design: &Design, inputs: &[Bits], in_reset: bool) {
    let top = design.top();
    for (&id, bits) in top.inputs.iter().zip(inputs) {
        let port = simulator.input(top.node(id).name.as_deref().unwrap()).unwrap();
        simulator.poke(port, bits.pattern());
    }
    simulator.set_reset(in_reset);
}

/// One line for each node.
fn listing(design: &Design) -> String {
    let mut text = String::new();
    for module in &design.modules {
        text += &format!("{}: outputs {:?}\n", module.name, module.outputs);
        for id in module.node_ids() {
            let node = module.node(id);
            text += &format!("  {id} {} bits {:?}\n", node.width, node.op);
        }
    }
    text
}

fn compare_outputs(design: &Checked<Design>, stimuli: &[(Vec<Bits>, bool)]) -> Result<usize, TestCaseError> {
    let mut simulator = Simulator::new(design).unwrap();
    let mut reference = Reference::new(design);
    let mut compared = 0;
    for (cycle, (inputs, in_reset)) in stimuli.iter().enumerate() {
        poke(&mut simulator, design, inputs, *in_reset);
        simulator.step();
        reference.settle(inputs);
        reference.clock(*in_reset);
        for (port, output) in design.top().outputs.iter().enumerate() {
            let found = simulator.output(&output.name).unwrap();
            let expected = reference.output(port).pattern();
            prop_assert_eq!(simulator.peek(found), expected, "cycle {} {} of\n{}", cycle, output.name, listing(design));
            let signed = svdforge_hdl::ir::signed_value(expected, found.width());
            prop_assert_eq!(simulator.peek_signed(found), signed);
            compared += 1;
        }
    }
    Ok(compared)
}

/// The same with lanes, each of which has other inputs and resets.
fn compare_lanes(
    mut lanes: Lanes,
    design: &Checked<Design>,
    stimuli: &[Vec<(Vec<Bits>, bool)>],
) -> Result<usize, TestCaseError> {
    let mut references: Vec<Reference> = stimuli.iter().map(|_| Reference::new(design)).collect();
    let top = design.top();
    let mut compared = 0;
    for cycle in 0..CYCLES {
        for (lane, (stimuli, reference)) in stimuli.iter().zip(&mut references).enumerate() {
            let (inputs, in_reset) = &stimuli[cycle];
            for (&id, bits) in top.inputs.iter().zip(inputs) {
                let port = lanes.input(top.node(id).name.as_deref().unwrap()).unwrap();
                lanes.poke(lane, port, bits.pattern());
            }
            lanes.set_reset(lane, *in_reset);
            reference.settle(inputs);
            reference.clock(*in_reset);
        }
        lanes.step();
        for (lane, reference) in references.iter().enumerate() {
            for (port, output) in top.outputs.iter().enumerate() {
                let found = lanes.peek(lane, lanes.output(&output.name).unwrap());
                let expected = reference.output(port).pattern();
                let name = &output.name;
                prop_assert_eq!(found, expected, "lane {} cycle {} {} of\n{}", lane, cycle, name, listing(design));
                compared += 1;
            }
        }
    }
    Ok(compared)
}

/// Compares lanes in vectors of 128 bits, and those that this processor has for the design. Returns how many designs
/// had vectors of 512 bits.
fn lanes_agree(cases: u32, widest: u32, draw: fn(&mut Chooser) -> Checked<Design>) -> u32 {
    let (run, compared, long) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let numbers = (vec(any::<u32>(), 40..1200), vec(vec(any::<u32>(), 400..800), Lanes::COUNT));
    let result = runner(cases).run(&numbers, |(structure, values)| {
        let design = draw(&mut Chooser::up_to(widest, &structure));
        let stimuli: Vec<_> = values.iter().map(|values| stimuli(&design, &mut Chooser::new(values))).collect();
        let (best, short) = (Lanes::new(&design, &[]).unwrap(), Lanes::with_short_vectors(&design, &[]).unwrap());
        if best.vector_bits() > short.vector_bits() {
            compared.set(compared.get() + compare_lanes(best, &design, &stimuli)?);
            long.set(long.get() + 1);
        }
        compared.set(compared.get() + compare_lanes(short, &design, &stimuli)?);
        run.set(run.get() + 1);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(run.get(), cases);
    let least = (cases + long.get()) as usize * CYCLES * Lanes::COUNT;
    assert!(compared.get() >= least, "Only {} values were compared.", compared.get());
    long.get()
}

#[test]
fn lanes_agree_with_the_interpreter() {
    lanes_agree(1000, 128, design);
}

#[test]
fn rows_in_lanes_agree_with_the_interpreter() {
    lanes_agree(60, 128, copies);
}

/// Designs without numbers of more than 64 bits, which get the longest vectors.
#[test]
fn lanes_of_narrow_designs_agree_with_the_interpreter() {
    let cases = 200;
    let long = lanes_agree(cases / 2, 32, design) + lanes_agree(cases / 2, 62, design);
    if Lanes::has_long_vectors() {
        assert!(long > cases * 3 / 4, "Only {long} of {cases} designs had long vectors.");
    }
}

fn outputs_agree(cases: u32, draw: fn(&mut Chooser) -> Checked<Design>) {
    let (run, compared) = (Cell::new(0), Cell::new(0));
    let numbers = (vec(any::<u32>(), 40..1200), vec(any::<u32>(), 400..800));
    let result = runner(cases).run(&numbers, |(structure, values)| {
        let design = draw(&mut Chooser::new(&structure));
        let stimuli = stimuli(&design, &mut Chooser::new(&values));
        compared.set(compared.get() + compare_outputs(&design, &stimuli)?);
        run.set(run.get() + 1);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(run.get(), cases);
    assert!(compared.get() >= cases as usize * CYCLES, "Only {} values were compared.", compared.get());
}

#[test]
fn outputs_agree_with_the_interpreter() {
    outputs_agree(3000, design);
}

#[test]
fn rows_agree_with_the_interpreter() {
    outputs_agree(600, copies);
}

/// Every named node of every instance agrees, after its way through a VCD or FST file and a reader that is not ours.
#[test]
fn waveforms_agree_with_the_interpreter() {
    const CASES: u32 = 150;
    let compared = Cell::new(0);
    let numbers = (vec(any::<u32>(), 40..600), vec(any::<u32>(), 400..800));
    let result = runner(CASES).run(&numbers, |(structure, values)| {
        let design = design(&mut Chooser::new(&structure));
        let stimuli = stimuli(&design, &mut Chooser::new(&values));
        for file in record(&design, &stimuli) {
            compared.set(compared.get() + compare_waveform(&design, &stimuli, file)?);
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    assert!(compared.get() >= 2 * CASES as usize * CYCLES, "Only {} values were compared.", compared.get());
}

/// The waveforms in both formats.
fn record(design: &Checked<Design>, stimuli: &[(Vec<Bits>, bool)]) -> [Vec<u8>; 2] {
    let mut simulator = Simulator::observing(design, &Observe { names: true, ..Observe::default() }).unwrap();
    let (mut vcd, mut fst) = (Vec::new(), Cursor::new(Vec::new()));
    let files = vec![Waves::Vcd(Box::new(&mut vcd)), Waves::Fst(Box::new(&mut fst))];
    let mut waveform = Waveform::start_all(files, &simulator).unwrap();
    for (inputs, in_reset) in stimuli {
        poke(&mut simulator, design, inputs, *in_reset);
        simulator.step_recorded(&mut waveform).unwrap();
    }
    waveform.finish(&mut simulator).unwrap();
    [vcd, fst.into_inner()]
}

fn compare_waveform(
    design: &Checked<Design>,
    stimuli: &[(Vec<Bits>, bool)],
    file: Vec<u8>,
) -> Result<usize, TestCaseError> {
    let mut wave = simple::read_from_reader(Cursor::new(file)).unwrap();
    let variables: Vec<(String, wellen::SignalRef)> =
        wave.hierarchy().iter_vars().map(|v| (v.full_name(wave.hierarchy()), v.signal_ref())).collect();
    wave.load_signals(&variables.iter().map(|(_, signal)| *signal).collect::<Vec<_>>());
    let times = wave.time_table().to_vec();
    let mut reference = Reference::new(design);
    prop_assert_eq!(variables.len(), reference.names() + 2);
    let mut compared = 0;
    for (cycle, (inputs, in_reset)) in stimuli.iter().enumerate() {
        reference.settle(inputs);
        let at = times.iter().position(|&time| time == cycle as u64 * svdforge_sim::CYCLE).unwrap();
        for (name, signal) in &variables {
            let path: Vec<String> = name.split('.').skip(1).map(str::to_owned).collect();
            let expected = match path.last().unwrap().as_str() {
                "aclk" => Bits::new(1, 1),
                "aresetn" => Bits::new(u128::from(!in_reset), 1),
                _ => reference.named(&path).unwrap(),
            };
            let signal = wave.get_signal(*signal).unwrap();
            let offset = signal.get_offset(at as u32).unwrap();
            let digits = signal.get_value_at(&offset, 0).to_bit_string().unwrap();
            let found = u128::from_str_radix(&digits, 2).unwrap();
            prop_assert_eq!(found, expected.pattern(), "cycle {} {} of\n{}", cycle, name, listing(design));
            prop_assert_eq!(digits.len(), expected.width());
            compared += 1;
        }
        reference.clock(*in_reset);
    }
    Ok(compared)
}
