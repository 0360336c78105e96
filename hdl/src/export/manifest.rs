//! `core.json`: everything a program must know to drive a core, and nothing that it would have to guess.

use super::{File, Header};
use crate::core::budget::{Budget, FAILURE};
use crate::core::params::{Scaling, Shape, Sizes, Sweeps, Vectors};
use crate::core::{Core, QrCycles};
use crate::ir::Module;
use crate::units::stream_output::section;
use serde::Serialize;

/// How many 2x2 blocks are rotated per cycle: the only architecture so far.
pub const ARCHITECTURE: &str = "serial";

/// A core in numbers: the `core` object of every JSON document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Rows of the matrix.
    pub rows: usize,
    /// Columns of the matrix.
    pub cols: usize,
    /// Bits of one input element, signed.
    pub word: u32,
    /// Fraction bits of one input element.
    pub frac: u32,
    /// Extra bits inside.
    pub guard: u32,
    /// Bits of a coefficient, sign included.
    pub coef: u32,
    /// How many 2x2 blocks are rotated per cycle.
    pub arch: &'static str,
    /// `"auto"` or a number.
    pub sweeps: serde_json::Value,
    /// Which singular vectors are computed.
    pub vectors: Vectors,
    /// Singular triplets that leave the core.
    pub rank: usize,
    /// Whether it is an eigen-decomposition of symmetric matrices.
    pub symmetric: bool,
    /// Per-matrix scaling in the hardware.
    pub scaling: Scaling,
    /// Which matrices the core takes.
    pub sizes: Sizes,
    /// Hardware multipliers, whatever they are for.
    pub multipliers: usize,
    /// The most sweeps that the core makes.
    pub sweep_cap: u32,
    /// Cycles of a step; a sweep has (even size - 1) steps.
    pub step_cycles: usize,
    /// Cycles of a sweep.
    pub sweep_cycles: usize,
    /// Cycles of the reduction of rows to a triangle while they stream in, where that is done.
    pub qr: Option<QrCycles>,
    #[serde(skip)]
    shape: Shape,
}

impl Summary {
    /// The numbers of a core.
    pub fn new(core: &Core) -> Self {
        let shape = &core.shape;
        let step_cycles = core.program.cycles();
        Self {
            rows: shape.rows,
            cols: shape.cols,
            word: shape.word,
            frac: shape.frac,
            guard: shape.guard,
            coef: shape.coef,
            arch: ARCHITECTURE,
            sweeps: match shape.sweeps {
                Sweeps::Auto => "auto".into(),
                Sweeps::Fixed(sweeps) => sweeps.into(),
            },
            vectors: shape.vectors,
            rank: shape.rank,
            symmetric: shape.symmetric,
            scaling: shape.scaling,
            sizes: shape.sizes,
            multipliers: core.design.multipliers(),
            sweep_cap: shape.sweep_cap(),
            step_cycles,
            sweep_cycles: step_cycles * (shape.even() - 1),
            qr: core.qr,
            shape: *shape,
        }
    }

    /// The command that makes the core again, every parameter spelled out.
    pub fn command(&self) -> String {
        format!("svdforge generate {}", flags(&self.shape))
    }

