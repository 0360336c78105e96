use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::*;
#[test]
fn builds() {
    for (n, k, vectors, scaling) in [
        (8, Some(1), Vectors::Uv, Scaling::Auto),
        (8, None, Vectors::Uv, Scaling::Auto),
        (4, None, Vectors::Uv, Scaling::Fixed),
        (4, Some(2), Vectors::None, Scaling::Auto),
        (2, None, Vectors::U, Scaling::Auto),
        (16, None, Vectors::V, Scaling::Auto),
        (5, Some(3), Vectors::V, Scaling::Auto),
    ] {
        let p = Parameters { rows: n, cols: n, interleave: k, vectors, scaling, ..Parameters::default() };
        let core = Core::new(p.shape().unwrap());
        println!("{n} {k:?} {} {:?}", core.shape().in_flight(), core.schedule().squares);
    }
}
