//! Estimates the work of a matrix before it is simulated, as the number of clock cycles that its simulation is expected
//! to take.

use svdforge_hdl::core::Core;
use svdforge_hdl::dimensions::ceil_log2;
use svdforge_hdl::parameters::Sweeps;

/// The expected number of cycles of a matrix of the core's largest size, from the first input beat to the last output
/// beat, with the usual number of sweeps.
pub fn expected_cycles(core: &Core) -> u64 {
    let sweeps = match core.shape().sweeps() {
        Sweeps::Fixed(sweeps) => sweeps,
        // Uniform matrices with 4, 8, 16 and 32 singular values take about 5, 6, 7 and 8 sweeps.
        Sweeps::Auto => ceil_log2(core.shape().triplets()) + 3,
    };
    core.latency().total(sweeps) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use svdforge_golden::{Family, NamedMatrix};
    use svdforge_hdl::parameters::{Parameters, Sizes, Vectors};
    use svdforge_testbench::engine::SimulatorEngine;
    use svdforge_testbench::framing::InputScale;
    use svdforge_testbench::run::{CoreRun, Cycles, quantise_for, run};
    use svdforge_testbench::samples::example_matrix;

    /// Covers square cores, a wide and a tall core that store their rows, and cores that reduce their rows as they
    /// arrive, with many and with few rows.
    #[test]
    fn the_simulator_takes_about_the_expected_cycles() {
        let size = |rows, cols| Parameters { rows, cols, ..Parameters::default() };
        let streamed = |rows, cols| Parameters { vectors: Vectors::V, ..size(rows, cols) };
        let cores = [
            size(2, 2),
            size(4, 4),
            size(8, 8),
            size(16, 16),
            size(32, 32),
            size(5, 8),
            size(24, 8),
            Parameters { sweeps: Sweeps::Fixed(2), ..size(8, 8) },
            Parameters { sizes: Sizes::Any, ..size(8, 8) },
            Parameters { symmetric: true, ..size(8, 8) },
            streamed(512, 8),
            streamed(64, 8),
            streamed(20, 4),
            streamed(40, 16),
            Parameters { vectors: Vectors::None, ..size(100, 3) },
        ];
        for parameters in cores {
            let core = Core::new(parameters.shape().unwrap());
            // If the core takes several sizes, seed 0 gives a matrix of the largest.
            let matrix = example_matrix::<f64>(core.shape(), Family::Uniform, 0);
            let matrix = NamedMatrix { name: "uniform".to_owned(), matrix };
            let input = quantise_for(core.shape(), &matrix, InputScale::Auto).unwrap();
            let found: CoreRun = run(core.shape(), &mut SimulatorEngine::new(&core).unwrap(), &input).unwrap();
            let taken = Cycles::of(&found.trace).unwrap().total;
            let expected = expected_cycles(&core);
            println!("{}: {taken} cycles, {expected} expected", core.shape().name());
            let share = expected as f64 / taken as f64;
            assert!((0.7..1.5).contains(&share), "{}: {taken}, {expected}", core.shape().name());
        }
    }
}
