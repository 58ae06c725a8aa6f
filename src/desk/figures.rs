//! What reports are made of: the lives of the tickets that are meant.

use std::collections::{HashMap, HashSet};

use crate::desk::Desk;
use crate::desk::look::Look;
use crate::error::Result;
use crate::index::Order;
use crate::model::id::TicketId;
use crate::model::times::Act;
use crate::report::life::Life;
use crate::report::quality::Told;
use crate::report::summary::Named;

/// The lives of the tickets that a query means; of all without one.
pub fn lives(desk: &Desk<'_>, look: &Look<'_>, query: Option<&str>) -> Result<Vec<Named>> {
    let meant = query.map(|text| meant(desk, look, text)).transpose()?;
    let threads = look.index.threads(|who| look.policy.is_agent(who))?;
    let mut lives = Lives { threads, done: Vec::new(), acts: Vec::new(), ticket: None };
    look.index.each_change(|change| {
        if meant.as_ref().is_none_or(|meant| meant.contains(&change.ticket)) {
            lives.add(change.ticket, Act { at: change.at, email: change.email, facts: change.facts });
        }
        Ok(())
    })?;
    lives.end();
    Ok(lives.done)
}

fn meant(desk: &Desk<'_>, look: &Look<'_>, text: &str) -> Result<HashSet<TicketId>> {
    let context = desk.query_context(&look.policy, look.now)?;
    let query = look.query(text, &context)?;
    let found = look.index.select(&query, &context, &look.policy, (Order::Id, false), None)?;
    Ok(found.into_iter().map(|one| one.ticket.id).collect())
}

/// Gathers acts, which come ticket by ticket, to lives.
struct Lives {
    threads: HashMap<TicketId, (u64, bool)>,
    done: Vec<Named>,
    acts: Vec<Act>,
    ticket: Option<TicketId>,
}

impl Lives {
    fn add(&mut self, ticket: TicketId, act: Act) {
        if self.ticket != Some(ticket) {
            self.end();
            self.ticket = Some(ticket);
        }
        self.acts.push(act);
    }

    fn end(&mut self) {
        let acts = std::mem::take(&mut self.acts);
        let (Some(ticket), Some(life)) = (self.ticket.take(), Life::of(&acts)) else { return };
        let (answers, escalated) = self.threads.get(&ticket).copied().unwrap_or_default();
        let title = life.field("title").to_owned();
        self.done.push(Named { id: ticket.to_string(), title, told: Told { life, answers, escalated } });
    }
}
