//! Results that were changed on purpose, and small campaigns.

use super::outcome::Reference;
use super::scenario::Scenario;
use super::*;
use svdforge_hdl::core::Core;
use svdforge_hdl::interface::{Status, section};
use svdforge_hdl::parameters::{Parameters, Vectors};
use svdforge_testbench::engine::{Observed, UpsetEngine};
use svdforge_testbench::framing::OutputElement;

const PLAN: Plan = Plan { upsets: 1, seed: 3, traffic: TrafficKind::BackToBack, only: None };

fn core(parameters: Parameters) -> Core {
    Core::new(parameters.shape().unwrap())
}

fn four() -> Parameters {
    Parameters { rows: 4, cols: 4, ..Parameters::default() }
}

/// What an upset did that changed the elements of one frame in this way. The bit was flipped while that frame was the
/// youngest in the core.
fn after(parameters: Parameters, change: impl Fn(&mut Vec<OutputElement>)) -> Outcome {
    const FRAME: usize = 3;
    let core = core(parameters);
    let scenario = Scenario::new(&core, &PLAN, 0);
    let undisturbed = UpsetEngine::new(&core).unwrap().run(&scenario.traffic, &[None], |_, _| false).remove(0).0;
    let reference = Reference::new(core.shape(), &scenario, &undisturbed);
    let mut frames: Vec<Vec<OutputElement>> = undisturbed.frames().into_iter().map(<[_]>::to_vec).collect();
    change(&mut frames[FRAME]);
    let changed = Observed { output: frames.concat(), ..undisturbed.clone() };
    reference.outcome(undisturbed.begun[FRAME] + 1, &changed)
}

/// Adds to the numbers of a section.
fn add(user: u8, number: usize, amount: i64) -> impl Fn(&mut Vec<OutputElement>) {
    move |frame| {
        let element = frame.iter_mut().filter(|element| element.user == user).nth(number).unwrap();
        element.data = (element.data as i64 + amount) as u64 & 0xff_ffff;
    }
}

/// Negates the first column of vectors.
fn negate(frame: &mut [OutputElement], user: u8, cols: usize) {
    for element in frame.iter_mut().filter(|element| element.user == user).step_by(cols) {
        element.data = element.data.wrapping_neg() & 0xff_ffff;
    }
}

/// One LSB of the input in units of the output, whose numbers have 4 guard bits.
const LSB: i64 = 16;

#[test]
fn changed_results_get_the_class_that_they_deserve() {
    let class = |change: &dyn Fn(&mut Vec<OutputElement>)| {
        let outcome = after(four(), change);
        assert_eq!(outcome.recovery, (outcome.class != Class::Harmless).then_some(Recovery::After(0)));
        (outcome.class, outcome.malformed)
    };
    let flag = |bit: u32| move |frame: &mut Vec<OutputElement>| frame[0].data |= 1 << bit;
    assert_eq!(class(&|_| ()), (Class::Harmless, None));
    assert_eq!(class(&|frame| frame[0].cycle += 1), (Class::Harmless, None));
    for user in [section::SIGMA, section::U, section::V] {
        assert_eq!(class(&add(user, 1, 8 * LSB)), (Class::Slight, None), "section {user}");
        assert_eq!(class(&add(user, 1, 400 * LSB)), (Class::Wrong, None), "section {user}");
        let both = |frame: &mut Vec<OutputElement>| {
            flag(3)(frame);
            add(user, 1, 400 * LSB)(frame);
        };
        assert_eq!(class(&both), (Class::Noticed, None), "section {user}");
    }
    assert_eq!(class(&add(0, 0, 1 << 8)), (Class::Slight, None), "one sweep more");
    assert_eq!(class(&flag(1)), (Class::Alarm, None));
    let negated = |frame: &mut Vec<OutputElement>| {
        negate(frame, section::U, 4);
        negate(frame, section::V, 4);
    };
    assert_eq!(class(&negated), (Class::Equivalent, None));
    assert_eq!(class(&|frame| negate(frame, section::U, 4)), (Class::Wrong, None));
    // The status word alone: the input was bad, or the frame was given up.
    let alone = |bit: u32| {
        move |frame: &mut Vec<OutputElement>| {
            frame.truncate(1);
            (frame[0].data, frame[0].last) = (1 << bit, true);
        }
    };
    assert_eq!(class(&alone(0)), (Class::Refused, None));
    assert_eq!(class(&alone(3)), (Class::Noticed, None));
    let short = |frame: &mut Vec<OutputElement>| {
        frame.retain({
            let sixth = frame[5];
            move |element| *element != sixth
        })
    };
    assert_eq!(class(&short), (Class::Malformed, Some(Malformed::Short)));
    assert_eq!(class(&|frame| frame.insert(5, frame[5])), (Class::Malformed, Some(Malformed::Long)));
    assert_eq!(class(&|frame| frame[5].user ^= 1), (Class::Malformed, Some(Malformed::Sections)));
    let without_last = |frame: &mut Vec<OutputElement>| frame.last_mut().unwrap().last = false;
    assert_eq!(after(four(), without_last).malformed, Some(Malformed::Lost));
    assert_eq!(class(&|frame| frame.clear()), (Class::Malformed, Some(Malformed::Lost)));
    let twice = |frame: &mut Vec<OutputElement>| frame.extend(frame.clone());
    assert_eq!(class(&twice), (Class::Malformed, Some(Malformed::Extra)));
}

