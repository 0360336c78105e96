//! How fast a core is: the latency and the interval between results, as sums of named terms and as numbers.

use crate::architecture::decomposer::ReductionCycles;
use crate::core::Core;
use crate::core::latency::Latency;
use crate::parameters::Sweeps;
use serde::Serialize;

/// The clock rate, in Hz, for which matrices per second are told.
const CLOCK: f64 = 100e6;
/// What it is called.
pub const CLOCK_NAME: &str = "100 MHz";
/// The latency as a sum of the terms, from the first input beat to the last output beat, both included.
pub const LATENCY: &str = "load + unpack + triangle + start + first_angles + sweeps * sweep + sort + output + unload";
/// The cycles from one result to the next.
const INTERVAL: &str = "start + first_angles + sweeps * sweep + sort + max(load + unpack + triangle - prefetch, output + unload - read_ahead)";
/// The same for cores that check their results.
const INTERVAL_CHECKED: &str = "max(start + first_angles + sweeps * sweep + sort + max(load + unpack + triangle - prefetch, output + unload - read_ahead), check)";
/// The same for cores with several matrices in flight.
const INTERVAL_IN_FLIGHT: &str = "measured; at least sweeps * sweep / turns, in which the rotators never wait";
/// What is said of load and triangle where rows are reduced, as they depend on the numbers of rows r and columns c.
pub const REDUCED: &str =
    "load + unpack + triangle - prefetch = header + min(2, r) * c + entry + (ceil(r / 2) - 1) * batch + ending";

/// The sweeps that matrices of a core's largest size usually take, as measured in the simulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypicalSweeps {
    /// The median.
    pub sweeps: u32,
    /// Of how many uniformly distributed random matrices.
    pub matrices: usize,
    /// The mean cycles from one result to the next, in cores with several matrices in flight: of these matrices, and of
    /// such that take the most sweeps.
    pub intervals: Option<[usize; 2]>,
    /// The rows of the core that was simulated, if it is one with fewer rows than this.
    pub fewer_rows: Option<usize>,
}

/// The object `timing` of `core.json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Timing {
    unit: &'static str,
    condition: &'static str,
    formulas: Formulas,
    /// The terms for a matrix of the largest size.
    pub terms: Latency,
    /// After the sweeps that matrices usually take.
    pub typical: Figures,
    /// After the most sweeps.
    pub largest: Figures,
    /// The terms that depend on the square that holds a matrix, smallest square first.
    pub squares: Vec<Square>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct Formulas {
    latency: &'static str,
    interval: &'static str,
    matrices_per_second: &'static str,
    reduced: Option<&'static str>,
}

/// Numbers for a matrix of the largest size, and for a sequence of such matrices without a pause.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Sweeps made.
    pub sweeps: u32,
    /// Where this number comes from.
    pub source: String,
    /// Cycles from the first input beat to the last output beat, both included.
    pub latency: usize,
    /// Cycles from one result to the next.
    pub interval: usize,
    /// Matrices per second at a clock rate of 100 MHz, to one decimal.
    pub per_second_at_100_mhz: f64,
}

/// What the terms are for matrices that are held in a square of this size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Square {
    /// Rows, and columns, of the square.
    pub size: usize,
    /// The term `first_angles`.
    pub first_angles: usize,
    /// The term `sweep`.
    pub sweep: usize,
    /// The reduction of rows to a triangle.
    pub reduction: Option<ReductionCycles>,
}

