//! A core between two AXI4-Streams as a rust_hdl block with typed ports.

use super::{DesignBlock, RustHdlError};
use crate::check::Checked;
use crate::export::File;
use crate::ir::Design;
use rust_hdl::prelude::*;

/// An SVD core whose input beats have `INPUT` bits and whose output beats have `OUTPUT` bits
/// ([`Shape::input_bits`](crate::shape::Shape::input_bits) and `output_bits`).
///
/// The fields are rust_hdl's own signals, so that a firmware's `#[hdl_gen]` code drives and reads them:
/// `self.core.s_axis_tvalid.next = self.valid.val();`. `aresetn` is asserted while false.
#[derive(LogicBlock)]
pub struct StreamBlock<const INPUT: usize, const OUTPUT: usize> {
    /// The clock; everything happens at its rising edge.
    pub aclk: Signal<In, Clock>,
    /// The synchronous reset, asserted while false.
    pub aresetn: Signal<In, Bit>,
    /// A matrix element.
    pub s_axis_tdata: Signal<In, Bits<INPUT>>,
    /// Whether there is one.
    pub s_axis_tvalid: Signal<In, Bit>,
    /// Whether it is the last one of its matrix.
    pub s_axis_tlast: Signal<In, Bit>,
    /// Whether the core takes it.
    pub s_axis_tready: Signal<Out, Bit>,
    /// A word of the result.
    pub m_axis_tdata: Signal<Out, Bits<OUTPUT>>,
    /// Whether there is one.
    pub m_axis_tvalid: Signal<Out, Bit>,
    /// Whether it is the last one of its frame.
    pub m_axis_tlast: Signal<Out, Bit>,
    /// Its section of the frame.
    pub m_axis_tuser: Signal<Out, Bits<2>>,
    /// Whether the sink takes it.
    pub m_axis_tready: Signal<In, Bit>,
    design: DesignBlock,
    /// Exported Verilog, or nothing. (The derived block passes over fields with an underscore.)
    _text: String,
}

impl<const INPUT: usize, const OUTPUT: usize> StreamBlock<INPUT, OUTPUT> {
    /// The block of a core whose ports have these widths.
    ///
    /// `files` are those of [`verilog`](crate::export::verilog::verilog), or none: of several instances of one core, one is to
    /// carry them. Without them the Verilog that rust_hdl generates names the core without containing it.
    pub fn new(design: &Checked<Design>, files: &[File]) -> Result<Self, RustHdlError> {
        let design = DesignBlock::new(design);
        let module = || design.name().to_owned();
        let inputs = [("s_axis_tdata", INPUT), ("s_axis_tvalid", 1), ("s_axis_tlast", 1), ("m_axis_tready", 1)];
        let outputs = [
            ("s_axis_tready", 1),
            ("m_axis_tdata", OUTPUT),
            ("m_axis_tvalid", 1),
            ("m_axis_tlast", 1),
            ("m_axis_tuser", 2),
        ];
        let found = inputs.iter().map(|(port, _)| design.input(port));
        let found = found.chain(outputs.iter().map(|(port, _)| design.output(port)));
        for (vector, &(port, expected)) in found.zip(inputs.iter().chain(&outputs)) {
            let found = vector?.bits();
            if found != expected {
                return Err(RustHdlError::Width { module: module(), port: port.to_owned(), found, expected });
            }
        }
        if let Some(port) = design.input_names().find(|name| inputs.iter().all(|(port, _)| port != name)) {
            return Err(RustHdlError::OtherPort { module: module(), port: port.to_owned() });
        }
        Ok(Self {
            aclk: Signal::default(),
            aresetn: Signal::default(),
            s_axis_tdata: Signal::default(),
            s_axis_tvalid: Signal::default(),
            s_axis_tlast: Signal::default(),
            s_axis_tready: Signal::default(),
            m_axis_tdata: Signal::default(),
            m_axis_tvalid: Signal::default(),
            m_axis_tlast: Signal::default(),
            m_axis_tuser: Signal::default(),
            m_axis_tready: Signal::default(),
            design,
            _text: DesignBlock::text_of(files),
        })
    }

    fn drive(&mut self, port: &str, bits: u128) {
        self.design.input_mut(port).expect(CHECKED).drive(bits);
    }

    fn read(&self, port: &str) -> u128 {
        self.design.output(port).expect(CHECKED).val()
    }
}

const CHECKED: &str = "The ports were compared when the block was made.";

impl<const INPUT: usize, const OUTPUT: usize> Logic for StreamBlock<INPUT, OUTPUT> {
    fn update(&mut self) {
        self.design.aclk.next = self.aclk.val();
        self.design.aresetn.next = self.aresetn.val();
        self.drive("s_axis_tdata", self.s_axis_tdata.val().to_u128());
        self.drive("s_axis_tvalid", self.s_axis_tvalid.val().into());
        self.drive("s_axis_tlast", self.s_axis_tlast.val().into());
        self.drive("m_axis_tready", self.m_axis_tready.val().into());
        self.s_axis_tready.next = self.read("s_axis_tready") == 1;
        self.m_axis_tdata.next = bits_from(self.read("m_axis_tdata"));
        self.m_axis_tvalid.next = self.read("m_axis_tvalid") == 1;
        self.m_axis_tlast.next = self.read("m_axis_tlast") == 1;
        self.m_axis_tuser.next = bits_from(self.read("m_axis_tuser"));
    }

    fn connect(&mut self) {
        self.s_axis_tready.connect();
        self.m_axis_tdata.connect();
        self.m_axis_tvalid.connect();
        self.m_axis_tlast.connect();
        self.m_axis_tuser.connect();
        self.design.aclk.connect();
        self.design.aresetn.connect();
        for port in ["s_axis_tdata", "s_axis_tvalid", "s_axis_tlast", "m_axis_tready"] {
            self.design.input_mut(port).expect(CHECKED).connect();
        }
    }

    fn hdl(&self) -> Verilog {
        Verilog::Blackbox(BlackBox { name: self.design.name().to_owned(), code: self._text.clone() })
    }
}

/// Bit by bit, since rust_hdl makes wide `Bits` from literals of 64 bits only.
fn bits_from<const N: usize>(bits: u128) -> Bits<N> {
    (0..N).fold(Bits::default(), |made, index| made.replace_bit(index, bits >> index & 1 == 1))
}
