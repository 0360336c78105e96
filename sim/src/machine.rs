//! Holds the machine code of one cycle and the cells that it works on.
//!
//! Cranelift (<https://cranelift.dev>) compiles the code within the process. This is the only file of the project with
//! `unsafe` code, which calls the compiled code and frees its memory.
#![allow(unsafe_code)]

use crate::emit::{PARAMETERS, emit};
use crate::emit_lanes::emit_lanes;
use crate::error::SimError;
use crate::graph::Graph;
use crate::layout::{BIT, Cell, Copied, Layout};
use crate::wide::Assembled;
use cranelift_codegen::ir::{AbiParam, types};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{FuncId, Linkage, Module, ModuleError, default_libcall_names};

/// The size of the units that the memory consists of, in bytes.
const UNIT: usize = 8;

/// The largest memory that 32-bit offsets reach, in bytes.
const LARGEST: usize = i32::MAX as usize;

/// The alignment of the memory, in bytes: that of a cache line, so that no vector lies in two.
const ALIGNMENT: usize = 64;

/// The function of one clock cycle. Its parameters are the cells, the byte offsets of the present and of the next bank,
/// edge and reset; see `emit`.
type Cycle = unsafe extern "C" fn(*mut u64, usize, usize, i64, i64);

/// The same function in the calling convention that `wide` writes. There is no such code for other processors.
#[cfg(target_arch = "x86_64")]
type WideCycle = unsafe extern "sysv64" fn(*mut u64, usize, usize, i64, i64);
#[cfg(not(target_arch = "x86_64"))]
type WideCycle = Cycle;

#[derive(Clone, Copy)]
enum Function {
    Cranelift(Cycle),
    Wide(WideCycle),
}

/// Compiled code and the cells of one or several groups of lanes.
pub(crate) struct Machine {
    code: Option<JITModule>,
    function: Function,
    units: Vec<u64>,
    /// The unit at which the memory begins, which is aligned.
    start: usize,
    /// The size of the memory of one group, in bytes.
    size: usize,
    /// The number of groups, and of lanes in each.
    groups: usize,
    lanes: usize,
    /// What is copied from the present bank to the next one.
    copies: Vec<Copied>,
    /// The reset values of registers, where the function knows none.
    resets: Vec<(Cell, i128)>,
    /// The size of one bank of registers, in bytes.
    bank: usize,
    /// Whether the present values are in the second bank.
    second: bool,
}

impl Machine {
    /// Compiles a design for several groups of lanes, and loads its tables. All else is 0.
    pub fn new(graph: &Graph, layout: &Layout, groups: usize) -> Result<Self, SimError> {
        let size = layout.size.max(1).next_multiple_of(ALIGNMENT);
        check_size(groups * size)?;
        let mut module = jit()?;
        let function = define(graph, layout, &mut module).map_err(|e| SimError::Compiler(e.to_string()))?;
        let code = module.get_finalized_function(function);
        // SAFETY: The function was compiled with this signature.
        let function = Function::Cranelift(unsafe { std::mem::transmute::<*const u8, Cycle>(code) });
        let mut machine = Self::with(module, function, layout, groups, size);
        machine.load_words(graph, layout);
        Ok(machine)
    }

    /// A machine with code for vectors of 512 bits.
    pub fn wide(graph: &Graph, layout: &Layout, assembled: &Assembled) -> Result<Self, SimError> {
        let size = assembled.size.next_multiple_of(ALIGNMENT);
        check_size(size)?;
        let mut module = jit()?;
        let function = define_bytes(&assembled.code, &mut module).map_err(|e| SimError::Compiler(e.to_string()))?;
        let code = module.get_finalized_function(function);
        // SAFETY: The code is written for this signature, and only if `wide::is_supported`.
        let function = Function::Wide(unsafe { std::mem::transmute::<*const u8, WideCycle>(code) });
        let mut machine = Self::with(module, function, layout, 1, size);
        for (&number, &cell) in &layout.states {
            machine.resets.extend(graph.states[number].reset.map(|bits| (cell, bits)));
        }
        for (number, bytes) in assembled.pool.chunks(UNIT).enumerate() {
            let unit = machine.start + assembled.pool_start / UNIT + number;
            let bytes = bytes.iter().enumerate().map(|(k, &byte)| u64::from(byte) << (8 * k));
            machine.units[unit] = bytes.sum();
        }
        machine.load_words(graph, layout);
        Ok(machine)
    }

