//! The angle unit of the datapath, and the memories of the coefficients.

use super::super::block::{Block, coefficient_word, complex_coefficient_word, place_coefficient_unit, stage};
use super::drawing::Drawing;
use super::qr::{Qr, Side};
use crate::architecture::jacobi::mapping::Mapping;
use crate::architecture::jacobi::pipeline::{depth, form, pace};
use crate::builder::{DesignBuilder, Instance, Signal};
use crate::ir::ModuleId;
use crate::shape::Shape;
use crate::units::angles::{Form, Pace, angle_fraction, angle_unit};
use crate::units::coefficients::coefficient_unit;
use crate::units::complex;
use crate::units::complex::angles::complex_angle_unit;
use crate::units::complex::coefficients::complex_coefficient_unit;

/// Adds the angle unit and the coefficient unit of a core.
pub(super) fn angle_units(design: &mut DesignBuilder, shape: &Shape) -> (ModuleId, ModuleId) {
    let (data, coef, limits) = (shape.element_bits(), shape.coef(), shape.arithmetic().limits());
    if shape.complex() {
        let form = match form(shape) {
            Form::Symmetric => complex::angles::Form::Hermitian,
            Form::Wide => complex::angles::Form::Wide,
            Form::Tall => complex::angles::Form::Tall,
            Form::Square | Form::Any => complex::angles::Form::Square,
        };
        let angles = complex_angle_unit(design, (data, complex::angles::angle_fraction(coef)), limits, form);
        return (angles, complex_coefficient_unit(design, coef));
    }
    let angles = angle_unit(design, data, angle_fraction(coef), limits, form(shape), (depth(shape), pace(shape)));
    (angles, coefficient_unit(design, coef))
}

impl<'m> Drawing<'_, 'm> {
    /// The angle unit, fed with the diagonal block `a`, or with the operands of a row rotation.
    pub(super) fn angles(&self, a: Block<'m>, qr: Option<&Qr<'m>>) -> Instance<'m> {
        let (a, is_column) = qr.map_or((a, None), |qr| {
            let (a, is_column) = qr.diagonal_block(a);
            (a, Some(is_column))
        });
        let ports = [("a", a[0][0]), ("b", a[0][1]), ("c", a[1][0]), ("d", a[1][1])];
        let angles = self.m.place(self.design, self.units.angles, "angles", &ports);
        if pace(self.shape) == Pace::EveryOtherCycle {
            angles.drive("takes", self.command.measure.delayed_to(stage(a[0][0])));
        }
        if let Some(phases) = self.command.phases {
            angles.drive("turn", phases.measure.delayed_to(stage(a[0][0])));
        }
        if form(self.shape) == Form::Any {
            let is_tall = || self.square.size.last_column.less_than(self.square.size.last_row);
            angles.drive("tall", is_column.unwrap_or_else(is_tall));
        }
        angles
    }

    /// The words of left and of right coefficients that follow from new angles: (fine, k, s) side by side. If one unit
    /// computes both, the right ones come one cycle later.
    pub(super) fn new_coefficients(&self, angles: &Instance<'m>) -> [Signal<'m>; 2] {
        let (m, design, unit) = (self.m, self.design, self.units.coefficients);
        let of = |side: &str| place_coefficient_unit(m, design, unit, &format!("{side}_coefficients"), angles, side);
        let complex = || complex_coefficient_word(m, design, unit, angles);
        match pace(self.shape) {
            Pace::EveryOtherCycle => {
                let angle = || ["size", "negative"].map(|port| angles.output(port));
                let left = match self.shape.complex() {
                    true => complex(),
                    false => coefficient_word(m, design, unit, "coefficients", angle()),
                };
                [left, left.untimed().at(stage(left) + 1)]
            }
            Pace::EveryCycle if self.shape.symmetric() => {
                let both = if self.shape.complex() { complex() } else { of("right") };
                [both, both]
            }
            Pace::EveryCycle => [of("left"), of("right")],
        }
    }

    /// The coefficient memory of one side. It stores the `new` coefficients of the next step beside those of the
    /// current one, and returns those of `pair` one cycle after the number of the pair.
    pub(super) fn stored(
        &self,
        side: &str,
        new: Signal<'m>,
        pair: Signal<'m>,
        qr: Option<&Side<'_, 'm>>,
    ) -> Signal<'m> {
        let (m, command) = (self.m, self.command);
        let memory =
            m.memory(&format!("{side}_coefficient_memory"), new.width(), 1 << (command.copy.width() + self.pair));
        let mut write_at = m.concat(&[command.read_copy, command.diagonal_pair]).delayed_to(stage(new));
        let mut writes = command.measure.delayed_to(stage(new));
        if let Some(qr) = qr {
            (writes, write_at) = qr.coefficient_write(new, writes, write_at);
        }
        memory.write(writes, write_at, new);
        let read_at = m.concat(&[command.copy, pair]);
        let read_at = qr.map_or(read_at, |qr| qr.coefficient_read(read_at));
        // Where a block takes several cycles, its coefficients stay until the next one.
        let takes_several = Mapping::of(self.shape).cycles_per_block(self.shape) > 1;
        let enable = takes_several.then(|| self.rotates().delayed_to(stage(read_at)));
        let read = memory.read(read_at, enable, &format!("{side}_coefficient"));
        qr.map_or(read, |qr| qr.coefficient(new, read))
    }

    /// The coefficients with which the second row of a pair is turned: a word (fine, k, Im s). Of the words in `new`,
    /// the phases of first rows come as left coefficients, and those of second rows as right ones.
    pub(super) fn phase_coefficients(&self, new: Signal<'m>, pair: Signal<'m>) -> Signal<'m> {
        let coef = self.shape.coef();
        let word = self.m.concat(&[new.bits_from(2 * coef), new.low_bits(coef)]);
        self.stored("phase", word, pair, None)
    }

    /// The right coefficients, or while rows are turned those that leave everything as it is.
    pub(super) fn unless_turned(&self, coefficients: Signal<'m>) -> Signal<'m> {
        let Some(phases) = self.command.phases else { return coefficients };
        let width = coefficients.width();
        // A fine rotation with k = s = 0.
        let none = self.m.constant(width, 1 << (width - 1));
        phases.turn.delayed_to(stage(coefficients)).select(none, coefficients)
    }
}
