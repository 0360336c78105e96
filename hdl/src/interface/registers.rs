//! The registers of a core with `--front axi-lite`: what they are called, where they are, and what they hold.
//!
//! The hardware, `core.json`, the datasheet, the C header and every wrapper are made from this table.

use super::{Interface, STATUS_FIELDS};
use crate::parameters::{Front, Scaling};
use serde::Serialize;

/// Bits of the byte address of a register.
pub const ADDRESS_BITS: u32 = 8;
/// Bits of a register.
pub const REGISTER_BITS: u32 = 32;
/// What the register `ID` holds: the letters `SVDF`, the first one in the high bits.
pub const IDENTITY: u32 = 0x5356_4446;

/// How software can access a register or a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// It can be read. What is written is ignored.
    ReadOnly,
    /// It keeps what is written.
    ReadWrite,
    /// It reads as 0. A 1 that is written does something.
    WriteOneToAct,
    /// The core sets its bits. A 1 that is written clears one.
    WriteOneToClear,
}

/// A field of a register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegisterField {
    /// Its name, in lower case.
    pub name: String,
    /// Highest and lowest bit.
    pub bits: [u32; 2],
    /// How software can access it.
    pub access: Access,
    /// Its value after a reset, in units of its lowest bit.
    pub reset: u32,
    /// What it says.
    pub description: String,
}

/// A register of 32 bits. Bits without a field read as 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Register {
    /// Its name, in lower case.
    pub name: &'static str,
    /// Its address in bytes.
    pub offset: u32,
    /// How software can access it.
    pub access: Access,
    /// Its value after a reset.
    pub reset: u32,
    /// Whether its value changes by itself.
    pub volatile: bool,
    /// What it holds.
    pub description: &'static str,
    /// Its fields, lowest bits first.
    pub fields: Vec<RegisterField>,
}

/// Events that can raise the interrupt: name, and what happened. Each is one bit of the interrupt registers, from bit 0
/// on.
pub const EVENTS: [(&str, &str); 5] = [
    ("frame_done", "the sink has taken the last beat of a result"),
    ("bad_frame", "a result was a status word alone, since its input frame was bad"),
    ("overflow", "the status word of a result says that an internal value left its range"),
    ("cap_reached", "the status word of a result says that the sweep cap was reached"),
    ("watchdog", "the core has given up a frame and started anew"),
];

/// Counters: name, and what they count. They wrap around, and `control.clear` sets them to 0.
pub const COUNTERS: [(&str, &str); 8] = [
    ("frames", "results whose last beat was taken, bad frames included"),
    ("bad_frames", "results that were a status word alone, since the input frame was bad"),
    ("overflows", "results whose status word says that an internal value left its range"),
    ("caps_reached", "results whose status word says that the sweep cap was reached"),
    ("sweeps", "the sum of the sweeps of all results"),
    ("cycles", "clock cycles"),
    ("busy_cycles", "clock cycles in which part of a frame was in the core"),
    ("given_up", "frames that the core has given up"),
];

impl RegisterField {
    /// Its width in bits.
    pub fn width(&self) -> u32 {
        self.bits[0] - self.bits[1] + 1
    }

    /// The bits of the register that it covers.
    pub fn mask(&self) -> u32 {
        (u32::MAX >> (REGISTER_BITS - self.width())) << self.bits[1]
    }
}

impl Register {
    /// The field with this name.
    ///
    /// # Panics
    ///
    /// If there is none: names are written in the program, not by users.
    pub fn field(&self, name: &str) -> &RegisterField {
        let field = self.fields.iter().find(|field| field.name == name);
        field.unwrap_or_else(|| panic!("The register `{}` has no field `{name}`.", self.name))
    }

    fn new(offset: u32, name: &'static str, access: Access, description: &'static str) -> Self {
        Self { name, offset, access, reset: 0, volatile: false, description, fields: vec![] }
    }

    /// The same register, whose value changes by itself.
    fn changing(self) -> Self {
        Self { volatile: true, ..self }
    }

