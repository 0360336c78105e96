//! Expressions: a node as text, with the reads that it makes.
//!
//! Verilog widens operands to the widest of an expression and forgets their sign as soon as one of them is unsigned.
//! Neither can happen here: the rules of the IR make the operands of one operation equally wide, every constant is
//! printed with its width, and a signed operation stands inside `$signed` on both sides, with a comparison's
//! result unsigned again and a product alone on the right of an assignment of full width. So an operation may be
//! printed inside another one without a change of meaning.

use super::scope::Scope;
use super::text::{as_negative, literal, signed_literal};
use crate::ir::*;

/// How tightly an expression holds together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// An identifier, a slice of one, a constant, a replication.
    Atom,
    /// A concatenation: as tight, and without its braces inside another one.
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
    /// Shifts, products and comparisons: in parentheses wherever they stand inside another operation.
    Loose,
    /// `a ? b : c`.
    Choice,
}

/// Bits of an identifier that an expression reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) node: NodeId,
    pub(super) bits: u128,
}

/// Text with what is needed to place it inside other text.
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

    /// As an operand: only what holds together tightly goes without parentheses.
    fn operand(&self) -> String {
        match self.level {
            // Two signs in a row, as in `~-a`, are no Verilog.
            Level::Unary if self.text.starts_with('-') => format!("({})", self.text),
            Level::Atom | Level::List | Level::Unary => self.text.clone(),
            _ => format!("({})", self.text),
        }
    }

    /// As the left operand of an operation of the same level, which binds from left to right.
    fn left_of(&self, level: Level) -> String {
        if self.level == level && level != Level::Loose { self.text.clone() } else { self.operand() }
    }

    /// As a part of a concatenation.
    fn part(&self) -> String {
        match self.level {
            Level::List => self.text[1..self.text.len() - 1].to_owned(),
            _ => self.arm(),
        }
    }

    /// As an arm of a choice.
    fn arm(&self) -> String {
        if self.level == Level::Choice { format!("({})", self.text) } else { self.text.clone() }
    }
}

/// Joins operands into one expression, keeping track of the reads.
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
    /// A node as an operand of others: its identifier where it has one, else the operation itself.
    pub(super) fn value(&self, id: NodeId) -> Expression {
        let id = self.usage.representative(self.module, id);
        match self.identifier(id) {
            Some(name) => {
                Expression::atom(name.to_owned(), vec![Read { node: id, bits: mask(self.module.node(id).width) }])
            }
            None => self.operation(id),
        }
    }

    /// `count` bits of a node from `low` on. The node, or what it is a slice of, is an identifier, a constant or
    /// transparent.
    pub(super) fn bits(&self, id: NodeId, low: u32, count: u32) -> Expression {
        let id = self.usage.representative(self.module, id);
        let node = self.module.node(id);
        if count == node.width {
            return self.value(id);
        }
        // A part of a named constant is illegal in Verilog-2005.
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

    /// The operation of a combinational node, its operands as far as possible by name.
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

    /// `~a`, or the opposite comparison.
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
        // Nothing is below the smallest number, and the largest is below nothing; linters ask about such comparisons.
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

    /// An operand of a signed operation; a constant is printed at the width at which the operation works.
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

    /// Sums and differences; a small negative constant is printed as the opposite operation.
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
