//! What a simulator can show of a decomposition from inside: the matrices after each step, the rotations of the step,
//! and the cycles in which each unit is busy.
//!
//! An architecture names the memories and signals to observe ([`Points`]), and it reads the matrices and the schedule
//! from what was observed ([`Seen`]). All numbers are integers in units of the last place, exactly as the memories hold
//! them.

use super::probe::{PairRotation, Write};
use serde::Serialize;

/// The memories and signals of a core that a simulator observes. Each is given by the names of the instances below the
/// top module and its own name, with dots between them.
#[derive(Clone, Debug, Default)]
pub struct Points {
    /// Memories whose writes are observed.
    pub memories: Vec<String>,
    /// Signals of at most 64 bits whose values are observed in every cycle.
    pub signals: Vec<String>,
}

/// What was observed at the [`Points`] while one frame was computed. Cycles are counted from any origin.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// For each memory its writes, in order, with the cycle at whose end the word was written.
    pub writes: Vec<Vec<(u64, Write)>>,
    /// For each signal its changes: the first cycle with a new value, and the value. It is 0 before the first change.
    pub signals: Vec<Vec<(u64, u64)>>,
    /// The first cycle that was not observed.
    pub end: u64,
}

impl Seen {
    /// The value of a signal in every cycle before [`Self::end`].
    pub fn values(&self, signal: usize) -> Vec<u64> {
        let mut values = vec![0; self.end as usize];
        let changes = &self.signals[signal];
        for (number, &(from, value)) in changes.iter().enumerate() {
            let to = changes.get(number + 1).map_or(self.end, |next| next.0);
            values[from as usize..to as usize].fill(value);
        }
        values
    }
}

/// A square matrix of integers, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Square {
    /// Its rows, and its columns.
    pub side: usize,
    /// Its elements, in units of the last place.
    pub units: Vec<i64>,
}

impl Square {
    /// A matrix of zeros.
    pub fn zero(side: usize) -> Self {
        Self { side, units: vec![0; side * side] }
    }

    /// The element at (row, column).
    pub fn at(&self, row: usize, column: usize) -> i64 {
        self.units[row * self.side + column]
    }

    /// Sets the element at (row, column).
    pub fn set(&mut self, row: usize, column: usize, units: i64) {
        self.units[row * self.side + column] = units;
    }

    /// The matrix with rows and columns exchanged.
    pub fn transposed(&self) -> Self {
        let mut transposed = Self::zero(self.side);
        for row in 0..self.side {
            (0..self.side).for_each(|column| transposed.set(column, row, self.at(row, column)));
        }
        transposed
    }
}

/// The two triangles after a step of the reduction of rows. The rows and columns of a triangle stand in the order in
/// which the pairs of the first Jacobi step lie beside each other.
#[derive(Clone, Debug)]
pub struct ReductionStep {
    /// The cycle in which the last word of the step was written.
    pub cycle: u64,
    /// Whether the step belongs to the merge of the second triangle into the first.
    pub merges: bool,
    /// The triangle of each lane.
    pub triangles: [Square; 2],
}

/// The matrices after a step of a sweep, or before the first step. Rows and columns beyond the matrix are zero in A.
#[derive(Clone, Debug)]
pub struct Step {
    /// The sweep and the step within it, both counted from 1, or (0, 0) before the first step.
    pub number: (u32, u32),
    /// The cycle in which the last word was written.
    pub cycle: u64,
    /// A, which becomes diagonal.
    pub a: Square,
    /// U so far, if the core computes it.
    pub u: Option<Square>,
    /// V so far, if the core computes it.
    pub v: Option<Square>,
    /// The rotations that the step made, by the number of the pair.
    pub rotations: Vec<PairRotation>,
}

/// A range of cycles in which a unit does one kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Run(
    /// The first cycle.
    pub u64,
    /// The number of cycles.
    pub u64,
    /// The kind of work.
    pub &'static str,
);

/// The work of a unit, in the order of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Track {
    /// The name of the unit.
    pub unit: &'static str,
    /// When it is busy.
    pub runs: Vec<Run>,
}

impl Track {
    /// A unit that in each of the cycles before `end` does the work that `work` says, if any.
    pub fn new(unit: &'static str, end: u64, work: impl Fn(usize) -> Option<&'static str>) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        for cycle in 0..end {
            let Some(what) = work(cycle as usize) else { continue };
            match runs.last_mut().filter(|last| last.0 + last.1 == cycle && last.2 == what) {
                Some(last) => last.1 += 1,
                None => runs.push(Run(cycle, 1, what)),
            }
        }
        Self { unit, runs }
    }
}

/// One cycle of a step: how many cycles after the first one of the step, what is rotated ("A" or "U, V"), and the row
/// pair and column pair of the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Slot(
    /// Cycles since the beginning of the step.
    pub u64,
    /// What is rotated.
    pub &'static str,
    /// The row pair.
    pub u64,
    /// The column pair, or for singular vectors the pair of neighbouring columns.
    pub u64,
);

/// The commands of a step, which are the same in every step.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Program {
    /// The cycle in which each step begins.
    pub starts: Vec<u64>,
    /// The cycles in which a block is addressed.
    pub slots: Vec<Slot>,
    /// Cycles from a command to the operands at the left rotators.
    pub to_left: u64,
    /// Cycles from a command to the operands at the right rotators.
    pub to_right: u64,
}

/// A decomposition as seen from inside.
#[derive(Clone, Debug, Default)]
pub struct Inside {
    /// The steps of the reduction of rows, in cores that reduce rows.
    pub reduction: Vec<ReductionStep>,
    /// The matrices before the first step and after each step.
    pub steps: Vec<Step>,
    /// The schedule of the units.
    pub tracks: Vec<Track>,
    /// What is rotated in each cycle of a step.
    pub program: Program,
}

/// How a viewer of waveforms shows a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaveFormat {
    /// One bit, or several bits as they are.
    Bits,
    /// An unsigned number.
    Unsigned,
    /// A bit pattern in hexadecimal.
    Hexadecimal,
    /// A signed number with this many fraction bits.
    Fixed(u32),
}

/// A signal for a viewer of waveforms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaveSignal {
    /// The names of the instances below the top module and of the signal, with dots between them. It is a port or a
    /// register, which every simulator shows.
    pub path: String,
    /// How it is shown.
    pub format: WaveFormat,
}

/// The state of a controller, which is stored in several one-bit registers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaveState {
    /// The name of the controller.
    pub name: &'static str,
    /// The registers, given as in [`WaveSignal::path`].
    pub bits: Vec<String>,
    /// The names of the states, each with the values of the registers in their order.
    pub names: Vec<(&'static str, &'static str)>,
}

/// Signals that belong together, under a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaveGroup {
    /// The heading.
    pub title: String,
    /// The state of the controller that the group shows, if it shows one.
    pub state: Option<WaveState>,
    /// The signals.
    pub signals: Vec<WaveSignal>,
}

impl WaveGroup {
    /// A group of the signals of one instance, given by their names in it.
    pub fn of(title: impl Into<String>, instance: &str, signals: &[(&str, WaveFormat)]) -> Self {
        let mut group = Self { title: title.into(), state: None, signals: Vec::new() };
        group.add(instance, signals);
        group
    }

    /// Adds signals of one instance, given by their names in it. The top module is the instance without a name.
    pub fn add(&mut self, instance: &str, signals: &[(&str, WaveFormat)]) {
        let path = |name: &str| if instance.is_empty() { name.to_owned() } else { format!("{instance}.{name}") };
        self.signals.extend(signals.iter().map(|&(name, format)| WaveSignal { path: path(name), format }));
    }
}
