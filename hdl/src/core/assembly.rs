//! The serial core: one 2x2 block is rotated per cycle.

use super::size::Size;
use crate::architecture::serial::datapath::{QR_COMMANDS, datapath};
use crate::architecture::serial::layout::orderings;
use crate::architecture::serial::qr::input::qr_input;
use crate::architecture::serial::qr::sequencer::qr_sequencer;
use crate::architecture::serial::schedule::StepProgram;
use crate::architecture::serial::sequencer::sequencer;
use crate::builder::{DesignBuilder, Instance, ModuleBuilder};
use crate::check::Checked;
use crate::core::sorter::sorter;
use crate::core::stream_fifo::stream_fifo;
use crate::core::stream_input::stream_input;
use crate::core::stream_output::stream_output;
use crate::ir::{Design, address_width};
use crate::ordering::Ordering;
use crate::parameters::{Scaling, Sizes};
use crate::shape::Shape;

/// Builds the serial core of a shape: the design, the program that each of its steps runs on a matrix of full size, and, where rows are reduced,
/// the cycles from one rotation of two rows to the next.
pub fn serial_core(shape: &Shape) -> (Checked<Design>, StepProgram, Option<usize>) {
    let orderings = &orderings(shape)[..];
    let design = &mut DesignBuilder::new();
    let index = address_width(shape.triplets() as u32);
    let (datapath, timing) = datapath(design, orderings, shape);
    let program = |ordering: &Ordering| StepProgram::new(ordering, timing.latencies, shape.has_vectors());
    let programs: Vec<StepProgram> = orderings.iter().map(program).collect();
    let input = match timing.meeting {
        None => stream_input(design, orderings, shape),
        Some(_) => qr_input(design, shape),
    };
    let qr = timing.meeting.map(|latency| qr_sequencer(design, shape, latency));
    let sequencer = sequencer(design, orderings, shape, timing, &programs);
    let sorter =
        sorter(design, shape.element_bits(), shape.rank(), index, shape.symmetric(), shape.sizes() == Sizes::Any);
    let output = stream_output(design, orderings, shape, timing.read);
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
        if shape.sizes() == Sizes::Any { "up to " } else { "" },
        shape.rows(),
        shape.cols(),
        shape.word(),
        shape.frac(),
        if shape.symmetric() { "eigenvalues with" } else { "sigma with" },
        shape.sigma_fraction(),
        shape.vector_fraction()
    ));
    let place = |module, name| m.instance(design, module, name);
    let (input, sequencer, datapath) =
        (place(input, "input_end"), place(sequencer, "sequencer"), place(datapath, "datapath"));
    let (sorter, output, fifo) = (place(sorter, "sorter"), place(output, "output_end"), place(fifo, "output_fifo"));

    for (port, width) in [("s_axis_tdata", shape.interface().input_bits()), ("s_axis_tvalid", 1), ("s_axis_tlast", 1)] {
        input.drive(port, m.input(port, width));
    }
    fifo.drive("m_axis_tready", m.input("m_axis_tready", 1));
    connect(&sequencer, &input, &[("release_frame", "release_frame")]);
    let qr = qr.map(|module| place(module, "qr_sequencer"));
    connect(qr.as_ref().unwrap_or(&input), &sequencer, &[("full", "frame_full")]);
    connect(&input, &sequencer, &[("bad", "frame_bad")]);
    if let Some(qr) = &qr {
        connect_qr(shape, qr, [&input, &sequencer, &datapath]);
    }
    connect(
        &datapath,
        &sequencer,
        &[("settled", "settled"), ("settled_valid", "settled_valid"), ("overflow", "overflow_seen")],
    );
    connect(&output, &sequencer, &[("done", "unloaded")]);
    let mut commands = vec!["block", "row", "column", "copy", "diagonal", "measure", "diagonal_pair"];
    if shape.has_vectors() {
        commands.extend(["vectors", "identity", "unload"]);
    }
    if shape.is_prepared() {
        commands.push("prepare");
    }
    for command in commands {
        connect(&sequencer, &datapath, &[(command, command)]);
    }
    if shape.scaling() == Scaling::Auto {
        let origin = if qr.is_some() { &datapath } else { &input };
        connect(origin, &sequencer, &[("shift", "shift")]);
        if qr.is_none() {
            connect(&input, &datapath, &[("shift", "shift")]);
        }
        connect(&sequencer, &output, &[("status_exponent", "exponent")]);
    } else {
        output.drive("exponent", m.zero(8));
    }
    if shape.sizes() == Sizes::Any {
        let ports = ["size_rows", "size_cols"];
        let sizes = ports.map(|port| sequencer.output(&format!("{port}_now")));
        for (port, now) in ports.into_iter().zip(sizes) {
            connect(&input, &sequencer, &[(port, port)]);
            // Rows are reduced before the sequencer accepts their matrix, and nothing needs the size once the next one has announced its own.
            datapath.drive(port, if qr.is_some() { input.output(port) } else { now });
            output.drive(port, now);
        }
        let size = Size::announced(&m, shape, sizes[0], sizes[1]);
        sorter.drive("last_cell", size.last_delivered.low_bits(address_width(shape.rank() as u32)));
    }
    let parts = if qr.is_some() {
        &["enable", "half", "word", "bank", "data"][..]
    } else {
        &["enable", "row", "column", "data"]
    };
    for part in parts {
        connect(&input, &datapath, &[(&format!("write_{part}"), &format!("load_{part}"))]);
    }
    if shape.has_vectors() {
        connect(&output, &datapath, &[("read_home", "unload_home"), ("read_column", "unload_column")]);
    }
    connect(&sequencer, &sorter, &[("clear", "clear"), ("insert", "insert"), ("insert_index", "index")]);
    let [in_bank_0, in_bank_1] = ["diagonal_0", "diagonal_1"].map(|port| datapath.output(port));
    sorter.drive("value", sequencer.output("insert_bank").select(in_bank_1, in_bank_0));
    connect(&output, &sorter, &[("turn", "turn")]);
    connect(&sorter, &output, &[("front", "front")]);
    for (present, side) in [(shape.has_u(), "u"), (shape.has_v(), "v")] {
        for row in [format!("{side}_row_0"), format!("{side}_row_1")].iter().filter(|_| present) {
            connect(&datapath, &output, &[(row, row)]);
        }
    }
    connect(
        &sequencer,
        &output,
        &[
            ("unload_start", "start"),
            ("status_bad", "bad"),
            ("status_capped", "capped"),
            ("status_overflow_flag", "overflow"),
            ("status_sweeps", "sweeps"),
        ],
    );
    connect(&fifo, &output, &[("freed", "freed")]);
    for port in ["write", "tdata", "tuser", "tlast"] {
        connect(&output, &fifo, &[(port, port)]);
    }
    m.output("s_axis_tready", input.output("s_axis_tready"));
    for port in ["m_axis_tdata", "m_axis_tvalid", "m_axis_tlast", "m_axis_tuser"] {
        m.output(port, fifo.output(port));
    }
    let largest = programs.into_iter().next_back().expect("There is a program for every ordering.");
    design.add(m);
    let checked = std::mem::take(design).finish();
    let design = checked.unwrap_or_else(|broken| panic!("The generator drew a core that breaks a rule: {broken}"));
    (design, largest, timing.meeting)
}

