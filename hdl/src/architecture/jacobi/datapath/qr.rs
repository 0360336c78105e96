//! QR in the datapath: two lanes with a triangle each. Their row rotations use the four rotators while no matrix is
//! decomposed.
//!
//! Lane 0 uses the left rotators. Lane 1 uses the right rotators, one cycle later. Each lane rotates one word, two
//! columns of (r_jk, w_k), per cycle.
//!
//! To eliminate an element y below a diagonal element x of R, lane 0 gives the angle unit the block (x 0; y 0), for
//! which the left rotation alone suffices. Lane 1 gives it the block (x y; 0 0), for which the right rotation alone
//! suffices. When the triangle of lane 1 is merged, its rows enter lane 0 and are read with the timing of lane 0.

use super::drawing::{Drawing, PlainWrite};
use super::rotators::Rotated;
use crate::architecture::jacobi::block::{Block, block, stage};
use crate::architecture::jacobi::layout::home_table;
use crate::architecture::jacobi::qr::lane::READ_LATENCY;
use crate::architecture::jacobi::qr::sequencer::WORD_LATENCY;
use crate::builder::{Instance, ModuleBuilder, Signal};
use crate::dimensions::ceil_log2;
use crate::ir::address_width;
use crate::parameters::{Scaling, Sizes};
use crate::units::headroom::headroom;

/// The command of the QR sequencer. All signals but the last three stand at stage 0.
#[derive(Clone, Copy)]
struct Command<'m> {
    /// A word is rotated in this lane.
    valid: [Signal<'m>; 2],
    /// The word is the first one of its row rotation, so an angle must be computed.
    lead: Signal<'m>,
    /// The row of R is still empty.
    fresh: Signal<'m>,
    /// The row comes from the buffer.
    enter: Signal<'m>,
    /// There is no row for lane 1: it enters as zeros.
    absent: Signal<'m>,
    /// The half of the buffer from which the row comes.
    half: Signal<'m>,
    /// The row is one of lane 1's triangle.
    take: Signal<'m>,
    /// The row still has elements after this rotation, so it must be stored.
    keeps: Signal<'m>,
    /// The row of R is final.
    is_final: Signal<'m>,
    /// The number of the row of R, which is that of the slot as well.
    pair: Signal<'m>,
    /// The slot to which the row moves.
    target: Signal<'m>,
    /// The number of the word, that is, of a pair of columns.
    word: Signal<'m>,
    /// The triangle of lane 1 is being merged into that of lane 0. This signal and the next two have no stage: they
    /// change only while the pipeline is empty.
    merge: Signal<'m>,
    /// Rows are being reduced, or awaited.
    active: Signal<'m>,
    /// Rows are still coming in.
    streaming: Signal<'m>,
}

/// The names of the commands. They are outputs of the QR sequencer, and inputs of the datapath with the prefix `qr_`.
pub const COMMANDS: [&str; 16] = [
    "valid_0",
    "valid_1",
    "lead",
    "fresh",
    "enter",
    "absent",
    "half",
    "take",
    "keeps",
    "is_final",
    "pair",
    "target",
    "word",
    "merge",
    "active",
    "streaming",
];

/// The two lanes in the datapath, and their commands.
pub struct Qr<'m> {
    m: &'m ModuleBuilder,
    command: Command<'m>,
    lanes: [Instance<'m>; 2],
    /// The stage at which the angle unit and the left rotators take their operands.
    read: u32,
}

/// One lane as its rotators see it.
pub struct Side<'q, 'm> {
    qr: &'q Qr<'m>,
    lane: usize,
    /// The stage at which the address of the coefficients stands.
    address: u32,
    /// Cycles from a command to stage 0 of the pipeline of the rotators; negative if that stage comes before the
    /// command.
    lag: i64,
}

