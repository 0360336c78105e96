//! The picture of a core: a panel for its top module, and below it one for each module on the way to the datapath.

use super::canvas::{Canvas, small_width_of, width_of};
use super::datapath::{Datapath, Unit};
use super::flow::Kind;
use super::layout::{Graph, Layout, TIP};
use crate::ir::{Design, ModuleId};

/// Lengths in pixels.
const MARGIN: f64 = 20.0;
const PADDING: f64 = 12.0;
const LINE: f64 = 15.0;
const SMALL_LINE: f64 = 12.0;
/// Height of the title of a panel.
const HEADING: f64 = 26.0;
/// Width of the bar that stands for the ports of a module.
const BAR: f64 = 8.0;
/// The most characters of a line in a box, if they can be broken.
const LONGEST: usize = 15;
/// How many modules below each other a module has at least, if it is shown in a panel of its own.
const DEEP: usize = 2;

/// The picture of a design. Ports with fewer than `least` bits are not data. `origin` says how it was made.
pub(super) fn text(design: &Design, least: u32, origin: &str) -> String {
    let top = ModuleId(design.modules.len() as u32 - 1);
    let mut canvas = Canvas::new();
    let note = "Numbers at arrows: bits of data. Dashed lines: commands and flags alone. Latencies in cycles.";
    canvas.text("note", (MARGIN, 46.0), note);
    let mut y = 58.0;
    let mut width: f64 = 2.0 * MARGIN + small_width_of(note);
    let mut panel = Some((top, String::new()));
    while let Some((module, name)) = panel {
        let next = deepest(design, module);
        let drawn = Panel::of(design, module, least, next.as_ref().map(|(_, name)| name.as_str()));
        let title = match name.as_str() {
            "" => design.module(module).name.clone(),
            name if name == design.module(module).name => name.to_owned(),
            name => format!("{name} ({})", design.module(module).name),
        };
        let inside = drawn.layout.width.max(width_of(&title));
        let (across, down) = (inside + 2.0 * PADDING, drawn.layout.height + HEADING + 2.0 * PADDING);
        canvas.rectangle("frame", (MARGIN, y), (across, down), 6);
        canvas.text("name", (MARGIN + PADDING, y + 19.0), &title);
        drawn.draw(&mut canvas, (MARGIN + PADDING, y + HEADING + PADDING), name.is_empty());
        width = width.max(across + 2.0 * MARGIN);
        y += down + 14.0;
        panel = next;
    }
    canvas.finish(&format!("{}: the datapath inside the core", design.top().name), origin, width, y + 6.0)
}

/// The number of modules below each other inside of a module.
fn depth(design: &Design, module: ModuleId) -> usize {
    let inside = design.module(module).instances.iter().map(|instance| 1 + depth(design, instance.module));
    inside.max().unwrap_or(0)
}

/// The instance inside of a module that leads to the datapath, if any is deep enough.
fn deepest(design: &Design, module: ModuleId) -> Option<(ModuleId, String)> {
    let instances = design.module(module).instances.iter().rev();
    let instance = instances.max_by_key(|instance| depth(design, instance.module))?;
    (depth(design, instance.module) >= DEEP).then(|| (instance.module, instance.name.clone()))
}

/// A module, laid out.
struct Panel {
    datapath: Datapath,
    /// The box in the layout of each unit, if it is drawn.
    boxes: Vec<Option<usize>>,
    layout: Layout,
    /// The unit that the next panel shows.
    shown_below: Option<usize>,
}

impl Panel {
    fn of(design: &Design, module: ModuleId, least: u32, shown_below: Option<&str>) -> Self {
        let mut datapath = Datapath::of(design, design.module(module), least);
        let shown_below = shown_below.and_then(|name| datapath.units.iter().position(|unit| unit.names[0] == name));
        if let Some(unit) = shown_below {
            // What is in it, the next panel shows.
            let unit = &mut datapath.units[unit];
            let module = unit.module.map(|id| design.module(id).name.clone()).filter(|name| *name != unit.names[0]);
            unit.details = module.into_iter().chain(["see below".to_owned()]).collect();
        }
        let is_linked = |unit: usize| datapath.links.iter().any(|link| link.from == unit || link.to == unit);
        let is_drawn = |unit: usize| !is_port(&datapath.units[unit]) || is_linked(unit);
        let mut graph = Graph::default();
        let mut boxes = Vec::new();
        for (number, unit) in datapath.units.iter().enumerate() {
            boxes.push(is_drawn(number).then_some(graph.sizes.len()));
            if is_drawn(number) {
                match unit.kind {
                    Kind::Inputs => graph.ends[0] = Some(graph.sizes.len()),
                    Kind::Outputs => graph.ends[1] = Some(graph.sizes.len()),
                    Kind::Instance | Kind::Memory => {}
                }
                graph.sizes.push(size(unit));
            }
        }
        let place = |unit: usize| boxes[unit].expect("What is linked is drawn.");
        let label = |bits: Option<u32>| bits.map_or(0.0, |bits| small_width_of(&bits.to_string()));
        graph.arrows = datapath.links.iter().map(|link| (place(link.from), place(link.to), label(link.bits))).collect();
        let layout = Layout::of(&graph);
        Self { datapath, boxes, layout, shown_below }
    }

