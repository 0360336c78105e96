//! Tests with valid and invalid tables.

use super::*;
use proptest::prelude::*;
use svdforge_golden::reader::{Separator, Skipped};

/// A file of `tests/files`.
fn file(name: &str) -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name);
    read_table(&path, Asked::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// The text with every gap filled by 10 x row + column + 0.5.
fn written(table: &Table) -> String {
    let mut text = Vec::new();
    table.write(&mut text, |i, j| (10 * i + j) as f64 + 0.5).expect("written");
    String::from_utf8(text).expect("text")
}

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
        (b"1,2\n3\n", "t.csv, line 2: this row has 1 field where line 1 has 2; give every row 2 fields"),
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

#[test]
fn the_files_are_read() {
    let errors = file("table-excel-errors.csv");
    assert_eq!((errors.shape(), errors.known().count(), &errors.labels), ((4, 3), 10, &None));
    assert_eq!(errors.reading.gaps, BTreeMap::from([(String::new(), 1), ("#N/A".to_owned(), 1)]));
    let index = file("table-index-column.csv");
    assert_eq!((index.shape(), index.reading.form.labels), ((19, 3), Some(Labels::NoName)));
    let labels = index.labels.as_ref().expect("labels");
    assert_eq!((&labels[0], &labels[18]), ("0", "18"));
    let names = file("table-label-NA.csv");
    assert_eq!((names.shape(), names.reading.form.labels), ((4, 3), Some(Labels::Words)));
    assert!(names.labels.expect("labels").iter().eq(["NA", "AO", "BW", "ZA"]));
}

#[test]
fn words_for_missing_numbers_are_counted() {
    let words = ["", "NA", "n/a", "NULL", "none", "NaN", "?", "-", ".", "#N/A", "#DIV/0!", "#NV"];
    let lines: String = words.iter().enumerate().map(|(n, word)| format!("{n}.5,{word},{n}\n")).collect();
    let table = good(&format!("a,b,c\n{lines}1,2,3\n"));
    assert_eq!((table.reading.gaps.len(), table.reading.gaps.values().sum::<usize>()), (12, 12));
    assert_eq!((table.shape(), table.known().count()), ((13, 3), 27));
}

#[test]
fn what_is_not_filled_stays_as_it_was() {
    for (text, right) in [
        ("a;b\r\n1,50;\r\n\r\n;2,0\r\n", "a;b\r\n1,50;1,5\r\n\r\n10,5;2,0\r\n"),
        ("\u{feff}a\tb\n 1.50 \tNA\n\"?\"\t2\n", "\u{feff}a\tb\n 1.50 \t1.5\n10.5\t2\n"),
        ("# note\na  b\n1   NA\nNA  +2e0\n", "# note\na  b\n1   1.5\n10.5  +2e0\n"),
        ("x|y|\n\"1\"||\n|2|\n", "x|y|\n\"1\"|1.5|\n10.5|2|\n"),
        ("code,a,b\n\"NA\",1,\n\"A, O\",,2", "code,a,b\n\"NA\",1,1.5\n\"A, O\",10.5,2"),
    ] {
        assert_eq!(written(&good(text)), right, "{text:?}");
    }
    let comma = good("a;b\n1,5;2\n3;4,25\n");
    assert_eq!((comma.reading.layout.separator, comma.reading.decimals.decimal_comma), (Separator::Semicolon, true));
    assert_eq!(comma.values, [1.5, 2.0, 3.0, 4.25]);
}

#[test]
fn labels_can_be_asked_for() {
    let read = |text: &str, labels| parse_table_as(Path::new("t.csv"), text.as_bytes(), Asked { labels, header: None });
    let text = ",a,b\n3,1,2\n1,,4\n";
    assert_eq!(read(text, None).expect("read").shape(), (2, 2));
    assert_eq!(read(text, Some(false)).expect("read").shape(), (2, 3));
    assert!(read("0,1,2\n1,3,4\n", Some(true)).expect("read").labels.expect("labels").iter().eq(["0", "1"]));
    assert!(read("0,1,2\n1,3,4\n", None).expect("read").reading.form.counts);
    let mixed = "code,a,b\nx,1,2\n17,3,4\n";
    let error = read(mixed, None).expect_err("refused").to_string();
    assert!(
        error
            .starts_with("t.csv, line 3, field 1: '17' is a number in a column that begins with a word; give --labels"),
        "{error}"
    );
    assert_eq!(read(mixed, Some(true)).expect("read").shape(), (2, 2));
    let error = read(mixed, Some(false)).expect_err("refused").to_string();
    assert!(error.starts_with("t.csv, line 2, field 1: 'x' is not a number"), "{error}");
    let error = read("code,a,b\n17,1,2\nx,3,4\n", None).expect_err("refused").to_string();
    assert!(error.ends_with("; give --labels yes if these are labels"), "{error}");
}

#[test]
fn rows_that_begin_with_a_sign_are_no_comments() {
    let table = good("# note\n\na,b\n1,2\n#N/A,3\n# c\n4,5\n");
    assert_eq!((table.shape(), table.reading.layout.skipped), ((3, 2), Skipped { comments: 2, blank: 1 }));
    let refused = |text: &str| parse_table(Path::new("t.csv"), text.as_bytes()).expect_err("refused").to_string();
    assert!(refused("1,2\n#3,4\n").starts_with("t.csv, line 2: '#3' may be a comment or a row"));
    assert!(refused("n,a\n\"x\ny\",2\n").starts_with("t.csv, line 2, field 1: a quote opens here"));
    assert!(refused("1;2,5\n3;4.5\n").starts_with("t.csv, line 2, field 2: '4.5' has a decimal point where"));
    assert!(refused("1,2\n3,#4\n").starts_with("t.csv, line 2, field 2: '#4' is not a number"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Lines are the header, comments, blank lines or rows; gaps are counted; and what is written differs from what was
    /// read only in the gaps.
    #[test]
    fn every_line_and_gap_is_accounted_for(
        cells in prop::collection::vec((0..40_u32, 0..8_usize), 3..60),
        breaks in prop::collection::vec(0..3_usize, 20),
        which in 0..4_usize,
        labels in any::<bool>(),
    ) {
        let (separator, sign) = [(",", "."), (";", ","), ("\t", "."), (" ", ".")][which];
        let (mut lines, mut filled) = (vec![[if labels { "name" } else { "z" }, "a", "b"].join(separator)], Vec::new());
        filled.push(lines[0].clone());
        let (mut skipped, mut gaps) = (Skipped::default(), 0);
        let count = cells.len() / 3 + 1;
        for i in 0..count {
            match breaks.get(i) {
                Some(1) => { lines.push("# x,y;z".to_owned()); skipped.comments += 1; }
                Some(2) => { lines.push(String::new()); skipped.blank += 1; }
                _ => {}
            }
            if lines.len() > filled.len() { filled.push(lines[lines.len() - 1].clone()); }
            let first = if labels { format!("r{i}") } else { format!("{i}{sign}25") };
            let (mut row, mut full) = (vec![first.clone()], vec![first]);
            for j in 0..2 {
                let (value, word) = cells.get(3 * i + j).copied().unwrap_or((5, 0));
                // The first row has all numbers, and every row has one.
                if i > 0 && j == 1 && word > 2 {
                    gaps += 1;
                    row.push(["NA", "#N/A", "-", "null", "?"][word - 3].to_owned());
                    full.push((10 * i + j + usize::from(!labels)).to_string() + sign + "5");
                } else {
                    row.push(format!("{value}{sign}50"));
                    full.push(format!("{value}{sign}50"));
                }
            }
            lines.push(row.join(separator));
            filled.push(full.join(separator));
        }
        let text = lines.join("\n") + "\n";
        let table = parse_table(Path::new("t.csv"), text.as_bytes()).map_err(|e| TestCaseError::fail(format!("{e}: {text:?}")))?;
        prop_assert_eq!(table.reading.layout.skipped, skipped);
        prop_assert_eq!(1 + table.shape().0 + skipped.comments + skipped.blank, lines.len());
        prop_assert_eq!(table.reading.gaps.values().sum::<usize>(), gaps);
        prop_assert_eq!(table.known().count() + gaps, count * if labels { 2 } else { 3 });
        prop_assert_eq!(table.labels.is_some(), labels);
        prop_assert_eq!(written(&table), filled.join("\n") + "\n");
    }
}
