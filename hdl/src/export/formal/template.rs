//! The text of a proof, and what differs from core to core in it.

use crate::core::Core;
use crate::ir::Module;

/// Fills a text: `{name}` is replaced by the value of this name. Lines between `//if flag` and `//end` are left out if
/// the flag is not set, and those between `//if !flag` and `//end` if it is.
/// Such parts may contain others.
pub(super) fn fill(text: &str, values: &[(&str, String)], flags: &[(&str, bool)]) -> String {
    let is_set = |wanted: &str| {
        let flag = flags.iter().find(|(flag, _)| *flag == wanted);
        flag.unwrap_or_else(|| panic!("There is no flag `{wanted}`.")).1
    };
    let mut kept = String::new();
    let mut conditions = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("//if ") {
            Some(flag) => conditions.push(flag.strip_prefix('!').map_or_else(|| is_set(flag), |flag| !is_set(flag))),
            None if line == "//end" => conditions.truncate(conditions.len() - 1),
            None if conditions.iter().all(|&holds| holds) => {
                kept.push_str(line);
                kept.push('\n');
            }
            None => {}
        }
    }
    values.iter().fold(kept, |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// A module of a core, which must be there.
pub(super) fn module<'a>(core: &'a Core, name: &str) -> &'a Module {
    let found = core.design().modules.iter().find(|candidate| candidate.name == name);
    found.expect("A core has the modules that are proved.")
}

/// The range of a wire with so many bits, in its declaration.
pub(super) fn range(width: u32) -> String {
    if width == 1 { String::new() } else { format!("[{}:0] ", width - 1) }
}

/// A Verilog function `is_odd` of so many bits, the parity of the numbers of a beat.
pub(super) fn odd_function(bits: u32) -> String {
    let top = bits - 1;
    format!(
        "    // The parity, bit by bit in the same order as in the module. In another order the solver takes much longer.\n\
         \x20   function is_odd(input [{top}:0] numbers);\n\
         \x20       integer bit_number;\n\
         \x20       begin\n\
         \x20           is_odd = 1'b0;\n\
         \x20           for (bit_number = 0; bit_number < {bits}; bit_number = bit_number + 1)\n\
         \x20               is_odd = is_odd ^ numbers[bit_number];\n\
         \x20       end\n\
         \x20   endfunction\n"
    )
}
