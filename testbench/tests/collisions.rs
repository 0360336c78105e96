//! Tests that a core never uses a word that it reads in the cycle in which the word is written, in the memories that
//! promise this ([`svdforge_hdl::ir::Memory::never_collides`]). Block RAM may return anything for such a word.

use svdforge_golden::Family;
use svdforge_hdl::check::{Checked, check};
use svdforge_hdl::core::Core;
use svdforge_hdl::interface::port;
use svdforge_hdl::ir::{Binary, Design, Module, Node, NodeId, Op};
use svdforge_hdl::parameters::{Parameters, Scaling, Sizes, Vectors};
use svdforge_sim::Simulator;
use svdforge_testbench::framing::{InputScale, quantise};

/// The design with rubbish where a read meets a write of the same word: it returns a neighbouring word. With `always`,
/// it does so in every cycle with a write. Returns the number of changed read ports as well.
fn with_rubbish(design: &Design, always: bool) -> (Checked<Design>, usize) {
    let (mut design, mut changed) = (design.clone(), 0);
    for module in &mut design.modules {
        for id in module.node_ids().collect::<Vec<_>>() {
            let Op::Read { memory, address: Some(address), .. } = module.node(id).op else { continue };
            let memory = &module.memories[memory.index()];
            let Some(write) = memory.write.filter(|_| memory.never_collides) else { continue };
            let width = module.node(address).width;
            let same = add(module, 1, Op::Binary(Binary::Equal, address, write.address));
            let meets = if always { write.enable } else { add(module, 1, Op::Binary(Binary::And, same, write.enable)) };
            let one = add(module, width, Op::Constant(1));
            let neighbour = add(module, width, Op::Binary(Binary::Xor, address, one));
            let found = add(module, width, Op::Mux { select: meets, on_true: neighbour, on_false: address });
            if let Op::Read { address, .. } = &mut module.nodes[id.index()].op {
                *address = Some(found);
            }
            changed += 1;
        }
    }
    (check(design).unwrap(), changed)
}

fn add(module: &mut Module, width: u32, op: Op) -> NodeId {
    module.nodes.push(Node { op, width, name: None, note: None });
    module.node_ids().last().unwrap()
}

/// The elements and the ends of frames that leave a core, for a source and a sink that never stall.
fn results(design: &Checked<Design>, elements: &[(i128, bool)], cycles: usize) -> Vec<(u128, u128)> {
    let mut simulator = Simulator::new(design).unwrap();
    let input = |simulator: &Simulator, name| simulator.input(name).unwrap();
    let [data, valid, last, sink] =
        [port::INPUT_DATA, port::INPUT_VALID, port::INPUT_LAST, port::OUTPUT_READY].map(|name| input(&simulator, name));
    let output = |simulator: &Simulator, name| simulator.output(name).unwrap();
    let [ready, out, out_valid, out_last] =
        [port::INPUT_READY, port::OUTPUT_DATA, port::OUTPUT_VALID, port::OUTPUT_LAST]
            .map(|name| output(&simulator, name));
    simulator.set_reset(true);
    (0..4).for_each(|_| simulator.step());
    simulator.set_reset(false);
    let (mut next, mut results) = (0, Vec::new());
    for _ in 0..cycles {
        let element = elements.get(next);
        simulator.poke_signed(valid, element.is_some().into());
        simulator.poke_signed(data, element.map_or(0, |e| e.0));
        simulator.poke_signed(last, element.is_some_and(|e| e.1).into());
        simulator.poke_signed(sink, 1);
        next += usize::from(simulator.peek(ready) == 1 && element.is_some());
        if simulator.peek(out_valid) == 1 {
            results.push((simulator.peek(out), simulator.peek(out_last)));
        }
        simulator.step();
    }
    results
}

#[test]
fn no_result_depends_on_a_word_that_is_read_while_it_is_written() {
    let square = |n: usize| Parameters { rows: n, cols: n, ..Parameters::default() };
    let mut cores = Vec::new();
    for interleave in [Some(1), Some(2), None] {
        cores.extend([2, 3, 4, 8, 10].map(|n| Parameters { interleave, ..square(n) }));
        cores.extend([
            Parameters { interleave, rows: 6, cols: 3, ..square(4) },
            Parameters { interleave, vectors: Vectors::None, ..square(4) },
            Parameters { interleave, vectors: Vectors::V, ..square(6) },
            Parameters { interleave, scaling: Scaling::Fixed, ..square(4) },
            Parameters { interleave, symmetric: true, ..square(6) },
        ]);
    }
    cores.push(Parameters { rows: 40, cols: 6, vectors: Vectors::V, ..square(6) });
    cores.push(Parameters { sizes: Sizes::Any, ..square(6) });
    let (mut checked, mut sensitive) = (0, 0);
    for parameters in cores {
        let core = Core::new(parameters.shape().unwrap());
        let shape = core.shape();
        let frames = (0..6).flat_map(|seed| {
            let matrix = Family::Uniform.generate(shape.rows(), shape.cols(), seed + 1);
            let matrix = if shape.symmetric() { (&matrix + matrix.transpose()) * 0.5 } else { matrix };
            quantise(shape, &matrix, InputScale::Auto).unwrap().frame(shape)
        });
        let elements: Vec<(i128, bool)> = frames.map(|e| (e.data.into(), e.last)).collect();
        let cycles = 6 * (core.latency().total(12) + 100);
        let expected = results(&check((**core.design()).clone()).unwrap(), &elements, cycles);
        assert_eq!(expected.iter().filter(|e| e.1 == 1).count(), 6, "{}", shape.name());
        let (rubbish, ports) = with_rubbish(core.design(), false);
        assert!(ports >= 4, "{}", shape.name());
        assert_eq!(results(&rubbish, &elements, cycles), expected, "{}", shape.name());
        // The rubbish is seen if it comes in other cycles too.
        sensitive += usize::from(results(&with_rubbish(core.design(), true).0, &elements, cycles) != expected);
        checked += 1;
    }
    assert_eq!(checked, 32);
    assert!(sensitive > 20, "Only {sensitive} cores see rubbish in other cycles.");
}
