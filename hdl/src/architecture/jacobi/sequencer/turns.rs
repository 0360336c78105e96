//! The turns of the matrices in flight.
//!
//! Each matrix that is being decomposed has one turn in a round. Its state is in a ring of registers that moves on by
//! one place with every turn, so that the matrix whose turn it is stands at the front.

use crate::architecture::contexts::{self, Context, context_bits};
use crate::architecture::jacobi::schedule::StepProgram;
use crate::builder::{ModuleBuilder, Register, Signal};
use crate::ir::address_width;
use crate::shape::Shape;

/// The registers of one matrix in the ring.
struct Entry<'m> {
    active: Register<'m>,
    context: Option<Register<'m>>,
    copy: Register<'m>,
    first: Register<'m>,
    step: Register<'m>,
    sweeps: Register<'m>,
}

impl<'m> Entry<'m> {
    fn registers(&self) -> Vec<Register<'m>> {
        let fixed = [self.active, self.copy, self.first, self.step, self.sweeps];
        fixed.into_iter().chain(self.context).collect()
    }
}

/// The matrix whose turn it is.
#[derive(Clone, Copy)]
pub struct Now<'m> {
    /// There is one.
    pub active: Signal<'m>,
    /// Its context.
    pub context: Context<'m>,
    /// The copy of the memories that its step reads.
    pub copy: Signal<'m>,
    /// This is its first step.
    pub first: Signal<'m>,
    /// This is the first step of a sweep, in cores in which that one is different.
    pub begins_sweep: Option<Signal<'m>>,
    /// This is the last step of a sweep.
    pub last_step: Signal<'m>,
    /// The sweeps that it has completed.
    pub sweeps: Signal<'m>,
}

/// The matrix whose diagonal blocks are read in this turn.
#[derive(Clone, Copy)]
pub struct Target<'m> {
    /// There is one.
    pub valid: Signal<'m>,
    /// It has not been rotated yet.
    pub fresh: Signal<'m>,
    /// Its context.
    pub context: Context<'m>,
    /// The copy of the memory in which its diagonal blocks are.
    pub copy: Signal<'m>,
    /// Its next step is the first one of a sweep, in cores in which that one is different.
    pub begins_sweep: Option<Signal<'m>>,
    /// The number of its turn in a round, if a round has several turns.
    turn: Option<Signal<'m>>,
}

/// What is decided in a turn before the diagonal blocks are read.
#[derive(Clone, Copy)]
pub struct Decision<'m> {
    /// It is decided in this cycle.
    verdict: Signal<'m>,
    /// The current matrix goes on.
    goes_on: Signal<'m>,
    /// The current matrix ends with this turn.
    ends: Signal<'m>,
    /// The matrix that waits takes the next turn.
    pub takes: Signal<'m>,
}

impl<'m> Decision<'m> {
    /// `over`: the current sweep is the last one of its matrix. `waits`: another matrix waits.
    pub fn new(now: &Now<'m>, verdict: Signal<'m>, over: Signal<'m>, waits: Signal<'m>) -> Self {
        let ends = (now.active & now.last_step & over).named("is_over");
        let goes_on = (now.active & !ends).named("continues");
        Self { verdict, goes_on, ends, takes: (verdict & !goes_on & waits).named("takes") }
    }
}

/// The ring, and what is known about the current turn.
pub struct Turns<'m> {
    m: &'m ModuleBuilder,
    ring: Vec<Entry<'m>>,
    goes_on: Register<'m>,
    warm: Register<'m>,
    ending: Register<'m>,
    next_context: Option<Register<'m>>,
    /// The targets of the turns before this one, the latest first.
    earlier: Vec<[Option<Register<'m>>; 6]>,
    /// The number of the current turn in its round.
    turn: Option<Register<'m>>,
    unsettled: Register<'m>,
    /// The matrix whose turn it is.
    pub now: Now<'m>,
    /// The matrix whose diagonal blocks are read.
    pub target: Target<'m>,
    /// The current matrix ends with this turn.
    pub ends: Signal<'m>,
    /// No matrix is being decomposed.
    pub idle: Signal<'m>,
}

