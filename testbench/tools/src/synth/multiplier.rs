//! Multipliers as blocks with registers, for targets whose synthesis does not put registers into them as it should.
//!
//! Yosys maps a product to blocks MULT18X18D of ECP5 but leaves the registers around it in logic cells, from where the
//! paths into a block and out of it are long. So the text of each multiplier (see
//! [`svdforge_hdl::units::multiplier`]) is replaced by one that instantiates the blocks with their registers. Ports,
//! results and latencies are the same. The primitive is described in Lattice's "ECP5 and ECP5-5G sysDSP Usage Guide"
//! (FPGA-TN-02205).
//!
//! For iCE40 UltraPlus, Yosys does put them into SB_MAC16. But if there are two behind the product, it connects nothing
//! to the second one, and replaces the product by zero (seen with Yosys 0.70). So the second one is kept outside.

use super::target::Target;
use std::fmt::Write;
use std::path::Path;
use svdforge_hdl::units::multiplier::Form;

/// Bits of an operand of MULT18X18D, signed or unsigned.
const OPERAND: u32 = 18;

/// Writes the texts to synthesise in place of the multipliers among `files` to the folder. Returns the commands of
/// Yosys that put them into the design, after it was checked as it is.
pub(super) fn replace(folder: &Path, files: &[String], target: Target) -> std::io::Result<Vec<String>> {
    let text = |module: &str, form: Form| match target {
        Target::Ecp5_25k | Target::Ecp5_45k | Target::Ecp5_85k => Some(ecp5(module, form)),
        Target::Ice40Up5k if form.registers > 2 => Some(ice40(module, form)),
        _ => None,
    };
    let mut written = Vec::new();
    for module in files.iter().filter_map(|name| name.strip_suffix(".v")) {
        if let Some(text) = Form::named(module).and_then(|form| text(module, form)) {
            let name = format!("{module}_of_blocks.v");
            std::fs::write(folder.join(&name), text)?;
            written.push(name);
        }
    }
    Ok(match written.is_empty() {
        true => Vec::new(),
        // Without the attribute, Yosys would read the modules again at the end, when they are already mapped.
        false => vec![
            format!("read_verilog -overwrite {}", written.join(" ")),
            "setattr -unset reprocess_after t:MULT18X18D".to_owned(),
        ],
    })
}

/// A module with the ports of a multiplier, whose first register behind the product has the attribute `keep`, so that
/// Yosys does not put the one after it into the block.
pub(super) fn ice40(module: &str, form: Form) -> String {
    let Form { a, b, registers } = form;
    let [a, b, width] = [a - 1, b - 1, a + b - 1];
    let mut text = format!(
        "module {module} (\n    input aclk,\n    input [{a}:0] a,\n    input [{b}:0] b,\n    output [{width}:0] product\n);\n    \
         reg signed [{a}:0] a_in;\n    reg signed [{b}:0] b_in;\n    (* keep *) reg signed [{width}:0] product_1;\n    \
         always @(posedge aclk) begin\n        a_in <= a;\n        b_in <= b;\n        product_1 <= a_in * b_in;\n    end\n"
    );
    for i in 2..registers {
        let _ = writeln!(
            text,
            "    reg [{width}:0] product_{i};\n    always @(posedge aclk) product_{i} <= product_{};",
            i - 1
        );
    }
    let _ = writeln!(text, "    assign product = product_{};\nendmodule", registers - 1);
    text
}

/// A part of an operand: its lowest bit, its width, and whether it is signed.
fn parts(width: u32) -> Vec<(u32, u32, bool)> {
    let starts = (0..width).step_by(OPERAND as usize);
    starts.map(|low| (low, OPERAND.min(width - low), low + OPERAND >= width)).collect()
}

