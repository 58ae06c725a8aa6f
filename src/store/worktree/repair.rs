//! What a racing `git commit` took out of the branch although it had been acknowledged: put back by a commit.
//!
//! Git reads its index before it locks it. One that read the index before our rename writes it back without our entries
//! and, when it read the branch after our swap, commits a tree without our change on top of it; when it read the branch
//! before, its commit fails and the next one takes our change out. The signs of such a commit, all of them: it is not
//! ours, and soon after one of ours it turned a path back to exactly what that was before; the branch still has it so;
//! and the worktree still has our bytes. Whatever a person does on purpose lacks one of these.
//!
//! The signs of an index without our entries are alike, and it is mended before anything is committed from it.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::time::Duration;

use git2::Oid;

use super::entries::Entries;
use super::files::write_synced;
use super::index::IndexState;
use super::journal::Written;
use super::{Change, Tree};
use crate::error::Result;
use crate::model::count::counted;
use crate::store::lock::Lock;
use crate::store::message::{Message, Person, When};
use crate::store::objects;
use crate::store::repository::{Store, unreadable};
use crate::store::transaction::Terms;
use crate::store::tree::Changes;

/// Commits of the branch that are looked through for one that raced.
const DEPTH: usize = 1_000;
/// Steps of looking from which on it is noted how far all is well.
const NOTED: usize = 32;
/// Seconds between our commit and one that takes it out: a person may try again much later what failed.
const MOMENT: i64 = 86_400;

/// A file that the branch lost: the blob that it should have, and the commit that wrote it.
struct Lost {
    path: String,
    blob: Oid,
    commit: Oid,
}

impl Store {
    /// Completes what a killed process began, and puts back what a racing commit took out. Waits at most `patience` for
    /// its turn; nothing is locked when nothing is amiss.
    pub fn repair(&self, patience: Duration) -> Result<()> {
        let trees = self.worktrees();
        if trees.is_empty() {
            return Ok(());
        }
        if self.intent().exists() {
            let lock = Lock::take(self, patience)?;
            self.recover_worktrees(lock.until())?;
        }
        let Some(tip) = self.tip()? else { return Ok(()) };
        if trees.iter().any(|tree| tree.busy_with().is_some()) {
            return Ok(());
        }
        let mut amiss = !self.lost(tip)?.is_empty();
        for tree in &trees {
            amiss = amiss || !self.missing(tree, tip)?.is_empty();
        }
        if !amiss {
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
            if !lost.is_empty() && !self.restore(lock, tip, lost)? {
                continue;
            }
            for tree in &trees {
                let missing = self.missing(tree, tip)?;
                if !missing.is_empty() {
                    self.follow_locked(tree, &missing, lock.until())?;
                }
            }
            return Ok(());
        }
        Ok(())
    }

    /// What the branch lost at `tip`.
    fn lost(&self, tip: Oid) -> Result<Vec<Lost>> {
        let written = self.written();
        if written.is_empty() {
            return Ok(Vec::new());
        }
        let checked = self.state_file("checked");
        let well: Option<Oid> = fs::read_to_string(&checked).ok().and_then(|text| text.trim().parse().ok());
        let ours: HashSet<Oid> = written.iter().map(|written| written.new).collect();
        // Files that are still on their way into a worktree do not tell whether they were taken out.
        let settled = !self.intent().exists();
        let (mut at, mut steps) = (Some(tip), 0);
        let mut lost = BTreeMap::new();
        while let Some(id) = at.filter(|id| Some(*id) != well && steps < DEPTH) {
            let commit = self.repo().find_commit(id).map_err(unreadable)?;
            at = commit.parent_id(0).ok();
            steps += 1;
            if let Some(parent) = at.filter(|_| !ours.contains(&id)) {
                let times = [commit.time().seconds(), commit.author().when().seconds()];
                let near = |one: &&Written| times.iter().any(|time| (one.at - time).abs() <= MOMENT);
                let before: Vec<&Written> = written.iter().filter(near).collect();
                self.taken_back(&before, (parent, id, tip), &mut lost)?;
            }
        }
        if lost.is_empty() && settled && steps > NOTED {
            // Where it cannot be noted, it is looked through again.
            let _ = write_synced(&checked, &format!("{tip}\n"), false);
        }
        Ok(lost.into_values().collect())
    }

    /// Paths that the commit `raced` turned back to what they were before one of ours, that the branch still has so,
    /// and a worktree still has as we wrote them.
    fn taken_back(
        &self,
        before: &[&Written],
        (parent, raced, tip): (Oid, Oid, Oid),
        lost: &mut BTreeMap<String, Lost>,
    ) -> Result<()> {
        if before.is_empty() {
            return Ok(());
        }
        let trees = self.worktrees();
        for change in self.changes_between(Some(parent), raced)? {
            let Some(blob) = change.old else { continue };
            let kept = trees.iter().any(|tree| tree.has(&change.path, blob));
            if !kept || self.blob_at(Some(tip), &change.path)? != change.new {
                continue;
            }
            for one in before {
                let ours = |ours: &Change| (&ours.path, ours.new, ours.old) == (&change.path, change.old, change.new);
                if self.changes_of(one)?.iter().any(ours) {
                    lost.insert(change.path.clone(), Lost { path: change.path, blob, commit: one.new });
                    break;
                }
            }
        }
        Ok(())
    }

    /// The last changes of ours that a worktree's index has lost, though branch and worktree have them.
    ///
    /// It is looked at only when somebody else has written it since.
    fn missing(&self, tree: &Tree, tip: Oid) -> Result<Vec<Change>> {
        let Some(now) = IndexState::of(tree).filter(|now| Some(now) != self.seen(tree).as_ref()) else {
            return Ok(Vec::new());
        };
        let settled = !self.intent().exists();
        let mut last: BTreeMap<String, Change> = BTreeMap::new();
        for one in self.written().iter().filter(|one| (now.seconds - one.at).abs() <= MOMENT) {
            last.extend(self.changes_of(one)?.iter().map(|change| (change.path.clone(), change.clone())));
        }
        if !last.is_empty() {
            let entries = Entries::open(tree, &tree.index())?;
            for (path, change) in std::mem::take(&mut last) {
                let Some(blob) = change.new else { continue };
                let lost = entries.id(&path) == change.old && change.old != change.new;
                if lost && self.blob_at(Some(tip), &path)? == Some(blob) && tree.has(&path, blob) {
                    last.insert(path, change);
                }
            }
        }
        if last.is_empty() && settled {
            self.note_seen(tree, &now);
        }
        Ok(last.into_values().collect())
    }

    /// The blob of a path in a commit.
    fn blob_at(&self, commit: Option<Oid>, path: &str) -> Result<Option<Oid>> {
        let Some(commit) = commit else { return Ok(None) };
        let tree = self.repo().find_commit(commit).and_then(|commit| commit.tree()).map_err(unreadable)?;
        Ok(tree.get_path(path.as_ref()).ok().map(|entry| entry.id()))
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
        let files = counted(changes.len(), "file");
        let mut message = Message::new(format!("restore {files}"));
        message.body = "A commit that was made at the same moment did not see this.".to_owned();
        let terms = Terms {
            author: person.clone(),
            committer: person,
            at: when,
            now: when,
            lock_timeout: Duration::ZERO,
            dry_run: false,
            staged: false,
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
            self.follow_locked(&tree, &changes, lock.until())?;
        }
        Ok(true)
    }
}
