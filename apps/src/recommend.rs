//! Makes recommendations from ratings: `svdforge recommend`.
//!
//! Ratings are read and cleaned ([`ratings`]) and split. Rank and lambda are chosen on one held-out part ([`select`]),
//! and the quality is measured on another ([`evaluate`]). Finally the model is fitted to all ratings ([`model`]). The
//! decomposer makes every decomposition.

pub mod columns;
pub mod evaluate;
pub mod model;
pub mod ratings;
pub mod select;
mod words;

use crate::decomposer::{Decomposer, DecompositionError};
use evaluate::{Score, Split};
use model::Model;
use ratings::{Ratings, Scale};
use select::{Selection, largest_rank, select};
use svdforge_golden::reader::{NoMemory, check_memory};

/// The sample ratings that come with the project: eighteen women and fourteen events.
pub const SAMPLE: &str = include_str!("../samples/southern-women.csv");

/// The smallest number of ratings that can be split into three parts.
const FEWEST: usize = 20;

/// The settings of a study.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The number of factors. `None` means the number that serves best on the validation part.
    pub rank: Option<usize>,
    /// The length of lists.
    pub top: usize,
    /// The seed of the split and of the range finder.
    pub seed: u64,
    /// The scale of the ratings. `None` means from the lowest rating to the highest.
    pub scale: Option<Scale>,
}

/// The results for a rating file.
#[derive(Clone, Debug)]
pub struct Study {
    /// The choice of rank and lambda.
    pub selection: Selection,
    /// The quality of the model and of its baselines, on ratings that neither the fit nor the choice has used.
    pub test: Vec<Score>,
    /// The model that is fitted to all ratings.
    pub model: Model,
}

/// Why there is no study.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// There are too few ratings to hold any out.
    #[error("{found} ratings are too few to learn from and to test; give at least {FEWEST}")]
    TooFew {
        /// The number of ratings.
        found: usize,
    },
    /// There is not enough memory.
    #[error(transparent)]
    NoMemory(#[from] NoMemory),
    /// A decomposition failed.
    #[error(transparent)]
    Truncation(#[from] DecompositionError),
}

/// The memory in bytes that a study takes at most, measured: for each rating (its copies in the parts of the split, and
/// the matrices), for each user and each item, and for each of their factors.
const BYTES_PER_RATING: u64 = 120;
const BYTES_PER_NAME: u64 = 300;
const BYTES_PER_FACTOR: u64 = 32;

/// Chooses rank and lambda, measures the quality, and fits the model to all ratings.
///
/// # Errors
///
/// There are fewer than 20 ratings, the decomposer or the matrix does not allow the rank, or the decomposer fails.
pub fn study(ratings: &Ratings, settings: &Settings, decomposer: &mut dyn Decomposer) -> Result<Study, StudyError> {
    let found = ratings.list.len();
    if found < FEWEST {
        return Err(StudyError::TooFew { found });
    }
    let size = (ratings.users.len(), ratings.items.len());
    let most = largest_rank(size.0, size.1);
    if let Some(rank) = settings.rank.filter(|rank| !(1..=most).contains(rank)) {
        return Err(DecompositionError::Rank { rank, most }.into());
    }
    let factors = settings.rank.unwrap_or(most) as u64;
    let sides = (size.0 + size.1) as u64;
    check_memory(found as u64 * BYTES_PER_RATING + sides * (BYTES_PER_NAME + factors * BYTES_PER_FACTOR))?;
    let given = ratings.list.iter().map(|r| r.value);
    let scale = settings.scale.unwrap_or_else(|| Scale {
        low: given.clone().fold(f64::INFINITY, f64::min),
        high: given.fold(f64::NEG_INFINITY, f64::max),
    });
    let split = Split::new(&ratings.list, settings.seed);
    let selection = select(&split, size, settings.rank, settings.top, settings.seed, scale, decomposer)?;
    let fitted = [&split.training[..], &split.validation].concat();
    let model = Model::fit(&fitted, size, &selection.choice, scale, decomposer)?;
    let test = evaluate::scores(&model, &fitted, &split.test, size.0, settings.top, scale);
    let model = Model::fit(&ratings.list, size, &selection.choice, scale, decomposer)?;
    Ok(Study { selection, test, model })
}

#[cfg(test)]
#[path = "recommend/tests.rs"]
mod tests;
