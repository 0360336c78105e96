//! Expressions: the Verilog text of nodes, together with the nodes that the text reads.
//!
//! Verilog extends all operands of an expression to the widest one, and treats them as unsigned as soon as one of them
//! is unsigned. Neither can happen here, for these reasons. The rules of the IR give all operands of one operation the
//! same width. Every constant is printed with its width. Both operands of a signed operation are inside `$signed`. The
//! result of a comparison is unsigned again, and a product is always the complete right side of an assignment of full
//! width. So an operation can be printed inside another one without a change of meaning.

use super::scope::Scope;
use super::text::{as_negative, literal, signed_literal};
use crate::ir::*;

/// The binding strength of an expression's outermost operator, which decides about parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// An identifier, a slice of one, a constant, a replication.
    Atom,
    /// A concatenation. It binds like an atom, and loses its braces inside another concatenation.
    List,
    /// `~a`, `-a`.
    Unary,
    /// `a + b - c`.
    Sum,
    /// `a & b`.
    And,
    /// `a | b`.
    Or,
    /// `a ^ b`.
    Xor,
    /// Shifts, products and comparisons, which get parentheses inside any other operation.
    Loose,
    /// `a ? b : c`.
    Choice,
}

/// The bits of a node that an expression reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) node: NodeId,
    pub(super) bits: u128,
}

/// The text of an expression, with what is needed to insert it into other text.
#[derive(Clone, Debug)]
pub(super) struct Expression {
    pub(super) text: String,
    pub(super) level: Level,
    pub(super) reads: Vec<Read>,
}

impl Expression {
    pub(super) fn atom(text: String, reads: Vec<Read>) -> Self {
        Self { text, level: Level::Atom, reads }
    }

    /// The text as an operand of an operation, in parentheses unless it binds tightly.
    fn operand(&self) -> String {
        match self.level {
            // Two unary operators in a row, as in `~-a`, are not valid Verilog.
            Level::Unary if self.text.starts_with('-') => format!("({})", self.text),
            Level::Atom | Level::List | Level::Unary => self.text.clone(),
            _ => format!("({})", self.text),
        }
    }

    /// The text as the left operand of an operation of `level`. Operators of one level associate from left to right, so
    /// it needs no parentheses if it has the same level.
    fn left_of(&self, level: Level) -> String {
        if self.level == level && level != Level::Loose { self.text.clone() } else { self.operand() }
    }

    /// The text as a part of a concatenation.
    fn part(&self) -> String {
        match self.level {
            Level::List => self.text[1..self.text.len() - 1].to_owned(),
            _ => self.arm(),
        }
    }

    /// The text as an arm of a conditional.
    fn arm(&self) -> String {
        if self.level == Level::Choice { format!("({})", self.text) } else { self.text.clone() }
    }
}

/// Collects the reads of operands that are combined into one expression.
struct Joiner {
    reads: Vec<Read>,
}

impl Joiner {
    fn take(&mut self, expression: Expression) -> Expression {
        self.reads.extend(&expression.reads);
        expression
    }

    fn done(self, level: Level, text: String) -> Expression {
        Expression { text, level, reads: self.reads }
    }
}

