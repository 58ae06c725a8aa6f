//! The history that `export jsonl` tells, replayed: the same ids, threads and facts in another desk.
//!
//! Such a log needs no map. Each line that was applied is known by what it says, so that a longer log goes on where an
//! earlier one ended. Where a merge has brought older changes of a ticket in between, it is refused: what came later is
//! here already, and would be overwritten.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::event::Step;
use super::misfits::Misfits;
use super::newcomers::Newcomers;
use super::words::subject;
use crate::desk::Desk;
use crate::desk::export::history::{Line, SCHEMA};
use crate::error::{Problem, Result};
use crate::model::base64;
use crate::model::entry::Entry;
use crate::model::fact::{Fact, Replay};
use crate::model::field::{FileKind, Shape};
use crate::model::id::{EntryId, TicketId};
use crate::model::name::is_name;
use crate::model::record::Record;
use crate::model::ticket::Ticket;
use crate::store::document;
use crate::store::message::{Message, Person, When};

/// The source in the name of the operations that such an import makes.
const SOURCE: &str = "desk-history";

/// What is known of a ticket of the log.
#[derive(Default)]
struct Known {
    state: Replay,
    /// The file at the branch's tip, where an earlier run wrote it and people may have changed its form.
    bytes: Option<Vec<u8>>,
    /// Lines that an earlier run applied and that have not come yet.
    ahead: HashSet<String>,
    refused: bool,
}

/// The lines that earlier runs applied, by ticket.
pub type Applied = HashMap<String, HashSet<String>>;

/// Those of the desk as it is.
pub fn applied(desk: &Desk<'_>) -> Result<Applied> {
    let mut applied = Applied::new();
    for op in desk.index()?.operations(&format!("{SOURCE}/"))? {
        let mut parts = op.splitn(3, '/').skip(1).map(str::to_owned);
        if let (Some(ticket), Some(line)) = (parts.next(), parts.next()) {
            applied.entry(ticket).or_default().insert(line);
        }
    }
    Ok(applied)
}

/// Turns lines into commits. Keeps the state of each ticket of the log.
pub struct Again<'a> {
    file: &'a dyn Fn(TicketId) -> Result<Option<Vec<u8>>>,
    applied: Applied,
    known: HashMap<TicketId, Known>,
    pub newcomers: Newcomers,
    pub misfits: Misfits,
    pub events: u64,
    pub commits: u64,
    pub entries: u64,
    pub refused: u64,
}

