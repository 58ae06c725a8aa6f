//! What only shows when all tickets are seen together: keys and numbers taken twice, links that run in a circle.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::id::TicketId;
use crate::model::policy::Severity;
use crate::model::rules::Flaw;
use crate::model::ticket::Ticket;
use crate::model::word::LinkType;

/// Links that must not lead back to where they began.
const DIRECTED: &[LinkType] = &[LinkType::Parent, LinkType::BlockedBy];

/// All tickets, as far as one can get in the way of another.
#[derive(Default)]
pub struct Census {
    /// Open tickets by deduplication key, the oldest first.
    keys: BTreeMap<String, Vec<TicketId>>,
    /// Tickets by their number in another system.
    numbers: BTreeMap<String, Vec<TicketId>>,
    links: BTreeMap<(LinkType, TicketId), Vec<TicketId>>,
}

impl Census {
    pub fn add(&mut self, ticket: &Ticket) {
        if !ticket.key.is_empty() && ticket.status.is_open() {
            insert(self.keys.entry(ticket.key.clone()).or_default(), ticket.id);
        }
        if !ticket.external_id.is_empty() {
            insert(self.numbers.entry(ticket.external_id.clone()).or_default(), ticket.id);
        }
        for link in ticket.links.iter().filter(|link| DIRECTED.contains(&link.kind) && link.to != ticket.id) {
            self.links.entry((link.kind, ticket.id)).or_default().push(link.to);
        }
    }

    /// What is wrong with a ticket beside the others.
    pub fn flaws(&self, ticket: &Ticket) -> Vec<Flaw> {
        let key = taken(&self.keys, &ticket.key, ticket.id).map(|first| {
            let message = format!("the key \"{}\" is open twice: {first} has it, too", ticket.key);
            let fix = format!("git desk close {} --resolution duplicate --duplicate-of {first}", ticket.id);
            error("DSK202", "key", message, Some(fix))
        });
        let number = taken(&self.numbers, &ticket.external_id, ticket.id).map(|first| {
            let message = format!("the number \"{}\" is taken: {first} has it, too", ticket.external_id);
            error("DSK203", "external_id", message, None)
        });
        let circles = DIRECTED.iter().filter_map(|kind| self.circle(*kind, ticket.id)).map(|(kind, circle)| {
            let names: Vec<&str> = circle.iter().map(TicketId::as_str).collect();
            error("DSK405", "links", format!("{kind} runs in a circle: {}", names.join(" → ")), None)
        });
        key.into_iter().chain(number).chain(circles).collect()
    }

    /// The way from a ticket back to itself.
    fn circle(&self, kind: LinkType, start: TicketId) -> Option<(LinkType, Vec<TicketId>)> {
        let mut seen = BTreeSet::new();
        let mut ways = vec![vec![start]];
        while let Some(way) = ways.pop() {
            let last = *way.last()?;
            for next in self.links.get(&(kind, last)).into_iter().flatten() {
                let mut further = way.clone();
                further.push(*next);
                if *next == start {
                    return Some((kind, further));
                }
                if seen.insert(*next) {
                    ways.push(further);
                }
            }
        }
        None
    }
}

fn insert(ids: &mut Vec<TicketId>, id: TicketId) {
    if let Err(place) = ids.binary_search(&id) {
        ids.insert(place, id);
    }
}

/// The first ticket that has the same word, where it is another one.
fn taken(by: &BTreeMap<String, Vec<TicketId>>, word: &str, id: TicketId) -> Option<TicketId> {
    let ids = by.get(word)?;
    ids.first().copied().filter(|first| *first != id && ids.contains(&id))
}

fn error(code: &'static str, field: &'static str, message: String, fix: Option<String>) -> Flaw {
    Flaw { code, severity: Severity::Error, field, message, fix }
}
