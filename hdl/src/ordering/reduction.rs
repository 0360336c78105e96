//! The order in which incoming rows meet the rows of a triangle (Givens QR, two lanes of rows at a time).
//!
//! In a *step* every row of the triangle is rotated against the row in its slot; then rows move on by one slot. When the last row of
//! a lane has met all rows of its triangle, the second lane's triangle is merged into the first one's.

use std::ops::Range;

/// The rows of a triangle that meet a row of their lane in a step, while `lane_rows` rows come and the last ones drain: row j meets
/// row step - j.
pub fn rows_that_meet(step: usize, lane_rows: usize, even: usize) -> Range<usize> {
    (step + 1).saturating_sub(lane_rows)..even.min(step + 1)
}

/// Steps until the last row of a lane has met all rows of its triangle. The merge takes `even` steps more, in each of which the rows
/// from its number on meet: row j of the first triangle meets row j - step of the second.
pub fn streaming_steps(lane_rows: usize, even: usize) -> usize {
    lane_rows + even - 1
}