/// Connects the sequencer of the QR decomposition: it stands between the input end and the sequencer of the sweeps.
fn connect_qr<'m>(shape: &Shape, qr: &Instance<'m>, [input, sequencer, datapath]: [&Instance<'m>; 3]) {
    connect(input, qr, &[("rows_ready", "rows_ready"), ("rows_last", "rows_last"), ("rows_absent", "rows_absent")]);
    connect(input, qr, &[("bad", "frame_bad")]);
    connect(sequencer, qr, &[("release_frame", "release_frame")]);
    connect(qr, input, &[("take_rows", "take_rows")]);
    for command in QR_COMMANDS {
        connect(qr, datapath, &[(command, &format!("qr_{command}"))]);
    }
    connect(datapath, sequencer, &[("qr_overflow", "qr_overflow")]);
    connect(qr, sequencer, &[("starting", "qr_starting")]);
    if shape.sizes() == Sizes::Any {
        connect(input, qr, &[("size_rows", "size_rows"), ("size_cols", "size_cols")]);
    }
}

/// Connects outputs of one instance to inputs of another: (output, input).
fn connect<'m>(from: &Instance<'m>, to: &Instance<'m>, ports: &[(&str, &str)]) {
    for (output, input) in ports {
        to.drive(input, from.output(output));
    }
}
