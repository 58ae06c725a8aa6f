//! A ticket under the rules and beside the others.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::inspect::{Inspected, Said};
use super::{Check, Scope};
use crate::error::Result;
use crate::model::act::{Change, is_above};
use crate::model::entry::Entry;
use crate::model::id::TicketId;
use crate::model::near::nearest;
use crate::model::policy::{Policy, Severity};
use crate::model::rules::desk::{Lacking, Rules};
use crate::model::rules::{Around, Flaw, Neighbour, transition, validate};
use crate::model::ticket::Ticket;
use crate::model::word::EntryKind;
use crate::store::snapshot::{Holds, read_entry, read_ticket};
use crate::store::{Snapshot, document};
use crate::view::Finding;

/// The flaw of a status that no act leads to.
const NO_WAY: &str = "DSK401";

/// Seconds of a day: a clock may be that much behind the one that drew an id.
const DAY: i64 = 86_400;

/// Flaws that rest on names and values of `desk.toml`.
const OF_POLICY: &[&str] = &["DSK301", "DSK302", "DSK403", "DSK410"];

impl Check<'_, '_> {
    /// What is wrong with a file beside others.
    pub(super) fn judge(&mut self, one: Inspected, policy: &Policy) -> Result<()> {
        let Inspected { path, held, findings, said } = one;
        let shown = self.shown(&path);
        let misplaced = findings.iter().any(|finding| finding.code == "DSK201" && finding.is_error());
        self.findings.extend(findings);
        if misplaced {
            self.twice(&path, &shown)?;
        }
        if let Holds::Entry(id, _) | Holds::Attachment(id) = &held {
            self.orphan(*id, &shown)?;
        }
        match said {
            Said::Nothing => Ok(()),
            Said::Ticket(ticket) => self.ticket(&path, &shown, &ticket, policy),
            Said::Article(article) => self.article(&path, &shown, &article, policy),
            Said::Entry(entry) => self.entry(&path, &shown, &held, &entry),
        }
    }

    /// A ticket in the wrong folder whose id is also where it must be.
    fn twice(&mut self, path: &str, shown: &str) -> Result<()> {
        let name = path.rsplit('/').next().and_then(|name| name.strip_suffix(".toml"));
        let Some(id) = name.and_then(TicketId::parse) else { return Ok(()) };
        if self.exists(&id.path())? {
            let message = format!("{id} is there twice: also as {}{}", self.root, id.path());
            self.findings.push(Finding::error("DSK204", shown, (1, 1), message));
        }
        Ok(())
    }

    fn ticket(&mut self, path: &str, shown: &str, ticket: &Ticket, policy: &Policy) -> Result<()> {
        let before = match self.changes.has(path) {
            true => self.before().ticket(ticket.id)?.and_then(Result::ok).map(|file| file.ticket),
            false => None,
        };
        let mut flaws = {
            let neighbour = |other: &TicketId| self.neighbour(*other);
            let approvers = |ticket: &Ticket| self.asked_of(ticket, policy);
            let around = Around { approvers: &approvers, ..Around::new(policy, &neighbour) };
            let mut flaws = validate(ticket, &around);
            if let Some(before) = &before {
                let mut way = transition(before, ticket, &around);
                if way.iter().any(|flaw| flaw.code == NO_WAY) && self.was_so(ticket.id)? {
                    way.retain(|flaw| flaw.code != NO_WAY);
                }
                flaws.extend(way);
            }
            flaws
        };
        flaws.extend(self.census.flaws(ticket, !matches!(self.asked.scope, Scope::Whole)));
        flaws.extend(self.names(ticket)?);
        if self.changes.has(path) && self.has_before() {
            flaws.extend(self.acts(before.as_ref(), ticket, policy)?);
        }
        flaws.retain(|flaw| self.judges_names || !OF_POLICY.contains(&flaw.code));
        if flaws.is_empty() {
            return Ok(());
        }
        let Some(Ok(bytes)) = self.bytes(path)? else { return Ok(()) };
        for flaw in flaws {
            let at = document::locate(&bytes, flaw.field).unwrap_or((1, 1));
            let Flaw { code, severity, message, fix, .. } = flaw;
            self.findings.push(Finding { fix, level: severity.as_str(), ..Finding::error(code, shown, at, message) });
        }
        Ok(())
    }

