//! `README.md` of an exported core: its datasheet.

use super::File;
use super::manifest::Summary;
use crate::core::Core;
use crate::core::stream_fifo;
use crate::formats::{ErrorBounds, Errors};
use crate::interface::status_summary;
use crate::parameters::{Scaling, Sizes, Sweeps};
use crate::shape::Shape;
use std::fmt::Write;

/// The datasheet of a core, as Markdown.
pub fn datasheet(core: &Core) -> File {
    let (shape, summary) = (core.shape(), Summary::new(core));
    let (name, rows, cols) = (shape.name(), shape.rows(), shape.cols());
    let interface = shape.interface();
    let kind = if shape.symmetric() { "eigen-decomposition of symmetric" } else { "singular value decomposition of" };
    let what = match shape.sizes() {
        Sizes::Any => format!("matrices up to {rows} x {cols}"),
        Sizes::Fixed => format!("{rows} x {cols} matrices"),
    };
    let formula = if shape.symmetric() { "A = V diag(lambda) Vᵀ" } else { "A = U diag(sigma) Vᵀ" };
    let mut text = format!(
        "# {name}: {kind} {what}\n\n\
         {formula} in fixed point: two-sided Jacobi, norm-exact rotations, every result rounded once to nearest.\n\
         Verilog-2005 without vendor primitives. The picture of the datapath is `{name}.svg`; `core.json` holds everything below for programs.\n\n\
         Made by `{}`\n\n## Use\n\nInstantiate `{name}`; compile the files listed in `{name}.f`. To see it work, in this folder:\n\n\
         ```\niverilog -g2005 -o sim -c {name}.f {name}_tb.v && vvp -n sim\n```\n\n\
         With `vvp -n sim +vcd=waves.vcd`, `gtkwave waves.vcd {name}_tb.gtkw` shows what happens inside, in groups and with numbers in fixed point.\n\n\
         The names of all modules begin with `{name}`, so that other cores can stand beside this one. `{name}.core` is its description for FuseSoC: \
         depend on `svdforge:svd:{name}`, or run `fusesoc --cores-root . run --target sim {name}` (or `lint`).\n\n## Ports\n\n| port | direction | bits |\n|---|---|---|\n",
        summary.command()
    );
    for port in interface.ports() {
        let direction = if port.direction == "input" { "in" } else { "out" };
        row(&mut text, &[port.name, direction, &port.width.to_string()]);
    }
    text += "\n`aresetn` is synchronous and active low; one cycle is enough, at any time.\n\n## Input frame\n\n";
    let _ = writeln!(
        text,
        "{}, the matrix row by row, one element per beat, `tlast` on the last: {} bits signed, {} of them fraction; the core does not read the bits of `tdata` above them.\n\
         A frame whose `tlast` comes early or late{} is answered by its status word alone, and the next frame is taken as usual.\n\
         `s_axis_tready` is high while the core can take a frame: also while the result before it is still leaving.\n\n\
         ## Output frame\n\n| tuser | section | beats | bits | fraction bits | tdata above them | order |\n|---|---|---|---|---|---|---|",
        match shape.sizes() {
            Sizes::Fixed => format!("{} beats", shape.elements()),
            Sizes::Any => format!(
                "Two beats with the numbers of rows (1 to {rows}) and columns (1 to {cols}{}), unsigned integers in all of `tdata`; then",
                if shape.symmetric() { ", as many as rows" } else { "" }
            ),
        },
        shape.word(),
        shape.frac(),
        if shape.sizes() == Sizes::Any { ", or whose size the core does not take," } else { "" }
    );
    for s in interface.sections() {
        let numbers = [s.tuser.to_string(), s.count.to_string(), s.word.to_string(), s.frac.to_string()];
        row(&mut text, &[&numbers[0], s.name, &numbers[1], &numbers[2], &numbers[3], s.padding, s.order]);
    }
    let _ = writeln!(
        text,
        "\nStatus word, by bits: {}. Bit 3 is always 0: no self-check is built.\n\
         With the block exponent e ({}), true values are those of the frame times 2^e.\n\
         {}\n\n## Speed and size\n\n| figure | value |\n|---|---|",
        status_summary(),
        if shape.scaling() == Scaling::Auto {
            "minus the bits by which the matrix was shifted up"
        } else {
            "always 0: `--scaling fixed`"
        },
        notes(shape)
    );
    let beats = interface.input_beats();
    let unload: usize = interface.sections().iter().map(|section| section.count).sum();
    let mut figures = vec![];
    match core.schedule().qr {
        None => figures.push(("cycles to load", beats.to_string())),
        Some(qr) => figures.extend([
            ("cycles to load two rows", qr.two_rows.to_string()),
            ("cycles to load", format!("about {}", shape.rows().div_ceil(2) * qr.two_rows)),
            ("cycles from the last beat to the triangle, at most", qr.finish.to_string()),
        ]),
    }
    figures.extend([
        ("cycles of a sweep", summary.sweep_cycles.to_string()),
        ("most sweeps", summary.sweep_cap.to_string()),
        ("cycles to unload", unload.to_string()),
        ("hardware multipliers", summary.multipliers.to_string()),
        ("output FIFO, beats", stream_fifo::DEPTH.to_string()),
    ]);
    figures.iter().for_each(|(figure, value)| row(&mut text, &[figure, value]));
    text += "\nCycles to load and to unload hold for a source and a sink that never stall. Loading the next matrix overlaps with unloading.\n";
    accuracy(&mut text, shape);
    let _ = writeln!(
        text,
        "\nArea and clock rate: `svdforge synth`. Accuracy on a matrix of yours: `svdforge simulate --matrix FILE`, with the options above."
    );
    File { name: "README.md".to_owned(), text }
}

