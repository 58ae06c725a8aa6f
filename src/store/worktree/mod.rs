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

pub mod edits;
mod entries;
pub mod fence;
mod files;
mod index;
mod journal;
mod refuse;
mod repair;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use git2::{Delta, ObjectType, Oid, Repository};

use super::lock::Lock;
use super::repository::{Store, open_again, unreadable};
use crate::error::{Problem, Result};
use entries::Entries;
use fence::is_edit;
use files::{TEMPORARY, remove_file, write_file, write_synced};
use index::{COPY, LOCK, STAMP, lock_index};
use refuse::{going, refuse_converted, refuse_modified, refuse_what_is_no_file, statuses};

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
    /// How both stand in their trees; 0 where there is none.
    modes: (u32, u32),
}

/// Mode of a regular file, and of one that may be run.
const PLAIN: u32 = 0o100_644;
const PROGRAM: u32 = 0o100_755;

impl Change {
    /// Whether it is of regular files alone: no link, no other repository.
    fn is_of_files(&self) -> bool {
        let regular = |mode: u32| mode & 0o170_000 == 0o100_000 || mode == 0;
        regular(self.modes.0) && regular(self.modes.1)
    }

    /// The mode that git's index gives the new one.
    fn mode(&self) -> u32 {
        if self.modes.1 & 0o111 == 0 { PLAIN } else { PROGRAM }
    }

    /// Whether one of them may be run and the other not.
    fn turns_program(&self) -> bool {
        self.new.is_some() && self.old.is_some() && (self.modes.0 ^ self.modes.1) & 0o111 != 0
    }
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

    /// Whether a file of the worktree is just this blob.
    fn has(&self, path: &str, blob: Oid) -> bool {
        Oid::hash_file(ObjectType::Blob, self.workdir.join(path)).is_ok_and(|id| id == blob)
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

impl Store {
    /// Whether somebody has a branch checked out, or is rebasing it.
    pub fn is_checked_out(&self, reference: &str) -> bool {
        !self.trees_of(reference).is_empty()
    }

    /// The worktrees whose HEAD, or whose rebase, is the desk's branch.
    fn worktrees(&self) -> Vec<Tree> {
        self.trees_of(self.reference())
    }

    fn trees_of(&self, reference: &str) -> Vec<Tree> {
        let mut trees = Vec::new();
        let main = self.common_dir();
        if !self.setting_is_true("core.bare")
            && is_on(main, reference)
            && let Some(workdir) = self.main_workdir()
        {
            trees.push(Tree { git_dir: main.to_owned(), workdir });
        }
        for entry in fs::read_dir(main.join("worktrees")).into_iter().flatten().flatten() {
            let git_dir = entry.path();
            // With `worktree.useRelativePaths` the way leads from the git folder.
            let dot_git = git_dir.join(fs::read_to_string(git_dir.join("gitdir")).unwrap_or_default().trim_end());
            let workdir = dot_git.parent().map(Path::to_owned).unwrap_or_default();
            if is_on(&git_dir, reference) && workdir.is_dir() {
                trees.push(Tree { git_dir, workdir });
            }
        }
        trees
    }

    /// Those that follow a branch. Of one with commits, a worktree without an index has nothing checked out: there is
    /// nothing to bring along.
    fn followers(&self, is_born: bool) -> Vec<Tree> {
        let mut trees = self.worktrees();
        trees.retain(|tree| !is_born || tree.index().exists());
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
    pub(super) fn state_file(&self, what: &str) -> PathBuf {
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
        let Some(held) = self.ready_worktrees(lock, tip, new)? else { return Ok(None) };
        let text = format!("{} {new}\n", tip.unwrap_or(Oid::ZERO_SHA1));
        write_synced(&held.intent, &text, self.is_durable())?;
        self.note_in_journal(tip, new, &held.changes)?;
        Ok(Some(held))
    }

    /// As [`hold_worktrees`](Store::hold_worktrees), and nothing is written down: the branch may yet stay.
    pub(super) fn ready_worktrees(&self, lock: &Lock, tip: Option<Oid>, new: Oid) -> Result<Option<Held>> {
        let trees = self.followers(tip.is_some());
        if trees.is_empty() {
            return Ok(None);
        }
        let (changes, unnamed) = self.parted(tip, new)?;
        if let Some(path) = unnamed {
            return Err(refuse::unnamed(&path).into());
        }
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
            let told = statuses(&repo, tree, &held.changes)?;
            let going = going(&held.changes);
            for change in &held.changes {
                refuse_what_is_no_file(change)?;
                refuse_modified(&repo, tree, change, told.as_ref(), &going).map_err(nothing_was_written)?;
                if tip.is_some() {
                    refuse_converted(&repo, change)?;
                }
            }
        }
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
                self.follow_locked(&tree, &changes, until)?;
            }
        }
        let _ = fs::remove_file(self.intent());
        Ok(())
    }

