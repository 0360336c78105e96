//! How good predictions and lists are, on ratings held out.

use super::model::{Means, Model, Profile, ranked};
use super::ratings::{Rating, Scale};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Parts of the ratings: 80 % to fit, 10 % to choose rank and lambda, 10 % to test.
#[derive(Clone, Debug)]
pub struct Split {
    /// What a model is fitted to while rank and lambda are chosen.
    pub training: Vec<Rating>,
    /// What they are chosen by.
    pub validation: Vec<Rating>,
    /// What nothing is chosen by.
    pub test: Vec<Rating>,
}

impl Split {
    /// A random split; each part keeps the order of the list.
    pub fn new(ratings: &[Rating], seed: u64) -> Self {
        let mut parts: Vec<usize> = (0..ratings.len()).map(|index| index * 10 / ratings.len()).collect();
        parts.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        let part = |wanted: std::ops::Range<usize>| {
            ratings.iter().zip(&parts).filter(|(_, part)| wanted.contains(*part)).map(|(r, _)| *r).collect()
        };
        Self { training: part(0..8), validation: part(8..9), test: part(9..10) }
    }
}

/// Quality of top-N lists, each a mean over the users who have something relevant held out. Relevant is what was rated at or above the mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ranking {
    /// Share of the list that is relevant.
    pub precision: f64,
    /// Share of what is relevant that is in the list.
    pub recall: f64,
    /// Normalised discounted cumulative gain (Järvelin, Kekäläinen 2002), with gain 1 for what is relevant.
    pub ndcg: f64,
}

/// One method on the ratings held out.
#[derive(Clone, Debug, Serialize)]
pub struct Score {
    /// What it is.
    pub method: &'static str,
    /// Root mean square error of the predicted ratings, in points.
    pub rmse: Option<f64>,
    /// Quality of its lists.
    pub ranking: Option<Ranking>,
}

/// Root mean square error of predictions.
pub fn rmse(ratings: &[Rating], predict: impl Fn(usize, usize) -> f64) -> f64 {
    let sum: f64 = ratings.iter().map(|r| (r.value - predict(r.user, r.item)).powi(2)).sum();
    (sum / ratings.len().max(1) as f64).sqrt()
}

/// Quality of the lists of `top` items by the `scores` of a user.
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

/// The model and its baselines on the test part.
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