    /// Adds a field above those that are there, beginning at bit `low`.
    fn with(mut self, name: &str, low: u32, width: u32, reset: u32, description: &str) -> Self {
        let field = RegisterField {
            name: name.to_owned(),
            bits: [low + width - 1, low],
            access: self.access,
            reset,
            description: description.to_owned(),
        };
        assert!(reset & !(field.mask() >> low) == 0, "The reset value of `{}.{name}` fits its bits.", self.name);
        self.reset |= reset << low;
        self.fields.push(field);
        self
    }
}

impl Interface<'_> {
    /// The registers, in the order of their addresses. There are none with `--front stream`.
    pub fn registers(&self) -> Vec<Register> {
        match self.shape.front() {
            Front::Stream => vec![],
            Front::AxiLite => [self.identity(), self.control(), counters()].concat(),
        }
    }

    /// Registers that never change: what the core is.
    fn identity(&self) -> Vec<Register> {
        let (shape, streams) = (self.shape, self.streams());
        let constant = |offset, name, description| Register::new(offset, name, Access::ReadOnly, description);
        let [major, minor, patch] = version();
        let flag = |on: bool| u32::from(on);
        vec![
            constant(0x00, "id", "Says that this is a core of svdforge").with(
                "letters",
                0,
                32,
                IDENTITY,
                "the letters SVDF in ASCII, the first one in the high bits",
            ),
            constant(0x04, "version", "The version of svdforge that made the core")
                .with("patch", 0, 8, patch, "third number of the version")
                .with("minor", 8, 8, minor, "second number")
                .with("major", 16, 8, major, "first number"),
            constant(0x08, "size", "The size of the largest matrix")
                .with("cols", 0, 8, shape.cols() as u32, "columns")
                .with("rows", 8, 24, shape.rows() as u32, "rows"),
            constant(0x0c, "element", "The format of an input element, two's complement")
                .with("word", 0, 8, shape.word(), "bits")
                .with("frac", 8, 8, shape.frac(), "fraction bits")
                .with("guard", 16, 8, shape.guard(), "guard bits: the fraction of the result is longer by them"),
            constant(0x10, "result", "The formats of a result")
                .with("value_bits", 0, 8, shape.sigma_bits(), "bits of a singular value or an eigenvalue")
                .with("value_frac", 8, 8, shape.sigma_fraction(), "its fraction bits")
                .with("vector_bits", 16, 8, shape.vector_bits(), "bits of an element of U or V")
                .with("vector_frac", 24, 8, shape.vector_fraction(), "its fraction bits"),
            constant(0x14, "streams", "How elements are laid out on the streams")
                .with("input_elements", 0, 8, streams.input.elements, "elements in one beat of the input")
                .with("input_bytes", 8, 8, streams.input.element_bytes, "bytes of one element of the input")
                .with("output_elements", 16, 8, streams.output.elements, "elements in one beat of the output")
                .with("output_bytes", 24, 8, streams.output.element_bytes, "bytes of one element of the output"),
            constant(0x18, "options", "What the core computes")
                .with("has_u", 0, 1, flag(shape.has_u()), "U leaves the core")
                .with("has_v", 1, 1, flag(shape.has_v()), "V, or the eigenvectors, leave the core")
                .with("symmetric", 2, 1, flag(shape.symmetric()), "eigen-decomposition of symmetric matrices")
                .with("any_size", 3, 1, flag(shape.takes_any()), "matrices of every size up to the largest are taken")
                .with("scaling", 4, 1, flag(shape.scaling() == Scaling::Auto), "each matrix is shifted to full scale")
                .with("rank", 8, 8, shape.rank() as u32, "most singular triplets that leave the core")
                .with("sweep_cap", 16, 8, shape.sweep_cap(), "most sweeps"),
        ]
    }

    /// Registers through which software steers the core and learns what happened.
    fn control(&self) -> Vec<Register> {
        let shape = self.shape;
        let mut control = Register::new(0x1c, "control", Access::ReadWrite, "Steers the core").with(
            "clear",
            0,
            1,
            0,
            "a 1 sets all counters to 0",
        );
        control.fields[0].access = Access::WriteOneToAct;
        if shape.takes_any() {
            control = control.with(
                "size_from_register",
                1,
                1,
                0,
                "1: the register frame_size tells the size of a matrix, and frames begin with the matrix; \
                 0: frames begin with its rows and columns; write it only while state.busy is 0",
            );
        }
        let mut registers = vec![control];
        if shape.takes_any() {
            registers.push(
                Register::new(
                    0x20,
                    "frame_size",
                    Access::ReadWrite,
                    "The size of a matrix with control.size_from_register; write it only while state.busy is 0",
                )
                .with("cols", 0, 8, shape.cols() as u32, "columns")
                .with("rows", 8, 24, shape.rows() as u32, "rows"),
            );
        }
        registers.push(
            Register::new(0x24, "state", Access::ReadOnly, "What the core is doing")
                .changing()
                .with("busy", 0, 1, 0, "part of a frame is in the core")
                .with("frames_inside", 8, 8, 0, "frames that have been taken whole and not yet answered"),
        );
        let last =
            Register::new(0x28, "last_status", Access::ReadOnly, "The status word of the result that left last, whole")
                .changing();
        registers.push(
            STATUS_FIELDS.iter().fold(last, |register, field| {
                register.with(field.name, field.bits[1], field.width(), 0, field.meaning)
            }),
        );
        let events = |register: Register| {
            (0..).zip(EVENTS).fold(register, |register, (bit, (name, what))| register.with(name, bit, 1, 0, what))
        };
        registers.extend([
            events(Register::new(
                0x2c,
                "interrupt_enable",
                Access::ReadWrite,
                "Which events raise the interrupt while they are set in interrupt_status",
            )),
            events(Register::new(
                0x30,
                "interrupt_status",
                Access::WriteOneToClear,
                "Events since they were cleared; a 1 that is written clears an event",
            ))
            .changing(),
        ]);
        registers
    }
}

