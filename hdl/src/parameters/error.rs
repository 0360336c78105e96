//! The error about a parameter.

use std::fmt;

/// A parameter whose value is not possible.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("--{option} {value}: {reason}")]
pub struct ParameterError {
    /// Name of the option.
    pub option: &'static str,
    /// The value that was given.
    pub value: String,
    /// Which values are possible.
    pub reason: String,
}

/// The most characters of a value that an error repeats.
const LONGEST: usize = 60;

/// The error about the value of an option.
pub(crate) fn error(option: &'static str, value: impl fmt::Display, reason: String) -> ParameterError {
    let value = value.to_string();
    let value = match value.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &value[..end]),
        None => value,
    };
    ParameterError { option, value, reason }
}
