//! One act, one commit: lock, read, apply the act, write the objects, swap the branch.
//!
//! Why each step is as it is: libgit2's `Repository::commit` answers Ok when storing the object failed; moving a
//! branch without comparing loses other people's commits; a lock alone does not keep `git commit` out. So objects
//! are written and read back first, and the branch moves by compare-and-swap from the very commit that was read. A
//! lost swap runs the act again on the new tip, so that two edits of one ticket both hold.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use git2::{ObjectType, Oid};

use super::document;
use super::lock::Lock;
use super::message::{Message, Person, When, commit_bytes};
use super::objects::{self, Object};
use super::repository::{Store, unreadable};
use super::sign::Signer;
use super::snapshot::{Damaged, Holds, Snapshot, TicketFile, holds, read_entry, read_ticket};
use super::tree::{self, Changes, Planned};
use super::worktree::fence::Fence;
use crate::error::{Problem, Result};
use crate::model::entry::Entry;
use crate::model::field::FileKind;
use crate::model::id::{EntryId, TicketId};
use crate::model::ticket::Ticket;

/// Who writes, when, and how long to wait for a turn.
#[derive(Debug, Clone)]
pub struct Terms {
    pub author: Person,
    pub committer: Person,
    /// The time of the act; the author date.
    pub at: When,
    /// The present; the committer date.
    pub now: When,
    pub lock_timeout: Duration,
    /// Go through everything, but write nothing.
    pub dry_run: bool,
    /// Write the commit, but leave the branch where it is: whoever has pushed the commit moves it. Where a worktree
    /// could not follow, it is refused all the same.
    pub staged: bool,
    /// The caller's name for this operation: done twice, it is done once.
    pub op_id: Option<String>,
    /// Replaces the subject that the act gives.
    pub subject: Option<String>,
    pub signer: Option<Signer>,
}

/// What came of a transaction.
#[derive(Debug)]
pub struct Done<T> {
    pub value: T,
    /// The new commit; `None` when the act changed nothing, on a dry run, or when it had been done before.
    pub commit: Option<Oid>,
    /// The paths that the act writes, from the repository's root.
    pub paths: Vec<String>,
}

/// A desk being changed in memory. Dropped without a commit, it leaves nothing.
pub struct Transaction<'s> {
    store: &'s Store,
    base: Option<Snapshot<'s>>,
    /// From the desk's root.
    changes: Changes,
    /// What each change took the place of, in the order of the changes.
    undo: Vec<(String, Option<Option<Vec<u8>>>)>,
    /// Files that are written even where their bytes are the same.
    plain: BTreeSet<String>,
    /// The tickets among the changes, as they were written.
    written: BTreeMap<TicketId, Ticket>,
    message: Message,
    random: &'s dyn Fn() -> u64,
}

