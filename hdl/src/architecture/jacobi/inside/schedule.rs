//! The schedule of a serial core: which unit does what in each cycle, read from the commands in its datapath.

use super::places::{Bank, Places, SHIFT};
use crate::architecture::inside::{Program, Seen, Slot, Track};
use crate::architecture::jacobi::mapping::Mapping;
use crate::architecture::jacobi::qr::lane::READ_LATENCY;
use crate::architecture::jacobi::timing::Timing;
use crate::ordering::Ordering;
use crate::parameters::Scaling;
use crate::shape::Shape;

/// The signals that every core has, below the decomposer.
const ALWAYS: [&str; 5] =
    ["datapath.block", "datapath.measure", "datapath.diagonal_pair", "sequencer.running", "sequencer.warm"];

/// The commands in every cycle.
pub(super) struct Commands {
    names: Vec<&'static str>,
    values: Vec<Vec<u64>>,
}

impl Commands {
    /// The names of the signals that are observed, below the decomposer.
    pub(super) fn names(shape: &Shape) -> Vec<&'static str> {
        let mut names = ALWAYS.to_vec();
        let pairs = Mapping::of(shape).commands();
        names.extend(
            ["datapath.row", "datapath.column"].iter().filter(|name| pairs.iter().any(|pair| name.ends_with(pair))),
        );
        if shape.has_vectors() {
            names.push("datapath.vectors");
        }
        if shape.has_u() {
            names.push("datapath.u_unload");
        }
        if shape.has_v() {
            names.push("datapath.v_unload");
        }
        if shape.scaling() == Scaling::Auto && shape.in_flight() == 1 {
            names.push(SHIFT);
        }
        if shape.is_reduced() {
            names.extend(["datapath.qr_valid_0", "datapath.qr_valid_1", "datapath.qr_lead"]);
        }
        names
    }

    fn new(shape: &Shape, seen: &Seen) -> Self {
        let names = Self::names(shape);
        let values = (0..names.len()).map(|signal| seen.values(signal)).collect();
        Self { names, values }
    }

    /// The value of a signal `later` cycles before this one; 0 if the core does not have the signal.
    fn value(&self, name: &str, cycle: usize, later: u32) -> u64 {
        let signal = self.names.iter().position(|known| *known == name);
        signal.zip(cycle.checked_sub(later as usize)).map_or(0, |(signal, cycle)| self.values[signal][cycle])
    }

    fn is_set(&self, name: &str, cycle: usize, later: u32) -> bool {
        self.value(name, cycle, later) != 0
    }
}

/// By how many bits the loaded elements of A were shifted up.
pub(super) fn shift(shape: &Shape, seen: &Seen, places: &Places) -> u32 {
    let signal = Commands::names(shape).iter().position(|name| *name == SHIFT);
    let kept = signal.and_then(|signal| seen.signals[signal].last()).map(|&(_, shift)| shift as u32);
    let written = places.shifts.and_then(|memory| seen.writes[memory].last()).map(|(_, write)| write.word as u32);
    kept.or(written).unwrap_or(0)
}

