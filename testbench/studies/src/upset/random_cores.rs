//! Random cores for a campaign.

use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use svdforge_hdl::parameters::{ArchitectureName, NamedChoice, Parameters, Vectors};
use svdforge_hdl::shape::Shape;

/// Draws `count` different cores: architecture, size, vectors, matrices in flight and elements of a beat are random,
/// everything else is as in `base`. Combinations that cannot be built are drawn again.
pub fn random_cores(base: &Parameters, count: usize, seed: u64) -> Vec<Shape> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut shapes: Vec<Shape> = Vec::new();
    while shapes.len() < count {
        let tall = rng.random_bool(0.2);
        let cols = rng.random_range(2..=6);
        let rows = if tall { rng.random_range(33..=48) } else { rng.random_range(2..=6) };
        let mut pick = |choices: &[u32]| choices.choose(&mut rng).copied().unwrap_or(1);
        let (elements_per_beat_in, elements_per_beat_out) = (pick(&[1, 1, 2, 4]), pick(&[1, 1, 2, 4]));
        let interleave = [None, Some(1), Some(2), Some(4)].choose(&mut rng).copied().unwrap_or(Some(1));
        let parameters = Parameters {
            rows,
            cols,
            arch: ArchitectureName::ALL.choose(&mut rng).copied().unwrap_or(base.arch),
            vectors: if tall { Vectors::V } else { Vectors::ALL.choose(&mut rng).copied().unwrap_or(base.vectors) },
            interleave,
            elements_per_beat_in,
            elements_per_beat_out,
            rank: None,
            symmetric: false,
            name: None,
            ..*base
        };
        if let Some(shape) = parameters.shape().ok().filter(|shape| !shapes.contains(shape)) {
            shapes.push(shape);
        }
    }
    shapes
}
