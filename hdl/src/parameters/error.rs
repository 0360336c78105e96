//! What is wrong with a parameter.

use std::fmt;

/// A parameter that cannot be met: which, what was asked, what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("--{option} {value}: {reason}")]
pub struct ParameterError {
    /// Name of the option.
    pub option: &'static str,
    /// What was asked for.
    pub value: String,
    /// What would be right.
    pub reason: String,
}

/// The error about an option with a value.
pub(crate) fn error(option: &'static str, value: impl fmt::Display, reason: String) -> ParameterError {
    ParameterError { option, value: value.to_string(), reason }
}
