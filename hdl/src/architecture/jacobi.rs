//! Two-sided Jacobi rotations: the architectures `quarter`, `serial`, `row` and `array`. They are one design whose
//! pairs of rows and columns are spread over time or over space ([`mapping`]). In `serial`, four rotators rotate one
//! 2x2 block per cycle, and in `quarter` a single one does so in four cycles ([`datapath`]). The others have the four
//! rotators of a serial core in a lane for each pair of rows, or for each block ([`lanes`]).
//!
//! Every step of a matrix runs the same fixed program ([`schedule`]). In cores that reduce rows to a triangle while
//! they stream in ([`qr`]), this reduction is a phase before the first sweep and uses the same rotators.

pub mod block;
pub mod datapath;
pub mod first_read;
pub mod inside;
pub mod lanes;
pub mod layout;
pub mod mapping;
pub mod pipeline;
pub mod probe;
pub mod qr;
pub mod schedule;
pub mod sequencer;
pub mod square;
pub mod timing;
pub mod waves;
pub mod work;

use crate::architecture::contexts::context_bits;
use crate::architecture::decomposer::{Architecture, DecomposerModule, PortTiming, QrCycles, Schedule, SquareCycles};
use crate::architecture::inside::{Inside, Points, Seen, WaveGroup};
use crate::architecture::probe::{Probe, Rotations, Write};
use crate::architecture::size::{Size, index_bits};
use crate::builder::{DesignBuilder, FAULT, Instance, ModuleBuilder, Signal, Table};
use crate::ir::{ModuleId, address_width};
use crate::ordering::Ordering;
use crate::parameters::{NamedChoice, Scaling};
use crate::shape::Shape;
use datapath::{QR_COMMANDS, datapath};
use lanes::lanes;
use layout::{home_table, largest, orderings, pair_bits};
use mapping::Mapping;
use qr::row_queue::row_queue;
use qr::sequencer::{qr_sequencer, reduction_cycles};
use schedule::{StepProgram, Tasks};
use sequencer::sequencer;
use square::Square;
use timing::Timing;

#[cfg(test)]
mod tests;

/// Multipliers of a rotator.
const MULTIPLIERS: usize = 4;

/// Two-sided Jacobi rotations, in the mapping that the shape asks for.
#[derive(Clone, Copy, Debug)]
pub struct Jacobi;

impl Architecture for Jacobi {
    fn draw(&self, design: &mut DesignBuilder, shape: &Shape) -> DecomposerModule {
        let orderings = &orderings(shape)[..];
        let mapping = Mapping::of(shape);
        let (datapath, timing) = draw_datapath(design, orderings, shape);
        let program = |ordering: &Ordering| StepProgram::new(ordering, mapping, timing.latencies, Tasks::of(shape));
        let programs: Vec<StepProgram> = orderings.iter().map(program).collect();
        let qr = timing.row_rotation.map(|latency| (row_queue(design, shape), qr_sequencer(design, shape, latency)));
        let (sequencer, value_arrival) = sequencer(design, orderings, shape, timing, &programs);

        let m = ModuleBuilder::new(shape.arch().name());
        m.doc(format!(
            "Decomposes a matrix by two-sided Jacobi rotations, {}.\n\
             Elements come in by row and column (load); results are read by index (value, u, v).",
            mapping.pace()
        ));
        let instance = |module, name| m.instance(design, module, name);
        let (sequencer, datapath) = (instance(sequencer, "sequencer"), instance(datapath, "datapath"));
        let qr = qr.map(|(queue, sequencer)| [instance(queue, "row_queue"), instance(sequencer, "qr_sequencer")]);
        let drawing = Drawing::new(&m, shape, orderings, sequencer, datapath);
        drawing.commands();
        match &qr {
            None => drawing.load(),
            Some([queue, sequencer]) => drawing.reduce(queue, sequencer),
        }
        drawing.value();
        drawing.faults(&qr);
        drawing.vectors(timing.unload);
        let timing_of_ports = PortTiming {
            value: value_arrival + 1,
            value_waits: shape.in_flight() > 1 && !mapping.keeps_values(),
            vectors: timing.unload + 2,
            // A command reaches the datapath two cycles after the program counter, and `done` comes one cycle after the
            // last cycle of the program. The sequencer takes a cycle to record an overflow.
            drain: timing.overflow + 2,
        };
        let schedule = schedule(shape, orderings, &programs, timing);
        DecomposerModule { module: design.add(m), timing: timing_of_ports, schedule }
    }

    fn probe(&self, shape: &Shape) -> Probe {
        probe::probe(shape)
    }

    fn rotations(&self, shape: &Shape, size: (usize, usize), sweeps: u32, written: &[Vec<Write>]) -> Option<Rotations> {
        probe::rotations(shape, size, sweeps, written)
    }

