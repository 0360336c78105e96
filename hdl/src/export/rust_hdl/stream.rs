//! A core with AXI4-Stream ports as a rust_hdl block with typed ports.

use super::{DesignBlock, RustHdlError};
use crate::check::Checked;
use crate::export::File;
use crate::interface::{USER_BITS, port};
use crate::ir::Design;
use rust_hdl::prelude::*;

/// An SVD core with input beats of `INPUT` bits and output beats of `OUTPUT` bits. These are `input_bits` and
/// `output_bits` of [`Shape::interface`](crate::shape::Shape::interface).
///
/// The fields are signals of rust_hdl, so that `#[hdl_gen]` code of a firmware can drive and read them:
/// `self.core.s_axis_tvalid.next = self.valid.val();`.
#[derive(LogicBlock)]
pub struct StreamBlock<const INPUT: usize, const OUTPUT: usize> {
    /// The clock. Registers take their values at its rising edge.
    pub aclk: Signal<In, Clock>,
    /// The synchronous reset, active low.
    pub aresetn: Signal<In, Bit>,
    /// An element of the matrix.
    pub s_axis_tdata: Signal<In, Bits<INPUT>>,
    /// Whether the input beat is valid.
    pub s_axis_tvalid: Signal<In, Bit>,
    /// Whether the input beat is the last one of its frame.
    pub s_axis_tlast: Signal<In, Bit>,
    /// Whether the core accepts the input beat.
    pub s_axis_tready: Signal<Out, Bit>,
    /// A word of the result.
    pub m_axis_tdata: Signal<Out, Bits<OUTPUT>>,
    /// Whether the output beat is valid.
    pub m_axis_tvalid: Signal<Out, Bit>,
    /// Whether the output beat is the last one of its frame.
    pub m_axis_tlast: Signal<Out, Bit>,
    /// The section of the frame to which the output beat belongs.
    pub m_axis_tuser: Signal<Out, Bits<2>>,
    /// Whether the sink accepts the output beat.
    pub m_axis_tready: Signal<In, Bit>,
    design: DesignBlock,
    /// The exported Verilog, or nothing. The underscore makes `LogicBlock` skip this field.
    _text: String,
}

impl<const INPUT: usize, const OUTPUT: usize> StreamBlock<INPUT, OUTPUT> {
    /// The block of a core.
    ///
    /// `files` are those of [`verilog`](crate::export::verilog::verilog), or none. Without them, the Verilog that
    /// rust_hdl generates refers to the core without containing its text. If a core has several instances, give the
    /// files to only one of them.
    ///
    /// # Errors
    ///
    /// If a port is missing, if its width is not that of the type, or if there is an input port beside the streams.
    pub fn new(design: &Checked<Design>, files: &[File]) -> Result<Self, RustHdlError> {
        let design = DesignBlock::new(design);
        let module = || design.name().to_owned();
        let inputs =
            [(port::INPUT_DATA, INPUT), (port::INPUT_VALID, 1), (port::INPUT_LAST, 1), (port::OUTPUT_READY, 1)];
        let outputs = [
            (port::INPUT_READY, 1),
            (port::OUTPUT_DATA, OUTPUT),
            (port::OUTPUT_VALID, 1),
            (port::OUTPUT_LAST, 1),
            (port::OUTPUT_USER, USER_BITS as usize),
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

const CHECKED: &str = "The constructor has checked that all ports exist.";

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

/// A pattern as rust_hdl `Bits`. It is assembled bit by bit, since rust_hdl converts only integers of up to 64 bits to
/// `Bits`.
fn bits_from<const N: usize>(bits: u128) -> Bits<N> {
    (0..N).fold(Bits::default(), |made, index| made.replace_bit(index, bits >> index & 1 == 1))
}
