//! What a racing `git commit` took out of the branch although it had been acknowledged: put back by a commit.
//!
//! Git reads its index before it locks it. One that read the branch after our swap and the index before our rename
//! commits a tree without our change, on top of it. The signs, all of them: a commit that is not ours, made on one of
//! our last commits and at the same moment, turns paths of it back to exactly what they were; the branch still has
//! them so; and the worktree still has our bytes. Whatever a person does on purpose lacks one of these.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use git2::{ObjectType, Oid};

use super::files::write_synced;
use super::index::lock_index;
use crate::error::Result;
use crate::store::lock::Lock;
use crate::store::message::{Message, Person, When};
use crate::store::objects;
use crate::store::repository::{Store, unreadable};
use crate::store::transaction::Terms;
use crate::store::tree::Changes;

/// Commits that the journal remembers.
const JOURNAL: usize = 1_024;
/// Commits of the branch that are looked through for one that raced.
const DEPTH: usize = 1_000;
/// Steps of looking from which on it is noted how far all is well.
const NOTED: usize = 32;
/// Seconds between our commit and one that raced it.
const MOMENT: i64 = 3;

/// One of our commits: from where to where, and when by the machine's clock.
struct Written {
    old: Option<Oid>,
    new: Oid,
    at: i64,
}

/// A file that the branch lost: the blob that it should have, and the commit that wrote it.
struct Lost {
    path: String,
    blob: Oid,
    commit: Oid,
}

impl Store {
    fn journal(&self) -> std::path::PathBuf {
        self.state_file("journal")
    }

    /// Completes what a killed process began, and puts back what a racing commit took out. Waits at most `patience` for
    /// its turn; nothing is locked when nothing is amiss.
    pub fn repair(&self, patience: Duration) -> Result<()> {
        if self.is_bare() && self.worktrees().is_empty() {
            return Ok(());
        }
        if self.intent().exists() {
            let lock = Lock::take(self, patience)?;
            self.recover_worktrees(lock.until())?;
        }
        let Some(tip) = self.tip()? else { return Ok(()) };
        if self.lost(tip)?.is_empty() || self.worktrees().iter().any(|tree| tree.busy_with().is_some()) {
            return Ok(());
        }
        let mut lock = Lock::take(self, patience)?;
        self.recover_worktrees(lock.until())?;
        self.mend(&mut lock)
    }

