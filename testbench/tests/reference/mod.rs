//! The independent reference: what a core must deliver, bit for bit, computed in plain integers from the definition of
//! the arithmetic.
//!
//! It is written independently of `svdforge-hdl`, including the tables, and has no notion of cycles, banks or
//! pipelines. If it and the hardware differ, one of them is wrong. `docs/decisions/0002-arithmetic.md` describes the
//! arithmetic.

mod streamed;
mod tables;

use tables::{BIN_BITS, LOG_BITS, Remainder};

/// What is computed, and with which word lengths.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    pub rows: usize,
    pub cols: usize,
    /// Bits of an input element.
    pub word: u32,
    pub guard: u32,
    /// Bits of a coefficient, sign included.
    pub coef: u32,
    /// Bits of an element of A inside the core.
    pub data: u32,
    /// The number of singular triplets to deliver.
    pub rank: usize,
    pub u: bool,
    pub v: bool,
    /// Whether eigenvalues and eigenvectors of a symmetric matrix are computed. The vectors are delivered as V.
    pub symmetric: bool,
    /// Whether the matrix is shifted up to full scale.
    pub scaled: bool,
    /// The rows and columns of the largest matrix that the core takes, which determine the word lengths. `None` means
    /// that this is the only size.
    pub largest: Option<(usize, usize)>,
    /// Whether the rows are reduced to a triangle, which is then decomposed. In this case there is no U.
    pub streamed: bool,
}

/// The arithmetic of one core.
pub struct Reference {
    task: Task,
    /// The longer side, or one more if it is odd. Rows and columns of zeros are added to make the matrix square with
    /// this side.
    even: usize,
    /// Fraction bits of U and V; the input has `guard` fewer.
    vector_fraction: u32,
    guard: u32,
    /// The number of guard bits that are there only for the rounding errors of many rows.
    finer: u32,
    /// The number of bits by which values inside the core may grow beyond an element, which depends on the number of
    /// columns.
    reserve: u32,
    /// Bits of an element of A inside the core.
    data_bits: u32,
    /// Fraction bits of a coefficient.
    fraction: u32,
    /// Smaller numerators count as 0.
    noise: i64,
    /// Smaller half angles count as settled.
    settled_below: i64,
    cap: u32,
    rotations: Vec<(i64, i64)>,
    logarithms: Vec<i64>,
    half_angles: Vec<i64>,
    quarter: i64,
    remainder: Remainder,
}

/// A decomposition: A = Uᵀᵀ X Vᵀ in internal units. Matrices are `even` x `even`, row by row.
pub struct Run {
    /// The matrix that A has become.
    pub x: Vec<i64>,
    /// Uᵀ, before signs are corrected and rows sorted.
    pub ut: Vec<i64>,
    /// Vᵀ, before rows are sorted.
    pub vt: Vec<i64>,
    /// The number of sweeps.
    pub sweeps: u32,
    /// Whether a block had not settled in the last sweep.
    pub capped: bool,
    /// Whether a result of a rotation did not fit its word.
    pub overflow: bool,
    /// The index of each singular value, in the order of delivery.
    pub order: Vec<usize>,
    /// The number of bits by which the matrix was shifted up.
    pub shift: u32,
    /// Fraction bits of A beyond those of sigma.
    finer: u32,
    /// The statistics of the rounding errors of A, of Uᵀ and of Vᵀ.
    pub roundings: [Roundings; 3],
    task: Task,
    even: usize,
}

/// Moments of rounding errors, in units of the last place.
#[derive(Clone, Copy, Debug, Default)]
pub struct Roundings {
    /// The number of results that were rounded, including exact ones.
    pub count: f64,
    /// The sum of the errors.
    pub sum: f64,
    /// The sum of the squares of the errors.
    pub squares: f64,
    /// The sum of the products of the two errors of each rotation.
    pub products: f64,
    /// The sum of the squares of these products.
    pub product_squares: f64,
    /// The number of results of coarse rotations that change both elements, and the sum of the squares of their errors.
    pub busy_count: f64,
    pub busy_squares: f64,
}

