//! Git's index of a worktree: taking its lock, and changing single entries of a copy.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use git2::{Index, IndexEntry, IndexTime, Oid, Repository};

use super::Tree;
use crate::error::{Problem, Result};
use crate::platform;
use crate::store::repository::unreadable;

/// First word of our lines in `index.lock`; git itself writes none there.
pub(super) const STAMP: &str = "git-desk ";
/// A copy of the index that is being changed, and git's lock in the making.
pub(super) const COPY: &str = "index.desk";
pub(super) const LOCK: &str = "index.desk-lock";

/// How many entries the header of an index says it has; none where there is no file.
pub(super) fn entries_in(index: &Path) -> Result<usize> {
    let Ok(bytes) = fs::read(index) else { return Ok(0) };
    let count = bytes.get(8..12).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes);
    Ok(count.unwrap_or(u32::MAX) as usize)
}

/// Entries of files that changed in the same second as the index was written, or later, are marked as unsure, as git
/// itself does when it writes an index ("racy git"): with a newer index they would pass for unchanged.
pub(super) fn smudge(index: &mut Index, original: &Path) -> Result<()> {
    let Ok(data) = fs::metadata(original) else { return Ok(()) };
    let (written, _) = platform::facts(&data).modified;
    let unsure = |entry: &IndexEntry| i64::from(entry.mtime.seconds()) >= written && entry.flags & STAGE == 0;
    let entries: Vec<IndexEntry> = index.iter().filter(unsure).collect();
    for entry in entries {
        index.add(&IndexEntry { file_size: 0, ..entry }).map_err(unreadable)?;
    }
    Ok(())
}

/// The bits of an entry's flags that say which side of a conflict it is.
const STAGE: u16 = 0x3000;

/// Takes git's own lock on the index. Exit code 7 when another program keeps it.
///
/// The lock appears with its stamp in it: an empty one could not be told from git's.
pub(super) fn lock_index(tree: &Tree, until: Instant) -> Result<()> {
    let path = tree.index_lock();
    let made = tree.git_dir.join(LOCK);
    let cannot = |error: std::io::Error| Problem::repository(format!("cannot lock git's index: {error}"));
    fs::write(&made, format!("{STAMP}{}\n", std::process::id())).map_err(cannot)?;
    let _ready = Removed(made.clone());
    loop {
        match fs::hard_link(&made, &path) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(_) => match OpenOptions::new().write(true).create_new(true).open(&path) {
                // A file system without hard links.
                Ok(mut file) => {
                    return file.write_all(STAMP.as_bytes()).map_err(|error| {
                        let _ = fs::remove_file(&path);
                        cannot(error).into()
                    });
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(cannot(error).into()),
            },
        }
        if Instant::now() >= until {
            return Err(Problem::repository(format!("another program holds {}", path.display()))
                .code("index_locked")
                .hint("if no git is running here, remove that file")
                .into());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A file that goes when this does.
struct Removed(PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

pub(super) fn index_is_shared(repo: &Repository, tree: &Tree) -> bool {
    let config = repo.config().and_then(|mut config| config.snapshot());
    let set = |name: &str| config.as_ref().is_ok_and(|config| config.get_bool(name).unwrap_or(false));
    let shared = fs::read_dir(&tree.git_dir).into_iter().flatten().flatten();
    let split = shared.into_iter().any(|entry| entry.file_name().to_string_lossy().starts_with("sharedindex."));
    split || set("core.splitIndex") || set("index.sparse")
}

/// The index entry of a file that has just been written.
pub(super) fn entry_of(target: &Path, path: &str, id: Oid) -> Result<IndexEntry> {
    let data = fs::symlink_metadata(target)?;
    let facts = platform::facts(&data);
    // The index keeps the lower 32 bits of everything.
    let low = |number: u64| number as u32;
    let time = |(seconds, nanoseconds): (i64, i64)| IndexTime::new(seconds as i32, nanoseconds as u32);
    Ok(IndexEntry {
        ctime: time(facts.changed),
        mtime: time(facts.modified),
        dev: low(facts.device),
        ino: low(facts.inode),
        mode: 0o100_644,
        uid: facts.user,
        gid: facts.group,
        file_size: low(data.len()),
        id,
        flags: 0,
        flags_extended: 0,
        path: path.as_bytes().to_vec(),
    })
}
