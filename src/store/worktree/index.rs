//! Git's index of a worktree: its lock, and what it was when we last saw it.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::Tree;
use crate::error::{Problem, Result};
use crate::platform;

/// First word of our lines in `index.lock`; git itself writes none there.
pub(super) const STAMP: &str = "git-desk ";
/// A copy of the index that is being changed, and git's lock in the making.
pub(super) const COPY: &str = "index.desk";
pub(super) const LOCK: &str = "index.desk-lock";

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

/// What tells one state of an index file from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IndexState {
    /// When it was written, in seconds since 1970.
    pub seconds: i64,
    nanoseconds: i64,
    size: u64,
    inode: u64,
}

impl IndexState {
    pub fn of(tree: &Tree) -> Option<IndexState> {
        let data = fs::metadata(tree.index()).ok()?;
        let facts = platform::facts(&data);
        let (seconds, nanoseconds) = facts.modified;
        Some(IndexState { seconds, nanoseconds, size: data.len(), inode: facts.inode })
    }

    pub fn text(&self) -> String {
        format!("{} {} {} {}\n", self.seconds, self.nanoseconds, self.size, self.inode)
    }

    pub fn parse(text: &str) -> Option<IndexState> {
        let mut words = text.split_whitespace();
        Some(IndexState {
            seconds: words.next()?.parse().ok()?,
            nanoseconds: words.next()?.parse().ok()?,
            size: words.next()?.parse().ok()?,
            inode: words.next()?.parse().ok()?,
        })
    }
}
