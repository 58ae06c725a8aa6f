//! Moments of a ticket's life that follow from its history.

use jiff::Timestamp;

/// `None` is "not yet", or "no history at hand".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// First act by an agent other than opening it, or first assignee.
    pub acknowledged: Option<Timestamp>,
    /// First public word or solution by somebody other than the requester.
    pub responded: Option<Timestamp>,
    /// Last change from unsolved to solved, while it is solved.
    pub resolved: Option<Timestamp>,
    /// Last change to closed, while it is closed.
    pub closed: Option<Timestamp>,
    /// Last fact or entry.
    pub updated: Option<Timestamp>,
}
