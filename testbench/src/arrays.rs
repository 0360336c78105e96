//! The results of several matrices of one size as arrays, with the matrix as their first dimension.

use crate::framing::{Frame, FrameError, Quantised};
use crate::run::{Cycles, RunError};
use crate::stimulus::Trace;
use svdforge_hdl::fixed::scaled;
use svdforge_hdl::interface::{STATUS_FIELDS, Section, Status, section};
use svdforge_hdl::shape::Shape;

/// The part of a result that an array belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The decomposition at true scale.
    Result,
    /// The integers that left the core.
    Raw,
    /// The status word and its fields.
    Status,
    /// Clock cycles.
    Cycles,
}

impl Group {
    /// Its name, which stands before the names of its arrays in the names of files. That of [`Group::Result`] is empty.
    pub fn name(self) -> &'static str {
        match self {
            Self::Result => "",
            Self::Raw => "raw",
            Self::Status => "status",
            Self::Cycles => "cycles",
        }
    }
}

/// The elements of an array, the last index first.
#[derive(Clone, Debug, PartialEq)]
pub enum Elements {
    /// Real numbers.
    Real(Vec<f64>),
    /// Complex numbers: the real part of each, followed by the imaginary part.
    Complex(Vec<f64>),
    /// Integers.
    Integers(Vec<i64>),
    /// Yes or no.
    Flags(Vec<bool>),
}

/// An array. Its first index counts the matrices.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// What it is part of.
    pub group: Group,
    /// Its name in the group.
    pub name: &'static str,
    /// Its dimensions.
    pub dimensions: Vec<usize>,
    /// Its elements.
    pub elements: Elements,
}

impl Array {
    /// The name for a file: that of the array, after that of its group.
    pub fn file_name(&self) -> String {
        match self.group.name() {
            "" => format!("{}.npy", self.name),
            group => format!("{group}_{}.npy", self.name),
        }
    }

    /// The array in the numpy file format, version 1.0.
    pub fn npy(&self) -> Vec<u8> {
        let (descr, data): (_, Vec<u8>) = match &self.elements {
            Elements::Real(values) => ("<f8", values.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Elements::Complex(values) => ("<c16", values.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Elements::Integers(values) => ("<i8", values.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Elements::Flags(values) => ("|b1", values.iter().map(|&v| v.into()).collect()),
        };
        let dimensions: String = self.dimensions.iter().map(|n| format!("{n}, ")).collect();
        let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({}), }}", dimensions.trim_end());
        // The data begins at a multiple of 64 bytes. Ten bytes stand before the header, and a line feed ends it.
        let padded = (10 + header.len() + 1).next_multiple_of(64) - 11;
        let length = (padded + 1) as u16;
        let mut bytes = [&b"\x93NUMPY\x01\x00"[..], &length.to_le_bytes()].concat();
        bytes.extend(format!("{header:padded$}\n").into_bytes());
        bytes.extend(data);
        bytes
    }
}

/// Collects the results of matrices of one size.
pub struct ResultArrays {
    shape: Shape,
    size: (usize, usize),
    sections: Vec<(Section, Vec<i64>, Vec<f64>)>,
    exponents: Vec<i64>,
    lsb: Vec<f64>,
    statuses: Vec<Status>,
    cycles: Vec<Cycles>,
}

impl ResultArrays {
    /// No results yet, of matrices of `size` (rows, columns).
    pub fn new(shape: &Shape, size: (usize, usize)) -> Self {
        let sections = shape.interface().sections_of(size).into_iter().skip(1);
        Self {
            shape: *shape,
            size,
            sections: sections.map(|section| (section, Vec::new(), Vec::new())).collect(),
            exponents: Vec::new(),
            lsb: Vec::new(),
            statuses: Vec::new(),
            cycles: Vec::new(),
        }
    }

    /// Adds the result of a matrix from the trace of a run in which it was the only frame.
    ///
    /// # Errors
    ///
    /// The trace is not the answer to a matrix of this size, or the core has refused the frame.
    pub fn push(&mut self, input: &Quantised, trace: &Trace) -> Result<(), RunError> {
        let broken = |message: &str| RunError::from(FrameError { beat: 0, message: message.to_owned() });
        let Frame { status, sections } = Frame::of(&self.shape, self.size, &trace.output)?;
        if status.bad_frame() || status.watchdog() {
            return Err(broken("the core has refused the frame, or given it up"));
        }
        self.cycles.push(Cycles::of(trace).ok_or_else(|| broken("the trace is empty"))?);
        let exponent = input.exponent + status.block_exponent();
        for ((section, raw, values), found) in self.sections.iter_mut().zip(sections) {
            let exponent = if section.tuser == section::SIGMA { exponent } else { 0 };
            values.extend(found.values().map(|value| scaled(value, exponent)));
            raw.extend(found.units);
        }
        self.exponents.push(input.exponent.into());
        self.lsb.push(input.lsb(&self.shape));
        self.statuses.push(status);
        Ok(())
    }

