//! Tests that the look inside a core shows what happens there: the matrices after each step are those of the reference,
//! bit for bit, and the schedule accounts for every block.

use super::*;
use ArchitectureName::{Array, Quarter, Row};
use svdforge_golden::NamedMatrix;
use svdforge_hdl::architecture::inside::Track;
use svdforge_testbench::judge::judge_and_trace;
use svdforge_testbench::trace::{Extent, MatrixTrace, Rows, StreamWave, TraceError, matrix_trace};

fn traced(parameters: Parameters, (rows, cols): (usize, usize), seed: u64, extent: Extent) -> (MatrixTrace, Quantised) {
    let core = Core::new(parameters.shape().unwrap());
    let shape = core.shape();
    let matrix = Family::Uniform.generate(rows, cols, seed);
    let matrix = if shape.symmetric() { (&matrix + matrix.transpose()) * 0.5 } else { matrix };
    let input = quantise(shape, &matrix, InputScale::Auto).unwrap();
    let mut engine = SimulatorEngine::tracing(&core, Vec::new()).unwrap();
    let named = NamedMatrix { name: "a".to_owned(), matrix };
    // Another matrix before this one leaves its traces in the memories.
    engine
        .run(&Stimulus::new(input.frame(shape).into_iter().map(|b| InputElement { data: b.data / 2, ..b }).collect()))
        .ok();
    let (judgement, beats) = judge_and_trace(shape, &mut engine, &named, &input).unwrap();
    let seen = engine.take_inside().unwrap();
    let trace = matrix_trace(&core, &judgement, &input, &beats, &seen, extent).unwrap();
    let streams = |name: &str| trace.streams.iter().find(|wave| wave.name == name).unwrap();
    assert_eq!(moved(streams("s_axis_tvalid"), streams("s_axis_tready"), trace.end), beats.accepted);
    let taken: Vec<u64> = beats.output.iter().map(|beat| beat.cycle).collect();
    assert_eq!(moved(streams("m_axis_tvalid"), streams("m_axis_tready"), trace.end), taken);
    (trace, input)
}

/// The cycles in which a beat moves.
fn moved(valid: &StreamWave, ready: &StreamWave, end: u64) -> Vec<u64> {
    let value = |wave: &StreamWave, cycle: u64| wave.changes.iter().rev().find(|change| change.0 <= cycle).unwrap().1;
    (0..end).filter(|&cycle| value(valid, cycle) == 1 && value(ready, cycle) == 1).collect()
}

fn upper_left(units: &[i64], side: usize, rows: usize, cols: usize) -> Rows {
    (0..rows).map(|i| units[i * side..i * side + cols].to_vec()).collect()
}

fn transposed(rows: &Rows) -> Rows {
    (0..rows[0].len()).map(|j| rows.iter().map(|row| row[j]).collect()).collect()
}

/// Compares a trace with the reference, step by step, and returns the number of steps.
fn compare(parameters: Parameters, size: (usize, usize)) -> usize {
    let shape = parameters.shape().unwrap();
    let extent = Extent::new(&Core::new(shape), &[size]).unwrap();
    let (trace, input) = traced(parameters, size, 7, extent);
    let name = format!("{size:?} in {}", shape.name());
    assert!(trace.left_out.is_empty(), "{name}: {:?}", trace.left_out);
    let sweeps = match shape.sweeps() {
        Sweeps::Auto => None,
        Sweeps::Fixed(sweeps) => Some(sweeps),
    };
    let (rows, cols) = shape.dimensions().decomposed(size);
    let side = rows.max(cols).next_multiple_of(2);
    let mut steps = trace.steps.iter();
    let mut cycle = 0;
    let run = reference_for(&shape, size.0, size.1).run_seeing(&input.units, sweeps, |run| {
        let step = steps.next().unwrap_or_else(|| panic!("{name}: too few steps"));
        let at = (step.sweep, step.step);
        assert_eq!(step.a, upper_left(&run.x, side, rows, cols), "{name}, A, {at:?}");
        let vectors = |units: &[i64], of: usize| transposed(&upper_left(units, side, of, of));
        assert_eq!(step.u, shape.has_u().then(|| vectors(&run.ut, rows)), "{name}, U, {at:?}");
        assert_eq!(step.v, shape.has_v().then(|| vectors(&run.vt, cols)), "{name}, V, {at:?}");
        assert_eq!(step.rotations.len(), if at == (0, 0) { 0 } else { side / 2 }, "{name}, {at:?}");
        assert!(step.cycle > cycle || at == (0, 0), "{name}, {at:?}");
        cycle = step.cycle;
    });
    assert_eq!(steps.len(), 0, "{name}: too many steps");
    assert_eq!(trace.steps.len(), run.sweeps as usize * (side - 1) + 1, "{name}");
    assert_eq!(trace.off_diagonal.len(), trace.steps.len());
    // What left the core is the last step, sorted and with corrected signs.
    let frame = run.frame();
    let section = |user: u8| frame.iter().filter(|beat| beat.0 == user).map(|beat| beat.1).collect::<Vec<i64>>();
    assert_eq!(trace.output.values, section(1), "{name}");
    for (user, found) in [(2, &trace.output.u), (3, &trace.output.v)] {
        assert_eq!(found.iter().flatten().flatten().copied().collect::<Vec<i64>>(), section(user), "{name}");
    }
    schedule(&trace, &shape, side, &name);
    if shape.is_reduced() {
        let place = |j: usize| if j.is_multiple_of(2) { j / 2 } else { side - 1 - j / 2 };
        let triangle = &trace.reduction.last().unwrap().triangles[0];
        for (i, j) in (0..side).flat_map(|i| (i..side).map(move |j| (i, j))) {
            let (row, column) = (place(i), place(j));
            if row < rows && column < cols {
                assert_eq!(trace.steps[0].a[row][column], triangle[i][j] << -trace.block_exponent, "{name}, {i}, {j}");
            }
        }
        assert!(trace.reduction.windows(2).all(|pair| pair[0].cycle <= pair[1].cycle), "{name}");
        assert!(trace.reduction.last().unwrap().cycle <= trace.steps[0].cycle, "{name}");
    }
    trace.steps.len()
}

