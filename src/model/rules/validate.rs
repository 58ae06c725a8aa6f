//! What is wrong with a ticket's file as it stands, by the same rules that the acts keep.

use super::{Around, Refusal, guard};
use crate::model::policy::Severity;
use crate::model::ticket::Ticket;
use crate::model::word::{LinkType, Status};

/// One rule that a ticket's file breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// `DSK3xx` references, `DSK4xx` workflow; stable.
    pub code: &'static str,
    pub severity: Severity,
    pub field: &'static str,
    /// Lower case, no full stop.
    pub message: String,
    pub fix: Option<String>,
}

/// The rules between fields, and names of `desk.toml` and of other tickets. Types and single fields are
/// [`Ticket::read`]'s affair. What an ended ticket names may have gone since, so there it is a warning.
pub fn validate(ticket: &Ticket, around: &Around<'_>) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    references(ticket, around, &mut flaws);
    if let Err(refusal) = guard::standing(ticket, around) {
        flaws.push(flaw(refusal, ticket, Severity::Error));
    }
    circles(ticket, around, &mut flaws);
    leftovers(ticket, &mut flaws);
    priority(ticket, around, &mut flaws);
    flaws
}

/// What is wrong with the way from one version of a ticket to a later one, with any number of acts between.
pub fn transition(before: &Ticket, after: &Ticket, around: &Around<'_>) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    if after.status == Status::New && before.status != Status::New {
        let refusal = Refusal::NotThatWay { from: before.status, to: after.status };
        flaws.push(flaw(refusal, after, Severity::Error));
    }
    if let Err(refusal) = guard::earned(before, after, around) {
        flaws.push(flaw(refusal, after, Severity::Error));
    }
    flaws
}

fn flaw(refusal: Refusal, ticket: &Ticket, severity: Severity) -> Flaw {
    let (code, field) = refusal.code();
    let message = match refusal {
        Refusal::NoResolution => format!("{} without a resolution", ticket.status),
        _ => refusal.to_string(),
    };
    Flaw { code, severity, field, message, fix: refusal.fix(&ticket.id) }
}

fn references(ticket: &Ticket, around: &Around<'_>, flaws: &mut Vec<Flaw>) {
    let severity = if ticket.status.is_open() { Severity::Error } else { Severity::Warning };
    for known in [guard::queue(&ticket.queue, around.policy), guard::agent(&ticket.assignee, around.policy)] {
        match known {
            // A retired name stays valid where it stands; open tickets of it are handed over, not forbidden.
            Ok(()) | Err(Refusal::RetiredQueue { .. } | Refusal::RetiredAgent { .. }) => {}
            Err(refusal) => flaws.push(flaw(refusal, ticket, severity)),
        }
    }
    for link in &ticket.links {
        let told = link.to == ticket.id || ticket.is_duplicate() && ticket.duplicate_of() == Some(link.to);
        if !told && (around.ticket)(&link.to).is_none() {
            let message = format!("the link \"{link}\" leads nowhere");
            flaws.push(Flaw { code: "DSK303", severity, field: "links", message, fix: None });
        }
    }
}

/// Links that lead to the ticket itself, or round to it.
fn circles(ticket: &Ticket, around: &Around<'_>, flaws: &mut Vec<Flaw>) {
    for link in &ticket.links {
        // What a ticket repeated before it was opened again is no link to follow.
        let told =
            link.kind == LinkType::DuplicateOf && (!ticket.is_duplicate() || ticket.duplicate_of() == Some(link.to));
        if link.to == ticket.id {
            flaws.push(flaw(Refusal::LinkToItself, ticket, Severity::Error));
        } else if !told && let Err(refusal) = guard::no_circle(ticket.id, link.kind, link.to, around) {
            flaws.push(flaw(refusal, ticket, Severity::Error));
        }
    }
}

/// What should have gone when the status changed.
fn leftovers(ticket: &Ticket, flaws: &mut Vec<Flaw>) {
    let mut left = |code, field: &'static str, is_left: bool| {
        if is_left {
            let message = format!("`{field}` is set although the ticket is {}", ticket.status);
            let fix = Some(format!("{field} = \"\""));
            flaws.push(Flaw { code, severity: Severity::Warning, field, message, fix });
        }
    };
    let waits = ticket.status == Status::Waiting;
    left("DSK407", "waiting_on", !waits && ticket.waiting_on.is_some());
    left("DSK407", "wake", !waits && ticket.wake.is_some());
    left("DSK408", "resolution", ticket.status.is_open() && !ticket.resolution.is_empty());
}

fn priority(ticket: &Ticket, around: &Around<'_>, flaws: &mut Vec<Flaw>) {
    let (Some(impact), Some(urgency)) = (ticket.impact, ticket.urgency) else { return };
    let matrix = around.policy.priority(impact, urgency);
    if ticket.priority == matrix || !ticket.priority_reason.is_empty() {
        return;
    }
    flaws.push(Flaw {
        code: "DSK410",
        severity: Severity::Warning,
        field: "priority_reason",
        message: format!(
            "the priority is {}, but impact {impact} and urgency {urgency} make {matrix}",
            ticket.priority
        ),
        fix: Some("priority_reason = \"why\"".to_owned()),
    });
}
