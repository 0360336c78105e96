//! The walk of the output end over a frame: section by section, row by row, and in each row by element or by group of
//! elements.

use crate::architecture::size::{Size, index_bits};
use crate::builder::{ModuleBuilder, Signal};
use crate::interface::section;
use crate::shape::Shape;

/// The token that the walk issues in a cycle.
pub(super) struct Token<'m> {
    /// There is one.
    pub(super) issue: Signal<'m>,
    /// It is the last one of the frame.
    pub(super) frame_ends: Signal<'m>,
    /// The number of its section.
    pub(super) section: Signal<'m>,
    /// Its row of U or V.
    pub(super) row: Signal<'m>,
    /// Its place in the row, or among the singular values.
    pub(super) column: Signal<'m>,
}

impl<'m> Token<'m> {
    /// Whether it belongs to the section with this number.
    pub(super) fn is_in(&self, wanted: u8) -> Signal<'m> {
        self.section.is(wanted.into())
    }

    /// Draws the outputs that address U and V in the cycles in which `reads` is 1: `u_read` or `v_read`, and
    /// `vector_row`.
    pub(super) fn address_vectors(&self, m: &'m ModuleBuilder, shape: &Shape, reads: Signal<'m>) {
        let section = self.section.at(0);
        for (present, name, wanted) in [(shape.has_u(), "u_read", section::U), (shape.has_v(), "v_read", section::V)] {
            if present {
                m.output(name, (reads & section.is(wanted.into())).flag().registered(&format!("{name}_out")));
            }
        }
        if shape.has_vectors() {
            m.output("vector_row", self.row.at(0).registered("vector_row_out"));
        }
    }
}

/// What the walk needs to know.
pub(super) struct Walk<'m> {
    /// Begins a frame.
    pub(super) start: Signal<'m>,
    /// The frame is a status word alone.
    pub(super) bad: Signal<'m>,
    /// There is room for the beat of a token.
    pub(super) has_room: Signal<'m>,
    /// The name of the places in a row.
    pub(super) place: &'static str,
    /// The number of the last place.
    pub(super) last_place: Signal<'m>,
    /// Every token of U or V reads an element. Otherwise the first one of a row reads the whole row.
    pub(super) reads_each: bool,
}

impl<'m> Walk<'m> {
    /// Draws the registers of the walk. In cores with several matrices in flight, a token that reads U or V is issued
    /// when the decomposer has time for that (the inputs `u_free` and `v_free`).
    pub(super) fn draw(&self, m: &'m ModuleBuilder, shape: &Shape, size: &Size<'m>) -> Token<'m> {
        let sections = shape.interface().sections();
        let index = index_bits(shape);
        let active = m.register("active", 1).reset(0);
        let section = m.register("section", 2).reset(0);
        let row = m.register("row", index).reset(0);
        let column = m.register(self.place, self.last_place.width()).reset(0);

        let is = |wanted: u8| section.value().is(wanted.into());
        let reads = |condition: Signal<'m>| match self.reads_each {
            true => condition,
            false => condition & !column.value().any(),
        };
        let waits = |present: bool, wanted: u8, port: &str| {
            (present && shape.in_flight() > 1).then(|| reads(is(wanted)) & !m.input(port, 1))
        };
        let waits = [waits(shape.has_u(), section::U, "u_free"), waits(shape.has_v(), section::V, "v_free")];
        let issue = active.value() & self.has_room;
        let issue = waits.into_iter().flatten().fold(issue, |issue, waits| issue & !waits).named("issue");
        let in_matrix = section.value().bit(1).named("in_matrix");
        let last_place = column.value().equals(self.last_place).named(&format!("last_{}", self.place));
        let [last_of_u, last_of_v] = [size.last_row, size.last_column].map(|last| row.value().equals(last));
        let last_row = is(section::U).select(last_of_u, last_of_v);
        let section_ends = (is(section::STATUS) | (last_place & (!in_matrix | last_row))).named("section_ends");
        let last_section = sections.last().map_or(section::STATUS, |section| section.tuser);
        let frame_ends = ((is(section::STATUS) & self.bad) | (is(last_section) & section_ends)).named("frame_ends");
        active.drive(self.start | (active.value() & !(issue & frame_ends)));
        let token = Token { issue, frame_ends, section: section.value(), row: row.value(), column: column.value() };

        // In cores without U, V follows sigma.
        let after_section = match shape.has_u() {
            true => section.value().plus(1),
            false => is(section::STATUS).select(m.constant(2, section::SIGMA.into()), m.constant(2, section::V.into())),
        };
        let next_section = section_ends.select(after_section, section.value());
        section.enabled_by(self.start | issue).drive(self.start.select(m.zero(2), next_section));
        let begins = (self.start | section_ends).named("begins");
        let next_column = (begins | last_place).select(m.zero(self.last_place.width()), column.value().plus(1));
        column.enabled_by(self.start | issue).drive(next_column);
        let next_row = last_place.select(row.value().plus(1), row.value());
        row.enabled_by(self.start | issue).drive(begins.select(m.zero(index), next_row));
        token
    }
}
