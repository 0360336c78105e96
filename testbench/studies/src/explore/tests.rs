use super::measured::{Area, Measured, Outcome, Setup};
use super::point::{ALWAYS, Point, SYNTHESISED};
use super::space::{Axis, MOST, Space};
use super::synthesis::{FILE, hash, synthesise};
use super::*;
use crate::campaign::{Metric, Shard, run};
use crate::explore::front::dominates;
use crate::explore::pick::{Miss, Pick, Picked};
use crate::report::tests::check_page;
use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroU32;
use std::sync::OnceLock;
use svdforge_golden::Family;
use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::{Parameters, Sweeps, Value, Vectors};
use svdforge_tools::synth::{SynthError, Target};

fn space(words: &[u32], guards: &[u32]) -> Space {
    Space {
        base: Parameters { rows: 2, cols: 2, ..Parameters::default() },
        axes: vec![numbers("word", words), numbers("guard", guards)],
        families: vec![Family::Uniform, Family::Ones],
        matrices: 3,
        seed: 1,
    }
}

fn numbers(name: &str, values: &[u32]) -> Axis {
    Axis::new(name, values.iter().map(|&value| Value::Number(value as usize)))
}

fn with(mut space: Space, axis: Axis) -> Space {
    space.axes.push(axis);
    space
}

fn auto_and(name: &str, values: &[u32]) -> Axis {
    let mut axis = numbers(name, values);
    axis.values.insert(0, Value::Auto);
    axis
}

fn explore(space: &Space) -> Exploration {
    let (plan, left_out) = space.plan().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let records = run(&plan, Shard::ALL, folder.path(), &|_| {}).unwrap();
    Exploration::new(plan, left_out, records).unwrap()
}

/// An exploration of two words, two numbers of guard bits, and a fixed number of sweeps that is too small for some
/// matrices besides `auto`.
fn small() -> Exploration {
    static SMALL: OnceLock<Exploration> = OnceLock::new();
    SMALL.get_or_init(|| explore(&with(space(&[8, 12], &[0, 4]), auto_and("sweeps", &[1])))).clone()
}

#[test]
fn combinations_that_are_no_core_are_left_out() {
    let base = space(&[12, 24], &[2]);
    let (plan, left_out) = with(base.clone(), auto_and("coef", &[14, 18])).plan().unwrap();
    let cores: Vec<(u32, u32)> = plan.cores.iter().map(|c| (c.core.0.word(), c.core.0.coef())).collect();
    assert_eq!(cores, [(12, 18), (12, 14), (24, 20), (24, 18)], "18 is what `auto` is for the word 12");
    let reasons: Vec<&str> = left_out.iter().map(|left| left.reason.as_str()).collect();
    assert_eq!(left_out.len(), 2, "{reasons:?}");
    assert!(reasons[0].contains("the same core") && reasons[1].contains("--coef 14: with --word 24"), "{reasons:?}");
    let none = space(&[7, 30], &[2]).plan().unwrap_err();
    assert!(none.contains("none of") && none.contains("--word 7") && none.contains("--word 30"), "{none}");
    let (words, guards) = ((1..=100).collect::<Vec<_>>(), (0..11).collect::<Vec<_>>());
    let many = space(&words, &guards).plan().unwrap_err();
    assert!(many.contains("1100 combinations") && many.contains(&MOST.to_string()), "{many}");
    let heavy = Space { matrices: 1_000_000, ..space(&(8..=24).collect::<Vec<_>>(), &[2]) }.plan().unwrap_err();
    assert!(heavy.contains("matrices"), "{heavy}");
}