/// A rotation x' = c x - s y, y' = c y + s x in one of its two forms. The numbers are in units of the last place.
enum Rotation {
    /// Cosine and sine with `fraction` fraction bits each.
    Coarse { cosine: i128, sine: i128 },
    /// Sine with `fraction + 4` fraction bits and 1 - cosine with `fraction + 9`.
    Fine { versine: i128, sine: i128 },
}

impl Reference {
    /// The arithmetic for a task.
    pub fn new(task: Task) -> Self {
        let Task { rows, cols, word, guard, coef, data, .. } = task;
        let (most_rows, most_cols) = task.largest.unwrap_or((rows, cols));
        let ceil_log2 = |n: usize| (n - 1).checked_ilog2().map_or(0, |bits| bits + 1);
        // The rounding errors of many rows add up in one triangle.
        let (n, built, finer) = if task.streamed {
            (cols, most_cols, ceil_log2(most_rows).saturating_sub(4).div_ceil(2))
        } else {
            (rows.max(cols), most_rows.max(most_cols), 0)
        };
        let word_guard = guard;
        let guard = guard + finer;
        let even = n + n % 2;
        let fraction = coef - 1;
        let angle = fraction + 4;
        let settled_bits = 6.max(word as i64 - 6) as u32;
        Self {
            task,
            even,
            vector_fraction: word - 1 + word_guard,
            guard,
            finer,
            reserve: ceil_log2(built + built % 2),
            data_bits: data,
            fraction,
            noise: if guard >= 4 { 8 } else { 4 },
            settled_below: 1 << (angle - settled_bits),
            cap: 2 * ceil_log2(built + built % 2) + (word - 1 + guard + 25) / 8,
            rotations: tables::rotations(fraction),
            logarithms: tables::logarithms(),
            half_angles: tables::half_angles(),
            quarter: (std::f64::consts::FRAC_PI_4 * f64::from(angle).exp2() + 0.5).floor() as i64,
            remainder: Remainder::new(fraction),
        }
    }

    /// Decomposes a matrix of input units, given row by row. It makes `sweeps` sweeps, or as many as the matrix needs
    /// to settle.
    pub fn run(&self, units: &[i64], sweeps: Option<u32>) -> Run {
        self.run_seeing(units, sweeps, |_| ())
    }

    /// Does the same as [`Self::run`], and shows the run before the first step and after each step.
    pub fn run_seeing(&self, units: &[i64], sweeps: Option<u32>, mut see: impl FnMut(&Run)) -> Run {
        let size = self.even;
        let mut run = if self.task.streamed { self.start_streamed(units) } else { self.start(units) };
        // The index at each place. After each step every index except the first moves on by one place.
        let mut at: Vec<usize> = (0..size).collect();
        see(&run);
        for _ in 0..sweeps.unwrap_or(self.cap) {
            let mut all_settled = true;
            for _ in 1..size {
                // One member of a pair is at an even place and the other at an odd one; the one at the even place comes
                // first.
                let pairs: Vec<(usize, usize)> = (0..size).step_by(2).map(|p| (at[p], at[size - 1 - p])).collect();
                let angles: Vec<_> = pairs.iter().map(|&pair| self.angles(&run.x, pair)).collect();
                let side = |index: usize| angles.iter().map(move |a| self.rotation([a.0, a.1][index]));
                for (rotation, &(i, j)) in side(0).zip(&pairs) {
                    let [of_a, of_u, _] = &mut run.roundings;
                    run.overflow |= self.turn(&mut run.x, &rotation, of_a, |k| (i * size + k, j * size + k));
                    run.overflow |= self.turn(&mut run.ut, &rotation, of_u, |k| (i * size + k, j * size + k));
                }
                for (rotation, &(i, j)) in side(1).zip(&pairs) {
                    let [of_a, _, of_v] = &mut run.roundings;
                    run.overflow |= self.turn(&mut run.x, &rotation, of_a, |k| (k * size + i, k * size + j));
                    run.overflow |= self.turn(&mut run.vt, &rotation, of_v, |k| (i * size + k, j * size + k));
                }
                all_settled &= angles.iter().all(|a| a.2);
                at[1..].rotate_right(1);
                see(&run);
            }
            run.sweeps += 1;
            run.capped = !all_settled;
            if all_settled && sweeps.is_none() {
                break;
            }
        }
        // In a triangle, any column may hold one of the values.
        let values = if self.task.streamed { self.task.cols } else { self.task.rows.min(self.task.cols) };
        run.order = (0..values).collect();
        let value = |i: usize| run.x[i * size + i];
        run.order.sort_by_key(|&i| std::cmp::Reverse(if self.task.symmetric { value(i) } else { value(i).abs() }));
        run.order.truncate(self.task.rank);
        run
    }

