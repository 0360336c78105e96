//! How the cost of a core grows with the size of its matrices: the core of each size and architecture is generated,
//! simulated and, if a target is given, synthesised, and the law n^a of each figure is fitted.
//!
//! [`measure`] measures one core. Its peak of memory is that of the whole process, so each core should be measured in a
//! process of its own. [`Growth`] has all measurements and makes the files.

mod files;

pub use files::FILES;

use serde::{Deserialize, Serialize};
use std::time::Instant;
use svdforge_golden::Family;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::Header;
use svdforge_hdl::export::verilog::verilog;
use svdforge_hdl::shape::Shape;
use svdforge_testbench::engine::{Engine, EngineError, SimulatorEngine};
use svdforge_testbench::samples::quantised_of_size;
use svdforge_testbench::stimulus::Stimulus;
use svdforge_testbench::throughput::intervals;
use svdforge_tools::synth::{Options, SynthError, Target, storage_bits, synth};

/// Why a core was not measured.
#[derive(Debug, thiserror::Error)]
pub enum GrowthError {
    /// It fails in the simulator.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// It cannot be synthesised.
    #[error(transparent)]
    Synth(#[from] SynthError),
}

/// What was measured of one core.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Columns of its matrices.
    pub n: u32,
    /// Its architecture.
    pub arch: String,
    /// Its parameters as options of the command line.
    pub core: String,
    /// Matrices in flight.
    pub in_flight: usize,
    /// Cycles from the first element of a matrix in to the last word of its result out, in an idle core.
    pub cycles: u64,
    /// Cycles from one result to the next when matrices arrive without a pause, in the mean.
    pub interval_cycles: f64,
    /// Multipliers.
    pub multipliers: u64,
    /// LUTs of the synthesised core. `None` without a target.
    pub lut: Option<u64>,
    /// Bits of memories that are written.
    pub memory_bits: u64,
    /// Seconds to make the Verilog from the parameters.
    pub generation_s: f64,
    /// Seconds to compile the core for the simulator.
    pub build_s: f64,
    /// Seconds to simulate one matrix.
    pub simulation_s: f64,
    /// The most memory that the process held, in bytes, without synthesis. `None` where the system does not tell.
    pub peak_bytes: Option<u64>,
}

/// A figure that grows: its name in files, its heading, and its value.
pub struct Figure {
    /// Its name in files.
    pub name: &'static str,
    /// Its name for people.
    pub heading: &'static str,
    /// The unit of its values, if they have one.
    pub unit: Option<&'static str>,
    of: fn(&Measurement) -> Option<f64>,
}

const fn figure(
    name: &'static str,
    heading: &'static str,
    unit: Option<&'static str>,
    of: fn(&Measurement) -> Option<f64>,
) -> Figure {
    Figure { name, heading, unit, of }
}

/// The figures, in the order of tables.
pub const FIGURES: [Figure; 9] = [
    figure("cycles", "cycles of a matrix", None, |m| Some(m.cycles as f64)),
    figure("interval_cycles", "cycles between results", None, |m| Some(m.interval_cycles)),
    figure("multipliers", "multipliers", None, |m| Some(m.multipliers as f64)),
    figure("lut", "LUT", None, |m| m.lut.map(|lut| lut as f64)),
    figure("memory_bits", "bits of memory", None, |m| Some(m.memory_bits as f64)),
    figure("generation_s", "generation", Some("s"), |m| Some(m.generation_s)),
    figure("build_s", "building the simulator", Some("s"), |m| Some(m.build_s)),
    figure("simulation_s", "simulation of a matrix", Some("s"), |m| Some(m.simulation_s)),
    figure("peak_bytes", "peak memory", Some("bytes"), |m| m.peak_bytes.map(|bytes| bytes as f64)),
];

/// The law of a figure for one architecture: it grows like n^exponent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Law {
    /// The architecture.
    pub arch: String,
    /// The name of the figure.
    pub figure: &'static str,
    /// The exponent: the slope of a straight line through the logarithms, fitted by least squares.
    pub exponent: f64,
}

