//! The outside of a core as one value: ports, frames, sections, fields of the status word.
//!
//! The stream ends, `core.json`, the datasheet, the framing of test benches and every wrapper read it here, so that a new section or
//! status field is written down once.

use crate::fixed::QFormat;
use crate::shape::Shape;
use serde::Serialize;

/// The sections of an output frame: their `tuser`.
pub mod section {
    /// Status word.
    pub const STATUS: u8 = 0;
    /// Singular values.
    pub const SIGMA: u8 = 1;
    /// Left singular vectors.
    pub const U: u8 = 2;
    /// Right singular vectors.
    pub const V: u8 = 3;
}

/// Names of the ports of every core.
pub mod port {
    /// Clock; everything happens on its rising edge.
    pub const CLOCK: &str = "aclk";
    /// Synchronous reset, active low.
    pub const RESET: &str = "aresetn";
    /// Input stream: element.
    pub const INPUT_DATA: &str = "s_axis_tdata";
    /// Input stream: the source offers a beat.
    pub const INPUT_VALID: &str = "s_axis_tvalid";
    /// Input stream: the core takes a beat.
    pub const INPUT_READY: &str = "s_axis_tready";
    /// Input stream: last beat of a frame.
    pub const INPUT_LAST: &str = "s_axis_tlast";
    /// Output stream: element.
    pub const OUTPUT_DATA: &str = "m_axis_tdata";
    /// Output stream: the core offers a beat.
    pub const OUTPUT_VALID: &str = "m_axis_tvalid";
    /// Output stream: the sink takes a beat.
    pub const OUTPUT_READY: &str = "m_axis_tready";
    /// Output stream: last beat of a frame.
    pub const OUTPUT_LAST: &str = "m_axis_tlast";
    /// Output stream: section of a frame.
    pub const OUTPUT_USER: &str = "m_axis_tuser";
}

/// Bits of `m_axis_tuser`.
pub const USER_BITS: u32 = 2;
/// Bits of the status word.
pub const STATUS_BITS: u32 = 24;

/// A field of the status word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StatusField {
    /// Its name in programs and JSON.
    pub name: &'static str,
    /// Its name in comments and data sheets.
    #[serde(skip)]
    pub label: &'static str,
    /// Highest and lowest bit.
    pub bits: [u32; 2],
    /// What it says.
    pub meaning: &'static str,
}

/// All fields of the status word, lowest bit first. Those of one bit are flags.
pub const STATUS_FIELDS: [StatusField; 6] = [
    StatusField {
        name: "bad_frame",
        label: "bad frame",
        bits: [0, 0],
        meaning: "tlast of the input frame came early or late, or its size is not taken",
    },
    StatusField { name: "overflow", label: "overflow", bits: [1, 1], meaning: "an internal value left its range" },
    StatusField {
        name: "cap_reached",
        label: "cap reached before settled",
        bits: [2, 2],
        meaning: "the sweep cap was reached before every block was settled",
    },
    StatusField {
        name: "self_check_failed",
        label: "self-check failed",
        bits: [3, 3],
        meaning: "the core's check of its own result failed",
    },
    StatusField { name: "sweeps", label: "sweeps", bits: [15, 8], meaning: "sweeps made" },
    StatusField {
        name: "block_exponent",
        label: "block exponent",
        bits: [23, 16],
        meaning: "signed; true value = value * 2^block_exponent",
    },
];

impl StatusField {
    /// The field with this name.
    ///
    /// # Panics
    ///
    /// If there is none: names are written in the program, not by users.
    pub fn named(name: &str) -> &'static Self {
        let field = STATUS_FIELDS.iter().find(|field| field.name == name);
        field.unwrap_or_else(|| panic!("The status word has no field `{name}`."))
    }

    /// Its width in bits.
    pub fn width(&self) -> u32 {
        self.bits[0] - self.bits[1] + 1
    }

    /// Whether it is one bit, yes or no.
    pub fn is_flag(&self) -> bool {
        self.width() == 1
    }

    /// Its bits, as data sheets write them: `2`, or `15:8`.
    pub fn place(&self) -> String {
        let [high, low] = self.bits;
        if self.is_flag() { low.to_string() } else { format!("{high}:{low}") }
    }

    /// Its unsigned value in a status word.
    pub fn of(&self, word: u64) -> u64 {
        word >> self.bits[1] & ((1 << self.width()) - 1)
    }
}

/// The fields of the status word in a line: `0 bad frame, 1 overflow, ... 15:8 sweeps`.
pub fn status_summary() -> String {
    STATUS_FIELDS.map(|field| format!("{} {}", field.place(), field.label)).join(", ")
}

/// A status word as it leaves a core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(u64);

