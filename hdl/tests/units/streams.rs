//! Tests of the stream ends and of the output FIFO: their data and their handshakes.

use crate::bench::{Bench, for_all};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::VecDeque;
use svdforge_hdl::architecture::decomposer::PortTiming;
use svdforge_hdl::core::stream_fifo::{DEPTH, stream_fifo};
use svdforge_hdl::core::stream_input::stream_input;
use svdforge_hdl::core::stream_output::stream_output;
use svdforge_hdl::formats::{BeatFormat, Streams};
use svdforge_hdl::ir::address_width;
use svdforge_hdl::ordering::Ordering;
use svdforge_hdl::parameters::{Parameters, Sizes, Vectors};
use svdforge_hdl::shape::Shape;

/// The bank and the pair of a place. The parity of a place is its bank.
fn home(place: usize, size: usize) -> (usize, usize) {
    (place % 2, place.min(size - 1 - place))
}

/// An input end, with a model of the matrix that it loads.
struct InputBench {
    unit: Bench,
    /// Rows, and columns, of the square that holds the matrix.
    size: usize,
    /// The matrix as loaded, row by row.
    matrix: Vec<i128>,
    /// The cycles in which the source may offer a beat. The pattern is repeated.
    rhythm: Vec<bool>,
    cycles: usize,
}

const WORD: u32 = 12;

impl InputBench {
    /// A bench for matrices of (rows, columns). If `largest` is given, it is the size of a core for any size.
    fn new((rows, cols): (usize, usize), largest: Option<(usize, usize)>, rhythm: Vec<bool>) -> Self {
        let (most_rows, most_cols) = largest.unwrap_or((rows, cols));
        let sizes = if largest.is_some() { Sizes::Any } else { Sizes::Fixed };
        let parameters = Parameters { rows: most_rows, cols: most_cols, sizes, word: WORD, ..Parameters::default() };
        let shape = parameters.shape().unwrap();
        let unit = Bench::new(|design| stream_input(design, &shape));
        let size = rows.max(cols);
        Self { unit, size, matrix: vec![0; size * size], rhythm, cycles: 0 }
    }

    /// Simulates one cycle and updates the matrix.
    fn cycle(&mut self) {
        let get = |port: &str| self.unit.get(port) as usize;
        if get("load_valid") == 1 {
            let place = get("load_row") * self.size + get("load_column");
            self.matrix[place] = self.unit.get("load_data") as i128;
        }
        self.unit.step();
        self.cycles += 1;
    }

    /// Sends a frame of these elements, waits while the next frame is already offered, and releases the first one.
    /// Returns whether it was reported as bad, and its shift.
    fn send(&mut self, elements: &[i128], wait: usize) -> (bool, u32) {
        self.unit.set("release_frame", 0);
        let (mut next, mut offering) = (0, false);
        while next < elements.len() {
            offering |= self.rhythm[self.cycles % self.rhythm.len()];
            self.unit.set("s_axis_tvalid", i128::from(offering));
            self.unit.set("s_axis_tdata", elements[next]);
            self.unit.set("s_axis_tlast", i128::from(next + 1 == elements.len()));
            assert!(self.unit.get("full") == 0, "The frame was reported as full before its end.");
            let accepted = offering && self.unit.get("s_axis_tready") == 1;
            self.cycle();
            next += usize::from(accepted);
            offering &= !accepted;
        }
        // The next frame is offered, and must wait.
        self.unit.set("s_axis_tvalid", 1);
        self.unit.set("s_axis_tdata", 0x555);
        self.unit.set("s_axis_tlast", 1);
        for _ in 0..wait + 4 {
            assert_eq!((self.unit.get("full"), self.unit.get("s_axis_tready")), (1, 0));
            self.cycle();
        }
        self.unit.set("s_axis_tvalid", 0);
        let result = (self.unit.get("bad") == 1, self.unit.get("shift") as u32);
        self.unit.set("release_frame", 1);
        self.cycle();
        self.unit.set("release_frame", 0);
        assert_eq!((self.unit.get("full"), self.unit.get("s_axis_tready")), (0, 1));
        result
    }
}

