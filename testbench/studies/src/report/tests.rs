use super::*;
use crate::campaign::bounds::{CoreBounds, Limits};
use crate::campaign::{Request, Shard, Suite, run};
use std::fs;
use svdforge_golden::Family;
use svdforge_hdl::parameters::Parameters;
use svdforge_testbench::framing::InputScale;

/// A report for 3 x 2 matrices, with the given word and guard bits or else with those of the quick suite.
fn report(families: Vec<Family>, core: Parameters, format: Option<(u32, u32)>) -> Report {
    let request = Request {
        suite: Suite::Quick,
        seed: 1,
        matrices: Some(1),
        families,
        input_scale: InputScale::Auto,
        core,
        size: Some((3, 2)),
        word: format.map(|f| f.0),
        guard: format.map(|f| f.1),
    };
    let plan = request.plan().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let records = run(&plan, Shard::ALL, folder.path(), &|_| {}).unwrap();
    Report::new(plan, records)
}

/// Checks that the page closes the tags that it opens, has no invalid numbers, and uses nothing from elsewhere.
pub(crate) fn check_page(page: &str) {
    for tag in ["svg", "table", "tr", "td", "div", "p", "details", "text"] {
        let opened = page.matches(&format!("<{tag} ")).count() + page.matches(&format!("<{tag}>")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    for word in ["NaN", "inf\"", "<script", "src=", "href="] {
        assert!(!page.contains(word), "`{word}` in the page");
    }
    // The only address is the name of the SVG format.
    assert_eq!(page.matches("http").count(), page.matches("http://www.w3.org/2000/svg").count());
}

#[test]
fn bounds_are_drawn_where_they_are_known() {
    let mut report = report(vec![Family::Uniform], Parameters::default(), None);
    report.figures.iter_mut().for_each(|figures| figures.bounds = None);
    let plain = html::page(&Overview::new(&report)).unwrap();
    check_page(&plain);
    assert!(plain.contains("nothing to check") && !plain.contains("proven bound</span>"));
    for figures in &mut report.figures {
        let limits = |sigma| Limits { sigma_max_lsb: Some(sigma), ..Limits::default() };
        figures.bounds = Some(CoreBounds { rigorous: Some(limits(3e7)), statistical: Some(limits(80.0)) });
    }
    let bounded = html::page(&Overview::new(&report)).unwrap();
    check_page(&bounded);
    assert!(bounded.contains("proven bound</span>") && bounded.contains("<td>30000000</td>"));
    // There are three words and three numbers of guard bits, each with a curve. The statistical bound is drawn only
    // against guard bits.
    let dashes = |page: &str, dashes: &str| page.matches(&format!("stroke-dasharray=\"{dashes}\"")).count();
    assert_eq!((dashes(&plain, "7 4"), dashes(&plain, "2 4")), (1, 0), "the convergence's median");
    assert_eq!((dashes(&bounded, "7 4"), dashes(&bounded, "2 4")), (1 + 6, 3));
    assert!(bounded.contains("1e7") && !plain.contains("1e7"), "the axis reaches beyond the bound");
    assert_eq!(report.checks().last().unwrap().holds, Some(true));
}

#[test]
fn reports_survive_their_file_and_say_what_is_wrong_with_it() {
    let report = report(vec![Family::Uniform, Family::Zero], Parameters::default(), Some((12, 4)));
    let text = report.to_json();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let read = |text: &str| {
        fs::write(&path, text).unwrap();
        Report::read(&path)
    };
    assert_eq!(read(&text).unwrap(), report);
    let mut coarse = report.clone();
    coarse.records.iter_mut().for_each(|record| record.accuracy.lsb *= 1e200);
    assert_eq!(read(&coarse.to_json()).unwrap(), coarse, "any --input-scale");
    let line = |start: &str| text.lines().find(|l| l.starts_with(start)).unwrap().trim_end_matches(',').to_owned();
    let (first, second) = (line("{\"matrix\":0"), line("{\"matrix\":1,"));
    let cases = [
        (text[..text.len() / 2].to_owned(), "cut off"),
        (String::new(), "cut off"),
        ("{}".to_owned(), "`kind` is null"),
        (text.replacen("\"schema\": 1", "\"schema\": 2", 1), "of a later svdforge"),
        (text.replacen("\"schema\": 1", "\"schema\": 0", 1), "this svdforge reads schema 1"),
        (text.replacen("\"schema\": 1,\n", "", 1), "`schema` is missing"),
        (text.replacen("\"word\":12", "\"word\":7", 1), "--word 7"),
        (text.replacen("\"matrices\":1", "\"matrices\":0", 1), "must be 1 to"),
        (text.replacen("\"uniform\"", "\"unicorn\"", 1), "no matrix family 'unicorn'"),
        (text.replacen("\"sweeps\":\"auto\"", "\"sweeps\":\"some\"", 1), "`auto` or a whole number"),
        (text.replace(&format!("{first},\n"), ""), "`matrices` has"),
        (text.replace(&first, &second), "entry 0 of `matrices` has the number 1"),
        (text.replace(&first, &first.replace("\"seed\":1000000", "\"seed\":5")), "seed 5; by the campaign"),
        (text.replace(&first, &first.replace("\"sweeps\"", "\"swoops\"")), "swoops"),
        (text.replace(&first, &first.replace("\"lsb\":", "\"lsb\":-")), "a unit is positive"),
        (text.replace(&first, &first.replace("\"sigma_max_lsb\":", "\"sigma_max_lsb\":-1")), "not negative"),
        (text.replace(&first, &first.replace("\"convergence\":", "\"conversion\":")), "conversion"),
    ];
    for (text, words) in cases {
        let Err(error) = read(&text) else { panic!("`{words}` was not found") };
        let message = error.to_string();
        assert!(message.contains(words) && message.contains("report.json"), "`{words}` is not in: {message}");
    }
}

/// A report that was made by a version of svdforge without sources can still be read.
#[test]
fn reports_without_sources_are_whole() {
    let mut report = report(vec![Family::Uniform], Parameters::default(), Some((12, 4)));
    report.records.iter_mut().for_each(|record| record.sources = None);
    let text = report.to_json().replace(",\"sources\":null", "");
    assert!(!text.contains("sources"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    fs::write(&path, text).unwrap();
    let read = Report::read(&path).unwrap();
    assert_eq!(read, report);
    let page = html::page(&Overview::new(&read)).unwrap();
    check_page(&page);
    assert!(page.contains("Not told by this report"));
}

#[test]
fn sources_are_stacked_to_the_whole() {
    let report = report(vec![Family::Uniform, Family::Zero], Parameters::default(), None);
    let overview = Overview::new(&report);
    for kind in &sources::KINDS {
        let (by_guard, by_sweeps) = (kind.by_guard(&overview), kind.by_sweeps(&overview));
        assert_eq!(by_guard.iter().map(|row| row.x).collect::<Vec<_>>(), [2, 4, 6]);
        assert_eq!(by_sweeps.first().map(|row| row.x), Some(1));
        let charts = sources::shares(&by_guard, "guard bits");
        assert_eq!(charts.len(), 1);
        let bars = &charts[0].bars;
        for guard in [2.0, 4.0, 6.0] {
            let stack: Vec<_> = bars.iter().filter(|bar| bar.x.0 < guard && guard < bar.x.1).collect();
            assert!((stack.last().unwrap().y.1 - 100.0).abs() < 1e-9 && stack[0].y.0 == 0.0, "{stack:?}");
            assert!(stack.windows(2).all(|pair| pair[0].y.1 == pair[1].y.0 && pair[0].colour < pair[1].colour));
        }
    }
    // One sweep is far too few, so convergence dominates; and the quantisation of the input does not affect
    // orthogonality.
    let values = sources::KINDS[0].by_sweeps(&overview)[0].errors;
    assert!(values.convergence > 0.99 * values.total, "{values:?}");
    assert!(sources::KINDS[2].by_guard(&overview).iter().all(|row| row.errors.input_quantisation == 0.0));
    assert!(tables::markdown(&overview).contains("| 3 x 2 | 6 | "));
}

/// Elements of 1 become 1 - 1 LSB in every word. The only singular value of a 3 x 2 matrix of ones, sqrt(6), becomes
/// smaller by as many LSB.
#[test]
fn saturation_is_quantisation_of_the_input() {
    let report = report(vec![Family::FullScalePositive], Parameters::default(), Some((12, 4)));
    let found = report.records[0].sources.unwrap().sigma_rms_lsb;
    assert!((found.input_quantisation - (6.0_f64 / 2.0).sqrt()).abs() < 2e-6, "{found:?}");
}

/// The reports of cores that deliver less have less in them, but are valid.
#[test]
fn every_kind_of_core_can_be_reported() {
    use svdforge_hdl::parameters::{Sizes, Sweeps, Vectors};
    for core in [
        Parameters { vectors: Vectors::None, ..Parameters::default() },
        Parameters { vectors: Vectors::U, rank: Some(1), ..Parameters::default() },
        Parameters { sizes: Sizes::Any, sweeps: Sweeps::Fixed(2), ..Parameters::default() },
    ] {
        let report = report(vec![Family::Zero, Family::Equal], core, Some((12, 4)));
        let overview = Overview::new(&report);
        check_page(&html::page(&overview).unwrap());
        assert_eq!(tables::csv(&report).unwrap().lines().count(), report.records.len() + 1);
        assert!(tables::markdown(&overview).contains("report replay report.json --matrix"));
        assert!(overview.holds());
    }
}

/// The x, the y and the text of every text of an SVG.
fn texts(svg: &str) -> Vec<(f64, f64, String)> {
    let number = |tag: &str, name: &str| -> f64 {
        let rest = tag.split(&format!(" {name}=\"")).nth(1).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    let text = |part: &str| {
        let (tag, rest) = part.split_once('>').unwrap();
        (number(tag, "x"), number(tag, "y"), rest.split('<').next().unwrap().trim().to_owned())
    };
    svg.split("<text").skip(1).map(text).collect()
}

/// The title of the vertical axis stands left of the longest tick, and labels beside points stay inside.
#[test]
fn texts_of_a_chart_do_not_cover_each_other() {
    let points = vec![(0.0, 1e5), (1.0, 9e4), (10.0, 1e5), (5.0, 1e1)];
    let chart = chart::Chart {
        title: "the title of the chart".to_owned(),
        x: chart::Axis::from_zero("x", 10.0),
        y: chart::Axis::decades("max |U^T A V - S|, LSB", points.iter().map(|point| point.1)),
        logarithmic: true,
        lines: vec![chart::Line { colour: 0, stroke: chart::Stroke::Dots, points: points.clone() }],
        bars: Vec::new(),
    };
    let labels: Vec<_> = points.iter().map(|&point| (point, "12+0 c18".to_owned())).collect();
    let svg = chart.svg_with_labels(&labels).unwrap();
    let texts = texts(&svg);
    let (_, title, _) = texts.iter().find(|text| text.2 == chart.title).unwrap();
    let (axis, _, _) = texts.iter().find(|text| text.2 == chart.y.label).unwrap();
    // A character of a tick is 8 pixels wide at most. The x of a tick is its right end.
    let ticks = texts.iter().filter(|text| ["10", "1000", "10000", "1e5"].contains(&text.2.as_str()) && text.0 < 100.0);
    let ticks: Vec<f64> = ticks.map(|(x, _, text)| x - 8.0 * text.len() as f64).collect();
    assert!(ticks.len() >= 3 && ticks.iter().all(|left| *left > axis + 14.0), "{ticks:?}, title at {axis}");
    assert_eq!(texts.iter().filter(|text| text.2 == "x").count(), 1, "the axis is labelled below only");
    let beside: Vec<_> = texts.iter().filter(|text| text.2 == "12+0 c18").collect();
    assert!(beside.len() >= 3, "{texts:?}");
    for (x, y, _) in beside {
        assert!(y - title > 14.0 && *x > 60.0 && x + 56.0 <= 380.0, "{x}, {y}: title at {title}");
    }
}
