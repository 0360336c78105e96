//! Tests that no internal value leaves its range, and that some values come close to its limit.

use super::adversaries::ADVERSARIES;
use super::{family, size};
use rayon::prelude::*;
use svdforge_golden::Family;
use svdforge_hdl::architecture::architecture;
use svdforge_hdl::architecture::probe::SignalRange;
use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::{Parameters, SIZES, Scaling, Sizes, Sweeps, Vectors, WORDS};
use svdforge_testbench::engine::{Engine, SimulatorEngine};
use svdforge_testbench::framing::Quantised;
use svdforge_testbench::stimulus::Stimulus;

/// Runs the matrices with the largest numbers. For each kind of signal the result tells how close it came to its
/// largest size, as a share of that size, and what share of its word that took.
fn fill_the_ranges(parameters: Parameters) -> Vec<(f64, f64)> {
    let core = Core::new(parameters.shape().unwrap());
    let shape = core.shape();
    let mut engine = SimulatorEngine::watched(&core).unwrap();
    let full = [Family::FullScaleNegative, Family::FullScaleAlternating, Family::Signs, Family::Skew, Family::Equal];
    let families = full.iter().map(|&f| family(shape, f, 1));
    for units in families.chain(ADVERSARIES.iter().map(|(_, make)| make(shape, 3))) {
        let input = Quantised { rows: shape.rows(), cols: shape.cols(), units, exponent: 0 };
        let trace = engine.run(&Stimulus::new(input.frame(shape))).unwrap();
        assert_eq!(trace.output[0].data & 2, 0, "the overflow flag, {shape:?}");
    }
    let (wrapped, guarded) = engine.simulator().wrapped();
    assert!(wrapped.is_empty() && guarded >= 12, "{wrapped:?} of {guarded}, {shape:?}");
    let of_kind = |SignalRange { names, largest }: SignalRange| {
        let named = engine.simulator().extremes().iter().filter(|e| names.iter().any(|end| e.path.ends_with(end)));
        let found = named.map(|e| {
            let found = e.high.max(-e.low) as f64;
            assert!(found <= largest, "{}: {found}, at most {largest}; {shape:?}", e.path);
            assert!(largest <= f64::from(e.width - 1).exp2(), "{}: {largest} in {} bits; {shape:?}", e.path, e.width);
            (found / largest, found / f64::from(e.width - 1).exp2())
        });
        found.fold((0.0, 0.0), |worst: (f64, f64), f| (worst.0.max(f.0), worst.1.max(f.1)))
    };
    architecture(shape.arch()).probe(shape).ranges.into_iter().map(of_kind).collect()
}

#[test]
fn no_value_leaves_its_range() {
    let base = Parameters::default();
    let cores = vec![
        base,
        size(2, 2),
        Parameters { scaling: Scaling::Fixed, ..size(5, 3) },
        Parameters { symmetric: true, ..size(6, 6) },
        Parameters { sizes: Sizes::Any, ..size(4, 6) },
        Parameters { vectors: Vectors::U, ..size(16, 8) },
        Parameters { word: 24, guard: 8, ..size(8, 8) },
        Parameters { word: 8, guard: 0, ..size(8, 8) },
        // In the next two cores the words are wider than the values need, because the proof requires it.
        Parameters { word: 8, guard: 0, ..size(32, 32) },
        Parameters { word: 8, guard: 0, sweeps: Sweeps::Fixed(30), ..size(12, 12) },
    ];
    let found: Vec<_> = cores.par_iter().map(|&parameters| (parameters, fill_the_ranges(parameters))).collect();
    let kinds = ["elements of A", "rotated", "U and V", "sums", "coefficients"];
    for (p, kinds_found) in &found {
        let text = kinds.iter().zip(kinds_found).filter(|(_, f)| f.0 > 0.0);
        let text: Vec<_> = text.map(|(k, (range, word))| format!("{k} {range:.4} ({word:.3})")).collect();
        println!("{}x{}, word {}, guard {}: {}", p.rows, p.cols, p.word, p.guard, text.join(", "));
    }
    // The default core uses all of the bound on an element of A, except for what the worst rounding errors would add.
    assert!(found[0].1[0].0 > 0.999 && found[0].1[0].1 > 0.499, "{:?}", found[0].1);
    assert_eq!(found.len(), 10);
}

/// In every format the words can hold what the analysis allows.
#[test]
fn every_word_holds_its_range() {
    let mut formats = 0;
    for n in SIZES {
        for word in WORDS {
            for guard in 0..=8 {
                for sweeps in [Sweeps::Auto, Sweeps::Fixed(5), Sweeps::Fixed(63)] {
                    let shape = Parameters { word, guard, sweeps, ..size(n, n) }.shape().unwrap();
                    let budget = shape.budget();
                    assert!(budget.largest_element() < f64::from(shape.element_bits() - 1).exp2(), "{shape:?}");
                    assert!(budget.largest_vector_element() < f64::from(shape.vector_bits() - 1).exp2(), "{shape:?}");
                    assert!(
                        shape.element_bits() >= shape.vector_bits()
                            && shape.vector_bits() >= shape.vector_fraction() + 2
                    );
                    formats += 1;
                }
            }
        }
    }
    assert_eq!(formats, 64 * 17 * 9 * 3);
}
