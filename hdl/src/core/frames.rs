//! The frames in a core: which contexts they have, and which of them are done.

use crate::architecture::contexts::{self, Context, context_bits};
use crate::builder::{ModuleBuilder, Register, Signal};
use crate::ir::address_width;
use crate::shape::Shape;

/// The registers of the frames in a core, inside the frame controller.
///
/// Frames take the contexts in turn, and their results leave in the same order. So the frames in the core are those
/// from the first context in use to the last.
pub(super) struct Frames<'a, 'm> {
    m: &'m ModuleBuilder,
    shape: &'a Shape,
    /// Frames that have been accepted and whose result has not left.
    in_core: Register<'m>,
    /// Frames that have been accepted and whose elements are still needed.
    held: Register<'m>,
    /// The frame in the input end has been accepted.
    taken: Register<'m>,
    /// It has not been released.
    to_release: Register<'m>,
    done: Register<'m>,
    bad: Register<'m>,
    accepting: Option<Register<'m>>,
    first: Option<Register<'m>>,
}

/// The frame whose result leaves next.
pub(super) struct First<'m> {
    /// Its decomposition is done.
    pub(super) is_done: Signal<'m>,
    /// It is bad.
    pub(super) is_bad: Signal<'m>,
}

/// What happens to frames in a cycle.
pub(super) struct Events<'m> {
    /// The frame in the input end is accepted and its decomposition started.
    pub(super) start: Signal<'m>,
    /// It is accepted though it is bad.
    pub(super) refuse: Signal<'m>,
    /// The decomposition of the frame in `done_context` is done.
    pub(super) done: Signal<'m>,
    /// The first frame's values begin to be sorted.
    pub(super) begins: Signal<'m>,
    /// The first frame's elements are no longer needed.
    pub(super) frees: Signal<'m>,
    /// The first frame's result has been read.
    pub(super) unloaded: Signal<'m>,
}

impl<'a, 'm> Frames<'a, 'm> {
    /// Draws the registers.
    pub(super) fn new(m: &'m ModuleBuilder, shape: &'a Shape) -> Self {
        let contexts = shape.in_flight() as u32;
        let register = |name: &str, width| m.register(name, width).reset(0);
        let context = |name: &str| (contexts > 1).then(|| register(name, context_bits(shape)));
        Self {
            m,
            shape,
            in_core: register("frames_in_core", address_width(contexts + 1)),
            held: register("frames_held", address_width(contexts + 1)),
            taken: register("frame_taken", 1),
            to_release: register("to_release", 1),
            done: register("done_kept", contexts),
            bad: register("bad_kept", contexts),
            accepting: context("accepting_context"),
            first: context("first_context"),
        }
    }

    /// Whether the frame in the input end can be accepted: it is `full`, it has not been accepted before, and its
    /// context is free.
    pub(super) fn accepts(&self, full: Signal<'m>) -> Signal<'m> {
        let contexts = self.shape.in_flight() as i128;
        (full & !self.taken.value() & !self.in_core.value().is(contexts)).named("accept")
    }

    /// The context of the frame in the input end.
    pub(super) fn accepting(&self) -> Context<'m> {
        self.accepting.map(Register::value)
    }

    /// The context of the frame whose result leaves next.
    pub(super) fn first_context(&self) -> Context<'m> {
        self.first.map(Register::value)
    }

    /// Whether the frame whose result leaves next is bad.
    pub(super) fn first_is_bad(&self) -> Signal<'m> {
        contexts::bit_of(self.bad.value(), self.first_context())
    }

    /// The frame whose result leaves next, with what happens in this cycle taken into account.
    pub(super) fn first(&self, done: Signal<'m>, done_context: Context<'m>, refuse: Signal<'m>) -> First<'m> {
        let first = self.first_context();
        let of_first = |context: Context<'m>, event: Signal<'m>| match first.zip(context) {
            None => event,
            Some((first, context)) => event & context.equals(first),
        };
        let kept = |word: Register<'m>| contexts::bit_of(word.value(), first);
        First {
            is_done: (kept(self.done) | of_first(done_context, done)).named("first_is_done"),
            is_bad: (kept(self.bad) & self.in_core.value().any() | of_first(self.accepting(), refuse))
                .named("first_is_bad"),
        }
    }

    /// Draws what the `events` of a cycle change. `full` says that the input end holds a whole frame. Returns whether
    /// that frame is released.
    pub(super) fn update(&self, events: &Events<'m>, full: Signal<'m>, done_context: Context<'m>) -> Signal<'m> {
        let (m, shape) = (self.m, self.shape);
        let accept = events.start | events.refuse;
        let count = |register: Register<'m>, down: Signal<'m>| {
            let width = register.value().width();
            register.drive(register.value() + accept.zero_extend(width) - down.zero_extend(width));
        };
        count(self.in_core, events.unloaded);
        count(self.held, events.frees);
        let contexts = shape.in_flight();
        let width = self.held.value().width();
        let held = self.held.value() + accept.zero_extend(width);
        let room = events.frees | !held.is(contexts as i128);
        let release = ((accept | self.to_release.value()) & room).named("releases");
        self.to_release.drive((accept | self.to_release.value()) & !release);
        self.taken.drive(full & (accept | self.taken.value()));
        let of_accepted = |event| contexts::one_of(m, shape, event, self.accepting());
        let of_done = contexts::one_of(m, shape, events.done, done_context);
        let of_first = |event| contexts::one_of(m, shape, event, self.first_context());
        self.done.drive((self.done.value() | of_done) & !of_first(events.begins));
        self.bad.drive((self.bad.value() & !of_accepted(events.start)) | of_accepted(events.refuse));
        for (pointer, moves) in [(self.accepting, accept), (self.first, events.unloaded)] {
            if let Some(pointer) = pointer {
                pointer.enabled_by(moves).drive(contexts::next(m, shape, pointer.value()));
            }
        }
        release
    }
}
