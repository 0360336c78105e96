//! Draws a chart as SVG for a page with plotters. The page's style sheet changes its colours in dark mode.

use super::tick::number;
use crate::campaign::CampaignError;
use plotters::coord::Shift;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::ops::Range;
use svdforge_drawing::{COLOURS, FONT, register_fonts};

/// Width and height in pixels, which is about the size at which a phone shows one chart.
const SIZE: (u32, u32) = (380, 250);
/// The font size for plotters that SVG viewers show as 12 pixels.
const TEXT: f64 = 15.0;
/// Where the title begins and where the curves begin, in pixels from the top.
const TITLE: (i32, i32) = (3, 30);
/// The width of a character of a label beside a point, and the height of the label, in pixels.
const LABEL: (i32, i32) = (7, 14);
/// The space beside the vertical axis for its title and ticks, and for each character of the longest tick, in pixels.
const BESIDE: (u32, u32) = (32, 9);
const GRID: RGBColor = RGBColor(221, 221, 221);

/// A chart with curves or bars.
#[derive(Clone, Debug)]
pub struct Chart {
    /// The title above it.
    pub title: String,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// Whether the vertical axis is logarithmic. If so, its range must be above 0.
    pub logarithmic: bool,
    /// The curves.
    pub lines: Vec<Line>,
    /// The bars.
    pub bars: Vec<Bar>,
}

/// A bar, or a part of one.
#[derive(Clone, Debug)]
pub struct Bar {
    /// An index into [`COLOURS`], modulo their number.
    pub colour: usize,
    /// The left and right edge.
    pub x: (f64, f64),
    /// The bottom and top edge.
    pub y: (f64, f64),
}

impl Bar {
    /// The bar of a bin of a histogram, with a gap on either side.
    pub fn of_bin(left: f64, width: f64, count: u32) -> Self {
        Self { colour: 0, x: (left + 0.06 * width, left + 0.94 * width), y: (0.0, f64::from(count)) }
    }
}

/// An axis.
#[derive(Clone, Debug)]
pub struct Axis {
    /// What it shows, with its unit.
    pub label: String,
    /// Its ends.
    pub range: (f64, f64),
    /// Where it has ticks.
    pub ticks: Vec<f64>,
    /// Whether a horizontal axis is logarithmic. If so, its range must be above 0.
    pub logarithmic: bool,
}

/// An axis for plotters, with exactly the given ticks.
struct Scale {
    axis: Axis,
    logarithmic: bool,
}

impl Ranged for Scale {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        let place = |v: f64| if self.logarithmic { v.log10() } else { v };
        let (low, high) = (place(self.axis.range.0), place(self.axis.range.1));
        from + ((place(*value) - low) / (high - low) * f64::from(to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.axis.ticks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.axis.range.0..self.axis.range.1
    }
}

type DrawError<'a> = DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>;

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// Solid, with a mark at each point.
    Marked,
    /// Solid.
    Plain,
    /// Long dashes.
    Dashed,
    /// Short dashes.
    Dotted,
    /// A mark at each point, without a line.
    Dots,
    /// A small mark at each point, without a line.
    Specks,
    /// A ring around each point, without a line.
    Rings,
}

impl Stroke {
    /// The opacity that stands for dashes. plotters draws each dash as a line of its own, which makes large files. So a
    /// dashed line first gets an opacity of its own, close to 1, which is then replaced by the SVG attribute for
    /// dashes.
    fn opacity(self) -> f64 {
        match self {
            Self::Marked | Self::Plain => 1.0,
            Self::Dashed => 0.99,
            Self::Dotted => 0.98,
            Self::Dots | Self::Specks | Self::Rings => 1.0,
        }
    }

    /// The radius of the marks in pixels, if there are any.
    fn mark(self) -> Option<i32> {
        match self {
            Self::Marked => Some(3),
            Self::Dots => Some(4),
            Self::Specks => Some(2),
            Self::Rings => Some(7),
            Self::Plain | Self::Dashed | Self::Dotted => None,
        }
    }

    fn has_line(self) -> bool {
        !matches!(self, Self::Dots | Self::Specks | Self::Rings)
    }

    /// Replaces these opacities in an SVG by dashes.
    fn put_dashes(svg: &str) -> String {
        [(Self::Dashed, "7 4"), (Self::Dotted, "2 4")].iter().fold(svg.to_owned(), |svg, (stroke, dashes)| {
            svg.replace(&format!("opacity=\"{}\"", stroke.opacity()), &format!("stroke-dasharray=\"{dashes}\""))
        })
    }
}

/// A series of points, which may be joined by a line.
#[derive(Clone, Debug)]
pub struct Line {
    /// An index into [`COLOURS`], modulo their number.
    pub colour: usize,
    /// How it is drawn.
    pub stroke: Stroke,
    /// The points (x, y).
    pub points: Vec<(f64, f64)>,
}

