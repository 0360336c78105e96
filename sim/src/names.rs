//! The names of a design's signals, for waveforms and for the record of extremes.

use crate::flatten::{NamedValue, Scope};
use crate::layout::{Cell, Layout};

/// The named signals of one instance, each with its name, the place of its value, and its width in bits.
pub(crate) struct Names {
    pub scope: String,
    pub signals: Vec<(String, Cell, u32)>,
    pub children: Vec<Names>,
}

impl Names {
    /// The names of an instance and of all instances within it, with the places of their values.
    pub fn new(scope: &Scope, layout: &Layout) -> Self {
        let place = |port: &NamedValue| (port.name.clone(), layout.observed[&port.value], port.width);
        Self {
            scope: scope.name.clone(),
            signals: scope.signals.iter().map(place).collect(),
            children: scope.children.iter().map(|child| Self::new(child, layout)).collect(),
        }
    }
}
