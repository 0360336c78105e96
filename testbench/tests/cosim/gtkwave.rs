//! Tests the save files for GTKWave against the waveforms that they are for.

use crate::common::{complex_variants, core_of, frame, simulate, variants, write_all};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::BufWriter;
use std::path::Path;
use svdforge_hdl::core::Core;
use svdforge_hdl::parameters::{ArchitectureName, Front, Parameters, Sizes, Vectors};
use svdforge_testbench::engine::{SimulatorEngine, Waves};
use svdforge_testbench::export::export;
use svdforge_testbench::stimulus::Stimulus;
use svdforge_tools::process::{find, run};
use tempfile::TempDir;
use wellen::simple::{Waveform, read};

/// The traces of a save file: the signals with their ranges, the fraction bits of some of them, and the states: the
/// name of the translation file, and the signals.
#[derive(Default)]
struct Saved {
    signals: BTreeMap<String, u32>,
    fractions: BTreeMap<String, u32>,
    states: Vec<(String, Vec<String>)>,
    groups: Vec<String>,
}

fn saved(text: &str) -> Saved {
    let mut saved = Saved::default();
    let (mut flags, mut fraction, mut file) = (0, None, None);
    for line in text.lines().filter(|line| !line.starts_with("[*]")) {
        if let Some(found) = line.strip_prefix('@') {
            (flags, fraction, file) = (u32::from_str_radix(found, 16).unwrap(), None, None);
        } else if let Some(found) = line.strip_prefix("[fpshift_count] ") {
            fraction = Some(found.parse().unwrap());
        } else if let Some(found) = line.strip_prefix('^') {
            file = found.split_once(' ').map(|(_, name)| name.to_owned());
        } else if let Some(found) = line.strip_prefix('#') {
            let bits = found.split(' ').skip_while(|word| !word.ends_with('}')).skip(1).map(str::to_owned).collect();
            saved.states.push((file.clone().unwrap(), bits));
        } else if let Some(found) = line.strip_prefix('-') {
            saved.groups.push(found.to_owned());
        } else if !line.starts_with(['[', '*']) {
            let (name, width) = match line.split_once('[') {
                Some((name, range)) => (name, range.split_once(':').unwrap().0.parse::<u32>().unwrap() + 1),
                None => (line, 1),
            };
            assert_eq!(fraction.is_some(), flags == 0x4000_0420, "{line}: signed, fixed point");
            saved.fractions.extend(fraction.map(|fraction| (name.to_owned(), fraction)));
            saved.signals.insert(name.to_owned(), width);
        }
    }
    saved
}

/// Checks that the waveforms have every signal of a save file with its width, and that every state that occurs has a
/// name. Returns the names of the states that occur.
fn compare(folder: &Path, save_file: &str, waves: &Path) -> BTreeSet<String> {
    let saved = saved(&fs::read_to_string(folder.join(save_file)).unwrap());
    let mut wave: Waveform = read(waves).unwrap();
    let hierarchy = wave.hierarchy();
    let variables = hierarchy.iter_vars().map(|v| (v.full_name(hierarchy), (v.signal_ref(), v.length().unwrap())));
    let variables: BTreeMap<String, _> = variables.collect();
    assert!(saved.signals.len() > 60, "{} signals", saved.signals.len());
    for (name, width) in &saved.signals {
        let found = variables.get(name).unwrap_or_else(|| panic!("{save_file}: {name} is not in {}", waves.display()));
        assert_eq!(found.1, *width, "{name}");
    }
    // Words of two components are shown as hexadecimal numbers.
    let is_complex = save_file.contains("_complex");
    assert!(saved.states.len() >= 2 && (saved.fractions.len() > 20) != is_complex, "{}", saved.fractions.len());
    assert!(saved.groups.iter().any(|group| group.starts_with("rotator")));
    let mut occurring = BTreeSet::new();
    for (file, bits) in &saved.states {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let names: BTreeMap<&str, &str> = lines.map(|line| line.split_once(' ').unwrap()).collect();
        let refs: Vec<_> = bits.iter().map(|bit| variables[bit].0).collect();
        wave.load_signals(&refs);
        for time in 0..wave.time_table().len() as u32 {
            let digit = |signal: &wellen::SignalRef| {
                let signal = wave.get_signal(*signal)?;
                signal.get_value_at(&signal.get_offset(time)?, 0).to_bit_string()
            };
            let state: String = refs.iter().map(|signal| digit(signal).unwrap_or("x".to_owned())).collect();
            // Before the reset, registers are unknown in Icarus.
            if !state.contains('x') {
                let name = names.get(state.as_str()).unwrap_or_else(|| panic!("{file}: {state} has no name"));
                occurring.insert((*name).to_owned());
            }
        }
    }
    occurring
}

