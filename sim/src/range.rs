//! Intervals of integers, which describe what is known about a value before the simulation runs.

/// All integers from `low` to `high`. The range of a result is `None` if it does not fit `i128`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Range {
    pub low: i128,
    pub high: i128,
}

impl Range {
    pub fn new(low: i128, high: i128) -> Self {
        debug_assert!(low <= high);
        Self { low, high }
    }

    pub fn exactly(value: i128) -> Self {
        Self::new(value, value)
    }

    /// The numbers that `width` bits hold in two's complement.
    pub fn signed(width: u32) -> Self {
        let low = i128::MIN >> (128 - width);
        Self::new(low, !low)
    }

    /// The numbers that `width` bits hold without a sign. There can be at most 127 bits.
    pub fn unsigned(width: u32) -> Self {
        debug_assert!(width < 128);
        Self::new(0, i128::MAX >> (127 - width))
    }

    pub fn within(self, other: Range) -> bool {
        other.low <= self.low && self.high <= other.high
    }

    /// Whether an `i64` holds every value.
    pub fn is_narrow(self) -> bool {
        self.within(Range::signed(64))
    }

    pub fn is_natural(self) -> bool {
        self.low >= 0
    }

    pub fn hull(self, other: Range) -> Self {
        Self::new(self.low.min(other.low), self.high.max(other.high))
    }

    /// The number of bits that hold every value in two's complement.
    pub fn bits(self) -> u32 {
        let of = |value: i128| 129 - (if value < 0 { !value } else { value }).leading_zeros();
        of(self.low).max(of(self.high))
    }

    pub fn plus(self, other: Range) -> Option<Self> {
        Some(Self::new(self.low.checked_add(other.low)?, self.high.checked_add(other.high)?))
    }

    pub fn minus(self, other: Range) -> Option<Self> {
        Some(Self::new(self.low.checked_sub(other.high)?, self.high.checked_sub(other.low)?))
    }

    pub fn times(self, other: Range) -> Option<Self> {
        let mut corners = [0; 4];
        for (corner, (a, b)) in corners.iter_mut().zip([
            (self.low, other.low),
            (self.low, other.high),
            (self.high, other.low),
            (self.high, other.high),
        ]) {
            *corner = a.checked_mul(b)?;
        }
        Some(Self::new(corners.into_iter().min()?, corners.into_iter().max()?))
    }

    /// The range of the values divided by 2^`count` and rounded down.
    pub fn shifted_down(self, count: u32) -> Self {
        Self::new(self.low >> count, self.high >> count)
    }
}
