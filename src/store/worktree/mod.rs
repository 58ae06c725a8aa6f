//! A branch that is checked out: a person's index and files come along when the branch moves, and nothing of theirs is
//! touched.
//!
//! Moving a branch alone would make the person's next `git commit` revert what we wrote. So for every worktree on the
//! branch: refuse before the swap when a touched path is not as the branch has it; hold git's own `index.lock`; write
//! down the intent; swap; write the touched files; change only their entries in a copy of the index and rename it.
//! Whoever is killed on the way leaves an intent that the next command completes or drops.
//!
//! Git reads its index before it locks it, so a `git commit` at the very moment may still take our files out again;
//! [`repair`] puts them back.

mod files;
mod repair;

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use git2::{
    AttrCheckFlags, AttrValue, Delta, ErrorCode, Index, IndexEntry, IndexTime, ObjectType, Oid, Repository, Status,
};

use super::lock::Lock;
use super::repository::{Store, open_again, unreadable};
use crate::error::{Problem, Result};
use files::{TEMPORARY, remove_file, write_file, write_synced};

/// A worktree that is on the desk's branch.
#[derive(Debug, Clone)]
struct Tree {
    git_dir: PathBuf,
    workdir: PathBuf,
}

/// A file that differs between two commits: path from the repository's root, and both blobs.
#[derive(Debug, Clone)]
struct Change {
    path: String,
    old: Option<Oid>,
    new: Option<Oid>,
}

/// Worktrees whose indexes are locked, ready to follow the branch. Dropped, everything is let go.
pub(super) struct Held {
    trees: Vec<Tree>,
    changes: Vec<Change>,
    intent: PathBuf,
    keep_intent: bool,
}

impl Drop for Held {
    fn drop(&mut self) {
        for tree in &self.trees {
            let _ = fs::remove_file(tree.index_lock());
        }
        if !self.keep_intent {
            let _ = fs::remove_file(&self.intent);
        }
    }
}

impl Tree {
    fn index_lock(&self) -> PathBuf {
        self.git_dir.join("index.lock")
    }

    fn index(&self) -> PathBuf {
        self.git_dir.join("index")
    }

    fn open(&self) -> Result<Repository> {
        open_again(&self.git_dir, false)
    }

    /// A merge, a rebase, a pick: the person is in the middle of something that a moved branch would spoil.
    fn busy_with(&self) -> Option<&'static str> {
        let states = [
            ("MERGE_HEAD", "a merge"),
            ("CHERRY_PICK_HEAD", "a cherry-pick"),
            ("REVERT_HEAD", "a revert"),
            ("rebase-merge", "a rebase"),
            ("rebase-apply", "a rebase"),
        ];
        states.iter().find(|(file, _)| self.git_dir.join(file).exists()).map(|(_, what)| *what)
    }
}

/// First word of our lines in `index.lock`; git itself writes none there.
const STAMP: &str = "git-desk ";
/// A copy of the index that is being changed, and git's lock in the making.
const COPY: &str = "index.desk";
const LOCK: &str = "index.desk-lock";

impl Store {
    /// The worktrees whose HEAD, or whose rebase, is the desk's branch.
    fn worktrees(&self) -> Vec<Tree> {
        let mut trees = Vec::new();
        let main = self.common_dir();
        if !self.setting_is_true("core.bare")
            && is_on(main, self.reference())
            && let Some(workdir) = self.main_workdir()
        {
            trees.push(Tree { git_dir: main.to_owned(), workdir });
        }
        for entry in fs::read_dir(main.join("worktrees")).into_iter().flatten().flatten() {
            let git_dir = entry.path();
            // With `worktree.useRelativePaths` the way leads from the git folder.
            let dot_git = git_dir.join(fs::read_to_string(git_dir.join("gitdir")).unwrap_or_default().trim_end());
            let workdir = dot_git.parent().map(Path::to_owned).unwrap_or_default();
            if is_on(&git_dir, self.reference()) && workdir.is_dir() {
                trees.push(Tree { git_dir, workdir });
            }
        }
        trees
    }

    fn main_workdir(&self) -> Option<PathBuf> {
        if self.git_dir() == self.common_dir() {
            return self.workdir().map(Path::to_owned);
        }
        let main = open_again(self.common_dir(), false).ok()?;
        main.workdir().map(Path::to_owned)
    }

    /// A file of ours for this branch: what happens to one says nothing of another.
    fn state_file(&self, what: &str) -> PathBuf {
        let branch = self.reference().replace('%', "%25").replace('/', "%2f");
        self.state_dir().join(format!("{what}-{branch}"))
    }

    fn intent(&self) -> PathBuf {
        self.state_file("intent")
    }

