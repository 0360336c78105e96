//! The forms in which texts are compared.
//!
//! Unicode has several spellings of many characters: an e with an acute accent is one code point, or an e and a
//! combining accent (Unicode Standard Annex #15). A reader sees no difference, so none is made here.

use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The form in which names of users, items and documents are kept and compared: NFC. It joins spellings of the same
/// characters, and nothing else. Compatibility forms such as the superscript 2 stay apart, because they can be what
/// tells two names apart.
pub fn name(text: &str) -> Cow<'_, str> {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        _ => Cow::Owned(text.nfc().collect()),
    }
}

/// The form in which words are compared: NFKC in lower case. Compatibility forms, such as the ligatures and full-width
/// letters that come with text from PDF files, are the same word to who searches for it.
pub fn search_form(text: &str) -> String {
    // Lower case can take a text out of its normal form.
    let lower = text.nfkc().collect::<String>().to_lowercase();
    lower.nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_the_same_text_are_one() {
        assert_eq!(name("Ame\u{301}lie"), name("Am\u{e9}lie"));
        assert!(matches!(name("plain"), Cow::Borrowed("plain")));
        assert_ne!(name("x\u{b2}"), name("x2"));
        for (text, form) in [("\u{c9}", "\u{e9}"), ("E\u{301}", "\u{e9}"), ("\u{fb01}X\u{b2}", "fix2")] {
            assert_eq!(search_form(text), form);
        }
        // A capital I with a dot is an i with a combining dot in lower case, which has no code point of its own.
        assert_eq!(search_form("\u{130}"), search_form("I\u{307}"));
    }
}
