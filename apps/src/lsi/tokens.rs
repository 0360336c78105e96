//! Splits a text into words.

use crate::unicode::search_form;
use std::collections::BTreeSet;
use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;

/// English words that say nothing about a subject: articles, pronouns, prepositions, conjunctions, auxiliary verbs, and
/// the most common adverbs.
const ENGLISH: &str = "
a about above after again against all almost also although always am among an and another any are aren't around as at away
back be became because been before being below between both but by came can can't cannot could couldn't did didn't do does
doesn't doing don't done down during each either else enough even ever every few for from further get gets getting go goes
going gone got had hadn't has hasn't have haven't having he her here hers herself him himself his how however i if in into
is isn't it it's its itself just least less let like made make makes many may me might mine more most much must my myself
neither never no nor not now of off often on once one only onto or other our ours ourselves out over own per perhaps put quite
rather really said same saw say says see seen shall she should shouldn't since so some still such take taken than that
that's the their theirs them themselves then there these they they're this those though through thus to together too took
toward towards under until up upon us very was wasn't we well went were weren't what when where whether which while who whom
whose why will with within without won't would wouldn't yet you your yours yourself yourselves
";

/// The words that are not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopWords(BTreeSet<String>);

impl Default for StopWords {
    fn default() -> Self {
        Self::parse(ENGLISH)
    }
}

impl StopWords {
    /// Reads the words of a text, in which comments run from `#` to the end of a line. With an empty text no word is
    /// left out.
    pub fn parse(text: &str) -> Self {
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
        Self(lines.flat_map(words).collect())
    }

    /// Whether this word, as [`words`] returns it, is left out.
    pub fn contains(&self, word: &str) -> bool {
        self.0.contains(word)
    }
}

/// The words of a text in their order, in the form of [`search_form`].
///
/// Words are found by the rules of Unicode (Standard Annex #29), so that a letter keeps its combining marks. In
/// addition, any punctuation of ASCII separates words ("e-mail", "a.b", "x_y"), except the apostrophe, which is dropped
/// ("Dad's" becomes "dads"). A word has a letter and at least two characters as a reader counts them.
///
/// Chinese, Japanese in Hiragana, Thai, Lao, Khmer and Burmese are written without spaces, and finding their words
/// takes a dictionary. As usual in search, each pair of neighbouring characters counts as a word instead, and a
/// character that stands alone counts, too.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let text = search_form(text);
    let mut found = Vec::new();
    // The characters of a run without spaces, each with the byte where the next one would begin.
    let mut run: Vec<(&str, usize)> = Vec::new();
    for (start, piece) in text.unicode_word_indices() {
        if run.last().is_some_and(|(_, end)| *end != start) {
            end_run(&mut run, &mut found);
        }
        if is_unspaced(piece) {
            run.extend(piece.grapheme_indices(true).map(|(at, one)| (one, start + at + one.len())));
        } else {
            end_run(&mut run, &mut found);
            found.extend(piece.split(|c: char| c.is_ascii_punctuation() && !is_apostrophe(c)).filter_map(spaced));
        }
    }
    end_run(&mut run, &mut found);
    found.into_iter()
}

/// A word of a script with spaces, without its apostrophes, if it has a letter and two characters.
fn spaced(piece: &str) -> Option<String> {
    let word: String = piece.chars().filter(|&c| !is_apostrophe(c)).collect();
    (word.graphemes(true).nth(1).is_some() && word.chars().any(char::is_alphabetic)).then_some(word)
}

/// Moves the pairs of a run to the words.
fn end_run(run: &mut Vec<(&str, usize)>, found: &mut Vec<String>) {
    match run[..] {
        [(one, _)] if one.chars().any(char::is_alphabetic) => found.push(one.to_owned()),
        _ => found.extend(run.windows(2).map(|pair| [pair[0].0, pair[1].0].concat())),
    }
    run.clear();
}

/// Whether a piece of text begins with a character of a script that is written without spaces.
fn is_unspaced(piece: &str) -> bool {
    use Script::{Han, Hiragana, Khmer, Lao, Myanmar, Thai};
    piece.chars().next().is_some_and(|c| matches!(c.script(), Han | Hiragana | Khmer | Lao | Myanmar | Thai))
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_text() {
        let found: Vec<String> = words("Rich Dad's 4th ABC\u{2019}s: e-mail, 1999 \u{c9}COLE x").collect();
        assert_eq!(found, ["rich", "dads", "4th", "abcs", "mail", "\u{e9}cole"]);
        assert_eq!(words("").count(), 0);
    }

    /// Words with combining marks stay whole, and both spellings of a letter with an accent give the same word.
    #[test]
    fn words_of_many_scripts() {
        let cases: [(&str, &[&str]); 10] = [
            (
                "\u{939}\u{93f}\u{928}\u{94d}\u{926}\u{940} \u{92d}\u{93e}\u{937}\u{93e}",
                &["\u{939}\u{93f}\u{928}\u{94d}\u{926}\u{940}", "\u{92d}\u{93e}\u{937}\u{93e}"],
            ),
            ("Cafe\u{301} E\u{301}COLE", &["caf\u{e9}", "\u{e9}cole"]),
            ("Caf\u{e9} \u{c9}COLE", &["caf\u{e9}", "\u{e9}cole"]),
            // One character to a reader, though two code points.
            ("e\u{301} x\u{323}", &[]),
            ("\u{fb01}ne \u{ff37}\u{ff4f}\u{ff52}\u{ff44}", &["fine", "word"]),
            ("e-mail a.bc foo_bar 3.5kg 1,000", &["mail", "bc", "foo", "bar", "5kg"]),
            ("'tis the dogs' rock'n'roll", &["tis", "the", "dogs", "rocknroll"]),
            (
                "\u{5317}\u{4eac}\u{5927}\u{5b66}, \u{732b}",
                &["\u{5317}\u{4eac}", "\u{4eac}\u{5927}", "\u{5927}\u{5b66}", "\u{732b}"],
            ),
            ("\u{e2d}\u{e48}\u{e32}\u{e19}", &["\u{e2d}\u{e48}\u{e32}", "\u{e32}\u{e19}"]),
            ("\u{30ab}\u{30e1}\u{30e9} \u{41c}\u{438}\u{440}", &["\u{30ab}\u{30e1}\u{30e9}", "\u{43c}\u{438}\u{440}"]),
        ];
        for (text, expected) in cases {
            assert_eq!(words(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn stop_words_are_words_like_the_others() {
        let list = StopWords::default();
        for word in words("It's not what the others don't") {
            assert_eq!(list.contains(&word), word != "others", "{word}");
        }
        let own = StopWords::parse("The # not this\nOF");
        assert!(own.contains("the") && own.contains("of") && !own.contains("this"));
    }
}
