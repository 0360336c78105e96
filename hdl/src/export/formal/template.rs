//! The text of a proof, and what differs from core to core in it.

use crate::core::Core;
use crate::core::stream_fifo::{DEPTH, parts_of_beat};
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

/// The declaration of a wire that Yosys joins with a register or a word of an instance.
pub(super) fn joined(instance: &str, register: &str, width: u32) -> String {
    format!("    (* hierconn *) wire {}\\{instance}.{register} ;\n", range(width))
}

/// The memories of the FIFO, one for each part of a beat and for what is kept beside it, each with the bits of a word.
pub(super) fn fifo_memories(core: &Core) -> Vec<(String, u32)> {
    let copies = ["tlast_inverted", "parity"].map(|name| (name.to_owned(), 1));
    parts_of_beat(core.shape().streams()).into_iter().chain(copies).collect()
}

/// The declarations of all words of a memory of the FIFO.
pub(super) fn fifo_words(instance: &str, (name, width): &(String, u32)) -> String {
    (0..DEPTH).map(|place| joined(instance, &format!("{name}_memory[{place}]"), *width)).collect()
}

/// A wire `NAME_SUFFIX` for the word of a memory of the FIFO at a place.
pub(super) fn fifo_word_at(instance: &str, (name, width): &(String, u32), suffix: &str, place: &str) -> String {
    let word = |number: u32| format!("\\{instance}.{name}_memory[{number}] ");
    let line = |number: u32| format!("        {place} == {}'d{number} ? {}:\n", DEPTH.ilog2(), word(number));
    let lines: String = (0..DEPTH - 1).map(line).collect();
    format!("    wire {}{name}_{suffix} =\n{lines}        {};\n", range(*width), word(DEPTH - 1))
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
