//! `sweep`: what comes due without anybody acting: tickets wake, resolved ones are closed, escalation rules fire, jobs
//! that did not run get a ticket.
//!
//! All of it is one commit, by a machine. What was done leaves nothing due, so a second sweep does nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::deliver::{Batch, OVER};
use super::missing;
use crate::desk::actor::Actor;
use crate::desk::escalation::{Firing, STORM, due};
use crate::desk::look::Look;
use crate::desk::tickets::Acted;
use crate::desk::tickets::escalate::{Escalate, Where};
use crate::desk::tickets::finish::Finish;
use crate::desk::tickets::set;
use crate::desk::tickets::wait::resume;
use crate::desk::{Desk, Room};
use crate::error::{Kind, Problem, Result};
use crate::index::{Found, Order};
use crate::jobs::beat::Beat;
use crate::model::count::counted;
use crate::model::entry::FIRED;
use crate::model::id::TicketId;
use crate::model::policy::Deed;
use crate::model::word::{EntryKind, Priority, words};
use crate::store::is_edit;
use crate::store::message::Message;
use crate::view::event::Ask;

words! {
    /// What was done.
    Act {
        Wake = "wake",
        Close = "close",
        Notify = "notify",
        Escalate = "escalate",
        Raise = "raise",
        /// A storm has passed.
        Over = "over",
        /// A job did not run.
        Miss = "miss",
        /// It has run again.
        Return = "return",
    }
}

/// One thing that was due.
#[derive(Debug)]
pub struct Swept {
    pub act: Act,
    pub id: TicketId,
    pub title: String,
    /// Why.
    pub words: String,
    /// What kept it from being done; the others are done all the same.
    pub error: Option<Problem>,
}

/// What a sweep did, and what it leaves to people.
#[derive(Debug, Default)]
pub struct Report {
    pub swept: Vec<Swept>,
    /// Open tickets whose follow-up day has come.
    pub calls: usize,
    /// Open tickets that nothing happened to for long.
    pub stale: usize,
}

impl Desk<'_> {
    /// Does what is due now. Exit code as for any write.
    ///
    /// `beats` are the signs of life of jobs; `since` is when each `[[expect]]` rule was first seen here.
    pub fn sweep(&self, beats: &[Beat], since: &BTreeMap<String, Timestamp>) -> Result<Report> {
        let actor = Actor::machine(self.env, &self.policy()?.0)?;
        let sweep = |minding_edits: bool| {
            self.write_as(&actor, self.env.now, |room| {
                room.machine = true;
                if minding_edits {
                    room.mind_edits()?;
                }
                // Of the commit that the transaction is on, unless somebody moves the branch: then all is done anew.
                let look = self.look(None)?;
                let mut report = left_to_people(self, &look)?;
                let mut sweep = Sweep { room, swept: Vec::new() };
                let waiting = self.tickets(&look, "is:waiting")?;
                sweep.wake(&waiting);
                sweep.release(&waiting);
                sweep.close(&self.tickets(&look, "is:resolved")?)?;
                let open = self.tickets(&look, "is:open")?;
                sweep.end_storms(&open);
                sweep.fire(&due(&look, &open)?);
                sweep.miss(beats.to_vec(), since)?;
                report.swept = sweep.swept;
                room.tx.describe(message(&report.swept));
                Ok(report)
            })
        };
        match sweep(false) {
            // Where somebody edits a file, what is due of that ticket alone is not done.
            Err(error) if error.downcast_ref::<Problem>().is_some_and(is_edit) => Ok(sweep(true)?.value),
            done => Ok(done?.value),
        }
    }

    /// The signs of life that producers pushed.
    pub fn pushed_beats(&self) -> Result<Vec<Beat>> {
        missing::pushed(&self.store)
    }

    fn tickets(&self, look: &Look<'_>, query: &str) -> Result<Vec<Found>> {
        let context = look.levels().context();
        look.select(&look.query(query, context)?, context, (Order::Id, false), None)
    }
}

