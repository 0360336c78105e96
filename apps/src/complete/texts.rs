//! A list of short texts in one piece of memory.

use std::ops::Index;

/// Texts one after the other, which take their bytes and four more each. The bytes of all must be below 4 GiB, as those
/// of any file that is read are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Texts {
    bytes: String,
    /// Where each text ends.
    ends: Vec<u32>,
}

impl Texts {
    /// An empty list with room for texts of `bytes` bytes in all.
    ///
    /// # Errors
    ///
    /// The system does not give the memory.
    pub fn with_room(count: usize, bytes: usize) -> Result<Self, std::collections::TryReserveError> {
        let mut texts = Self::default();
        texts.bytes.try_reserve_exact(bytes)?;
        texts.ends.try_reserve_exact(count)?;
        Ok(texts)
    }

    /// Appends a text.
    ///
    /// # Panics
    ///
    /// The texts have 4 GiB or more.
    pub fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends.push(u32::try_from(self.bytes.len()).expect("No file of this size is read."));
    }

    /// The number of texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The texts in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| &self[index])
    }
}

impl Index<usize> for Texts {
    type Output = str;

    fn index(&self, index: usize) -> &str {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.bytes[start..self.ends[index] as usize]
    }
}

impl<'a> FromIterator<&'a str> for Texts {
    fn from_iter<I: IntoIterator<Item = &'a str>>(list: I) -> Self {
        let mut texts = Self::default();
        list.into_iter().for_each(|text| texts.push(text));
        texts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_as_they_were() {
        let list = ["a", "", "\u{e9}t\u{e9}", ""];
        let texts: Texts = list.into_iter().collect();
        assert_eq!((texts.len(), texts.is_empty(), &texts[2]), (4, false, "\u{e9}t\u{e9}"));
        assert!(texts.iter().eq(list));
        assert!(Texts::with_room(4, 1 << 60).is_err());
    }
}
