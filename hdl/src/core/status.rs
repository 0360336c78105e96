//! The status word in hardware.

use crate::builder::{ModuleBuilder, Signal};
use crate::interface::STATUS_FIELDS;

/// The status word whose fields have these values; a field without a value is 0. Values are as wide as their fields.
pub fn status_word<'m>(m: &'m ModuleBuilder, values: &[(&str, Signal<'m>)]) -> Signal<'m> {
    let is_field = |name: &str| STATUS_FIELDS.iter().any(|field| field.name == name);
    assert!(values.iter().all(|(name, _)| is_field(name)), "Every value belongs to a field of the status word.");
    let mut parts = Vec::new();
    let mut end = 0;
    for field in STATUS_FIELDS {
        let [high, low] = field.bits;
        if low > end {
            parts.push(m.zero(low - end));
        }
        let value = values.iter().find(|(name, _)| *name == field.name).map(|&(_, value)| value);
        parts.push(value.unwrap_or_else(|| m.zero(field.width())));
        end = high + 1;
    }
    parts.reverse();
    m.concat(&parts)
}
