//! Measures the speed of the simulators in one run, on the same core and the same matrices.

use serde::Serialize;
use std::time::Instant;
use svdforge_golden::Family;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::manifest::Summary;
use svdforge_hdl::export::verilog::verilog;
use svdforge_testbench::engine::{Engine, EngineError, IcarusEngine, SimulatorEngine};
use svdforge_testbench::framing::{InputElement, OutputElement};
use svdforge_testbench::pool::{LARGEST_GROUP, SimulatorPool};
use svdforge_testbench::run::RunError;
use svdforge_testbench::samples::{example_size, quantised_of_size};
use svdforge_testbench::stimulus::{Stimulus, Trace};
use svdforge_tools::process::{ToolError, run, run_program};

/// The C++ main program for Verilator's model of the core.
const HARNESS: &str = include_str!("bench/harness.cpp");

/// One simulator's speed.
#[derive(Clone, Debug, Serialize)]
pub struct EngineSpeed {
    /// The name of the simulator.
    pub name: &'static str,
    /// How many matrices it simulates at the same time.
    pub lanes: usize,
    /// How many threads it uses.
    pub threads: usize,
    /// Seconds to build the simulation: generating and compiling the core.
    pub build_s: f64,
    /// Clock cycles of the core per second. With several lanes, the cycles of all lanes count.
    pub cycles_per_second: f64,
}

/// All simulators on one core.
#[derive(Clone, Debug, Serialize)]
pub struct CoreBench {
    /// What the core is.
    pub core: Summary,
    /// The number of clock cycles that the matrices take one after the other.
    pub cycles: u64,
    /// Whether all engines delivered the same beats in the same cycles.
    pub output_hash_equal: bool,
    /// The speed of each engine.
    pub engines: Vec<EngineSpeed>,
}

