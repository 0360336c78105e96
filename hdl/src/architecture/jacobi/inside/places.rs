//! The memories of a serial core that are observed.

use crate::architecture::decomposer::INSTANCE;
use crate::architecture::jacobi::lanes::lane_name;
use crate::architecture::jacobi::mapping::Mapping;
use crate::architecture::jacobi::probe::probe;
use crate::parameters::Scaling;
use crate::shape::Shape;

/// By how many bits the elements of A are shifted up, in cores that scale matrices: a memory if there are several
/// contexts, and otherwise a register.
pub(super) const SHIFT: &str = "sequencer.shift_made";

/// A bank of a memory of A, Uᵀ or Vᵀ.
pub(super) struct Bank {
    /// The number of the memory among the points.
    pub(super) memory: usize,
    /// The lane in which it is: the pairs of its rows and of its columns, 0 where the pair is part of the address.
    pub(super) lane: (usize, usize),
    /// Its row bank.
    pub(super) row: usize,
    /// Its column bank; 0 for vectors, whose words hold two columns.
    pub(super) column: usize,
}

/// The numbers of the memories among the points.
pub(super) struct Places {
    /// The paths of the memories.
    pub(super) names: Vec<String>,
    /// How many of them hold coefficients; they come first.
    pub(super) coefficients: usize,
    /// The banks of A.
    pub(super) a: Vec<Bank>,
    /// The banks of Uᵀ.
    pub(super) u: Option<Vec<Bank>>,
    /// The banks of Vᵀ.
    pub(super) v: Option<Vec<Bank>>,
    /// By how many bits the matrix of each context is shifted up, in cores with several contexts that scale matrices.
    pub(super) shifts: Option<usize>,
    /// The triangle of each lane: the memories of the two columns of a word.
    pub(super) triangles: Option<[[usize; 2]; 2]>,
}

impl Places {
    pub(super) fn new(shape: &Shape) -> Self {
        // The coefficient memories, which show the rotations, come first.
        let mut names = probe(shape).memories;
        let coefficients = names.len();
        let mut add = |name: String| {
            names.push(format!("{INSTANCE}.{name}"));
            names.len() - 1
        };
        let mapping = Mapping::of(shape);
        let [rows, columns] = mapping.lanes(shape.even() / 2);
        let lanes: Vec<(usize, usize)> =
            (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))).collect();
        let inside = |(row, column): (usize, usize)| match mapping {
            Mapping::Quarter | Mapping::Serial => "datapath".to_owned(),
            Mapping::Row | Mapping::Array => format!("datapath.{}", lane_name(mapping, row, column)),
        };
        let mut a = Vec::new();
        for &lane in &lanes {
            for (row, column) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                let memory = add(format!("{}.matrix.bank_{row}{column}", inside(lane)));
                a.push(Bank { memory, lane, row, column });
            }
        }
        let mut vectors = |side: &str| {
            let mut banks = Vec::new();
            for &lane in &lanes {
                for row in 0..2 {
                    let memory = add(format!("{}.{side}_transposed.bank_{row}", inside(lane)));
                    banks.push(Bank { memory, lane, row, column: 0 });
                }
            }
            banks
        };
        let u = shape.has_u().then(|| vectors("u"));
        let v = shape.has_v().then(|| vectors("v"));
        let scales = shape.in_flight() > 1 && shape.scaling() == Scaling::Auto;
        let shifts = scales.then(|| add(SHIFT.to_owned()));
        let mut lane = |lane: usize| [0, 1].map(|c| add(format!("datapath.lane_{lane}.triangle_{c}")));
        let triangles = shape.is_reduced().then(|| [lane(0), lane(1)]);
        Self { names, coefficients, a, u, v, shifts, triangles }
    }
}
