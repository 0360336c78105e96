//! Finds registers that only repeat another register one cycle later.
//!
//! If such registers lie behind each other in memory, all of them take their next values with one copy of the memory.

use crate::graph::{Graph, Origin};
use std::collections::BTreeMap;

/// The longest delay whose length matters. It bounds the time for rings of registers.
const LONGEST: usize = 1_000;

/// Chains of two or more registers, by their numbers, in which each one repeats the one before. A register is in one
/// chain at most. `sizes` has the registers in use, with the sizes of their numbers, which are the same within a chain.
pub(crate) fn delays(graph: &Graph, sizes: &BTreeMap<usize, usize>) -> Vec<Vec<usize>> {
    let source = |number: usize| {
        let state = &graph.states[number];
        let Origin::State(source) = graph.origin(state.next) else { return None };
        let source = source as usize;
        (state.enable.is_none() && source != number && sizes.get(&source) == sizes.get(&number)).then_some(source)
    };
    // How many registers repeat each one, one after the other.
    let mut lengths: BTreeMap<usize, usize> = BTreeMap::new();
    for &number in sizes.keys() {
        let (mut at, mut length) = (number, 0);
        while let Some(before) = source(at).filter(|_| length < LONGEST) {
            length += 1;
            let longest = lengths.entry(before).or_default();
            if *longest >= length {
                break;
            }
            *longest = length;
            at = before;
        }
    }
    // Of several registers that repeat the same one, the one that is repeated most often itself follows it.
    let mut followers: BTreeMap<usize, usize> = BTreeMap::new();
    for &number in sizes.keys() {
        if let Some(before) = source(number) {
            let length = |number: usize| lengths.get(&number).copied().unwrap_or(0);
            let follower = followers.entry(before).or_insert(number);
            if length(number) > length(*follower) {
                *follower = number;
            }
        }
    }
    // In a ring each register follows another one. Rings have no first register, and so are left out.
    let follows = |number: usize| source(number).is_some_and(|before| followers[&before] == number);
    let first = sizes.keys().copied().filter(|&number| !follows(number) && followers.contains_key(&number));
    first.map(|first| std::iter::successors(Some(first), |number| followers.get(number).copied()).collect()).collect()
}
