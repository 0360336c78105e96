//! The status word: its fields, and how programs read them.

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::collections::BTreeMap;

/// Bits of the status word.
pub use crate::formats::STATUS_BITS;

/// A field of the status word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct StatusField {
    /// Its name in programs and JSON.
    pub name: &'static str,
    /// Its name in comments and data sheets.
    #[serde(skip)]
    pub label: &'static str,
    /// Highest and lowest bit.
    pub bits: [u32; 2],
    /// What it says.
    pub meaning: &'static str,
}

/// All fields of the status word, lowest bit first. Those of one bit are flags.
pub const STATUS_FIELDS: [StatusField; 7] = [
    StatusField {
        name: "bad_frame",
        label: "bad frame",
        bits: [0, 0],
        meaning: "tlast of the input frame came early or late, or its size is not taken",
    },
    StatusField { name: "overflow", label: "overflow", bits: [1, 1], meaning: "an internal value left its range" },
    StatusField {
        name: "cap_reached",
        label: "cap reached before settled",
        bits: [2, 2],
        meaning: "the sweep cap was reached before every block was settled",
    },
    StatusField {
        name: "self_check_failed",
        label: "self-check failed",
        bits: [3, 3],
        meaning: "the core's check of its own result failed",
    },
    StatusField {
        name: "watchdog",
        label: "watchdog",
        bits: [4, 4],
        meaning: "the frame was given up and the core starts anew; what has left of its result counts for nothing",
    },
    StatusField { name: "sweeps", label: "sweeps", bits: [15, 8], meaning: "sweeps made" },
    StatusField {
        name: "block_exponent",
        label: "block exponent",
        bits: [23, 16],
        meaning: "signed; true value = value * 2^block_exponent",
    },
];

impl StatusField {
    /// The field with this name.
    ///
    /// # Panics
    ///
    /// If there is none: names are written in the program, not by users.
    pub fn named(name: &str) -> &'static Self {
        let field = STATUS_FIELDS.iter().find(|field| field.name == name);
        field.unwrap_or_else(|| panic!("The status word has no field `{name}`."))
    }

    /// Its width in bits.
    pub fn width(&self) -> u32 {
        self.bits[0] - self.bits[1] + 1
    }

    /// Whether it is one bit, yes or no.
    pub fn is_flag(&self) -> bool {
        self.width() == 1
    }

    /// Its bits, as data sheets write them: `2`, or `15:8`.
    pub fn place(&self) -> String {
        let [high, low] = self.bits;
        if self.is_flag() { low.to_string() } else { format!("{high}:{low}") }
    }

    /// Its unsigned value in a status word.
    pub fn of(&self, word: u64) -> u64 {
        word >> self.bits[1] & ((1 << self.width()) - 1)
    }
}

/// The fields of the status word in a line: `0 bad frame, 1 overflow, ... 15:8 sweeps`.
pub fn status_summary() -> String {
    STATUS_FIELDS.map(|field| format!("{} {}", field.place(), field.label)).join(", ")
}

/// A status word as it leaves a core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(u64);

impl Status {
    /// The status word in the lowest bits of a beat.
    pub fn from_bits(bits: u64) -> Self {
        Self(bits & ((1 << STATUS_BITS) - 1))
    }

    /// The bits of the word.
    pub fn bits(self) -> u64 {
        self.0
    }

    /// The value of a field.
    pub fn value(self, field: &StatusField) -> i64 {
        match field.name {
            "block_exponent" => self.block_exponent().into(),
            _ => field.of(self.0) as i64,
        }
    }

    /// Its flags.
    pub fn flags(self) -> Flags {
        let flags = STATUS_FIELDS.iter().filter(|field| field.is_flag());
        Flags(flags.filter(|field| field.of(self.0) == 1).fold(0, |set, field| set | 1 << field.bits[1]))
    }

    /// Whether the input frame was refused: its `tlast` came early or late, or its size is not taken.
    pub fn bad_frame(self) -> bool {
        self.flags().bad_frame()
    }

    /// Whether an internal value left its range.
    pub fn overflow(self) -> bool {
        self.flags().overflow()
    }

    /// Whether the sweep cap was reached before every block was settled.
    pub fn cap_reached(self) -> bool {
        self.flags().cap_reached()
    }

