//! The cycles that the simulator counts are those of the formula, to the cycle, for every kind of core.

use rayon::prelude::*;
use svdforge_golden::Family;
use svdforge_hdl::core::Core;
use svdforge_hdl::core::latency::Latency;
use svdforge_hdl::interface::Status;
use svdforge_hdl::parameters::{ArchitectureName, Parameters, Scaling, Sizes, Sweeps, Vectors};
use svdforge_testbench::engine::{Engine, SimulatorEngine};
use svdforge_testbench::export::export;
use svdforge_testbench::framing::{InputElement, InputScale, quantise};
use svdforge_testbench::run::Cycles;
use svdforge_testbench::stimulus::{Stimulus, Trace};

/// Cores of every kind whose latencies differ: squares, padded, wide, tall, each choice of vectors, truncated,
/// symmetric, with and without scaling, with a fixed number of sweeps, with other words, guards and coefficients, for
/// any size, and those that reduce rows while they stream in.
fn kinds() -> Vec<Parameters> {
    let size = |rows, cols| Parameters { rows, cols, ..Parameters::default() };
    let tall = |rows, cols| Parameters { vectors: Vectors::V, ..size(rows, cols) };
    let any = |parameters| Parameters { sizes: Sizes::Any, ..parameters };
    let unscaled = |parameters| Parameters { scaling: Scaling::Fixed, ..parameters };
    let symmetric = |n| Parameters { symmetric: true, ..size(n, n) };
    let with = |vectors, parameters| Parameters { vectors, ..parameters };
    let in_flight = |count, parameters| Parameters { interleave: Some(count), ..parameters };
    let beats = |elements_per_beat_in, elements_per_beat_out, parameters| Parameters {
        elements_per_beat_in,
        elements_per_beat_out,
        ..parameters
    };
    let of = |arch, parameters| Parameters { arch, ..parameters };
    vec![
        of(ArchitectureName::Quarter, size(4, 4)),
        of(ArchitectureName::Quarter, symmetric(5)),
        of(ArchitectureName::Quarter, with(Vectors::None, size(2, 3))),
        of(ArchitectureName::Quarter, in_flight(3, size(4, 4))),
        of(ArchitectureName::Quarter, any(size(7, 8))),
        of(ArchitectureName::Row, size(8, 8)),
        of(ArchitectureName::Row, size(5, 2)),
        of(ArchitectureName::Row, in_flight(8, size(4, 4))),
        of(ArchitectureName::Array, symmetric(6)),
        of(ArchitectureName::Array, with(Vectors::None, size(3, 4))),
        of(ArchitectureName::Array, in_flight(4, size(2, 2))),
        of(ArchitectureName::Array, beats(4, 4, size(4, 4))),
        of(ArchitectureName::Array, beats(2, 8, symmetric(4))),
        of(ArchitectureName::Array, beats(1, 2, with(Vectors::U, Parameters { rank: Some(3), ..size(5, 4) }))),
        of(ArchitectureName::Array, beats(4, 4, with(Vectors::None, size(3, 4)))),
        size(1, 1),
        size(2, 2),
        size(3, 3),
        size(4, 4),
        size(7, 7),
        size(8, 8),
        size(13, 13),
        size(16, 16),
        size(3, 8),
        size(9, 2),
        size(1, 6),
        size(6, 1),
        unscaled(size(2, 2)),
        unscaled(size(8, 8)),
        unscaled(size(5, 5)),
        with(Vectors::U, size(4, 4)),
        with(Vectors::V, size(8, 8)),
        with(Vectors::None, size(6, 6)),
        with(Vectors::None, unscaled(size(10, 10))),
        Parameters { rank: Some(1), ..size(8, 8) },
        Parameters { rank: Some(3), ..with(Vectors::None, size(9, 9)) },
        Parameters { sweeps: Sweeps::Fixed(1), ..size(4, 4) },
        Parameters { sweeps: Sweeps::Fixed(7), ..size(6, 6) },
        Parameters { word: 8, guard: 0, ..size(5, 4) },
        Parameters { word: 24, guard: 8, ..size(4, 4) },
        Parameters { coef: Some(32), ..size(8, 8) },
        symmetric(2),
        symmetric(4),
        symmetric(7),
        Parameters { rank: Some(2), ..with(Vectors::None, unscaled(symmetric(8))) },
        any(size(1, 1)),
        any(size(5, 4)),
        any(size(8, 8)),
        any(unscaled(with(Vectors::V, size(6, 9)))),
        Parameters { rank: Some(2), ..any(symmetric(6)) },
        tall(3, 1),
        tall(4, 1),
        tall(5, 2),
        tall(6, 4),
        tall(7, 4),
        tall(21, 6),
        tall(64, 8),
        tall(63, 8),
        tall(40, 16),
        unscaled(tall(25, 5)),
        Parameters { rank: Some(3), ..with(Vectors::None, tall(100, 7)) },
        Parameters { word: 24, guard: 8, ..tall(30, 4) },
        Parameters { sweeps: Sweeps::Fixed(3), ..tall(30, 3) },
        any(tall(12, 5)),
        any(with(Vectors::None, tall(19, 8))),
        Parameters { element_bytes: Some(4), ..size(5, 5) },
        Parameters { element_bytes: Some(8), ..any(tall(9, 3)) },
        in_flight(2, size(8, 8)),
        in_flight(8, size(4, 4)),
        in_flight(5, size(2, 2)),
        in_flight(3, size(5, 3)),
        in_flight(4, unscaled(with(Vectors::V, size(6, 6)))),
        in_flight(4, with(Vectors::None, size(8, 8))),
        in_flight(16, symmetric(4)),
        in_flight(4, beats(4, 2, size(4, 4))),
        beats(2, 1, size(4, 4)),
        beats(4, 8, size(3, 5)),
        beats(8, 8, size(8, 8)),
        beats(1, 4, with(Vectors::None, size(9, 9))),
        beats(8, 2, with(Vectors::None, unscaled(size(6, 6)))),
        beats(4, 8, any(size(5, 4))),
        beats(2, 2, symmetric(5)),
        beats(2, 4, tall(21, 6)),
        beats(8, 1, tall(64, 8)),
        beats(8, 8, tall(40, 3)),
        beats(4, 2, any(tall(12, 5))),
    ]
}

