//! The serial core from inside: its matrices, read from what is written to its memories, and its schedule, read from
//! the commands in its datapath.

mod matrices;
mod places;
mod schedule;

use super::draw_datapath;
use super::layout::{largest, orderings, pair_bits};
use super::mapping::Mapping;
use super::probe::rotations;
use crate::architecture::decomposer::INSTANCE;
use crate::architecture::inside::{Inside, Points, Seen};
use crate::architecture::probe::Write;
use crate::builder::DesignBuilder;
use crate::ordering::Ordering;
use crate::shape::Shape;
use matrices::{Loaded, Memories, reduction, steps};
use places::Places;
use schedule::Commands;

/// The points at which a serial core is observed.
pub fn points(shape: &Shape) -> Points {
    let memories = Places::new(shape).names;
    let signals = Commands::names(shape).into_iter().map(|name| format!("{INSTANCE}.{name}")).collect();
    Points { memories, signals }
}

/// See [`crate::architecture::decomposer::Architecture::inside`].
pub fn inside(shape: &Shape, size: (usize, usize), sweeps: u32, seen: &Seen) -> Option<Inside> {
    let places = Places::new(shape);
    let coefficients: Vec<Vec<Write>> = seen
        .writes
        .get(..places.coefficients)?
        .iter()
        .map(|writes| writes.iter().map(|write| write.1).collect())
        .collect();
    let made = rotations(shape, size, sweeps, &coefficients)?;
    let (rows, _) = shape.dimensions().decomposed(size);
    let ordering = Ordering::new(rows.max(size.1).next_multiple_of(2));
    let memories = Memories {
        shape,
        seen,
        ordering: &ordering,
        pair: pair_bits(largest(&orderings(shape))),
        mapping: Mapping::of(shape),
    };
    let timing = draw_datapath(&mut DesignBuilder::new(), &orderings(shape), shape).1;
    let (tracks, program) = schedule::schedule(shape, seen, &places, &timing, &ordering);
    let reduction = match &places.triangles {
        Some(triangles) => reduction(&memories, triangles, size.0)?,
        None => Vec::new(),
    };
    let loaded = Loaded { size, shift: schedule::shift(shape, seen, &places) };
    Some(Inside { reduction, steps: steps(&memories, &places, loaded, sweeps, made.sweeps)?, tracks, program })
}
