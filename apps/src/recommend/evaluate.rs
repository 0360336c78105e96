//! Measures the quality of predictions and lists on ratings that were held out.

use super::model::{Means, Model, Profile, ranked};
use super::ratings::{Rating, Scale};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The ratings in three parts: 80 % to fit, 10 % to choose rank and lambda, and 10 % to test.
#[derive(Clone, Debug)]
pub struct Split {
    /// The ratings to which a model is fitted while rank and lambda are chosen.
    pub training: Vec<Rating>,
    /// The ratings on which rank and lambda are chosen.
    pub validation: Vec<Rating>,
    /// The ratings that do not influence any choice.
    pub test: Vec<Rating>,
}

impl Split {
    /// Splits the ratings at random. Each part keeps the order of the list.
    pub fn new(ratings: &[Rating], seed: u64) -> Self {
        let mut parts: Vec<usize> = (0..ratings.len()).map(|index| index * 10 / ratings.len()).collect();
        parts.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        let part = |wanted: std::ops::Range<usize>| {
            ratings.iter().zip(&parts).filter(|(_, part)| wanted.contains(*part)).map(|(r, _)| *r).collect()
        };
        Self { training: part(0..8), validation: part(8..9), test: part(9..10) }
    }
}

/// The quality of top-N lists. Each number is a mean over the users for whom a relevant rating was held out. A rating
/// is relevant if it is at or above the mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ranking {
    /// The share of the list that is relevant.
    pub precision: f64,
    /// The share of the relevant items that are in the list.
    pub recall: f64,
    /// The normalised discounted cumulative gain (Järvelin, Kekäläinen 2002), with gain 1 for a relevant item.
    pub ndcg: f64,
}

/// The quality of one method on the ratings held out.
#[derive(Clone, Debug, Serialize)]
pub struct Score {
    /// The name of the method.
    pub method: &'static str,
    /// The root mean square error of the predicted ratings, in points; `None` if the method makes lists only.
    pub rmse: Option<f64>,
    /// The quality of its lists; `None` if it makes no lists.
    pub ranking: Option<Ranking>,
}

/// The root mean square error of predictions.
pub fn rmse(ratings: &[Rating], predict: impl Fn(usize, usize) -> f64) -> f64 {
    let sum: f64 = ratings.iter().map(|r| (r.value - predict(r.user, r.item)).powi(2)).sum();
    (sum / ratings.len().max(1) as f64).sqrt()
}

/// The quality of lists of `top` items that are ranked by the `scores` of a user. `relevant_from` is the lowest
/// relevant rating. The result is `None` if nothing relevant was held out.
pub fn ranking(
    held_out: &[Rating],
    relevant_from: f64,
    profiles: &[Profile],
    top: usize,
    scores: impl Fn(usize) -> Vec<f64>,
) -> Option<Ranking> {
    let mut wanted: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for rating in held_out.iter().filter(|r| r.value >= relevant_from) {
        wanted.entry(rating.user).or_default().insert(rating.item);
    }
    let mut sum = Ranking { precision: 0.0, recall: 0.0, ndcg: 0.0 };
    for (&user, wanted) in &wanted {
        let list = ranked(&scores(user), &profiles[user].rated);
        let gain = |place: usize| 1.0 / (place as f64 + 2.0).log2();
        let hits: Vec<usize> = (0..top.min(list.len())).filter(|&place| wanted.contains(&list[place])).collect();
        sum.precision += hits.len() as f64 / top as f64;
        sum.recall += hits.len() as f64 / wanted.len() as f64;
        let ideal: f64 = (0..top.min(wanted.len())).map(gain).sum();
        sum.ndcg += hits.into_iter().map(gain).sum::<f64>() / ideal;
    }
    let count = wanted.len() as f64;
    (count > 0.0).then(|| Ranking {
        precision: sum.precision / count,
        recall: sum.recall / count,
        ndcg: sum.ndcg / count,
    })
}

/// Measures the model and its baselines on the test part.
pub fn scores(model: &Model, fitted: &[Rating], test: &[Rating], users: usize, top: usize, scale: Scale) -> Vec<Score> {
    let profiles = model.profiles(fitted, users);
    let items = model.popularity().count();
    let means = Means::new(fitted, users, items);
    let by_means = |user, item| means.predict(user, item).clamp(scale.low, scale.high);
    let lists = |scores: &dyn Fn(usize) -> Vec<f64>| ranking(test, means.mean, &profiles, top, scores);
    vec![
        Score { method: "global mean", rmse: Some(rmse(test, |_, _| means.mean)), ranking: None },
        Score {
            method: "item mean + user mean",
            rmse: Some(rmse(test, by_means)),
            ranking: lists(&|user| (0..items).map(|item| means.predict(user, item)).collect()),
        },
        Score { method: "most popular", rmse: None, ranking: lists(&|_| model.popularity().collect()) },
        Score {
            method: "svd, by predicted rating",
            rmse: Some(rmse(test, |user, item| model.predict(&profiles[user], item))),
            ranking: lists(&|user| (0..items).map(|item| model.predict(&profiles[user], item)).collect()),
        },
        Score { method: "svd, by taste", rmse: None, ranking: lists(&|user| model.scores(&profiles[user])) },
    ]
}