/// Every block of every step passes each unit once.
fn schedule(trace: &MatrixTrace, shape: &Shape, side: usize, name: &str) {
    let busy = |unit: &str, what: &str| {
        let track: &Track = trace.tracks.iter().find(|track| track.unit == unit).unwrap_or_else(|| panic!("no {unit}"));
        track.runs.iter().filter(|run| run.2 == what).map(|run| run.1).sum::<u64>()
    };
    let steps = trace.steps.len() as u64 - 1;
    let pairs = side as u64 / 2;
    // Lanes rotate their blocks in the same cycles.
    let lanes = match shape.arch() {
        ArchitectureName::Quarter | ArchitectureName::Serial => 1,
        ArchitectureName::Row => pairs,
        ArchitectureName::Array => pairs * pairs,
    };
    let per_step = pairs * pairs / lanes;
    let blocks = steps * per_step;
    let in_flight = |found: u64| assert!((blocks..=blocks + per_step).contains(&found), "{name}: {found}, {blocks}");
    // A single rotator takes two cycles for each side of a block.
    let (left, right, cycles) = match shape.arch() {
        ArchitectureName::Quarter => ("left rotations", "right rotations", 2),
        _ => ("left rotators", "right rotators", 1),
    };
    let rotated = |found: u64| {
        assert_eq!(found % cycles, 0, "{name}");
        in_flight(found / cycles);
    };
    rotated(busy(left, "A"));
    rotated(busy(right, "A"));
    // This also says that the write comes as many cycles after the command as the pipeline is long.
    in_flight(busy("memory A, write", "A"));
    for (present, rotators, memory, what) in
        [(shape.has_u(), left, "memory U, write", "U"), (shape.has_v(), right, "memory V, write", "V")]
    {
        assert_eq!(busy(rotators, what) > 0, present, "{name}, {what}");
        if present {
            rotated(busy(rotators, what));
            in_flight(busy(memory, what));
        }
    }
    assert_eq!(busy(left, "QR") > 0, shape.is_reduced(), "{name}");
    let kinds = if shape.has_vectors() { 2 } else { 1 };
    assert_eq!(trace.program.slots.len() as u64, kinds * per_step * lanes, "{name}");
    assert!(trace.program.starts.len() as u64 >= steps, "{name}");
    if !shape.is_reduced() {
        assert_eq!(busy("memory A, write", "load"), (trace.rows * trace.cols) as u64, "{name}");
    }
}

