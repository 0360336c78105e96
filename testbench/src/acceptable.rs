//! Whether a quantised matrix is one of which a core gives a right result: symmetric if it has to be, and not so large
//! or so small that the result leaves the range of `f64`.

use crate::framing::Quantised;
use crate::scalar::{Scalar, components};
use nalgebra::DMatrix;
use svdforge_golden::digits::significant;
use svdforge_golden::element::largest_component;
use svdforge_golden::oracle;
use svdforge_hdl::fixed::scaled;
use svdforge_hdl::shape::Shape;

/// A matrix for a symmetric core that is not symmetric, or, if it is complex, not Hermitian, not even after
/// quantisation.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Asymmetry {
    /// This is the pair of elements that differ most.
    #[error(
        "row {row}, column {column} is {}, but row {column}, column {row} is {}: they differ by {} ({} LSB), and become {} and {} LSB in the core; {remedy}",
        values[0], values[1], significant(*apart, 3), significant(*apart_lsb, 3), units[0], units[1]
    )]
    Pair {
        /// The row of the element above the diagonal. 1-based.
        row: usize,
        /// Its column. 1-based.
        column: usize,
        /// The element above the diagonal, and the one below, or its conjugate.
        values: [String; 2],
        /// The same elements after quantisation, in LSB.
        units: [String; 2],
        /// The difference of the values.
        apart: f64,
        /// The difference of the values, in LSB.
        apart_lsb: f64,
        /// What is needed, and what the user can do.
        remedy: &'static str,
    },
    /// This is the imaginary part on the diagonal that is furthest from zero.
    #[error(
        "row {row}, column {row} is {value}: on the diagonal of a Hermitian matrix there is no imaginary part, but this one is {} LSB in the core; {HERMITIAN}",
        units
    )]
    Diagonal {
        /// The row. 1-based.
        row: usize,
        /// The element.
        value: String,
        /// Its imaginary part after quantisation, in LSB.
        units: i64,
    },
}

const SYMMETRIC: &str = "`--symmetric` needs a matrix that is symmetric after rounding to the input word: give (A + transpose of A) / 2, or leave `--symmetric` out for the singular values";
const HERMITIAN: &str = "`--complex --symmetric` needs a matrix that is Hermitian after rounding to the input word: give (A + conjugate transpose of A) / 2, or leave `--symmetric` out for the singular values";

/// A matrix whose results would leave the range of `f64`.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MagnitudeError {
    /// A singular value would be infinite.
    #[error(
        "the elements are too large: the largest is {largest:?}, and the largest singular value would be beyond the range of f64, which ends at 1.8e308; divide the matrix by 2^20 first, and multiply the values that come out by it"
    )]
    Large {
        /// The magnitude of the largest element.
        largest: f64,
    },
    /// The scale asked for makes a unit of the last place infinite.
    #[error(
        "scaled by 2^{exponent}, 1 LSB would be 2^{lsb}, beyond the range of f64; use `--input-scale auto`, or a smaller exponent"
    )]
    Scale {
        /// The scaling asked for.
        exponent: i32,
        /// The exponent of the LSB.
        lsb: i32,
    },
    /// A unit of the last place of the input would be no normal number.
    #[error(
        "the elements are too small: the largest is {largest:?}, and 1 LSB of the core's input would be 2^{lsb}, below the normal numbers of f64, which begin at 2^-1022 (2.2e-308); multiply the matrix by 2^{remedy} first, and divide the values that come out by it"
    )]
    Small {
        /// The magnitude of the largest element.
        largest: f64,
        /// The exponent of the LSB.
        lsb: i32,
        /// The exponent of a power of two that helps.
        remedy: u32,
    },
}

