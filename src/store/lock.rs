//! The desk's lock: a queue for our own processes, and the stamp by which the next holder knows what a killed one left.
//!
//! The lock only spares lost races; that no update is lost rests on the compare-and-swap of the branch.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use git2::Oid;

use super::repository::Store;
use crate::error::{Problem, Result};

/// Held from before the first read until the branch has moved; released when dropped or when the process dies.
pub struct Lock {
    file: File,
    /// What the holder before us was about to write, as `(branch, id)`.
    left: Option<(String, String)>,
    until: Instant,
}

impl Lock {
    /// Waits for the lock, at most `timeout`. Exit code 7 names the holder.
    pub fn take(store: &Store, timeout: Duration) -> Result<Lock> {
        let folder = store.state_dir();
        let path = folder.join("lock");
        let cannot = |error: std::io::Error| {
            Problem::repository(format!("cannot write to {}: {error}", folder.display())).code("read_only")
        };
        fs::create_dir_all(&folder).map_err(cannot)?;
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(cannot)?;
        let until = Instant::now() + timeout;
        let mut pause = Duration::from_micros(500);
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < until => {
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_millis(8));
                }
                Err(TryLockError::WouldBlock) => return Err(busy(&mut file, &path, timeout).into()),
                Err(TryLockError::Error(error)) => return Err(cannot(error).into()),
            }
        }
        let left = stamp_in(&read_text(&mut file));
        let mut lock = Lock { file, left, until };
        lock.heal(store)?;
        Ok(lock)
    }

    /// When the caller's patience ends.
    pub fn until(&self) -> Instant {
        self.until
    }

    /// Writes down what is about to be swapped in, before the swap, so that a lock file of the branch that we leave
    /// behind when killed is known as ours.
    pub fn stamp(&mut self, store: &Store, id: Oid, durable: bool) -> Result<()> {
        let text = format!("{} {id} pid {} {}\n", store.reference(), std::process::id(), boot_id());
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.file.write_all(text.as_bytes())?;
        if durable {
            self.file.sync_data()?;
        }
        self.left = Some((store.reference().to_owned(), id.to_string()));
        Ok(())
    }

    /// Removes the branch's lock file when it is what a killed process of ours left; waits for a foreign one.
    pub fn heal(&mut self, store: &Store) -> Result<()> {
        let path = ref_lock(store);
        loop {
            let Ok(content) = fs::read_to_string(&path) else { return Ok(()) };
            let content = content.trim();
            let ours = match &self.left {
                Some((reference, id)) => reference == store.reference() && (content.is_empty() || content == id),
                None => false,
            };
            if ours {
                let _ = fs::remove_file(&path);
                return Ok(());
            }
            if Instant::now() >= self.until {
                return Err(Problem::repository(format!("another program holds {}", path.display()))
                    .code("ref_locked")
                    .hint("if no git is running here, remove that file")
                    .into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// The lock file that libgit2 and git make beside a branch while they move it.
fn ref_lock(store: &Store) -> PathBuf {
    store.common_dir().join(format!("{}.lock", store.reference()))
}

fn busy(file: &mut File, path: &std::path::Path, timeout: Duration) -> Problem {
    let holder =
        read_text(file).split_once("pid ").map(|(_, pid)| pid.split(' ').next().unwrap_or_default().to_owned());
    let who = holder.map_or_else(String::new, |pid| format!(", lately held by process {pid}"));
    Problem::repository(format!("the desk is busy: no turn within {} s{who}", timeout.as_secs()))
        .code("lock_timeout")
        .hint(format!("who has it: fuser {}     wait longer: --lock-timeout 2m", path.display()))
}

fn read_text(file: &mut File) -> String {
    let mut text = String::new();
    let _ = file.rewind();
    // A damaged stamp is no stamp: then nothing is removed.
    let _ = file.take(4096).read_to_string(&mut text);
    text
}

fn stamp_in(text: &str) -> Option<(String, String)> {
    let mut words = text.split(' ');
    Some((words.next()?.to_owned(), words.next()?.to_owned())).filter(|(reference, _)| !reference.is_empty())
}

fn boot_id() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").map(|id| id.trim().to_owned()).unwrap_or_default()
}
