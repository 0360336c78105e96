//! The proof of the frame controller.

use super::template::fill;
use crate::architecture::contexts::context_bits;
use crate::architecture::size::index_bits;
use crate::core::Core;
use crate::core::frame_controller::last_place;
use crate::interface::StatusField;
use crate::ir::address_width;

/// The properties of the frame controller.
pub(super) fn frame_controller(core: &Core) -> String {
    let (shape, contexts) = (core.shape(), core.shape().in_flight());
    let last_place = last_place(shape, core.ports());
    let bit = |field| StatusField::named(field).bits[1];
    let value_free = if core.ports().value_waits { "value_free" } else { "1'b1" };
    let values = [
        ("contexts", contexts.to_string()),
        ("context_bits", context_bits(shape).max(1).to_string()),
        ("count_bits", (address_width(contexts as u32 + 1) + 1).to_string()),
        ("done_context", if contexts > 1 { "done_context" } else { "1'b0" }.to_owned()),
        ("value_free", value_free.to_owned()),
        ("place_bits", address_width(last_place + 1).to_string()),
        ("last_place", last_place.to_string()),
        ("bad_bit", bit("bad_frame").to_string()),
        ("bad_status", (1u32 << bit("bad_frame")).to_string()),
        ("given_up_bit", bit("watchdog").to_string()),
        ("given_up_status", (1u32 << bit("watchdog")).to_string()),
        ("index_bits", index_bits(shape).to_string()),
    ];
    fill(include_str!("controller.sv"), &values, &[("contexts", contexts > 1), ("any", shape.takes_any())])
}