/// Checks that the input of a core is symmetric, or, if it is complex, Hermitian.
pub fn check_symmetry<T: Scalar>(shape: &Shape, matrix: &DMatrix<T>, input: &Quantised) -> Result<(), Box<Asymmetry>> {
    let each = components::<T>();
    let unit = |row: usize, column: usize, part: usize| input.units[(row * input.cols + column) * each + part];
    // The distance of a component of an element above the diagonal from that of the conjugate of the one below.
    let apart = |row: usize, column: usize, part: usize| {
        let below = unit(column, row, part);
        (unit(row, column, part) - if part == 0 { below } else { -below }).unsigned_abs()
    };
    let imaginary = (0..if each > 1 { input.rows } else { 0 }).map(|row| (unit(row, row, each - 1), row));
    // Of equal ones the first one counts.
    let most = imaginary.reduce(|most, next| if next.0.abs() > most.0.abs() { next } else { most });
    if let Some((units, row)) = most.filter(|most| most.0 != 0) {
        return Err(Asymmetry::Diagonal { row: row + 1, value: spelled(matrix[(row, row)]), units }.into());
    }
    let pairs = (0..input.rows).flat_map(|row| (row + 1..input.cols).map(move |column| (row, column)));
    let apart = pairs.map(|(row, column)| {
        let most = (0..each).map(|part| apart(row, column, part)).max().unwrap_or(0);
        (most, row, column)
    });
    let most = apart.reduce(|most, next| if next.0 > most.0 { next } else { most });
    let Some((_, row, column)) = most.filter(|most| most.0 > 0) else { return Ok(()) };
    let values = [matrix[(row, column)], matrix[(column, row)]];
    let lsb_exponent = shape.frac() as i32 - input.exponent;
    let largest = |apart: T| apart.components().into_iter().map(f64::abs).fold(0.0, f64::max);
    let in_lsb = |value: T| value.map_components(|part| scaled(part, lsb_exponent));
    let units = |row, column| {
        let parts: Vec<String> = (0..each).map(|part| unit(row, column, part).to_string()).collect();
        if each == 1 { parts.concat() } else { format!("({})", parts.join(", ")) }
    };
    Err(Box::new(Asymmetry::Pair {
        row: row + 1,
        column: column + 1,
        values: values.map(spelled),
        units: [units(row, column), units(column, row)],
        apart: largest(values[0] - values[1].conjugate()),
        apart_lsb: largest(in_lsb(values[0]) - in_lsb(values[1].conjugate())),
        remedy: if each == 1 { SYMMETRIC } else { HERMITIAN },
    }))
}

/// An element with all its digits.
fn spelled<T: Scalar>(element: T) -> String {
    match element.components()[..] {
        [re, im] => format!("{re:?}{im:+?}i"),
        _ => format!("{:?}", element.real()),
    }
}

/// Checks that the values of a result, and their unit, are normal numbers.
pub fn check_magnitude<T: Scalar>(shape: &Shape, matrix: &DMatrix<T>, input: &Quantised) -> Result<(), MagnitudeError> {
    /// The smallest exponent of a normal number.
    const LEAST: i32 = f64::MIN_EXP - 1;
    let (largest, lsb) = (largest_component(matrix), input.exponent - shape.frac() as i32);
    if lsb < LEAST && largest > 0.0 {
        // A round number that is enough.
        let remedy = (LEAST - lsb).unsigned_abs().next_multiple_of(100);
        return Err(MagnitudeError::Small { largest, lsb, remedy });
    }
    if lsb >= f64::MAX_EXP {
        return Err(MagnitudeError::Scale { exponent: -input.exponent, lsb });
    }
    let at_unit: DMatrix<T> = Quantised { exponent: 0, ..input.clone() }.matrix(shape);
    // The core's own value may be a little larger than the exact one.
    let is_finite = |sigma: f64| scaled(1.01 * sigma, input.exponent).is_finite();
    // No singular value is larger than the norm, which is quickly found.
    let fits = is_finite(at_unit.norm())
        || oracle::svd(&at_unit).is_ok_and(|svd| svd.sigma.first().is_none_or(|&sigma| is_finite(sigma)));
    if fits { Ok(()) } else { Err(MagnitudeError::Large { largest }) }
}

#[cfg(test)]
mod tests {
    use crate::engine::SimulatorEngine;
    use crate::framing::InputScale;
    use crate::judge::judge;
    use crate::run::quantise_for;
    use nalgebra::DMatrix;
    use svdforge_golden::{Family, NamedMatrix};
    use svdforge_hdl::core::Core;
    use svdforge_hdl::fixed::scaled;
    use svdforge_hdl::parameters::Parameters;

    fn core(symmetric: bool, size: usize) -> Core {
        Core::new(Parameters { rows: size, cols: size, symmetric, ..Parameters::default() }.shape().unwrap())
    }

    fn named(rows: usize, cols: usize, elements: &[f64]) -> NamedMatrix {
        NamedMatrix { name: "a".to_owned(), matrix: DMatrix::from_row_slice(rows, cols, elements) }
    }

    /// The error of a matrix of 2 x 2, or an empty text if it is taken.
    fn error(symmetric: bool, elements: &[f64], scale: InputScale) -> String {
        let core = core(symmetric, 2);
        quantise_for(core.shape(), &named(2, 2, elements), scale)
            .map_or_else(|error| error.to_string(), |_| String::new())
    }

    #[test]
    fn a_matrix_that_is_symmetric_after_quantisation_is_symmetric() {
        let core = core(true, 2);
        let mut engine = SimulatorEngine::new(&core).unwrap();
        for size in [1e-300, 1e-20, 1.0, 1e300] {
            let matrix = named(2, 2, &[0.5 * size, 0.300_000_000_000_000_04 * size, 0.3 * size, 0.25 * size]);
            let input = quantise_for(core.shape(), &matrix, InputScale::Auto).unwrap();
            assert_eq!(input.units[1], input.units[2]);
            let judgement = judge(core.shape(), &mut engine, &matrix, &input).unwrap();
            assert!(judgement.broken_promises().is_empty());
            assert!(judgement.sources.is_some_and(|sources| sources.sigma_rms_lsb.total < 1.0));
        }
    }

