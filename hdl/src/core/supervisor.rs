//! The supervisor: it starts the core anew after a fault, and answers the frames that are lost.
//!
//! It counts the frames at the ports of the core: those that were taken whole and have not been answered are *owed*. A
//! fault is a flipped bit that a module has noticed in its control registers ([`crate::builder::FAULT`]), or that
//! nothing has moved for longer than any matrix takes (the watchdog). Then the supervisor *gives up* all frames in the
//! core:
//!
//! - The modules that decompose and sort are in reset until everything is answered.
//! - The output FIFO stops. When the beat at its head has left, the stream ends are reset. No beat that waits for its
//!   receiver is taken back.
//! - If the source is within a frame, the rest of it is taken and dropped.
//! - Each frame that is owed is answered with a status word with the watchdog bit, alone and with `tlast`. If a part of
//!   a result has left before, this status word ends it.
//!
//! What the supervisor knows must survive a flipped bit, so it is [`Protected`].

use super::protected::Protected;
use super::stream_fifo::DEPTH;
use crate::builder::{DesignBuilder, FAULT, ModuleBuilder, Signal};
use crate::ir::{ModuleId, address_width};
use crate::shape::Shape;

/// Frames that fit between the ports beside those in contexts, at most: one in the input end, two in the beat unpacker,
/// and one per beat in the output FIFO, its head, and on the way to it.
const BESIDE_CONTEXTS: u32 = 3 + DEPTH + 3;

/// Bits of the number of frames that are owed.
pub fn owed_bits(shape: &Shape) -> u32 {
    address_width(shape.in_flight() as u32 + BESIDE_CONTEXTS)
}

/// Adds the supervisor. `patience` is the number of cycles, a power of two, after which the watchdog bites.
///
/// Inputs: the handshakes of both streams (`input_valid`, `input_ready`, `input_last`, `output_valid`, `output_ready`,
/// `output_last`), and for each of `faults` an input of that name.
///
/// Outputs:
///
/// - `gives_up`: the frames in the core are given up and answered; `within_frame`: the source is within a frame.
/// - `restart_core` and `restart_ends` reset the modules that work on frames, and the stream ends.
/// - `holds`: no beat may enter the head of the output FIFO.
/// - `answer` has the output end send a status word.
/// - `owed`: frames that were taken whole and have not been answered.
pub fn supervisor(design: &mut DesignBuilder, shape: &Shape, patience: u64, faults: &[String]) -> ModuleId {
    let m = ModuleBuilder::new("supervisor");
    m.doc(format!(
        "Starts the core anew after a fault, and answers the frames in it with the watchdog bit of their status.\n\
         A fault: a flipped bit in control registers, or no beat for {patience} cycles though a frame is owed."
    ));
    let moves = |side: &str| {
        let [valid, ready, last] = ["valid", "ready", "last"].map(|signal| m.input(&format!("{side}_{signal}"), 1));
        (valid, ready, (valid & ready).named(&format!("{side}_moves")), last)
    };
    let (offered, taken, takes, takes_last) = moves("input");
    let (waits, _, gives, gives_last) = moves("output");
    let (takes_frame, answers_frame) = (takes & takes_last, (gives & gives_last).named("answers_frame"));

    // The ledger.
    let bits = owed_bits(shape);
    let owed = Protected::new(&m, "frames_owed", bits, 0);
    let is_owed = owed.value().any().named("is_owed");
    let state = Protected::new(&m, "state", 5, 0);
    let [prepaid, gives_up, cleared, sent, within] = [4, 3, 2, 1, 0].map(|bit| state.value().bit(bit));
    // An answer that nobody is owed, because `m_axis_tvalid` itself was flipped, counts for the frame that is arriving.
    let is_too_early = (answers_frame & !is_owed & !takes_frame & within).named("is_too_early");
    let next_prepaid = is_too_early | (prepaid & !takes_frame);
    let owes = (takes_frame & !prepaid).named("owes");
    let pays = (answers_frame & (is_owed | owes)).named("pays");
    let next_owed = owed.value() + owes.zero_extend(bits) - pays.zero_extend(bits);
    owed.drive(next_owed);

    // The watchdog counts cycles in which nothing moves though something should. A flip lets it bite too early or a
    // little late, so that it needs no parity.
    let stands = (is_owed | (offered & !taken)) & !waits & !takes;
    let idle = m.register("cycles_without_beat", patience.ilog2() + 1).reset(0).unguarded();
    let expired = idle.value().sign().named("watchdog_expires");
    let counts = (stands & !expired).named("counts");
    let zero = m.zero(idle.value().width());
    idle.drive(counts.select(idle.value().plus(1), zero));
    let noticed = faults.iter().map(|name| m.input(name, 1)).fold(expired, |any, fault| any | fault);
    // What has flipped stays so until the modules are reset, and then counts no more.
    let restart_ends = m.register("restart_ends_out", 1).reset(0);
    let is_reset = (cleared & !restart_ends.value()).named("is_reset");
    let fault = (noticed & (!gives_up | is_reset)).named("notices_fault");

    // The state, as the header says.
    let clears = (gives_up & !cleared & !waits).named("clears_ends");
    let over = (gives_up & is_reset & !sent & !within & !is_owed & !fault).named("is_over");
    let answers = (gives_up & is_reset & !sent & is_owed & !waits & !fault).named("sends_answer");
    let next_gives_up = (fault | (gives_up & !over)).named("gives_up_next");
    let next_cleared = clears | (cleared & gives_up & !over & !fault);
    let next_sent = (answers | (sent & !answers_frame)) & next_gives_up & !fault;
    let next_within = takes.select(!takes_last, within).named("within_next");
    state.drive(m.concat(&[next_prepaid, next_gives_up, next_cleared, next_sent, next_within]));

    let output = |name: &str, signal: Signal<'_>| {
        let register = m.register(&format!("{name}_out"), signal.width()).reset(0);
        register.drive(signal);
        m.output(name, register.value());
    };
    output("gives_up", next_gives_up);
    output("within_frame", next_within);
    output("restart_core", fault | gives_up);
    restart_ends.drive(clears | over);
    m.output("restart_ends", restart_ends.value());
    output("holds", next_gives_up & !next_cleared);
    output("answer", answers);
    output("owed", next_owed);
    design.add_guarded(m)
}

/// The name of the input for the supervisor's own fault.
pub fn own_fault() -> String {
    format!("supervisor_{FAULT}")
}

/// What `s_axis_tready` is driven with in the module that takes the beats: `ready` in normal operation. While frames
/// are given up, beats are taken until the frame of the source has ended. `ends` says that its last beat is taken in
/// this cycle.
pub fn ready_or_dropping<'m>(m: &'m ModuleBuilder, ready: Signal<'m>, ends: Signal<'m>) -> Signal<'m> {
    let [gives_up, within] = ["gives_up", "within_frame"].map(|port| m.input(port, 1));
    gives_up.select(within & !ends, ready).named("ready_next")
}
