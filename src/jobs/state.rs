//! What is remembered of each key, a small file each. It is never needed: without it counts begin anew.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::places::Places;
use super::spool::short;
use super::tally::Tally;
use crate::platform;

/// How long a turn is waited for, and how often it is asked for.
const PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(2);

/// The folder of a user's jobs.
pub struct State {
    folder: PathBuf,
}

impl State {
    pub fn of(places: &Places) -> State {
        State { folder: places.state.clone() }
    }

    /// Changes what is remembered of a key; two at once take turns. What cannot be kept is forgotten, and never an error.
    pub fn update<T>(&self, key: &str, change: impl FnOnce(&mut Tally) -> T) -> T {
        let _turn = self.turn(key);
        let mut tally = self.read(key).unwrap_or_else(|| Tally::new(key));
        let value = change(&mut tally);
        if let Err(error) = self.write(key, &tally) {
            log::debug!("{}: {error}", self.folder.display());
        }
        value
    }

    /// What is remembered of a key; `None` when it was never heard of.
    pub fn read(&self, key: &str) -> Option<Tally> {
        let text = fs::read_to_string(self.path(key, "json")).ok()?;
        serde_json::from_str(&text).ok().filter(|tally: &Tally| tally.key == key)
    }

    /// Whether so many failures of a key are remembered.
    pub fn keeps(&self, key: &str, count: u64) -> bool {
        self.read(key).is_some_and(|tally| tally.count >= count)
    }

    /// A file of a key, for locks of our own.
    pub fn path(&self, key: &str, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", short(key)))
    }

    pub fn make(&self) -> io::Result<()> {
        platform::make_folder(&self.folder, 0o700)
    }

    fn turn(&self, key: &str) -> Option<File> {
        self.make().ok()?;
        let file = open(&self.path(key, "turn")).ok()?;
        let until = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Some(file),
                Err(TryLockError::WouldBlock) if Instant::now() < until => std::thread::sleep(PAUSE),
                // Somebody who was stopped in the middle holds up no job.
                Err(TryLockError::WouldBlock | TryLockError::Error(_)) => return None,
            }
        }
    }

    fn write(&self, key: &str, tally: &Tally) -> io::Result<()> {
        let draft = self.path(key, "draft");
        fs::write(&draft, serde_json::to_string(tally)?)?;
        fs::rename(&draft, self.path(key, "json"))
    }
}

/// A file to hold a lock on.
pub fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    platform::with_mode(options.create(true).truncate(false).write(true).read(true), 0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_there_the_next_time_and_turns_are_taken() {
        let world = tempfile::tempdir().unwrap();
        let state = State { folder: world.path().join("a/state") };
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..20).for_each(|_| state.update("k", |tally| tally.count += 1)));
            }
        });
        assert_eq!(state.read("k").unwrap().count, 160);
        assert_eq!(state.read("other"), None);
    }

    #[test]
    fn a_file_that_is_cut_or_of_another_key_is_forgotten() {
        let world = tempfile::tempdir().unwrap();
        let state = State { folder: world.path().to_owned() };
        state.update("k", |tally| tally.count = 7);
        fs::write(state.path("k", "json"), "{\"key\": \"k\", \"cou").unwrap();
        assert_eq!(state.update("k", |tally| std::mem::replace(&mut tally.count, 1)), 0);
        fs::write(state.path("k", "json"), "{\"key\": \"j\", \"count\": 9}").unwrap();
        assert_eq!(state.read("k"), None);
    }
}