    fn with(code: JITModule, function: Function, layout: &Layout, groups: usize, size: usize) -> Self {
        let units = vec![0_u64; (groups * size + ALIGNMENT) / UNIT];
        let start = units.as_ptr().align_offset(ALIGNMENT).min(ALIGNMENT / UNIT);
        let (bank, lanes) = (layout.bank, layout.lanes);
        let copies = layout.copies.clone();
        let resets = Vec::new();
        Self { code: Some(code), function, units, start, size, groups, lanes, copies, resets, bank, second: false }
    }

    fn load_words(&mut self, graph: &Graph, layout: &Layout) {
        for (&number, &first) in &layout.words {
            let copies = layout.copies(&graph.words[number]);
            for (k, &word) in graph.words[number].contents.iter().enumerate() {
                for (group, copy) in (0..self.groups).flat_map(|group| (0..copies).map(move |copy| (group, copy))) {
                    self.write_number(first, group, k * copies + copy, word);
                }
            }
        }
    }

    /// Computes a cycle: the observed values, the contents of memories, and the next values of registers. `in_reset`
    /// has a bit for each lane.
    pub fn compute(&mut self, in_reset: u16) {
        self.call(true, in_reset != 0);
        let next = if self.second { 0 } else { self.bank };
        for lane in (0..self.lanes).filter(|lane| in_reset >> lane & 1 != 0) {
            for number in 0..self.resets.len() {
                let (cell, value) = self.resets[number];
                self.write(Cell { position: cell.position + next, ..cell }, lane, value);
            }
        }
    }

    /// Computes the observed values, and changes nothing else that can be seen.
    pub fn settle(&mut self) {
        self.call(false, false);
    }

    /// The registers take their next values.
    pub fn advance(&mut self) {
        self.second = !self.second;
    }

    fn call(&mut self, edge: bool, in_reset: bool) {
        let (first, second) = (0, self.bank);
        let (now, next) = if self.second { (second, first) } else { (first, second) };
        let (edge, in_reset) = (-i64::from(edge), i64::from(in_reset));
        for group in self.units[self.start..].chunks_exact_mut(self.size / UNIT).take(self.groups) {
            let cells = group.as_mut_ptr();
            for &Copied { start, stride, size } in &self.copies {
                let (from, to) = (now + start, next + start + stride);
                assert!(start + stride + size <= self.bank && 2 * self.bank <= self.size);
                // SAFETY: Both banks are in `group`, they do not overlap, and each part lies within its bank.
                unsafe {
                    let bytes = cells.cast::<u8>();
                    bytes.add(from).copy_to_nonoverlapping(bytes.add(to), size);
                }
            }
            // SAFETY: The code lives as long as `self.code`. It accesses only the `self.size` bytes behind the pointer,
            // which `group` has: each of its addresses is that of a cell of the layout, of a constant or of a value
            // that was put away, or that of the first word of a memory plus an index that is masked to the size of the
            // memory. It calls nothing.
            match self.function {
                Function::Cranelift(cycle) => unsafe { cycle(cells, now, next, edge, in_reset) },
                Function::Wide(cycle) => unsafe { cycle(cells, now, next, edge, in_reset) },
            }
        }
    }

    /// The cell that holds the present number of a register, given by its cell in the first bank.
    pub fn present(&self, cell: Cell) -> Cell {
        let bank = if self.second { self.bank } else { 0 };
        Cell { position: cell.position + bank, ..cell }
    }

    /// The number of a lane in a register, given by its cell in the first bank.
    pub fn register(&self, cell: Cell, lane: usize) -> i128 {
        self.read(self.present(cell), lane)
    }

    /// The lanes in which a number of up to 32 bits is not 0, with one bit for each.
    pub fn set(&self, cell: Cell) -> u16 {
        if cell.size == BIT {
            return (self.units[self.start + cell.position / UNIT] >> (8 * (cell.position % UNIT))) as u16;
        }
        let number = |lane| self.read(cell, lane) != 0;
        (0..self.groups * self.lanes).map(|lane| u16::from(number(lane)) << lane).sum()
    }

