//! Gives the values of a program registers, and writes its machine code.
//!
//! The steps are taken in their order. When no register is free, the value that is used last is put away. Values with
//! a home are just forgotten, and loaded again when they are needed.

use super::assembler::{Assembler, Source};
use super::program::{Action, Base, Class, Fold, Home, Mask, Name, Place, Program, Step, Words};
use iced_x86::{Code, IcedError, Register};
use std::collections::HashMap;

/// Machine code, and what its memory must have behind the cells.
pub(crate) struct Assembled {
    pub code: Vec<u8>,
    /// The constants, and the place of the first, in bytes.
    pub pool: Vec<u8>,
    pub pool_start: usize,
    /// The size of the whole memory, in bytes.
    pub size: usize,
}

/// The vector registers, without one that is needed within steps.
const VECTORS: usize = 31;
const SCRATCH_VECTOR: Register = Register::ZMM31;

/// The general registers that hold bits. RDI, RSI and RDX hold pointers.
const GENERAL: [Register; 12] = [
    Register::EAX,
    Register::ECX,
    Register::EBX,
    Register::EBP,
    Register::R8D,
    Register::R9D,
    Register::R10D,
    Register::R11D,
    Register::R12D,
    Register::R13D,
    Register::R14D,
    Register::R15D,
];

/// The registers that hold masks from one step to the next. Two more are needed within steps.
const MASKS: [Register; 5] = [Register::K1, Register::K2, Register::K3, Register::K4, Register::K5];
const SCRATCH_MASKS: [Register; 2] = [Register::K6, Register::K7];

pub(super) fn allocate(program: &Program) -> Result<Assembled, IcedError> {
    let mut uses = vec![Vec::new(); program.values.len()];
    for (number, step) in program.steps.iter().enumerate().rev() {
        for name in step.sources.iter().copied().chain(step.mask.map(|mask| mask.bits)) {
            uses[name.index()].push(number);
        }
    }
    let spilled_start = (program.pool_start + program.pool.len()).next_multiple_of(64);
    let mut allocator = Allocator {
        program,
        assembler: Assembler::new()?,
        uses,
        registers: HashMap::new(),
        holders: [vec![None; VECTORS], vec![None; GENERAL.len()]],
        masks: [None; MASKS.len()],
        oldest_mask: 0,
        places: HashMap::new(),
        free_places: Vec::new(),
        end: spilled_start,
        pinned: Vec::new(),
    };
    for (number, step) in program.steps.iter().enumerate() {
        allocator.step(number, step)?;
    }
    Ok(Assembled {
        code: allocator.assembler.finish()?,
        pool: program.pool.clone(),
        pool_start: program.pool_start,
        // A vector may be loaded from the end of a table.
        size: allocator.end + 64,
    })
}

struct Allocator<'a> {
    program: &'a Program,
    assembler: Assembler,
    /// For each value the steps that use it, the next one at the end.
    uses: Vec<Vec<usize>>,
    /// For each value in a register the number of the register.
    registers: HashMap<Name, usize>,
    /// For each class and register the value in it.
    holders: [Vec<Option<Name>>; 2],
    masks: [Option<Mask>; MASKS.len()],
    /// The mask register that is overwritten next.
    oldest_mask: usize,
    /// Where values without a home were put away.
    places: HashMap<Name, Place>,
    free_places: Vec<Place>,
    /// The end of the memory that is in use.
    end: usize,
    /// The values that must stay in their registers during this step.
    pinned: Vec<Name>,
}