/// V alone is judged by the product of the matrix with it.
#[test]
fn vectors_of_one_side_are_judged_too() {
    for (vectors, user) in [(Vectors::V, section::V), (Vectors::U, section::U)] {
        let parameters = Parameters { vectors, ..four() };
        assert_eq!(after(parameters, |frame| negate(frame, user, 4)).class, Class::Equivalent);
        assert_eq!(after(parameters, add(user, 0, 400 * LSB)).class, Class::Wrong);
        // Two columns change places: they are orthonormal, but not the vectors of these values.
        let swapped = |frame: &mut Vec<OutputElement>| {
            let first = frame.iter().position(|element| element.user == user).unwrap();
            for row in 0..4 {
                let (a, b) = (frame[first + 4 * row].data, frame[first + 4 * row + 3].data);
                (frame[first + 4 * row].data, frame[first + 4 * row + 3].data) = (b, a);
            }
        };
        assert_eq!(after(parameters, swapped).class, Class::Wrong);
    }
}

/// A frame that is wrong long after the flip, and one that is wrong at the end.
#[test]
fn recovery_is_counted_in_frames() {
    let core = core(four());
    let scenario = Scenario::new(&core, &PLAN, 0);
    let undisturbed = UpsetEngine::new(&core).unwrap().run(&scenario.traffic, &[None], |_, _| false).remove(0).0;
    let reference = Reference::new(core.shape(), &scenario, &undisturbed);
    let count = undisturbed.frames().len();
    let recovery = |wrong: usize| {
        let mut frames: Vec<Vec<OutputElement>> = undisturbed.frames().into_iter().map(<[_]>::to_vec).collect();
        frames[wrong][1].data ^= 1 << 20;
        let observed = Observed { output: frames.concat(), ..undisturbed.clone() };
        let outcome = reference.outcome(undisturbed.begun[2] + 1, &observed);
        assert_eq!(reference.is_lost(&observed), outcome.recovery == Some(Recovery::Never));
        outcome.recovery.unwrap()
    };
    let after = Recovery::After;
    assert_eq!([1, 2, 3, 5].map(recovery), [after(0), after(0), after(1), after(3)]);
    assert_eq!([count - 3, count - 2, count - 1].map(recovery), [after(count - 5), Recovery::Never, Recovery::Never]);
    assert!(Status::from_bits(undisturbed.frames()[0][0].data).sweeps() > 1);
}

