//! The layout of a diagram. Boxes are placed in layers from left to right, so that most arrows point forward and few
//! cross. Arrows run horizontally and vertically: between two layers each has a vertical track of its own, and beside a
//! box a height of its own. The labels stand at the tips, to the right of all tracks, where no line crosses them.

use std::collections::{BTreeMap, BTreeSet};

/// Height that an arrow takes at the side of a box, enough for its label. All lengths are in pixels.
const PORT: f64 = 15.0;
/// Height that an arrow takes where it passes through a layer.
const PASSAGE: f64 = 12.0;
/// Space between the items of a layer.
const GAP: f64 = 16.0;
/// Distance between the tracks of arrows.
const TRACK: f64 = 7.0;
/// Distance between the last track and the labels.
const CLEARANCE: f64 = 7.0;
/// Length of a tip, which follows the label.
pub(super) const TIP: f64 = 9.0;
/// Number of sweeps that improve the order within the layers.
const SWEEPS: usize = 12;

/// What is to be placed.
#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    /// Width and height of each box, at least.
    pub(super) sizes: Vec<(f64, f64)>,
    /// The box that stands alone on the left, and the one on the right, if there are such boxes.
    pub(super) ends: [Option<usize>; 2],
    /// From which box to which each arrow points, and the width of its label.
    pub(super) arrows: Vec<(usize, usize, f64)>,
}

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

/// The coordinates of all boxes and arrows, from 0 on.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) frames: Vec<Frame>,
    /// The corners of each arrow. The last one is its tip.
    pub(super) routes: Vec<Vec<(f64, f64)>>,
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
    pub(super) fn of(graph: &Graph) -> Self {
        let backward = backward(graph);
        let layer_of = layers_of(graph, |arrow| backward.contains(&arrow));
        let count = layer_of.iter().max().map_or(0, |last| last + 1);
        let mut layers: Vec<Vec<Item>> = vec![Vec::new(); count];
        for (shape, &layer) in layer_of.iter().enumerate() {
            layers[layer].push(Item::Shape(shape));
        }
        let mut chains: BTreeMap<usize, Vec<Item>> = BTreeMap::new();
        for (index, &(from, to, _)) in graph.arrows.iter().enumerate().filter(|(i, _)| !backward.contains(i)) {
            let passages: Vec<Item> =
                (layer_of[from] + 1..layer_of[to]).map(|layer| Item::Passage { arrow: index, layer }).collect();
            for (item, layer) in passages.iter().zip(layer_of[from] + 1..) {
                layers[layer].push(*item);
            }
            chains.insert(index, [vec![Item::Shape(from)], passages, vec![Item::Shape(to)]].concat());
        }
        order(&mut layers, &chains);
        place(graph, &layers, &layer_of, &chains)
    }
}

/// The arrows that close a loop, found by a depth-first search from the first box on.
fn backward(graph: &Graph) -> BTreeSet<usize> {
    fn walk(graph: &Graph, shape: usize, state: &mut [u8], backward: &mut BTreeSet<usize>) {
        state[shape] = 1;
        for (index, &(_, to, _)) in graph.arrows.iter().enumerate().filter(|(_, arrow)| arrow.0 == shape) {
            match state[to] {
                0 => walk(graph, to, state, backward),
                1 => drop(backward.insert(index)),
                _ => {}
            }
        }
        state[shape] = 2;
    }
    let mut backward = BTreeSet::new();
    let mut state = vec![0; graph.sizes.len()];
    for shape in 0..graph.sizes.len() {
        if state[shape] == 0 {
            walk(graph, shape, &mut state, &mut backward);
        }
    }
    backward
}

