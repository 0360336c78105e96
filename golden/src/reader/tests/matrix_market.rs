//! `.mtx`.

use super::*;

#[test]
fn matrix_market_is_read() {
    let cases = [
        ("array real general\n% note\n\n2 3\n1\n2\n3\n4\n5\n6e0\n", rows(2, 3, &[1.0, 3.0, 5.0, 2.0, 4.0, 6.0])),
        ("array integer symmetric\n2 2\n1\n2\n3\n", rows(2, 2, &[1.0, 2.0, 2.0, 3.0])),
        ("array real skew-symmetric\n3 3\n1\n2\n3", rows(3, 3, &[0.0, -1.0, -2.0, 1.0, 0.0, -3.0, 2.0, 3.0, 0.0])),
        ("COORDINATE Real General\r\n2 3 2\r\n1 3 -0.5\r\n2 1 4\r\n", rows(2, 3, &[0.0, 0.0, -0.5, 4.0, 0.0, 0.0])),
        ("coordinate pattern general\n2 2 1\n2 1\n", rows(2, 2, &[0.0, 0.0, 1.0, 0.0])),
        ("coordinate pattern symmetric\n2 2 2\n2 1\n\n1 1\n", rows(2, 2, &[1.0, 1.0, 1.0, 0.0])),
        ("coordinate integer skew-symmetric\n2 2 1\n2 1 7\n", rows(2, 2, &[0.0, -7.0, 7.0, 0.0])),
        ("coordinate real general\n1 2 0\n", rows(1, 2, &[0.0, 0.0])),
    ];
    for (text, right) in &cases {
        let found = good("m.mtx", format!("{BANNER}{text}"));
        assert_eq!(found, NamedMatrix { name: "m".into(), matrix: right.clone() }, "{text}");
    }
    assert_eq!(cases.len(), 8);
}

