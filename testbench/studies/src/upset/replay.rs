//! One upset of a campaign again, in a single simulator whose waveforms can be recorded.

use super::campaign::{Upset, UpsetError, check_undisturbed, targets};
use super::outcome::{FrameVerdict, Outcome, Reference};
use super::scenario::{Plan, Scenario, UPSETS_PER_SCENARIO};
use serde::Serialize;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::manifest::Summary;
use svdforge_testbench::engine::{OneUpsetEngine, Waves};

/// One upset in detail.
#[derive(Clone, Debug, Serialize)]
pub struct Replay {
    /// The core.
    pub core: Summary,
    /// The upset.
    pub upset: Upset,
    /// What it did.
    #[serde(skip)]
    pub outcome: Outcome,
    /// Whether each frame was sent after the result of the one before.
    pub single: bool,
    /// Whether source and sink stalled.
    pub stalls: bool,
    /// The frames whose beats had entered the core when the bit was flipped.
    pub entered: usize,
    /// The frames whose results had left the core.
    pub left: usize,
    /// What became of each frame; `None` if there are fewer frames than input frames, or more.
    pub frames: Option<Vec<FrameVerdict>>,
    /// The frames that came, and the number of those that were sent.
    pub came: [usize; 2],
}

/// Runs the upset of a plan with this number again. If there are files for `waves`, the waveforms of the disturbed core
/// are written.
///
/// # Errors
///
/// As for a campaign, and if the waveforms cannot be written.
pub fn replay(core: &Core, plan: &Plan, number: usize, waves: Vec<Waves<'static>>) -> Result<Replay, UpsetError> {
    let scenario = Scenario::new(core, plan, number / UPSETS_PER_SCENARIO);
    let undisturbed = OneUpsetEngine::new(core, Vec::new())?.run(&scenario.traffic, None)?;
    check_undisturbed(core, &scenario, &undisturbed)?;
    let engine = OneUpsetEngine::new(core, waves)?;
    let state = engine.state().to_vec();
    let flip = scenario.flip(plan, &targets(core, &state, plan)?, &undisturbed, number);
    let observed = engine.run(&scenario.traffic, Some(flip))?;
    let reference = Reference::new(core.shape(), &scenario, &undisturbed);
    let outcome = reference.outcome(flip.cycle, &observed);
    let ended = |frame: &&[svdforge_testbench::framing::OutputElement]| frame.iter().all(|e| e.cycle < flip.cycle);
    Ok(Replay {
        core: Summary::new(core),
        upset: Upset::new(number, &state[flip.bit.element], flip, &outcome),
        outcome,
        single: scenario.traffic.is_single(),
        stalls: scenario.traffic.stalls(),
        entered: undisturbed.begun.iter().filter(|&&begun| begun < flip.cycle).count(),
        left: undisturbed.frames().iter().filter(|frame| ended(frame)).count(),
        frames: reference.frames(&observed),
        came: [observed.frames().len(), scenario.inputs.len()],
    })
}
