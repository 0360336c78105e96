//! Holds the machine code of one cycle and the cells that it works on.
//!
//! Cranelift (<https://cranelift.dev>) compiles the code within the process. This is the only file of the project with
//! `unsafe` code, which calls the compiled code and frees its memory.
#![allow(unsafe_code)]

use crate::emit::{CELL, PARAMETERS, emit};
use crate::error::SimError;
use crate::graph::Graph;
use crate::layout::{Cell, Layout};
use cranelift_codegen::ir::{AbiParam, types};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{FuncId, Linkage, Module, ModuleError, default_libcall_names};

/// The largest number of cells that 32-bit offsets reach.
const LARGEST: usize = i32::MAX as usize / CELL;

/// The function of one clock cycle. Its parameters are the cells, the byte offsets of the present and of the next bank,
/// edge and reset; see `emit`.
type Cycle = unsafe extern "C" fn(*mut u64, usize, usize, i64, i64);

/// Compiled code and its cells.
pub(crate) struct Machine {
    code: Option<JITModule>,
    cycle: Cycle,
    cells: Vec<u64>,
    /// The number of cells of one bank of registers.
    bank: usize,
    /// Whether the present values are in the second bank.
    second: bool,
}

impl Machine {
    /// Compiles a design and loads its tables. All else is 0.
    pub fn new(graph: &Graph, layout: &Layout) -> Result<Self, SimError> {
        if layout.size > LARGEST {
            return Err(SimError::TooLarge { needed: layout.size, limit: LARGEST });
        }
        let (code, cycle) = compile(graph, layout)?;
        let cells = vec![0; layout.size];
        let mut machine = Self { code: Some(code), cycle, cells, bank: layout.bank, second: false };
        for (&number, &first) in &layout.words {
            let stride = if first.wide { 2 } else { 1 };
            for (k, &word) in graph.words[number].contents.iter().enumerate() {
                machine.write(Cell { position: first.position + k * stride, ..first }, word);
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
        let (first, second) = (0, self.bank * CELL);
        let (now, next) = if self.second { (second, first) } else { (first, second) };
        // SAFETY: The code lives as long as `self.code`. It accesses only the `layout.size` cells behind the pointer,
        // which is the length of `cells`: each of its addresses is that of a cell of the layout, or that of the first
        // word of a memory plus an index that is masked to the size of the memory. It calls nothing.
        unsafe { (self.cycle)(self.cells.as_mut_ptr(), now, next, -i64::from(edge), in_reset.into()) }
    }

    /// The number in a register, given by its cell in the first bank.
    pub fn register(&self, cell: Cell) -> i128 {
        let bank = if self.second { self.bank } else { 0 };
        self.read(Cell { position: cell.position + bank, ..cell })
    }

    /// The number in a cell that is not a register.
    pub fn read(&self, cell: Cell) -> i128 {
        let low = self.cells[cell.position];
        if cell.wide {
            i128::from(self.cells[cell.position + 1] as i64) << 64 | i128::from(low)
        } else {
            i128::from(low as i64)
        }
    }

    /// Sets the number in a cell.
    pub fn write(&mut self, cell: Cell, value: i128) {
        self.cells[cell.position] = value as u64;
        if cell.wide {
            self.cells[cell.position + 1] = (value >> 64) as u64;
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
    emit(graph, layout, &mut builder);
    builder.seal_all_blocks();
    builder.finalize();
    module.define_function(id, &mut context)?;
    module.finalize_definitions()?;
    Ok(id)
}