/// The same upsets whatever the number of threads, and each of them can be replayed.
#[test]
fn campaigns_repeat_themselves() {
    let core = core(four());
    let plan = Plan { upsets: 500, seed: 1, traffic: TrafficKind::Both, only: None };
    let run = |threads| Campaign { plan: plan.clone(), threads, worst: 500, depth: 2 }.run(&core, &|_| ()).unwrap();
    let found = run(1);
    assert_eq!(serde_json::to_value(&found).unwrap(), serde_json::to_value(run(3)).unwrap());
    let tally = &found.tally;
    assert_eq!((tally.upsets, Class::ALL.map(|class| tally.of(class)).iter().sum::<usize>()), (500, 500));
    assert!(tally.of(Class::Harmless) > 300 && tally.of(Class::Slight) > 10, "{tally:?}");
    assert!(tally.of(Class::Wrong) + tally.of(Class::Noticed) > 20 && tally.reset_fails == 0, "{tally:?}");
    assert_eq!(found.modules.iter().map(|module| module.tally.upsets).sum::<usize>(), 500);
    assert_eq!(found.modules.iter().map(|module| module.bits).sum::<u64>(), found.bits);
    assert_eq!(found.worst.len(), 500 - tally.of(Class::Harmless));
    for upset in found.worst.iter().step_by(8) {
        let again = replay(&core, &plan, upset.number, Vec::new()).unwrap();
        assert_eq!(serde_json::to_value(&again.upset).unwrap(), serde_json::to_value(upset).unwrap());
        let worst = again.frames.map(|frames| frames.iter().map(|frame| frame.class).max().unwrap());
        assert!(upset.class == Class::Malformed || worst == Some(upset.class), "{upset:?}");
    }
    let other =
        Campaign { plan: Plan { seed: 2, ..plan.clone() }, threads: 2, worst: 500, depth: 2 }.run(&core, &|_| ());
    assert_ne!(other.unwrap().tally, found.tally);
}

/// After a flip in any control register, and in a few of the datapath, every core goes on by itself, and no frame is
/// touched that entered more than a few cycles after it.
#[test]
fn no_flip_leaves_a_core_broken() {
    let cores = [
        four(),
        Parameters { interleave: Some(2), ..four() },
        Parameters { rows: 5, cols: 3, elements_per_beat_in: 2, elements_per_beat_out: 2, ..Parameters::default() },
    ];
    let parts =
        ["input_end", "unpacker", "controller", "sequencer", "output_end", "output_fifo.", "supervisor", "packer"];
    let (mut upsets, mut noticed) = (0, 0);
    for parameters in cores {
        let core = core(parameters);
        for part in parts {
            let plan = Plan { upsets: 96, seed: 11, traffic: TrafficKind::Both, only: Some(part.into()) };
            let campaign = Campaign { plan, threads: 1, worst: 5, depth: 2 };
            let Ok(found) = campaign.run(&core, &|_| ()) else {
                assert!(part.contains("packer"), "{part}: every core has it");
                continue;
            };
            let tally = &found.tally;
            assert_eq!(tally.never, 0, "{part} of {}: {:?}", core.shape().name(), found.worst);
            assert!(tally.recovered_after.keys().all(|&later| later <= 1), "{part}: {tally:?}");
            upsets += tally.upsets;
            noticed += tally.of(Class::Noticed);
        }
    }
    assert!(upsets >= 1900 && noticed > 500, "{upsets} upsets, {noticed} noticed");
}

#[test]
fn random_cores_differ_and_can_be_built() {
    let shapes = random_cores(&Parameters::default(), 20, 1);
    assert_eq!(shapes.len(), 20);
    assert_eq!(random_cores(&Parameters::default(), 20, 1), shapes);
    let mut architectures: Vec<String> = shapes.iter().map(|shape| shape.arch().to_string()).collect();
    architectures.sort();
    architectures.dedup();
    assert_eq!(architectures.len(), 4, "{architectures:?}");
}