    /// Makes every worktree on the branch ready to follow it from `tip` to `new`; `None` where there is none.
    ///
    /// Exit code 5 when a touched path is not as the branch has it, or a merge or rebase runs; 7 when another program
    /// keeps the index locked.
    pub(super) fn hold_worktrees(&self, lock: &Lock, tip: Option<Oid>, new: Oid) -> Result<Option<Held>> {
        let mut trees = self.worktrees();
        // Of a branch with commits, a worktree without an index has nothing checked out: there is nothing to bring along.
        trees.retain(|tree| tip.is_none() || tree.index().exists());
        if trees.is_empty() {
            return Ok(None);
        }
        let changes = self.changes_between(tip, new)?;
        let mut held = Held { trees: Vec::new(), changes, intent: self.intent(), keep_intent: false };
        for tree in trees {
            if let Some(what) = tree.busy_with() {
                return Err(Problem::refused(format!("{what} is under way in {}", tree.workdir.display()))
                    .code("busy_worktree")
                    .hint("end it first (git status tells how); nothing was written")
                    .into());
            }
            lock_index(&tree, lock.until())?;
            held.trees.push(tree);
        }
        for tree in &held.trees {
            let repo = tree.open()?;
            if index_is_shared(&repo, tree) {
                return Err(Problem::repository(
                    "this worktree has a split or sparse index, which cannot be written yet",
                )
                .code("split_index")
                .hint("git config core.splitIndex false && git update-index --no-split-index")
                .hint("or work in a bare clone: git clone --bare")
                .into());
            }
            for change in &held.changes {
                refuse_modified(&repo, tree, change)?;
                if tip.is_some() {
                    refuse_converted(&repo, change)?;
                }
            }
        }
        let text = format!("{} {new}\n", tip.unwrap_or(Oid::ZERO_SHA1));
        write_synced(&held.intent, &text, self.is_durable())?;
        self.note_in_journal(tip, new)?;
        Ok(Some(held))
    }

    /// Brings index and files of the held worktrees to the commit that the branch is at now.
    ///
    /// The commit is done: what fails here is left as an intent to the next command.
    pub(super) fn bring_along(&self, mut held: Held) {
        let mut failed = false;
        for tree in &held.trees {
            if let Err(error) = self.follow(tree, &held.changes) {
                log::warn!("{} was not brought along: {error:#}", tree.workdir.display());
                failed = true;
            }
        }
        held.keep_intent = failed;
    }

    /// Completes or drops what a killed process began. The caller holds the desk's lock.
    pub(super) fn recover_worktrees(&self, until: Instant) -> Result<()> {
        let trees = self.worktrees();
        for tree in &trees {
            // Ours by its stamp, and whoever held it held the desk's lock, which we have: its holder is dead.
            if fs::read_to_string(tree.index_lock()).is_ok_and(|text| text.starts_with(STAMP)) {
                let _ = fs::remove_file(tree.index_lock());
            }
            for left in [LOCK.to_owned(), COPY.to_owned(), format!("{COPY}.lock")] {
                let _ = fs::remove_file(tree.git_dir.join(left));
            }
        }
        let Ok(text) = fs::read_to_string(self.intent()) else { return Ok(()) };
        let Some((old, new)) = pair(&text).filter(|(_, new)| self.repo().find_commit(*new).is_ok()) else {
            let _ = fs::remove_file(self.intent());
            return Ok(());
        };
        let changes = self.changes_between(old, new)?;
        for change in &changes {
            for tree in &trees {
                let folder = tree.workdir.join(&change.path);
                let _ = fs::remove_file(folder.with_file_name(TEMPORARY));
            }
        }
        if self.tip()?.is_some_and(|tip| self.reaches(tip, new).unwrap_or(false)) {
            for tree in trees {
                lock_index(&tree, until)?;
                let followed = self.follow(&tree, &changes);
                let _ = fs::remove_file(tree.index_lock());
                followed?;
            }
        }
        let _ = fs::remove_file(self.intent());
        Ok(())
    }

    /// The files by which two commits differ.
    fn changes_between(&self, old: Option<Oid>, new: Oid) -> Result<Vec<Change>> {
        let tree = |commit: Oid| self.repo().find_commit(commit).and_then(|commit| commit.tree()).map_err(unreadable);
        let (before, after) = (old.map(tree).transpose()?, tree(new)?);
        let diff = self.repo().diff_tree_to_tree(before.as_ref(), Some(&after), None).map_err(unreadable)?;
        let mut changes = Vec::new();
        for delta in diff.deltas() {
            let path = delta.new_file().path().or(delta.old_file().path()).and_then(Path::to_str);
            let Some(path) = path else { continue };
            changes.push(Change {
                path: path.to_owned(),
                old: (delta.status() != Delta::Added).then(|| delta.old_file().id()),
                new: (delta.status() != Delta::Deleted).then(|| delta.new_file().id()),
            });
        }
        Ok(changes)
    }