    fn start(&self, units: &[i64]) -> Run {
        let task = self.task;
        assert_eq!(units.len(), task.rows * task.cols);
        let size = self.even;
        // The matrix is shifted up as far as every element fits.
        let limit = 1 << (task.word - 1);
        let fits = |shift: u32| units.iter().all(|unit| (-limit..limit).contains(&(unit << shift)));
        let shift = (0..task.word).rev().find(|&shift| fits(shift)).filter(|_| task.scaled).unwrap_or(0);
        let mut x = vec![0; size * size];
        for (i, row) in units.chunks(task.cols).enumerate() {
            for (j, unit) in row.iter().enumerate() {
                x[i * size + j] = unit << shift << self.guard;
            }
        }
        self.run_on(x, shift, false)
    }

    /// The start of a run with a matrix inside the core.
    fn run_on(&self, x: Vec<i64>, shift: u32, overflow: bool) -> Run {
        let (task, even) = (self.task, self.even);
        let mut one = vec![0; even * even];
        one.iter_mut().step_by(even + 1).for_each(|diagonal| *diagonal = 1 << self.vector_fraction);
        let roundings = Default::default();
        Run {
            x,
            ut: one.clone(),
            vt: one,
            sweeps: 0,
            capped: false,
            overflow,
            order: vec![],
            shift,
            finer: self.finer,
            roundings,
            task,
            even,
        }
    }

    /// The left and right angle of the block of two indices, and whether the block has settled.
    fn angles(&self, x: &[i64], (i, j): (usize, usize)) -> (i64, i64, bool) {
        let at = |row: usize, column: usize| x[row * self.even + column];
        let (a, b, c, d) = (at(i, i), at(i, j), at(j, i), at(j, j));
        if self.task.symmetric {
            let sum = self.half_angle(b + c, d - a);
            return (sum, sum, sum.abs() < self.settled_below);
        }
        let (sum, mut difference) = (self.half_angle(b + c, d - a), self.half_angle(c - b, d + a));
        if a == 0 && d == 0 {
            // Both signs are possible. They are chosen so that rows of zeros below a wide matrix, and columns of zeros
            // beside a tall one, stay where they are.
            let negative = (b + c) < 0;
            match self.task.rows.cmp(&self.task.cols) {
                _ if self.task.streamed => difference = difference.abs() * if negative { -1 } else { 1 },
                std::cmp::Ordering::Less => difference = difference.abs() * if negative { -1 } else { 1 },
                std::cmp::Ordering::Greater => difference = difference.abs() * if negative { 1 } else { -1 },
                std::cmp::Ordering::Equal if self.task.largest.is_none() => {}
                std::cmp::Ordering::Equal => difference = difference.abs() * if negative { -1 } else { 1 },
            }
        }
        let settled = sum.abs() < self.settled_below && difference.abs() < self.settled_below;
        let coarse_from = 1i64 << self.fraction;
        let coarse = sum.abs() + difference.abs() >= coarse_from;
        let small = |angle: i64| angle != 0 && angle.abs() < coarse_from / 2;
        let only_one = coarse && sum != 0 && difference != 0 && (small(sum) || small(difference));
        let (sum, difference) = match (only_one, (b < 0) != (c < 0)) {
            (false, _) => (sum, difference),
            (true, true) => (0, difference),
            (true, false) => (sum, 0),
        };
        (sum - difference, sum + difference, settled)
    }