    /// The number of a lane in a cell that is not a register.
    pub fn read(&self, cell: Cell, lane: usize) -> i128 {
        let (unit, byte) = self.find(cell, lane / self.lanes, lane % self.lanes);
        let low = self.units[unit];
        match cell.size {
            BIT => -i128::from(low >> (8 * byte + lane) & 1),
            4 => i128::from((low >> (8 * byte)) as i32),
            8 => i128::from(low as i64),
            _ => i128::from(self.units[unit + 1] as i64) << 64 | i128::from(low),
        }
    }

    /// Sets the number of a lane in a cell.
    pub fn write(&mut self, cell: Cell, lane: usize, value: i128) {
        self.write_number(cell, lane / self.lanes, lane % self.lanes, value);
    }

    /// The unit of a number in a group, and its first byte there. The bits of all lanes begin at the same byte.
    fn find(&self, cell: Cell, group: usize, number: usize) -> (usize, usize) {
        let byte = group * self.size + cell.position + number * cell.size;
        (self.start + byte / UNIT, byte % UNIT)
    }

    fn write_number(&mut self, cell: Cell, group: usize, number: usize, value: i128) {
        let (unit, byte) = self.find(cell, group, number);
        let (mask, shift) = match cell.size {
            BIT => (1, 8 * byte + number),
            4 => (u64::from(u32::MAX), 8 * byte),
            _ => (u64::MAX, 0),
        };
        self.units[unit] = self.units[unit] & !(mask << shift) | (value as u64 & mask) << shift;
        if cell.is_wide() {
            self.units[unit + 1] = (value >> 64) as u64;
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if let Some(code) = self.code.take() {
            // SAFETY: `function` is the only pointer into the code, and nobody calls it any more.
            unsafe { code.free_memory() }
        }
    }
}

fn check_size(needed: usize) -> Result<(), SimError> {
    if needed > LARGEST {
        return Err(SimError::TooLarge { needed: needed / UNIT, limit: LARGEST / UNIT });
    }
    Ok(())
}

/// A place for code, and the compiler for this processor.
fn jit() -> Result<JITModule, SimError> {
    let mut flags = settings::builder();
    let settings = [
        ("opt_level", "speed"),
        ("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" }),
        // A large stack frame of spilled values must not reach beyond the guard page at the end of the stack.
        ("enable_probestack", "true"),
        ("probestack_strategy", "inline"),
    ];
    for (name, value) in settings {
        flags.set(name, value).expect("Cranelift knows the setting.");
    }
    let target = cranelift_native::builder().map_err(|reason| SimError::Compiler(reason.to_owned()))?;
    let target = target.finish(settings::Flags::new(flags)).map_err(|e| SimError::Compiler(e.to_string()))?;
    Ok(JITModule::new(JITBuilder::with_isa(target, default_libcall_names())))
}

fn define(graph: &Graph, layout: &Layout, module: &mut JITModule) -> Result<FuncId, Box<ModuleError>> {
    let mut context = module.make_context();
    context.func.signature.params = vec![AbiParam::new(types::I64); PARAMETERS];
    let id = module.declare_function("cycle", Linkage::Local, &context.func.signature)?;
    let mut builder_context = FunctionBuilderContext::new();
    let mut builder = FunctionBuilder::new(&mut context.func, &mut builder_context);
    let is_x86 = module.isa().name() == "x64";
    match layout.lanes {
        1 => emit(graph, layout, &mut builder),
        _ => emit_lanes(graph, layout, &mut builder, is_x86),
    }
    builder.seal_all_blocks();
    builder.finalize();
    module.define_function(id, &mut context)?;
    module.finalize_definitions()?;
    Ok(id)
}

/// Gives a place to machine code that is there already.
fn define_bytes(code: &[u8], module: &mut JITModule) -> Result<FuncId, Box<ModuleError>> {
    let id = module.declare_function("cycle", Linkage::Local, &module.make_signature())?;
    module.define_function_bytes(id, ALIGNMENT as u64, code, &[])?;
    module.finalize_definitions()?;
    Ok(id)
}
