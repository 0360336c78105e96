//! Several matrices in a file: `.npy` with three dimensions, and `.npz`.

use super::*;
use std::io::Write;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn many(file: &str, content: impl AsRef<[u8]>) -> Vec<(String, DMatrix<f64>)> {
    let found = parse_matrices(file, content.as_ref()).unwrap_or_else(|error| panic!("{error}"));
    found.into_iter().map(|found| (found.name, found.matrix)).collect()
}

fn refused(file: &str, content: impl AsRef<[u8]>) -> (Kind, String) {
    let error = parse_matrices(file, content.as_ref()).expect_err("refused");
    (error.fault.kind, error.to_string())
}

fn archive(method: CompressionMethod, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, content) in files {
        // numpy writes 64-bit sizes, whatever the length.
        let options = SimpleFileOptions::default().compression_method(method).large_file(true);
        writer.start_file(*name, options).expect("started");
        writer.write_all(content).expect("written");
    }
    writer.finish().expect("finished").into_inner()
}

#[test]
fn three_dimensions_are_a_stack() {
    let values: Vec<f64> = (0..12).map(f64::from).collect();
    let data = bytes(&values, f64::to_le_bytes);
    let right = vec![("m[0]".to_owned(), rows(3, 2, &values[..6])), ("m[1]".to_owned(), rows(3, 2, &values[6..]))];
    assert_eq!(many("m.npy", npy("<f8", false, "(2, 3, 2)", &data)), right);
    // In Fortran order the first index is the fastest.
    let at = |k: usize, i: usize, j: usize| (k * 3 + i) * 2 + j;
    let order: Vec<f64> = (0..12).map(|n| values[at(n % 2, n / 2 % 3, n / 6)]).collect();
    let fortran = npy("<f8", true, "(2, 3, 2)", &bytes(&order, f64::to_le_bytes));
    assert_eq!(many("m.npy", fortran), right);
    assert_eq!(many("m.npy", npy("<f8", false, "(1, 2, 6)", &data))[0].0, "m[0]");
}

#[test]
fn stacks_that_are_wrong() {
    use Kind::*;
    let mut values = vec![0.5; 12];
    values[9] = f64::INFINITY;
    let data = bytes(&values, f64::to_le_bytes);
    let file = |shape: &str| npy("<f8", false, shape, &data);
    let cases = [
        (file("(2, 3, 2)"), NotFinite, "m.npy[1], row 2, column 2: the element is inf; save"),
        (file("(0, 3, 2)"), Empty, "m.npy: the array holds no matrix; save"),
        (file("(3, 0, 2)"), Empty, "m.npy: a 0 x 2 matrix has no elements; give"),
        (file("(3, 3, 2)"), Count, "m.npy: 96 bytes follow the header where 3 x 3 x 2 of '<f8' take 144; save"),
        (file("(9999999999, 3, 2)"), TooLarge, "m.npy: a stack of 9999999999 matrices of 3 x 2 is too large; give"),
        (file("(18446744073709551615, 8, 8)"), TooLarge, "m.npy: a stack of 18446744073709551615 matrices"),
    ];
    for (content, kind, message) in &cases {
        let (found, text) = refused("m.npy", content);
        assert_eq!(found, *kind, "{text}");
        assert!(text.starts_with(message), "{text} does not begin with {message}");
    }
    let stack = npy("<f8", false, "(2, 1, 1)", &bytes(&[1.0, 2.0], f64::to_le_bytes));
    assert_eq!(bad("m.npy", stack).1, "m.npy: the file holds 2 matrices; give one matrix here");
}

#[test]
fn archives_hold_several_arrays() {
    let one = npy("<f8", false, "(1, 2)", &bytes(&[1.0, 2.0], f64::to_le_bytes));
    let stack = npy("<i2", false, "(2, 1, 1)", &bytes(&[3.0, 4.0], |x| (x as i16).to_le_bytes()));
    let right = [("m[b]", rows(1, 2, &[1.0, 2.0])), ("m[a][0]", rows(1, 1, &[3.0])), ("m[a][1]", rows(1, 1, &[4.0]))];
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let file = archive(method, &[("b.npy", &one), ("a.npy", &stack)]);
        assert_eq!(many("m.npz", &file), right.clone().map(|(name, matrix)| (name.to_owned(), matrix)));
    }
}

#[test]
fn archives_that_are_wrong() {
    use Kind::*;
    let one = npy("<f8", false, "(1, 2)", &bytes(&[1.0, f64::NAN], f64::to_le_bytes));
    let words = npy("<U4", false, "(1,)", &[0; 16]);
    let stored = |files: &[(&str, &[u8])]| archive(CompressionMethod::Stored, files);
    let mut damaged = stored(&[("x.npy", &words)]);
    damaged.truncate(40);
    let mut changed = stored(&[("x.npy", &one)]);
    let middle = changed.len() / 3;
    changed[middle] ^= 1;
    let cases = [
        (Vec::new(), Empty, "m.npz: the file is empty; write the file with numpy.savez"),
        (b"1,2".to_vec(), Malformed, "m.npz: the archive cannot be read: "),
        (damaged, Malformed, "m.npz: the archive cannot be read: "),
        (changed, Malformed, "m.npz[x]: cannot be unpacked: "),
        (stored(&[]), Empty, "m.npz: the archive holds no array; write"),
        (stored(&[("x.npy", &one)]), NotFinite, "m.npz[x], row 1, column 2: the element is NaN; save"),
        (stored(&[("names.npy", &words)]), Unsupported, "m.npz[names]: the elements (dtype '<U4') are text"),
        (stored(&[("x.txt", b"1,2")]), Malformed, "m.npz[x.txt]: the file does not begin like a .npy file"),
    ];
    for (content, kind, message) in &cases {
        let (found, text) = refused("m.npz", content);
        assert_eq!(found, *kind, "{text}");
        assert!(text.starts_with(message), "{text} does not begin with {message}");
    }
}

proptest! {
    /// No bytes make the reader of archives panic.
    #[test]
    fn any_archive_is_read_or_refused(place in 0usize..400, byte: u8, length in 0usize..400) {
        let one = npy("<f8", false, "(1, 2)", &bytes(&[1.0, 2.0], f64::to_le_bytes));
        let mut file = archive(CompressionMethod::Deflated, &[("x.npy", &one)]);
        let place = place % file.len();
        file[place] = byte;
        let _ = parse_matrices("m.npz", &file);
        file.truncate(length);
        let _ = parse_matrices("m.npz", &file);
    }
}
