//! Why an act is refused. Each guard has its own variant, message and command that helps.

use jiff::Timestamp;

use crate::model::id::TicketId;
use crate::model::word::{LinkType, Resolution, Status};

/// A rule that an act would break; the ticket stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The status may not change that way.
    #[error("a ticket that is {from} does not become {to}")]
    NotThatWay { from: Status, to: Status },
    /// The act is for open tickets only.
    #[error("the ticket is {status}")]
    Ended { status: Status },
    /// Closed, and ended otherwise than now asked for.
    #[error("the ticket is closed already, as {resolution}")]
    EndedOtherwise { resolution: String },
    /// Beyond the window: a new ticket that `follows` takes its place.
    #[error("it was closed too long ago to be reopened")]
    TooLateToReopen { closed: Timestamp, until: Timestamp },
    #[error("a waiting ticket says whom it waits for, and `waiting_on` is missing")]
    WaitingForNobody,
    #[error("the time to wake up has passed")]
    WakePassed { wake: Timestamp },
    #[error("how did it end? the resolution is missing")]
    NoResolution,
    #[error("\"{given}\" is no resolution of this desk")]
    UnknownResolution { given: String, nearest: Option<String>, known: Vec<String> },
    #[error("a duplicate names the ticket it repeats, and the `duplicate-of` link is missing")]
    DuplicateOfNothing,
    #[error("the ticket cannot repeat {target}, which does not exist")]
    DuplicateOfMissing { target: TicketId },
    /// The way from the ticket back to itself, or to one that was on it before; a ticket may not repeat itself either.
    #[error("duplicates would run in a circle: {}", joined(through, " → "))]
    DuplicateCircle { through: Vec<TicketId> },
    #[error("`{kind}` would run in a circle: {}", joined(through, " → "))]
    LinkCircle { kind: LinkType, through: Vec<TicketId> },
    #[error("a ticket has no link to itself")]
    LinkToItself,
    #[error("there is no ticket {target} to link to")]
    LinkToMissing { target: TicketId },
    #[error("it is blocked by {}", joined(by, ", "))]
    Blocked { by: Vec<TicketId> },
    #[error("an approval is still open: that of {}", by.join(" and "))]
    ApprovalOpen { by: Vec<String> },
    #[error("there is no queue \"{given}\"")]
    UnknownQueue { given: String, nearest: Option<String> },
    #[error("the queue \"{name}\" is retired")]
    RetiredQueue { name: String },
    #[error("there is no agent \"{given}\"")]
    UnknownAgent { given: String, nearest: Option<String> },
    #[error("\"{name}\" is retired")]
    RetiredAgent { name: String },
    /// `escalate --to` with a word that is neither queue nor agent.
    #[error("\"{given}\" is neither a queue nor an agent")]
    UnknownTarget { given: String, nearest: Option<String> },
    #[error("{queue} is the last queue, there is nothing above it")]
    LastLevel { queue: String },
    #[error("no queue escalates to \"{queue}\"")]
    FirstLevel { queue: String },
    #[error("the queue \"{queue}\" has no lead")]
    NoLead { queue: String },
}

fn joined(ids: &[TicketId], between: &str) -> String {
    ids.iter().map(TicketId::as_str).collect::<Vec<_>>().join(between)
}

