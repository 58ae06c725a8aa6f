//! Something fails: a new ticket, a repeat on the open one, or the last one again.

use jiff::Timestamp;

use super::count::{Cycle, is_flapping, time};
use super::settle::opening;
use super::{Batch, Did};
use crate::desk::tickets::Acted;
use crate::desk::tickets::finish::{FLAPPING, reopen};
use crate::error::Result;
use crate::model::id::TicketId;
use crate::model::word::Resolution;
use crate::view::event::Event;

/// Longest chain of duplicates that is followed.
const CHAIN: usize = 10;

/// Where a failure goes.
enum Goes {
    /// There is no ticket of its key, or that one ended too long ago.
    New(Option<TicketId>),
    /// On one that is open, or one that is not to be opened again.
    On(TicketId),
    Again(TicketId),
}

impl Batch<'_, '_, '_> {
    pub fn trigger(&mut self, event: &Event) -> Result<(Did, Option<Acted>)> {
        let (did, acted) = match self.whereto(event)? {
            Goes::On(id) => (Did::Counted, self.count(id, event, Cycle::Same, None)?),
            Goes::Again(id) => (Did::Reopened, self.again(id, event)?),
            Goes::New(follows) => (Did::Opened, self.open(event, follows)?),
        };
        self.mark(acted.id(), event)?;
        Ok((did, Some(acted)))
    }

    fn open(&mut self, event: &Event, follows: Option<TicketId>) -> Result<Acted> {
        let opened = opening(self.room, event, follows).apply(self.room, None)?;
        // Its text stands in the ticket, all of it, however much of that went into a file.
        let known = Event { body: opened.after.body.clone(), ..event.clone() };
        self.count(opened.id(), &known, Cycle::New, follows)?;
        Ok(opened)
    }

    fn again(&mut self, id: TicketId, event: &Event) -> Result<Acted> {
        self.ended.remove(&event.key);
        // It is open again since it failed, and not since somebody heard of that.
        let now = std::mem::replace(&mut self.room.now, event.at);
        let reopened = reopen(self.room, id, &format!("fails again: {}", event.title));
        self.room.now = now;
        let reopened = reopened?;
        self.count(id, event, Cycle::New, None)?;
        Ok(reopened)
    }

    fn whereto(&self, event: &Event) -> Result<Goes> {
        if let Some(open) = self.room.open_with_key(&event.key)? {
            return Ok(Goes::On(open));
        }
        let before = match self.ended.get(&event.key) {
            Some(id) => Some(*id),
            None => self.ended_before(&event.key)?,
        };
        let Some(id) = before else { return Ok(Goes::New(None)) };
        let id = self.survivor(id)?;
        let ticket = self.room.tx.ticket(id)?.ticket;
        if ticket.status.is_open() || ticket.resolution == Resolution::Wontfix.as_str() {
            return Ok(Goes::On(id));
        }
        if self.is_late(id, event)? {
            return Ok(Goes::On(id));
        }
        let window = self.room.policy.desk.reopen_window;
        let until = self.ended_at(id)?.map(|ended| self.room.until(window, ended));
        let in_time = until.is_some_and(|until| until >= self.room.now);
        Ok(match in_time {
            // Somebody ended it while it came and went, and that goes on: it is counted until it stays one way.
            true if event.flapping == Some(true) && self.was_flapping(id, event)? => Goes::On(id),
            true => Goes::Again(id),
            false => Goes::New(Some(id)),
        })
    }

    /// Whether the same producer has said since that it works again: this word was overtaken on its way.
    fn is_late(&self, id: TicketId, event: &Event) -> Result<bool> {
        let own = self.room.tx.entry(id, &self.own_entry(id, event)?)?;
        Ok(own.and_then(|entry| time(&entry, "recovered")).is_some_and(|recovered| recovered > event.at))
    }

    /// Whether the same producer had said before that it comes and goes.
    fn was_flapping(&self, id: TicketId, event: &Event) -> Result<bool> {
        let own = self.room.tx.entry(id, &self.own_entry(id, event)?)?;
        Ok(own.as_ref().is_some_and(is_flapping))
    }

    /// The ticket of a key that ended last.
    pub fn ended_before(&self, key: &str) -> Result<Option<TicketId>> {
        let found = self.room.index()?.map_or(Ok(None), |index| index.ended_with_key(key))?;
        Ok(found.map(|found| found.ticket.id))
    }

    /// What ended as a repeat of another ticket goes on there.
    fn survivor(&self, mut id: TicketId) -> Result<TicketId> {
        for _ in 0..CHAIN {
            let ticket = self.room.tx.ticket(id)?.ticket;
            match ticket.duplicate_of().filter(|_| ticket.is_duplicate()) {
                Some(other) if self.room.tx.ticket(other).is_ok() => id = other,
                Some(_) | None => break,
            }
        }
        Ok(id)
    }

    fn ended_at(&self, id: TicketId) -> Result<Option<Timestamp>> {
        if self.ended.values().any(|ended| *ended == id) {
            return Ok(Some(self.room.now));
        }
        let found = self.room.index()?.map_or(Ok(None), |index| index.ticket(id))?;
        Ok(found.and_then(|found| found.times.resolved.max(found.times.closed)))
    }

    /// Marks what comes and goes while it is open, and takes the mark from what ceased to.
    pub fn mark(&mut self, id: TicketId, event: &Event) -> Result<Acted> {
        self.room.act(id, |_, draft| {
            let tags = &mut draft.ticket.tags;
            let is_marked = tags.iter().any(|tag| tag == FLAPPING);
            match event.flapping {
                Some(true) if !is_marked && draft.ticket.status.is_open() => {
                    tags.push(FLAPPING.to_owned());
                    tags.sort_unstable();
                }
                Some(false) => tags.retain(|tag| tag != FLAPPING),
                Some(true) | None => {}
            }
            Ok(())
        })
    }
}
