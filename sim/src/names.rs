//! The names of a design's signals, for everything that shows its inside.

use crate::flatten::{Port, Scope};
use crate::layout::{Cell, Layout};

/// The named signals of one instance: name, where its value stands, bits.
pub(crate) struct Names {
    pub scope: String,
    pub signals: Vec<(String, Cell, u32)>,
    pub children: Vec<Names>,
}

impl Names {
    /// The names of an instance and of all below it, with the places that their values have.
    pub fn new(scope: &Scope, layout: &Layout) -> Self {
        let place = |port: &Port| (port.name.clone(), layout.observed[&port.value], port.width);
        Self {
            scope: scope.name.clone(),
            signals: scope.signals.iter().map(place).collect(),
            children: scope.children.iter().map(|child| Self::new(child, layout)).collect(),
        }
    }
}