/// A module with the ports of a multiplier, made of blocks MULT18X18D. The operands have registers in the blocks, and
/// the products as well if there is one block or at least three registers.
pub(super) fn ecp5(module: &str, form: Form) -> String {
    let Form { a, b, registers } = form;
    let width = a + b;
    let blocks: Vec<_> = parts(a).into_iter().flat_map(|x| parts(b).into_iter().map(move |y| (x, y))).collect();
    let holds_products = blocks.len() == 1 || registers > 2;
    let mut text = format!(
        "module {module} (\n    input aclk,\n    input [{}:0] a,\n    input [{}:0] b,\n    output [{}:0] product\n);\n",
        a - 1,
        b - 1,
        width - 1
    );
    let mut sum = Vec::new();
    for (i, &((a_low, a_bits, a_signed), (b_low, b_bits, b_signed))) in blocks.iter().enumerate() {
        let operand = |name: &str, low: u32, bits: u32, signed: bool| {
            let high = low + bits - 1;
            let fill = if signed { format!("{name}[{high}]") } else { "1'b0".to_owned() };
            match OPERAND - bits {
                0 => format!("{name}[{high}:{low}]"),
                more => format!("{{{{{more}{{{fill}}}}}, {name}[{high}:{low}]}}"),
            }
        };
        let is_signed = a_signed || b_signed;
        let _ = writeln!(text, "    wire [17:0] a_{i} = {};", operand("a", a_low, a_bits, a_signed));
        let _ = writeln!(text, "    wire [17:0] b_{i} = {};", operand("b", b_low, b_bits, b_signed));
        let _ = writeln!(text, "    wire {}[35:0] p_{i};", if is_signed { "signed " } else { "" });
        let output = if holds_products { "CLK0" } else { "NONE" };
        let _ = write!(
            text,
            "    MULT18X18D #(\n        .REG_INPUTA_CLK(\"CLK0\"), .REG_INPUTA_CE(\"CE0\"), .REG_INPUTA_RST(\"RST0\"),\n        \
             .REG_INPUTB_CLK(\"CLK0\"), .REG_INPUTB_CE(\"CE0\"), .REG_INPUTB_RST(\"RST0\"),\n        \
             .REG_PIPELINE_CLK(\"NONE\"), .REG_OUTPUT_CLK(\"{output}\"), .REG_OUTPUT_CE(\"CE0\"), .REG_OUTPUT_RST(\"RST0\"),\n        \
             .GSR(\"DISABLED\"), .RESETMODE(\"SYNC\")\n    ) block_{i} (\n        .CLK0(aclk), .CE0(1'b1), .RST0(1'b0),\n        \
             .SIGNEDA(1'b{}), .SIGNEDB(1'b{}), .SOURCEA(1'b0), .SOURCEB(1'b0)",
            u8::from(a_signed),
            u8::from(b_signed)
        );
        for (port, count) in [("a", 18), ("b", 18), ("p", 36)] {
            for bit in 0..count {
                let _ = write!(text, ",\n        .{}{bit}({port}_{i}[{bit}])", port.to_uppercase());
            }
        }
        text += "\n    );\n";
        let _ = writeln!(text, "    wire {0}[{1}:0] s_{i} = p_{i};", if is_signed { "signed " } else { "" }, width - 1);
        sum.push(format!("(s_{i} << {})", a_low + b_low));
    }
    let _ = writeln!(text, "    wire [{}:0] sum_0 = {};", width - 1, sum.join(" + "));
    // What the blocks do not hold is held behind them.
    let behind = registers - 1 - u32::from(holds_products);
    for i in 1..=behind {
        let _ =
            writeln!(text, "    reg [{}:0] sum_{i};\n    always @(posedge aclk) sum_{i} <= sum_{};", width - 1, i - 1);
    }
    let _ = writeln!(text, "    assign product = sum_{behind};\nendmodule");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::{find, run_program};
    use crate::synth::cells::mult18x18d;
    use svdforge_hdl::builder::DesignBuilder;
    use svdforge_hdl::export::{Header, verilog::verilog};
    use svdforge_hdl::units::multiplier::multiplier;

    /// Whether Icarus finds the same products from a multiplier and from blocks, for many operands.
    fn agree(form: Form, blocks: &str) -> bool {
        let mut design = DesignBuilder::new();
        multiplier(&mut design, form);
        let design = design.finish().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut files = vec!["bench.v".to_owned()];
        for file in verilog(&design, &Header::default()).into_iter().filter(|file| file.name.ends_with(".v")) {
            std::fs::write(folder.path().join(&file.name), file.text).unwrap();
            files.push(file.name);
        }
        let bench = format!(
            "module bench;
    reg aclk = 0;
    reg [{0}:0] a;
    reg [{1}:0] b;
    wire [{2}:0] p, q;
    {3} plain (.aclk(aclk), .a(a), .b(b), .product(p));
    of_blocks blocks (.aclk(aclk), .a(a), .b(b), .product(q));
    integer i, same = 0;
    function [127:0] operand(input integer unused);
        case ($urandom % 8)
            0: operand = 0;
            1: operand = ~128'd0;
            2: operand = 128'd1 << ($urandom % 40);
            3: operand = ~(128'd1 << ($urandom % 40));
            default: operand = {{$urandom, $urandom, $urandom, $urandom}};
        endcase
    endfunction
    initial begin
        for (i = 0; i < 4000; i = i + 1) begin
            a = operand(0);
            b = operand(0);
            #1 aclk = 1;
            #1 aclk = 0;
            if (i >= {4} && p === q && ^p !== 1'bx) same = same + 1;
        end
        $display(\"same %0d\", same + {4});
    end
endmodule\n",
            form.a - 1,
            form.b - 1,
            form.a + form.b - 1,
            design.top().name,
            form.registers
        );
        std::fs::write(folder.path().join("bench.v"), bench + &mult18x18d() + blocks).unwrap();
        let icarus = find("iverilog", "the comparison").unwrap();
        let arguments: Vec<String> =
            ["-g2005-sv", "-o", "bench.vvp"].map(str::to_owned).into_iter().chain(files).collect();
        let compiled = run_program(&icarus, &arguments, folder.path()).unwrap();
        assert!(compiled.status.success(), "{}", compiled.printed());
        let run = run_program(&find("vvp", "the comparison").unwrap(), &["bench.vvp"], folder.path()).unwrap();
        run.stdout.trim().ends_with("same 4000")
    }

    #[test]
    fn blocks_give_the_products_of_the_multiplier_that_they_replace() {
        let mut agreed = 0;
        for (a, b) in [(24, 18), (18, 18), (20, 18), (38, 30), (9, 14), (37, 18), (19, 36)] {
            for registers in [2, 3, 4] {
                let form = Form { a, b, registers };
                assert!(agree(form, &ecp5("of_blocks", form)), "{form:?}");
                agreed += 1;
            }
        }
        for (a, b, registers) in [(13, 14, 2), (16, 16, 3), (24, 18, 4)] {
            let form = Form { a, b, registers };
            assert!(agree(form, &ice40("of_blocks", form)), "{form:?}");
            agreed += 1;
        }
        assert_eq!(agreed, 24);
        let form = Form { a: 24, b: 18, registers: 2 };
        for (from, to) in [("SIGNEDA(1'b0)", "SIGNEDA(1'b1)"), ("<< 18", "<< 17"), ("CLK(\"NONE\")", "CLK(\"CLK0\")")] {
            let broken = ecp5("of_blocks", form).replace(from, to);
            assert!(!agree(form, &broken), "{from}");
        }
    }
}
