//! Holds the machine code of one cycle and the cells that it works on.
//!
//! Cranelift (<https://cranelift.dev>) compiles the code within the process. This is the only file of the project with
//! `unsafe` code, which calls the compiled code and frees its memory.
#![allow(unsafe_code)]

use crate::emit::{PARAMETERS, emit};
use crate::emit_lanes::emit_lanes;
use crate::error::SimError;
use crate::graph::Graph;
use crate::layout::{Cell, Layout};
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

/// Compiled code and its cells.
pub(crate) struct Machine {
    code: Option<JITModule>,
    cycle: Cycle,
    units: Vec<u64>,
    /// The unit at which the memory begins, which is aligned.
    start: usize,
    /// The size of the memory, in bytes.
    size: usize,
    /// The size of one bank of registers, in bytes.
    bank: usize,
    /// Whether the present values are in the second bank.
    second: bool,
}

impl Machine {
    /// Compiles a design and loads its tables. All else is 0.
    pub fn new(graph: &Graph, layout: &Layout) -> Result<Self, SimError> {
        if layout.size > LARGEST {
            return Err(SimError::TooLarge { needed: layout.size / UNIT, limit: LARGEST / UNIT });
        }
        let (code, cycle) = compile(graph, layout)?;
        let units = vec![0_u64; (layout.size + ALIGNMENT) / UNIT];
        let start = units.as_ptr().align_offset(ALIGNMENT).min(ALIGNMENT / UNIT);
        let (size, bank) = (layout.size, layout.bank);
        let mut machine = Self { code: Some(code), cycle, units, start, size, bank, second: false };
        for (&number, &first) in &layout.words {
            let copies = layout.copies(&graph.words[number]);
            for (k, &word) in graph.words[number].contents.iter().enumerate() {
                (0..copies).for_each(|lane| machine.write(first, k * copies + lane, word));
            }
        }
        Ok(machine)
    }

    /// Computes a cycle: the observed values, the contents of memories, and the next values of registers.
    pub fn compute(&mut self, in_reset: bool) {
        self.call(true, in_reset);
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
        let memory = &mut self.units[self.start..];
        assert!(self.size <= memory.len() * UNIT, "The memory is as large as the layout says.");
        // SAFETY: The code lives as long as `self.code`. It accesses only the `layout.size` bytes behind the pointer,
        // which `memory` has: each of its addresses is that of a cell of the layout, or that of the first word of a
        // memory plus an index that is masked to the size of the memory. It calls nothing.
        unsafe { (self.cycle)(memory.as_mut_ptr(), now, next, -i64::from(edge), in_reset.into()) }
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

    /// The lanes in which a number of 32 bits is not 0, with one bit for each of four lanes.
    pub fn set(&self, cell: Cell) -> u8 {
        let unit = self.start + cell.position / UNIT;
        let halves = [self.units[unit], self.units[unit] >> 32, self.units[unit + 1], self.units[unit + 1] >> 32];
        halves.into_iter().enumerate().map(|(lane, half)| u8::from(half as u32 != 0) << lane).sum()
    }

    /// The number of a lane in a cell that is not a register.
    pub fn read(&self, cell: Cell, lane: usize) -> i128 {
        let byte = cell.position + lane * cell.size;
        let unit = self.start + byte / UNIT;
        let low = self.units[unit];
        match cell.size {
            4 => i128::from((low >> (8 * (byte % UNIT))) as i32),
            8 => i128::from(low as i64),
            _ => i128::from(self.units[unit + 1] as i64) << 64 | i128::from(low),
        }
    }

    /// Sets the number of a lane in a cell.
    pub fn write(&mut self, cell: Cell, lane: usize, value: i128) {
        let byte = cell.position + lane * cell.size;
        let unit = self.start + byte / UNIT;
        if cell.size == 4 {
            let shift = 8 * (byte % UNIT);
            let others = self.units[unit] & !(u64::from(u32::MAX) << shift);
            self.units[unit] = others | u64::from(value as u32) << shift;
            return;
        }
        self.units[unit] = value as u64;
        if cell.is_wide() {
            self.units[unit + 1] = (value >> 64) as u64;
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if let Some(code) = self.code.take() {
            // SAFETY: `cycle` is the only pointer into the code, and nobody calls it any more.
            unsafe { code.free_memory() }
        }
    }
}

fn compile(graph: &Graph, layout: &Layout) -> Result<(JITModule, Cycle), SimError> {
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
    let mut module = JITModule::new(JITBuilder::with_isa(target, default_libcall_names()));
    let id = define(graph, layout, &mut module).map_err(|e| SimError::Compiler(e.to_string()))?;
    let address = module.get_finalized_function(id);
    // SAFETY: The function was compiled with this signature.
    let cycle = unsafe { std::mem::transmute::<*const u8, Cycle>(address) };
    Ok((module, cycle))
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
