//! The desk's policy, `desk.toml`, as typed values.
//!
//! Reading never stops: what is wrong becomes a [`Remark`] with key, line and remedy, and a default takes its place,
//! so that tickets can be read and worked while somebody mends the file.

pub mod calendar;
pub mod desk;
mod holidays;
pub mod ics;
mod outlook;
pub mod preset;
mod promises;
pub(super) mod refs;
pub mod remark;
pub mod rule;
pub(super) mod section;
pub mod service;
pub mod span;
pub mod template;

use std::collections::BTreeMap;

use toml::de::DeTable;

pub use calendar::{Calendar, Holiday, HolidayFile, Hours};
pub use desk::{Agent, Desk, Queue, Requesters, SCHEMA};
pub use preset::Preset;
pub use remark::{Places, Remark, Severity};
pub use rule::{Expect, Notify, Occasion, Permit, Redact, Require, Rota, Route};
pub use service::{Clock, Deed, Escalation, Sla, Targets, Threshold};
pub use span::Span;

use super::name::{address_of, handle_of};
use super::word::{Level, Priority, Resolution};
use remark::Notes;
use section::{Found, Section};

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policy {
    pub desk: Desk,
    pub queues: BTreeMap<String, Queue>,
    pub agents: BTreeMap<String, Agent>,
    pub calendars: BTreeMap<String, Calendar>,
    /// A monitor's word to the one priority scale.
    pub severities: BTreeMap<String, Priority>,
    /// `[priorities.matrix]`: what differs from the built-in one.
    pub matrix: BTreeMap<(Level, Level), Priority>,
    /// Names to queries.
    pub views: BTreeMap<String, String>,
    /// What tickets begin with, by name.
    pub templates: BTreeMap<String, Preset>,
    /// By queue.
    pub rota: BTreeMap<String, Rota>,
    pub expect: Vec<Expect>,
    pub sla: Vec<Sla>,
    pub escalation: Vec<Escalation>,
    pub route: Vec<Route>,
    pub notify: Vec<Notify>,
    pub require: Vec<Require>,
    pub permit: Vec<Permit>,
    pub redact: Redact,
    /// Where each key stands.
    places: Places,
}

/// What the policy's own file is called.
pub const FILE: &str = "desk.toml";

