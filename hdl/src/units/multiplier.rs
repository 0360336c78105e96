//! The multiplier: a signed product with registers before and behind it.
//!
//! It is a module of its own, with nothing but the product and its registers, so that a synthesis tool puts them into
//! the multiplier block of the FPGA: operands, products and, in the longer form, the sum of partial products. A tool
//! that does not do so by itself can replace the module as a whole, since its name says everything:
//! `multiplier_<a>x<b>_<registers>`, where `registers` counts those on the way.
//!
//! Bit growth: the product of a bits and b bits has a + b bits, and is exact.

use crate::builder::{DesignBuilder, ModuleBuilder};
use crate::ir::ModuleId;

/// The form of a multiplier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Form {
    /// Bits of the operand `a`, signed.
    pub a: u32,
    /// Bits of the operand `b`, signed.
    pub b: u32,
    /// Registers on the way from an operand to the product, at least 2: one for the operands, the others for the
    /// product. With 3, a product that takes several blocks has registers for its parts and for their sum.
    pub registers: u32,
}

impl Form {
    /// The form of a module that [`multiplier`] has added, by its name in the design or in the Verilog; `None` for any
    /// other module.
    pub fn named(module: &str) -> Option<Self> {
        let (widths, registers) = module.rsplit_once("multiplier_")?.1.split_once('_')?;
        let (a, b) = widths.split_once('x')?;
        Some(Self { a: a.parse().ok()?, b: b.parse().ok()?, registers: registers.parse().ok()? })
    }
}

/// Adds the multiplier of this form. Inputs are `a` and `b`, the output is `product`.
pub fn multiplier(design: &mut DesignBuilder, form: Form) -> ModuleId {
    let Form { a, b, registers } = form;
    let m = ModuleBuilder::new(format!("multiplier_{a}x{b}_{registers}"));
    m.doc(format!(
        "Signed product of {a} x {b} bits, with the registers of a multiplier block: one for the operands, {} for the product.",
        registers - 1
    ));
    let operand = |name, width| m.input(name, width).at(0).registered(&format!("{name}_in"));
    let product = (operand("a", a) * operand("b", b)).registered("product_out");
    m.output("product", product.delayed_to(registers));
    design.add(m)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_multiplier_tells_its_form() {
        let mut design = DesignBuilder::new();
        for registers in [2, 3] {
            let form = Form { a: 24, b: 18, registers };
            let id = multiplier(&mut design, form);
            assert_eq!(Form::named(&format!("svd_8x8_{}", design.module(id).name)), Some(form));
            assert_eq!(design.module(id).outputs[0].latency, Some(registers));
        }
        for name in ["multiplier", "multiplier_3x", "multiplier_3x4", "multiplier_ax4_2", "rotator"] {
            assert_eq!(Form::named(name), None, "{name}");
        }
    }
}
