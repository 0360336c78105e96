//! Tests of the exported Verilog: its text, its behaviour in a simulator, and the messages of linters.

#[path = "verilog/designs.rs"]
mod designs;
#[path = "verilog/interpreter.rs"]
mod interpreter;
#[path = "verilog/tools.rs"]
mod tools;

use designs::{Random, operations, sampler};
use svdforge_hdl::core::Core;
use svdforge_hdl::export::verilog::verilog;
use svdforge_hdl::export::{File, Header};
use svdforge_hdl::parameters::Parameters;
use tools::Folder;

fn header() -> Header {
    Header {
        command: "svdforge generate --rows 8 --cols 8 --out cores/small".into(),
        parameters: [("rows", "8"), ("cols", "8"), ("word", "16")].map(|(k, v)| (k.into(), v.into())).to_vec(),
        version: "0.1.0".into(),
    }
}

fn joined(files: &[File]) -> String {
    files.iter().map(|file| format!("==== {} ====\n{}", file.name, file.text)).collect()
}

#[test]
fn a_small_design_reads_well() {
    insta::assert_snapshot!(joined(&verilog(&sampler(), &header())));
}

#[test]
fn the_same_design_gives_the_same_bytes() {
    assert_eq!(verilog(&sampler(), &header()), verilog(&sampler(), &header()));
}

#[test]
fn linters_report_nothing() {
    Folder::with(&verilog(&sampler(), &header())).assert_clean();
    for seed in 0..2 {
        Folder::with(&verilog(&operations(&mut Random(seed), 240, false), &header())).assert_clean();
    }
}

/// Random trees of all operations at random widths, compared with the interpreter.
#[test]
fn every_operation_computes_what_the_ir_says() {
    const DESIGNS: u64 = 4;
    const VECTORS: usize = 48;
    let mut compared = 0;
    for seed in 0..DESIGNS {
        let mut random = Random(seed);
        let design = operations(&mut random, 240, true);
        let module = design.top();
        let widths: Vec<u32> = module.inputs.iter().map(|&id| module.node(id).width).collect();
        let vectors: Vec<Vec<u128>> =
            (0..VECTORS).map(|_| widths.iter().map(|&w| random.operand(w)).collect()).collect();

        let mut bench = String::from("module bench;\nreg aclk = 0;\n");
        let mut ports = vec![".aclk(aclk)".to_owned()];
        for (i, &width) in widths.iter().enumerate() {
            bench += &format!("reg [{}:0] i{i};\n", width - 1);
            ports.push(format!(".{}(i{i})", module.node(module.inputs[i]).name.as_ref().unwrap()));
        }
        for (i, output) in module.outputs.iter().enumerate() {
            bench += &format!("wire [{}:0] o{i};\n", module.node(output.node).width - 1);
            ports.push(format!(".{}(o{i})", output.name));
        }
        bench += &format!("{} dut ({});\ninitial begin\n", module.name, ports.join(", "));
        for vector in &vectors {
            for (i, (value, width)) in vector.iter().zip(&widths).enumerate() {
                bench += &format!("i{i} = {width}'h{value:x};\n");
            }
            bench += "#1 aclk = 1; #1 aclk = 0;\n";
            for i in 0..module.outputs.len() {
                bench += &format!("$display(\"%h\", o{i});\n");
            }
        }
        bench += "end\nendmodule\n";

        let printed = Folder::with(&verilog(&design, &header())).simulate(&bench);
        let mut lines = printed.lines();
        for vector in &vectors {
            let expected = interpreter::values(module, vector);
            for output in &module.outputs {
                let line = lines.next().expect("The simulator printed too few lines.");
                let found = u128::from_str_radix(line, 16).unwrap_or_else(|_| panic!("{}: {line}", output.name));
                assert_eq!(found, expected[output.node.index()], "seed {seed}, {}", output.name);
                compared += 1;
            }
        }
        assert_eq!(lines.next(), None);
    }
    assert_eq!(compared, DESIGNS as usize * VECTORS * 240);
}

/// Registers with reset and enable, a memory, a table and an instance, compared with a model written by hand.
#[test]
fn registers_memories_and_tables_behave_as_the_ir_says() {
    const CYCLES: usize = 400;
    let mut random = Random(11);
    let mut bench = String::from(
        "module bench;\nreg aclk = 0, aresetn = 0;\nreg [7:0] sample;\nreg take;\nreg [2:0] index;\n\
         wire [15:0] total, earlier, weight;\nwire [7:0] scaled;\nwire [3:0] count;\n\
         sampler dut (.aclk(aclk), .aresetn(aresetn), .sample(sample), .take(take), .index(index),\n\
         .total(total), .earlier(earlier), .weight(weight), .scaled(scaled), .count(count));\ninitial begin\n",
    );
    let mut expected = Vec::new();
    let mut model = designs::SamplerModel::default();
    for cycle in 0..CYCLES {
        let reset = cycle < 12 || random.below(40) == 0;
        // Every word of the memory is written before any comparison.
        let (index, take) = if cycle < 12 { (cycle as u32 % 6, 1) } else { (random.below(6), random.below(2)) };
        let sample = random.operand(8);
        bench += &format!(
            "aresetn = {}; sample = {sample}; take = {take}; index = {index};\n#1 aclk = 1; #1 aclk = 0;\n",
            u8::from(!reset)
        );
        bench += "$display(\"%0d %0d %0d %0d %0d\", total, earlier, weight, scaled, count);\n";
        model.clock(reset, sample, take == 1, index as usize);
        expected.push(model.outputs().map(|v| v.to_string()).join(" "));
    }
    bench += "end\nendmodule\n";
    let printed = Folder::with(&verilog(&sampler(), &header())).simulate(&bench);
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines.len(), CYCLES);
    for (cycle, (line, expected)) in lines.iter().zip(&expected).enumerate().skip(24) {
        assert_eq!(line, expected, "cycle {cycle}");
    }
    assert!(expected.iter().skip(24).any(|e| !e.starts_with('0')), "Nothing was computed.");
}

#[test]
fn linters_report_nothing_for_the_default_core() {
    let core = Core::new(Parameters::default().shape().unwrap());
    Folder::with(&verilog(core.design(), &header())).assert_clean();
}
