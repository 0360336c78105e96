//! Prints tables and messages for readers, and JSON for programs.

pub use crate::table::{Cell, Table, number, table, verdict};

use crate::terminal::{self, Safe};
use crate::{Verdict, escape};
use anyhow::{Context, Result};
use serde::Serialize;
use std::fmt;
use std::io;
use svdforge_golden::BySource;
use svdforge_golden::digits::{fixed, resolved, signed};
use svdforge_testbench::judge::Judgement;
use svdforge_testbench::scalar::Scalar;

/// Prints one message on stderr. Causes follow after colons, unless the message already contains them.
pub fn error(error: &anyhow::Error) {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !text.contains(&cause) {
            text += &format!("{}{cause}", if text.is_empty() { "" } else { ": " });
        }
    }
    terminal::error(&Safe::text(text));
}

/// Prints a message that is not part of the result, on stderr.
pub fn note(text: impl fmt::Display) {
    terminal::stderr(&Safe::text(text));
}

/// What can be printed: text, and tables.
pub trait Printable {
    /// The same, without anything foreign that a terminal would obey.
    fn safe(&self) -> Safe;
}

impl<T: fmt::Display> Printable for T {
    fn safe(&self) -> Safe {
        Safe::text(self)
    }
}

impl Printable for Table {
    fn safe(&self) -> Safe {
        self.drawn()
    }
}

/// Prints text or a table on stdout.
pub fn print(what: impl Printable) -> Result<()> {
    terminal::stdout(&what.safe()).context("stdout")
}

/// Prints bytes of the program's own on stdout.
pub fn print_own(bytes: &[u8]) -> Result<()> {
    terminal::own_bytes(bytes).context("stdout")
}

/// A name from a file as part of a line, which it does not end.
pub fn name(text: &str) -> String {
    escape::line(text).into_owned()
}

/// Prints one JSON document on stdout.
pub fn json(document: &impl Serialize) -> Result<()> {
    terminal::json(document).context("stdout")
}

/// Whether the error means that the reader of stdout has gone away, as in `svdforge ... | head`.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|e| e.downcast_ref::<io::Error>()).any(|e| e.kind() == io::ErrorKind::BrokenPipe)
}

/// Prints every promise of the core that the results do not keep.
pub fn promises<T: Scalar>(judgements: &[Judgement<T>]) -> Verdict {
    let broken: Vec<String> = judgements.iter().flat_map(Judgement::broken_promises).collect();
    broken.iter().for_each(note);
    if broken.is_empty() { Verdict::Holds } else { Verdict::Fails }
}

/// A table of the singular values and those of the golden model.
pub fn sigma_table(judgement: &Judgement<impl Scalar>) -> Table {
    let (name, values, golden) = judgement.result.values();
    let mut table = table(&["", &format!("{name}, core"), &format!("{name}, nalgebra"), "difference, LSB"]);
    let lsb = judgement.accuracy.lsb;
    for (i, (core, golden)) in values.iter().zip(golden).enumerate() {
        let difference = (core - golden) / lsb;
        let value = |v: &f64| number(resolved(*v, lsb));
        table.add_row([number(i + 1), value(core), value(golden), number(signed(difference, 3))]);
    }
    table
}

/// A table of the errors, sweeps and cycles of several matrices.
pub fn accuracy_table(judgements: &[Judgement<impl Scalar>]) -> Table {
    let mut table = table(&[
        "matrix",
        "values",
        "bound",
        "product - A",
        "U orth.",
        "V orth.",
        "sweeps",
        "load",
        "compute",
        "unload",
        "status",
    ]);
    for j in judgements {
        let lsb = |value: Option<f64>| number(value.map_or("-".to_owned(), |v| fixed(v, 2)));
        let a = &j.accuracy;
        // The product of a truncated decomposition differs from A by design.
        let product = a.reconstruction_max_lsb.filter(|_| j.result.values().1.len() == j.rows.min(j.cols));
        let problems: Vec<&str> = [
            ("overflow", j.flags.overflow()),
            ("not settled", j.flags.cap_reached()),
            ("bad frame", j.flags.bad_frame()),
        ]
        .into_iter()
        .filter_map(|(name, set)| set.then_some(name))
        .collect();
        let status = if problems.is_empty() { "ok".to_owned() } else { problems.join(", ") };
        table.add_row([
            Cell::from(&j.matrix),
            lsb(Some(a.sigma_max_lsb)),
            lsb(a.bound_lsb),
            lsb(product),
            lsb(a.orthogonality_u_max_lsb),
            lsb(a.orthogonality_v_max_lsb),
            number(j.sweeps),
            number(j.cycles.load),
            number(j.cycles.compute),
            number(j.cycles.unload),
            verdict(problems.is_empty(), &status),
        ]);
    }
    table
}

/// A table of the sources of the errors of the values of several matrices. It is `None` if they are not known for any
/// matrix.
pub fn sources_table(judgements: &[Judgement<impl Scalar>]) -> Option<Table> {
    let heads: Vec<&str> = ["matrix"].into_iter().chain(BySource::NAMES).chain(["together"]).collect();
    let mut table = table(&heads);
    for (judgement, sources) in judgements.iter().filter_map(|j| Some((j, j.sources?.sigma_rms_lsb))) {
        let error = |error: f64| number(fixed(error, 3));
        let parts = sources.parts().into_iter().chain([sources.total]).map(error);
        table.add_row([Cell::from(&judgement.matrix)].into_iter().chain(parts));
    }
    (!table.is_empty()).then_some(table)
}
