//! Tests of the diagrams: with a small machine that has a pipeline, a memory and a loop, and with cores of every kind.

use super::datapath::{Datapath, Link};
use super::streams::{Beat, Streams};
use super::{dot, flow::Flow, svg, timing};
use crate::builder::{DesignBuilder, ModuleBuilder};
use crate::check::Checked;
use crate::core::Core;
use crate::export::Header;
use crate::ir::Design;
use crate::parameters::{Parameters, Scaling, Sizes, Vectors};

fn header() -> Header {
    Header { command: "svdforge generate --out <core>".into(), parameters: vec![], version: "0".into() }
}

fn machine() -> Checked<Design> {
    let mut design = DesignBuilder::new();
    let m = ModuleBuilder::new("unit");
    let (x, y) = (m.input("x", 16).at(0), m.input("y", 8).at(0));
    m.output("z", (x + y.sign_extend(16)).registered("sum"));
    let unit = design.add(m);

    let m = ModuleBuilder::new("machine");
    let (data, go) = (m.input("data", 16), m.input("go", 1));
    let count = m.register("count", 3).reset(0).enabled_by(go);
    count.drive(count.value().plus(1));
    let first = m.instance(&design, unit, "first");
    let second = m.instance(&design, unit, "second");
    let bank = m.memory("bank", 16, 8);
    let word = bank.read(count.value(), None, "word");
    first.drive("x", data);
    first.drive("y", second.output("z").low_bits(8));
    second.drive("x", first.output("z").registered("later").registered("still_later"));
    second.drive("y", word.low_bits(8));
    bank.write(go, count.value(), first.output("z"));
    m.output("result", second.output("z").registered("result_held"));
    design.add(m);
    design.finish().unwrap()
}

#[test]
fn dot_of_a_machine() {
    insta::assert_snapshot!(dot(&machine(), machine().top()));
}

#[test]
fn svg_of_a_machine() {
    insta::assert_snapshot!(svg(&machine(), 8, &header()));
}

#[test]
fn a_module_without_instances_has_an_arrow_from_inputs_to_outputs() {
    let design = machine();
    let flow = Flow::of(&design, &design.modules[0]);
    assert_eq!(flow.arrows.len(), 1);
    assert_eq!(flow.arrows[0].label(), "16 bits, 1 register");
}

#[test]
fn an_arrow_through_a_loop_has_no_number_of_registers() {
    let design = machine();
    let flow = Flow::of(&design, design.top());
    let bank = flow.shapes.iter().position(|s| s.name == "bank").unwrap();
    let arrow = flow.arrows.iter().find(|a| a.from == 0 && a.to == bank).unwrap();
    assert_eq!(arrow.registers, None);
}

/// What selects, addresses, enables or counts is not data, and neither is a port of fewer bits than asked for.
#[test]
fn a_datapath_has_the_data_alone() {
    let design = machine();
    let datapath = Datapath::of(&design, design.top(), 8);
    let names: Vec<String> = datapath.units.iter().map(|unit| unit.names.join(" ")).collect();
    assert_eq!(names, ["inputs", "first", "second", "bank", "outputs"]);
    let link = |from, to, bits| Link { from, to, bits: Some(bits) };
    let expected = [link(0, 1, 16), link(1, 2, 16), link(1, 3, 16), link(2, 1, 8), link(2, 4, 16), link(3, 2, 8)];
    assert_eq!(datapath.links, expected);
    let wide = Datapath::of(&design, design.top(), 9);
    assert_eq!(wide.links.len(), 4, "the two ports of 8 bits are commands, and where data flow as well, not drawn");
}

/// Cores of every kind.
fn cores() -> Vec<Core> {
    let size = |rows, cols| Parameters { rows, cols, ..Parameters::default() };
    let tall = |rows, cols| Parameters { vectors: Vectors::V, ..size(rows, cols) };
    let list = [
        size(1, 1),
        size(2, 2),
        size(8, 8),
        size(32, 32),
        size(3, 5),
        Parameters { symmetric: true, ..size(8, 8) },
        Parameters { sizes: Sizes::Any, ..size(8, 8) },
        Parameters { vectors: Vectors::None, scaling: Scaling::Fixed, ..size(6, 6) },
        Parameters { vectors: Vectors::U, ..size(7, 7) },
        Parameters { word: 24, guard: 8, coef: Some(32), ..size(4, 4) },
        tall(512, 8),
        tall(65_535, 32),
        Parameters { word: 8, guard: 0, vectors: Vectors::None, sizes: Sizes::Any, ..size(200, 31) },
    ];
    list.map(|parameters| Core::new(parameters.shape().unwrap())).into()
}

