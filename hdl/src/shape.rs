//! The shape of a core: valid parameters, together with all sizes and formats that follow from them.

mod architecture;

use crate::dimensions::Dimensions;
use crate::formats::{
    Arithmetic, Budget, Content, Delivery, Formats, STATUS_BITS, Streams, SweepSearch, least_coefficient_bits,
};
use crate::parameters::{
    ArchitectureName, CoreOption, Front, Kind, OPTIONS, OptionMap, ParameterError, Parameters, Scaling, Sizes, Sweeps,
    Value, Vectors, error,
};
use crate::units::complex::coefficients::MOST_FRACTION;
use architecture::{can_be_checked, fits_architecture, matrices_in_flight};
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// What the elements before a matrix say, in frames of cores for any size: unsigned integers.
pub const HEADER: [&str; 2] = ["rows", "columns"];

/// Valid parameters, and the sizes and number formats that follow from them. Only [`Shape::new`] constructs a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The parameters with defaults in place of everything that the user left open.
    parameters: Parameters,
    frac: u32,
    coef: u32,
    rank: usize,
    in_flight: usize,
    dimensions: Dimensions,
    formats: Formats,
    streams: Streams,
}

impl Parameters {
    /// Checks all parameters and derives the shape. See [`Shape::new`].
    pub fn shape(&self) -> Result<Shape, ParameterError> {
        Shape::new(self)
    }
}

impl Shape {
    /// Checks all parameters and derives the sizes and formats.
    ///
    /// # Errors
    ///
    /// A [`ParameterError`] that names the first option whose value is not possible, and why.
    pub fn new(parameters: &Parameters) -> Result<Self, ParameterError> {
        let checked = parameters.checked()?;
        let dimensions = Dimensions::new(&checked);
        let formats = Formats::new(&checked, &dimensions);
        let coef = formats.arithmetic.coefficient_bits;
        let least = least_coefficient_bits(checked.word);
        if coef < least {
            let reason = format!("with --word {}, a coefficient needs {least} bits at least", checked.word);
            return Err(error("coef", coef, reason));
        }
        if checked.complex && coef > MOST_FRACTION + 1 {
            let reason = format!(
                "complex coefficients have at most {} bits; use --coef, a shorter --word or less --guard",
                MOST_FRACTION + 1
            );
            return Err(error("coef", coef, reason));
        }
        fits_architecture(&checked, &dimensions)?;
        can_be_checked(&checked, &dimensions)?;
        let interleave = matrices_in_flight(&checked, &dimensions)?;
        let frac = checked.frac.unwrap_or(checked.word - 1);
        let rank = checked.rank.unwrap_or(dimensions.triplets());
        let parameters = Parameters { coef: Some(coef), interleave: Some(interleave), ..checked };
        let streams = streams(&parameters, rank, &dimensions, &formats)?;
        Ok(Self { parameters, frac, coef, rank, in_flight: interleave as usize, dimensions, formats, streams })
    }

    /// The parameters, with defaults in place of everything that the user left open.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The sizes of the core's matrices.
    pub fn dimensions(&self) -> &Dimensions {
        &self.dimensions
    }

    /// The core's number formats.
    pub fn formats(&self) -> &Formats {
        &self.formats
    }

    /// How elements are laid out on the core's streams.
    pub fn streams(&self) -> &Streams {
        &self.streams
    }

    /// Elements that the core takes per cycle: those of a beat, if each lane of an array can be given its own. Beats do
    /// not cross the ends of rows then. Other cores take one element after the other.
    pub fn elements_taken(&self) -> u32 {
        let elements = self.streams.input.elements;
        if self.is_array() && (self.cols() as u32).is_multiple_of(elements) { elements } else { 1 }
    }

    /// Elements that the core gives per cycle: those of a beat in an array, where a row of all vectors is read at once.
    /// Other cores give one element after the other.
    pub fn elements_given(&self) -> u32 {
        if self.is_array() { self.streams.output.elements } else { 1 }
    }

    fn is_array(&self) -> bool {
        self.arch() == ArchitectureName::Array
    }

    /// Word lengths and limits of the core's rotations.
    pub fn arithmetic(&self) -> &Arithmetic {
        &self.formats.arithmetic
    }

    /// Rows of the largest matrix, m.
    pub fn rows(&self) -> usize {
        self.parameters.rows
    }

    /// Columns of the largest matrix, n.
    pub fn cols(&self) -> usize {
        self.parameters.cols
    }

    /// Bits of one input element, signed.
    pub fn word(&self) -> u32 {
        self.parameters.word
    }

    /// Fraction bits of one input element.
    pub fn frac(&self) -> u32 {
        self.frac
    }

    /// Guard bits: extra fraction bits of singular values and vectors as they leave the core.
    pub fn guard(&self) -> u32 {
        self.parameters.guard
    }

