//! The file operations that change anything. All go through here, so that tests can let each of them fail, or end the
//! program there.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::Path;
use tempfile::TempDir;

/// Writes all bytes.
pub(crate) fn write(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    #[cfg(feature = "failpoints")]
    if failpoint::is_next() {
        // The worst that can happen: half of it is there.
        file.write_all(&bytes[..bytes.len() / 2])?;
    }
    step()?;
    file.write_all(bytes)
}

/// Creates a file that does not exist yet; a symbolic link is not followed.
pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    step()?;
    File::options().read(true).write(true).create_new(true).open(path)
}

/// Opens a file to which lines are added, and creates it if there is none.
pub(crate) fn open_to_add(path: &Path) -> io::Result<File> {
    step()?;
    File::options().read(true).append(true).create(true).open(path)
}

/// Opens something that exists, such as a device, for writing.
pub(crate) fn open_to_write(path: &Path) -> io::Result<File> {
    step()?;
    File::options().append(true).open(path)
}

/// Cuts a file after this number of bytes.
pub(crate) fn cut(file: &File, bytes: u64) -> io::Result<()> {
    step()?;
    file.set_len(bytes)
}

/// Creates a folder with a name that nobody can foresee, which begins with `prefix`. On Unix only its owner may list
/// or enter it, whatever the umask is.
pub(crate) fn create_private_folder(prefix: &str, inside: &Path) -> io::Result<TempDir> {
    step()?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix).rand_bytes(12).disable_cleanup(true);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let made = builder.tempdir_in(inside);
    // The message would name this folder, of which a user knows nothing.
    made.map_err(|error| error.kind().into())
}

/// Creates one folder.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    step()?;
    fs::create_dir(path)
}

/// Gives a file these permissions.
pub(crate) fn set_permissions(path: &Path, permissions: Permissions) -> io::Result<()> {
    step()?;
    fs::set_permissions(path, permissions)
}

/// Gives a file its name; a file of this name is replaced.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    step()?;
    fs::rename(from, to)
}

/// Removes a file.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    removal();
    fs::remove_file(path)
}

/// Removes a folder if it is empty.
pub(crate) fn remove_empty(path: &Path) -> io::Result<()> {
    removal();
    fs::remove_dir(path)
}

#[cfg(not(feature = "failpoints"))]
fn step() -> io::Result<()> {
    Ok(())
}

#[cfg(not(feature = "failpoints"))]
fn removal() {}

#[cfg(feature = "failpoints")]
use failpoint::{removal, step};

/// Fails at the operation that `SVDFORGE_FAIL` names: `kill:N` ends the program at once at the Nth operation, and
/// `full:N` lets this one operation fail as on a full disk. With `count:0` each operation is counted by a line on
/// stderr.
#[cfg(feature = "failpoints")]
mod failpoint {
    use std::io::{self, Write};
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Operations so far.
    static COUNT: AtomicU64 = AtomicU64::new(0);

    /// What happens, and at which operation.
    fn plan() -> Option<&'static (String, u64)> {
        static PLAN: OnceLock<Option<(String, u64)>> = OnceLock::new();
        let read = || {
            let text = std::env::var("SVDFORGE_FAIL").ok()?;
            let (what, number) = text.split_once(':')?;
            Some((what.to_owned(), number.parse().ok()?))
        };
        PLAN.get_or_init(read).as_ref()
    }

    /// Whether the next operation is the chosen one.
    pub(super) fn is_next() -> bool {
        plan().is_some_and(|(_, number)| COUNT.load(Ordering::SeqCst) + 1 == *number)
    }

    /// Before an operation that needs room.
    pub(super) fn step() -> io::Result<()> {
        let is_full = is_next() && plan().is_some_and(|(what, _)| what == "full");
        removal();
        if is_full { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    /// Before an operation that needs no room.
    pub(super) fn removal() {
        let count = COUNT.fetch_add(1, Ordering::SeqCst) + 1;
        match plan() {
            Some((what, number)) if what == "kill" && count == *number => std::process::abort(),
            Some((what, _)) if what == "count" => drop(writeln!(io::stderr(), "file operation {count}")),
            _ => {}
        }
    }
}