fn counters() -> Vec<Register> {
    let counter = |(index, (name, what)): (u32, (&'static str, &'static str))| {
        Register::new(0x40 + 4 * index, name, Access::ReadOnly, what).with("count", 0, 32, 0, "modulo 2^32").changing()
    };
    (0..).zip(COUNTERS).map(counter).collect()
}

/// The numbers of the version.
fn version() -> [u32; 3] {
    let mut numbers = env!("CARGO_PKG_VERSION").split('.').map(|number| number.parse().unwrap_or(0));
    std::array::from_fn(|_| numbers.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::{MOST_ROWS, Parameters, Sizes, Vectors};

    #[test]
    fn registers_and_fields_do_not_overlap() {
        let base = Parameters { front: Front::AxiLite, ..Parameters::default() };
        let shapes = [
            base,
            Parameters { sizes: Sizes::Any, ..base },
            Parameters { symmetric: true, ..base },
            Parameters { rows: MOST_ROWS, vectors: Vectors::None, ..base },
        ];
        for parameters in shapes {
            let registers = parameters.shape().unwrap().interface().registers();
            let mut offsets: Vec<u32> = registers.iter().map(|register| register.offset).collect();
            assert!(offsets.is_sorted() && offsets.iter().all(|o| o % 4 == 0 && *o < 1 << ADDRESS_BITS), "{offsets:?}");
            offsets.dedup();
            assert_eq!(offsets.len(), registers.len());
            for register in &registers {
                let mut covered = 0;
                for field in &register.fields {
                    assert_eq!(covered & field.mask(), 0, "{}.{}", register.name, field.name);
                    assert!(!field.description.is_empty() && field.bits[0] < REGISTER_BITS);
                    covered |= field.mask();
                }
                assert_eq!(register.reset & !covered, 0, "{}", register.name);
            }
        }
        assert!(Parameters::default().shape().unwrap().interface().registers().is_empty());
    }
}