/// A signal of stage 0, delayed by `cycles` and declared to stand at stage `at` of another pipeline.
fn later(signal: Signal<'_>, cycles: u32, at: u32) -> Signal<'_> {
    signal.delayed_to(cycles).untimed().at(at)
}

impl<'m> Qr<'m> {
    /// Draws the lanes, if the core reduces rows. `read` is the stage of the operands.
    pub fn new(drawing: &Drawing<'_, 'm>, read: u32) -> Option<Self> {
        let (m, shape) = (drawing.m, drawing.shape);
        let unit = drawing.units.lane?;
        let number = address_width(shape.even() as u32);
        let input = |name: &str, width| m.input(&format!("qr_{name}"), width).at(0);
        let [valid_0, valid_1, lead, fresh, enter, absent, half, take, keeps, is_final] =
            std::array::from_fn(|k| input(COMMANDS[k], 1));
        let [pair, target] = ["pair", "target"].map(|name| input(name, number));
        let word = input("word", drawing.pair);
        let [merge, active, streaming] = ["merge", "active", "streaming"].map(|name| input(name, 1).untimed());
        let valid = [valid_0.flag(), valid_1.flag()];
        let lead = lead.flag();
        let command = Command {
            valid,
            lead,
            fresh,
            enter,
            absent,
            half,
            take,
            keeps,
            is_final,
            pair,
            target,
            word,
            merge,
            active,
            streaming,
        };
        let lanes = [0, 1].map(|lane| m.instance(drawing.design, unit, &format!("lane_{lane}")));
        let qr = Self { m, command, lanes, read };
        let load = m.input("load_enable", 2);
        for (lane, memory) in qr.lanes.iter().enumerate() {
            memory.drive("load_enable", load.bit(lane as u32));
            qr.address(lane, 0, ["lead_pair", "lead_fresh", "lead_enter", "lead_half"]);
            let absent = if lane == 1 { command.absent.untimed() } else { m.zero(1) };
            memory.drive("lead_absent", absent);
            memory.drive("absent", absent);
            let is_odd = match shape.sizes() {
                Sizes::Any => !drawing.square.size.last_column.bit(0),
                Sizes::Fixed => m.one_bit(!shape.cols().is_multiple_of(2)),
            };
            memory.drive("odd", is_odd);
        }
        for (port, width) in
            [("load_half", 1), ("load_word", drawing.pair), ("load_bank", 1), ("load_data", shape.word())]
        {
            let signal = m.input(port, width);
            qr.lanes.iter().for_each(|lane| lane.drive(port, signal));
        }
        Some(qr)
    }

    /// Addresses a lane `cycles` cycles after the command, and lane 1 one cycle later. During the merge both lanes are
    /// addressed with the timing of lane 0.
    fn address(&self, lane: usize, cycles: u32, [pair, fresh, enter, half]: [&str; 4]) {
        let (c, memory) = (&self.command, &self.lanes[lane]);
        let at = |signal: Signal<'m>| later(signal, cycles + lane as u32, 0).untimed();
        let merged = |signal: Signal<'m>| match lane {
            0 => at(signal),
            _ => c.merge.select(later(signal, cycles, 0).untimed(), at(signal)),
        };
        memory.drive(pair, merged(c.pair));
        memory.drive(fresh, at(c.fresh) & !c.merge);
        memory.drive(enter, at(c.enter));
        memory.drive(half, at(c.half));
        if pair == "pair" {
            memory.drive("word", merged(c.word));
        }
    }

    /// The block for the angle unit, and whether it comes from lane 0. The block is (x 0; y 0) for lane 0, (x y; 0 0)
    /// for lane 1, and the block `a` of A while no rows are reduced.
    pub fn diagonal_block(&self, a: Block<'m>) -> (Block<'m>, Signal<'m>) {
        let (c, read) = (&self.command, self.read);
        let is_lane_1 = later(c.lead & c.valid[1], READ_LATENCY + 1, read).named("lead_of_lane_1");
        let output = |lane: usize, port| self.lanes[lane].output(port).at(read);
        let take = later(c.take, READ_LATENCY, read);
        let lead_0 = take.select(output(1, "pivot"), output(0, "lead"));
        let x = is_lane_1.select(output(1, "pivot"), output(0, "pivot"));
        let zero = self.m.zero(x.width());
        let [b, c_] = [is_lane_1.select(output(1, "lead"), zero), is_lane_1.select(zero, lead_0)];
        let active = self.command.active;
        let reduced = [[x, b], [c_, zero]];
        (block(|i, j| active.select(reduced[i][j], a[i][j])), active & !is_lane_1)
    }

    /// Lane 0, in the left rotators. `new` are the coefficients as they leave the coefficient unit. Those of the
    /// rotators are addressed at stage `address`.
    pub fn left(&self, new: Signal<'m>, address: u32) -> Side<'_, 'm> {
        self.side(0, new, address, self.read)
    }

    /// Lane 1, in the right rotators. Their coefficients are addressed at stage `address`, and their operands stand at
    /// stage `operands`.
    pub fn right(&self, new: Signal<'m>, address: u32, operands: u32) -> Side<'_, 'm> {
        self.side(1, new, address, operands)
    }

    fn side(&self, lane: usize, new: Signal<'m>, address: u32, operands: u32) -> Side<'_, 'm> {
        // Words are addressed so that they arrive in the same cycle as their coefficients, which have gone through the
        // coefficient memory.
        let cycles = self.word_address_cycles(new);
        self.address(lane, cycles, ["pair", "fresh", "enter", "half"]);
        let lag = i64::from(cycles + READ_LATENCY) + lane as i64 - i64::from(operands);
        Side { qr: self, lane, address, lag }
    }

    /// Cycles from a command to the address of its words. A first word needs its coefficients while they are being
    /// written, so they bypass the coefficient memory (see [`Side::coefficient`]).
    fn word_address_cycles(&self, new: Signal<'m>) -> u32 {
        stage(new) + 1 - self.read
    }

    /// Cycles from one angle of a row rotation to the next angle of the same two rows.
    pub fn row_rotation_latency(&self, new: Signal<'m>, left_done: u32) -> usize {
        let word_latency = READ_LATENCY + (left_done - self.read) + 1;
        assert!(word_latency <= WORD_LATENCY, "A word would be read before its rotation is written.");
        (self.word_address_cycles(new) + word_latency) as usize
    }
}

