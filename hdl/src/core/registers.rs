//! The register block of cores with `--front axi-lite`: an AXI4-Lite slave (Arm IHI 0022) and the registers of
//! [`crate::interface::Register`].
//!
//! The block watches the handshakes of both streams. It changes nothing on them, so a core with registers has the same
//! timing as one without.

use super::protected::Protected;
use super::status::word_of_fields;
use super::supervisor::owed_bits;
use crate::builder::{DesignBuilder, ModuleBuilder, Register, Signal};
use crate::interface::{
    self, ADDRESS_BITS, COUNTERS, EVENTS, REGISTER_BITS, RegisterField, STATUS_BITS, StatusField, USER_BITS, port,
    section,
};
use crate::ir::ModuleId;
use crate::shape::Shape;

/// Adds the register block.
///
/// Inputs beside those of the bus: `output_valid`, `output_ready`, `output_last`, `output_user` and `output_data` are
/// the output stream of the core, of which the last two belong to element 0 and `output_data` has the bits of a status
/// word. `frames_owed` and `within_frame` come from the supervisor. In cores for any size the outputs
/// `size_from_register`, `frame_rows` and `frame_cols` are the fields of that name.
pub fn registers(design: &mut DesignBuilder, shape: &Shape) -> ModuleId {
    let table = shape.interface().registers();
    let m = ModuleBuilder::new("registers");
    m.doc(
        "AXI4-Lite slave with the registers of the core: identity, size, status, counters, interrupt. Every response is\n\
         OKAY. An address without a register reads as 0, and what is written to it is ignored.",
    );
    let bus = Bus::new(&m);
    let activity = Activity::new(&m, shape);
    let mut clear = m.one_bit(false);
    let mut words = Vec::new();
    let (mut enabled, mut events) = (vec![], vec![]);
    for register in &table {
        let write = bus.write_to(&m, register);
        let fields: Vec<Signal<'_>> = match register.name {
            "control" => {
                clear = (write.now & write.data.bit(0) & write.mask.bit(0)).named("clears_counters");
                control(&m, register, &write)
            }
            "frame_size" => frame_size(&m, register, &write),
            "state" => vec![activity.busy, activity.inside],
            "last_status" => {
                let kept = m.register("last_status", STATUS_BITS).reset(0).enabled_by(activity.answered);
                kept.drive(activity.status);
                register.fields.iter().map(|f| kept.value().slice(f.bits[1], f.width())).collect()
            }
            "interrupt_enable" => {
                enabled = values(&kept(&m, register.name, &register.fields, &write));
                enabled.clone()
            }
            "interrupt_status" => {
                events = interrupt_status(&m, &activity, &write);
                events.clone()
            }
            name if COUNTERS.iter().any(|(counter, _)| *counter == name) => vec![activity.counter(&m, name, clear)],
            _ => register.fields.iter().map(|f| m.constant(f.width(), f.reset.into())).collect(),
        };
        let fields = register.fields.iter().map(|field| field.bits).zip(fields);
        words.push((register.offset, word_of_fields(&m, REGISTER_BITS, fields)));
    }
    let raised = enabled.iter().zip(&events).map(|(&enabled, &event)| enabled & event);
    let raised = raised.reduce(|any, event| any | event).expect("There are events.");
    m.output(port::INTERRUPT, raised.flag().registered("irq_out"));
    bus.answer_reads(&m, &words);
    design.add(m)
}

/// A write to a register.
struct Write<'m> {
    /// It happens in this cycle.
    now: Signal<'m>,
    data: Signal<'m>,
    /// A 1 for each bit of `data` that is written.
    mask: Signal<'m>,
}

/// Registers for fields that keep what is written, whatever bit is flipped in them.
fn kept<'m>(m: &'m ModuleBuilder, register: &str, fields: &[RegisterField], write: &Write<'m>) -> Vec<Protected<'m>> {
    let keep = |field: &RegisterField| {
        let kept = Protected::new(m, &format!("{register}_{}", field.name), field.width(), field.reset.into());
        let of = |signal: Signal<'m>| signal.slice(field.bits[1], field.width());
        let written = (kept.value() & !of(write.mask)) | (of(write.data) & of(write.mask));
        kept.drive(write.now.select(written, kept.value()));
        kept
    };
    fields.iter().map(keep).collect()
}

/// What fields hold.
fn values<'m>(fields: &[Protected<'m>]) -> Vec<Signal<'m>> {
    fields.iter().map(Protected::value).collect()
}

