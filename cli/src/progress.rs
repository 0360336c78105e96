//! The progress of long work. All commands show it in the same way: one line on stderr, if that is a terminal, with
//! what is done, how much of it, and how long it will take. The line is gone when the work is done.

use crate::terminal::{self, Safe};
use crate::{escape, interrupt};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use svdforge_studies::campaign;

/// The line that is shown now.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// The bar has a fixed width, so that the line is shorter than the terminal. If it filled the terminal, the `^C` of an
/// interruption would begin another line, which could not be cleared.
const MEASURED: &str = "{msg} {bar:24} {percent:>3} %, {eta} left";
const UNMEASURED: &str = "{msg} ... {elapsed}";

/// Work that goes on. Its line is cleared when this value is dropped.
pub struct Progress {
    bar: ProgressBar,
    what: String,
}

impl Progress {
    /// Work of which it is not known how long it takes.
    pub fn start(what: impl Into<String>) -> Self {
        Self::show(ProgressBar::no_length(), UNMEASURED, what.into())
    }

    /// Says what takes so long, where no line shows it.
    pub fn announce(&self, details: &str) {
        if self.bar.is_hidden() {
            terminal::stderr(&Safe::text(format!("{}, {details} ...", self.what)));
        }
    }

    /// Work in this number of steps, such as "simulating matrices".
    pub fn steps(count: usize, what: impl Into<String>) -> Self {
        let progress = Self::show(ProgressBar::new(count as u64), MEASURED, what.into());
        progress.inc(0);
        progress
    }

    /// A campaign in this folder, which is measured by the clock cycles to simulate. What [`Self::follow`] is told is
    /// shown.
    pub fn campaign() -> Self {
        Self::show(ProgressBar::no_length(), MEASURED, "simulating matrices".to_owned())
    }

    fn show(bar: ProgressBar, template: &str, what: String) -> Self {
        // The bar writes by itself.
        let what = escape::line(&what).into_owned();
        let style = ProgressStyle::with_template(template).expect("Both templates are tested.");
        let bar = bar.with_style(style).with_message(what.clone());
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(500));
        }
        *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar.clone());
        Self { bar, what }
    }

    /// Some steps are done.
    pub fn inc(&self, steps: u64) {
        self.bar.inc(steps);
        let (done, of) = (self.bar.position(), self.bar.length().unwrap_or(0));
        self.bar.set_message(format!("{}, {done} of {of}", self.what));
    }

    /// The number of steps that are done.
    pub fn done(&self) -> u64 {
        self.bar.position()
    }

    /// Shows how far a campaign is, and keeps it in mind for an interruption. If the folder already has results, a
    /// message says that the campaign continues.
    pub fn follow(&self, folder: &Path) -> impl Fn(campaign::Progress) + Sync {
        move |progress| {
            let count = format!("{} of {}", progress.matrices, progress.of);
            interrupt::keep(folder, format!("{count} matrices"));
            if self.bar.length().is_none() {
                self.bar.set_length(progress.of_work);
                self.bar.set_position(progress.work);
                self.bar.reset_eta();
                if progress.matrices > 0 {
                    let text = format!("{}: continuing this campaign: {count} matrices are there", folder.display());
                    self.bar.suspend(|| terminal::stderr(&Safe::text(text)));
                }
            }
            self.bar.set_position(progress.work);
            self.bar.set_message(format!("{}, {count}", self.what));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        SHOWN.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// Clears the line that is shown, if there is one.
pub fn clear() {
    if let Some(bar) = SHOWN.lock().unwrap_or_else(PoisonError::into_inner).take() {
        bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_templates_are_valid_and_the_steps_are_counted() {
        let waiting = Progress::start("synthesising");
        assert_eq!(waiting.bar.message(), "synthesising");
        let steps = Progress::steps(3, "simulating matrices");
        assert_eq!(steps.bar.message(), "simulating matrices, 0 of 3");
        steps.inc(2);
        assert_eq!((steps.bar.message().as_str(), steps.done()), ("simulating matrices, 2 of 3", 2));
    }
}