/// The sizes that are tried with a core: its own, and some smaller ones, where it takes them.
fn sizes(core: &Core) -> Vec<(usize, usize)> {
    let shape = core.shape();
    let largest = (shape.rows(), shape.cols());
    let mut sizes = vec![largest];
    if shape.takes_any() {
        let (rows, cols) = largest;
        for (r, c) in [(1, 1), (1, cols), (rows, 1), (2, 2), (3, 2), (2, 3), (4, 4), (rows - rows / 3, cols - cols / 4)]
        {
            let size = (r.min(rows), c.min(cols));
            if !sizes.contains(&size) && (!shape.symmetric() || size.0 == size.1) {
                sizes.push(size);
            }
        }
    }
    sizes
}

fn frame(core: &Core, (rows, cols): (usize, usize), family: Family, seed: u64) -> Vec<InputElement> {
    let matrix = family.generate(rows, cols, seed);
    let matrix = if core.shape().symmetric() { (&matrix + matrix.transpose()) / 2.0 } else { matrix };
    quantise(core.shape(), &matrix, InputScale::Auto).unwrap().frame(core.shape())
}

fn simulate(engine: &mut SimulatorEngine, frames: &[Vec<InputElement>]) -> Trace {
    engine.run(&Stimulus::new(frames.concat())).unwrap()
}

fn sweeps(trace: &Trace) -> Vec<u32> {
    trace.frames().map(|beats| Status::from_bits(beats[0].data).sweeps()).collect()
}

fn of_formula(latency: &Latency, sweeps: u32) -> Cycles {
    Cycles {
        load: latency.load as u64,
        compute: latency.compute(sweeps) as u64,
        unload: latency.unload as u64,
        total: latency.total(sweeps) as u64,
    }
}