/// The fields of `control` as they are read: the one that clears the counters is always 0.
fn control<'m>(m: &'m ModuleBuilder, register: &interface::Register, write: &Write<'m>) -> Vec<Signal<'m>> {
    let rest = kept(m, register.name, &register.fields[1..], write);
    for (field, kept) in register.fields[1..].iter().zip(&rest) {
        m.output(&field.name, kept.shown());
    }
    std::iter::once(m.zero(1)).chain(values(&rest)).collect()
}

/// The size of a matrix that software announces.
fn frame_size<'m>(m: &'m ModuleBuilder, register: &interface::Register, write: &Write<'m>) -> Vec<Signal<'m>> {
    let fields = kept(m, register.name, &register.fields, write);
    for (field, kept) in register.fields.iter().zip(&fields) {
        m.output(&format!("frame_{}", field.name), kept.shown());
    }
    values(&fields)
}

/// Each event sets its bit. A 1 that is written clears one, unless the event happens in the same cycle.
fn interrupt_status<'m>(m: &'m ModuleBuilder, activity: &Activity<'m>, write: &Write<'m>) -> Vec<Signal<'m>> {
    let event = |(bit, (name, _)): (u32, (&str, &str))| {
        let kept = m.register(&format!("seen_{name}"), 1).reset(0);
        let cleared = write.now & write.data.bit(bit) & write.mask.bit(bit);
        kept.drive(activity.event(name) | (kept.value() & !cleared));
        kept.value()
    };
    (0..).zip(EVENTS).map(event).collect()
}

/// What happens on the streams.
struct Activity<'m> {
    /// The last beat of a result was taken in the cycle before, and `status` is its status word.
    answered: Signal<'m>,
    status: Signal<'m>,
    /// Frames that were taken whole and have not been answered.
    inside: Signal<'m>,
    busy: Signal<'m>,
}

impl<'m> Activity<'m> {
    fn new(m: &'m ModuleBuilder, shape: &Shape) -> Self {
        let moves = |side: &str| {
            let [valid, ready, last] = ["valid", "ready", "last"].map(|signal| m.input(&format!("{side}_{signal}"), 1));
            ((valid & ready).named(&format!("{side}_moves")), last)
        };
        let (output_moves, output_last) = moves("output");
        let is_status = m.input("output_user", USER_BITS).is(section::STATUS.into());
        let status = m.register("status", STATUS_BITS).reset(0).enabled_by(output_moves & is_status);
        status.drive(m.input("output_data", STATUS_BITS));

        let answers = (output_moves & output_last).named("answers_frame");
        // The supervisor counts the frames.
        let (inside, within) = (m.input("frames_owed", owed_bits(shape)), m.input("within_frame", 1));
        let busy = (within | inside.any()).named("is_busy");
        let inside = inside.zero_extend(8);
        Self { answered: answers.flag().registered("answered"), status: status.value(), inside, busy }
    }

    fn status_field(&self, name: &str) -> Signal<'m> {
        let field = StatusField::named(name);
        self.status.slice(field.bits[1], field.width())
    }

    /// An event of the interrupt.
    fn event(&self, name: &str) -> Signal<'m> {
        match name {
            "frame_done" => self.answered,
            flag => self.answered & self.status_field(flag),
        }
    }

    /// A counter.
    fn counter(&self, m: &'m ModuleBuilder, name: &str, clear: Signal<'m>) -> Signal<'m> {
        let by = match name {
            "frames" => self.answered,
            "bad_frames" => self.event("bad_frame"),
            "overflows" => self.event("overflow"),
            "caps_reached" => self.event("cap_reached"),
            "given_up" => self.event("watchdog"),
            "sweeps" => self.answered.select(self.status_field("sweeps"), m.zero(8)),
            "cycles" => m.one_bit(true),
            "busy_cycles" => self.busy,
            other => panic!("The hardware does not count `{other}`."),
        };
        let count = m.register(&format!("{name}_count"), REGISTER_BITS).reset(0);
        let next = count.value() + by.zero_extend(REGISTER_BITS);
        count.drive(clear.select(m.zero(REGISTER_BITS), next));
        count.value()
    }
}

/// A channel on which the slave takes something: what it took waits until it is used.
struct Channel<'m> {
    takes: Signal<'m>,
    held: Protected<'m>,
    ready: Register<'m>,
}

impl<'m> Channel<'m> {
    fn new(m: &'m ModuleBuilder, valid: &str, ready: &str) -> Self {
        let register = m.register(&format!("{ready}_out"), 1).reset(0);
        m.output(ready, register.value());
        let takes = (m.input(valid, 1) & register.value()).named(&format!("{valid}_taken"));
        Self { takes, held: Protected::new(m, &format!("{valid}_held"), 1, 0), ready: register }
    }

