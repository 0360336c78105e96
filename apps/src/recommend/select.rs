//! Chooses rank and lambda on the validation part.

use super::evaluate::{Split, ranking, rmse};
use super::model::{Choice, Means, Model, rating_matrix};
use super::ratings::Scale;
use crate::decomposer::{Decomposer, DecompositionError, LARGEST};
use crate::range_finder::{OVERSAMPLING, POWER_ITERATIONS, truncated_svd};
use crate::soft_impute::{PathStep, Settings, choose_lambda, soft_impute};
use serde::Serialize;

/// The ranks that are tried.
const RANKS: [usize; 10] = [1, 2, 4, 6, 8, 12, 16, 20, 24, LARGEST];

/// The rank at which lambda is chosen. A core of 24 x 24 takes half the time of the largest, and lambda itself leaves
/// few factors.
const LAMBDA_RANK: usize = 16;

/// The number of steps of soft-impute for each lambda and rank. Each run starts where the last one ended.
const ITERATIONS: usize = 4;

/// A rank that was tried.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RankStep {
    /// The number of factors.
    pub rank: usize,
    /// The root mean square error of predicted ratings on the validation part, in points.
    pub rmse: f64,
    /// The NDCG of the lists of that rank on the validation part, if there is anything relevant.
    pub ndcg: Option<f64>,
}

/// The choice, and what it was chosen from.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The choice.
    pub choice: Choice,
    /// Every rank that was tried.
    pub ranks: Vec<RankStep>,
    /// Every lambda that was tried, at rank 16 or the one given. The error is that of soft-impute's own estimate.
    pub lambdas: Vec<PathStep>,
    /// The error of the global mean on the validation part.
    pub rmse_mean: f64,
    /// The error of item mean + user mean on the validation part.
    pub rmse_means: f64,
}

/// Chooses lambda at rank 16, or at the largest rank if that is smaller, and then the rank at that lambda. If `rank` is
/// given, only lambda is chosen, at that rank.
///
/// # Errors
///
/// As [`truncated_svd`].
pub fn select(
    split: &Split,
    (users, items): (usize, usize),
    rank: Option<usize>,
    top: usize,
    seed: u64,
    scale: Scale,
    decomposer: &mut dyn Decomposer,
) -> Result<Selection, DecompositionError> {
    let most = LARGEST.min(users).min(items);
    let ranks: Vec<usize> = match rank {
        Some(rank) => vec![rank],
        None => RANKS.into_iter().filter(|&rank| rank < most).chain([most]).collect(),
    };
    let largest = rank.unwrap_or(most);
    let means = Means::new(&split.training, users, items);
    let known = crate::sparse::from_entries(users, items, means.residuals(&split.training));
    let settings = Settings {
        rank: rank.unwrap_or(LAMBDA_RANK.min(most)),
        lambda: 0.0,
        tolerance: 1e-4,
        iterations: ITERATIONS,
        seed,
    };
    let path = choose_lambda(&known, &means.residuals(&split.validation), &settings, decomposer)?;
    let lambda = path.best.lambda;
    let matrix = rating_matrix(&split.training, users, items);
    let tastes = truncated_svd(&matrix, largest, OVERSAMPLING, POWER_ITERATIONS, seed, decomposer)?;
    let mut steps = Vec::new();
    let mut factors = path.factors.clone();
    for rank in ranks {
        // The run starts from the path if that has enough factors, and otherwise from the rank before.
        let start = if rank <= path.factors.sigma.len() { path.factors.truncated(rank) } else { factors };
        factors = soft_impute(&known, &Settings { rank, lambda, ..settings }, start, decomposer)?.factors;
        let model = Model::new(&split.training, &means, lambda, &factors, &tastes.truncated(rank), scale);
        steps.push(judge(&model, split, users, means.mean, rank, top));
    }
    let best = |better: &dyn Fn(&RankStep, &RankStep) -> bool| {
        steps.iter().copied().reduce(|best, step| if better(&step, &best) { step } else { best }).map_or(1, |s| s.rank)
    };
    Ok(Selection {
        choice: Choice { rank: best(&|a, b| a.rmse < b.rmse), lambda, list_rank: best(&|a, b| a.ndcg > b.ndcg), seed },
        lambdas: path.steps,
        rmse_mean: rmse(&split.validation, |_, _| means.mean),
        rmse_means: rmse(&split.validation, |u, i| means.predict(u, i).clamp(scale.low, scale.high)),
        ranks: steps,
    })
}

fn judge(model: &Model, split: &Split, users: usize, mean: f64, rank: usize, top: usize) -> RankStep {
    let profiles = model.profiles(&split.training, users);
    let lists = ranking(&split.validation, mean, &profiles, top, |user| model.scores(&profiles[user]));
    RankStep {
        rank,
        rmse: rmse(&split.validation, |user, item| model.predict(&profiles[user], item)),
        ndcg: lists.map(|lists| lists.ndcg),
    }
}

/// The largest rank that a matrix of users x items allows.
pub fn largest_rank(users: usize, items: usize) -> usize {
    LARGEST.min(users).min(items)
}