#[test]
fn a_matrix_takes_the_cycles_of_the_formula() {
    let families = [Family::Uniform, Family::Zero, Family::Geometric];
    let cases = |parameters: Parameters| {
        let core = Core::new(parameters.shape().unwrap());
        let engine = &mut SimulatorEngine::new(&core).unwrap();
        let mut cases = 0;
        for size in sizes(&core) {
            for family in families {
                let trace = simulate(engine, &[frame(&core, size, family, 5)]);
                let [sweeps] = sweeps(&trace)[..] else { panic!("one frame") };
                let latency = core.latency_of(size);
                let what = format!("{}, {size:?}, {family:?}, {sweeps} sweeps: {latency:?}", core.shape().name());
                assert_eq!(of_formula(&latency, sweeps), Cycles::of(&trace).unwrap(), "{what}");
                assert!(latency.total(sweeps) as u64 <= core.cycle_limit(), "{what}");
                cases += 1;
            }
        }
        cases
    };
    let cases: usize = kinds().into_par_iter().map(cases).sum();
    println!("{cases} matrices");
    assert!(cases > 250, "{cases}");
}

#[test]
fn results_follow_each_other_at_the_interval_of_the_formula() {
    let cases = |parameters: Parameters| {
        let core = Core::new(parameters.shape().unwrap());
        if core.shape().in_flight() > 1 {
            return Vec::new();
        }
        let engine = &mut SimulatorEngine::new(&core).unwrap();
        let mut found = Vec::new();
        for size in sizes(&core) {
            let families = [Family::Uniform, Family::Zero, Family::Uniform, Family::Equal];
            let frames = families.map(|family| frame(&core, size, family, 7));
            let trace = simulate(engine, &frames);
            let ends: Vec<u64> = trace.output.iter().filter(|beat| beat.last).map(|beat| beat.cycle).collect();
            let latency = core.latency_of(size);
            for (ends, sweeps) in ends.windows(2).zip(&sweeps(&trace)[1..]) {
                let what = format!("{}, {size:?}, {sweeps} sweeps: {latency:?}", core.shape().name());
                assert_eq!(latency.interval(*sweeps) as u64, ends[1] - ends[0], "{what}");
                found.push(latency.load + latency.unpack + latency.triangle - latency.prefetch == latency.between());
            }
        }
        found
    };
    let found: Vec<bool> = kinds().into_par_iter().flat_map(cases).collect();
    let by_load = found.iter().filter(|by_load| **by_load).count();
    println!("{} intervals, {by_load} of them with a longer load than unload", found.len());
    assert!(found.len() > 250 && by_load > 50 && found.len() - by_load > 50, "both kinds");
}

/// The largest matrix is the slowest: the limit holds for every size.
#[test]
fn no_smaller_matrix_takes_longer_than_the_limit() {
    let any = |rows, cols, vectors| Parameters { rows, cols, vectors, sizes: Sizes::Any, ..Parameters::default() };
    let mut checked = 0;
    for parameters in
        [any(32, 32, Vectors::Uv), any(9, 20, Vectors::None), any(70, 32, Vectors::V), any(8, 8, Vectors::Uv)]
    {
        let core = Core::new(parameters.shape().unwrap());
        for size in (1..=parameters.rows).flat_map(|rows| (1..=parameters.cols).map(move |cols| (rows, cols))) {
            let total = core.latency_of(size).total(core.shape().sweep_cap()) as u64;
            assert!(total <= core.cycle_limit(), "{size:?}: {total} of {}", core.cycle_limit());
            checked += 1;
        }
    }
    assert_eq!(checked, 32 * 32 + 9 * 20 + 70 * 32 + 64);
}

