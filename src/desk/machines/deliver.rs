//! What machines say becomes tickets: each event is applied once, all of a delivery in one commit.
//!
//! A trigger opens a ticket or counts on the open one of its key; the first success ends it; failing again within the
//! desk's window reopens it. Words that the desk does not know (a queue, an agent) are kept in the ticket's fields, and
//! lose nothing.

mod count;
mod damaged;
pub mod held;
mod recover;
mod settle;
mod storm;
mod trigger;

pub use storm::OVER;

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::desk::actor::Actor;
use crate::desk::tickets::Acted;
use crate::desk::{Desk, Room};
use crate::error::{Problem, Result};
use crate::model::count::counted;
use crate::model::id::TicketId;
use crate::model::ticket::Ticket;
use crate::model::word::words;
use crate::store::message::Message;
use crate::store::{Oid, is_edit};
use crate::view::event::{Ask, Event};
use damaged::Damaged;
use held::Held;

words! {
    /// What an event did.
    Did {
        Opened = "opened",
        /// A repeat on the ticket of its key.
        Counted = "counted",
        Reopened = "reopened",
        Resolved = "resolved",
        /// Only noted on its ticket.
        Noted = "noted",
        Acknowledged = "acknowledged",
        /// There was nothing to do.
        Nothing = "nothing",
        /// It had been applied before.
        Before = "before",
    }
}

/// What came of one event.
#[derive(Debug, Clone)]
pub struct Applied {
    /// The event's id.
    pub event: String,
    pub ask: Ask,
    pub key: String,
    pub did: Did,
    /// Its ticket as it is now.
    pub ticket: Option<Ticket>,
    /// Failures that the ticket counts.
    pub count: u64,
    /// When the first of them was.
    pub first: Option<Timestamp>,
}

/// An event that this desk does not take, and why.
#[derive(Debug, Clone)]
pub struct Refused {
    pub event: String,
    pub problem: Problem,
}

/// What came of a delivery.
#[derive(Debug, Default)]
pub struct Delivered {
    pub applied: Vec<Applied>,
    pub refused: Vec<Refused>,
    pub commit: Option<Oid>,
}

impl Desk<'_> {
    /// Applies events in their order, mostly in one commit by a machine. An event that cannot be applied keeps no other
    /// back; one that a file of the desk keeps from it is `held`, with those of its key that follow.
    ///
    /// Exit code as for any write; then nothing was applied.
    pub fn deliver(&self, events: &[&Event], held: &mut Held) -> Result<Delivered> {
        if events.is_empty() {
            return Ok(Delivered::default());
        }
        if events.iter().any(|event| settle::is_own(&event.key)) {
            let events: Vec<Event> = events.iter().map(|event| settle::of_others(event)).collect();
            return self.deliver(&events.iter().collect::<Vec<_>>(), held);
        }
        let actor = Actor::machine(self.env, &self.store.snapshot()?.rules()?)?;
        // Mostly all are taken; where one is not, all is done anew with a way back from each.
        let (mut carefully, mut edits) = (false, 0);
        loop {
            let (mut refused, mut waits, mut again) = (Vec::new(), held.clone(), false);
            let done = self.write_as(&actor, self.env.now, |room| {
                room.machine = true;
                if edits > 0 {
                    room.mind_edits()?;
                }
                refused.clear();
                waits.clone_from(held);
                let mut batch = Batch::new(room);
                for event in events {
                    if waits.holds(event) {
                        continue;
                    }
                    if !carefully {
                        let Err(error) = batch.apply(event) else { continue };
                        let problem = of_the_event(error)?;
                        again = true;
                        return Err(problem.into());
                    }
                    match batch.attempt(event)? {
                        None => {}
                        Some(problem) if Held::waits_for(&problem) => waits.hold(event, problem),
                        Some(problem) => refused.push(Refused { event: event.id.clone(), problem }),
                    }
                }
                batch.finish()
            });
            let error = match done {
                Ok(done) => {
                    *held = waits;
                    return Ok(Delivered { applied: done.value, refused, commit: done.commit });
                }
                Err(error) => error,
            };
            let is_edited = error.downcast_ref::<Problem>().is_some_and(is_edit) && edits < EDITS;
            if !again && !is_edited {
                return self.deliver_apart(events, held, error);
            }
            edits += usize::from(is_edited);
            carefully = true;
        }
    }

    /// Events of which one makes a file too large, which shows only when all are written: that one is found by halves.
    fn deliver_apart(&self, events: &[&Event], held: &mut Held, error: anyhow::Error) -> Result<Delivered> {
        let problem = error.downcast::<Problem>()?;
        if problem.code != "too_large" {
            return Err(problem.into());
        }
        if let [one] = events {
            let refused = vec![Refused { event: one.id.clone(), problem }];
            return Ok(Delivered { refused, ..Delivered::default() });
        }
        let (first, second) = events.split_at(events.len() / 2);
        let (mut delivered, rest) = (self.deliver(first, held)?, self.deliver(second, held)?);
        delivered.applied.extend(rest.applied);
        delivered.refused.extend(rest.refused);
        delivered.commit = rest.commit.or(delivered.commit);
        Ok(delivered)
    }
}

/// How often all is done anew because somebody has begun to edit a file meanwhile.
const EDITS: usize = 5;

/// What is wrong with an event, where trying again would not help; anything else, such as a repository or an index that
/// cannot be had, passes on.
fn of_the_event(error: anyhow::Error) -> Result<Problem> {
    use crate::error::Kind;
    let problem = error.downcast::<Problem>()?;
    match problem.kind {
        Kind::Usage | Kind::NotFound | Kind::Refused | Kind::Invalid => Ok(problem),
        _ => Err(problem.into()),
    }
}