    /// atan(numerator / denominator) / 2 with `fraction + 4` fraction bits, by logarithms.
    fn half_angle(&self, numerator: i64, denominator: i64) -> i64 {
        if numerator.abs() < self.noise {
            return 0;
        }
        let log_ratio = self.log2(numerator) - self.log2(denominator);
        let distance = log_ratio.unsigned_abs();
        let octave = distance >> LOG_BITS;
        let entry = self.half_angles[(octave.min(1) << LOG_BITS | distance & ((1 << LOG_BITS) - 1)) as usize];
        let shallow = entry << (self.fraction - 5) >> octave.min(63);
        let size = if log_ratio > 0 { self.quarter - shallow } else { shallow };
        if (numerator < 0) != (denominator < 0) { -size } else { size }
    }

    /// log2 of the absolute value of a number. Numbers have one bit more than the data, and are looked up in a window
    /// whose width is the next power of two. For 0 the result is that of a bit at the lower end of the window.
    fn log2(&self, value: i64) -> i64 {
        if value == 0 {
            let width = self.data_bits + 1;
            return (i64::from(width) - i64::from(width.next_power_of_two())) << LOG_BITS;
        }
        let size = i128::from(value.abs());
        let exponent = size.ilog2();
        let mantissa = (size << LOG_BITS >> exponent) as usize & ((1 << LOG_BITS) - 1);
        i64::from(exponent) << LOG_BITS | self.logarithms[mantissa]
    }

    fn rotation(&self, angle: i64) -> Rotation {
        let size = angle.abs();
        if size < 1 << self.fraction {
            // If the angle is within 2^-10 of the limit, the versine would not fit a coefficient, so the angle is made
            // smaller.
            let step = 1 << (self.fraction - 10);
            let sine = if size >= (1 << self.fraction) - step { size - step } else { size };
            let square = i128::from(sine).pow(2);
            let half = (square >> (self.fraction - 1)) + i128::from(self.remainder.of(square));
            let versine = (half + 1) >> 1;
            assert!(versine <= 1 << self.fraction, "The versine must fit a coefficient.");
            return Rotation::Fine { versine, sine: (sine * angle.signum()).into() };
        }
        let bin = self.fraction + 4 - BIN_BITS;
        let index = ((size + (1 << (bin - 1))) >> bin) as usize;
        let quarter = self.rotations.len() - 1;
        let (cosine, sine) = self.rotations[index.min(quarter)];
        let sine = if angle < 0 && index < quarter { -sine } else { sine };
        Rotation::Coarse { cosine: cosine.into(), sine: sine.into() }
    }

    /// Rotates all pairs of elements that `pair` gives. Returns whether a result did not fit its word.
    fn turn(
        &self,
        matrix: &mut [i64],
        rotation: &Rotation,
        roundings: &mut Roundings,
        pair: impl Fn(usize) -> (usize, usize),
    ) -> bool {
        let mut overflow = false;
        for k in 0..self.even {
            let (first, second) = pair(k);
            let (x, y) = (matrix[first], matrix[second]);
            let (turned, left_word, errors) = self.turned(x, y, rotation);
            [matrix[first], matrix[second]] = turned;
            overflow |= left_word;
            roundings.add(errors, matches!(rotation, Rotation::Coarse { cosine: 1.., .. }) && x != 0 && y != 0);
        }
        overflow
    }

