//! Separators, quotes, comments and decimal signs of delimited text, and the account of its lines.

use super::*;
use crate::reader::labels::{Asked, FirstRow, Form, Labels};
use crate::reader::records::{Records, Skipped};
use crate::reader::separator::Separator;
use crate::reader::words::{is_missing, is_spreadsheet_error};

/// The rows of a text as lists of fields, or its first fault.
fn fields(text: &str, separator: Separator) -> Result<Vec<Vec<String>>, String> {
    let texts = |record: crate::reader::Record| record.fields.iter().map(|f| f.text.clone().into_owned()).collect();
    Records::new(text, separator).map(|record| record.map(texts).map_err(|fault| fault.to_string())).collect()
}

#[test]
fn the_separator_is_found_from_the_text() {
    use Separator::*;
    let cases = [
        ("1,2,3\n4,5,6\n", 2, Comma),
        ("1;2;3\n4;5;6\n", 2, Semicolon),
        ("1\t2\t3\n4\t5\t6\n", 2, Tab),
        ("1|2|3\n4|5|6\n", 2, Bar),
        ("1::1193::5::978300760\n1::661::3::978302109\n", 3, DoubleColon),
        ("1 2 3\n4   5\t6\n", 2, Blanks),
        ("1, 2, 3\n4, 5, 6\n", 2, Comma),
        ("1,\t2\n3,\t4\n", 2, Comma),
        // Decimal commas.
        ("1,5;2,0\n3,1;4,2\n", 2, Semicolon),
        ("1,5\t2,0\n3,1\t4,2\n", 2, Tab),
        // Pairs or decimal commas: the matrix reader refuses this.
        ("1,5 2,0\n3,1 4,2\n", 2, Comma),
        // Other separators within names.
        ("u1\tMe, Myself; I\t4\nu2\tMe, Myself; I\t3\n", 3, Tab),
        ("u1,rock;pop,4\nu2,jazz;folk,3\n", 3, Comma),
        ("u1,film 7,4\nu2,film 9,3\n", 3, Comma),
        ("u1;Me, Myself;4\nu2;film;3\n", 3, Semicolon),
        ("\"User-ID\";\"ISBN\";\"Book-Rating\"\n\"276725\";\"034545104X\";\"0\"\n", 3, Semicolon),
        // The semicolons end lines, as MATLAB writes them.
        ("1,2;\n3,4;\n", 2, Comma),
        // One row is too short.
        ("1;2;3\n4;5\n7;8;9\n", 2, Semicolon),
        ("# a; comment\n1,2\n", 2, Comma),
        ("7\n8\n", 2, Comma),
        ("", 2, Comma),
    ];
    for (text, least, right) in cases {
        assert_eq!(Records::detect(text, least).separator(), right, "{text:?}");
    }
}

#[test]
fn every_separator_gives_the_same_matrix() {
    let two = rows(2, 2, &[1.0, -0.5, 2e-3, 4.0]);
    let same = [
        "1,-0.5\n2e-3,4\n",
        "1;-0.5\n2e-3;4\n",
        "1\t-0.5\n2e-3\t4\n",
        "1 -0.5\n2e-3 4\n",
        "  1   -0.5  \n  2e-3  4\n",
        "1|-0.5\n2e-3|4\n",
        "1;-0,5\n2e-3;4,0\n",
        "1\t-0,5\n0,002\t4\n",
        "1,-0.5,\n2e-3,4,\n",
        "a;b;\r\n1;-0,5;\r\n0,002;4;\r\n",
        "a;b\n1;-0,5;\n0,002;4;\n",
        "\u{feff},a,b\r\n0,1,-0.5\r\n1,2e-3,4\r\n",
        ",0,1\n0,1,-0.5\n1,2e-3,4\n",
        "Unnamed: 0,a,b\n0,1,-0.5\n1,2e-3,4\n",
        "index,a,b\n0,1,-0.5\n1,2e-3,4\n",
        "#,a,b\n1,1,-0.5\n2,2e-3,4\n",
        "id,a,b\n1207,1,-0.5\n11,2e-3,4\n",
        "code,a,b\nNA,1,-0.5\nAO,2e-3,4\n",
        "\"\" \"a\" \"b\"\n\"one row\" 1 -0.5\n\"two\" 2e-3 4\n",
        "#\n# two\n1,-0.5\n#\n# three, 3\n2e-3,4\n",
    ];
    for text in same {
        assert_eq!(good("m.csv", text).matrix, two, "{text:?}");
    }
    // These names say nothing, so that their numbers are numbers.
    for text in ["x,a\n0,1\n1,2\n", "index,a\n0,1\n7,2\n", "id,a\n0.5,1\n7,2\n", "id,a\n3,1\n3,2\n"] {
        assert_eq!(good("m.csv", text).matrix.ncols(), 2, "{text:?}");
    }
}