impl Store {
    /// Runs `act` on the branch's tip and commits what it changed; runs it again when somebody else was faster.
    ///
    /// `Ok` means stored: the commit is on the branch and readable by plain git.
    /// Exit code 7 when no turn came within the timeout or the disk refused; what `act` refuses passes through.
    pub fn transact<T>(
        &self,
        terms: &Terms,
        random: &dyn Fn() -> u64,
        mut act: impl FnMut(&mut Transaction<'_>) -> Result<T>,
    ) -> Result<Done<T>> {
        let mut lock = Lock::take(self, terms.lock_timeout)?;
        self.recover_worktrees(lock.until())?;
        self.mend(&mut lock)?;
        let durable = self.is_durable();
        loop {
            let tip = self.tip()?;
            let base = tip.map(|tip| Snapshot::at(self, tip)).transpose()?;
            let mut transaction = Transaction {
                store: self,
                base,
                changes: Changes::new(),
                undo: Vec::new(),
                plain: BTreeSet::new(),
                written: BTreeMap::new(),
                message: Message::default(),
                random,
            };
            let value = act(&mut transaction)?;
            let changes = transaction.effective()?;
            let paths = changes.keys().cloned().collect();
            if changes.is_empty() || terms.dry_run {
                return Ok(Done { value, commit: None, paths });
            }
            let message = transaction.message.clone();
            let objects = self.plan(tip, &changes, &message, terms)?;
            if terms.staged {
                objects::write(self, &objects, durable)?;
                objects::read_back(self, &objects)?;
                let commit = objects.last().map(|commit| commit.id);
                if let Some(commit) = commit {
                    // Let go at once: what stands in the way now is told before anything is pushed.
                    drop(self.ready_worktrees(&lock, tip, commit)?);
                }
                return Ok(Done { value, commit, paths });
            }
            if let Some(commit) = self.publish(&mut lock, tip, &objects, &message, durable)? {
                return Ok(Done { value, commit: Some(commit), paths });
            }
            if Instant::now() >= lock.until() {
                return Err(Problem::repository("other programs kept moving the branch; nothing was written")
                    .code("lock_timeout")
                    .into());
            }
        }
    }

    /// Whether a write waits for the disk: yes, unless `desk.durability` is `none`.
    pub fn is_durable(&self) -> bool {
        self.setting("desk.durability").as_deref() != Some("none")
    }

    /// All objects of the new commit; the commit itself is the last.
    pub(super) fn plan(
        &self,
        tip: Option<Oid>,
        changes: &Changes,
        message: &Message,
        terms: &Terms,
    ) -> Result<Vec<Object>> {
        let base = match tip {
            Some(tip) => Some(self.repo().find_commit(tip).map_err(unreadable)?.tree_id()),
            None => None,
        };
        let parents: Vec<Oid> = tip.into_iter().collect();
        seal(tree::plan(self, base, changes)?, &parents, message, terms)
    }

    /// Writes the objects and moves the branch; `None` when somebody else had moved it.
    pub(super) fn publish(
        &self,
        lock: &mut Lock,
        tip: Option<Oid>,
        objects: &[Object],
        message: &Message,
        durable: bool,
    ) -> Result<Option<Oid>> {
        let Some(commit) = objects.last().map(|object| object.id) else { return Ok(None) };
        objects::write(self, objects, durable)?;
        objects::read_back(self, objects)?;
        let text = message.text();
        let log = format!("desk: {}", text.lines().next().unwrap_or_default());
        Ok(self.publish_written(lock, tip, commit, &log)?.then_some(commit))
    }
}

/// The objects of a tree with the commit that holds it, which is the last.
pub(super) fn seal(mut planned: Planned, parents: &[Oid], message: &Message, terms: &Terms) -> Result<Vec<Object>> {
    let mut message = message.clone();
    if let Some(subject) = &terms.subject {
        message.subject.clone_from(subject);
    }
    if let Some(op) = &terms.op_id {
        let told = std::mem::take(&mut message.told);
        message = message.operation(op, &told);
    }
    let (author, committer) = ((&terms.author, terms.at), (&terms.committer, terms.now));
    let mut bytes = commit_bytes(planned.tree, parents, author, committer, &message.text());
    if let Some(signer) = &terms.signer {
        bytes = signer.sign(&bytes, &terms.committer)?;
    }
    planned.objects.push(Object::new(ObjectType::Commit, bytes)?);
    Ok(planned.objects)
}

impl<'s> Transaction<'s> {
    pub fn store(&self) -> &'s Store {
        self.store
    }