#[test]
fn matrix_market_faults() {
    use Kind::*;
    // Kind, place and a part of the message; banner and size line in front where the case starts with neither.
    let real = "coordinate real general\n";
    let cases = [
        (String::new(), Empty, ": the file is empty; begin with '%%MatrixMarket"),
        ("1 2\n".into(), Malformed, ", line 1, field 1: the Matrix Market banner is missing; begin with"),
        (format!("{BANNER}array real\n"), Malformed, ", line 1, field 4: the banner has 4 words, not 5"),
        ("%%MatrixMarket vector array real general\n".into(), Malformed, ", line 1, field 2: 'vector' is no object"),
        (format!("{BANNER}list real general\n"), Malformed, ", line 1, field 3: 'list' is no format"),
        (
            format!("{BANNER}array complex general\n"),
            Unsupported,
            ", line 1, field 4: the matrix is complex, and cores here take real matrices; write its real part",
        ),
        (
            format!("{BANNER}coordinate complex hermitian\n1 1 1\n1 1 3 0\n"),
            Unsupported,
            ", line 1, field 4: the matrix is complex, and cores here take real matrices; write its real part",
        ),
        (format!("{BANNER}array real unitary\n"), Malformed, ", line 1, field 5: 'unitary' is no symmetry"),
        (format!("{BANNER}array pattern general\n"), Malformed, ", line 1, field 4: an array cannot be a pattern"),
        (
            format!("{BANNER}{real}% c\n"),
            Empty,
            ": there is no size line after the banner; give a line of three whole numbers",
        ),
        (
            format!("{BANNER}{real}2 2\n"),
            Malformed,
            ", line 2: the line has 2 words, not 3; give a line of three whole numbers: rows columns entries",
        ),
        (format!("{BANNER}{real}2 -2 1\n"), Malformed, ", line 2, field 2: '-2' is not a whole number"),
        (
            format!("{BANNER}{real}99999999999999999999 1 1\n"),
            Malformed,
            ", line 2, field 1: '99999999999999999999' is not a whole number in range",
        ),
        (format!("{BANNER}{real}0 2 0\n"), Empty, ", line 2: a 0 x 2 matrix has no elements"),
        (
            format!("{BANNER}{real}4294967295 4294967295 1\n"),
            TooLarge,
            ", line 2: a 4294967295 x 4294967295 matrix is too large; give at most 67108864 elements",
        ),
        (
            // The product is 2^64, 0 in 64 bits.
            format!("{BANNER}{real}4294967296 4294967296 0\n"),
            TooLarge,
            ", line 2: a 4294967296 x 4294967296 matrix is too large",
        ),
        (
            format!("{BANNER}{real}18446744073709551615 2 1\n"),
            TooLarge,
            ", line 2: a 18446744073709551615 x 2 matrix is too large",
        ),
        (
            format!("{BANNER}{real}2 2 18446744073709551615\n"),
            Count,
            ": the file ends after 0 of the 18446744073709551615 entries that the size line promises",
        ),
        (
            format!("{BANNER}{real}2 2 2\n1 1 5\n"),
            Count,
            ": the file ends after 1 of the 2 entries that the size line promises",
        ),
        (
            format!("{BANNER}{real}2 2 1\n1 1 5\n\n% c\n2 2 1\n"),
            Count,
            ", line 6: there are more than the 1 entries that the size line promises",
        ),
        (
            format!("{BANNER}{real}2 2 1\n1 3 5\n"),
            Index,
            ", line 3, field 2: the index 3 is outside the matrix; indices count from 1; give 1 to 2",
        ),
        (
            format!("{BANNER}{real}2 2 1\n0 1 5\n"),
            Index,
            ", line 3, field 1: the index 0 is outside the matrix; indices count from 1; give 1 to 2",
        ),
        (format!("{BANNER}{real}2 2 1\n1 1.5 5\n"), Malformed, ", line 3, field 2: '1.5' is not a whole number"),
        (
            format!("{BANNER}{real}2 2 1\n1 1\n"),
            Malformed,
            ", line 3: the line has 2 words, not 3; write the entry as: row column value",
        ),
        (format!("{BANNER}{real}2 2 1\n1 1 x\n"), NotANumber, ", line 3, field 3: 'x' is not a number"),
        (
            format!("{BANNER}{real}2 2 1\n1 1 nan\n"),
            NotFinite,
            ", line 3, field 3: 'nan' is not a number (NaN); give a finite number",
        ),
        (
            format!("{BANNER}{real}1 1 2\n1 1 1e308\n1 1 1e308\n"),
            NotFinite,
            ", line 4: the entries (1, 1) add up to more than an f64 holds; give smaller numbers",
        ),
        (format!("{BANNER}{real}1 1 1\n1 1 1.5-103\n"), NotANumber, ", line 3, field 3: '1.5-103' is not a number"),
        (format!("{BANNER}{real}1 1 1\n1 1 1dx\n"), NotANumber, ", line 3, field 3: '1dx' is not a number"),
        (format!("{BANNER}{real}1 1 1\n1 1 1d999\n"), NotFinite, ", line 3, field 3: '1d999' is too large for an f64"),
        (format!("{BANNER}{real}1 1 1\n1 1 3 x\n"), Malformed, ", line 3: the line has 4 words, not 3"),
        (format!("{BANNER}{real}1 1 1\n1 1 3,5\n"), NotANumber, ", line 3, field 3: '3,5' is not a number"),
        (
            format!("{BANNER}coordinate integer general\n1 1 1\n1 1 0.5\n"),
            NotANumber,
            ", line 3, field 3: '0.5' is not an integer; write an integer, or declare the matrix real",
        ),
        (
            format!("{BANNER}coordinate real symmetric\n2 2 2\n1 2 5\n2 1 5\n"),
            Duplicate,
            ", line 4: entry (2, 1) follows already from entry (1, 2) on line 3; store one triangle only",
        ),
        (
            format!("{BANNER}coordinate real skew-symmetric\n2 2 1\n1 1 5\n"),
            Index,
            ", line 3: entry (1, 1) is 5.0, but a skew-symmetric matrix has zeros on its diagonal; leave the entry out",
        ),
        (
            format!("{BANNER}array real symmetric\n2 3\n1\n"),
            Malformed,
            ", line 2: a symmetric matrix cannot be 2 x 3; give as many rows as columns",
        ),
        (
            format!("{BANNER}array real general\n2 2\n1\n2\n3\n"),
            Count,
            ": the file ends after 3 of the 4 entries that the size line promises",
        ),
        (
            format!("{BANNER}array real symmetric\n3 3\n1\n2\n"),
            Count,
            ": the file ends after 2 of the 6 entries that the size line promises",
        ),
        (
            format!("{BANNER}array real general\n1 1\n1\n2\n"),
            Count,
            ", line 4: there are more than the 1 entries that the size line promises",
        ),
        (
            format!("{BANNER}array real general\n2 1\n1 2\n"),
            Malformed,
            ", line 3: the line has 2 words, not 1; write one element per line, column by column",
        ),
    ];
    for (text, kind, part) in &cases {
        let (found, message) = bad("m.mtx", text);
        assert_eq!(found, *kind, "{text:?}: {message}");
        assert!(message.starts_with(&format!("m.mtx{part}")), "{text:?}: {message}");
    }
    assert_eq!(cases.len(), 40);
    let latin = [BANNER.as_bytes(), b"array real general\n1 1\n% \xe4\n\xe4\n"].concat();
    assert_eq!(bad("m.mtx", latin).1, "m.mtx, line 4: a byte is not UTF-8 text; save the file as plain UTF-8 text");
}

