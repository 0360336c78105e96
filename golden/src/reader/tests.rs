//! Every fault has a case here: the bytes, and the whole message.

#[path = "tests/complex.rs"]
mod complex;
#[path = "tests/delimited.rs"]
mod delimited;
#[path = "tests/matrix_market.rs"]
mod matrix_market;
#[path = "tests/npy.rs"]
mod npy_file;
#[path = "tests/stacks.rs"]
mod stacks;
#[path = "tests/text.rs"]
mod text;

use super::file::at_most;
use super::*;
use nalgebra::DMatrix;
use proptest::prelude::*;
use std::io;

fn good(file: &str, bytes: impl AsRef<[u8]>) -> NamedMatrix {
    parse_matrix(file, bytes.as_ref()).unwrap_or_else(|error| panic!("{error}"))
}

fn bad(file: &str, bytes: impl AsRef<[u8]>) -> (Kind, String) {
    let error = parse_matrix(file, bytes.as_ref()).expect_err("refused");
    (error.fault.kind, error.to_string())
}

/// Each case: the content of the file, the kind of its fault, and its message after the file's name.
fn assert_faults(file: &str, cases: &[(&str, Kind, &str)]) {
    let wrong: Vec<String> = (cases.iter())
        .filter_map(|(content, kind, message)| {
            let found = bad(file, content);
            let right = (*kind, format!("{file}{message}"));
            (found != right).then(|| format!("{content:?}\n  is {found:?}\n not {right:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn rows(rows: usize, cols: usize, elements: &[f64]) -> DMatrix<f64> {
    DMatrix::from_row_slice(rows, cols, elements)
}

const BANNER: &str = "%%MatrixMarket matrix ";

/// A .npy file, version 1.0, as numpy pads it (to 64 bytes).
fn npy(descr: &str, fortran: bool, shape: &str, data: &[u8]) -> Vec<u8> {
    let fortran = if fortran { "True" } else { "False" };
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}");
    let padded = (header.len() + 11).next_multiple_of(64) - 11;
    header = format!("{header:padded$}\n");
    let length = u16::try_from(header.len()).expect("short").to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
}

fn bytes<const N: usize>(values: &[f64], one: impl Fn(f64) -> [u8; N]) -> Vec<u8> {
    values.iter().flat_map(|&value| one(value)).collect()
}

#[test]
fn no_more_is_read_than_the_limit() {
    let read = |bytes: &'static [u8]| at_most(3, bytes).expect("read");
    assert_eq!([read(b""), read(b"abc"), read(b"abcd")], [Some(vec![]), Some(b"abc".to_vec()), None]);
    assert_eq!(at_most(3, io::repeat(0)).expect("read"), None);
}

#[test]
fn files_are_read_and_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("little one.Csv");
    std::fs::write(&path, "1,2\n").expect("written");
    assert_eq!(read_matrices(&path).expect("read")[0].name, "little one");
    let missing = read_matrices(folder.path().join("none.npy")).expect_err("refused");
    assert_eq!(missing.fault.kind, Kind::Unreadable);
    assert!(missing.to_string().ends_with("; give the path of an existing, readable matrix file"));
    assert_eq!(read_matrices(folder.path().join("none.xls")).expect_err("refused").fault.kind, Kind::UnknownExtension);
    std::fs::create_dir(folder.path().join("folder.csv")).expect("made");
    assert_eq!(read_matrices(folder.path().join("folder.csv")).expect_err("refused").fault.kind, Kind::Unreadable);
    assert_eq!(
        bad("m.xls", "1").1,
        "m.xls: the extension 'xls' is no matrix format; use .csv, .mtx, .npy, .npz or .json"
    );
    assert_eq!(
        bad("m", "1").1,
        "m: the file name has no extension to tell its format; use .csv, .mtx, .npy, .npz or .json"
    );
}

const FILES: [&str; 4] = ["m.csv", "m.json", "m.mtx", "m.npy"];

/// A panic fails the test; what is read is a matrix, what is refused has a message of one line.
fn survives(bytes: &[u8]) {
    for file in FILES {
        match parse_matrix(file, bytes) {
            Ok(found) => assert!(!found.matrix.is_empty() && found.matrix.iter().all(|value| value.is_finite())),
            Err(error) => {
                let message = error.to_string();
                assert!(message.contains("; ") && !message.chars().any(char::is_control), "{message:?}");
            }
        }
    }
}

/// Good files of each format, for damage.
fn seeds() -> Vec<Vec<u8>> {
    let data = bytes(&[1.0, 2.0, 3.0, 4.0], f64::to_le_bytes);
    vec![
        b"word,a,b\n# c\nx,1,-0.5\n\"y\",2e-3,4\n".to_vec(),
        br#"{"name": "mine", "matrix": [[1, -0.5], [2e-3, 4]]}"#.to_vec(),
        format!("{BANNER}coordinate real symmetric\n% c\n2 2 2\n1 1 5\n2 1 -0.5\n").into_bytes(),
        format!("{BANNER}array real general\n2 1\n1\n2\n").into_bytes(),
        npy("<f8", true, "(2, 2)", &data),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn survives_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        survives(&bytes);
    }

    #[test]
    fn survives_any_text(text in "[-+0-9.,eEnai\\[\\]{}\":# %\n\r\u{e9}]{0,80}") {
        survives(text.as_bytes());
        survives(format!("{BANNER}coordinate real general\n{text}").as_bytes());
        survives(&npy("<f8", false, &text.replace(['\n', '\u{e9}'], ""), b""));
    }

    #[test]
    fn survives_any_damage(which in 0..5_usize, damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4), cut in any::<prop::sample::Index>()) {
        let mut bytes = seeds()[which].clone();
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        survives(&bytes);
        survives(&bytes[..cut.index(bytes.len())]);
    }

    /// What Rust writes, every format reads back, bit for bit.
    #[test]
    fn reads_back_what_was_written(
        (rows, cols, values) in (1..6_usize, 1..6_usize).prop_flat_map(|(rows, cols)| {
            let values = prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL, rows * cols);
            (Just(rows), Just(cols), values)
        })
    ) {
        let matrix = DMatrix::from_row_slice(rows, cols, &values);
        let lines: Vec<String> = values.chunks(cols)
            .map(|row| row.iter().map(|value| format!("{value:e}")).collect::<Vec<_>>().join(","))
            .collect();
        let column_major: Vec<String> = matrix.iter().map(|value| format!("{value:e}\n")).collect();
        let files: [Vec<u8>; 4] = [
            lines.join("\n").into_bytes(),
            format!("[[{}]]", lines.join("],[")).into_bytes(),
            format!("{BANNER}array real general\n{rows} {cols}\n{}", column_major.concat()).into_bytes(),
            npy("<f8", false, &format!("({rows}, {cols})"), &bytes(&values, f64::to_le_bytes)),
        ];
        for (file, content) in FILES.iter().zip(&files) {
            let found = good(file, content).matrix;
            prop_assert_eq!(found.shape(), (rows, cols));
            prop_assert!(found.iter().zip(&matrix).all(|(x, y)| x.to_bits() == y.to_bits()), "{}", file);
        }
    }
}
