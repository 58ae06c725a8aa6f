//! What a commit did to a ticket, and how a clock stands, as occasions to tell somebody. Pure.
//!
//! Words that agents keep among themselves (notes, and the reasons given with `reopen` or `wait`) are not told: a
//! channel may have guests. Why a ticket was escalated is, because that is the point of it.

use jiff::Timestamp;
use serde_json::Value;

use crate::index::Logged;
use crate::model::clock::{Run, current};
use crate::model::entry::Entry;
use crate::model::fact::Fact;
use crate::model::policy::{Occasion, Policy};
use crate::model::ticket::Ticket;
use crate::model::word::{EntryKind, Status};

/// One thing to tell of one ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    pub occasion: Occasion,
    /// The commit, or the clock and its cycle: with ticket and occasion it happens once.
    pub event: String,
    pub at: Timestamp,
    pub by: String,
    pub text: String,
    pub body: Option<String>,
}

/// Whether it follows from the clocks alone.
pub fn is_of_clocks(occasion: Occasion) -> bool {
    match occasion {
        Occasion::Breached | Occasion::AtRisk => true,
        Occasion::Opened
        | Occasion::Assigned
        | Occasion::Escalated
        | Occasion::Resolved
        | Occasion::Reopened
        | Occasion::Comment => false,
    }
}

/// What a commit did, each occasion once. `ticket` and `thread` are as they are now: history has long texts by hash only.
pub fn of_change(change: &Logged, ticket: &Ticket, thread: &[Entry], policy: &Policy) -> Vec<Happening> {
    let act = Act { change, ticket, thread, policy, by: policy.handle_for(&change.email) };
    let told = |occasion: &Occasion| {
        let Words { by, text, body } = act.told(*occasion)?;
        let (occasion, event, at) = (*occasion, change.commit.clone(), change.at);
        Some(Happening { occasion, event, at, by, text, body })
    };
    Occasion::ALL.iter().filter_map(told).collect()
}

struct Act<'a> {
    change: &'a Logged,
    ticket: &'a Ticket,
    thread: &'a [Entry],
    policy: &'a Policy,
    /// Who committed it.
    by: &'a str,
}

struct Words {
    by: String,
    text: String,
    body: Option<String>,
}

impl Act<'_> {
    fn told(&self, occasion: Occasion) -> Option<Words> {
        match occasion {
            Occasion::Opened => self.opened(),
            Occasion::Assigned => self.assigned(),
            Occasion::Escalated => self.escalated(),
            Occasion::Resolved => self.resolved(),
            Occasion::Reopened => self.reopened(),
            Occasion::Comment => self.commented(),
            Occasion::Breached | Occasion::AtRisk => None,
        }
    }

    fn words(&self, text: String, body: &str) -> Words {
        Words { by: self.by.to_owned(), text, body: (!body.is_empty()).then(|| body.to_owned()) }
    }

    fn fact(&self, field: &str) -> Option<&Fact> {
        self.change.facts.iter().rev().find(|fact| fact.field == field)
    }

    /// What it set a field to.
    fn set(&self, field: &str) -> Option<&str> {
        self.fact(field)?.to.as_str()
    }

    /// From one status to another; a new ticket has none before.
    fn turn(&self) -> Option<(Option<Status>, Status)> {
        let fact = self.fact("status")?;
        let status = |value: &Value| value.as_str().and_then(Status::parse);
        Some((status(&fact.from), status(&fact.to)?))
    }

    /// Entries of this kind that it brought.
    fn entries(&self, kind: EntryKind) -> Vec<&Entry> {
        let new = |fact: &&Fact| fact.field == "thread" && fact.from.is_null();
        let ids: Vec<&str> = self.change.facts.iter().filter(new).filter_map(|fact| fact.to.as_str()).collect();
        self.thread.iter().filter(|entry| entry.kind == kind && ids.contains(&entry.id.as_str())).collect()
    }

    fn opened(&self) -> Option<Words> {
        let (None, _) = self.turn()? else { return None };
        let queue = self.set("queue").map_or_else(String::new, |queue| format!(" in {queue}"));
        let priority = self.set("priority").map_or_else(String::new, |priority| format!(", {priority}"));
        Some(self.words(format!("opened by {}{queue}{priority}", self.by), &self.ticket.body))
    }

    fn assigned(&self) -> Option<Words> {
        let to = self.set("assignee").filter(|to| !to.is_empty())?;
        let text = if to == self.by { format!("taken by {to}") } else { format!("assigned to {to} by {}", self.by) };
        Some(self.words(text, ""))
    }

    fn escalated(&self) -> Option<Words> {
        let entry = self.entries(EntryKind::Escalation).pop()?;
        let (from, to) = (entry.extra.text("from"), entry.extra.text("to"));
        let way = match entry.extra.text("type") {
            "hierarchical" => format!("to {to}, who leads {from},"),
            _ => format!("from {from} to {to}"),
        };
        Some(self.words(format!("escalated {way} by {}", self.policy.handle_for(&entry.by)), &entry.body))
    }

    fn resolved(&self) -> Option<Words> {
        let (Some(from), to) = self.turn()? else { return None };
        if from.is_done() || to.is_open() {
            return None;
        }
        let how = self.set("resolution").map_or_else(String::new, |how| format!(": {how}"));
        let solution = if self.fact("solution").is_some() { self.ticket.solution.as_str() } else { "" };
        Some(self.words(format!("{to} by {}{how}", self.by), solution))
    }

    fn reopened(&self) -> Option<Words> {
        let (Some(from), to) = self.turn()? else { return None };
        (from.is_done() && to.is_open()).then(|| self.words(format!("reopened by {}", self.by), ""))
    }

    /// What a machine says by itself is nobody's word.
    fn commented(&self) -> Option<Words> {
        let mut said = self.entries(EntryKind::Comment);
        said.retain(|entry| !entry.is_automatic());
        let by = self.policy.handle_for(&said.first()?.by);
        let bodies: Vec<&str> = said.iter().map(|entry| entry.body.as_str()).collect();
        let words = self.words(format!("comment by {by}"), &bodies.join("\n\n"));
        Some(Words { by: by.to_owned(), ..words })
    }
}

/// The clocks of an open ticket that are late, or will soon be.
pub fn of_clocks(runs: &[Run], now: Timestamp) -> Vec<Happening> {
    let told = |run: &Run| {
        let due = run.due.and_then(|due| Timestamp::from_second(due).ok());
        let until = due.map_or_else(String::new, |due| format!(", due {}", due.strftime("%Y-%m-%d %H:%M UTC")));
        let (occasion, at, text) = match (run.is_late(), run.is_at_risk()) {
            (true, _) => (
                Occasion::Breached,
                due.unwrap_or(now),
                format!("{} is late: {} promised{until}", run.clock, run.target),
            ),
            (false, true) => {
                let text = format!("{} is at risk: {}% of {} used{until}", run.clock, run.percent(), run.target);
                (Occasion::AtRisk, now, text)
            }
            (false, false) => return None,
        };
        let (event, by) = (format!("{} {}", run.clock, run.cycle), "git-desk".to_owned());
        Some(Happening { occasion, event, at, by, text, body: None })
    };
    current(runs).filter_map(told).collect()
}
