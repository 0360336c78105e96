//! Tests of the adapter to rust_hdl: designs and cores in rust_hdl's simulator, and a rust_hdl firmware that contains
//! cores.

#[path = "verilog/designs.rs"]
mod designs;
#[path = "rust_hdl/firmware.rs"]
mod firmware;
#[path = "verilog/interpreter.rs"]
mod interpreter;
#[path = "rust_hdl/stream.rs"]
mod stream;
#[allow(dead_code, reason = "only the tests of the Verilog exporter run linters")]
#[path = "verilog/tools.rs"]
mod tools;

use designs::{Random, SamplerModel, operations, sampler};
use rust_hdl::prelude::{Block, check_all};
use std::time::Instant;
use stream::{Beat, Feeder, MATRICES, core, frame_length};
use svdforge_hdl::builder::{DesignBuilder, ModuleBuilder};
use svdforge_hdl::export::rust_hdl::{DesignBlock, RustHdlSimulation};
use svdforge_hdl::ir::mask;
use svdforge_sim::Simulator;

/// Random trees of all operations at random widths, compared with the interpreter.
#[test]
fn every_operation_computes_what_the_ir_says() {
    let mut compared = 0;
    for seed in 0..4 {
        let mut random = Random(seed);
        let design = operations(&mut random, 240, true);
        let module = design.top();
        let mut simulation = RustHdlSimulation::new(&design).unwrap();
        for _ in 0..48 {
            let inputs: Vec<u128> = module.inputs.iter().map(|&id| random.operand(module.node(id).width)).collect();
            for (&id, &bits) in module.inputs.iter().zip(&inputs) {
                simulation.poke(module.node(id).name.as_deref().unwrap(), bits).unwrap();
            }
            simulation.step().unwrap();
            let expected = interpreter::values(module, &inputs);
            for output in &module.outputs {
                assert_eq!(simulation.peek(&output.name), Ok(expected[output.node.index()]), "{}", output.name);
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 4 * 48 * 240);
}

/// Instances, a memory, a table, enables and resets, compared with a model written by hand.
#[test]
fn registers_memories_and_tables_behave_as_the_ir_says() {
    let mut simulation = RustHdlSimulation::new(&sampler()).unwrap();
    let (mut model, mut random) = (SamplerModel::default(), Random(7));
    for cycle in 0..2000 {
        let reset = cycle < 3 || random.below(40) == 0;
        let (sample, take, index) = (random.operand(8), random.below(3) > 0, random.below(6));
        simulation.set_reset(reset);
        for (port, bits) in [("sample", sample), ("take", take.into()), ("index", index.into())] {
            simulation.poke(port, bits).unwrap();
        }
        simulation.step().unwrap();
        model.clock(reset, sample, take, index as usize);
        let ports = ["total", "earlier", "weight", "scaled", "count"];
        let found = ports.map(|port| simulation.peek(port).unwrap() as u32);
        assert_eq!(found, model.outputs(), "cycle {cycle}");
    }
    assert_eq!(simulation.cycle(), 2000);
}

/// A shift register through three levels of the hierarchy, up and down. A clock edge reaches the levels one after the
/// other, and still no value may pass two registers at one edge.
#[test]
fn registers_on_all_levels_take_their_values_at_the_same_edge() {
    let mut design = DesignBuilder::new();
    let mut below = None;
    for level in ["bottom", "middle", "top"] {
        let m = ModuleBuilder::new(level);
        let mut value = m.input("in_value", 8).at(0).registered("before");
        if let Some(module) = below {
            for name in ["first", "second"] {
                let instance = m.instance(&design, module, name);
                instance.drive("in_value", value);
                value = instance.output("out_value").at(0).registered("between");
            }
        }
        m.output("out_value", value);
        below = Some(design.add(m));
    }
    // The latency is 1 for bottom, 1 + 2 (1 + 1) = 5 for middle, and 1 + 2 (5 + 1) = 13 for top.
    let mut simulation = RustHdlSimulation::new(&design.finish().unwrap()).unwrap();
    for cycle in 1..100u128 {
        simulation.poke("in_value", cycle).unwrap();
        simulation.step().unwrap();
        assert_eq!(simulation.peek("out_value"), Ok((cycle + 1).saturating_sub(13)), "cycle {cycle}");
    }
}

#[test]
fn mistakes_of_a_user_are_errors() {
    let mut simulation = RustHdlSimulation::new(&sampler()).unwrap();
    let error = simulation.poke("sampel", 1).unwrap_err();
    assert_eq!(error.to_string(), "`sampler` has no input port `sampel`; its input ports are sample, take, index");
    let error = simulation.peek("sample").unwrap_err();
    assert!(error.to_string().starts_with("`sampler` has no output port `sample`; its output ports are total,"));
    // If a value is too wide, the port takes its lowest bits.
    simulation.poke("take", mask(100)).unwrap();
    assert_eq!(simulation.block().input("take").map(|port| port.val()), Ok(0));
    simulation.step().unwrap();
    assert_eq!(simulation.block().input("take").map(|port| port.val()), Ok(1));
}

#[test]
fn an_unconnected_block_is_found_by_check_all() {
    let mut block = DesignBlock::new(&sampler());
    assert!(check_all(&block).is_err());
    block.connect_all();
    assert_eq!(check_all(&block), Ok(()));
}

/// The 2x2 core decomposes several matrices with pauses at both ends. It is compared with the project's simulator in
/// every cycle.
#[test]
fn the_small_core_agrees_with_the_simulator_cycle_for_cycle() {
    let core = core(2);
    let mut simulation = RustHdlSimulation::new(core.design()).unwrap();
    let mut simulator = Simulator::new(core.design()).unwrap();
    let mut feeder = Feeder::new(core.shape(), Some(Random(11)));
    let started = Instant::now();
    let mut beats: Vec<Beat> = Vec::new();
    while beats.iter().filter(|beat| beat.last).count() < MATRICES.len() {
        assert!(simulation.cycle() < 20_000, "The core does not answer: {beats:?}");
        let reset = simulation.cycle() < 4;
        simulation.set_reset(reset);
        simulator.set_reset(reset);
        let ready_before = simulation.peek("s_axis_tready").unwrap() == 1;
        let offered = feeder.offer(ready_before && !reset);
        beats.extend(offered.sink_ready.then(|| Beat::of(&simulation)).flatten().filter(|_| !reset));
        for (port, bits) in offered.pokes() {
            simulation.poke(port, bits).unwrap();
            simulator.poke(simulator.input(port).unwrap(), bits);
        }
        simulation.step().unwrap();
        simulator.step();
        for port in simulation.block().output_names() {
            let expected = simulator.peek(simulator.output(port).unwrap());
            assert_eq!(simulation.peek(port), Ok(expected), "{port} in cycle {}", simulation.cycle());
        }
    }
    let (cycles, seconds) = (simulation.cycle(), started.elapsed().as_secs_f64());
    println!("{cycles} cycles in {seconds:.2} s: {:.0} cycles/s", cycles as f64 / seconds);
    assert!(seconds < 10.0, "One matrix may take a few seconds at most, but {} took {seconds} s.", MATRICES.len());

    let length = frame_length(core.shape());
    assert_eq!(beats.len(), MATRICES.len() * length);
    for (frame, matrix) in beats.chunks(length).zip(MATRICES) {
        stream::assert_frame(core.shape(), frame, matrix);
    }
}
