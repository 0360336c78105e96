//! Records what happens inside a simulated core and at its streams while one frame is computed.

use svdforge_hdl::architecture::architecture;
use svdforge_hdl::architecture::inside::{Points, Seen};
use svdforge_hdl::architecture::probe::Write;
use svdforge_hdl::core::{Core, observed};
use svdforge_sim::Simulator;

/// The values of the two streams in one cycle, in the order of [`STREAMS`].
pub(super) type StreamValues = [u64; STREAMS.len()];

/// The signals of the two streams, as waves show them. Of beats with several elements, `tdata` and `tuser` are those of
/// the first one.
pub const STREAMS: [&str; 9] = [
    "s_axis_tvalid",
    "s_axis_tready",
    "s_axis_tlast",
    "s_axis_tdata",
    "m_axis_tvalid",
    "m_axis_tready",
    "m_axis_tlast",
    "m_axis_tdata",
    "m_axis_tuser",
];

/// What was seen inside a core and at its streams while one frame was computed. Cycle 0 is the first one after the
/// reset.
#[derive(Clone, Debug, Default)]
pub struct SeenInside {
    /// The memories and signals of the architecture's points, and then [`observed::signals`].
    pub seen: Seen,
    /// For each of [`STREAMS`] its changes: the first cycle with a new value, and the value as a bit pattern.
    pub streams: Vec<Vec<(u64, u64)>>,
}

/// The points of a core and the record of the run under way.
pub(super) struct Recorder {
    /// The number of the first of these memories among those that the simulator observes.
    first_memory: usize,
    points: Points,
    now: SeenInside,
}

impl Recorder {
    /// A recorder for a core. Its memories follow the `first_memory` ones that are observed for other purposes.
    pub fn new(core: &Core, first_memory: usize) -> Self {
        let mut points = architecture(core.shape().arch()).points(core.shape());
        points.signals.extend(observed::signals(core.shape()).iter().map(|name| (*name).to_owned()));
        Self { first_memory, points, now: SeenInside::default() }
    }

    /// What the simulator must observe.
    pub fn points(&self) -> &Points {
        &self.points
    }

    /// Discards what was recorded; a run begins.
    pub fn begin(&mut self) {
        let lists = |count: usize| vec![Vec::new(); count];
        let (memories, signals) = (self.points.memories.len(), self.points.signals.len());
        let seen = Seen { writes: lists(memories), signals: vec![Vec::new(); signals], end: 0 };
        self.now = SeenInside { seen, streams: vec![Vec::new(); STREAMS.len()] };
    }

    /// Records the cycle that was just simulated.
    pub fn sample(&mut self, simulator: &Simulator, streams: StreamValues) {
        let SeenInside { seen, streams: waves } = &mut self.now;
        let cycle = seen.end;
        for (number, writes) in seen.writes.iter_mut().enumerate() {
            let written = simulator.written(self.first_memory + number);
            writes.extend(written.map(|found| (cycle, Write { address: found.address, word: found.word })));
        }
        for (number, changes) in seen.signals.iter_mut().enumerate() {
            if let Some(value) =
                simulator.signal(number).map(|bits| bits as u64).filter(|value| changed(changes, value, &0))
            {
                changes.push((cycle, value));
            }
        }
        for (value, changes) in streams.iter().zip(waves) {
            if cycle == 0 || changed(changes, value, &0) {
                changes.push((cycle, *value));
            }
        }
        seen.end += 1;
    }

    /// What was recorded since the last [`Recorder::begin`].
    pub fn take(&mut self) -> SeenInside {
        std::mem::take(&mut self.now)
    }
}

/// Whether a value differs from the last one in a list of changes, or from the `first` one if there is none.
fn changed<T: PartialEq>(changes: &[(u64, T)], value: &T, first: &T) -> bool {
    changes.last().map_or(first, |(_, last)| last) != value
}