    /// Rotates one pair of elements. Returns the results, whether one of them did not fit its word, and the rounding
    /// errors in units.
    fn turned(&self, x: i64, y: i64, rotation: &Rotation) -> ([i64; 2], bool, [f64; 2]) {
        let (x, y) = (i128::from(x), i128::from(y));
        let (new_x, new_y, shift) = match *rotation {
            Rotation::Coarse { cosine, sine } => (cosine * x - sine * y, cosine * y + sine * x, self.fraction),
            Rotation::Fine { versine, sine } => {
                let shift = self.fraction + 9;
                let cosine = (1 << shift) - versine;
                (cosine * x - ((sine * y) << 5), cosine * y + ((sine * x) << 5), shift)
            }
        };
        let rounded = [new_x, new_y].map(|new| nearest_even(new, shift));
        let unused = 128 - self.data_bits;
        let kept = rounded.map(|value| value << unused >> unused);
        let error = |rounded: i128, new| ((rounded << shift) - new) as f64 / f64::from(shift).exp2();
        let errors = [error(rounded[0], new_x), error(rounded[1], new_y)];
        (kept.map(|value| value as i64), kept != rounded, errors)
    }
}

impl Roundings {
    fn add(&mut self, [x, y]: [f64; 2], busy: bool) {
        let squares = x * x + y * y;
        self.count += 2.0;
        self.sum += x + y;
        self.squares += squares;
        self.products += x * y;
        self.product_squares += (x * y).powi(2);
        if busy {
            self.busy_count += 2.0;
            self.busy_squares += squares;
        }
    }

    /// The moments of both sets together.
    pub fn plus(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            sum: self.sum + other.sum,
            squares: self.squares + other.squares,
            products: self.products + other.products,
            product_squares: self.product_squares + other.product_squares,
            busy_count: self.busy_count + other.busy_count,
            busy_squares: self.busy_squares + other.busy_squares,
        }
    }
}

/// `value` / 2^`shift`, rounded to nearest, ties to even.
fn nearest_even(value: i128, shift: u32) -> i128 {
    let floor = value >> shift;
    let twice_rest = (value - (floor << shift)) << 1;
    let up = match twice_rest.cmp(&(1 << shift)) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => floor & 1 == 1,
        std::cmp::Ordering::Greater => true,
    };
    floor + i128::from(up)
}

impl Run {
    /// The output frame, as the section and value of each beat.
    pub fn frame(&self) -> Vec<(u8, i64)> {
        let (task, size) = (self.task, self.even);
        let exponent = i64::from(-(self.shift as i8) as u8);
        let status =
            exponent << 16 | i64::from(self.sweeps) << 8 | i64::from(self.capped) << 2 | i64::from(self.overflow) << 1;
        let diagonal = |i: usize| self.x[i * size + i];
        let mut beats = vec![(0, status)];
        let value = |i: usize| if task.symmetric { diagonal(i) } else { diagonal(i).abs() };
        let half = (1 << self.finer) >> 1;
        beats.extend(self.order.iter().map(|&i| (1, (value(i) + half) >> self.finer)));
        let elements = |row: usize| self.order.iter().map(move |&i| (i, i * size + row));
        let u = |(i, place): (usize, usize)| (2, if diagonal(i) < 0 { -self.ut[place] } else { self.ut[place] });
        if task.u {
            beats.extend((0..task.rows).flat_map(elements).map(u));
        }
        if task.v {
            beats.extend((0..task.cols).flat_map(elements).map(|(_, place)| (3, self.vt[place])));
        }
        beats
    }

    /// The largest element off the diagonal, in internal units.
    pub fn off_diagonal(&self) -> i64 {
        let off = self.x.iter().enumerate().filter(|(place, _)| place % (self.even + 1) != 0);
        off.map(|(_, value)| value.abs()).max().unwrap_or(0)
    }
}
