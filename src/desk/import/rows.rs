//! Rows, which say what a ticket is now, as the events that they imply: opened, taken, answered, each message, resolved
//! and closed, each at its own time and by its own author.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Map as Object, Value};
use sha2::{Digest, Sha256};

use super::event::{Attached, EntryLine, Event, Fields, Part};
use super::map::{EntryMap, Made, Map, Moment, RowMap, Words, plain};
use super::misfits::Misfits;
use super::nested;
use crate::desk::base64;
use crate::desk::tickets::comment::overflow;
use crate::model::field::{FileKind, Shape};
use crate::model::word::Status;

type Row = Object<String, Value>;

/// Longest number of a ticket, in characters: it stands in the trailer of each commit.
const NUMBER: usize = 100;

/// Turns rows into events. Keeps what the rows so far have in common.
pub struct Rows<'a> {
    map: &'a Map,
    row: &'a RowMap,
    max_file: u64,
    /// The line of each ticket.
    seen: HashMap<String, usize>,
    /// For each rule whether a row has its column.
    met: Vec<bool>,
    pub misfits: Misfits,
    pub files: Files,
}

/// Attachments in the rows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Files {
    pub count: u64,
    pub bytes: u64,
    /// Those that are over the limit.
    pub left_out: u64,
}

/// What stands in a row of one kind of step: when and by whom.
struct Known {
    at: Timestamp,
    by: String,
}

/// The order of what happened to one ticket in the same second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Opened,
    Taken,
    Said,
    Resolved,
    Closed,
}