    /// The header of every file of the core's export.
    pub fn header(&self) -> Header {
        Header {
            command: self.command(),
            parameters: options(&self.shape),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// Name and value of each option that makes a core of this shape; a switch has no value.
fn options(shape: &Shape) -> Vec<(String, String)> {
    let mut all = vec![
        ("rows", shape.rows.to_string()),
        ("cols", shape.cols.to_string()),
        ("word", shape.word.to_string()),
        ("frac", shape.frac.to_string()),
        ("guard", shape.guard.to_string()),
        ("coef", shape.coef.to_string()),
        ("arch", ARCHITECTURE.to_owned()),
        ("sweeps", shape.sweeps.to_string()),
        ("vectors", shape.vectors.name().to_owned()),
        ("rank", shape.rank.to_string()),
        ("scaling", shape.scaling.name().to_owned()),
        ("sizes", shape.sizes.name().to_owned()),
    ];
    if shape.symmetric {
        all.push(("symmetric", String::new()));
    }
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The options of the command that make a core of this shape, every one spelled out.
pub fn flags(shape: &Shape) -> String {
    let flag = |(name, value): (String, String)| format!("--{name} {value}").trim_end().to_owned();
    options(shape).into_iter().map(flag).collect::<Vec<_>>().join(" ")
}

/// One section of an output frame.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Section {
    /// What it holds.
    pub name: &'static str,
    /// Its `tuser`.
    pub tuser: u8,
    /// Beats.
    pub count: usize,
    /// Bits that carry the value; `tdata` above them is sign extension.
    pub word: u32,
    /// Fraction bits.
    pub frac: u32,
    /// Order of the beats.
    pub order: &'static str,
}

/// The sections of a good frame, in order.
pub fn sections(core: &Core) -> Vec<Section> {
    let shape = &core.shape;
    let describe = |(tuser, count): (u8, usize)| {
        let (name, word, frac, order) = match tuser {
            section::STATUS => ("status", 24, 0, "bit fields"),
            section::SIGMA if shape.symmetric => ("eigenvalues", shape.sigma(), shape.sigma_fraction(), "descending"),
            section::SIGMA => ("sigma", shape.sigma(), shape.sigma_fraction(), "descending"),
            section::U => ("u", shape.vector(), shape.vector_fraction(), "row by row"),
            _ if shape.symmetric => ("vectors", shape.vector(), shape.vector_fraction(), "row by row"),
            _ => ("v", shape.vector(), shape.vector_fraction(), "row by row"),
        };
        Section { name, tuser, count, word, frac, order }
    };
    shape.sections().into_iter().map(describe).collect()
}

#[derive(Serialize)]
struct Port {
    name: String,
    direction: &'static str,
    width: u32,
}

#[derive(Serialize)]
struct Field {
    name: &'static str,
    bits: [u32; 2],
    meaning: &'static str,
}

const STATUS_FIELDS: [Field; 6] = [
    Field {
        name: "bad_frame",
        bits: [0, 0],
        meaning: "tlast of the input frame came early or late, or its size is not taken",
    },
    Field { name: "overflow", bits: [1, 1], meaning: "an internal value left its range" },
    Field { name: "cap_reached", bits: [2, 2], meaning: "the sweep cap was reached before every block was settled" },
    Field { name: "self_check_failed", bits: [3, 3], meaning: "the core's check of its own result failed" },
    Field { name: "sweeps", bits: [15, 8], meaning: "sweeps made" },
    Field { name: "block_exponent", bits: [23, 16], meaning: "signed; true value = value * 2^block_exponent" },
];

/// The file `core.json`. `files` are the names of all files of the export.
pub fn manifest(core: &Core, files: &[String]) -> File {
    let (shape, summary) = (&core.shape, Summary::new(core));
    let document = serde_json::json!({
        "generator": "svdforge",
        "schema": 1,
        "version": env!("CARGO_PKG_VERSION"),
        "command": summary.command(),
        "name": shape.name(),
        "core": summary,
        "clock": "aclk",
        "reset": { "port": "aresetn", "active": "low", "synchronous": true },
        "ports": ports(core.design.top()),
        "input": {
            "stream": "s_axis", "beats": shape.header_beats() + shape.elements(), "header": header(shape), "header_format": "unsigned integers", "order": "row by row",
            "word": shape.word, "frac": shape.frac, "signed": true, "tdata_bits": shape.input_bits(),
        },
        "output": {
            "stream": "m_axis", "tdata_bits": shape.output_bits(), "signed": true,
            "sections": sections(core), "status_fields": STATUS_FIELDS,
            "bad_frame": "the status word alone, with tlast",
        },
        "accuracy": {
            "units": "sigma and reconstruction: the last place of an input element; orthogonality: 2^-(word - 1)",
            "condition": "the most sweeps, block exponent 0; sigma and reconstruction: status field cap_reached is 0",
            "bounds": Budget::new(shape).bounds(), "statistical_failure_probability": FAILURE,
        },
        "files": files,
    });
    let text = serde_json::to_string_pretty(&document).expect("A document of strings and numbers can be written.");
    File { name: "core.json".to_owned(), text: text + "\n" }
}

/// What the beats before the elements say.
fn header(shape: &Shape) -> &'static [&'static str] {
    if shape.sizes == Sizes::Any { &["rows", "columns"] } else { &[] }
}

fn ports(top: &Module) -> Vec<Port> {
    let fixed = ["aclk", "aresetn"].map(|name| Port { name: name.to_owned(), direction: "input", width: 1 });
    let inputs = top.inputs.iter().map(|&id| {
        let node = top.node(id);
        Port { name: node.name.clone().unwrap_or_default(), direction: "input", width: node.width }
    });
    let outputs =
        top.outputs.iter().map(|o| Port { name: o.name.clone(), direction: "output", width: top.node(o.node).width });
    fixed.into_iter().chain(inputs).chain(outputs).collect()
}
