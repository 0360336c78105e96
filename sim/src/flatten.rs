//! Turns the hierarchy of modules into one graph.
//!
//! The outputs of modules are registers, so the combinational nodes of a parent never depend on those of its children.
//! First all registers of the whole tree become values. The nodes of each module follow in arena order, parents before
//! children.

use crate::graph::{Cut, Graph, MemoryWrite, Value, Words};
use crate::range::Range;
use svdforge_hdl::ir::{Binary, Design, Module, Node, NodeId, Op, address_width, signed_value};

/// The flat design and the way back to its names.
pub(crate) struct Flat {
    pub graph: Graph,
    pub inputs: Vec<NamedValue>,
    pub outputs: Vec<NamedValue>,
    pub root: Scope,
    /// The guarded sums that may wrap around: a description of the place of each, and a value that is -1 in the cycles
    /// in which the sum wraps.
    pub guards: Vec<(String, Value)>,
}

/// A name for the lowest `width` bits of a value.
#[derive(Clone, Debug)]
pub(crate) struct NamedValue {
    pub name: String,
    pub value: Value,
    pub width: u32,
}

/// The write port of a memory with a name.
pub(crate) struct WritePort {
    pub name: String,
    pub enable: Value,
    pub address: Value,
    pub data: Value,
    /// The widths of an address and of a word, in bits.
    pub widths: (u32, u32),
    /// The number of the memory among the words of the graph, and how many words the design has of it.
    pub number: usize,
    pub depth: usize,
}

/// A register, a memory read or a table lookup, by its number among the states of the graph.
pub(crate) struct NamedState {
    pub name: String,
    pub number: usize,
    pub width: u32,
}

/// The names of one instance.
pub(crate) struct Scope {
    pub name: String,
    pub signals: Vec<NamedValue>,
    pub registers: Vec<NamedState>,
    /// The memories that are written.
    pub memories: Vec<WritePort>,
    pub children: Vec<Scope>,
}

/// Flattens a design.
///
/// `known` are the ranges of its registers as an earlier pass found them, or nothing in the first pass. Sums in the
/// modules that `guarded` names are guarded.
pub(crate) fn flatten(design: &Design, known: &[Range], guarded: &[&str]) -> Flat {
    let mut flattener = Flattener { design, known, guarded, graph: Graph::default(), guards: Vec::new() };
    let top = design.top();
    let ports = top.inputs.iter().enumerate();
    let drivers: Vec<Value> = ports.map(|(port, &id)| flattener.graph.input(port as u32, top.node(id).width)).collect();
    let top_number = design.modules.len() - 1;
    let mut placed = flattener.place(top_number);
    let root = flattener.evaluate(&mut placed, &top.name, &drivers);
    let port = |name: &str, id: NodeId| {
        let value = placed.values[id.index()].expect("Every node is evaluated.");
        NamedValue { name: name.to_owned(), value, width: top.node(id).width }
    };
    let inputs = top.inputs.iter().map(|&id| port(top.node(id).name.as_deref().unwrap_or(""), id)).collect();
    let outputs = top.outputs.iter().map(|output| port(&output.name, output.node)).collect();
    Flat { graph: flattener.graph, inputs, outputs, root, guards: flattener.guards }
}

/// One instance of a module in the tree.
struct Placed {
    /// The number of the module in the design.
    module: usize,
    /// The value of each node, once it is known.
    values: Vec<Option<Value>>,
    /// For each register, memory read and table lookup its number among the states of the graph.
    states: Vec<Option<usize>>,
    /// The place of the module's first memory among the words of the graph. Its other memories and then its tables
    /// follow.
    first_words: usize,
    children: Vec<Placed>,
}

impl Placed {
    fn at(&self, id: NodeId) -> Value {
        self.values[id.index()].expect("Operands stand before their users.")
    }
}

struct Flattener<'a> {
    design: &'a Design,
    known: &'a [Range],
    guarded: &'a [&'a str],
    graph: Graph,
    guards: Vec<(String, Value)>,
}