    fn points(&self, shape: &Shape) -> Points {
        inside::points(shape)
    }

    fn inside(&self, shape: &Shape, size: (usize, usize), sweeps: u32, seen: &Seen) -> Option<Inside> {
        inside::inside(shape, size, sweeps, seen)
    }

    fn rotator_multipliers(&self, shape: &Shape) -> usize {
        let mapping = Mapping::of(shape);
        let lanes: usize = mapping.lanes(shape.even() / 2).iter().product();
        lanes * mapping.rotators() * MULTIPLIERS
    }

    fn multiplications(&self, shape: &Shape, size: (usize, usize), sweeps: u32) -> u64 {
        work::multiplications(shape, size, sweeps)
    }

    fn waves(&self, shape: &Shape) -> Vec<WaveGroup> {
        waves::waves(shape)
    }
}

/// Adds the datapath for the mapping of a core. Returns its module and its latencies.
fn draw_datapath(design: &mut DesignBuilder, orderings: &[Ordering], shape: &Shape) -> (ModuleId, Timing) {
    match Mapping::of(shape) {
        Mapping::Quarter | Mapping::Serial => datapath(design, orderings, shape),
        Mapping::Row | Mapping::Array => lanes(design, orderings, shape),
    }
}

/// How long a decomposition takes, for each ordering with its step program.
fn schedule(shape: &Shape, orderings: &[Ordering], programs: &[StepProgram], timing: Timing) -> Schedule {
    let passes = shape.arithmetic().passes();
    let square = |(ordering, program): (&Ordering, &StepProgram)| SquareCycles {
        size: ordering.size(),
        // A core with several programs looks up the one of the matrix first, and one with several matrices in flight
        // whose turn it is.
        first_angles: program.first_angles(timing.latencies)
            + usize::from(orderings.len() > 1 || shape.in_flight() > 1),
        step: program.step(),
        shorter: program.saved_by_phases(),
        turns: program.turns,
        // In a step with phases, rows and columns stay where they are.
        steps: ordering.steps() + usize::from(shape.has_phases()),
        reduction: timing.row_rotation.map(|latency| reduction_cycles(passes as usize, ordering.size(), latency)),
    };
    let squares: Vec<SquareCycles> = orderings.iter().zip(programs).map(square).collect();
    let largest = *squares.last().expect("There is a program for every ordering.");
    let qr = largest.reduction.map(|reduction| QrCycles {
        passes,
        two_rows: reduction.batch,
        // When the last rows arrive, the rows before them are under way. They have waited since those before were
        // taken.
        finish: 2 * reduction.batch - reduction.taken + reduction.ending,
    });
    Schedule { step_cycles: largest.step, qr, squares }
}