impl<'a> Again<'a> {
    pub fn new(
        file: &'a dyn Fn(TicketId) -> Result<Option<Vec<u8>>>,
        applied: Applied,
        newcomers: Newcomers,
    ) -> Again<'a> {
        let (known, misfits) = (HashMap::new(), Misfits::default());
        Again { file, applied, known, newcomers, misfits, events: 0, commits: 0, entries: 0, refused: 0 }
    }

    pub fn tickets(&self) -> usize {
        self.known.len()
    }

    pub fn unread(&mut self, line: u64) {
        let first = format!("line {line}");
        self.misfits.meet("a line that is no history".to_owned(), &first, "left out; a real run ends there");
    }

    /// The commit that a line makes; `None` when an earlier run made it or its ticket is refused.
    pub fn take(&mut self, line: Read) -> Result<Option<Step>> {
        self.events += 1;
        let mut known = match self.known.remove(&line.ticket) {
            Some(known) => known,
            None => self.meet(line.ticket)?,
        };
        let step = self.apply(&mut known, &line);
        self.known.insert(line.ticket, known);
        step
    }

    fn meet(&mut self, id: TicketId) -> Result<Known> {
        let ahead = self.applied.remove(id.as_str()).unwrap_or_default();
        let bytes = (self.file)(id)?;
        let again = !ahead.is_empty();
        let mut known = Known { ahead, ..Known::default() };
        match (bytes, again) {
            (Some(_), false) => self.refuse(&mut known, id, "this desk has a ticket of that id already".to_owned()),
            (Some(bytes), _) => {
                known.state = Replay::of(document::parse(FileKind::Ticket, &bytes).unwrap_or_default());
                known.bytes = Some(bytes);
            }
            (None, _) => {}
        }
        Ok(known)
    }

    fn apply(&mut self, known: &mut Known, line: &Read) -> Result<Option<Step>> {
        if known.ahead.remove(&line.name) || known.refused {
            return Ok(None);
        }
        let id = line.ticket;
        if !known.ahead.is_empty() {
            let why = "older changes came in between, by a merge; import into an empty desk".to_owned();
            self.refuse(known, id, why);
            return Ok(None);
        }
        let before = known.state.state().clone();
        for fact in &line.facts {
            known.state.apply(fact);
        }
        let after = known.state.state();
        let mut step = Step {
            id,
            author: line.author.clone(),
            when: When { at: line.at, offset_minutes: 0 },
            message: Message::default(),
            files: Vec::new(),
            gone: Vec::new(),
        };
        if *after != before {
            if after.is_empty() {
                step.gone.push(id.path());
                known.bytes = None;
            } else if let Err(faults) = Ticket::read(id, after) {
                let why = faults.first().map_or_else(String::new, |fault| fault.message.clone());
                self.refuse(known, id, why);
                return Ok(None);
            } else {
                step.files.push((id.path(), written(known.bytes.as_deref(), after, id)?));
                if known.bytes.is_some() {
                    known.bytes = step.files.first().map(|(_, bytes)| bytes.clone());
                }
            }
        }
        let words = match after.is_empty() && !before.is_empty() {
            true => format!("delete {id}"),
            false => subject(id, before.is_empty() && !after.is_empty(), &before, after, line.entry.is_some()),
        };
        if after.is_empty() && before.is_empty() && line.entry.as_ref().is_some_and(|entry| entry.record.is_some()) {
            self.misfits.meet("an entry of a ticket that is not there".to_owned(), id.as_str(), "left out");
            return Ok(None);
        }
        if let Some(entry) = &line.entry {
            self.entries += u64::from(entry.record.is_some());
            entry.files(id, &mut step);
        }
        if step.files.is_empty() && step.gone.is_empty() {
            return Ok(None);
        }
        let mut named = false;
        for field in ["queue", "assignee"] {
            let name = after.text(field);
            if is_name(name) && before.text(field) != name {
                named |= self.newcomers.meet(field, name, id.as_str(), || None);
            }
        }
        if named {
            step.files.push(("desk.toml".to_owned(), self.newcomers.policy.clone()));
        }
        self.commits += 1;
        let op = format!("{SOURCE}/{id}/{}", line.name);
        step.message = Message::new(words).trailer("Desk-Ticket", id.as_str()).trailer("Desk-Op", op);
        Ok(Some(step))
    }

    fn refuse(&mut self, known: &mut Known, id: TicketId, why: String) {
        known.refused = true;
        self.refused += 1;
        self.misfits.meet(why, id.as_str(), "ticket refused");
    }
}

/// A new file is canonical; one that is there is edited.
fn written(bytes: Option<&[u8]>, after: &Record, id: TicketId) -> Result<Vec<u8>> {
    match bytes {
        None => Ok(document::canonical(FileKind::Ticket, after).into_bytes()),
        Some(bytes) => document::edit(FileKind::Ticket, bytes, after)
            .map_err(|mistake| anyhow::anyhow!("{id}: {}", mistake.message)),
    }
}

/// A line that was read and checked.
pub struct Read {
    ticket: TicketId,
    at: Timestamp,
    author: Person,
    facts: Vec<Fact>,
    entry: Option<EntryRead>,
    /// By what it says.
    name: String,
}

struct EntryRead {
    id: EntryId,
    /// `None` where the entry is no more.
    record: Option<Record>,
    attachments: Vec<(String, Vec<u8>)>,
}

impl EntryRead {
    fn files(&self, ticket: TicketId, step: &mut Step) {
        let path = format!("{}/{}.toml", ticket.folder(), self.id);
        match &self.record {
            Some(record) => {
                step.files.push((path, document::canonical(FileKind::Entry, record).into_bytes()));
            }
            None => step.gone.push(path),
        }
        for (name, bytes) in &self.attachments {
            step.files.push((format!("{}/files/{name}", ticket.folder()), bytes.clone()));
        }
    }
}

