//! Tests that the judgement of a result does not depend on the engine.

use super::common::{core_of, square};
use svdforge_golden::{Family, NamedMatrix};
use svdforge_hdl::parameters::{Parameters, Sizes};
use svdforge_testbench::engine::{ENGINES, Engine, SimulatorEngine, engine};
use svdforge_testbench::framing::InputScale;
use svdforge_testbench::judge::judge;
use svdforge_testbench::run::quantise_for;
use svdforge_testbench::samples::example_matrix;

/// Every engine gives the same judgement of the same matrix, bit for bit and cycle for cycle. Only the simulator sees
/// where errors come from.
#[test]
fn every_engine_is_judged_alike() {
    for parameters in [square(3), Parameters { sizes: Sizes::Any, symmetric: true, ..square(4) }] {
        let core = core_of(parameters);
        let matrix = example_matrix::<f64>(core.shape(), Family::Geometric, 2);
        let matrix = NamedMatrix { name: "geometric".to_owned(), matrix };
        let input = quantise_for(core.shape(), &matrix, InputScale::Auto).unwrap();
        let judged = |engine: &mut dyn Engine| {
            let judgement = judge(core.shape(), engine, &matrix, &input).unwrap_or_else(|e| panic!("{e}"));
            let mut document = serde_json::to_value(&judgement).unwrap();
            let sources = document.as_object_mut().unwrap().remove("sources").unwrap();
            (document, sources)
        };
        let (expected, sources) = judged(&mut SimulatorEngine::new(&core).unwrap());
        assert!(sources.is_object(), "{sources}");
        assert!(expected["sweeps"].as_u64() > Some(1) && expected["accuracy"]["sigma_max_lsb"].as_f64() > Some(0.0));
        for name in ENGINES.into_iter().filter(|&name| name != "rust_hdl" || cfg!(feature = "rust-hdl")) {
            let (found, sources) = judged(engine(name, &core).unwrap_or_else(|e| panic!("{e}")).as_mut());
            assert_eq!(found, expected, "{name}");
            assert!(sources.is_null(), "{name}: {sources}");
        }
    }
}
