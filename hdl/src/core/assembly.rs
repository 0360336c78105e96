//! The assembly of a core: the decomposer of its architecture, connected to the stream ends, the frame controller and
//! the sorter.

use super::beat_packer::beat_packer;
use super::beat_unpacker::beat_unpacker;
use super::frame_controller::frame_controller;
use super::group_output::{group_output, largest_group};
use super::group_packer::group_packer;
use super::latency::Latency;
use super::registers::registers;
use super::self_check::self_check;
use super::sorter::{Readout, sorter};
use super::stream_fifo::{parts_of_beat, stream_fifo};
use super::stream_input::{beat_unpacked, stream_input};
use super::stream_output::stream_output;
use super::supervisor::{own_fault, supervisor};
use crate::architecture::architecture;
use crate::architecture::decomposer::{DecomposerModule, INSTANCE, PortTiming, Schedule};
use crate::architecture::size::Size;
use crate::builder::{DesignBuilder, FAULT, Instance, ModuleBuilder, Signal};
use crate::check::Checked;
use crate::formats::Streams;
use crate::interface::{Port, STATUS_BITS, port, register_ports};
use crate::ir::{Design, address_width};
use crate::parameters::{Front, Scaling};
use crate::shape::Shape;
use std::iter::repeat_n;

/// Builds the core of a shape. Returns its design, the latencies of its decomposer's ports, and the cycles that its
/// decomposer takes.
pub fn assemble(shape: &Shape) -> (Checked<Design>, PortTiming, Schedule) {
    let design = &mut DesignBuilder::new();
    let index = address_width(shape.triplets() as u32);
    let input = stream_input(design, shape);
    let DecomposerModule { module: decomposer, timing, schedule } = architecture(shape.arch()).draw(design, shape);
    let controller = frame_controller(design, shape, timing);
    let gives_groups = shape.elements_given() > 1;
    let readout = match gives_groups {
        true => Readout::Cells,
        false => Readout::Front { shrinks: shape.takes_any(), all: shape.rank() == shape.triplets() },
    };
    let sorter = sorter(design, shape.element_bits(), shape.rank(), index, shape.symmetric(), readout);
    let output = if gives_groups { group_output } else { stream_output }(design, shape, timing);
    let streams = shape.streams();
    let unpacker = beat_unpacked(shape).then(|| beat_unpacker(design, shape));
    let packer = streams.keep.then(|| if gives_groups { group_packer } else { beat_packer }(design, shape));
    let fifo = stream_fifo(design, streams);
    let check = shape.self_check().then(|| self_check(design, shape));
    let optional = [("unpacker", unpacker.is_some()), ("self_check", check.is_some()), ("packer", packer.is_some())];
    let there = optional.into_iter().filter(|&(_, is_there)| is_there).map(|(part, _)| part);
    let faults: Vec<String> = ["input", "controller", "decomposer", "output", "fifo"]
        .into_iter()
        .chain(there)
        .map(|part| format!("{part}_{FAULT}"))
        .chain([own_fault()])
        .collect();
    let patience = Latency::new(shape, timing, &schedule, shape.dimensions().largest()).patience(shape);
    let supervisor = supervisor(design, shape, patience, &faults);
    let registers = (shape.front() == Front::AxiLite).then(|| registers(design, shape));

    let m = ModuleBuilder::new(shape.name());
    m.doc(format!(
        "{} of {}matrices {}{}x{}, two-sided Jacobi, fixed point.\n\
         Input: {} per beat, row by row, {} bits{}, {} of them fraction.\n\
         Output: status word, {} {} fraction bits, vectors row by row with {}.",
        match (shape.symmetric(), shape.complex()) {
            (true, false) => "Eigen-decomposition A = V diag(lambda) V^T",
            (true, true) => "Eigen-decomposition A = V diag(lambda) V^H",
            (false, false) => "Singular value decomposition A = U diag(sigma) V^T",
            (false, true) => "Singular value decomposition A = U diag(sigma) V^H",
        },
        if shape.complex() { "complex " } else { "" },
        if shape.takes_any() { "up to " } else { "" },
        shape.rows(),
        shape.cols(),
        match streams.input.elements {
            1 => "one element".to_owned(),
            count => format!("{count} elements"),
        },
        shape.word(),
        if shape.complex() { " for each component" } else { "" },
        shape.frac(),
        if shape.symmetric() { "eigenvalues with" } else { "sigma with" },
        shape.sigma_fraction(),
        shape.vector_fraction()
    ));
    let place = |module, name| m.instance(design, module, name);
    let parts = Parts {
        m: &m,
        shape,
        input: place(input, "input_end"),
        controller: place(controller, "controller"),
        decomposer: place(decomposer, INSTANCE),
        sorter: place(sorter, "sorter"),
        output: place(output, "output_end"),
        fifo: place(fifo, "output_fifo"),
        supervisor: place(supervisor, "supervisor"),
        unpacker: unpacker.map(|module| place(module, "unpacker")),
        packer: packer.map(|module| place(module, "packer")),
        registers: registers.map(|module| place(module, "registers")),
        check: check.map(|module| place(module, "self_check")),
        stream_inputs: StreamInputs::new(&m, shape),
    };
    parts.streams();
    parts.frames(timing.value_waits);
    parts.sizes();
    parts.results();
    parts.registers();
    parts.supervisor();
    parts.self_check();
    design.add(m);
    let checked = std::mem::take(design).finish();
    let design = checked
        .unwrap_or_else(|broken| panic!("The generator built a core that breaks a rule of the checker: {broken}"));
    (design, timing, schedule)
}

