//! Models of the blocks for which Yosys has an interface but no function: multipliers and block RAM of ECP5, block RAM
//! of 7-series. They are written after the vendors' descriptions: Lattice's "ECP5 and ECP5-5G sysDSP Usage Guide"
//! (FPGA-TN-02205) and "Memory Usage Guide" (FPGA-TN-02204), AMD's "7 Series FPGAs Memory Resources" (UG473).
//!
//! They have the functions that synthesis uses. A parameter for anything else ends the simulation with a message.

use super::target::Target;
use std::fmt::Write;

/// What all block RAMs do.
const BLOCK_RAM: &str = include_str!("cells/block_ram.v");

/// The modules of a target's blocks: their names and their text.
pub(super) fn blocks(target: Target) -> (&'static [&'static str], String) {
    match target {
        Target::Ecp5_25k | Target::Ecp5_45k | Target::Ecp5_85k => {
            (&["DP16KD"], format!("{BLOCK_RAM}\n{}\n{}", mult18x18d(), dp16kd()))
        }
        Target::Xc7 => (&["RAMB18E1", "RAMB36E1"], format!("{BLOCK_RAM}\n{}\n{}", ramb(18), ramb(36))),
        Target::Ice40Up5k | Target::Ice40Hx8k | Target::GowinGw2a | Target::Generic => (&[], String::new()),
    }
}

/// The ports of a bus whose bits are ports of their own, the highest first.
fn bits(port: &str, count: u32) -> String {
    (0..count).rev().map(|bit| format!("{port}{bit}")).collect::<Vec<_>>().join(", ")
}

/// The multiplier of ECP5.
pub(super) fn mult18x18d() -> String {
    let (a, b, p) = (bits("A", 18), bits("B", 18), bits("P", 36));
    let unused = [bits("C", 18), bits("SRIA", 18), bits("SRIB", 18)].join(", ");
    format!(
        r#"// A product of 18 x 18 bits, signed or unsigned, with registers for operands and product.
module MULT18X18D (
    input {a},
    input {b},
    input {unused},
    input CLK0, CLK1, CLK2, CLK3, CE0, CE1, CE2, CE3, RST0, RST1, RST2, RST3, SIGNEDA, SIGNEDB, SOURCEA, SOURCEB,
    output {p}
);
    parameter REG_INPUTA_CLK = "NONE", REG_INPUTA_CE = "CE0", REG_INPUTA_RST = "RST0";
    parameter REG_INPUTB_CLK = "NONE", REG_INPUTB_CE = "CE0", REG_INPUTB_RST = "RST0";
    parameter REG_PIPELINE_CLK = "NONE", REG_OUTPUT_CLK = "NONE", REG_OUTPUT_CE = "CE0", REG_OUTPUT_RST = "RST0";
    parameter GSR = "ENABLED", RESETMODE = "SYNC";
    wire [17:0] a_now = {{{a}}}, b_now = {{{b}}};
    reg [17:0] a_in, b_in;
    wire [17:0] a = REG_INPUTA_CLK == "NONE" ? a_now : a_in, b = REG_INPUTB_CLK == "NONE" ? b_now : b_in;
    wire signed [36:0] wide_a = {{{{19{{SIGNEDA & a[17]}}}}, a}}, wide_b = {{{{19{{SIGNEDB & b[17]}}}}, b}};
    wire [35:0] now = wide_a * wide_b;
    reg [35:0] held;
    always @(posedge CLK0) if (CE0) begin a_in <= a_now; b_in <= b_now; held <= now; end
    assign {{{p}}} = REG_OUTPUT_CLK == "NONE" ? now : held;
    initial if (REG_PIPELINE_CLK != "NONE") begin $display("FAIL: MULT18X18D with a pipeline register"); $finish; end
endmodule
"#
    )
}