/// The layer of each box. It is the length of the longest path to the box. The ends are alone in the first and in the
/// last layer.
fn layers_of(graph: &Graph, is_backward: impl Fn(usize) -> bool) -> Vec<usize> {
    let [first, last] = graph.ends;
    let mut layers: Vec<usize> =
        (0..graph.sizes.len()).map(|shape| usize::from(first.is_some() && first != Some(shape))).collect();
    for _ in 0..layers.len() {
        for (index, &(from, to, _)) in graph.arrows.iter().enumerate() {
            if !is_backward(index) && Some(from) != last {
                layers[to] = layers[to].max(layers[from] + 1);
            }
        }
    }
    if let Some(last) = last {
        let beyond = layers.iter().enumerate().filter(|&(shape, _)| shape != last).map(|(_, layer)| layer + 1).max();
        layers[last] = beyond.unwrap_or(0);
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
                let neighbour = |&(left, right): &(Item, Item)| match forward {
                    true => (right == item).then(|| heights.get(&left)).flatten(),
                    false => (left == item).then(|| heights.get(&right)).flatten(),
                };
                let neighbours: Vec<f64> = links.iter().filter_map(neighbour).copied().collect();
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

/// A vertical part of an arrow, between two layers.
#[derive(Clone, Copy)]
struct Rise {
    arrow: usize,
    /// The number of this part within its arrow.
    part: usize,
    from: f64,
    to: f64,
}

/// Computes the coordinates of all items.
fn place(graph: &Graph, layers: &[Vec<Item>], layer_of: &[usize], chains: &BTreeMap<usize, Vec<Item>>) -> Layout {
    // Heights first. The widths between the layers depend on them.
    let height_of = |item: &Item| match item {
        Item::Shape(shape) => {
            let into = graph.arrows.iter().filter(|arrow| arrow.1 == *shape).count();
            let out = graph.arrows.iter().filter(|arrow| arrow.0 == *shape).count();
            graph.sizes[*shape].1.max((into.max(out) as f64 + 0.5) * PORT)
        }
        Item::Passage { .. } => PASSAGE,
    };
    let total = |layer: &[Item]| layer.iter().map(|item| height_of(item) + GAP).sum::<f64>() - GAP;
    let tallest = layers.iter().map(|layer| total(layer)).fold(0.0, f64::max);
    let mut frames: BTreeMap<Item, Frame> = BTreeMap::new();
    for layer in layers {
        let mut y = (tallest - total(layer)) / 2.0;
        for item in layer {
            let height = height_of(item);
            frames.insert(*item, Frame { x: 0.0, y, width: 0.0, height });
            y += height + GAP;
        }
    }
    let mut ports = Ports::of(graph, chains, &frames);
    ports.straighten(chains, &frames);

    // Backward arrows run below all boxes, the shorter ones higher.
    let mut backward: Vec<usize> = (0..graph.arrows.len()).filter(|arrow| !chains.contains_key(arrow)).collect();
    backward.sort_by_key(|&arrow| layer_of[graph.arrows[arrow].0].abs_diff(layer_of[graph.arrows[arrow].1]));
    let lane = |arrow: usize| {
        let position = backward.iter().position(|&other| other == arrow).expect("It is one of them.");
        tallest + GAP + TRACK * position as f64
    };
    // The space before layer i is number i.
    let mut spaces: Vec<Vec<Rise>> = vec![Vec::new(); layers.len() + 1];
    for arrow in 0..graph.arrows.len() {
        let (from, to) = (ports.departures[arrow], ports.arrivals[arrow]);
        let (first, last) = (layer_of[graph.arrows[arrow].0], layer_of[graph.arrows[arrow].1]);
        match chains.get(&arrow) {
            Some(chain) => {
                let inner = chain[1..chain.len() - 1].iter().map(|item| frames[item].middle());
                let heights: Vec<f64> = [from].into_iter().chain(inner).chain([to]).collect();
                for (part, pair) in heights.windows(2).enumerate() {
                    spaces[first + 1 + part].push(Rise { arrow, part, from: pair[0], to: pair[1] });
                }
            }
            None => {
                let lane = lane(arrow);
                spaces[first + 1].push(Rise { arrow, part: 0, from, to: lane });
                spaces[last].push(Rise { arrow, part: 1, from: lane, to });
            }
        }
    }

    let mut x = 0.0;
    let mut tracks: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for (number, space) in spaces.iter_mut().enumerate() {
        // In this order, parts that rise cross no others that rise, and parts that fall cross none that fall.
        space.sort_by(|a, b| {
            let falls = |rise: &Rise| rise.to > rise.from;
            let key = |rise: &Rise| if falls(rise) { -rise.from } else { rise.from };
            falls(a).cmp(&falls(b)).then(key(a).total_cmp(&key(b)))
        });
        separate(space);
        for (position, rise) in space.iter().enumerate() {
            tracks.insert((rise.arrow, rise.part), x + TRACK * (position as f64 + 1.0));
        }
        let arriving = graph.arrows.iter().filter(|arrow| layer_of[arrow.1] == number);
        let label = arriving.map(|arrow| arrow.2 + CLEARANCE + TIP).fold(0.0, f64::max);
        x += if space.is_empty() { 0.0 } else { TRACK * space.len() as f64 + label.max(TRACK) };
        let Some(layer) = layers.get(number) else { continue };
        let width = |item: &Item| if let Item::Shape(shape) = item { graph.sizes[*shape].0 } else { 0.0 };
        let column = layer.iter().map(width).fold(0.0, f64::max);
        for item in layer {
            let frame = frames.get_mut(item).expect("Every item has a frame.");
            (frame.x, frame.width) = (x, column);
        }
        x += column;
    }

    let frame = |shape: usize| frames[&Item::Shape(shape)];
    let route = |arrow: usize| {
        let (from, to, _) = graph.arrows[arrow];
        let mut points = vec![(frame(from).x + frame(from).width, ports.departures[arrow])];
        let parts = chains.get(&arrow).map_or(2, |chain| chain.len() - 1);
        for part in 0..parts {
            let rise = spaces.iter().flatten().find(|rise| (rise.arrow, rise.part) == (arrow, part));
            let (rise, x) = (rise.expect("Every part is in a space."), tracks[&(arrow, part)]);
            points.extend([(x, rise.from), (x, rise.to)]);
        }
        points.push((frame(to).x, ports.arrivals[arrow]));
        points
    };
    let routes = (0..graph.arrows.len()).map(route).collect();
    let height = tallest + if backward.is_empty() { 0.0 } else { GAP + TRACK * backward.len() as f64 };
    Layout { frames: (0..graph.sizes.len()).map(frame).collect(), routes, width: x, height }
}

/// Reorders the tracks of a space where one arrow would enter it at the height at which another leaves it, and both
/// would lie on one line: the one that enters then takes the track on the left.
fn separate(space: &mut Vec<Rise>) {
    const CLOSE: f64 = 4.0;
    let met = |space: &[Rise]| {
        let pairs = (0..space.len()).flat_map(|left| (left + 1..space.len()).map(move |right| (left, right)));
        pairs.into_iter().find(|&(left, right)| (space[left].to - space[right].from).abs() < CLOSE)
    };
    // Where arrows exclude each other, some order must do.
    for _ in 0..space.len() * space.len() {
        let Some((left, right)) = met(space) else { return };
        let enters = space.remove(right);
        space.insert(left, enters);
    }
}

/// The heights at which each arrow leaves and enters its boxes. They are distributed over the sides of a box, in the
/// vertical order of the other ends.
struct Ports {
    departures: Vec<f64>,
    arrivals: Vec<f64>,
}

impl Ports {
    /// Moves the ends of arrows a little where that makes an arrow straight.
    fn straighten(&mut self, chains: &BTreeMap<usize, Vec<Item>>, frames: &BTreeMap<Item, Frame>) {
        const LITTLE: f64 = 3.0;
        for (&arrow, chain) in chains {
            let before = match chain[chain.len() - 2] {
                Item::Shape(_) => self.departures[arrow],
                passage => frames[&passage].middle(),
            };
            if (self.arrivals[arrow] - before).abs() < LITTLE {
                self.arrivals[arrow] = before;
            }
        }
    }

    fn of(graph: &Graph, chains: &BTreeMap<usize, Vec<Item>>, frames: &BTreeMap<Item, Frame>) -> Self {
        let nowhere = vec![0.0; graph.arrows.len()];
        let mut ports = Self { departures: nowhere.clone(), arrivals: nowhere };
        // Backward arrows run below all boxes.
        let height = |item: Option<&Item>| item.map_or(f64::INFINITY, |item| frames[item].middle());
        for shape in 0..graph.sizes.len() {
            let frame = frames[&Item::Shape(shape)];
            let spread = |mut keyed: Vec<(f64, usize)>, heights: &mut Vec<f64>| {
                keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                let step = frame.height / (keyed.len() as f64 + 1.0);
                for (position, (_, arrow)) in keyed.into_iter().enumerate() {
                    heights[arrow] = frame.y + step * (position as f64 + 1.0);
                }
            };
            let arrows = || graph.arrows.iter().enumerate();
            let out = arrows().filter(|(_, a)| a.0 == shape).map(|(i, _)| (height(chains.get(&i).map(|c| &c[1])), i));
            spread(out.collect(), &mut ports.departures);
            let into = arrows()
                .filter(|(_, a)| a.1 == shape)
                .map(|(i, _)| (height(chains.get(&i).map(|c| &c[c.len() - 2])), i));
            spread(into.collect(), &mut ports.arrivals);
        }
        ports
    }
}
