//! The intermediate representation. A design is a list of modules, and a module is an arena of nodes.
//!
//! The [crate documentation](crate) lists the laws that every reader of a [`Design`] may rely on.

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

/// A complete design. Children come before their parents, and the last module is the top.
#[derive(Clone, Debug, Default)]
pub struct Design {
    /// All modules, each once, with children before their parents.
    pub modules: Vec<Module>,
}

impl Design {
    /// The module that contains all others.
    pub fn top(&self) -> &Module {
        self.modules.last().expect("A design has at least one module.")
    }

    /// The module with this id.
    pub fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.index()]
    }

    /// Number of hardware multipliers in the complete design. Each instance counts.
    pub fn multipliers(&self) -> usize {
        self.operands().len()
    }

    /// Number of bits of the partial products of all multipliers: the sum of the products of their operand widths.
    pub fn multiplier_bits(&self) -> u64 {
        self.operands().into_iter().map(|(a, b)| u64::from(a) * u64::from(b)).sum()
    }

    /// The operand widths of each multiplier. Each instance counts.
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
    /// The name, a Verilog identifier that is unique in the design.
    pub name: String,
    /// Lines of the header comment: what the module computes, its formats and its latency.
    pub doc: Vec<String>,
    /// The arena. Nodes are evaluated in this order.
    pub nodes: Vec<Node>,
    /// Nodes with [`Op::Input`], in port order.
    pub inputs: Vec<NodeId>,
    /// Output ports, in port order.
    pub outputs: Vec<Output>,
    /// Memories with one write port each and any number of synchronous read ports ([`Op::Read`]).
    pub memories: Vec<Memory>,
    /// Constant tables, read through [`Op::Lookup`].
    pub tables: Vec<Table>,
    /// Instances of other modules inside this one.
    pub instances: Vec<Instance>,
    /// Ports of the top module that the exported text joins to wider ones.
    pub wide_ports: Vec<WidePort>,
}

impl Module {
    /// The node with this id.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// Node ids in the order of evaluation.
    pub fn node_ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    /// The port number of the input with this name.
    pub fn input_named(&self, name: &str) -> Option<usize> {
        self.inputs.iter().position(|&id| self.node(id).name.as_deref() == Some(name))
    }

    /// The port number of the output with this name.
    pub fn output_named(&self, name: &str) -> Option<usize> {
        self.outputs.iter().position(|o| o.name == name)
    }
}

/// An output port.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Port name.
    pub name: String,
    /// The node that drives it: a register, a memory read, a table look-up or an instance output.
    pub node: NodeId,
    /// Cycles from the module's inputs to this output, for outputs of a pipeline.
    pub latency: Option<u32>,
}

/// A port of the export that consists of several ports of the module. It may be wider than [`MAX_WIDTH`].
#[derive(Clone, Debug, PartialEq)]
pub struct WidePort {
    /// Its name.
    pub name: String,
    /// Names of the ports that it consists of, with that in the low bits first. An output may stand in it repeatedly.
    pub parts: Vec<String>,
}

/// A memory of `depth` words of `width` bits. Its contents are unknown at power-up. If a word is read in the cycle in
/// which it is written, the old word is returned.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    /// Verilog identifier.
    pub name: String,
    /// Bits of a word.
    pub width: u32,
    /// Number of words. Higher addresses are never used.
    pub depth: u32,
    /// The write port.
    pub write: Option<WritePort>,
    /// Whether a word that is read in the cycle in which it is written is never used. Hardware may then return anything
    /// in that case, which saves the logic that block RAM needs to return the old word.
    pub never_collides: bool,
}

/// The write port of a memory: it writes `data` to `address` at the end of each cycle in which `enable` is 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WritePort {
    /// The enable, 1 bit.
    pub enable: NodeId,
    /// The address, as wide as [`address_width`] of the depth.
    pub address: NodeId,
    /// The word to write, as wide as the memory.
    pub data: NodeId,
}

/// A constant table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Verilog identifier.
    pub name: String,
    /// Bits of an entry.
    pub width: u32,
    /// Entries as bit patterns. Addresses beyond the last entry return 0.
    pub entries: Vec<u128>,
    /// One comment per entry, or none at all.
    pub comments: Vec<String>,
}

/// An instance of a module inside another module.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// Verilog identifier.
    pub name: String,
    /// The module of which it is an instance.
    pub module: ModuleId,
    /// The driver of each input port, in port order.
    pub inputs: Vec<Option<NodeId>>,
    /// The restart, 1 bit: while it is 1, the module and all that it contains are in reset, as while `aresetn` is 0.
    pub restart: Option<NodeId>,
}

