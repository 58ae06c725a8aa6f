//! What only shows when all tickets are seen together: keys and numbers taken twice.

use std::collections::BTreeMap;

use crate::model::id::TicketId;
use crate::model::policy::Severity;
use crate::model::rules::Flaw;
use crate::model::ticket::Ticket;

/// All tickets, as far as one can get in the way of another.
#[derive(Default)]
pub struct Census {
    /// Open tickets by deduplication key, the oldest first.
    keys: BTreeMap<String, Vec<TicketId>>,
    /// Tickets by their number in another system.
    numbers: BTreeMap<String, Vec<TicketId>>,
}

impl Census {
    pub fn add(&mut self, ticket: &Ticket) {
        if !ticket.key.is_empty() && ticket.status.is_open() {
            insert(self.keys.entry(ticket.key.clone()).or_default(), ticket.id);
        }
        if !ticket.external_id.is_empty() {
            insert(self.numbers.entry(ticket.external_id.clone()).or_default(), ticket.id);
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
        key.into_iter().chain(number).collect()
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
