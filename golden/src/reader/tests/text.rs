//! `.csv` and `.json`.

use super::*;

#[test]
fn csv_is_read() {
    let two = rows(2, 2, &[1.0, -0.5, 2e-3, 4.0]);
    let same = [
        "1,-0.5\n2e-3,4\n",
        "1,-.5\r\n.002,4",
        "1,-0.5\r.002,4\r",
        "# a comment, 1\n\n 1 , -0.5 \n# another\n2e-3,+4.\n   \n\n",
        "\u{feff}a,b\n1,-0.5\n2e-3,4",
        "word,a,b\nnan?,1,-0.5\ninfinity,2e-3,4\n",
        ",a,b\nx,1,-0.5\n\"y,z\",2e-3,4\n",
    ];
    for text in same {
        assert_eq!(good("m.csv", text), NamedMatrix { name: "m".into(), matrix: two.clone() }, "{text:?}");
    }
    assert_eq!(good("m.csv", "7").matrix, rows(1, 1, &[7.0]));
    assert_eq!(good("dir/a.b.CSV", "1\n2\n").name, "a.b");
}

#[test]
fn csv_faults() {
    use Kind::*;
    let number = "write a decimal number such as -0.25 or 1e-3";
    let long = "x".repeat(50);
    let cases = [
        ("", Empty, ": there are no numbers in the file; write one row per line, its elements separated by commas, semicolons, tabs or blanks".to_owned()),
        ("a,b\n", Empty, ": there are no numbers in the file; write one row per line, its elements separated by commas, semicolons, tabs or blanks".to_owned()),
        ("a\nb\n", Empty, ": there are no numbers in the file; write one row per line, its elements separated by commas, semicolons, tabs or blanks".to_owned()),
        ("# only\n\n", Empty, ": there are no numbers in the file; write one row per line, its elements separated by commas, semicolons, tabs or blanks".to_owned()),
        ("1,2\n# c\n\n3\n", Ragged, ", line 4: this row has 1 field where line 1 has 2; give every row 2 fields, separated by commas".to_owned()),
        ("1,2\r\n\r\n3,4,5\r\n", Ragged, ", line 3: this row has 3 fields where line 1 has 2; give every row 2 fields, separated by commas".to_owned()),
        ("1,2\n3,x\n", NotANumber, format!(", line 2, field 2: 'x' is not a number; {number}")),
        ("a,1\n3,4\n", NotANumber, format!(", line 1, field 1: 'a' is not a number; {number}")),
        ("a,b\n1,2\nx,4\n", NotANumber, format!(", line 3, field 1: 'x' is not a number; {number}")),
        ("1\n3;4\n", Ragged, ", line 2: this row has 2 fields where line 1 has 1; give every row 1 field, separated by semicolons".to_owned()),
        ("1,\n", NotANumber, ", line 1, field 2: an element is missing; write a number, 0 if there is nothing".to_owned()),
        (",\n", NotANumber, ", line 1, field 1: an element is missing; write a number, 0 if there is nothing".to_owned()),
        ("1,NaN\n", NotFinite, ", line 1, field 2: 'NaN' is not a number (NaN); give a finite number".to_owned()),
        ("nan,inf\n1,2\n", NotFinite, ", line 1, field 1: 'nan' is not a number (NaN); give a finite number".to_owned()),
        ("1\n-inf\n", NotFinite, ", line 2, field 1: '-inf' is infinite, or too large for an f64; give a finite number".to_owned()),
        ("1e999\n", NotFinite, ", line 1, field 1: '1e999' is infinite, or too large for an f64; give a finite number".to_owned()),
        ("w,a\nx,1\n7,2\n", Malformed, ", line 3, field 1: '7' is a number in a column of labels; give every row a label that is not a number, or none".to_owned()),
        ("w,a\nx,1\n,2\n", Malformed, ", line 3, field 1: a label is missing; give every row a label that is not a number, or none".to_owned()),
        ("1\n\u{1b}[2J\n", NotANumber, format!(", line 2, field 1: '\\u{{1b}}[2J' is not a number; {number}")),
    ];
    let cases: Vec<_> = cases.iter().map(|(text, kind, message)| (*text, *kind, message.as_str())).collect();
    assert_faults("m.csv", &cases);
    assert!(bad("m.csv", format!("1\n{long}")).1.contains(&format!("'{}...'", &long[..40])));
    assert_eq!(
        bad("m.csv", b"1,2\n\xff,3").1,
        "m.csv, line 2: a byte is not UTF-8 text; save the file as plain UTF-8 text"
    );
}

