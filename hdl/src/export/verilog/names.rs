//! Identifiers for nodes without a name. They are short and unique, and describe the node.

use super::scope::Scope;
use crate::describe::{describe, word};
use crate::ir::*;
use std::collections::BTreeSet;

/// Largest length of a generated name, not counting the prefix for the stage and the number at the end.
const LONGEST: usize = 30;

/// The identifiers that are used in a module.
pub(super) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// The identifiers of a module, which is exported as `name`, before any is generated.
    pub(super) fn of_module(module: &Module, name: &str) -> Self {
        let nodes = module.nodes.iter().filter_map(|n| n.name.clone());
        let outputs = module.outputs.iter().map(|o| o.name.clone());
        let memories = module.memories.iter().map(|m| m.name.clone());
        let tables = module.tables.iter().map(|t| t.name.clone());
        let instances = module.instances.iter().map(|i| i.name.clone());
        let wide = module.wide_ports.iter().map(|port| port.name.clone());
        let own = ["aclk", "aresetn", name].map(str::to_owned);
        let taken =
            nodes.chain(outputs).chain(memories).chain(tables).chain(instances).chain(wide).chain(own).collect();
        Self { taken }
    }

    /// Reserves and returns the name `wanted`, with the first free number appended if it is taken.
    pub(super) fn free(&mut self, wanted: &str) -> String {
        let numbered = (2..).map(|k| format!("{wanted}_{k}"));
        let mut candidates = std::iter::once(wanted.to_owned()).chain(numbered);
        let name = candidates.find(|name| !self.taken.contains(name)).expect("There are infinitely many numbers.");
        self.taken.insert(name.clone());
        name
    }
}

/// The stage in a name like `p3_x`.
pub(super) fn stage_of(name: &str) -> Option<u32> {
    name.strip_prefix('p')?.split_once('_')?.0.parse().ok()
}

/// The name without its stage: `x` for `p3_x`.
pub(super) fn without_stage(name: &str) -> &str {
    match (stage_of(name), name.split_once('_')) {
        (Some(_), Some((_, rest))) if !rest.is_empty() => rest,
        _ => name,
    }
}

/// Chooses a name for an operation that is declared as a wire.
pub(super) fn for_operation(scope: &mut Scope, id: NodeId) -> String {
    let wanted = next_of_register(scope, id).or_else(|| scope.usage.role(id).map(str::to_owned));
    let mut wanted = wanted.unwrap_or_else(|| from_operands(scope, id));
    if wanted == word(&scope.module.node(id).op) {
        wanted = from_reader(scope, id).unwrap_or(wanted);
    }
    let group = scope.group(id);
    if group > 0 {
        wanted = format!("p{group}_{wanted}");
    }
    scope.names.free(&wanted)
}

/// The name `x_next` for the value that a register `x` takes, if that is its only reader.
fn next_of_register(scope: &Scope, id: NodeId) -> Option<String> {
    let reader = scope.usage.only_reader(id)?;
    match scope.module.node(reader).op {
        Op::Register { next, .. } if next == Some(id) => {
            Some(format!("{}_next", without_stage(scope.identifier(reader)?)))
        }
        _ => None,
    }
}

/// A name like `x_plus_y`, made of the names that the operands have.
fn from_operands(scope: &Scope, id: NodeId) -> String {
    describe(scope.module, id, &|id| {
        let id = scope.usage.representative(scope.module, id);
        scope.identifier(id).map(|name| without_stage(name).to_owned())
    })
}

/// A name like `x_term`, where `x` is the first named node in the chain of only readers.
fn from_reader(scope: &Scope, id: NodeId) -> Option<String> {
    let mut reader = scope.usage.only_reader(id)?;
    while scope.identifier(reader).is_none() {
        reader = scope.usage.only_reader(reader)?;
    }
    let suffix = match &scope.module.node(id).op {
        Op::Not(_) | Op::Binary(Binary::And | Binary::Or | Binary::Xor, ..) => "term",
        Op::Binary(Binary::Equal | Binary::LessUnsigned | Binary::LessSigned, ..) => "test",
        Op::Mux { .. } => "choice",
        Op::Concat(_) | Op::ZeroExtend(_) | Op::SignExtend(_) => "bits",
        op => word(op),
    };
    let name = format!("{}_{suffix}", without_stage(scope.identifier(reader)?));
    (name.len() <= LONGEST).then_some(name)
}
