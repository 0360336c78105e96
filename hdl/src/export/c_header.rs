//! `NAME_registers.h`: the registers of a core for programs in C, with functions that need no operating system.

use super::verilog::provenance;
use super::{File, Header};
use crate::interface::{Access, Register};
use crate::shape::Shape;
use std::fmt::Write;

/// The header of a core with registers.
pub fn c_header(shape: &Shape, header: &Header) -> Option<File> {
    let registers = shape.interface().registers();
    if registers.is_empty() {
        return None;
    }
    let name = shape.name();
    let prefix = name.to_ascii_uppercase();
    let mut text = provenance("//", header);
    let _ = write!(
        text,
        "//\n\
         // The registers of the core {name}. Every register is a word of 32 bits at base + NAME_OFFSET.\n\
         // Of each field there are its mask in the register and the number of its lowest bit.\n\n\
         #ifndef {prefix}_REGISTERS_H\n#define {prefix}_REGISTERS_H\n\n#include <stdint.h>\n\n\
         // Access to the bus. Define both before this file is included if a plain access is not enough.\n\
         #ifndef {prefix}_READ32\n#define {prefix}_READ32(address) (*(volatile uint32_t *)(address))\n#endif\n\
         #ifndef {prefix}_WRITE32\n#define {prefix}_WRITE32(address, value) (*(volatile uint32_t *)(address) = (value))\n#endif\n"
    );
    for register in &registers {
        definitions(&mut text, &prefix, register);
    }
    let _ = write!(
        text,
        "\n// Reads the register at an offset.\n\
         static inline uint32_t {name}_read(uintptr_t base, uint32_t offset)\n{{\n    return {prefix}_READ32(base + offset);\n}}\n\n\
         // Writes the register at an offset.\n\
         static inline void {name}_write(uintptr_t base, uint32_t offset, uint32_t value)\n{{\n    {prefix}_WRITE32(base + offset, value);\n}}\n\n\
         // Reads a field, given by the offset of its register, its mask and its lowest bit.\n\
         static inline uint32_t {name}_field(uintptr_t base, uint32_t offset, uint32_t mask, uint32_t shift)\n{{\n    \
         return ({name}_read(base, offset) & mask) >> shift;\n}}\n\n\
         #endif\n"
    );
    Some(File { name: format!("{name}_registers.h"), text })
}

fn definitions(text: &mut String, prefix: &str, register: &Register) {
    let name = register.name.to_ascii_uppercase();
    let _ = write!(
        text,
        "\n// {} ({}).\n#define {prefix}_{name}_OFFSET 0x{:02x}u\n#define {prefix}_{name}_RESET 0x{:08x}u\n",
        capital(register.description),
        access(register.access),
        register.offset,
        register.reset
    );
    for field in &register.fields {
        let own = if field.access == register.access { String::new() } else { format!(" ({})", access(field.access)) };
        let field_name = field.name.to_ascii_uppercase();
        let _ = write!(
            text,
            "// {}{own}\n#define {prefix}_{name}_{field_name}_MASK 0x{:08x}u\n#define {prefix}_{name}_{field_name}_SHIFT {}u\n",
            field.description,
            field.mask(),
            field.bits[1]
        );
    }
}

fn capital(text: &str) -> String {
    text[..1].to_ascii_uppercase() + &text[1..]
}

/// How a register can be accessed, in words.
pub(super) fn access(access: Access) -> &'static str {
    match access {
        Access::ReadOnly => "read only",
        Access::ReadWrite => "read and write",
        Access::WriteOneToAct => "write 1 to act",
        Access::WriteOneToClear => "read, write 1 to clear",
    }
}
