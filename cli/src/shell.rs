//! Command lines that a user can copy into a shell.

use crate::escape;
use std::path::Path;

/// A path as one word of a shell command. A path that begins with a dash is not taken for an option.
pub fn path(path: &Path) -> String {
    let text = path.to_string_lossy();
    word(&if text.starts_with('-') { format!("./{text}") } else { text.into_owned() })
}

/// Any text as one word of a shell command. It is quoted only if it has to be.
pub fn word(text: &str) -> String {
    if let Some(quoted) = escape::shell(text) {
        return quoted;
    }
    // shlex quotes every `=`, but only one at the beginning of a word means something, and only to zsh.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./,:=+".contains(c);
    if !text.is_empty() && !text.starts_with('=') && text.chars().all(is_plain) {
        return text.to_owned();
    }
    // The only text that cannot be quoted has a NUL byte, which no argument and no path can contain.
    shlex::try_quote(text).map_or_else(|_| text.to_owned(), |word| word.into_owned())
}

/// The command that is running, as it would be typed.
pub fn this_command() -> String {
    let arguments = std::env::args_os().skip(1).map(|argument| word(&argument.to_string_lossy()));
    ["svdforge".to_owned()].into_iter().chain(arguments).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_if_they_have_to_be() {
        for (name, quoted) in [
            ("my_core", "my_core"),
            ("out/16x8", "out/16x8"),
            ("my core", "'my core'"),
            ("it's", "\"it's\""),
            ("a$b", "'a$b'"),
            ("-x", "./-x"),
            ("- y", "'./- y'"),
            ("a\u{1b}[31m b", "$'a\\033[31m b'"),
        ] {
            assert_eq!(path(Path::new(name)), quoted);
        }
        assert_eq!(word("--suite=quick"), "--suite=quick");
        assert_eq!(word("=x"), "'=x'");
        assert_eq!(word("sigma_max_lsb<=1, cycles<=2000"), "'sigma_max_lsb<=1, cycles<=2000'");
        assert_eq!(word(""), "''");
    }
}