impl<'a> Rows<'a> {
    pub fn new(map: &'a Map, row: &'a RowMap, max_file: u64) -> Rows<'a> {
        let met = vec![false; map.rules.len()];
        Rows { map, row, max_file, seen: HashMap::new(), met, misfits: Misfits::default(), files: Files::default() }
    }

    pub fn tickets(&self) -> usize {
        self.seen.len()
    }

    /// What a row implies, in order; the first opens the ticket. `Err` says what is wrong with the row.
    pub fn events(&mut self, mut row: Row, line: usize) -> Result<Vec<Event>, String> {
        let ticket = self.number(&row, line)?;
        for (met, rule) in self.met.iter_mut().zip(&self.map.rules) {
            *met |= rule.from.names().iter().any(|name| nested::begins(&row, name));
        }
        let Some(opened) = self.known(&row, Some(&self.row.opened))? else {
            return Err(format!("`{}` is empty: when {ticket} was opened", self.row.opened.at.named()));
        };
        let mut events = self.entries(&row, &ticket, opened.at)?;
        let last = events.iter().map(|(_, event)| event.at).max().unwrap_or(opened.at);
        events.extend(self.steps(&row, &ticket, opened, last)?);
        for list in self.map.entries.iter().filter_map(|entry| Some((entry.each.as_deref()?, entry.skip))) {
            shorten(&mut row, list);
        }
        events.sort_by_key(|(rank, event)| (event.at, *rank));
        let mut events: Vec<Event> = events.into_iter().map(|(_, event)| event).collect();
        if let Some(first) = events.first_mut() {
            first.changes = row;
        }
        self.seen.insert(ticket, line);
        Ok(events)
    }

    /// Columns that a rule names and no row has.
    pub fn finish(&mut self) {
        for (_, rule) in self.met.iter().zip(&self.map.rules).filter(|(met, _)| !**met && !self.seen.is_empty()) {
            let what = format!("column `{}`", rule.from.names().join("`, `"));
            self.misfits.meet(what, "", "in no row");
        }
    }

    fn number(&self, row: &Row, line: usize) -> Result<String, String> {
        let ticket = self.row.ticket.of(row);
        if ticket.is_empty() {
            return Err(format!("`{}` is empty: the number of the ticket", self.row.ticket.named()));
        }
        if ticket.chars().count() > NUMBER
            || ticket.chars().any(|c| c.is_control() || !(c.is_alphanumeric() || c.is_ascii_graphic()))
        {
            return Err(format!("{ticket:?} is no number of a ticket: at most {NUMBER} characters without blanks"));
        }
        match self.seen.get(&ticket) {
            Some(first) => Err(format!("{ticket} is in line {first} already; a ticket is one row (in {line} too)")),
            None => Ok(ticket),
        }
    }

    fn known(&self, row: &Row, moment: Option<&Moment>) -> Result<Option<Known>, String> {
        let Some(moment) = moment else { return Ok(None) };
        let at = self.time(row, &moment.at)?;
        Ok(at.map(|at| Known { at, by: moment.by.of(row) }))
    }

    /// The first of the columns that has a time.
    fn time(&self, row: &Row, columns: &Words) -> Result<Option<Timestamp>, String> {
        for path in &columns.0 {
            let text = nested::find(row, path).first().map(|value| plain(value)).unwrap_or_default();
            let time = self
                .row
                .clock
                .read(&text)
                .map_err(|()| format!("`{path}` is {text:?}, which is no time since 1970"))?;
            if time.is_some() {
                return Ok(time);
            }
        }
        Ok(None)
    }

    /// What the columns of time say.
    fn steps(&mut self, row: &Row, ticket: &str, opened: Known, last: Timestamp) -> Result<Vec<(Rank, Event)>, String> {
        let times = self.row;
        let assigned = self.known(row, times.assigned.as_ref())?;
        let answered = self.known(row, times.answered.as_ref())?;
        let resolved = self.known(row, times.resolved.as_ref())?;
        let closed = self.known(row, times.closed.as_ref())?;
        let changed = self.known(row, times.changed.as_ref())?;
        let started = assigned.is_some() || answered.is_some();
        let status = self.status(row, ticket).unwrap_or(match (&closed, &resolved) {
            (Some(_), _) => Status::Closed,
            (None, Some(_)) => Status::Resolved,
            (None, None) if started => Status::Active,
            (None, None) => Status::New,
        });
        let (resolved, closed) = match status {
            Status::New | Status::Active | Status::Waiting => {
                if resolved.or(closed).is_some() {
                    let what = format!("an end of a ticket that is {status}");
                    self.misfits.meet(what, ticket, "left out: it was reopened");
                }
                (None, None)
            }
            Status::Resolved => (Some(resolved.or(closed).or(changed)), None),
            Status::Closed => match (resolved, closed) {
                (resolved @ Some(_), Some(closed)) => (Some(resolved), Some(Some(closed))),
                (resolved, closed) => (None, Some(closed.or(resolved).or(changed))),
            },
        };
        // Where no column says when, it was over when the last was said.
        let at_last = |known: Option<Known>| known.unwrap_or(Known { at: last, by: String::new() });
        let mut end = opened.at;
        let mut ends = Vec::new();
        for (rank, status, key, known) in
            [(Rank::Resolved, Status::Resolved, "resolved", resolved), (Rank::Closed, Status::Closed, "closed", closed)]
        {
            let Some(known) = known.map(at_last) else { continue };
            end = known.at.max(end);
            let key = format!("{key}-{}", end.as_second());
            let fields = Fields::Only(&["resolution", "solution"]);
            ends.push((
                rank,
                event(ticket, end, known.by, Part { key, fields, status: Some(status), files: Vec::new() }),
            ));
        }
        let latest = if ends.is_empty() { Timestamp::MAX } else { end };
        let works = if status == Status::New { (None, None) } else { (assigned, answered) };
        let mut events = self.beginning(ticket, opened, works, (status, latest));
        events.extend(ends);
        Ok(events)
    }

    /// The opening, and the first that somebody did.
    fn beginning(
        &self,
        ticket: &str,
        opened: Known,
        (assigned, answered): (Option<Known>, Option<Known>),
        (status, latest): (Status, Timestamp),
    ) -> Vec<(Rank, Event)> {
        let mut held = vec!["status", "resolution", "solution", "waiting_on"];
        if assigned.is_some() {
            held.push("assignee");
        }
        let mut works: Vec<(Timestamp, &str, Known)> = [("assigned", assigned), ("answered", answered)]
            .into_iter()
            .filter_map(|(key, known)| known.map(|known| (known.at.clamp(opened.at, latest), key, known)))
            .collect();
        works.sort_by_key(|(at, _, _)| *at);
        let at_once = if works.is_empty() && status.is_open() { status } else { Status::New };
        if at_once == Status::Waiting {
            held.retain(|field| *field != "waiting_on");
        }
        let part =
            Part { key: "opened".to_owned(), fields: Fields::But(held), status: Some(at_once), files: Vec::new() };
        let (begun, many) = (opened.at, works.len());
        let mut events = vec![(Rank::Opened, event(ticket, opened.at, opened.by, part))];
        for (number, (at, key, known)) in works.into_iter().enumerate() {
            let waits = number + 1 == many && status == Status::Waiting;
            let fields = match (key, waits) {
                ("assigned", true) => Fields::Only(&["assignee", "waiting_on"]),
                ("assigned", false) => Fields::Only(&["assignee"]),
                (_, true) => Fields::Only(&["waiting_on"]),
                (_, false) => Fields::Only(&[]),
            };
            let status = if waits { Status::Waiting } else { Status::Active };
            let part = Part { key: key.to_owned(), fields, status: Some(status), files: Vec::new() };
            events.push((Rank::Taken, event(ticket, at.max(begun), known.by, part)));
        }
        events
    }

    /// The status that the map makes of the row; `None` where its times must say it.
    fn status(&mut self, row: &Row, ticket: &str) -> Option<Status> {
        let mut status = None;
        for rule in self.map.rules_for("status") {
            match rule.make(row) {
                Made::Nothing => {}
                Made::Value { value, .. } => status = Status::parse(&value).or(status),
                Made::NotUnderstood(words) => {
                    let what = format!("{} \"{words}\"", rule.from.names().join("+"));
                    self.misfits.meet(what, ticket, "as its times say");
                }
            }
        }
        status.or_else(|| Status::parse(&plain(self.map.constants.get("status")?)))
    }

    /// The conversations of a row.
    fn entries(&mut self, row: &Row, ticket: &str, opened: Timestamp) -> Result<Vec<(Rank, Event)>, String> {
        let mut events = Vec::new();
        let mut keys: HashMap<String, u32> = HashMap::new();
        for (number, entry) in self.map.entries.iter().enumerate() {
            for (place, item) in items(entry, row) {
                let item = item.as_ref();
                let Some(at) =
                    self.time(item, &entry.at).map_err(|what| what.replacen('`', &format!("`{place}"), 1))?
                else {
                    if entry.each.is_none() {
                        continue;
                    }
                    return Err(format!("`{place}{}` is empty: when this was said", entry.at.named()));
                };
                let by = entry.by.of(item);
                let Some((mut line, files)) = self.line(entry, item, ticket) else { continue };
                let mut files = files;
                if let Some(rest) = overflow(&mut line.body, "message.txt") {
                    files.push(Attached { name: rest.name, bytes: rest.bytes });
                }
                let at = at.max(opened);
                let key = key(number, entry, item, &line, at, &by);
                let times = keys.entry(key.clone()).or_default();
                *times += 1;
                let key = if *times > 1 { format!("{key}-{times}") } else { key };
                let part = Part { key, fields: Fields::Only(&[]), status: None, files };
                let mut event = event(ticket, at, by, part);
                event.entry = Some(line);
                events.push((Rank::Said, event));
            }
        }
        Ok(events)
    }

    /// What an element says; `None` where the map leaves it out or there is nothing in it.
    fn line(&mut self, entry: &EntryMap, item: &Row, ticket: &str) -> Option<(EntryLine, Vec<Attached>)> {
        let mut line = EntryLine { kind: "comment".to_owned(), body: String::new(), extra: Default::default() };
        for rule in &entry.rules {
            let value = match rule.make(item) {
                Made::Nothing if rule.to == "kind" && !rule.values.is_empty() && has(rule.from.names(), item) => {
                    return None;
                }
                Made::Nothing => continue,
                Made::Value { value, .. } => value,
                Made::NotUnderstood(words) => {
                    let what = format!("{} \"{words}\"", rule.from.names().join("+"));
                    let outcome = if rule.to == "kind" { "message left out" } else { "left out" };
                    self.misfits.meet(what, ticket, outcome);
                    if rule.to == "kind" {
                        return None;
                    }
                    continue;
                }
            };
            match (rule.to.as_str(), FileKind::Entry.field(&rule.to).map(|field| field.shape)) {
                ("kind", _) => line.kind = value,
                ("body", _) => line.body = value,
                (to, Some(Shape::Integer)) => {
                    if let Some(number) = value.parse::<f64>().ok().filter(|number| *number >= 0.0) {
                        line.extra.insert(to.to_owned(), Value::from(number.round() as i64));
                    }
                }
                (to, Some(Shape::Boolean)) => {
                    line.extra.insert(to.to_owned(), Value::from(value == "true"));
                }
                (to, _) => {
                    line.extra.insert(to.to_owned(), Value::from(value));
                }
            }
        }
        let files = self.attached(entry, item, ticket, &mut line.body);
        let empty = line.body.trim().is_empty() && files.is_empty() && line.extra.is_empty();
        (!empty).then_some((line, files))
    }

    /// The attachments of an element; those that are too large are named in the words.
    fn attached(&mut self, entry: &EntryMap, item: &Row, ticket: &str, body: &mut String) -> Vec<Attached> {
        let Some(map) = &entry.files else { return Vec::new() };
        let mut files = Vec::new();
        for file in nested::find(item, &map.each).into_iter().filter_map(Value::as_object) {
            let text = |path| nested::find(file, path).first().map(|value| plain(value)).unwrap_or_default();
            let name: String = text(&map.name).chars().filter(|c| !c.is_control()).collect();
            let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
            let name = if name.is_empty() { "file".to_owned() } else { name.to_owned() };
            let packed: String = text(&map.base64).split_whitespace().collect();
            match base64::decode(&packed) {
                Some(bytes) if bytes.len() as u64 <= self.max_file => {
                    self.files.count += 1;
                    self.files.bytes += bytes.len() as u64;
                    files.push(Attached { name, bytes });
                }
                found => {
                    let why = match found {
                        Some(bytes) => {
                            self.files.left_out += 1;
                            format!("{} bytes", bytes.len())
                        }
                        None => {
                            self.misfits.meet("an attachment that is no base64".to_owned(), ticket, "left out, named");
                            "not readable".to_owned()
                        }
                    };
                    let gap = if body.is_empty() { "" } else { "\n\n" };
                    body.push_str(&format!("{gap}(attachment left out: {name}, {why})"));
                }
            }
        }
        files
    }
}