    /// Bits of a coefficient, sign included.
    pub fn coef(&self) -> u32 {
        self.coef
    }

    /// The architecture, which decides how many 2x2 blocks are rotated per cycle.
    pub fn arch(&self) -> ArchitectureName {
        self.parameters.arch
    }

    /// The choice of the number of sweeps.
    pub fn sweeps(&self) -> Sweeps {
        self.parameters.sweeps
    }

    /// Which singular vectors are computed.
    pub fn vectors(&self) -> Vectors {
        self.parameters.vectors
    }

    /// Number of singular triplets that leave the core, k, at most min(m, n).
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// Whether the core computes eigen-decompositions of symmetric matrices.
    pub fn symmetric(&self) -> bool {
        self.parameters.symmetric
    }

    /// Whether matrices are complex; with [`Self::symmetric`] they are Hermitian.
    pub fn complex(&self) -> bool {
        self.parameters.complex
    }

    /// Components of a number: 2 of a complex one. In a word the real part is in the low half.
    pub fn components(&self) -> u32 {
        self.parameters.components()
    }

    /// Whether the diagonal of a matrix becomes complex again, so that each sweep begins with a step that makes it
    /// real.
    pub fn has_phases(&self) -> bool {
        self.arithmetic().has_phases()
    }

    /// How the core scales each matrix.
    pub fn scaling(&self) -> Scaling {
        self.parameters.scaling
    }

    /// Which sizes the core accepts: its own only, or every size up to it.
    pub fn sizes(&self) -> Sizes {
        self.parameters.sizes
    }

    /// How many matrices are in the core at the same time, at most.
    pub fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// What stands beside the streams of the core.
    pub fn front(&self) -> Front {
        self.parameters.front
    }

    /// Whether the core compares each result with its matrix before it leaves.
    pub fn self_check(&self) -> bool {
        self.parameters.selfcheck
    }

    /// Number of elements of the largest input matrix.
    pub fn elements(&self) -> usize {
        self.dimensions.elements()
    }

    /// Number of singular triplets of the largest input matrix, min(m, n).
    pub fn triplets(&self) -> usize {
        self.dimensions.triplets()
    }

    /// Whether rows are reduced to a triangle while they stream in (QR). If so, the triangle is decomposed instead of
    /// the input.
    pub fn is_reduced(&self) -> bool {
        self.dimensions.is_reduced()
    }

    /// Whether the core accepts matrices of every size up to its own.
    pub fn takes_any(&self) -> bool {
        self.dimensions.takes_any()
    }

    /// The longer side of the largest matrix that is decomposed.
    pub fn side(&self) -> usize {
        self.dimensions.side()
    }

    /// Number of rows, and of columns, of the square inside the core. It is even; the matrix is padded with rows or
    /// columns of zeros.
    pub fn even(&self) -> usize {
        self.dimensions.even()
    }

    /// Number of singular triplets that leave the core for a matrix of (rows, columns).
    pub fn rank_of(&self, (rows, cols): (usize, usize)) -> usize {
        self.rank.min(rows).min(cols)
    }

    /// Whether a matrix is prepared in the memory, that is, shifted up or padded with zeros, before its first sweep.
    pub fn is_prepared(&self) -> bool {
        self.scaling() == Scaling::Auto || self.takes_any() || self.dimensions.is_padded() || self.is_reduced()
    }

    /// Whether U leaves the core. The eigenvectors of a symmetric matrix leave as V.
    pub fn has_u(&self) -> bool {
        delivers_u(&self.parameters)
    }

    /// Whether V leaves the core.
    pub fn has_v(&self) -> bool {
        delivers_v(&self.parameters)
    }

    /// Whether any vectors are computed.
    pub fn has_vectors(&self) -> bool {
        self.vectors() != Vectors::None
    }

    /// Bits of an element of A inside the core.
    pub fn element_bits(&self) -> u32 {
        self.formats.element_bits
    }

    /// Bits of a singular value as it leaves the core.
    pub fn sigma_bits(&self) -> u32 {
        self.formats.sigma_bits
    }

    /// Fraction bits of a singular value as it leaves the core.
    pub fn sigma_fraction(&self) -> u32 {
        self.formats.sigma_fraction
    }

    /// Bits of an element of U or V.
    pub fn vector_bits(&self) -> u32 {
        self.formats.vector_bits
    }

    /// Fraction bits of an element of U or V.
    pub fn vector_fraction(&self) -> u32 {
        self.formats.vector_fraction
    }

    /// Guard bits of an element of A inside the core, at least [`Self::guard`].
    pub fn inner_guard(&self) -> u32 {
        self.arithmetic().inner_guard
    }

    /// Bits of the amount by which a matrix is shifted.
    pub fn shift_bits(&self) -> u32 {
        crate::ir::address_width(self.word())
    }

