//! The run that comes with an exported core: the stimulus of its testbench.

use crate::samples::{example_size, quantised_of_size};
use crate::stimulus::{Stalls, Stimulus};
use svdforge_golden::Family;
use svdforge_hdl::parameters::Sizes;
use svdforge_hdl::shape::Shape;

/// The most elements of a matrix for which a run of five frames is still short.
const SHORT: usize = 1 << 14;

/// The most elements of a matrix that is in a run as a whole. A simulator of Verilog takes minutes for one of these.
const LONG: usize = 1 << 17;

/// A short run that shows what a core can do. Its frames are an ordinary matrix, a matrix whose singular values are all
/// equal, a frame that ends early, a zero matrix, and an ordinary matrix again. For large matrices only the last three
/// frames are used.
///
/// A whole frame of a very large matrix takes millions of cycles, which no testbench has time for. There a core that
/// takes any size gets short matrices, and a core of one size only frames that end early: they show the handshake and
/// the answer to a bad frame, and no singular values. The same core with fewer rows has an example with values.
pub fn example(shape: &Shape, stalls: Stalls) -> Stimulus {
    let frame = |family: Family, seed| {
        let size = match shape.elements() > LONG {
            true => (SHORT / shape.cols() - seed as usize, shape.cols()),
            false => example_size(shape, seed),
        };
        quantised_of_size(shape, size, family, seed).frame(shape)
    };
    let mut early = frame(Family::Gaussian, 1);
    early.truncate((shape.cols() + 1).min(early.len() - 1).max(1));
    early.iter_mut().last().expect("The shortened frame has at least one beat.").last = true;
    let frames = match shape.elements() {
        elements if elements > LONG && shape.sizes() == Sizes::Fixed => vec![early.clone(), early],
        elements if elements > SHORT => vec![early, frame(Family::Zero, 1), frame(Family::Uniform, 2)],
        _ => {
            let [first, equal, zero, last] =
                [(Family::Uniform, 1), (Family::Equal, 1), (Family::Zero, 1), (Family::Uniform, 2)]
                    .map(|(family, seed)| frame(family, seed));
            vec![first, equal, early, zero, last]
        }
    };
    Stimulus { stalls, ..Stimulus::new(frames.concat()) }
}

/// What is said of an example without a matrix of the largest size, as one sentence. `None` if it has one.
pub fn shortened(shape: &Shape) -> Option<String> {
    let (rows, cols, elements) = (shape.rows(), shape.cols(), shape.elements());
    let why = format!("since a whole one has {elements} elements and takes too long to simulate");
    (elements > LONG).then(|| match shape.sizes() {
        Sizes::Fixed => format!(
            "Every frame in the stimulus of the testbench ends early, {why}: its results are status words, without singular values."
        ),
        Sizes::Any => format!(
            "The stimulus of the testbench has no matrix of {rows} x {cols}, {why}: its matrices have fewer rows."
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use svdforge_hdl::parameters::{MOST_ROWS, Parameters, Vectors};

    /// The elements of the longest frame.
    fn longest(stimulus: &Stimulus) -> usize {
        let frames = stimulus.elements.split_inclusive(|element| element.last);
        frames.map(<[_]>::len).max().unwrap_or(0)
    }

    /// However long the frames of a core are, its example has a bounded number of elements.
    #[test]
    fn the_stimulus_of_a_huge_core_is_bounded() {
        let mut checked = 0;
        for (rows, cols) in [(8, 8), (2048, 8), (4096, 32), (MOST_ROWS, 1), (MOST_ROWS, 32)] {
            for sizes in [Sizes::Fixed, Sizes::Any] {
                let element_bytes = Some(8);
                let base = Parameters { rows, cols, sizes, element_bytes, ..Parameters::default() };
                let shape = Parameters { vectors: Vectors::None, ..base }.shape().expect("a core");
                let stimulus = example(&shape, Stalls::none());
                let most = match shape.elements() {
                    elements if elements > LONG => 4 * SHORT,
                    elements => 5 * (elements + 1).max(64),
                };
                assert!(stimulus.elements.len() <= most, "{rows} x {cols}: {}", stimulus.elements.len());
                assert!(stimulus.frames() >= 2);
                let has_whole = longest(&stimulus) == shape.elements();
                assert!(sizes == Sizes::Any || has_whole == shortened(&shape).is_none(), "{rows} x {cols}");
                assert_eq!(shortened(&shape).is_some(), shape.elements() > LONG, "{rows} x {cols}");
                checked += 1;
            }
        }
        assert_eq!(checked, 10);
    }
}
