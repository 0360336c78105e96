//! The aspects in which a document can be worse, and how a finding is worded.

use serde::Serialize;
use std::str::FromStr;

/// An aspect in which a document can be worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Aspect {
    /// Errors are larger.
    Errors,
    /// A check that held fails, or is no longer made.
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
    /// The finding, in a sentence.
    pub what: String,
}

impl Aspect {
    /// All aspects.
    pub const ALL: [Self; 5] = [Self::Errors, Self::Checks, Self::Coverage, Self::Cycles, Self::Area];

    /// The name that `--fail-if-worse` accepts.
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
        found.ok_or_else(|| format!("there is no such aspect; use some of {}", Self::ALL.map(Self::name).join(", ")))
    }
}