    /// All results. Which arrays there are depends on the core only, not on the matrices.
    pub fn finish(self) -> Vec<Array> {
        let Self { shape, size, sections, exponents, lsb, statuses, cycles } = self;
        let (count, rank) = (statuses.len(), shape.rank_of(size));
        let of_matrices = |group, name, elements| Array { group, name, dimensions: vec![count], elements };
        let mut arrays = Vec::new();
        for (section, raw, values) in sections {
            let mut dimensions = vec![count];
            let is_complex = shape.complex() && section.tuser != section::SIGMA;
            if section.tuser != section::SIGMA {
                dimensions.push(section.count / rank);
            }
            dimensions.push(rank);
            let elements = if is_complex { Elements::Complex(values) } else { Elements::Real(values) };
            arrays.push(Array { group: Group::Result, name: section.name, dimensions: dimensions.clone(), elements });
            // Integers of complex numbers have the component as their last index.
            dimensions.extend(is_complex.then_some(2));
            arrays.push(Array { group: Group::Raw, name: section.name, dimensions, elements: Elements::Integers(raw) });
        }
        arrays.push(of_matrices(Group::Result, "input_exponent", Elements::Integers(exponents)));
        arrays.push(of_matrices(Group::Result, "lsb", Elements::Real(lsb)));
        let words = statuses.iter().map(|status| status.bits() as i64).collect();
        arrays.push(of_matrices(Group::Status, "word", Elements::Integers(words)));
        for field in &STATUS_FIELDS {
            let values = statuses.iter().map(|status| status.value(field));
            let elements = if field.is_flag() {
                Elements::Flags(values.map(|value| value != 0).collect())
            } else {
                Elements::Integers(values.collect())
            };
            arrays.push(of_matrices(Group::Status, field.name, elements));
        }
        for (number, (name, _)) in Cycles::default().parts().into_iter().enumerate() {
            let values = cycles.iter().map(|cycles| cycles.parts()[number].1 as i64).collect();
            arrays.push(of_matrices(Group::Cycles, name, Elements::Integers(values)));
        }
        arrays
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::SimulatorEngine;
    use crate::framing::{InputScale, quantise};
    use crate::run::{CoreRun, run};
    use crate::samples::example_matrix;
    use nalgebra::DMatrix;
    use svdforge_golden::Family;
    use svdforge_golden::reader::parse_matrix;
    use svdforge_hdl::core::Core;
    use svdforge_hdl::parameters::Parameters;

    /// The arrays hold the numbers of the decompositions, and a file holds the numbers of its array.
    #[test]
    fn arrays_hold_what_decompositions_hold() {
        let core = Core::new(Parameters { rows: 3, cols: 2, ..Parameters::default() }.shape().unwrap());
        let shape = core.shape();
        let mut engine = SimulatorEngine::new(&core).unwrap();
        let mut arrays = ResultArrays::new(shape, (3, 2));
        let (mut sigma, mut u, mut sweeps) = (Vec::new(), Vec::new(), Vec::new());
        for seed in 0..4 {
            let matrix: DMatrix<f64> = example_matrix(shape, Family::Uniform, seed) * 3.0;
            let input = quantise(shape, &matrix, InputScale::Auto).unwrap();
            let CoreRun::<f64> { decomposition, trace } = run(shape, &mut engine, &input).unwrap();
            arrays.push(&input, &trace).unwrap();
            sigma.extend(decomposition.true_sigma(&input));
            u.extend(decomposition.u.unwrap().transpose().iter().copied());
            sweeps.push(i64::from(decomposition.status.sweeps()));
        }
        let arrays = arrays.finish();
        let find =
            |name: &str| arrays.iter().find(|array| array.file_name() == name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(find("sigma.npy").dimensions, [4, 2]);
        assert_eq!(find("sigma.npy").elements, Elements::Real(sigma.clone()));
        assert_eq!(find("u.npy").dimensions, [4, 3, 2]);
        assert_eq!(find("u.npy").elements, Elements::Real(u.clone()));
        assert_eq!(find("status_sweeps.npy").elements, Elements::Integers(sweeps));
        assert_eq!(find("status_overflow.npy").elements, Elements::Flags(vec![false; 4]));
        let Elements::Integers(raw) = &find("raw_u.npy").elements else { panic!("raw numbers are integers") };
        let unit = (f64::from(shape.vector_fraction())).exp2();
        assert!(raw.iter().zip(&u).all(|(&raw, u)| raw as f64 == u * unit));
        let file = parse_matrix("sigma.npy", &find("sigma.npy").npy()).unwrap();
        assert_eq!(file.matrix.transpose().as_slice(), sigma);
        assert_eq!(find("sigma.npy").npy().len() % 64, 0);
    }
}
