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
    /// What a holder was about to write who is through with it: killed, or else it would have taken the stamp away.
    left: Option<Stamp>,
    until: Instant,
}

/// What is about to be swapped in.
struct Stamp {
    reference: String,
    id: String,
}

/// How long an empty lock file must stand still before it counts as left behind: git makes one and fills it at once.
const STILL: Duration = Duration::from_secs(1);

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
        let begin = Instant::now();
        let until = begin + timeout;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < until => {
                    std::thread::sleep(pause(begin.elapsed()));
                }
                Err(TryLockError::WouldBlock) => return Err(busy(&mut file, &path, timeout).into()),
                Err(TryLockError::Error(error)) => return Err(cannot(error).into()),
            }
        }
        let left = Stamp::read(&read_text(&mut file));
        let mut lock = Lock { file, left, until };
        lock.heal(store)?;
        lock.left = None;
        Ok(lock)
    }

    /// From now on, patience for as long again.
    pub fn renew(&mut self, timeout: Duration) {
        self.until = Instant::now() + timeout;
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
        Ok(())
    }

    /// After the swap, however it went: whatever lock file there is from now on is not of ours.
    pub fn unstamp(&mut self) {
        // Where this fails, the next holder waits a little for a lock file that is still empty.
        let _ = self.file.set_len(0);
    }

    /// Removes the branch's lock file when it is what a killed process of ours left; waits for a foreign one.
    ///
    /// Git's own lock file is empty for a moment: one that is empty counts as left behind only when it stands still.
    pub fn heal(&mut self, store: &Store) -> Result<()> {
        let path = ref_lock(store);
        let mut empty_since: Option<(Instant, std::time::SystemTime)> = None;
        loop {
            let Ok(data) = fs::metadata(&path) else { return Ok(()) };
            let content = fs::read_to_string(&path).unwrap_or_default();
            let left = self.left.as_ref().filter(|left| left.reference == store.reference());
            if left.is_some_and(|left| content.trim() == left.id) {
                let _ = fs::remove_file(&path);
                return Ok(());
            }
            if left.is_some() && content.is_empty() {
                let made = data.modified().unwrap_or(std::time::UNIX_EPOCH);
                let since = *empty_since.get_or_insert((Instant::now(), made));
                if since.1 != made {
                    empty_since = None;
                } else if since.0.elapsed() >= STILL {
                    let _ = fs::remove_file(&path);
                    return Ok(());
                }
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

/// Between two tries for the lock. Whoever has waited longer tries more often, so that newcomers do not get past them
/// for ever.
fn pause(waited: Duration) -> Duration {
    Duration::from_micros(match waited.as_millis() {
        0..20 => 1_000,
        20..1_000 => 8_000,
        1_000..4_000 => 4_000,
        4_000..10_000 => 1_000,
        _ => 250,
    })
}

impl Stamp {
    fn read(text: &str) -> Option<Stamp> {
        let mut words = text.split_whitespace();
        let (reference, id) = (words.next()?.to_owned(), words.next()?.to_owned());
        words.next().map(|_| Stamp { reference, id })
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

fn boot_id() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").map(|id| id.trim().to_owned()).unwrap_or_default()
}
