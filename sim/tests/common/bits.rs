//! Bit vectors with schoolbook arithmetic, which share nothing with the simulator but the definitions of the
//! operations.

use svdforge_hdl::ir::Binary;

/// A vector of bits, the lowest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bits(pub Vec<bool>);

impl Bits {
    pub fn zero(width: u32) -> Self {
        Self(vec![false; width as usize])
    }

    pub fn new(pattern: u128, width: u32) -> Self {
        Self((0..width).map(|k| pattern >> k & 1 == 1).collect())
    }

    pub fn pattern(&self) -> u128 {
        self.0.iter().rev().fold(0, |sum, &bit| sum << 1 | u128::from(bit))
    }

    pub fn width(&self) -> usize {
        self.0.len()
    }

    pub fn is_true(&self) -> bool {
        assert_eq!(self.width(), 1);
        self.0[0]
    }

    pub fn not(&self) -> Self {
        Self(self.0.iter().map(|bit| !bit).collect())
    }

    pub fn slice(&self, low: usize, width: usize) -> Self {
        Self(self.0[low..low + width].to_vec())
    }

    pub fn sign_extended(&self, width: usize) -> Self {
        let sign = *self.0.last().unwrap();
        Self((0..width).map(|k| *self.0.get(k).unwrap_or(&sign)).collect())
    }

    pub fn zero_extended(&self, width: usize) -> Self {
        Self((0..width).map(|k| *self.0.get(k).unwrap_or(&false)).collect())
    }

    pub fn above(&self, low: &Bits) -> Self {
        Self(low.0.iter().chain(&self.0).copied().collect())
    }

    /// Ripple-carry addition.
    pub fn add(&self, other: &Bits, mut carry: bool) -> Self {
        assert_eq!(self.width(), other.width());
        let mut sum = Vec::new();
        for (&a, &b) in self.0.iter().zip(&other.0) {
            sum.push(a ^ b ^ carry);
            carry = [a, b, carry].iter().filter(|&&bit| bit).count() >= 2;
        }
        Self(sum)
    }

    pub fn sub(&self, other: &Bits) -> Self {
        self.add(&other.not(), true)
    }

    /// The lowest `width` bits of the sum of the shifted operands. They are exact, because a product is exact modulo
    /// 2^width.
    fn mul(&self, other: &Bits) -> Self {
        let width = self.width() + other.width();
        let mut sum = Bits::zero(width as u32);
        let mut shifted = self.sign_extended(width);
        for bit in other.sign_extended(width).0 {
            if bit {
                sum = sum.add(&shifted, false);
            }
            shifted.0.insert(0, false);
            shifted.0.pop();
        }
        sum
    }

    fn less(&self, other: &Bits) -> bool {
        let differing = self.0.iter().zip(&other.0).rev().find(|(a, b)| a != b);
        differing.is_some_and(|(a, _)| !a)
    }

    fn less_signed(&self, other: &Bits) -> bool {
        match (self.0.last().unwrap(), other.0.last().unwrap()) {
            (true, false) => true,
            (false, true) => false,
            _ => self.less(other),
        }
    }

    fn moved(&self, amount: &Bits, up: bool) -> Self {
        let amount = amount.pattern();
        let bit = |k: usize| {
            let from = if up { (k as u128).checked_sub(amount) } else { (k as u128).checked_add(amount) };
            from.is_some_and(|from| from < self.width() as u128 && self.0[from as usize])
        };
        Self((0..self.width()).map(bit).collect())
    }

    pub fn binary(&self, binary: Binary, other: &Bits) -> Self {
        let each = |f: fn(bool, bool) -> bool| Self(self.0.iter().zip(&other.0).map(|(&a, &b)| f(a, b)).collect());
        match binary {
            Binary::And => each(|a, b| a && b),
            Binary::Or => each(|a, b| a || b),
            Binary::Xor => each(|a, b| a != b),
            Binary::Add => self.add(other, false),
            Binary::Sub => self.sub(other),
            Binary::Mul => self.mul(other),
            Binary::Equal => Self(vec![self.0 == other.0]),
            Binary::LessUnsigned => Self(vec![self.less(other)]),
            Binary::LessSigned => Self(vec![self.less_signed(other)]),
            Binary::ShiftLeft => self.moved(other, true),
            Binary::ShiftRight => self.moved(other, false),
        }
    }
}