/// All measurements.
#[derive(Clone, Debug, PartialEq)]
pub struct Growth {
    /// The command that made them.
    pub command: String,
    /// The target of synthesis.
    pub target: Option<Target>,
    /// The measurements, by architecture, then by size.
    pub measurements: Vec<Measurement>,
}

/// The most sizes times architectures of a study.
pub const MOST: usize = 100;
/// How many matrices go through a core besides those that fill it.
const MATRICES: usize = 3;
/// How often everything that takes time is done. The fastest time counts, because other programs disturb the
/// measurement.
const ROUNDS: usize = 3;

/// Measures one core with random matrices of its largest size.
///
/// # Errors
///
/// The core fails in the simulator, or its synthesis fails.
pub fn measure(shape: Shape, target: Option<Target>) -> Result<Measurement, GrowthError> {
    let (core, generation_s) = fastest(|| {
        let core = Core::new(shape);
        verilog(core.design(), &Header::default());
        core
    });
    let (engine, build_s) = fastest(|| SimulatorEngine::new(&core));
    let mut engine = engine?;
    let size = shape.dimensions().largest();
    let frame = |seed| quantised_of_size(&shape, size, Family::Uniform, seed).frame(&shape);
    let alone = engine.run(&Stimulus::new(frame(1)))?;
    let count = MATRICES + 2 * shape.in_flight();
    let stimulus = Stimulus::new((1..=count as u64).flat_map(frame).collect());
    let (trace, seconds) = fastest(|| engine.run(&stimulus));
    let (trace, simulation_s) = (trace?, seconds / count as f64);
    let ends: Vec<u64> = trace.output.iter().filter(|element| element.last).map(|element| element.cycle).collect();
    let intervals = intervals(&core, &ends);
    let peak_bytes = peak();
    let synthesised = target.map(|target| synth(&core, target, false, &Options::default(), &|_| {})).transpose()?;
    let cycles = alone.output.last().map_or(0, |element| element.cycle + 1);
    Ok(Measurement {
        n: shape.cols() as u32,
        arch: shape.arch().to_string(),
        core: shape.parameters().flags(),
        in_flight: shape.in_flight(),
        cycles: cycles - alone.accepted.first().copied().unwrap_or(0),
        interval_cycles: intervals.iter().sum::<u64>() as f64 / intervals.len().max(1) as f64,
        multipliers: core.design().multipliers() as u64,
        lut: synthesised.map(|report| report.lut),
        memory_bits: storage_bits(core.design()).0,
        generation_s,
        build_s,
        simulation_s,
        peak_bytes,
    })
}

/// The last result of some work that is done several times, and the shortest time that it took, in seconds.
fn fastest<T>(mut work: impl FnMut() -> T) -> (T, f64) {
    let mut timed = || {
        let start = Instant::now();
        let result = work();
        (result, start.elapsed().as_secs_f64())
    };
    let first = timed();
    (1..ROUNDS).fold(first, |(_, least), _| {
        let (result, seconds) = timed();
        (result, seconds.min(least))
    })
}

/// The most memory that this process has held so far, in bytes, as Linux tells it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(1024 * line.split_whitespace().next()?.parse::<u64>().ok()?)
}

impl Growth {
    /// The architectures, in the order of the measurements.
    pub fn architectures(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.measurements.iter().map(|m| m.arch.as_str()).collect();
        names.dedup();
        names
    }

    /// The points (n, value) of a figure for an architecture.
    fn points(&self, arch: &str, figure: &Figure) -> Vec<(f64, f64)> {
        let of_arch = self.measurements.iter().filter(|m| m.arch == arch);
        of_arch.filter_map(|m| Some((f64::from(m.n), (figure.of)(m)?))).collect()
    }

    /// The law of a figure for an architecture. There is none for fewer than two sizes, or where a value is 0.
    pub fn law(&self, arch: &str, figure: &Figure) -> Option<f64> {
        slope(&self.points(arch, figure))
    }

