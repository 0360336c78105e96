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
            ", line 1, field 4: 'complex' is no type of element that is read here",
        ),
        (format!("{BANNER}array real hermitian\n"), Unsupported, ", line 1, field 5: 'hermitian' is no symmetry"),
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
            format!("{BANNER}{real}2 2 5\n"),
            Count,
            ", line 2, field 3: 5 entries do not fit 2 x 2; give at most 4 entries",
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
            format!("{BANNER}{real}2 2 2\n1 1 1\n1 1 2\n"),
            Duplicate,
            ", line 4: entry (1, 1) was given on line 3 already; give each entry once",
        ),
        (
            format!("{BANNER}coordinate integer general\n1 1 1\n1 1 0.5\n"),
            NotANumber,
            ", line 3, field 3: '0.5' is not an integer; write an integer, or declare the matrix real",
        ),
        (
            format!("{BANNER}coordinate real symmetric\n2 2 1\n1 2 5\n"),
            Index,
            ", line 3: entry (1, 2) is not in the stored triangle; store only entries on and below the diagonal",
        ),
        (
            format!("{BANNER}coordinate real skew-symmetric\n2 2 1\n1 1 5\n"),
            Index,
            ", line 3: entry (1, 1) is not in the stored triangle; store only entries below the diagonal",
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
    assert_eq!(cases.len(), 34);
}
