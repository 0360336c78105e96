//! `.npy`.

use super::*;

#[test]
fn npy_is_read() {
    let values = [1.0, -2.0, 3.0, -4.0, 5.0, 100.0];
    let right = rows(2, 3, &values);
    let cases = [
        ("<f8", bytes(&values, f64::to_le_bytes)),
        (">f8", bytes(&values, f64::to_be_bytes)),
        ("<f4", bytes(&values, |x| (x as f32).to_le_bytes())),
        (">f4", bytes(&values, |x| (x as f32).to_be_bytes())),
        ("|i1", bytes(&values, |x| (x as i8).to_le_bytes())),
        ("<i2", bytes(&values, |x| (x as i16).to_le_bytes())),
        (">i4", bytes(&values, |x| (x as i32).to_be_bytes())),
        ("<i8", bytes(&values, |x| (x as i64).to_le_bytes())),
    ];
    for (descr, data) in &cases {
        assert_eq!(good("m.npy", npy(descr, false, "(2, 3)", data)).matrix, right, "{descr}");
        let fortran = good("m.npy", npy(descr, true, "(3, 2)", data)).matrix;
        assert_eq!(fortran, right.transpose(), "{descr}");
        let vector = good("m.npy", npy(descr, false, "(6,)", data)).matrix;
        assert_eq!(vector, rows(6, 1, &values), "{descr}");
    }
    let large = [0.0, 255.0];
    for (descr, data) in [
        ("|u1", bytes(&large, |x| (x as u8).to_le_bytes())),
        (">u2", bytes(&large, |x| (x as u16).to_be_bytes())),
        ("<u4", bytes(&large, |x| (x as u32).to_le_bytes())),
        ("<u8", bytes(&large, |x| (x as u64).to_le_bytes())),
    ] {
        assert_eq!(good("m.npy", npy(descr, false, "(1, 2)", &data)).matrix, rows(1, 2, &large), "{descr}");
    }
    let most = u64::MAX.to_le_bytes();
    assert_eq!(good("m.npy", npy("<u8", false, "(1,)", &most)).matrix[0], 2.0_f64.powi(64));
    assert_eq!(good("m.npy", npy("<i8", false, "(1L, 1L)", &most)).matrix[0], -1.0);
    // Version 2 has a longer length, and keys may come in any order.
    let header = br#"{"shape":(1,1),"fortran_order":False,"descr":"<f8"}"#;
    let length = (header.len() as u32).to_le_bytes();
    let file = [b"\x93NUMPY\x02\x00", &length[..], &header[..], &0.5_f64.to_le_bytes()].concat();
    assert_eq!(good("m.npy", file).matrix, rows(1, 1, &[0.5]));
}

#[test]
fn npy_faults() {
    use Kind::*;
    let data = bytes(&[1.0, 2.0, 3.0, 4.0], f64::to_le_bytes);
    let whole = npy("<f8", false, "(2, 2)", &data);
    let file = |descr: &str, shape: &str| npy(descr, false, shape, &data);
    let replaced = |from: &str, to: &str| {
        let text: String = whole.iter().map(|&byte| char::from(byte)).collect();
        text.replace(from, to).chars().map(|letter| letter as u8).collect::<Vec<u8>>()
    };
    let strange = npy("<f8", false, "(1, 2)", &bytes(&[1.0, f64::NAN], f64::to_le_bytes));
    let cases = [
        (Vec::new(), Empty, ": the file is empty; write the file with numpy.save"),
        (b"1,2\n".to_vec(), Malformed, ": the file does not begin like a .npy file; write"),
        (b"\x93NUMPY\x01".to_vec(), Count, ": the file ends within its header; write"),
        (b"\x93NUMPY\x01\x00\x10".to_vec(), Count, ": the file ends within its header; write"),
        (b"\x93NUMPY\x09\x00".to_vec(), Unsupported, ": version 9 of the format is not read here; write"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff{".to_vec(), Count, ": the file ends within its header; write"),
        (whole[..60].to_vec(), Count, ": the file ends within its header; write"),
        (whole[..whole.len() - 1].to_vec(), Count, ": 31 bytes follow the header where 2 x 2 of '<f8' take 32; save"),
        ([&whole[..], &[0]].concat(), Count, ": 33 bytes follow the header where 2 x 2 of '<f8' take 32; save"),
        (file("<f8", "(1, 1, 1, 4)"), Unsupported, ": the array has 4 dimensions; save an array of one to three"),
        (
            file("<f8", "(9999999999, 9999999999)"),
            TooLarge,
            ": a 9999999999 x 9999999999 matrix is too large; give at most",
        ),
        (
            file("<f8", "(99999999999999999999, 1)"),
            Malformed,
            ": the header is malformed at '99999999999999999999, 1), }",
        ),
        (file("<f8", "()"), Unsupported, ": the array has 0 dimensions"),
        (file("<f8", "(0, 2)"), Empty, ": a 0 x 2 matrix has no elements"),
        (file("<f8", &"(".repeat(60_000)), Malformed, ": the header is malformed at '((((("),
        (
            file("<c16", "(2,)"),
            Unsupported,
            ": elements of type '<c16' are not read here; convert the array with .astype('float64')",
        ),
        (file("<f2", "(2,)"), Unsupported, ": elements of type '<f2' are not read here"),
        (file("é8", "(2,)"), Unsupported, ": elements of type 'é8' are not read here"),
        (replaced("'shape'", "'shade'"), Malformed, ": the header is malformed at"),
        (replaced("False", "Maybe"), Malformed, ": the header is malformed at 'Maybe"),
        (replaced("'<f8'", "[1,2]"), Malformed, ": the header is malformed at '[1,2]"),
        (replaced("'fortran_order': False, ", "                        "), Malformed, ": the header is malformed at"),
        (strange, NotFinite, ", row 1, column 2: the element is NaN; save finite numbers only"),
    ];
    for (content, kind, part) in &cases {
        let (found, message) = bad("m.npy", content);
        assert_eq!(found, *kind, "{message}");
        assert!(message.starts_with(&format!("m.npy{part}")), "{message} does not begin with {part}");
    }
    assert_eq!(cases.len(), 23);
}
