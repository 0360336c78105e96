//! The charts of an exploration, which show the error against its cost.

use super::exploration::{Exploration, Standing};
use super::front::dominators;
use super::point::Point;
use crate::campaign::CampaignError;
use crate::report::chart::{Axis, Chart, Line, Stroke};
use svdforge_drawing::COLOURS;
use svdforge_hdl::parameters::Sweeps;
use svdforge_hdl::shape::Shape;

/// The colour of the front's line, which is the text colour.
pub const FRONT: usize = COLOURS.len() - 1;

/// A cost against which the error is drawn: title of the chart, label of the axis, and value.
type Cost = (&'static str, &'static str, fn(&Point) -> Option<f64>);

/// What is drawn like a cost, but is better if it is more.
const YIELD: [Cost; 2] = [
    ("Error and throughput", "matrices per second", |p| p.area()?.svd_per_second),
    ("Error and throughput per DSP", "matrices per second per DSP", |p| p.area()?.svd_per_second_per_dsp()),
];

/// The costs that are known for every core.
const COUNTED: [Cost; 2] = [
    ("Error and multipliers", "bits of partial products", |p| Some(p.multiplier_bits as f64)),
    ("Error and time", "cycles of a matrix, most", |p| Some(p.statistics.cycles.max as f64)),
];

/// The cost that is drawn if cores take turns among several matrices.
const IN_TURNS: Cost =
    ("Error and cycles between results", "cycles from one result to the next", |p| Some(p.interval as f64));

/// The costs that synthesis measures.
const MEASURED: [Cost; 3] = [
    ("Error and LUTs", "LUTs", |p| p.area().map(|m| m.lut as f64)),
    ("Error and multiplier blocks", "DSPs", |p| p.area().map(|m| m.dsp as f64)),
    ("Error and clock rate", "clock period, ns", |p| p.area()?.fmax_mhz.map(|mhz| 1e3 / mhz)),
];

/// The words of an exploration in ascending order. Each has a colour by its place in this order, which is never that of
/// the front.
pub fn words(exploration: &Exploration) -> Vec<u32> {
    let mut words: Vec<u32> = exploration.points.iter().map(|point| point.shape().word()).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The colour of a word.
pub fn colour(words: &[u32], word: u32) -> usize {
    words.iter().position(|&known| known == word).unwrap_or(0) % FRONT
}

/// Draws one chart for each cost. A line shows the front of the error and this cost alone, and a ring the point that is
/// picked.
pub fn charts(exploration: &Exploration, picked: Option<usize>) -> Result<Vec<String>, CampaignError> {
    let in_turns = exploration.takes_turns().then_some(&IN_TURNS);
    let costs = COUNTED.iter().chain(in_turns).chain(&MEASURED).map(|cost| (cost, 1.0));
    let drawn = costs.chain(YIELD.iter().map(|gain| (gain, -1.0)));
    drawn.filter_map(|(cost, sign)| chart(exploration, picked, cost, sign)).collect()
}

fn chart(
    exploration: &Exploration,
    picked: Option<usize>,
    &(title, label, cost): &Cost,
    sign: f64,
) -> Option<Result<String, CampaignError>> {
    let words = words(exploration);
    let mut places: Vec<(usize, (f64, f64))> = Vec::new();
    for (index, point) in exploration.points.iter().enumerate() {
        if exploration.standings[index] != Standing::Fails {
            places.extend(cost(point).map(|cost| (index, (cost, point.error()))));
        }
    }
    if places.is_empty() {
        return None;
    }
    let (error, cost) = (|place: &(usize, (f64, f64))| place.1.1, |place: &(usize, (f64, f64))| place.1.0);
    let of_pick = places.iter().filter(|place| Some(place.0) == picked).map(|place| place.1);
    let ring = Line { colour: FRONT, stroke: Stroke::Rings, points: of_pick.collect() };
    let chart = Chart {
        title: title.to_owned(),
        x: Axis::around(label, places.iter().map(cost)),
        y: Axis::decades("error / full scale", places.iter().map(error)),
        logarithmic: true,
        lines: [staircase(&places, sign)]
            .into_iter()
            .chain(marks(exploration, &words, &places))
            .chain([ring])
            .collect(),
        bars: Vec::new(),
    };
    let mut labels = Vec::new();
    // The label of the pick comes first, because it must not be left out.
    let others = exploration.front().into_iter().filter(|&index| Some(index) != picked);
    for index in picked.into_iter().chain(others) {
        let place = places.iter().find(|place| place.0 == index);
        labels.extend(place.map(|place| (place.1, label_of(exploration, index))));
    }
    Some(chart.svg_with_labels(&labels))
}

/// The label of a core, such as "16+4" or "16+4 c18 s5". Coefficient bits, architecture, matrices in flight and sweeps
/// are given where they differ between cores with the same word and guard bits.
fn label_of(exploration: &Exploration, index: usize) -> String {
    let shape = exploration.points[index].shape();
    let shapes = exploration.points.iter().map(Point::shape);
    let alike: Vec<&Shape> = shapes.filter(|s| (s.word(), s.guard()) == (shape.word(), shape.guard())).collect();
    let mut label = format!("{}+{}", shape.word(), shape.guard());
    if alike.iter().any(|other| other.coef() != shape.coef()) {
        label += &format!(" c{}", shape.coef());
    }
    if alike.iter().any(|other| other.arch() != shape.arch()) {
        label += &format!(" {}", shape.arch());
    }
    if alike.iter().any(|other| other.in_flight() != shape.in_flight()) {
        label += &format!(" x{}", shape.in_flight());
    }
    if alike.iter().any(|other| other.sweeps() != shape.sweeps()) {
        label += &match shape.sweeps() {
            Sweeps::Auto => " auto".to_owned(),
            Sweeps::Fixed(sweeps) => format!(" s{sweeps}"),
        };
    }
    label
}

/// A staircase line through the smallest error that is available at each cost. The sign is -1 if more is better.
fn staircase(places: &[(usize, (f64, f64))], sign: f64) -> Line {
    let pairs: Vec<[f64; 2]> = places.iter().map(|place| [sign * place.1.0, place.1.1]).collect();
    let front = pairs.iter().zip(dominators(&pairs)).filter(|(_, dominator)| dominator.is_none());
    let mut corners: Vec<(f64, f64)> = front.map(|(&[cost, error], _)| (cost, error)).collect();
    corners.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut points: Vec<(f64, f64)> = Vec::new();
    for corner in corners {
        // The line runs at the error of the corner before, then down.
        points.extend(points.last().map(|last| (sign * corner.0, last.1)));
        points.push((sign * corner.0, corner.1));
    }
    Line { colour: FRONT, stroke: Stroke::Plain, points }
}

/// Large marks for the points on the front of all objectives and small ones for the others, in the colour of the word.
fn marks(exploration: &Exploration, words: &[u32], places: &[(usize, (f64, f64))]) -> Vec<Line> {
    let mut lines = Vec::new();
    for (on_front, stroke) in [(false, Stroke::Specks), (true, Stroke::Dots)] {
        for &word in words {
            let of = |index: usize| {
                exploration.points[index].shape().word() == word
                    && (exploration.standings[index] == Standing::Front) == on_front
            };
            let points = places.iter().filter(|place| of(place.0)).map(|place| place.1).collect();
            lines.push(Line { colour: colour(words, word), stroke, points });
        }
    }
    lines
}
