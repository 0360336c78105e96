//! Finds out before large work whether there is memory for it.
//!
//! A program that cannot get memory in the middle of its work can only stop with a signal. So the readers, and the
//! commands after them, compute from the sizes at hand what they are going to need, and ask for it first.

use crate::reader::error::{Fault, Kind, Place};

/// Why work does not begin: the operating system does not give that much memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is not enough memory: this takes about {} MiB, which the system refuses; give a smaller input, or allow more memory (ulimit -v)",
    bytes.div_ceil(1 << 20)
)]
pub struct NoMemory {
    /// The number of bytes that are needed.
    pub bytes: u64,
}

/// Asks the system for this much memory and gives it back untouched. It catches limits of the address space, such as
/// those of `ulimit -v` and of containers that set them, and amounts that the machine can never give.
///
/// # Errors
///
/// The system refuses.
pub fn check_memory(bytes: u64) -> Result<(), NoMemory> {
    let refused = NoMemory { bytes };
    let count = usize::try_from(bytes).map_err(|_| refused)?;
    let mut probe: Vec<u8> = Vec::new();
    probe.try_reserve_exact(count).map_err(|_| refused)?;
    // Without this the compiler may leave out an allocation that nothing uses.
    std::hint::black_box(&mut probe);
    Ok(())
}

/// Makes room for `count` further elements.
///
/// # Errors
///
/// The system does not give the memory. The fault is that of the file as a whole.
pub fn reserve<T>(list: &mut Vec<T>, count: usize) -> Result<(), Fault> {
    let bytes = (count as u64).saturating_mul(size_of::<T>() as u64);
    list.try_reserve_exact(count).map_err(|_| Fault::from(NoMemory { bytes }))
}

impl From<NoMemory> for Fault {
    fn from(NoMemory { bytes }: NoMemory) -> Self {
        Self::new(
            Place::File,
            Kind::TooLarge,
            format!("there is not enough memory: reading it takes about {} MiB", bytes.div_ceil(1 << 20)),
            "give a smaller file, or allow more memory (ulimit -v)",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_machine_has_is_refused_and_little_is_not() {
        assert_eq!(check_memory(1 << 20), Ok(()));
        let error = check_memory(1 << 50).expect_err("a pebibyte");
        assert!(error.to_string().contains("about 1073741824 MiB"), "{error}");
        let mut list: Vec<f64> = Vec::new();
        reserve(&mut list, 1000).expect("8 kB");
        assert!(list.capacity() >= 1000);
        let fault = reserve(&mut list, 1 << 47).expect_err("a pebibyte");
        assert_eq!((fault.kind, fault.place), (Kind::TooLarge, Place::File));
    }
}
