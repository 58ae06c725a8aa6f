//! Links between tickets, `"TYPE ID"`: stored on one side, shown on both.

use std::fmt;

use super::id::TicketId;
use super::word::LinkType;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    pub kind: LinkType,
    pub to: TicketId,
}

impl Link {
    /// Reads `"parent 261124-k7m3x9pd"`.
    pub fn parse(text: &str) -> Option<Link> {
        let (kind, to) = text.split_once(' ')?;
        Some(Link { kind: LinkType::parse(kind)?, to: TicketId::parse(to.trim())? })
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.to)
    }
}

impl LinkType {
    /// `child` and `blocks` stand on the other ticket, turned round; every other type on the one being edited.
    pub fn stored_as(self) -> (LinkType, Side) {
        match self {
            LinkType::Child => (LinkType::Parent, Side::Other),
            LinkType::Blocks => (LinkType::BlockedBy, Side::Other),
            LinkType::Parent
            | LinkType::BlockedBy
            | LinkType::DuplicateOf
            | LinkType::CausedBy
            | LinkType::Follows
            | LinkType::Related => (self, Side::This),
        }
    }

    /// Whether it makes an incident one of a problem, whichever of the two it stands on: a duplicate, and a ticket that
    /// follows another, is none.
    pub fn ties_to_problem(self) -> bool {
        match self {
            LinkType::DuplicateOf | LinkType::Follows => false,
            LinkType::Parent
            | LinkType::Child
            | LinkType::Blocks
            | LinkType::BlockedBy
            | LinkType::CausedBy
            | LinkType::Related => true,
        }
    }

    /// How the link reads from the ticket it points at; words beside the eight types are for people only.
    pub fn seen_from_there(self) -> &'static str {
        match self {
            LinkType::Parent => "child",
            LinkType::Child => "parent",
            LinkType::Blocks => "blocked-by",
            LinkType::BlockedBy => "blocks",
            LinkType::DuplicateOf => "duplicate",
            LinkType::CausedBy => "caused",
            LinkType::Follows => "followed-by",
            LinkType::Related => "related",
        }
    }
}

/// Which of two linked tickets a link is stored on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    This,
    Other,
}
