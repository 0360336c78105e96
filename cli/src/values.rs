//! The values of one option: a number, several numbers, or ranges, such as `12,16`, `12..20`, `12..24:4` or
//! `auto,4..8`.

use clap::error::ContextValue;
use std::collections::BTreeSet;
use svdforge_golden::reader::brief;

/// The most values of one option.
const MOST: usize = 100;

/// The values of one option, where `None` is `auto`. There is at least one, each occurs once, and they are ascending
/// with `auto` first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Values(BTreeSet<Option<u32>>);

impl Values {
    /// Reads numbers and ranges that are separated by commas. Both ends of a range are included.
    pub fn numbers(text: &str) -> Result<Self, String> {
        Self::parse(text, false)
    }

    /// Reads the same, with the word `auto` allowed among them.
    pub fn numbers_or_auto(text: &str) -> Result<Self, String> {
        Self::parse(text, true)
    }

    /// All values.
    pub fn all(&self) -> impl Iterator<Item = Option<u32>> {
        self.0.iter().copied()
    }

    fn parse(text: &str, auto: bool) -> Result<Self, String> {
        let mut values = BTreeSet::new();
        for item in text.split(',').map(str::trim) {
            if auto && item == "auto" {
                values.insert(None);
                continue;
            }
            let (low, high, step) = range(item).ok_or_else(|| message(item, auto))?;
            if low > high {
                return Err(format!("the range {item} is empty; the lower end comes first: {high}..{low}"));
            }
            if step == 0 {
                return Err(format!("the range {item} has step 0; give 1 or more"));
            }
            values.extend((low..=high).step_by(step as usize).take(MOST + 1).map(Some));
            if values.len() > MOST {
                return Err(format!("more than {MOST} values; give fewer, or a range with a step, such as 12..24:4"));
            }
        }
        Ok(Self(values))
    }
}

/// The message for an item that is not valid.
fn message(item: &str, auto: bool) -> String {
    let item = &brief(item);
    if item.contains("..") {
        format!("`{item}` is no range; write ranges such as 12..20 or 12..24:4")
    } else if !item.is_empty() && item.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("{item} is too large")
    } else if auto {
        format!("`{item}` is neither `auto` nor a whole number from 0 on")
    } else {
        format!("`{item}` is no whole number from 0 on")
    }
}

/// The lower end, upper end and step of `low..high:step`, of `low..high` or of a number.
fn range(item: &str) -> Option<(u32, u32, u32)> {
    let number = |text: &str| text.parse::<u32>().ok();
    let Some((low, rest)) = item.split_once("..") else { return number(item).map(|value| (value, value, 1)) };
    let (high, step) = match rest.split_once(':') {
        Some((high, step)) => (high, number(step)?),
        None => (rest, 1),
    };
    Some((number(low)?, number(high)?, step))
}

/// The same error of the command line, with what was given repeated only in part if it is long.
pub fn with_short_values(mut error: clap::Error) -> clap::Error {
    let long: Vec<_> = (error.context())
        .filter_map(|(kind, value)| match value {
            ContextValue::String(text) => Some((kind, text.as_str(), brief(text))),
            _ => None,
        })
        .filter(|(_, text, short)| text != short)
        .map(|(kind, _, short)| (kind, ContextValue::String(short)))
        .collect();
    for (kind, short) in long {
        error.insert(kind, short);
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Option<u32>> {
        Values::numbers_or_auto(text).unwrap().all().collect()
    }

    #[test]
    fn numbers_lists_and_ranges() {
        assert_eq!(all("12"), [Some(12)]);
        assert_eq!(all("16, 12,16"), [Some(12), Some(16)], "ascending, each once");
        assert_eq!(all("3..5"), [3, 4, 5].map(Some));
        assert_eq!(all("12..24:5"), [12, 17, 22].map(Some), "not beyond the upper end");
        assert_eq!(all("7..7"), [Some(7)]);
        assert_eq!(all("6..8:2,auto,3"), [None, Some(3), Some(6), Some(8)]);
    }

    #[test]
    fn values_that_are_none() {
        let cases = [
            ("", "`` is no whole number"),
            ("12,", "`` is no whole number"),
            ("wide", "`wide` is no whole number"),
            ("auto", "`auto` is no whole number"),
            ("-3", "no whole number from 0 on"),
            ("12..", "`12..` is no range"),
            ("..12", "no range"),
            ("12...20", "no range"),
            ("12..20:", "12..24:4"),
            ("1.5", "no whole number"),
            ("99999999999", "99999999999 is too large"),
            ("20..12", "12..20"),
            ("12..20:0", "step 0"),
            ("0..4294967295", "more than 100"),
            ("1..60,101..160", "more than 100"),
        ];
        for (text, words) in cases {
            let message = Values::numbers(text).unwrap_err();
            assert!(message.contains(words), "`{text}`: {message}");
        }
        assert!(Values::numbers_or_auto("often").unwrap_err().contains("neither `auto` nor a whole number"));
    }
}