/// The instances of which a core consists, while they are connected.
struct Parts<'a, 'm> {
    m: &'m ModuleBuilder,
    shape: &'a Shape,
    input: Instance<'m>,
    controller: Instance<'m>,
    decomposer: Instance<'m>,
    sorter: Instance<'m>,
    output: Instance<'m>,
    fifo: Instance<'m>,
    supervisor: Instance<'m>,
    /// The unpacker, if beats have `tkeep` and their elements are taken one by one.
    unpacker: Option<Instance<'m>>,
    /// The packer, if beats have `tkeep`.
    packer: Option<Instance<'m>>,
    /// The register block, if there is one.
    registers: Option<Instance<'m>>,
    /// The self-check, if there is one: results pass through it.
    check: Option<Instance<'m>>,
    stream_inputs: StreamInputs<'m>,
}

/// The input ports of both streams.
struct StreamInputs<'m> {
    /// The parts of `s_axis_tdata` and `s_axis_tkeep`, with their names.
    parts: Vec<(String, Signal<'m>)>,
    valid: Signal<'m>,
    last: Signal<'m>,
    /// `m_axis_tready`.
    sink: Signal<'m>,
}

impl<'m> StreamInputs<'m> {
    fn new(m: &'m ModuleBuilder, shape: &Shape) -> Self {
        let Streams { input, keep, .. } = *shape.streams();
        let mut parts = Vec::new();
        let mut take = |name: &str, names: Vec<String>, width: u32| {
            parts.extend(names.iter().map(|part| (part.clone(), m.input(part, width))));
            m.wide_port(name, names);
        };
        take(port::INPUT_DATA, port::parts(port::INPUT_DATA, input.elements), input.element_bits());
        if keep {
            take(port::INPUT_KEEP, port::parts_of_keep(port::INPUT_KEEP, input.elements), input.element_bytes);
        }
        let [valid, last, sink] =
            [port::INPUT_VALID, port::INPUT_LAST, port::OUTPUT_READY].map(|port| m.input(port, 1));
        Self { parts, valid, last, sink }
    }
}

