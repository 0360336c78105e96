//! The arithmetic of a check: one multiplier, and sums of its products.
//!
//! The unit gets a word of the result in each cycle, with what is to be done with it ([`super::sequence`]). Formats,
//! with f = fraction bits of sigma, v = fraction bits of U and V, and 4 bits more in all sums of products:
//!
//! | | | fraction bits |
//! |---|---|---|
//! | z = V' x | sums of columns, adders only | v |
//! | c = sigma z | one product each, rounded | f |
//! | w = U c | sums of rows; compared with y = A x | f + 4 |
//! | t = U s, or V s | sums of rows, adders only | v |
//! | g = U' t, or V' t | sums of columns; compared with s | v + 4 |

use super::probe_sums::sum_bits;
use super::store::READ;
use crate::architecture::size::index_bits;
use crate::builder::{DesignBuilder, ModuleBuilder, Signal};
use crate::dimensions::ceil_log2;
use crate::formats::{CHECK_BITS, CheckAllowance, ORTHOGONAL_PROBES, PROBES};
use crate::interface::StatusField;
use crate::ir::{ModuleId, address_width};
use crate::parameters::{ArchitectureName, Scaling};
use crate::shape::Shape;
use crate::units::multiplier::{Form, multiplier};

/// Adds the unit. Its inputs are the outputs of the sequence for the arithmetic, at stage 0; the `element` of the
/// store, at stage [`READ`]; `sum_p`, `row_signs` and `column_signs` of the probes one cycle after `read_row` and
/// `read_column`, which it gives. `failed` is 1 if a component was further off than allowed.
pub fn residual(design: &mut DesignBuilder, shape: &Shape) -> ModuleId {
    let (vector, fraction) = (shape.vector_bits(), shape.vector_fraction());
    let (sigma, sum) = (shape.sigma_bits(), sum_bits(shape));
    let columns = vector + ceil_log2(shape.cols());
    let rows = vector + ceil_log2(shape.rank());
    // |z| is at most a little more than the root of the number of columns.
    let scaled = sigma + ceil_log2(shape.cols()).div_ceil(2) + 1;
    let finer = shape.guard() + CHECK_BITS;
    let combined = sum + finer + 2;
    let squared = fraction + CHECK_BITS + 4;
    let registers = if shape.arch() == ArchitectureName::Quarter { 2 } else { 3 };
    let form = Form { a: scaled.max(rows), b: columns.max(vector), registers };
    let product_unit = multiplier(design, form);
    let CheckAllowance { reconstruction, orthogonality } = shape.budget().check_allowance();

    let m = ModuleBuilder::new("residual");
    let unit = |bits: u32| 1.0 / f64::from(bits).exp2();
    m.doc(format!(
        "Compares U (sigma (V'x)) with y = A x for {PROBES} vectors x of +1 and -1, and U'(U s) and V'(V s) with s for\n\
         {ORTHOGONAL_PROBES} of them. Allowed are {:.2} LSB of the input at full scale, and {:.3e} of 1, which are the bounds of the\n\
         roundings of a decomposition and those of this unit.\n\
         Signed: z {columns} bits, {fraction} fraction; c {scaled} bits, {} fraction; w {combined} bits, {} fraction;\n\
         t {rows} bits, {fraction} fraction; g {squared} bits, {} fraction.",
        reconstruction as f64 * unit(finer),
        orthogonality as f64 * unit(fraction + CHECK_BITS),
        shape.sigma_fraction(),
        shape.frac() + finer,
        fraction + CHECK_BITS
    ));
    let flag = |name: &str| m.input(name, 1).at(0).flag();
    let [is_head, sums_columns, sums_row] = ["is_head", "sums_columns", "sums_row"].map(flag);
    let [scales, combines, multiplies, compares] = ["scales", "combines", "multiplies", "compares"].map(flag);
    let number = |name: &str, width| m.input(name, width).at(0);
    let probe = number("probe", 2);
    let (column, row) = (number("column", address_width(shape.rank() as u32)), number("row", index_bits(shape)));
    let [first_row, first_column, last_column] =
        ["is_first_row", "is_first_column", "is_last_column"].map(|name| number(name, 1));
    let words = shape.sigma_bits().max(vector).max(crate::interface::STATUS_BITS);
    let element = m.input("element", words).at(READ);

    // The status word tells by how many bits the matrix was shifted up, and whether sigma has a bound.
    let status = |name: &str| {
        let field = StatusField::named(name);
        element.slice(field.bits[1], field.width())
    };
    let at_head = is_head.delayed_to(READ).untimed();
    let unsettled = m.register("unsettled", 1).reset(0).enabled_by(at_head);
    unsettled.drive(status("cap_reached").untimed());
    let shift = (shape.scaling() == Scaling::Auto).then(|| {
        let shift = m.register("shift", shape.shift_bits()).reset(0).enabled_by(at_head);
        let exponent = status("block_exponent");
        shift.drive((m.zero(exponent.width()) - exponent).low_bits(shape.shift_bits()).untimed());
        shift.value()
    });

    // The signs of the row and the column, which the probes look up.
    let column_index = column.zero_extend(index_bits(shape));
    m.output("read_column", column_index.delayed_to(READ - 1).untimed());
    let column_signs = m.input("column_signs", PROBES).at(READ);
    let vector_at = element.low_bits(vector);

    // z: sums of the columns of V with the signs of the rows. A column comes again one row later.
    let row_signs = m.input("row_signs", PROBES).at(READ);
    let of_columns: Vec<Signal<'_>> = (0..PROBES)
        .map(|p| {
            let memory = m.memory(&format!("z_{p}"), columns, 1 << column.width()).never_collides();
            let z = memory.read(column.delayed_to(READ - 1), None, &format!("z_{p}_read"));
            let before = first_row.select(m.zero(columns), z);
            let next =
                before.add_sub(vector_at.sign_extend(columns), row_signs.bit(p)).registered(&format!("z_{p}_next"));
            memory.write(sums_columns.delayed_to(READ + 1), column.delayed_to(READ + 1), next);
            z
        })
        .collect();

    // t: sums of the row with the signs of the columns.
    let of_row: Vec<Signal<'_>> = (0..ORTHOGONAL_PROBES)
        .map(|p| {
            let t = m.register(&format!("t_{p}"), rows).enabled_by(sums_row.delayed_to(READ).untimed());
            let before = first_column.delayed_to(READ).untimed().select(m.zero(rows), t.value());
            t.drive(before.add_sub(vector_at.sign_extend(rows).untimed(), column_signs.bit(p).untimed()));
            t.value().at(READ)
        })
        .collect();

    // The product: sigma z, t u, or c u.
    let which = probe.delayed_to(READ);
    let c_at = m.concat(&[column, probe]);
    let memory = m.memory("c", scaled, 1 << c_at.width()).never_collides();
    let c = memory.read(c_at.delayed_to(READ - 1), None, "c_read");
    let factor = multiplies.select(
        which.low_bits(1).choose(&of_row).sign_extend(form.a),
        scales.select(element.low_bits(sigma).sign_extend(form.a), c.sign_extend(form.a)),
    );
    let other = scales.select(which.choose(&of_columns).sign_extend(form.b), vector_at.sign_extend(form.b));
    let product = m.place(design, product_unit, "product_unit", &[("a", factor), ("b", other)]).output("product");
    let stage = product.stage().expect("The product stands in a pipeline.");

    // c: sigma z, rounded to the fraction of sigma.
    let rounded = product.plus(1 << (fraction - 1)).bits_from(fraction);
    let rounded = rounded.low_bits(scaled).registered("c_next");
    memory.write(scales.delayed_to(stage + 1), c_at.delayed_to(stage + 1), rounded);

    // w: the sums of the row of U for all probes in turn. Each comes back when its probe does.
    let term = product.bits_from(fraction - CHECK_BITS);
    let combines_now = combines.delayed_to(stage);
    let turn: Vec<_> =
        (0..PROBES).map(|p| m.register(&format!("w_{p}"), combined).enabled_by(combines_now.untimed())).collect();
    let oldest = turn[PROBES as usize - 1].value();
    let begun = first_column.delayed_to(stage).untimed().select(m.zero(combined), oldest);
    turn[0].drive(begun + resized(term, combined).untimed());
    (1..PROBES as usize).for_each(|p| turn[p].drive(turn[p - 1].value()));
    let w = turn[0].value().at(stage + 1);

    // y: as much finer as w, and shifted up as the matrix was.
    m.output("read_row", {
        // A register and the memory of the signs lie before the element of V, and U the sums of its row beside w.
        let early = row.delayed_to(READ - 2);
        let late = row.delayed_to(stage);
        combines
            .delayed_to(stage)
            .untimed()
            .select(late.untimed(), early.untimed())
            .at(0)
            .registered("read_row_out")
            .untimed()
    });
    let sums: Vec<Signal<'_>> = (0..PROBES).map(|p| m.input(&format!("sum_{p}"), sum).at(stage + 2)).collect();
    let y = probe.delayed_to(stage + 2).choose(&sums).registered("y");
    let y = shift.map_or(y, |shift| y.shift_left(shift)).registered("y_shifted");
    let y = y.shifted_up(finer).sign_extend(combined);
    let off = (w.delayed_to(stage + 4) - y).registered("reconstruction_off");
    let ends_row = (combines & last_column).flag().delayed_to(stage + 5);
    let reconstruction_fails =
        (ends_row & is_outside(&m, off, reconstruction)).flag().registered("reconstruction_fails");

    // g: sums of the columns of U or V, each element times the sum of its row.
    let g_at = m.concat(&[column, probe.bit(0)]);
    let memory = m.memory("g", squared, 1 << g_at.width()).never_collides();
    let g = memory.read(g_at.delayed_to(stage - 1), None, "g_read");
    let before = first_row.select(m.zero(squared), g);
    let next = (before + resized(term, squared)).registered("g_next");
    memory.write(multiplies.delayed_to(stage + 1), g_at.delayed_to(stage + 1), next);
    let is_minus = probe.bit(0).delayed_to(READ).choose(&[column_signs.bit(0), column_signs.bit(1)]);
    let one = m.constant(squared, 1 << (fraction + CHECK_BITS));
    let off = g.add_sub(one, !is_minus).registered("orthogonality_off");
    let outside = is_outside(&m, off, orthogonality);
    let orthogonality_fails = (compares & outside).flag().registered("orthogonality_fails");

    let collected = |name: &str| m.register(name, 1).reset(0);
    let (reconstruction, orthogonality) = (collected("reconstruction_failed"), collected("orthogonality_failed"));
    reconstruction.drive(!at_head & (reconstruction.value() | reconstruction_fails.untimed()));
    orthogonality.drive(!at_head & (orthogonality.value() | orthogonality_fails.untimed()));
    let failed = orthogonality.value() | (reconstruction.value() & !unsettled.value());
    m.output("failed", failed.at(0).flag().registered("failed_out").untimed());
    design.add(m)
}

/// The value in `width` bits, whose sums are meant modulo 2^width.
fn resized(signal: Signal<'_>, width: u32) -> Signal<'_> {
    if signal.width() > width { signal.low_bits(width) } else { signal.sign_extend(width) }
}

/// Whether a value is below -allowed or above it, one cycle later.
fn is_outside<'m>(m: &'m ModuleBuilder, off: Signal<'m>, allowed: u64) -> Signal<'m> {
    let width = off.width();
    let inside = off.plus(allowed.into()).less_than(m.constant(width, 2 * i128::from(allowed) + 1));
    !inside
}
