//! Tests of cores with registers: their streams are those of cores without, and a program in C works with them.

use crate::common::{core_of, frame, simulate};
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use svdforge_hdl::core::Core;
use svdforge_hdl::export::Header;
use svdforge_hdl::export::c_header::c_header;
use svdforge_hdl::interface::port;
use svdforge_hdl::parameters::{CoreName, Front, Parameters, Sizes, Vectors};
use svdforge_sim::Simulator;
use svdforge_testbench::engine::SimulatorEngine;
use svdforge_testbench::framing::{InputElement, Quantised};
use svdforge_testbench::stimulus::{Reset, Stalls, Stimulus};
use svdforge_tools::process::run;

#[test]
fn registers_change_nothing_on_the_streams() {
    let size = |rows, cols| Parameters { rows, cols, ..Parameters::default() };
    let kinds = [
        size(4, 4),
        Parameters { sizes: Sizes::Any, ..size(4, 3) },
        Parameters { sizes: Sizes::Any, symmetric: true, ..size(3, 3) },
        Parameters { sizes: Sizes::Any, vectors: Vectors::V, elements_per_beat_in: 4, ..size(10, 3) },
        Parameters { elements_per_beat_out: 8, ..size(3, 5) },
    ];
    for parameters in kinds {
        let cores = [Front::Stream, Front::AxiLite].map(|front| core_of(Parameters { front, ..parameters }));
        let mut frames: Vec<_> = (0..4).map(|seed| frame(&cores[0], seed)).collect();
        frames[1].truncate(2);
        frames[1][1].last = true;
        let stimulus = Stimulus {
            stalls: Stalls::random(3, 91, 0.6, 0.5),
            resets: vec![Reset { cycle: 900, length: 2 }],
            ..Stimulus::new(frames.concat())
        };
        let [without, with] = cores.map(|core| simulate(&mut SimulatorEngine::new(&core).unwrap(), &stimulus));
        assert!(!without.output.is_empty());
        assert_eq!(with, without, "{parameters:?}");
    }
}

/// A core with registers between a source with frames, a sink that is always ready, and a bus.
struct System {
    core: Core,
    simulator: Simulator,
    queue: VecDeque<InputElement>,
}

impl System {
    fn new(core: Core) -> Self {
        let mut simulator = Simulator::new(core.design()).unwrap();
        simulator.set_reset(true);
        (0..4).for_each(|_| simulator.step());
        simulator.set_reset(false);
        let mut system = Self { core, simulator, queue: VecDeque::new() };
        system.set(port::OUTPUT_READY, 1);
        system
    }

    fn set(&mut self, port: &str, value: i128) {
        self.simulator.poke_signed(self.simulator.input(port).unwrap(), value);
    }

    fn get(&self, port: &str) -> u128 {
        self.simulator.peek(self.simulator.output(port).unwrap())
    }

    fn cycle(&mut self) {
        let next = self.queue.front().copied();
        self.set(port::INPUT_VALID, i128::from(next.is_some()));
        if let Some(element) = next {
            self.set(port::INPUT_DATA, element.data.into());
            self.set(port::INPUT_LAST, i128::from(element.last));
            if self.get(port::INPUT_READY) == 1 {
                self.queue.pop_front();
            }
        }
        self.simulator.step();
    }

    /// Waits until the core takes what is offered at `valid`, and withdraws it.
    fn offer(&mut self, valid: &str, ready: &str) {
        self.set(valid, 1);
        let mut taken = false;
        for _ in 0..10 {
            taken = self.get(ready) == 1;
            self.cycle();
            if taken {
                break;
            }
        }
        assert!(taken, "{ready} does not rise");
        self.set(valid, 0);
    }

    /// Waits for an answer and takes it.
    fn answer(&mut self, valid: &str, ready: &str) -> u128 {
        for _ in 0..10 {
            if self.get(valid) == 1 {
                let data = self.get(port::AXI_RDATA);
                self.set(ready, 1);
                self.cycle();
                self.set(ready, 0);
                return data;
            }
            self.cycle();
        }
        panic!("{valid} does not rise");
    }

    fn read(&mut self, address: u32) -> u128 {
        self.set(port::AXI_ARADDR, address.into());
        self.offer(port::AXI_ARVALID, port::AXI_ARREADY);
        self.answer(port::AXI_RVALID, port::AXI_RREADY)
    }

    fn write(&mut self, address: u32, value: u32) {
        self.set(port::AXI_AWADDR, address.into());
        self.set(port::AXI_WDATA, value.into());
        self.set(port::AXI_WSTRB, 15);
        self.offer(port::AXI_AWVALID, port::AXI_AWREADY);
        self.offer(port::AXI_WVALID, port::AXI_WREADY);
        self.answer(port::AXI_BVALID, port::AXI_BREADY);
    }

