//! How large a matrix and its file may be.

use crate::reader::error::{Fault, Kind, Place};
use crate::reader::memory::check_memory;

/// The most elements (rows x columns) that a matrix may have: 2^26, half a gibibyte of `f64`.
pub const MAX_ELEMENTS: usize = 1 << 26;

/// The longest file that is read, in bytes: 1 GiB.
pub const MAX_BYTES: u64 = 1 << 30;

/// The number of elements of a rows x columns matrix, or the fault at `place` if there are none or too many.
pub(super) fn element_count(rows: u64, columns: u64, place: Place) -> Result<usize, Fault> {
    if rows == 0 || columns == 0 {
        return Err(Fault::new(
            place,
            Kind::Empty,
            format!("a {rows} x {columns} matrix has no elements"),
            "give at least one row and one column",
        ));
    }
    let count = rows
        .checked_mul(columns)
        .and_then(|count| usize::try_from(count).ok())
        .filter(|&count| count <= MAX_ELEMENTS)
        .ok_or_else(|| {
            Fault::new(
                place,
                Kind::TooLarge,
                format!("a {rows} x {columns} matrix is too large"),
                format!("give at most {MAX_ELEMENTS} elements"),
            )
        })?;
    // The elements are allocated next.
    check_memory(count as u64 * size_of::<f64>() as u64)?;
    Ok(count)
}

/// The fault if rows of this many elements in all are more than the limit, while they are still being read.
pub(super) fn check_so_far(elements: usize, place: Place) -> Result<(), Fault> {
    if elements <= MAX_ELEMENTS {
        return Ok(());
    }
    let found = format!("the matrix has more than {MAX_ELEMENTS} elements");
    Err(Fault::new(place, Kind::TooLarge, found, format!("give at most {MAX_ELEMENTS} elements")))
}
