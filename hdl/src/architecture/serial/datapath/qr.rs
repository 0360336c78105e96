//! QR in the datapath: two lanes of rows and triangles, whose rotations the four rotators make while there is nothing to decompose.
//!
//! Lane 0 uses the left rotators, lane 1, one cycle later, the right ones; each turns one word, two columns of (r_jk, w_k), per cycle. The
//! angle unit sees a diagonal element x of R above the element y that must vanish as the block (x 0; y 0), which the left angle solves alone, or for
//! lane 1 as (x y; 0 0), which the right one does. When lane 1's triangle is merged, its rows enter lane 0, read at lane 0's time.

use super::drawing::{Block, Drawing, Fill, block, stage};
use crate::architecture::serial::layout::home_table;
use crate::architecture::serial::qr::lane::READ_LATENCY;
use crate::architecture::serial::qr::sequencer::WORD_LATENCY;
use crate::builder::{Instance, ModuleBuilder, Signal};
use crate::dimensions::ceil_log2;
use crate::ir::address_width;
use crate::parameters::{Scaling, Sizes};
use crate::units::headroom::headroom;

/// What the QR sequencer asks for; all at stage 0.
#[derive(Clone, Copy)]
struct Command<'m> {
    /// A word is rotated in this lane.
    valid: [Signal<'m>; 2],
    /// It is the first one of its meeting, and an angle is wanted.
    lead: Signal<'m>,
    /// The row of R is still empty.
    fresh: Signal<'m>,
    /// The row comes from the buffer, ...
    enter: Signal<'m>,
    /// ... of lane 1 as zeros, if there is none, ...
    absent: Signal<'m>,
    /// ... from this half.
    half: Signal<'m>,
    /// The row is one of lane 1's triangle.
    take: Signal<'m>,
    /// Something is left of the row.
    keeps: Signal<'m>,
    /// The row of R is finished.
    is_final: Signal<'m>,
    /// Row of R, and slot of the row.
    pair: Signal<'m>,
    /// The slot to which the row goes.
    target: Signal<'m>,
    /// Two columns.
    word: Signal<'m>,
    /// Lane 1's triangle is merged into lane 0's. This and the two that follow are levels: they change only while nothing is under way.
    merge: Signal<'m>,
    /// Rows are reduced, or awaited.
    active: Signal<'m>,
    /// Rows still come.
    streaming: Signal<'m>,
}

/// The commands by name: outputs of the QR sequencer, and with `qr_` before them inputs of the datapath.
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

/// The two lanes and their commands.
pub struct Qr<'m> {
    m: &'m ModuleBuilder,
    command: Command<'m>,
    lanes: [Instance<'m>; 2],
    /// Stage at which the angle unit and the left rotators take their operands.
    read: u32,
}

/// One lane as its rotators see it.
pub struct Side<'q, 'm> {
    qr: &'q Qr<'m>,
    lane: usize,
    /// Stage at which the coefficients' address stands.
    address: u32,
    /// Cycles from a command to stage 0 of the rotators' pipeline, less than 0 if that pipeline begins before.
    lag: i64,
}