    /// Whether a ticket's file is, byte for byte, as it was earlier than in the version before: then what was done since has
    /// been taken back, as `undo` does.
    fn was_so(&self, id: TicketId) -> Result<bool> {
        let path = id.path();
        let (Some(Ok(now)), store) = (self.bytes(&path)?, self.asked.snapshot.store()) else { return Ok(false) };
        let began = id.date().and_then(|date| TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok());
        let began = began.map_or(i64::MIN, |began| began.as_second().saturating_sub(DAY));
        let mut seen = BTreeSet::new();
        for row in store.commits(self.before().commit(), None)?.iter().rev().filter(|row| row.committed >= began) {
            let then = Snapshot::at(store, row.id)?;
            let Some((blob, mode)) = then.entry(&path)?.filter(|(blob, _)| seen.insert(*blob)) else { continue };
            if then.blob(blob, mode, &path, document::MAX_SIZE)?.is_ok_and(|bytes| bytes == now) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether there is a version before to speak of acts: of the whole desk as it stands there is none.
    fn has_before(&self) -> bool {
        matches!(self.asked.scope, Scope::Since(_)) || !self.asked.edits.is_empty()
    }

    fn neighbour(&self, id: TicketId) -> Option<Neighbour> {
        if let Some(known) = self.census.neighbour(id) {
            return Some(known);
        }
        let read = match self.asked.edits.get(&id.path()) {
            Some(Some(edited)) => read_ticket(id, "", edited.bytes.clone()).ok(),
            Some(None) => None,
            None => self.asked.snapshot.ticket(id).ok()??.ok(),
        };
        read.map(|file| Neighbour::of(&file.ticket))
    }

    /// Names of other files of the desk. Where a desk keeps none of a kind, the word is a mere word.
    fn names(&self, ticket: &Ticket) -> Result<Vec<Flaw>> {
        let severity = if ticket.status.is_open() { Severity::Error } else { Severity::Warning };
        let mut flaws = Vec::new();
        let articles = ticket.articles.iter().map(|name| ("DSK304", "articles", "kb", "article", name));
        let others = [
            ("DSK305", "service", "services", "service", &ticket.service),
            ("DSK306", "customer", "customers", "customer", &ticket.customer),
        ];
        for (code, field, folder, what, name) in articles.chain(others) {
            if name.is_empty() || !self.exists(folder)? || self.is_there(folder, name)? {
                continue;
            }
            let message = format!("there is no {what} \"{name}\"");
            let known = self.asked.snapshot.names_in(folder)?;
            let near = nearest(name, known.iter().filter_map(|file| file.strip_suffix(".toml")));
            let fix = near.map(|near| format!("did you mean `{near}`?"));
            flaws.push(Flaw { code, severity, field, message, fix });
        }
        Ok(flaws)
    }

    /// Whether a name is that of a file in a folder; it leads nowhere else.
    pub(super) fn is_there(&self, folder: &str, name: &str) -> Result<bool> {
        let harmless = name.split('/').all(crate::model::name::is_name);
        Ok(harmless && self.exists(&format!("{folder}/{name}.toml"))?)
    }

    /// What acts since the version before lack.
    fn acts(&self, before: Option<&Ticket>, ticket: &Ticket, policy: &Policy) -> Result<Vec<Flaw>> {
        let added = self.added(ticket.id)?;
        let change = Change { before, after: Some(ticket), added: &added, by: self.asked.by };
        let mut flaws = Vec::new();
        let (own, _) = self.before().policy()?;
        let rules = Rules::new(&own, self.context(policy));
        for Lacking { act, field, rule } in rules.lacking(&change.acts(&own), ticket) {
            let name = if rule.name.is_empty() { String::new() } else { format!(" \"{}\"", rule.name) };
            flaws.push(Flaw {
                code: "DSK801",
                severity: Severity::Error,
                field: known_field(field),
                message: format!(
                    "to {act} it needs `{field}` ([[require]]{name}, {}desk.toml:{})",
                    self.root, rule.line
                ),
                fix: Some(format!("git desk set {} {field}=…", ticket.id)),
            });
        }
        if let Some(before) = before {
            flaws.extend(unsaid(before, ticket, &added, policy));
        }
        Ok(flaws)
    }

    /// The entries that a ticket's thread got.
    fn added(&self, id: TicketId) -> Result<Vec<Entry>> {
        let folder = format!("{}/", id.folder());
        let mut added = Vec::new();
        for path in self.changes.added_below(&folder) {
            if let Holds::Entry(_, entry) = crate::store::snapshot::holds(path)
                && let Some(Ok(bytes)) = self.bytes(path)?
            {
                added.extend(read_entry(entry, path, &bytes));
            }
        }
        Ok(added)
    }
}

/// A field by its name in the list of all, which lives as long as the program.
fn known_field(name: &str) -> &'static str {
    let name = if name.starts_with("fields.") { "fields" } else { name };
    crate::model::field::TICKET.iter().map(|field| field.name).find(|field| *field == name).unwrap_or("status")
}

/// What should have been said when a ticket went up or came back.
fn unsaid(before: &Ticket, after: &Ticket, added: &[Entry], policy: &Policy) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut unsaid = |code, field, message: String, fix: String| {
        flaws.push(Flaw { code, severity: Severity::Warning, field, message, fix: Some(fix) });
    };
    let went_up = is_above(policy, &before.queue, &after.queue);
    if went_up && !added.iter().any(|entry| entry.kind == EntryKind::Escalation) {
        let message = format!("it went up from \"{}\" to \"{}\" without an escalation", before.queue, after.queue);
        unsaid("DSK413", "queue", message, format!("git desk escalate {} --to {} -m \"why\"", after.id, after.queue));
    }
    let said = |entry: &Entry| entry.kind == EntryKind::Note && entry.extra.text("act") == "reopen";
    let answered = |entry: &Entry| entry.kind == EntryKind::Comment && entry.by == after.requester;
    if before.status.is_done() && after.status.is_open() && !added.iter().any(|entry| said(entry) || answered(entry)) {
        let message = "it was reopened without a word why".to_owned();
        unsaid("DSK417", "status", message, format!("git desk note {} \"why it was opened again\"", after.id));
    }
    flaws
}