/// Why there is no measurement.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The core could not be given its matrices.
    #[error(transparent)]
    Run(#[from] RunError),
    /// An engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A tool is missing or failed.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// A tool printed something unexpected.
    #[error("{tool}: unexpected output `{text}`")]
    Output {
        /// Which tool.
        tool: &'static str,
        /// What it printed.
        text: String,
    },
    /// A temporary folder could not be written.
    #[error("the temporary folder cannot be written: {0}; check that TMPDIR can be written to, and has room")]
    Io(#[from] std::io::Error),
}

/// How often each simulator runs. They take turns and the fastest run of each counts, because other programs disturb
/// the measurement.
const ROUNDS: usize = 5;

/// The most lanes that can be asked for.
pub const MOST_LANES: usize = LARGEST_GROUP;

/// The number of lanes is a multiple of this.
const LANES_STEP: usize = 4;

/// Checks the number of lanes that a user asks for. The error says what would be right.
pub fn check_lanes(lanes: usize, matrices: usize) -> Result<(), String> {
    let step = LANES_STEP;
    if !(step..=MOST_LANES).contains(&lanes) || !lanes.is_multiple_of(step) {
        return Err(format!("--lanes {lanes}: give a multiple of {step}, at most {MOST_LANES}"));
    }
    if !matrices.is_multiple_of(lanes) {
        let (below, above) = (matrices - matrices % lanes, matrices.next_multiple_of(lanes));
        let right = if below > 0 { format!("{below} or {above}") } else { above.to_string() };
        return Err(format!(
            "--lanes {lanes}: {matrices} matrices cannot be divided among them; give --matrices {right}, or lanes that \
             divide {matrices}: a multiple of {step}, at most {MOST_LANES}"
        ));
    }
    Ok(())
}

/// Runs `matrices` uniformly distributed random matrices through the project's simulator and through Verilator -O3,
/// five times in turn. They pass through one simulated core one after the other. In a further run of this simulator,
/// `lanes` of them are simulated at the same time on one thread, and in another one on all processors. Icarus, which is
/// much slower, gets only the first matrix.
pub fn bench(core: &Core, matrices: usize, lanes: usize) -> Result<CoreBench, BenchError> {
    let mut elements = Vec::new();
    let mut alone = Vec::new();
    for seed in 0..matrices as u64 {
        let shape = core.shape();
        let frame = quantised_of_size(shape, example_size(shape, seed), Family::Uniform, seed).frame(shape);
        alone.push(Stimulus::new(frame.clone()));
        elements.extend(frame);
    }
    let stimulus = Stimulus::new(elements);
    let start = Instant::now();
    let mut engine = SimulatorEngine::new(core)?;
    let build_s = start.elapsed().as_secs_f64();
    let trace = engine.run(&stimulus)?;
    let (cycles, expected) = (cycles(&trace), hash(&trace.output));
    let traces: Vec<Trace> = alone.iter().map(|stimulus| engine.run(stimulus)).collect::<Result<_, _>>()?;
    let mut agrees = traces.iter().zip(trace.frames()).all(|(alone, frame)| has_values(&alone.output, frame));
    let mut in_lanes = LanesBench::all(core, lanes)?;
    let build = VerilatorBuild::new(core, &stimulus)?;
    let (mut own_s, mut verilator_s) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        agrees &= engine.run(&stimulus)? == trace;
        own_s = own_s.min(start.elapsed().as_secs_f64());
        for bench in &mut in_lanes {
            agrees &= bench.run(&alone)? == traces;
        }
        let (seconds, found) = build.run()?;
        agrees &= found == (cycles, expected);
        verilator_s = verilator_s.min(seconds);
    }
    let speed = |name, build_s, seconds: f64| EngineSpeed {
        name,
        lanes: 1,
        threads: 1,
        build_s,
        cycles_per_second: cycles as f64 / seconds,
    };
    let own = speed("svdforge", build_s, own_s);
    let verilator = speed("verilator", build.build_s, verilator_s);
    let first = stimulus.elements.iter().position(|beat| beat.last).map_or(0, |last| last + 1);
    let (icarus, icarus_agrees) = icarus(core, &stimulus.elements[..first], &traces)?;
    let lane_cycles = traces.iter().map(self::cycles).sum();
    let in_lanes = in_lanes.into_iter().map(|bench| bench.speed(lane_cycles));
    Ok(CoreBench {
        core: Summary::new(core),
        cycles,
        output_hash_equal: agrees && icarus_agrees,
        engines: [own].into_iter().chain(in_lanes).chain([verilator, icarus]).collect(),
    })
}

/// Whether a frame has these values. Its timing depends on what surrounds it.
fn has_values(output: &[OutputElement], frame: &[OutputElement]) -> bool {
    let value = |element: &OutputElement| (element.data, element.user, element.last);
    output.iter().map(value).eq(frame.iter().map(value))
}

/// This project's simulator with lanes.
struct LanesBench {
    pool: SimulatorPool,
    lanes: usize,
    threads: usize,
    build_s: f64,
    /// The seconds of the fastest run.
    seconds: f64,
}

impl LanesBench {
    /// On one thread, and on as many as there are processors, if there are several.
    fn all(core: &Core, lanes: usize) -> Result<Vec<Self>, BenchError> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let mut benches = Vec::new();
        for threads in [Some(1), Some(processors).filter(|&threads| threads > 1)].into_iter().flatten() {
            let core = Core::new(*core.shape());
            let start = Instant::now();
            let pool = SimulatorPool::new(core)?;
            benches.push(Self { pool, lanes, threads, build_s: start.elapsed().as_secs_f64(), seconds: f64::INFINITY });
        }
        Ok(benches)
    }

    fn run(&mut self, stimuli: &[Stimulus]) -> Result<Vec<Trace>, BenchError> {
        let start = Instant::now();
        let traces = self.pool.run_stimuli(stimuli, self.lanes, self.threads)?;
        self.seconds = self.seconds.min(start.elapsed().as_secs_f64());
        Ok(traces)
    }

    fn speed(self, cycles: u64) -> EngineSpeed {
        let Self { lanes, threads, build_s, seconds, .. } = self;
        EngineSpeed { name: "svdforge", lanes, threads, build_s, cycles_per_second: cycles as f64 / seconds }
    }
}