    /// Draws the panel with its upper left corner at a point.
    fn draw(&self, canvas: &mut Canvas, (left, top): (f64, f64), is_core: bool) {
        for (link, route) in self.datapath.links.iter().zip(&self.layout.routes) {
            let points: Vec<(f64, f64)> = route.iter().map(|(x, y)| (left + x, top + y)).collect();
            canvas.line(if link.bits.is_some() { "arrow" } else { "command" }, &points);
            if let (Some(bits), Some((x, y))) = (link.bits, points.last()) {
                canvas.text("bits", (x - TIP, y - 3.0), &bits.to_string());
            }
        }
        for (number, unit) in self.datapath.units.iter().enumerate() {
            let Some(frame) = self.boxes[number].map(|index| self.layout.frames[index]) else { continue };
            let (corner, size) = ((left + frame.x, top + frame.y), (frame.width, frame.height));
            if is_port(unit) {
                let (class, x, core, inner) = match unit.kind {
                    Kind::Inputs => ("note", corner.0, "s_axis", "in"),
                    _ => ("bits", corner.0 + size.0, "m_axis", "out"),
                };
                canvas.named("grey", corner, size, &unit.names[0]);
                canvas.text(class, (x, corner.1 - 4.0), if is_core { core } else { inner });
                continue;
            }
            let class = match unit.kind {
                _ if self.shown_below == Some(number) => "purple",
                Kind::Memory => "memory",
                _ => "instance",
            };
            canvas.named(class, corner, size, &unit.names.join(", "));
            let (names, details) = lines(unit);
            let height = LINE * names.len() as f64 + SMALL_LINE * details.len() as f64;
            let (middle, mut y) = (corner.0 + size.0 / 2.0, corner.1 + (size.1 - height) / 2.0);
            for name in names {
                canvas.text("", (middle, y + 11.0), &name);
                y += LINE;
            }
            for detail in details {
                canvas.text("small", (middle, y + 9.0), &detail);
                y += SMALL_LINE;
            }
        }
    }
}

/// Whether a unit stands for the ports of the module.
fn is_port(unit: &Unit) -> bool {
    matches!(unit.kind, Kind::Inputs | Kind::Outputs)
}

/// The lines in a box: names, then small ones.
fn lines(unit: &Unit) -> (Vec<String>, Vec<String>) {
    let name = match &unit.names[..] {
        [one] => one.clone(),
        [one, two] => format!("{one}, {two}"),
        [first, .., last] => format!("{first} to {last}"),
        [] => String::new(),
    };
    (broken(&name), unit.details.iter().flat_map(|detail| broken(detail)).collect())
}

/// A text in lines. It is broken at spaces, and words that are too long after underscores.
fn broken(text: &str) -> Vec<String> {
    let parts = text.split_inclusive(' ').flat_map(|word| match word.trim_end().len() > LONGEST {
        true => word.split_inclusive('_').collect(),
        false => vec![word],
    });
    let mut lines = vec![String::new()];
    for part in parts {
        let line = lines.last_mut().expect("There is a line.");
        if !line.is_empty() && line.len() + part.trim_end().len() > LONGEST {
            lines.push(part.to_owned());
        } else {
            *line += part;
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// The width and height of a unit's box, at least.
fn size(unit: &Unit) -> (f64, f64) {
    if is_port(unit) {
        return (BAR, LINE);
    }
    let (names, details) = lines(unit);
    let widths = names.iter().map(|name| width_of(name)).chain(details.iter().map(|detail| small_width_of(detail)));
    let height = LINE * names.len() as f64 + SMALL_LINE * details.len() as f64;
    (widths.fold(0.0, f64::max) + 16.0, height + 10.0)
}