impl<'a> Flattener<'a> {
    /// Creates the state of a module and of everything that it contains.
    fn place(&mut self, number: usize) -> Placed {
        let module = &self.design.modules[number];
        let children = module.instances.iter().map(|instance| self.place(instance.module.index())).collect();
        let mut placed = Placed {
            module: number,
            values: vec![None; module.nodes.len()],
            states: vec![None; module.nodes.len()],
            first_words: self.graph.words.len(),
            children,
        };
        for id in module.node_ids() {
            let node = module.node(id);
            placed.values[id.index()] = match node.op {
                Op::Register { .. } | Op::Read { .. } | Op::Lookup { .. } => {
                    let number = self.graph.states.len();
                    placed.states[id.index()] = Some(number);
                    let range = self.known.get(number).copied().unwrap_or(Range::signed(node.width));
                    Some(self.graph.state(node.width, range))
                }
                Op::InstanceOutput { instance, port } => {
                    let child = self.design.module(module.instances[instance.index()].module);
                    Some(placed.children[instance.index()].at(child.outputs[port].node))
                }
                _ => None,
            };
        }
        for memory in &module.memories {
            let contents = vec![0; 1 << address_width(memory.depth)];
            let range = Range::signed(memory.width);
            self.graph.words.push(Words { width: memory.width, contents, write: None, range });
        }
        for table in &module.tables {
            let mut contents: Vec<i128> = table.entries.iter().map(|&e| signed_value(e, table.width)).collect();
            contents.resize(1 << address_width(contents.len() as u32), 0);
            let ranges = contents.iter().map(|&word| Range::exactly(word));
            let range = ranges.reduce(Range::hull).unwrap_or(Range::exactly(0));
            self.graph.words.push(Words { width: table.width, contents, write: None, range });
        }
        placed
    }

    /// Computes the nodes of a placed module, connects its registers and memories, and continues with its children.
    fn evaluate(&mut self, placed: &mut Placed, name: &str, inputs: &[Value]) -> Scope {
        let module = &self.design.modules[placed.module];
        for (&id, &driver) in module.inputs.iter().zip(inputs) {
            placed.values[id.index()] = Some(driver);
        }
        for id in module.node_ids() {
            if placed.values[id.index()].is_none() {
                let value = self.combinational(module, id, placed);
                placed.values[id.index()] = Some(value);
                if self.guarded.contains(&module.name.as_str()) {
                    self.guard(module, id, placed, name);
                }
            }
        }
        for id in module.node_ids() {
            if let Some(number) = placed.states[id.index()] {
                self.connect(module, id, number, placed);
            }
        }
        let mut memories = Vec::new();
        for (offset, memory) in module.memories.iter().enumerate() {
            let write = memory.write.map(|port| {
                let data = placed.at(port.data);
                // The range of a wide node may need only 64 bits, while the words of the memory keep their size.
                let data = if memory.width > 64 { self.graph.widened(data) } else { data };
                MemoryWrite { enable: placed.at(port.enable), address: placed.at(port.address), data }
            });
            memories.extend(write.map(|MemoryWrite { enable, address, data }| {
                let widths = (address_width(memory.depth), memory.width);
                let (number, depth) = (placed.first_words + offset, memory.depth as usize);
                WritePort { name: memory.name.clone(), enable, address, data, widths, number, depth }
            }));
            self.graph.words[placed.first_words + offset].write = write;
        }
        let mut children = std::mem::take(&mut placed.children);
        let scopes = module.instances.iter().zip(&mut children).map(|(instance, child)| {
            let drivers: Vec<Value> =
                instance.inputs.iter().map(|id| placed.at(id.expect("The checker wants all inputs driven."))).collect();
            self.evaluate(child, &instance.name, &drivers)
        });
        let children_scopes = scopes.collect();
        let (signals, registers) = (signals(module, placed), registers(module, placed));
        Scope { name: name.to_owned(), signals, registers, memories, children: children_scopes }
    }

    fn connect(&mut self, module: &Module, id: NodeId, number: usize, placed: &Placed) {
        let node = module.node(id);
        let (next, enable, reset) = match &node.op {
            Op::Register { next, enable, reset } => {
                (placed.at(next.expect("The checker wants registers driven.")), *enable, *reset)
            }
            Op::Read { memory, address, enable } => {
                let address = placed.at(address.expect("The checker wants an address."));
                (self.graph.load(placed.first_words + memory.index(), address), *enable, None)
            }
            Op::Lookup { table, address, enable } => {
                let number = placed.first_words + module.memories.len() + table.index();
                (self.graph.load(number, placed.at(*address)), *enable, None)
            }
            _ => unreachable!("Only registers, reads and lookups have a state."),
        };
        let enable = enable.map(|id| placed.at(id));
        let state = &mut self.graph.states[number];
        state.next = next;
        state.enable = enable;
        state.reset = reset.map(|bits| signed_value(bits, node.width));
    }

