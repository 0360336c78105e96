//! The intermediate representation: a design is a list of modules, a module an arena of nodes.
//!
//! The laws that every reader of a [`Design`] may rely on stand in the [crate documentation](crate).

use std::fmt;

/// The widest node that the back ends support, in bits.
pub const MAX_WIDTH: u32 = 128;

macro_rules! typed_index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) u32);

        impl $name {
            /// Position in its arena.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

typed_index!(
    /// A node of one module.
    NodeId
);
typed_index!(
    /// A module of one design.
    ModuleId
);
typed_index!(
    /// A memory of one module.
    MemoryId
);
typed_index!(
    /// A constant table (ROM) of one module.
    TableId
);
typed_index!(
    /// An instance of another module inside one module.
    InstanceId
);

/// A whole design. Children stand before their parents; the last module is the top.
#[derive(Clone, Debug, Default)]
pub struct Design {
    /// All modules, each once, children before parents.
    pub modules: Vec<Module>,
}

impl Design {
    /// The module that contains all others.
    pub fn top(&self) -> &Module {
        self.modules.last().expect("A design has at least one module.")
    }

    /// The module behind an id.
    pub fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.index()]
    }

    /// The hardware multipliers of the whole design, each instance counted.
    pub fn multipliers(&self) -> usize {
        self.operands().len()
    }

    /// Bits of the partial products of all multipliers: for each, the widths of its operands multiplied.
    pub fn multiplier_bits(&self) -> u64 {
        self.operands().into_iter().map(|(a, b)| u64::from(a) * u64::from(b)).sum()
    }

    /// Widths of the operands of each multiplier, each instance counted.
    fn operands(&self) -> Vec<(u32, u32)> {
        let mut all: Vec<Vec<(u32, u32)>> = Vec::new();
        for module in &self.modules {
            let width = |id: NodeId| module.node(id).width;
            let own = module.nodes.iter().filter_map(|n| match n.op {
                Op::Binary(Binary::Mul, a, b) => Some((width(a), width(b))),
                _ => None,
            });
            let inside = module.instances.iter().flat_map(|i| all[i.module.index()].iter().copied());
            let operands = own.chain(inside).collect();
            all.push(operands);
        }
        all.pop().unwrap_or_default()
    }
}

/// One hardware module. Clock (`aclk`) and synchronous, active-low reset (`aresetn`) are implicit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Module {
    /// Verilog identifier, unique in the design.
    pub name: String,
    /// What the module computes, its formats and latency, one line each; becomes the header comment.
    pub doc: Vec<String>,
    /// The arena. Its order is the order of evaluation.
    pub nodes: Vec<Node>,
    /// Nodes with [`Op::Input`], in port order.
    pub inputs: Vec<NodeId>,
    /// Output ports, in port order.
    pub outputs: Vec<Output>,
    /// Memories with one write port each and any number of synchronous read ports ([`Op::Read`]).
    pub memories: Vec<Memory>,
    /// Constant tables, read through [`Op::Lookup`].
    pub tables: Vec<Table>,
    /// Other modules inside this one.
    pub instances: Vec<Instance>,
}

impl Module {
    /// The node behind an id.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// Node ids in the order of evaluation.
    pub fn node_ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    /// Port number of an input.
    pub fn input_named(&self, name: &str) -> Option<usize> {
        self.inputs.iter().position(|&id| self.node(id).name.as_deref() == Some(name))
    }

    /// Port number of an output.
    pub fn output_named(&self, name: &str) -> Option<usize> {
        self.outputs.iter().position(|o| o.name == name)
    }
}

/// An output port: a name for a register of the module.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Port name.
    pub name: String,
    /// The register, memory read, table lookup or instance output behind it.
    pub node: NodeId,
    /// Cycles from the module's inputs to this output, for outputs of a pipeline.
    pub latency: Option<u32>,
}

/// A memory: `depth` words of `width` bits, contents unknown at power-up. A read in the cycle of a write to
/// the same address returns the old word.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    /// Verilog identifier.
    pub name: String,
    /// Bits of a word.
    pub width: u32,
    /// Number of words; addresses at or beyond it are never used.
    pub depth: u32,
    /// The write port.
    pub write: Option<WritePort>,
}

/// Writes `data` to `address` at the end of each cycle in which `enable` is 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WritePort {
    /// 1 bit.
    pub enable: NodeId,
    /// [`address_width`] bits of the memory's depth.
    pub address: NodeId,
    /// As wide as the memory.
    pub data: NodeId,
}

/// A constant table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Verilog identifier.
    pub name: String,
    /// Bits of an entry.
    pub width: u32,
    /// Entries as bit patterns; addresses beyond the last give 0.
    pub entries: Vec<u128>,
    /// One comment for each entry, or none.
    pub comments: Vec<String>,
}

/// A module placed inside another.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// Verilog identifier.
    pub name: String,
    /// What is placed.
    pub module: ModuleId,
    /// One driver for each input port.
    pub inputs: Vec<Option<NodeId>>,
}

/// One bit vector of a module.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it computes.
    pub op: Op,
    /// Bits, 1 to [`MAX_WIDTH`].
    pub width: u32,
    /// Verilog identifier, where the node deserves one.
    pub name: Option<String>,
    /// Number format or meaning; becomes a comment beside the declaration.
    pub note: Option<String>,
}