impl<'m> Side<'_, 'm> {
    /// A signal of the command, delayed to stage `at` of the pipeline of the rotators.
    fn command(&self, signal: Signal<'m>, at: u32) -> Signal<'m> {
        let cycles =
            u32::try_from(i64::from(at) + self.lag).expect("Words are addressed after their angles are computed.");
        later(signal, cycles, at)
    }

    /// Whether and where `new` coefficients are written. While rows are reduced, the address is the number of the row
    /// of R. Otherwise `own` and `address` decide.
    pub fn coefficient_write(&self, new: Signal<'m>, own: Signal<'m>, address: Signal<'m>) -> (Signal<'m>, Signal<'m>) {
        let (c, qr) = (&self.qr.command, self.qr);
        let cycles = stage(new) + READ_LATENCY + self.lane as u32 - qr.read;
        let [comes, pair] = [c.lead & c.valid[self.lane], c.pair].map(|signal| later(signal, cycles, stage(new)));
        (own | comes, c.active.select(pair.zero_extend(address.width()), address))
    }

    /// Where coefficients are read: at the number of the row of R while rows are reduced, and at `own` otherwise.
    pub fn coefficient_read(&self, own: Signal<'m>) -> Signal<'m> {
        let pair = self.command(self.qr.command.pair, self.address).zero_extend(own.width());
        self.qr.command.active.select(pair, own)
    }

    /// The coefficients of a word: the `new` ones for the first word of a row rotation, and those `read` from the
    /// memory for the others.
    pub fn coefficient(&self, new: Signal<'m>, read: Signal<'m>) -> Signal<'m> {
        let (c, at) = (&self.qr.command, stage(read));
        let is_first = self.command(c.lead & c.active, at);
        let newest = new.registered("newest_coefficient").untimed().at(at);
        is_first.select(newest, read)
    }

    /// An operand of a rotator while rows are reduced, and `own` otherwise. `which` is 0 for x, an element of R, and 1
    /// for y, an element of the row in the slot.
    pub fn operand(&self, which: usize, column: usize, own: Signal<'m>) -> Signal<'m> {
        let (qr, at) = (self.qr, stage(own));
        let port = |name: &str, lane: usize| qr.lanes[lane].output(&format!("{name}_{column}")).at(at);
        let operand = match (which, self.lane) {
            (0, lane) => port("x", lane),
            (_, 0) => self.command(qr.command.take, at).select(port("x", 1), port("y", 0)),
            (_, lane) => port("y", lane),
        };
        qr.command.active.select(operand, own)
    }

    /// Writes rotated words back to the lane. Returns whether one of them has overflowed.
    pub(super) fn write(&self, rotated: Block<'m>, rotators: &Rotated<'m>) -> Signal<'m> {
        let (c, memory, at) = (&self.qr.command, &self.qr.lanes[self.lane], stage(rotated[0][0]));
        let valid = self.command(c.valid[self.lane], at);
        memory.drive("write_enable", valid);
        for (port, signal) in [("pair", c.pair), ("target", c.target), ("word", c.word), ("keeps", c.keeps)] {
            memory.drive(&format!("write_{port}"), self.command(signal, at));
        }
        for (name, row) in ["x", "y"].into_iter().zip(rotated) {
            for (column, element) in row.into_iter().enumerate() {
                memory.drive(&format!("write_{name}_{column}"), element);
            }
        }
        valid & rotators.overflow()
    }
}

