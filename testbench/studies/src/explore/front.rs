//! The Pareto front: the points for which no other point is at least as good in everything and better in something.

/// Whether the first point is at least as good as the second in everything, and better in something. Less is better.
pub fn dominates<const N: usize>(first: &[f64; N], second: &[f64; N]) -> bool {
    first.iter().zip(second).all(|(a, b)| a <= b) && first != second
}

/// For each point, `None` if it is on the front, and otherwise the index of the first point of the front that dominates
/// it. Equal points are either all on the front, or none of them is.
pub fn dominators<const N: usize>(points: &[[f64; N]]) -> Vec<Option<usize>> {
    let on_front: Vec<bool> = points.iter().map(|point| !points.iter().any(|other| dominates(other, point))).collect();
    let dominator = |point| (0..points.len()).find(|&other| on_front[other] && dominates(&points[other], point));
    points.iter().map(dominator).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dominance_needs_something_better() {
        assert!(dominates(&[1.0, 2.0], &[1.0, 3.0]), "a tie, and better");
        assert!(dominates(&[0.0, 2.0], &[1.0, 3.0]));
        assert!(!dominates(&[1.0, 2.0], &[1.0, 2.0]), "equal");
        assert!(!dominates(&[1.0, 3.0], &[1.0, 2.0]));
        assert!(!dominates(&[0.0, 3.0], &[1.0, 2.0]) && !dominates(&[1.0, 2.0], &[0.0, 3.0]), "a choice");
    }

    #[test]
    fn a_front_with_ties_and_equal_points() {
        let points = [[1.0, 5.0], [2.0, 3.0], [2.0, 4.0], [2.0, 3.0], [4.0, 1.0], [5.0, 5.0], [4.0, 2.0]];
        assert_eq!(dominators(&points), [None, None, Some(1), None, None, Some(0), Some(4)]);
        assert_eq!(dominators(&[[1.0], [1.0]]), [None, None]);
        assert_eq!(dominators::<2>(&[]), []);
    }

    /// The front agrees with its definition on a grid with many ties. No point of the front is dominated, and every
    /// other point is dominated by a point of the front.
    #[test]
    fn a_front_is_what_its_definition_says() {
        let coordinate = |i: usize, step: usize| (i * step % 11) as f64;
        let points: Vec<[f64; 3]> =
            (0..200).map(|i| [coordinate(i, 7), coordinate(i * i, 3), coordinate(i / 5, 5)]).collect();
        let better = |a: &[f64; 3], b: &[f64; 3]| (0..3).all(|i| a[i] <= b[i]) && (0..3).any(|i| a[i] < b[i]);
        let dominators = dominators(&points);
        assert!(dominators.iter().any(Option::is_none) && dominators.iter().any(Option::is_some));
        for (point, dominator) in points.iter().zip(&dominators) {
            match dominator {
                None => assert!(!points.iter().any(|other| better(other, point))),
                Some(other) => assert!(better(&points[*other], point) && dominators[*other].is_none()),
            }
        }
    }
}
