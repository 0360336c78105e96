//! The outside of a core as one value: ports, frames, sections, fields of the status word.
//!
//! The stream ends, `core.json`, the datasheet, the framing of test benches and every wrapper read it here, so that a
//! new section or status field is written down once.

mod buses;
mod registers;
mod status;

pub use buses::{Bus, BusSignal, End, Protocol, buses};
pub use registers::{ADDRESS_BITS, Access, COUNTERS, EVENTS, IDENTITY, REGISTER_BITS, Register, RegisterField};
pub use status::{Flags, STATUS_BITS, STATUS_FIELDS, Status, StatusField, status_summary};

use crate::fixed::QFormat;
use crate::formats::Streams;
use crate::parameters::Front;
use crate::shape::{HEADER, Shape};
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

/// Names of the ports of cores.
pub mod port {
    /// Clock; everything happens on its rising edge.
    pub const CLOCK: &str = "aclk";
    /// Synchronous reset, active low.
    pub const RESET: &str = "aresetn";
    /// Input stream: elements.
    pub const INPUT_DATA: &str = "s_axis_tdata";
    /// Input stream: the source offers a beat.
    pub const INPUT_VALID: &str = "s_axis_tvalid";
    /// Input stream: the core takes a beat.
    pub const INPUT_READY: &str = "s_axis_tready";
    /// Input stream: last beat of a frame.
    pub const INPUT_LAST: &str = "s_axis_tlast";
    /// Input stream: the bytes of a beat that hold elements.
    pub const INPUT_KEEP: &str = "s_axis_tkeep";
    /// Output stream: elements.
    pub const OUTPUT_DATA: &str = "m_axis_tdata";
    /// Output stream: the core offers a beat.
    pub const OUTPUT_VALID: &str = "m_axis_tvalid";
    /// Output stream: the sink takes a beat.
    pub const OUTPUT_READY: &str = "m_axis_tready";
    /// Output stream: last beat of a frame.
    pub const OUTPUT_LAST: &str = "m_axis_tlast";
    /// Output stream: the bytes of a beat that hold elements.
    pub const OUTPUT_KEEP: &str = "m_axis_tkeep";
    /// Output stream: for each element of a beat, its section of the frame.
    pub const OUTPUT_USER: &str = "m_axis_tuser";
    /// AXI4-Lite: address of a write.
    pub const AXI_AWADDR: &str = "s_axi_awaddr";
    /// AXI4-Lite: protection of a write.
    pub const AXI_AWPROT: &str = "s_axi_awprot";
    /// AXI4-Lite: the address of a write is offered.
    pub const AXI_AWVALID: &str = "s_axi_awvalid";
    /// AXI4-Lite: the address of a write is taken.
    pub const AXI_AWREADY: &str = "s_axi_awready";
    /// AXI4-Lite: data of a write.
    pub const AXI_WDATA: &str = "s_axi_wdata";
    /// AXI4-Lite: bytes that are written.
    pub const AXI_WSTRB: &str = "s_axi_wstrb";
    /// AXI4-Lite: the data of a write are offered.
    pub const AXI_WVALID: &str = "s_axi_wvalid";
    /// AXI4-Lite: the data of a write are taken.
    pub const AXI_WREADY: &str = "s_axi_wready";
    /// AXI4-Lite: answer to a write.
    pub const AXI_BRESP: &str = "s_axi_bresp";
    /// AXI4-Lite: the answer to a write is offered.
    pub const AXI_BVALID: &str = "s_axi_bvalid";
    /// AXI4-Lite: the answer to a write is taken.
    pub const AXI_BREADY: &str = "s_axi_bready";
    /// AXI4-Lite: address of a read.
    pub const AXI_ARADDR: &str = "s_axi_araddr";
    /// AXI4-Lite: protection of a read.
    pub const AXI_ARPROT: &str = "s_axi_arprot";
    /// AXI4-Lite: the address of a read is offered.
    pub const AXI_ARVALID: &str = "s_axi_arvalid";
    /// AXI4-Lite: the address of a read is taken.
    pub const AXI_ARREADY: &str = "s_axi_arready";
    /// AXI4-Lite: data of a read.
    pub const AXI_RDATA: &str = "s_axi_rdata";
    /// AXI4-Lite: answer to a read.
    pub const AXI_RRESP: &str = "s_axi_rresp";
    /// AXI4-Lite: the data of a read are offered.
    pub const AXI_RVALID: &str = "s_axi_rvalid";
    /// AXI4-Lite: the data of a read are taken.
    pub const AXI_RREADY: &str = "s_axi_rready";
    /// Interrupt, high while an enabled event is pending.
    pub const INTERRUPT: &str = "irq";

    /// The names of the parts of a port that has one part for each element of a beat. The part of element 0 comes
    /// first, and holds the low bits of the port. A port for one element is its own only part.
    pub fn parts(port: &str, elements: u32) -> Vec<String> {
        match elements {
            1 => vec![port.to_owned()],
            _ => parts_of_keep(port, elements),
        }
    }

    /// The names of the parts of a `tkeep` port, one for each element.
    pub fn parts_of_keep(port: &str, elements: u32) -> Vec<String> {
        (0..elements).map(|element| format!("{port}_{element}")).collect()
    }
}

