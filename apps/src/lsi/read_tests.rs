use super::*;

fn counting() -> Counting {
    Counting { header: None, stop_words: StopWords::default(), min_documents: 1 }
}

fn refused(name: &str, text: &str, words: &[&str]) {
    let error = parse_corpus(Path::new(name), text, name.ends_with(".csv"), counting()).unwrap_err().to_string();
    for word in words {
        assert!(error.contains(word), "{text:?}: `{word}` is not in: {error}");
    }
}

#[test]
fn tables_of_counts_that_are_wrong() {
    refused("a.csv", "", &["a.csv", "no documents"]);
    refused("a.csv", "word,A\nx,1\n", &["only one document"]);
    refused("a.csv", "word,A,B\n", &["no words"]);
    refused("a.csv", "word,A,B\nx,0,0\n", &["every count is 0"]);
    refused("a.csv", "word,A,B\nx,1\n", &["line 2", "2 fields", "line 1", "3"]);
    refused("a.csv", "word,A,B\n\n\r\nx,1,2\ny,1,-2\n", &["line 5, field 3", "'-2'", "0 or more"]);
    refused("a.csv", "word,A,B\nx,1,0.5\n", &["line 2, field 3", "'0.5'"]);
    refused("a.csv", "word,A,B\nx,1,\n", &["line 2, field 3", "''"]);
    refused("a.csv", "word,A,B\nx,1,2\nX,3,4\n", &["line 3, field 1", "'x'", "line 2"]);
    refused("a.csv", "word,A,B\n7,1,2\n", &["line 2, field 1", "'7'"]);
    refused("a.csv", "1,2,3\n4,5,6\n", &["line 1, field 2", "'2'", "title"]);
}

/// Titles that are numbers: each table, what the user says, and where the titles come from.
#[test]
fn titles_may_be_numbers() {
    let read = |text: &str, header| parse_corpus(Path::new("a.csv"), text, true, Counting { header, ..counting() });
    let names = |corpus: &Corpus| corpus.documents.iter().map(|d| d.name.clone()).collect::<Vec<_>>().join(" ");
    let cases = [
        ("word,2019,2020\nx,1,2\n", None, Titles::Numbers, "2019 2020"),
        (",1,2,3\nx,1,2,0\n", None, Titles::Numbers, "1 2 3"),
        ("Term;1.5;-2\nx;1;2\n", None, Titles::Numbers, "1.5 -2"),
        ("Wort,2020,2019\nx,1,2\n", None, Titles::Numbers, "2020 2019"),
        ("word,A,B\nx,1,2\n", None, Titles::Header, "A B"),
        ("Wort,7,9\nx,1,2\n", Some(true), Titles::Numbers, "7 9"),
        ("y,7,9\nx,1,2\n", Some(false), Titles::Counted, "d1 d2"),
    ];
    for (text, header, titles, right) in cases {
        let corpus = read(text, header).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((corpus.titles, names(&corpus).as_str()), (titles, right), "{text:?}");
        let words = if titles == Titles::Counted { 2 } else { 1 };
        assert_eq!((corpus.words.len(), corpus.counts.nrows()), (words, words), "{text:?}");
    }
    for text in ["Wort,7,9\nx,1,2\n", "y,3,0\nx,1,2\n", "Wort,2019,A\nx,1,2\n"] {
        refused("a.csv", text, &["line 1, field 2", "title of a document or a count", "--header yes", "--header no"]);
    }
    refused("a.csv", "word,,A\nx,1,2\n", &["line 1, field 2", "'' is no title of a document", "begin with a header"]);
    refused("a.csv", "word,A,B\nx,1,\u{ff12}\n", &["line 2, field 3", "a fullwidth digit (U+FF12)", "write 2"]);
    let error = read("word,A,B\nx,1,2\n", Some(false)).unwrap_err().to_string();
    assert!(error.contains("line 1, field 2: 'A' is no count"), "{error}");
}

#[test]
fn texts_that_are_no_corpus() {
    refused("a.txt", "", &["a.txt", "no documents"]);
    refused("a.txt", "\n  \n", &["no documents"]);
    refused("a.txt", "one document\n", &["only one"]);
    refused("a.txt", "of the\nand not\n", &["no word", "--min-documents"]);
}

#[test]
fn the_lines_of_a_text_are_documents() {
    let corpus = parse_corpus(Path::new("a.txt"), "red fish\n\nblue Fish fish\n", false, counting()).unwrap();
    assert_eq!(corpus.words, ["blue", "fish", "red"]);
    assert_eq!(corpus.documents[1], Document { name: "d3".to_owned(), text: "blue Fish fish".to_owned() });
    let counts: Vec<_> = corpus.counts.triplet_iter().map(|(i, j, &count)| (i, j, count)).collect();
    assert_eq!(counts, [(0, 1, 1.0), (1, 0, 1.0), (1, 1, 2.0), (2, 0, 1.0)]);
    assert_eq!(corpus.document_frequencies(), [1, 2, 1]);
}

#[test]
fn what_is_skipped_is_counted() {
    let corpus = parse_corpus(Path::new("a.txt"), "red fish\n\n \nblue fish\n", false, counting()).unwrap();
    assert_eq!(corpus.skipped, Skipped { blank: 2, ..Skipped::default() });
    let skipped = |blank, hidden| Skipped { comments: blank, blank, hidden }.to_string();
    assert_eq!(skipped(1, 1), "1 comment line, 1 blank line, 1 folder or hidden file");
    assert_eq!(skipped(2, 3), "2 comment lines, 2 blank lines, 3 folders and hidden files");
    assert_eq!(skipped(0, 0), "");
    let text = "# note\nword;A;B\n\nred;1;2\n# more\n\"#tag\";3;0\n";
    let corpus = parse_corpus(Path::new("a.csv"), text, true, counting()).unwrap();
    assert_eq!((corpus.words.len(), corpus.skipped), (2, Skipped { comments: 2, blank: 1, hidden: 0 }));
    refused("a.csv", "word,A,B\nred,1,2\n#tag,3,0\n", &["line 3", "'#tag'", "comment or a row", "quotes"]);
    refused("a.csv", "word,A,B\nred,1,2\n#N/A,3,0\n", &["line 3, field 1", "'#n/a' is no word"]);
    refused("a.csv", "word,A,B\nred,1,#N/A\n", &["line 2, field 3", "'#N/A' is no count"]);
    refused("a.csv", "word,A,B\nred,1,2\n\"two\nlines\",3,0\n", &["line 3, field 1", "quote opens here"]);
}

#[test]
fn a_folder_says_what_it_skips_and_tsv_is_a_table() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in
        [("a.txt", "red fish"), ("b.txt", "blue fish"), (".hidden", "x"), ("counts.tsv", "word\tA\tB\nred\t1\t2\n")]
    {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let counts = read_corpus(&folder.path().join("counts.tsv"), counting()).unwrap();
    assert_eq!((counts.words.len(), counts.documents.len()), (1, 2));
    fs::create_dir(folder.path().join("more")).unwrap();
    let corpus = read_corpus(folder.path(), counting()).unwrap();
    assert_eq!((corpus.documents.len(), corpus.skipped.hidden), (3, 2));
}
