//! Tests of the register block against a model: random transfers with random pauses, and random traffic on the streams.

use crate::bench::{Bench, for_all};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::BTreeMap;
use svdforge_hdl::core::registers::registers;
use svdforge_hdl::interface::{Access, COUNTERS, EVENTS, REGISTER_BITS, Register, StatusField, port};
use svdforge_hdl::parameters::{Front, Parameters, Sizes};
use svdforge_hdl::shape::Shape;

fn shape() -> Shape {
    Parameters { front: Front::AxiLite, sizes: Sizes::Any, ..Parameters::default() }.shape().unwrap()
}

/// A transfer of the master. The three numbers are the cycles by which address and data are late, and by which the
/// answer waits.
#[derive(Clone, Debug)]
struct Transfer {
    is_write: bool,
    word: u32,
    data: u32,
    strobes: u8,
    pauses: [u8; 3],
}

fn transfer() -> impl Strategy<Value = Transfer> {
    let pauses = [0..4u8, 0..4, 0..4];
    // Three of four addresses belong to registers that can be written.
    let word = prop_oneof![1 => 0..64u32, 3 => proptest::sample::select(vec![7u32, 8, 11, 12])];
    (any::<bool>(), word, any::<u32>(), 0..16u8, pauses).prop_map(|(is_write, word, data, strobes, pauses)| Transfer {
        is_write,
        word,
        data,
        strobes,
        pauses,
    })
}

/// What is on the streams in one cycle: the handshake of each, and whether the output beat is a status word.
#[derive(Clone, Copy, Debug)]
struct Traffic {
    input: [bool; 3],
    output: [bool; 3],
    status: Option<u32>,
}

fn traffic() -> impl Strategy<Value = Traffic> {
    let flags = || [any::<bool>(), any::<bool>(), any::<bool>()];
    (flags(), flags(), proptest::option::of(0..1u32 << 24)).prop_map(|(input, output, status)| Traffic {
        input,
        output,
        status,
    })
}

/// The registers as software sees them.
struct Model {
    table: Vec<Register>,
    words: BTreeMap<&'static str, u32>,
    within: bool,
    inside: u32,
    answered: bool,
    /// The status word of the result that is leaving, or has left.
    status: u32,
}

impl Model {
    fn new(shape: &Shape) -> Self {
        let table = shape.interface().registers();
        let words = table.iter().map(|register| (register.name, register.reset)).collect();
        Self { table, words, within: false, inside: 0, answered: false, status: 0 }
    }

    fn read(&self, word: u32) -> u32 {
        let Some(register) = self.table.iter().find(|register| register.offset == 4 * word) else { return 0 };
        match register.name {
            "state" => u32::from(self.within || self.inside > 0) | self.inside << 8,
            name => self.words[name],
        }
    }

    fn add(&mut self, name: &'static str, by: u32) {
        let word = self.words.get_mut(name).unwrap();
        *word = word.wrapping_add(by);
    }

    /// One cycle, with the write that happens in it.
    fn cycle(&mut self, traffic: Traffic, write: Option<&Transfer>) {
        let busy = self.within || self.inside > 0;
        let status = self.status;
        let flag = |name: &str| StatusField::named(name).of(status.into()) as u32;
        let mut events = 0;
        if self.answered {
            // Bits without a field read as 0.
            let table = self.table.iter().find(|register| register.name == "last_status").unwrap();
            let fields = table.fields.iter().fold(0, |mask, field| mask | field.mask());
            *self.words.get_mut("last_status").unwrap() = status & fields;
            events =
                1 | flag("bad_frame") << 1 | flag("overflow") << 2 | flag("cap_reached") << 3 | flag("watchdog") << 4;
        }
        let mut clears = false;
        let mut cleared = 0;
        if let Some(write) = write {
            let mask =
                (0..4).filter(|byte| write.strobes >> byte & 1 == 1).fold(0, |mask, byte| mask | 0xff << (8 * byte));
            let register = self.table.iter().find(|register| register.offset == 4 * write.word);
            for (name, field) in register.into_iter().flat_map(|r| r.fields.iter().map(move |field| (r.name, field))) {
                let bits = mask & field.mask();
                match field.access {
                    Access::ReadOnly => {}
                    Access::ReadWrite => {
                        let word = self.words.get_mut(name).unwrap();
                        *word = *word & !bits | write.data & bits;
                    }
                    Access::WriteOneToAct => clears |= write.data & bits != 0,
                    Access::WriteOneToClear => cleared |= write.data & bits,
                }
            }
        }
        let pending = self.words.get_mut("interrupt_status").unwrap();
        *pending = *pending & !cleared | events;
        if clears {
            COUNTERS.iter().for_each(|(name, _)| *self.words.get_mut(name).unwrap() = 0);
        } else {
            let by = [
                events & 1,
                events >> 1 & 1,
                events >> 2 & 1,
                events >> 3 & 1,
                if self.answered { flag("sweeps") } else { 0 },
                1,
                u32::from(busy),
                events >> 4 & 1,
            ];
            COUNTERS.iter().zip(by).for_each(|((name, _), by)| self.add(name, by));
        }
        let moves = |[valid, ready, _]: [bool; 3]| valid && ready;
        if moves(traffic.input) {
            self.within = !traffic.input[2];
        }
        let answers = moves(traffic.output) && traffic.output[2];
        self.inside =
            (self.inside + u32::from(moves(traffic.input) && traffic.input[2])).wrapping_sub(answers.into()) & 31;
        if let Some(status) = traffic.status.filter(|_| moves(traffic.output)) {
            self.status = status;
        }
        self.answered = answers;
    }
}

