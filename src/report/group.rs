//! By what a report's rows are told apart.

use super::life::Life;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Queue,
    Agent,
    Customer,
    Channel,
    Priority,
    Category,
    Service,
    Asset,
}

impl Group {
    pub const ALL: &'static [Group] = &[
        Group::Queue,
        Group::Agent,
        Group::Customer,
        Group::Channel,
        Group::Priority,
        Group::Category,
        Group::Service,
        Group::Asset,
    ];

    pub fn parse(name: &str) -> Option<Group> {
        Group::ALL.iter().copied().find(|group| group.name() == name)
    }

    /// Of one of them: a column.
    pub fn name(self) -> &'static str {
        match self {
            Group::Queue => "queue",
            Group::Agent => "agent",
            Group::Customer => "customer",
            Group::Channel => "channel",
            Group::Priority => "priority",
            Group::Category => "category",
            Group::Service => "service",
            Group::Asset => "asset",
        }
    }

    /// Of all of them: a sheet.
    pub fn plural(self) -> &'static str {
        match self {
            Group::Queue => "queues",
            Group::Agent => "agents",
            Group::Customer => "customers",
            Group::Channel => "channels",
            Group::Priority => "priorities",
            Group::Category => "categories",
            Group::Service => "services",
            Group::Asset => "assets",
        }
    }

    /// Where a ticket belonged first: its first queue, the first agent who had it.
    pub fn first(self, life: &Life) -> &str {
        match self {
            Group::Agent => {
                life.agents.iter().map(|(_, agent)| agent.as_str()).find(|who| !who.is_empty()).unwrap_or("")
            }
            Group::Queue
            | Group::Customer
            | Group::Channel
            | Group::Priority
            | Group::Category
            | Group::Service
            | Group::Asset => self.of(life, life.first),
        }
    }

    /// Where a ticket belongs at a moment: queue and agent as they were then, all else as it is. Empty
    /// for none.
    pub fn of(self, life: &Life, at: i64) -> &str {
        match self {
            Group::Queue => life.queue_at(at),
            Group::Agent => life.agent_at(at),
            Group::Customer | Group::Channel | Group::Priority | Group::Category | Group::Service | Group::Asset => {
                life.field(self.name())
            }
        }
    }
}