/// The top module of the decomposer while it is drawn. It translates rows and columns to addresses in the memories.
struct Drawing<'a, 'm> {
    m: &'m ModuleBuilder,
    shape: &'a Shape,
    sequencer: Instance<'m>,
    datapath: Instance<'m>,
    /// The home table: it maps the index of a row or column to its bank and pair before the first step.
    home: Table<'m>,
    /// The core's largest ordering.
    ordering: &'a Ordering,
    /// Last row and last column of the matrix being decomposed, in cores for any size.
    started: Option<[Signal<'m>; 2]>,
    /// Last row and last column of the matrix being loaded, in cores for any size.
    loading: Option<[Signal<'m>; 2]>,
}

impl<'a, 'm> Drawing<'a, 'm> {
    fn new(
        m: &'m ModuleBuilder,
        shape: &'a Shape,
        orderings: &'a [Ordering],
        sequencer: Instance<'m>,
        datapath: Instance<'m>,
    ) -> Self {
        let sizes = |names: [&str; 2]| shape.takes_any().then(|| names.map(|name| m.input(name, index_bits(shape))));
        let (started, loading) = (sizes(["size_rows", "size_cols"]), sizes(["loading_rows", "loading_cols"]));
        let home = home_table(m, orderings, shape.side());
        Self { m, shape, sequencer, datapath, home, ordering: largest(orderings), started, loading }
    }

    /// The square for the size given by the inputs `sizes`, or the core's only square if there are none.
    fn square(&self, sizes: Option<[Signal<'m>; 2]>) -> Square<'m> {
        let size = match sizes {
            None => Size::new(self.m, self.shape),
            Some([rows, cols]) => Size::announced(self.m, self.shape, rows, cols),
        };
        Square::of(self.m, self.shape, size)
    }

    fn drive_sizes(&self, to: &Instance<'m>, [rows, cols]: [&str; 2], sizes: Option<[Signal<'m>; 2]>) {
        if let Some(sizes) = sizes {
            to.drive(rows, sizes[0]);
            to.drive(cols, sizes[1]);
        }
    }

    /// Connects the sequencer's commands to the datapath, the datapath's flags to the sequencer, and the sequencer's
    /// status to the ports of the module.
    fn commands(&self) {
        let (m, shape, sequencer, datapath) = (self.m, self.shape, &self.sequencer, &self.datapath);
        sequencer.drive("start", m.input("start", 1));
        self.contexts();
        self.drive_sizes(sequencer, ["size_rows", "size_cols"], self.started);
        if !shape.is_reduced() {
            self.drive_sizes(datapath, ["size_rows", "size_cols"], self.started);
        }
        let verdicts = [("settled", "settled"), ("settled_valid", "settled_valid"), ("overflow", "overflow_seen")];
        datapath.connect(sequencer, &verdicts);
        let mapping = Mapping::of(shape);
        let mut commands = vec!["block", "copy", "read_copy", "measure", "diagonal_pair"];
        commands.extend(mapping.commands());
        if mapping != Mapping::Array {
            commands.push("diagonal");
        }
        if mapping.keeps_values() && shape.in_flight() > 1 {
            commands.push("value_context");
        }
        if shape.has_vectors() {
            commands.extend(["vectors", "identity", "unload_copy"]);
        }
        if shape.is_prepared() {
            commands.push("raw");
        }
        if shape.has_phases() {
            commands.extend(["phase_step", "measure_phases"]);
        }
        commands.into_iter().for_each(|command| sequencer.connect(datapath, &[(command, command)]));
        if shape.scaling() == Scaling::Auto {
            m.output("shifted", sequencer.output("shifted"));
            sequencer.connect(datapath, &[("shift_read", "shift")]);
        }
        for port in ["done", "cap_reached", "overflow", "sweeps"] {
            m.output(port, sequencer.output(port));
        }
    }

    /// Connects what a core with several matrices in flight adds.
    fn contexts(&self) {
        let (m, shape, sequencer) = (self.m, self.shape, &self.sequencer);
        if shape.in_flight() == 1 {
            return;
        }
        sequencer.drive("skip", m.input("skip", 1));
        for port in ["start_context", "wanted_context"] {
            sequencer.drive(port, m.input(port, context_bits(shape)));
        }
        let loading = m.input("load_context", context_bits(shape));
        self.datapath.drive("load_context", loading.at(0).registered("load_context_now"));
        m.output("done_context", sequencer.output("done_context"));
        let vectors = [(shape.has_u(), "u_free"), (shape.has_v(), "v_free")];
        let vectors = vectors.into_iter().filter_map(|(present, port)| present.then_some(port));
        let values = (!Mapping::of(shape).keeps_values()).then_some("value_free");
        for port in ["load_free"].into_iter().chain(values).chain(vectors) {
            m.output(port, sequencer.output(port));
        }
    }

    /// Connects the load port to the memory of A: each element, or each of a group, is written to its home.
    fn load(&self) {
        let (m, shape, datapath) = (self.m, self.shape, &self.datapath);
        let index = index_bits(shape);
        let square = self.square(self.loading);
        let home = |name: &str| {
            let number = m.input(&format!("load_{name}"), index).at(0);
            self.home.lookup(square.address(m, number), None, &format!("{name}_home"))
        };
        let row_home = home("row");
        datapath.drive("load_row", row_home);
        let valid = m.input("load_valid", 1).at(0).flag().registered("write");
        if shape.scaling() == Scaling::Auto {
            self.sequencer.drive("shift", m.input("shift", shape.shift_bits()));
        }
        let taken = shape.elements_taken();
        if taken > 1 {
            datapath.drive("load_valid", valid);
            let group = m.input("load_group", address_width(shape.cols() as u32 / taken)).at(0);
            datapath.drive("load_group", group.registered("group"));
            for e in 0..taken {
                let element = m.input(&format!("load_data_{e}"), shape.components() * shape.word()).at(0);
                datapath.drive(&format!("load_data_{e}"), element.registered(&format!("element_{e}")));
            }
            return;
        }
        let column_home = home("column");
        let hit = |wanted: [i128; 2]| row_home.sign().is(wanted[0]) & column_home.sign().is(wanted[1]);
        let banks = m.concat(&[[1, 1], [1, 0], [0, 1], [0, 0]].map(hit)).named("banks");
        datapath.drive("load_enable", valid.select(banks, m.zero(4)));
        datapath.drive("load_column", column_home);
        let element = m.input("load_data", shape.components() * shape.word()).at(0);
        datapath.drive("load_data", element.registered("element"));
    }

    /// Connects the load port to the units that reduce rows to a triangle before the first sweep.
    fn reduce(&self, queue: &Instance<'m>, qr: &Instance<'m>) {
        let (m, shape, sequencer, datapath) = (self.m, self.shape, &self.sequencer, &self.datapath);
        let loading = ["loading_rows", "loading_cols"];
        [queue, qr, datapath].into_iter().for_each(|to| self.drive_sizes(to, loading, self.loading));
        let (rows, index) = (address_width(shape.rows() as u32), index_bits(shape));
        let elements =
            [("valid", 1), ("row", rows), ("column", index), ("data", shape.word()), ("batch", 1), ("final", 1)];
        for (part, width) in elements {
            let port = format!("load_{part}");
            queue.drive(&port, m.input(&port, width));
        }
        let restart = m.input("restart", 1);
        queue.drive("restart", restart);
        qr.drive("restart", restart);
        for part in ["enable", "half", "word", "bank", "data"] {
            queue.connect(datapath, &[(&format!("write_{part}"), &format!("load_{part}"))]);
        }
        let rows = ["rows_ready", "rows_last", "rows_absent"];
        rows.into_iter().for_each(|port| queue.connect(qr, &[(port, port)]));
        let taken = qr.output("take_rows");
        queue.drive("taken", taken);
        m.output("batch_taken", taken);
        m.output("loaded", qr.output("full"));
        for command in QR_COMMANDS {
            qr.connect(datapath, &[(command, &format!("qr_{command}"))]);
        }
        datapath.connect(sequencer, &[("qr_overflow", "qr_overflow")]);
        qr.connect(sequencer, &[("starting", "qr_starting")]);
        if shape.scaling() == Scaling::Auto {
            datapath.connect(sequencer, &[("triangle_shift", "shift")]);
        }
    }

    /// Draws the port `fault`: a bit of a sequencer or of the row queue was flipped.
    fn faults(&self, qr: &Option<[Instance<'m>; 2]>) {
        let fault = |instance: &Instance<'m>| instance.output(FAULT);
        let own = fault(&self.sequencer);
        self.m.output(
            FAULT,
            match qr {
                None => own,
                Some([queue, sequencer]) => (own | fault(queue) | fault(sequencer)).flag().registered("fault_out"),
            },
        );
    }

    /// Draws the port `value`: the diagonal element with the index `value_index`.
    fn value(&self) {
        let m = self.m;
        self.sequencer.drive("value_index", m.input("value_index", address_width(self.shape.triplets() as u32)));
        let [in_bank_0, in_bank_1] = ["diagonal_0", "diagonal_1"].map(|port| self.datapath.output(port));
        let value = self.sequencer.output("value_bank").select(in_bank_1, in_bank_0);
        // A value is real.
        m.output("value", value.low_bits(self.shape.element_bits()).registered("value_out"));
    }

    /// Draws the ports `u` and `v`. The datapath answers `read` cycles after an address.
    fn vectors(&self, read: u32) {
        let (m, shape, datapath) = (self.m, self.shape, &self.datapath);
        if !shape.has_vectors() {
            return;
        }
        let gives_groups = shape.elements_given() > 1;
        let bank = (!gives_groups).then(|| {
            let index = m.input("vector_index", address_width(shape.triplets() as u32)).at(0);
            let square = self.square(self.started);
            let index = index.zero_extend(index_bits(shape));
            let home = self.home.lookup(square.address(m, index), None, "vector_home");
            datapath.drive("unload_home", home);
            home.sign().delayed_to(read + 1)
        });
        let row = m.input("vector_row", index_bits(shape)).at(0);
        let pair = pair_bits(self.ordering);
        let row_pair = row.zero_extend(row.width().max(pair + 1)).slice(1, pair).registered("row_pair");
        datapath.drive("unload_column", row_pair);
        let is_odd = row.bit(0).delayed_to(read + 1);
        let bits = shape.components() * shape.vector_bits();
        let element = |word: Signal<'m>| is_odd.select(word.bits_from(bits), word.low_bits(bits));
        for (_, side) in [(shape.has_u(), "u"), (shape.has_v(), "v")].into_iter().filter(|&(present, _)| present) {
            let read_now = m.input(&format!("{side}_read"), 1).at(0).flag().registered(&format!("{side}_read_now"));
            datapath.drive(&format!("{side}_unload"), read_now);
            let word = |word: String| datapath.output(&format!("{side}_row_{word}")).at(read + 1);
            if let Some(bank) = bank {
                let [zero, one] = [0, 1].map(|bank: u32| word(bank.to_string()));
                m.output(side, element(bank.select(one, zero)).registered(&format!("{side}_out")));
                continue;
            }
            // The row of all vectors stays until the next one is read.
            let arrives = read_now.delayed_to(read + 1);
            for vector in 0..shape.triplets() {
                let (bank, pair) = (self.ordering.bank(vector), self.ordering.pair(vector));
                let held = m.register(&format!("{side}_{vector}_out"), shape.vector_bits()).enabled_by(arrives);
                held.drive(element(word(format!("{bank}_{pair}"))));
                m.output(&format!("{side}_{vector}"), held.value());
            }
        }
    }
}
