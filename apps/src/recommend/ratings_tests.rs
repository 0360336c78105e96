//! Tests with valid and invalid rating files.

use super::*;

fn good(text: &str, scale: Option<Scale>) -> Ratings {
    parse_ratings(Path::new("r.csv"), text.as_bytes(), scale).unwrap_or_else(|error| panic!("{error}"))
}

fn rows(ratings: &Ratings) -> Vec<(&str, &str, f64)> {
    ratings.list.iter().map(|r| (ratings.users.name(r.user), ratings.items.name(r.item), r.value)).collect()
}

#[test]
fn the_usual_formats_are_read() {
    let expected = vec![("196", "242", 3.0), ("186", "302", 4.5)];
    for text in [
        "196,242,3\n186,302,4.5\n",
        "# comment\nuser,item,rating\n196,242,3\n\n186,302,4.5",
        "user_id:token\titem_id:token\trating:float\ttimestamp:float\n196\t242\t3\t881\n186\t302\t4.5\t89\n",
        "196\t242\t3\t881250949\r\n186\t302\t4.5\t891717742\r\n",
        "movieId,userId,rating,timestamp\n242,196,3,1\n302,186,4.5,2\n",
        "\u{feff}User, Item, Score\n\"196\", 242, 3\n186, 302, 4.5\n",
    ] {
        assert_eq!(rows(&good(text, None)), expected, "{text:?}");
    }
}

#[test]
fn cleaning_is_counted() {
    let text = "a,x,1\nb,x,9\na,x,2\nb,y,5\nc,z,-1\n";
    let found = good(text, Some(Scale { low: 1.0, high: 5.0 }));
    assert_eq!(rows(&found), [("a", "x", 2.0), ("b", "y", 5.0)]);
    assert_eq!((found.read, found.duplicates, found.out_of_scale), (5, 1, 2));
    // Users and items that are left without a rating are not known.
    assert_eq!((found.users.find("c"), found.items.find("z"), found.users.find("b")), (None, None, Some(1)));
    assert_eq!(rows(&good("a,x,-3\n", Some(Scale { low: -10.0, high: 10.0 }))), [("a", "x", -3.0)]);
}

#[test]
fn faults_name_line_and_field() {
    let cases: [(&[u8], &str); 16] = [
        (b"", "r.csv: there are no ratings in the file; write rows of user,item,rating"),
        (b"user,item,rating\n", "r.csv: there are no ratings in the file"),
        (b"a,x\n", "r.csv, line 1: this row has 2 of the three fields user, item and rating; write rows"),
        (b"a;x;3\n", "r.csv, line 1: this row has 1 of the three fields"),
        (b"a,x,1\n# note\nb,y\n", "r.csv, line 3: this row has 2 fields where line 1 has 3; write rows"),
        (b"a,x,1\n,y,2\n", "r.csv, line 2, field 1: the user's name is missing; give every row"),
        (b"a,x,1\nb,,2\n", "r.csv, line 2, field 2: the item's name is missing"),
        (b"1,1,1\n-2,1,2\n", "r.csv, line 2, field 1: the user '-2' is negative; give every row"),
        (b"1,1,1\n2,-7,2\n", "r.csv, line 2, field 2: the item '-7' is negative"),
        (b"1,1,1\n2,1,\n", "r.csv, line 2, field 3: an element is missing; write a number"),
        (b"1,1,1\n2,1,NaN\n", "r.csv, line 2, field 3: 'NaN' is not a number (NaN); give a finite number"),
        (
            b"1,1,1e300\n",
            "r.csv, line 1, field 3: the rating '1e300' is too large or too small to be one; give ratings",
        ),
        (b"1,1,2e-310\n", "r.csv, line 1, field 3: the rating '2e-310' is too large or too small to be one; give"),
        (b"1,1,good\n", "r.csv, line 1, field 3: 'good' is not a number; write a decimal number"),
        (
            b"1,1,1\n2,1,-3\n",
            "r.csv, line 2, field 3: the rating -3 is negative; give ratings of at least 0, or give the range",
        ),
        (b"1,1,1\n2,\xff,3\n", "r.csv, line 2: a byte is not UTF-8 text; save the file as plain UTF-8 text"),
    ];
    for (text, message) in cases {
        let error = parse_ratings(Path::new("r.csv"), text, None).expect_err("refused").to_string();
        assert!(error.starts_with(message), "{:?}:\n{error}\nis not\n{message}", String::from_utf8_lossy(text));
    }
    let scale = Some(Scale { low: 1.0, high: 2.0 });
    let error = parse_ratings(Path::new("r.csv"), b"1,1,9\n", scale).expect_err("refused").to_string();
    assert!(error.starts_with("r.csv: none of the 1 ratings lies on the scale; "), "{error}");
    let error = parse_ratings(Path::new("r.csv"), b"item,x,rating\n", None).expect_err("refused").to_string();
    assert!(error.starts_with("r.csv, line 1: the header does not distinguish user, item and rating"), "{error}");
    assert!(
        read_ratings(Path::new("none.csv"), None).expect_err("refused").to_string().contains("readable rating file")
    );
}

/// A name that is spelled with a combining accent is the same as one with the letter that has it.
#[test]
fn names_are_compared_in_nfc() {
    let text = "Ame\u{301}lie,a,1\nAm\u{e9}lie,b,2\nAm\u{e9}lie,a,3\n";
    let found = parse_ratings(Path::new("r.csv"), text.as_bytes(), None).expect("reads");
    assert_eq!((found.users.len(), found.list.len(), found.duplicates), (1, 2, 1));
    assert_eq!((found.users.name(0), found.users.find("Ame\u{301}lie")), ("Am\u{e9}lie", Some(0)));
}
