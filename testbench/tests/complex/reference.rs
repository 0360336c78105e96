//! The arithmetic of complex matrices in plain integers: a two-sided Jacobi decomposition A = U X V^H whose rotations
//! have complex sines.
//!
//! A rotation of a pair is x' = c x - s y, y' = conj(s) x + c y, where c is real, s is complex and c² + |s|² = 1. The
//! phase is part of s, so that no unit turns phases, but for one step in each sweep of a general matrix that makes the
//! diagonal real. Each component of a result is one sum of products, rounded once.
//!
//! A block (a b; c d) with real a and d has h = b + conj(c) and k = b - conj(c). Its angle vectors, complex numbers in
//! rad, are S = h/|h| atan(|h| / (d - a)) / 2 and D = -k/|k| atan(|k| / (d + a)) / 2. The left rotation takes S - D, and
//! the right one S + D. If everything is real, these are the angles of the real arithmetic
//! (`docs/decisions/0002-arithmetic.md`).

use super::tables::{
    ANTILOG_BITS, BIN_BITS, Coefficients, FINE_BITS, LOG_BITS, NORM_BITS, STEP_BITS, Tables, VERSINE_BITS,
};

/// The logarithm of zero.
const NOTHING: i64 = -40 << LOG_BITS;
/// Bits of the larger component of a fine angle vector that its square takes into account.
const SQUARE_BITS: u32 = 12;
/// S or D alone is applied if one of both is coarse and their parts of the block differ by more than so many octaves.
const OCTAVES_APART: i64 = 2;

/// A complex number in units of the last place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Complex {
    pub re: i64,
    pub im: i64,
}

impl Complex {
    pub fn new(re: i64, im: i64) -> Self {
        Self { re, im }
    }

    fn conjugate(self) -> Self {
        Self::new(self.re, -self.im)
    }

    fn plus(self, other: Self) -> Self {
        Self::new(self.re + other.re, self.im + other.im)
    }

    fn minus(self, other: Self) -> Self {
        Self::new(self.re - other.re, self.im - other.im)
    }

    /// |re| + |im|.
    fn size(self) -> i64 {
        self.re.abs() + self.im.abs()
    }

    /// The larger of |re| and |im|.
    fn largest(self) -> i64 {
        self.re.abs().max(self.im.abs())
    }

    fn is_zero(self) -> bool {
        self == Self::default()
    }
}

/// The arithmetic for n x n matrices.
pub struct Reference {
    /// n, or one more if it is odd.
    even: usize,
    n: usize,
    hermitian: bool,
    /// Fraction bits of data: those of the input and the guard bits.
    data_fraction: u32,
    guard: u32,
    /// Fraction bits of a coefficient.
    fraction: u32,
    /// Parts of a block whose components are all below are left alone.
    noise: i64,
    /// Angle vectors whose components are all below count as settled.
    settled_below: i64,
    tables: &'static Tables,
}

/// A decomposition A = U X V^H, in units of the last place inside the core. Matrices are `even` x `even`, row by row.
pub struct Run {
    pub x: Vec<Complex>,
    /// U^H.
    pub uh: Vec<Complex>,
    /// V^H.
    pub vh: Vec<Complex>,
    pub sweeps: u32,
    /// Whether a block or a phase had not settled in the last sweep.
    pub capped: bool,
}

impl Reference {
    /// The arithmetic of n x n matrices, general or Hermitian, with components of `word` bits.
    pub fn new(n: usize, (word, guard): (u32, u32), coef: u32, hermitian: bool) -> Self {
        let fraction = coef - 1;
        let settled_bits = 6.max(word as i64 - 6) as u32;
        Self {
            even: n + n % 2,
            n,
            hermitian,
            data_fraction: word - 1 + guard,
            guard,
            fraction,
            noise: if guard >= 4 { 8 } else { 4 },
            settled_below: 1 << (fraction + FINE_BITS - settled_bits),
            tables: Tables::of(fraction),
        }
    }