/// A rectangle: left, top, right, bottom.
type Area = [f64; 4];

fn meet(a: &Area, b: &Area) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

fn contains(outer: &Area, inner: &Area) -> bool {
    outer[0] <= inner[0] && outer[1] <= inner[1] && inner[2] <= outer[2] && inner[3] <= outer[3]
}

/// The value of an attribute of an element.
fn attribute<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    element.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

fn number(element: &str, name: &str) -> f64 {
    attribute(element, name).and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{name} of {element}"))
}

/// What is in a picture.
struct Seen {
    whole: Area,
    /// Class, area and name.
    boxes: Vec<(String, Area, String)>,
    texts: Vec<(Area, String)>,
    /// Class and area of every straight part of a line.
    lines: Vec<(String, Area)>,
}

impl Seen {
    /// Reads a picture as the canvas writes it, one element to a line.
    fn of(svg: &str) -> Self {
        let opening = svg.lines().next().unwrap();
        let whole = [0.0, 0.0, number(opening, "width"), number(opening, "height")];
        let (mut boxes, mut texts, mut lines) = (vec![], vec![], vec![]);
        let body = svg.split_once("</defs>").unwrap().1;
        for line in body.lines().map(str::trim_start) {
            let class = attribute(line, "class").unwrap_or("").to_owned();
            if line.starts_with("<rect") && class != "ground" {
                let (x, y) = (number(line, "x"), number(line, "y"));
                let name = line.split_once("<title>").map_or("", |(_, name)| name.split('<').next().unwrap());
                let area = [x, y, x + number(line, "width"), y + number(line, "height")];
                boxes.push((class, area, name.to_owned()));
            } else if line.starts_with("<text") {
                let text = line.split_once('>').unwrap().1.split('<').next().unwrap();
                let (x, y) = (number(line, "x"), number(line, "y"));
                let (per_character, height) = match class.as_str() {
                    "title" => (8.4, 12.0),
                    "small" | "note" | "bits" => (5.6, 7.5),
                    _ => (6.7, 9.0),
                };
                let width = per_character * text.chars().count() as f64;
                let left = match class.as_str() {
                    "title" | "left" | "note" | "name" => x,
                    "right" | "bits" => x - width,
                    _ => x - width / 2.0,
                };
                texts.push(([left, y - height, left + width, y], text.to_owned()));
            } else if line.starts_with("<path") {
                let path = attribute(line, "d").unwrap().trim_start_matches('M');
                let point = |text: &str| text.split_once(' ').map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap()));
                let points: Vec<(f64, f64)> = path.split(" L").map(|text| point(text).unwrap()).collect();
                for pair in points.windows(2) {
                    let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
                    lines.push((class.clone(), [x0.min(x1), y0.min(y1), x0.max(x1), y0.max(y1)]));
                }
            }
        }
        Self { whole, boxes, texts, lines }
    }

    /// What is not as it should be in every picture: texts over each other, outside, or crossed by a line.
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (index, (area, text)) in self.texts.iter().enumerate() {
            if !contains(&self.whole, area) {
                faults.push(format!("`{text}` is outside"));
            }
            let others = self.texts[index + 1..].iter().filter(|(other, _)| meet(area, other));
            faults.extend(others.map(|(_, other)| format!("`{text}` and `{other}` lie over each other")));
            let crossing = self.lines.iter().filter(|(_, line)| meet(area, line));
            faults.extend(crossing.map(|(_, line)| format!("`{text}` is crossed by a line {line:?}")));
        }
        faults
    }
}