    /// A port of the channel as it was when it was taken.
    fn kept(&self, m: &'m ModuleBuilder, port: &str, width: u32) -> Signal<'m> {
        let kept = m.register(&format!("{port}_held"), width).enabled_by(self.takes);
        kept.drive(m.input(port, width));
        kept.value()
    }

    /// Empties the channel in the cycles in which what it holds is used.
    fn emptied_by(self, used: Signal<'m>) {
        let holds = (self.takes | (self.held.value() & !used)).named("holds");
        self.held.drive(holds);
        self.ready.drive(!holds);
    }
}

/// The slave's side of the bus. One write and one read can be under way at the same time, and each waits until the
/// answer before it has been taken.
struct Bus<'m> {
    /// A write happens in this cycle.
    writes: Signal<'m>,
    write_address: Signal<'m>,
    data: Signal<'m>,
    mask: Signal<'m>,
    /// A read happens in this cycle.
    reads: Signal<'m>,
    read_address: Signal<'m>,
}

impl<'m> Bus<'m> {
    fn new(m: &'m ModuleBuilder) -> Self {
        // No register is protected, so nothing reads these.
        for protection in [port::AXI_AWPROT, port::AXI_ARPROT] {
            m.input(protection, 3);
        }
        // The address and the data of a write come in any order.
        let address = Channel::new(m, port::AXI_AWVALID, port::AXI_AWREADY);
        let data = Channel::new(m, port::AXI_WVALID, port::AXI_WREADY);
        let read = Channel::new(m, port::AXI_ARVALID, port::AXI_ARREADY);
        let answers = |valid: &str, ready: &str, response: &str, held: Signal<'m>| {
            let waits = Protected::new(m, &format!("{valid}_waits"), 1, 0);
            // An answer is taken only if the master sees it.
            let shown = m.register(&format!("{valid}_out"), 1).reset(0);
            let takes = m.input(ready, 1) & shown.value();
            let goes = held & (!waits.value() | takes);
            let waits_next = (goes | (waits.value() & !takes)).named(&format!("{valid}_next"));
            waits.drive(waits_next);
            shown.drive(waits_next);
            m.output(valid, shown.value());
            let okay = m.register(&format!("{response}_out"), 2).reset(0);
            okay.drive(m.zero(2));
            m.output(response, okay.value());
            goes
        };
        let held = address.held.value() & data.held.value();
        let writes = answers(port::AXI_BVALID, port::AXI_BREADY, port::AXI_BRESP, held).named("writes");
        let held = read.held.value();
        let reads = answers(port::AXI_RVALID, port::AXI_RREADY, port::AXI_RRESP, held).named("reads");
        let write_address = address.kept(m, port::AXI_AWADDR, ADDRESS_BITS);
        let read_address = read.kept(m, port::AXI_ARADDR, ADDRESS_BITS);
        let strobes = data.kept(m, port::AXI_WSTRB, REGISTER_BITS / 8);
        let bytes: Vec<Signal<'_>> =
            (0..REGISTER_BITS / 8).rev().map(|byte| strobes.bit(byte).sign_extend(8)).collect();
        let mask = m.concat(&bytes).named("write_mask");
        let word = data.kept(m, port::AXI_WDATA, REGISTER_BITS);
        address.emptied_by(writes);
        data.emptied_by(writes);
        read.emptied_by(reads);
        Self { writes, write_address, data: word, mask, reads, read_address }
    }

    /// The writes to a register.
    fn write_to(&self, m: &'m ModuleBuilder, register: &interface::Register) -> Write<'m> {
        let here = is_word(m, self.write_address, register.offset);
        Write {
            now: (self.writes & here).named(&format!("writes_{}", register.name)),
            data: self.data,
            mask: self.mask,
        }
    }

    /// Answers reads with the words at these addresses, and with 0 elsewhere.
    fn answer_reads(&self, m: &'m ModuleBuilder, words: &[(u32, Signal<'m>)]) {
        let word = |&(offset, word): &(u32, Signal<'m>)| {
            is_word(m, self.read_address, offset).sign_extend(REGISTER_BITS) & word
        };
        let found = words.iter().map(word).reduce(|all, word| all | word).expect("There are registers.");
        m.output(port::AXI_RDATA, found.kept_when(self.reads, "read_data"));
    }
}

/// Whether a byte address is in the word at `offset`.
fn is_word<'m>(m: &'m ModuleBuilder, address: Signal<'m>, offset: u32) -> Signal<'m> {
    let word = address.bits_from(2);
    word.equals(m.constant(word.width(), (offset / 4).into()))
}
