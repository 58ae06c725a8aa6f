//! Storms: when much of one group fails at once, the tickets stand below one, and that one is worked.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Batch, Did, of_the_event};
use crate::desk::escalation::STORM;
use crate::desk::tickets::Acted;
use crate::desk::tickets::finish::Finish;
use crate::desk::tickets::link::{link, unlink};
use crate::desk::tickets::open::Open;
use crate::desk::tickets::set::raise;
use crate::error::Result;
use crate::jobs::spool::fitting;
use crate::model::count::counted;
use crate::model::id::TicketId;
use crate::model::link::Link;
use crate::model::ticket::Ticket;
use crate::model::word::{Channel, LinkType, Resolution};

/// So many different keys of one group within so many seconds of each other are a storm.
const KEYS: usize = 10;
const SECONDS: i64 = 30;

/// Why the parent of a storm ends.
pub const OVER: &str = "nothing below it is open any more";

impl Batch<'_, '_, '_> {
    /// Puts the tickets that this delivery opened below the parents of their groups.
    pub fn gather(&mut self) -> Result<()> {
        let mut fresh: BTreeMap<String, Vec<Ticket>> = BTreeMap::new();
        for one in self.applied.iter().filter(|one| matches!(one.did, Did::Opened | Did::Reopened)) {
            let Some(ticket) = one.ticket.as_ref().filter(|ticket| !ticket.group.is_empty()) else { continue };
            fresh.entry(ticket.group.clone()).or_default().push(ticket.clone());
        }
        fresh.into_iter().try_for_each(|(group, tickets)| self.gather_group(&group, tickets))
    }

    fn gather_group(&mut self, group: &str, fresh: Vec<Ticket>) -> Result<()> {
        let key = fitting(&format!("{STORM}{group}"));
        let (parent, below) = match self.room.open_with_key(&key)? {
            Some(parent) => (parent, fresh.iter().map(|ticket| ticket.id).collect()),
            None => {
                let members = self.members(group, fresh)?;
                let storm = storm(&members);
                let Some(first) = storm.first() else { return Ok(()) };
                let parent = self.open_parent(group, &key, &storm, first)?;
                (parent, storm.iter().map(|ticket| ticket.id).collect::<Vec<_>>())
            }
        };
        let mut joined = Vec::new();
        for id in below.into_iter().filter(|id| *id != parent) {
            if self.room.tx.ticket(id)?.ticket.status.is_open() && !self.is_below(id)? {
                // One that a person is editing stands alone.
                if self.beside(|batch| batch.put_below(id, parent))? {
                    joined.push(id);
                }
            }
        }
        self.urge(parent, &joined)
    }

    /// Does something to a ticket that no event is about, and says whether it was done: where it is refused, or a person
    /// is editing that ticket, no event waits for that.
    fn beside(&mut self, act: impl FnOnce(&mut Self) -> Result<()>) -> Result<bool> {
        let before = self.room.savepoint();
        let done = act(self).and_then(|()| self.room.refuse_edited(before));
        if let Err(error) = done {
            of_the_event(error)?;
            self.room.roll_back(before);
            return Ok(false);
        }
        Ok(true)
    }

    /// Only the parent goes up, so it is as urgent as the most urgent that joins it.
    fn urge(&mut self, parent: TicketId, joined: &[TicketId]) -> Result<()> {
        let priorities = joined.iter().map(|id| Ok(self.room.tx.ticket(*id)?.ticket.priority));
        let Some(most) = priorities.collect::<Result<Vec<_>>>()?.into_iter().min() else { return Ok(()) };
        if most < self.room.tx.ticket(parent)?.ticket.priority {
            self.beside(|batch| {
                raise(batch.room, parent, most, "the most urgent of the tickets below it").map(|_| ())
            })?;
        }
        Ok(())
    }

    /// Ends the parents of storms of which this delivery ended the last ticket.
    pub fn end_storms(&mut self) -> Result<()> {
        let ended = self.applied.iter().filter(|one| one.did == Did::Resolved).filter_map(|one| one.ticket.as_ref());
        let links = ended.flat_map(|ticket| &ticket.links).filter(|link| link.kind == LinkType::Parent);
        let parents: BTreeSet<TicketId> = links.map(|link| link.to).collect();
        for parent in parents {
            // One that cannot be read is not ended, and keeps no event back.
            if self.room.tx.ticket(parent).is_ok_and(|file| file.ticket.key.starts_with(STORM)) {
                self.beside(|batch| batch.end_storm(parent).map(|_| ()))?;
            }
        }
        Ok(())
    }

    /// Ends the parent of a storm when nothing below it is open any more, unless a person did something to it.
    pub fn end_storm(&mut self, parent: TicketId) -> Result<Acted> {
        let ticket = self.room.tx.ticket(parent)?.ticket;
        if !ticket.status.is_open() || self.has_open_below(parent)? || self.is_touched(&ticket)? {
            return self.room.act(parent, |_, _| Ok(()));
        }
        let resolution = Resolution::Fixed.as_str().to_owned();
        Finish { resolution, solution: OVER.to_owned(), ..Finish::default() }.apply(self.room, parent)
    }

    fn has_open_below(&self, parent: TicketId) -> Result<bool> {
        let is_below = |ticket: &Ticket| {
            let link = |link: &Link| link.kind == LinkType::Parent && link.to == parent;
            ticket.status.is_open() && ticket.links.iter().any(link)
        };
        if self.room.tx.written(is_below).is_some() {
            return Ok(true);
        }
        let known = self.room.index()?.map_or(Ok(Vec::new()), |index| index.links_to(parent))?;
        let mut known = known.into_iter().filter(|(_, kind)| *kind == LinkType::Parent);
        // Of one that cannot be read nobody knows that it has ended.
        Ok(known.any(|(id, _)| self.room.tx.ticket(id).map_or(true, |file| is_below(&file.ticket))))
    }

    /// Whether a ticket stands below one that is open.
    fn is_below(&self, id: TicketId) -> Result<bool> {
        let ticket = self.room.tx.ticket(id)?.ticket;
        let mut parents = ticket.links.iter().filter(|link| link.kind == LinkType::Parent).map(|link| link.to);
        Ok(parents.any(|parent| self.room.tx.ticket(parent).is_ok_and(|file| file.ticket.status.is_open())))
    }

    /// A storm that is over is no parent any more.
    fn put_below(&mut self, id: TicketId, parent: TicketId) -> Result<()> {
        let ticket = self.room.tx.ticket(id)?.ticket;
        for old in ticket.links.iter().filter(|link| link.kind == LinkType::Parent) {
            unlink(self.room, id, LinkType::Parent, old.to)?;
        }
        link(self.room, id, LinkType::Parent, parent).map(|_| ())
    }

    /// The open tickets of a group, those of this delivery, too, in the order of their times.
    fn members(&self, group: &str, mut fresh: Vec<Ticket>) -> Result<Vec<Ticket>> {
        let known = self.room.index()?.map_or(Ok(Vec::new()), |index| index.open_in_group(group))?;
        let ids: HashSet<TicketId> = fresh.iter().map(|ticket| ticket.id).collect();
        fresh.extend(known.into_iter().map(|found| found.ticket).filter(|ticket| !ids.contains(&ticket.id)));
        let mut members = Vec::new();
        for mut ticket in fresh {
            if self.is_below(ticket.id)? {
                continue;
            }
            // What came back is of now, however long ago it was first there.
            let first = self.counted(ticket.id)?.1;
            ticket.opened = first.map_or(ticket.opened, |first| first.max(ticket.opened));
            members.push(ticket);
        }
        members.sort_by_key(|ticket| (ticket.opened, ticket.id));
        Ok(members)
    }

    fn open_parent(&mut self, group: &str, key: &str, storm: &[&Ticket], first: &Ticket) -> Result<TicketId> {
        let failures = counted(storm.len(), "failure");
        let open = Open {
            title: format!("{group}: {failures} at once"),
            body: format!(
                "{failures} of the group {group} came within seconds of each other; each has a ticket below this one.\n\
                 Those that come while this one is open join it."
            ),
            priority: storm.iter().map(|ticket| ticket.priority).min(),
            queue: Some(first.queue.clone()).filter(|queue| !queue.is_empty()),
            channel: Some(Channel::Monitor),
            key: key.to_owned(),
            group: group.to_owned(),
            opened: Some(first.opened),
            ..Open::default()
        };
        Ok(open.apply(self.room, None)?.id())
    }
}

/// The tickets, in the order of their times, that stand in a window of thirty seconds with ten keys or more.
fn storm(members: &[Ticket]) -> Vec<&Ticket> {
    let seconds: Vec<i64> = members.iter().map(|ticket| ticket.opened.as_second()).collect();
    let mut reaches = 0;
    let mut storm = Vec::new();
    let mut behind = 0;
    for at in 0..members.len() {
        behind = behind.max(at);
        while behind < members.len() && seconds[behind] - seconds[at] <= SECONDS {
            behind += 1;
        }
        let enough =
            || members[at..behind].iter().map(|ticket| ticket.key.as_str()).collect::<HashSet<_>>().len() >= KEYS;
        if behind - at >= KEYS && reaches < behind && enough() {
            reaches = behind;
        }
        if at < reaches {
            storm.push(&members[at]);
        }
    }
    storm
}