#[test]
fn what_may_mean_two_things_is_refused() {
    let cases = [
        (
            "1;2.5\n3;4,5\n",
            "line 2, field 2: '4,5' has a decimal comma where '2.5' in line 1, field 2 has a decimal point; write all numbers with the same",
        ),
        (
            "1;2,5\n3;4.5\n",
            "line 2, field 2: '4.5' has a decimal point where '2,5' in line 1, field 2 has a decimal comma",
        ),
        (
            "1\t1,234\n3\t4\n",
            "line 1, field 2: '1,234' may be 1.234 or 1234; write numbers with a decimal point and nothing",
        ),
        ("1.234,5;2\n3;4\n", "line 1, field 1: '1.234,5' is not a number"),
        ("12%,5%\n3,4\n", "line 1, field 1: '12%' is not a number"),
        (
            "1,2\n#3,4\n5,6\n",
            "line 2: '#3' may be a comment or a row; put a blank after the # if this is a comment, or quotes",
        ),
        ("#N/A,2\n3,4\n", "line 1, field 1: '#N/A' is not a number"),
        ("1,2\n#N/A,4\n", "line 2, field 1: '#N/A' is not a number"),
        ("a,b\n1,2\n3,#WERT!\n", "line 3, field 2: '#WERT!' is not a number"),
        (
            "a,b\n\"1,2\n3,4\n",
            "line 2, field 1: a quote opens here and does not close on this line; close it on the same line",
        ),
        ("n,a\nx,1\n\"two\nlines\",2\n", "line 3, field 1: a quote opens here and does not close"),
        ("n,a\n\"x\" y,1\n", "line 2, field 1: 'y' follows a closing quote; write the quotes of a quoted field twice"),
        ("1,2,\n3,4\n", "line 1, field 3: an element is missing"),
        (
            "1,2\n\u{feff}3,4\n",
            "line 2: a byte order mark stands inside of the text, as if two files were joined; take it out",
        ),
        ("1,5 2,0\n3,1 4,2\n", "line 1, field 2: '5 2' is not a number"),
        ("inf,nan\n1,2\n", "line 1, field 1: 'inf' is infinite"),
    ];
    for (text, message) in cases {
        let found = bad("m.csv", text).1;
        assert!(found.starts_with(&format!("m.csv, {message}")), "{text:?}\n  {found}\n  {message}");
    }
}

/// Each text, and the sentence on its decimal sign; `None` if that is the point, and clearly so.
#[test]
fn the_decimal_sign_is_told() {
    const POINT: &str =
        "the decimal sign is the point (1.234 is read as 1.234); if every point divides thousands, take";
    const COMMA: &str =
        "the decimal sign is the comma (1,234 is read as 1.234); if every comma divides thousands, take";
    let cases = [
        ("1.234;2.345\n", Some(POINT), 1.234),
        ("1.234;2\n", Some(POINT), 1.234),
        ("-1.234\t7\n3\t4\n", Some(POINT), -1.234),
        ("123.456|7\n", Some(POINT), 123.456),
        ("1.234;2.34\n", None, 1.234),
        ("1.234;0.345\n", None, 1.234),
        ("1.234;2.345e0\n", None, 1.234),
        ("1234.567;2\n", None, 1234.567),
        ("1.234,2.345\n", None, 1.234),
        ("1;2\n", None, 1.0),
        ("1,234;2,345\n", Some(COMMA), 1.234),
        ("1,234;2,34\n", Some("the decimal sign is the comma"), 1.234),
    ];
    for (text, right, first) in cases {
        let (matrix, found) = crate::reader::csv::parse::<f64>(text.as_bytes()).expect(text);
        assert_eq!(matrix[0], first, "{text:?}");
        let sentence = found.decimals.to_string();
        match right {
            None => assert!(found.decimals.is_plain() && !found.to_string().contains("decimal"), "{text:?}: {found}"),
            Some(right) => assert!(
                sentence.starts_with(right)
                    && sentence.len() - right.len() < 12
                    && !found.is_plain()
                    && found.to_string().contains(&sentence),
                "{text:?}: {found}"
            ),
        }
    }
}