/// The bounds of the errors, and where the sweep cap comes from.
fn accuracy(text: &mut String, shape: &Shape) {
    let ErrorBounds { rigorous, statistical, expected_rms } = shape.budget().bounds();
    *text += "\n## Accuracy\n\n| largest error of | rigorous | statistical | expected rms |\n|---|---|---|---|\n";
    let value = if shape.symmetric() { "an eigenvalue, LSB" } else { "a singular value, LSB" };
    let product = if shape.symmetric() { "V diag(lambda) Vᵀ - A, LSB" } else { "U diag(sigma) Vᵀ - A, LSB" };
    let unit = shape.word() - 1;
    let names = [
        value.to_owned(),
        format!("UᵀU - 1, units of 2^-{unit}"),
        format!("VᵀV - 1, units of 2^-{unit}"),
        product.to_owned(),
    ];
    let figures =
        [rigorous, statistical, expected_rms].map(|e: Errors| e.all().map(|error| error.map(|e| e.to_string())));
    for (index, name) in names.iter().enumerate() {
        if let [Some(rigorous), Some(statistical), Some(expected)] = figures.each_ref().map(|f| f[index].as_deref()) {
            row(text, &[name, rigorous, statistical, expected]);
        }
    }
    *text += "\nOne LSB is the last place of an input element. Rigorous: every rounding at its worst, no matrix exceeds it. Statistical: roundings independent, exceeded by\n\
              one matrix in 10^6. Expected: over the families of test matrices. ";
    *text += match shape.is_reduced() {
        false => "For a matrix shifted up, block exponent e, the errors in LSB are 2^e times these. ",
        true => "A triangle is shifted up only when it is complete: whatever the block exponent, they are these. ",
    };
    *text += "The bounds\non values and product hold where the status word does not say that the cap was reached; ";
    *text += match shape.sweeps() {
        Sweeps::Auto => "no matrix that was tried reached it, but that none does is not proven.",
        Sweeps::Fixed(_) => "with a fixed number of sweeps it says so of every matrix that was not settled by then.",
    };
    *text += "\nNo internal value overflows, whatever the input.\n";
}

/// What the numbers of a frame promise.
fn notes(shape: &Shape) -> String {
    let mut text = match shape.symmetric() {
        true => "Eigenvalues are signed and descending; the vectors, columns of V, are orthogonal whatever the rank."
            .to_owned(),
        false => "Sigma is non-negative and descending; singular vectors are orthogonal whatever the rank.".to_owned(),
    };
    if shape.symmetric() {
        text += " The input must be symmetric: of b and c opposite each other, the core sees the sum.";
        if shape.rank() < shape.triplets() {
            text += " The largest eigenvalues are the highest, with their signs, not the largest in size.";
        }
    }
    if shape.sizes() == Sizes::Any {
        text += " A smaller matrix gives a smaller frame, in fewer cycles; the numbers here are those of the largest.";
    }
    if shape.rank() < shape.triplets() {
        text += &format!(" Only the {} largest of {} leave the core.", shape.rank(), shape.triplets());
    }
    if shape.is_reduced() {
        text += &format!(
            " While rows stream in, Givens rotations in the same multipliers reduce them to a triangle of {0} x {0} (QR), which is what is stored and decomposed, however \
             many rows there are; `s_axis_tready` falls while four rows wait. U is left out: its column i is A v_i / sigma_i, row by row from a second pass over A \
             outside of the core, with an error that grows as sigma_i falls. Inside, A has {1} bits more than `--guard` asks for: the roundings of all rows \
             meet in one triangle.",
            shape.even(),
            shape.inner_guard() - shape.guard()
        );
    }
    if shape.dimensions().is_padded() || shape.sizes() == Sizes::Any {
        text += &format!(
            " Inside, {} padded with zeros to an even {}, at most {}; they stay exactly zero, and neither they nor their vectors leave the core.",
            if shape.is_reduced() { "columns are" } else { "the matrix is" },
            if shape.is_reduced() { "number" } else { "square" },
            if shape.is_reduced() { shape.even().to_string() } else { format!("{0} x {0}", shape.even()) }
        );
    }
    text
}

fn row(text: &mut String, cells: &[&str]) {
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}