/// The block RAM of ECP5: 1024 words of 18 bits, or 512 of 36 bits that are written at port A and read at port B. The
/// lowest address bits of ports of 18 and 36 bits are write enables of bytes.
fn dp16kd() -> String {
    let mut text = "// A block RAM of ECP5.\nmodule DP16KD (\n".to_owned();
    let mut ports = Vec::new();
    for side in ["A", "B"] {
        let (data, address) = (bits(&format!("DI{side}"), 18), bits(&format!("AD{side}"), 14));
        ports.push(format!("    input {data},\n    input {address}"));
        ports.push(format!("    input CE{side}, OCE{side}, CLK{side}, WE{side}, RST{side}"));
        ports.push(format!("    input {}", bits(&format!("CS{side}"), 3)));
        ports.push(format!("    output {}", bits(&format!("DO{side}"), 18)));
    }
    text += &ports.join(",\n");
    text += "\n);\n";
    for side in ["A", "B"] {
        let _ = writeln!(
            text,
            "    parameter DATA_WIDTH_{side} = 18, REGMODE_{side} = \"NOREG\", WRITEMODE_{side} = \"NORMAL\", \
             CSDECODE_{side} = \"0b000\", CLK{side}MUX = \"CLK{side}\";"
        );
    }
    text += "    parameter RESETMODE = \"SYNC\", ASYNC_RESET_RELEASE = \"SYNC\", GSR = \"DISABLED\";\n";
    for line in 0..64 {
        let _ = writeln!(text, "    parameter [319:0] INITVAL_{line:02X} = 0;");
    }
    let wide = |side: &str| format!("{{{}}}", bits(side, 18));
    let _ = write!(
        text,
        r#"    wire [13:0] a = {{{}}}, b = {{{}}};
    wire [35:0] both = {{{}, {}}};
    wire [71:0] read_a, read_b;
    wire [7:0] write_a = !WEA ? 0 : DATA_WIDTH_A == 36 ? a[3:0] : DATA_WIDTH_A == 18 ? a[1:0] : 1;
    wire [7:0] write_b = !WEB ? 0 : DATA_WIDTH_B == 18 ? b[1:0] : 1;
    svdforge_block_ram #(
        .UNITS(2048), .READ_A(DATA_WIDTH_A), .READ_B(DATA_WIDTH_B), .WRITE_A(DATA_WIDTH_A), .WRITE_B(DATA_WIDTH_B),
        .READ_FIRST_A(WRITEMODE_A == "READBEFOREWRITE"), .READ_FIRST_B(WRITEMODE_B == "READBEFOREWRITE")
    ) ram (
        .clock_a(CLKA), .clock_b(CLKB), .enable_a(CEA), .enable_b(CEB), .address_a({{2'b0, a}}), .address_b({{2'b0, b}}),
        .write_a(write_a), .write_b(write_b), .data_a({{36'b0, both}}), .data_b({{54'b0, both[35:18]}}),
        .read_a(read_a), .read_b(read_b)
    );
    assign {} = DATA_WIDTH_B == 36 ? read_b[17:0] : read_a[17:0];
    assign {} = DATA_WIDTH_B == 36 ? read_b[35:18] : read_b[17:0];
    // Each line has 16 words of 18 bits, each in 20 bits.
    task set(input integer line, input [319:0] words);
        integer k;
        for (k = 0; k < 16; k = k + 1) begin
            ram.memory[32 * line + 2 * k] = words[20 * k +: 9];
            ram.memory[32 * line + 2 * k + 1] = words[20 * k + 9 +: 9];
        end
    endtask
    initial begin
        if (REGMODE_A != "NOREG" || REGMODE_B != "NOREG" || CLKAMUX == "INV" || CLKBMUX == "INV") begin
            $display("FAIL: DP16KD with an output register or an inverted clock");
            $finish;
        end
"#,
        bits("ADA", 14),
        bits("ADB", 14),
        wide("DIB"),
        wide("DIA"),
        wide("DOA"),
        wide("DOB"),
    );
    for line in 0..64 {
        let _ = writeln!(text, "        set({line}, INITVAL_{line:02X});");
    }
    text + "    end\nendmodule\n"
}

