//! What an architecture can do, and how many matrices it has in flight.

use crate::dimensions::Dimensions;
use crate::parameters::{ArchitectureName, NamedChoice, ParameterError, Parameters, Vectors, error};

/// Refuses what the architecture cannot do.
pub(super) fn fits_architecture(parameters: &Parameters, dimensions: &Dimensions) -> Result<(), ParameterError> {
    let arch = parameters.arch;
    if parameters.complex {
        return complex_fits(parameters, dimensions);
    }
    let reason = match arch {
        ArchitectureName::Serial => None,
        ArchitectureName::Quarter if !dimensions.is_reduced() => None,
        ArchitectureName::Row | ArchitectureName::Array if dimensions.takes_any() => {
            Some("a core for matrices of any size: rows move over wires, which are laid for one size")
        }
        _ if dimensions.is_reduced() => {
            Some("a core that reduces rows to a triangle, which the four rotators of a serial core do")
        }
        ArchitectureName::Array if dimensions.even() > LARGEST_ARRAY => {
            Some("more than 16 rows or columns, for which an array needs more than 1,024 multipliers")
        }
        _ => None,
    };
    match reason {
        None => Ok(()),
        Some(reason) => Err(error("arch", arch.name(), format!("cannot be used for {reason}; use --arch serial"))),
    }
}

/// Refuses what cores for complex matrices cannot do.
fn complex_fits(parameters: &Parameters, dimensions: &Dimensions) -> Result<(), ParameterError> {
    let reason = if parameters.arch != ArchitectureName::Serial {
        "have the architecture serial"
    } else if dimensions.is_reduced() {
        "reduce no rows; use fewer rows, or --vectors uv"
    } else if dimensions.takes_any() {
        "take one size"
    } else if parameters.selfcheck {
        "have no self-check"
    } else {
        return Ok(());
    };
    Err(error("complex", true, format!("cores for complex matrices {reason}")))
}

/// Refuses a self-check where there is nothing to compare a matrix with, or no time.
pub(super) fn can_be_checked(parameters: &Parameters, dimensions: &Dimensions) -> Result<(), ParameterError> {
    let Parameters { arch, vectors, symmetric, elements_per_beat_in, elements_per_beat_out, .. } = *parameters;
    let complete = if symmetric { vectors != Vectors::None } else { vectors == Vectors::Uv };
    let is_wide = elements_per_beat_in > 1 || elements_per_beat_out > 1;
    let reason = if !parameters.selfcheck {
        return Ok(());
    } else if !complete {
        "the product of the results is compared with the matrix, which takes U and V; use --vectors uv"
    } else if parameters.rank.is_some_and(|rank| rank < dimensions.triplets()) {
        "the product of the results is compared with the matrix, which takes all singular values; leave out --rank"
    } else if arch == ArchitectureName::Array && is_wide {
        "an array with several elements per beat gives results faster than a check with one multiplier takes them; use one element per beat, or another --arch"
    } else {
        return Ok(());
    };
    Err(error("selfcheck", true, reason.to_owned()))
}

/// The largest array: rows, and columns, of the square inside the core.
const LARGEST_ARRAY: usize = 16;