impl Refusal {
    /// A line to type or to know; `handle` is how the ticket is called on screen.
    pub fn hint(&self, handle: &str) -> Option<String> {
        let meant = |nearest: &Option<String>| nearest.as_ref().map(|word| format!("did you mean `{word}`?"));
        match self {
            Refusal::NotThatWay { from, .. } | Refusal::Ended { status: from } if from.is_done() => {
                Some(format!("git desk reopen {handle} -m \"why\""))
            }
            Refusal::NotThatWay { .. } | Refusal::Ended { .. } => None,
            Refusal::EndedOtherwise { .. } => {
                Some(format!("git desk reopen {handle} -m \"why\"     and then close it as it should be"))
            }
            Refusal::TooLateToReopen { .. } => Some(format!("git desk open \"…\" --link \"follows {handle}\"")),
            Refusal::WaitingForNobody => Some(format!("git desk wait {handle} --on requester")),
            Refusal::WakePassed { .. } => None,
            Refusal::NoResolution => Some(format!("git desk close {handle} --resolution fixed -m \"what solved it\"")),
            Refusal::UnknownResolution { nearest, known, .. } => {
                meant(nearest).or_else(|| Some(format!("one of {}", known.join(", "))))
            }
            Refusal::DuplicateOfNothing => Some(format!("git desk close {handle} --duplicate-of ID")),
            Refusal::DuplicateOfMissing { .. }
            | Refusal::DuplicateCircle { .. }
            | Refusal::LinkCircle { .. }
            | Refusal::LinkToItself
            | Refusal::LinkToMissing { .. } => None,
            Refusal::Blocked { by } => {
                Some(format!("git desk show {}", by.iter().map(TicketId::as_str).collect::<Vec<_>>().join(" ")))
            }
            Refusal::ApprovalOpen { .. } => {
                Some(format!("git desk approve {handle}     or: git desk refuse {handle} --reason \"why\""))
            }
            Refusal::UnknownQueue { nearest, .. }
            | Refusal::UnknownAgent { nearest, .. }
            | Refusal::UnknownTarget { nearest, .. } => meant(nearest),
            Refusal::RetiredQueue { .. } => Some("git desk queue list".to_owned()),
            Refusal::RetiredAgent { .. } => Some("git desk agent list".to_owned()),
            Refusal::LastLevel { .. } => Some(format!("git desk escalate {handle} --lead -m \"why\"")),
            Refusal::FirstLevel { .. } => Some(format!("git desk set {handle} queue=…")),
            Refusal::NoLead { queue } => Some(format!("set `lead` under [queues.{queue}] of desk.toml")),
        }
    }

    /// The code of the finding when a file breaks the rule, and the field to look at.
    pub(super) fn code(&self) -> (&'static str, &'static str) {
        match self {
            Refusal::UnknownQueue { .. }
            | Refusal::RetiredQueue { .. }
            | Refusal::UnknownTarget { .. }
            | Refusal::LastLevel { .. }
            | Refusal::FirstLevel { .. }
            | Refusal::NoLead { .. } => ("DSK301", "queue"),
            Refusal::UnknownAgent { .. } | Refusal::RetiredAgent { .. } => ("DSK302", "assignee"),
            Refusal::LinkToItself | Refusal::LinkToMissing { .. } => ("DSK303", "links"),
            Refusal::NotThatWay { .. } | Refusal::Ended { .. } | Refusal::TooLateToReopen { .. } => {
                ("DSK401", "status")
            }
            Refusal::NoResolution => ("DSK402", "resolution"),
            Refusal::UnknownResolution { .. } | Refusal::EndedOtherwise { .. } => ("DSK403", "resolution"),
            Refusal::DuplicateOfNothing | Refusal::DuplicateOfMissing { .. } => ("DSK404", "links"),
            Refusal::DuplicateCircle { .. } | Refusal::LinkCircle { .. } => ("DSK405", "links"),
            Refusal::WaitingForNobody => ("DSK406", "waiting_on"),
            Refusal::WakePassed { .. } => ("DSK407", "wake"),
            Refusal::Blocked { .. } => ("DSK409", "status"),
            Refusal::ApprovalOpen { .. } => ("DSK411", "status"),
        }
    }

    /// What to write into the file instead.
    pub(super) fn fix(&self, id: &TicketId) -> Option<String> {
        match self {
            Refusal::NoResolution => {
                Some(format!("add  resolution = \"{}\"  or  git desk reopen {id}", Resolution::Fixed))
            }
            Refusal::WaitingForNobody => Some("waiting_on = \"requester\"".to_owned()),
            Refusal::DuplicateOfNothing => Some("links = [\"duplicate-of ID\"]".to_owned()),
            other => other.hint(id.as_str()),
        }
    }
}
