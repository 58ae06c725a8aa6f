//! The reports that there are.

use super::group::Group;
use super::period::Unit;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Summary,
    Flow,
    Ageing,
    Sla,
    Breaches,
    AtRisk,
    Response,
    Quality,
    Pareto,
    Recurring,
    EarlyFaults,
    Workload,
    Channels,
    Csat,
    Cost,
    Knowledge,
    Problems,
    FollowUps,
    Customer,
}

impl Kind {
    pub const ALL: &'static [Kind] = &[
        Kind::Summary,
        Kind::Flow,
        Kind::Ageing,
        Kind::Sla,
        Kind::Breaches,
        Kind::AtRisk,
        Kind::Response,
        Kind::Quality,
        Kind::Pareto,
        Kind::Recurring,
        Kind::EarlyFaults,
        Kind::Workload,
        Kind::Channels,
        Kind::Csat,
        Kind::Cost,
        Kind::Knowledge,
        Kind::Problems,
        Kind::FollowUps,
        Kind::Customer,
    ];

    pub fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    pub fn names() -> impl Iterator<Item = &'static str> {
        Kind::ALL.iter().map(|kind| kind.name())
    }

    pub fn name(self) -> &'static str {
        match self {
            Kind::Summary => "summary",
            Kind::Flow => "flow",
            Kind::Ageing => "ageing",
            Kind::Response => "response",
            Kind::Quality => "quality",
            Kind::Pareto => "pareto",
            Kind::Recurring => "recurring",
            Kind::EarlyFaults => "early-faults",
            Kind::Workload => "workload",
            Kind::Channels => "channels",
            Kind::Csat => "csat",
            Kind::Cost => "cost",
            Kind::Knowledge => "knowledge",
            Kind::Problems => "problems",
            Kind::FollowUps => "follow-ups",
            Kind::Sla => "sla",
            Kind::Breaches => "breaches",
            Kind::AtRisk => "at-risk",
            Kind::Customer => "customer",
        }
    }

    /// Whether it is about clocks.
    pub fn needs_clocks(self) -> bool {
        matches!(self, Kind::Summary | Kind::Sla | Kind::Breaches | Kind::AtRisk | Kind::Customer)
    }

    /// Whether it says how long things took, in calendar time or in working time of any calendar.
    pub fn measures(self) -> bool {
        matches!(self, Kind::Summary | Kind::Response | Kind::Quality | Kind::Channels)
    }

    /// Whether it is one table always, whatever there is to say; the others are several sheets.
    pub fn is_one_table(self) -> bool {
        match self {
            Kind::Flow | Kind::Pareto | Kind::AtRisk | Kind::FollowUps | Kind::EarlyFaults => true,
            Kind::Summary
            | Kind::Ageing
            | Kind::Response
            | Kind::Quality
            | Kind::Recurring
            | Kind::Workload
            | Kind::Channels
            | Kind::Csat
            | Kind::Cost
            | Kind::Knowledge
            | Kind::Problems
            | Kind::Sla
            | Kind::Breaches
            | Kind::Customer => false,
        }
    }

    /// Whether it looks at the last 30 days where no beginning is asked for; the others look at everything.
    pub fn looks_back(self) -> bool {
        matches!(self, Kind::Pareto | Kind::Recurring | Kind::EarlyFaults | Kind::Sla | Kind::Breaches | Kind::Customer)
    }

    /// Whether it says how things are on a day, which its heading names.
    pub fn is_of_a_day(self) -> bool {
        matches!(self, Kind::Ageing | Kind::AtRisk | Kind::Problems | Kind::FollowUps)
    }

    /// What it says, in a few words.
    pub fn about(self) -> &'static str {
        match self {
            Kind::Summary => "one page on a week or another period, against the one before",
            Kind::Flow => "what came and went, by day, week, month, quarter or year",
            Kind::Ageing => "how old open tickets are, which nobody has, which have long been waiting",
            Kind::Response => "how long until tickets were seen to and answered",
            Kind::Quality => "how long it took, what came back, what was handed around",
            Kind::Pareto => "the few things that make most of the work",
            Kind::Recurring => "what comes back more than usual, and should be a problem",
            Kind::EarlyFaults => "one model, version or asset that fails at several customers within a week",
            Kind::Workload => "who has how much, got how much, and did how much",
            Kind::Channels => "how tickets come in, when, and how each way does",
            Kind::Csat => "how satisfied people were",
            Kind::Cost => "the time that was spent, and what it is worth",
            Kind::Knowledge => "articles that solve, that are missing, that are stale",
            Kind::Problems => "open problems with their incidents, and known errors",
            Kind::FollowUps => "who is to be called back, and who promised it",
            Kind::Sla => "which promises were kept, by clock and priority, month by month",
            Kind::Breaches => "every promise that was missed, and by how much",
            Kind::AtRisk => "what will be late soon",
            Kind::Customer => "for one customer: contracts, promises, hours, and nothing of anybody else",
        }
    }

    /// What `--by` may say; and how many of them, the first ones, are shown without it.
    pub fn groups(self) -> (&'static [Group], usize) {
        use Group::{Agent, Asset, Category, Channel, Customer, Priority, Queue, Service};
        match self {
            Kind::Response => (&[Priority, Queue, Agent, Customer, Channel], 1),
            Kind::Sla => (&[Priority, Queue, Agent, Customer, Service, Channel], 1),
            Kind::Pareto => (&[Category, Service, Asset, Queue, Customer, Channel], 1),
            Kind::Workload => (&[Queue, Agent, Customer], 2),
            Kind::Channels => (&[Channel, Queue, Customer], 1),
            Kind::Csat => (&[Queue, Agent, Customer, Channel], 3),
            Kind::Cost => (&[Customer, Service, Queue, Agent], 4),
            Kind::Summary
            | Kind::Flow
            | Kind::Ageing
            | Kind::Quality
            | Kind::Recurring
            | Kind::EarlyFaults
            | Kind::Knowledge
            | Kind::Problems
            | Kind::FollowUps
            | Kind::Breaches
            | Kind::AtRisk
            | Kind::Customer => (&[], 0),
        }
    }

    /// Whether links count that lead to tickets which are not reported on.
    pub fn follows_links(self) -> bool {
        match self {
            Kind::Recurring | Kind::Problems => true,
            Kind::Summary
            | Kind::Flow
            | Kind::Ageing
            | Kind::Response
            | Kind::Quality
            | Kind::Pareto
            | Kind::EarlyFaults
            | Kind::Workload
            | Kind::Channels
            | Kind::Csat
            | Kind::Cost
            | Kind::Knowledge
            | Kind::FollowUps
            | Kind::Sla
            | Kind::Breaches
            | Kind::AtRisk
            | Kind::Customer => false,
        }
    }

    /// The words of `--by`.
    pub fn by(self) -> Vec<&'static str> {
        match self {
            Kind::Flow => Unit::NAMES.to_vec(),
            kind => kind.groups().0.iter().map(|group| group.name()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_report_is_found_by_its_name() {
        assert!(Kind::ALL.iter().all(|kind| Kind::parse(kind.name()) == Some(*kind)));
        assert!(Kind::ALL.iter().all(|kind| kind.groups().0.len() >= kind.groups().1));
    }
}
