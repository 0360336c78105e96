//! The store: it holds a result while it is checked, and corrects every bit that flips meanwhile.
//!
//! There is room for two frames: one is written while the other one is checked and sent. Words are kept in a Hamming
//! code ([`super::hamming`]), so that what leaves the core is what was checked, even if a bit of the store flips.

use super::hamming::{coded_bits, correct, encode, syndrome};
use super::probe_sums::slot_bits;
use crate::builder::{DesignBuilder, ModuleBuilder, Register};
use crate::interface::{STATUS_BITS, USER_BITS, section};
use crate::ir::{ModuleId, address_width};
use crate::shape::Shape;

/// Cycles from the address of a word to the word: two in the memory, one for its syndrome, one for its correction.
pub const READ: u32 = 4;
/// Cycles from a token of the sender to its `write`: the flag is put into the status word.
pub const SEND: u32 = READ + 1;

/// Bits of the number of a word in a frame.
pub fn place_bits(shape: &Shape) -> u32 {
    address_width(shape.interface().output_elements() as u32 + 1)
}

/// Bits of the numbers in a frame: those of the widest section.
fn number_bits(shape: &Shape) -> u32 {
    shape.sigma_bits().max(shape.vector_bits()).max(STATUS_BITS)
}

/// Adds the store.
///
/// Inputs:
///
/// - `unload_start` asks for the output end to be started. It is, with `start`, as soon as there is room for its frame.
/// - `write`, `tdata`, `tuser` and `tlast` are the elements of the output end. Each is taken; `taken` returns its
///   credit.
/// - `wanted_slot` is the slot of the signs and sums of the frame that begins.
/// - `read_place` addresses a word of the frame that is checked. `sends` says that it is sent: it comes out as `send`,
///   `send_data`, `send_user` and `send_last`, and `failed` is put into its status word.
/// - `finished` ends the use of that frame.
///
/// Outputs that describe the frame to be checked: `ready`, that it is complete; `read_slot`; `last_value`, the index of
/// its last singular value; `first_of_v` and `last_place`, the numbers of its first word of V and of its last word.
/// `element` is the word at `read_place`.
pub fn store(design: &mut DesignBuilder, shape: &Shape) -> ModuleId {
    let m = ModuleBuilder::new("result_store");
    let (place, data) = (place_bits(shape), shape.streams().output.element_bits());
    let kept = number_bits(shape);
    let word = kept + USER_BITS + 1;
    m.doc(format!(
        "Holds two frames: one is written, one is checked and sent. A word is tdata ({kept} bits), tuser and tlast in a\n\
         Hamming code of {} bits, which corrects one flipped bit of a word.",
        coded_bits(word)
    ));
    let (asked, write) = (m.input("unload_start", 1), m.input("write", 1));
    let tdata = m.input("tdata", data);
    let tuser = m.input("tuser", USER_BITS);
    let tlast = m.input("tlast", 1);
    let [sends, finished, failed] = ["sends", "finished", "failed"].map(|port| m.input(port, 1));

    // Which half is written, which is read, and which are full.
    let flag = |name: &str| m.register(name, 1).reset(0);
    let (filling, reading) = (flag("filling_half"), flag("reading_half"));
    let full: [Register<'_>; 2] = [0, 1].map(|half| flag(&format!("full_{half}")));
    let complete = (write & tlast).named("frame_complete");
    let [filling_full, reading_full] =
        [filling, reading].map(|half| half.value().select(full[1].value(), full[0].value()));
    for (half, full) in (0i128..).zip(&full) {
        let [fills, empties] = [filling, reading].map(|which| which.value().is(half));
        full.drive((full.value() | (complete & fills)) & !(finished & empties));
    }
    // A frame is begun as soon as its half is free.
    let waits = flag("start_waits");
    let wanted = (asked | waits.value()).named("start_wanted");
    let writes = flag("frame_is_written");
    let starts = (wanted & !filling_full & !writes.value()).named("starts");
    waits.drive(wanted & !starts);
    writes.drive(starts | (writes.value() & !complete));
    m.output("start", starts.flag().at(0).registered("start_out").untimed());
    filling.drive(filling.value() ^ complete);
    // If no frame is there, both begin at the same half.
    let empty = !(full[0].value() | full[1].value() | writes.value());
    let next_reading = reading.value() ^ finished;
    reading.drive(empty.select(filling.value(), next_reading));
    m.output("ready", reading_full.at(0).flag().registered("ready_out").untimed());

    // What is known of the frame in each half. Where it ends must not be wrong, so that these registers have a reset,
    // and with it a parity. The slot of a bad frame is not known.
    let place_now = m.register("place", place).reset(0).enabled_by(write | starts);
    place_now.drive((starts | tlast).select(m.zero(place), place_now.value().plus(1)));
    let slot = m.input("wanted_slot", slot_bits(shape));
    let before = place_now.value().plus(-1);
    let rank = address_width(shape.rank() as u32);
    let facts = [
        ("read_slot", false, starts, slot),
        ("last_value", true, write & tuser.is(section::SIGMA.into()), before.low_bits(rank)),
        ("first_of_v", true, write & !tuser.is(section::V.into()), place_now.value().plus(1)),
        ("last_place", true, write, place_now.value()),
    ];
    for (name, is_known, when, value) in facts {
        let [low, high] = [0, 1].map(|half: i128| {
            let fact = m.register(&format!("{name}_{half}"), value.width());
            let fact = if is_known { fact.reset(0) } else { fact };
            let fact = fact.enabled_by(when & filling.value().is(half));
            fact.drive(value);
            fact.value()
        });
        let fact = reading.value().select(high, low).at(0);
        let fact = if is_known { fact.flag() } else { fact };
        m.output(name, fact.registered(&format!("{name}_out")).untimed());
    }

    // The memory.
    let coded = encode(&m, m.concat(&[tlast, tuser, tdata.low_bits(kept)])).at(0).registered("coded");
    let memory = m.memory("words", coded.width(), 2 << place).never_collides();
    let written = m.concat(&[filling.value(), place_now.value()]).at(0).registered("written_place");
    memory.write(write.at(0).flag().registered("writes"), written, coded);
    m.output("taken", write.at(0).flag().registered("taken_out").untimed());
    let address = m.concat(&[reading.value(), m.input("read_place", place)]).at(0);
    let read = memory.read(address, None, "coded_read").registered("coded_held");
    let wrong = syndrome(&m, read, word).registered("syndrome");
    let corrected = correct(&m, read.registered("coded_again"), wrong, word);
    let number = corrected.low_bits(kept).registered("element_out");
    assert_eq!(number.stage(), Some(READ), "The latency of a word is known without drawing it.");
    m.output("element", number.untimed());

    // The word that is sent. The flag belongs to bit 3 of the status word. What says where the word belongs is known,
    // and has a parity, because it is 0 in cycles without a word.
    let is_sent = sends.at(0).flag().delayed_to(READ - 1);
    let none = m.zero(USER_BITS + 1);
    let of_sent = is_sent.select(corrected.bits_from(kept), none).flag().registered("end_and_section");
    let user = of_sent.low_bits(USER_BITS).flag();
    let last = of_sent.sign().flag();
    // The check has seen as many bits of an element of U or V as its number has. The bits above copy its sign.
    let vector = shape.vector_bits().min(kept);
    let of_matrix = number.low_bits(vector).sign_extend(kept);
    let sent = user.bit(1).select(of_matrix, number).named("sent");
    let flagged = m.concat(&[m.zero(kept - 4), failed & !user.untimed().any(), m.zero(3)]);
    let sign = sent.sign() & user.any();
    let extended = m.concat(&[&vec![sign; (data - kept) as usize][..], &[sent | flagged]].concat());
    m.output("send", sends.at(0).flag().delayed_to(SEND).untimed());
    m.output("send_data", extended.registered("send_data_out").untimed());
    m.output("send_user", user.registered("send_user_out").untimed());
    m.output("send_last", last.delayed_to(SEND).untimed());
    design.add_guarded(m)
}