    /// Whether the core has given up the frame and started anew. Its result counts for nothing.
    pub fn watchdog(self) -> bool {
        self.flags().is_set("watchdog")
    }

    /// Sweeps made.
    pub fn sweeps(self) -> u32 {
        StatusField::named("sweeps").of(self.0) as u32
    }

    /// Power of two by which the core scaled the matrix.
    pub fn block_exponent(self) -> i32 {
        i32::from(StatusField::named("block_exponent").of(self.0) as u8 as i8)
    }
}

/// The flags of a status word, yes or no. In files they stand as a table from names to `true` or `false`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(u64);

impl Flags {
    /// Whether a flag is set, by its name in [`STATUS_FIELDS`].
    pub fn is_set(self, name: &str) -> bool {
        self.0 >> StatusField::named(name).bits[1] & 1 == 1
    }

    /// Sets a flag, by its name in [`STATUS_FIELDS`].
    pub fn set(&mut self, name: &str) {
        self.0 |= 1 << StatusField::named(name).bits[1];
    }

    /// All flags with their names, lowest bit first.
    pub fn all(self) -> impl Iterator<Item = (&'static str, bool)> {
        STATUS_FIELDS.iter().filter(|field| field.is_flag()).map(move |field| (field.name, self.is_set(field.name)))
    }

    /// Whether the input frame was refused: its `tlast` came early or late, or its size is not taken.
    pub fn bad_frame(self) -> bool {
        self.is_set("bad_frame")
    }

    /// Whether an internal value left its range.
    pub fn overflow(self) -> bool {
        self.is_set("overflow")
    }

    /// Whether the sweep cap was reached before every block was settled.
    pub fn cap_reached(self) -> bool {
        self.is_set("cap_reached")
    }
}

impl Serialize for Flags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, set) in self.all() {
            map.serialize_entry(name, &set)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Flags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut map = BTreeMap::<String, bool>::deserialize(deserializer)?;
        let mut flags = Self::default();
        for (name, _) in Self::default().all() {
            match map.remove(name) {
                Some(true) => flags.set(name),
                Some(false) => {}
                None => return Err(D::Error::missing_field(name)),
            }
        }
        match map.keys().next() {
            None => Ok(flags),
            Some(unknown) => Err(D::Error::custom(format!("the status word has no flag `{unknown}`"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fields do not overlap, and each is read where it stands.
    #[test]
    fn fields_stand_apart_and_are_read_back() {
        let mut taken = 0u64;
        for field in &STATUS_FIELDS {
            let mask = ((1u64 << field.width()) - 1) << field.bits[1];
            assert_eq!(taken & mask, 0, "{}", field.name);
            taken |= mask;
            assert_eq!(field.of(mask), (1 << field.width()) - 1);
            assert_eq!(
                Status::from_bits(mask).flags().all().filter(|&(_, set)| set).count(),
                usize::from(field.is_flag())
            );
        }
        assert!(taken < 1 << STATUS_BITS);
        let status = Status::from_bits(0xffff_fffe_1705);
        assert_eq!((status.bad_frame(), status.overflow(), status.cap_reached()), (true, false, true));
        assert_eq!((status.sweeps(), status.block_exponent()), (0x17, -2));
        assert_eq!(status_summary().matches(", ").count() + 1, STATUS_FIELDS.len());
    }

    #[test]
    fn flags_in_files_are_all_there_and_known() {
        let mut flags = Flags::default();
        flags.set("overflow");
        let text = serde_json::to_string(&flags).unwrap();
        assert_eq!(
            text,
            r#"{"bad_frame":false,"overflow":true,"cap_reached":false,"self_check_failed":false,"watchdog":false}"#
        );
        assert_eq!(serde_json::from_str::<Flags>(&text).unwrap(), flags);
        let error = |text: &str| serde_json::from_str::<Flags>(text).unwrap_err().to_string();
        assert!(error(&text.replace("\"overflow\":true,", "")).contains("overflow"));
        assert!(error(&text.replace("overflow", "overrun")).contains("overflow"));
        assert!(error(&text.replace('}', ",\"overrun\":true}")).contains("no flag `overrun`"));
    }
}
