//! By what a report's rows are told apart.

use super::life::Life;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Queue,
    Agent,
    Customer,
    Channel,
}

impl Group {
    pub const ALL: &'static [Group] = &[Group::Queue, Group::Agent, Group::Customer, Group::Channel];

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
        }
    }

    /// Of all of them: a sheet.
    pub fn plural(self) -> &'static str {
        match self {
            Group::Queue => "queues",
            Group::Agent => "agents",
            Group::Customer => "customers",
            Group::Channel => "channels",
        }
    }

    /// Where a ticket belonged first: its first queue, the first agent who had it.
    pub fn first(self, life: &Life) -> &str {
        match self {
            Group::Agent => {
                life.agents.iter().map(|(_, agent)| agent.as_str()).find(|who| !who.is_empty()).unwrap_or("")
            }
            Group::Queue | Group::Customer | Group::Channel => self.of(life, life.first),
        }
    }

    /// Where a ticket belongs at a moment: queue and agent as they were then, customer and channel as they are. Empty
    /// for none.
    pub fn of(self, life: &Life, at: i64) -> &str {
        match self {
            Group::Queue => life.queue_at(at),
            Group::Agent => life.agent_at(at),
            Group::Customer => life.field("customer"),
            Group::Channel => life.field("channel"),
        }
    }
}