/// A signal of stage 0, so many cycles later, as one of another pipeline.
fn later(signal: Signal<'_>, cycles: u32, at: u32) -> Signal<'_> {
    signal.delayed_to(cycles).untimed().at(at)
}

impl<'m> Qr<'m> {
    /// The lanes of a core that reduces rows; `read` is the stage of the operands.
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

    /// Addresses a lane so many cycles after the command, lane 1 one later; while it is merged, both at lane 0's time.
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

    /// The diagonal block for the angle unit: (x 0; y 0), or (x y; 0 0) for lane 1, or the block of A where no rows are reduced. Beside it whether it is lane 0's.
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

    /// Lane 0, in the left rotators; the coefficients come at the stage of `new`.
    pub fn left(&self, new: Signal<'m>) -> Side<'_, 'm> {
        self.side(0, new, 0, self.read)
    }

    /// Lane 1, in the right rotators, whose coefficients are addressed at one stage and whose operands stand at another.
    pub fn right(&self, new: Signal<'m>, address: u32, operands: u32) -> Side<'_, 'm> {
        self.side(1, new, address, operands)
    }

    fn side(&self, lane: usize, new: Signal<'m>, address: u32, operands: u32) -> Side<'_, 'm> {
        // Words are addressed so that they arrive just when the coefficients, written and read again, do.
        let cycles = self.words_addressed(new);
        self.address(lane, cycles, ["pair", "fresh", "enter", "half"]);
        let lag = i64::from(cycles + READ_LATENCY) + lane as i64 - i64::from(operands);
        Side { qr: self, lane, address, lag }
    }

    /// Cycles from a command to the address of its words. Those of a first word, whose coefficients are just being written, pass their memory by.
    fn words_addressed(&self, new: Signal<'m>) -> u32 {
        stage(new)
    }

    /// Cycles from an angle to the next one of the same two rows.
    pub fn meeting(&self, new: Signal<'m>, left_done: u32) -> usize {
        let word_latency = READ_LATENCY + (left_done - self.read) + 1;
        assert!(word_latency <= WORD_LATENCY, "A word would be read before its rotation is written.");
        (self.words_addressed(new) + word_latency) as usize
    }
}

impl<'m> Side<'_, 'm> {
    fn command(&self, signal: Signal<'m>, at: u32) -> Signal<'m> {
        let cycles = u32::try_from(i64::from(at) + self.lag).expect("Words are addressed after their angles.");
        later(signal, cycles, at)
    }

    /// Whether and where `new` coefficients are written: by the row of R, or as `own` and `address` say.
    pub fn coefficient_write(&self, new: Signal<'m>, own: Signal<'m>, address: Signal<'m>) -> (Signal<'m>, Signal<'m>) {
        let (c, qr) = (&self.qr.command, self.qr);
        let cycles = stage(new) + READ_LATENCY + self.lane as u32 - qr.read;
        let [comes, pair] = [c.lead & c.valid[self.lane], c.pair].map(|signal| later(signal, cycles, stage(new)));
        (own | comes, c.active.select(pair.zero_extend(address.width()), address))
    }

    /// Where coefficients are read: by the row of R, or at `own`.
    pub fn coefficient_read(&self, own: Signal<'m>) -> Signal<'m> {
        let pair = self.command(self.qr.command.pair, self.address).zero_extend(own.width());
        self.qr.command.active.select(pair, own)
    }

    /// The coefficients of a word: those just found for a first word, or `read` from their memory.
    pub fn coefficient(&self, new: Signal<'m>, read: Signal<'m>) -> Signal<'m> {
        let (c, at) = (&self.qr.command, stage(read));
        let is_first = self.command(c.lead & c.active, at);
        let newest = new.registered("newest_coefficient").untimed().at(at);
        is_first.select(newest, read)
    }

    /// Operand x (0, of R) or y (1, of the row) of a column, or `own`.
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

    /// Writes rotated words back; whether they have left their range.
    pub fn write(&self, rotated: Block<'m>, rotators: &[Instance<'m>; 2]) -> Signal<'m> {
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
        valid & (rotators[0].output("overflow") | rotators[1].output("overflow"))
    }
}

impl<'m> Drawing<'_, 'm> {
    /// A final word of the triangle, from lane 0's rotators to the memory of A, where it is needed at stage `at`; the shift for the whole triangle leaves at `shift`.
    pub(super) fn triangle(&self, side: &Side<'_, 'm>, rotated: Block<'m>, at: u32) -> Fill<'m> {
        let (m, shape, c) = (self.m, self.shape, &side.qr.command);
        let done = stage(rotated[0][0]);
        let [pair, word] = [c.pair, c.word].map(|signal| side.command(signal, done - 1));
        let row = pair.zero_extend(self.pair + 1).bits_from(1);
        // Row and column j of the triangle lie at place j / 2, or opposite it if j is odd.
        let homes = home_table(m, self.orderings, shape.even() / 2);
        let bank = |pair, name| homes.lookup(self.square.address(m, pair), None, name).sign();
        let row_bank = bank(row, "triangle_row_home") ^ pair.bit(0).delayed_to(done);
        let crosses = bank(word, "triangle_column_home");
        let is_final = side.command(c.is_final, done);
        let element = |column: usize| crosses.select(rotated[0][1 - column], rotated[0][column]);
        let elements = [0, 1].map(element);
        // As many times the largest element as there are columns must still fit.
        let reserve = ceil_log2(shape.even());
        let auto = shape.scaling() == Scaling::Auto;
        let shift = auto.then(|| headroom(m, shape.word() - 1, &elements, reserve, is_final, c.streaming));
        if let Some(shift) = shift {
            m.output("shift", shift);
        }
        let both = |bank: Signal<'m>| m.concat(&[bank, bank]);
        let banks = m.concat(&[both(row_bank), both(!row_bank)]);
        let now = |signal: Signal<'m>| signal.untimed().at(at);
        Fill {
            enable: now(is_final.select(banks, m.zero(4))),
            row: now(row.delayed_to(done)),
            column: now(word.delayed_to(done)),
            elements: block(|_, column| now(elements[column])),
            shift,
        }
    }
}
