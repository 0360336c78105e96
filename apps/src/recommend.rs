//! Recommendations from ratings: `svdforge recommend`.
//!
//! Read and clean ([`ratings`]), split, choose rank and lambda on one held-out part ([`select`]), measure on another ([`evaluate`]), fit to all
//! ([`model`]). Every decomposition is the decomposer's.

pub mod evaluate;
pub mod model;
pub mod ratings;
pub mod select;

use crate::decomposer::{Decomposer, DecompositionError};
use evaluate::{Score, Split};
use model::Model;
use ratings::{Ratings, Scale};
use select::{Selection, largest_rank, select};

/// The ratings that come with the project: eighteen women, fourteen events.
pub const SAMPLE: &str = include_str!("../samples/southern-women.csv");

/// The fewest ratings that can be split in three.
const FEWEST: usize = 20;

/// What a study is asked to do.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Factors; `None`: as many as serve best on the validation part.
    pub rank: Option<usize>,
    /// Length of lists.
    pub top: usize,
    /// Of the split and of the range finder.
    pub seed: u64,
    /// The scale of the ratings; `None`: from the lowest to the highest given.
    pub scale: Option<Scale>,
}

/// What was learned from a rating file.
#[derive(Clone, Debug)]
pub struct Study {
    /// Rank and lambda.
    pub selection: Selection,
    /// The model and its baselines on ratings that neither fit nor choice has seen.
    pub test: Vec<Score>,
    /// Fitted to all ratings.
    pub model: Model,
}

/// Why there is no study.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// Nothing could be held out.
    #[error("{found} ratings are too few to learn from and to test; give at least {FEWEST}")]
    TooFew {
        /// How many there are.
        found: usize,
    },
    /// No decomposition.
    #[error(transparent)]
    Truncation(#[from] DecompositionError),
}

/// Chooses, measures and fits.
///
/// # Errors
///
/// Fewer than 20 ratings; a rank that the decomposer or the matrix does not allow; the decomposer fails.
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