#[test]
fn input_end_loads_every_element_and_detects_bad_frames() {
    let frames_seen = Cell::new((0, 0));
    let fixed = [(2, 2), (3, 3), (4, 4), (7, 7), (5, 2), (3, 8), (1, 3)].map(|size| (size, None));
    let announced = [(1, 2), (6, 4), (3, 3), (5, 1), (2, 4)].map(|size| (size, Some((6, 4))));
    for ((rows, cols), largest) in fixed.into_iter().chain(announced) {
        let header = largest.map_or(vec![], |_| vec![rows as i128, cols as i128]);
        let right = rows * cols;
        let frame = (prop_oneof![3 => Just(right), 1 => 1..right, 1 => right + 1..3 * right], 0..6usize);
        // Elements of any magnitude, so that some frames have headroom.
        let elements = (proptest::collection::vec(-2048..2048i128, 3 * right), 0..WORD);
        let elements = elements.prop_map(|(e, cut)| e.iter().map(|e| e >> cut).collect::<Vec<i128>>());
        let case = (
            proptest::collection::vec((frame, elements), 6),
            proptest::collection::vec(prop::bool::weighted(0.7), 1..9),
        );
        for_all(20, case, |(frames, mut rhythm)| {
            rhythm.push(true);
            let mut bench = InputBench::new((rows, cols), largest, rhythm);
            for ((length, wait), elements) in frames {
                bench.matrix.fill(-9999);
                let (bad, shift) = bench.send(&[&header, &elements[..length]].concat(), wait);
                assert_eq!(bad, length != right, "{length} beats for {rows}x{cols}");
                let (mut good_frames, mut bad_frames) = frames_seen.get();
                if bad {
                    bad_frames += 1;
                } else {
                    let mask = (1 << WORD) - 1;
                    for (row, column) in (0..bench.size).flat_map(|r| (0..bench.size).map(move |c| (r, c))) {
                        let inside = row < rows && column < cols;
                        let expected = if inside { elements[row * cols + column] & mask } else { -9999 };
                        assert_eq!(
                            bench.matrix[row * bench.size + column],
                            expected,
                            "{rows}x{cols}, ({row}, {column})"
                        );
                    }
                    let limit = 1 << (WORD - 1);
                    let fits = |shift: u32| elements[..right].iter().all(|e| (-limit..limit).contains(&(e << shift)));
                    assert_eq!(Some(shift), (0..WORD).rev().find(|&shift| fits(shift)), "{elements:?}");
                    good_frames += 1;
                }
                frames_seen.set((good_frames, bad_frames));
            }
        });
    }
    let (good, bad) = frames_seen.get();
    assert_eq!(good + bad, 12 * 20 * 6);
    assert!(good > 500 && bad > 250, "{good} good and {bad} bad frames");
}

/// Streams with single elements of so many bytes.
fn streams(element_bytes: u32) -> Streams {
    let format = BeatFormat { elements: 1, element_bytes };
    Streams { input: format, output: format, keep: false }
}

/// Random writers and sinks. No beat is lost or changed while it waits, and each beat taken returns one credit.
#[test]
fn fifo_keeps_order_under_any_rhythm() {
    let beats = Cell::new(0);
    let case = (proptest::collection::vec((any::<bool>(), any::<bool>(), any::<u16>()), 50..400), 0..3u8);
    for_all(60, case, |(rhythm, bias)| {
        let mut fifo = Bench::new(|design| stream_fifo(design, &streams(2)));
        let (mut inside, mut credits) = (VecDeque::new(), DEPTH);
        let mut waiting = None;
        // In some runs the FIFO is full most of the time, in others empty. In the end all remaining beats are taken.
        let rhythm = rhythm.into_iter().map(|(write, ready, data)| (write || bias == 1, ready || bias == 2, data));
        for (write, ready, data) in rhythm.chain(std::iter::repeat_n((false, true, 0), 40)) {
            let write = write && credits > 0;
            let user = u128::from(data & 3);
            fifo.set("write", i128::from(write));
            fifo.set("tdata", i128::from(data));
            fifo.set("tuser", user as i128);
            fifo.set("tlast", i128::from(data >> 15));
            fifo.set("m_axis_tready", i128::from(ready));
            let head = ["m_axis_tdata", "m_axis_tuser", "m_axis_tlast"].map(|port| fifo.get(port));
            let valid = fifo.get("m_axis_tvalid") == 1;
            if let Some(promised) = waiting {
                assert!(valid && head == promised, "A beat that was offered has changed.");
            }
            waiting = (valid && !ready).then_some(head);
            if valid && ready {
                assert_eq!(Some(head), inside.pop_front());
                beats.set(beats.get() + 1);
            }
            credits += u32::from(fifo.get("freed") == 1);
            if write {
                credits -= 1;
                inside.push_back([data.into(), user, u128::from(data >> 15)]);
            }
            fifo.step();
        }
        assert!(inside.is_empty(), "{} beats are left", inside.len());
        assert_eq!(credits, DEPTH);
    });
    assert!(beats.get() > 4000, "{}", beats.get());
}

