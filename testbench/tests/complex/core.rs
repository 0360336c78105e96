//! Cores for complex matrices in the simulator, compared with the reference: equal bit for bit.

use super::reference::{Complex, Reference, Run};
use super::{CAP, hermitian_of};
use nalgebra::{Complex as Number, DMatrix};
use svdforge_golden::Family;
use svdforge_hdl::core::Core;
use svdforge_hdl::interface::section;
use svdforge_hdl::parameters::{Parameters, Scaling, Sweeps, Vectors};
use svdforge_hdl::shape::Shape;
use svdforge_testbench::engine::{Engine, SimulatorEngine};
use svdforge_testbench::framing::{Frame, InputScale, Quantised, quantise};
use svdforge_testbench::stimulus::Stimulus;

/// A core, and the definition of its arithmetic.
struct Pair {
    shape: Shape,
    engine: SimulatorEngine,
    reference: Reference,
}

impl Pair {
    fn new(parameters: Parameters) -> Self {
        let shape = Parameters { complex: true, ..parameters }.shape().unwrap();
        let engine = SimulatorEngine::new(&Core::new(shape)).unwrap();
        let format = (shape.word(), shape.guard());
        let size = (shape.rows(), shape.cols());
        let reference = Reference::new(size, format, shape.coef(), shape.symmetric());
        assert_eq!(reference.operand_bits(), shape.element_bits() + 1, "{shape:?}");
        Self { shape, engine, reference }
    }

    /// Runs matrices through both, one directly after the other, and compares all that leaves the core.
    fn run(&mut self, matrices: &[Quantised], name: &str) {
        let shape = &self.shape;
        let frames = matrices.iter().flat_map(|matrix| matrix.frame(shape)).collect();
        let trace = self.engine.run(&Stimulus::new(frames)).unwrap();
        let mut beats = &trace.output[..];
        for (number, matrix) in matrices.iter().enumerate() {
            let end = beats.iter().position(|beat| beat.last).expect("A frame ends.") + 1;
            let (own, rest) = beats.split_at(end);
            beats = rest;
            let size = (shape.rows(), shape.cols());
            let found = Frame::read::<Number<f64>>(shape, size, own).unwrap();
            let shift = if shape.scaling() == Scaling::Auto { headroom(&matrix.units, shape.word()) } else { 0 };
            let units: Vec<Complex> =
                matrix.units.chunks(2).map(|part| Complex::new(part[0] << shift, part[1] << shift)).collect();
            let (cap, fixed) = match shape.sweeps() {
                Sweeps::Auto => (CAP, false),
                Sweeps::Fixed(sweeps) => (sweeps, true),
            };
            let run = self.reference.run(&units, cap, fixed);
            let context = format!("{name}, frame {number}, {shape:?}");
            assert_eq!(found.status.sweeps(), run.sweeps, "{context}");
            assert_eq!(found.status.block_exponent(), -shift, "{context}");
            assert!(!found.status.overflow() && !found.status.bad_frame(), "{context}");
            for part in &found.sections {
                let expected = self.expected(&run, part.section.tuser);
                assert_eq!(part.units, expected, "section {}, {context}", part.section.name);
            }
            assert_eq!(found.sections.len(), 1 + usize::from(shape.has_u()) + usize::from(shape.has_v()));
        }
        assert!(beats.is_empty(), "{name}");
    }

    /// The numbers of a section.
    fn expected(&self, run: &Run, tuser: u8) -> Vec<i64> {
        let (reference, shape) = (&self.reference, &self.shape);
        let order = &reference.order(run)[..shape.rank()];
        let vectors = |count: usize, of: fn(&Reference, &Run, usize, usize) -> Complex| {
            let elements = (0..count).flat_map(|row| order.iter().map(move |&index| of(reference, run, row, index)));
            elements.flat_map(|element| [element.re, element.im]).collect()
        };
        match tuser {
            section::SIGMA => order.iter().map(|&index| reference.value(run, index)).collect(),
            section::U => vectors(shape.rows(), Reference::u),
            section::V => vectors(shape.cols(), Reference::v),
            _ => panic!("section {tuser}"),
        }
    }
}

