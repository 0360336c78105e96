//! The assembly of a core: the decomposer of its architecture, connected to the stream ends, the frame controller and
//! the sorter.

use super::frame_controller::frame_controller;
use super::sorter::sorter;
use super::stream_fifo::stream_fifo;
use super::stream_input::stream_input;
use super::stream_output::stream_output;
use crate::architecture::architecture;
use crate::architecture::decomposer::{DecomposerModule, INSTANCE, PortTiming, Schedule};
use crate::architecture::size::Size;
use crate::builder::{DesignBuilder, Instance, ModuleBuilder};
use crate::check::Checked;
use crate::interface::port;
use crate::ir::{Design, address_width};
use crate::parameters::Scaling;
use crate::shape::Shape;

/// Builds the core of a shape. Returns its design, the latencies of its decomposer's ports, and the cycles that its
/// decomposer takes.
pub fn assemble(shape: &Shape) -> (Checked<Design>, PortTiming, Schedule) {
    let design = &mut DesignBuilder::new();
    let index = address_width(shape.triplets() as u32);
    let input = stream_input(design, shape);
    let DecomposerModule { module: decomposer, timing, schedule } = architecture(shape.arch()).draw(design, shape);
    let controller = frame_controller(design, shape, timing);
    let sorter = sorter(design, shape.element_bits(), shape.rank(), index, shape.symmetric(), shape.takes_any());
    let output = stream_output(design, shape, timing);
    let fifo = stream_fifo(design, shape.interface().output_bits());

    let m = ModuleBuilder::new(shape.name());
    m.doc(format!(
        "{} of matrices {}{}x{}, two-sided Jacobi, fixed point.\n\
         Input: one element per beat, row by row, {} bits, {} of them fraction.\n\
         Output: status word, {} {} fraction bits, vectors row by row with {}.",
        if shape.symmetric() {
            "Eigen-decomposition A = V diag(lambda) V^T"
        } else {
            "Singular value decomposition A = U diag(sigma) V^T"
        },
        if shape.takes_any() { "up to " } else { "" },
        shape.rows(),
        shape.cols(),
        shape.word(),
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
    };
    parts.streams();
    parts.frames();
    parts.sizes();
    parts.results();
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
}

impl Parts<'_, '_> {
    /// Connects the ports of the core to the stream ends.
    fn streams(&self) {
        let (m, interface) = (self.m, self.shape.interface());
        for (port, width) in [(port::INPUT_DATA, interface.input_bits()), (port::INPUT_VALID, 1), (port::INPUT_LAST, 1)]
        {
            self.input.drive(port, m.input(port, width));
        }
        self.fifo.drive(port::OUTPUT_READY, m.input(port::OUTPUT_READY, 1));
        m.output(port::INPUT_READY, self.input.output(port::INPUT_READY));
        for port in [port::OUTPUT_DATA, port::OUTPUT_VALID, port::OUTPUT_LAST, port::OUTPUT_USER] {
            m.output(port, self.fifo.output(port));
        }
    }

    /// Connects the handshakes that take a frame through the core: it is loaded, decomposed and sent.
    fn frames(&self) {
        let Self { shape, input, controller, decomposer, output, .. } = self;
        for part in ["valid", "row", "column", "data"] {
            let port = format!("load_{part}");
            input.connect(decomposer, &[(&port, &port)]);
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
        let started = [("unload_start", "start"), ("status", "status"), ("status_is_all", "bad")];
        controller.connect(output, &started);
        output.connect(controller, &[("done", "unloaded")]);
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
        let Self { shape, controller, decomposer, sorter, output, fifo, .. } = self;
        let index = address_width(shape.triplets() as u32);
        decomposer.drive("value_index", controller.output("value_number").low_bits(index));
        controller.connect(sorter, &[("clear", "clear"), ("insert", "insert"), ("insert_index", "index")]);
        decomposer.connect(sorter, &[("value", "value")]);
        output.connect(sorter, &[("turn", "turn")]);
        let front = sorter.output("front");
        output.drive("front", front);
        if shape.has_vectors() {
            output.connect(decomposer, &[("vector_read", "vector_read"), ("vector_row", "vector_row")]);
            decomposer.drive("vector_index", front.slice(shape.element_bits(), index));
        }
        for (_, side) in [(shape.has_u(), "u"), (shape.has_v(), "v")].into_iter().filter(|&(present, _)| present) {
            decomposer.connect(output, &[(side, side)]);
        }
        fifo.connect(output, &[("freed", "freed")]);
        for port in ["write", "tdata", "tuser", "tlast"] {
            output.connect(fifo, &[(port, port)]);
        }
    }
}