/// Files of the kinds that scipy.io.mmread reads (1.17.1), with the matrix that it finds. The exception is the exponent
/// with a D, which scipy takes for the end of the number.
#[test]
fn what_scipy_reads_is_read() {
    let cases: [(&str, &[u8], DMatrix<f64>); 19] = [
        ("duplicates", b"%%coordinate real general\n2 2 3\n1 1 1\n1 1 2\n2 1 5\n", rows(2, 2, &[3.0, 0.0, 5.0, 0.0])),
        ("more entries than elements", b"%%coordinate real general\n1 1 3\n1 1 3\n1 1 4\n1 1 5\n", rows(1, 1, &[12.0])),
        (
            "symmetric duplicates",
            b"%%coordinate real symmetric\n2 2 3\n2 1 1\n2 1 2\n1 1 5\n",
            rows(2, 2, &[5.0, 3.0, 3.0, 0.0]),
        ),
        (
            "a pattern with duplicates",
            b"%%coordinate pattern general\n2 2 2\n1 1\n1 1\n",
            rows(2, 2, &[2.0, 0.0, 0.0, 0.0]),
        ),
        ("upper triangle", b"%%coordinate real symmetric\n2 2 2\n1 2 7\n1 1 5\n", rows(2, 2, &[5.0, 7.0, 7.0, 0.0])),
        (
            "upper triangle, skew",
            b"%%coordinate real skew-symmetric\n2 2 1\n1 2 7\n",
            rows(2, 2, &[0.0, 7.0, -7.0, 0.0]),
        ),
        (
            "zero diagonal, skew",
            b"%%coordinate real skew-symmetric\n2 2 2\n1 1 0\n2 1 7\n",
            rows(2, 2, &[0.0, -7.0, 7.0, 0.0]),
        ),
        ("pattern, skew", b"%%coordinate pattern skew-symmetric\n2 2 1\n2 1\n", rows(2, 2, &[0.0, -1.0, 1.0, 0.0])),
        ("real hermitian", b"%%coordinate real hermitian\n2 2 1\n2 1 4\n", rows(2, 2, &[0.0, 4.0, 4.0, 0.0])),
        (
            "exponents of Fortran",
            b"%%coordinate real general\n1 2 2\n1 1 1.5D+01\n1 2 -2d0\n",
            rows(1, 2, &[15.0, -2.0]),
        ),
        (
            "a comment in Latin-1",
            b"%%coordinate real general\n% Universit\xe4t\n1 2 1\n1 1 1\n",
            rows(1, 2, &[1.0, 0.0]),
        ),
        ("a comment among entries", b"%%coordinate real general\n1 2 1\n % \xe4\n1 1 1\n%", rows(1, 2, &[1.0, 0.0])),
        ("a comment behind an entry", b"%%coordinate real general\n1 1 1\n1 1 3 % note \xe4\n", rows(1, 1, &[3.0])),
        ("one per cent sign", b"%coordinate real general\n1 1 1\n1 1 3\n", rows(1, 1, &[3.0])),
        ("unsigned integers", b"%%coordinate unsigned-integer general\n1 1 1\n1 1 3\n", rows(1, 1, &[3.0])),
        ("double", b"%%coordinate double general\n1 1 1\n1 1 3\n", rows(1, 1, &[3.0])),
        ("integers with a point", b"%%coordinate integer general\n1 1 1\n1 1 3.0\n", rows(1, 1, &[3.0])),
        ("tabs", b"%%coordinate\treal\tgeneral\n1\t1\t1\n1\t1\t3\n", rows(1, 1, &[3.0])),
        (
            "the largest 64-bit integer",
            b"%%array integer symmetric\n1 1\n9223372036854775807\n",
            rows(1, 1, &[2.0_f64.powi(63)]),
        ),
    ];
    for (what, short, right) in &cases {
        let (signs, rest) = short.split_at(short.iter().take_while(|&&byte| byte == b'%').count());
        let file = [signs, b"MatrixMarket matrix ", rest].concat();
        assert_eq!(good("m.mtx", file).matrix, *right, "{what}");
    }
}