impl Parts<'_, '_> {
    /// The instance that takes the input stream.
    fn first(&self) -> &Instance<'_> {
        self.unpacker.as_ref().unwrap_or(&self.input)
    }

    /// Connects the ports of the core to the stream ends.
    fn streams(&self) {
        let Self { m, shape, input, output, fifo, .. } = self;
        let Streams { output: to, keep, .. } = *shape.streams();
        let first = self.first();
        let StreamInputs { parts, valid, last, sink } = &self.stream_inputs;
        parts.iter().for_each(|(part, signal)| first.drive(part, *signal));
        first.drive(port::INPUT_VALID, *valid);
        first.drive(port::INPUT_LAST, *last);
        fifo.drive(port::OUTPUT_READY, *sink);
        m.output(port::INPUT_READY, first.output(port::INPUT_READY));

        let give = |name: &str, parts: Vec<String>, repeated: u32| {
            parts.iter().for_each(|part| m.output(part, fifo.output(part)));
            m.wide_port(name, parts.into_iter().flat_map(|part| repeat_n(part, repeated as usize)).collect());
        };
        give(port::OUTPUT_DATA, port::parts(port::OUTPUT_DATA, to.elements), 1);
        if keep {
            give(port::OUTPUT_KEEP, port::parts_of_keep(port::OUTPUT_KEEP, to.elements), to.element_bytes);
        }
        m.output(port::OUTPUT_VALID, fifo.output(port::OUTPUT_VALID));
        m.output(port::OUTPUT_LAST, fifo.output(port::OUTPUT_LAST));
        give(port::OUTPUT_USER, port::parts(port::OUTPUT_USER, to.elements), 1);

        fifo.connect(self.check.as_ref().unwrap_or(output), &[("freed", "freed")]);
        if let Some(unpacker) = &self.unpacker {
            for (from, to) in [
                ("element", port::INPUT_DATA),
                ("element_valid", port::INPUT_VALID),
                ("element_last", port::INPUT_LAST),
                ("element_broken", "broken"),
            ] {
                unpacker.connect(input, &[(from, to)]);
            }
            input.connect(unpacker, &[(port::INPUT_READY, "element_ready")]);
        }
        let checked = self.check.as_ref().map(|check| (check, ["send", "send_data", "send_user", "send_last"]));
        let (output, [write, tdata, tuser, tlast]) = checked.unwrap_or((output, ["write", "tdata", "tuser", "tlast"]));
        let Some(packer) = &self.packer else {
            output.connect(fifo, &[(write, "write"), (tdata, "tdata"), (tuser, "tuser"), (tlast, "tlast")]);
            return;
        };
        if shape.elements_given() > 1 {
            for part in ["count", "offset", "fills"] {
                output.connect(packer, &[(part, &format!("group_{part}"))]);
            }
            for (from, to) in [("write", "write_group"), ("tuser", "group_user"), ("tlast", "group_last")] {
                output.connect(packer, &[(from, to)]);
            }
            for e in 0..largest_group(shape) {
                output.connect(packer, &[(&format!("tdata_{e}"), &format!("element_{e}"))]);
            }
        } else {
            let element =
                [(write, "write_element"), (tdata, "element"), (tuser, "element_user"), (tlast, "element_last")];
            output.connect(packer, &element);
        }
        packer.connect(fifo, &[("write_beat", "write")]);
        for (part, _) in parts_of_beat(shape.streams()) {
            packer.connect(fifo, &[(&part, &part)]);
        }
    }

    /// Connects the supervisor: it watches both streams and the faults of all parts, and resets the parts.
    fn supervisor(&self) {
        let Self { m, input, controller, decomposer, sorter, output, fifo, supervisor, .. } = self;
        let StreamInputs { valid, last, sink, .. } = self.stream_inputs;
        let first = self.first();
        let watched = [
            ("input_valid", valid),
            ("input_ready", first.output(port::INPUT_READY)),
            ("input_last", last),
            ("output_valid", fifo.output(port::OUTPUT_VALID)),
            ("output_ready", sink),
            ("output_last", fifo.output(port::OUTPUT_LAST)),
        ];
        watched.iter().for_each(|&(port, signal)| supervisor.drive(port, signal));
        let ends = [("input", Some(input)), ("unpacker", self.unpacker.as_ref()), ("output", Some(output))];
        let ends = ends.into_iter().chain([
            ("self_check", self.check.as_ref()),
            ("packer", self.packer.as_ref()),
            ("fifo", Some(fifo)),
        ]);
        for (name, end) in ends.filter_map(|(name, end)| Some((name, end?))) {
            end.restarted_by(supervisor.output("restart_ends"));
            supervisor.drive(&format!("{name}_{FAULT}"), end.output(FAULT));
        }
        for (name, part) in [("controller", controller), ("decomposer", decomposer)] {
            part.restarted_by(supervisor.output("restart_core"));
            supervisor.drive(&format!("{name}_{FAULT}"), part.output(FAULT));
        }
        sorter.restarted_by(supervisor.output("restart_core"));
        supervisor.connect(supervisor, &[(FAULT, &own_fault())]);
        supervisor.connect(first, &[("gives_up", "gives_up"), ("within_frame", "within_frame")]);
        supervisor.connect(controller, &[("gives_up", "gives_up")]);
        supervisor.connect(output, &[("gives_up", "gives_up"), ("answer", "answer")]);
        supervisor.connect(fifo, &[("holds", "holds")]);
        let before = [Some(output), self.check.as_ref(), self.packer.as_ref()]
            .into_iter()
            .flatten()
            .map(|part| part.output(FAULT));
        fifo.drive("fault_before", before.reduce(|any, fault| any | fault).unwrap_or_else(|| m.one_bit(false)));
    }

    /// Connects the register block to its ports, and lets it watch both streams.
    fn registers(&self) {
        let Self { m, shape, input, fifo, supervisor, .. } = self;
        let Some(registers) = &self.registers else { return };
        let sink = self.stream_inputs.sink;
        let element = |port: &str| port::parts(port, shape.streams().output.elements)[0].clone();
        let watched = [
            ("frames_owed", supervisor.output("owed")),
            ("within_frame", supervisor.output("within_frame")),
            ("output_valid", fifo.output(port::OUTPUT_VALID)),
            ("output_ready", sink),
            ("output_last", fifo.output(port::OUTPUT_LAST)),
            ("output_user", fifo.output(&element(port::OUTPUT_USER))),
            ("output_data", fifo.output(&element(port::OUTPUT_DATA)).low_bits(STATUS_BITS)),
        ];
        watched.iter().for_each(|&(port, signal)| registers.drive(port, signal));
        for Port { name, direction, width } in register_ports() {
            match direction {
                "input" => registers.drive(name, m.input(name, width)),
                _ => m.output(name, registers.output(name)),
            }
        }
        if shape.takes_any() {
            for port in ["size_from_register", "frame_rows", "frame_cols"] {
                registers.connect(input, &[(port, port)]);
            }
        }
    }

    /// Connects the handshakes that take a frame through the core: it is loaded, decomposed and sent.
    fn frames(&self, value_waits: bool) {
        let Self { shape, input, controller, decomposer, output, .. } = self;
        let taken = shape.elements_taken();
        let column = if taken > 1 { "load_group" } else { "load_column" };
        let element = port::parts("load_data", taken);
        for port in ["load_valid", "load_row", column].into_iter().chain(element.iter().map(String::as_str)) {
            input.connect(decomposer, &[(port, port)]);
        }
        if shape.in_flight() > 1 {
            self.contexts(value_waits);
        }
        let bad = input.output("bad");
        let release = controller.output("release_frame");
        input.drive("release_frame", release);
        controller.drive("frame_bad", bad);
        if shape.is_reduced() {
            input.connect(decomposer, &[("load_batch", "load_batch"), ("load_final", "load_final")]);
            decomposer.connect(input, &[("batch_taken", "batch_taken")]);
            decomposer.drive("restart", bad | release);
            controller.drive("frame_full", decomposer.output("loaded") | bad);
        } else {
            input.connect(controller, &[("full", "frame_full")]);
            if shape.scaling() == Scaling::Auto {
                input.connect(decomposer, &[("shift", "shift")]);
            }
        }
        controller.connect(decomposer, &[("start", "start")]);
        let results =
            [("done", "done"), ("overflow", "overflow"), ("cap_reached", "cap_reached"), ("sweeps", "sweeps")];
        decomposer.connect(controller, &results);
        if shape.scaling() == Scaling::Auto {
            decomposer.connect(controller, &[("shifted", "shifted")]);
        }
        match &self.check {
            None => controller.connect(output, &[("unload_start", "start")]),
            Some(check) => check.connect(output, &[("output_start", "start")]),
        }
        controller.connect(output, &[("status", "status"), ("status_is_all", "bad")]);
        output.connect(controller, &[("done", "unloaded")]);
    }

    /// Connects the self-check to what it watches: the elements that are loaded, the frames, and the output end.
    fn self_check(&self) {
        let Self { shape, input, controller, output, .. } = self;
        let Some(check) = &self.check else { return };
        for port in ["load_valid", "load_row", "load_column", "load_data"] {
            input.connect(check, &[(port, port)]);
        }
        for port in ["release_frame", "start", "unload_start"] {
            controller.connect(check, &[(port, port)]);
        }
        if shape.in_flight() > 1 {
            controller.connect(check, &[("start_context", "start_context"), ("wanted_context", "wanted_context")]);
        }
        output.connect(check, &["write", "tdata", "tuser", "tlast"].map(|port| (port, port)));
        check.connect(output, &[("taken", "freed")]);
    }

    /// Connects what several matrices in flight need: the contexts of frames, and when the decomposer's memories are
    /// free.
    fn contexts(&self, value_waits: bool) {
        let Self { shape, input, controller, decomposer, output, .. } = self;
        for port in ["skip", "start_context", "load_context", "wanted_context"] {
            controller.connect(decomposer, &[(port, port)]);
        }
        decomposer.connect(controller, &[("done_context", "done_context")]);
        if value_waits {
            decomposer.connect(controller, &[("value_free", "value_free")]);
        }
        decomposer.connect(input, &[("load_free", "load_free")]);
        for (_, port) in [(shape.has_u(), "u_free"), (shape.has_v(), "v_free")].into_iter().filter(|&(is, _)| is) {
            decomposer.connect(output, &[(port, port)]);
        }
    }

    /// Distributes the size of the current matrix, in cores for any size.
    fn sizes(&self) {
        let Self { m, shape, input, controller, decomposer, sorter, output, .. } = self;
        if !shape.takes_any() {
            return;
        }
        let [rows, cols] = ["size_rows", "size_cols"].map(|port| {
            input.connect(controller, &[(port, port)]);
            let now = controller.output(&format!("{port}_now"));
            decomposer.drive(port, now);
            output.drive(port, now);
            now
        });
        input.connect(decomposer, &[("size_rows", "loading_rows"), ("size_cols", "loading_cols")]);
        let size = Size::announced(m, shape, rows, cols);
        sorter.drive("last_cell", size.last_delivered.low_bits(address_width(shape.rank() as u32)));
    }

    /// Connects the sorter between the decomposer and the output end. Vectors are read in the order of the sorted
    /// values.
    fn results(&self) {
        let Self { shape, controller, decomposer, sorter, output, .. } = self;
        let index = address_width(shape.triplets() as u32);
        decomposer.drive("value_index", controller.output("value_number").low_bits(index));
        controller.connect(sorter, &[("clear", "clear"), ("insert", "insert"), ("insert_index", "index")]);
        decomposer.connect(sorter, &[("value", "value")]);
        let gives_groups = shape.elements_given() > 1;
        if gives_groups {
            for cell in 0..shape.rank() {
                let cell = format!("sorted_{cell}");
                sorter.connect(output, &[(&cell, &cell)]);
            }
        } else {
            output.connect(sorter, &[("turn", "turn")]);
            let front = sorter.output("front");
            output.drive("front", front);
            if shape.has_vectors() {
                decomposer.drive("vector_index", front.slice(shape.element_bits(), index));
            }
        }
        if shape.has_vectors() {
            output.connect(decomposer, &[("vector_row", "vector_row")]);
        }
        for (_, side) in [(shape.has_u(), "u"), (shape.has_v(), "v")].into_iter().filter(|&(present, _)| present) {
            match gives_groups {
                false => decomposer.connect(output, &[(side, side)]),
                true => (0..shape.triplets()).map(|vector| format!("{side}_{vector}")).for_each(|vector| {
                    decomposer.connect(output, &[(&vector, &vector)]);
                }),
            }
            let read = format!("{side}_read");
            output.connect(decomposer, &[(&read, &read)]);
        }
    }
}
