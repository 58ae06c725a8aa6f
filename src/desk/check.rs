//! What is wrong with a desk's files: text, types, references, the rules of statuses.

mod census;
mod customers;
mod policy;

use std::collections::BTreeMap;

use census::Census;
use jiff::Timestamp;

use crate::error::Result;
use crate::model::customer;
use crate::model::id::{EntryId, TicketId};
use crate::model::policy::Policy;
use crate::model::rules::{Around, Flaw, Neighbour, transition, validate};
use crate::model::ticket::Ticket;
use crate::store::policy::Read;
use crate::store::snapshot::{Damaged, Holds, TicketFile, holds, read_entry, read_ticket};
use crate::store::{Oid, Snapshot, document};
use crate::view::Finding;

/// Files as they are now, where that is not what the commit says: path from the desk's root to bytes, `None` where the
/// file is gone.
pub type Edits = BTreeMap<String, Option<Vec<u8>>>;

/// Checks a commit with `edits` on top, as of `now`. With `only`, those paths alone are reported on.
pub fn check(snapshot: &Snapshot<'_>, edits: &Edits, only: Option<&[String]>, now: Timestamp) -> Result<Vec<Finding>> {
    let mut work = Check {
        snapshot,
        edits,
        root: snapshot.store().root(),
        findings: Vec::new(),
        census: Census::default(),
        judges_names: true,
    };
    let policy = work.policy(now)?;
    if only.is_none_or(|only| only.iter().any(|path| path.starts_with(customer::FOLDER))) {
        work.customers(&policy)?;
    }
    let paths = work.paths()?;
    let mut tickets = Vec::new();
    for (path, blob) in paths {
        tickets.extend(work.file(&path, blob)?);
    }
    for (path, file) in tickets.iter().filter(|(path, _)| only.is_none_or(|only| only.contains(path))) {
        work.ticket(path, file, &policy)?;
    }
    if let Some(only) = only {
        let only: Vec<String> = only.iter().map(|path| format!("{}{path}", work.root)).collect();
        work.findings.retain(|finding| only.contains(&finding.path));
    }
    work.findings.sort_by(|a, b| (&a.path, a.line, a.column, a.code).cmp(&(&b.path, b.line, b.column, b.code)));
    Ok(work.findings)
}

/// Id and mode of a file that is committed.
type Blob = Option<(Oid, i32)>;

/// Flaws that rest on names and values of `desk.toml`.
const OF_POLICY: &[&str] = &["DSK301", "DSK302", "DSK403", "DSK410"];

struct Check<'a, 's> {
    snapshot: &'a Snapshot<'s>,
    edits: &'a Edits,
    root: &'a str,
    findings: Vec<Finding>,
    census: Census,
    /// Whether `desk.toml` can be read, so that what names it can be judged.
    judges_names: bool,
}

impl Check<'_, '_> {
    /// Every file below `tickets/`, with its blob where it is committed.
    fn paths(&self) -> Result<BTreeMap<String, Blob>> {
        let mut paths: BTreeMap<String, Blob> = self.edits.keys().map(|path| (path.clone(), None)).collect();
        self.snapshot.walk_tickets(|path, oid, mode| {
            paths.insert(path.to_owned(), Some((oid, mode)));
        })?;
        Ok(paths)
    }

    /// Reads a file and says what is wrong with it by itself; a ticket that can be read is handed on.
    fn file(&mut self, path: &str, blob: Blob) -> Result<Option<(String, TicketFile)>> {
        let held = holds(path);
        if matches!(held, Holds::Policy | Holds::Attachment(_)) || matches!(self.edits.get(path), Some(None)) {
            return Ok(None);
        }
        if held == Holds::Other {
            self.misnamed(path);
            return Ok(None);
        }
        let shown = format!("{}{path}", self.root);
        let bytes = match (self.edited(path), blob) {
            (Some(Some(bytes)), _) => bytes,
            (Some(None), _) | (None, None) => return Ok(None),
            (None, Some((oid, mode))) => self.snapshot.blob(oid, mode, path, document::MAX_SIZE)?,
        };
        match (held, bytes) {
            (_, Err(damaged)) => self.damaged("DSK001", damaged),
            (Holds::Ticket(id), Ok(bytes)) => return Ok(self.read(id, path, &shown, bytes)),
            (Holds::Entry(_, entry), Ok(bytes)) => self.entry(entry, &shown, &bytes),
            (Holds::Policy | Holds::Attachment(_) | Holds::Other, Ok(_)) => {}
        }
        Ok(None)
    }

