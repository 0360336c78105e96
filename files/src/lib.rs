//! Writes files and folders so that nothing of a user's is lost, and nothing is left half written.
//!
//! - [`Outputs`] holds all files that a command writes. They are staged beside their places, and get their names
//!   together when the work is done.
//! - [`write_export`] writes the folder of an exported core. It replaces and removes only what svdforge wrote there.
//! - [`check_results`] and [`Outputs::results`] do the same for folders of results.
//! - [`check_inputs_stay`] refuses an output that is an input of the same command.
//! - [`append`] has the files that grow during the work.
//! - [`clean_up`] removes what an unfinished command has begun.
//!
//! `docs/decisions/0010-files-of-a-user.md` tells the rules and the reasons.

pub mod append;
mod commit;
mod error;
mod export;
mod folders;
mod inputs;
mod operations;
mod outputs;
mod record;
mod results;
mod staging;
mod target;

pub use error::FileError;
pub use export::write_export;
pub use folders::make_folder;
pub use inputs::check_inputs_stay;
pub use outputs::{Outputs, Sink};
pub use results::check_results;
pub use staging::clean_up;

/// Whether a name is that of something that this crate keeps in a folder for itself: a record or a staging folder.
pub fn is_helper(name: &str) -> bool {
    name == record::RECORD || staging::is_named(name)
}

#[cfg(test)]
mod tests;
