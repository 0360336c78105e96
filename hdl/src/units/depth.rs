//! How many registers the units have along their paths.

/// The pipeline depth of a core's units. Results are the same for both, but come later if the pipeline is deep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// As few registers as a good clock rate allows, for a core in which a matrix waits for each of its rotations.
    Shallow,
    /// A register more wherever one raises the clock rate, for a core whose rotators have other work meanwhile.
    Deep,
}

impl Depth {
    /// Whether the pipeline is deep.
    pub fn is_deep(self) -> bool {
        self == Self::Deep
    }
}