fn has(names: &[String], item: &Row) -> bool {
    names.iter().any(|name| !nested::find(item, name).is_empty())
}

fn event(ticket: &str, at: Timestamp, actor: String, part: Part) -> Event {
    Event { ticket: ticket.to_owned(), at, actor, changes: Object::new(), entry: None, part: Some(part) }
}

/// What tells an entry from the others of its ticket: its number in the source, else what it is made of.
fn key(number: usize, entry: &EntryMap, item: &Row, line: &EntryLine, at: Timestamp, by: &str) -> String {
    let id = entry.id.as_ref().and_then(|path| nested::find(item, path).first().map(|value| plain(value)));
    let plain_id = |id: &String| {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        !id.is_empty() && id.len() <= 60 && id.chars().all(fits)
    };
    match id.filter(plain_id) {
        Some(id) => format!("entry{number}-{id}"),
        None => {
            let hash = Sha256::digest(format!("{}\0{by}\0{}\0{}", at.as_second(), line.kind, line.body));
            let hex: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            format!("entry{number}-h{hex}")
        }
    }
}

/// The elements of a list in a row that may be entries, each with its place; or the row.
fn items<'r>(entry: &EntryMap, row: &'r Row) -> Vec<(String, Cow<'r, Row>)> {
    let Some(path) = &entry.each else { return vec![(String::new(), Cow::Borrowed(row))] };
    let item = |(at, item): (usize, &'r Value)| {
        let item = match (item, &entry.split) {
            (Value::Object(item), _) => Cow::Borrowed(item),
            (Value::String(text), Some(split)) if !text.trim().is_empty() => Cow::Owned(split.apart(text)),
            (_, _) => return None,
        };
        Some((format!("{path}.{at}."), item))
    };
    nested::find(row, path).into_iter().enumerate().skip(entry.skip).filter_map(item).collect()
}

/// Keeps of a list in a row only what its rules may still read.
fn shorten(row: &mut Row, (path, keep): (&str, usize)) {
    let mut steps = path.split('.');
    let Some(mut value) = steps.next().and_then(|step| row.get_mut(step)) else { return };
    for step in steps {
        let Some(next) = value.get_mut(step) else { return };
        value = next;
    }
    if let Value::Array(list) = value {
        list.truncate(keep);
    }
}
