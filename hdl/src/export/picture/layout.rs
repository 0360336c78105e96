//! The layout of a diagram. Boxes are placed in layers from left to right, so that most arrows point forward and few
//! cross.

use super::flow::{Arrow, Flow, Kind, backward};
use std::collections::BTreeMap;

/// Approximate width of a character in the font of the diagram. All lengths are in pixels.
const CHARACTER: f64 = 7.2;
/// Smallest height of a box.
const BOX_HEIGHT: f64 = 46.0;
/// Height of an arrow at the side of a box, enough for its label.
const PORT: f64 = 16.0;
/// Height of an arrow where it passes through a layer.
const PASSAGE: f64 = 22.0;
/// Space between the items of a layer.
const GAP: f64 = 20.0;
/// Distance between backward arrows below the boxes.
const LANE: f64 = 20.0;
/// Margin around the diagram.
const MARGIN: f64 = 20.0;
/// Number of sweeps that improve the order within the layers.
const SWEEPS: usize = 12;

/// The rectangle of a box, given by its upper left corner and its size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Frame {
    fn middle(&self) -> f64 {
        self.y + self.height / 2.0
    }
}

/// The path of an arrow.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Route {
    /// Forward through these points.
    Forward(Vec<(f64, f64)>),
    /// Backward below all boxes, at the height `lane`.
    Backward { from: (f64, f64), to: (f64, f64), lane: f64 },
}

/// The coordinates of all boxes and arrows.
pub(super) struct Layout {
    pub(super) frames: Vec<Frame>,
    /// The path of each arrow.
    pub(super) routes: Vec<Route>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// An item of a layer: a box, or an arrow that passes through the layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    Shape(usize),
    Passage { arrow: usize, layer: usize },
}

impl Layout {
    pub(super) fn of(flow: &Flow) -> Self {
        let backward = backward(flow);
        let layer_of = layers_of(flow, |arrow| backward.contains(&arrow));
        let count = layer_of.iter().max().map_or(0, |last| last + 1);
        let mut layers: Vec<Vec<Item>> = vec![Vec::new(); count];
        for (shape, &layer) in layer_of.iter().enumerate() {
            layers[layer].push(Item::Shape(shape));
        }
        let mut chains: BTreeMap<usize, Vec<Item>> = BTreeMap::new();
        for (index, arrow) in flow.arrows.iter().enumerate().filter(|(i, _)| !backward.contains(i)) {
            let passages = (layer_of[arrow.from] + 1..layer_of[arrow.to])
                .map(|layer| Item::Passage { arrow: index, layer })
                .inspect(|&item| {
                    if let Item::Passage { layer, .. } = item {
                        layers[layer].push(item);
                    }
                });
            let chain = [Item::Shape(arrow.from)].into_iter().chain(passages);
            chains.insert(index, chain.chain([Item::Shape(arrow.to)]).collect());
        }
        order(&mut layers, &chains);
        place(flow, &layers, &chains)
    }
}

/// The layer of each box. It is the length of the longest path to the box; outputs are in the rightmost layer.
fn layers_of(flow: &Flow, is_backward: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut layers = vec![0; flow.shapes.len()];
    for (index, shape) in flow.shapes.iter().enumerate() {
        layers[index] = usize::from(shape.kind != Kind::Inputs);
    }
    for _ in 0..flow.shapes.len() {
        for (index, arrow) in flow.arrows.iter().enumerate() {
            if !is_backward(index) {
                layers[arrow.to] = layers[arrow.to].max(layers[arrow.from] + 1);
            }
        }
    }
    let last = layers.iter().max().copied().unwrap_or(0);
    let inner = |i: usize| flow.shapes[i].kind != Kind::Outputs;
    let beyond = (0..layers.len()).any(|i| inner(i) && layers[i] == last);
    for (index, shape) in flow.shapes.iter().enumerate() {
        if shape.kind == Kind::Outputs {
            layers[index] = last + usize::from(beyond);
        }
    }
    layers
}

/// Orders the items within the layers. Each item moves to the mean height of its neighbours, alternately in the layer
/// to its left and to its right.
fn order(layers: &mut [Vec<Item>], chains: &BTreeMap<usize, Vec<Item>>) {
    let links: Vec<(Item, Item)> = chains.values().flat_map(|c| c.windows(2).map(|w| (w[0], w[1]))).collect();
    for sweep in 0..SWEEPS {
        let forward = sweep % 2 == 0;
        for step in 1..layers.len() {
            let (fixed, moved) =
                if forward { (step - 1, step) } else { (layers.len() - step, layers.len() - step - 1) };
            let heights: BTreeMap<Item, f64> =
                layers[fixed].iter().enumerate().map(|(i, &item)| (item, i as f64)).collect();
            let mean = |item: Item, otherwise: usize| -> f64 {
                let neighbours: Vec<f64> = links
                    .iter()
                    .filter_map(|&(left, right)| match forward {
                        true => (right == item).then(|| heights.get(&left)).flatten(),
                        false => (left == item).then(|| heights.get(&right)).flatten(),
                    })
                    .copied()
                    .collect();
                match neighbours.len() {
                    0 => otherwise as f64,
                    count => neighbours.iter().sum::<f64>() / count as f64,
                }
            };
            let mut keyed: Vec<(f64, Item)> =
                layers[moved].iter().enumerate().map(|(i, &item)| (mean(item, i), item)).collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
            layers[moved] = keyed.into_iter().map(|(_, item)| item).collect();
        }
    }
}

