//! `README.md` of an exported core: its datasheet.

mod registers;
mod streams;

use super::File;
use super::manifest::Summary;
use super::origin::generated_by;
use super::timing::{CLOCK_NAME, LATENCY, REDUCED, Timing};
use crate::core::Core;
use crate::core::stream_fifo;
use crate::formats::{ErrorBounds, Errors, SweepSearch};
use crate::interface::status_summary;
use crate::parameters::{Front, Scaling, Sizes, Sweeps};
use crate::shape::Shape;
use std::fmt::Write;

/// The datasheet of a core, as Markdown. `shortened` is a sentence on the stimulus of the testbench, if that has no
/// matrix of the largest size.
pub fn datasheet(core: &Core, timing: &Timing, shortened: Option<&str>) -> File {
    let (shape, summary) = (core.shape(), Summary::new(core));
    let (name, rows, cols) = (shape.name(), shape.rows(), shape.cols());
    let interface = shape.interface();
    let kind = match (shape.symmetric(), shape.complex()) {
        (false, false) => "singular value decomposition of",
        (false, true) => "singular value decomposition of complex",
        (true, false) => "eigen-decomposition of symmetric",
        (true, true) => "eigen-decomposition of Hermitian",
    };
    let what = match shape.sizes() {
        Sizes::Any => format!("matrices up to {rows} x {cols}"),
        Sizes::Fixed => format!("{rows} x {cols} matrices"),
    };
    let formula = format!("A = {}", product(shape));
    let mut text = format!(
        "# {name}: {kind} {what}\n\n\
         {formula} in fixed point: two-sided Jacobi, norm-exact rotations, every result rounded once to nearest.\n\
         Verilog-2005 without vendor primitives. `core.json` holds everything below for programs.\n\n\
         {}: `{}`\n\n## Use\n\nInstantiate `{name}`; compile the files listed in `{name}.f`. To see it work, in this folder:\n\n\
         ```\niverilog -g2005 -o sim -c {name}.f {name}_tb.v && vvp -n sim\n```\n\n\
         or, from any folder, `make -C FOLDER sim`, where FOLDER is this one.{} The names of all modules begin with `{name}`, so that other cores can stand beside this one.\n\n\
         | for | there is |\n|---|---|\n\
         | make | `Makefile`: lint, simulation, synthesis, place and route; `make help` lists them |\n\
         | cocotb | `cocotb/`: a bench that sends random frames, bad ones and resets, and judges every answer with numpy; `make cocotb`, with `SIM=icarus` or `verilator` |\n\
         | FuseSoC | `{name}.core`: depend on `svdforge:svd:{name}`, or run `fusesoc --cores-root . run --target sim {name}` (or `lint`) |\n\
         | IP-XACT | `component.xml`: IEEE 1685-2014, with the bus definitions of AMBA 4 |\n\
         | VHDL | `{name}.vhd`: the component and its constants, in the package `{name}_pkg` |\n\
         | LiteX | `{name}_litex.py`: the class `Core`, with streams and registers |\n\
         | GTKWave | `{name}_tb.gtkw`: what happens inside, in groups and with numbers in fixed point; `vvp -n sim +vcd=waves.vcd`, then `gtkwave waves.vcd {name}_tb.gtkw` |\n\
         | proofs | `formal/`: proofs of the modules at the edge, and of the recovery from any state, for SymbiYosys; `sby -f input.sby` inside it |\n\
         | timing | `constraints/`: examples of constraints for Vivado (XDC), nextpnr (LPF) and others (SDC) |\n",
        generated_by(env!("CARGO_PKG_VERSION")),
        summary.command(),
        shortened.map_or_else(String::new, |sentence| format!(" {sentence}"))
    );
    if shape.front() == Front::AxiLite {
        row(
            &mut text,
            &["C", &format!("`{name}_registers.h`: the registers, for programs without an operating system")],
        );
    }
    text += "\n## Ports\n\n| port | direction | bits |\n|---|---|---|\n";
    for port in interface.ports() {
        let direction = if port.direction == "input" { "in" } else { "out" };
        row(&mut text, &[port.name, direction, &port.width.to_string()]);
    }
    text += "\n`aresetn` is synchronous and active low; one cycle is enough, at any time.\n";
    streams::input_frame(&mut text, shape);
    streams::output_frame(&mut text, shape);
    let _ = writeln!(
        text,
        "\nStatus word, by bits: {}. Bit 3 is always 0: no self-check is built.\n\
         With the block exponent e ({}), true values are those of the frame times 2^e.\n\
         {}",
        status_summary(),
        if shape.scaling() == Scaling::Auto {
            "minus the bits by which the matrix was shifted up"
        } else {
            "always 0: `--scaling fixed`"
        },
        notes(shape)
    );
    speed(&mut text, core, timing);
    text += "\n## Size\n\n| figure | value |\n|---|---|\n";
    let figures = [
        ("most sweeps", summary.sweep_cap.to_string()),
        ("hardware multipliers", summary.multipliers.to_string()),
        ("output FIFO, beats", stream_fifo::DEPTH.to_string()),
    ];
    figures.iter().for_each(|(figure, value)| row(&mut text, &[figure, value]));
    let _ = writeln!(text, "\n![The datapath inside the core]({name}.svg)");
    registers::registers(&mut text, &interface, &name);
    accuracy(&mut text, shape);
    let _ = writeln!(
        text,
        "\nArea and clock rate: `svdforge synth`. Accuracy on a matrix of yours: `svdforge simulate --matrix FILE`, with the options above."
    );
    File { name: "README.md".to_owned(), text }
}