fn cycles(trace: &Trace) -> u64 {
    trace.output.last().map_or(0, |beat| beat.cycle + 1)
}

/// The FNV-1a hash (G. Fowler, L. C. Noll, K.-P. Vo) of the fields of all beats. The C++ program computes the same.
fn hash(beats: &[OutputElement]) -> u64 {
    let step = |hash: u64, value: u64| (hash ^ value).wrapping_mul(0x0100_0000_01b3);
    beats.iter().fold(0xcbf2_9ce4_8422_2325, |hash, b| {
        [b.cycle, b.data, b.user.into(), b.last.into()].into_iter().fold(hash, step)
    })
}

/// The core, built with Verilator -O3, with a stimulus in its folder.
struct VerilatorBuild {
    folder: tempfile::TempDir,
    build_s: f64,
}

impl VerilatorBuild {
    fn new(core: &Core, stimulus: &Stimulus) -> Result<Self, BenchError> {
        let folder = tempfile::tempdir()?;
        let top = core.shape().name();
        for file in verilog(core.design(), &Summary::new(core).header()) {
            std::fs::write(folder.path().join(&file.name), &file.text)?;
        }
        std::fs::write(folder.path().join("harness.cpp"), HARNESS.replace("VTOP", &format!("V{top}")))?;
        let lines: String = stimulus.elements.iter().map(|b| format!("{} {}\n", b.data, u8::from(b.last))).collect();
        std::fs::write(folder.path().join("beats.txt"), lines)?;
        let list = format!("{top}.f");
        let arguments =
            ["--cc", "--exe", "--build", "-O3", "-CFLAGS", "-O3", "--Mdir", "obj", "-Wno-fatal", "--top-module", &top];
        let start = Instant::now();
        let files = ["-o", "bench", "-f", &list, "harness.cpp"];
        run("verilator", &[&arguments[..], &files].concat(), folder.path(), "the comparison")?.success()?;
        Ok(Self { folder, build_s: start.elapsed().as_secs_f64() })
    }

    /// Runs the program and returns the seconds that it took, and (cycles, hash of the output).
    fn run(&self) -> Result<(f64, (u64, u64)), BenchError> {
        let folder = self.folder.path();
        let text = run_program::<&str>(&folder.join("obj/bench"), &[], folder)?.success()?.stdout;
        let fields: Vec<&str> = text.split_whitespace().collect();
        let parsed = match fields[..] {
            [cycles, hash, seconds] => {
                cycles.parse::<u64>().ok().zip(u64::from_str_radix(hash, 16).ok()).zip(seconds.parse::<f64>().ok())
            }
            _ => None,
        };
        let ((cycles, hash), seconds) =
            parsed.ok_or_else(|| BenchError::Output { tool: "verilator", text: text.clone() })?;
        Ok((seconds, (cycles, hash)))
    }
}

/// Runs the first frame in Icarus, through the exported testbench. Returns the speed, which includes the start of the
/// program, and whether the beats are those of the first frame alone: with several matrices in flight, the time of its
/// result depends on the frames behind it.
fn icarus(core: &Core, first: &[InputElement], alone: &[Trace]) -> Result<(EngineSpeed, bool), BenchError> {
    let start = Instant::now();
    let mut engine = IcarusEngine::new(core)?;
    let build_s = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let own = engine.run(&Stimulus::new(first.to_vec()))?;
    let cycles_per_second = cycles(&own) as f64 / start.elapsed().as_secs_f64();
    let agrees = alone.first().map(|trace| &trace.output) == Some(&own.output);
    Ok((EngineSpeed { name: "icarus", lanes: 1, threads: 1, build_s, cycles_per_second }, agrees))
}
