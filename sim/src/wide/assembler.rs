//! Writes machine code.

use super::program::{Base, Place};
use iced_x86::{Code, Encoder, IcedError, Instruction, MemoryOperand, Register};

/// Where the last source of an instruction is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    Register(Register),
    /// In memory. One number may stand for all lanes.
    Memory {
        place: Place,
        same: bool,
    },
}

/// Machine code, to which instructions are added.
pub(super) struct Assembler {
    encoder: Encoder,
    size: usize,
    /// Distances of jumps: the place in the code, and the four bytes.
    distances: Vec<(usize, [u8; 4])>,
}

/// A jump forward whose target is not known yet: the place of the next instruction.
pub(super) struct Jump(usize);

/// The registers that a function must leave as they were, and that the code uses.
const KEPT: [Register; 6] = [Register::RBX, Register::RBP, Register::R12, Register::R13, Register::R14, Register::R15];

impl Assembler {
    pub fn new() -> Result<Self, IcedError> {
        let mut this = Self { encoder: Encoder::new(64), size: 0, distances: Vec::new() };
        for register in KEPT {
            this.add(Instruction::with1(Code::Push_r64, register)?)?;
        }
        // The parameters are the cells, and the distances of the present and of the next bank from there.
        for bank in [Register::RSI, Register::RDX] {
            this.add(Instruction::with2(Code::Add_r64_rm64, bank, Register::RDI)?)?;
        }
        Ok(this)
    }

    /// Ends the function and returns its code.
    pub fn finish(mut self) -> Result<Vec<u8>, IcedError> {
        self.add(Instruction::with(Code::VEX_Vzeroupper))?;
        for register in KEPT.into_iter().rev() {
            self.add(Instruction::with1(Code::Pop_r64, register)?)?;
        }
        self.add(Instruction::with(Code::Retnq))?;
        let mut code = self.encoder.take_buffer();
        for (place, distance) in self.distances {
            code[place..place + 4].copy_from_slice(&distance);
        }
        Ok(code)
    }

    pub fn add(&mut self, instruction: Instruction) -> Result<(), IcedError> {
        self.size += self.encoder.encode(&instruction, self.size as u64)?;
        Ok(())
    }

    /// An instruction with a result, up to one source in a register, a last source, and a constant.
    pub fn compute(
        &mut self,
        code: Code,
        result: Register,
        first: Option<Register>,
        last: Source,
        immediate: Option<u32>,
        mask: Option<(Register, bool)>,
    ) -> Result<(), IcedError> {
        let mut instruction = match (first, last, immediate) {
            (None, Source::Register(a), None) => Instruction::with2(code, result, a)?,
            (None, Source::Memory { place, same }, None) => Instruction::with2(code, result, memory(place, same))?,
            (None, Source::Register(a), Some(n)) => Instruction::with3(code, result, a, n)?,
            (None, Source::Memory { place, same }, Some(n)) => {
                Instruction::with3(code, result, memory(place, same), n)?
            }
            (Some(a), Source::Register(b), None) => Instruction::with3(code, result, a, b)?,
            (Some(a), Source::Memory { place, same }, None) => {
                Instruction::with3(code, result, a, memory(place, same))?
            }
            (Some(a), Source::Register(b), Some(n)) => Instruction::with4(code, result, a, b, n)?,
            (Some(a), Source::Memory { place, same }, Some(n)) => {
                Instruction::with4(code, result, a, memory(place, same), n)?
            }
        };
        if let Some((mask, zeroing)) = mask {
            instruction.set_op_mask(mask);
            instruction.set_zeroing_masking(zeroing);
        }
        self.add(instruction)
    }

    pub fn move_to(&mut self, code: Code, place: Place, from: Register) -> Result<(), IcedError> {
        self.add(Instruction::with2(code, memory(place, false), from)?)
    }

    /// A gather or a scatter. Gathers have their result first, scatters the indices.
    pub fn indexed(
        &mut self,
        code: Code,
        number: Register,
        (place, index, scale): (Place, Register, u32),
        mask: Register,
        gathers: bool,
    ) -> Result<(), IcedError> {
        let memory = MemoryOperand::new(base(place.base), index, scale, place.offset.into(), 8, false, Register::None);
        let mut instruction = match gathers {
            true => Instruction::with2(code, number, memory)?,
            false => Instruction::with2(code, memory, number)?,
        };
        instruction.set_op_mask(mask);
        self.add(instruction)
    }

    /// Jumps if bits are all 0.
    pub fn jump_if_zero(&mut self, bits: Register) -> Result<Jump, IcedError> {
        self.add(Instruction::with2(Code::Test_rm32_r32, bits, bits)?)?;
        self.add(Instruction::with_branch(Code::Je_rel32_64, self.size as u64)?)?;
        Ok(Jump(self.size))
    }

    /// Lets a jump end here.
    pub fn land(&mut self, jump: Jump) {
        self.distances.push((jump.0 - 4, ((self.size - jump.0) as i32).to_le_bytes()));
    }
}

fn base(base: Base) -> Register {
    match base {
        Base::Cells => Register::RDI,
        Base::Now => Register::RSI,
        Base::Next => Register::RDX,
    }
}

fn memory(place: Place, same: bool) -> MemoryOperand {
    let offset: i64 = place.offset.into();
    MemoryOperand::new(
        base(place.base),
        Register::None,
        1,
        offset,
        if offset == 0 { 0 } else { 1 },
        same,
        Register::None,
    )
}
