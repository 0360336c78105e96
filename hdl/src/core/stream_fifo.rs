//! The output FIFO: a small FIFO whose head drives the AXI4-Stream output.
//!
//! Flow control uses credits. The writer starts with [`DEPTH`] credits, spends one for each beat that it issues, and
//! gets one back with each `freed`. So the FIFO cannot overflow, and the pipeline before it never stalls.

use crate::builder::{DesignBuilder, ModuleBuilder, Parity, Register, Signal, odd};
use crate::formats::Streams;
use crate::interface::{USER_BITS, port, section};
use crate::ir::{ModuleId, address_width};

/// Number of beats that the FIFO holds. It is larger than the number of cycles from spending a credit to getting it
/// back, so that one beat per cycle can be sent.
pub const DEPTH: u32 = 16;

/// Cycles from `write` to the beat at the head, if the FIFO is empty.
pub const LATENCY: usize = 2;

/// The credits of the writer: the beats for which the FIFO has room, less those that are on their way to it.
pub(super) struct Credits<'m>(Register<'m>);

impl<'m> Credits<'m> {
    /// Draws the register.
    pub(super) fn new(m: &'m ModuleBuilder) -> Self {
        Self(m.register("credits", DEPTH.ilog2() + 1).reset(DEPTH.into()))
    }

    /// Whether there is one.
    pub(super) fn any(&self) -> Signal<'m> {
        self.0.value().any()
    }

    /// Whether there are two or more.
    pub(super) fn at_least_two(&self) -> Signal<'m> {
        self.0.value().bits_from(1).any()
    }

    /// Gains one while `freed` is 1, and spends one while `spent` is 1, which may be known late.
    pub(super) fn update(&self, freed: Signal<'m>, spent: Signal<'m>) {
        let gained = self.0.value() + freed.zero_extend(self.0.value().width());
        self.0.drive(spent.select(gained.plus(-1), gained));
    }
}

/// The parts of a beat in the FIFO, each with its bits: `tdata` and `tuser` of each element, whether the element is
/// there (`tkeep`) if the stream says so, and `tlast`.
pub fn parts_of_beat(streams: &Streams) -> Vec<(String, u32)> {
    let format = streams.output;
    let keep = if streams.keep { port::parts_of_keep("tkeep", format.elements) } else { vec![] };
    let parts = [
        (port::parts("tdata", format.elements), format.element_bits()),
        (keep, 1),
        (port::parts("tuser", format.elements), USER_BITS),
        (vec!["tlast".to_owned()], 1),
    ];
    parts.into_iter().flat_map(|(names, bits)| names.into_iter().map(move |name| (name, bits))).collect()
}

/// Adds the FIFO for the beats of a core with these streams.
///
/// What a flipped bit has put into it is noticed:
///
/// - Its pointers are guarded.
/// - `tlast` is kept a second time, inverted, and all other bits of a beat have a parity.
/// - The first beat of a frame has the status word, and no other beat has. So a frame whose end has been lost, or that
///   has ended too early, is noticed whatever was flipped before the FIFO.
///
/// While pointers or both copies of `tlast` tell of a flip, and while `holds` or a fault of the modules before it
/// (`fault_before`) says so, no beat enters the head. The supervisor then resets the FIFO.
pub fn stream_fifo(design: &mut DesignBuilder, streams: &Streams) -> ModuleId {
    let m = ModuleBuilder::new("stream_fifo");
    m.doc(format!("Output FIFO of {DEPTH} beats; its head drives the stream. freed: a place has become free."));
    let write = m.input("write", 1);
    let ready = m.input("m_axis_tready", 1);
    let bits = address_width(DEPTH);
    let valid = m.register("valid", 1).reset(0);
    let count = m.register("count", bits + 1).reset(0);
    let write_at = m.register("write_at", bits).reset(0);
    let read_at = m.register("read_at", bits).reset(0);

    let [holds, fault_before] = ["holds", "fault_before"].map(|port| m.input(port, 1));
    let parts: Vec<(String, Signal<'_>)> =
        parts_of_beat(streams).into_iter().map(|(name, width)| (name.clone(), m.input(&name, width))).collect();
    let kept = |name: &str, part: Signal<'_>| {
        let memory = m.memory(&format!("{name}_memory"), part.width(), DEPTH);
        memory.write(write, write_at.value(), part);
        memory.read(read_at.value(), None, &format!("{name}_head"))
    };
    let heads: Vec<Signal<'_>> = parts.iter().map(|(name, part)| kept(name, *part)).collect();
    let ([numbers @ .., (_, last)], [number_heads @ .., last_head]) = (&parts[..], &heads[..]) else {
        panic!("A beat has a tlast.")
    };
    let inverted_head = kept("tlast_inverted", !*last);
    let numbers: Vec<Signal<'_>> = numbers.iter().map(|&(_, number)| number).collect();
    let parity_head = kept("parity", odd(&numbers));
    let last_flipped = (valid.value() & !(*last_head ^ inverted_head)).named("last_is_flipped").is_fault();
    (valid.value() & (odd(number_heads) ^ parity_head)).named("number_is_flipped").is_fault();
    let is_first = m.register("next_is_first", 1).reset(1).enabled_by(write);
    is_first.drive(*last);
    let user = parts.iter().find(|(name, _)| *name == port::parts("tuser", streams.output.elements)[0]);
    let is_status = user.expect("A beat has a tuser.").1.is(section::STATUS.into());
    (write & (is_status ^ is_first.value())).named("order_is_broken").is_fault();

    let parities = [&[valid, count][..], &[write_at], &[read_at]].map(|registers| Parity::new(&m, registers));
    let flipped = parities.iter().map(Parity::fault).reduce(|any, fault| any | fault).expect("There are parities.");
    let flipped = flipped.named("pointer_is_flipped").is_fault();
    let seen = m.register("flip_seen", 1).reset(0);
    seen.drive(last_flipped | flipped);
    let stays = (last_flipped | flipped | seen.value() | holds | fault_before).named("stays");
    let taken = (count.value().any() & (!valid.value() | ready) & !stays).named("head_moves_out");
    heads.iter().copied().chain([inverted_head, parity_head]).for_each(|head| head.read_enabled_by(taken));
    valid.drive(taken | (valid.value() & !ready));
    let written = count.value() + write.zero_extend(bits + 1);
    count.drive(taken.select(written.plus(-1), written));
    write_at.enabled_by(write).drive(write_at.value().plus(1));
    read_at.enabled_by(taken).drive(read_at.value().plus(1));
    parities.into_iter().for_each(Parity::close);
    parts.iter().zip(&heads).for_each(|((name, _), head)| m.output(&format!("m_axis_{name}"), *head));
    m.output("m_axis_tvalid", valid.value());
    m.output("freed", taken.flag().registered("freed_out"));
    design.add_guarded(m)
}
