//! The timing diagram of a core's two streams, drawn from the beats of a run without stalls.
//!
//! The upper part shows two frames to scale: when they are loaded, decomposed and sent. The lower part shows the
//! handover from one to the next, with the signals of both streams: the second frame is loaded while the result of the
//! first one leaves.

use super::canvas::{Canvas, small_width_of, width_of};
use crate::core::latency::Latency;
use crate::interface::Section;

/// The beats of a run in which neither source nor sink ever stalls, and at least two frames arrive without a pause.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Streams {
    /// Input beats.
    pub input: Vec<Beat>,
    /// Output beats.
    pub output: Vec<Beat>,
    /// The rows of the core that made the run, if it is one with fewer rows than the core that is shown.
    pub fewer_rows: Option<usize>,
}

/// A beat of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// The cycle in which it moves.
    pub cycle: u64,
    /// `tuser`; 0 in the input stream.
    pub user: u8,
    /// `tlast`.
    pub last: bool,
}

/// Lengths in pixels.
const WIDTH: f64 = 1000.0;
const LEFT: f64 = 128.0;
const RIGHT: f64 = 56.0;
const LANE: f64 = 26.0;
const SIGNAL: f64 = 16.0;
const PITCH: f64 = 30.0;
const TICK_ROW: f64 = 13.0;

/// The colour of a section, by its `tuser`.
const COLOURS: [&str; 4] = ["grey", "yellow", "green", "purple"];

/// A span of cycles, both ends included.
type Span = (u64, u64);

/// The first and the last cycle of each frame of a stream.
fn frames(beats: &[Beat]) -> Vec<Span> {
    let frames = beats.split_inclusive(|beat| beat.last);
    frames.filter_map(|frame| Some((frame.first()?.cycle, frame.last()?.cycle))).collect()
}

/// Runs of cycles in which beats move, each with the same `user`.
fn runs(beats: &[Beat], user: impl Fn(&Beat) -> u8) -> Vec<(u8, Span)> {
    let together = |a: &Beat, b: &Beat| b.cycle == a.cycle + 1 && user(a) == user(b);
    beats.chunk_by(together).map(|run| (user(&run[0]), (run[0].cycle, run[run.len() - 1].cycle))).collect()
}

/// A horizontal axis of cycles.
#[derive(Clone, Copy)]
struct Axis {
    /// The first cycle that is shown, and the last one.
    shown: Span,
    /// The cycle that is called 0.
    zero: u64,
}

impl Axis {
    /// The place where a cycle begins.
    fn x(&self, cycle: u64) -> f64 {
        let (first, last) = self.shown;
        let cycle = cycle.clamp(first, last + 1);
        LEFT + (WIDTH - LEFT - RIGHT) * (cycle - first) as f64 / (last + 1 - first) as f64
    }

    /// The part of a span that is shown, if there is any.
    fn part(&self, (from, to): Span) -> Option<(f64, f64)> {
        (to >= self.shown.0 && from <= self.shown.1).then(|| (self.x(from), self.x(to + 1)))
    }

    /// Numbers of cycles below a line at height `y`, each to the right of a leader from the height `top`. Where they
    /// would meet, they are put into rows, so that no leader crosses a number. Returns the height below the last row.
    fn numbers(&self, canvas: &mut Canvas, cycles: &[u64], top: f64, y: f64) -> f64 {
        let mut cycles: Vec<u64> =
            cycles.iter().copied().filter(|cycle| (self.shown.0..=self.shown.1).contains(cycle)).collect();
        cycles.sort_unstable();
        cycles.dedup();
        // The leftmost number or leader of each row so far, from right to left.
        let mut taken: Vec<f64> = Vec::new();
        for cycle in cycles.into_iter().rev() {
            let text = (cycle as i64 - self.zero as i64).to_string();
            let x = self.x(cycle);
            let fits = |taken: &f64| x + 3.0 + small_width_of(&text) + 3.0 < *taken;
            let row = taken.iter().position(fits).unwrap_or(taken.len());
            taken.resize(taken.len().max(row + 1), x);
            taken[..=row].fill(x);
            let base = y + TICK_ROW * (row as f64 + 1.0);
            canvas.line("leader", &[(x, top), (x, base)]);
            canvas.text("note", (x + 3.0, base), &text);
        }
        y + TICK_ROW * taken.len() as f64 + 4.0
    }
}