    /// Writes the changed files and their index entries. What is not as the old commit had it is a person's, and stays.
    fn follow(&self, tree: &Tree, changes: &[Change]) -> Result<()> {
        let copy = tree.git_dir.join(COPY);
        let _ = fs::remove_file(&copy);
        match fs::copy(tree.index(), &copy) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Problem::repository(format!("git's index cannot be read: {error}")).into()),
        }
        let followed = self.follow_in(tree, changes, &copy);
        if followed.is_ok() {
            fs::rename(&copy, tree.index())?;
        } else {
            let _ = fs::remove_file(&copy);
        }
        followed
    }

    fn follow_in(&self, tree: &Tree, changes: &[Change], copy: &Path) -> Result<()> {
        let mut index = Index::open(copy).map_err(unreadable)?;
        if index.len() != entries_in(copy)? {
            return Err(Problem::repository("git's index cannot be read whole").into());
        }
        smudge(&mut index, &tree.index())?;
        for change in changes {
            let entry = index.get_path(Path::new(&change.path), 0).map(|entry| entry.id);
            if entry != change.old && entry != change.new {
                continue;
            }
            let target = tree.workdir.join(&change.path);
            let present = Oid::hash_file(ObjectType::Blob, &target).ok();
            match change.new {
                Some(new) => {
                    if present != Some(new) {
                        if present != change.old && present.is_some() {
                            continue;
                        }
                        let bytes = self.repo().find_blob(new).map_err(unreadable)?.content().to_vec();
                        write_file(&tree.workdir, &change.path, &bytes)?;
                    }
                    index.add(&entry_of(&target, &change.path, new)?).map_err(unreadable)?;
                }
                None => {
                    if present.is_some() && present == change.old {
                        remove_file(&tree.workdir, &change.path)?;
                    }
                    if entry.is_some() {
                        index.remove_path(Path::new(&change.path)).map_err(unreadable)?;
                    }
                }
            }
        }
        index.write().map_err(unreadable)
    }

    /// The desk's files that a person has changed in this worktree and not committed: paths from the desk's root.
    pub fn worktree_edits(&self) -> Result<BTreeMap<String, Option<Vec<u8>>>> {
        let mut edits = BTreeMap::new();
        let on_branch = self.workdir().filter(|_| is_on(self.git_dir(), self.reference()));
        let Some(workdir) = on_branch else { return Ok(edits) };
        let mut options = git2::StatusOptions::new();
        options.include_untracked(true).recurse_untracked_dirs(true).exclude_submodules(true);
        if !self.root().is_empty() {
            options.pathspec(self.root().trim_end_matches('/'));
        }
        for entry in self.repo().statuses(Some(&mut options)).map_err(unreadable)?.iter() {
            let Ok(path) = entry.path() else { continue };
            let Some(inside) = path.strip_prefix(self.root()) else { continue };
            if inside != "desk.toml" && !inside.starts_with("tickets/") {
                continue;
            }
            let file = workdir.join(path);
            let regular = fs::symlink_metadata(&file).is_ok_and(|data| data.is_file());
            edits.insert(inside.to_owned(), if regular { fs::read(&file).ok() } else { None });
        }
        Ok(edits)
    }
}

/// Whether a worktree's HEAD is the branch, or a rebase of it runs there.
fn is_on(git_dir: &Path, reference: &str) -> bool {
    let names = |file: &str| fs::read_to_string(git_dir.join(file)).unwrap_or_default();
    names("HEAD").trim_end().strip_prefix("ref: ") == Some(reference)
        || names("rebase-merge/head-name").trim_end() == reference
        || names("rebase-apply/head-name").trim_end() == reference
}

/// `old new` as two commits; the first is `None` for the zero id.
fn pair(line: &str) -> Option<(Option<Oid>, Oid)> {
    let (old, new) = line.trim_end().split_once(' ')?;
    let old: Oid = old.parse().ok()?;
    Some(((!old.is_zero()).then_some(old), new.parse().ok()?))
}

/// How many entries the header of an index says it has; none where there is no file.
fn entries_in(index: &Path) -> Result<usize> {
    let Ok(bytes) = fs::read(index) else { return Ok(0) };
    let count = bytes.get(8..12).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes);
    Ok(count.unwrap_or(u32::MAX) as usize)
}

