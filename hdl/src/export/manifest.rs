//! `core.json`: everything a program must know to drive a core, and nothing that it would have to guess.

use super::{File, Header};
use crate::core::Core;
use crate::core::params::Sweeps;
use crate::ir::Module;
use crate::units::stream_output::section;
use serde::Serialize;

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
    pub vectors: &'static str,
    /// Per-matrix scaling in the hardware.
    pub scaling: &'static str,
    /// Hardware multipliers, whatever they are for.
    pub multipliers: usize,
    /// The most sweeps that the core makes.
    pub sweep_cap: u32,
    /// Cycles of a step; a sweep has (even size - 1) steps.
    pub step_cycles: usize,
    /// Cycles of a sweep.
    pub sweep_cycles: usize,
}

impl Summary {
    /// The numbers of a core.
    pub fn new(core: &Core) -> Self {
        let shape = &core.shape;
        let step_cycles = core.program.cycles();
        Self {
            rows: shape.n,
            cols: shape.n,
            word: shape.word,
            frac: shape.frac,
            guard: shape.guard,
            coef: shape.coef,
            arch: "serial",
            sweeps: match shape.sweeps {
                Sweeps::Auto => "auto".into(),
                Sweeps::Fixed(sweeps) => sweeps.into(),
            },
            vectors: "uv",
            scaling: "fixed",
            multipliers: core.design.multipliers(),
            sweep_cap: shape.sweep_cap(),
            step_cycles,
            sweep_cycles: step_cycles * (shape.even() - 1),
        }
    }

    /// The command that makes the core again, every parameter spelled out.
    pub fn command(&self) -> String {
        let flags: Vec<String> = self.parameters().iter().map(|(name, value)| format!("--{name} {value}")).collect();
        format!("svdforge generate {}", flags.join(" "))
    }

    /// The header of every file of the core's export.
    pub fn header(&self) -> Header {
        Header { command: self.command(), parameters: self.parameters(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }

    fn parameters(&self) -> Vec<(String, String)> {
        let sweeps = self.sweeps.as_str().map_or_else(|| self.sweeps.to_string(), str::to_owned);
        let numbers =
            [("rows", self.rows.to_string()), ("cols", self.cols.to_string()), ("word", self.word.to_string())];
        let more =
            [("frac", self.frac.to_string()), ("guard", self.guard.to_string()), ("coef", self.coef.to_string())];
        let words = [("arch", self.arch), ("sweeps", &sweeps), ("vectors", self.vectors), ("scaling", self.scaling)];
        let words = words.map(|(name, value)| (name, value.to_owned()));
        numbers.into_iter().chain(more).chain(words).map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// One section of an output frame.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Section {
    /// What it holds.
    pub name: &'static str,
    /// Its `tuser`.
    pub tuser: i128,
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
pub fn sections(core: &Core) -> [Section; 4] {
    let (shape, n) = (&core.shape, core.shape.n);
    let (sigma, vectors) = (shape.sigma_fraction(), shape.vector_fraction());
    let by_row = "row by row";
    [
        Section { name: "status", tuser: section::STATUS, count: 1, word: 24, frac: 0, order: "bit fields" },
        Section {
            name: "sigma",
            tuser: section::SIGMA,
            count: n,
            word: shape.data(),
            frac: sigma,
            order: "descending",
        },
        Section { name: "u", tuser: section::U, count: n * n, word: shape.vector(), frac: vectors, order: by_row },
        Section { name: "v", tuser: section::V, count: n * n, word: shape.vector(), frac: vectors, order: by_row },
    ]
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
    Field { name: "bad_frame", bits: [0, 0], meaning: "tlast of the input frame came early or late" },
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
            "stream": "s_axis", "beats": shape.n * shape.n, "order": "row by row",
            "word": shape.word, "frac": shape.frac, "signed": true, "tdata_bits": shape.input_bits(),
        },
        "output": {
            "stream": "m_axis", "tdata_bits": shape.output_bits(), "signed": true,
            "sections": sections(core), "status_fields": STATUS_FIELDS,
            "bad_frame": "the status word alone, with tlast",
        },
        "files": files,
    });
    let text = serde_json::to_string_pretty(&document).expect("A document of strings and numbers can be written.");
    File { name: "core.json".to_owned(), text: text + "\n" }
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
