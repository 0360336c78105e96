//! Tests with valid and invalid rating files.

use super::*;
use crate::recommend::columns::Origin;
use proptest::prelude::*;
use svdforge_golden::reader::{Separator, Skipped};

/// A file of `tests/files`.
fn file(name: &str) -> Ratings {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name);
    read_ratings(&path, None).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(text: &str, columns: Option<&str>) -> String {
    let columns = columns.map(|text| text.parse::<Asked>().expect("columns"));
    let found = parse_ratings_as(Path::new("r.csv"), text.as_bytes(), None, columns.as_ref());
    found.expect_err(text).to_string()
}

fn asked(text: &str, columns: &str) -> Ratings {
    let columns = columns.parse::<Asked>().expect("columns");
    parse_ratings_as(Path::new("r.csv"), text.as_bytes(), None, Some(&columns))
        .unwrap_or_else(|error| panic!("{error}"))
}

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
        (b"a x;3\n", "r.csv, line 1: this row has 2 of the three fields"),
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
    assert!(error.starts_with("r.csv, line 1: the header names no column of the user; its columns are"), "{error}");
    assert!(
        read_ratings(Path::new("none.csv"), None).expect_err("refused").to_string().contains("readable rating file")
    );
}

#[test]
fn the_columns_of_the_files_are_found() {
    for (name, columns, users, items) in [
        ("ratings-index-column.csv", "user = uid (2), item = isbn (3), rating = rating (4)", 12, 10),
        ("ratings-date-first.csv", "user = member (2), item = book (3), rating = rating (4)", 12, 10),
        ("ratings-header-stars.csv", "user = user_id (1), item = business_id (2), rating = stars (3)", 12, 10),
        ("ratings-stray-quotes.tsv", "user = 1, item = 2, rating = 3, since there is no header", 12, 11),
    ] {
        let found = file(name);
        assert_eq!(found.columns.to_string(), columns, "{name}");
        assert_eq!((found.read, found.list.len()), (69, 69), "{name}");
        assert_eq!((found.users.len(), found.items.len()), (users, items), "{name}");
    }
    // A quote that does not enclose a field is part of the name.
    assert!(file("ratings-stray-quotes.tsv").items.find("\"Film 4").is_some());
}

#[test]
fn the_headers_of_public_data_are_known() {
    let cases = [
        ("userId,movieId,rating,timestamp", [0, 1, 2]),
        ("user_id:token\titem_id:token\trating:float\ttimestamp:float", [0, 1, 2]),
        ("review_id,user_id,business_id,stars,useful,funny,cool,text,date", [1, 2, 3]),
        ("reviewerID,asin,reviewerName,helpful,reviewText,overall,summary", [0, 1, 5]),
        ("user_id,parent_asin,rating,timestamp", [0, 1, 2]),
        ("\"User-ID\";\"ISBN\";\"Book-Rating\"", [0, 1, 2]),
        ("book_id,user_id,rating", [1, 0, 2]),
        ("userID\tartistID\tweight", [0, 1, 2]),
        ("user_id,anime_id,rating", [0, 1, 2]),
        ("Cust_Id,Movie_Id,Rating,Date", [0, 1, 2]),
        ("user,item,timestamp,score", [0, 1, 3]),
        ("Unnamed: 0,customer,product,points", [1, 2, 3]),
        ("userId,title,movieId,rating", [0, 2, 3]),
        ("#,member,film,value", [1, 2, 3]),
        ("id,user,track,play_count", [1, 2, 3]),
    ];
    for (header, indices) in cases {
        let separator = ["\t", ";", ","].into_iter().find(|s| header.contains(s)).expect("a separator");
        let fields: Vec<String> = (0..header.split(separator).count()).map(|n| (n + 1).to_string()).collect();
        let text = format!("{header}\n{}\n", fields.join(separator));
        let found = good(&text, None);
        assert_eq!((found.columns.indices, found.columns.origin), (indices, Origin::Header), "{header}");
        assert_eq!((found.read, found.layout.separator.text()), (1, separator));
        assert_eq!(found.list[0].value, (indices[2] + 1) as f64);
    }
    let movielens = good("1::1193::5::978300760\n1::661::3::978302109\n", None);
    assert_eq!(rows(&movielens), [("1", "1193", 5.0), ("1", "661", 3.0)]);
    assert_eq!(movielens.layout.separator, Separator::DoubleColon);
    assert_eq!(
        movielens.columns.to_string(),
        "user = 1, item = 2, rating = 3, the first three of 4, since there is no header"
    );
    let comment = good("# item,user,rating\nx,a,4,\ny,b,3,\n", None);
    assert_eq!((rows(&comment), comment.columns.origin), (vec![("a", "x", 4.0), ("b", "y", 3.0)], Origin::Comment));
    assert!(comment.layout.trailing_separator);
    assert_eq!(
        rows(&good("u;i;r\nanna;x;4,5\nbob;x;3\n".replace("u;i;r", "user;item;stars").as_str(), None))[0].2,
        4.5
    );
}

