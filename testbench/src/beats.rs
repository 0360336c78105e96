//! Beats as text: `tdata`, `tkeep` and `tuser` as hexadecimal numbers with all their digits.
//!
//! The data files of the exported testbench and `simulate --beats` are made of them.

use crate::framing::{Frame, FrameError, InputElement, OutputElement, Quantised, output_beats};
use crate::stimulus::{Stimulus, Trace};
use serde::Serialize;
use std::iter::repeat_n;
use svdforge_hdl::formats::{BeatFormat, Streams};
use svdforge_hdl::interface::USER_BITS;
use svdforge_hdl::shape::Shape;

/// A beat of one of the two streams.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Beat {
    /// `tdata`.
    pub tdata: String,
    /// `tkeep`, if the stream has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tkeep: Option<String>,
    /// `tuser`, on the output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tuser: Option<String>,
    /// `tlast`.
    pub tlast: bool,
}

impl Beat {
    /// A beat of these input elements. `filler` is the digit for the places of a beat that have no element.
    pub fn of_input(streams: &Streams, elements: &[InputElement], filler: char) -> Self {
        let data: Vec<u64> = elements.iter().map(|element| element.data as u64).collect();
        let kept: Vec<bool> = elements.iter().map(|element| element.kept).collect();
        Self {
            tdata: digits_of_data(streams.input, &data, filler),
            tkeep: streams.keep.then(|| digits_of_keep(streams.input, &kept)),
            tuser: None,
            tlast: elements.iter().any(|element| element.last),
        }
    }

    /// A beat of these output elements.
    pub fn of_output(streams: &Streams, elements: &[OutputElement]) -> Self {
        let data: Vec<u64> = elements.iter().map(|element| element.data).collect();
        let user = elements.iter().rev().fold(0, |users, element| users << USER_BITS | u32::from(element.user));
        let digits = (streams.output.elements * USER_BITS).div_ceil(4) as usize;
        Self {
            tdata: digits_of_data(streams.output, &data, '0'),
            tkeep: streams.keep.then(|| digits_of_keep(streams.output, &vec![true; elements.len()])),
            tuser: Some(format!("{user:0digits$x}")),
            tlast: elements.iter().any(|element| element.last),
        }
    }

    /// `tdata` with the digits of `tkeep` before it.
    pub fn payload(&self) -> String {
        self.tkeep.as_deref().unwrap_or_default().to_owned() + &self.tdata
    }
}

fn digits_of_data(format: BeatFormat, elements: &[u64], filler: char) -> String {
    let digits = format.element_bits() as usize / 4;
    let element = |number: usize| match elements.get(number) {
        Some(data) => format!("{:0digits$x}", data & (u64::MAX >> (64 - format.element_bits()))),
        None => repeat_n(filler, digits).collect(),
    };
    (0..format.elements as usize).rev().map(element).collect()
}

fn digits_of_keep(format: BeatFormat, kept: &[bool]) -> String {
    let is_kept = |number: usize| kept.get(number).copied().unwrap_or(false);
    let bytes = (0..format.elements as usize).map(|number| (is_kept(number), format.element_bytes as usize));
    let bits: Vec<bool> = bytes.flat_map(|(kept, bytes)| repeat_n(kept, bytes)).collect();
    let digit = |bits: &[bool]| bits.iter().rev().fold(0, |digit, &bit| digit << 1 | u32::from(bit));
    bits.chunks(4).rev().map(|bits| char::from_digit(digit(bits), 16).expect("Four bits are a digit.")).collect()
}

/// What a core takes and gives for one matrix, as integers and as beats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MatrixBeats {
    /// Name of the matrix.
    pub matrix: String,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub cols: usize,
    /// True element = integer / 2^frac times 2^input_exponent.
    pub input_exponent: i32,
    /// The elements of the matrix in units of their last bit, by rows; of complex ones the components one after the
    /// other.
    pub integers: Vec<Vec<i64>>,
    /// The beats of the input frame.
    pub input: Vec<Beat>,
    /// The sections of the output frame in units of their last bit.
    pub sections: Vec<SectionIntegers>,
    /// The beats of the output frame.
    pub output: Vec<Beat>,
}

/// A section of an output frame as integers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SectionIntegers {
    /// Its name.
    pub name: &'static str,
    /// Fraction bits of each number.
    pub frac: u32,
    /// The numbers in the order of the stream; of complex ones the components one after the other.
    pub values: Vec<i64>,
}

impl MatrixBeats {
    /// The beats of a run of one matrix.
    ///
    /// # Errors
    ///
    /// If the output frame is not laid out as the core promises.
    pub fn new(shape: &Shape, name: &str, input: &Quantised, trace: &Trace) -> Result<Self, FrameError> {
        let streams = shape.streams();
        let stimulus = Stimulus::new(input.frame(shape));
        let frame = Frame::of(shape, (input.rows, input.cols), &trace.output)?;
        let status = SectionIntegers { name: "status", frac: 0, values: vec![frame.status.bits() as i64] };
        let sections = frame.sections.into_iter().map(|section| SectionIntegers {
            name: section.section.name,
            frac: section.section.frac,
            values: section.units,
        });
        let input_beats = stimulus.beats(streams.input.elements);
        Ok(Self {
            matrix: name.to_owned(),
            rows: input.rows,
            cols: input.cols,
            input_exponent: input.exponent,
            integers: input.units.chunks(input.units.len() / input.rows).map(<[i64]>::to_vec).collect(),
            input: input_beats.map(|beat| Beat::of_input(streams, beat, '0')).collect(),
            sections: std::iter::once(status).chain(sections).collect(),
            output: output_beats(&trace.output).map(|beat| Beat::of_output(streams, beat)).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use svdforge_hdl::parameters::Parameters;

    #[test]
    fn elements_stand_from_the_low_digits_on() {
        let (elements_per_beat_in, elements_per_beat_out) = (4, 2);
        let parameters = Parameters { elements_per_beat_in, elements_per_beat_out, ..Parameters::default() };
        let shape = parameters.shape().unwrap();
        let elements = [-1, 2, 3].map(|data| InputElement::new(data, data == 3));
        let beat = Beat::of_input(shape.streams(), &elements, 'x');
        assert_eq!((beat.tdata.as_str(), beat.tkeep.as_deref()), ("xxxx00030002ffff", Some("3f")));
        assert!(beat.tlast && beat.tuser.is_none());
        assert_eq!(beat.payload(), "3fxxxx00030002ffff");

        let output = |cycle, data, user, last| OutputElement { cycle, data, user, last };
        let elements = [output(7, 0x123, 0, false), output(7, 5, 1, false), output(9, 6, 2, true)];
        let beats = output_beats(&elements).map(|beat| Beat::of_output(shape.streams(), beat));
        let text = beats.map(|b| (b.payload(), b.tuser.clone().unwrap(), b.tlast)).collect::<Vec<_>>();
        let beat = |payload: &str, user: &str, last| (payload.to_owned(), user.to_owned(), last);
        assert_eq!(text, [beat("3f000005000123", "4", false), beat("07000000000006", "2", true)]);
    }
}