impl Scope<'_> {
    /// A node as an operand: its identifier if it has one, and its operation otherwise.
    pub(super) fn value(&self, id: NodeId) -> Expression {
        let id = self.usage.representative(self.module, id);
        match self.identifier(id) {
            Some(name) => {
                Expression::atom(name.to_owned(), vec![Read { node: id, bits: mask(self.module.node(id).width) }])
            }
            None => self.operation(id),
        }
    }

    /// `count` bits of a node from bit `low` on. The node, or the node of which it is a slice, must have an identifier,
    /// be a constant or be transparent (see [`Scope::is_transparent`]).
    pub(super) fn bits(&self, id: NodeId, low: u32, count: u32) -> Expression {
        let id = self.usage.representative(self.module, id);
        let node = self.module.node(id);
        if count == node.width {
            return self.value(id);
        }
        // Verilog-2005 does not allow part selects of named constants.
        if let Op::Constant(bits) = node.op {
            return Expression::atom(literal(bits >> low & mask(count), count), vec![]);
        }
        let Some(name) = self.identifier(id) else {
            return match node.op {
                Op::Slice { a, low: lower } => self.bits(a, lower + low, count),
                _ if self.is_transparent(id) => self.bits_of_parts(id, low, count),
                _ => unreachable!("Node {id} is sliced and has no identifier."),
            };
        };
        let text = match count {
            1 => format!("{name}[{low}]"),
            _ => format!("{name}[{}:{low}]", low + count - 1),
        };
        Expression::atom(text, vec![Read { node: id, bits: mask(count) << low }])
    }

    fn bits_of_parts(&self, id: NodeId, low: u32, count: u32) -> Expression {
        let mut join = Joiner { reads: vec![] };
        let parts = self.parts(id, low, count).into_iter().map(|(part, low, count)| match part {
            Some(part) => self.bits(part, low, count),
            None => Expression::atom(literal(0, count), vec![]),
        });
        let parts: Vec<Expression> = parts.map(|part| join.take(part)).collect();
        match parts.as_slice() {
            [only] => only.clone(),
            parts => {
                let texts: Vec<String> = parts.iter().map(Expression::part).collect();
                join.done(Level::List, format!("{{{}}}", texts.join(", ")))
            }
        }
    }

    fn constant(&self, id: NodeId) -> Option<u128> {
        match self.module.node(id).op {
            Op::Constant(bits) if self.identifier(id).is_none() => Some(bits),
            _ => None,
        }
    }

    /// The operation of a combinational node. Operands are printed by name where they have one.
    pub(super) fn operation(&self, id: NodeId) -> Expression {
        let node = self.module.node(id);
        let width = node.width;
        let mut join = Joiner { reads: vec![] };
        match &node.op {
            Op::Constant(bits) => Expression::atom(literal(*bits, width), vec![]),
            Op::Slice { a, low } => self.bits(*a, *low, width),
            Op::Not(a) => self.inverse(*a),
            Op::Binary(binary, a, b) => self.binary(*binary, *a, *b, width),
            Op::AddSub { a, b, subtract } => {
                let (b, s) = (join.take(self.value(*b)), join.take(self.value(*subtract)));
                let (b, s) = (b.operand(), s.text);
                let (flip, carry) = match width {
                    1 => (s.clone(), s.clone()),
                    _ => (format!("{{{width}{{{s}}}}}"), format!("{{{}, {s}}}", literal(0, width - 1))),
                };
                let sum = match self.constant(*a) {
                    Some(0) => String::new(),
                    _ => format!("{} + ", join.take(self.value(*a)).left_of(Level::Sum)),
                };
                join.done(Level::Sum, format!("{sum}({b} ^ {flip}) + {carry}"))
            }
            Op::Mux { select, on_true, on_false } => {
                let select = join.take(self.value(*select)).operand();
                let (yes, no) = (join.take(self.value(*on_true)).arm(), join.take(self.value(*on_false)).arm());
                join.done(Level::Choice, format!("{select} ? {yes} : {no}"))
            }
            Op::Concat(parts) if parts.len() == 1 => self.value(parts[0]),
            Op::Concat(parts) => {
                let texts: Vec<String> = parts.iter().map(|&p| join.take(self.value(p)).part()).collect();
                match parts.iter().all(|p| *p == parts[0]) {
                    true => join.done(Level::Atom, format!("{{{}{{{}}}}}", texts.len(), texts[0])),
                    false => join.done(Level::List, format!("{{{}}}", texts.join(", "))),
                }
            }
            Op::ZeroExtend(a) | Op::SignExtend(a) if self.module.node(*a).width == width => self.value(*a),
            Op::ZeroExtend(a) => {
                let added = width - self.module.node(*a).width;
                let low = join.take(self.value(*a)).part();
                join.done(Level::List, format!("{{{}, {low}}}", literal(0, added)))
            }
            Op::SignExtend(a) => self.sign_extended(*a, width),
            Op::Input | Op::Register { .. } | Op::Read { .. } | Op::Lookup { .. } | Op::InstanceOutput { .. } => {
                unreachable!("Node {id} holds state and has an identifier.")
            }
        }
    }

    fn sign_extended(&self, a: NodeId, width: u32) -> Expression {
        let narrow = self.module.node(a).width;
        let mut join = Joiner { reads: vec![] };
        if let Some(bits) = self.constant(a) {
            return Expression::atom(literal(bits_of(signed_value(bits, narrow), width), width), vec![]);
        }
        if narrow == 1 {
            let text = format!("{{{width}{{{}}}}}", join.take(self.value(a)).arm());
            return join.done(Level::Atom, text);
        }
        let sign = join.take(self.bits(a, narrow - 1, 1)).text;
        let low = join.take(self.value(a)).part();
        let signs = if width - narrow == 1 { sign } else { format!("{{{}{{{sign}}}}}", width - narrow) };
        join.done(Level::List, format!("{{{signs}, {low}}}"))
    }

    /// The inverse of a node: `~a`, or the opposite comparison.
    fn inverse(&self, a: NodeId) -> Expression {
        if self.identifier(a).is_none()
            && let Op::Binary(binary, left, right) = self.module.node(a).op
        {
            let opposite = match binary {
                Binary::Equal if self.module.node(left).width > 1 => Some("!="),
                Binary::LessUnsigned | Binary::LessSigned => Some(">="),
                _ => None,
            };
            if let Some(operator) = opposite {
                return self.comparison(operator, left, right, binary == Binary::LessSigned);
            }
        }
        let mut join = Joiner { reads: vec![] };
        let text = format!("~{}", join.take(self.value(a)).operand());
        match text.strip_prefix("~~") {
            Some(twice) => join.done(Level::Atom, twice.to_owned()),
            None => join.done(Level::Unary, text),
        }
    }

    fn comparison(&self, operator: &str, a: NodeId, b: NodeId, signed: bool) -> Expression {
        // No number is below the smallest one, and the largest one is below no number. Linters warn about such
        // comparisons, so their constant result is printed instead.
        let width = self.module.node(a).width;
        let largest = if signed { mask(width) >> 1 } else { mask(width) };
        let never = self.constant(a) == Some(largest) || self.constant(b) == Some(!largest & mask(width));
        if never && operator != "==" && operator != "!=" {
            return Expression::atom(literal((operator == ">=").into(), 1), vec![]);
        }
        let mut join = Joiner { reads: vec![] };
        let (a, b) = match signed {
            true => (self.signed(a, None, &mut join), self.signed(b, None, &mut join)),
            false => (join.take(self.value(a)).operand(), join.take(self.value(b)).operand()),
        };
        join.done(Level::Loose, format!("{a} {operator} {b}"))
    }

    /// An operand of a signed operation. Constants are printed with `working_width`, the width of the operation, if it
    /// is given.
    fn signed(&self, id: NodeId, working_width: Option<u32>, join: &mut Joiner) -> String {
        let width = self.module.node(id).width;
        match self.constant(id) {
            Some(bits) => signed_literal(signed_value(bits, width), working_width.unwrap_or(width)),
            None => format!("$signed({})", join.take(self.value(id)).text),
        }
    }

    fn binary(&self, binary: Binary, a: NodeId, b: NodeId, width: u32) -> Expression {
        let mut join = Joiner { reads: vec![] };
        let chain = |join: &mut Joiner, level: Level, operator: &str| {
            let left = join.take(self.value(a)).left_of(level);
            let right = join.take(self.value(b)).operand();
            format!("{left} {operator} {right}")
        };
        let (level, text) = match binary {
            Binary::And => (Level::And, chain(&mut join, Level::And, "&")),
            Binary::Or => (Level::Or, chain(&mut join, Level::Or, "|")),
            Binary::Xor => (Level::Xor, chain(&mut join, Level::Xor, "^")),
            Binary::Add | Binary::Sub => return self.sum(binary, a, b, width),
            Binary::Mul => {
                let (left, right) = (self.signed(a, Some(width), &mut join), self.signed(b, Some(width), &mut join));
                (Level::Loose, format!("{left} * {right}"))
            }
            Binary::Equal => match (self.module.node(a).width, self.constant(b)) {
                (1, Some(0)) => return self.inverse(a),
                (1, Some(_)) => return self.value(a),
                _ => return self.comparison("==", a, b, false),
            },
            Binary::LessUnsigned => return self.comparison("<", a, b, false),
            Binary::LessSigned => return self.comparison("<", a, b, true),
            Binary::ShiftLeft => (Level::Loose, chain(&mut join, Level::Loose, "<<")),
            Binary::ShiftRight => (Level::Loose, chain(&mut join, Level::Loose, ">>")),
        };
        join.done(level, text)
    }

    /// A sum or a difference. If an operand is a small negative constant, the opposite operation is printed.
    fn sum(&self, binary: Binary, a: NodeId, b: NodeId, width: u32) -> Expression {
        let mut join = Joiner { reads: vec![] };
        let add = binary == Binary::Add;
        let negative = |id| self.constant(id).and_then(|bits| as_negative(bits, width));
        let (operator, a, b) = match (negative(a), negative(b)) {
            (_, Some(small)) => (if add { "-" } else { "+" }, a, Err(small)),
            (Some(small), _) if add => ("-", b, Err(small)),
            _ => (if add { "+" } else { "-" }, a, Ok(b)),
        };
        if let (Some(0), Ok(b), "-") = (self.constant(a), b, operator) {
            let text = format!("-{}", join.take(self.value(b)).operand());
            return join.done(Level::Unary, text);
        }
        let left = join.take(self.value(a)).left_of(Level::Sum);
        let right = match b {
            Ok(b) => join.take(self.value(b)).operand(),
            Err(small) => literal(small, width),
        };
        join.done(Level::Sum, format!("{left} {operator} {right}"))
    }
}
