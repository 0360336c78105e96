//! Keeps the inputs of a command from being replaced by its outputs.

use crate::error::FileError;
use std::path::Path;

/// Checks that no output of a command is one of the files that it reads. A command asks this before its work. Two paths
/// are the same file however they are spelled, and whichever links lead to it. Devices and pipes are not files, so that
/// both ends of a pipe may be the same terminal.
///
/// # Errors
///
/// The error names the output and the input.
pub fn check_inputs_stay(
    inputs: impl IntoIterator<Item: AsRef<Path>>,
    outputs: impl IntoIterator<Item: AsRef<Path>>,
) -> Result<(), FileError> {
    let inputs: Vec<_> = inputs.into_iter().collect();
    for output in outputs {
        let output = output.as_ref();
        if let Some(input) = inputs.iter().map(AsRef::as_ref).find(|input| are_one_file(input, output)) {
            return Err(FileError::IsInput { output: output.to_owned(), input: input.to_owned() });
        }
    }
    Ok(())
}

/// Whether both paths lead to the same regular file.
fn are_one_file(one: &Path, other: &Path) -> bool {
    let (Ok(first), Ok(second)) = (one.metadata(), other.metadata()) else { return false };
    if !(first.is_file() && second.is_file()) {
        return false;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        (first.dev(), first.ino()) == (second.dev(), second.ino())
    }
    #[cfg(not(unix))]
    {
        one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
    }
}