fn left_to_people(desk: &Desk<'_>, look: &Look<'_>) -> Result<Report> {
    let today = look.levels().context().zone.to_datetime(look.now).date();
    let open = desk.tickets(look, "is:open has:follow_up")?;
    let calls = open.iter().filter(|one| one.ticket.follow_up.is_some_and(|day| day <= today)).count();
    Ok(Report { swept: Vec::new(), calls, stale: desk.tickets(look, "is:stale")?.len() })
}

struct Sweep<'r, 'a, 's> {
    room: &'r mut Room<'a, 's>,
    swept: Vec<Swept>,
}

impl Sweep<'_, '_, '_> {
    /// Those whose time to wake has come.
    fn wake(&mut self, waiting: &[Found]) {
        let now = self.room.now;
        for one in waiting.iter().filter(|one| one.ticket.wake.is_some_and(|wake| wake <= now)) {
            let words = one.ticket.waiting_on.map_or("its time has come".to_owned(), |on| format!("waited on {on}"));
            self.act(Act::Wake, one, &words, |room, id| resume(room, id, ""));
        }
    }

    /// Requests that nobody has to approve any more: of two who approve at once neither is the last.
    fn release(&mut self, waiting: &[Found]) {
        let now = self.room.now;
        for one in waiting.iter().filter(|one| one.ticket.wake.is_none_or(|wake| wake > now)) {
            if self.room.is_released(&one.ticket).unwrap_or(false) {
                self.act(Act::Wake, one, "nobody has to approve it any more", |room, id| resume(room, id, ""));
            }
        }
    }

    /// Those that were resolved `close_after` ago.
    fn close(&mut self, resolved: &[Found]) -> Result<()> {
        let after = self.room.policy.desk.close_after;
        for one in resolved {
            let Some(since) = one.times.resolved else { continue };
            if self.room.until(after, since) <= self.room.now {
                let close = Finish { close: true, ..Finish::default() };
                self.act(Act::Close, one, &format!("resolved {after} ago"), |room, id| close.apply(room, id));
            }
        }
        Ok(())
    }

    /// Storms of which people ended the last ticket.
    fn end_storms(&mut self, open: &[Found]) {
        for one in open.iter().filter(|one| one.ticket.key.starts_with(STORM)) {
            self.act(Act::Over, one, OVER, |room, id| Batch::new(room).end_storm(id));
        }
    }

    fn fire(&mut self, firings: &[Firing<'_>]) {
        for firing in firings {
            let (words, before) = (words_of(firing), self.swept.len());
            let (rule, found) = (firing.rule, &firing.found);
            for deed in &rule.deeds {
                match deed {
                    Deed::Notify => self.act(Act::Notify, found, &words, |room, id| note(room, id, firing, &words)),
                    Deed::Escalate => {
                        self.act(Act::Escalate, found, &words, |room, id| escalate(room, id, &rule.to, &words));
                    }
                    Deed::Raise => self.act(Act::Raise, found, &words, |room, id| raise(room, id, &words)),
                }
            }
            let done = &self.swept[before..];
            let refused = !done.is_empty() && done.iter().all(|one| one.error.is_some());
            if !rule.deeds.contains(&Deed::Notify) && !refused {
                // Whatever else the rule does, its entry says that it fired.
                self.act(Act::Notify, found, &words, |room, id| note(room, id, firing, &words));
            }
        }
    }

    /// Jobs that did not run, and those that did again.
    fn miss(&mut self, beats: Vec<Beat>, since: &BTreeMap<String, Timestamp>) -> Result<()> {
        let events = missing::events(self.room, beats, since)?;
        let mut batch = Batch::new(self.room);
        for event in &events {
            let error = batch.attempt(event)?;
            let ticket = match &error {
                None => batch.applied.pop().and_then(|applied| applied.ticket),
                Some(_) => batch.ticket_of(&event.key)?,
            };
            let damaged = batch.damaged_with_key(&event.key)?;
            let (id, title) = match (ticket, damaged, error.clone()) {
                (Some(ticket), _, _) => (ticket.id, ticket.title),
                (None, _, None) => continue,
                // What its title is nobody knows.
                (None, Some((id, _)), Some(_)) => (id, event.key.clone()),
                (None, None, Some(problem)) => return Err(problem.into()),
            };
            let (act, words) = match event.ask {
                Ask::Trigger => (Act::Miss, event.body.clone()),
                Ask::Ack | Ask::Resolve => (Act::Return, event.note.clone()),
            };
            self.swept.push(Swept { act, id, title, words, error });
        }
        Ok(())
    }

    /// One act, all or nothing; a refusal keeps nothing else back.
    fn act(
        &mut self,
        act: Act,
        found: &Found,
        words: &str,
        run: impl FnOnce(&mut Room<'_, '_>, TicketId) -> Result<Acted>,
    ) {
        let ticket = &found.ticket;
        let savepoint = self.room.savepoint();
        let done = run(self.room, ticket.id);
        let done = done.and_then(|acted| self.room.refuse_edited(savepoint).map(|()| acted));
        let error = match done {
            Ok(acted) if !acted.changed => return,
            Ok(_) => None,
            Err(error) => {
                self.room.roll_back(savepoint);
                Some(error.downcast().unwrap_or_else(|error| Problem::new(Kind::Bug, format!("{error:#}"))))
            }
        };
        let (title, words) = (ticket.title.clone(), words.to_owned());
        self.swept.push(Swept { act, id: ticket.id, title, words, error });
    }
}