#[test]
fn save_files_fit_the_waves_of_the_simulator() {
    let plain = Parameters { rows: 4, cols: 4, ..Parameters::default() };
    let tall = Parameters { rows: 12, cols: 4, vectors: Vectors::V, ..plain };
    let cases = [
        (plain, 9),
        (Parameters { vectors: Vectors::None, ..plain }, 9),
        (Parameters { symmetric: true, ..plain }, 9),
        (Parameters { sizes: Sizes::Any, ..plain }, 9),
        (Parameters { complex: true, ..plain }, 9),
        (Parameters { complex: true, symmetric: true, ..plain }, 9),
        (tall, 12),
        (Parameters { elements_per_beat_in: 4, elements_per_beat_out: 2, front: Front::AxiLite, ..plain }, 9),
        (Parameters { arch: ArchitectureName::Array, elements_per_beat_in: 4, elements_per_beat_out: 4, ..plain }, 9),
    ];
    let mut compared = 0;
    for (parameters, least) in cases {
        let core = Core::new(parameters.shape().unwrap());
        let folder = TempDir::new().unwrap();
        write_all(folder.path(), &export(&core).unwrap());
        let [vcd, fst] = ["waves.vcd", "waves.fst"].map(|name| folder.path().join(name));
        let create = |path: &Path| Box::new(BufWriter::new(fs::File::create(path).unwrap()));
        let waves = vec![Waves::Vcd(create(&vcd)), Waves::Fst(create(&fst))];
        let mut engine = SimulatorEngine::recording(&core, waves).unwrap();
        simulate(&mut engine, &Stimulus::new([frame(&core, 1), frame(&core, 2)].concat()));
        engine.finish().unwrap();
        for waves in [vcd, fst] {
            let states = compare(folder.path(), &format!("{}.gtkw", core.shape().name()), &waves);
            assert!(states.len() + 3 >= least, "{states:?}");
            assert!(states.contains("decomposing") && states.contains("sweeps"), "{states:?}");
            compared += 1;
        }
    }
    assert_eq!(compared, 18);
}

/// An export with a save file that names a signal which the core does not have does not end.
#[test]
fn every_kind_of_core_can_be_exported_whole() {
    let mut exported = 0;
    for parameters in variants().into_iter().chain(complex_variants()) {
        let core = core_of(parameters);
        let name = format!("{}.gtkw", core.shape().name());
        assert!(export(&core).unwrap().iter().any(|file| file.name == name), "{name}");
        exported += 1;
    }
    assert_eq!(exported, 41);
}

#[test]
fn save_files_fit_the_waves_of_the_testbench() {
    find("iverilog", "this test").unwrap_or_else(|e| panic!("{e}"));
    let tall = Parameters { rows: 12, cols: 4, vectors: Vectors::V, ..Parameters::default() };
    let wide =
        Parameters { rows: 3, cols: 3, elements_per_beat_in: 2, elements_per_beat_out: 4, ..Parameters::default() };
    for parameters in [Parameters { rows: 3, cols: 3, ..Parameters::default() }, tall, wide] {
        let core = Core::new(parameters.shape().unwrap());
        let name = core.shape().name();
        let folder = TempDir::new().unwrap();
        write_all(folder.path(), &export(&core).unwrap());
        let line = format!("iverilog -g2005 -o sim -c {name}.f {name}_tb.v && vvp -n sim +vcd=waves.vcd");
        let finished = run("sh", &["-c", &line], folder.path(), "this test").unwrap();
        assert_eq!(finished.status.code(), Some(0), "{}", finished.printed());
        let states = compare(folder.path(), &format!("{name}_tb.gtkw"), &folder.path().join("waves.vcd"));
        assert!(states.contains("unloading") && states.contains("first_angles"), "{states:?}");
    }
}