impl Policy {
    /// Reads a `desk.toml`. The policy is whole whatever the remarks say; they come in the order of the text.
    pub fn parse(text: &str) -> (Policy, Vec<Remark>) {
        let notes = Notes::new(FILE, text);
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let offset = error.span().map_or(0, |span| span.start);
            notes.error("", offset, format!("this is no TOML: {}", error.message()), None);
        }
        let mut policy = Policy::read(Section::top(&notes, table.get_ref()), &notes);
        refs::check(&policy, &notes);
        policy.settle();
        let (remarks, places) = notes.done();
        policy.places = places;
        (policy, remarks)
    }

    fn read(mut top: Section<'_>, notes: &Notes<'_>) -> Policy {
        let desk = match top.section("desk") {
            Some(section) => Desk::read(section),
            None => {
                notes.error(
                    "desk",
                    0,
                    "`[desk]` is missing".to_owned(),
                    Some("[desk], and schema = 1 below it".to_owned()),
                );
                Desk::default()
            }
        };
        let calendar = |(name, section)| (name, Calendar::read(section, &desk.timezone));
        let policy = Policy {
            queues: top.named("queues").into_iter().map(|(name, s)| (name, Queue::read(s))).collect(),
            agents: top.named("agents").into_iter().map(|(name, s)| (name, Agent::read(s))).collect(),
            calendars: top.named("calendars").into_iter().map(calendar).collect(),
            severities: severities(&mut top),
            matrix: matrix(&mut top),
            views: views(&mut top),
            templates: top.named("templates").into_iter().map(|(name, s)| (name, Preset::read(s))).collect(),
            rota: top.named("rota").into_iter().filter_map(|(name, s)| Some((name, Rota::read(s)?))).collect(),
            expect: top.rules("expect").into_iter().filter_map(Expect::read).collect(),
            sla: top.rules("sla").into_iter().map(Sla::read).collect(),
            escalation: top.rules("escalation").into_iter().filter_map(Escalation::read).collect(),
            route: top.rules("route").into_iter().map(Route::read).collect(),
            notify: top.rules("notify").into_iter().map(Notify::read).collect(),
            require: top.rules("require").into_iter().map(Require::read).collect(),
            permit: top.rules("permit").into_iter().map(Permit::read).collect(),
            redact: top.section("redact").map(Redact::read).unwrap_or_default(),
            places: BTreeMap::new(),
            desk,
        };
        top.done();
        policy
    }

    /// Puts something that works where a reference leads nowhere: the lowest active queue, the only calendar.
    fn settle(&mut self) {
        if !self.queues.contains_key(&self.desk.default_queue) {
            let active = self.queues.iter().filter(|(_, queue)| queue.active);
            let lowest = active.min_by_key(|(_, queue)| queue.level);
            self.desk.default_queue = lowest.map(|(name, _)| name.clone()).unwrap_or_default();
        }
        if !self.calendars.contains_key(&self.desk.calendar) {
            self.desk.calendar = self.calendars.keys().next().cloned().unwrap_or_default();
        }
    }

    /// Written by a later program: reading goes on, writing would destroy what this one does not know.
    pub fn newer_schema(&self) -> bool {
        self.desk.schema > SCHEMA
    }

    /// The line of `desk.toml` that a key stands at, from 1: `calendars.office`, `sla[0].targets.p1`,
    /// `sla[0].targets.p1.resolve`.
    pub fn line(&self, key: &str) -> Option<usize> {
        self.places.get(key).map(|(line, _)| *line)
    }

    /// The agent whose address this is, case and `Name <…>` around it aside; an active one before a retired one.
    pub fn agent_by_email(&self, address: &str) -> Option<(&str, &Agent)> {
        let address = address_of(address);
        let owns = |agent: &Agent| agent.emails.iter().any(|email| email.eq_ignore_ascii_case(address));
        let owners = self.agents.iter().filter(|(_, agent)| owns(agent));
        owners.max_by_key(|(_, agent)| agent.active).map(|(handle, agent)| (handle.as_str(), agent))
    }

    /// The handle of the agent whose address this is, else the address: how people are named everywhere.
    pub fn handle_for<'a>(&'a self, address: &'a str) -> &'a str {
        self.agent_by_email(address).map_or(address, |(handle, _)| handle)
    }

    /// Whether two names, each a handle or an address, are of one person.
    pub fn is_same(&self, one: &str, other: &str) -> bool {
        address_of(self.handle_for(one)).eq_ignore_ascii_case(address_of(self.handle_for(other)))
    }

    /// A handle that is still free, for a new agent of this address.
    pub fn new_handle(&self, address: &str) -> String {
        handle_of(address, |name| self.agents.contains_key(name))
    }

    /// Whether a handle or an address is an agent's, retired ones included; case and `Name <…>` around it aside.
    pub fn is_agent(&self, who: &str) -> bool {
        let who = address_of(who);
        self.agents.contains_key(who)
            || self.agents.keys().any(|handle| handle.eq_ignore_ascii_case(who))
            || self.agent_by_email(who).is_some()
    }

    pub fn level(&self, queue: &str) -> Option<u32> {
        self.queues.get(queue).map(|queue| queue.level)
    }

    /// The queue that escalation goes to.
    pub fn next(&self, queue: &str) -> Option<&str> {
        self.queues.get(queue).map(|queue| queue.next.as_str()).filter(|next| !next.is_empty())
    }

    pub fn default_calendar(&self) -> Option<&Calendar> {
        self.calendars.get(&self.desk.calendar)
    }

    /// The name of a calendar that there is; the desk's for an empty or unknown one.
    pub fn calendar_name<'p>(&'p self, name: &'p str) -> &'p str {
        if self.calendars.contains_key(name) { name } else { &self.desk.calendar }
    }

    /// The desk's own matrix where it says something, else the built-in one.
    pub fn priority(&self, impact: Level, urgency: Level) -> Priority {
        self.matrix.get(&(impact, urgency)).copied().unwrap_or_else(|| Priority::from_matrix(impact, urgency))
    }

    /// The built-in resolutions and the desk's own.
    pub fn resolutions(&self) -> impl Iterator<Item = &str> {
        Resolution::ALL.iter().map(|word| word.as_str()).chain(self.desk.resolutions.iter().map(String::as_str))
    }

    pub fn is_resolution(&self, word: &str) -> bool {
        self.resolutions().any(|known| known == word)
    }

    /// The first service level whose query `fits`.
    pub fn sla_where(&self, fits: impl Fn(&str) -> bool) -> Option<&Sla> {
        self.sla.iter().find(|sla| sla.query.is_empty() || fits(&sla.query))
    }
}

fn priority(found: &Found<'_>) -> Option<Priority> {
    found.one_of(&found.text()?, Priority::parse, &Priority::spellings())
}

/// The four usual words, and what the desk says.
fn severities(top: &mut Section<'_>) -> BTreeMap<String, Priority> {
    let usual =
        [("critical", Priority::P1), ("error", Priority::P2), ("warning", Priority::P3), ("info", Priority::P4)];
    let mut severities: BTreeMap<String, Priority> = usual.map(|(word, priority)| (word.to_owned(), priority)).into();
    for (word, found) in top.section("severities").iter().flat_map(Section::all) {
        severities.extend(priority(&found).map(|priority| (word, priority)));
    }
    severities
}

fn views(top: &mut Section<'_>) -> BTreeMap<String, String> {
    let section = top.section("views");
    let views = section.iter().flat_map(Section::all);
    views.filter_map(|(name, found)| Some((name, found.text()?))).collect()
}

fn matrix(top: &mut Section<'_>) -> BTreeMap<(Level, Level), Priority> {
    let mut matrix = BTreeMap::new();
    let Some(mut priorities) = top.section("priorities") else { return matrix };
    if let Some(mut rows) = priorities.section("matrix") {
        for impact in Level::ALL {
            let Some(mut row) = rows.section(impact.as_str()) else { continue };
            for urgency in Level::ALL {
                let found = row.value(urgency.as_str());
                matrix.extend(found.as_ref().and_then(priority).map(|priority| ((*impact, *urgency), priority)));
            }
            row.done();
        }
        rows.done();
    }
    priorities.done();
    matrix
}

#[cfg(test)]
mod tests;