impl Status {
    /// The status word in the lowest bits of a beat.
    pub fn from_bits(bits: u64) -> Self {
        Self(bits & ((1 << STATUS_BITS) - 1))
    }

    /// Whether a flag is set, by its name in [`STATUS_FIELDS`].
    pub fn flag(self, name: &str) -> bool {
        StatusField::named(name).of(self.0) == 1
    }

    /// The flags, by name.
    pub fn flags(self) -> impl Iterator<Item = (&'static str, bool)> {
        STATUS_FIELDS.iter().filter(|field| field.is_flag()).map(move |field| (field.name, field.of(self.0) == 1))
    }

    /// Whether the input frame was refused: its `tlast` came early or late, or its size is not taken.
    pub fn bad_frame(self) -> bool {
        self.flag("bad_frame")
    }

    /// Whether an internal value left its range.
    pub fn overflow(self) -> bool {
        self.flag("overflow")
    }

    /// Whether the sweep cap was reached before every block was settled.
    pub fn cap_reached(self) -> bool {
        self.flag("cap_reached")
    }

    /// Sweeps made.
    pub fn sweeps(self) -> u32 {
        StatusField::named("sweeps").of(self.0) as u32
    }

    /// Power of two by which the core scaled the matrix.
    pub fn block_exponent(self) -> i32 {
        i32::from(StatusField::named("block_exponent").of(self.0) as u8 as i8)
    }
}

/// One section of an output frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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

/// A port of a core.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Port {
    /// Its name.
    pub name: &'static str,
    /// `input` or `output`.
    pub direction: &'static str,
    /// Its width in bits.
    pub width: u32,
}

/// What one sees of a core from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interface<'a> {
    shape: &'a Shape,
}

impl Shape {
    /// What one sees of the core from outside.
    pub fn interface(&self) -> Interface<'_> {
        Interface { shape: self }
    }
}

impl Interface<'_> {
    /// The format of an input element.
    pub fn element(&self) -> QFormat {
        QFormat { word: self.shape.word(), frac: self.shape.frac() }
    }

    /// Bits of `s_axis_tdata`.
    pub fn input_bits(&self) -> u32 {
        self.shape.word().next_multiple_of(8)
    }

    /// Bits of `m_axis_tdata`: whole bytes, wide enough for the widest section.
    pub fn output_bits(&self) -> u32 {
        self.shape.sigma_bits().max(self.shape.vector_bits()).max(STATUS_BITS).next_multiple_of(8)
    }

    /// What the beats before the elements of an input frame say: unsigned integers.
    pub fn header(&self) -> &'static [&'static str] {
        if self.shape.takes_any() { &["rows", "columns"] } else { &[] }
    }

    /// Beats of an input frame of the largest matrix.
    pub fn input_beats(&self) -> usize {
        self.header().len() + self.shape.elements()
    }

    /// The sections of a good output frame for a matrix of the largest size, in order.
    pub fn sections(&self) -> Vec<Section> {
        self.sections_of(self.shape.dimensions().largest())
    }

    /// The sections of a good output frame for a matrix of (rows, columns), in order.
    pub fn sections_of(&self, (rows, cols): (usize, usize)) -> Vec<Section> {
        let shape = self.shape;
        let rank = shape.rank_of((rows, cols));
        let (values, vectors) = if shape.symmetric() { ("eigenvalues", "vectors") } else { ("sigma", "v") };
        let (sigma, vector) =
            ((shape.sigma_bits(), shape.sigma_fraction()), (shape.vector_bits(), shape.vector_fraction()));
        let all = [
            (true, "status", section::STATUS, 1, (STATUS_BITS, 0), "bit fields"),
            (true, values, section::SIGMA, rank, sigma, "descending"),
            (shape.has_u(), "u", section::U, rows * rank, vector, "row by row"),
            (shape.has_v(), vectors, section::V, cols * rank, vector, "row by row"),
        ];
        let present = all.into_iter().filter(|&(present, ..)| present);
        present
            .map(|(_, name, tuser, count, (word, frac), order)| Section { name, tuser, count, word, frac, order })
            .collect()
    }

    /// All ports, inputs first.
    pub fn ports(&self) -> Vec<Port> {
        let input = |name, width| Port { name, direction: "input", width };
        let output = |name, width| Port { name, direction: "output", width };
        vec![
            input(port::CLOCK, 1),
            input(port::RESET, 1),
            input(port::INPUT_DATA, self.input_bits()),
            input(port::INPUT_VALID, 1),
            input(port::INPUT_LAST, 1),
            input(port::OUTPUT_READY, 1),
            output(port::INPUT_READY, 1),
            output(port::OUTPUT_DATA, self.output_bits()),
            output(port::OUTPUT_VALID, 1),
            output(port::OUTPUT_LAST, 1),
            output(port::OUTPUT_USER, USER_BITS),
        ]
    }
}
