//! The status word in hardware, and words of fields in general.

use crate::builder::{ModuleBuilder, Signal};
use crate::interface::{STATUS_BITS, STATUS_FIELDS};

/// The status word whose fields have these values; a field without a value is 0. Values are as wide as their fields.
pub fn status_word<'m>(m: &'m ModuleBuilder, values: &[(&str, Signal<'m>)]) -> Signal<'m> {
    let is_field = |name: &str| STATUS_FIELDS.iter().any(|field| field.name == name);
    assert!(values.iter().all(|(name, _)| is_field(name)), "Every value belongs to a field of the status word.");
    let fields = STATUS_FIELDS.iter().map(|field| {
        let value = values.iter().find(|(name, _)| *name == field.name).map(|&(_, value)| value);
        (field.bits, value.unwrap_or_else(|| m.zero(field.width())))
    });
    word_of_fields(m, STATUS_BITS, fields)
}

/// A word of `width` bits that consists of fields, each given by its highest and lowest bit and its value, lowest bits
/// first. The bits between them are 0.
pub fn word_of_fields<'m>(
    m: &'m ModuleBuilder,
    width: u32,
    fields: impl Iterator<Item = ([u32; 2], Signal<'m>)>,
) -> Signal<'m> {
    let mut parts = Vec::new();
    let mut end = 0;
    for ([high, low], value) in fields {
        if low > end {
            parts.push(m.zero(low - end));
        }
        parts.push(value);
        end = high + 1;
    }
    if end < width {
        parts.push(m.zero(width - end));
    }
    parts.reverse();
    m.concat(&parts)
}
