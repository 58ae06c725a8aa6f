//! The fixed words of the trade: statuses, kinds, priorities. Each is an enum with one spelling.

/// Defines an enum of words: `ALL` in the order of declaration, `as_str`, `parse`, `Display`.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)+ }
            }

            pub fn parse(text: &str) -> Option<$name> {
                match text { $($text => Some($name::$variant),)+ _ => None }
            }

            /// All spellings, for messages.
            pub fn spellings() -> Vec<&'static str> {
                $name::ALL.iter().map(|word| word.as_str()).collect()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

pub(crate) use words;

words! {
    /// Where a ticket stands.
    Status {
        /// Nobody has acted.
        New = "new",
        Active = "active",
        /// It is somebody else's turn.
        Waiting = "waiting",
        /// Solved; the requester may object.
        Resolved = "resolved",
        Closed = "closed",
    }
}

impl Status {
    /// Neither resolved nor closed.
    pub fn is_open(self) -> bool {
        !self.is_done()
    }

    pub fn is_done(self) -> bool {
        match self {
            Status::Resolved | Status::Closed => true,
            Status::New | Status::Active | Status::Waiting => false,
        }
    }
}

words! {
    /// What sort of work a ticket is.
    Kind {
        Incident = "incident",
        Request = "request",
        Problem = "problem",
        Change = "change",
        Task = "task",
    }
}

words! {
    /// Impact or urgency.
    Level {
        High = "high",
        Medium = "medium",
        Low = "low",
    }
}

words! {
    /// The one priority scale; `p1` is the most urgent and sorts first.
    Priority {
        P1 = "p1",
        P2 = "p2",
        P3 = "p3",
        P4 = "p4",
        P5 = "p5",
    }
}

impl Priority {
    /// `impact + urgency − 1` with high = 1, medium = 2, low = 3 (the 3 × 3 table of ITIL and ServiceNow).
    pub fn from_matrix(impact: Level, urgency: Level) -> Priority {
        Priority::ALL[impact as usize + urgency as usize]
    }
}

words! {
    /// Whom a waiting ticket waits for.
    WaitingOn {
        Requester = "requester",
        Vendor = "vendor",
        Change = "change",
        Problem = "problem",
        Approval = "approval",
        Schedule = "schedule",
    }
}

words! {
    /// How a report came in.
    Channel {
        Cli = "cli",
        Phone = "phone",
        Email = "email",
        Chat = "chat",
        Portal = "portal",
        Monitor = "monitor",
        WalkIn = "walk-in",
        Api = "api",
    }
}

words! {
    /// The built-in ways a ticket ends; a desk may name more in `desk.toml`.
    Resolution {
        Fixed = "fixed",
        Workaround = "workaround",
        Answered = "answered",
        KnownError = "known-error",
        Duplicate = "duplicate",
        Wontfix = "wontfix",
        Rejected = "rejected",
        Cancelled = "cancelled",
        NoFault = "no-fault",
    }
}

words! {
    /// The kinds of thread entries.
    EntryKind {
        /// Public: the requester sees it.
        Comment = "comment",
        /// Internal: agents only.
        Note = "note",
        Escalation = "escalation",
        Occurrence = "occurrence",
        Work = "work",
        Rating = "rating",
        Approval = "approval",
    }
}

words! {
    /// How two tickets belong together, read from the ticket that holds the link.
    LinkType {
        Parent = "parent",
        Child = "child",
        Blocks = "blocks",
        BlockedBy = "blocked-by",
        DuplicateOf = "duplicate-of",
        CausedBy = "caused-by",
        Follows = "follows",
        Related = "related",
    }
}

words! {
    /// What a person of the desk may do.
    Role {
        Admin = "admin",
        Lead = "lead",
        Agent = "agent",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_is_impact_plus_urgency_less_one() {
        let row = |impact| {
            Level::ALL.iter().map(|urgency| Priority::from_matrix(impact, *urgency).as_str()).collect::<Vec<_>>()
        };
        assert_eq!(row(Level::High), ["p1", "p2", "p3"]);
        assert_eq!(row(Level::Medium), ["p2", "p3", "p4"]);
        assert_eq!(row(Level::Low), ["p3", "p4", "p5"]);
    }
}
