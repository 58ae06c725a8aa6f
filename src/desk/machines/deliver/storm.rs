//! Storms: when much of one group fails at once, the tickets stand below one, and that one is worked.

use std::collections::{BTreeMap, HashSet};

use super::{Batch, Did};
use crate::desk::escalation::STORM;
use crate::desk::tickets::link::link;
use crate::desk::tickets::open::Open;
use crate::error::Result;
use crate::model::count::counted;
use crate::model::id::TicketId;
use crate::model::ticket::Ticket;
use crate::model::word::{Channel, LinkType};

/// So many different keys of one group within so many seconds of each other are a storm.
const KEYS: usize = 10;
const SECONDS: i64 = 30;

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
        let key: String = format!("{STORM}{group}").chars().take(255).collect();
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
        for id in below {
            let ticket = self.room.tx.ticket(id)?.ticket;
            let has_parent = ticket.links.iter().any(|link| link.kind == LinkType::Parent);
            if id != parent && !has_parent && ticket.status.is_open() {
                link(self.room, id, LinkType::Parent, parent)?;
            }
        }
        Ok(())
    }

    /// The open tickets of a group, those of this delivery, too, in the order of their times.
    fn members(&self, group: &str, mut fresh: Vec<Ticket>) -> Result<Vec<Ticket>> {
        let known = self.room.index()?.map_or(Ok(Vec::new()), |index| index.open_in_group(group))?;
        let ids: HashSet<TicketId> = fresh.iter().map(|ticket| ticket.id).collect();
        fresh.extend(known.into_iter().map(|found| found.ticket).filter(|ticket| !ids.contains(&ticket.id)));
        fresh.sort_by_key(|ticket| (ticket.opened, ticket.id));
        Ok(fresh)
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
