//! `[[route]]`: what a new ticket gets that nobody said. The first rule whose query fits it counts.

use super::assign::To;
use crate::desk::{Room, zone_of};
use crate::model::query::{Context, Query, Subject};
use crate::model::ticket::Ticket;
use crate::model::times::Times;

/// What was said when the ticket was opened, which no rule changes.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    pub queue: bool,
    pub priority: bool,
    pub assignee: bool,
}

impl Room<'_, '_> {
    /// Lets the first rule that fits say what was not said. A ticket that a rule gives to an agent stays new until that
    /// agent does something. A rule that names nobody that there is gives it to nobody.
    pub fn route(&self, ticket: &mut Ticket, said: Said) {
        let zone = zone_of(&self.policy);
        let context = Context { now: self.now, zone, me: Vec::new(), oncall: Vec::new() };
        let fits = |query: &str| {
            let no_thread = Vec::new;
            let mut subject = Subject::new(ticket, &no_thread, Times::default());
            subject.level = self.policy.level(&ticket.queue);
            // What cannot be read fits nothing; the policy's remarks speak of it.
            Query::parse(query, self.now, &context.zone).is_ok_and(|query| query.matches(&subject, &context))
        };
        let Some(rule) = self.policy.route.iter().find(|rule| fits(&rule.query)) else { return };
        let known = self.policy.queues.get(&rule.queue).is_some_and(|queue| queue.active);
        if !said.queue && known {
            ticket.queue.clone_from(&rule.queue);
        }
        if let Some(priority) = rule.priority.filter(|_| !said.priority) {
            ticket.priority = priority;
        }
        if !said.assignee && !rule.assignee.is_empty() {
            ticket.assignee = To::parse(&rule.assignee).handle(self, &ticket.queue, "").unwrap_or_default();
        }
        ticket.tags.extend(rule.tags.iter().cloned());
        ticket.tags.sort_unstable();
        ticket.tags.dedup();
    }
}
