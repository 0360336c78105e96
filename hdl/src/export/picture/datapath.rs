//! The data that flow through a module: its units and memories, and how many bits go from one to another.
//!
//! Only data are drawn as arrows with a number: ports at least as wide as an input element. What selects, addresses or
//! enables is not followed. Two units that exchange nothing else but commands and flags are joined by a dashed line.

use super::flow::{Flow, Kind, of_instance, of_memory, origins, shapes};
use crate::ir::*;
use std::collections::{BTreeMap, BTreeSet};

/// A box: one unit or memory, or several alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) kind: Kind,
    /// The names of the instances, or of the memory.
    pub(super) names: Vec<String>,
    /// What they are, in lines.
    pub(super) details: Vec<String>,
    /// The module of which they are instances.
    pub(super) module: Option<ModuleId>,
}

/// A line from one box to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) from: usize,
    pub(super) to: usize,
    /// The number of bits of data; `None` if there are none.
    pub(super) bits: Option<u32>,
}

/// The units of a module and the data between them.
#[derive(Clone, Debug)]
pub(super) struct Datapath {
    /// The first one stands for the inputs of the module, the last one for its outputs.
    pub(super) units: Vec<Unit>,
    pub(super) links: Vec<Link>,
}

/// The operands from which a node has its value, without those that select, address or enable. The result of a
/// comparison is a condition, which has no value from its operands.
fn data_operands(node: &Node) -> Vec<NodeId> {
    match &node.op {
        Op::Register { next, .. } => next.iter().copied().collect(),
        Op::Read { .. } => vec![],
        Op::Lookup { address, .. } => vec![*address],
        Op::Mux { on_true, on_false, .. } => vec![*on_true, *on_false],
        Op::Binary(Binary::Equal | Binary::LessUnsigned | Binary::LessSigned, ..) => vec![],
        _ => node.operands(),
    }
}

impl Datapath {
    /// The data in a module of the design, in ports of `least` bits or more.
    pub(super) fn of(design: &Design, module: &Module, least: u32) -> Self {
        let shapes = shapes(design, module);
        let mut units: Vec<Unit> = Vec::new();
        // The unit to which each shape of the module belongs.
        let mut unit_of = Vec::new();
        for (number, shape) in shapes.iter().enumerate() {
            let instance = number.checked_sub(1).and_then(|index| module.instances.get(index));
            let own = instance.map(|instance| instance.module);
            let alike = |unit: &Unit| own.is_some() && unit.module == own && stem(&unit.names[0]) == stem(&shape.name);
            match units.iter_mut().position(|unit| alike(unit)) {
                Some(index) => {
                    units[index].names.push(shape.name.clone());
                    unit_of.push(index);
                }
                None => {
                    unit_of.push(units.len());
                    let details = match number.checked_sub(1 + module.instances.len()) {
                        Some(index) if shape.kind == Kind::Memory => vec![memory(&module.memories[index])],
                        _ => vec![],
                    };
                    units.push(Unit { kind: shape.kind, names: vec![shape.name.clone()], details, module: own });
                }
            }
        }
        for unit in &mut units {
            if let Some(id) = unit.module {
                unit.details = details(design, id, &unit.names);
            }
        }
        let data = data(module, least, &unit_of);
        let mut links: Vec<Link> =
            data.iter().map(|(&(from, to), &bits)| Link { from, to, bits: Some(bits) }).collect();
        links.extend(commands(design, module, &unit_of, &units, &data));
        Self { units, links }
    }
}

/// The size of a memory.
fn memory(memory: &Memory) -> String {
    format!("{} x {} bits", memory.depth, memory.width)
}

/// A name without the number at its end.
fn stem(name: &str) -> &str {
    name.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// The bits of data that flow between units, by their numbers. Nothing flows from a unit to itself.
fn data(module: &Module, least: u32, unit_of: &[usize]) -> BTreeMap<(usize, usize), u32> {
    let origins = origins(module, data_operands);
    let instances = module.instances.iter().enumerate().map(|(index, instance)| {
        (of_instance(InstanceId(index as u32)), instance.inputs.iter().copied().flatten().collect::<Vec<_>>())
    });
    let memories = module.memories.iter().enumerate().map(|(index, memory)| {
        (of_memory(module, MemoryId(index as u32)), memory.write.into_iter().map(|write| write.data).collect())
    });
    let outputs = (unit_of.len() - 1, module.outputs.iter().map(|output| output.node).collect());
    let mut data = BTreeMap::new();
    for (to, nodes) in instances.chain(memories).chain([outputs]) {
        for node in nodes.into_iter().filter(|&node| module.node(node).width >= least) {
            let from: BTreeSet<usize> = origins[node.index()].keys().map(|&shape| unit_of[shape]).collect();
            for from in from.into_iter().filter(|&from| from != unit_of[to]) {
                *data.entry((from, unit_of[to])).or_insert(0) += module.node(node).width;
            }
        }
    }
    data
}

/// One line for every two instances between which no data flow, but anything else does.
fn commands(
    design: &Design,
    module: &Module,
    unit_of: &[usize],
    units: &[Unit],
    data: &BTreeMap<(usize, usize), u32>,
) -> Vec<Link> {
    // The boxes of idle ports are left out of a flow: shapes are found by their names.
    let flow = Flow::of(design, module);
    let unit = |shape: usize| {
        let wanted = &flow.shapes[shape];
        let known = shapes(design, module).iter().position(|s| s.kind == wanted.kind && s.name == wanted.name);
        unit_of[known.expect("A flow has the shapes of its module.")]
    };
    let mut pairs = BTreeSet::new();
    for arrow in &flow.arrows {
        let (from, to) = (unit(arrow.from), unit(arrow.to));
        let are_instances = [from, to].iter().all(|&unit| units[unit].kind == Kind::Instance);
        let has_data = data.contains_key(&(from, to)) || data.contains_key(&(to, from));
        if are_instances && from != to && !has_data && !pairs.contains(&(to, from)) {
            pairs.insert((from, to));
        }
    }
    pairs.into_iter().map(|(from, to)| Link { from, to, bits: None }).collect()
}

/// What instances of a module are: how many of them, what they contain, and how many cycles after its inputs the last
/// output of a pipeline comes.
fn details(design: &Design, id: ModuleId, names: &[String]) -> Vec<String> {
    let module = design.module(id);
    let mut lines = match names {
        [name] if *name == module.name => vec![],
        [_] => vec![module.name.clone()],
        several => vec![format!("{} x {}", several.len(), module.name)],
    };
    let mut memories: BTreeMap<String, usize> = BTreeMap::new();
    module.memories.iter().for_each(|own| *memories.entry(memory(own)).or_default() += 1);
    lines
        .extend(memories.into_iter().map(|(size, count)| if count == 1 { size } else { format!("{count} of {size}") }));
    let mut inside: BTreeMap<&str, usize> = BTreeMap::new();
    module.instances.iter().for_each(|i| *inside.entry(&design.module(i.module).name).or_default() += 1);
    lines.extend(inside.into_iter().map(|(name, count)| format!("{count} x {name}")));
    let latency = module.outputs.iter().filter_map(|output| output.latency).max();
    lines.extend(latency.map(|cycles| format!("latency {cycles}")));
    lines
}
