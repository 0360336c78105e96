//! The frames of both streams in the datasheet.

use super::row;
use crate::formats::BeatFormat;
use crate::interface::USER_BITS;
use crate::parameters::Front;
use crate::shape::Shape;
use std::fmt::Write;

/// Appends what an input frame is.
pub(super) fn input_frame(text: &mut String, shape: &Shape) {
    let (streams, (rows, cols)) = (shape.streams(), (shape.rows(), shape.cols()));
    let any = shape.takes_any();
    *text += "\n## Input frame\n\n";
    if any {
        let _ = writeln!(
            text,
            "First two elements, the numbers of rows (1 to {rows}) and columns (1 to {cols}{}): unsigned integers in all their bits. Then the matrix.",
            if shape.symmetric() { ", as many as rows" } else { "" }
        );
        if shape.front() == Front::AxiLite {
            *text += "With `control.size_from_register` = 1 the frame is the matrix alone, and the register `frame_size` tells its size.\n";
        }
    }
    let count = if any { "Rows times columns".to_owned() } else { shape.elements().to_string() };
    let (word, frac, place) = (shape.word(), shape.frac(), if streams.keep { "the element" } else { "`tdata`" });
    let format = match shape.complex() {
        false => format!(
            "An element has {word} bits, signed, {frac} of them fraction; the core does not read the bits of {place} above them."
        ),
        true => format!(
            "An element is a complex number: of its {} bits, the low half is the real part, and the high half is the imaginary part. Each part has {word} bits, signed, {frac} of them fraction, in the low bits of its half; the core does not read the bits above them.",
            streams.input.element_bits()
        ),
    };
    let _ = writeln!(
        text,
        "{count} elements, row by row, {}, `tlast` on the last. {format}",
        per_beat(streams.input, streams.keep)
    );
    if streams.keep {
        *text += "`tkeep` is all ones, except that it has zeros in the last beat of a frame for the bytes after the last element. A frame with any other `tkeep` is bad.\n";
    }
    let _ = writeln!(
        text,
        "A frame whose `tlast` comes early or late{} is answered by its status word alone, and the next frame is taken as usual.\n\
         `s_axis_tready` is high while the core can take a frame: also while the result before it is still leaving.",
        if any { ", or whose size the core does not take," } else { "" }
    );
    if streams.keep {
        *text += "Up to two beats of the next frame are taken even while a matrix is decomposed.\n";
    }
}

/// Appends what an output frame is, with a table of its sections.
pub(super) fn output_frame(text: &mut String, shape: &Shape) {
    let streams = shape.streams();
    *text += "\n## Output frame\n\n";
    if streams.keep {
        let _ = writeln!(
            text,
            "The stream has {}. The sections follow each other without a gap, so that memory behind a DMA holds them as one array; only the last beat of a frame may be partial. \
             `tuser` has {USER_BITS} bits for each element, those of element 0 in the low bits. Elements that `tkeep` excludes have 0 in `tdata` and `tuser`.\n",
            per_beat(streams.output, true)
        );
    }
    *text += "| tuser | section | elements | bits | fraction bits | bits above them | order |\n|---|---|---|---|---|---|---|\n";
    for s in shape.interface().sections() {
        let [tuser, count, word, frac] =
            [s.tuser.into(), s.count, s.word as usize, s.frac as usize].map(|n| n.to_string());
        let word = if s.components > 1 { format!("{} x {word}", s.components) } else { word };
        row(text, &[&tuser, s.name, &count, &word, &frac, s.padding, s.order]);
    }
    if shape.complex() {
        let _ = writeln!(
            text,
            "\nElements of vectors are complex: of their {} bits, the low half is the real part, and the high half is the imaginary part. Values are in the low half, and the high half is 0.",
            streams.output.element_bits()
        );
    }
}

/// How many elements a beat has, in words.
fn per_beat(format: BeatFormat, keep: bool) -> String {
    match (format.elements, keep) {
        (1, false) => "one per beat".to_owned(),
        (1, true) => format!("one of {} bytes per beat", format.element_bytes),
        (count, _) => {
            format!("{count} elements of {} bytes per beat, the first in the low bits", format.element_bytes)
        }
    }
}
