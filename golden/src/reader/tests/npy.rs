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
        (
            file("<f8", "(1, 1, 1, 4)"),
            Unsupported,
            ": the array has 4 dimensions; save an array of at most three dimensions: a.reshape(-1, 1, 4) is a stack",
        ),
        ([&whole[..], &whole].concat(), Unsupported, ": a second array follows the first; save several arrays with"),
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
        (file("<f8", "()"), Count, ": 32 bytes follow the header where 1 x 1 of '<f8' take 8"),
        (file("<f8", "(0, 2)"), Empty, ": a 0 x 2 matrix has no elements"),
        (file("<f8", &"(".repeat(60_000)), Malformed, ": the header is malformed at '((((("),
        (replaced("'shape'", "'shade'"), Malformed, ": the header is malformed at"),
        (replaced("False", "Maybe"), Malformed, ": the header is malformed at 'Maybe"),
        (replaced("'<f8'", "[1,2]"), Malformed, ": the header is malformed at '[1,2]"),
        (replaced("'<f8'", "[("), Malformed, ": the header is malformed at '[("),
        (replaced("'<f8'", "[)]"), Malformed, ": the header is malformed at '[)"),
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

/// Every type of numpy that is not read, and the words with which it is refused.
#[test]
fn types_that_are_refused() {
    let real = "save a.astype('float64')";
    let part = "save a.real if the imaginary part, which would be lost, does not matter; numpy.block(";
    let cases = [
        ("<c8", "complex numbers (complex64), and cores here take real matrices", part),
        ("<c16", "complex numbers (complex128), and cores here take real matrices", part),
        ("<c32", "complex numbers (complex256), and cores here take real matrices", part),
        ("<f16", "extended-precision numbers (longdouble), whose bytes differ from machine to machine", real),
        ("<f12", "extended-precision numbers (longdouble), whose bytes differ from machine to machine", real),
        ("|O", "Python objects, which only Python can unpickle", "save the numbers alone, with a.astype('float64')"),
        ("|S5", "text", "if it spells numbers, save a.astype('float64')"),
        ("<U4", "text", "if it spells numbers, save a.astype('float64')"),
        ("<M8[ns]", "dates (datetime64)", "save numbers, such as (a - a.min()) / numpy.timedelta64(1, 's')"),
        ("<m8[D]", "time spans (timedelta64)", "save numbers, such as a / numpy.timedelta64(1, 's')"),
        ("|V8", "raw bytes (void)", "save numbers, such as a.view('float64') if that is what the bytes are"),
        ("é8", "of a type that is not read here", "convert the array with a.astype('float64')"),
        ("<f3", "of a type that is not read here", "convert the array with a.astype('float64')"),
        ("", "of a type that is not read here", "convert the array with a.astype('float64')"),
    ];
    for (descr, what, remedy) in cases {
        let (kind, message) = bad("m.npy", npy(descr, false, "(2, 2)", &[0; 64]));
        assert_eq!(kind, Kind::Unsupported, "{message}");
        let right = format!("m.npy: the elements (dtype '{descr}') are {what}; {remedy}");
        assert!(message.starts_with(&right), "{message} does not begin with {right}");
    }
    let structured = |descr: &str| {
        let header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (2,), }}");
        let length = u16::try_from(header.len()).expect("short").to_le_bytes();
        bad("m.npy", [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), &[0; 32]].concat())
    };
    let cases = [
        ("[('a', '<f8'), ('b', '<f8')]", "the fields 'a', 'b'; save one field"),
        ("[('a', '<f8', (2, 3)), ('b', [('x', '<f8')]), ('c', '<i4')]", "the fields 'a', 'b', 'c'; save one field"),
        ("[(('title', 'name'), '<f8')]", "the field 'name'; save one field"),
        ("[('a', '<f8'), ('', '|V4'), ('b', '<f8')]", "the fields 'a', 'b'; save one field"),
        (
            "[('1', '|b1'), ('2', '|b1'), ('3', '|b1'), ('4', '|b1'), ('5', '|b1'), ('6', '|b1'), ('7', '|b1')]",
            "the fields '1', '2', '3', '4', '5', '6', ...; save one field",
        ),
    ];
    for (descr, words) in cases {
        let (kind, message) = structured(descr);
        assert_eq!(kind, Kind::Unsupported, "{message}");
        let right = format!("m.npy: this is a structured array, with {words}, such as a['name']");
        assert!(message.starts_with(&right), "{message} does not begin with {right}");
    }
}

/// Half-precision numbers, as numpy 2.4 writes them, flags, and a single number.
#[test]
fn half_precision_flags_and_single_numbers_are_read() {
    let halves = [0x0000_u16, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0001, 0x03ff, 0x0400, 0x3555, 0xfbff];
    let values = [
        0.0,
        0.0,
        1.0,
        -2.0,
        65504.0,
        2.0_f64.powi(-24),
        1023.0 * 2.0_f64.powi(-24),
        2.0_f64.powi(-14),
        1365.0 / 4096.0,
        -65504.0,
    ];
    let data: Vec<u8> = halves.iter().flat_map(|half| half.to_le_bytes()).collect();
    assert_eq!(good("m.npy", npy("<f2", false, "(2, 5)", &data)).matrix, rows(2, 5, &values));
    let data: Vec<u8> = halves.iter().flat_map(|half| half.to_be_bytes()).collect();
    assert_eq!(good("m.npy", npy(">f2", false, "(2, 5)", &data)).matrix, rows(2, 5, &values));
    for (half, word) in [(0x7c00_u16, "inf"), (0xfc00, "-inf"), (0x7e00, "NaN")] {
        let message = bad("m.npy", npy("<f2", false, "(1,)", &half.to_le_bytes())).1;
        assert!(message.contains(&format!("the element is {word};")), "{message}");
    }
    assert_eq!(good("m.npy", npy("|b1", false, "(1, 3)", &[0, 1, 1])).matrix, rows(1, 3, &[0.0, 1.0, 1.0]));
    assert_eq!(good("m.npy", npy("<f8", false, "()", &2.5_f64.to_le_bytes())).matrix, rows(1, 1, &[2.5]));
}