/// Matrices in flight take turns, so that results come more often, while each takes longer: both are objectives then.
#[test]
fn matrices_in_flight_are_an_axis_and_their_throughput_an_objective() {
    let found = explore(&with(space(&[12], &[4]), numbers("interleave", &[1, 4])));
    assert_eq!(found.objectives(), ["error_full_scale", "cycles", "multiplier_bits", "interval_cycles", "memory_bits"]);
    assert_eq!(small().objectives(), ["error_full_scale", "cycles", "multiplier_bits"]);
    let [one, four] = &found.points[..] else { panic!("{} points", found.points.len()) };
    assert_eq!([one, four].map(|point| point.shape().in_flight()), [1, 4]);
    assert!(four.interval < one.interval, "{} and {} cycles", four.interval, one.interval);
    assert_eq!(found.front().len(), 2, "throughput costs memory");
    assert!(four.label().ends_with(", 4 in flight") && !one.label().contains("flight"), "{}", four.label());
    assert!(four.command().contains("--interleave 4"), "{}", four.command());
    let heads: Vec<&str> = found.columns().iter().map(|column| column.0).collect();
    assert!(
        heads.contains(&"in flight") && heads.contains(&"interval") && !heads.contains(&"architecture"),
        "{heads:?}"
    );
    assert_eq!(four.figure("interval_cycles"), Some(four.interval as f64));
    // Without synthesis there are charts of the multipliers, the cycles, and the cycles between results.
    assert_eq!(charts::charts(&found, None).unwrap().len(), 3);
}

#[test]
fn the_front_is_that_of_the_documented_objectives() {
    let found = small();
    let front = found.front();
    assert!(front.len() > 1 && front.len() < found.points.len());
    for (point, standing) in found.points.iter().zip(&found.standings) {
        let compared = |point: &Point| *point.objectives().first_chunk::<ALWAYS>().unwrap();
        let own = compared(point);
        let better = |other: &Point| dominates(&compared(other), &own);
        match *standing {
            Standing::Front => assert!(!found.points.iter().any(better)),
            Standing::Dominated(other) => assert!(better(&found.points[other]) && front.contains(&other)),
            Standing::Fails => panic!("{}", point.label()),
        }
    }
    let errors: Vec<f64> = front.iter().map(|&index| found.points[index].error()).collect();
    assert!(errors.is_sorted_by(|a, b| a >= b), "{errors:?}");
}

/// The error that decides is the largest of all errors, so a core whose vectors are useless does not count as a good
/// one.
#[test]
fn errors_of_values_and_of_vectors_count_and_the_rounding_of_the_input_too() {
    let found = small();
    for point in &found.points {
        let of = |metric| point.statistics.of(metric).unwrap().max;
        let sigma = of(Metric::Sigma) + 0.82;
        let worst = Metric::ALL.map(of).into_iter().fold(sigma, f64::max);
        assert!((point.error() * f64::from(point.shape().word() - 1).exp2() - worst).abs() < 1e-9);
    }
    let with = |guard, sweeps| {
        let same = |p: &&Point| (p.shape().word(), p.shape().guard(), p.shape().sweeps()) == (12, guard, sweeps);
        found.points.iter().find(same).unwrap()
    };
    let wider = with(4, Sweeps::Auto).multiplier_bits - with(0, Sweeps::Auto).multiplier_bits;
    assert_eq!(wider, 4 * 16 * 18, "four bits in each of 16 multipliers by a coefficient");
    let (settled, early) = (with(4, Sweeps::Auto), with(4, Sweeps::Fixed(1)));
    assert!(early.unsettled > 0 && settled.unsettled == 0);
    assert!(early.error() > 2.0 * settled.error());
    // After too few sweeps only the orthogonality is bounded.
    let fields = early.fields();
    let known: Vec<&str> = fields
        .iter()
        .filter(|(name, value)| name.ends_with("rigorous_lsb") && !value.is_null())
        .map(|f| f.0.as_str())
        .collect();
    assert_eq!(known, ["orthogonality_rigorous_lsb"]);
}

/// The allowance for the rounding of the input is the same for every word. So no word is favoured by a matrix whose
/// rounding errors add up, or by saturation.
#[test]
fn a_bit_of_the_word_is_worth_a_bit() {
    let families = vec![Family::Ones, Family::FullScalePositive];
    let found = explore(&Space { families, ..space(&[8, 9, 10, 11, 12], &[8]) });
    for point in &found.points {
        let lost = f64::from(point.shape().word() - 1) - point.effective_bits();
        assert!((-0.3..0.7).contains(&lost), "word {}: {lost}", point.shape().word());
    }
}