impl<'m> Turns<'m> {
    /// Draws the registers. `last_pair` is the number of the last pair of rows.
    pub fn new(m: &'m ModuleBuilder, shape: &Shape, program: &StepProgram, last_pair: Signal<'m>) -> Self {
        let turns = program.turns;
        let bits = context_bits(shape);
        let several = shape.in_flight() > 1;
        let step_bits = address_width(shape.even() as u32 - 1);
        let entry = |number: usize| {
            let register = |name: &str, width| {
                let name = if number == 0 { name.to_owned() } else { format!("{name}_{number}") };
                m.register(&name, width).reset(0)
            };
            Entry {
                active: register("running", 1),
                context: several.then(|| register("own_context", bits)),
                copy: register("current_copy", 1),
                first: register("first_step", 1),
                step: register("step", step_bits),
                sweeps: register("sweeps_done", 8),
            }
        };
        let ring: Vec<Entry<'m>> = (0..turns).map(entry).collect();
        let flag = |name: &str| m.register(name, 1).reset(0);
        let (goes_on, warm, ending) = (flag("goes_on"), flag("warm"), flag("ending"));
        let next_context = several.then(|| m.register("next_context", bits).reset(0));
        let turn = (turns > 1).then(|| m.register("turn", address_width(turns as u32)).reset(0));
        let earlier: Vec<[Option<Register<'m>>; 6]> = (1..=program.lag)
            .map(|lag| {
                let register = |name: &str, width| m.register(&format!("{name}_{lag}_before"), width).reset(0);
                [
                    Some(register("target", 1)),
                    Some(register("target_warm", 1)),
                    Some(register("target_copy", 1)),
                    several.then(|| register("target_context", bits)),
                    turn.map(|turn| register("target_turn", turn.value().width())),
                    shape.has_phases().then(|| register("target_begins_sweep", 1)),
                ]
            })
            .collect();
        let front = &ring[0];
        let steps_less_one = m.concat(&[last_pair, m.one_bit(shape.has_phases())]).low_bits(step_bits);
        let phases = shape.has_phases();
        let now = Now {
            active: front.active.value(),
            context: front.context.map(Register::value),
            copy: front.copy.value(),
            first: front.first.value(),
            begins_sweep: phases.then(|| front.step.value().is(0).named("begins_sweep")),
            last_step: front.step.value().equals(steps_less_one).named("last_step"),
            sweeps: front.sweeps.value(),
        };
        let own = Target {
            valid: (goes_on.value() | warm.value()).named("target"),
            fresh: warm.value(),
            context: next_context.map(Register::value),
            copy: (goes_on.value() & !now.copy).named("target_copy"),
            begins_sweep: phases.then(|| (warm.value() | now.last_step).named("next_begins_sweep")),
            turn: turn.map(Register::value),
        };
        let target = match earlier.last() {
            None => own,
            Some(registers) => {
                let [valid, fresh, copy, context, turn, begins_sweep] = registers.map(|r| r.map(Register::value));
                let there = "Every earlier target has its flags.";
                Target {
                    valid: valid.expect(there),
                    fresh: fresh.expect(there),
                    copy: copy.expect(there),
                    begins_sweep,
                    context,
                    turn,
                }
            }
        };
        let busy = ring.iter().map(|entry| entry.active.value()).fold(warm.value(), |busy, active| busy | active);
        let unsettled = m.register("unsettled", turns as u32).reset(0);
        let turns = Self {
            m,
            ring,
            goes_on,
            warm,
            ending,
            next_context,
            earlier,
            turn,
            unsettled,
            now,
            target,
            ends: ending.value(),
            idle: (!busy).named("idle"),
        };
        turns.remember(own);
        turns
    }

    /// Keeps the targets of the turns before.
    fn remember(&self, own: Target<'m>) {
        let parts = [Some(own.valid), Some(own.fresh), Some(own.copy), own.context, own.turn, own.begins_sweep];
        let mut before = parts;
        for registers in &self.earlier {
            for (register, value) in registers.iter().zip(before) {
                if let (Some(register), Some(value)) = (register, value) {
                    register.drive(value);
                }
            }
            before = registers.map(|register| register.map(Register::value));
        }
    }

    /// Whether all angles of the current matrix in this sweep were small. `settled` and `valid` say it of each diagonal
    /// block, `latency` cycles after the sequencer has named it. At a `verdict` about a whole sweep, the next one
    /// begins.
    pub fn settled(
        &self,
        settled: Signal<'m>,
        valid: Signal<'m>,
        latency: u32,
        verdict: Signal<'m>,
        waits: Signal<'m>,
    ) -> Signal<'m> {
        let m = self.m;
        let begins = (verdict & (self.now.last_step | (!self.now.active & waits))).named("sweep_begins");
        let bad = (valid & !settled).named("angle_is_large");
        let of_turn = |number: Option<Signal<'m>>, flag: Signal<'m>| match number {
            None => flag,
            Some(number) => {
                let turns = self.ring.len();
                m.concat(&(0..turns).rev().map(|turn| flag & number.is(turn as i128)).collect::<Vec<_>>())
            }
        };
        let late = self.target.turn.map(|turn| turn.at(0).delayed_to(latency).untimed());
        let (cleared, set) = (of_turn(self.turn.map(Register::value), begins), of_turn(late, bad));
        self.unsettled.drive((self.unsettled.value() & !cleared) | set);
        let own = match self.turn {
            None => self.unsettled.value(),
            Some(turn) => self.unsettled.value().shift_right(turn.value()).bit(0),
        };
        (!own).named("all_settled")
    }