/// `resolve has reached 75% of 4h (warn the lead)`
fn words_of(firing: &Firing<'_>) -> String {
    let (rule, run) = (firing.rule, &firing.run);
    let name = if rule.name.is_empty() { String::new() } else { format!(" ({})", rule.name) };
    format!("{} has reached {} of {}{name}", run.clock, rule.at, run.target)
}

/// The entry that is the proof.
fn note(room: &mut Room<'_, '_>, id: TicketId, firing: &Firing<'_>, words: &str) -> Result<Acted> {
    room.act(id, |room, draft| {
        let entry = room.entry(id, EntryKind::Note, words)?.with("act", "escalation").with(FIRED, firing.proof());
        draft.entries.push(entry);
        Ok(())
    })
}

/// To whom the rule names, else to the next queue; from the last one its lead is told.
fn escalate(room: &mut Room<'_, '_>, id: TicketId, to: &str, words: &str) -> Result<Acted> {
    let up = |to: Where| Escalate { to, reason: words.to_owned(), priority: None };
    if !to.is_empty() {
        return up(Where::To(to.to_owned())).apply(room, id);
    }
    match up(Where::Next).apply(room, id) {
        Err(error) if error.downcast_ref::<Problem>().is_some_and(|problem| problem.code == "last_level") => {
            up(Where::Lead).apply(room, id)
        }
        done => done,
    }
}

/// To the next more urgent priority; the most urgent stays.
fn raise(room: &mut Room<'_, '_>, id: TicketId, words: &str) -> Result<Acted> {
    let priority = room.tx.ticket(id)?.ticket.priority;
    let above = Priority::ALL.iter().rev().find(|other| **other < priority).copied().unwrap_or(priority);
    if above == priority { room.act(id, |_, _| Ok(())) } else { set::raise(room, id, above, words) }
}

fn message(swept: &[Swept]) -> Message {
    let done: Vec<String> = swept
        .iter()
        .filter(|one| one.error.is_none())
        .map(|one| format!("{} {}: {}", one.act, one.id, one.words))
        .collect();
    let mut message = Message::new(format!("sweep: {}", counted(done.len(), "change")));
    message.body = done.join("\n");
    message.trailer("Desk-Act", "sweep")
}