#[test]
fn fifo_moves_one_beat_per_cycle_and_holds_one_more_than_its_depth() {
    let mut fifo = Bench::new(|design| stream_fifo(design, &streams(1)));
    let mut credits = DEPTH;
    fifo.set("m_axis_tready", 0);
    let mut written = 0;
    for _ in 0..40 {
        fifo.set("write", i128::from(credits > 0));
        fifo.set("tdata", written);
        credits += u32::from(fifo.get("freed") == 1);
        if credits > 0 && written < 100 {
            credits -= 1;
            written += 1;
        } else {
            fifo.set("write", 0);
        }
        fifo.step();
    }
    assert_eq!(written, i128::from(DEPTH) + 1);
    fifo.set("write", 0);
    fifo.set("m_axis_tready", 1);
    for expected in 0..written {
        assert_eq!((fifo.get("m_axis_tvalid"), fifo.get("m_axis_tdata") as i128), (1, expected), "one beat per cycle");
        fifo.step();
    }
    assert_eq!(fifo.get("m_axis_tvalid"), 0);
}

/// A result as the output end reads it from models of the sorter and of the memories.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The cells of the sorter, (negative, index, key), from the front one on.
    pub order: VecDeque<(bool, usize, i128)>,
    /// Uᵀ and Vᵀ as rows of elements. A row is addressed by the index of its singular value.
    pub vectors: [Vec<Vec<i128>>; 2],
    pub status: i128,
}

impl Outcome {
    /// The expected output frame, as beats (section, bits, last).
    pub fn frame(&self, shape: &Shape) -> Vec<(u128, u128, u128)> {
        let mask = (1i128 << shape.streams().output.element_bits()) - 1;
        let mut values = vec![(0, self.status)];
        if self.status & 1 == 0 {
            // The keys of eigenvalues are offset by half of their range. For a triangle, its additional guard bits are
            // rounded away.
            let finer = shape.element_bits() - shape.sigma_bits();
            let value = |key: i128| match shape.symmetric() {
                true => key - (1 << (shape.element_bits() - 1)),
                false => (key + (1 << finer >> 1)) >> finer,
            };
            values.extend(self.order.iter().map(|&(_, _, key)| (1, value(key))));
            let sides = [(shape.has_u(), 2, shape.rows()), (shape.has_v(), 3, shape.cols())];
            for ((present, section, rows), vectors) in sides.into_iter().zip(&self.vectors) {
                let sign = |negative: bool| if negative && section == 2 { -1 } else { 1 };
                values.extend((0..if present { rows } else { 0 }).flat_map(|row| {
                    self.order.iter().map(move |&(minus, i, _)| (section, sign(minus) * vectors[i][row]))
                }));
            }
        }
        let last = values.len() - 1;
        let beat =
            |(i, (section, value)): (usize, (u128, i128))| (section, (value & mask) as u128, u128::from(i == last));
        values.into_iter().enumerate().map(beat).collect()
    }
}

/// Random results of a core.
pub fn result(shape: &Shape) -> impl Strategy<Value = Outcome> + use<> {
    let (n, data, vector) = (shape.side(), shape.element_bits(), shape.vector_bits());
    let (rank, triplets) = (shape.rank(), shape.triplets());
    let matrix = move || {
        let limit = 1i128 << (vector - 2);
        proptest::collection::vec(proptest::collection::vec(-limit..=limit, n), n)
    };
    let keys = proptest::collection::vec((any::<bool>(), 0..1i128 << (data - u32::from(!shape.symmetric()))), rank);
    let status = (0..1i128 << 14, 0..4i128, prop::bool::weighted(0.2));
    let order = Just((0..triplets).collect::<Vec<_>>()).prop_shuffle();
    (keys, order, matrix(), matrix(), status).prop_map(|(keys, order, u, v, (sweeps, flags, bad))| Outcome {
        order: order.into_iter().zip(keys).map(|(i, (minus, key))| (minus, i, key)).collect(),
        vectors: [u, v],
        status: (sweeps & 63 | sweeps >> 6 << 8) << 8 | flags << 1 | i128::from(bad),
    })
}