impl Allocator<'_> {
    fn step(&mut self, number: usize, step: &Step) -> Result<(), IcedError> {
        for name in step.sources.iter().chain(step.mask.as_ref().map(|mask| &mask.bits)) {
            self.uses[name.index()].pop_if(|used| *used == number);
        }
        self.pinned = step.sources.clone();
        let mask = match step.mask {
            Some(mask) if !matches!(step.action, Action::Scatter(_)) => Some(self.mask(mask)?),
            _ => None,
        };
        // Steps of several instructions write their result before they have read all sources.
        let is_early = matches!(step.action, Action::AddSub { .. } | Action::Pack | Action::Gather(_));
        match step.action {
            Action::Vector { code, fold, zeroing, immediate } => {
                let (last, first) = step.sources.split_last().expect("There is a source.");
                let first = first.first().map(|&name| self.register(name)).transpose()?;
                let last = self.source(*last, fold, half_source(code))?;
                let result = self.result(step, is_early)?;
                let result = if code == Code::EVEX_Vextracti64x4_ymmm256_k1z_zmm_imm8 { half(result) } else { result };
                let mask = mask.map(|mask| (mask, zeroing));
                self.assembler.compute(code, result, first, last, immediate, mask)?;
            }
            Action::AddSub { add, sub } => {
                let (a, b) = (self.register(step.sources[0])?, self.register(step.sources[1])?);
                let result = self.result(step, is_early)?;
                self.assembler.compute(add, result, Some(a), Source::Register(b), None, None)?;
                let mask = mask.map(|mask| (mask, false));
                self.assembler.compute(sub, result, Some(a), Source::Register(b), None, mask)?;
            }
            Action::Pack => {
                let (low, high) = (self.register(step.sources[1])?, self.register(step.sources[2])?);
                let places = self.source(step.sources[0], Fold::Vector, false)?;
                let result = self.result(step, is_early)?;
                self.assembler.compute(Code::EVEX_Vmovdqu32_zmm_k1z_zmmm512, result, None, places, None, None)?;
                let code = Code::EVEX_Vpermi2d_zmm_k1z_zmm_zmmm512b32;
                self.assembler.compute(code, result, Some(low), Source::Register(high), None, None)?;
            }
            Action::Test { code, fold, immediate } => self.test(step, code, fold, immediate)?,
            Action::And | Action::Or | Action::Xor => self.logic(step)?,
            Action::AndNot => {
                let (a, b) = (self.register(step.sources[0])?, self.register(step.sources[1])?);
                let result = self.result(step, false)?;
                let code = Code::VEX_Andn_r32_r32_rm32;
                self.assembler.compute(code, result, Some(b), Source::Register(a), None, None)?;
            }
            Action::Invert => {
                let a = self.register(step.sources[0])?;
                let result = self.result(step, false)?;
                if result != a {
                    self.copy(result, a)?;
                }
                let instruction = iced_x86::Instruction::with2(Code::Xor_rm32_imm32, result, 0xFFFF_u32)?;
                self.assembler.add(instruction)?;
            }
            Action::Expand(code) => {
                let result = self.result(step, false)?;
                let mask = mask.expect("It has a mask.");
                self.assembler.compute(code, result, None, Source::Register(mask), None, None)?;
            }
            Action::Gather(words) => self.gather(step, words)?,
            Action::Scatter(words) => self.scatter(step, words)?,
            Action::Store(place) => {
                let a = self.register(step.sources[0])?;
                match self.class(step.sources[0]) {
                    Class::Vector => self.assembler.move_to(Code::EVEX_Vmovdqu32_zmmm512_k1z_zmm, place, a)?,
                    Class::Bits => self.assembler.move_to(Code::Mov_rm16_r16, place, lower_16(a))?,
                }
            }
        }
        step.sources.iter().chain(step.mask.as_ref().map(|mask| &mask.bits)).for_each(|&name| self.release(name));
        // A result that nothing uses needs no register.
        step.result.into_iter().for_each(|name| self.release(name));
        Ok(())
    }

    fn test(&mut self, step: &Step, code: Code, fold: Fold, immediate: Option<u32>) -> Result<(), IcedError> {
        let pairs = step.sources.len() / 2;
        let mut found = [Register::None; 2];
        for pair in 0..pairs {
            let a = self.register(step.sources[pair])?;
            let b = self.source(step.sources[pairs + pair], fold, false)?;
            found[pair] = SCRATCH_MASKS[pair];
            self.assembler.compute(code, found[pair], Some(a), b, immediate, None)?;
        }
        let name = step.result.expect("It has a result.");
        let to = MASKS[self.next_mask(Mask { bits: name, upper: false })];
        match pairs {
            1 => self.assembler.compute(Code::VEX_Kmovw_kr_km16, to, None, Source::Register(found[0]), None, None)?,
            _ => {
                let low = Source::Register(found[0]);
                self.assembler.compute(Code::VEX_Kunpckbw_kr_kr_kr, to, Some(found[1]), low, None, None)?;
            }
        }
        let result = self.result(step, false)?;
        self.assembler.compute(Code::VEX_Kmovw_r32_kr, result, None, Source::Register(to), None, None)
    }

    fn logic(&mut self, step: &Step) -> Result<(), IcedError> {
        let code = match step.action {
            Action::And => Code::And_r32_rm32,
            Action::Or => Code::Or_r32_rm32,
            _ => Code::Xor_r32_rm32,
        };
        let (a, b) = (self.register(step.sources[0])?, self.register(step.sources[1])?);
        let result = self.result(step, false)?;
        let other = if result == b {
            a
        } else {
            if result != a {
                self.copy(result, a)?;
            }
            b
        };
        self.assembler.compute(code, result, None, Source::Register(other), None, None)
    }

    fn gather(&mut self, step: &Step, words: Words) -> Result<(), IcedError> {
        let index = self.register(step.sources[0])?;
        let result = self.result(step, true)?;
        let all = SCRATCH_MASKS[0];
        self.assembler.compute(Code::VEX_Kxnorw_kr_kr_kr, all, Some(all), Source::Register(all), None, None)?;
        // The processor would wait for the last number in the register otherwise.
        let code = Code::EVEX_Vpxord_zmm_k1z_zmm_zmmm512b32;
        self.assembler.compute(code, result, Some(result), Source::Register(result), None, None)?;
        let (code, index) = match words.size {
            4 => (Code::EVEX_Vpgatherdd_zmm_k1_vm32z, index),
            _ => (Code::EVEX_Vpgatherdq_zmm_k1_vm32y, half(index)),
        };
        self.assembler.indexed(code, result, (words.place, index, words.size), all, true)
    }

    /// Nothing is written, and hardly any time spent, if the mask is 0 in all lanes.
    fn scatter(&mut self, step: &Step, words: Words) -> Result<(), IcedError> {
        let sources: Vec<Register> = step.sources.iter().map(|&name| self.register(name)).collect::<Result<_, _>>()?;
        let mask = step.mask.expect("It has a mask.").bits;
        self.pinned.push(mask);
        let bits = self.register(mask)?;
        let jump = self.assembler.jump_if_zero(bits)?;
        let some = SCRATCH_MASKS[0];
        self.assembler.compute(Code::VEX_Kmovw_kr_r32, some, None, Source::Register(bits), None, None)?;
        if words.size == 4 {
            let to = (words.place, sources[0], 4);
            self.assembler.indexed(Code::EVEX_Vpscatterdd_vm32z_k1_zmm, sources[1], to, some, false)?;
        } else {
            let code = Code::EVEX_Vextracti64x4_ymmm256_k1z_zmm_imm8;
            let upper = half(SCRATCH_VECTOR);
            self.assembler.compute(code, upper, None, Source::Register(sources[0]), Some(1), None)?;
            let code = Code::VEX_Kshiftrw_kr_kr_imm8;
            let rest = SCRATCH_MASKS[1];
            self.assembler.compute(code, rest, None, Source::Register(some), Some(8), None)?;
            for (index, data, mask) in [(half(sources[0]), sources[1], some), (upper, sources[2], rest)] {
                let to = (words.place, index, 8);
                self.assembler.indexed(Code::EVEX_Vpscatterdq_vm32y_k1_zmm, data, to, mask, false)?;
            }
        }
        self.assembler.land(jump);
        Ok(())
    }

    fn copy(&mut self, to: Register, from: Register) -> Result<(), IcedError> {
        self.assembler.compute(Code::Mov_r32_rm32, to, None, Source::Register(from), None, None)
    }

    fn class(&self, name: Name) -> Class {
        self.program.values[name.index()].0
    }

    fn numbered(class: Class, number: usize) -> Register {
        match class {
            Class::Vector => Register::ZMM0 + number as u32,
            Class::Bits => GENERAL[number],
        }
    }

    /// The register of a value, which is loaded if it is in none.
    fn register(&mut self, name: Name) -> Result<Register, IcedError> {
        let class = self.class(name);
        if let Some(&number) = self.registers.get(&name) {
            return Ok(Self::numbered(class, number));
        }
        let number = self.free(class)?;
        self.take(name, number);
        let register = Self::numbered(class, number);
        let (code, place) = match self.whereabouts(name) {
            Home::Vector(place) => (Code::EVEX_Vmovdqu32_zmm_k1z_zmmm512, place),
            Home::Same4(place) => (Code::EVEX_Vpbroadcastd_zmm_k1z_xmmm32, place),
            Home::Same8(place) => (Code::EVEX_Vpbroadcastq_zmm_k1z_xmmm64, place),
            Home::Bits(place) => (Code::Movzx_r32_rm16, place),
            Home::Constant(bits) => {
                let instruction = iced_x86::Instruction::with2(Code::Mov_r32_imm32, register, u32::from(bits))?;
                self.assembler.add(instruction)?;
                return Ok(register);
            }
        };
        self.assembler.compute(code, register, None, Source::Memory { place, same: false }, None, None)?;
        Ok(register)
    }

    /// Where a value is that is in no register.
    fn whereabouts(&self, name: Name) -> Home {
        self.program.home(name).unwrap_or_else(|| {
            let place = *self.places.get(&name).expect("A value that is in no register was put away.");
            match self.class(name) {
                Class::Vector => Home::Vector(place),
                Class::Bits => Home::Bits(place),
            }
        })
    }

    /// The last source of an instruction. It stays in memory if it is needed only here and the instruction can have it
    /// there.
    fn source(&mut self, name: Name, fold: Fold, is_half: bool) -> Result<Source, IcedError> {
        if !self.registers.contains_key(&name) && self.uses[name.index()].is_empty() {
            match (self.whereabouts(name), fold) {
                (_, Fold::Nothing) => {}
                (Home::Vector(place), _) => return Ok(Source::Memory { place, same: false }),
                (Home::Same4(place), Fold::VectorOrSame4) | (Home::Same8(place), Fold::VectorOrSame8) => {
                    return Ok(Source::Memory { place, same: true });
                }
                _ => {}
            }
        }
        let register = self.register(name)?;
        Ok(Source::Register(if is_half { half(register) } else { register }))
    }

    /// A mask in a mask register.
    fn mask(&mut self, mask: Mask) -> Result<Register, IcedError> {
        if let Some(found) = self.masks.iter().position(|&held| held == Some(mask)) {
            return Ok(MASKS[found]);
        }
        let whole = Mask { upper: false, ..mask };
        let from = match self.masks.iter().position(|&held| held == Some(whole)) {
            Some(found) => Source::Register(MASKS[found]),
            None => match self.registers.get(&mask.bits) {
                Some(&number) => Source::Register(GENERAL[number]),
                None => match self.whereabouts(mask.bits) {
                    Home::Bits(place) => Source::Memory { place, same: false },
                    _ => Source::Register(self.register(mask.bits)?),
                },
            },
        };
        let to = MASKS[self.next_mask(mask)];
        let code = match from {
            Source::Register(from) if GENERAL.contains(&from) => Code::VEX_Kmovw_kr_r32,
            _ => Code::VEX_Kmovw_kr_km16,
        };
        match (mask.upper, from) {
            (false, _) => self.assembler.compute(code, to, None, from, None, None)?,
            (true, Source::Register(k)) if MASKS.contains(&k) => {
                self.assembler.compute(Code::VEX_Kshiftrw_kr_kr_imm8, to, None, from, Some(8), None)?;
            }
            (true, _) => {
                self.assembler.compute(code, to, None, from, None, None)?;
                let code = Code::VEX_Kshiftrw_kr_kr_imm8;
                self.assembler.compute(code, to, None, Source::Register(to), Some(8), None)?;
            }
        }
        Ok(to)
    }

    fn next_mask(&mut self, mask: Mask) -> usize {
        let number = self.oldest_mask;
        self.oldest_mask = (number + 1) % MASKS.len();
        self.masks[number] = Some(mask);
        number
    }

    /// The register of a result. It may be that of a source that is not needed any more, unless it is written early.
    fn result(&mut self, step: &Step, is_early: bool) -> Result<Register, IcedError> {
        if !is_early {
            step.sources.iter().for_each(|&name| self.release(name));
        }
        let name = step.result.expect("It has a result.");
        let class = self.class(name);
        let number = self.free(class)?;
        self.take(name, number);
        self.pinned.push(name);
        Ok(Self::numbered(class, number))
    }

    fn take(&mut self, name: Name, number: usize) {
        self.holders[self.class(name) as usize][number] = Some(name);
        self.registers.insert(name, number);
    }

    /// Gives up the register and the place of a value that is not needed any more.
    fn release(&mut self, name: Name) {
        if !self.uses[name.index()].is_empty() {
            return;
        }
        if let Some(number) = self.registers.remove(&name) {
            self.holders[self.class(name) as usize][number] = None;
        }
        if let Some(place) = self.places.remove(&name) {
            self.free_places.push(place);
        }
    }

    /// A free register. If there is none, the value that is needed last is put away.
    fn free(&mut self, class: Class) -> Result<usize, IcedError> {
        if let Some(number) = self.holders[class as usize].iter().position(Option::is_none) {
            return Ok(number);
        }
        let candidates = self.holders[class as usize].iter().flatten().filter(|name| !self.pinned.contains(name));
        let last = *candidates
            .max_by_key(|name| self.uses[name.index()].last())
            .expect("There are more registers than a step needs.");
        let number = self.registers.remove(&last).expect("It is in a register.");
        if self.program.home(last).is_none() && !self.places.contains_key(&last) {
            let place = self.free_places.pop().unwrap_or_else(|| {
                self.end += 64;
                Place { base: Base::Cells, offset: (self.end - 64) as i32 }
            });
            self.places.insert(last, place);
            let register = Self::numbered(class, number);
            match class {
                Class::Vector => self.assembler.move_to(Code::EVEX_Vmovdqu32_zmmm512_k1z_zmm, place, register)?,
                Class::Bits => self.assembler.move_to(Code::Mov_rm16_r16, place, lower_16(register))?,
            }
        }
        self.holders[class as usize][number] = None;
        Ok(number)
    }
}

/// Whether the source of an instruction is half a vector.
fn half_source(code: Code) -> bool {
    code == Code::EVEX_Vpmovsxdq_zmm_k1z_ymmm256
}

/// The lower half of a vector register.
fn half(register: Register) -> Register {
    Register::YMM0 + (register as u32 - Register::ZMM0 as u32)
}

/// The lowest 16 bits of a general register of 32 bits.
fn lower_16(register: Register) -> Register {
    Register::AX + (register as u32 - Register::EAX as u32)
}