/// The timing diagram of a core with this name. `latency` is that of its largest matrices, whose results have these
/// `sections`. `origin` says how the diagram was made.
pub(super) fn text(name: &str, latency: &Latency, sections: &[Section], streams: &Streams, origin: &str) -> String {
    let (inputs, outputs) = (frames(&streams.input), frames(&streams.output));
    assert!(inputs.len() >= 2 && outputs.len() >= 2, "A timing diagram shows two frames.");
    let canvas = &mut Canvas::new();
    let zero = inputs[0].0;
    let y = overview(canvas, latency, streams, Axis { shown: (zero, outputs[1].1), zero });
    let y = handover(canvas, streams, (&inputs, &outputs), y + 24.0);
    let height = legend(canvas, sections, y + 14.0);
    std::mem::replace(canvas, Canvas::new()).finish(
        &format!("{name}: timing of both streams"),
        origin,
        WIDTH,
        height + 16.0,
    )
}

/// Two frames to scale. Returns the height below.
fn overview(canvas: &mut Canvas, latency: &Latency, streams: &Streams, axis: Axis) -> f64 {
    let (inputs, outputs) = (frames(&streams.input), frames(&streams.output));
    let top = 62.0;
    let note = "Two frames without a pause. Cycle 0 is the first input beat.";
    let fewer = streams.fewer_rows.map_or(String::new(), |rows| format!(" Drawn for the same core with {rows} rows."));
    canvas.text("note", (20.0, top - 10.0), &format!("{note}{fewer}"));
    let lanes = [("s_axis", top), ("decomposition", top + PITCH), ("m_axis", top + 2.0 * PITCH)];
    for (name, y) in lanes {
        canvas.text("right", (LEFT - 10.0, y + 17.0), name);
    }
    let mut span = |class: &str, span: Span, y: f64, names: &[String]| {
        let Some((from, to)) = axis.part(span) else { return };
        canvas.rectangle(class, (from, y), (to - from, LANE), 2);
        if let Some(name) = names.iter().find(|name| width_of(name) + 8.0 < to - from) {
            canvas.text("", ((from + to) / 2.0, y + 17.0), name);
        }
    };
    let mut ends = Vec::new();
    for (number, (&input, &output)) in inputs.iter().zip(&outputs).enumerate().take(2) {
        let frame = if number == 0 { "n" } else { "n + 1" };
        span("blue", input, lanes[0].1, &[format!("load {frame}"), frame.to_owned()]);
        // The decomposition ends where the output end begins. It begins when the matrix is complete and the result
        // before it has been read.
        let end = output.0 - latency.output as u64 - 1;
        let loaded = input.1 + latency.triangle as u64 + 1;
        let read = outputs[..number].last().map_or(0, |before| before.1 + 1 - latency.read_ahead as u64);
        let begin = loaded.max(read);
        span("blue", (begin, end), lanes[1].1, &[format!("decompose {frame}"), frame.to_owned()]);
        ends.extend([input.0, input.1, begin, output.0, output.1]);
    }
    if inputs.len() > 2 {
        span("blue", inputs[2], lanes[0].1, &["load n + 2".to_owned(), "n + 2".to_owned()]);
    }
    for (user, run) in runs(&streams.output, |beat| beat.user) {
        span(COLOURS[usize::from(user % 4)], run, lanes[2].1, &[]);
    }
    axis.numbers(canvas, &ends, top + 2.0 * PITCH + LANE, top + 2.0 * PITCH + LANE + 2.0)
}

