//! Pieces of Verilog text: literals, ranges, comments, line breaks, columns.

use crate::ir::{mask, signed_value};

/// Longest line that is not broken.
const LINE: usize = 112;

/// A constant in decimal with its width.
pub(super) fn literal(bits: u128, width: u32) -> String {
    if width == 1 { format!("1'b{bits}") } else { format!("{width}'d{bits}") }
}

/// A constant as an operand of a signed operation; `width` is the width at which that works.
pub(super) fn signed_literal(value: i128, width: u32) -> String {
    match (width, value < 0) {
        (1, _) => format!("$signed(1'b{})", value.unsigned_abs()),
        (_, true) => format!("-{width}'sd{}", value.unsigned_abs()),
        (_, false) => format!("{width}'sd{value}"),
    }
}

/// `Some(k)` where adding the pattern means subtracting a small `k`.
pub(super) fn as_negative(bits: u128, width: u32) -> Option<u128> {
    let value = signed_value(bits, width);
    // Only the uppermost quarter: 8'd200 is more likely meant as it stands than as -56.
    let small = value.unsigned_abs() <= mask(width) / 4 + 1;
    (width > 1 && value < 0 && small && value.unsigned_abs() <= mask(width) / 2).then(|| value.unsigned_abs())
}

/// `[7:0]`, or nothing for a single bit.
pub(super) fn range(width: u32) -> String {
    if width == 1 { String::new() } else { format!("[{}:0]", width - 1) }
}

/// One line of comment text: no control characters, and no word at its start that a tool takes for a directive.
pub(super) fn comment(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = text.trim_end();
    let first = text.split_whitespace().next().unwrap_or("").to_ascii_lowercase();
    let directives = ["verilator", "synopsys", "synthesis", "pragma", "ambit", "cadence", "vcs", "xilinx", "altera"];
    if directives.contains(&first.as_str()) { format!("- {text}") } else { text.to_owned() }
}

/// `code;  // comment`, broken at spaces where it is too long; the comment goes above code of several lines.
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

/// The space at which a line of at most `room` bytes is best broken: outside of most brackets, before an operator, late.
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

/// A heading between two parts of a module.
pub(super) fn banner(title: &str) -> String {
    let dashes = "-".repeat(LINE.saturating_sub(12 + title.len()));
    format!("\n    // ---- {title} {dashes}\n")
}

/// Words in lines of comment.
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

/// The longest of several texts, in characters.
pub(super) fn longest<'a>(texts: impl IntoIterator<Item = &'a str>) -> usize {
    texts.into_iter().map(|t| t.chars().count()).max().unwrap_or(0)
}
