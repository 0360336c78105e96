//! Makes characters visible that a terminal would obey instead of showing them.
//!
//! File names, names and words in files, values of options, and what other programs say are foreign text. Such text may
//! move the cursor, change colours or the title of a window, or reverse the direction of the text beside it.

use std::borrow::Cow;

/// Whether a terminal may obey this character, or hide it: control characters (C0, DEL, C1), marks and overrides of the
/// direction of text, separators of lines, characters of no width, and tags. What joins letters of a script is left.
fn is_obeyed(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Text of one line, in which every such character is written as `\u{1b}`.
pub fn line(text: &str) -> Cow<'_, str> {
    written(text, is_obeyed, |letter| letter.escape_unicode().to_string())
}

/// The same for text of several lines: line feeds and tabs stay as they are.
pub fn lines(text: &str) -> Cow<'_, str> {
    written(text, |letter| is_obeyed(letter) && !matches!(letter, '\n' | '\t'), |c| c.escape_unicode().to_string())
}

/// A JSON document with the same value, in which such characters are written as `\u001b`. They can stand in strings
/// only, and the line feeds between them stay.
pub fn json(document: &str) -> Cow<'_, str> {
    let units = |letter: char| -> String {
        letter.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
    };
    written(document, |letter| is_obeyed(letter) && letter != '\n', units)
}

/// The bytes of a word as `$'...'` of a shell (bash, zsh, ksh and POSIX 2024), or `None` if it has no such character.
pub fn shell(word: &str) -> Option<String> {
    if !word.contains(is_obeyed) {
        return None;
    }
    let quoted = |letter: char| match letter {
        '\'' | '\\' => format!("\\{letter}"),
        _ if is_obeyed(letter) => letter.to_string().bytes().map(|byte| format!("\\{byte:03o}")).collect(),
        _ => letter.to_string(),
    };
    Some(format!("$'{}'", word.chars().map(quoted).collect::<String>()))
}

fn written(text: &str, is_wrong: impl Fn(char) -> bool, right: impl Fn(char) -> String) -> Cow<'_, str> {
    if !text.contains(&is_wrong) {
        return Cow::Borrowed(text);
    }
    let letters = text.chars().map(|letter| if is_wrong(letter) { right(letter) } else { letter.to_string() });
    Cow::Owned(letters.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_made_visible() {
        let cases = [
            ("plain, é, 中, नि, 👩‍👩‍👧", "plain, é, 中, नि, 👩‍👩‍👧"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("\u{9b}31m \u{7f} \u{85}", "\\u{9b}31m \\u{7f} \\u{85}"),
            ("a\u{202e}b\u{2066}c\u{2069}", "a\\u{202e}b\\u{2066}c\\u{2069}"),
            ("\u{2028}\u{2029}\u{200b}\u{200f}\u{feff}", "\\u{2028}\\u{2029}\\u{200b}\\u{200f}\\u{feff}"),
            ("\r\u{0}\u{8}", "\\u{d}\\u{0}\\u{8}"),
            ("\u{e0041}", "\\u{e0041}"),
        ];
        for (text, right) in cases {
            assert_eq!(line(text), right);
            assert_eq!(lines(text), right);
        }
        assert_eq!((line("a\n\tb").as_ref(), lines("a\n\tb").as_ref()), ("a\\u{a}\\u{9}b", "a\n\tb"));
    }

    #[test]
    fn json_keeps_its_value() {
        let value = serde_json::json!({ "\u{202e}name": "\u{1b}[2J\u{9b}\u{7f}\u{e0041}\u{2028} é\n\t\"" });
        let text = serde_json::to_string_pretty(&value).unwrap();
        let shown = json(&text);
        assert!(shown.contains("\\u202ename") && shown.contains("\\u001b[2J\\u009b\\u007f\\udb40\\udc41\\u2028 é\\n"));
        assert!(!shown.contains(|letter| is_obeyed(letter) && letter != '\n'));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }

    #[test]
    fn words_of_a_shell_keep_their_bytes() {
        assert_eq!(shell("my file"), None);
        assert_eq!(shell("it's\u{1b}[0m\\\u{9b}").unwrap(), "$'it\\'s\\033[0m\\\\\\302\\233'");
    }
}