/// A block RAM of 7-series with 18 or 36 Kbit. As a simple dual-port memory, it has its double width at both ports: it
/// is written at port B and read at port A.
fn ramb(kbits: u32) -> String {
    // Bytes of a port, and lines of initial values for bytes and for their parity.
    let bytes = kbits / 9;
    let (lines, parity_lines) = (32 * bytes, 4 * bytes);
    let (top, low) = (8 * bytes - 1, bytes - 1);
    let address = if kbits == 18 { 13 } else { 15 };
    let mut text = format!(
        "// A block RAM of 7-series.\nmodule RAMB{kbits}E1 (\n    input CLKARDCLK, CLKBWRCLK, ENARDEN, ENBWREN, REGCEAREGCE, REGCEB,\n    \
         input RSTRAMARSTRAM, RSTRAMB, RSTREGARSTREG, RSTREGB,\n    input [{address}:0] ADDRARDADDR, ADDRBWRADDR,\n    \
         input [{top}:0] DIADI, DIBDI,\n    input [{low}:0] DIPADIP, DIPBDIP, WEA,\n    input [{}:0] WEBWE,\n    \
         output [{top}:0] DOADO, DOBDO,\n    output [{low}:0] DOPADOP, DOPBDOP\n);\n",
        2 * bytes - 1
    );
    for side in ["A", "B"] {
        let _ = writeln!(
            text,
            "    parameter READ_WIDTH_{side} = 0, WRITE_WIDTH_{side} = 0, DO{side}_REG = 0, WRITE_MODE_{side} = \"WRITE_FIRST\";\n    \
             parameter [71:0] SRVAL_{side} = 0, INIT_{side} = 0;\n    parameter RAM_EXTENSION_{side} = \"NONE\";"
        );
    }
    text += "    parameter RAM_MODE = \"TDP\", SIM_COLLISION_CHECK = \"ALL\", SIM_DEVICE = \"7SERIES\", RDADDR_COLLISION_HWCONFIG = \"PERFORMANCE\";\n    \
             parameter IS_CLKARDCLK_INVERTED = 0, IS_CLKBWRCLK_INVERTED = 0, IS_ENARDEN_INVERTED = 0, IS_ENBWREN_INVERTED = 0;\n    \
             parameter IS_RSTRAMARSTRAM_INVERTED = 0, IS_RSTRAMB_INVERTED = 0, IS_RSTREGARSTREG_INVERTED = 0, IS_RSTREGB_INVERTED = 0;\n";
    for line in 0..lines {
        let _ = writeln!(text, "    parameter [255:0] INIT_{line:02X} = 0;");
    }
    for line in 0..parity_lines {
        let _ = writeln!(text, "    parameter [255:0] INITP_{line:02X} = 0;");
    }
    let _ = write!(
        text,
        r#"    localparam SDP = RAM_MODE == "SDP";
    wire [71:0] data_a, data_b, read_a, read_b;
    wire [{both}:0] di = {{DIBDI, DIADI}};
    wire [{units}:0] dip = {{DIPBDIP, DIPADIP}};
    genvar g;
    generate
        for (g = 0; g < 8; g = g + 1) begin
            // Beyond the width of a port there is nothing.
            if (g < {bytes}) begin
                assign data_a[9 * g +: 9] = {{DIPADIP[g], DIADI[8 * g +: 8]}};
                assign DOADO[8 * g +: 8] = read_a[9 * g +: 8];
                assign DOPADOP[g] = read_a[9 * g + 8];
                assign DOBDO[8 * g +: 8] = SDP ? read_a[9 * (g + {bytes}) +: 8] : read_b[9 * g +: 8];
                assign DOPBDOP[g] = SDP ? read_a[9 * (g + {bytes}) + 8] : read_b[9 * g + 8];
            end else assign data_a[9 * g +: 9] = 0;
            if (g < 2 * {bytes})
                assign data_b[9 * g +: 9] = SDP || g >= {bytes} ? {{dip[g], di[8 * g +: 8]}}
                                                                : {{DIPBDIP[g % {bytes}], DIBDI[8 * (g % {bytes}) +: 8]}};
            else assign data_b[9 * g +: 9] = 0;
        end
    endgenerate
    svdforge_block_ram #(
        .UNITS({all}), .READ_A(READ_WIDTH_A ? READ_WIDTH_A : 9), .READ_B(READ_WIDTH_B ? READ_WIDTH_B : 9),
        .WRITE_A(WRITE_WIDTH_A ? WRITE_WIDTH_A : 9), .WRITE_B(WRITE_WIDTH_B ? WRITE_WIDTH_B : 9),
        .READ_FIRST_A(WRITE_MODE_A == "READ_FIRST"), .READ_FIRST_B(WRITE_MODE_B == "READ_FIRST")
    ) ram (
        .clock_a(CLKARDCLK), .clock_b(CLKBWRCLK), .enable_a(ENARDEN), .enable_b(ENBWREN),
        .address_a(ADDRARDADDR[{last}:0]), .address_b(ADDRBWRADDR[{last}:0]),
        .write_a(WRITE_WIDTH_A ? WEA : 0), .write_b(WRITE_WIDTH_B ? WEBWE : 0), .data_a(data_a), .data_b(data_b),
        .read_a(read_a), .read_b(read_b)
    );
    integer k;
    task set(input integer line, input [255:0] words);
        for (k = 0; k < 32; k = k + 1) ram.memory[32 * line + k][7:0] = words[8 * k +: 8];
    endtask
    task set_parity(input integer line, input [255:0] words);
        for (k = 0; k < 256; k = k + 1) ram.memory[256 * line + k][8] = words[k];
    endtask
    initial begin
        if (DOA_REG || DOB_REG || RAM_EXTENSION_A != "NONE" || RAM_EXTENSION_B != "NONE") begin
            $display("FAIL: RAMB{kbits}E1 with an output register or a cascade");
            $finish;
        end
"#,
        both = 16 * bytes - 1,
        units = 2 * bytes - 1,
        all = 1024 * bytes,
        last = if kbits == 18 { 13 } else { 14 },
    );
    for line in 0..lines {
        let _ = writeln!(text, "        set({line}, INIT_{line:02X});");
    }
    for line in 0..parity_lines {
        let _ = writeln!(text, "        set_parity({line}, INITP_{line:02X});");
    }
    text + "    end\nendmodule\n"
}