#[test]
fn json_is_read() {
    let two = rows(2, 2, &[1.0, -0.5, 2e-3, 4.0]);
    assert_eq!(good("m.json", "[[1,-0.5],\n[2e-3,4]]"), NamedMatrix { name: "m".into(), matrix: two.clone() });
    let named = good("m.json", r#"{"source": {"by": ["x", null]}, "matrix": [[1,-0.5],[2e-3,4]], "name": "mine"}"#);
    assert_eq!(named, NamedMatrix { name: "mine".into(), matrix: two.clone() });
    assert_eq!(good("m.json", r#" {"matrix": [[1,-0.5],[2e-3,4]]} "#).name, "m");
    // The nearest f64, not one beside it.
    assert_eq!(good("m.json", "[[0.1, 123456789.12345678]]").matrix, rows(1, 2, &[0.1, 123_456_789.123_456_78]));
    assert_eq!(good("m.json", "[[-3, 18446744073709551615]]").matrix, rows(1, 2, &[-3.0, 2.0_f64.powi(64)]));
}

#[test]
fn json_faults() {
    use Kind::*;
    let rows = r#"write rows such as [[1, 2], [3, 4]] or {"name": "mine", "matrix": [[1, 2], [3, 4]]}"#;
    let number = "write a finite decimal number such as -0.25 or 1e-3";
    let cases = [
        ("", Empty, format!(": the file is empty; {rows}")),
        ("[]", Empty, ": a 0 x 0 matrix has no elements; give at least one row and one column".to_owned()),
        ("[[]]", Empty, ": a 1 x 0 matrix has no elements; give at least one row and one column".to_owned()),
        (
            "[[1,2],\n [3]]",
            Ragged,
            ", line 2, character 4: row 2 has 1 elements where row 1 has 2; give every row the same number of elements"
                .to_owned(),
        ),
        (
            "[[1,\"2\"]]",
            NotANumber,
            format!(", line 1, character 7: row 1, column 2 is the string '2', not a number; {number}"),
        ),
        (
            "[[1],\n[null]]",
            NotANumber,
            format!(", line 2, character 5: row 2, column 1 is null, not a number; {number}"),
        ),
        ("[[true]]", NotANumber, format!(", line 1, character 6: row 1, column 1 is true, not a number; {number}")),
        ("[[[1]]]", NotANumber, format!(", line 1, character 3: row 1, column 1 is an array, not a number; {number}")),
        ("[[{}]]", NotANumber, format!(", line 1, character 4: row 1, column 1 is an object, not a number; {number}")),
        ("[[1e999]]", NotFinite, format!(", line 1, character 7: a number is too large for an f64; {number}")),
        ("[[NaN]]", Malformed, format!(", line 1, character 3: expected value; {rows}")),
        ("[[1]", Malformed, format!(", line 1, character 4: EOF while parsing a list; {rows}")),
        ("[[1]] x", Malformed, format!(", line 1, character 7: trailing characters; {rows}")),
        (
            "[1,2]",
            Malformed,
            format!(
                ", line 1, character 2: invalid type: integer `1`, expected row 1 to be an array of numbers; {rows}"
            ),
        ),
        (
            "3",
            Malformed,
            format!(
                ", line 1, character 1: invalid type: integer `3`, expected an array of rows, or an object with a \"matrix\"; {rows}"
            ),
        ),
        (
            r#"{"Matrix": [[1]]}"#,
            Malformed,
            format!(", line 1, character 17: the object has no key \"matrix\"; {rows}"),
        ),
        (
            r#"{"matrix": [[1]], "matrix": [[1]]}"#,
            Duplicate,
            ", line 1, character 34: the key 'matrix' is given twice; give each key once".to_owned(),
        ),
        (
            r#"{"matrix": {"matrix": [[1]]}}"#,
            Malformed,
            format!(", line 1, character 11: invalid type: map, expected an array of rows; {rows}"),
        ),
    ];
    let cases: Vec<_> = cases.iter().map(|(text, kind, message)| (*text, *kind, message.as_str())).collect();
    assert_faults("m.json", &cases);
    // Nested beyond any stack.
    let deep = "[".repeat(1_000_000);
    assert_eq!(bad("m.json", deep).0, NotANumber);
    let deep = format!("{{\"x\": {}", "[".repeat(1_000_000));
    assert_eq!(bad("m.json", deep).0, Malformed);
}

/// The table of Landauer's nine book titles: a header, and a column of labels.
#[test]
fn a_table_of_words_is_read() {
    let text = "word,T1,T2\nbook,0,1\ndads,1,0\nrich,2,0\n";
    assert_eq!(good("nine-titles.csv", text).matrix, rows(3, 2, &[0.0, 1.0, 1.0, 0.0, 2.0, 0.0]));
}
