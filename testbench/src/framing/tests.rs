use super::*;
use nalgebra::Complex;
use svdforge_golden::Family;
use svdforge_hdl::parameters::{Parameters, Sizes};

fn shape(rows: usize, cols: usize, sizes: Sizes) -> Shape {
    Parameters { rows, cols, sizes, ..Parameters::default() }.shape().unwrap()
}

fn complex(rows: usize, cols: usize, seed: u64) -> DMatrix<Complex<f64>> {
    let part = |seed| Family::Uniform.generate(rows, cols, seed);
    part(seed).zip_map(&part(seed + 1000), Complex::new)
}

/// A complex element has its real part in the lower half of a beat and its imaginary part in the upper half, each of
/// them what a real core would get.
#[test]
fn a_beat_carries_both_components() {
    let mut beats_seen = 0;
    for (rows, cols, sizes) in [(3, 4, Sizes::Fixed), (8, 8, Sizes::Fixed), (5, 2, Sizes::Any)] {
        let shape = shape(rows, cols, sizes);
        let matrix = complex(rows, cols, 1);
        let quantised = quantise(&shape, &matrix, InputScale::Exponent(1)).unwrap();
        let [re, im] = [matrix.map(|z| z.re), matrix.map(|z| z.im)]
            .map(|part| quantise(&shape, &part, InputScale::Exponent(1)).unwrap().frame(&shape));
        let beats = quantised.frame(&shape);
        assert_eq!(beats.len(), re.len());
        let header = shape.interface().header().len();
        for (i, ((beat, re), im)) in beats.iter().zip(re).zip(im).enumerate() {
            assert_eq!(beat.last, re.last);
            if i < header {
                assert_eq!(beat.data, re.data, "the size is no element");
                continue;
            }
            let bits = shape.interface().input_component_bits();
            let halves = [0, 1].map(|number| unpack(beat.data as u64, number, bits));
            assert_eq!(halves, [re.data, im.data]);
            beats_seen += 1;
        }
        let back: DMatrix<Complex<f64>> = quantised.matrix(&shape);
        let largest = (back - matrix).iter().map(|z| z.re.abs().max(z.im.abs())).fold(0.0, f64::max);
        assert!(largest <= quantised.lsb(&shape) / 2.0, "{largest}");
    }
    assert_eq!(beats_seen, 12 + 64 + 10);
}

/// The scale that fits looks at imaginary parts, too, and an element that does not fit is named by row and column.
#[test]
fn imaginary_parts_must_fit_too() {
    let shape = shape(2, 2, Sizes::Fixed);
    let mut matrix = DMatrix::from_element(2, 2, Complex::new(0.25, 0.25));
    matrix[(1, 0)].im = 3.0;
    assert_eq!(quantise(&shape, &matrix, InputScale::Auto).unwrap().exponent, 2);
    let error = quantise(&shape, &matrix, InputScale::Exponent(0)).unwrap_err();
    assert_eq!((error.row, error.column), (2, 1));
}

/// An output frame made by hand comes back as the numbers that were put in, real or complex.
#[test]
fn frames_come_back_as_they_were_made() {
    fn there_and_back<T: Scalar>(shape: &Shape, element: impl Fn(usize) -> Vec<i64>) -> usize {
        let bits = shape.interface().output_component_bits();
        let mut beats = Vec::new();
        let sections = shape.interface().sections();
        for section in &sections {
            for i in 0..section.count {
                let data = match section.tuser {
                    section::STATUS => 5 << 8,
                    section::SIGMA => 100 - i as u64,
                    _ => pack(&element(i), bits) as u64,
                };
                beats.push(OutputElement { cycle: 0, data, user: section.tuser, last: false });
            }
        }
        beats.last_mut().unwrap().last = true;
        let found: Decomposition<T> = parse_frame(shape, (shape.rows(), shape.cols()), &beats).unwrap();
        assert_eq!(found.status.sweeps(), 5);
        let unit = |fraction: u32| (-f64::from(fraction)).exp2();
        let expected: Vec<f64> = (0..shape.rank()).map(|i| (100 - i) as f64 * unit(shape.sigma_fraction())).collect();
        assert_eq!(found.sigma, expected);
        for factor in [found.u.unwrap(), found.v.unwrap()] {
            for (i, row) in factor.row_iter().enumerate() {
                for (j, &value) in row.iter().enumerate() {
                    let units: Vec<f64> = element(i * shape.rank() + j).iter().map(|&u| u as f64).collect();
                    let scaled: Vec<f64> = units.iter().map(|u| u * unit(shape.vector_fraction())).collect();
                    assert_eq!(value.components(), scaled);
                }
            }
        }
        // A beat too few, or one in the wrong section, is an error that names it.
        let error = parse_frame::<T>(shape, (shape.rows(), shape.cols()), &beats[1..]).unwrap_err();
        assert_eq!(error.beat, beats.len() - 1);
        beats[1].user = section::V;
        assert_eq!(parse_frame::<T>(shape, (shape.rows(), shape.cols()), &beats).unwrap_err().beat, 1);
        beats.len()
    }
    let shape = shape(3, 4, Sizes::Fixed);
    let real = there_and_back::<f64>(&shape, |i| vec![7 - 5 * i as i64]);
    let complex = there_and_back::<Complex<f64>>(&shape, |i| vec![3 * i as i64 - 9, 4 - i as i64]);
    assert_eq!([real, complex], [1 + 3 + 9 + 12; 2]);
}