    /// Whether the next turn is one that makes the diagonal of its matrix real: the first one of a sweep. It holds in
    /// the last cycle of a turn, after what is decided in that turn.
    pub fn next_makes_real(&self) -> Option<Signal<'m>> {
        self.now.begins_sweep?;
        let makes_real = match self.ring.get(1) {
            Some(next) => next.active.value() & next.step.value().is(0),
            None => self.warm.value() | (self.goes_on.value() & self.now.last_step),
        };
        Some(makes_real.named("next_makes_real"))
    }

    /// Moves the ring on at the end of a turn. `waiting` is the context of the matrix that waits.
    pub fn advance(&self, decision: &Decision<'m>, turn_ends: Signal<'m>, waiting: Context<'m>) {
        let m = self.m;
        let stays = !turn_ends;
        let decided = |register: Register<'m>, value: Signal<'m>| {
            register.drive(decision.verdict.select(value, register.value() & stays));
        };
        decided(self.goes_on, decision.goes_on);
        decided(self.warm, decision.takes);
        decided(self.ending, decision.ends);
        if let (Some(next), Some(own), Some(waiting)) = (self.next_context, self.now.context, waiting) {
            next.enabled_by(decision.verdict).drive(decision.goes_on.select(own, waiting));
        }
        if let Some(turn) = self.turn {
            let last = turn.value().is(self.ring.len() as i128 - 1);
            let width = turn.value().width();
            turn.enabled_by(turn_ends).drive(last.select(m.zero(width), turn.value().plus(1)));
        }
        for register in self.earlier.iter().flatten().flatten() {
            register.enabled_by(turn_ends);
        }
        // The state of the current matrix after this turn.
        let (front, goes_on, now) = (&self.ring[0], self.goes_on.value(), &self.now);
        let in_sweep = (goes_on & !now.last_step).named("stays_in_sweep");
        let step = front.step.value();
        let swept = now.sweeps + now.last_step.zero_extend(8);
        let next = [
            goes_on | self.warm.value(),
            goes_on & !now.copy,
            self.warm.value(),
            in_sweep.select(step.plus(1), m.zero(step.width())),
            goes_on.select(swept, m.zero(8)),
        ];
        let next: Vec<Signal<'m>> = next.into_iter().chain(self.next_context.map(Register::value)).collect();
        for (number, entry) in self.ring.iter().enumerate() {
            let from: Vec<Signal<'m>> = match self.ring.get(number + 1) {
                None => next.clone(),
                Some(after) => after.registers().into_iter().map(Register::value).collect(),
            };
            for (register, value) in entry.registers().into_iter().zip(from) {
                register.enabled_by(turn_ends).drive(value);
            }
        }
    }
}

/// The matrices that wait for a turn, in the order in which they came, in cores with several in flight.
pub struct Queue<'m> {
    pending: Register<'m>,
    skipped: Register<'m>,
    next: Register<'m>,
    started: Signal<'m>,
    skips: Signal<'m>,
    /// A matrix waits.
    pub waits: Signal<'m>,
}

impl<'m> Queue<'m> {
    /// Draws the queue. `start` puts the matrix in `context` into it. `skip` says that there is none in that context.
    pub fn new(m: &'m ModuleBuilder, shape: &Shape, start: Signal<'m>, skip: Signal<'m>, context: Signal<'m>) -> Self {
        let of_each = |name: &str| m.register(name, shape.in_flight() as u32).reset(0);
        let next = m.register("next_to_start", context_bits(shape)).reset(0);
        let (pending, skipped) = (of_each("pending"), of_each("skipped"));
        let of_next = |word: Register<'m>| contexts::bit_of(word.value(), Some(next.value()));
        Self {
            started: contexts::one_of(m, shape, start, Some(context)),
            skips: contexts::one_of(m, shape, skip, Some(context)),
            waits: of_next(pending).named("waits"),
            pending,
            skipped,
            next,
        }
    }

    /// Takes the matrix that waits out of the queue while `takes` is 1. Returns its context.
    pub fn take(&self, m: &'m ModuleBuilder, shape: &Shape, takes: Signal<'m>) -> Signal<'m> {
        let next = self.next.value();
        let passes = contexts::bit_of(self.skipped.value(), Some(next)).named("passes");
        let moves = (takes | passes).named("next_moves");
        let done = contexts::one_of(m, shape, moves, Some(next));
        self.pending.drive((self.pending.value() & !done) | self.started);
        self.skipped.drive((self.skipped.value() & !done) | self.skips);
        self.next.enabled_by(moves).drive(contexts::next(m, shape, next));
        next
    }
}
