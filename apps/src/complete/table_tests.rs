//! Tests with valid and invalid tables.

use super::*;

fn good(text: &str) -> Table {
    parse_table(Path::new("t.csv"), text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn gaps_are_read_and_what_is_known_is_written_as_it_was() {
    let values = [Some(1.0), None, None, Some(2.5), Some(-3.0), Some(40.0)];
    for text in [
        "1.0,\n,2.50\n-3,4e1\n",
        "1.0,NaN\n?,2.50\nx,y\n".replace("x,y", "-3,4e1").as_str(),
        "a,b\n1.0,na\nnan,2.50\n-3,4e1\n",
        "# note\nname,a,b\nx,1.0,\ny,?,2.50\nz,-3,4e1\n",
    ] {
        let found = good(text).values;
        assert!(found.iter().map(|v| (!v.is_nan()).then_some(*v)).eq(values), "{text}: {found:?}");
    }
    let table = good("name,a,b\nx,1.00,\n\"y, z\",?,2.50\n");
    let mut text = Vec::new();
    table.write(&mut text, |i, j| (10 * i + j) as f64 + 0.5).expect("written");
    assert_eq!(String::from_utf8(text).expect("text"), "name,a,b\nx,1.00,1.5\n\"y, z\",10.5,2.50\n");
    assert_eq!((table.shape(), table.known().collect::<Vec<_>>()), ((2, 2), vec![(0, 0, 1.0), (1, 1, 2.5)]));
}

#[test]
fn faults_name_line_and_field() {
    let cases: [(&[u8], &str); 9] = [
        (b"1,2\n3,-2e300\n", "t.csv, line 2, field 2: '-2e300' is too large; give numbers of a size up to 1e300"),
        (b"", "t.csv: there are no numbers in the file; write one row per line"),
        (b"a,b\n", "t.csv: there are no numbers in the file"),
        (b"1,2\n3\n", "t.csv, line 2: this row has 1 fields where line 1 has 2; give every row 2 fields"),
        (b"1,2\n\n3,x\n", "t.csv, line 3, field 2: 'x' is not a number; write one row per line"),
        (b"1,2\n3,inf\n", "t.csv, line 2, field 2: 'inf' is infinite, or too large for an f64; write"),
        (b"n,a,b\nx,1,2\n# c\ny,,?\n", "t.csv, line 4: every number of this row is missing; give at least one"),
        (b"n,a,b\nx,1,\ny,2,NA\n", "t.csv: column 2 ('b'): every number of it is missing; give at least one"),
        (b"1,2\n\xff,3\n", "t.csv, line 2: a byte is not UTF-8 text; save the file"),
    ];
    for (text, message) in cases {
        let error = parse_table(Path::new("t.csv"), text).expect_err("refused").to_string();
        assert!(error.starts_with(message), "{:?}:\n{error}\nis not\n{message}", String::from_utf8_lossy(text));
    }
}