/// Latency and interval between results: their terms, their formulas, and what they come to.
fn speed(text: &mut String, core: &Core, timing: &Timing) {
    let (shape, name) = (core.shape(), core.shape().name());
    let several = shape.in_flight() > 1;
    *text += "\n## Speed\n\nIn clock cycles, exact for a source and a sink that never stall";
    *text += if several { ", and for a matrix that finds the core empty" } else { "" };
    *text += if shape.takes_any() { "; for a matrix of the largest size:\n" } else { ":\n" };
    *text += "\n| term | cycles | |\n|---|---|---|\n";
    timing.described().iter().for_each(|(term, cycles, what)| row(text, &[term, &cycles.to_string(), what]));
    let _ = writeln!(
        text,
        "\n- Latency, from the first input beat to the last output beat: `{}`.\n\
         - Interval, from one result to the next if matrices arrive without a pause: {}\n\
         - Matrices per second: clock rate / interval.\n\n\
         | | sweeps | latency | interval | matrices per second at {CLOCK_NAME} |\n|---|---|---|---|---|",
        timing.short(LATENCY),
        match several {
            false => format!(
                "`{}`. The next matrix is loaded while the result leaves; one matrix at a time is decomposed.",
                timing.interval()
            ),
            true => format!(
                "the mean that was measured in the simulator. Up to {} matrices are in the core, of which {} take turns. \
                 If the rotators never wait, it is `sweeps * sweep / turns`.",
                shape.in_flight(),
                timing.terms.turns
            ),
        }
    );
    for (kind, figures) in [("typical", &timing.typical), ("largest", &timing.largest)] {
        let numbers = [figures.sweeps as usize, figures.latency, figures.interval].map(|number| number.to_string());
        let rate = figures.per_second_at_100_mhz.to_string();
        row(text, &[&format!("{kind}: {}", figures.source), &numbers[0], &numbers[1], &numbers[2], &rate]);
    }
    if shape.takes_any() {
        squares(text, core, timing);
    }
    let _ = writeln!(
        text,
        "\nBoth streams in a run of this core, with the numbers of the cycles:\n\n![Timing of both streams]({name}_timing.svg)"
    );
}

