//! Names of cores, and files with them.

use super::*;
use crate::parameters::CoreName;

fn shape(change: impl Fn(&mut Parameters)) -> Shape {
    let mut parameters = Parameters::default();
    change(&mut parameters);
    parameters.shape().unwrap()
}

#[test]
fn the_name_tells_what_differs_from_the_defaults() {
    let named = [
        ("svd_8x8", shape(|_| {})),
        ("svd_8x8", shape(|p| (p.coef, p.frac, p.rank) = (Some(18), Some(15), Some(8)))),
        ("svd_16x4", shape(|p| (p.rows, p.cols) = (16, 4))),
        ("svd_8x8_w12_g2", shape(|p| (p.word, p.guard) = (12, 2))),
        (
            "svd_8x8_f0_c24_s6_v_k3",
            shape(|p| {
                (p.frac, p.coef, p.sweeps, p.vectors, p.rank) =
                    (Some(0), Some(24), Sweeps::Fixed(6), Vectors::V, Some(3));
            }),
        ),
        (
            "eigen_8x8_values_unscaled_any",
            shape(|p| {
                (p.symmetric, p.vectors, p.scaling, p.sizes) = (true, Vectors::None, Scaling::Fixed, Sizes::Any);
            }),
        ),
        ("mine", shape(|p| p.name = Some(CoreName::new("mine").unwrap()))),
    ];
    for (name, shape) in named {
        assert_eq!(shape.name(), name);
        let text = serde_json::to_string(&shape).unwrap();
        assert_eq!(serde_json::from_str::<Shape>(&text).unwrap(), shape);
    }
}

#[test]
fn a_file_from_before_cores_had_names_is_read() {
    let text = serde_json::to_string(&shape(|_| {})).unwrap();
    let mut table: serde_json::Value = serde_json::from_str(&text).unwrap();
    table.as_object_mut().unwrap().remove("name").unwrap();
    assert_eq!(serde_json::from_value::<Shape>(table.clone()).unwrap(), shape(|_| {}));
    table.as_object_mut().unwrap().remove("word").unwrap();
    assert!(serde_json::from_value::<Shape>(table).is_err());
}
