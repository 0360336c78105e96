//! What can be worse in a document, and how it is said.

use serde::Serialize;
use std::str::FromStr;

/// What can be worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Aspect {
    /// Errors are larger.
    Errors,
    /// A check that held does not hold, or is not made.
    Checks,
    /// Cores or matrices are missing.
    Coverage,
    /// The same core takes more cycles.
    Cycles,
    /// The same core has more multipliers, or bits of memory or tables.
    Area,
}

/// Something in which a document is worse.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// What it is about.
    pub aspect: Aspect,
    /// In a sentence.
    pub what: String,
}

impl Aspect {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Errors, Self::Checks, Self::Coverage, Self::Cycles, Self::Area];

    /// As `--fail-if-worse` knows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Errors => "errors",
            Self::Checks => "checks",
            Self::Coverage => "coverage",
            Self::Cycles => "cycles",
            Self::Area => "area",
        }
    }
}

impl FromStr for Aspect {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|aspect| aspect.name() == name);
        found.ok_or_else(|| format!("cannot be worse; use some of {}", Self::ALL.map(Self::name).join(", ")))
    }
}
