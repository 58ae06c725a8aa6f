//! What has happened since a version: a thread only grows, names stay, and nobody does what only others may.

mod merged;
mod rewritten;
pub(super) mod step;

use std::collections::BTreeSet;

use super::{Check, typed};
use crate::error::Result;
use crate::model::entry::Entry;
use crate::model::id::TicketId;
use crate::model::name::is_name;
use crate::model::policy::{FILE, Policy};
use crate::model::rules::desk::{Denied, Rules};
use crate::model::ticket::Ticket;
use crate::model::word::EntryKind;
use crate::store::document;
use crate::store::snapshot::{Holds, holds, read_ticket};
use crate::store::transaction::entry_path;
use crate::store::{Oid, Snapshot};
use crate::view::Finding;
use rewritten::{Now, Origin, Rewritten};
use step::{Known, Step, Touch, denied, readable, step};

impl Check<'_, '_> {
    /// Everything that the commits since `base` did, and what is gone.
    pub(super) fn history(&mut self, base: &Snapshot<'_>) -> Result<()> {
        let store = self.asked.snapshot.store();
        let (policy, _) = base.policy()?;
        let rules = Rules::new(&policy, self.context(&policy));
        let mut told = BTreeSet::new();
        if base.commit() != self.asked.snapshot.commit() {
            let mut known = Known::at(base);
            for row in store.commits(self.asked.snapshot.commit(), Some(base.commit()))? {
                let step = step(store, &row, &known)?;
                known.learn(&step);
                self.lost(&step)?;
                let by = policy.handle_for(&step.email);
                for (id, denied) in denied(&rules, &policy, &step) {
                    let file = step.policy.as_deref().unwrap_or(FILE);
                    self.deny(id, file, &denied, (by, step.id))?;
                }
                self.decided(&step, base, &policy)?;
                for one in &step.rewritten {
                    self.rewritten(base, one, (by, one.is_of(&policy, by)), &mut told)?;
                }
                self.forged(&step, &policy, &told)?;
            }
        }
        let sides = [Snapshot::at(store, self.asked.snapshot.commit())?];
        let from = Origin { sides: &sides, base, merge: None };
        for path in self.asked.edits.keys() {
            if let Some(one) = from.rewritten(path, &Now::Edited(self.bytes(path)?))? {
                let by = self.asked.by;
                self.rewritten(base, &one, (by, one.is_of(&policy, by)), &mut told)?;
            }
        }
        self.deletions(base)
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

    /// Words that are not as they were: only who wrote them may take them back, and nobody puts words into another's
    /// mouth. What was told already of a file is not told again.
    fn rewritten(
        &mut self,
        base: &Snapshot<'_>,
        one: &Rewritten,
        (by, is_own): (&str, bool),
        told: &mut BTreeSet<String>,
    ) -> Result<()> {
        let path = one.path.as_str();
        let shown = self.shown(path);
        let what = if matches!(holds(path), Holds::Entry(..)) { "entry" } else { "attachment" };
        if self.is_withdrawn(base, path, one.is_gone)? {
            if told.insert(path.to_owned()) {
                let (code, done) = if one.is_gone { ("DSK415", "took back") } else { ("DSK416", "changed") };
                let message = format!("{by} {done} a decision on a request that has ended; it stays");
                let fix = restored(&base.commit().to_string()[..10], &shown);
                self.findings.push(Finding::error(code, shown, (1, 1), message).fix(fix));
            }
            return Ok(());
        }
        if is_own {
            // What came and went since is nobody's loss.
            if one.is_gone && what == "entry" && base.exists(path)? && !self.exists(path)? {
                let message = format!("{by} took back an entry of theirs");
                self.findings.push(Finding::warning("DSK415", shown, (1, 1), message));
            }
            return Ok(());
        }
        if !told.insert(path.to_owned()) {
            return Ok(());
        }
        let owners: Vec<&str> = one.owners.iter().map(String::as_str).filter(|by| !by.is_empty()).collect();
        let whose = if owners.is_empty() { String::new() } else { format!(" of {}", owners.join(", ")) };
        let (code, done) = if one.is_gone { ("DSK415", "deleted") } else { ("DSK416", "changed") };
        let was_there = base.exists(path)?;
        let is_back = was_there && !self.changes.has(path);
        let (again, fix) = match is_back {
            true => (", and it came back", ONE_COMMIT.to_owned()),
            false => {
                let from = if was_there { base.commit() } else { one.was_in };
                ("", restored(&from.to_string()[..10], &shown))
            }
        };
        let message = format!("an {what}{whose} was {done}{again}; a thread only grows");
        self.findings.push(Finding::error(code, shown, (1, 1), message).fix(fix));
        Ok(())
    }

    /// Whether a decision is gone, or says something else, on which work rests that is done: before, or by now.
    fn is_withdrawn(&self, base: &Snapshot<'_>, path: &str, is_gone: bool) -> Result<bool> {
        let Holds::Entry(id, entry) = holds(path) else { return Ok(false) };
        let was = base.one_entry(id, &entry)?.filter(|was| was.kind == EntryKind::Approval);
        if was.is_none() || is_gone && self.exists(path)? {
            return Ok(false);
        }
        let is_done = |ticket: Option<Ticket>| ticket.is_some_and(|ticket| ticket.status.is_done());
        let now = self.asked.edits.get(&id.path()).and_then(Option::as_ref);
        let now = match now {
            Some(edited) => read_ticket(id, "", edited.bytes.clone()).ok().map(|file| file.ticket),
            None => readable(self.asked.snapshot, id)?,
        };
        Ok(is_done(readable(base, id)?) || is_done(now))
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
            let fix = restored(commit, &shown);
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

    /// New entries in the name of somebody who did not make the commit: of another agent, or of nobody who could be known.
    /// Words that were changed are told already.
    fn forged(&mut self, step: &Step, policy: &Policy, told: &BTreeSet<String>) -> Result<()> {
        let by = policy.handle_for(&step.email);
        for touch in &step.tickets {
            for entry in &touch.added {
                let path = entry_path(touch.id, &entry.id);
                let is_agents = policy.is_agent(&entry.by);
                let is_fair = policy.is_same(&entry.by, by) || !is_agents && is_address(&entry.by);
                if is_fair || told.contains(&path) || self.is_copied(step, touch, entry)? {
                    continue;
                }
                let at = match self.bytes(&path)? {
                    Some(Ok(bytes)) => document::locate(&bytes, "by").unwrap_or((1, 1)),
                    Some(Err(_)) | None => (1, 1),
                };
                let who = if entry.by.is_empty() { "nobody" } else { &entry.by };
                let message = match is_agents {
                    true => format!("it says it is by {who}, and the commit is by {by}"),
                    false => format!("it says it is by {who}, who is no agent and no address; the commit is by {by}"),
                };
                let shown = self.shown(&path);
                self.findings.push(Finding::warning("DSK803", shown, at, message));
            }
        }
        Ok(())
    }

    /// Whether an entry stood like that in another ticket that the commit has to do with, and came along into a new one, as
    /// after a split. A decision is about its own ticket, and is not taken along.
    fn is_copied(&self, step: &Step, into: &Touch, entry: &Entry) -> Result<bool> {
        let is_decision = match entry.kind {
            EntryKind::Approval | EntryKind::Rating => true,
            EntryKind::Comment | EntryKind::Note | EntryKind::Escalation | EntryKind::Occurrence | EntryKind::Work => {
                false
            }
        };
        if is_decision || into.before.is_some() {
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
            self.findings.push(finding.fix(ONE_COMMIT));
        }
        Ok(())
    }
}

/// What is done where a commit did harm that a later one mended.
const ONE_COMMIT: &str = "make one commit of that one and the one that mends it: git rebase -i";

/// Whether a name is an address, and nothing that looks like a name: no blanks, brackets or characters that nobody sees.
fn is_address(by: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || c.is_ascii_graphic() && !matches!(c, '<' | '>' | ',' | '"');
    let (name, host) = by.split_once('@').unwrap_or_default();
    !name.is_empty() && !host.is_empty() && !host.contains('@') && by.chars().all(plain)
}

/// How a file comes back as it was in a commit.
fn restored(commit: &str, path: &str) -> String {
    typed::git(&["restore", &format!("--source={commit}"), "--staged", "--worktree"], &[path])
}