    /// The files by which two commits differ, of those whose names are text.
    fn changes_between(&self, old: Option<Oid>, new: Oid) -> Result<Vec<Change>> {
        Ok(self.parted(old, new)?.0)
    }

    /// The files by which two commits differ, and the first whose name is no UTF-8, which is not among them.
    fn parted(&self, old: Option<Oid>, new: Oid) -> Result<(Vec<Change>, Option<String>)> {
        let tree = |commit: Oid| self.repo().find_commit(commit).and_then(|commit| commit.tree()).map_err(unreadable);
        let (before, after) = (old.map(tree).transpose()?, tree(new)?);
        let diff = self.repo().diff_tree_to_tree(before.as_ref(), Some(&after), None).map_err(unreadable)?;
        let (mut changes, mut unnamed) = (Vec::new(), None);
        for delta in diff.deltas() {
            let path = delta.new_file().path_bytes().or(delta.old_file().path_bytes()).unwrap_or_default();
            let Ok(path) = std::str::from_utf8(path) else {
                unnamed.get_or_insert_with(|| String::from_utf8_lossy(path).into_owned());
                continue;
            };
            changes.push(Change {
                path: path.to_owned(),
                old: (delta.status() != Delta::Added).then(|| delta.old_file().id()),
                new: (delta.status() != Delta::Deleted).then(|| delta.new_file().id()),
                modes: (delta.old_file().mode().into(), delta.new_file().mode().into()),
            });
        }
        Ok((changes, unnamed))
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
            self.index_is_well(tree);
        } else {
            let _ = fs::remove_file(&copy);
        }
        followed
    }

    fn follow_in(&self, tree: &Tree, changes: &[Change], copy: &Path) -> Result<()> {
        let mut index = Entries::open(tree, copy)?;
        index.smudge(&tree.index())?;
        // A file goes before a folder of its name comes, and the other way round.
        let (gone, come): (Vec<&Change>, Vec<&Change>) = changes.iter().partition(|change| change.new.is_none());
        for change in gone.into_iter().chain(come) {
            let known = index.get(&change.path);
            let entry = known.map(|known| known.id);
            if entry != change.old && entry != change.new {
                continue;
            }
            let target = tree.workdir.join(&change.path);
            let present = Oid::hash_file(ObjectType::Blob, &target).ok();
            let skipped = known.is_some_and(|known| known.skipped) && fs::symlink_metadata(&target).is_err();
            match change.new {
                Some(new) if skipped => index.put_skipped(&change.path, new)?,
                Some(new) => {
                    if present != Some(new) || change.turns_program() {
                        if present != change.old && present != Some(new) && present.is_some() {
                            // Changed since we looked: the file stays, as an edit that is not staged.
                            index.put_unseen(&change.path, new, change.mode())?;
                            continue;
                        }
                        let bytes = self.repo().find_blob(new).map_err(unreadable)?.content().to_vec();
                        write_file(&tree.workdir, &change.path, &bytes, change.mode() == PROGRAM)?;
                    }
                    index.put(&target, &change.path, (new, change.mode()))?;
                }
                None => {
                    if present.is_some() && present == change.old {
                        remove_file(&tree.workdir, &change.path)?;
                    }
                    if entry.is_some() {
                        index.remove(&change.path)?;
                    }
                }
            }
        }
        index.write()
    }

    /// As [`follow`](Store::follow), under git's lock on the index.
    fn follow_locked(&self, tree: &Tree, changes: &[Change], until: Instant) -> Result<()> {
        lock_index(tree, until)?;
        let followed = self.follow(tree, changes);
        let _ = fs::remove_file(tree.index_lock());
        followed
    }
}

fn nothing_was_written(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<Problem>() {
        Ok(problem) if is_edit(&problem) => {
            Problem { message: format!("{}; nothing was written", problem.message), ..problem }.into()
        }
        Ok(problem) => problem.into(),
        Err(error) => error,
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