/// Whoever knows nothing but `core.json` can tell the cycles of every matrix: from the terms, and for smaller matrices
/// from those of their square. The formulas are those that stand in the file.
#[test]
fn the_manifest_tells_the_cycles_of_every_matrix() {
    let size = |rows, cols| Parameters { rows, cols, ..Parameters::default() };
    let tall = |rows, cols| Parameters { vectors: Vectors::V, ..size(rows, cols) };
    let any = |parameters| Parameters { sizes: Sizes::Any, ..parameters };
    let kinds = [
        size(8, 8),
        Parameters { sweeps: Sweeps::Fixed(4), ..size(5, 3) },
        Parameters { symmetric: true, ..size(6, 6) },
        tall(33, 4),
        any(size(7, 6)),
        any(Parameters { rank: Some(2), ..tall(30, 7) }),
    ];
    let mut checked = 0;
    for parameters in kinds {
        let core = Core::new(parameters.shape().unwrap());
        let name = core.shape().name();
        let files = export(&core).unwrap();
        let text = |name: &str| &files.iter().find(|file| file.name == name).unwrap_or_else(|| panic!("{name}")).text;
        let manifest: serde_json::Value = serde_json::from_str(text("core.json")).unwrap();
        let timing = &manifest["timing"];
        let number = |value: &serde_json::Value| value.as_u64().unwrap_or_else(|| panic!("{name}: {value}"));
        let terms = |term: &str| number(&timing["terms"][term]);
        assert_eq!(
            timing["formulas"]["latency"],
            "load + unpack + triangle + start + first_angles + sweeps * sweep + sort + output + unload"
        );
        assert_eq!(
            timing["formulas"]["interval"],
            "start + first_angles + sweeps * sweep + sort + max(load + unpack + triangle - prefetch, output + unload - read_ahead)"
        );
        let engine = &mut SimulatorEngine::new(&core).unwrap();
        for (rows, cols) in sizes(&core) {
            let trace = simulate(engine, &[frame(&core, (rows, cols), Family::Uniform, 3)]);
            let sweeps = u64::from(sweeps(&trace)[0]);
            let cycles = Cycles::of(&trace).unwrap();
            // Where rows are reduced, the triangle has as many rows as columns.
            let side = if core.shape().is_reduced() { cols } else { rows.max(cols) }.next_multiple_of(2);
            let squares = timing["squares"].as_array().unwrap();
            let square = squares.iter().find(|square| number(&square["size"]) == side as u64).unwrap();
            let header = manifest["input"]["header"].as_array().unwrap().len() as u64;
            let (r, c) = (rows as u64, cols as u64);
            let loaded = match &square["reduction"] {
                serde_json::Value::Null => header + r * c,
                reduction => {
                    assert_eq!(
                        timing["formulas"]["reduced"],
                        "load + unpack + triangle - prefetch = header + min(2, r) * c + entry + (ceil(r / 2) - 1) * batch + ending"
                    );
                    let [entry, batch, ending] = ["entry", "batch", "ending"].map(|term| number(&reduction[term]));
                    header + r.min(2) * c + entry + (r.div_ceil(2) - 1) * batch + ending
                }
            };
            let square = |term: &str| number(&square[term]);
            let before = loaded + terms("start") + square("first_angles");
            let total = before + sweeps * square("sweep") + terms("sort") + terms("output") + cycles.unload;
            assert_eq!(total, cycles.total, "{name}: {rows} x {cols}");
            if (rows, cols) == (core.shape().rows(), core.shape().cols()) {
                assert_eq!(loaded, terms("load") + terms("triangle"), "{name}");
                assert_eq!(cycles.unload, terms("unload"), "{name}");
                for term in ["first_angles", "sweep"] {
                    assert_eq!(square(term), terms(term), "{name}");
                }
            }
            checked += 1;
        }
        for kind in ["typical", "largest"] {
            let figures = &timing[kind];
            let sweeps = number(&figures["sweeps"]) as u32;
            assert_eq!(number(&figures["latency"]), core.latency().total(sweeps) as u64);
            let interval = number(&figures["interval"]);
            assert_eq!(interval, core.latency().interval(sweeps) as u64);
            let per_second = figures["per_second_at_100_mhz"].as_f64().unwrap();
            assert!((per_second - 1e8 / interval as f64).abs() <= 0.051, "{name}: {per_second}");
            // The datasheet has the same numbers.
            let row = format!("| {sweeps} | {} | {interval} | {per_second} |", figures["latency"]);
            assert!(text("README.md").contains(&row), "{name}: {row}");
        }
        let typical = number(&timing["typical"]["sweeps"]);
        let cap = u64::from(core.shape().sweep_cap());
        assert!(typical <= cap && number(&timing["largest"]["sweeps"]) == cap, "{name}");
        assert!(text(&format!("{name}_timing.svg")).starts_with("<svg "), "{name}");
        assert!(text("README.md").contains(&format!("({name}_timing.svg)")), "{name}");
    }
    assert!(checked >= 6 + 10, "{checked}");
}
