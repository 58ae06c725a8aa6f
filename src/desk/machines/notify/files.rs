//! Files of our own that are whole at any moment: written beside, brought to the disk, put in place. And locks that end
//! with their holder.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::error::{Problem, Result};

/// What a file is called until it is whole.
pub const UNFINISHED: &str = "new";

/// Puts this text in the place of whatever the file held.
pub fn write(path: &Path, text: &str) -> Result<()> {
    let temporary = path.with_extension(UNFINISHED);
    let put = || -> io::Result<()> {
        let mut file = File::create(&temporary)?;
        file.write_all(text.as_bytes())?;
        file.sync_data()?;
        fs::rename(&temporary, path)
    };
    put().map_err(|error| cannot(path, &error))
}

/// What was put into a folder, or taken out, stays so when the power fails.
pub fn settle(folder: &Path) -> Result<()> {
    // Where a folder cannot be opened, there is nothing to be done for it.
    let Ok(open) = File::open(folder) else { return Ok(()) };
    open.sync_all().map_err(|error| cannot(folder, &error))
}

pub fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot(path, &error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

pub fn folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|error| cannot(path, &error))
}

/// The text of a file; `None` where there is none.
pub fn read(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(Problem::repository(format!("cannot read {}: {error}", path.display())).code("unreadable").into())
        }
    }
}

/// Exit code 7: nothing can be kept there.
pub fn cannot(path: &Path, error: &io::Error) -> anyhow::Error {
    Problem::repository(format!("cannot write {}: {error}", path.display())).code("read_only").into()
}

/// Held until it is dropped or its process ends; `None` when somebody else holds it all the time.
pub fn lock(path: &Path, patience: Duration) -> Result<Option<File>> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    let file = file.map_err(|error| cannot(path, &error))?;
    let until = Instant::now() + patience;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if Instant::now() < until => std::thread::sleep(Duration::from_millis(5)),
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(cannot(path, &error)),
        }
    }
}
