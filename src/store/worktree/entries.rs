//! Single entries of an index file: read, changed, and written with all others as they were.
//!
//! What libgit2 cannot read, a split or a sparse index, is read and written by git itself.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use git2::{Index, IndexEntry, IndexTime, Oid};

use super::Tree;
use crate::error::{Problem, Result};
use crate::platform;
use crate::process;
use crate::store::repository::unreadable;

/// The entries of an index file.
pub(super) enum Entries<'t> {
    Plain(Index),
    Gits(Gits<'t>),
}

/// An index that only git reads and writes.
pub(super) struct Gits<'t> {
    tree: &'t Tree,
    file: PathBuf,
    entries: BTreeMap<String, Known>,
    /// Changes as `git update-index --index-info` takes them.
    changes: Vec<u8>,
    /// Paths that stay out of the worktree.
    skipped: Vec<u8>,
}

/// What is asked of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub id: Oid,
    /// Kept out of the worktree by a sparse checkout.
    pub skipped: bool,
}

/// Bits of an entry's flags: which side of a conflict it is, that a person wants it not looked at, and that it is kept
/// out of the worktree (this one of the second set).
const STAGE: u16 = 0x3000;
const VALID: u16 = 0x8000;
const SKIP: u16 = 1 << 14;

/// Mode of what stands for a whole folder in a sparse index.
const FOLDER: u32 = 0o040_000;

