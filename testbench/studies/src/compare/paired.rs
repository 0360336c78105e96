//! Statistics of paired numbers, with one difference for each matrix that both sides were given.

use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::erf::erfc;
use std::cmp::Ordering;

/// Up to this number of differences the distribution of the signed-rank test is computed exactly. Beyond it, the normal
/// approximation is good enough.
const EXACT: usize = 50;
/// The confidence level of the intervals.
const CONFIDENCE: f64 = 0.95;

/// The two-sided p-value of Wilcoxon's signed-rank test (F. Wilcoxon, "Individual comparisons by ranking methods",
/// Biometrics Bulletin 1, 1945), and the side of 0 to which the ranks point. The p-value is the probability that
/// differences from a distribution that is symmetric around 0 lie as much to one side as these do. Differences of 0 are
/// left out, and equal differences share the mean of their ranks.
pub fn signed_rank(differences: &[f64]) -> (f64, Ordering) {
    let mut sizes: Vec<(f64, bool)> = differences.iter().filter(|d| **d != 0.0).map(|d| (d.abs(), *d > 0.0)).collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    // The ranks are doubled, so that shared ranks are whole numbers.
    let mut ranks: Vec<usize> = Vec::with_capacity(sizes.len());
    for equal in sizes.chunk_by(|a, b| a.0 == b.0) {
        let before = ranks.len();
        ranks.extend(std::iter::repeat_n(2 * before + equal.len() + 1, equal.len()));
    }
    let all: usize = ranks.iter().sum();
    let positive: usize = ranks.iter().zip(&sizes).filter(|(_, (_, positive))| *positive).map(|(rank, _)| rank).sum();
    let smaller = positive.min(all - positive);
    let p = if ranks.len() <= EXACT {
        2.0 * tail(&ranks, all, smaller)
    } else {
        let variance = ranks.iter().map(|&rank| (rank * rank) as f64).sum::<f64>() / 4.0;
        // The continuity correction is half a step. The sum of ranks moves in steps of one, which are two here.
        let distance = (all as f64 / 2.0 - smaller as f64 - 1.0).max(0.0);
        erfc(distance / variance.sqrt() / std::f64::consts::SQRT_2)
    };
    (p.min(1.0), (2 * positive).cmp(&all))
}

/// The probability that the sum of those ranks that are chosen is at most `limit`, where each rank is chosen with
/// probability 1/2.
fn tail(ranks: &[usize], all: usize, limit: usize) -> f64 {
    let mut probabilities = vec![0.0; all + 1];
    probabilities[0] = 1.0;
    for &rank in ranks {
        for sum in (0..=all).rev() {
            let taken = if sum >= rank { probabilities[sum - rank] } else { 0.0 };
            probabilities[sum] = (probabilities[sum] + taken) / 2.0;
        }
    }
    probabilities[..=limit].iter().sum()
}

/// Corrects p-values for their number (S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian
/// Journal of Statistics 6, 1979). The probability of even one false alarm among the corrected values below a level is
/// at most that level.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut corrected = vec![1.0; p_values.len()];
    let mut least = 0.0_f64;
    for (place, &index) in order.iter().enumerate() {
        least = least.max(p_values[index] * (p_values.len() - place) as f64).min(1.0);
        corrected[index] = least;
    }
    corrected
}

