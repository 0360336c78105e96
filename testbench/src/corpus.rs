//! The corpus: runs that every engine must survive, as data in `testbench/corpus/*.toml`. A new engine inherits every
//! case.

use crate::framing::{InputElement, input_format};
use crate::samples::example_matrix;
use crate::scalar::pack;
use crate::stimulus::{Reset, Stalls, Stimulus};
use nalgebra::{Complex, DMatrix};
use serde::Deserialize;
use svdforge_golden::Family;
use svdforge_hdl::shape::Shape;

/// The files of the corpus: name and text.
pub const FILES: [(&str, &str); 5] = [
    ("matrices.toml", include_str!("../corpus/matrices.toml")),
    ("streams.toml", include_str!("../corpus/streams.toml")),
    ("bad_frames.toml", include_str!("../corpus/bad_frames.toml")),
    ("resets.toml", include_str!("../corpus/resets.toml")),
    ("keep.toml", include_str!("../corpus/keep.toml")),
];

/// A run: frames, and the rhythm in which they are offered and taken.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Says what is probed; unlike every other.
    pub name: String,
    /// In order.
    pub frames: Vec<CaseFrame>,
    /// Source and sink, one word per cycle.
    #[serde(default)]
    pattern: Vec<String>,
    /// Stalls at random instead.
    random: Option<RandomStalls>,
    /// Resets during the run.
    #[serde(default)]
    resets: Vec<ResetEntry>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RandomStalls {
    seed: u64,
    length: usize,
    source: f64,
    sink: f64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ResetEntry {
    cycle: u64,
    length: u64,
}

/// An input frame: a matrix, and where its `tlast` is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFrame {
    rows: Option<Vec<Vec<f64>>>,
    family: Option<String>,
    seed: Option<u64>,
    constant: Option<f64>,
    /// Elements in all.
    beats: Option<usize>,
    /// Elements that are missing.
    early: Option<usize>,
    /// Elements that are too many.
    late: Option<usize>,
    /// Rows and columns that the frame announces instead of its own, where cores take several sizes.
    announced: Option<[i64; 2]>,
    /// Elements that are not there according to `tkeep`, where streams have it: 0 is the first one, -1 the last one.
    #[serde(default)]
    absent: Vec<i64>,
}

/// A corpus file that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("corpus/{file}: {message}")]
pub struct CorpusError {
    /// Its name.
    pub file: String,
    /// What is wrong.
    pub message: String,
}

/// All cases of the corpus, in the order of the files.
pub fn cases() -> Result<Vec<Case>, CorpusError> {
    let mut cases: Vec<Case> = Vec::new();
    for (file, text) in FILES {
        for case in parse(file, text)? {
            if cases.iter().any(|earlier| earlier.name == case.name) {
                let message = format!("case `{}`: another case has this name", case.name);
                return Err(CorpusError { file: file.to_owned(), message });
            }
            cases.push(case);
        }
    }
    Ok(cases)
}

/// The cases of one file.
pub fn parse(file: &str, text: &str) -> Result<Vec<Case>, CorpusError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Document {
        case: Vec<Case>,
    }
    let error = |message: String| CorpusError { file: file.to_owned(), message };
    let document: Document = toml::from_str(text).map_err(|e| error(e.to_string()))?;
    for case in &document.case {
        case.check().map_err(|message| error(format!("case `{}`: {message}", case.name)))?;
    }
    Ok(document.case)
}

impl Case {
    /// Whether the case can be run on this core.
    pub fn fits(&self, shape: &Shape) -> bool {
        self.frames.iter().all(|frame| frame.fits(shape))
    }

    /// The case as elements for a core.
    pub fn stimulus(&self, shape: &Shape) -> Stimulus {
        let stalls = match self.random {
            Some(random) => Stalls::random(random.seed, random.length, random.source, random.sink),
            None => Stalls { pattern: self.pattern.iter().filter_map(|word| ready(word)).collect() },
        };
        let resets = self.resets.iter().map(|r| Reset { cycle: r.cycle, length: r.length }).collect();
        Stimulus { elements: self.frames.iter().flat_map(|frame| frame.elements(shape)).collect(), stalls, resets }
    }

    /// Whether frames may get lost.
    pub fn has_resets(&self) -> bool {
        !self.resets.is_empty()
    }

    fn check(&self) -> Result<(), String> {
        if self.frames.is_empty() {
            return Err("no frames".into());
        }
        if let Some(word) = self.pattern.iter().find(|word| ready(word).is_none()) {
            return Err(format!("pattern `{word}`: two digits are right, for source and sink, 1 = ready"));
        }
        if !self.pattern.is_empty() && self.random.is_some() {
            return Err("give `pattern` or `random`, not both".into());
        }
        if self.resets.windows(2).any(|pair| pair[1].cycle < pair[0].cycle + pair[0].length) {
            return Err("resets must be in order and apart".into());
        }
        self.frames.iter().enumerate().try_for_each(|(i, frame)| frame.check().map_err(|e| format!("frame {i}: {e}")))
    }
}

fn ready(word: &str) -> Option<(bool, bool)> {
    match word {
        "00" => Some((false, false)),
        "01" => Some((false, true)),
        "10" => Some((true, false)),
        "11" => Some((true, true)),
        _ => None,
    }
}