/// Numbers with characters that no number has: the character is named, and the number is spelled.
#[test]
fn unusual_characters_of_numbers_are_named() {
    let cases = [
        ("1;\u{2212}1.5\n", "field 2: '\u{2212}1.5' has a minus sign (U+2212) in the place of '-'; write -1.5"),
        ("\u{2212}1;\u{2212}2\n3;4\n", "field 1: '\u{2212}1' has a minus sign (U+2212) in the place of '-'; write -1"),
        ("a;b\n\u{2212}1;2\n3;4\n", "line 2, field 1: '\u{2212}1' has a minus sign (U+2212)"),
        ("1;\u{2013}2\n", "field 2: '\u{2013}2' has a dash (U+2013) in the place of '-'; write -2"),
        ("1;\u{ff11}\u{ff12}.5\n", "field 2: '\u{ff11}\u{ff12}.5' has a fullwidth digit (U+FF11); write 12.5"),
        ("1;\u{663}\n", "field 2: '\u{663}' has an Arabic digit (U+0663); write 3"),
        ("1;1\u{ff0e}5\n", "field 2: '1\u{ff0e}5' has a fullwidth full stop (U+FF0E) in the place of '.'; write 1.5"),
        ("1;2\u{a0}345\n", "field 2: '2\\u{a0}345' has a no-break space (U+00A0) between its digits; write 2345"),
        ("1 2\u{202f}345\n", "field 2: '2\\u{202f}345' has a narrow no-break space (U+202F) between its digits; write"),
        ("1;2 345,5\n", "field 2: '2 345,5' has a blank between its digits; write 2345,5"),
        ("1;2'345\n", "field 2: '2\\'345' has an apostrophe between its digits; write 2345"),
        ("1;2\u{2019}345\n", "field 2: '2\u{2019}345' has an apostrophe (U+2019) between its digits; write 2345"),
        ("1;\u{200b}5\n", "field 2: '\\u{200b}5' has an invisible character (U+200B); take it out, and write 5"),
        (
            "1;2\u{a0}34\n",
            "field 2: '2\\u{a0}34' has a no-break space (U+00A0) between its digits; write a plain blank if",
        ),
        ("1;2 34\n", "field 2: '2 34' is not a number; write a decimal number"),
        ("1;2\u{2212}\n", "field 2: '2\u{2212}' is not a number; write a decimal number"),
        ("1;\u{3c0}\n", "field 2: '\u{3c0}' is not a number; write a decimal number"),
    ];
    for (text, message) in cases {
        let found = bad("m.csv", text).1;
        assert!(found.contains(message), "{text:?}\n  {found}\n  {message}");
    }
    let kind = |text: &str| bad("m.csv", text).0;
    assert_eq!((kind("1;\u{2212}1\n"), kind("1;x\n")), (Kind::UnusualNumber, Kind::NotANumber));
    // In other formats of text, too.
    let text = format!("{BANNER}array real general\n1 1\n\u{2212}5\n");
    assert!(bad("m.mtx", text).1.contains("has a minus sign (U+2212)"));
}