/// Entries of files that changed in the same second as the index was written, or later, are marked as unsure, as git
/// itself does when it writes an index ("racy git"): with a newer index they would pass for unchanged.
fn smudge(index: &mut Index, original: &Path) -> Result<()> {
    let Ok(data) = fs::metadata(original) else { return Ok(()) };
    let unsure = |entry: &IndexEntry| i64::from(entry.mtime.seconds()) >= data.mtime() && entry.flags & STAGE == 0;
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
fn lock_index(tree: &Tree, until: Instant) -> Result<()> {
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

fn index_is_shared(repo: &Repository, tree: &Tree) -> bool {
    let config = repo.config().and_then(|mut config| config.snapshot());
    let set = |name: &str| config.as_ref().is_ok_and(|config| config.get_bool(name).unwrap_or(false));
    let shared = fs::read_dir(&tree.git_dir).into_iter().flatten().flatten();
    let split = shared.into_iter().any(|entry| entry.file_name().to_string_lossy().starts_with("sharedindex."));
    split || set("core.splitIndex") || set("index.sparse")
}

/// Refuses a file that git would convert on its way to the worktree: what we write there would not be what git expects.
fn refuse_converted(repo: &Repository, change: &Change) -> Result<()> {
    let value = |name: &str| {
        let text = repo.get_attr(Path::new(&change.path), name, AttrCheckFlags::FILE_THEN_INDEX).ok().flatten();
        AttrValue::from_string(text)
    };
    let crlf = match value("eol") {
        AttrValue::String(eol) => eol == "crlf",
        AttrValue::True | AttrValue::False | AttrValue::Bytes(_) | AttrValue::Unspecified => {
            let by_setting = repo.config().and_then(|config| config.get_bool("core.autocrlf")).unwrap_or(false);
            by_setting && value("text") != AttrValue::False
        }
    };
    let is_set = |name: &&str| !matches!(value(name), AttrValue::False | AttrValue::Unspecified);
    let other = ["filter", "ident", "working-tree-encoding"].into_iter().find(is_set);
    let Some(what) = other.or(crlf.then_some("eol")) else { return Ok(()) };
    Err(Problem::refused(format!(
        "git's attribute `{what}` converts {} in this worktree; nothing was written",
        change.path
    ))
    .code("converted")
    .hint("the desk's own .gitattributes says what is needed: *.toml text eol=lf")
    .hint(format!("where this comes from: git check-attr -a {}", change.path))
    .into())
}

fn refuse_modified(repo: &Repository, tree: &Tree, change: &Change) -> Result<()> {
    let path = Path::new(&change.path);
    let target = tree.workdir.join(path);
    let mut folder = tree.workdir.clone();
    for part in path.parent().into_iter().flat_map(Path::components) {
        folder.push(part);
        if fs::symlink_metadata(&folder).is_ok_and(|data| !data.is_dir()) {
            let shown = folder.strip_prefix(&tree.workdir).unwrap_or(&folder).display().to_string();
            return Err(Problem::refused(format!("{shown} is no folder; nothing was written"))
                .code("modified")
                .hint(format!("put it back: git restore {shown}"))
                .into());
        }
    }
    let state = match repo.status_file(path) {
        Ok(Status::CURRENT) => None,
        Ok(status) if status.intersects(Status::CONFLICTED) => Some("is in conflict"),
        Ok(status) if status.is_ignored() => Some("is ignored by git"),
        Ok(status) if status.is_wt_new() => Some("is there and not committed"),
        Ok(status) if status.is_index_new() || status.is_index_modified() || status.is_index_deleted() => {
            Some("has changes of yours that are staged and not committed")
        }
        Ok(_) => Some("has changes of yours that are not committed"),
        Err(error) if error.code() == ErrorCode::NotFound => {
            let there = fs::symlink_metadata(&target).is_ok();
            if there {
                Some("is there and is no file of the desk")
            } else if change.old.is_none() && repo.is_path_ignored(path).unwrap_or(false) {
                Some("would be ignored by git")
            } else {
                None
            }
        }
        Err(error) if error.code() == ErrorCode::Ambiguous => Some("is a folder"),
        Err(error) => return Err(unreadable(error)),
    };
    let Some(state) = state else { return Ok(()) };
    Err(Problem::refused(format!("{} {state}; nothing was written", change.path))
        .code("modified")
        .hint(format!("keep it: git commit -m edit {}", change.path))
        .hint(format!("drop it: git restore {}", change.path))
        .into())
}

/// The index entry of a file that has just been written.
fn entry_of(target: &Path, path: &str, id: Oid) -> Result<IndexEntry> {
    let data = fs::symlink_metadata(target)?;
    // The index keeps the lower 32 bits of everything.
    let low = |number: u64| number as u32;
    Ok(IndexEntry {
        ctime: IndexTime::new(data.ctime() as i32, data.ctime_nsec() as u32),
        mtime: IndexTime::new(data.mtime() as i32, data.mtime_nsec() as u32),
        dev: low(data.dev()),
        ino: low(data.ino()),
        mode: 0o100_644,
        uid: data.uid(),
        gid: data.gid(),
        file_size: low(data.size()),
        id,
        flags: 0,
        flags_extended: 0,
        path: path.as_bytes().to_vec(),
    })
}
