//! The manifest `core.json`. It tells a program everything that it needs in order to drive a core.

use super::origin::seal;
use super::timing::Timing;
use super::{File, Header, Listed};
use crate::architecture::decomposer::QrCycles;
use crate::core::Core;
use crate::formats::FAILURE;
use crate::interface::{ADDRESS_BITS, Interface, REGISTER_BITS, STATUS_FIELDS, USER_BITS, port};
use crate::shape::Shape;
use serde::Serialize;

/// A summary of a core: the `core` object in every JSON document. It has the value of every option and the numbers that
/// follow from them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The options of the core, with defaults filled in.
    #[serde(flatten)]
    pub shape: Shape,
    /// Number of hardware multipliers, for whatever purpose.
    pub multipliers: usize,
    /// The largest number of sweeps that the core makes.
    pub sweep_cap: u32,
    /// Cycles of a step. A sweep has (even size - 1) steps.
    pub step_cycles: usize,
    /// Cycles of a sweep.
    pub sweep_cycles: usize,
    /// Cycles of the reduction of rows to a triangle, in cores that reduce rows while they stream in.
    pub qr: Option<QrCycles>,
}

impl Summary {
    /// The summary of a core.
    pub fn new(core: &Core) -> Self {
        let (shape, schedule) = (core.shape(), core.schedule());
        Self {
            shape: *shape,
            multipliers: core.design().multipliers(),
            sweep_cap: shape.sweep_cap(),
            step_cycles: schedule.step_cycles,
            sweep_cycles: schedule.sweep_cycles(),
            qr: schedule.qr,
        }
    }

    /// The command that generates the core, with all parameters spelled out.
    pub fn command(&self) -> String {
        format!("svdforge generate {}", self.shape.parameters().flags())
    }

    /// The header for the files of the core's export.
    pub fn header(&self) -> Header {
        let given = self.shape.parameters().given().into_iter();
        Header {
            command: self.command(),
            parameters: given.map(|(name, value)| (name.to_owned(), value.to_string())).collect(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// The name of the manifest.
pub const MANIFEST: &str = "core.json";

/// The register block, if there is one.
fn registers(interface: &Interface<'_>) -> Option<serde_json::Value> {
    let map = Some(interface.registers()).filter(|map| !map.is_empty())?;
    Some(serde_json::json!({
        "bus": "s_axi", "protocol": "AXI4-Lite", "interrupt": port::INTERRUPT,
        "address_bits": ADDRESS_BITS, "data_bits": REGISTER_BITS, "map": map,
    }))
}

/// The file `core.json`. `files` are all files of the export. The document is [sealed](seal), so that a change to it is
/// seen.
pub fn manifest(core: &Core, timing: &Timing, files: &[Listed]) -> File {
    let (shape, summary) = (core.shape(), Summary::new(core));
    let (interface, element) = (shape.interface(), shape.interface().element());
    let streams = interface.streams();
    let mut document = serde_json::json!({
        "generator": "svdforge",
        "schema": 1,
        "version": env!("CARGO_PKG_VERSION"),
        "command": summary.command(),
        "name": shape.name(),
        "core": summary,
        "clock": "aclk",
        "reset": { "port": "aresetn", "active": "low", "synchronous": true },
        "ports": interface.ports(),
        "input": {
            "stream": "s_axis", "beats": streams.input.beats(interface.input_elements()), "elements": interface.input_elements(),
            "elements_per_beat": streams.input.elements, "element_bytes": streams.input.element_bytes, "tkeep": streams.keep,
            "header": interface.header(), "header_format": "unsigned integers", "order": "row by row",
            "word": element.word, "frac": element.frac, "signed": true, "tdata_bits": interface.input_bits(),
        },
        "output": {
            "stream": "m_axis", "beats": streams.output.beats(interface.output_elements()), "elements": interface.output_elements(),
            "elements_per_beat": streams.output.elements, "element_bytes": streams.output.element_bytes, "tkeep": streams.keep,
            "tuser_bits_per_element": USER_BITS, "tdata_bits": interface.output_bits(), "signed": true,
            "sections": interface.sections(), "status_fields": STATUS_FIELDS,
            "bad_frame": "the status word alone, with tlast",
        },
        "registers": registers(&interface),
        "timing": timing,
        "accuracy": {
            "units": "sigma and reconstruction: the last place of an input element; orthogonality: 2^-(word - 1)",
            "condition": "the most sweeps, block exponent 0; sigma and reconstruction: status field cap_reached is 0",
            "bounds": shape.budget().bounds(), "statistical_failure_probability": FAILURE,
            "sweep_search": shape.sweep_search(),
        },
        "files": files,
    });
    if shape.complex() {
        document["input"]["components"] = interface.scalar().components().into();
        document["input"]["component_bits"] = interface.input_component_bits().into();
    }
    File { name: MANIFEST.to_owned(), text: seal(document) }
}