    /// The side of the matrices of a run.
    pub fn side(&self) -> usize {
        self.even
    }

    /// Decomposes a matrix of input units, given row by row, in at most `cap` sweeps.
    pub fn run(&self, units: &[Complex], cap: u32) -> Run {
        let side = self.even;
        let mut x = vec![Complex::default(); side * side];
        for (i, row) in units.chunks(self.n).enumerate() {
            for (j, unit) in row.iter().enumerate() {
                x[i * side + j] = Complex::new(unit.re << self.guard, unit.im << self.guard);
            }
        }
        let mut one = vec![Complex::default(); side * side];
        one.iter_mut().step_by(side + 1).for_each(|diagonal| diagonal.re = 1 << self.data_fraction);
        let mut run = Run { x, uh: one.clone(), vh: one, sweeps: 0, capped: true };
        while run.capped && run.sweeps < cap {
            run.capped = !self.sweep(&mut run);
            run.sweeps += 1;
        }
        run
    }

    /// One sweep. Returns whether everything was settled in it.
    fn sweep(&self, run: &mut Run) -> bool {
        let side = self.even;
        let mut settled = self.hermitian || self.turn_rows(run);
        // The index at each place. After each step every index except the first moves on by one place.
        let mut at: Vec<usize> = (0..side).collect();
        for _ in 1..side {
            // One member of a pair is at an even place and the other at an odd one; the one at the even place comes
            // first.
            let pairs: Vec<(usize, usize)> = (0..side).step_by(2).map(|p| (at[p], at[side - 1 - p])).collect();
            let vectors: Vec<_> = pairs.iter().map(|&pair| self.vectors_of(&run.x, pair)).collect();
            for (&(i, j), &(left, ..)) in pairs.iter().zip(&vectors) {
                for k in 0..side {
                    self.rotate_in(&mut run.x, (i * side + k, j * side + k), left, false);
                    self.rotate_in(&mut run.uh, (i * side + k, j * side + k), left, false);
                }
            }
            for (&(i, j), &(_, right, _)) in pairs.iter().zip(&vectors) {
                for k in 0..side {
                    self.rotate_in(&mut run.x, (k * side + i, k * side + j), right, true);
                    self.rotate_in(&mut run.vh, (i * side + k, j * side + k), right, false);
                }
            }
            if self.hermitian {
                self.mirror(&mut run.x, &pairs);
            }
            settled &= vectors.iter().all(|&(.., settled)| settled);
            at[1..].rotate_right(1);
        }
        settled
    }

    /// Multiplies each row of X and of U^H by a number of modulus 1 that makes its diagonal element real. Returns
    /// whether all of these phases were settled.
    fn turn_rows(&self, run: &mut Run) -> bool {
        let side = self.even;
        let mut settled = true;
        for i in 0..side {
            let (angle, is_settled) = self.phase(run.x[i * side + i]);
            settled &= is_settled;
            for matrix in [&mut run.x, &mut run.uh] {
                for element in &mut matrix[i * side..(i + 1) * side] {
                    *element = self.rotate(*element, *element, Complex::new(0, -angle)).0;
                }
            }
        }
        settled
    }

    /// Of a Hermitian matrix only the blocks on and above the diagonal of blocks are rotated. The others mirror them, as
    /// do the two elements off the diagonal of a block on it. The diagonal is real.
    fn mirror(&self, x: &mut [Complex], pairs: &[(usize, usize)]) {
        let side = self.even;
        let mut pair_of = vec![0; side];
        for (number, &(i, j)) in pairs.iter().enumerate() {
            pair_of[i] = number;
            pair_of[j] = number;
        }
        for row in 0..side {
            x[row * side + row].im = 0;
            for column in 0..side {
                if (pair_of[row], row) > (pair_of[column], column) {
                    x[row * side + column] = x[column * side + row].conjugate();
                }
            }
        }
    }

