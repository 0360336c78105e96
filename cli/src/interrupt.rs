//! What happens when a user presses Ctrl-C: the terminal gets a clean line, which says what is kept and how to
//! continue.

use crate::shell;
use crate::terminal::{self, Safe};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The status that a shell reports for a program that Ctrl-C has ended.
const STATUS: i32 = 130;

/// The results that are kept so far.
static KEPT: Mutex<Option<Kept>> = Mutex::new(None);

struct Kept {
    folder: PathBuf,
    what: String,
}

/// From now on, an interruption keeps these results in the folder, and the same command continues from them.
pub fn keep(folder: &Path, what: String) {
    *KEPT.lock().unwrap_or_else(PoisonError::into_inner) = Some(Kept { folder: folder.to_owned(), what });
}

/// Ends the program cleanly when it is interrupted. `clear` clears the line that shows the progress.
pub fn handle(clear: fn()) -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(move || {
        svdforge_files::clean_up();
        clear();
        let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        // The terminal has printed ^C, at the beginning of the line if no progress was shown.
        terminal::stderr_over_line(&Safe::text(message(kept.as_ref(), &shell::this_command())));
        std::process::exit(STATUS);
    })
}

fn message(kept: Option<&Kept>, command: &str) -> String {
    match kept {
        Some(Kept { folder, what }) => {
            format!("interrupted: {what} are kept in {}. To continue, run: {command}", folder.display())
        }
        None => format!("interrupted: what was unfinished is removed. To start again, run: {command}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_says_what_is_kept_and_how_to_go_on() {
        let kept = Kept { folder: "my folder".into(), what: "3 of 12 matrices".to_owned() };
        assert_eq!(
            message(Some(&kept), "svdforge report --out 'my folder'"),
            "interrupted: 3 of 12 matrices are kept in my folder. To continue, run: svdforge report --out 'my folder'"
        );
        assert!(message(None, "svdforge demo").ends_with("To start again, run: svdforge demo"));
    }
}