/// Sends the transfers one after the other, with the traffic on the streams, and compares every read, the fields that
/// leave the block, and the interrupt.
#[test]
fn every_register_behaves_as_the_model() {
    let (reads, writes, interrupts) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let shape = shape();
    let case = (proptest::collection::vec(transfer(), 1..60), proptest::collection::vec(traffic(), 1..50));
    for_all(150, case, |(transfers, traffic)| {
        let mut unit = Bench::new(|design| registers(design, &shape));
        let mut model = Model::new(&shape);
        // The block has counted the cycles after its reset.
        let mut cycle = 0;
        let mut irq = 0;
        let mut step = |unit: &mut Bench, model: &mut Model, write: Option<&Transfer>| {
            let now = traffic[cycle % traffic.len()];
            for (signal, flag) in ["valid", "ready", "last"].iter().zip(now.output) {
                unit.set(&format!("output_{signal}"), i128::from(flag));
            }
            unit.set("frames_owed", model.inside);
            unit.set("within_frame", i128::from(model.within));
            unit.set("output_user", if now.status.is_some() { 0i128 } else { 2 });
            unit.set("output_data", i128::from(now.status.unwrap_or(0x5a_5a5a)));
            assert_eq!(unit.get(port::INTERRUPT), irq, "cycle {cycle}");
            irq = u128::from(model.words["interrupt_enable"] & model.words["interrupt_status"] != 0);
            interrupts.set(interrupts.get() + irq);
            let size = model.words["frame_size"];
            assert_eq!(
                [unit.get("frame_cols"), unit.get("frame_rows")],
                [u128::from(size & 255), u128::from(size >> 8)]
            );
            assert_eq!(unit.get("size_from_register"), u128::from(model.words["control"] >> 1 & 1));
            model.cycle(now, write);
            unit.step();
            cycle += 1;
        };
        for transfer in &transfers {
            if transfer.is_write {
                send_write(&mut unit, &mut model, transfer, &mut step);
                writes.set(writes.get() + 1);
            } else {
                send_read(&mut unit, &mut model, transfer, &mut step);
                reads.set(reads.get() + 1);
            }
        }
    });
    assert!(reads.get() > 1500 && writes.get() > 1500, "{} reads, {} writes", reads.get(), writes.get());
    assert!(interrupts.get() > 1000, "{}", interrupts.get());
    assert_eq!(EVENTS.len(), 5);
    assert_eq!(REGISTER_BITS, 32);
}

type Step<'a> = dyn FnMut(&mut Bench, &mut Model, Option<&Transfer>) + 'a;

/// The most cycles for which the block may let a master wait.
const PATIENCE: usize = 20;

fn send_write(unit: &mut Bench, model: &mut Model, transfer: &Transfer, step: &mut Step<'_>) {
    let [address_late, data_late, answer_late] = transfer.pauses.map(usize::from);
    let (mut address, mut data) = (false, false);
    // A write happens in the cycle in which the block holds both, which is the one after it has taken the second.
    for cycle in 0..PATIENCE {
        unit.set(port::AXI_AWVALID, i128::from(!address && cycle >= address_late));
        unit.set(port::AXI_AWADDR, i128::from(4 * transfer.word + u32::from(transfer.pauses[0])));
        unit.set(port::AXI_WVALID, i128::from(!data && cycle >= data_late));
        unit.set(port::AXI_WDATA, i128::from(transfer.data));
        unit.set(port::AXI_WSTRB, i128::from(transfer.strobes));
        let both = address && data;
        address |= cycle >= address_late && unit.get(port::AXI_AWREADY) == 1;
        data |= cycle >= data_late && unit.get(port::AXI_WREADY) == 1;
        step(unit, model, both.then_some(transfer));
        if both {
            break;
        }
        assert!(cycle + 1 < PATIENCE, "a write is not taken");
    }
    for cycle in 0..=answer_late {
        assert_eq!((unit.get(port::AXI_BVALID), unit.get(port::AXI_BRESP)), (1, 0), "the answer waits, and is OKAY");
        unit.set(port::AXI_BREADY, i128::from(cycle == answer_late));
        step(unit, model, None);
    }
    unit.set(port::AXI_BREADY, 0i128);
    assert_eq!(unit.get(port::AXI_BVALID), 0, "one answer to one write");
}

fn send_read(unit: &mut Bench, model: &mut Model, transfer: &Transfer, step: &mut Step<'_>) {
    let [late, _, answer_late] = transfer.pauses.map(usize::from);
    let mut taken = false;
    let mut expected = 0;
    for cycle in 0..PATIENCE {
        unit.set(port::AXI_ARVALID, i128::from(!taken && cycle >= late));
        unit.set(port::AXI_ARADDR, i128::from(4 * transfer.word + u32::from(transfer.pauses[0])));
        // What is read is what the registers hold in the cycle after the address was taken.
        let reads = taken;
        expected = model.read(transfer.word);
        taken |= cycle >= late && unit.get(port::AXI_ARREADY) == 1;
        step(unit, model, None);
        if reads {
            break;
        }
        assert!(cycle + 1 < PATIENCE, "a read is not taken");
    }
    for cycle in 0..=answer_late {
        let answer = [port::AXI_RVALID, port::AXI_RRESP, port::AXI_RDATA].map(|port| unit.get(port));
        assert_eq!(answer, [1, 0, expected.into()], "word {}", transfer.word);
        unit.set(port::AXI_RREADY, i128::from(cycle == answer_late));
        step(unit, model, None);
    }
    unit.set(port::AXI_RREADY, 0i128);
    assert_eq!(unit.get(port::AXI_RVALID), 0, "one answer to one read");
}