impl<'m> Drawing<'_, 'm> {
    /// The write of a final word of the triangle from the rotators of lane 0 to the memory of A, at stage `at`. The
    /// shift for the whole triangle leaves the module at the port `triangle_shift`.
    pub(super) fn triangle(&self, side: &Side<'_, 'm>, rotated: Block<'m>, at: u32) -> PlainWrite<'m> {
        let (m, shape, c) = (self.m, self.shape, &side.qr.command);
        let done = stage(rotated[0][0]);
        let [pair, word] = [c.pair, c.word].map(|signal| side.command(signal, done - 1));
        let row = pair.zero_extend(self.pair + 1).bits_from(1);
        // Row j and column j of the triangle lie at place j / 2 if j is even, and at the other place of the same pair
        // if j is odd.
        let homes = home_table(m, self.orderings, shape.even() / 2);
        let bank = |pair, name| homes.lookup(self.square.address(m, pair), None, name).sign();
        let row_bank = bank(row, "triangle_row_home") ^ pair.bit(0).delayed_to(done);
        let crosses = bank(word, "triangle_column_home");
        let is_final = side.command(c.is_final, done);
        let element = |column: usize| crosses.select(rotated[0][1 - column], rotated[0][column]);
        let elements = [0, 1].map(element);
        // A value as large as the number of columns times the largest element must still fit.
        let reserve = ceil_log2(shape.even());
        if shape.scaling() == Scaling::Auto {
            let shift = headroom(m, shape.word() - 1, &elements, reserve, is_final, c.streaming);
            m.output("triangle_shift", shift);
        }
        let both = |bank: Signal<'m>| m.concat(&[bank, bank]);
        let banks = m.concat(&[both(row_bank), both(!row_bank)]);
        let now = |signal: Signal<'m>| signal.untimed().at(at);
        PlainWrite {
            enable: now(is_final.select(banks, m.zero(4))),
            copy: m.zero(1).at(at),
            row: now(row.delayed_to(done)),
            column: now(word.delayed_to(done)),
            elements: block(|_, column| now(elements[column])),
        }
    }
}
