//! Files with complex numbers, and the refusals of numbers of the wrong kind.

use super::{BANNER, npy};
use crate::reader::{Kind, parse_matrix, parse_numbers};
use nalgebra::{Complex, DMatrix};

fn good(file: &str, bytes: impl AsRef<[u8]>) -> DMatrix<Complex<f64>> {
    let mut matrices = parse_numbers(file, bytes.as_ref()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(matrices.len(), 1);
    matrices.remove(0).matrix
}

fn bad(file: &str, bytes: impl AsRef<[u8]>) -> (Kind, String) {
    let error = parse_numbers::<Complex<f64>>(file, bytes.as_ref()).expect_err("refused");
    (error.fault.kind, error.to_string())
}

fn z(re: f64, im: f64) -> Complex<f64> {
    Complex::new(re, im)
}

#[test]
fn every_format_holds_complex_numbers() {
    let expected = DMatrix::from_row_slice(2, 2, &[z(1.0, 2.0), z(-0.5, 0.0), z(0.0, -1.0), z(0.25, 4.0)]);
    let text = [
        ("a.csv", "1+2i,-0.5\n-i,0.25+4i\n"),
        ("a.csv", "(1+2j) (-0.5+0j)\n(-0-1j) (0.25+4j)\n"),
        ("a.csv", "1+2j;-0,5\n-1j;0,25+4j\n"),
        ("a.csv", "left,right\n1+2i,-0.5\n-1i,0.25+4i\n"),
        ("a.json", "[[[1, 2], -0.5], [[0, -1], [0.25, 4]]]"),
        ("a.json", r#"{"name": "a", "matrix": [[[1, 2], [-0.5, 0]], [[0, -1.0], [0.25, 4]]]}"#),
    ];
    for (file, content) in text {
        assert_eq!(good(file, content), expected, "{content}");
    }
    let coordinate = format!("{BANNER}coordinate complex general\n2 2 4\n1 1 1 2\n1 2 -0.5 0\n2 1 0 -1\n2 2 0.25 4\n");
    assert_eq!(good("a.mtx", coordinate), expected);
    let array = format!("{BANNER}array complex general\n2 2\n1 2\n0 -1\n-0.5 0\n0.25 4\n");
    assert_eq!(good("a.mtx", array), expected);
    let elements = [1.0, 2.0, -0.5, 0.0, 0.0, -1.0, 0.25, 4.0];
    let double: Vec<u8> = elements.iter().flat_map(|value: &f64| value.to_le_bytes()).collect();
    assert_eq!(good("a.npy", npy("<c16", false, "(2, 2)", &double)), expected);
    let single: Vec<u8> = elements.iter().flat_map(|&value| (value as f32).to_be_bytes()).collect();
    assert_eq!(good("a.npy", npy(">c8", false, "(2, 2)", &single)), expected);
}

#[test]
fn a_hermitian_file_is_completed_by_conjugates() {
    let expected = DMatrix::from_row_slice(2, 2, &[z(1.0, 0.0), z(2.0, -3.0), z(2.0, 3.0), z(4.0, 0.0)]);
    let file = format!("{BANNER}coordinate complex hermitian\n2 2 3\n1 1 1 0\n2 1 2 3\n2 2 4 0\n");
    assert_eq!(good("a.mtx", file), expected);
    let file = format!("{BANNER}array complex hermitian\n2 2\n1 0\n2 3\n4 0\n");
    assert_eq!(good("a.mtx", file), expected);
    let symmetric = format!("{BANNER}array complex symmetric\n2 2\n1 0\n2 3\n4 0\n");
    assert_eq!(good("a.mtx", symmetric)[(0, 1)], z(2.0, 3.0));
}

#[test]
fn numbers_of_the_wrong_kind_are_refused() {
    let real = "no number in the file has an imaginary part; give complex numbers, or use a core for real matrices";
    for (file, content) in [("a.csv", "1,2\n3,4\n"), ("a.json", "[[1, 2], [[3, 0], 4]]")] {
        assert_eq!(bad(file, content), (Kind::Unsupported, format!("{file}: {real}")));
    }
    let cases = [
        (
            "a.mtx",
            format!("{BANNER}array real general\n1 1\n1\n").into_bytes(),
            Kind::Unsupported,
            "a.mtx, line 1, field 4: the matrix is real, where a complex one is wanted; write it as 'complex', or use a core for real matrices",
        ),
        (
            "a.mtx",
            format!("{BANNER}array complex hermitian\n1 1\n1 2\n").into_bytes(),
            Kind::Index,
            "a.mtx, line 3: entry (1, 1) is 1+2i, but the diagonal of a Hermitian matrix is real; write 0 for its imaginary part, or declare the matrix general and store all of it",
        ),
        (
            "a.npy",
            npy("<f8", false, "(1, 1)", &1.0f64.to_le_bytes()),
            Kind::Unsupported,
            "a.npy: the elements (dtype '<f8') are real numbers, where complex ones are wanted; save a.astype('complex128'), or use a core for real matrices",
        ),
        (
            "a.csv",
            b"1+2i,3\n4,5k\n".to_vec(),
            Kind::NotANumber,
            "a.csv, line 2, field 2: '5k' is not a complex number; write a number such as 0.5-1.25i or 1e-3+2j",
        ),
        (
            "a.json",
            b"[[[1, 2, 3]]]".to_vec(),
            Kind::NotANumber,
            "a.json, line 1, character 11: row 1, column 1 is no pair [re, im], not a number; write a finite decimal number such as -0.25 or 1e-3",
        ),
    ];
    let count = cases.len();
    for (file, content, kind, message) in cases {
        assert_eq!(bad(file, content), (kind, message.to_owned()));
    }
    assert_eq!(count, 5);
    // And the reverse.
    let error = parse_matrix("a.csv", b"1,2+3i\n4,5\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "a.csv, line 1, field 2: '2+3i' is a complex number; give real numbers, or use a core for complex matrices"
    );
}