impl CaseFrame {
    /// Whether the frame's `tlast` is where the core does not expect it, or its size one that the core does not take.
    pub fn is_bad(&self, shape: &Shape) -> bool {
        let own = self.matrix(shape).shape();
        let [rows, cols] = self.announced.unwrap_or([own.0 as i64, own.1 as i64]);
        let taken = (1..=shape.rows() as i64).contains(&rows) && (1..=shape.cols() as i64).contains(&cols);
        let taken = taken && (!shape.symmetric() || rows == cols);
        !taken
            || !self.absent.is_empty()
            || self.length(shape) != Some(shape.interface().header().len() + (rows * cols) as usize)
    }

    fn fits(&self, shape: &Shape) -> bool {
        let fits = self.rows.as_ref().is_none_or(|rows| (rows.len(), rows[0].len()) == (shape.rows(), shape.cols()));
        let length = || self.length(shape).unwrap_or(0) as i64;
        let is_there = |place: i64| shape.streams().keep && (-length()..length()).contains(&place);
        let fits = fits && self.absent.iter().all(|&place| is_there(place));
        // A bad frame must stay bad, and a cut one keeps an element.
        let fits = fits && (self.announced.is_none() || !shape.interface().header().is_empty() && self.is_bad(shape));
        fits && self.length(shape).is_some_and(|length| length > 0) && (self.beats.is_none() || self.is_bad(shape))
    }

    /// Elements; none if there is no such number.
    fn length(&self, shape: &Shape) -> Option<usize> {
        let right = shape.interface().header().len() + self.matrix(shape).len() + self.late.unwrap_or(0);
        self.beats.or_else(|| right.checked_sub(self.early.unwrap_or(0)))
    }

    /// The matrix, entries in [-1, 1].
    pub fn matrix(&self, shape: &Shape) -> DMatrix<f64> {
        match (&self.rows, self.family(), self.constant) {
            (Some(rows), ..) => DMatrix::from_fn(shape.rows(), shape.cols(), |i, j| rows[i][j]),
            (_, Some(family), _) => example_matrix(shape, family, self.seed.unwrap_or(0)),
            (.., constant) => DMatrix::from_element(shape.rows(), shape.cols(), constant.unwrap_or(0.0)),
        }
    }

    fn family(&self) -> Option<Family> {
        self.family.as_ref().map(|family| family.parse().expect("`check` has seen the name."))
    }

    /// A matrix as numbers on the input grid, row by row. What does not fit the word saturates. Cores for complex
    /// matrices take complex ones of a family, and the others as they are.
    fn units(&self, shape: &Shape, matrix: &DMatrix<f64>) -> Vec<i64> {
        let format = input_format(shape);
        let range = format.dequantise(format.lowest())..=format.dequantise(format.highest());
        let unit = |value: f64| {
            let value = value.clamp(*range.start(), *range.end());
            format.quantise(value).expect("A value within the range of a format fits it.")
        };
        if !shape.complex() {
            return matrix.transpose().iter().map(|&value| unit(value)).collect();
        }
        let matrix = match self.family() {
            Some(family) => example_matrix::<Complex<f64>>(shape, family, self.seed.unwrap_or(0)),
            None => matrix.map(|value| Complex::new(value, 0.0)),
        };
        let bits = shape.interface().input_component_bits();
        matrix.transpose().iter().map(|element| pack(&[unit(element.re), unit(element.im)], bits)).collect()
    }

    /// The elements. A late frame goes on with its own elements from the first on.
    pub fn elements(&self, shape: &Shape) -> Vec<InputElement> {
        let matrix = self.matrix(shape);
        let size = self.announced.unwrap_or([matrix.nrows() as i64, matrix.ncols() as i64]);
        let header = size[..shape.interface().header().len()].iter().copied();
        let units: Vec<i64> = header.chain(self.units(shape, &matrix)).collect();
        let length = self.length(shape).unwrap_or(0);
        let element = |i: usize| InputElement::new(units[i % units.len()], i + 1 == length);
        let mut elements: Vec<InputElement> = (0..length).map(element).collect();
        for &place in &self.absent {
            elements[place.rem_euclid(length as i64) as usize].kept = false;
        }
        elements
    }

    fn check(&self) -> Result<(), String> {
        let count = |present: &[bool]| present.iter().filter(|&&p| p).count();
        if count(&[self.rows.is_some(), self.family.is_some(), self.constant.is_some()]) != 1 {
            return Err("give exactly one of `rows`, `family`, `constant`".into());
        }
        if !self.absent.is_empty() && self.late.is_some() {
            return Err("give `absent` or `late`, not both".into());
        }
        if count(&[self.beats.is_some(), self.early.is_some(), self.late.is_some()]) > 1 {
            return Err("give at most one of `beats`, `early`, `late`".into());
        }
        if let Some(family) = &self.family {
            family.parse::<Family>().map_err(|e| e.to_string())?;
        }
        let ragged = self
            .rows
            .as_ref()
            .is_some_and(|rows| rows.is_empty() || rows.iter().any(|row| row.is_empty() || row.len() != rows[0].len()));
        if ragged { Err("`rows` must be of the same length, and not empty".into()) } else { Ok(()) }
    }
}
