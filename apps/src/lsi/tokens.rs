//! Splits a text into words.

use std::collections::BTreeSet;

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

/// The words of a text in their order. A word is a run of letters and digits with at least one letter and two
/// characters, and is converted to lower case. Apostrophes are dropped ("Dad's" becomes "dads"), and any other
/// character separates words.
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric() && !is_apostrophe(c))
        .map(|run| run.chars().filter(|&c| !is_apostrophe(c)).flat_map(char::to_lowercase).collect::<String>())
        .filter(|word| word.chars().nth(1).is_some() && word.chars().any(char::is_alphabetic))
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