impl Axis {
    /// A logarithmic axis of whole decades that includes all values, which must be above 0.
    pub fn decades(label: impl Into<String>, values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = values.fold((f64::INFINITY, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
        let (low, high) = if low <= high { (low, high) } else { (1.0, 10.0) };
        let (low, mut high) = (low.log10().floor() as i32, high.log10().ceil() as i32);
        high = high.max(low + 1);
        // There are at most six labels, so that they do not touch.
        let step = ((high - low) as usize).div_ceil(6);
        let ticks = (low..=high).step_by(step).map(|exponent| 10_f64.powi(exponent)).collect();
        Self { label: label.into(), range: (10_f64.powi(low), 10_f64.powi(high)), ticks, logarithmic: true }
    }

    /// An axis from 0 to a round number that is at least `most`, with about five ticks.
    pub fn from_zero(label: impl Into<String>, most: f64) -> Self {
        let most = if most > 0.0 { most } else { 1.0 };
        let step = step(most / 4.0);
        let count = (most / step).ceil() as usize;
        Self {
            label: label.into(),
            range: (0.0, step * count as f64),
            ticks: (0..=count).map(|i| step * i as f64).collect(),
            logarithmic: false,
        }
    }

    /// An axis between two round numbers that includes all values, with about five ticks.
    pub fn around(label: impl Into<String>, values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        let width = if high > low { high - low } else { high.abs().max(1.0) / 2.0 };
        let step = step(width / 5.0);
        let (first, last) = ((low / step - 0.2).floor(), (high / step + 0.2).ceil());
        let ticks = (0..=(last - first) as usize).map(|i| (first + i as f64) * step).collect();
        Self { label: label.into(), range: (first * step, last * step), ticks, logarithmic: false }
    }

    /// A logarithmic axis with a tick at each power of two between the smallest and the largest of some values, which
    /// must be above 0.
    pub fn doublings(label: impl Into<String>, values: &[u32]) -> Self {
        let least = values.iter().min().copied().unwrap_or(1).max(1);
        let most = values.iter().max().copied().unwrap_or(1).max(least);
        let powers = (0..31).map(|exponent| 1_u32 << exponent).filter(|power| (least..=most).contains(power));
        let margin = if most > least { f64::from(most) / f64::from(least) } else { 2.0 }.powf(0.05);
        Self {
            label: label.into(),
            range: (f64::from(least) / margin, f64::from(most) * margin),
            ticks: powers.map(f64::from).collect(),
            logarithmic: true,
        }
    }

    /// The smallest distance between two ticks.
    pub(super) fn apart(&self) -> f64 {
        let distances = self.ticks.windows(2).map(|pair| pair[1] - pair[0]).filter(|&distance| distance > 0.0);
        distances.reduce(f64::min).unwrap_or(self.range.1 - self.range.0)
    }

    /// An axis with a tick for each of some values.
    pub fn of_values(label: impl Into<String>, values: &[u32]) -> Self {
        let ticks: Vec<f64> = values.iter().map(|&v| f64::from(v)).collect();
        let (low, high) = ticks.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
        let margin = if high > low { (high - low) / 20.0 } else { 1.0 };
        Self { label: label.into(), range: (low - margin, high + margin), ticks, logarithmic: false }
    }
}

/// The smallest round number that is not below `rough`: 1, 2 or 5 times a power of ten.
fn step(rough: f64) -> f64 {
    let decade = 10_f64.powi(rough.log10().floor() as i32);
    [1.0, 2.0, 5.0, 10.0].map(|s| s * decade).into_iter().find(|&s| s >= rough).unwrap_or(rough)
}

impl Chart {
    /// The chart as an SVG element.
    pub fn svg(&self) -> Result<String, CampaignError> {
        self.svg_with_labels(&[])
    }

    /// The chart as an SVG element with labels beside points. Labels that would cover others are left out.
    pub fn svg_with_labels(&self, labels: &[((f64, f64), String)]) -> Result<String, CampaignError> {
        register_fonts();
        let mut text = String::new();
        let area = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
        let drawn = self.draw(&area, labels).and_then(|()| area.present());
        drawn.map_err(|e| CampaignError::Drawing { what: "a chart of the report", message: e.to_string() })?;
        drop(area);
        let label = format!("{}: {} against {}", self.title, self.y.label, self.x.label);
        let label = label.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        Ok(Stroke::put_dashes(&text).replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{label}\" "), 1))
    }

