use super::*;

fn counting() -> Counting {
    Counting { stop_words: StopWords::default(), min_documents: 1 }
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
