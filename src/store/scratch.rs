//! Folders that one process has for a while, that no other user looks into, and that the next process clears away where
//! their own was killed.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::platform;

/// Such a folder. Dropped, it is gone.
pub struct Scratch {
    path: PathBuf,
    _outer: TempDir,
    /// Locked as long as the folder is in use.
    _held: File,
}

/// What says that a folder is in use; it is there only once it is locked.
const LOCK: &str = "lock";

impl Scratch {
    /// Makes one in `place`, which is there, with a name that begins with `prefix`, and removes those of that prefix that
    /// nobody holds any more.
    pub fn new(place: &Path, prefix: &str) -> io::Result<Scratch> {
        clear(place, prefix)?;
        let outer = tempfile::Builder::new().prefix(prefix).tempdir_in(place)?;
        let (path, new) = (outer.path().join("own"), outer.path().join("new"));
        let held = File::create(&new)?;
        held.lock()?;
        fs::rename(new, outer.path().join(LOCK))?;
        platform::make_folder(&path, 0o700)?;
        Ok(Scratch { path, _outer: outer, _held: held })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn clear(place: &Path, prefix: &str) -> io::Result<()> {
    for left in fs::read_dir(place)?.flatten() {
        let is_one =
            left.file_name().to_string_lossy().starts_with(prefix) && left.file_type().is_ok_and(|kind| kind.is_dir());
        let lock = || File::options().read(true).write(true).open(left.path().join(LOCK));
        if is_one && lock().is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_dir_all(left.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_nobody_holds_is_cleared_away_and_one_in_use_is_not() {
        let world = tempfile::tempdir().unwrap();
        let used = Scratch::new(world.path(), "to-").unwrap();
        let left = world.path().join("to-killed");
        fs::create_dir(&left).unwrap();
        fs::write(left.join(LOCK), "").unwrap();
        fs::create_dir(world.path().join("other")).unwrap();
        let next = Scratch::new(world.path(), "to-").unwrap();
        assert!(used.path().is_dir() && next.path().is_dir() && !left.exists() && world.path().join("other").exists());
        let path = next.path().to_owned();
        drop(next);
        assert!(!path.exists() && used.path().is_dir());
    }
}
