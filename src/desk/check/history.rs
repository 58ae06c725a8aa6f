//! What has happened since a version: a thread only grows, names stay, and nobody does what only others may.

mod merged;
pub(super) mod step;

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, typed};
use crate::error::Result;
use crate::model::entry::Entry;
use crate::model::field::FileKind;
use crate::model::id::TicketId;
use crate::model::name::is_name;
use crate::model::policy::{FILE, Policy};
use crate::model::record::Record;
use crate::model::rules::desk::{Denied, Rules};
use crate::model::word::EntryKind;
use crate::store::document::{self, MAX_SIZE};
use crate::store::snapshot::{Holds, holds};
use crate::store::transaction::entry_path;
use crate::store::{Oid, Snapshot};
use crate::view::Finding;
use step::{Known, Step, Touch, denied, readable, step};

impl Check<'_, '_> {
    /// Everything that the commits since `base` did, and what is gone.
    pub(super) fn history(&mut self, base: &Snapshot<'_>) -> Result<()> {
        let store = self.asked.snapshot.store();
        let (policy, _) = base.policy()?;
        let rules = Rules::new(&policy, self.context(&policy));
        let rewritten: Vec<String> = self
            .changes
            .rewritten()
            .chain(self.changes.gone())
            .filter(|path| is_of_thread(path))
            .map(str::to_owned)
            .collect();
        let mut authors: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        if base.commit() != self.asked.snapshot.commit() {
            let mut known = Known::at(base);
            for row in store.commits(self.asked.snapshot.commit(), Some(base.commit()))? {
                let step = step(store, &row, &known)?;
                known.learn(&step);
                self.lost(&step)?;
                for (id, denied) in denied(&rules, &policy, &step) {
                    let file = step.policy.as_deref().unwrap_or(FILE);
                    self.deny(id, file, &denied, (policy.handle_for(&step.email), step.id))?;
                }
                self.forged(&step, &policy)?;
                self.decided(&step, base, &policy)?;
                for path in &step.paths {
                    authors.entry(path.clone()).or_default().insert(policy.handle_for(&step.email).to_owned());
                }
            }
        }
        for path in self.asked.edits.keys() {
            authors.entry(path.clone()).or_default().insert(self.asked.by.to_owned());
        }
        self.deletions(base)?;
        for path in rewritten {
            self.rewritten(base, &path, authors.get(&path).unwrap_or(&BTreeSet::new()))?;
        }
        Ok(())
    }

    /// Of a ticket, or without one of a file of the policy; who did it, and in which commit.
    fn deny(&mut self, id: Option<TicketId>, file: &str, denied: &Denied<'_>, (by, commit): (&str, Oid)) -> Result<()> {
        let Denied { act, rules } = denied;
        let inside = id.map_or_else(|| file.to_owned(), |id| id.path());
        let commit = &commit.to_string()[..10];
        let whose = match rules.first() {
            None => "only admins change the policy where it has [[permit]] rules".to_owned(),
            Some(rule) => {
                format!("[[permit]] ({}{FILE}:{}) leaves that to {}", self.root, rule.line, rule.who.join(", "))
            }
        };
        let what = id.map_or_else(|| format!("change {file}"), |id| format!("{act} {id}"));
        let message = format!("{by} may not {what} (commit {commit}): {whose}");
        let at = match self.bytes(&inside)? {
            Some(Ok(bytes)) => document::locate(&bytes, "status").unwrap_or((1, 1)),
            Some(Err(_)) | None => (1, 1),
        };
        let shown = self.shown(&inside);
        self.findings.push(Finding::error("DSK802", shown, at, message));
        Ok(())
    }

    /// A ticket is never taken away.
    fn deletions(&mut self, base: &Snapshot<'_>) -> Result<()> {
        let gone: Vec<String> = self.changes.gone().map(str::to_owned).collect();
        for path in gone {
            if let Holds::Ticket(id) = holds(&path) {
                let shown = self.shown(&path);
                let commit = &base.commit().to_string()[..10];
                let message = format!("{id} was deleted; what was filed is closed, not taken away");
                let fix = restored(commit, &shown);
                self.findings.push(Finding::error("DSK414", shown, (1, 1), message).fix(fix));
            }
        }
        Ok(())
    }

    /// An entry that is not as it was: only who wrote it may take it back, and nobody puts words into another's mouth.
    /// What a file says counts, not its form; counts of repeats are rewritten by the machine that counts.
    fn rewritten(&mut self, base: &Snapshot<'_>, path: &str, authors: &BTreeSet<String>) -> Result<()> {
        let read = |bytes: Option<Result<Vec<u8>, _>>| -> Option<Record> {
            document::parse(FileKind::Entry, &bytes?.ok()?).ok()
        };
        let is_entry = matches!(holds(path), Holds::Entry(..));
        let (before, after) = (read(base.file(path, MAX_SIZE)?), read(self.bytes(path)?));
        let is_gone = !self.exists(path)?;
        let counts = match (&before, &after) {
            (Some(before), Some(after)) => is_count(before) && is_count(after) && before.get("by") == after.get("by"),
            (Some(_) | None, _) => false,
        };
        if is_entry && !is_gone && (before == after || counts) {
            return Ok(());
        }
        let by = before.as_ref().map(|record| record.text("by").to_owned()).unwrap_or_default();
        let own = is_entry && !by.is_empty() && !authors.is_empty() && authors.iter().all(|author| *author == by);
        let shown = self.shown(path);
        let commit = &base.commit().to_string()[..10];
        let fix = restored(commit, &shown);
        let what = if is_entry { "entry" } else { "attachment" };
        let whose = if by.is_empty() { String::new() } else { format!(" of {by}") };
        let finding = match (is_gone, own) {
            (true, false) => {
                Finding::error("DSK415", shown, (1, 1), format!("an {what}{whose} was deleted; a thread only grows"))
                    .fix(fix)
            }
            (true, true) => Finding::warning("DSK415", shown, (1, 1), format!("{by} took back an entry of theirs")),
            (false, true) => return Ok(()),
            (false, false) => {
                Finding::error("DSK416", shown, (1, 1), format!("an {what}{whose} was changed; a thread only grows"))
                    .fix(fix)
            }
        };
        self.findings.push(finding);
        Ok(())
    }

