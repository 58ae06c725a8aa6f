//! A ticket that something is to be told of: what rules ask of it, and what services are told.

use std::cell::OnceCell;

use serde_json::Value;

use super::occasions::Happening;
use super::state::hex;
use crate::desk::levels::{Clocks, subject};
use crate::desk::look::{Detail, Look, Whole};
use crate::error::Result;
use crate::index::Found;
use crate::model::entry::Entry;
use crate::model::query::Query;
use crate::net::notice::{EXCERPT, Notice, Ticket};
use crate::view::ticket::LONG;

pub struct Known<'l> {
    look: &'l Look<'l>,
    pub found: Found,
    pub clocks: Clocks,
    thread: OnceCell<Vec<Entry>>,
    shown: OnceCell<(Ticket, Value)>,
}

impl<'l> Known<'l> {
    pub fn new(look: &'l Look<'l>, found: Found, clocks: Clocks) -> Known<'l> {
        Known { look, found, clocks, thread: OnceCell::new(), shown: OnceCell::new() }
    }

    pub fn thread(&self) -> &[Entry] {
        self.thread.get_or_init(|| self.look.thread(self.found.ticket.id))
    }

    /// Whether a rule means it, as it is now. Who asks is nobody.
    pub fn fits(&self, query: &Query) -> Result<bool> {
        let thread = || self.thread().to_vec();
        let runs = || self.clocks.runs.clone();
        let mut subject = subject(self.look, &self.found, &thread)?;
        subject.runs = &runs;
        Ok(query.matches(&subject, self.look.levels().context()))
    }

    /// What `target` is told. The id is the same whenever it is made anew, whatever rule asks for it, so that nothing is
    /// told twice.
    pub fn notice(&self, happening: &Happening, target: &str) -> Result<Notice> {
        let (ticket, data) = self.shown()?.clone();
        let Happening { occasion, event, at, by, text, body } = happening.clone();
        Ok(Notice {
            id: hex(&[target, &ticket.id, &event, occasion.as_str()]),
            occasion,
            at,
            desk: self.look.policy.desk.name.clone(),
            ticket,
            text,
            by,
            body: body.map(excerpt),
            data,
        })
    }

    fn shown(&self) -> Result<&(Ticket, Value)> {
        if let Some(shown) = self.shown.get() {
            return Ok(shown);
        }
        let shown = self.show()?;
        Ok(self.shown.get_or_init(|| shown))
    }

    fn show(&self) -> Result<(Ticket, Value)> {
        let whole = self.look.complete(self.found.clone(), Detail::Brief)?;
        let whole = Whole { clocks: self.clocks.clone(), ..whole };
        let mut data = self.look.object(&whole);
        if let Value::Object(all) = &mut data {
            all.retain(|name, _| !LONG.contains(&name.as_str()));
        }
        let of = &self.found.ticket;
        let ticket = Ticket {
            id: of.id.to_string(),
            handle: whole.handle,
            title: of.title.clone(),
            status: of.status,
            priority: of.priority,
            queue: of.queue.clone(),
            assignee: of.assignee.clone(),
            requester: of.requester.clone(),
            customer: of.customer.clone(),
            key: of.key.clone(),
            group: of.group.clone(),
            // Nobody knows where people read a desk that lives in a repository.
            url: None,
        };
        Ok((ticket, data))
    }
}

fn excerpt(body: String) -> String {
    match body.char_indices().nth(EXCERPT) {
        None => body,
        Some(_) => body.chars().take(EXCERPT - 1).chain(['…']).collect(),
    }
}
