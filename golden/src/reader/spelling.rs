//! Numbers that are spelled with characters that look right to people and that no program takes for a number.

/// What a character stands for in a number.
enum Meaning {
    /// This character.
    For(char),
    /// Nothing, between groups of digits; or it may separate two numbers, if it is a blank.
    Group,
    /// Nothing. It is not seen.
    Nothing,
}

/// What a character is that no number has, and what it stands for in one.
fn meaning(c: char) -> Option<(&'static str, Meaning)> {
    use Meaning::{For, Group, Nothing};
    let digit = |zero: char| char::from_digit((c as u32).wrapping_sub(zero as u32), 10).map(For);
    Some(match c {
        '\u{2212}' => ("a minus sign", For('-')),
        '\u{2010}' | '\u{2011}' | '\u{fe63}' | '\u{ff0d}' => ("a hyphen", For('-')),
        '\u{2012}'..='\u{2015}' => ("a dash", For('-')),
        '\u{ff0b}' => ("a fullwidth plus sign", For('+')),
        '\u{ff0e}' => ("a fullwidth full stop", For('.')),
        '\u{ff0c}' => ("a fullwidth comma", For(',')),
        '\u{66b}' => ("an Arabic decimal sign", For('.')),
        '\u{b7}' => ("a middle dot", For('.')),
        '\u{ff10}'..='\u{ff19}' => ("a fullwidth digit", digit('\u{ff10}')?),
        '\u{660}'..='\u{669}' => ("an Arabic digit", digit('\u{660}')?),
        '\u{6f0}'..='\u{6f9}' => ("a Persian digit", digit('\u{6f0}')?),
        '\u{966}'..='\u{96f}' => ("a Devanagari digit", digit('\u{966}')?),
        ' ' => ("a blank", Group),
        '\u{a0}' => ("a no-break space", Group),
        '\u{202f}' => ("a narrow no-break space", Group),
        '\u{2007}' => ("a space as wide as a digit", Group),
        '\u{2009}' => ("a thin space", Group),
        '\'' | '\u{2019}' => ("an apostrophe", Group),
        '\u{66c}' => ("an Arabic thousands sign", Group),
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => ("an invisible character", Nothing),
        _ => return None,
    })
}

/// What is unusual in a text that is a number but for characters that no number has, such as U+2212 for the minus sign,
/// digits of other scripts, or blanks between thousands; and how to write the number. The result is `None` for all
/// other texts.
pub(super) fn unusual(text: &str) -> Option<(String, String)> {
    let mut plain = String::new();
    let mut first = None;
    for c in text.chars() {
        match meaning(c) {
            None => plain.push(c),
            Some((name, meaning)) => {
                if let Meaning::For(usual) = meaning {
                    plain.push(usual);
                }
                first.get_or_insert((c, name, meaning));
            }
        }
    }
    let (c, name, meaning) = first?;
    plain.replacen(',', ".", 1).parse::<f64>().ok().filter(|value| value.is_finite())?;
    let code = if c.is_ascii() { String::new() } else { format!(" (U+{:04X})", c as u32) };
    Some(match meaning {
        Meaning::For(usual) if usual.is_ascii_digit() => (format!("has {name}{code}"), format!("write {plain}")),
        Meaning::For(usual) => (format!("has {name}{code} in the place of '{usual}'"), format!("write {plain}")),
        Meaning::Nothing => (format!("has {name}{code}"), format!("take it out, and write {plain}")),
        Meaning::Group if !divides_thousands(text, c) => {
            // A plain blank or apostrophe is seen by everybody.
            let remedy = "write a plain blank if it separates numbers, and nothing if it divides one";
            return (!c.is_ascii()).then(|| (format!("has {name}{code} between its digits"), remedy.to_owned()));
        }
        Meaning::Group => (format!("has {name}{code} between its digits"), format!("write {plain}")),
    })
}

/// Whether each `sign` has three digits after it, and then another one, a decimal sign or the end.
fn divides_thousands(text: &str, sign: char) -> bool {
    text.split(sign).skip(1).all(|group| {
        let digits = group.chars().take_while(|c| c.is_numeric()).count();
        digits == 3 && matches!(group.chars().nth(3), None | Some('.' | ','))
    })
}