/// The mean, and its 95 % confidence interval by Student's t-distribution. There must be at least one number; a single
/// number has no interval.
pub fn mean(numbers: &[f64]) -> (f64, Option<(f64, f64)>) {
    let count = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    let freedom = count - 1.0;
    let Ok(student) = StudentsT::new(0.0, 1.0, freedom) else { return (mean, None) };
    let variance = numbers.iter().map(|n| (n - mean).powi(2)).sum::<f64>() / freedom;
    let margin = student.inverse_cdf((1.0 + CONFIDENCE) / 2.0) * (variance / count).sqrt();
    (mean, Some((mean - margin, mean + margin)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, right: f64) {
        assert!((found - right).abs() < 5e-5 * right.abs().max(1.0), "{found} is not {right}");
    }

    /// C. Darwin's crossed and self-fertilised maize, in eighths of an inch (R. A. Fisher, "The design of experiments",
    /// 1935, chapter 3). Here W = 24 of 120, and `wilcox.test` of R gives 0.04126.
    #[test]
    fn signed_ranks_of_darwins_maize() {
        let differences = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48].map(f64::from);
        close(signed_rank(&differences).0, 0.04126);
        close(signed_rank(&differences.map(|d| -d)).0, 0.04126);
        let (mean, interval) = mean(&differences);
        // Fisher gives the mean 20.93 and t = 2.148, and Student's interval is 0.03 to 41.84.
        close(mean, 20.933333);
        let (low, high) = interval.unwrap();
        assert!((low - 0.0312).abs() < 1e-3 && (high - 41.8355).abs() < 1e-3, "{low} {high}");
    }

    #[test]
    fn signed_ranks_by_hand() {
        // Five differences of one sign have p = 2 / 2^5. Zeros do not count.
        close(signed_rank(&[1.0, 2.0, 3.0, 4.0, 5.0]).0, 0.0625);
        close(signed_rank(&[1.0, 0.0, 2.0, 3.0, 0.0, 4.0, 5.0]).0, 0.0625);
        // The ranks are 1.5, 1.5 and 3, the first of them negative. On each side, 3 of 8 sums are at most 1.5.
        close(signed_rank(&[-1.0, 1.0, 2.0]).0, 0.75);
        assert_eq!(signed_rank(&[1.0, -1.0]), (1.0, Ordering::Equal));
        assert_eq!(signed_rank(&[0.0, 0.0]), (1.0, Ordering::Equal));
        assert_eq!(signed_rank(&[]), (1.0, Ordering::Equal));
        // The side is that of the ranks and not that of the mean.
        assert_eq!(signed_rank(&[-1.0, -2.0, -3.0, 100.0]).1, Ordering::Less);
        assert_eq!(signed_rank(&[1.0, 2.0, 4.0, -3.0]).1, Ordering::Greater);
    }

    #[test]
    fn many_signed_ranks_are_as_good_as_normal() {
        // This is one difference more than is computed exactly. Every third is negative, so the sum of those ranks is 3
        // (1 + ... + 17).
        let numbers: Vec<f64> = (1..=51).map(|i| if i % 3 == 0 { -f64::from(i) } else { f64::from(i) }).collect();
        let ranks: Vec<usize> = (1..=51).map(|rank| 2 * rank).collect();
        let (normal, exact) = (signed_rank(&numbers).0, 2.0 * tail(&ranks, 51 * 52, 2 * 459));
        assert!((normal / exact - 1.0).abs() < 0.02, "{normal} {exact}");
        // For n = 60, all of one sign, z = (915 - 0.5) / sqrt(60 x 61 x 121 / 24) = 6.7322 and p = 1.67e-11.
        let (p, _) = signed_rank(&(1..=60).map(f64::from).collect::<Vec<_>>());
        assert!((p / 1.67e-11 - 1.0).abs() < 0.01, "{p}");
    }

    #[test]
    fn holm_by_hand() {
        // The corrected values are 0.01 x 4, 0.02 x 3, 0.03 x 2 (but not below the one before) and 0.5.
        let corrected = holm(&[0.03, 0.01, 0.5, 0.02]);
        for (found, right) in corrected.iter().zip([0.06, 0.04, 0.5, 0.06]) {
            close(*found, right);
        }
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }

    #[test]
    fn a_single_number_has_no_interval() {
        assert_eq!(mean(&[3.0]), (3.0, None));
        assert_eq!(mean(&[2.0, 2.0]), (2.0, Some((2.0, 2.0))));
    }
}