/// The terms for smaller matrices, in cores for any size.
fn squares(text: &mut String, core: &Core, timing: &Timing) {
    let reduced = core.shape().is_reduced();
    *text += "\nA smaller matrix, of r x c, lies in the smallest even square that holds ";
    *text += if reduced { "its triangle, c x c. " } else { "it. " };
    let (terms, header) = (&timing.terms, core.shape().interface().header().len());
    let keep = core.shape().streams().keep;
    *text += &match keep {
        false => {
            "Its terms are those of that square, with as many cycles for `unload` as its result has beats".to_owned()
        }
        true => format!(
            "Its terms are those of that square, with `output + unload` = {} + the elements of its result",
            terms.output + terms.unload - core.shape().interface().output_elements()
        ),
    };
    *text += &match reduced {
        true => format!(". The header has two elements, and `{}`", timing.short(REDUCED)),
        false if keep => format!(" and `load + unpack - prefetch` = {header} + r c"),
        false => format!(" and {header} + r c for `load`"),
    };
    *text += ". The other terms are as above.\n\n| square | first_angles | sweep |";
    *text += if reduced { " entry | batch | ending |\n|---|---|---|---|---|---|\n" } else { "\n|---|---|---|\n" };
    for square in &timing.squares {
        let mut numbers = vec![square.first_angles, square.sweep];
        numbers.extend(square.reduction.iter().flat_map(|r| [r.entry, r.batch, r.ending]));
        let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
        let mut cells = vec![format!("{0} x {0}", square.size)];
        cells.extend(numbers);
        row(text, &cells.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

/// The sign of the transpose, or, for complex matrices, of the conjugate transpose.
fn transposed(shape: &Shape) -> char {
    if shape.complex() { 'ᴴ' } else { 'ᵀ' }
}

/// The product of the factors.
fn product(shape: &Shape) -> String {
    let factors = if shape.symmetric() { "V diag(lambda) V" } else { "U diag(sigma) V" };
    format!("{factors}{}", transposed(shape))
}

/// The bounds of the errors, and where the sweep cap comes from.
fn accuracy(text: &mut String, shape: &Shape) {
    let ErrorBounds { rigorous, statistical, expected_rms } = shape.budget().bounds();
    *text += "\n## Accuracy\n\n| largest error of | rigorous | statistical | expected rms |\n|---|---|---|---|\n";
    let value = if shape.symmetric() { "an eigenvalue, LSB" } else { "a singular value, LSB" };
    let (unit, transposed) = (shape.word() - 1, transposed(shape));
    let names = [
        value.to_owned(),
        format!("U{transposed}U - 1, units of 2^-{unit}"),
        format!("V{transposed}V - 1, units of 2^-{unit}"),
        format!("{} - A, LSB", product(shape)),
    ];
    let figures =
        [rigorous, statistical, expected_rms].map(|e: Errors| e.all().map(|error| error.map(|e| e.to_string())));
    for (index, name) in names.iter().enumerate() {
        if let [Some(rigorous), Some(statistical), Some(expected)] = figures.each_ref().map(|f| f[index].as_deref()) {
            row(text, &[name, rigorous, statistical, expected]);
        }
    }
    if shape.complex() {
        *text += "\nOf complex numbers, the real and the imaginary part count each by itself.";
    }
    *text += "\nOne LSB is the last place of an input element. Rigorous: every rounding at its worst, no matrix exceeds it. Statistical: roundings independent, exceeded by\n\
              one matrix in 10^6. Expected: over the families of test matrices. ";
    *text += match shape.is_reduced() {
        false => "For a matrix shifted up, block exponent e, the errors in LSB are 2^e times these. ",
        true => "A triangle is shifted up only when it is complete: whatever the block exponent, they are these. ",
    };
    *text += "The bounds\non values and product hold where the status word does not say that the cap was reached; ";
    *text += &match (shape.sweeps(), shape.sweep_search()) {
        (Sweeps::Fixed(_), _) => {
            "with a fixed number of sweeps it says so of every matrix that was not settled by then.".to_owned()
        }
        (Sweeps::Auto, Some(SweepSearch { matrices, most })) => format!(
            "that it says so of no matrix is not proved.\nA search for the matrices that take most sweeps tried {matrices} of this size and format (`svdforge bench sweeps`): all were\nsettled, the hardest after {most} sweeps; the cap is {}.",
            shape.sweep_cap()
        ),
        (Sweeps::Auto, None) => format!(
            "that it says so of no matrix is not proved.\nOf the test matrices it did of none, but there was no search for those of this size and format that take most sweeps\n(`svdforge bench sweeps`). The cap is {}.",
            shape.sweep_cap()
        ),
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
