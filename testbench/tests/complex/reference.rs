//! The arithmetic of complex matrices in plain integers: a two-sided Jacobi decomposition A = U X V^H whose rotations
//! have complex sines.
//!
//! A rotation of a pair is x' = c x - s y, y' = conj(s) x + c y, where c is real, s is complex and c² + |s|² = 1. The
//! phase is part of s, so that no unit turns phases, but for one step in each sweep of a general matrix that makes the
//! diagonal real. Each component of a result is one sum of products, rounded once.
//!
//! A block (a b; c d) with real a and d has h = b + conj(c) and k = b - conj(c). Its angle vectors, complex numbers in
//! rad, are S = h/|h| atan(|h| / (d - a)) / 2 and D = -k/|k| atan(|k| / (d + a)) / 2. The left rotation takes S - D,
//! and the right one S + D. If everything is real, these are the angles of the real arithmetic
//! (`docs/decisions/0002-arithmetic.md`).

use super::tables::{
    ANTILOG_BITS, BIN_BITS, Coefficients, FINE_BITS, LOG_BITS, NORM_BITS_LESS, STEP_BITS, Tables, VERSINE_BITS,
};

/// The logarithm of zero.
const NOTHING: i64 = -40 << LOG_BITS;
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

    pub fn conjugate(self) -> Self {
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
    /// The longer side of the matrix, or one more if it is odd.
    even: usize,
    rows: usize,
    cols: usize,
    hermitian: bool,
    /// Bits of h, k, and the sums and differences of two diagonal elements.
    operand_bits: u32,
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
    /// The arithmetic of rows x cols matrices, general or Hermitian, with components of `word` bits.
    pub fn new((rows, cols): (usize, usize), (word, guard): (u32, u32), coef: u32, hermitian: bool) -> Self {
        let fraction = coef - 1;
        let n = rows.max(cols);
        // Singular values are below n times the square root of 2.
        let growth = (2 * n * n).next_power_of_two().ilog2().div_ceil(2);
        let settled_bits = 6.max(word as i64 - 6) as u32;
        Self {
            even: n + n % 2,
            rows,
            cols,
            hermitian,
            operand_bits: word + guard + growth + 2,
            data_fraction: word - 1 + guard,
            guard,
            fraction,
            noise: if guard >= 4 { 8 } else { 4 },
            settled_below: 1 << (fraction + FINE_BITS - settled_bits),
            tables: Tables::of(fraction),
        }
    }

    /// Bits of the operands of the angle unit.
    pub fn operand_bits(&self) -> u32 {
        self.operand_bits
    }

    /// Decomposes a matrix of input units, given row by row, in at most `cap` sweeps, or in exactly so many if they are
    /// `fixed`.
    pub fn run(&self, units: &[Complex], cap: u32, fixed: bool) -> Run {
        let side = self.even;
        let mut x = vec![Complex::default(); side * side];
        assert_eq!(units.len(), self.rows * self.cols);
        for (i, row) in units.chunks(self.cols).enumerate() {
            for (j, unit) in row.iter().enumerate() {
                x[i * side + j] = Complex::new(unit.re << self.guard, unit.im << self.guard);
            }
        }
        let mut one = vec![Complex::default(); side * side];
        one.iter_mut().step_by(side + 1).for_each(|diagonal| diagonal.re = 1 << self.data_fraction);
        let mut run = Run { x, uh: one.clone(), vh: one, sweeps: 0, capped: true };
        while (run.capped || fixed) && run.sweeps < cap {
            run.capped = !self.sweep(&mut run);
            run.sweeps += 1;
        }
        run
    }

    /// The indices of the singular values or eigenvalues of a run, the largest first.
    pub fn order(&self, run: &Run) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.rows.min(self.cols)).collect();
        order.sort_by_key(|&index| -self.value(run, index));
        order
    }

    /// The singular value or eigenvalue with this index.
    pub fn value(&self, run: &Run, index: usize) -> i64 {
        let value = run.x[index * (self.even + 1)].re;
        if self.hermitian { value } else { value.abs() }
    }

    /// The element of U in this row and in the column of the value with this index. The sign of the value is in it.
    pub fn u(&self, run: &Run, row: usize, index: usize) -> Complex {
        // A row of U^H is the conjugate of a column of U.
        let element = run.uh[index * self.even + row].conjugate();
        let is_negative = !self.hermitian && run.x[index * (self.even + 1)].re < 0;
        if is_negative { Complex::default().minus(element) } else { element }
    }

    /// The same element of V.
    pub fn v(&self, run: &Run, row: usize, index: usize) -> Complex {
        run.vh[index * self.even + row].conjugate()
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

    /// Left and right angle vector of the block of two indices, and whether it was settled.
    fn vectors_of(&self, x: &[Complex], (i, j): (usize, usize)) -> (Complex, Complex, bool) {
        let at = |row: usize, column: usize| x[row * self.even + column];
        self.vectors_of_block([at(i, i), at(i, j), at(j, i), at(j, j)])
    }

    /// The same of a block (a b; c d).
    pub fn vectors_of_block(&self, [a, b, c, d]: [Complex; 4]) -> (Complex, Complex, bool) {
        let (a, d) = (a.re, d.re);
        let (h, k) = (b.plus(c.conjugate()), b.minus(c.conjugate()));
        let (mut s, mut log_h) = self.half_vector(h, d - a);
        let (mut t, mut log_k) = self.half_vector(k, -(d + a));
        if self.hermitian || k.largest() < self.noise {
            (t, log_k) = (Complex::default(), NOTHING);
        }
        if h.largest() < self.noise {
            (s, log_h) = (Complex::default(), NOTHING);
        }
        if (a, d) == (0, 0) && self.rows != self.cols && !s.is_zero() {
            // Signs are arbitrary here. Rows of padding stay zero if S = D, and columns of padding if S = -D.
            let opposite = if s.re != 0 { (s.re < 0) != (t.re <= 0) } else { (s.im < 0) != (t.im < 0) };
            if opposite != (self.rows > self.cols) {
                t = Complex::default().minus(t);
            }
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
    pub fn phase(&self, of: Complex) -> (i64, bool) {
        // Twice the number, as h is the sum of two numbers.
        let (re, im) = (2 * of.re, 2 * of.im);
        if im.abs() < self.noise {
            return (0, true);
        }
        let size = self.antilog(self.log_half_arc(self.log(im) - self.log(re)) + (1 << LOG_BITS));
        let sign = if (of.im < 0) == (of.re < 0) { -1 } else { 1 };
        (sign * size, size < self.settled_below)
    }

    /// log2 of the magnitude of a number. 0 counts as 2^(width - w) for operands of `width` bits, where w is the next
    /// power of two.
    fn log(&self, value: i64) -> i64 {
        if value == 0 {
            let below = i64::from(self.operand_bits.next_power_of_two() - self.operand_bits);
            return self.tables.logarithms[0] - (below << LOG_BITS);
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
        if up >= 0 { entry << up } else { entry >> (-up).min(40) }
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
    pub fn rotate(&self, x: Complex, y: Complex, by: Complex) -> (Complex, Complex) {
        let times = |s: Complex, y: Complex| Complex::new(s.re * y.re - s.im * y.im, s.re * y.im + s.im * y.re);
        let (whole, k, s, places) = if by.size() >= 1 << self.fraction {
            let Coefficients { c, s } = self.coarse(by);
            (0, c, s, self.fraction)
        } else {
            // 1, the rest of the cosine, and the sine with as many fraction bits as that rest.
            let scaled = Complex::new(by.re << VERSINE_BITS, by.im << VERSINE_BITS);
            (1, -self.versine(by), scaled, self.fraction + FINE_BITS + VERSINE_BITS)
        };
        let sum = |own: i64, other: i64| round_shift((whole << places) * own + k * own + other, places);
        let (from_y, from_x) = (times(s, y), times(s.conjugate(), x));
        let x_rotated = Complex::new(sum(x.re, -from_y.re), sum(x.im, -from_y.im));
        (x_rotated, Complex::new(sum(y.re, from_x.re), sum(y.im, from_x.im)))
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

    /// 1 - c for a fine angle vector, which is s itself.
    pub fn versine(&self, s: Complex) -> i64 {
        let square = s.re * s.re + s.im * s.im;
        let rest = self.tables.norms[(square >> (self.fraction + NORM_BITS_LESS)) as usize];
        // Half of the square has one fraction bit more than the result.
        -((-rest - (square >> self.fraction)) >> 1)
    }
}

/// `value` / 2^`bits`, rounded to nearest, ties to even.
fn round_shift(value: i64, bits: u32) -> i64 {
    let half = 1 << (bits - 1);
    let rounded = (value + half) >> bits;
    let is_tie = value & ((1 << bits) - 1) == half;
    if is_tie { rounded & !1 } else { rounded }
}