    fn draw<'a>(
        &self,
        area: &DrawingArea<SVGBackend<'a>, Shift>,
        labels: &[((f64, f64), String)],
    ) -> Result<(), DrawError<'a>> {
        let x = Scale { logarithmic: self.x.logarithmic, axis: self.x.clone() };
        let y = Scale { axis: self.y.clone(), logarithmic: self.logarithmic };
        let style = (FONT, TEXT + 2.0).into_text_style(area).pos(Pos::new(HPos::Center, VPos::Top));
        area.draw_text(&self.title, &style, (SIZE.0 as i32 / 2, TITLE.0))?;
        let longest = self.y.ticks.iter().map(|&tick| number(tick, self.y.apart()).chars().count()).max();
        let beside = BESIDE.0 + BESIDE.1 * longest.unwrap_or(0) as u32;
        let mut chart = ChartBuilder::on(area)
            .margin(6)
            .margin_top(TITLE.1)
            .margin_right(12)
            .x_label_area_size(40)
            .y_label_area_size(beside.max(60))
            .build_cartesian_2d(x, y)?;
        chart
            .configure_mesh()
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .axis_style(BLACK)
            .x_desc(&self.x.label)
            .y_desc(&self.y.label)
            .label_style((FONT, TEXT))
            .x_labels(self.x.ticks.len().max(2))
            .y_labels(self.y.ticks.len().max(2))
            .max_light_lines(0)
            .x_label_formatter(&|value| number(*value, self.x.apart()))
            .y_label_formatter(&|value| number(*value, self.y.apart()))
            .draw()?;
        chart.draw_series(self.bars.iter().map(|&Bar { colour, x, y }| {
            Rectangle::new([(x.0, y.0), (x.1, y.1)], COLOURS[colour % COLOURS.len()].filled())
        }))?;
        for line in &self.lines {
            let colour = COLOURS[line.colour % COLOURS.len()];
            let points = line.points.iter().copied();
            if line.stroke.has_line() {
                let style = colour.mix(line.stroke.opacity()).stroke_width(2);
                chart.draw_series(LineSeries::new(points.clone(), style))?;
            }
            if let Some(radius) = line.stroke.mark() {
                let style = match line.stroke {
                    Stroke::Rings => colour.stroke_width(2),
                    _ => colour.filled(),
                };
                chart.draw_series(points.map(|point| Circle::new(point, radius, style)))?;
            }
        }
        let marked = self.lines.iter().filter_map(|line| Some((line.stroke.mark()?, &line.points)));
        let marked = marked.flat_map(|(radius, points)| points.iter().map(move |point| (point, radius)));
        let mut space = Space {
            inside: chart.plotting_area().get_pixel_range(),
            marks: marked.map(|(point, radius)| (chart.backend_coord(point), radius)).collect(),
            labels: Vec::new(),
        };
        for (point, text) in labels {
            let width = LABEL.0 * text.chars().count() as i32;
            if let Some(place) = space.place(chart.backend_coord(point), width) {
                area.draw(&Text::new(text.as_str(), place, (FONT, TEXT - 2.0)))?;
            }
        }
        Ok(())
    }
}

/// The space for labels beside points, in pixels.
struct Space {
    /// Where the curves are, horizontally and vertically. The title and the ticks are outside.
    inside: (Range<i32>, Range<i32>),
    /// The centres of the marks, and their radii.
    marks: Vec<((i32, i32), i32)>,
    /// The left end, the top and the width of each label.
    labels: Vec<(i32, i32, i32)>,
}

impl Space {
    /// Takes the place of a label of this width beside a point. Places that cover no mark are preferred. If every place
    /// covers another label, there is none.
    fn place(&mut self, (x, y): (i32, i32), width: i32) -> Option<(i32, i32)> {
        // A label stands farther from a ring than from a dot.
        let radius = self.marks.iter().filter(|mark| mark.0 == (x, y)).map(|mark| mark.1).max().unwrap_or(0);
        let far = if radius > 4 { radius - 2 } else { 0 };
        let (right, left) = (6 + far, -width - 4 - far);
        let beside = [(right, -14), (left, 2), (right, 2), (left, -14), (-width / 2, -20 - far), (-width / 2, 7 + far)];
        let free = || beside.map(|(dx, dy)| (x + dx, y + dy)).into_iter().filter(|&place| self.is_free(place, width));
        let place = free().find(|&place| self.is_clear(place, width)).or_else(|| free().next())?;
        self.labels.push((place.0, place.1, width));
        Some(place)
    }

    fn is_free(&self, (left, top): (i32, i32), width: i32) -> bool {
        let far = |&(a, b, wide): &(i32, i32, i32)| left >= a + wide || a >= left + width || (top - b).abs() > LABEL.1;
        let (horizontal, vertical) = &self.inside;
        let inside = top >= vertical.start && left >= horizontal.start && left + width <= SIZE.0 as i32;
        inside && self.labels.iter().all(far)
    }

    fn is_clear(&self, (left, top): (i32, i32), width: i32) -> bool {
        let covers = |&((x, y), radius): &((i32, i32), i32)| {
            let reach = (radius - 4).max(0);
            let (across, down) = (left - 2 - reach..left + width + reach, top - 2 - reach..top + LABEL.1 + reach);
            across.contains(&x) && down.contains(&y)
        };
        !self.marks.iter().any(covers)
    }
}
