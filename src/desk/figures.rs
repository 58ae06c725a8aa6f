//! What reports are made of: the lives of the tickets that are meant.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::desk::customers::Customers;
use crate::desk::look::Look;
use crate::desk::{Desk, zone_of};
use crate::error::Result;
use crate::index::Thread;
use crate::model::entry::Work;
use crate::model::id::TicketId;
use crate::model::times::Act;
use crate::report::cost::Rate;
use crate::report::life::Life;
use crate::report::quality::Told;
use crate::report::summary::Named;
use crate::store::Snapshot;

/// The lives of the tickets that a query means; of all without one.
pub fn lives(desk: &Desk<'_>, look: &Look<'_>, query: Option<&str>) -> Result<Vec<Named>> {
    let meant = query.map(|text| desk.meant(look, text)).transpose()?;
    let threads = look.index.threads(|who| look.policy.is_agent(who))?;
    let threads = threads.into_iter().map(|(id, thread)| (id, by_handle(thread, look))).collect();
    let responses = look.index.responses()?;
    let mut lives = Lives { threads, responses, done: Vec::new(), acts: Vec::new(), ticket: None };
    look.index.each_change(|change| {
        if meant.as_ref().is_none_or(|meant| meant.contains(&change.ticket)) {
            lives.add(change.ticket, Act { at: change.at, email: change.email, facts: change.facts });
        }
        Ok(())
    })?;
    lives.end();
    Ok(lives.done)
}

/// Agents by their handles, also where an entry has their address.
fn by_handle(mut thread: Thread, look: &Look<'_>) -> Thread {
    for work in &mut thread.work {
        work.by = look.policy.handle_for(&work.by).to_owned();
    }
    thread
}

/// What an hour of work costs: by the contract of the ticket's customer that was valid when it was opened, else by the
/// agent who did it; `None` where neither says.
pub struct Rates<'l, 'd> {
    look: &'l Look<'d>,
    snapshot: Snapshot<'l>,
    customers: Customers,
}

impl<'l, 'd> Rates<'l, 'd> {
    /// Reads the contracts of the customers of these tickets. A file that cannot be read has none.
    pub fn of(look: &'l Look<'d>, tickets: &[Named]) -> Result<Rates<'l, 'd>> {
        let (snapshot, customers) = (look.snapshot()?, Customers::default());
        for named in tickets {
            customers.customer(&snapshot, named.told.life.field("customer"))?;
        }
        Ok(Rates { look, snapshot, customers })
    }

    pub fn rate(&self, life: &Life, work: &Work) -> Option<Rate> {
        let opened = Timestamp::from_second(life.opened).ok()?.to_zoned_datetime(zone_of(&self.look.policy)).date();
        let contract = self.customers.contract_of(&self.snapshot, life.field("customer"), opened).ok().flatten();
        let agreed = contract
            .and_then(|contract| Some(Rate { hourly: contract.hourly_rate?, currency: contract.currency.clone() }));
        let own = || {
            let hourly = self.look.policy.agents.get(&work.by)?.hourly_rate?;
            Some(Rate { hourly, currency: String::new() })
        };
        agreed.or_else(own)
    }
}

/// Gathers acts, which come ticket by ticket, to lives.
struct Lives {
    threads: HashMap<TicketId, Thread>,
    responses: HashMap<TicketId, i64>,
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
        let Thread { answers, escalated, work, ratings } = self.threads.remove(&ticket).unwrap_or_default();
        let responded = self.responses.get(&ticket).copied();
        let title = life.field("title").to_owned();
        let told = Told { life, answers, escalated, responded, work, ratings };
        self.done.push(Named { id: ticket.to_string(), title, told });
    }
}
