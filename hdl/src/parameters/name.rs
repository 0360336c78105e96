//! The name of a core.

use super::error::{ParameterError, error};
use crate::keywords::{is_reserved, is_reserved_in_vhdl};

/// The most characters of a name.
const MOST: usize = 48;

/// The name of a core, which its top module and all its files carry. It is an identifier in Verilog and in VHDL.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CoreName {
    characters: [u8; MOST],
    length: usize,
}

impl CoreName {
    /// Checks a name.
    ///
    /// # Errors
    ///
    /// If a tool could not take it as the name of a module or of a VHDL entity. The error says why.
    pub fn new(name: &str) -> Result<Self, ParameterError> {
        let wrong = |reason: &str| Err(error("name", name.escape_debug(), reason.to_owned()));
        if !name.starts_with(|c: char| c.is_ascii_alphabetic())
            || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        {
            return wrong("a name has ASCII letters, digits and underscores, and starts with a letter");
        }
        if name.ends_with('_') || name.contains("__") {
            return wrong("VHDL allows no underscore at the end of a name, and no two in a row");
        }
        if is_reserved(name) {
            return wrong("this word is reserved in Verilog or SystemVerilog");
        }
        if is_reserved_in_vhdl(name) {
            return wrong("this word is reserved in VHDL, or has a meaning there");
        }
        if name.len() > MOST {
            return wrong(&format!("a name has at most {MOST} characters"));
        }
        let mut characters = [0; MOST];
        characters[..name.len()].copy_from_slice(name.as_bytes());
        Ok(Self { characters, length: name.len() })
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.characters[..self.length]).expect("The characters of a name are ASCII.")
    }
}

impl std::fmt::Debug for CoreName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_str().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_some_tool_refuses_are_refused() {
        for name in ["svd", "Svd_2", "a", &"x".repeat(MOST)] {
            assert_eq!(CoreName::new(name).map(|n| n.as_str().to_owned()), Ok(name.to_owned()));
        }
        let refused = [
            "",
            "2d",
            "_a",
            "a_",
            "a__b",
            "a-b",
            "a b",
            "\u{fc}",
            "module",
            "logic",
            "aclk",
            "entity",
            "Signal",
            "Std_Logic",
        ];
        for name in refused {
            assert_eq!(CoreName::new(name).expect_err(name).option, "name");
        }
        assert!(CoreName::new(&"x".repeat(MOST + 1)).is_err());
    }
}
