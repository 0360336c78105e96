//! The order of the Givens rotations that reduce incoming rows to a triangle (QR), in two lanes.
//!
//! Each lane has a triangle, and a slot beside each row of it. In a *step* every row of the triangle is rotated against
//! the row in its slot, if there is one. Then the rows in the slots move on by one slot. When the last row of a lane
//! has been rotated against all rows of its triangle, the second lane's triangle is merged into the first one's.

use std::ops::Range;

/// The rows of a triangle that are rotated in a step while the lane's `lane_rows` rows enter and the last ones drain.
/// Row j of the triangle is rotated against row `step - j` of the lane. `even` is the number of rows of the triangle.
pub fn rows_rotated(step: usize, lane_rows: usize, even: usize) -> Range<usize> {
    (step + 1).saturating_sub(lane_rows)..even.min(step + 1)
}

/// Steps until the last row of a lane has been rotated against all rows of its triangle.
///
/// The merge takes `even` steps more. In step t of the merge, each row j >= t of the first triangle is rotated against
/// row j - t of the second.
pub fn streaming_steps(lane_rows: usize, even: usize) -> usize {
    lane_rows + even - 1
}