impl<'t> Entries<'t> {
    /// The entries of `file`, which is the tree's index or a copy of it; none where there is no file.
    ///
    /// Exit code 7 when it cannot be read whole.
    pub fn open(tree: &'t Tree, file: &Path) -> Result<Entries<'t>> {
        // Only under a sparse checkout an index may stand for a folder by one entry.
        let sparse = tree.git_dir.join("info/sparse-checkout").exists();
        let collapsed = |index: &Index| sparse && index.iter().any(|entry| entry.mode == FOLDER);
        match Index::open(file) {
            Ok(index) if index.len() == entries_in(file) && !collapsed(&index) => Ok(Entries::Plain(index)),
            Ok(_) | Err(_) => Gits::open(tree, file).map(Entries::Gits),
        }
    }

    pub fn get(&self, path: &str) -> Option<Known> {
        match self {
            Entries::Plain(index) => index
                .get_path(Path::new(path), 0)
                .map(|entry| Known { id: entry.id, skipped: entry.flags_extended & SKIP != 0 }),
            Entries::Gits(gits) => gits.entries.get(path).copied(),
        }
    }

    /// The id of a path's entry.
    pub fn id(&self, path: &str) -> Option<Oid> {
        self.get(path).map(|known| known.id)
    }

    /// Entries of files that changed in the same second as the index was written, or later, are marked as unsure, as git
    /// itself does when it writes an index ("racy git"): with a newer index they would pass for unchanged.
    pub fn smudge(&mut self, original: &Path) -> Result<()> {
        let (Entries::Plain(index), Ok(data)) = (self, fs::metadata(original)) else { return Ok(()) };
        let (written, _) = platform::facts(&data).modified;
        let unsure = |entry: &IndexEntry| i64::from(entry.mtime.seconds()) >= written && entry.flags & STAGE == 0;
        let entries: Vec<IndexEntry> = index.iter().filter(unsure).collect();
        for entry in entries {
            index.add(&IndexEntry { file_size: 0, ..entry }).map_err(unreadable)?;
        }
        Ok(())
    }

    /// The entry of a file that is in the worktree as `target`.
    pub fn put(&mut self, target: &Path, path: &str, (id, mode): (Oid, u32)) -> Result<()> {
        match self {
            Entries::Plain(index) => {
                let flags = index.get_path(Path::new(path), 0).map_or(0, |entry| entry.flags & VALID);
                index.add(&IndexEntry { flags, mode, ..entry_of(target, path, id)? }).map_err(unreadable)
            }
            Entries::Gits(gits) => {
                gits.change(&format!("{mode:o} {id} 0"), path);
                Ok(())
            }
        }
    }

    /// The entry of a file that a sparse checkout keeps out of the worktree.
    pub fn put_skipped(&mut self, path: &str, id: Oid) -> Result<()> {
        match self {
            Entries::Plain(index) => {
                let Some(entry) = index.get_path(Path::new(path), 0) else { return Ok(()) };
                index.add(&IndexEntry { id, file_size: 0, ..entry }).map_err(unreadable)
            }
            Entries::Gits(gits) => {
                gits.change(&format!("100644 {id} 0"), path);
                gits.skipped.extend_from_slice(path.as_bytes());
                gits.skipped.push(0);
                Ok(())
            }
        }
    }

    /// The entry of a file whose state in the worktree is left to git's next look.
    pub fn put_unseen(&mut self, path: &str, id: Oid, mode: u32) -> Result<()> {
        match self {
            Entries::Plain(index) => {
                let never = IndexTime::new(0, 0);
                let entry = IndexEntry {
                    ctime: never,
                    mtime: never,
                    dev: 0,
                    ino: 0,
                    mode,
                    uid: 0,
                    gid: 0,
                    file_size: 0,
                    id,
                    flags: 0,
                    flags_extended: 0,
                    path: path.as_bytes().to_vec(),
                };
                index.add(&entry).map_err(unreadable)
            }
            Entries::Gits(gits) => {
                gits.change(&format!("{mode:o} {id} 0"), path);
                Ok(())
            }
        }
    }

    pub fn remove(&mut self, path: &str) -> Result<()> {
        match self {
            Entries::Plain(index) => index.remove_path(Path::new(path)).map_err(unreadable),
            Entries::Gits(gits) => {
                gits.change(&format!("0 {} 0", Oid::ZERO_SHA1), path);
                Ok(())
            }
        }
    }

    pub fn write(self) -> Result<()> {
        match self {
            Entries::Plain(mut index) => index.write().map_err(unreadable),
            Entries::Gits(gits) => gits.write(),
        }
    }
}

impl<'t> Gits<'t> {
    fn open(tree: &'t Tree, file: &Path) -> Result<Gits<'t>> {
        let mut gits =
            Gits { tree, file: file.to_owned(), entries: BTreeMap::new(), changes: Vec::new(), skipped: Vec::new() };
        let listed = tree.git(Some(file), &["ls-files", "-z", "-s", "-t"], &[])?;
        for line in listed.split(|byte| *byte == 0) {
            // `H 100644 <id> 0<tab>path`: tag, mode, id, side of a conflict.
            let Some((head, path)) = std::str::from_utf8(line).ok().and_then(|line| line.split_once('\t')) else {
                continue;
            };
            let words: Vec<&str> = head.split(' ').collect();
            if let [tag, _, id, "0"] = words[..]
                && let Ok(id) = id.parse()
            {
                gits.entries.insert(path.to_owned(), Known { id, skipped: tag == "S" });
            }
        }
        Ok(gits)
    }

    fn change(&mut self, what: &str, path: &str) {
        self.changes.extend_from_slice(format!("{what}\t{path}\0").as_bytes());
    }

    fn write(self) -> Result<()> {
        self.tree.git(Some(&self.file), &["update-index", "-z", "--index-info"], &self.changes)?;
        if !self.skipped.is_empty() {
            self.tree.git(Some(&self.file), &["update-index", "-z", "--skip-worktree", "--stdin"], &self.skipped)?;
        }
        // Times and sizes of the files are left to git's next look: refreshing them here would look at every file.
        Ok(())
    }
}

impl Tree {
    /// Runs git in the worktree, on `index` or its own; what it said. Exit code 7 when it fails.
    pub(super) fn git(&self, index: Option<&Path>, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>> {
        let cannot = |why: String| Problem::repository(format!("git's index cannot be read or written: {why}"));
        let mut git = process::git(&self.workdir);
        // `update-index` of git 2.47 gives a file in a collapsed folder a second entry; git collapses it again itself.
        git.args(["-c", "index.sparse=false", "--no-optional-locks", "--literal-pathspecs"]).args(arguments);
        // The attributes of the worktree may name filters, which are programs.
        git.env("GIT_ATTR_SOURCE", EMPTY_TREE);
        if let Some(index) = index {
            git.env("GIT_INDEX_FILE", index);
        }
        git.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = git.spawn().map_err(|error| cannot(error.to_string()))?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input).map_err(|error| cannot(error.to_string()))?;
        }
        let output = child.wait_with_output().map_err(|error| cannot(error.to_string()))?;
        if !output.status.success() {
            return Err(cannot(String::from_utf8_lossy(&output.stderr).trim().to_owned()).into());
        }
        Ok(output.stdout)
    }
}

/// The tree without entries, which every git knows.
const EMPTY_TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/// How many entries the header of an index says it has; none where there is no file.
fn entries_in(index: &Path) -> usize {
    let Ok(mut file) = fs::File::open(index) else { return 0 };
    // `DIRC`, the version, the number.
    let mut head = [0; 12];
    match file.read_exact(&mut head) {
        Ok(()) => u32::from_be_bytes([head[8], head[9], head[10], head[11]]) as usize,
        Err(_) => usize::MAX,
    }
}

/// The index entry of a file that has just been written.
fn entry_of(target: &Path, path: &str, id: Oid) -> Result<IndexEntry> {
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