    /// The largest number of sweeps that the core makes.
    pub fn sweep_cap(&self) -> u32 {
        self.arithmetic().sweep_cap(self.even())
    }

    /// What a search for the matrices that take most sweeps has found for the largest matrices. `None` if matrices of
    /// this size and format were not searched, or the number of sweeps is fixed.
    pub fn sweep_search(&self) -> Option<SweepSearch> {
        let searched = self.arithmetic().sweep_search(self.dimensions.side());
        searched.filter(|_| self.sweeps() == Sweeps::Auto)
    }

    /// The error analysis for the largest matrices, after the largest number of sweeps.
    pub fn budget(&self) -> Budget {
        self.budget_of(self.dimensions.largest(), self.sweep_cap())
    }

    /// The error analysis for matrices of `size` (rows, columns) that took `sweeps` sweeps.
    pub fn budget_of(&self, size: (usize, usize), sweeps: u32) -> Budget {
        let delivery = Delivery { rank: self.rank, u: self.has_u(), v: self.has_v() };
        Budget::new(*self.arithmetic(), &self.dimensions, size, sweeps, delivery)
    }

    /// The name of the top module, which begins the name of every module and file of the core: the one that the user
    /// chose, or else the size and every option that differs from its default, such as `svd_8x8`, `eigen_8x8` or
    /// `svd_16x8_w12_v`.
    pub fn name(&self) -> String {
        match self.parameters.name {
            Some(name) => name.as_str().to_owned(),
            None => self.describing_name(),
        }
    }

    /// The name of the core if the user chooses none. Different cores have different ones.
    pub fn describing_name(&self) -> String {
        let kind = if self.symmetric() { "eigen" } else { "svd" };
        let mut name = format!("{kind}_{}x{}", self.rows(), self.cols());
        if self.complex() {
            name.push_str("_complex");
        }
        let default = Parameters::default();
        let open = Parameters { frac: default.frac, coef: default.coef, rank: default.rank, ..self.parameters };
        let open = open.shape().map_or(default, |shape| shape.parameters);
        for option in OPTIONS {
            let usual = option.get(&default).or_else(|| option.get(&open));
            if let (Some(code), Some(value)) =
                (option.code, option.get(&self.parameters).filter(|v| Some(v) != usual.as_ref()))
            {
                let value = match option.kind {
                    Kind::Choice(words) => {
                        words.iter().find(|word| word.name == value.to_string()).map(|word| word.code.to_owned())
                    }
                    Kind::Switch => None,
                    _ => Some(value.to_string()),
                };
                name += &format!("_{code}{}", value.unwrap_or_default());
            }
        }
        name
    }
}

fn delivers_u(parameters: &Parameters) -> bool {
    parameters.vectors.has_u() && !parameters.symmetric
}

fn delivers_v(parameters: &Parameters) -> bool {
    parameters.vectors.has_v() || parameters.symmetric && parameters.vectors.has_u()
}

/// The layout of the streams that carry the largest matrix and its decomposition.
fn streams(
    parameters: &Parameters,
    rank: usize,
    dimensions: &Dimensions,
    formats: &Formats,
) -> Result<Streams, ParameterError> {
    let header = if dimensions.takes_any() { HEADER.len() } else { 0 };
    let components = parameters.components();
    let input = Content { bits: parameters.word, components, elements: header + dimensions.elements() };
    let u = if delivers_u(parameters) { parameters.rows } else { 0 };
    let v = if delivers_v(parameters) { parameters.cols } else { 0 };
    let bits = formats.sigma_bits.max(formats.vector_bits).max(STATUS_BITS);
    Streams::new(parameters, input, Content { bits, components, elements: 1 + rank * (1 + u + v) })
}

/// In files, a shape is a table of all options.
impl Serialize for Shape {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A switch that came later and is off is left out, so that files of cores without it stay as they were.
        let is_written =
            |option: &&CoreOption| !option.came_later || option.get(&self.parameters) != Some(Value::Switch(false));
        let written: Vec<&CoreOption> = OPTIONS.iter().filter(is_written).collect();
        let mut map = serializer.serialize_map(Some(written.len()))?;
        for option in written {
            map.serialize_entry(&option.key(), &option.get(&self.parameters))?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let OptionMap(map) = OptionMap::<Option<Value>>::deserialize(deserializer)?;
        let mut parameters = Parameters::default();
        for option in OPTIONS {
            let value = match map.get(option.name) {
                Some(value) => value.as_ref(),
                None if option.came_later => None,
                None => return Err(D::Error::missing_field(option.name)),
            };
            if let Some(value) = value {
                option.set(&mut parameters, value).map_err(D::Error::custom)?;
            }
        }
        parameters.shape().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
