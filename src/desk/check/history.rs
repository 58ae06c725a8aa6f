//! What has happened since a version: a thread only grows, names stay, and nobody does what only others may.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, typed};
use crate::error::Result;
use crate::model::act::Change;
use crate::model::entry::Entry;
use crate::model::field::FileKind;
use crate::model::id::TicketId;
use crate::model::policy::{FILE, Policy};
use crate::model::record::Record;
use crate::model::rules::desk::{Author, Denied, Rules};
use crate::model::ticket::Ticket;
use crate::model::word::EntryKind;
use crate::store::document::{self, MAX_SIZE};
use crate::store::history::CommitRow;
use crate::store::snapshot::{Holds, holds, read_entry};
use crate::store::transaction::entry_path;
use crate::store::{Oid, Snapshot, Store};
use crate::view::Finding;

/// What one commit did to the desk.
pub struct Step {
    pub id: Oid,
    /// The author's address.
    pub email: String,
    /// Whether it carries a signature, whoever's that is.
    pub signed: bool,
    pub tickets: Vec<Touch>,
    /// Whether it changed `desk.toml`.
    pub policy: bool,
    /// All files of the desk that it changed.
    pub paths: Vec<String>,
}

/// A ticket that a commit touched.
pub struct Touch {
    pub id: TicketId,
    pub before: Option<Ticket>,
    pub after: Option<Ticket>,
    /// Entries that its thread got.
    pub added: Vec<Entry>,
}

/// What a commit did, against its first parent. Of a merge, what none of its parents has.
pub fn step(store: &Store, row: &CommitRow) -> Result<Step> {
    let after = Snapshot::at(store, row.id)?;
    let before = row.parents.first().map(|parent| Snapshot::at(store, *parent)).transpose()?;
    let mut paths: BTreeSet<String> = differing(store, before.as_ref(), &after)?;
    for parent in row.parents.iter().skip(1) {
        let own = differing(store, Some(&Snapshot::at(store, *parent)?), &after)?;
        paths.retain(|path| own.contains(path));
    }
    let mut tickets: BTreeMap<TicketId, Vec<Entry>> = BTreeMap::new();
    for path in &paths {
        match holds(path) {
            Holds::Ticket(id) | Holds::Attachment(id) => {
                tickets.entry(id).or_default();
            }
            Holds::Entry(id, entry) => {
                let added = tickets.entry(id).or_default();
                let is_new = before.as_ref().map_or(Ok(true), |before| before.exists(path).map(|was| !was))?;
                if is_new && let Some(Ok(bytes)) = after.file(path, MAX_SIZE)? {
                    added.extend(read_entry(entry, path, &bytes));
                }
            }
            Holds::Policy | Holds::Other => {}
        }
    }
    let read = |snapshot: &Snapshot<'_>, id| Ok::<_, anyhow::Error>(snapshot.ticket(id)?.and_then(Result::ok));
    let mut told = Vec::new();
    for (id, added) in tickets {
        let was = before.as_ref().map_or(Ok(None), |before| read(before, id))?;
        let is = read(&after, id)?;
        told.push(Touch { id, before: was.map(|file| file.ticket), after: is.map(|file| file.ticket), added });
    }
    let policy = paths.contains(FILE);
    let signed = store.is_signed(row.id)?;
    Ok(Step { id: row.id, email: row.email.clone(), signed, tickets: told, policy, paths: paths.into_iter().collect() })
}

fn differing(store: &Store, before: Option<&Snapshot<'_>>, after: &Snapshot<'_>) -> Result<BTreeSet<String>> {
    let before = before.and_then(Snapshot::tree);
    Ok(store.differing(before, after.tree())?.into_iter().map(|file| file.path).collect())
}

/// What a commit did that its author may not do: the ticket, or `None` for the policy, and what is denied.
pub fn denied<'p>(rules: &Rules<'p>, policy: &Policy, step: &Step) -> Vec<(Option<TicketId>, Denied<'p>)> {
    let by = policy.handle_for(&step.email);
    let author = Author { name: by, signed: step.signed };
    let mut found = Vec::new();
    for Touch { id, before, after, added } in &step.tickets {
        let change = Change { before: before.as_ref(), after: after.as_ref(), added, by };
        found.extend(rules.denied(&change, author).into_iter().map(|denied| (Some(*id), denied)));
    }
    if step.policy {
        found.extend(rules.denied_policy(author).map(|denied| (None, denied)));
    }
    found
}

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
            for row in store.commits(self.asked.snapshot.commit(), Some(base.commit()))? {
                let step = step(store, &row)?;
                for (id, denied) in denied(&rules, &policy, &step) {
                    self.deny(id, &denied, policy.handle_for(&step.email), step.id)?;
                }
                self.forged(&step, &policy)?;
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

    fn deny(&mut self, id: Option<TicketId>, denied: &Denied<'_>, by: &str, commit: Oid) -> Result<()> {
        let Denied { act, rules } = denied;
        let inside = id.map_or_else(|| FILE.to_owned(), |id| id.path());
        let commit = &commit.to_string()[..10];
        let whose = match rules.first() {
            None => "only admins change the policy where it has [[permit]] rules".to_owned(),
            Some(rule) => {
                format!("[[permit]] ({}{FILE}:{}) leaves that to {}", self.root, rule.line, rule.who.join(", "))
            }
        };
        let what = id.map_or_else(|| format!("change {FILE}"), |id| format!("{act} {id}"));
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
        let counts = before.as_ref().is_some_and(|record| record.text("kind") == EntryKind::Occurrence.as_str());
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

    /// Queues and agents that were in `desk.toml` and are not any more: tickets name them for ever.
    pub(super) fn names_gone(&mut self, base: &Snapshot<'_>, policy: &Policy) -> Result<()> {
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
        if !policy.agents.contains_key(by) {
            return Ok(());
        }
        for Touch { id, added, .. } in &step.tickets {
            for entry in added.iter().filter(|entry| entry.by != by && policy.agents.contains_key(&entry.by)) {
                let path = entry_path(*id, &entry.id);
                let Some(Ok(bytes)) = self.bytes(&path)? else { continue };
                let at = document::locate(&bytes, "by").unwrap_or((1, 1));
                let message = format!("it says it is by {}, and the commit is by {by}", entry.by);
                let shown = self.shown(&path);
                self.findings.push(Finding::warning("DSK803", shown, at, message));
            }
        }
        Ok(())
    }
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
