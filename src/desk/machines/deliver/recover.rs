//! It works again, or somebody has seen that it does not.

use super::count::{Cycle, time};
use super::{Batch, Did};
use crate::desk::tickets::Acted;
use crate::desk::tickets::finish::Finish;
use crate::error::{Kind, Problem, Result};
use crate::model::count::{counted, lasted};
use crate::model::entry::Entry;
use crate::model::id::TicketId;
use crate::model::rules::By;
use crate::model::ticket::Ticket;
use crate::model::word::{EntryKind, Resolution};
use crate::view::event::{Event, Recovery};

/// What a note is that says that it works again, and how many of them a ticket that stays open gets.
const RECOVERY: &str = "recovery";
const RECOVERIES: usize = 20;

impl Batch<'_, '_, '_> {
    /// Resolves what a machine opened and no person touched; of everything else it is noted. With nothing open there is
    /// nothing to do.
    pub fn recover(&mut self, event: &Event) -> Result<(Did, Option<Acted>)> {
        let Some(id) = self.room.open_with_key(&event.key)? else { return self.unmark(event) };
        let own = self.own_entry(id, event)?;
        // Where its own count is damaged, what it means is not known.
        self.room.tx.entry(id, &own)?;
        // Word that came late: it has failed again since. What others say of their own hosts is no matter.
        let since = |entry: &Entry| time(entry, "last").is_some_and(|last| last > event.at);
        if self.occurrences(id)?.iter().any(|entry| (event.whole || entry.id == own) && since(entry)) {
            return Ok((Did::Nothing, None));
        }
        let is_counted = self.is_counted(id, event)?;
        // A producer that has counted nothing, here or there, speaks of nothing that this ticket is about.
        if !is_counted && !event.whole && (event.count == 0 || event.of_user) {
            return Ok((Did::Nothing, None));
        }
        let counts = is_counted || event.count > 0;
        let counted = counts.then(|| self.count(id, event, Cycle::Same, None)).transpose()?;
        let marked = self.mark(id, event)?;
        let still = self.still_failing(id, event)?;
        let words = self.words(id, event, &still)?;
        if still.is_empty() && self.may_resolve(id, event)? {
            let resolution = Resolution::Fixed.as_str().to_owned();
            let finish = Finish { resolution, solution: words.clone(), ..Finish::default() };
            match finish.apply(self.room, id) {
                Ok(acted) => {
                    self.ended.insert(event.key.clone(), id);
                    return Ok((Did::Resolved, Some(acted)));
                }
                // A guard stands before it: what it is blocked by, an approval.
                Err(error) if error.downcast_ref::<Problem>().is_some_and(|it| it.kind == Kind::Refused) => {}
                Err(error) => return Err(error),
            }
        }
        let said = self.recoveries(id)?;
        if said >= RECOVERIES {
            // The entry that counts says when it last worked again.
            return Ok((Did::Noted, Some(counted.unwrap_or(marked))));
        }
        let last =
            if said + 1 == RECOVERIES { "\n\n(no more notes of this kind: from now on it is counted)" } else { "" };
        let acted = self.note(id, event, &format!("{words}{last}"), RECOVERY, None)?;
        Ok((Did::Noted, Some(acted)))
    }

    /// Whether whoever speaks has counted on a ticket: its producer, and where it is known which user that is, they.
    fn is_counted(&self, id: TicketId, event: &Event) -> Result<bool> {
        let own = self.own_entry(id, event)?;
        let counted = self.occurrences(id)?;
        Ok(counted
            .iter()
            .any(|entry| (entry.id == own || entry.extra.text("host") == event.host) && is_of(entry, event)))
    }

    /// What ended while it came and went does so no more.
    fn unmark(&mut self, event: &Event) -> Result<(Did, Option<Acted>)> {
        let ended = match event.flapping {
            Some(false) => self.ended_before(&event.key)?,
            Some(true) | None => None,
        };
        let Some(id) = ended else { return Ok((Did::Nothing, None)) };
        let acted = self.mark(id, event)?;
        Ok(if acted.changed { (Did::Noted, Some(acted)) } else { (Did::Nothing, None) })
    }

    /// How often its thread says that it works again.
    fn recoveries(&self, id: TicketId) -> Result<usize> {
        let thread = self.thread(id)?;
        Ok(thread.iter().filter(|entry| entry.extra.text("act") == RECOVERY).count())
    }

    fn may_resolve(&self, id: TicketId, event: &Event) -> Result<bool> {
        if event.flapping == Some(true) {
            return Ok(false);
        }
        Ok(match event.recovery {
            Recovery::Never => false,
            Recovery::Always => true,
            Recovery::Auto => !self.is_touched(&self.room.tx.ticket(id)?.ticket)?,
        })
    }

    /// The hosts on which it does not work yet; of a word about the key as a whole none.
    fn still_failing(&self, id: TicketId, event: &Event) -> Result<Vec<String>> {
        if event.whole {
            return Ok(Vec::new());
        }
        let host = |entry: &Entry| entry.extra.text("host").to_owned();
        let is_others = |entry: &Entry| host(entry) != event.host || !is_of(entry, event);
        let fails = |entry: &&Entry| entry.extra.text("recovered").is_empty() && is_others(entry);
        Ok(self.occurrences(id)?.iter().filter(fails).map(host).collect())
    }

    /// Whether a person did anything to it: a fact or an entry by an agent or by the ticket's requester.
    pub fn is_touched(&self, ticket: &Ticket) -> Result<bool> {
        if self.seen.contains(&ticket.id) {
            return Ok(true);
        }
        let policy = &self.room.policy;
        let is_person = |who: &str| {
            let requester = !who.starts_with("machine@") && who.eq_ignore_ascii_case(&ticket.requester);
            !who.is_empty() && (policy.is_agent(who) || requester)
        };
        let Some(index) = self.room.index()? else { return Ok(false) };
        if index.log_of(ticket.id)?.iter().any(|change| is_person(&change.email)) {
            return Ok(true);
        }
        let Some(base) = self.room.tx.base() else { return Ok(false) };
        Ok(base.thread(ticket.id)?.0.iter().any(|entry| is_person(&entry.by)))
    }

    /// `recovered after 4 failures, down for 3d 0h: back to 83%`
    fn words(&self, id: TicketId, event: &Event, still: &[String]) -> Result<String> {
        let note = event.note.trim();
        let note = if note.is_empty() { String::new() } else { format!(": {note}") };
        if !still.is_empty() {
            return Ok(format!("works again on {}{note}; still fails on {}", event.host, still.join(", ")));
        }
        let (count, first) = self.counted(id)?;
        let first = match first {
            Some(first) => first,
            None => self.room.tx.ticket(id)?.ticket.opened,
        };
        let down = lasted(event.at.as_second() - first.as_second());
        Ok(format!("recovered after {}, down for {down}{note}", counted(count, "failure")))
    }

    /// Somebody has seen it. An agent's word makes a new ticket active, and theirs where it is nobody's.
    pub fn acknowledge(&mut self, event: &Event) -> Result<(Did, Option<Acted>)> {
        let Some(id) = self.room.open_with_key(&event.key)? else { return Ok((Did::Nothing, None)) };
        if event.of_user && !self.is_counted(id, event)? {
            return Ok((Did::Nothing, None));
        }
        let policy = &self.room.policy;
        let handle = policy.handle_for(&event.by).to_owned();
        let agent = policy.agents.get(&handle).filter(|agent| agent.active).map(|_| handle.clone());
        let by = if handle.is_empty() { String::new() } else { format!(" by {handle}") };
        let note = event.note.trim();
        let note = if note.is_empty() { String::new() } else { format!(": {note}") };
        let noted = self.note(id, event, &format!("acknowledged{by}{note}"), "ack", agent.as_deref())?;
        let Some(agent) = agent else { return Ok((Did::Acknowledged, Some(noted))) };
        self.seen.insert(id);
        let taken = self.room.act(id, |room, draft| {
            let to = if draft.ticket.assignee.is_empty() { agent } else { draft.ticket.assignee.clone() };
            room.rule(id, |around| draft.ticket.assign(&to, By::Person, around)).map(|_| ())
        })?;
        Ok((Did::Acknowledged, Some(Acted { changed: true, ..taken })))
    }

    fn note(&mut self, id: TicketId, event: &Event, words: &str, act: &str, by: Option<&str>) -> Result<Acted> {
        self.room.act(id, |room, draft| {
            let mut entry = room.entry(id, EntryKind::Note, words)?.with("act", act);
            entry.by = by.map_or_else(|| format!("machine@{}", event.host), str::to_owned);
            draft.entries.push(entry);
            Ok(())
        })
    }
}

/// Whether a count is of the user who speaks; where that is not known, it may be.
fn is_of(entry: &Entry, event: &Event) -> bool {
    !event.of_user || entry.extra.text("user") == event.user
}