    /// Left and right angle vector of the block of two indices, and whether it was settled.
    fn vectors_of(&self, x: &[Complex], (i, j): (usize, usize)) -> (Complex, Complex, bool) {
        let at = |row: usize, column: usize| x[row * self.even + column];
        let (a, b, c, d) = (at(i, i).re, at(i, j), at(j, i), at(j, j).re);
        let (h, k) = (b.plus(c.conjugate()), b.minus(c.conjugate()));
        let (mut s, mut log_h) = self.half_vector(h, d - a);
        let (mut t, mut log_k) = self.half_vector(k, -(d + a));
        if d + a == 0 {
            // Zero counts as positive.
            t = Complex::default().minus(t);
        }
        if self.hermitian || k.largest() < self.noise {
            (t, log_k) = (Complex::default(), NOTHING);
        }
        if h.largest() < self.noise {
            (s, log_h) = (Complex::default(), NOTHING);
        }
        let settled = s.largest() < self.settled_below && t.largest() < self.settled_below;
        let is_coarse = |vector: Complex| vector.size() >= 1 << self.fraction;
        let coarse = is_coarse(s.minus(t)) || is_coarse(s.plus(t));
        let small = |vector: Complex| vector.size() < 1 << (self.fraction - 1);
        let differ = small(s) || small(t) || (log_h - log_k).abs() > OCTAVES_APART << LOG_BITS;
        if coarse && differ && !s.is_zero() && !t.is_zero() {
            if log_k > log_h { s = Complex::default() } else { t = Complex::default() }
        }
        (s.minus(t), s.plus(t), settled)
    }

    /// atan(|h| / denominator) / 2 in the direction of h, and log2 |h|.
    fn half_vector(&self, h: Complex, denominator: i64) -> (Complex, i64) {
        let (log_re, log_im) = (self.log(h.re), self.log(h.im));
        let gap = ((log_re - log_im).abs() >> (LOG_BITS - STEP_BITS)) as usize;
        let log_h = log_re.max(log_im) + self.tables.hypotenuses[gap.min(self.tables.hypotenuses.len() - 1)];
        let log_angle = self.log_half_arc(log_h - self.log(denominator));
        let sign = if denominator < 0 { -1 } else { 1 };
        let component = |of: i64, log: i64| of.signum() * sign * self.antilog(log_angle + log - log_h);
        (Complex::new(component(h.re, log_re), component(h.im, log_im)), log_h)
    }

    /// The angle that turns a number onto the real axis, with the sign of its real part kept, and whether it was
    /// settled.
    fn phase(&self, of: Complex) -> (i64, bool) {
        if of.im.abs() < self.noise / 2 {
            return (0, true);
        }
        let size = self.antilog(self.log_half_arc(self.log(of.im) - self.log(of.re)) + (1 << LOG_BITS));
        let sign = if (of.im < 0) == (of.re < 0) { -1 } else { 1 };
        (sign * size, size < self.settled_below)
    }

    /// log2 of the magnitude of a number.
    fn log(&self, value: i64) -> i64 {
        if value == 0 {
            return NOTHING;
        }
        let size = i128::from(value.abs());
        let exponent = size.ilog2();
        let mantissa = (size << 8 >> exponent) as usize & 255;
        (i64::from(exponent) << LOG_BITS) + self.tables.logarithms[mantissa]
    }

    /// 2^log in the format of an angle vector.
    fn antilog(&self, log: i64) -> i64 {
        let fraction_of_log = log & ((1 << LOG_BITS) - 1);
        let entry = self.tables.antilogs[(fraction_of_log >> (LOG_BITS - ANTILOG_BITS)) as usize];
        let up = (log >> LOG_BITS) + i64::from(self.fraction + FINE_BITS) - 8;
        if up >= 0 { entry << up } else { (entry + (1 << ((-up).min(40) - 1))) >> (-up).min(40) }
    }

