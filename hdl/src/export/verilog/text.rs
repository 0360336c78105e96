//! Helpers for Verilog text: literals, ranges, comments, line breaks and columns.

use crate::ir::{mask, signed_value};

/// Largest length of a line, in characters. Longer lines are broken.
const LINE: usize = 112;

/// A constant in decimal, with its width.
pub(super) fn literal(bits: u128, width: u32) -> String {
    if width == 1 { format!("1'b{bits}") } else { format!("{width}'d{bits}") }
}

/// A constant in hexadecimal, all digits, with its width.
pub(super) fn hexadecimal(bits: u128, width: u32) -> String {
    format!("{width}'h{bits:0digits$x}", digits = width.div_ceil(4) as usize)
}

/// A constant as an operand of a signed operation of `width` bits.
pub(super) fn signed_literal(value: i128, width: u32) -> String {
    match (width, value < 0) {
        (1, _) => format!("$signed(1'b{})", value.unsigned_abs()),
        (_, true) => format!("-{width}'sd{}", value.unsigned_abs()),
        (_, false) => format!("{width}'sd{value}"),
    }
}

/// `Some(k)` if the pattern is best read as the small negative number -k.
pub(super) fn as_negative(bits: u128, width: u32) -> Option<u128> {
    let value = signed_value(bits, width);
    // Larger magnitudes do not count: most likely they are meant as unsigned numbers.
    let small = value.unsigned_abs() <= mask(width) / 4 + 1;
    (width > 1 && value < 0 && small && value.unsigned_abs() <= mask(width) / 2).then(|| value.unsigned_abs())
}

/// The range of a vector, such as `[7:0]`; nothing for a single bit.
pub(super) fn range(width: u32) -> String {
    if width == 1 { String::new() } else { format!("[{}:0]", width - 1) }
}

/// One line of comment text. Control characters are replaced by spaces. If it begins with a word that a tool could take
/// for a directive, a dash is put before it.
pub(super) fn comment(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = text.trim_end();
    let first = text.split_whitespace().next().unwrap_or("").to_ascii_lowercase();
    let directives = ["verilator", "synopsys", "synthesis", "pragma", "ambit", "cadence", "vcs", "xilinx", "altera"];
    if directives.contains(&first.as_str()) { format!("- {text}") } else { text.to_owned() }
}

/// A statement with an optional comment behind it. If it is too long, the code is broken at spaces and the comment is
/// put above it.
pub(super) fn statement(indent: usize, code: &str, note: Option<&str>) -> String {
    let pad = " ".repeat(indent);
    let note = note.map(comment).filter(|n| !n.is_empty());
    let length = indent + code.chars().count();
    if length <= LINE {
        return match note {
            Some(note) if length + note.chars().count() > LINE + 20 => format!("{pad}// {note}\n{pad}{code}\n"),
            Some(note) => format!("{pad}{code}  // {note}\n"),
            None => format!("{pad}{code}\n"),
        };
    }
    let mut text = note.map(|n| format!("{pad}// {n}\n")).unwrap_or_default();
    text += &pad;
    let mut rest = code;
    let mut room = LINE - indent;
    while rest.chars().count() > room {
        let Some(at) = best_break(rest, room) else { break };
        text += &format!("{}\n{pad}        ", rest[..at].trim_end());
        rest = &rest[at + 1..];
        room = LINE - indent - 8;
    }
    text + rest + "\n"
}

/// The position of the space where code is best broken into a line of at most `room` bytes. Preferred are, in this
/// order, positions inside few brackets, positions before an operator or after a comma, and late positions.
fn best_break(code: &str, room: usize) -> Option<usize> {
    let mut depth = 0;
    let mut best = None;
    for (at, character) in code.char_indices().take_while(|&(at, _)| at <= room) {
        match character {
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => depth -= 1,
            ' ' if at * 3 > room => {
                let next = code[at + 1..].chars().next();
                let good = next.is_some_and(|c| "?:+-&|^<>=".contains(c)) || code[..at].ends_with(',');
                let rank = (-depth, good, at);
                if best.is_none_or(|(known, _)| rank > known) {
                    best = Some((rank, at));
                }
            }
            _ => {}
        }
    }
    best.map(|(_, at)| at)
}

/// A heading between parts of a module.
pub(super) fn banner(title: &str) -> String {
    let dashes = "-".repeat(LINE.saturating_sub(12 + title.len()));
    format!("\n    // ---- {title} {dashes}\n")
}

/// A paragraph of comment lines: a prefix, then words with separators between them.
pub(super) fn comment_paragraph(prefix: &str, words: &[String], separator: &str) -> String {
    let mut text = String::new();
    let mut line = prefix.to_owned();
    for (i, word) in words.iter().enumerate() {
        let word = if i + 1 < words.len() { format!("{word}{separator}") } else { word.clone() };
        if line.len() + word.len() + 1 > LINE {
            text += &format!("// {}\n", line.trim_end());
            line = " ".repeat(prefix.len());
        }
        line += &word;
        line.push(' ');
    }
    text + &format!("// {}\n", line.trim_end())
}

/// The length of the longest of several texts, in characters.
pub(super) fn longest<'a>(texts: impl IntoIterator<Item = &'a str>) -> usize {
    texts.into_iter().map(|t| t.chars().count()).max().unwrap_or(0)
}