/// The signals of both streams from the end of one decomposition on. Returns the height below.
fn handover(canvas: &mut Canvas, streams: &Streams, (inputs, outputs): (&[Span], &[Span]), top: f64) -> f64 {
    let (next, result) = (inputs[1], outputs[0]);
    let length = result.1 - next.0;
    // The whole of the next frame is shown if it is not much longer than the result.
    let end = if next.1 <= next.0 + 2 * length { next.1.max(result.1) } else { result.1 };
    let around = 3 + (end - next.0) / 40;
    let axis = Axis { shown: (next.0.saturating_sub(around), end + around), zero: inputs[0].0 };
    canvas.text("note", (20.0, top), "Frame n + 1 is loaded while the result of frame n leaves.");
    let done = streams.input.last().map_or(0, |beat| beat.cycle);
    let lasts = |beats: &[Beat]| beats.iter().filter(|beat| beat.last).map(|b| (b.cycle, b.cycle)).collect::<Vec<_>>();
    let moving = |beats: &[Beat]| runs(beats, |_| 0).into_iter().map(|(_, span)| span).collect::<Vec<_>>();
    let signals = [
        ("s_axis_tvalid", vec![(0, done)]),
        ("s_axis_tready", moving(&streams.input)),
        ("s_axis_tlast", lasts(&streams.input)),
        ("m_axis_tvalid", moving(&streams.output)),
        ("m_axis_tready", vec![(0, u64::MAX - 1)]),
        ("m_axis_tlast", lasts(&streams.output)),
    ];
    let mut y = top + 14.0;
    for (name, spans) in signals {
        canvas.text("right", (LEFT - 10.0, y + 13.0), name);
        wave(canvas, axis, &spans, y);
        y += PITCH - 4.0;
    }
    canvas.text("right", (LEFT - 10.0, y + 13.0), "m_axis_tuser");
    let mut marks = vec![next.0, next.1, result.1];
    for (user, run) in runs(&streams.output, |beat| beat.user) {
        let Some((from, to)) = axis.part(run) else { continue };
        marks.push(run.0);
        canvas.rectangle(COLOURS[usize::from(user % 4)], (from, y), (to - from, SIGNAL), 0);
        let name = user.to_string();
        if small_width_of(&name) + 4.0 < to - from {
            canvas.text("small", ((from + to) / 2.0, y + 12.0), &name);
        }
    }
    y += SIGNAL;
    axis.numbers(canvas, &marks, y, y + 2.0)
}

/// A signal that is 1 in these spans of cycles.
fn wave(canvas: &mut Canvas, axis: Axis, spans: &[Span], y: f64) {
    let (low, high, right) = (y + SIGNAL, y, WIDTH - RIGHT);
    let mut points = Vec::new();
    for (from, to) in spans.iter().filter_map(|&span| axis.part(span)) {
        if points.is_empty() && from > LEFT {
            points.push((LEFT, low));
        }
        if from > LEFT {
            points.push((from, low));
        }
        points.extend([(from, high), (to, high)]);
        if to < right {
            points.push((to, low));
        }
    }
    match points.last() {
        None => points.extend([(LEFT, low), (right, low)]),
        Some(&(x, at)) if x < right => points.push((right, at)),
        Some(_) => {}
    }
    canvas.line("line", &points);
}

/// What the colours mean. Returns the height below.
fn legend(canvas: &mut Canvas, sections: &[Section], y: f64) -> f64 {
    let mut x = LEFT;
    for section in sections {
        let elements = if section.count == 1 { "element" } else { "elements" };
        let text = format!("tuser {}: {}, {} {elements}", section.tuser, section.name, section.count);
        canvas.rectangle(COLOURS[usize::from(section.tuser % 4)], (x, y), (14.0, 14.0), 2);
        canvas.text("left", (x + 20.0, y + 12.0), &text);
        x += 20.0 + width_of(&text) + 24.0;
    }
    y + 14.0
}