    /// log2 of atan(2^log_ratio) / 2.
    fn log_half_arc(&self, log_ratio: i64) -> i64 {
        let (low, high) = (-5 << LOG_BITS, 9 << LOG_BITS);
        if log_ratio < low {
            log_ratio - (1 << LOG_BITS)
        } else if log_ratio >= high {
            self.tables.log_eighth_turn
        } else {
            log_ratio + self.tables.arcs[((log_ratio - low) >> (LOG_BITS - STEP_BITS)) as usize]
        }
    }

    /// Rotates two elements of a matrix. Elements of a column pair are the conjugates of a row pair of A^H.
    fn rotate_in(&self, matrix: &mut [Complex], (first, second): (usize, usize), by: Complex, conjugated: bool) {
        let side = |element: Complex| if conjugated { element.conjugate() } else { element };
        let (x, y) = self.rotate(side(matrix[first]), side(matrix[second]), by);
        (matrix[first], matrix[second]) = (side(x), side(y));
    }

    /// x' = c x - s y, y' = conj(s) x + c y.
    fn rotate(&self, x: Complex, y: Complex, by: Complex) -> (Complex, Complex) {
        let times = |s: Complex, y: Complex| Complex::new(s.re * y.re - s.im * y.im, s.re * y.im + s.im * y.re);
        let each = |of: &dyn Fn(i64, i64) -> i64, a: Complex, b: Complex| Complex::new(of(a.re, b.re), of(a.im, b.im));
        if by.size() >= 1 << self.fraction {
            let Coefficients { c, s } = self.coarse(by);
            let rounded = |own: i64, other: i64| round_shift(c * own + other, self.fraction);
            let other = times(s, y);
            let x_rotated = each(&rounded, x, Complex::new(-other.re, -other.im));
            return (x_rotated, each(&rounded, y, times(s.conjugate(), x)));
        }
        let (versine, s) = self.fine(by);
        let places = self.fraction + FINE_BITS + VERSINE_BITS;
        let less = |own: i64, other: i64| own - round_shift(versine * own + (other << VERSINE_BITS), places);
        let other = times(s.conjugate(), x);
        (each(&less, x, times(s, y)), each(&less, y, Complex::new(-other.re, -other.im)))
    }

    /// The coefficients of the table for a coarse angle vector.
    fn coarse(&self, by: Complex) -> Coefficients {
        let bin = self.fraction + FINE_BITS - BIN_BITS;
        let index = |component: i64| (((component.abs() + (1 << (bin - 1))) >> bin) as usize).min(self.tables.last());
        let (re, im) = (index(by.re), index(by.im));
        let Coefficients { c, s } = self.tables.coefficients(re.max(im), re.min(im));
        let (re, im) = if im > re { (s.im, s.re) } else { (s.re, s.im) };
        Coefficients { c, s: Complex::new(re * by.re.signum(), im * by.im.signum()) }
    }

    /// 1 - c and s for a fine angle vector. s is the vector, of which only the leading bits are kept.
    fn fine(&self, by: Complex) -> (i64, Complex) {
        let bits = 64 - by.largest().leading_zeros();
        let dropped = bits.saturating_sub(SQUARE_BITS);
        let kept = |value: i64| value.signum() * (((value.abs() + (1 << dropped >> 1)) >> dropped) << dropped);
        let s = Complex::new(kept(by.re), kept(by.im));
        let square = (s.re * s.re + s.im * s.im).min((1 << (2 * self.fraction)) - 1);
        let rest = self.tables.norms[(square >> (2 * self.fraction - NORM_BITS)) as usize];
        (round_shift(square, self.fraction + FINE_BITS - VERSINE_BITS + 1) + rest, s)
    }
}

/// `value` / 2^`bits`, rounded to nearest, ties to even.
fn round_shift(value: i64, bits: u32) -> i64 {
    let half = 1 << (bits - 1);
    let rounded = (value + half) >> bits;
    let is_tie = value & ((1 << bits) - 1) == half;
    if is_tie { rounded & !1 } else { rounded }
}