/// By how many bits all components can be shifted up.
fn headroom(units: &[i64], word: u32) -> i32 {
    let of = |unit: &i64| word as i32 - 1 - (64 - (unit ^ (unit >> 63)).leading_zeros() as i32);
    units.iter().map(of).min().unwrap()
}

/// A matrix of each family and seed, on the grid of the core.
fn matrices(shape: &Shape, seeds: u64) -> Vec<Quantised> {
    let (rows, cols) = (shape.rows(), shape.cols());
    let each = Family::ALL.iter().flat_map(|&family| (0..seeds).map(move |seed| (family, seed)));
    each.map(|(family, seed)| {
        let matrix: DMatrix<Number<f64>> = family.generate_complex(rows, cols, seed);
        let matrix = if shape.symmetric() { hermitian_of(&matrix, seed % 2 == 1) } else { matrix };
        // At full scale, and small.
        let scale = [1.0, 0.06, 0.3][seed as usize % 3];
        let one = (1.0 - f64::from(shape.word() - 1).exp2().recip())
            / matrix.iter().fold(1.0f64, |most, element| most.max(element.re.abs()).max(element.im.abs()));
        quantise(shape, &matrix.scale(scale * one), InputScale::Exponent(0)).unwrap()
    })
    .collect()
}

#[test]
fn cores_compute_what_the_reference_does() {
    let base = Parameters::default();
    let sized = |rows, cols| Parameters { rows, cols, ..base };
    let cases = [
        sized(2, 2),
        sized(4, 4),
        sized(8, 8),
        sized(3, 3),
        sized(7, 7),
        sized(4, 2),
        sized(3, 6),
        sized(16, 16),
        Parameters { symmetric: true, ..sized(2, 2) },
        Parameters { symmetric: true, ..sized(4, 4) },
        Parameters { symmetric: true, ..sized(7, 7) },
        Parameters { scaling: Scaling::Fixed, sweeps: Sweeps::Fixed(5), ..sized(4, 4) },
        Parameters { word: 12, guard: 2, ..sized(4, 4) },
        Parameters { word: 19, guard: 6, ..sized(4, 4) },
        Parameters { rank: Some(2), ..sized(5, 4) },
        Parameters { vectors: Vectors::V, ..sized(4, 4) },
        Parameters { vectors: Vectors::None, ..sized(4, 4) },
        Parameters { elements_per_beat_in: 2, elements_per_beat_out: 1, ..sized(4, 4) },
        Parameters { interleave: None, ..sized(4, 4) },
        Parameters { interleave: None, ..sized(8, 8) },
        Parameters { interleave: Some(3), symmetric: true, ..sized(4, 4) },
    ];
    let mut frames = 0;
    for parameters in cases {
        let mut pair = Pair::new(parameters);
        let seeds = if parameters.rows > 8 { 1 } else { 3 };
        let all = matrices(&pair.shape, seeds);
        pair.run(&all, "all families");
        frames += all.len();
    }
    assert_eq!(frames, (20 * 3 + 1) * Family::ALL.len());
}

/// With enough matrices in flight the rotators take a block of A, or of U and V, every three cycles. In the step that
/// makes the diagonal real they take one every two cycles, but for the last one; in a core for 4 x 4 matrices it waits
/// three cycles for angles.
#[test]
fn the_rotators_never_wait_with_several_matrices_in_flight() {
    for (n, symmetric) in [(4, false), (4, true), (8, false), (8, true), (16, false)] {
        let parameters =
            Parameters { rows: n, cols: n, symmetric, interleave: None, complex: true, ..Parameters::default() };
        let core = Core::new(parameters.shape().unwrap());
        let square = core.schedule().squares[0];
        let blocks = 2 * (n / 2) * (n / 2);
        assert_eq!(square.step / square.turns, 3 * blocks, "{n}");
        assert_eq!(square.steps, n - usize::from(symmetric), "{n}");
        let waits = if n == 4 { 3 } else { 0 };
        assert_eq!(square.shorter, if symmetric { 0 } else { blocks - 1 - waits }, "{n}");
    }
}