/// Bits of `m_axis_tuser` for each element of a beat.
pub const USER_BITS: u32 = 2;
/// One section of an output frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// What it holds.
    pub name: &'static str,
    /// Its `tuser`.
    pub tuser: u8,
    /// Elements. Each is a beat, unless beats have several.
    pub count: usize,
    /// Bits that carry the value, or each component of it.
    pub word: u32,
    /// Whether they are a signed number. If so, the bits of `tdata` above them repeat the sign; if not, they are 0.
    pub signed: bool,
    /// What the bits above them in the element, or in the component, hold.
    pub padding: &'static str,
    /// Fraction bits.
    pub frac: u32,
    /// Order of the elements.
    pub order: &'static str,
    /// Components of an element: 2 of a complex number, whose real part is in the low half of its bits and whose
    /// imaginary part is in the high half.
    #[serde(skip_serializing_if = "is_one")]
    pub components: u32,
    /// In cores for complex matrices, the bits of each component. Where an element has only one, the bits above it are
    /// 0, as if it were the real part of a complex number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component_bits: Option<u32>,
}

/// Numbers of one component are those of most cores; files do not say it of them.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_one(components: &u32) -> bool {
    *components == 1
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

/// The ports of the register block, inputs first.
pub fn register_ports() -> Vec<Port> {
    let (input, output) = (Port::input, Port::output);
    vec![
        input(port::AXI_AWADDR, ADDRESS_BITS),
        input(port::AXI_AWPROT, 3),
        input(port::AXI_AWVALID, 1),
        input(port::AXI_WDATA, REGISTER_BITS),
        input(port::AXI_WSTRB, REGISTER_BITS / 8),
        input(port::AXI_WVALID, 1),
        input(port::AXI_BREADY, 1),
        input(port::AXI_ARADDR, ADDRESS_BITS),
        input(port::AXI_ARPROT, 3),
        input(port::AXI_ARVALID, 1),
        input(port::AXI_RREADY, 1),
        output(port::AXI_AWREADY, 1),
        output(port::AXI_WREADY, 1),
        output(port::AXI_BRESP, 2),
        output(port::AXI_BVALID, 1),
        output(port::AXI_ARREADY, 1),
        output(port::AXI_RDATA, REGISTER_BITS),
        output(port::AXI_RRESP, 2),
        output(port::AXI_RVALID, 1),
        output(port::INTERRUPT, 1),
    ]
}

impl Port {
    fn input(name: &'static str, width: u32) -> Self {
        Self { name, direction: "input", width }
    }

    fn output(name: &'static str, width: u32) -> Self {
        Self { name, direction: "output", width }
    }

    /// Whether it is the clock, the reset, or belongs to a stream.
    pub fn is_of_streams(&self) -> bool {
        let prefixes = ["s_axis_", "m_axis_"];
        [port::CLOCK, port::RESET].contains(&self.name) || prefixes.iter().any(|prefix| self.name.starts_with(prefix))
    }
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
        if self.shape.complex() { ElementKind::Complex } else { ElementKind::Real }
    }

    /// How elements are laid out on the streams.
    pub fn streams(&self) -> &Streams {
        self.shape.streams()
    }

    /// Bits of one component of an input element.
    pub fn input_component_bits(&self) -> u32 {
        self.streams().input.element_bits() / self.scalar().components()
    }

    /// Bits of one component of an output element.
    pub fn output_component_bits(&self) -> u32 {
        self.streams().output.element_bits() / self.scalar().components()
    }

    /// Bits of `s_axis_tdata`.
    pub fn input_bits(&self) -> u32 {
        self.streams().input.data_bits()
    }

    /// Bits of `m_axis_tdata`.
    pub fn output_bits(&self) -> u32 {
        self.streams().output.data_bits()
    }

    /// What the elements before the matrix in an input frame say: unsigned integers.
    pub fn header(&self) -> &'static [&'static str] {
        if self.shape.takes_any() { &HEADER } else { &[] }
    }

    /// Elements of an input frame of the largest matrix, header included.
    pub fn input_elements(&self) -> usize {
        self.header().len() + self.shape.elements()
    }

    /// Elements of a good output frame of the largest matrix.
    pub fn output_elements(&self) -> usize {
        self.sections().iter().map(|section| section.count).sum()
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
                let is_vector = matches!(tuser, section::U | section::V);
                let is_number = tuser != section::STATUS && shape.complex();
                let component_bits = is_number.then(|| self.output_component_bits());
                let components = if is_vector { self.scalar().components() } else { 1 };
                Section { name, tuser, count, word, signed, padding, frac, order, components, component_bits }
            })
            .collect()
    }

    /// All ports, inputs first.
    pub fn ports(&self) -> Vec<Port> {
        let (input, output) = (Port::input, Port::output);
        let streams = self.streams();
        let keep = |port: Port| Some(port).filter(|_| streams.keep);
        let ports = [
            Some(input(port::CLOCK, 1)),
            Some(input(port::RESET, 1)),
            Some(input(port::INPUT_DATA, self.input_bits())),
            keep(input(port::INPUT_KEEP, streams.input.keep_bits())),
            Some(input(port::INPUT_VALID, 1)),
            Some(input(port::INPUT_LAST, 1)),
            Some(input(port::OUTPUT_READY, 1)),
            Some(output(port::INPUT_READY, 1)),
            Some(output(port::OUTPUT_DATA, self.output_bits())),
            keep(output(port::OUTPUT_KEEP, streams.output.keep_bits())),
            Some(output(port::OUTPUT_VALID, 1)),
            Some(output(port::OUTPUT_LAST, 1)),
            Some(output(port::OUTPUT_USER, streams.output.elements * USER_BITS)),
        ];
        let of_registers = match self.shape.front() {
            Front::Stream => vec![],
            Front::AxiLite => register_ports(),
        };
        ports.into_iter().flatten().chain(of_registers).collect()
    }
}