    #[test]
    fn an_asymmetry_is_named_with_its_place_and_size() {
        let message = error(true, &[0.5, 0.25, 0.125, 0.25], InputScale::Exponent(0));
        let right = "row 1, column 2 is 0.25, but row 2, column 1 is 0.125: they differ by 0.125 (4096 LSB), and become \
                     8192 and 4096 LSB in the core; `--symmetric` needs a matrix that is symmetric after rounding to \
                     the input word: give (A + transpose of A) / 2, or leave `--symmetric` out for the singular values";
        assert_eq!(message, right);
        // A difference far below an LSB that rounding does not remove, because it lies on both sides of a tie.
        let half = 0.5 / 32768.0;
        let message = error(true, &[0.5, half, half * (1.0 + f64::EPSILON), 0.25], InputScale::Exponent(0));
        assert!(message.contains("1.11e-16 LSB), and become 0 and 1 LSB"), "{message}");
        // The scale decides: the same difference is gone where an LSB is larger.
        let elements = [0.5, 0.25, 0.25 + 1.0 / 32768.0, 0.25];
        assert!(error(true, &elements, InputScale::Exponent(0)).contains("(1.00 LSB)"));
        assert_eq!(error(true, &elements, InputScale::Exponent(2)), "");
        // The largest of several differences is told, and tiny elements have digits.
        let core = self::core(true, 3);
        let matrix = named(3, 3, &[5e-21, 1e-22, 3e-21, 0.0, 5e-21, 0.0, 0.0, 0.0, 5e-21]);
        let message = quantise_for(core.shape(), &matrix, InputScale::Auto).unwrap_err().to_string();
        assert!(message.starts_with("row 1, column 3 is 3e-21, but row 3, column 1 is 0.0: they differ by 3.00e-21 ("));
    }

    /// The same matrix at sizes from one end of the range to the other has the same errors in LSB.
    #[test]
    fn results_are_right_at_every_size() {
        let core = core(false, 4);
        let mut engine = SimulatorEngine::new(&core).unwrap();
        let base = Family::Uniform.generate(4, 4, 7);
        let mut found = Vec::new();
        for exponent in [-1000, -700, -66, 0, 66, 700, 1020] {
            let matrix = NamedMatrix { name: "a".to_owned(), matrix: base.map(|element| scaled(element, exponent)) };
            let input = quantise_for(core.shape(), &matrix, InputScale::Auto).unwrap();
            let judgement = judge(core.shape(), &mut engine, &matrix, &input).unwrap();
            let a = judgement.accuracy;
            assert!(a.lsb > 0.0 && a.lsb.is_finite());
            let sigma = scaled(judgement.result.values().1[0], -exponent);
            found.push((sigma, a.sigma_rms_lsb, a.reconstruction_max_lsb, a.off_diagonal_max_lsb, judgement.sources));
        }
        assert_eq!(found.len(), 7);
        assert!(found.iter().all(|one| *one == found[0] && one.1 > 0.0), "{found:?}");
    }

    #[test]
    fn what_leaves_the_range_is_refused() {
        let auto = InputScale::Auto;
        // sqrt(2) 1e308 is a number, and 2e308 is none.
        assert_eq!(error(false, &[1e308, 1e308, 1e308, -1e308], auto), "");
        let message = error(false, &[1e308, 1e308, 1e308, 1e308], auto);
        assert!(message.starts_with("the elements are too large: the largest is 1e308, and"), "{message}");
        assert!(message.contains("divide the matrix by 2^20 first"), "{message}");
        assert!(!error(false, &[f64::MAX, 0.0, 0.0, 0.0], auto).is_empty());
        let message = error(false, &[1e-310, 0.0, 0.0, 5e-324], auto);
        assert!(message.starts_with("the elements are too small: the largest is 1e-310, and 1 LSB"), "{message}");
        assert!(message.contains("multiply the matrix by 2^100 first"), "{message}");
        assert_eq!(error(false, &[0.0; 4], auto), "");
        let message = error(false, &[0.5; 4], InputScale::Exponent(1100));
        assert!(
            message.starts_with("scaled by 2^-1100, 1 LSB would be 2^1085, beyond the range of f64; use"),
            "{message}"
        );
        // What the message advises works.
        let element = scaled(1e-310, 100);
        assert_eq!(error(false, &[element, 0.0, 0.0, element], auto), "");
        assert_eq!(error(false, &[1e-307, 0.0, 0.0, 1e-307].map(|v| scaled(v, 20)), auto), "");
    }
}