#[test]
fn what_is_ambiguous_is_refused_with_the_option_that_settles_it() {
    let cases = [
        (
            "date,who,what,rating\n2024-01-01,m1,B7,4\n",
            "r.csv, line 1: the header names no column of the user; its columns are 'date', 'who', 'what', 'rating'; known words are user, user_id, uid, member, reviewer, customer for the user, item, ",
            "--columns user=who,item=what,rating=rating",
        ),
        (
            "user_id,book_id,isbn,rating\nu,1,2,4\n",
            "r.csv, line 1: the header has several columns that may be the item: 'book_id' (2), 'isbn' (3); its columns",
            "--columns user=user_id,item=book_id,rating=rating",
        ),
        (
            "a b,c,d\nu,i,4\n",
            "r.csv, line 1: the header names no column of the user",
            "--columns user=1,item=c,rating=d",
        ),
        (
            "2024-01-01,1,7,4\n",
            "r.csv, line 1, field 1: '2024-01-01' looks like a date, and there is no header",
            "--columns user=2,item=3,rating=4",
        ),
        ("0,1,7,4\n1,1,9,2\n2,2,7,3\n", "r.csv, line 1, field 1: this column counts the rows", "--columns user=2"),
        (
            "1,7,881250949,4\n",
            "r.csv, line 1, field 3: '881250949' looks like a time",
            "--columns user=1,item=2,rating=4",
        ),
        ("2024-01-01,m1,B7,4\n", "r.csv, line 1, field 1: '2024-01-01' looks like a date", "--columns user=2,item=3"),
        ("0,m1,B7,4\n", "r.csv, line 1, field 3: 'B7' is not a number", "--columns user=1,item=2,rating=4"),
    ];
    for (text, message, remedy) in cases {
        let found = refused(text, None);
        assert!(found.starts_with(message) && found.contains(remedy), "{text:?}\n{found}\n{message}\n{remedy}");
    }
}

#[test]
fn the_columns_that_are_asked_for_are_used() {
    let text = "date,who,what,rating\n2024-01-01,m1,B7,4\n2024-01-02,m1,B9,1\n";
    for columns in ["user=who,item=what,rating=rating", "rating=4,user=2, item=3", "user=WHO,item=3,rating=Rating"] {
        let found = asked(text, columns);
        assert_eq!(rows(&found), [("m1", "B7", 4.0), ("m1", "B9", 1.0)], "{columns}");
        assert_eq!(found.columns.to_string(), "user = who (2), item = what (3), rating = rating (4)");
    }
    let found = asked("0,1,7,4\n1,1,9,2\n", "user=2,item=3,rating=4");
    assert_eq!((rows(&found), found.columns.header), (vec![("1", "7", 4.0), ("1", "9", 2.0)], false));
    assert_eq!(asked("u:token,i:token,r:float\na,x,3\n", "user=u,item=i,rating=r").read, 1);
    for (columns, message) in [
        ("user=5,item=2,rating=3", "r.csv, line 1: --columns asks for column 5, and this row has 4; give numbers"),
        ("user=2,item=2,rating=3", "r.csv, line 1: --columns asks for one column twice; give three different columns"),
        (
            "user=nobody,item=2,rating=3",
            "r.csv, line 1: there is no column 'nobody'; the fields of this row are 'date', 'who'",
        ),
    ] {
        let found = refused(text, Some(columns));
        assert!(found.starts_with(message), "{found}");
    }
    assert!(refused("a,a,b\n1,2,3\n", Some("user=a,item=b,rating=3")).contains("several columns are called 'a'"));
    for wrong in [
        "",
        "user=1",
        "user=1,item=2",
        "user=1,item=2,rating=",
        "user=0,item=1,rating=2",
        "user=1,user=2,item=3",
        "who=1",
    ] {
        let message = wrong.parse::<Asked>().expect_err(wrong);
        assert!(message.contains("; give all three, such as user=uid,item=isbn,rating=3"), "{message}");
    }
}

