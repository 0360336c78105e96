//! Sixteen lanes in vectors of 512 bits, for processors with AVX-512.
//!
//! Cranelift has vectors of 128 bits only. `translate` therefore turns the graph into a program of instructions for
//! larger ones, and `allocate` gives its values registers and writes the machine code. Both are simple, because the
//! program is straight: it has no loops, and each value is computed once.

mod allocate;
mod assembler;
mod numbers;
mod program;
mod translate;

use crate::graph::Graph;
use crate::layout::Layout;
pub(crate) use allocate::Assembled;

/// The number of lanes.
pub(crate) const LANES: usize = 16;

/// Whether this processor has the instructions.
pub(crate) fn is_supported() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("bmi1");
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}

/// The function of one clock cycle, or `None` if the design has numbers of more than 64 bits.
///
/// Its parameters are those of the function that `emit_lanes` writes, in the calling convention of System V. It
/// computes the next values of all registers as if no lane were in reset.
pub(crate) fn assemble(graph: &Graph, layout: &Layout) -> Option<Assembled> {
    let program = translate::translate(graph, layout)?;
    Some(allocate::allocate(&program).expect("All instructions have operands that suit them."))
}