/// Computes the coordinates of all items.
fn place(flow: &Flow, layers: &[Vec<Item>], chains: &BTreeMap<usize, Vec<Item>>) -> Layout {
    let width_of = |shape: usize| {
        let shape = &flow.shapes[shape];
        24.0 + CHARACTER * shape.name.len().max(shape.detail.len()) as f64
    };
    let height_of = |item: &Item| match item {
        Item::Shape(shape) => {
            let (ins, outs) = (|a: &&Arrow| a.to == *shape, |a: &&Arrow| a.from == *shape);
            let ports = flow.arrows.iter().filter(ins).count().max(flow.arrows.iter().filter(outs).count());
            BOX_HEIGHT.max((ports as f64 + 0.5) * PORT)
        }
        Item::Passage { .. } => PASSAGE,
    };
    let total = |layer: &[Item]| layer.iter().map(|i| height_of(i) + GAP).sum::<f64>() - GAP;
    let tallest = layers.iter().map(|layer| total(layer)).fold(0.0, f64::max);
    // The space between layers must hold the labels.
    let label = flow.arrows.iter().map(|a| a.label().len()).max().unwrap_or(0) as f64;
    let between = 60.0 + 0.8 * CHARACTER * label;
    let top = MARGIN + 30.0;

    let mut frames: BTreeMap<Item, Frame> = BTreeMap::new();
    let mut x = MARGIN;
    for layer in layers {
        let shapes = layer.iter().filter_map(|item| if let Item::Shape(s) = item { Some(width_of(*s)) } else { None });
        let column = shapes.fold(0.0, f64::max);
        let mut y = top + (tallest - total(layer)) / 2.0;
        for item in layer {
            let width = if let Item::Shape(s) = item { width_of(*s) } else { column };
            frames.insert(*item, Frame { x: x + (column - width) / 2.0, y, width, height: height_of(item) });
            y += height_of(item) + GAP;
        }
        x += column + between;
    }

    let ports = Ports::of(flow, chains, &frames);
    let mut lane = top + tallest;
    let routes = (0..flow.arrows.len())
        .map(|index| {
            let (from, to) = (ports.departures[index], ports.arrivals[index]);
            match chains.get(&index) {
                Some(chain) => {
                    let passages = chain[1..chain.len() - 1].iter().map(|item| frames[item]);
                    let inner = passages.flat_map(|f| [(f.x, f.middle()), (f.x + f.width, f.middle())]);
                    Route::Forward(std::iter::once(from).chain(inner).chain([to]).collect())
                }
                None => {
                    lane += LANE;
                    Route::Backward { from, to, lane }
                }
            }
        })
        .collect();
    let frames = (0..flow.shapes.len()).map(|shape| frames[&Item::Shape(shape)]).collect();
    Layout { frames, routes, width: x - between + MARGIN, height: lane + MARGIN + 10.0 }
}

/// The points where each arrow leaves and enters its boxes. They are distributed over the sides of a box, in the
/// vertical order of the other ends.
struct Ports {
    departures: Vec<(f64, f64)>,
    arrivals: Vec<(f64, f64)>,
}

impl Ports {
    fn of(flow: &Flow, chains: &BTreeMap<usize, Vec<Item>>, frames: &BTreeMap<Item, Frame>) -> Self {
        let nowhere = vec![(0.0, 0.0); flow.arrows.len()];
        let mut ports = Self { departures: nowhere.clone(), arrivals: nowhere };
        // Backward arrows run below all boxes.
        let height = |item: Option<&Item>| item.map_or(f64::INFINITY, |item| frames[item].middle());
        for shape in 0..flow.shapes.len() {
            let frame = frames[&Item::Shape(shape)];
            let spread = |mut keyed: Vec<(f64, usize)>, x: f64, points: &mut Vec<(f64, f64)>| {
                keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                let step = frame.height / (keyed.len() as f64 + 1.0);
                for (position, (_, arrow)) in keyed.into_iter().enumerate() {
                    points[arrow] = (x, frame.y + step * (position as f64 + 1.0));
                }
            };
            let arrows = || flow.arrows.iter().enumerate();
            let out =
                arrows().filter(|(_, a)| a.from == shape).map(|(i, _)| (height(chains.get(&i).map(|c| &c[1])), i));
            spread(out.collect(), frame.x + frame.width, &mut ports.departures);
            let into = arrows()
                .filter(|(_, a)| a.to == shape)
                .map(|(i, _)| (height(chains.get(&i).map(|c| &c[c.len() - 2])), i));
            spread(into.collect(), frame.x, &mut ports.arrivals);
        }
        ports
    }
}
