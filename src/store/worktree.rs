//! A branch that is checked out: a person's index and files come along when the branch moves, and nothing of theirs is
//! touched.
//!
//! Moving a branch alone would make the person's next `git commit` revert what we wrote. So for every worktree on the
//! branch: refuse before the swap when a touched path is not as the branch has it; hold git's own `index.lock`; write
//! down the intent; swap; write the touched files; change only their entries in a copy of the index and rename it.
//! Whoever is killed on the way leaves an intent that the next command completes or drops.
//!
//! Git reads its index before it locks it, so a `git commit` at the very moment may still take our files out again.
//! A journal of the last commits finds that: the branch has lost the file, and the worktree still has our bytes.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use git2::{Delta, ErrorCode, Index, IndexEntry, IndexTime, ObjectType, Oid, Repository, Status};

use super::lock::Lock;
use super::message::{Message, Person, When};
use super::repository::{Store, open_again, unreadable};
use super::transaction::Terms;
use crate::error::{Problem, Result};

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
/// Commits that the journal remembers.
const JOURNAL: usize = 256;

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
            let workdir = fs::read_to_string(git_dir.join("gitdir")).unwrap_or_default();
            let workdir = Path::new(workdir.trim_end()).parent().map(Path::to_owned).unwrap_or_default();
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

    fn intent(&self) -> PathBuf {
        self.state_dir().join("intent")
    }

    fn journal(&self) -> PathBuf {
        self.state_dir().join("journal")
    }

    /// Makes every worktree on the branch ready to follow it from `tip` to `new`; `None` where there is none.
    ///
    /// Exit code 5 when a touched path is not as the branch has it, or a merge or rebase runs; 7 when another program
    /// keeps the index locked.
    pub(super) fn hold_worktrees(&self, lock: &Lock, tip: Option<Oid>, new: Oid) -> Result<Option<Held>> {
        let trees = self.worktrees();
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
            }
        }
        let text = format!("{} {new}\n", tip.unwrap_or(Oid::ZERO_SHA1));
        write_synced(&held.intent, &text, self.is_durable())?;
        self.note_in_journal(&text)?;
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
        let intent = self.intent();
        let trees = self.worktrees();
        for tree in &trees {
            // Ours by its stamp, and whoever held it held the desk's lock, which we have: its holder is dead.
            if fs::read_to_string(tree.index_lock()).is_ok_and(|text| text.starts_with(STAMP)) {
                let _ = fs::remove_file(tree.index_lock());
            }
        }
        let Ok(text) = fs::read_to_string(&intent) else { return Ok(()) };
        if let Some((old, new)) = pair(&text)
            && self.repo().find_commit(new).is_ok()
            && self.tip()?.is_some_and(|tip| self.reaches(tip, new).unwrap_or(false))
        {
            let changes = self.changes_between(old, new)?;
            for tree in trees {
                lock_index(&tree, until)?;
                let followed = self.follow(&tree, &changes);
                let _ = fs::remove_file(tree.index_lock());
                followed?;
            }
        }
        let _ = fs::remove_file(&intent);
        Ok(())
    }

    /// What a racing `git commit` took out of the branch although it had been acknowledged: put back by a commit.
    ///
    /// The sign: the branch no longer has what one of our last commits wrote, and the worktree still does.
    pub fn repair(&self, patience: Duration) -> Result<()> {
        if !self.needs_repair()? {
            return Ok(());
        }
        let mut lock = Lock::take(self, patience)?;
        self.recover_worktrees(lock.until())?;
        for _ in 0..16 {
            let Some(tip) = self.tip()? else { return Ok(()) };
            let lost = self.lost(tip)?;
            if lost.is_empty() {
                return self.note_in_journal(&format!("{tip} {tip}\n"));
            }
            if self.restore(&mut lock, tip, lost)? {
                continue;
            }
        }
        Ok(())
    }

    /// Whether somebody moved the branch since our last commit to it, or a process died on the way.
    fn needs_repair(&self) -> Result<bool> {
        if self.is_bare() {
            return Ok(false);
        }
        if self.intent().exists() {
            return Ok(true);
        }
        let Ok(text) = fs::read_to_string(self.journal()) else { return Ok(false) };
        let last = text.lines().last().and_then(pair).map(|(_, new)| new);
        Ok(last.is_some() && last != self.tip()?)
    }

    /// Paths with the blobs that they should have, and the commit that wrote them.
    fn lost(&self, tip: Oid) -> Result<Vec<(String, Oid, Oid)>> {
        let text = fs::read_to_string(self.journal()).unwrap_or_default();
        let mut written: BTreeMap<String, (Option<Oid>, Oid)> = BTreeMap::new();
        for (old, new) in text.lines().filter_map(pair).filter(|(old, new)| *old != Some(*new)) {
            // A commit that never got onto the branch, or that history has lost since, is nobody's loss.
            if self.repo().find_commit(new).is_err() || !self.reaches(tip, new).unwrap_or(false) {
                continue;
            }
            for change in self.changes_between(old, new)? {
                written.insert(change.path, (change.new, new));
            }
        }
        let tree = self.repo().find_commit(tip).and_then(|commit| commit.tree()).map_err(unreadable)?;
        let trees = self.worktrees();
        let mut lost = Vec::new();
        for (path, (blob, commit)) in written {
            let Some(blob) = blob else { continue };
            let now = tree.get_path(path.as_ref()).ok().map(|entry| entry.id());
            let kept =
                |tree: &Tree| Oid::hash_file(ObjectType::Blob, tree.workdir.join(&path)).is_ok_and(|id| id == blob);
            if now != Some(blob) && trees.iter().any(kept) {
                lost.push((path, blob, commit));
            }
        }
        Ok(lost)
    }

    /// Commits the lost files again; `false` when the branch moved meanwhile.
    fn restore(&self, lock: &mut Lock, tip: Oid, lost: Vec<(String, Oid, Oid)>) -> Result<bool> {
        let mut changes = super::tree::Changes::new();
        let mut author = None;
        for (path, blob, commit) in lost {
            let bytes = self.repo().find_blob(blob).map_err(unreadable)?.content().to_vec();
            changes.insert(path, Some(bytes));
            let commit = self.repo().find_commit(commit).map_err(unreadable)?;
            let who = commit.author();
            let person =
                Person::new(&String::from_utf8_lossy(who.name_bytes()), &String::from_utf8_lossy(who.email_bytes()));
            author = Some((person, commit.committer().when().seconds()));
        }
        let Some((person, at)) = author else { return Ok(false) };
        let at = jiff::Timestamp::from_second(at.max(self.commit_time(tip)?))?;
        let when = When { at, offset_minutes: 0 };
        let mut message = Message::new(format!("restore {} files", changes.len()));
        message.body = "A commit that was made at the same moment did not see them.".to_owned();
        let terms = Terms {
            author: person.clone(),
            committer: person,
            at: when,
            now: when,
            lock_timeout: Duration::ZERO,
            dry_run: false,
            op_id: None,
            subject: None,
            signer: None,
        };
        // The worktree has the files already, and the index has lost them: only the index comes along.
        let objects = self.plan(Some(tip), &changes, &message, &terms)?;
        let Some(commit) = objects.last().map(|object| object.id) else { return Ok(false) };
        super::objects::write(self, &objects, self.is_durable())?;
        lock.stamp(self, commit, self.is_durable())?;
        let swapped = self.swap(Some(tip), commit, "desk: restore")?;
        if swapped != super::transaction::Swap::Done {
            return Ok(false);
        }
        let changes = self.changes_between(Some(tip), commit)?;
        for tree in self.worktrees() {
            lock_index(&tree, lock.until())?;
            let followed = self.follow(&tree, &changes);
            let _ = fs::remove_file(tree.index_lock());
            followed?;
        }
        Ok(true)
    }

    fn note_in_journal(&self, line: &str) -> Result<()> {
        let text = fs::read_to_string(self.journal()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().filter(|have| *have != line.trim_end()).collect();
        let kept = &lines[lines.len().saturating_sub(JOURNAL)..];
        let text: String = kept.iter().map(|line| format!("{line}\n")).chain([line.to_owned()]).collect();
        write_synced(&self.journal(), &text, false)
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
        let copy = tree.git_dir.join(format!("index.desk-{}", std::process::id()));
        if tree.index().exists() {
            fs::copy(tree.index(), &copy)?;
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

/// Takes git's own lock on the index. Exit code 7 when another program keeps it.
fn lock_index(tree: &Tree, until: Instant) -> Result<()> {
    let path = tree.index_lock();
    loop {
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => return Ok(file.write_all(format!("{STAMP}{}\n", std::process::id()).as_bytes())?),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Problem::repository(format!("cannot lock git's index: {error}")).into()),
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

fn index_is_shared(repo: &Repository, tree: &Tree) -> bool {
    let config = repo.config().and_then(|mut config| config.snapshot());
    let set = |name: &str| config.as_ref().is_ok_and(|config| config.get_bool(name).unwrap_or(false));
    let shared = fs::read_dir(&tree.git_dir).into_iter().flatten().flatten();
    let split = shared.into_iter().any(|entry| entry.file_name().to_string_lossy().starts_with("sharedindex."));
    split || set("core.splitIndex") || set("index.sparse")
}

fn refuse_modified(repo: &Repository, tree: &Tree, change: &Change) -> Result<()> {
    let path = Path::new(&change.path);
    let target = tree.workdir.join(path);
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

/// Writes a file below `top` without following links: a temporary file in the same folder, then a rename.
fn write_file(top: &Path, path: &str, bytes: &[u8]) -> Result<()> {
    let target = top.join(path);
    let Some(folder) = target.parent() else { return Ok(()) };
    make_folders(top, path)?;
    let temporary = folder.join(format!(".git-desk-{}", std::process::id()));
    let _ = fs::remove_file(&temporary);
    let written = OpenOptions::new().write(true).create_new(true).open(&temporary).and_then(|mut file| {
        file.write_all(bytes)?;
        fs::rename(&temporary, &target)
    });
    if let Err(error) = written {
        let _ = fs::remove_file(&temporary);
        return Err(Problem::repository(format!("cannot write {}: {error}", target.display())).into());
    }
    Ok(())
}

/// The folders on the way to a file; each must be a folder and no link to one.
fn make_folders(top: &Path, path: &str) -> Result<()> {
    let mut folder = top.to_owned();
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in parts {
        folder.push(part);
        match fs::symlink_metadata(&folder) {
            Ok(data) if data.is_dir() => {}
            Ok(_) => {
                return Err(Problem::refused(format!("{} is no folder", folder.display())).code("modified").into());
            }
            Err(_) => match fs::create_dir(&folder) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => {
                    return Err(Problem::repository(format!("cannot make {}: {error}", folder.display())).into());
                }
            },
        }
    }
    Ok(())
}

/// Removes a file, and the folders that are empty then.
fn remove_file(top: &Path, path: &str) -> Result<()> {
    let target = top.join(path);
    fs::remove_file(&target)?;
    let mut folder = target.parent();
    while let Some(empty) = folder.filter(|folder| *folder != top) {
        if fs::remove_dir(empty).is_err() {
            break;
        }
        folder = empty.parent();
    }
    Ok(())
}

fn write_synced(path: &Path, text: &str, durable: bool) -> Result<()> {
    let temporary = path.with_extension(format!("new-{}", std::process::id()));
    let written = fs::File::create(&temporary).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        if durable {
            file.sync_data()?;
        }
        fs::rename(&temporary, path)
    });
    written.map_err(|error| {
        Problem::repository(format!("cannot write {}: {error}", path.display())).code("read_only").into()
    })
}