    /// An edited file, `Some(None)` where it is gone; `None` where the commit says what it is.
    fn edited(&self, path: &str) -> Option<Read> {
        Some(self.edits.get(path)?.as_ref().map(|bytes| match bytes.len() {
            ..=document::MAX_SIZE => Ok(bytes.clone()),
            size => {
                let message = format!("has {size} bytes; more than {} are not read", document::MAX_SIZE);
                Err(Damaged::whole(format!("{}{path}", self.root), message))
            }
        }))
    }

    /// A file as it is now.
    fn bytes(&self, path: &str) -> Result<Read> {
        self.edited(path).map_or_else(|| self.snapshot.file(path, document::MAX_SIZE), Ok)
    }

    /// A file below `tickets/` that is neither ticket nor entry nor attachment.
    fn misnamed(&mut self, path: &str) {
        let name = path.rsplit('/').next().unwrap_or_default();
        if name.starts_with('.') || !path.starts_with("tickets/") {
            return;
        }
        let id = name.strip_suffix(".toml").and_then(TicketId::parse);
        let message = match id {
            Some(_) => "this ticket lies in the wrong folder".to_owned(),
            None => format!("\"{name}\" is no name of a ticket or an entry"),
        };
        self.findings.push(Finding {
            code: "DSK201",
            level: if name.ends_with(".toml") { "error" } else { "warning" },
            path: format!("{}{path}", self.root),
            line: 1,
            column: 1,
            message,
            fix: id.map(|id| format!("git mv {}{path} {}{}", self.root, self.root, id.path())),
        });
    }

    fn entry(&mut self, entry: EntryId, shown: &str, bytes: &[u8]) {
        let read = match read_entry(entry, shown, bytes) {
            Ok(read) => read,
            Err(damaged) => return self.damaged(code_of(bytes), damaged),
        };
        if let Some((field, message, fix)) = read.out_of_range() {
            let (line, column) = document::locate(bytes, field).unwrap_or((1, 1));
            let path = shown.to_owned();
            let fix = Some(fix.to_owned());
            self.findings.push(Finding { code: "DSK101", level: "error", path, line, column, message, fix });
        }
    }

    fn read(&mut self, id: TicketId, path: &str, shown: &str, bytes: Vec<u8>) -> Option<(String, TicketFile)> {
        match read_ticket(id, shown, bytes.clone()) {
            Ok(file) => {
                self.census.add(&file.ticket);
                Some((path.to_owned(), file))
            }
            Err(damaged) => {
                self.damaged(code_of(&bytes), damaged);
                None
            }
        }
    }

    /// What is wrong with a ticket under the rules and beside the others.
    fn ticket(&mut self, path: &str, file: &TicketFile, policy: &Policy) -> Result<()> {
        let neighbour = |other: &TicketId| self.neighbour(*other);
        let around = Around::new(policy, &neighbour);
        let mut flaws = validate(&file.ticket, &around);
        if self.edits.contains_key(path)
            && let Some(Ok(before)) = self.snapshot.ticket(file.ticket.id)?
        {
            flaws.extend(transition(&before.ticket, &file.ticket, &around));
        }
        flaws.extend(self.census.flaws(&file.ticket));
        flaws.retain(|flaw| self.judges_names || !OF_POLICY.contains(&flaw.code));
        for key in file.ticket.unknown.keys() {
            let (line, column) = document::locate(&file.bytes, key).unwrap_or((1, 1));
            self.findings.push(Finding {
                code: "DSK103",
                level: "warning",
                path: file.path.clone(),
                line,
                column,
                message: format!("`{key}` is no field of a ticket; it is kept as it is"),
                fix: Some("a field of your own stands in [fields]".to_owned()),
            });
        }
        for flaw in flaws {
            self.flaw(&file.path, &file.bytes, flaw);
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

/// A file that is no TOML at all, or one whose values are not what they must be.
fn code_of(bytes: &[u8]) -> &'static str {
    let text = std::str::from_utf8(bytes).map(|text| text.trim_start_matches('\u{feff}'));
    if text.is_ok_and(|text| text.parse::<toml::Table>().is_ok()) { "DSK101" } else { "DSK001" }
}