#[test]
fn every_picture_of_a_core_is_readable_and_complete() {
    let (mut boxes, mut texts, mut instances) = (0, 0, 0);
    for core in cores() {
        let name = core.shape().name();
        let seen = Seen::of(&svg(core.design(), core.shape().word(), &header()));
        assert_eq!(seen.faults(), Vec::<String>::new(), "{name}");
        assert!(seen.whole[2] < 1450.0, "{name}: {} wide", seen.whole[2]);
        let (frames, units): (Vec<_>, Vec<_>) = seen.boxes.iter().partition(|(class, ..)| class == "frame");
        assert_eq!(frames.len(), 3, "{name}: the core, the decomposer, the datapath");
        for (index, (_, area, unit)) in units.iter().enumerate() {
            assert_eq!(frames.iter().filter(|(_, frame, _)| contains(frame, area)).count(), 1, "{name}: {unit}");
            assert!(units[index + 1..].iter().all(|(_, other, _)| !meet(area, other)), "{name}: {unit}");
            // Arrows end at boxes and pass none.
            let inside = [area[0] + 0.5, area[1] + 0.5, area[2] - 0.5, area[3] - 0.5];
            assert!(seen.lines.iter().all(|(_, line)| !meet(&inside, line)), "{name}: an arrow passes {unit}");
            boxes += 1;
        }
        for (area, text) in &seen.texts {
            let inside = units.iter().filter(|(_, unit, _)| meet(unit, area)).collect::<Vec<_>>();
            assert!(inside.iter().all(|(_, unit, _)| contains(unit, area)), "{name}: `{text}` sticks out of its box");
            texts += 1;
        }
        // Every instance, and every memory, of the modules that are shown.
        let named: Vec<&str> = units.iter().flat_map(|(.., names)| names.split(", ")).collect();
        let shown =
            ["datapath", "serial", &name].map(|module| core.design().modules.iter().find(|m| m.name == *module));
        for module in shown.into_iter().flatten() {
            let own = module.instances.iter().map(|i| &i.name).chain(module.memories.iter().map(|m| &m.name));
            for instance in own {
                assert_eq!(named.iter().filter(|name| *name == instance).count(), 1, "{name}: {instance}");
                instances += 1;
            }
        }
        let latencies = seen.texts.iter().filter(|(_, text)| text.starts_with("latency ")).count();
        assert!(latencies >= 8, "{name}: {latencies} latencies");
    }
    assert!(boxes > 250 && texts > 900 && instances > 250, "{boxes} {texts} {instances}");
}

/// The beats of frames without a pause, as the formula has them, for cores that take a beat in every cycle.
fn streams(core: &Core, sweeps: u32) -> Streams {
    let latency = core.latency();
    let mut streams = Streams::default();
    let mut first = 7;
    for frame in 0..3u64 {
        for beat in 0..latency.load as u64 {
            streams.input.push(Beat { cycle: first + beat, user: 0, last: beat + 1 == latency.load as u64 });
        }
        let wait = if frame == 0 { latency.load } else { latency.between() };
        let total = wait + latency.total(sweeps) - latency.load;
        let mut cycle = first + (total - latency.unload) as u64;
        for section in core.shape().interface().sections() {
            for _ in 0..section.count {
                streams.output.push(Beat { cycle, user: section.tuser, last: false });
                cycle += 1;
            }
        }
        streams.output.last_mut().unwrap().last = true;
        first = cycle - (latency.unload + latency.output) as u64;
    }
    streams
}

#[test]
fn every_timing_diagram_is_readable() {
    let (mut texts, mut cores_seen) = (0, 0);
    for core in cores().into_iter().filter(|core| !core.shape().is_reduced()) {
        for sweeps in [1, core.shape().sweep_cap()] {
            let streams = streams(&core, sweeps);
            let name = core.shape().name();
            let seen = Seen::of(&timing(&core, &core, &streams, &header()));
            let faults: Vec<String> = seen.faults();
            assert_eq!(faults, Vec::<String>::new(), "{name}");
            let coloured = seen.boxes.iter().filter(|(class, ..)| class == "purple" || class == "yellow").count();
            assert!(coloured >= 3, "{name}: sections in colour, and what the colours mean");
            let first = streams.output[0].cycle - streams.input[0].cycle;
            let last = streams.input.iter().filter(|beat| beat.last).nth(1).unwrap().cycle - streams.input[0].cycle;
            for cycle in [first, last] {
                assert!(seen.texts.iter().any(|(_, text)| *text == cycle.to_string()), "{name}: cycle {cycle}");
            }
            texts += seen.texts.len();
        }
        cores_seen += 1;
    }
    assert!(texts > 300 && cores_seen == 10, "{texts} {cores_seen}");
}