#[test]
fn each_step_is_the_one_of_the_reference() {
    let plain = |rows, cols| Parameters { rows, cols, ..Parameters::default() };
    let tall = |rows, cols| Parameters { vectors: Vectors::V, ..plain(rows, cols) };
    let any = |rows, cols| Parameters { sizes: Sizes::Any, ..plain(rows, cols) };
    let cases = [
        (plain(8, 8), (8, 8)),
        (plain(2, 2), (2, 2)),
        (plain(5, 5), (5, 5)),
        (plain(7, 4), (7, 4)),
        (plain(3, 6), (3, 6)),
        (plain(12, 12), (12, 12)),
        (Parameters { word: 24, guard: 8, ..plain(4, 4) }, (4, 4)),
        (Parameters { symmetric: true, ..plain(6, 6) }, (6, 6)),
        (Parameters { symmetric: true, vectors: Vectors::None, ..plain(5, 5) }, (5, 5)),
        (Parameters { vectors: Vectors::U, ..plain(6, 6) }, (6, 6)),
        (Parameters { vectors: Vectors::V, ..plain(6, 6) }, (6, 6)),
        (Parameters { vectors: Vectors::None, ..plain(6, 6) }, (6, 6)),
        (Parameters { scaling: Scaling::Fixed, ..plain(6, 6) }, (6, 6)),
        (Parameters { rank: Some(2), sweeps: Sweeps::Fixed(3), ..plain(6, 6) }, (6, 6)),
        (any(8, 8), (8, 8)),
        (any(8, 8), (3, 5)),
        (any(8, 8), (1, 1)),
        (any(6, 8), (6, 3)),
        (tall(20, 4), (20, 4)),
        (tall(21, 5), (21, 5)),
        (Parameters { vectors: Vectors::None, ..tall(30, 6) }, (30, 6)),
        (Parameters { scaling: Scaling::Fixed, ..tall(20, 6) }, (20, 6)),
        (Parameters { sizes: Sizes::Any, ..tall(24, 6) }, (24, 6)),
        (Parameters { sizes: Sizes::Any, ..tall(24, 6) }, (9, 3)),
        (Parameters { sizes: Sizes::Any, ..tall(24, 6) }, (2, 5)),
        (Parameters { arch: Quarter, ..plain(4, 4) }, (4, 4)),
        (Parameters { arch: Quarter, ..plain(7, 8) }, (7, 8)),
        (Parameters { arch: Quarter, symmetric: true, vectors: Vectors::None, ..plain(5, 5) }, (5, 5)),
        (Parameters { arch: Quarter, vectors: Vectors::U, ..any(6, 6) }, (5, 3)),
        (Parameters { arch: Row, ..plain(8, 8) }, (8, 8)),
        (Parameters { arch: Row, ..plain(5, 3) }, (5, 3)),
        (Parameters { arch: Row, symmetric: true, vectors: Vectors::None, ..plain(5, 5) }, (5, 5)),
        (Parameters { arch: Array, ..plain(6, 6) }, (6, 6)),
        (Parameters { arch: Array, vectors: Vectors::V, rank: Some(2), ..plain(2, 3) }, (2, 3)),
    ];
    let count = cases.len();
    let steps: Vec<usize> = cases.into_par_iter().map(|(parameters, size)| compare(parameters, size)).collect();
    assert_eq!(steps.len(), count);
    assert!(steps.iter().sum::<usize>() > 400, "{steps:?}");
}

/// What does not fit a page is left out, and said; what cannot be shortened is refused.
#[test]
fn large_traces_say_what_they_leave_out() {
    let parameters = Parameters::default();
    let core = Core::new(parameters.shape().unwrap());
    let many = |count: usize| Extent::new(&core, &vec![(8, 8); count]);
    let (all, _) = traced(parameters, (8, 8), 3, many(1).unwrap());
    let (few, _) = traced(parameters, (8, 8), 3, many(64).unwrap());
    assert!(all.left_out.is_empty());
    assert_eq!(all.steps.len(), all.sweeps as usize * 7 + 1);
    assert_eq!(few.steps.len(), all.steps.len(), "64 matrices of 8 x 8 fit");
    assert!(matches!(many(65), Err(TraceError::TooMany { count: 65, most: 64 })));
    let large = Parameters { rows: 32, cols: 32, ..parameters };
    let core = Core::new(large.shape().unwrap());
    let many = |count: usize| Extent::new(&core, &vec![(32, 32); count]);
    let (short, _) = traced(large, (32, 32), 3, many(4).unwrap());
    assert!(short.left_out[0].contains("of the first"), "{:?}", short.left_out);
    assert_eq!(short.off_diagonal.len(), short.sweeps as usize * 31 + 1);
    let ends = short.steps.iter().filter(|step| step.step == 31).count();
    assert_eq!(ends, short.sweeps as usize, "the end of every sweep is there");
    assert!(short.steps.len() * 3 * 1024 <= 250_000, "{} steps", short.steps.len());
    assert!(matches!(many(100), Err(TraceError::TooMany { .. })));
    let long = Parameters { rows: 20_000, cols: 32, vectors: Vectors::V, ..parameters };
    let long = Extent::new(&Core::new(long.shape().unwrap()), &[(20_000, 32)]);
    assert!(matches!(long, Err(TraceError::TooLong { cycles: 1_000_001.. })));
}