/// Each text, and what may be meant otherwise: the beginning of each sentence.
#[test]
fn what_may_be_meant_otherwise_is_told() {
    const ROW: &str = "the first row counts the columns; if this is the header and no row of numbers, DO B";
    const YEARS: &str = "the first row has years in order; if this is the header and no row of numbers, DO B";
    const COLUMN: &str = "the first column counts the rows; if these are labels and no numbers, DO A";
    const COMMAS: &str = "commas were taken to separate numbers; if a number such as 1,05 has a decimal comma here";
    let cases: &[(&str, &[&str])] = &[
        ("1,2\n3,4\n", &[]),
        ("1,2,3\n4,5,6\n", &[]),
        ("3,0\n0,-4\n", &[]),
        ("10,20\n30,40\n", &[]),
        ("10,20\n30,4\n50,60\n", &[]),
        ("1.5,25\n2,50\n3,75\n", &[]),
        ("1,2,3\n0.5,7,8\n", &[ROW]),
        ("0,1,2\n5,7,8\n", &[ROW]),
        ("2019,2020\n5,7\n", &[YEARS]),
        ("2020;2019\n5;7\n", &[YEARS]),
        ("1,2019,2020,2021\n2,7,8,9\n", &[COLUMN, YEARS]),
        ("2019,2020\n2021,2022\n", &[]),
        ("0,5,6\n1,7,8\n", &[COLUMN]),
        ("1,05\n2,50\n", &[COLUMN, COMMAS]),
        ("3,05,-2,5\n2,50,7,1\n", &[COMMAS]),
        ("3,25\n-2,50\n3,75\n", &[COMMAS]),
        ("3;05\n2;50\n", &[]),
        (",2019,2020\nDE,1,2\n", &[]),
        ("", &[]),
    ];
    for (text, right) in cases {
        let form = Form::of(&Records::detect(text, 2), Asked::default());
        let found = form.doubts("DO A", "DO B");
        let same =
            found.len() == right.len() && found.iter().zip(*right).all(|(found, right)| found.starts_with(right));
        assert!(same, "{text:?}: {found:?}");
    }
    let asked = Asked { header: Some(false), labels: Some(false) };
    assert!(Form::of(&Records::detect("1,2019,2020\n2,7,8\n", 2), asked).doubts("", "").is_empty());
    let form = Form::of(&Records::detect("2019,2020\n5,7\n", 2), Asked::default());
    assert_eq!(form.first_row, Some(FirstRow::Years));
}

/// Titles that are years, below a word, are a header, and the user decides otherwise.
#[test]
fn years_are_a_header_beside_words() {
    let form = |text: &str, header| Form::of(&Records::detect(text, 2), Asked { header, labels: None });
    for (text, header, right) in [
        ("country,2019,2020\nDE,1,2\n", None, true),
        ("country,2019,2020\nDE,1,2\n", Some(false), false),
        ("country,2019,2020\n7,1,2\n", None, false),
        ("DE,2019,2020\nFR,2021,2022\n", None, false),
        ("DE,5,7\nFR,2,3\n", None, false),
        ("DE,5,7\nFR,2,3\n", Some(true), true),
        ("5,7\n2,3\n", Some(true), true),
    ] {
        assert_eq!(form(text, header).header, right, "{text:?} {header:?}");
    }
    assert_eq!(good("m.csv", "country,2019,2020\nDE,1,2\nFR,3,4\n").matrix, rows(2, 2, &[1.0, 2.0, 3.0, 4.0]));
}

#[test]
fn utf_16_is_named() {
    for (bytes, message) in [
        (&b"\xff\xfe1\0,\x002\0\n\0"[..], "m.csv: the file is UTF-16 text; save the file as plain UTF-8 text"),
        (b"\xfe\xff\x001\x00,\x002\x00\n", "m.csv: the file is UTF-16 text; save the file as plain UTF-8 text"),
        (b"1\0,\x002\0\n\0", "m.csv, line 1: a byte is 0, as in UTF-16 text or in a file that is no text; save"),
        (b"1,2\n3,\0\n", "m.csv, line 2: a byte is 0"),
    ] {
        let found = bad("m.csv", bytes).1;
        assert!(found.starts_with(message), "{found}");
    }
}

