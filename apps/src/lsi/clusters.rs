//! Groups documents by k-means on their directions.

use nalgebra::{DMatrix, RowDVector};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// The number of starts, of which the best result is taken.
const STARTS: u64 = 20;

/// The most rounds of one start. On all data that was tried Lloyd's algorithm ends long before.
const ROUNDS: usize = 300;

/// The group of each row of `points`, counted from 0. Groups are numbered in the order of their first members, so that
/// a group's number does not depend on chance.
///
/// Lloyd's algorithm runs on the rows scaled to length 1, so that distance means direction, as for cosines. It starts
/// with centres chosen by k-means++ (D. Arthur, S. Vassilvitskii, 2007) from [`STARTS`] seeds, and the smallest sum of
/// squares wins. `groups` is limited to the number of rows.
pub fn clusters(points: &DMatrix<f64>, groups: usize, seed: u64) -> Vec<usize> {
    let mut directions = points.clone();
    for mut row in directions.row_iter_mut() {
        let length = row.norm();
        if length > 0.0 {
            row /= length;
        }
    }
    let groups = groups.clamp(1, points.nrows().max(1));
    let runs = (0..STARTS).map(|start| lloyd(&directions, groups, &mut ChaCha8Rng::seed_from_u64(seed + start)));
    let best = runs.min_by(|a, b| a.1.total_cmp(&b.1));
    by_first_member(best.map_or(Vec::new(), |(members, _)| members))
}

fn lloyd(points: &DMatrix<f64>, groups: usize, rng: &mut ChaCha8Rng) -> (Vec<usize>, f64) {
    let mut centres = first_centres(points, groups, rng);
    let mut members = vec![usize::MAX; points.nrows()];
    for _ in 0..ROUNDS {
        let nearest: Vec<usize> = points.row_iter().map(|point| nearest(&centres, &point.into_owned()).0).collect();
        if nearest == members {
            break;
        }
        members = nearest;
        for (group, centre) in centres.iter_mut().enumerate() {
            let own: Vec<usize> = (0..members.len()).filter(|i| members[*i] == group).collect();
            // A group that has lost all members keeps its centre.
            if !own.is_empty() {
                *centre = points.select_rows(&own).row_mean();
            }
        }
    }
    let sum = points.row_iter().map(|point| nearest(&centres, &point.into_owned()).1).sum();
    (members, sum)
}

/// Chooses the first centre at random, and each further one with a probability that grows with the squared distance to
/// the centres that exist.
fn first_centres(points: &DMatrix<f64>, groups: usize, rng: &mut ChaCha8Rng) -> Vec<RowDVector<f64>> {
    let Some(last) = points.nrows().checked_sub(1) else { return Vec::new() };
    let mut centres = vec![points.row(rng.random_range(0..=last)).into_owned()];
    while centres.len() < groups {
        let distances: Vec<f64> = points.row_iter().map(|point| nearest(&centres, &point.into_owned()).1).collect();
        let mut left = rng.random_range(0.0..1.0) * distances.iter().sum::<f64>();
        let chosen = distances.iter().position(|distance| {
            left -= distance;
            left < 0.0
        });
        centres.push(points.row(chosen.unwrap_or(last)).into_owned());
    }
    centres
}

/// The nearest centre, and the squared distance to it.
fn nearest(centres: &[RowDVector<f64>], point: &RowDVector<f64>) -> (usize, f64) {
    let distances = centres.iter().map(|centre| (centre - point).norm_squared()).enumerate();
    distances.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
}

fn by_first_member(members: Vec<usize>) -> Vec<usize> {
    let mut seen = Vec::new();
    let mut number = |group: usize| {
        seen.iter().position(|other| *other == group).unwrap_or_else(|| {
            seen.push(group);
            seen.len() - 1
        })
    };
    members.into_iter().map(&mut number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The points lie in three directions, whatever their lengths.
    #[test]
    fn directions_that_differ_are_told_apart() {
        let angles = [0.0_f64, 0.1, 2.0, 2.1, 4.0, 4.1, 0.05];
        let points = DMatrix::from_fn(7, 2, |i, j| {
            let length = 1.0 + 10.0 * i as f64;
            length * if j == 0 { angles[i].cos() } else { angles[i].sin() }
        });
        for seed in 0..20 {
            assert_eq!(clusters(&points, 3, seed), [0, 0, 1, 1, 2, 2, 0], "seed {seed}");
        }
    }

    #[test]
    fn more_groups_than_points_and_points_without_direction() {
        assert_eq!(clusters(&DMatrix::zeros(3, 2), 9, 0), [0, 0, 0]);
        assert_eq!(clusters(&DMatrix::identity(2, 2), 9, 0), [0, 1]);
        assert!(clusters(&DMatrix::zeros(0, 2), 2, 0).is_empty());
    }
}