/// The number of matrices in flight. `auto` takes as many as have turns in a round in which the rotators never wait,
/// and one more, which is loaded or unloaded meanwhile. The next power of two needs no more memory.
pub(super) fn matrices_in_flight(parameters: &Parameters, dimensions: &Dimensions) -> Result<u32, ParameterError> {
    /// The longest time in which the rotators wait for the angles of one matrix, in cycles.
    const WAIT: usize = 45;
    /// The same for complex matrices.
    const COMPLEX_WAIT: usize = 70;
    let pairs = dimensions.even() / 2;
    // The blocks that are rotated one after the other, the reads of diagonal blocks, and the cycles until the last of
    // these has entered the angle unit. `auto` takes no more matrices than the last number.
    let (blocks, reads, enter, most) = match parameters.arch {
        ArchitectureName::Quarter => (4 * pairs * pairs, pairs, 0, 8),
        ArchitectureName::Serial if parameters.complex => (3 * pairs * pairs, 2 * pairs, 0, 8),
        ArchitectureName::Serial => (pairs * pairs, pairs, 0, 8),
        ArchitectureName::Row => (pairs, 1, pairs, 16),
        ArchitectureName::Array => (1, 1, 2, 32),
    };
    let wait = if parameters.complex { COMPLEX_WAIT } else { WAIT };
    let (turn, own) = match parameters.vectors {
        Vectors::None => (blocks + reads, blocks + reads + enter + wait),
        _ => (2 * blocks, enter + wait),
    };
    let refused = if dimensions.is_reduced() {
        Some(
            "a core that reduces rows to a triangle has one matrix in flight, since the reduction uses the rotators before the first sweep",
        )
    } else if dimensions.takes_any() {
        Some("a core for matrices of any size has one matrix in flight")
    } else {
        None
    };
    match (parameters.interleave, refused) {
        (None, Some(_)) => Ok(1),
        (None, None) => Ok((own.div_ceil(turn) + 1).next_power_of_two().min(most) as u32),
        (Some(1), _) => Ok(1),
        (Some(matrices), Some(reason)) => Err(error("interleave", matrices, reason.to_owned())),
        (Some(matrices), None) => Ok(matrices),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Sizes;

    /// What an architecture cannot do is refused with the option, the reason, and what can be used instead.
    #[test]
    fn what_an_architecture_cannot_do_is_refused_with_the_reason() {
        let [quarter, row, array] = [ArchitectureName::Quarter, ArchitectureName::Row, ArchitectureName::Array];
        let core = |arch, rows, cols| Parameters { arch, rows, cols, ..Parameters::default() };
        let any = |parameters| Parameters { sizes: Sizes::Any, ..parameters };
        let tall = |arch| Parameters { vectors: Vectors::V, ..core(arch, 40, 4) };
        let in_flight = |count, parameters| Parameters { interleave: Some(count), ..parameters };
        let serial = ArchitectureName::Serial;
        let checked = |parameters| Parameters { selfcheck: true, ..parameters };
        let cases = [
            (any(core(row, 4, 4)), "arch", "laid for one size; use --arch serial"),
            (any(core(array, 4, 4)), "arch", "laid for one size; use --arch serial"),
            (tall(quarter), "arch", "reduces rows to a triangle"),
            (tall(row), "arch", "reduces rows to a triangle"),
            (tall(array), "arch", "reduces rows to a triangle"),
            (core(array, 17, 4), "arch", "more than 16 rows or columns"),
            (core(array, 64, 64), "arch", "more than 16 rows or columns"),
            (core(serial, 65, 65), "cols", "1 to 64"),
            (in_flight(2, tall(serial)), "interleave", "reduces rows to a triangle has one matrix in flight"),
            (in_flight(2, any(core(serial, 4, 4))), "interleave", "any size has one matrix in flight"),
            (checked(Parameters { vectors: Vectors::V, ..core(serial, 4, 4) }), "selfcheck", "use --vectors uv"),
            (checked(tall(serial)), "selfcheck", "use --vectors uv"),
            (checked(Parameters { rank: Some(2), ..core(serial, 4, 4) }), "selfcheck", "leave out --rank"),
            (
                checked(Parameters { elements_per_beat_out: 4, ..core(array, 4, 4) }),
                "selfcheck",
                "one element per beat",
            ),
            (in_flight(33, core(serial, 4, 4)), "interleave", "1 to 32"),
            (in_flight(0, core(serial, 4, 4)), "interleave", "1 to 32"),
        ];
        let mut refused = 0;
        for (parameters, option, words) in cases {
            let error = parameters.shape().expect_err(words);
            let message = error.to_string();
            assert!(message.contains(option) && message.contains(words), "{message}");
            refused += 1;
        }
        assert_eq!(refused, 16);
        let built =
            [core(array, 16, 16), core(row, 64, 64), any(core(quarter, 4, 4)), in_flight(32, core(array, 4, 4))];
        assert!(built.into_iter().all(|parameters| parameters.shape().is_ok()));
    }
}
