//! What a simulator can watch inside a serial core: the numbers that must stay in their ranges.

use crate::shape::Shape;
use crate::units::rotator::FINE_COSINE_SHIFT;

/// The modules that compute with the data of a core: no sum in them may leave its width.
pub const ARITHMETIC: &[&str] = &["rotator", "angle_unit", "half_angle", "coefficient_unit"];

/// Ends of the names of signals, and their largest size in units of their last place.
pub type Range = (&'static [&'static str], f64);

/// Largest sizes of named signals, by the ends of their names: elements of A and what the rotators make of them (U and V are
/// smaller); elements of U and V; sums of products; coefficients.
pub fn ranges(shape: &Shape) -> Vec<Range> {
    let budget = shape.budget();
    let fraction = shape.arithmetic().coefficient_fraction();
    let (of_a, of_vectors) = (budget.largest_element(), budget.largest_vector_element());
    let element = of_a.max(of_vectors);
    let sum = budget.largest_stretch() * element * f64::from(fraction + FINE_COSINE_SHIFT).exp2();
    vec![
        (&["element_00", "element_01", "element_10", "element_11", "diagonal_0", "diagonal_1"], of_a),
        (&["x_rotated", "y_rotated", "x_rounded", "y_rounded"], element),
        (&["_u_00", "_u_01", "_u_10", "_u_11", "_v_00", "_v_01", "_v_10", "_v_11"], of_vectors),
        (&["sum_x", "sum_y"], sum),
        (&["_k_out", "_s_out"], f64::from(fraction).exp2()),
    ]
}