/// The operations. Signedness lives in the operation, not in the node.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// An input port.
    Input,
    /// A bit pattern.
    Constant(u128),
    /// Takes `next` at the end of each cycle in which `enable` (if any) is 1; takes `reset` (if any) while `aresetn` is 0.
    Register {
        /// The value to take. May be defined later in the arena.
        next: Option<NodeId>,
        /// 1 bit. May be defined later in the arena.
        enable: Option<NodeId>,
        /// The value during reset; a register without one keeps working through a reset.
        reset: Option<u128>,
    },
    /// The word of a memory at the address of the previous cycle (of the last cycle in which `enable`, if any, was 1). May look forward.
    Read {
        /// Which memory.
        memory: MemoryId,
        /// [`address_width`] bits of the memory's depth.
        address: Option<NodeId>,
        /// 1 bit.
        enable: Option<NodeId>,
    },
    /// The entry of a constant table at the address of the previous cycle; like [`Op::Read`].
    Lookup {
        /// Which table.
        table: TableId,
        /// [`address_width`] bits of the table's length.
        address: NodeId,
        /// 1 bit.
        enable: Option<NodeId>,
    },
    /// An output port of an instance.
    InstanceOutput {
        /// Which instance.
        instance: InstanceId,
        /// Which of its outputs.
        port: usize,
    },
    /// Each bit inverted.
    Not(NodeId),
    /// Two operands, see [`Binary`].
    Binary(Binary, NodeId, NodeId),
    /// `subtract ? a - b : a + b`, modulo 2^width; drawn as `a + (b ^ {W{subtract}}) + subtract`.
    AddSub {
        /// First operand.
        a: NodeId,
        /// Second operand.
        b: NodeId,
        /// 1 bit.
        subtract: NodeId,
    },
    /// `select ? on_true : on_false`.
    Mux {
        /// 1 bit.
        select: NodeId,
        /// Chosen when `select` is 1.
        on_true: NodeId,
        /// Chosen when `select` is 0.
        on_false: NodeId,
    },
    /// The bits `low + width - 1 .. low` of `a`.
    Slice {
        /// Operand.
        a: NodeId,
        /// Lowest bit taken.
        low: u32,
    },
    /// Operands side by side, the first one highest.
    Concat(Vec<NodeId>),
    /// Copies of the sign bit above the operand.
    SignExtend(NodeId),
    /// Zeros above the operand.
    ZeroExtend(NodeId),
}

/// Operations on two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binary {
    /// Bitwise and.
    And,
    /// Bitwise or.
    Or,
    /// Bitwise exclusive or.
    Xor,
    /// Sum modulo 2^width.
    Add,
    /// Difference modulo 2^width.
    Sub,
    /// Signed product, as wide as both operands together.
    Mul,
    /// 1 when all bits agree.
    Equal,
    /// Unsigned `a < b`.
    LessUnsigned,
    /// Signed `a < b`.
    LessSigned,
    /// `a` moved up by the unsigned `b`, zeros moving in.
    ShiftLeft,
    /// `a` moved down by the unsigned `b`, zeros moving in.
    ShiftRight,
}

impl Op {
    /// Whether the value is held by a register (here or inside an instance), so that it depends on no node of the same cycle.
    pub fn is_state(&self) -> bool {
        matches!(self, Op::Register { .. } | Op::Read { .. } | Op::Lookup { .. } | Op::InstanceOutput { .. })
    }
}

impl Node {
    /// Every node that this node reads, in a fixed order.
    pub fn operands(&self) -> Vec<NodeId> {
        match &self.op {
            Op::Input | Op::Constant(_) | Op::InstanceOutput { .. } => vec![],
            Op::Register { next, enable, .. } => [*next, *enable].into_iter().flatten().collect(),
            Op::Read { address, enable, .. } => [*address, *enable].into_iter().flatten().collect(),
            Op::Lookup { address, enable, .. } => [Some(*address), *enable].into_iter().flatten().collect(),
            Op::Not(a) | Op::SignExtend(a) | Op::ZeroExtend(a) | Op::Slice { a, .. } => vec![*a],
            Op::Binary(_, a, b) => vec![*a, *b],
            Op::AddSub { a, b, subtract } => vec![*a, *b, *subtract],
            Op::Mux { select, on_true, on_false } => vec![*select, *on_true, *on_false],
            Op::Concat(parts) => parts.clone(),
        }
    }
}

/// Bits of an address that reaches `depth` words: at least 1.
pub fn address_width(depth: u32) -> u32 {
    depth.max(2).next_power_of_two().trailing_zeros()
}

/// The lowest `width` bits of a two's complement value.
pub fn bits_of(value: i128, width: u32) -> u128 {
    value as u128 & mask(width)
}

/// A bit pattern of `width` bits read as a two's complement number.
pub fn signed_value(bits: u128, width: u32) -> i128 {
    let unused = MAX_WIDTH - width;
    ((bits << unused) as i128) >> unused
}

/// `width` ones.
pub fn mask(width: u32) -> u128 {
    u128::MAX >> (MAX_WIDTH - width)
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n{}", self.0)
    }
}