#[test]
fn cores_that_fail_are_not_compared() {
    let (plan, left_out) = space(&[8], &[0, 4]).plan().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut records = run(&plan, Shard::ALL, folder.path(), &|_| {}).unwrap();
    let core = records[0].core;
    records[0].flags.set("overflow");
    let found = Exploration::new(plan, left_out, records).unwrap();
    assert_eq!((found.standings[core], found.holds()), (Standing::Fails, false));
    assert_eq!(found.front(), [1]);
    assert_eq!("word>=8".parse::<Pick>().unwrap().of(&found), Some(Picked::Point(1)));
    check_page(&html::page(&found, None).unwrap());
    let mut none = found;
    none.points[1].holds = false;
    assert_eq!("word>=8".parse::<Pick>().unwrap().of(&none), None, "there is nothing to pick from");
}

#[test]
fn picks_are_read_as_documented() {
    let pick: Pick = " sigma_max_lsb <= 1,cycles<2000 , word=16, fmax_mhz>90.5,guard>=2".parse().unwrap();
    assert_eq!(pick.to_string(), "sigma_max_lsb<=1, cycles<2000, word=16, fmax_mhz>90.5, guard>=2");
    for (text, words) in [
        ("", "`` is no condition"),
        ("cycles", "`cycles` is no condition"),
        ("cycles<=2000,", "`` is no condition"),
        ("cycles<=", "`` is no number"),
        ("cycles<=many", "`many` is no number"),
        ("cycles=<5", "`<5` is no number"),
        ("cycles==5", "`=5` is no number"),
        ("cycles<inf", "`inf` is no number"),
        ("cycles!5", "no condition"),
        ("<=3", "`<=3` names no figure"),
    ] {
        let message = text.parse::<Pick>().unwrap_err();
        assert!(message.contains(words) && message.contains("sigma_max_lsb<=1"), "`{text}`: {message}");
    }
    let plan = space(&[8], &[0]).plan().unwrap().0;
    let check = |text: &str, synthesis, pnr| text.parse::<Pick>().unwrap().check(&plan, synthesis, pnr);
    assert_eq!(check("sigma_statistical_lsb<=1, unsettled=0", false, false), Ok(()));
    assert_eq!(check("lut<9000, fmax_mhz>50", true, true), Ok(()));
    let refused = |text: &str, synthesis, words: &[&str]| {
        let message = check(text, synthesis, false).unwrap_err();
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
    };
    refused("cycle<2000", false, &["`cycle`", "did you mean `cycles`?", "multiplier_bits"]);
    refused("price<2000", false, &["`price` is no figure; choose from word"]);
    refused("lut<9000", false, &["`lut`", "--synth --target T"]);
    refused("fmax_mhz>50", false, &["--pnr"]);
    refused("svd_per_second>50", true, &["add --pnr"]);
}