/// Reads a line. Exit code 6 names the line and what is wrong there.
pub fn read(line: &[u8], name: &str, number: usize) -> Result<Read> {
    let hash = Sha256::digest(line.trim_ascii());
    let wrong = |what: String| Problem::invalid(format!("{name}:{number}: {what}")).code("bad_event");
    let line: Line = serde_json::from_slice(line).map_err(|error| {
        wrong(format!("this line is no history of a desk: {error}"))
            .hint("git desk export jsonl writes such lines; for a log of another system name its map: --map MAP.toml")
    })?;
    if line.schema != SCHEMA {
        return Err(wrong(format!("\"{}\" is not {SCHEMA}, which this program reads", line.schema))
            .hint("a newer git-desk wrote it, and reads it")
            .into());
    }
    let ticket = TicketId::parse(&line.ticket).ok_or_else(|| {
        wrong(format!("\"{}\" is no id of a ticket", line.ticket))
            .hint("a log of another system needs a map: --map MAP.toml")
    })?;
    let at: Timestamp = line.at.parse().map_err(|_| wrong(format!("\"{}\" is no time", line.at)))?;
    if at < Timestamp::UNIX_EPOCH {
        return Err(wrong(format!("{at} is before 1970, which no commit can tell")).into());
    }
    let author = Person::parse(&line.actor)
        .ok_or_else(|| wrong(format!("\"{}\" is nobody's name and address: Name <mail>", line.actor)))?;
    let mut facts = Vec::new();
    for (field, value) in line.changes {
        facts.extend(changed(&field, value).ok_or_else(|| {
            wrong(format!("`{field}` is a list; {{\"add\": […], \"remove\": […]}} says what became of it"))
        })?);
    }
    let entry = line.entry.map(entry).transpose().map_err(|what| wrong(format!("entry: {what}")))?;
    let name = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Ok(Read { ticket, at, author, facts, entry, name })
}

/// The facts of one change; `None` for a list that is not told as what was added and removed.
fn changed(field: &str, value: Value) -> Option<Vec<Fact>> {
    if FileKind::Ticket.field(field).map(|field| field.shape) != Some(Shape::List) {
        return Some(vec![Fact::new(field, Value::Null, value)]);
    }
    let sides = value.as_object()?;
    let of = |side: &str| match sides.get(side) {
        None => Some(Vec::new()),
        Some(list) => list.as_array().cloned(),
    };
    let removed = of("remove")?.into_iter().map(|element| Fact::new(field, element, Value::Null));
    Some(removed.chain(of("add")?.into_iter().map(|element| Fact::new(field, Value::Null, element))).collect())
}

fn entry(mut entry: Map<String, Value>) -> Result<EntryRead, String> {
    let id = entry.remove("id").unwrap_or_default();
    let id = id.as_str().and_then(EntryId::parse).ok_or_else(|| format!("{id} is no id of an entry"))?;
    if entry.remove("deleted") == Some(Value::from(true)) {
        return Ok(EntryRead { id, record: None, attachments: Vec::new() });
    }
    let mut attachments = Vec::new();
    for file in entry.remove("attachments").as_ref().and_then(Value::as_array).into_iter().flatten() {
        let name = file["name"].as_str().unwrap_or_default();
        if !is_stored_name(name) {
            return Err(format!("\"{name}\" is no name of an attachment"));
        }
        let bytes = file["base64"].as_str().and_then(base64::decode);
        attachments.push((name.to_owned(), bytes.ok_or_else(|| format!("attachment {name}: this is no base64"))?));
    }
    let record: Record = entry.into();
    if let Err(faults) = Entry::read(id.clone(), &record) {
        return Err(faults.first().map_or_else(String::new, |fault| fault.message.clone()));
    }
    Ok(EntryRead { id, record: Some(record), attachments })
}

/// A name as attachments are stored under: one component of a path, harmless on every system.
fn is_stored_name(name: &str) -> bool {
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    !name.is_empty() && name.len() <= 200 && !name.starts_with('.') && name.bytes().all(harmless)
}