    /// Puts back what was lost, under a lock that is held already: every write does so first, however many wait.
    pub(in crate::store) fn mend(&self, lock: &mut Lock) -> Result<()> {
        let trees = self.worktrees();
        if trees.is_empty() || trees.iter().any(|tree| tree.busy_with().is_some()) {
            return Ok(());
        }
        for _ in 0..16 {
            let Some(tip) = self.tip()? else { return Ok(()) };
            let lost = self.lost(tip)?;
            if lost.is_empty() || self.restore(lock, tip, lost)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Remembers one of our commits, before the branch moves to it.
    pub(super) fn note_in_journal(&self, old: Option<Oid>, new: Oid) -> Result<()> {
        let text = fs::read_to_string(self.journal()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let kept = &lines[lines.len().saturating_sub(JOURNAL)..];
        let line = format!("{} {new} {}\n", old.unwrap_or(Oid::ZERO_SHA1), self.machine_time());
        let text: String = kept.iter().map(|line| format!("{line}\n")).chain([line]).collect();
        write_synced(&self.journal(), &text, false)
    }

    /// Seconds by the machine's clock, as git takes them: the present of `GIT_DESK_NOW` says nothing of races.
    fn machine_time(&self) -> i64 {
        let touched = fs::metadata(self.intent()).and_then(|data| data.modified()).unwrap_or(UNIX_EPOCH);
        let since = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        i64::try_from(since(touched)).unwrap_or_default()
    }

    fn written(&self) -> HashMap<Oid, Written> {
        let text = fs::read_to_string(self.journal()).unwrap_or_default();
        let lines = text.lines().filter_map(|line| {
            let mut words = line.split(' ');
            let old: Oid = words.next()?.parse().ok()?;
            let new: Oid = words.next()?.parse().ok()?;
            Some(Written { old: (!old.is_zero()).then_some(old), new, at: words.next()?.parse().ok()? })
        });
        lines.map(|written| (written.new, written)).collect()
    }

    /// What the branch lost at `tip`.
    fn lost(&self, tip: Oid) -> Result<Vec<Lost>> {
        let written = self.written();
        if written.is_empty() {
            return Ok(Vec::new());
        }
        let checked = self.state_file("checked");
        let well: Option<Oid> = fs::read_to_string(&checked).ok().and_then(|text| text.trim().parse().ok());
        let ours: HashSet<Oid> = written.keys().copied().collect();
        let (mut at, mut steps) = (Some(tip), 0);
        let mut lost = BTreeMap::new();
        while let Some(id) = at.filter(|id| Some(*id) != well && steps < DEPTH) {
            let commit = self.repo().find_commit(id).map_err(unreadable)?;
            at = commit.parent_id(0).ok();
            steps += 1;
            let raced = at.filter(|_| !ours.contains(&id)).and_then(|parent| written.get(&parent));
            if let Some(before) = raced.filter(|before| (before.at - commit.time().seconds()).abs() <= MOMENT) {
                self.taken_back(before, id, tip, &mut lost)?;
            }
        }
        if lost.is_empty() && steps > NOTED {
            // Where it cannot be noted, it is looked through again.
            let _ = write_synced(&checked, &format!("{tip}\n"), false);
        }
        Ok(lost.into_values().collect())
    }

    /// Paths of `before` that `raced` turned back, the branch still has so, and a worktree still has as we wrote them.
    fn taken_back(&self, before: &Written, raced: Oid, tip: Oid, lost: &mut BTreeMap<String, Lost>) -> Result<()> {
        let tree = |id| self.repo().find_commit(id).and_then(|commit| commit.tree()).map_err(unreadable);
        let (raced, now) = (tree(raced)?, tree(tip)?);
        for change in self.changes_between(before.old, before.new)? {
            let Some(blob) = change.new else { continue };
            let has = |tree: &git2::Tree<'_>| tree.get_path(change.path.as_ref()).ok().map(|entry| entry.id());
            let kept = self.worktrees().iter().any(|tree| {
                Oid::hash_file(ObjectType::Blob, tree.workdir.join(&change.path)).is_ok_and(|id| id == blob)
            });
            if has(&raced) == change.old && has(&now) == change.old && kept {
                lost.insert(change.path.clone(), Lost { path: change.path, blob, commit: before.new });
            }
        }
        Ok(())
    }

    /// Commits the lost files again; `false` when the branch moved meanwhile.
    fn restore(&self, lock: &mut Lock, tip: Oid, lost: Vec<Lost>) -> Result<bool> {
        let mut changes = Changes::new();
        let mut author = None;
        for one in lost {
            let bytes = self.repo().find_blob(one.blob).map_err(unreadable)?.content().to_vec();
            changes.insert(one.path, Some(bytes));
            let commit = self.repo().find_commit(one.commit).map_err(unreadable)?;
            let who = commit.author();
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            author = Some((Person::new(&text(who.name_bytes()), &text(who.email_bytes())), commit.committer().when()));
        }
        let Some((person, at)) = author else { return Ok(true) };
        let at = jiff::Timestamp::from_second(at.seconds().max(self.commit_time(tip)?))?;
        let when = When { at, offset_minutes: 0 };
        let files = if changes.len() == 1 { "1 file".to_owned() } else { format!("{} files", changes.len()) };
        let mut message = Message::new(format!("restore {files}"));
        message.body = "A commit that was made at the same moment did not see this.".to_owned();
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
        let planned = self.plan(Some(tip), &changes, &message, &terms)?;
        let Some(commit) = planned.last().map(|object| object.id) else { return Ok(true) };
        objects::write(self, &planned, self.is_durable())?;
        objects::read_back(self, &planned)?;
        lock.stamp(self, commit, self.is_durable())?;
        let swapped = self.swap_patiently(lock, Some(tip), commit, "desk: restore");
        lock.unstamp();
        if !swapped? {
            return Ok(false);
        }
        // The worktree has the files already, and the index has lost them: only the index comes along.
        let changes = self.changes_between(Some(tip), commit)?;
        for tree in self.worktrees() {
            lock_index(&tree, lock.until())?;
            let followed = self.follow(&tree, &changes);
            let _ = fs::remove_file(tree.index_lock());
            followed?;
        }
        Ok(true)
    }
}
