//! Cores and runs that several tests share.

use std::fs;
use std::path::Path;
use svdforge_golden::Family;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::File;
use svdforge_hdl::parameters::{ArchitectureName, Front, Parameters, Scaling, Sizes, Sweeps, Vectors};
use svdforge_testbench::engine::{Engine, SimulatorEngine};
use svdforge_testbench::framing::InputElement;
use svdforge_testbench::samples::{example_size, quantised_of_size};
use svdforge_testbench::stimulus::{Stimulus, Trace};

pub fn core(n: usize) -> Core {
    core_of(square(n))
}

pub fn core_of(parameters: Parameters) -> Core {
    Core::new(parameters.shape().expect("parameters of a core"))
}

/// The parameters of the default core for n x n matrices.
pub fn square(n: usize) -> Parameters {
    Parameters { rows: n, cols: n, ..Parameters::default() }
}

/// Cores of every other kind: tall with stored or with reduced rows, wide, one row, one column, each choice of vectors,
/// truncated, symmetric, without scaling, with registers, with wide beats, with several matrices in flight, with the
/// architectures `row`, `array` and `quarter`, and with a self-check.
pub fn variants() -> Vec<Parameters> {
    let size = |rows, cols| Parameters { rows, cols, ..Parameters::default() };
    vec![
        size(5, 3),
        size(3, 8),
        size(1, 4),
        size(4, 1),
        Parameters { vectors: Vectors::V, rank: Some(2), scaling: Scaling::Fixed, ..size(8, 4) },
        Parameters { vectors: Vectors::U, rank: Some(1), ..size(4, 4) },
        Parameters { vectors: Vectors::None, rank: Some(3), ..size(6, 6) },
        Parameters { scaling: Scaling::Fixed, sweeps: Sweeps::Fixed(4), ..size(4, 4) },
        Parameters { sizes: Sizes::Any, ..size(1, 2) },
        Parameters { sizes: Sizes::Any, ..size(4, 3) },
        Parameters { sizes: Sizes::Any, scaling: Scaling::Fixed, rank: Some(2), vectors: Vectors::V, ..size(5, 8) },
        Parameters { sizes: Sizes::Any, symmetric: true, ..size(6, 6) },
        Parameters { vectors: Vectors::V, ..size(4, 1) },
        Parameters { vectors: Vectors::V, ..size(21, 6) },
        Parameters { vectors: Vectors::None, scaling: Scaling::Fixed, rank: Some(3), ..size(20, 8) },
        Parameters { vectors: Vectors::V, sizes: Sizes::Any, ..size(12, 5) },
        Parameters { symmetric: true, ..size(4, 4) },
        Parameters { element_bytes: Some(4), ..size(3, 2) },
        Parameters { front: Front::AxiLite, ..size(2, 3) },
        Parameters { front: Front::AxiLite, sizes: Sizes::Any, vectors: Vectors::V, ..size(9, 3) },
        Parameters { elements_per_beat_in: 2, ..size(3, 3) },
        Parameters { elements_per_beat_in: 4, elements_per_beat_out: 8, sizes: Sizes::Any, ..size(5, 4) },
        Parameters { elements_per_beat_in: 8, elements_per_beat_out: 2, vectors: Vectors::V, ..size(12, 5) },
        Parameters { elements_per_beat_out: 4, element_bytes: Some(8), symmetric: true, ..size(4, 4) },
        Parameters { symmetric: true, vectors: Vectors::None, scaling: Scaling::Fixed, rank: Some(2), ..size(7, 7) },
        Parameters { interleave: None, ..size(4, 4) },
        Parameters {
            interleave: Some(3),
            front: Front::AxiLite,
            elements_per_beat_out: 4,
            rank: Some(2),
            ..size(5, 3)
        },
        Parameters {
            interleave: Some(2),
            symmetric: true,
            vectors: Vectors::None,
            scaling: Scaling::Fixed,
            ..size(4, 4)
        },
        Parameters { arch: ArchitectureName::Row, interleave: None, ..size(5, 4) },
        Parameters { arch: ArchitectureName::Row, symmetric: true, ..size(6, 6) },
        Parameters { arch: ArchitectureName::Array, interleave: Some(3), ..size(4, 3) },
        Parameters {
            arch: ArchitectureName::Array,
            vectors: Vectors::V,
            rank: Some(2),
            elements_per_beat_in: 4,
            elements_per_beat_out: 2,
            ..size(4, 4)
        },
        Parameters {
            arch: ArchitectureName::Array,
            interleave: Some(6),
            elements_per_beat_in: 2,
            elements_per_beat_out: 4,
            ..size(3, 4)
        },
        Parameters { arch: ArchitectureName::Quarter, word: 12, guard: 2, coef: Some(16), ..size(4, 4) },
        Parameters { arch: ArchitectureName::Quarter, interleave: None, vectors: Vectors::U, ..size(3, 4) },
        Parameters { selfcheck: true, interleave: Some(2), ..size(4, 3) },
        Parameters { selfcheck: true, sizes: Sizes::Any, symmetric: true, elements_per_beat_out: 2, ..size(4, 4) },
    ]
}

/// Cores for complex matrices: general and Hermitian, with padding, with several in flight, and with wide beats.
pub fn complex_variants() -> Vec<Parameters> {
    let size = |rows, cols| Parameters { rows, cols, complex: true, ..Parameters::default() };
    vec![
        size(2, 2),
        size(5, 3),
        Parameters { symmetric: true, scaling: Scaling::Fixed, ..size(4, 4) },
        Parameters { interleave: Some(3), elements_per_beat_in: 2, elements_per_beat_out: 4, ..size(4, 4) },
    ]
}

/// A good frame with a uniformly distributed random matrix.
pub fn frame(core: &Core, seed: u64) -> Vec<InputElement> {
    let shape = core.shape();
    quantised_of_size(shape, example_size(shape, seed), Family::Uniform, seed).frame(shape)
}

/// Writes files of an export into a folder that exists, beside what is there.
pub fn write_all(folder: &Path, files: &[File]) {
    for file in files {
        let path = folder.join(&file.name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.text).unwrap();
    }
}

pub fn simulate(engine: &mut SimulatorEngine, stimulus: &Stimulus) -> Trace {
    engine.run(stimulus).unwrap_or_else(|e| panic!("{e}"))
}

/// The contents of a frame without its timing: section, data, tlast.
pub fn values(frame: &[svdforge_testbench::framing::OutputElement]) -> Vec<(u8, u64, bool)> {
    frame.iter().map(|beat| (beat.user, beat.data, beat.last)).collect()
}

/// The values that a core returns for a single frame after a reset.
pub fn alone(engine: &mut SimulatorEngine, beats: Vec<InputElement>) -> Vec<(u8, u64, bool)> {
    values(&simulate(engine, &Stimulus::new(beats)).output)
}

/// Removes from a message the numbers that depend on the core's latency and arithmetic: cycles become N, and data H.
pub fn without_numbers(message: &str) -> String {
    let mut after_cycle = false;
    let words = message.split(' ').map(|word| {
        let core = word.trim_end_matches([',', ':']);
        let rest = &word[core.len()..];
        let cycle = after_cycle && core.parse::<u64>().is_ok();
        after_cycle = core == "cycle";
        match core.len() {
            _ if cycle => format!("N{rest}"),
            6 if u32::from_str_radix(core, 16).is_ok() => format!("H{rest}"),
            _ => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}
