//! The outside of a core as one value: ports, frames, sections, fields of the status word.
//!
//! The stream ends, `core.json`, the datasheet, the framing of test benches and every wrapper read it here, so that a
//! new section or status field is written down once.

mod buses;
mod status;

pub use buses::{Bus, BusSignal, End, Protocol, buses};
pub use status::{Flags, STATUS_BITS, STATUS_FIELDS, Status, StatusField, status_summary};

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
/// One section of an output frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// What it holds.
    pub name: &'static str,
    /// Its `tuser`.
    pub tuser: u8,
    /// Beats.
    pub count: usize,
    /// Bits that carry the value.
    pub word: u32,
    /// Whether they are a signed number. If so, the bits of `tdata` above them repeat the sign; if not, they are 0.
    pub signed: bool,
    /// What the bits of `tdata` above them hold.
    pub padding: &'static str,
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

/// The kind of number that the elements of a matrix are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElementKind {
    /// Real numbers: one component.
    Real,
    /// Complex numbers: real part in the lower half of an element, imaginary part in the upper half.
    Complex,
}

impl ElementKind {
    /// Real numbers that make up one element.
    pub fn components(self) -> u32 {
        match self {
            Self::Real => 1,
            Self::Complex => 2,
        }
    }
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

    /// The kind of number that elements are.
    pub fn scalar(&self) -> ElementKind {
        ElementKind::Real
    }

    /// Bits of one component of an input element: whole bytes.
    pub fn input_component_bits(&self) -> u32 {
        self.shape.word().next_multiple_of(8)
    }

    /// Bits of one component of an output element: whole bytes, wide enough for the widest section.
    pub fn output_component_bits(&self) -> u32 {
        self.shape.sigma_bits().max(self.shape.vector_bits()).max(STATUS_BITS).next_multiple_of(8)
    }

    /// Bits of `s_axis_tdata`.
    pub fn input_bits(&self) -> u32 {
        self.scalar().components() * self.input_component_bits()
    }

    /// Bits of `m_axis_tdata`.
    pub fn output_bits(&self) -> u32 {
        self.scalar().components() * self.output_component_bits()
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
            .map(|(_, name, tuser, count, (word, frac), order)| {
                let signed = tuser != 0;
                let padding = if signed { "sign" } else { "zeros" };
                Section { name, tuser, count, word, signed, padding, frac, order }
            })
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
