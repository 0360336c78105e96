//! How elements are laid out on the streams of a core.

use crate::parameters::{ELEMENT_BYTES, ParameterError, Parameters, error};

/// Bits of the status word, the narrowest word that every output stream carries.
pub const STATUS_BITS: u32 = 24;

/// The layout of both streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams {
    /// The input stream.
    pub input: BeatFormat,
    /// The output stream.
    pub output: BeatFormat,
    /// Whether both have `tkeep`. They do if an element is not the whole beat, or if its bytes were chosen.
    pub keep: bool,
}

/// The layout of the beats of one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BeatFormat {
    /// Elements in one beat, with element 0 in the low bits.
    pub elements: u32,
    /// Bytes of one element. A real number is extended to all of them. Of a complex number, the real part is extended
    /// to the lower half and the imaginary part to the upper half.
    pub element_bytes: u32,
}

/// What a stream carries: the bits of its widest number or component of a number, the components of a number, and the
/// numbers of a frame of the largest matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub bits: u32,
    pub components: u32,
    pub elements: usize,
}

impl Streams {
    /// The layout that the parameters ask for.
    ///
    /// # Errors
    ///
    /// If an element does not fit the bytes that were chosen, or if a beat has more elements than a frame.
    pub(crate) fn new(parameters: &Parameters, input: Content, output: Content) -> Result<Self, ParameterError> {
        let (beat_in, beat_out) = (parameters.elements_per_beat_in, parameters.elements_per_beat_out);
        Ok(Self {
            input: BeatFormat::new("elements-per-beat-in", beat_in, parameters.element_bytes, "input", input)?,
            output: BeatFormat::new("elements-per-beat-out", beat_out, parameters.element_bytes, "output", output)?,
            keep: parameters.element_bytes.is_some() || beat_in > 1 || beat_out > 1,
        })
    }
}

impl BeatFormat {
    fn new(
        option: &'static str,
        elements: u32,
        bytes: Option<u32>,
        side: &str,
        content: Content,
    ) -> Result<Self, ParameterError> {
        let needed = content.components * content.bits.div_ceil(8);
        let element_bytes = bytes.unwrap_or(needed);
        if element_bytes < needed {
            let reason = format!(
                "the widest number of the {side} stream has {} bits, so an element needs {needed} bytes at least; use {} or auto",
                content.bits,
                ELEMENT_BYTES.into_iter().find(|&bytes| bytes >= needed).expect("No number has more than 64 bits.")
            );
            return Err(error("element-bytes", element_bytes, reason));
        }
        if elements as usize > content.elements {
            let reason = format!("a frame of the {side} stream has only {} elements", content.elements);
            return Err(error(option, elements, reason));
        }
        Ok(Self { elements, element_bytes })
    }

    /// Bits of one element, 8 per byte.
    pub fn element_bits(self) -> u32 {
        8 * self.element_bytes
    }

    /// Bits of `tdata`.
    pub fn data_bits(self) -> u32 {
        self.elements * self.element_bits()
    }

    /// Bits of `tkeep`, one per byte.
    pub fn keep_bits(self) -> u32 {
        self.elements * self.element_bytes
    }

    /// Beats of a frame of `elements` elements.
    pub fn beats(self, elements: usize) -> usize {
        elements.div_ceil(self.elements as usize)
    }
}