    /// All laws.
    pub fn laws(&self) -> Vec<Law> {
        let of_arch = |arch: &str| {
            let law = |figure: &Figure| {
                self.law(arch, figure).map(|exponent| Law {
                    arch: arch.to_owned(),
                    figure: figure.name,
                    exponent: (100.0 * exponent).round() / 100.0,
                })
            };
            FIGURES.iter().filter_map(law).collect::<Vec<_>>()
        };
        self.architectures().into_iter().flat_map(of_arch).collect()
    }
}

/// The slope of the straight line through the logarithms of points, fitted by least squares.
fn slope(points: &[(f64, f64)]) -> Option<f64> {
    if points.iter().any(|&(x, y)| x <= 0.0 || y <= 0.0) {
        return None;
    }
    let logs: Vec<(f64, f64)> = points.iter().map(|&(x, y)| (x.ln(), y.ln())).collect();
    let count = logs.len() as f64;
    let mean = logs.iter().fold((0.0, 0.0), |sum, log| (sum.0 + log.0 / count, sum.1 + log.1 / count));
    let product = |a: fn(&(f64, f64), (f64, f64)) -> f64| logs.iter().map(|log| a(log, mean)).sum::<f64>();
    let across = product(|log, mean| (log.0 - mean.0).powi(2));
    (across > 0.0).then(|| product(|log, mean| (log.0 - mean.0) * (log.1 - mean.1)) / across)
}

#[cfg(test)]
mod tests {
    use super::*;
    use svdforge_hdl::parameters::Parameters;

    fn measured(n: usize) -> Measurement {
        measure(Parameters { rows: n, cols: n, word: 12, ..Parameters::default() }.shape().unwrap(), None).unwrap()
    }

    #[test]
    fn a_slope_is_the_exponent_of_a_power() {
        let of = |power: f64| [2.0, 4.0, 7.0, 32.0].map(|n: f64| (n, 3.0 * n.powf(power)));
        for power in [-1.0, 0.0, 0.5, 3.0] {
            assert!((slope(&of(power)).unwrap() - power).abs() < 1e-12);
        }
        assert_eq!(slope(&[(4.0, 1.0)]), None, "one size has no slope");
        assert_eq!(slope(&[(4.0, 0.0), (8.0, 1.0)]), None);
    }

    #[test]
    fn a_core_of_twice_the_size_takes_more_and_the_files_tell_how_much() {
        let measurements = vec![measured(4), measured(8)];
        let [small, large] = &measurements[..] else { unreachable!() };
        assert!(large.cycles > 2 * small.cycles && large.memory_bits > 2 * small.memory_bits);
        assert_eq!((small.multipliers, large.multipliers), (17, 17), "as many in every serial core");
        assert!(small.interval_cycles > 0.0 && small.interval_cycles <= small.cycles as f64 + 1.0);
        assert!(measurements.iter().all(|m| m.generation_s > 0.0 && m.build_s > 0.0 && m.simulation_s > 0.0));
        assert_eq!(cfg!(target_os = "linux"), small.peak_bytes.is_some_and(|bytes| bytes > 1 << 20));
        let growth = Growth { command: "svdforge bench growth".to_owned(), target: None, measurements };
        let laws = growth.laws();
        let exponent = |figure| laws.iter().find(|law| law.figure == figure).map(|law| law.exponent);
        assert_eq!((exponent("multipliers"), exponent("lut")), (Some(0.0), None));
        assert!((1.5..3.5).contains(&exponent("cycles").unwrap()), "{laws:?}");
        let markdown = growth.markdown();
        assert!(markdown.contains("| 4 |") && markdown.contains("| 8 |") && markdown.contains("n^0.00"), "{markdown}");
        let svg = growth.svg().unwrap();
        // One panel for each figure that is known, each in an SVG of its own within one picture.
        assert_eq!(svg.matches("<svg ").count(), 1 + 8, "{svg}");
        assert_eq!(svg.matches("</svg>").count(), 1 + 8);
        let document: serde_json::Value = serde_json::from_str(&growth.json()).unwrap();
        assert_eq!(document["measurements"].as_array().unwrap().len(), 2);
    }
}
