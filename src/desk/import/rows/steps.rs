//! What the columns of time of a row say: opened, taken, answered, resolved, closed.

use jiff::Timestamp;

use super::{Known, Rank, Row, Rows, event};
use crate::desk::import::event::{Event, Fields, Part};
use crate::desk::import::map::{Made, plain};
use crate::model::word::Status;

impl Rows<'_> {
    /// What the columns of time say.
    pub(super) fn steps(
        &mut self,
        row: &Row,
        ticket: &str,
        opened: Known,
        last: Timestamp,
    ) -> Result<Vec<(Rank, Event)>, String> {
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
}