#[test]
fn the_cheapest_that_meets_everything_is_picked() {
    let found = small();
    let pick: Pick = "error_full_scale<=0.005, unsettled=0".parse().unwrap();
    let Some(Picked::Point(chosen)) = pick.of(&found) else { panic!("there is one") };
    let meets = |point: &&Point| pick.misses(point).is_empty();
    let least = found.points.iter().filter(meets).map(|p| p.multiplier_bits).min().unwrap();
    assert!(meets(&&found.points[chosen]) && found.points[chosen].multiplier_bits == least);
    assert!(found.points.iter().any(|p| p.multiplier_bits < least), "the cheapest of all does not meet it");
    // No point can meet both conditions. The nearest point misses only one of them, by the least amount.
    let pick: Pick = "sigma_max_lsb<=0.001, word=12".parse().unwrap();
    let Some(Picked::Nearest(nearest, misses)) = pick.of(&found) else { panic!("none can") };
    let sigma = |p: &Point| p.statistics.of(Metric::Sigma).unwrap().max;
    let best = found.points.iter().filter(|p| p.shape().word() == 12).map(sigma).fold(f64::INFINITY, f64::min);
    assert_eq!((misses.len(), misses[0].found), (1, Some(best)));
    assert_eq!(sigma(&found.points[nearest]), best);
    assert!(misses[0].to_string().starts_with("sigma_max_lsb<=0.001: it is 0."), "{}", misses[0]);
    // Small numbers keep their digits.
    let pick: Pick = "error_full_scale<0.00001".parse().unwrap();
    let Some(Picked::Nearest(nearest, misses)) = pick.of(&found) else { panic!("none can") };
    let off: f64 = misses[0].to_string().rsplit(' ').next().unwrap().parse().unwrap();
    assert!((found.points[nearest].error() - 1e-5 - off).abs() < 1e-3 * off, "{}", misses[0]);
    // A condition on a figure that a core does not have is never met.
    let none =
        explore(&Space { base: Parameters { vectors: Vectors::None, ..space(&[], &[]).base }, ..space(&[8], &[2]) });
    let pick: Pick = "orthogonality_max_lsb<9".parse().unwrap();
    let Some(Picked::Nearest(0, misses)) = pick.of(&none) else { panic!("it has no vectors") };
    assert!(misses[0].to_string().contains("not known"), "{}", misses[0]);
    assert!(pick.check(&none.plan, false, false).unwrap_err().contains("not known for any of these cores"));
    // A figure that is equal to a limit which it must not reach, and a limit with hundreds of digits.
    let pick: Pick = "guard>4, cycles>=1e300".parse().unwrap();
    let misses: Vec<String> = pick.misses(&found.points[found.points.len() - 1]).iter().map(Miss::to_string).collect();
    assert!(misses[0] == "guard>4: it is 4" && misses[1].starts_with("cycles>=1e300: it is "), "{misses:?}");
    check_page(&html::page(&none, None).unwrap());
}

/// Whether a core can have a figure is known before the run, and agrees with the result of the run.
#[test]
fn figures_that_no_core_can_have_are_known_before_the_run() {
    let base = Parameters { rows: 3, cols: 3, ..space(&[], &[]).base };
    let mut bases: Vec<Parameters> =
        [Vectors::Uv, Vectors::U, Vectors::V, Vectors::None].map(|vectors| Parameters { vectors, ..base }).to_vec();
    bases.push(Parameters { rank: Some(2), ..base });
    bases.push(Parameters { symmetric: true, ..base });
    bases.push(Parameters { sweeps: Sweeps::Fixed(3), ..base });
    for base in bases {
        let found = explore(&Space { base, families: vec![Family::Ones], ..space(&[8], &[2]) });
        for name in point::names().iter().filter(|name| name.ends_with("_lsb")) {
            let known = found.points[0].figure(name).is_some();
            assert_eq!(point::is_possible(name, found.points[0].shape()), known, "{name}, {:?}", base);
        }
    }
}

