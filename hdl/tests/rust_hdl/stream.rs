//! The streams of a 2x2 core: the matrices that are sent, and the frames that are expected.

use crate::designs::Random;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::rust_hdl::RustHdlSimulation;
use svdforge_hdl::ir::{bits_of, signed_value};
use svdforge_hdl::parameters::{Parameters, Scaling};
use svdforge_hdl::shape::Shape;

/// The matrices, as elements in units of 1/100, row by row, and singular values.
pub const MATRICES: [([i32; 4], [f64; 2]); 3] =
    [([60, 0, 0, -20], [0.6, 0.2]), ([30, 40, -40, 30], [0.5, 0.5]), ([10, 70, 10, 70], [1.0, 0.0])];

/// The core of a size, with default parameters but without scaling.
pub fn core(n: usize) -> Core {
    let parameters = Parameters { rows: n, cols: n, scaling: Scaling::Fixed, ..Parameters::default() };
    Core::new(parameters.shape().unwrap())
}

/// Number of beats of an output frame: status word, sigma, U and V.
pub fn frame_length(shape: &Shape) -> usize {
    shape.interface().sections().iter().map(|section| section.count).sum()
}

/// An element in the input format of the core.
pub fn element(shape: &Shape, hundredths: i32) -> u128 {
    bits_of(
        (f64::from(hundredths) / 100.0 * f64::from(1 << shape.frac())).round() as i128,
        shape.interface().input_bits(),
    )
}

/// An output beat.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beat {
    pub data: u128,
    pub user: u128,
    pub last: bool,
}

impl Beat {
    /// The output beat of the current cycle, if there is one.
    pub fn of(simulation: &RustHdlSimulation) -> Option<Self> {
        let port = |name| simulation.peek(name).unwrap();
        let beat = Self { data: port("m_axis_tdata"), user: port("m_axis_tuser"), last: port("m_axis_tlast") == 1 };
        (port("m_axis_tvalid") == 1).then_some(beat)
    }
}

/// The inputs of the core in a cycle.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offer {
    pub data: u128,
    pub valid: bool,
    pub last: bool,
    pub sink_ready: bool,
}

impl Offer {
    /// The inputs by the names of their ports.
    pub fn pokes(self) -> [(&'static str, u128); 4] {
        [
            ("s_axis_tdata", self.data),
            ("s_axis_tvalid", self.valid.into()),
            ("s_axis_tlast", self.last.into()),
            ("m_axis_tready", self.sink_ready.into()),
        ]
    }
}

/// A source that offers the matrices element by element, and a sink. Both pause at random if there is a random number
/// generator.
pub struct Feeder {
    elements: Vec<(u128, bool)>,
    sent: usize,
    random: Option<Random>,
    offered: bool,
}

impl Feeder {
    pub fn new(shape: &Shape, random: Option<Random>) -> Self {
        let matrix = |(elements, _): &([i32; 4], [f64; 2])| {
            let beats = elements.iter().enumerate().map(|(i, &e)| (element(shape, e), i == 3));
            beats.collect::<Vec<_>>()
        };
        Self { elements: MATRICES.iter().flat_map(matrix).collect(), sent: 0, random, offered: false }
    }

    /// The inputs for a cycle. `ready` is `s_axis_tready` in this cycle.
    pub fn offer(&mut self, ready: bool) -> Offer {
        let mut goes_on = |odds: u32| self.random.as_mut().is_none_or(|random| random.below(odds) > 0);
        let (valid, sink_ready) = (self.offered || goes_on(3), goes_on(4));
        let Some(&(data, last)) = self.elements.get(self.sent) else {
            return Offer { sink_ready, ..Offer::default() };
        };
        // A beat that was offered stays until it is taken.
        self.offered = valid && !ready;
        self.sent += usize::from(valid && ready);
        Offer { data, valid, last, sink_ready }
    }
}

/// Asserts that a frame has its sections in order, contains the singular values of the matrix, and gives the matrix as
/// the product of its factors.
pub fn assert_frame(shape: &Shape, frame: &[Beat], (matrix, sigma): ([i32; 4], [f64; 2])) {
    let users: Vec<u128> = frame.iter().map(|beat| beat.user).collect();
    assert_eq!(users, [0, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
    let lasts: Vec<bool> = frame.iter().map(|beat| beat.last).collect();
    assert_eq!(lasts, (0..frame.len()).map(|i| i + 1 == frame.len()).collect::<Vec<_>>());
    assert_eq!(frame[0].data & 0xff, 0, "The status word reports a fault.");
    let real = |beat: &Beat, fraction: u32| {
        signed_value(beat.data, shape.interface().output_bits()) as f64 / f64::from(1u32 << fraction)
    };
    let found: Vec<f64> = frame[1..3].iter().map(|beat| real(beat, shape.sigma_fraction())).collect();
    let vectors: Vec<f64> = frame[3..].iter().map(|beat| real(beat, shape.vector_fraction())).collect();
    let (u, v) = vectors.split_at(4);
    for (found, wanted) in found.iter().zip(sigma) {
        assert!((found - wanted).abs() < 1e-4, "sigma {found} instead of {wanted}");
    }
    for (i, &hundredths) in matrix.iter().enumerate() {
        let (row, column) = (i / 2, i % 2);
        let product: f64 = (0..2).map(|k| u[2 * row + k] * found[k] * v[2 * column + k]).sum();
        let wanted = f64::from(hundredths) / 100.0;
        assert!((product - wanted).abs() < 1e-4, "element {i}: {product} instead of {wanted}");
    }
}
