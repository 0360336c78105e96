//! Tables and memories.
//!
//! Both are arrays that are read in clocked blocks. Synthesis tools infer block RAM from this form, and in simulation
//! an unknown address gives an unknown word.

use super::{Writer, remark, spaced};
use crate::export::verilog::text::{banner, comment, hexadecimal, literal, range, statement};
use crate::ir::*;

/// The most bits of a table entry that is printed in decimal. Wider entries are several numbers side by side.
const WIDEST_DECIMAL: u32 = 24;
/// The fewest bits of a table or memory that is meant for block RAM. A table of this size takes about a hundred LUTs.
const FEWEST_BLOCK_BITS: u32 = 1024;

impl Writer<'_> {
    /// The tables as initialised arrays, padded with zeros so that every address has an entry.
    pub(super) fn tables(&mut self) {
        let module = self.module;
        let live = module.tables.iter().enumerate().filter(|&(i, _)| self.usage.has_table(i));
        for (i, (_, table)) in live.enumerate() {
            self.text += &if i == 0 { banner("Tables") } else { "\n".to_owned() };
            let reach = 1usize << address_width(table.entries.len() as u32);
            let beyond = if reach > table.entries.len() { ", then zeros" } else { "" };
            self.text += &remark(&format!(
                "{}: {} of {}{beyond}.",
                table.name,
                counted(table.entries.len(), "entry", "entries"),
                counted(table.width as usize, "bit", "bits")
            ));
            let style =
                if table.width * reach as u32 >= FEWEST_BLOCK_BITS { "(* rom_style = \"block\" *) " } else { "" };
            self.text +=
                &format!("    {style}reg {}{} [0:{}];\n", spaced(&range(table.width), 0), table.name, reach - 1);
            self.text += "    initial begin\n";
            let digits = (reach - 1).to_string().len();
            let form = if table.width > WIDEST_DECIMAL { hexadecimal } else { literal };
            let values: Vec<String> =
                (0..reach).map(|i| form(table.entries.get(i).copied().unwrap_or(0), table.width)).collect();
            let column = values.iter().map(String::len).max().unwrap_or(0) + 1;
            for (i, value) in values.iter().enumerate() {
                let value = format!("{value};");
                let note = table.comments.get(i).map(|c| comment(c)).filter(|c| !c.is_empty());
                self.text += &match note {
                    Some(note) => format!("        {}[{i:digits$}] = {value:column$}  // {note}\n", table.name),
                    None => format!("        {}[{i:digits$}] = {value}\n", table.name),
                };
            }
            self.text += "    end\n";
        }
    }

    /// The declarations of the memories.
    pub(super) fn memories(&mut self) {
        let module = self.module;
        let live = module.memories.iter().enumerate().filter(|&(i, _)| self.usage.has_memory(i));
        for (i, (_, memory)) in live.enumerate() {
            if i == 0 {
                self.text += &banner("Memories");
            }
            let words = counted(memory.depth as usize, "word", "words");
            let attributes = attributes(memory);
            let code =
                format!("{attributes}reg {}{} [0:{}];", spaced(&range(memory.width), 0), memory.name, memory.depth - 1);
            self.text += &statement(4, &code, Some(&words));
        }
    }

    /// The ports of the memories. Each memory has one clocked block with its write port and its read ports.
    pub(super) fn memory_blocks(&mut self) {
        let module = self.module;
        let mut first = true;
        for (index, memory) in module.memories.iter().enumerate() {
            if !self.usage.has_memory(index) {
                continue;
            }
            if first {
                self.text += &banner("Memory ports");
                let mut live = module.memories.iter().enumerate().filter(|&(i, _)| self.usage.has_memory(i));
                self.text += &remark(match live.all(|(_, memory)| memory.never_collides) {
                    true => "A word that is read in the cycle in which it is written is not used.",
                    false => "A read in the cycle of a write to the same address gives the old word.",
                });
            } else {
                self.text.push('\n');
            }
            first = false;
            self.text += "    always @(posedge aclk) begin\n";
            if let Some(port) = memory.write {
                let enable = self.condition(port.enable);
                let (address, data) = (self.value(port.address), self.value(port.data));
                self.text += &guarded(8, enable.as_deref(), &format!("{}[{address}] <= {data};", memory.name));
            }
            for id in module.node_ids().filter(|&id| self.usage.is_live(id)) {
                if let Op::Read { memory: read, address: Some(address), enable } = module.node(id).op
                    && read.index() == index
                {
                    let enable = enable.and_then(|e| self.condition(e));
                    let address = self.value(address);
                    let code = format!("{} <= {}[{address}];", self.name(id), memory.name);
                    self.text += &guarded(8, enable.as_deref(), &code);
                }
            }
            self.text += "    end\n";
        }
    }
}

/// The attributes of a memory whose reads never collide with its writes: `no_rw_check` is the one of Yosys and Quartus,
/// `rw_addr_collision` that of Vivado.
fn attributes(memory: &Memory) -> &'static str {
    let bits = memory.width * memory.depth;
    match memory.never_collides {
        false => "",
        true if bits < FEWEST_BLOCK_BITS => "(* no_rw_check, rw_addr_collision = \"no\" *) ",
        true => "(* no_rw_check, rw_addr_collision = \"no\", ram_style = \"block\" *) ",
    }
}

/// A number with its noun, such as `3 words` or `1 word`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// A statement, inside an `if` if there is a condition.
fn guarded(indent: usize, condition: Option<&str>, code: &str) -> String {
    match condition {
        Some(condition) => {
            let pad = " ".repeat(indent);
            let inner = statement(indent + 4, code, None);
            format!("{pad}if ({condition}) begin\n{inner}{pad}end\n")
        }
        None => statement(indent, code, None),
    }
}
