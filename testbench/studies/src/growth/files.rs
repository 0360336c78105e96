//! The files of a study of growth: a table with the laws, a picture, and the same for programs.

use super::{FIGURES, Figure, Growth, Measurement};
use crate::campaign::CampaignError;
use crate::documents::text;
use crate::report::chart::{Axis, Chart, Line, Stroke};
use crate::report::thousands;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;
use svdforge_files::Outputs;

/// The names of the files.
pub const FILES: [&str; 3] = ["growth.json", "growth.md", "growth.svg"];

const KIND: &str = "svdforge growth";
const SCHEMA: u64 = 1;
/// Panels of the picture beside each other, and the size of each.
const ACROSS: usize = 3;
const PANEL: (usize, usize) = (380, 250);

impl Growth {
    /// The document for programs.
    pub fn document(&self) -> Value {
        json!({
            "kind": KIND, "schema": SCHEMA, "version": env!("CARGO_PKG_VERSION"), "command": self.command,
            "target": self.target, "measurements": self.measurements, "laws": self.laws(),
        })
    }

    /// The text of `growth.json`.
    pub fn json(&self) -> String {
        text(&self.document()) + "\n"
    }

    /// The figures that were measured.
    pub fn figures(&self) -> impl Iterator<Item = &'static Figure> {
        FIGURES.iter().filter(|figure| self.measurements.iter().any(|m| (figure.of)(m).is_some()))
    }

    /// The cells of the table of one architecture, a row for each size and then one with the laws. The first cell of a
    /// row is the size.
    pub fn rows(&self, arch: &str) -> Vec<Vec<String>> {
        let of_arch = self.measurements.iter().filter(|m| m.arch == arch);
        let row = |m: &Measurement| {
            let cells = self.figures().map(|figure| (figure.of)(m).map_or("-".to_owned(), |value| cell(figure, value)));
            std::iter::once(m.n.to_string()).chain(cells).collect()
        };
        let law = |figure: &Figure| self.law(arch, figure).map_or("-".to_owned(), exponent);
        let laws = std::iter::once("law".to_owned()).chain(self.figures().map(law)).collect();
        of_arch.map(row).chain([laws]).collect()
    }

    /// The text of `growth.md`.
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        let heads: Vec<&str> = self.figures().map(|figure| figure.heading).collect();
        for arch in self.architectures() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "**{arch}**\n\n| n | {} |\n|---|{}", heads.join(" | "), "---|".repeat(heads.len()));
            for row in self.rows(arch) {
                let _ = writeln!(text, "| {} |", row.join(" | "));
            }
            text.push('\n');
        }
        let _ = writeln!(text, "`{}`", self.command);
        text
    }

    /// The text of `growth.svg`: for each figure a panel with logarithmic axes, with a line and the law for each
    /// architecture.
    pub fn svg(&self) -> Result<String, CampaignError> {
        let mut sizes: Vec<u32> = self.measurements.iter().map(|m| m.n).collect();
        sizes.sort_unstable();
        sizes.dedup();
        let mut panels = Vec::new();
        for figure in self.figures() {
            let mut labels = Vec::new();
            let mut lines = Vec::new();
            let mut values = Vec::new();
            for (colour, arch) in self.architectures().into_iter().enumerate() {
                let points = self.points(arch, figure);
                values.extend(points.iter().map(|point| point.1));
                let law = self.law(arch, figure).map(|law| format!("{arch} {}", exponent(law)));
                labels.extend(points.get(points.len() / 2).copied().zip(law));
                lines.push(Line { colour, stroke: Stroke::Marked, points });
            }
            let chart = Chart {
                title: figure.unit.map_or(figure.heading.to_owned(), |unit| format!("{}, {unit}", figure.heading)),
                x: Axis::doublings("n", &sizes),
                y: Axis::decades("", values.into_iter()),
                logarithmic: true,
                lines,
                bars: Vec::new(),
            };
            panels.push(chart.svg_with_labels(&labels)?);
        }
        let rows = panels.len().div_ceil(ACROSS);
        let (width, height) = (ACROSS * PANEL.0, rows * PANEL.1);
        let mut picture = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>\n"
        );
        for (index, panel) in panels.iter().enumerate() {
            let (x, y) = (index % ACROSS * PANEL.0, index / ACROSS * PANEL.1);
            picture += &panel.replacen("<svg ", &format!("<svg x=\"{x}\" y=\"{y}\" "), 1);
            picture.push('\n');
        }
        Ok(picture + "</svg>\n")
    }

    /// Writes all files into a folder, which is created if it does not exist.
    pub fn write(&self, folder: &Path) -> Result<(), CampaignError> {
        let contents = [self.json(), self.markdown(), self.svg()?];
        let files: Vec<(&str, &str)> = FILES.into_iter().zip(contents.iter().map(String::as_str)).collect();
        let mut outputs = Outputs::new();
        outputs.results(folder, &files, &[])?;
        Ok(outputs.commit()?)
    }
}

/// A law, such as "n^1.98".
fn exponent(law: f64) -> String {
    // -0.00 is 0.00.
    format!("n^{:.2}", (law * 100.0).round() / 100.0 + 0.0)
}

/// Seconds are given in ms and bytes in MB. All others are whole numbers.
fn cell(figure: &Figure, value: f64) -> String {
    match figure.unit {
        Some("s") if value < 0.01 => format!("{:.2} ms", 1e3 * value),
        Some("s") => format!("{:.0} ms", 1e3 * value),
        Some(_) => format!("{:.0} MB", value / 1e6),
        None => thousands(value.round() as u64),
    }
}