#[test]
fn quotes_follow_the_separator() {
    use Separator::*;
    let same = |text: &str, separator, right: &[&str]| {
        assert_eq!(fields(text, separator).expect(text), [right], "{text:?}");
    };
    same("\"a, b\", 2 ,\"say \"\"x\"\"\"", Comma, &["a, b", "2", "say \"x\""]);
    same("5\" disk,\"\",", Comma, &["5\" disk", "", ""]);
    same("1\t\"Film 4\t3", Tab, &["1", "\"Film 4", "3"]);
    same("1\t\"Film 4\"\t3", Tab, &["1", "Film 4", "3"]);
    same("1\t\"The \"\"Film\"\"\"\t\"A\" and \"B\"", Tab, &["1", "The \"Film\"", "\"A\" and \"B\""]);
    same("\t\t", Tab, &["", "", ""]);
    same("\"a b\"  c ", Blanks, &["a b", "c"]);
    same("1::\"x::2", DoubleColon, &["1", "\"x", "2"]);
}

#[test]
fn a_comment_is_told_from_a_row() {
    let rows = |text: &str| {
        fields(text, Separator::Comma).map(|rows| rows.into_iter().map(|row| row.join("|")).collect::<Vec<_>>())
    };
    assert_eq!(rows("#one\n##two\n# three,3\na,b\n# four,4\n#\n  # five\nc,d\n").unwrap(), ["a|b", "c|d"]);
    assert_eq!(rows("#,user\n#REF!,2\n#N/A,3\n#DIV/0!,4\n#\u{a1}VALOR!,5\n\"#tag\",6\n").unwrap().len(), 6);
    assert!(rows("a,b\n#tag,6\n").unwrap_err().contains("line 2: '#tag' may be a comment or a row"));
    let mut records = Records::new("#one\n\na\n \n# two\n# three\nb\n\n", Separator::Comma);
    assert_eq!(records.by_ref().count(), 2);
    assert_eq!(records.layout().skipped, Skipped { comments: 3, blank: 3 });
    assert_eq!(records.layout().to_string(), "fields separated by commas; 3 comment lines and 3 blank lines skipped");
}

#[test]
fn what_was_found_in_the_text_of_a_matrix_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let read = |text: &str| {
        let path = folder.path().join("a.csv");
        std::fs::write(&path, text).expect("written");
        read_numbers::<f64>(&path).expect(text).1.expect("text")
    };
    let plain = read("1,2\n3,4\n");
    assert!(plain.is_plain() && plain.to_string() == "fields separated by commas");
    let found = read("# note\n;a;b;\n\n0;1,5;2;\n1;3;4;\n");
    assert!(!found.is_plain() && found.form.labels == Some(Labels::NoName));
    assert_eq!(
        found.to_string(),
        "fields separated by semicolons, with one more at the end of every row; 1 comment line and 1 blank line skipped; \
         the decimal sign is the comma; the first row is the header; the first column holds labels (the header has no \
         name for it)"
    );
    std::fs::write(folder.path().join("a.json"), "[[1]]").expect("written");
    assert_eq!(read_numbers::<f64>(folder.path().join("a.json")).expect("read").1, None);
}

#[test]
fn words_for_nothing_are_known() {
    for word in [
        "",
        "NA",
        "n/a",
        "NaN",
        "NULL",
        "None",
        "<NA>",
        "?",
        "-",
        ".",
        "\\N",
        "#N/A",
        "#DIV/0!",
        "#NV",
        "#WERT!",
        "#\u{bf}NOMBRE?",
    ] {
        assert!(is_missing(word), "{word}");
    }
    for word in ["0", "x", "Nancy", "inf", "#", "#tag", "#tag!", "#!", "#1", "-1", "--1"] {
        assert!(!is_missing(word) && !is_spreadsheet_error(word), "{word}");
    }
}

