//! Tests of the headroom unit.

use crate::bench::{Bench, for_all, signed};
use proptest::prelude::*;
use std::cell::RefCell;
use svdforge_hdl::builder::ModuleBuilder;
use svdforge_hdl::units::headroom::headroom;

const WIDTH: u32 = 12;

fn bench(most: u32, count: usize, reserve: u32) -> Bench {
    Bench::new(|design| {
        let m = ModuleBuilder::new("bench");
        let elements: Vec<_> = (0..count).map(|k| m.input(&format!("element_{k}"), WIDTH).at(0)).collect();
        let (taken, clear) = (m.input("taken", 1), m.input("clear", 1));
        m.output("free", headroom(&m, most, &elements, reserve, taken, clear));
        design.add(m)
    })
}

/// The expected headroom: the largest number of bits, below `word`, by which all elements can be shifted up and still
/// have `reserve` unused bits.
fn expected(seen: &[i128], reserve: u32, word: u32) -> u128 {
    let limit = 1_i128 << (WIDTH - 1);
    let fits = |shift: u32| seen.iter().all(|element| (-limit..limit).contains(&(element << (shift + reserve))));
    (0..word).rev().find(|&shift| fits(shift)).unwrap_or(0).into()
}

/// Random elements, some of which are not taken, with a `clear` now and then.
#[test]
fn headroom_is_that_of_all_elements_since_the_last_clear() {
    const WORD: u32 = 8;
    for (count, reserve) in [(1, 0), (2, 0), (2, 1), (3, 3), (1, 4)] {
        let bench = RefCell::new(bench(WORD - 1, count, reserve));
        let cycle = (proptest::collection::vec(signed(WIDTH), count), any::<bool>(), prop::bool::weighted(0.2));
        for_all(200, proptest::collection::vec(cycle, 1..12), |cycles| {
            let mut bench = bench.borrow_mut();
            bench.reset();
            let mut seen = Vec::new();
            for (elements, taken, clear) in cycles {
                for (k, element) in elements.iter().enumerate() {
                    bench.set(&format!("element_{k}"), *element);
                }
                bench.set("taken", taken);
                bench.set("clear", clear);
                bench.step();
                if clear {
                    seen.clear();
                } else if taken {
                    seen.extend(elements);
                }
                bench.set("taken", false);
                bench.set("clear", false);
                bench.step();
                assert_eq!(bench.get("free"), expected(&seen, reserve, WORD), "{seen:?}, {reserve}");
            }
        });
    }
}
