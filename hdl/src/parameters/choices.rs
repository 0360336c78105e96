//! Parameters whose values are words. Each enum alone defines the spelling of its words and their explanations.

use super::error::{ParameterError, error};
use serde::Serialize;
use std::fmt;

/// One word that a parameter can be, and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word as the command line, files and reports spell it.
    pub name: &'static str,
    /// Its meaning, as printed by `--help`.
    pub help: &'static str,
    /// What stands for it in the name of a core.
    pub code: &'static str,
}

/// A parameter whose values are words.
pub trait NamedChoice: Copy + Eq + Sized + 'static {
    /// All values, in the order in which `--help` lists them.
    const ALL: &'static [Self];
    /// The words of all values, in the same order.
    const WORDS: &'static [Word];

    /// The word for this value.
    fn name(self) -> &'static str {
        let index = Self::ALL.iter().position(|&value| value == self).expect("ALL lists every value.");
        Self::WORDS[index].name
    }

    /// The value that a word stands for.
    ///
    /// # Errors
    ///
    /// If no value has this word. The error names `option` and lists all words.
    fn from_name(option: &'static str, name: &str) -> Result<Self, ParameterError> {
        position(Self::WORDS, option, name).map(|index| Self::ALL[index])
    }
}

/// The place of a word among those that an option takes.
///
/// # Errors
///
/// If the option does not take it. The error lists all words.
pub(super) fn position(words: &[Word], option: &'static str, name: &str) -> Result<usize, ParameterError> {
    words.iter().position(|word| word.name == name).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|word| word.name).collect();
        error(option, name, format!("use one of {}", known.join(", ")))
    })
}

/// Defines an enum whose values are words. The doc comment of a variant is its help text as well, and what follows `as`
/// stands for it in the name of a core.
macro_rules! choice {
    ($(#[$meta:meta])* $name:ident { $(#[doc = $help:literal] $variant:ident = $word:literal as $code:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = $help] $variant,)+
        }

        impl NamedChoice for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            const WORDS: &'static [Word] = &[$(Word { name: $word, help: $help.trim_ascii(), code: $code }),+];
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

choice! {
    /// The architecture: how many 2x2 blocks are rotated per cycle.
    ArchitectureName {
        /// One block in four cycles, with a single rotator: 4 multipliers in it
        Quarter = "quarter" as "quarter",
        /// One block per cycle: 16 multipliers in the rotators
        Serial = "serial" as "serial",
        /// A block of each pair of rows per cycle: 8 n multipliers, for n rows
        Row = "row" as "row",
        /// All blocks in one cycle: 4 n^2 multipliers
        Array = "array" as "array",
    }
}

choice! {
    /// Which singular vectors are computed.
    Vectors {
        /// U and V
        Uv = "uv" as "uv",
        /// U alone
        U = "u" as "u",
        /// V alone
        V = "v" as "v",
        /// Singular values alone
        None = "none" as "values",
    }
}

choice! {
    /// Whether the core shifts each matrix to full scale.
    Scaling {
        /// Each matrix is shifted to full scale; the exponent comes with the result
        Auto = "auto" as "scaled",
        /// None: the host scales (`--input-scale`)
        Fixed = "fixed" as "unscaled",
    }
}

choice! {
    /// Which sizes of matrices a core accepts.
    Sizes {
        /// Matrices of its own size
        Fixed = "fixed" as "fixed",
        /// Any matrix up to its own size; each frame begins with two beats, its rows and columns
        Any = "any" as "any",
    }
}

choice! {
    /// What stands beside the streams of a core.
    Front {
        /// The streams alone
        Stream = "stream" as "stream",
        /// Registers with an AXI4-Lite port: identity, size, status, counters, interrupt
        AxiLite = "axi-lite" as "registers",
    }
}

impl Vectors {
    /// Whether U is computed.
    pub fn has_u(self) -> bool {
        matches!(self, Self::Uv | Self::U)
    }

    /// Whether V is computed.
    pub fn has_v(self) -> bool {
        matches!(self, Self::Uv | Self::V)
    }
}

/// How many sweeps are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sweeps {
    /// The core makes sweeps until every block of a sweep was settled, but not more than its sweep cap.
    Auto,
    /// The core makes exactly this number of sweeps.
    Fixed(u32),
}

impl fmt::Display for Sweeps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Fixed(sweeps) => sweeps.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_value_has_its_own_word<C: NamedChoice + fmt::Debug>() -> usize {
        assert_eq!(C::ALL.len(), C::WORDS.len());
        for (&value, word) in C::ALL.iter().zip(C::WORDS) {
            assert_eq!(C::from_name("option", word.name), Ok(value));
            assert_eq!(value.name(), word.name);
            assert!(!word.help.is_empty() && word.help == word.help.trim());
            assert!(!word.code.is_empty());
        }
        assert!(C::from_name("option", "?").unwrap_err().to_string().contains(C::WORDS[0].name));
        C::ALL.len()
    }

    #[test]
    fn every_word_stands_for_one_value() {
        let architectures = every_value_has_its_own_word::<ArchitectureName>();
        let vectors = every_value_has_its_own_word::<Vectors>();
        let scalings = every_value_has_its_own_word::<Scaling>();
        let sizes = every_value_has_its_own_word::<Sizes>();
        let fronts = every_value_has_its_own_word::<Front>();
        assert_eq!([architectures, vectors, scalings, sizes, fronts], [4, 4, 2, 2, 2]);
    }
}
