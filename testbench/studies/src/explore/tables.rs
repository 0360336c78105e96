//! Makes `explore.json`, `explore.csv`, `explore.md`, and the columns of tables for readers.

use super::exploration::{Exploration, Standing};
use super::measured::Area;
use super::point::Point;
use crate::campaign::{CampaignError, Metric};
use crate::documents::text;
use crate::report::{digits, thousands};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};
use std::fmt::Write;
use svdforge_hdl::parameters::Sweeps;

/// The version of the format of `explore.json`.
pub const SCHEMA: u64 = 1;

/// The value of `kind` in `explore.json`.
const KIND: &str = "svdforge exploration";

/// A column of a table of points: its heading, and the text for a point.
pub type Column = (&'static str, fn(&Point) -> String);

/// The columns of every table.
const COLUMNS: [Column; 12] = [
    ("word", |p| p.shape().word().to_string()),
    ("guard", |p| p.shape().guard().to_string()),
    ("coef", |p| p.shape().coef().to_string()),
    ("sweeps", |p| match p.shape().sweeps() {
        Sweeps::Auto => format!("{:.1}-{}", p.statistics.sweeps.mean, p.statistics.sweeps.max),
        Sweeps::Fixed(sweeps) => format!("always {sweeps}"),
    }),
    ("effective bits", |p| format!("{:.1}", p.effective_bits())),
    ("Σ, LSB", |p| error(p, Metric::Sigma)),
    ("U Σ Vᵀ - A", |p| error(p, Metric::Reconstruction)),
    ("U, V orth.", |p| error(p, Metric::Orthogonality)),
    ("UᵀA V - Σ", |p| error(p, Metric::OffDiagonal)),
    ("cycles", |p| p.statistics.cycles.max.to_string()),
    ("multiplier bits", |p| thousands(p.multiplier_bits)),
    ("memory bits", |p| thousands(p.figures.memory_bits)),
];

/// How many of the columns come before those of [`VARIED`].
const NAMING: usize = 4;

/// The columns that are shown if their cells differ.
const VARIED: [Column; 2] =
    [("architecture", |p| p.shape().arch().to_string()), ("in flight", |p| p.shape().in_flight().to_string())];

/// The columns of what synthesis measures.
const MEASURED: [Column; 4] = [
    ("LUT", |p| p.area().map_or("-".to_owned(), |m| thousands(m.lut))),
    ("FF", |p| p.area().map_or("-".to_owned(), |m| thousands(m.ff))),
    ("DSP", |p| p.area().map_or("-".to_owned(), |m| m.dsp.to_string())),
    ("block RAM", |p| p.area().map_or("-".to_owned(), |m| m.block_rams.to_string())),
];

/// The columns of what place and route measures.
const PLACED: [Column; 3] = [
    ("MHz", |p| p.area().map_or("-".to_owned(), rate)),
    ("matrices/s", |p| p.area().and_then(|m| m.svd_per_second).map_or("-".to_owned(), |rate| thousands(rate as u64))),
    ("per DSP", |p| {
        p.area().and_then(Area::svd_per_second_per_dsp).map_or("-".to_owned(), |rate| format!("{rate:.0}"))
    }),
];

/// The clock rate, with the spread if there were several seeds: "92.0, 88.1-93.5".
fn rate(area: &Area) -> String {
    match (area.fmax_mhz, area.fmax_min_mhz, area.fmax_max_mhz) {
        (None, ..) => "-".to_owned(),
        (Some(median), Some(least), Some(most)) if least < most => format!("{median:.1}, {least:.1}-{most:.1}"),
        (Some(median), ..) => format!("{median:.1}"),
    }
}

fn error(point: &Point, metric: Metric) -> String {
    point.statistics.of(metric).map_or("-".to_owned(), |spread| digits(spread.max))
}

impl Exploration {
    /// The columns of its tables. They include those of synthesis if a point was synthesised, and those of architecture
    /// and matrices in flight if these differ.
    pub fn columns(&self) -> Vec<Column> {
        let differ = |of: fn(&Point) -> String| self.points.iter().any(|point| of(point) != of(&self.points[0]));
        let measured = self.points.iter().find_map(|point| point.measured.as_ref());
        let mut columns = COLUMNS[..NAMING].to_vec();
        columns.extend(VARIED.iter().filter(|(_, of)| differ(*of)));
        columns.extend(&COLUMNS[NAMING..]);
        if self.takes_turns() {
            let place = columns.iter().position(|column| column.0 == "cycles").map_or(columns.len(), |place| place + 1);
            columns.insert(place, ("interval", |p| p.interval.to_string()));
        }
        columns.extend(measured.map_or(&[][..], |_| &MEASURED));
        columns.extend(measured.filter(|measured| measured.setup.pnr).map_or(&[][..], |_| &PLACED));
        columns
    }

    /// The setup of the synthesis, if there was one: target, place and route, tools.
    pub fn synthesis(&self) -> Option<Value> {
        self.points.iter().find_map(|point| point.measured.as_ref()).map(|measured| json!(measured.setup))
    }

    /// A headline such as "8 x 8; cores: 25, on the Pareto front: 11".
    pub fn headline(&self) -> String {
        let shape = self.points[0].shape();
        let front = self.standings.iter().filter(|s| **s == Standing::Front).count();
        format!("{} x {}; cores: {}, on the Pareto front: {front}", shape.rows(), shape.cols(), self.points.len())
    }

    /// A line about the matrices that were run through each core.
    pub fn matrices(&self) -> String {
        let settings = &self.plan.settings;
        let (matrices, families) = (self.points[0].statistics.matrices, settings.families.len());
        format!("matrices through each: {matrices}, of families: {families}, seed {}", settings.seed)
    }

    /// The cores that do not fit the device, each with the reason.
    pub fn too_large(&self) -> Vec<String> {
        let reason = |point: &Point| point.does_not_fit().map(|reason| format!("{}: {reason}", point.label()));
        self.points.iter().filter_map(reason).collect()
    }
}

struct Entry<'a> {
    exploration: &'a Exploration,
    index: usize,
}

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (point, standing) = (&self.exploration.points[self.index], self.exploration.standings[self.index]);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("point", &self.index)?;
        map.serialize_entry("front", &(standing == Standing::Front))?;
        map.serialize_entry("dominated_by", &dominator(standing))?;
        map.serialize_entry("holds", &point.holds)?;
        map.serialize_entry("core", &point.core)?;
        map.serialize_entry("command", &point.command())?;
        map.serialize_entry("does_not_fit", &point.does_not_fit())?;
        for (name, value) in point.fields() {
            map.serialize_entry(&name, &value)?;
        }
        map.end()
    }
}