    /// The desk before this act; `None` while the branch is unborn.
    pub fn base(&self) -> Option<&Snapshot<'s>> {
        self.base.as_ref()
    }

    /// A random number from the stream of the environment.
    pub fn random(&self) -> u64 {
        (self.random)()
    }

    /// What has been changed so far, to come back to by [`roll_back`](Transaction::roll_back).
    pub fn savepoint(&self) -> usize {
        self.undo.len()
    }

    /// Forgets what was changed since.
    pub fn roll_back(&mut self, savepoint: usize) {
        while self.undo.len() > savepoint {
            let Some((path, before)) = self.undo.pop() else { break };
            self.forget(&path);
            match before {
                Some(before) => self.changes.insert(path, before),
                None => self.changes.remove(&path),
            };
        }
    }

    fn change(&mut self, path: String, to: Option<Vec<u8>>) {
        self.forget(&path);
        let before = self.changes.insert(path.clone(), to);
        self.undo.push((path, before));
    }

    /// What was known of a ticket whose file is another now.
    fn forget(&mut self, path: &str) {
        if let Holds::Ticket(id) = holds(path) {
            self.written.remove(&id);
        }
    }

    /// Says what the commit is about. The last call counts.
    pub fn describe(&mut self, message: Message) {
        self.message = message;
    }

    /// Writes a file; the path is from the desk's root.
    pub fn put(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.change(path.into(), Some(bytes.into()));
    }

    /// The same of a file that may have the bytes already and is to be one that cannot be executed.
    pub fn put_plain(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        let path = path.into();
        self.plain.insert(path.clone());
        self.put(path, bytes);
    }

    pub fn delete(&mut self, path: impl Into<String>) {
        self.change(path.into(), None);
    }

    /// The bytes of a file as this transaction has it by now.
    pub fn file(&self, path: &str) -> Result<Option<Result<Vec<u8>, Damaged>>> {
        match self.changes.get(path) {
            Some(Some(bytes)) => Ok(Some(Ok(bytes.clone()))),
            Some(None) => Ok(None),
            None => self.base.as_ref().map_or(Ok(None), |base| base.file(path, document::MAX_SIZE)),
        }
    }

    /// Whether a file is exactly so by now; `None` is not there. However large it is, only ids are compared.
    pub fn holds(&self, path: &str, bytes: Option<&[u8]>) -> Result<bool> {
        let wanted = bytes.map(|bytes| Oid::hash_object(ObjectType::Blob, bytes)).transpose()?;
        let now = match self.changes.get(path) {
            Some(change) => change.as_deref().map(|bytes| Oid::hash_object(ObjectType::Blob, bytes)).transpose()?,
            None => self.base.as_ref().map_or(Ok(None), |base| base.entry(path))?.map(|(id, _)| id),
        };
        Ok(now == wanted)
    }

    pub fn exists(&self, path: &str) -> Result<bool> {
        match self.changes.get(path) {
            Some(change) => Ok(change.is_some()),
            None => self.base.as_ref().map_or(Ok(false), |base| base.exists(path)),
        }
    }

    /// A ticket as this transaction has it by now. Exit code 3 when there is none, 6 when its file is damaged.
    pub fn ticket(&self, id: TicketId) -> Result<TicketFile> {
        let missing = || Problem::not_found(format!("no ticket {id}")).code("no_ticket");
        let read = match self.file(&id.path())?.ok_or_else(missing)? {
            Ok(bytes) => read_ticket(id, &format!("{}{}", self.store.root(), id.path()), bytes),
            Err(damaged) => Err(damaged),
        };
        Ok(read.map_err(Problem::from)?)
    }

    /// Writes the fields of `after` that differ from the file; every other byte stays.
    pub fn save(&mut self, before: &TicketFile, after: &Ticket) -> Result<()> {
        let record = after.record();
        if record == before.record {
            return Ok(());
        }
        let edited = document::edit(FileKind::Ticket, &before.bytes, &record);
        let bytes = edited.map_err(|mistake| Problem::invalid(format!("{}: {}", before.path, mistake.message)))?;
        self.put(after.id.path(), bytes);
        self.written.insert(after.id, after.clone());
        Ok(())
    }

    /// Draws an id that is free. Every commit that is tried again draws again where needed.
    pub fn draw_id(&self, on: jiff::Timestamp) -> Result<TicketId> {
        loop {
            let id = TicketId::draw(on, self.random());
            if !self.exists(&id.path())? && !self.exists(&id.folder())? {
                return Ok(id);
            }
        }
    }

    /// Writes a new ticket in canonical form.
    pub fn add_ticket(&mut self, ticket: &Ticket) {
        self.put(ticket.id.path(), document::canonical(FileKind::Ticket, &ticket.record()));
        self.written.insert(ticket.id, ticket.clone());
    }

    /// The first ticket that this transaction writes and that `fits`. However many it has written, none is read again.
    pub fn written(&self, fits: impl Fn(&Ticket) -> bool) -> Option<TicketId> {
        let written = self.changes.iter().filter(|(_, bytes)| bytes.is_some());
        let mut ids = written.filter_map(|(path, _)| match holds(path) {
            Holds::Ticket(id) => Some(id),
            Holds::Policy | Holds::Entry(..) | Holds::Attachment(_) | Holds::Other => None,
        });
        ids.find(|id| match self.written.get(id) {
            Some(ticket) => fits(ticket),
            None => self.ticket(*id).is_ok_and(|file| fits(&file.ticket)),
        })
    }

    /// Names of what is in a folder, or below it by now.
    pub fn names_in(&self, folder: &str) -> Result<Vec<String>> {
        let mut names = self.base.as_ref().map_or(Ok(Vec::new()), |base| base.names_in(folder))?;
        let below = format!("{folder}/");
        let written = self.changes.range(below.clone()..).take_while(|(path, _)| path.starts_with(&below));
        let written = written.filter(|(_, bytes)| bytes.is_some());
        names.extend(written.filter_map(|(path, _)| path.strip_prefix(&below)).map(str::to_owned));
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// Draws the id of a new entry of `ticket`; it sorts behind those of the same second.
    pub fn draw_entry_id(&self, ticket: TicketId, at: jiff::Timestamp) -> Result<EntryId> {
        let names = self.names_in(&ticket.folder())?;
        let ids = names.into_iter().filter_map(|name| EntryId::parse(name.strip_suffix(".toml")?));
        let last = ids.filter(|id| id.as_str().starts_with(|c: char| c.is_ascii_digit())).max();
        loop {
            let id = EntryId::draw_after(at, self.random(), last.as_ref());
            if !self.exists(&entry_path(ticket, &id))? {
                return Ok(id);
            }
        }
    }

    /// Writes an entry in canonical form; one of the same id is replaced.
    pub fn put_entry(&mut self, ticket: TicketId, entry: &Entry) {
        self.put(entry_path(ticket, &entry.id), document::canonical(FileKind::Entry, &entry.record()));
    }

    /// An entry as this transaction has it by now.
    pub fn entry(&self, ticket: TicketId, id: &EntryId) -> Result<Option<Entry>> {
        let path = entry_path(ticket, id);
        let read = match self.file(&path)? {
            None => return Ok(None),
            Some(Ok(bytes)) => read_entry(id.clone(), &format!("{}{path}", self.store.root()), &bytes),
            Some(Err(damaged)) => Err(damaged),
        };
        Ok(Some(read.map_err(Problem::from)?))
    }

    /// Refuses, with exit code 5, when a file that is about to be written is not as it was in the commit `since`.
    pub fn refuse_changed_since(&self, since: Oid) -> Result<()> {
        let then = Snapshot::at(self.store, since)?;
        for path in self.changes.keys() {
            let now = self.base.as_ref().map_or(Ok(None), |base| base.entry(path))?;
            if now != then.entry(path)? {
                return Err(Problem::refused(format!("{path} has changed since {since}; nothing was written"))
                    .code("changed_since")
                    .hint("read it again, and write with `--if-rev` and the `commit` that it says")
                    .into());
            }
        }
        Ok(())
    }

    /// What the branch has at a path.
    fn before(&self, path: &str) -> Result<Option<Oid>> {
        let before = self.base.as_ref().map_or(Ok(None), |base| base.entry(path))?;
        Ok(before.map(|(id, _)| id))
    }

    /// The worktrees that the branch is checked out in, to be asked what they take.
    pub fn fence(&self) -> Result<Fence> {
        self.store.fence()
    }

    /// Why a worktree does not take what was changed since a savepoint.
    pub fn refused_since(&self, savepoint: usize, fence: &Fence) -> Result<Option<Problem>> {
        for (path, _) in self.undo.iter().skip(savepoint) {
            let (now, before) = (self.changes.get(path), self.before(path)?);
            if now.is_none_or(|now| is_same(now.as_deref(), before).unwrap_or(false)) {
                continue;
            }
            if let Some(problem) = fence.refuses(&format!("{}{path}", self.store.root()), before)? {
                return Ok(Some(problem));
            }
        }
        Ok(None)
    }

    /// The changes that change something, with paths from the repository's root.
    fn effective(&self) -> Result<BTreeMap<String, Option<Vec<u8>>>> {
        let mut changes = Changes::new();
        for (path, bytes) in &self.changes {
            let same = !self.plain.contains(path) && is_same(bytes.as_deref(), self.before(path)?)?;
            if !same && path.ends_with(".toml") && bytes.as_ref().is_some_and(|bytes| bytes.len() > document::MAX_SIZE)
            {
                return Err(Problem::invalid(format!("{path} would have more than {} bytes", document::MAX_SIZE))
                    .code("too_large")
                    .hint("attach long texts: git desk comment ID \"see the file\" --attach FILE")
                    .into());
            }
            if !same {
                changes.insert(format!("{}{path}", self.store.root()), bytes.clone());
            }
        }
        Ok(changes)
    }
}

/// Whether a file would be what it is.
fn is_same(bytes: Option<&[u8]>, before: Option<Oid>) -> Result<bool> {
    let now = bytes.map(|bytes| Oid::hash_object(ObjectType::Blob, bytes)).transpose()?;
    Ok(now == before)
}

/// Path of an entry's file from the desk's root.
pub fn entry_path(ticket: TicketId, entry: &EntryId) -> String {
    format!("{}/{entry}.toml", ticket.folder())
}