#[test]
fn what_was_synthesised_is_kept_and_decides() {
    let mut found = small();
    let pick: Pick = "guard=4, lut<=1000".parse().unwrap();
    // Area cannot be derived from the other figures, so all points that may meet the conditions are synthesised, even
    // if they are dominated.
    let points = found.to_synthesise(Some(&pick));
    let may = |index: &usize| found.points[*index].shape().guard() == 4;
    let expected: Vec<usize> = found.front().into_iter().chain((0..found.points.len()).filter(may)).collect();
    assert!(expected.iter().all(|index| points.contains(index)));
    assert!(points.len() < found.points.len());
    // The file is as an earlier run left it, with the last line cut off. The later a core, the fewer LUTs it has, and
    // the last one does not fit. No tool is needed.
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup {
        target: "xc7".to_owned(),
        pnr: false,
        seeds: NonZeroU32::MIN,
        tools: BTreeMap::from([("yosys".to_owned(), "1".to_owned())]),
    };
    let last = *points.iter().rfind(|index| may(index)).unwrap();
    let too_big = || SynthError::TooBig { device: "small", what: "LUT4", needed: 2, available: 1 };
    let measured = |&index: &usize| {
        let area = Area {
            lut: 1000 - index as u64,
            ff: 7,
            dsp: 5,
            block_rams: 3,
            fmax_mhz: None,
            fmax_min_mhz: None,
            fmax_max_mhz: None,
            svd_per_second: None,
        };
        let outcome = if index == last { Outcome::of(Err(too_big())).unwrap() } else { Outcome::Area(area) };
        let verilog = hash(&Core::new(*found.points[index].shape()));
        Measured { core: found.points[index].core, setup: setup.clone(), verilog, outcome }
    };
    let line = |measured: Measured| serde_json::to_string(&measured).unwrap() + "\n";
    // Results of other tools and of other Verilog are not used.
    let other = Measured { setup: Setup { tools: BTreeMap::new(), ..setup.clone() }, ..measured(&points[0]) };
    let old = Measured { verilog: "0".to_owned(), outcome: measured(&last).outcome, ..measured(&points[0]) };
    let text: String = [other, old].into_iter().chain(points.iter().map(measured)).map(line).collect();
    fs::write(folder.path().join(FILE), format!("{text}\n{}", &text[..50])).unwrap();
    assert_eq!(found.synthesis(), None);
    synthesise(&mut found, &points, Target::Xc7, &setup, folder.path(), &|| {}).unwrap();
    assert_eq!(found.synthesis().unwrap(), serde_json::json!(setup));
    assert_eq!(found.points[points[0]].measured.as_ref().unwrap().setup, setup);
    assert!(found.points[points[0]].area().is_some());
    let fields = |index: usize| -> Vec<Option<u64>> {
        let fields = found.points[index].fields();
        SYNTHESISED.iter().map(|name| fields.iter().find(|f| f.0 == *name).unwrap().1.as_u64()).collect()
    };
    let picked = *points.iter().rfind(|&&index| index != last && found.points[index].shape().guard() == 4).unwrap();
    assert_eq!(pick.of(&found), Some(Picked::Point(picked)), "the fewest LUTs of those that fit");
    assert_eq!(fields(picked), [1000 - picked as u64, 7, 5, 3].map(Some));
    assert_eq!(fields(last), [None; 4]);
    assert!(found.to_json().contains("\"does_not_fit\":\"small: the core needs 2 LUT4"));
    let page = html::page(&found, None).unwrap();
    check_page(&page);
    assert!(page.contains("Error and LUTs") && page.contains("Does not fit") && !page.contains("Error and clock rate"));
    for point in &mut found.points {
        point.measured = point.measured.take().map(|m| Measured { outcome: Outcome::of(Err(too_big())).unwrap(), ..m });
    }
    assert_eq!(pick.of(&found), None, "none fits");
}

#[test]
fn marks_and_commands_tell_cores_apart() {
    let found = small();
    let commands: Vec<String> = found.points.iter().map(Point::command).collect();
    assert!(
        commands[0].ends_with("--out svd_2x2_w8_g0") && commands[1].ends_with("--out svd_2x2_w8_g0_s1"),
        "{commands:?}"
    );
    let page = html::page(&found, None).unwrap();
    assert!(page.contains("8+0 s1") && page.contains(" auto\n"));
}

/// The page tells of the same core as the terminal: in words, in the charts and in both tables.
#[test]
fn the_pick_is_marked_on_the_page() {
    let found = small();
    assert!(!html::page(&found, None).unwrap().contains("The pick"), "there is none");
    let met: Pick = "word=8, guard=4".parse().unwrap();
    let missed: Pick = "cycles<1".parse().unwrap();
    for (pick, words) in
        [(&met, "The cheapest core with word=8, guard=4 is core "), (&missed, "No core meets cycles&lt;1.")]
    {
        let point = pick.of(&found).unwrap().point();
        let page = html::page(&found, Some(pick)).unwrap();
        check_page(&page);
        assert!(page.contains(words) && page.contains(&found.points[point].label()), "{pick}");
        assert_eq!(page.matches("r=\"7\"").count(), 2, "a ring in each chart");
        assert!(page.matches(&format!("<td>pick: {point}</td>")).count() >= 2);
        let before = page.split("What accuracy costs").next().unwrap();
        assert!(before.contains(&found.points[point].command()));
    }
    // Commands are too long for tables: they are below them.
    let page = html::page(&found, Some(&met)).unwrap();
    for table in page.split("<table>").skip(1) {
        assert!(!table.split("</table>").next().unwrap().contains("svdforge generate"));
    }
}