    /// Queues, agents, customers and services that were there and are not any more: tickets name them for ever.
    pub(super) fn names_gone(&mut self, base: &Snapshot<'_>, policy: &Policy) -> Result<()> {
        let gone: Vec<String> = self.changes.gone().map(str::to_owned).collect();
        for path in gone {
            let Some((folder, name)) = path.strip_suffix(".toml").and_then(|path| path.split_once('/')) else {
                continue;
            };
            let what = match folder {
                "customers" => "customer",
                "services" => "service",
                _ => continue,
            };
            if !is_name(name) {
                continue;
            }
            let (shown, commit) = (self.shown(&path), &base.commit().to_string()[..10]);
            let message = format!("the {what} \"{name}\" is gone; tickets name it for ever");
            let fix = format!("git restore --source={commit} --staged --worktree {shown}");
            self.findings.push(Finding::error("DSK308", shown, (1, 1), message).fix(fix));
        }
        if !self.changes.has(FILE) || !self.judges_names {
            return Ok(());
        }
        let (before, _) = base.policy()?;
        let queues = before.queues.keys().filter(|name| !policy.queues.contains_key(*name)).map(|name| ("queue", name));
        let agents = before.agents.keys().filter(|name| !policy.agents.contains_key(*name)).map(|name| ("agent", name));
        let shown = self.shown(FILE);
        for (what, name) in queues.chain(agents) {
            let message = format!("the {what} \"{name}\" is gone; tickets name it for ever");
            let fix = format!("keep [{what}s.{name}], with active = false");
            self.findings.push(Finding::error("DSK308", &shown, (1, 1), message).fix(fix));
        }
        Ok(())
    }

    /// New entries that name another agent than their commit does.
    fn forged(&mut self, step: &Step, policy: &Policy) -> Result<()> {
        let by = policy.handle_for(&step.email);
        for Touch { id, added, .. } in &step.tickets {
            for entry in added.iter().filter(|entry| policy.is_agent(&entry.by) && !policy.is_same(&entry.by, by)) {
                let path = entry_path(*id, &entry.id);
                if self.is_copied(step, entry)? {
                    continue;
                }
                let at = match self.bytes(&path)? {
                    Some(Ok(bytes)) => document::locate(&bytes, "by").unwrap_or((1, 1)),
                    Some(Err(_)) | None => (1, 1),
                };
                let message = format!("it says it is by {}, and the commit is by {by}", entry.by);
                let shown = self.shown(&path);
                self.findings.push(Finding::warning("DSK803", shown, at, message));
            }
        }
        Ok(())
    }

    /// Whether an entry stood like that in another ticket that the commit has to do with, as after a split. A decision is
    /// about its own ticket, and is not taken along.
    fn is_copied(&self, step: &Step, entry: &Entry) -> Result<bool> {
        if matches!(entry.kind, EntryKind::Approval | EntryKind::Rating) {
            return Ok(false);
        }
        let store = self.asked.snapshot.store();
        let linked = step.tickets.iter().filter_map(|touch| touch.after.as_ref()).flat_map(|ticket| &ticket.links);
        let others: BTreeSet<TicketId> =
            linked.map(|link| link.to).chain(step.tickets.iter().map(|touch| touch.id)).collect();
        for parent in &step.parents {
            let before = Snapshot::at(store, *parent)?;
            for other in &others {
                let (thread, _) = before.thread(*other)?;
                if thread.into_iter().any(|there| Entry { id: entry.id.clone(), ..there } == *entry) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Tickets that a commit took away or broke, and a later one brought back: each version of the desk has what was
    /// filed. What is not mended is told where the file is looked at.
    fn lost(&mut self, step: &Step) -> Result<()> {
        let snapshot = self.asked.snapshot;
        for Touch { id, .. } in step.tickets.iter().filter(|touch| touch.before.is_some() && touch.after.is_none()) {
            if readable(snapshot, *id)?.is_none() {
                continue;
            }
            let commit = &step.id.to_string()[..10];
            let finding = match Snapshot::at(snapshot.store(), step.id)?.exists(&id.path())? {
                false => {
                    let message = format!("commit {commit} deleted {id}, and it came back; what was filed stays");
                    Finding::error("DSK414", self.shown(&id.path()), (1, 1), message)
                }
                true => {
                    let message = format!("commit {commit} left {id} so that it could not be read");
                    Finding::error("DSK418", self.shown(&id.path()), (1, 1), message)
                }
            };
            self.findings.push(finding.fix("make one commit of that one and the one that mends it: git rebase -i"));
        }
        Ok(())
    }
}

fn is_count(record: &Record) -> bool {
    record.text("kind") == EntryKind::Occurrence.as_str()
}

/// Whether a file is part of a ticket's thread.
fn is_of_thread(path: &str) -> bool {
    match holds(path) {
        Holds::Entry(..) | Holds::Attachment(_) => true,
        Holds::Policy | Holds::Ticket(_) | Holds::Other => false,
    }
}

/// How a file comes back as it was in a commit.
fn restored(commit: &str, path: &str) -> String {
    typed::git(&["restore", &format!("--source={commit}"), "--staged", "--worktree"], &[path])
}
