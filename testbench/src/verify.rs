//! Runs the same beats through several engines. They must agree bit for bit and cycle for cycle; otherwise the first
//! difference is reported in words.

use crate::engine::{Engine, EngineError, SimulatorEngine};
use crate::framing::OutputElement;
use crate::stimulus::{Stimulus, Trace};
use serde::Serialize;
use svdforge_hdl::core::Core;
use svdforge_hdl::interface::section;

/// How the trace of every engine compares with that of the project's own simulator.
#[derive(Clone, Debug, Serialize)]
pub struct VerifyReport {
    /// The core's name.
    pub core: String,
    /// The number of input frames.
    pub frames: usize,
    /// The number of input beats that the core took in the simulator.
    pub input_beats: usize,
    /// The number of output beats in the simulator.
    pub output_beats: usize,
    /// The number of cycles in the simulator.
    pub cycles: u64,
    /// One report for each engine, in the order in which the engines were asked for.
    pub engines: Vec<EngineReport>,
}

/// How the trace of one engine compares with that of the simulator.
#[derive(Clone, Debug, Serialize)]
pub struct EngineReport {
    /// Its name.
    pub engine: &'static str,
    /// Whether the traces are equal, bit for bit and cycle for cycle.
    pub equal: bool,
    /// The first difference, in words.
    pub difference: Option<String>,
    /// The number of input and output beats that were compared, up to the first difference.
    pub beats_compared: usize,
    /// The number of cycles that were compared, up to the first difference.
    pub cycles_compared: u64,
}

impl VerifyReport {
    /// Whether every engine agrees with the simulator. The answer is no if there are no engines or no output to
    /// compare.
    pub fn is_equal(&self) -> bool {
        !self.engines.is_empty() && self.output_beats > 0 && self.engines.iter().all(|engine| engine.equal)
    }
}

/// Runs a stimulus in the simulator and then in each engine. An error means that an engine could not do its work, for
/// example because a tool is missing. A core that behaves differently in an engine is not an error: the report contains
/// the difference.
pub fn verify(core: &Core, stimulus: &Stimulus, engines: &mut [Box<dyn Engine>]) -> Result<VerifyReport, EngineError> {
    let expected = SimulatorEngine::new(core)?.run(stimulus)?;
    let engines = engines.iter_mut().map(|engine| compare(engine.as_mut(), stimulus, &expected));
    Ok(VerifyReport {
        core: core.shape().name(),
        frames: stimulus.frames(),
        input_beats: expected.input_beats(),
        output_beats: expected.output_beats(),
        cycles: cycles(&expected),
        engines: engines.collect::<Result<_, _>>()?,
    })
}

fn compare(engine: &mut dyn Engine, stimulus: &Stimulus, expected: &Trace) -> Result<EngineReport, EngineError> {
    let name = engine.name();
    let (difference, beats_compared, cycles_compared) = match engine.run_against(stimulus, expected) {
        Ok(found) => match first_difference(expected, &found) {
            None => (None, expected.input_beats() + expected.output_beats(), cycles(expected)),
            Some(difference) => (Some(difference.words), difference.beats, difference.cycle),
        },
        // The testbench has compared the beats itself, and its message says where it stopped.
        Err(error) if error.is_fault_of_core() => (Some(error.to_string()), 0, 0),
        Err(error) => return Err(error),
    };
    Ok(EngineReport { engine: name, equal: difference.is_none(), difference, beats_compared, cycles_compared })
}

/// The number of cycles from the first one after the reset to the last beat.
fn cycles(trace: &Trace) -> u64 {
    let last = trace.output.last().map(|b| b.cycle).max(trace.accepted.last().copied());
    last.map_or(0, |cycle| cycle + 1)
}

/// The first difference between two traces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// A sentence with the cycle, the place in the frame, the expected value and the value found.
    pub words: String,
    /// The number of equal input and output beats before it.
    pub beats: usize,
    /// The cycle in which the traces differ.
    pub cycle: u64,
}

/// The first difference between the simulator's trace and that of another engine, if there is one.
pub fn first_difference(expected: &Trace, found: &Trace) -> Option<Mismatch> {
    let input = (0..expected.accepted.len().max(found.accepted.len()))
        .find(|&i| expected.accepted.get(i) != found.accepted.get(i))
        .map(|i| {
            let (wanted, is) = (expected.accepted.get(i), found.accepted.get(i));
            let cycle = wanted.into_iter().chain(is).min().copied().unwrap_or(0);
            let when = |cycle: Option<&u64>| cycle.map_or("never".to_owned(), |c| format!("in cycle {c}"));
            let words = format!("cycle {cycle}: input beat {i} is taken {}, expected {}", when(is), when(wanted));
            Mismatch { words, beats: i + before(&expected.output, cycle), cycle }
        });
    let output = (0..expected.output.len().max(found.output.len()))
        .find(|&i| expected.output.get(i) != found.output.get(i))
        .map(|i| {
            let (wanted, is) = (expected.output.get(i), found.output.get(i));
            let cycle = wanted.into_iter().chain(is).map(|beat| beat.cycle).min().unwrap_or(0);
            let place = place(if wanted.is_some() { expected } else { found }, i);
            let words = format!("cycle {cycle}: {place}{}", parting(wanted, is));
            let accepted = expected.accepted.iter().filter(|&&c| c < cycle).count();
            Mismatch { words, beats: i + accepted, cycle }
        });
    input.into_iter().chain(output).min_by_key(|difference| difference.cycle)
}

fn before(beats: &[OutputElement], cycle: u64) -> usize {
    beats.iter().filter(|beat| beat.cycle < cycle).count()
}

/// How two beats differ, in the same words as the messages of the exported testbench.
fn parting(expected: Option<&OutputElement>, found: Option<&OutputElement>) -> String {
    let (wanted, is) = match (expected, found) {
        (Some(wanted), Some(is)) => (wanted, is),
        (Some(wanted), None) => return format!(" does not come, expected in cycle {}", wanted.cycle),
        (None, _) => return " comes, expected none".to_owned(),
    };
    if is.cycle != wanted.cycle {
        format!(" comes in cycle {}, expected in cycle {}", is.cycle, wanted.cycle)
    } else if is.user != wanted.user {
        format!(": tuser is {}, expected {}", is.user, wanted.user)
    } else if is.last != wanted.last {
        format!(": tlast is {}, expected {}", u8::from(is.last), u8::from(wanted.last))
    } else {
        format!(": tdata is {:06x}, expected {:06x}", is.data, wanted.data)
    }
}

/// The place of a beat, such as `U row 1, column 2 of output frame 0`, in the same words as the messages of the
/// exported testbench. A row of U or V has as many elements as the frame has singular values.
fn place(trace: &Trace, index: usize) -> String {
    let mut passed = 0;
    for (number, frame) in trace.frames().enumerate() {
        if index < passed + frame.len() {
            let user = frame[index - passed].user;
            let in_section = frame[..index - passed].iter().filter(|beat| beat.user == user).count();
            let rank = frame.iter().filter(|beat| beat.user == section::SIGMA).count().max(1);
            let (row, column) = (in_section / rank, in_section % rank);
            let section = match user {
                section::STATUS => "the status word".to_owned(),
                section::SIGMA => format!("sigma {in_section}"),
                section::U => format!("U row {row}, column {column}"),
                section::V => format!("V row {row}, column {column}"),
                other => format!("section {other}"),
            };
            return format!("{section} of output frame {number}");
        }
        passed += frame.len();
    }
    "after the last output frame".to_owned()
}
