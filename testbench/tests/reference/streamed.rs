//! The arithmetic of tall matrices. Rows are reduced to two triangles in turn, and at the end the second triangle is
//! reduced to the first.

use super::{Reference, Rotation, Run};

/// A triangle of `even` rows, and whether a result did not fit its word.
struct Triangle {
    rows: Vec<Vec<i64>>,
    overflow: bool,
}

impl Reference {
    /// Reduces a tall matrix of input units, given row by row, to its triangle, and starts the decomposition with it.
    pub(super) fn start_streamed(&self, units: &[i64]) -> Run {
        let size = self.even;
        // Columns that are a pair in the first step are neighbours in the triangle.
        let index = |column: usize| if column.is_multiple_of(2) { column / 2 } else { size - 1 - column / 2 };
        let empty = || Triangle { rows: vec![vec![0; size]; size], overflow: false };
        let mut triangles = [empty(), empty()];
        for (number, row) in units.chunks(self.task.cols).enumerate() {
            let element = |column| row.get(index(column)).map_or(0, |unit| unit << self.guard);
            let mut row: Vec<i64> = (0..size).map(element).collect();
            for meets in 0..size {
                self.absorb(&mut triangles[number % 2], meets, &mut row);
            }
        }
        let [mut kept, mut second] = triangles;
        for step in 0..size {
            for (row, meets) in second.rows.iter_mut().zip(step..size) {
                self.absorb(&mut kept, meets, row);
            }
        }
        // The triangle is shifted up as far as its largest element, times the number of columns, still fits.
        let limit = 1 << (self.data_bits - 1 - self.reserve);
        let elements = || kept.rows.iter().flatten();
        let fits = |shift: u32| elements().all(|element| (-limit..limit).contains(&(element << shift)));
        let shift = (0..self.task.word).rev().find(|&shift| fits(shift)).filter(|_| self.task.scaled).unwrap_or(0);
        let mut x = vec![0; size * size];
        for (i, row) in kept.rows.iter().enumerate() {
            for (j, element) in row.iter().enumerate() {
                x[index(i) * size + index(j)] = element << shift;
            }
        }
        self.run_on(x, shift, kept.overflow | second.overflow)
    }

    /// What each rotation leaves of an element of a row below an element of the triangle's diagonal.
    pub fn residues(&self, pivot: i64, lead: i64) -> Vec<i64> {
        let (mut x, mut y) = (pivot, lead);
        let residue = |_| {
            ([x, y], ..) = self.turned(x, y, &self.towards_zero(x, y));
            y
        };
        (0..self.passes()).map(residue).collect()
    }

    /// The rotation that makes an element of a row vanish below an element of the triangle's diagonal.
    fn towards_zero(&self, pivot: i64, lead: i64) -> Rotation {
        self.rotation(2 * self.half_angle(lead, -pivot))
    }

    /// Three rotations are enough for 23 bits, of which they leave only noise. Each further rotation serves 8 more
    /// bits.
    fn passes(&self) -> u32 {
        3 + ((self.task.word + self.guard).max(23) - 23).div_ceil(8)
    }

    /// Rotates a row against one of the triangle until its element in that column is gone.
    fn absorb(&self, triangle: &mut Triangle, meets: usize, row: &mut [i64]) {
        for _ in 0..self.passes() {
            let rotation = self.towards_zero(triangle.rows[meets][meets], row[meets]);
            // Words hold two elements, so the residue to the left of the diagonal is rotated with its neighbour.
            let of_triangle = triangle.rows[meets].iter_mut();
            for (x, y) in of_triangle.zip(row.iter_mut()).skip(meets / 2 * 2) {
                let left_word;
                ([*x, *y], left_word, _) = self.turned(*x, *y, &rotation);
                triangle.overflow |= left_word;
            }
        }
    }
}