impl Timing {
    /// The timing of a core, given the sweeps that its matrices usually take.
    pub fn new(core: &Core, typical: TypicalSweeps) -> Self {
        let terms = core.latency();
        let figures = |sweeps: u32, source: String, measured: Option<usize>| {
            let interval = measured.unwrap_or_else(|| terms.interval(sweeps));
            let per_second_at_100_mhz = (10.0 * CLOCK / interval as f64).round() / 10.0;
            Figures { sweeps, source, latency: terms.total(sweeps), interval, per_second_at_100_mhz }
        };
        let (usual, most) = match core.shape().sweeps() {
            Sweeps::Fixed(_) => ("always as many".to_owned(), "always as many"),
            Sweeps::Auto => {
                let core = typical.fewer_rows.map_or_else(
                    || "this core".to_owned(),
                    |rows| format!("a core of {rows} rows that is otherwise the same"),
                );
                let measured = format!(
                    "median of {} uniformly distributed random matrices, simulated with {core}",
                    typical.matrices
                );
                (measured, "the sweep cap")
            }
        };
        let square = |square: &crate::architecture::decomposer::SquareCycles| Square {
            size: square.size,
            first_angles: square.first_angles,
            sweep: square.sweep(),
            reduction: square.reduction,
        };
        Self {
            unit: "cycles of aclk",
            condition: "source and sink never stall; terms, typical and largest: matrices of the largest size",
            formulas: Formulas {
                latency: LATENCY,
                interval: match core.shape().in_flight() {
                    1 if core.shape().self_check() => INTERVAL_CHECKED,
                    1 => INTERVAL,
                    _ => INTERVAL_IN_FLIGHT,
                },
                matrices_per_second: "clock / interval",
                reduced: core.shape().is_reduced().then_some(REDUCED),
            },
            terms,
            typical: figures(typical.sweeps, usual, typical.intervals.map(|intervals| intervals[0])),
            largest: figures(
                core.shape().sweep_cap(),
                most.to_owned(),
                typical.intervals.map(|intervals| intervals[1]),
            ),
            squares: core.schedule().squares.iter().map(square).collect(),
        }
    }

    /// The terms with their names and what they are, without those that are 0 in every core of this kind.
    pub fn described(&self) -> Vec<(&'static str, usize, &'static str)> {
        let t = &self.terms;
        let load = match self.squares.last().and_then(|square| square.reduction) {
            None if t.prefetch == 0 => "input beats, one per cycle",
            None => "input beats",
            Some(_) => "from the first input beat to the last, accepted at the pace of the reduction",
        };
        let all = [
            ("load", t.load, load),
            ("unpack", t.unpack, "until the last element of the last beat has left the beat unpacker"),
            ("triangle", t.triangle, "from there until all rows are reduced to the triangle"),
            ("start", t.start, "the frame is accepted"),
            ("first_angles", t.first_angles, "angles of the first step"),
            ("sweep", t.sweep, "each sweep"),
            ("turns", t.turns, "matrices that take turns: a sweep of each takes as long as one sweep"),
            ("sort", t.sort, "values pass the sorter"),
            ("output", t.output, "until the first output beat"),
            ("unload", t.unload, if t.prefetch == 0 { "output beats, one per cycle" } else { "output beats" }),
            ("read_ahead", t.read_ahead, "the memories are free so much before the last output beat"),
            ("prefetch", t.prefetch, "the first element of the next matrix is in the beat unpacker so much earlier"),
            ("check", t.check, "a result is checked and sent; others wait in a store meanwhile"),
        ];
        all.into_iter().filter(|(name, ..)| !self.absent().contains(name)).collect()
    }

    /// The formula of the interval between results.
    pub fn interval(&self) -> String {
        self.short(self.formulas.interval)
    }

    /// A formula without the terms that are 0 in every core of this kind.
    pub fn short(&self, formula: &str) -> String {
        let without = |formula: String, term: &&str| {
            formula.replace(&format!(" + {term}"), "").replace(&format!(" - {term}"), "")
        };
        self.absent().iter().fold(formula.to_owned(), without)
    }

    /// The terms that are 0 in every core of this kind.
    fn absent(&self) -> Vec<&'static str> {
        let triangle = self.formulas.reduced.is_none().then_some(["triangle"].as_slice());
        let beats = (self.terms.prefetch == 0).then_some(["unpack", "prefetch"].as_slice());
        let turns = (self.formulas.interval != INTERVAL_IN_FLIGHT).then_some(["turns"].as_slice());
        let check = (self.terms.check == 0).then_some(["check"].as_slice());
        triangle.into_iter().chain(beats).chain(turns).chain(check).flatten().copied().collect()
    }
}
