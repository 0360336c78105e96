//! Words that stand in place of a number.

/// Words for a missing number, in lower case: those that pandas, R, SQL, SAS and spreadsheets write.
const MISSING: [&str; 18] = [
    "nan", "-nan", "na", "n/a", "n.a.", "<na>", "null", "none", "nil", "missing", "?", "-", "--", "\u{2013}",
    "\u{2014}", ".", "\\n", "#n/a n/a",
];

/// Excel's words that do not end in `!` or `?`, in upper case, in English and in other languages.
const ERRORS: [&str; 7] = ["#N/A", "#NA", "#NV", "#N/D", "#N/B", "#GETTING_DATA", "#I/T"];

/// Whether a field of a spreadsheet holds an error instead of a value, such as `#N/A`, `#DIV/0!`, `#WERT!` or
/// `#\u{a1}REF!`: one of the known words, or `#`, capital letters, and an exclamation or question mark.
pub fn is_spreadsheet_error(field: &str) -> bool {
    let capital = |c: char| c.is_uppercase() || matches!(c, '/' | '0' | '_' | '\u{a1}' | '\u{bf}');
    let ends = |rest: &str| {
        rest.strip_suffix(['!', '?'])
            .is_some_and(|word| (1..=20).contains(&word.chars().count()) && word.chars().all(capital))
    };
    ERRORS.iter().any(|word| field.eq_ignore_ascii_case(word)) || field.strip_prefix('#').is_some_and(ends)
}

/// Whether a field says that its number is missing: it is empty, one of the words `NaN`, `NA`, `N/A`, `n.a.`, `<NA>`,
/// `null`, `none`, `nil`, `missing`, `?`, `-`, `--`, `.` and `\N` in upper or lower case, or an error of a spreadsheet
/// ([`is_spreadsheet_error`]).
pub fn is_missing(field: &str) -> bool {
    field.is_empty() || MISSING.iter().any(|word| field.eq_ignore_ascii_case(word)) || is_spreadsheet_error(field)
}