/// Sends a frame through the output end. Its beats leave a model of the FIFO in the given rhythm. Returns the number of
/// beats, and the largest number that waited in the FIFO.
fn output_frame(unit: &mut Bench, shape: &Shape, mut result: Outcome, delay: usize, rhythm: &[bool]) -> (usize, usize) {
    let expected = result.frame(shape);
    let index_bits = address_width(shape.triplets() as u32);
    let (mut found, mut waiting, mut most, mut done) = (Vec::new(), 0, 0, 0);
    // The reads in progress: (column, row) of an element, and whether it is one of U or of V, if there is a read.
    let mut reads: VecDeque<Option<(usize, usize, [bool; 2])>> = std::iter::repeat_n(None, delay).collect();
    unit.set("start", 1);
    unit.set("status", result.status);
    unit.set("bad", result.status & 1);
    for cycle in 0.. {
        assert!(cycle < 200 + 40 * expected.len(), "The frame does not end after {} beats.", found.len());
        let (minus, index, value) = result.order[0];
        let front = (i128::from(minus) << index_bits | index as i128) << shape.element_bits() | value;
        unit.set("front", front);
        let read = reads.pop_front().flatten();
        let sides = [(shape.has_u(), "u"), (shape.has_v(), "v")].into_iter().zip(&result.vectors).enumerate();
        for (side, ((_, name), vectors)) in sides.filter(|(_, ((present, _), _))| *present) {
            let element = read.filter(|read: &(usize, usize, [bool; 2])| read.2[side]);
            let element = element.and_then(|(index, row, _)| vectors.get(index)?.get(row).copied());
            let mask = (1i128 << shape.vector_bits()) - 1;
            unit.set(name, element.unwrap_or(0x155) & mask);
        }
        if shape.has_vectors() {
            let row = unit.get("vector_row") as usize;
            let read = [(shape.has_u(), "u_read"), (shape.has_v(), "v_read")];
            let sides = read.map(|(present, port)| present && unit.get(port) == 1);
            reads.push_back((sides != [false; 2]).then_some((index, row, sides)));
        }
        if unit.get("write") == 1 {
            found.push((unit.get("tuser"), unit.get("tdata"), unit.get("tlast")));
            waiting += 1;
            most = most.max(waiting);
        }
        let free = waiting > 0 && rhythm[cycle % rhythm.len()];
        unit.set("freed", i128::from(free));
        waiting -= usize::from(free);
        let turn = unit.get("turn") == 1;
        done += unit.get("done");
        unit.step();
        unit.set("start", 0);
        if turn {
            result.order.rotate_left(1);
        }
        if found.len() >= expected.len() && waiting == 0 && done > 0 {
            break;
        }
    }
    unit.set("freed", 0);
    for _ in 0..8 {
        assert_eq!(unit.get("write"), 0, "A beat came after the last one.");
        done += unit.get("done");
        unit.step();
    }
    assert_eq!(found, expected, "{shape:?}");
    assert_eq!(done, 1, "`done` must be 1 once per frame.");
    (expected.len(), most)
}

#[test]
fn output_end_sends_complete_frames_and_never_overfills_the_fifo() {
    let (beats, frames, full) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let all = |rows, cols| Parameters { rows, cols, ..Parameters::default() };
    let shapes = [
        (all(1, 1), 3),
        (all(3, 1), 3),
        (all(2, 2), 3),
        (all(3, 3), 3),
        (all(5, 5), 4),
        (all(8, 8), 3),
        (all(5, 3), 3),
        (all(3, 6), 3),
        (Parameters { vectors: Vectors::V, rank: Some(2), ..all(4, 5) }, 5),
        (Parameters { vectors: Vectors::U, rank: Some(1), ..all(4, 4) }, 3),
        (Parameters { vectors: Vectors::None, ..all(4, 4) }, 3),
        (Parameters { symmetric: true, ..all(5, 5) }, 3),
        (Parameters { vectors: Vectors::V, ..all(200, 3) }, 3),
        (Parameters { vectors: Vectors::None, ..all(2000, 2) }, 3),
    ];
    for (parameters, delay) in shapes {
        let shape = parameters.shape().unwrap();
        let timing = PortTiming { value: 4, value_waits: false, vectors: delay, drain: 12 };
        // Sometimes nothing leaves the FIFO for longer than it takes to fill it.
        let case =
            (proptest::collection::vec(result(&shape), 3), proptest::collection::vec(any::<bool>(), 0..9), 0..60usize);
        for_all(20, case, |(results, mut rhythm, pause)| {
            rhythm.extend(std::iter::repeat_n(false, pause.saturating_sub(20)));
            rhythm.extend([true; 20]);
            let mut unit = Bench::new(|design| stream_output(design, &shape, timing));
            for result in results {
                let (sent, most) = output_frame(&mut unit, &shape, result, delay as usize, &rhythm);
                assert!(most <= DEPTH as usize, "{most} beats for {DEPTH} places");
                full.set(full.get() + usize::from(most == DEPTH as usize));
                beats.set(beats.get() + sent);
                frames.set(frames.get() + 1);
            }
        });
    }
    assert_eq!(frames.get(), 14 * 20 * 3);
    assert!(beats.get() > 5_000 && full.get() > 20, "{} beats, full in {} frames", beats.get(), full.get());
}

#[test]
fn home_agrees_with_the_ordering() {
    let mut places = 0;
    for size in (2..=32).step_by(2) {
        let ordering = Ordering::new(size);
        for place in 0..size {
            assert_eq!((ordering.bank(place), ordering.pair(place)), home(place, size));
            places += 1;
        }
    }
    assert_eq!(places, 272);
}
