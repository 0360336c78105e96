//! The round-robin ordering of rotation pairs, and the banks that it needs.
//!
//! A sweep of an n x n matrix (n even) is n - 1 steps of n/2 disjoint pairs (R. P. Brent and F. T. Luk, "The solution
//! of singular-value and symmetric eigenvalue problems on multiprocessor arrays", 1985). In hardware a row (column) has
//! a *place*. Pair p consists of the places p and n - 1 - p. After every step all rows and columns move by the same
//! permutation: the one at place 0 stays, and the others move on by one place, cyclically. After n - 1 steps every row
//! and column is back at its first place, its *home*.
//!
//! The two members of a pair lie in different banks, so that a 2x2 block is read in one cycle from two row banks and
//! two column banks. The two results of a rotation must go to different banks as well. Both requirements are perfect
//! matchings of the places. Their union consists of cycles of even length, so it can be coloured with two colours. The
//! colour of a place is its bank.

pub mod reduction;

/// Pairs, banks and moves for a matrix of even size.
#[derive(Clone, Debug)]
pub struct Ordering {
    size: usize,
    bank: Vec<usize>,
}

impl Ordering {
    /// The ordering for `size` rows and columns; `size` is even and at least 2.
    pub fn new(size: usize) -> Self {
        assert!(size >= 2 && size.is_multiple_of(2), "The ordering needs an even number of rows.");
        let mut ordering = Self { size, bank: vec![usize::MAX; size] };
        // Follow each cycle of the two matchings and change the bank at every edge.
        for start in 0..size {
            let (mut place, mut by_pair) = (start, true);
            let mut bank = 0;
            while ordering.bank[place] == usize::MAX {
                ordering.bank[place] = bank;
                bank = 1 - bank;
                place = if by_pair { ordering.partner(place) } else { ordering.sibling(place) };
                by_pair = !by_pair;
            }
        }
        ordering
    }

    /// Rows of the matrix.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Pairs of a step.
    pub fn pairs(&self) -> usize {
        self.size / 2
    }

    /// Steps of a sweep.
    pub fn steps(&self) -> usize {
        self.size - 1
    }

    /// The pair to which a place belongs.
    pub fn pair(&self, place: usize) -> usize {
        place.min(self.partner(place))
    }

    /// The bank (0 or 1) of a place.
    pub fn bank(&self, place: usize) -> usize {
        self.bank[place]
    }

    /// The place of a pair's member in a bank.
    pub fn place(&self, pair: usize, bank: usize) -> usize {
        if self.bank[pair] == bank { pair } else { self.partner(pair) }
    }

    /// The place to which the row at this place moves after a step.
    pub fn next(&self, place: usize) -> usize {
        match place {
            0 => 0,
            _ if place == self.size - 1 => 1,
            _ => place + 1,
        }
    }

    /// Whether the member that a pair reads from bank 0 is written to bank 1.
    pub fn crosses(&self, pair: usize) -> bool {
        self.bank(self.next(self.place(pair, 0))) == 1
    }

    /// The pair to which a pair's result for `bank` is written.
    pub fn target(&self, pair: usize, bank: usize) -> usize {
        let source = if self.crosses(pair) { 1 - bank } else { bank };
        self.pair(self.next(self.place(pair, source)))
    }

    /// The two pairs whose members form this pair in the next step (the same pair twice if the size is 2).
    pub fn sources(&self, pair: usize) -> [usize; 2] {
        let from = |to: usize| (0..self.size).find(|&p| self.next(p) == to).expect("The moves are a permutation.");
        [self.pair(from(pair)), self.pair(from(self.partner(pair)))]
    }

    /// The other place of the same pair.
    fn partner(&self, place: usize) -> usize {
        self.size - 1 - place
    }

    /// The place to which the other result of the same rotation is written.
    fn sibling(&self, place: usize) -> usize {
        let from = (0..self.size).find(|&p| self.next(p) == place).expect("The moves are a permutation.");
        self.next(self.partner(from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn banks_never_conflict_and_every_row_returns_to_its_home() {
        let mut sizes = 0;
        for size in (2..=64).step_by(2) {
            let o = Ordering::new(size);
            for pair in 0..o.pairs() {
                assert_ne!(o.bank(o.place(pair, 0)), o.bank(o.place(pair, 1)), "reading pair {pair} of {size}");
                assert_eq!(o.pair(o.place(pair, 0)), pair);
                let written = [0, 1].map(|b| o.bank(o.next(o.place(pair, b))));
                assert_ne!(written[0], written[1], "writing pair {pair} of {size}");
                for bank in [0, 1] {
                    let source = if o.crosses(pair) { 1 - bank } else { bank };
                    let goal = o.next(o.place(pair, source));
                    assert_eq!((o.bank(goal), o.pair(goal)), (bank, o.target(pair, bank)));
                }
            }
            let mut rotations = vec![vec![0; size]; size];
            let mut at: Vec<usize> = (0..size).collect();
            for _ in 0..o.steps() {
                for a in 0..size {
                    for b in 0..size {
                        rotations[a][b] += usize::from(a != b && o.pair(at[a]) == o.pair(at[b]));
                    }
                }
                at.iter_mut().for_each(|p| *p = o.next(*p));
            }
            assert_eq!(at, (0..size).collect::<Vec<_>>(), "size {size}");
            for (a, row) in rotations.iter().enumerate() {
                assert!(row.iter().enumerate().all(|(b, &times)| times == usize::from(a != b)), "size {size}, row {a}");
            }
            sizes += 1;
        }
        assert_eq!(sizes, 32);
    }
}