#[test]
fn the_form_of_a_table_is_told() {
    let form = |text: &str, labels| Form::of(&Records::detect(text, 2), Asked { labels, header: None });
    let cases = [
        (",a\n5,1\n3,2\n", None, true, Some(Labels::NoName)),
        ("row,a\n1,1\n2,2\n", None, true, Some(Labels::Index)),
        ("row,a\n1,1\n3,2\n", None, true, None),
        ("n,a\nNA,1\nx,2\n", None, true, Some(Labels::Words)),
        ("n,a\nNA,1\n5,2\n", None, true, None),
        ("n,a\n12%,1\n13%,2\n", None, true, None),
        (",2019,2020\nDE,1,2\n", None, true, Some(Labels::NoName)),
        (",2019,2020\n3,1,2\n", None, false, None),
        ("0,5,6\n1,7,8\n", None, false, None),
        (",a\n5,1\n3,2\n", Some(false), true, None),
        ("0,5\n1,7\n", Some(true), false, Some(Labels::Asked)),
    ];
    for (text, asked, header, labels) in cases {
        let found = form(text, asked);
        assert_eq!((found.header, found.labels), (header, labels), "{text:?}");
    }
    assert!(form("0,5,6\n1,7,8\n", None).counts && !form("0,5,6\n2,7,8\n", None).counts);
}

/// A line of each kind: what it is, and its text.
fn line() -> impl Strategy<Value = (char, String)> {
    prop_oneof![
        6 => "[a-z#]{0,3}[\", ]?,[0-9]{1,2},[ \"]?[0-9]?".prop_map(|text| ('?', text)),
        2 => "[a-z]{1,5},[0-9],[0-9]".prop_map(|text| ('r', text)),
        1 => "[ \t]{0,3}".prop_map(|text| ('b', text)),
        1 => " ?# [a-z,\"#]{0,5}".prop_map(|text| ('c', text)),
        1 => "#(N/A|REF!|DIV/0!),[0-9],[0-9]".prop_map(|text| ('r', text)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Every line of a text is a row, a comment or a blank line, or the text is refused. Rows are in order, and the
    /// fields are where they say.
    #[test]
    fn every_line_is_accounted_for(lines in prop::collection::vec(line(), 0..12), end in 0..3_usize, last in any::<bool>()) {
        let end = ["\n", "\r\n", "\r"][end];
        let texts: Vec<&str> = lines.iter().map(|(_, text)| text.as_str()).collect();
        let text = texts.join(end) + if last && !texts.is_empty() { end } else { "" };
        // A last line of nothing, without an end, is no line.
        let count = if text.is_empty() { 0 } else { lines.len() - usize::from(!last && lines.last().is_some_and(|l| l.1.is_empty())) };
        for separator in [Separator::Comma, Separator::Tab, Separator::Blanks, Separator::DoubleColon] {
            let mut records = Records::new(&text, separator);
            let found: Vec<_> = records.by_ref().collect();
            let Skipped { comments, blank } = records.layout().skipped;
            // A refused line is counted here, too.
            prop_assert_eq!(found.len() + comments + blank, count, "{:?}", text);
            if separator == Separator::Comma {
                let kind = |kind| lines.iter().filter(|line| line.0 == kind).count();
                prop_assert!(found.len() >= kind('r'));
                prop_assert!(comments >= kind('c'));
            }
            let numbers: Vec<usize> = found.iter().flatten().map(|record| record.line).collect();
            prop_assert!(numbers.is_sorted_by(|a, b| a < b));
            for record in found.iter().flatten() {
                for field in &record.fields {
                    let place = &text[field.range.clone()];
                    prop_assert!(field.quoted || place == field.text, "{:?} {:?}", place, field);
                    prop_assert!(lines[record.line - 1].1.contains(place));
                }
            }
        }
    }

    /// What is written with any separator is read back.
    #[test]
    fn a_table_is_read_back_with_any_separator(
        names in prop::collection::vec("[a-z]{1,4}[ ,;|:\"]?[a-z]{1,4}", 2..8),
        which in 0..6_usize,
    ) {
        use Separator::*;
        let separator = [Comma, Semicolon, Tab, Bar, DoubleColon, Blanks][which];
        let quote = |name: &String| format!("\"{}\"", name.replace('"', "\"\""));
        let lines: Vec<String> = names.iter().enumerate().map(|(n, name)| [quote(name), n.to_string(), "0.5".into()].join(separator.text())).collect();
        let text = lines.join("\n");
        let records = Records::detect(&text, 3);
        prop_assert_eq!(records.separator(), separator, "{:?}", text);
        for (record, name) in records.zip(&names) {
            prop_assert_eq!(&record.expect("a row").fields[0].text, name);
        }
    }
}