/// A delivery under way.
pub struct Batch<'r, 'a, 's> {
    room: &'r mut Room<'a, 's>,
    pub applied: Vec<Applied>,
    /// The ids of all events of this delivery so far.
    came: HashSet<String>,
    /// Tickets that ended in this delivery, by key.
    ended: HashMap<String, TicketId>,
    /// Tickets that a person acknowledged in this delivery.
    seen: HashSet<TicketId>,
    /// Events of this delivery that wrote something.
    wrote: Vec<String>,
    /// Keys of tickets that cannot be read.
    damaged: OnceCell<Damaged>,
}

/// A delivery as it was before an event.
struct Savepoint {
    room: (usize, usize),
    /// How many events were applied, and how many wrote something.
    applied: (usize, usize),
    ended: HashMap<String, TicketId>,
    seen: HashSet<TicketId>,
}

impl<'r, 'a, 's> Batch<'r, 'a, 's> {
    pub fn new(room: &'r mut Room<'a, 's>) -> Batch<'r, 'a, 's> {
        Batch {
            room,
            applied: Vec::new(),
            came: HashSet::new(),
            ended: HashMap::new(),
            seen: HashSet::new(),
            wrote: Vec::new(),
            damaged: OnceCell::new(),
        }
    }

    /// What has been done so far, to come back to.
    fn savepoint(&self) -> Savepoint {
        let (room, applied) = (self.room.savepoint(), (self.applied.len(), self.wrote.len()));
        Savepoint { room, applied, ended: self.ended.clone(), seen: self.seen.clone() }
    }

    fn roll_back(&mut self, before: Savepoint) {
        self.room.roll_back(before.room);
        self.applied.truncate(before.applied.0);
        self.wrote.truncate(before.applied.1);
        (self.ended, self.seen) = (before.ended, before.seen);
    }

    /// Applies one event; where that cannot be, and the reason is given, all is as it was before it.
    pub fn attempt(&mut self, event: &Event) -> Result<Option<Problem>> {
        let before = self.savepoint();
        let done = self.apply(event).and_then(|()| self.room.refuse_edited(before.room));
        let Err(error) = done else { return Ok(None) };
        let problem = of_the_event(error)?;
        self.roll_back(before);
        Ok(Some(problem))
    }

    /// Applies one event.
    pub fn apply(&mut self, event: &Event) -> Result<()> {
        let twice = !self.came.insert(event.id.clone());
        if twice || self.room.operation(&event.id)?.is_some() {
            let before = self.outcome(event, Did::Before, None)?;
            self.applied.push(before);
            return Ok(());
        }
        let event = &settle::clean(event, self.room.now);
        if let Some((_, problem)) = self.damaged_with_key(&event.key)? {
            return Err(problem.into());
        }
        let (did, acted) = match event.ask {
            Ask::Trigger => self.trigger(event)?,
            Ask::Ack => self.acknowledge(event)?,
            Ask::Resolve => self.recover(event)?,
        };
        if acted.as_ref().is_some_and(|acted| acted.changed) {
            self.wrote.push(event.id.clone());
        }
        let applied = self.outcome(event, did, acted)?;
        self.applied.push(applied);
        Ok(())
    }

    /// The ticket of a key: the open one, else the one that ended last.
    pub fn ticket_of(&self, key: &str) -> Result<Option<Ticket>> {
        let open = self.room.open_with_key(key)?;
        let id = open.map_or_else(|| self.ended_before(key), |id| Ok(Some(id)))?;
        id.map(|id| Ok(self.room.tx.ticket(id)?.ticket)).transpose()
    }

    fn outcome(&self, event: &Event, did: Did, acted: Option<Acted>) -> Result<Applied> {
        let ticket = match acted {
            Some(acted) => Some(acted.after),
            None => match self.room.open_with_key(&event.key)? {
                Some(id) => Some(self.room.tx.ticket(id)?.ticket),
                None => None,
            },
        };
        let (count, first) = match &ticket {
            Some(ticket) => self.counted(ticket.id)?,
            None => (0, None),
        };
        let (ask, key) = (event.ask, event.key.clone());
        Ok(Applied { event: event.id.clone(), ask, key, did, ticket, count, first })
    }

    /// Storms, and the words of the commit.
    fn finish(mut self) -> Result<Vec<Applied>> {
        self.end_storms()?;
        self.gather()?;
        let message = self.message();
        self.room.tx.describe(message);
        Ok(self.applied)
    }

    fn message(&self) -> Message {
        let told: Vec<&Applied> = self.applied.iter().filter(|one| self.wrote.contains(&one.event)).collect();
        let mut message = match told.as_slice() {
            [Applied { did, ticket: Some(ticket), .. }] => {
                Message::new(format!("{did} {}: {}", ticket.id, ticket.title))
                    .trailer("Desk-Ticket", ticket.id.as_str())
            }
            several => {
                let did = |did: Did| several.iter().filter(|one| one.did == did).count();
                let parts = Did::ALL.iter().map(|word| (did(*word), word)).filter(|(count, _)| *count > 0);
                let parts: Vec<String> = parts.map(|(count, word)| format!("{count} {word}")).collect();
                let lines = several.iter().filter_map(|one| Some(format!("{} {}", one.did, one.ticket.as_ref()?.id)));
                let mut message = Message::new(format!("{}: {}", counted(several.len(), "event"), parts.join(", ")));
                message.body = lines.collect::<Vec<_>>().join("\n");
                message
            }
        };
        message = message.trailer("Desk-Act", "event");
        self.wrote.iter().fold(message, |message, id| message.operation(id, &[]))
    }
}