/// The tracks of all units, and the program of a step.
pub(super) fn schedule(
    shape: &Shape,
    seen: &Seen,
    places: &Places,
    timing: &Timing,
    ordering: &Ordering,
) -> (Vec<Track>, Program) {
    let commands = Commands::new(shape, seen);
    let mapping = Mapping::of(shape);
    let is_set = |name: &str, cycle: usize, later: u32| commands.is_set(name, cycle, later);
    let stages = timing.stages;
    // Words of a lane reach the rotators together with their coefficients, lane 1 one cycle after lane 0.
    let words = stages.coefficients + READ_LATENCY;
    // A single rotator makes the two rotations of a side one after the other.
    let (left, right, cycles) = match mapping {
        Mapping::Quarter => ("left rotations", "right rotations", 2),
        Mapping::Serial | Mapping::Row | Mapping::Array => ("left rotators", "right rotators", 1),
    };
    let side = |unit, stage: u32, vectors: bool, of_vectors: &'static str, lane: &'static str, lag: u32| {
        let begun = |name: &str, cycle: usize| (stage..stage + cycles).any(|stage| is_set(name, cycle, stage));
        Track::new(unit, seen.end, |cycle| match () {
            () if begun("datapath.block", cycle) => Some("A"),
            () if vectors && begun("datapath.vectors", cycle) => Some(of_vectors),
            () if is_set(lane, cycle, words + lag) => Some("QR"),
            () => None,
        })
    };
    let busy = |unit, work: &dyn Fn(usize) -> Option<&'static str>| Track::new(unit, seen.end, work);
    // From a command that reads diagonal blocks to those in the angle unit: where all lanes are read at once, the
    // blocks come one after the other, through the lanes and one register behind them.
    let angles = match mapping {
        Mapping::Quarter | Mapping::Serial => stages.left..stages.left + timing.latencies.diagonal as u32,
        Mapping::Row | Mapping::Array => {
            let first = stages.left + 2;
            first..first + mapping.diagonals(ordering.pairs()) as u32
        }
    };
    let mut tracks = vec![
        busy("sequencer", &|cycle| match () {
            () if is_set("sequencer.running", cycle, 0) => Some("sweeps"),
            () if is_set("sequencer.warm", cycle, 0) => Some("first angles"),
            () if is_set("datapath.qr_valid_0", cycle, 0) => Some("QR"),
            () => None,
        }),
        side(left, stages.left, shape.has_u(), "U", "datapath.qr_valid_0", 0),
        side(right, stages.right, shape.has_v(), "V", "datapath.qr_valid_1", 1),
        busy("angle unit", &|cycle| {
            let lead = |lane, later| is_set("datapath.qr_lead", cycle, later) && is_set(lane, cycle, later);
            match () {
                () if angles.clone().any(|later| is_set("datapath.measure", cycle, later)) => Some("diagonal blocks"),
                () if lead("datapath.qr_valid_0", READ_LATENCY) => Some("QR"),
                () if lead("datapath.qr_valid_1", READ_LATENCY + 1) => Some("QR"),
                () => None,
            }
        }),
    ];
    let writes = |unit, memories: Vec<usize>, what: &dyn Fn(usize) -> &'static str| {
        let mut written = vec![false; seen.end as usize];
        let all = memories.into_iter().flat_map(|memory| &seen.writes[memory]);
        all.for_each(|(cycle, _)| written[*cycle as usize] = true);
        Track::new(unit, seen.end, |cycle| written[cycle].then(|| what(cycle)))
    };
    tracks.push(writes("coefficients", (0..places.coefficients).collect(), &|_| "written"));
    tracks.push(busy("memory A, read", &|cycle| match () {
        () if is_set("datapath.block", cycle, 0) => Some("A"),
        () if is_set("datapath.measure", cycle, 0) => Some("diagonal blocks"),
        () => None,
    }));
    let memories = |banks: &[Bank]| banks.iter().map(|bank| bank.memory).collect::<Vec<_>>();
    let rotated = |cycle: usize| if is_set("datapath.block", cycle, stages.done) { "A" } else { "load" };
    tracks.push(writes("memory A, write", memories(&places.a), &rotated));
    let vector_memories = [
        (&places.u, ["memory U, read", "memory U, write"], "U", "datapath.u_unload", stages.left_address),
        (&places.v, ["memory V, read", "memory V, write"], "V", "datapath.v_unload", stages.right_address),
    ];
    for (banks, [read, write], name, unload, stage) in vector_memories {
        let Some(banks) = banks else { continue };
        tracks.push(busy(read, &|cycle| match () {
            () if is_set("datapath.vectors", cycle, stage) => Some(name),
            () if is_set(unload, cycle, 0) => Some("unload"),
            () => None,
        }));
        tracks.push(writes(write, memories(banks), &|_| name));
    }
    (tracks, program(&commands, seen, timing, mapping, ordering))
}

/// The commands of a step. They are those of the first step, and empty if another step had other ones. If there are
/// several lanes, all of them are told.
fn program(commands: &Commands, seen: &Seen, timing: &Timing, mapping: Mapping, ordering: &Ordering) -> Program {
    let slot = |start: usize, cycle: usize| {
        let what = match () {
            () if commands.is_set("datapath.block", cycle, 0) => "A",
            () if commands.is_set("datapath.vectors", cycle, 0) => "U, V",
            () => return None,
        };
        let pair = |name| commands.value(name, cycle, 0);
        Some(Slot((cycle - start) as u64, what, pair("datapath.row"), pair("datapath.column")))
    };
    let issued: Vec<usize> = (0..seen.end as usize).filter(|&cycle| slot(cycle, cycle).is_some()).collect();
    let with_vectors = issued.iter().any(|&cycle| commands.is_set("datapath.vectors", cycle, 0));
    let pairs = ordering.pairs();
    let blocks = mapping.blocks(pairs).iter().product::<usize>() * if with_vectors { 2 } else { 1 };
    let steps: Vec<&[usize]> = issued.chunks_exact(blocks).collect();
    let slots_of = |step: &[usize]| step.iter().filter_map(|&cycle| slot(step[0], cycle)).collect::<Vec<_>>();
    let slots = steps.first().map_or(Vec::new(), |step| slots_of(step));
    let same = steps.iter().all(|step| slots_of(step) == slots);
    let [rows, columns] = mapping.lanes(pairs).map(|lanes| lanes as u64);
    let of_lanes = |slot: Slot| {
        let Slot(cycle, what, row, column) = slot;
        (0..rows * columns).map(move |lane| Slot(cycle, what, row + lane / columns, column + lane % columns))
    };
    Program {
        starts: steps.iter().map(|step| step[0] as u64).collect(),
        slots: if same { slots.into_iter().flat_map(of_lanes).collect() } else { Vec::new() },
        to_left: timing.stages.left.into(),
        to_right: timing.stages.right.into(),
    }
}
