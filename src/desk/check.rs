//! What is wrong with a desk's files: text, types, references, the rules of statuses.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::model::field::FileKind;
use crate::model::id::{EntryId, TicketId};
use crate::model::policy::{Policy, Severity};
use crate::model::rules::{Around, Flaw, Neighbour, transition, validate};
use crate::model::ticket::Ticket;
use crate::store::snapshot::{Damaged, Holds, holds, read_entry, read_ticket};
use crate::store::{Oid, Snapshot, document};
use crate::view::Finding;

/// Files as they are now, where that is not what the commit says: path from the desk's root to bytes, `None` where the
/// file is gone.
pub type Edits = BTreeMap<String, Option<Vec<u8>>>;

/// Checks a commit with `edits` on top. With `only`, those paths alone are reported on.
pub fn check(snapshot: &Snapshot<'_>, edits: &Edits, only: Option<&[String]>) -> Result<Vec<Finding>> {
    let mut work = Check { snapshot, edits, root: snapshot.store().root(), findings: Vec::new() };
    let policy = work.policy()?;
    let mut paths: Vec<(String, Option<(Oid, i32)>)> = Vec::new();
    snapshot.walk_tickets(|path, oid, mode| paths.push((path.to_owned(), Some((oid, mode)))))?;
    let known: std::collections::BTreeSet<String> = paths.iter().map(|(path, _)| path.clone()).collect();
    paths.extend(edits.keys().filter(|path| !known.contains(*path)).map(|path| (path.clone(), None)));
    for (path, blob) in paths {
        if only.is_none_or(|only| only.contains(&path)) {
            work.file(&path, blob, &policy)?;
        }
    }
    if let Some(only) = only
        && !only.iter().any(|path| path == "desk.toml")
    {
        let policy = format!("{}desk.toml", work.root);
        work.findings.retain(|finding| finding.path != policy);
    }
    work.findings.sort_by(|a, b| (&a.path, a.line, a.column, a.code).cmp(&(&b.path, b.line, b.column, b.code)));
    Ok(work.findings)
}

struct Check<'a> {
    snapshot: &'a Snapshot<'a>,
    edits: &'a Edits,
    root: &'a str,
    findings: Vec<Finding>,
}

impl Check<'_> {
    fn policy(&mut self) -> Result<Policy> {
        let path = format!("{}desk.toml", self.root);
        let text = match self.edits.get("desk.toml") {
            Some(Some(bytes)) => String::from_utf8(bytes.clone()).map_err(|_| Damaged::whole(&path, "is not UTF-8")),
            Some(None) => Ok(String::new()),
            None => self.snapshot.policy_text()?,
        };
        let text = match text {
            Ok(text) => text,
            Err(damaged) => {
                self.damaged("DSK001", damaged);
                return Ok(Policy::default());
            }
        };
        let (policy, remarks) = Policy::parse(&text);
        for remark in remarks {
            let code = match remark.severity {
                // A remark without a key is about the file as a whole.
                Severity::Error if remark.key.is_empty() => "DSK001",
                Severity::Error => "DSK102",
                Severity::Warning => "DSK103",
            };
            let level = remark.severity.as_str();
            let (line, column) = (remark.line, remark.column);
            self.findings.push(Finding {
                code,
                level,
                path: path.clone(),
                line,
                column,
                message: remark.message,
                fix: remark.fix,
            });
        }
        Ok(policy)
    }

    fn file(&mut self, path: &str, blob: Option<(Oid, i32)>, policy: &Policy) -> Result<()> {
        let held = holds(path);
        if matches!(held, Holds::Policy | Holds::Attachment(_) | Holds::Other) {
            return Ok(());
        }
        let shown = format!("{}{path}", self.root);
        let bytes = match (self.edits.get(path), blob) {
            (Some(Some(bytes)), _) if bytes.len() > document::MAX_SIZE => Err(Damaged::whole(
                &shown,
                format!("has {} bytes; more than {} are not read", bytes.len(), document::MAX_SIZE),
            )),
            (Some(Some(bytes)), _) => Ok(bytes.clone()),
            (Some(None), _) | (None, None) => return Ok(()),
            (None, Some((oid, mode))) => self.snapshot.blob(oid, mode, path, document::MAX_SIZE)?,
        };
        match (held, bytes) {
            (_, Err(damaged)) => self.damaged("DSK001", damaged),
            (Holds::Ticket(id), Ok(bytes)) => self.ticket(id, path, &shown, bytes, policy)?,
            (Holds::Entry(_, entry), Ok(bytes)) => self.entry(entry, &shown, &bytes),
            (Holds::Policy | Holds::Attachment(_) | Holds::Other, Ok(_)) => {}
        }
        Ok(())
    }

    fn entry(&mut self, entry: EntryId, shown: &str, bytes: &[u8]) {
        if let Err(damaged) = read_entry(entry, shown, bytes) {
            let code = if document::parse(FileKind::Entry, bytes).is_err() { "DSK001" } else { "DSK101" };
            self.damaged(code, damaged);
        }
    }

    fn ticket(&mut self, id: TicketId, path: &str, shown: &str, bytes: Vec<u8>, policy: &Policy) -> Result<()> {
        let file = match read_ticket(id, shown, bytes.clone()) {
            Ok(file) => file,
            Err(damaged) => {
                let code = if document::parse(FileKind::Ticket, &bytes).is_err() { "DSK001" } else { "DSK101" };
                self.damaged(code, damaged);
                return Ok(());
            }
        };
        let neighbour = |other: &TicketId| self.neighbour(*other);
        let around = Around::new(policy, &neighbour);
        let mut flaws = validate(&file.ticket, &around);
        if self.edits.contains_key(path)
            && let Some(Ok(before)) = self.snapshot.ticket(id)?
        {
            flaws.extend(transition(&before.ticket, &file.ticket, &around));
        }
        for key in file.ticket.unknown.keys() {
            let (line, column) = document::locate(&bytes, key).unwrap_or((1, 1));
            let message = format!("`{key}` is no field of a ticket; it is kept as it is");
            let fix = Some("a field of your own stands in [fields]".to_owned());
            self.findings.push(Finding {
                code: "DSK103",
                level: "warning",
                path: shown.to_owned(),
                line,
                column,
                message,
                fix,
            });
        }
        for flaw in flaws {
            self.flaw(shown, &bytes, flaw);
        }
        Ok(())
    }

    fn neighbour(&self, id: TicketId) -> Option<Neighbour> {
        let read: Option<Ticket> = match self.edits.get(&id.path()) {
            Some(Some(bytes)) => read_ticket(id, "", bytes.clone()).ok().map(|file| file.ticket),
            Some(None) => None,
            None => self.snapshot.ticket(id).ok()??.ok().map(|file| file.ticket),
        };
        read.map(|ticket| Neighbour::of(&ticket))
    }

    fn flaw(&mut self, shown: &str, bytes: &[u8], flaw: Flaw) {
        let (line, column) = document::locate(bytes, flaw.field).unwrap_or((1, 1));
        self.findings.push(Finding {
            code: flaw.code,
            level: flaw.severity.as_str(),
            path: shown.to_owned(),
            line,
            column,
            message: flaw.message,
            fix: flaw.fix,
        });
    }

    fn damaged(&mut self, code: &'static str, damaged: Damaged) {
        let Damaged { path, line, column, message, fix } = damaged;
        self.findings.push(Finding { code, level: "error", path, line, column, message, fix });
    }
}