    /// Puts a frame into the queue, with or without the two elements that announce its size.
    fn send(&mut self, rows: usize, cols: usize, announced: bool) {
        let units: Vec<i64> = (0..(rows * cols) as i64).map(|i| 900 * i * i - 20_000).collect();
        let elements = Quantised { rows, cols, units, exponent: 0 }.frame(self.core.shape());
        self.queue.extend(&elements[if announced { 0 } else { 2 }..]);
    }
}

/// The header compiles without a warning, and the program does with the simulated registers what it expects.
#[test]
fn a_program_in_c_drives_the_core_through_its_registers() {
    let name = Some(CoreName::new("svd").unwrap());
    let core = core_of(Parameters {
        rows: 4,
        cols: 3,
        sizes: Sizes::Any,
        front: Front::AxiLite,
        name,
        ..Parameters::default()
    });
    let folder = tempfile::tempdir().unwrap();
    let header = c_header(core.shape(), &Header::default()).expect("a core with registers has a header");
    std::fs::write(folder.path().join(&header.name), &header.text).unwrap();
    std::fs::write(folder.path().join("main.c"), include_str!("registers.c")).unwrap();
    let options = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-o", "driver", "main.c"];
    let compiled = run("gcc", &options, folder.path(), "this test").unwrap_or_else(|e| panic!("{e}"));
    assert!(compiled.status.success(), "{}", compiled.printed());

    let mut program = Command::new(folder.path().join("driver"));
    let mut program = program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut answers = program.stdin.take().unwrap();
    let requests = BufReader::new(program.stdout.take().unwrap());
    let mut system = System::new(core);
    let (mut transfers, mut is_done) = (0, false);
    for line in requests.lines() {
        let line = line.unwrap();
        let words: Vec<&str> = line.split(' ').collect();
        let [request, a, b] = words[..] else { panic!("`{line}`") };
        let (a, b) = (a.parse::<u32>().unwrap(), b.parse::<u32>().unwrap());
        let answer = match request {
            "read" => system.read(a),
            "write" => {
                system.write(a, b);
                0
            }
            "frame" | "matrix" => {
                system.send(a as usize, b as usize, request == "frame");
                0
            }
            "irq" => {
                system.cycle();
                system.get(port::INTERRUPT)
            }
            _ => {
                is_done = request == "done";
                0
            }
        };
        transfers += 1;
        writeln!(answers, "{answer}").unwrap();
    }
    let finished = program.wait_with_output().unwrap();
    assert!(finished.status.success() && is_done, "{}", String::from_utf8_lossy(&finished.stderr));
    assert!(transfers > 40, "{transfers}");
    assert!(system.queue.is_empty());
}

/// With the size in a register, a frame without a header has the answer of a frame with one.
#[test]
fn a_size_in_a_register_is_as_good_as_one_in_the_frame() {
    let stored = Parameters { rows: 4, cols: 4, sizes: Sizes::Any, front: Front::AxiLite, ..Parameters::default() };
    let reduced = Parameters { rows: 300, vectors: Vectors::V, ..stored };
    let sizes = sizes_in_registers(stored, &[[4, 4], [1, 1], [3, 2], [2, 4], [4, 1]]);
    assert_eq!(sizes + sizes_in_registers(reduced, &[[300, 4], [7, 3], [2, 4]]), 8);
}

fn sizes_in_registers(parameters: Parameters, announced: &[[usize; 2]]) -> usize {
    let core = core_of(parameters);
    let registers = core.shape().interface().registers();
    let offset = |name: &str| registers.iter().find(|register| register.name == name).unwrap().offset;
    let mut sizes = 0;
    for &[rows, cols] in announced {
        let mut answers = Vec::new();
        for in_frame in [true, false] {
            let mut system = System::new(core.clone());
            if !in_frame {
                system.write(offset("frame_size"), (rows << 8 | cols) as u32);
                system.write(offset("control"), 2);
            }
            // Two frames, so that the second one is counted after the first.
            (0..2).for_each(|_| system.send(rows, cols, in_frame));
            let mut answer = Vec::new();
            for _ in 0..32_000 {
                if system.get(port::OUTPUT_VALID) == 1 {
                    let [data, user, last] =
                        [port::OUTPUT_DATA, port::OUTPUT_USER, port::OUTPUT_LAST].map(|name| system.get(name));
                    answer.push((data, user, last));
                }
                system.cycle();
            }
            answers.push(answer);
        }
        assert_eq!(answers[0].iter().filter(|(.., last)| *last == 1).count(), 2);
        let sections = core.shape().interface().sections_of((rows, cols));
        assert_eq!(answers[0].len(), 2 * sections.iter().map(|section| section.count).sum::<usize>());
        assert_eq!(answers[1], answers[0], "{rows} x {cols}");
        sizes += 1;
    }
    sizes
}
