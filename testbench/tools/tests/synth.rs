//! Runs cores through Yosys and nextpnr. Every run asserts `check -assert` and the absence of latches; see
//! `svdforge_tools::synth`.

use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::{ArchitectureName, Parameters};
use svdforge_tools::synth::{Options, SynthReport, Target, synth};

fn core(n: usize) -> Core {
    Core::new(Parameters { rows: n, cols: n, ..Parameters::default() }.shape().unwrap())
}

fn area(n: usize, target: Target) -> SynthReport {
    let report = synth(&core(n), target, false, &Options::default(), &|_| {})
        .unwrap_or_else(|e| panic!("n = {n}, {target}: {e}"));
    println!(
        "n={n} {target}: {} LUT, {} FF, {} DSP, {} block RAMs, {} + {} bits",
        report.lut, report.ff, report.dsp, report.block_rams, report.memory_bits, report.table_bits
    );
    assert!(report.tools.contains_key("yosys"), "{:?}", report.tools);
    report
}

#[test]
fn a_small_core_fits_every_family() {
    // The default core is synthesised for the other families in another test. The devices of a family do not differ in
    // anything that synthesis uses.
    for target in [Target::Ice40Up5k, Target::GowinGw2a] {
        let report = area(2, target);
        assert!(report.dsp >= 17 && report.lut > 500 && report.ff > 500, "{report:?}");
        assert_eq!(report.memory_bits, area_bits(2), "{target}");
        assert!(report.fmax_mhz.is_none() && !report.modules.is_empty());
    }
}

/// A 4x4 quarter core of word 12 fits an iCE40 UltraPlus 5K: 5,280 logic cells, 8 multiplier blocks, 30 block RAMs.
#[test]
fn a_quarter_core_fits_an_ice40() {
    let arch = ArchitectureName::Quarter;
    let parameters = Parameters { rows: 4, cols: 4, word: 12, guard: 2, coef: Some(16), arch, ..Parameters::default() };
    let core = Core::new(parameters.shape().unwrap());
    let report = synth(&core, Target::Ice40Up5k, false, &Options::default(), &|_| {}).unwrap();
    println!("{} LUT, {} FF, {} block RAMs", report.lut, report.ff, report.block_rams);
    // Besides its four multipliers, one for the coefficients.
    assert_eq!(report.dsp, 5, "{report:?}");
    assert!(report.lut <= 3500 && report.block_rams <= 30, "{report:?}");
}

/// Two registers behind a product do not make Yosys lose it.
#[test]
#[ignore = "takes half a minute"]
fn a_deep_pipeline_keeps_its_products_on_ice40() {
    let small = Parameters { rows: 2, cols: 2, ..Parameters::default() };
    let parameters = Parameters { word: 8, guard: 0, coef: Some(14), interleave: Some(2), ..small };
    let core = Core::new(parameters.shape().unwrap());
    let report = synth(&core, Target::Ice40Up5k, false, &Options::default(), &|_| {}).unwrap();
    assert_eq!(report.dsp, 17, "{report:?}");
}

/// The bits of the core's memories: A, two copies of U and V, two copies of the coefficients, and the output FIFO,
/// whose beats have `tuser`, two copies of `tlast` and a parity beside the element.
fn area_bits(n: usize) -> u64 {
    let shape = *core(n).shape();
    let pairs = (n as u64 / 2).max(2);
    let words = |bits: u32, count: u64| u64::from(bits) * count;
    words(shape.element_bits(), 8 * pairs * pairs)
        + 2 * words(2 * shape.vector_bits(), 4 * pairs * pairs)
        + 2 * words(2 * shape.coef() + 1, 2 * pairs)
        + words(shape.interface().output_bits() + 5, 16)
}

#[test]
fn every_size_is_free_of_latches_and_loops() {
    for n in [2, 3, 8, 32] {
        assert_eq!(area(n, Target::Generic).dsp, 17, "n = {n}");
    }
}

#[test]
fn the_default_core_keeps_to_its_area() {
    let ecp5 = area(8, Target::Ecp5_85k);
    assert!(ecp5.dsp <= 36 && ecp5.lut <= 6600, "{ecp5:?}");
    assert_eq!(ecp5.memory_bits, area_bits(8));
    let xc7 = area(8, Target::Xc7);
    assert!(xc7.dsp <= 17, "{xc7:?}");
}

/// Takes a few minutes on two processors: `cargo test -p svdforge-tools --test synth -- --ignored`.
#[test]
#[ignore = "takes minutes"]
fn the_default_core_reaches_its_clock_rate() {
    let options = Options { cycles_per_matrix: Some(1360), ..Options::default() };
    let report = synth(&core(8), Target::Ecp5_85k, true, &options, &|_| {}).unwrap();
    let (fmax, rate) = (report.fmax_mhz.unwrap(), report.svd_per_second.unwrap());
    println!("{fmax:.1} MHz, {rate:.0} matrices per second; {:#?}", report.critical_path.as_ref().map(|p| &p.shares));
    assert!(fmax >= 100.0 && report.lut <= 6400, "{fmax} MHz, {} LUTs", report.lut);
    assert!((rate - fmax * 1e6 / 1360.0).abs() < 1e-6 * rate);
}

#[test]
fn a_target_that_cannot_be_placed_is_refused_with_those_that_can() {
    let error = synth(&core(2), Target::Xc7, true, &Options::default(), &|_| {}).unwrap_err();
    assert_eq!(
        error.to_string(),
        "--pnr: cannot place and route for xc7; only for ecp5-25k, ecp5-45k, ecp5-85k, ice40-up5k, ice40-hx8k, gowin-gw2a"
    );
    let unknown = "ecp6".parse::<Target>().unwrap_err();
    assert!(unknown.to_string().contains("gowin-gw2a"), "{unknown}");
    for target in Target::ALL {
        assert_eq!(target.name().parse::<Target>().unwrap(), target);
    }
}
