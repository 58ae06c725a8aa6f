//! `[[escalation]]`: which rules a ticket's clocks have come as far as. What a rule does is done elsewhere, by whoever
//! sweeps; the entry that it writes is the proof that it fired.

use std::collections::HashSet;

use crate::desk::levels::{Clocks, subject};
use crate::desk::look::Look;
use crate::error::Result;
use crate::index::Found;
use crate::model::clock::{Run, current};
use crate::model::id::TicketId;
use crate::model::link::Link;
use crate::model::policy::Escalation;
use crate::model::query::Query;
use crate::model::word::LinkType;

/// A rule that fires once for this ticket, clock, cycle and threshold.
pub struct Firing<'l> {
    pub rule: &'l Escalation,
    pub found: Found,
    pub clocks: Clocks,
    pub run: Run,
}

/// The key of the ticket above those of a storm begins so.
pub const STORM: &str = "storm/";

impl Firing<'_> {
    /// What the entry says: `resolve 1 75%`, with the rule's name behind it where it has one.
    pub fn proof(&self) -> String {
        let Run { clock, cycle, .. } = self.run;
        format!("{clock} {cycle} {} {}", self.rule.at, self.rule.name).trim_end().to_owned()
    }
}

/// The rules that would fire now for these tickets, in the order of tickets and rules.
pub fn due<'l>(look: &'l Look<'_>, tickets: &[Found]) -> Result<Vec<Firing<'l>>> {
    let context = look.levels().context();
    let rules = look.policy.escalation.iter();
    let rules: Vec<(&Escalation, Query)> =
        rules.filter_map(|rule| Some((rule, Query::parse(&rule.query, look.now, &context.zone).ok()?))).collect();
    let mut firings = Vec::new();
    if rules.is_empty() {
        return Ok(firings);
    }
    let fired = look.index.fired()?;
    let storms: HashSet<TicketId> =
        tickets.iter().filter(|one| one.ticket.key.starts_with(STORM)).map(|one| one.ticket.id).collect();
    for (found, clocks) in tickets.iter().zip(look.clocks(tickets)?) {
        // Of a storm only the ticket above the others goes up.
        let is_below = |link: &Link| link.kind == LinkType::Parent && storms.contains(&link.to);
        if found.ticket.links.iter().any(is_below) {
            continue;
        }
        let thread = || look.thread(found.ticket.id);
        let runs = || clocks.runs.clone();
        let mut subject = subject(look, found, &thread)?;
        subject.runs = &runs;
        for (rule, query) in &rules {
            let reached = current(&clocks.runs).find(|run| run.clock == rule.clock && run.has_reached(rule.at));
            let Some(run) = reached.filter(|_| query.matches(&subject, context)) else { continue };
            let firing = Firing { rule, found: found.clone(), clocks: clocks.clone(), run: run.clone() };
            let proof = firing.proof();
            if !fired.get(&found.ticket.id).is_some_and(|proofs| proofs.contains(&proof)) {
                firings.push(firing);
            }
        }
    }
    Ok(firings)
}