    /// Guards a sum. It has wrapped if the exact result fits the width neither as a signed nor as an unsigned number.
    fn guard(&mut self, module: &Module, id: NodeId, placed: &Placed, instance: &str) {
        let Node { op, width, name, .. } = module.node(id);
        let exact_width = width + 2;
        let graph = &mut self.graph;
        let (exact, natural) = match op {
            Op::Binary(Binary::Add, a, b) => {
                let (a, b) = (placed.at(*a), placed.at(*b));
                let (x, y) = (graph.unsigned(a, Cut::wrap(*width)), graph.unsigned(b, Cut::wrap(*width)));
                (graph.add(a, b, exact_width), graph.add(x, y, exact_width))
            }
            Op::Binary(Binary::Sub, a, b) => {
                let (a, b) = (placed.at(*a), placed.at(*b));
                let (x, y) = (graph.unsigned(a, Cut::wrap(*width)), graph.unsigned(b, Cut::wrap(*width)));
                (graph.sub(a, b, exact_width), graph.sub(x, y, exact_width))
            }
            Op::AddSub { a, b, subtract } => {
                let exact = graph.add_sub(placed.at(*a), placed.at(*b), placed.at(*subtract), exact_width);
                (exact, exact)
            }
            _ => return,
        };
        let found = placed.at(id);
        let found_natural = graph.unsigned(found, Cut::wrap(*width));
        let (fits, fits_natural) = (graph.equal(found, exact), graph.equal(found_natural, natural));
        let fits = graph.or(fits, fits_natural);
        let wraps = graph.not(fits);
        if graph.constant_of(wraps) != Some(0) {
            let node = name.clone().unwrap_or_else(|| format!("node {}", id.index()));
            self.guards.push((format!("{instance} ({}): {node}", module.name), wraps));
        }
    }

    fn combinational(&mut self, module: &Module, id: NodeId, placed: &Placed) -> Value {
        let node = module.node(id);
        let width = node.width;
        let (at, bits) = (|id: NodeId| placed.at(id), |id: NodeId| module.node(id).width);
        let graph = &mut self.graph;
        match &node.op {
            Op::Constant(pattern) => graph.constant(signed_value(*pattern, width)),
            Op::Not(a) => graph.not(at(*a)),
            Op::Binary(binary, left, right) => {
                let (a, b) = (at(*left), at(*right));
                match binary {
                    Binary::And => graph.and(a, b),
                    Binary::Or => graph.or(a, b),
                    Binary::Xor => graph.xor(a, b),
                    Binary::Add => graph.add(a, b, width),
                    Binary::Sub => graph.sub(a, b, width),
                    Binary::Mul => graph.mul(a, b, width),
                    Binary::Equal => graph.equal(a, b),
                    Binary::LessUnsigned => graph.less_unsigned(a, b),
                    Binary::LessSigned => graph.less(a, b),
                    Binary::ShiftLeft => graph.shift_left(a, b, bits(*right), width),
                    Binary::ShiftRight => graph.shift_right(a, b, bits(*right), width),
                }
            }
            Op::AddSub { a, b, subtract } => graph.add_sub(at(*a), at(*b), at(*subtract), width),
            Op::Mux { select, on_true, on_false } => graph.mux(at(*select), at(*on_true), at(*on_false)),
            Op::Slice { a, low } => graph.extract(at(*a), Cut { low: *low, width }),
            Op::Concat(parts) => {
                let (first, rest) = parts.split_first().expect("The checker wants a width of 1 bit at least.");
                rest.iter().fold(at(*first), |high, &part| graph.join(high, at(part), bits(part)))
            }
            Op::SignExtend(a) => at(*a),
            Op::ZeroExtend(a) if bits(*a) == width => at(*a),
            Op::ZeroExtend(a) => graph.unsigned(at(*a), Cut::wrap(bits(*a))),
            Op::Input | Op::Register { .. } | Op::Read { .. } | Op::Lookup { .. } | Op::InstanceOutput { .. } => {
                unreachable!("The value of such a node is known before.")
            }
        }
    }
}

/// The named nodes and the output ports of a placed module.
fn signals(module: &Module, placed: &Placed) -> Vec<NamedValue> {
    let named = module.node_ids().filter_map(|id| Some((module.node(id).name.as_ref()?, id)));
    let outputs = module.outputs.iter().map(|output| (&output.name, output.node));
    let port = |(name, id): (&String, NodeId)| NamedValue {
        name: name.clone(),
        value: placed.at(id),
        width: module.node(id).width,
    };
    named.chain(outputs).map(port).collect()
}

/// The registers of a placed module. One without a name gets that of its node.
fn registers(module: &Module, placed: &Placed) -> Vec<NamedState> {
    let states = module.node_ids().filter_map(|id| Some((id, placed.states[id.index()]?)));
    let named = |(id, number): (NodeId, usize)| {
        let node = module.node(id);
        NamedState { name: node.name.clone().unwrap_or_else(|| id.to_string()), number, width: node.width }
    };
    states.map(named).collect()
}