/// One bit vector of a module.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The operation that it computes.
    pub op: Op,
    /// Width in bits, 1 to [`MAX_WIDTH`].
    pub width: u32,
    /// Verilog identifier, if the node has a name.
    pub name: Option<String>,
    /// The comment beside its declaration: the number format or the meaning.
    pub note: Option<String>,
}

/// The operations. Whether bits are signed is a property of the operation, not of the node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// An input port.
    Input,
    /// A constant bit pattern.
    Constant(u128),
    /// A register. It takes `next` at the end of each cycle in which `enable` is 1, or of every cycle if there is no
    /// enable. While `aresetn` is 0 it takes `reset`, if there is a reset value.
    Register {
        /// The next value. Its node may come later in the arena.
        next: Option<NodeId>,
        /// The enable, 1 bit. Its node may come later in the arena.
        enable: Option<NodeId>,
        /// The reset value. A register without one ignores the reset.
        reset: Option<u128>,
    },
    /// A read port of a memory: the word at the address of the previous cycle. If there is an enable, it is the word at
    /// the address of the last cycle in which `enable` was 1. Operands may come later in the arena.
    Read {
        /// The memory.
        memory: MemoryId,
        /// The address, as wide as [`address_width`] of the memory's depth.
        address: Option<NodeId>,
        /// The enable, 1 bit.
        enable: Option<NodeId>,
    },
    /// A look-up in a constant table: the entry at the address of the previous cycle, with the same timing as
    /// [`Op::Read`].
    Lookup {
        /// The table.
        table: TableId,
        /// The address, as wide as [`address_width`] of the number of entries.
        address: NodeId,
        /// The enable, 1 bit.
        enable: Option<NodeId>,
    },
    /// An output port of an instance.
    InstanceOutput {
        /// The instance.
        instance: InstanceId,
        /// The number of the output port.
        port: usize,
    },
    /// The operand with each bit inverted.
    Not(NodeId),
    /// An operation on two operands, see [`Binary`].
    Binary(Binary, NodeId, NodeId),
    /// `subtract ? a - b : a + b`, modulo 2^width. It is exported as `a + (b ^ {W{subtract}}) + subtract`.
    AddSub {
        /// First operand.
        a: NodeId,
        /// Second operand.
        b: NodeId,
        /// Whether to subtract, 1 bit.
        subtract: NodeId,
    },
    /// A multiplexer: `select ? on_true : on_false`.
    Mux {
        /// The select bit.
        select: NodeId,
        /// The result if `select` is 1.
        on_true: NodeId,
        /// The result if `select` is 0.
        on_false: NodeId,
    },
    /// The bits `low + width - 1 .. low` of `a`.
    Slice {
        /// Operand.
        a: NodeId,
        /// Lowest bit taken.
        low: u32,
    },
    /// The concatenation of the operands, with the first one in the high bits.
    Concat(Vec<NodeId>),
    /// The operand, sign-extended.
    SignExtend(NodeId),
    /// The operand, zero-extended.
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
    /// Signed product. Its width is the sum of the operand widths.
    Mul,
    /// 1 if `a` equals `b`.
    Equal,
    /// 1 if `a < b`, both unsigned.
    LessUnsigned,
    /// 1 if `a < b`, both signed.
    LessSigned,
    /// `a` shifted left by the unsigned `b`. Zeros are shifted in.
    ShiftLeft,
    /// `a` shifted right by the unsigned `b`. Zeros are shifted in.
    ShiftRight,
}

impl Op {
    /// Whether the value is held by a register, in this module or inside an instance. Such a value does not depend on
    /// other nodes in the same cycle.
    pub fn is_state(&self) -> bool {
        matches!(self, Op::Register { .. } | Op::Read { .. } | Op::Lookup { .. } | Op::InstanceOutput { .. })
    }
}

impl Node {
    /// All nodes that this node reads, in a fixed order.
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

/// Bits of an address for `depth` words, at least 1.
pub fn address_width(depth: u32) -> u32 {
    depth.max(2).next_power_of_two().trailing_zeros()
}

/// The lowest `width` bits of a two's complement value.
pub fn bits_of(value: i128, width: u32) -> u128 {
    value as u128 & mask(width)
}

/// The two's complement number that a bit pattern of `width` bits stands for.
pub fn signed_value(bits: u128, width: u32) -> i128 {
    let unused = MAX_WIDTH - width;
    ((bits << unused) as i128) >> unused
}

/// A bit pattern of `width` ones.
pub fn mask(width: u32) -> u128 {
    u128::MAX >> (MAX_WIDTH - width)
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n{}", self.0)
    }
}
