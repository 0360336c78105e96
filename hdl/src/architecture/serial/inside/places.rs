//! The memories of a serial core that are observed.

use crate::architecture::decomposer::INSTANCE;
use crate::architecture::serial::probe::probe;
use crate::parameters::Scaling;
use crate::shape::Shape;

/// By how many bits the elements of A are shifted up, in cores that scale matrices: a memory if there are several
/// contexts, and otherwise a register.
pub(super) const SHIFT: &str = "sequencer.shift_made";

/// The numbers of the memories among the points.
pub(super) struct Places {
    /// The paths of the memories.
    pub(super) names: Vec<String>,
    /// The banks of A, at (row bank, column bank).
    pub(super) a: [[usize; 2]; 2],
    /// The banks of Uᵀ.
    pub(super) u: Option<[usize; 2]>,
    /// The banks of Vᵀ.
    pub(super) v: Option<[usize; 2]>,
    /// By how many bits the matrix of each context is shifted up, in cores with several contexts that scale matrices.
    pub(super) shifts: Option<usize>,
    /// The triangle of each lane: the memories of the two columns of a word.
    pub(super) triangles: Option<[[usize; 2]; 2]>,
}

impl Places {
    pub(super) fn new(shape: &Shape) -> Self {
        // The coefficient memories, which show the rotations, come first.
        let mut names = probe(shape).memories;
        let mut add = |name: String| {
            names.push(format!("{INSTANCE}.{name}"));
            names.len() - 1
        };
        let a = [0, 1].map(|r| [0, 1].map(|c| add(format!("datapath.matrix.bank_{r}{c}"))));
        let mut vectors = |side: &str| [0, 1].map(|bank| add(format!("datapath.{side}_transposed.bank_{bank}")));
        let u = shape.has_u().then(|| vectors("u"));
        let v = shape.has_v().then(|| vectors("v"));
        let scales = shape.in_flight() > 1 && shape.scaling() == Scaling::Auto;
        let shifts = scales.then(|| add(SHIFT.to_owned()));
        let mut lane = |lane: usize| [0, 1].map(|c| add(format!("datapath.lane_{lane}.triangle_{c}")));
        let triangles = shape.is_reduced().then(|| [lane(0), lane(1)]);
        Self { names, a, u, v, shifts, triangles }
    }
}