fn dominator(standing: Standing) -> Option<usize> {
    match standing {
        Standing::Dominated(other) => Some(other),
        Standing::Front | Standing::Fails => None,
    }
}

/// The text of `explore.json`, with one line for each point. The same request gives the same bytes.
pub fn json(exploration: &Exploration) -> String {
    let points = lines((0..exploration.points.len()).map(|index| Entry { exploration, index }));
    let (checks, left_out) = (lines(&exploration.checks), lines(&exploration.left_out));
    format!(
        "{{\n\"kind\": \"{KIND}\",\n\"schema\": {SCHEMA},\n\"campaign\": {},\n\"objectives\": {},\n\"synthesis\": {},\n\"left_out\": [\n{left_out}\n],\n\"checks\": [\n{checks}\n],\n\"points\": [\n{points}\n]\n}}\n",
        text(&exploration.plan.settings),
        text(&exploration.objectives()),
        text(&exploration.synthesis()),
    )
}

/// The entries of a JSON list, each on a line of its own.
fn lines<T: Serialize>(entries: impl IntoIterator<Item = T>) -> String {
    entries.into_iter().map(|entry| text(&entry)).collect::<Vec<_>>().join(",\n")
}

/// The text of `explore.csv`, with one row for each point.
pub fn csv(exploration: &Exploration) -> Result<String, CampaignError> {
    let error = |e: &dyn std::fmt::Display| CampaignError::Drawing { what: "explore.csv", message: e.to_string() };
    let mut writer = csv::Writer::from_writer(Vec::new());
    let first = ["point", "front", "dominated_by", "holds", "rows", "cols", "sweeps", "arch"].map(str::to_owned);
    writer.write_record(first.into_iter().chain(super::point::names())).map_err(|e| error(&e))?;
    for (index, (point, &standing)) in exploration.points.iter().zip(&exploration.standings).enumerate() {
        let shape = point.shape();
        let first = (index, standing == Standing::Front, dominator(standing), point.holds);
        let core = (shape.rows(), shape.cols(), shape.sweeps().to_string(), shape.arch().to_string());
        let figures: Vec<Value> = point.fields().into_iter().map(|(_, value)| value).collect();
        writer.serialize((first, core, figures)).map_err(|e| error(&e))?;
    }
    let bytes = writer.into_inner().map_err(|e| error(&e))?;
    String::from_utf8(bytes).map_err(|e| error(&e))
}

/// The text of `explore.md`, with a table of the front.
pub fn markdown(exploration: &Exploration) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_markdown(&mut text, exploration);
    text
}

fn write_markdown(text: &mut String, exploration: &Exploration) -> std::fmt::Result {
    writeln!(text, "# Exploration, {}\n", exploration.headline())?;
    writeln!(text, "svdforge {}, {}. {}\n", exploration.plan.settings.version, exploration.matrices(), LEGEND)?;
    let columns = exploration.columns();
    let heads: Vec<&str> = columns.iter().map(|column| column.0).collect();
    writeln!(text, "| {} | command |\n|{}---|", heads.join(" | "), "---|".repeat(heads.len()))?;
    for index in exploration.front() {
        let point = &exploration.points[index];
        let cells: Vec<String> = columns.iter().map(|column| (column.1)(point)).collect();
        writeln!(text, "| {} | `{}` |", cells.join(" | "), point.command())?;
    }
    if !exploration.too_large().is_empty() {
        writeln!(text, "\nDoes not fit:\n")?;
    }
    for core in exploration.too_large() {
        writeln!(text, "- {core}")?;
    }
    if !exploration.left_out.is_empty() {
        writeln!(text, "\nLeft out:\n")?;
    }
    for left in &exploration.left_out {
        writeln!(text, "- {}, combinations: {}", left.reason, left.combinations)?;
    }
    Ok(())
}

/// The explanation of the columns.
pub const LEGEND: &str = "Errors are the worst over these matrices, in LSB of the core's own word. Effective bits are -log2 of the largest of all errors of the core as a share of full scale, \
     with an allowance for what the rounding of the input does to Σ, which is the same number of LSB for every core. Cycles are the most that a matrix takes, from the first element in to the last word out; the interval is from one result to the next, in the mean, when matrices arrive without a pause.";