#[test]
fn nothing_is_silently_skipped() {
    for (text, message) in [
        (
            "#N/A,x,3\n",
            "r.csv, line 1, field 1: the user's name is missing: '#N/A' stands in its place; give every row",
        ),
        ("a,x,3\n#N/A,x,3\n", "r.csv, line 2, field 1: the user's name is missing: '#N/A' stands in its place"),
        ("a,x,3\nb,null,3\n", "r.csv, line 2, field 2: the item's name is missing: 'null' stands in its place"),
        ("a,x,3\nb,x,#N/A\n", "r.csv, line 2, field 3: '#N/A' is not a number"),
        ("a,x,3\n#b,x,3\n", "r.csv, line 2: '#b' may be a comment or a row; put a blank after the #"),
        ("a,x,3\n\"b,x,3\n", "r.csv, line 2, field 1: a quote opens here and does not close on this line"),
        ("a,x,3\nb,\"two\nlines\",3\n", "r.csv, line 2, field 2: a quote opens here"),
        ("user,item,rating\na,x,3\nuser,item,rating\n", "r.csv, line 3, field 3: 'rating' is not a number"),
    ] {
        let found = refused(text, None);
        assert!(found.starts_with(message), "{text:?}\n{found}");
    }
    let found = good("# one\nuser,item,rating\n\n\"null\",\"#N/A\",3\n# two\n\"#b\",x,3\n", None);
    assert_eq!(rows(&found), [("null", "#N/A", 3.0), ("#b", "x", 3.0)]);
    assert_eq!(found.layout.skipped, Skipped { comments: 2, blank: 1 });
}

/// A name that is spelled with a combining accent is the same as one with the letter that has it.
#[test]
fn names_are_compared_in_nfc() {
    let text = "Ame\u{301}lie,a,1\nAm\u{e9}lie,b,2\nAm\u{e9}lie,a,3\n";
    let found = parse_ratings(Path::new("r.csv"), text.as_bytes(), None).expect("reads");
    assert_eq!((found.users.len(), found.list.len(), found.duplicates), (1, 2, 1));
    assert_eq!((found.users.name(0), found.users.find("Ame\u{301}lie")), ("Am\u{e9}lie", Some(0)));
}

/// What a line is.
#[derive(Clone, Debug)]
enum Line {
    Rating(u8, u8, i8),
    Comment(String),
    Blank(String),
}

fn line() -> impl Strategy<Value = Line> {
    prop_oneof![
        8 => (0..6_u8, 0..6_u8, -3..9_i8).prop_map(|(user, item, value)| Line::Rating(user, item, value)),
        1 => "# [a-z,;\"]{0,9}".prop_map(Line::Comment),
        1 => " {0,2}".prop_map(Line::Blank),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// The lines of a file are the header, comments, blank lines and ratings that were read, and these are in the list,
    /// given again later, or outside the scale.
    #[test]
    fn every_line_is_accounted_for(
        lines in prop::collection::vec(line(), 1..40),
        header in any::<bool>(),
        separator in 0..4_usize,
        trailing in any::<bool>(),
        end in any::<bool>(),
    ) {
        let separator = [",", ";", "\t", "::"][separator];
        let tail = if trailing { separator } else { "" };
        let mut texts = Vec::from_iter(header.then(|| ["user", "item", "rating"].join(separator)));
        let mut expected = BTreeMap::new();
        let (mut ratings, mut outside) = (0, 0);
        for line in &lines {
            texts.push(match line {
                Line::Rating(user, item, value) => {
                    ratings += 1;
                    if (1..=5).contains(value) {
                        expected.insert((format!("u{user}"), format!("i {item}")), f64::from(*value));
                    } else {
                        outside += 1;
                    }
                    format!("u{user}{separator}\"i {item}\"{separator}{value}{tail}")
                }
                Line::Comment(text) | Line::Blank(text) => text.clone(),
            });
        }
        let text: String = texts.iter().map(|text| format!("{text}{}", if end { "\r\n" } else { "\n" })).collect();
        let scale = Some(Scale { low: 1.0, high: 5.0 });
        match parse_ratings(Path::new("r.csv"), text.as_bytes(), scale) {
            Ok(found) => {
                let Skipped { comments, blank } = found.layout.skipped;
                prop_assert_eq!(usize::from(header) + found.read + comments + blank, texts.len(), "{:?}", text);
                prop_assert_eq!((found.read, found.out_of_scale), (ratings, outside));
                prop_assert_eq!(found.list.len() + found.duplicates + found.out_of_scale, found.read);
                let list: BTreeMap<_, _> =
                    rows(&found).into_iter().map(|(u, i, value)| ((u.to_owned(), i.to_owned()), value)).collect();
                prop_assert_eq!(list, expected);
            }
            Err(error) => prop_assert!(expected.is_empty(), "{error}: {:?}", text),
        }
    }
}
