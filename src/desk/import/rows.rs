//! Rows, which say what a ticket is now, as the events that they imply: opened, taken, answered, each message, resolved
//! and closed, each at its own time and by its own author.

mod entries;
mod steps;

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Map as Object, Value};

use super::event::{Event, Part};
use super::map::{Map, Moment, RowMap, Words, plain};
use super::misfits::Misfits;
use super::nested;

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
            return Err(lack(&row, &self.row.opened.at, "when it was opened"));
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
            return Err(lack(row, &self.row.ticket, "the number of the ticket"));
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
}

/// What is missing in a row: a value, or the column itself.
fn lack(row: &Row, columns: &Words, what: &str) -> String {
    let named = columns.named();
    if columns.0.iter().any(|word| word.contains('{') || nested::begins(row, word)) {
        return format!("`{named}` is empty: {what}");
    }
    let mut have: Vec<&str> = row.keys().map(String::as_str).take(9).collect();
    if have.len() == 9 {
        have[8] = "…";
    }
    format!("there is no `{named}`: {what}; the row has {}", have.join(", "))
}

fn event(ticket: &str, at: Timestamp, actor: String, part: Part) -> Event {
    Event { ticket: ticket.to_owned(), at, actor, changes: Object::new(), entry: None, part: Some(part) }
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
