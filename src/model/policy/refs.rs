//! What one part of `desk.toml` says about another: every name must exist, and no escalation runs in a circle.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Policy;
use super::promises;
use super::remark::{Notes, Severity};
use crate::model::near::nearest;
use crate::model::query::Query;

pub(super) fn check(policy: &Policy, notes: &Notes<'_>) {
    let refs = Refs { policy, notes };
    refs.desk();
    refs.queues();
    refs.agents();
    refs.rules();
    promises::check(&refs);
    refs.queries();
}

/// What to write instead of a name that is not known: `what` is `queue`, `agent`, `calendar`.
pub(in crate::model) fn remedy(what: &str, name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None if known.is_empty() => format!("add [{what}s.{name}]"),
        None => format!("one of {}, or add [{what}s.{name}]", known.join(", ")),
    }
}

pub(super) struct Refs<'a> {
    pub policy: &'a Policy,
    notes: &'a Notes<'a>,
}

impl Refs<'_> {
    pub fn remark(&self, severity: Severity, key: &str, message: String, fix: String) {
        self.notes.remark_on(severity, key, message, Some(fix));
    }

    fn exists<'n>(&self, key: &str, what: &str, name: &str, known: impl Iterator<Item = &'n String>) {
        let known: Vec<&str> = known.map(String::as_str).collect();
        if name.is_empty() || known.contains(&name) {
            return;
        }
        self.remark(Severity::Error, key, format!("there is no {what} \"{name}\""), remedy(what, name, &known));
    }

    fn queue(&self, key: &str, name: &str) {
        self.exists(key, "queue", name, self.policy.queues.keys());
    }

    fn agent(&self, key: &str, name: &str) {
        self.exists(key, "agent", name, self.policy.agents.keys());
    }

    pub fn calendar(&self, key: &str, name: &str) {
        self.exists(key, "calendar", name, self.policy.calendars.keys());
    }

    fn desk(&self) {
        let desk = &self.policy.desk;
        self.queue("desk.default_queue", &desk.default_queue);
        self.calendar("desk.calendar", &desk.calendar);
        if desk.default_queue.is_empty() {
            let name = self.policy.queues.keys().next().map_or("l1", String::as_str);
            let message = "`desk.default_queue` is missing".to_owned();
            self.remark(Severity::Error, "desk", message, format!("default_queue = \"{name}\""));
        }
        if self.policy.queues.get(&desk.default_queue).is_some_and(|queue| !queue.active) {
            let message = format!("the default queue \"{}\" is retired", desk.default_queue);
            self.remark(Severity::Error, "desk.default_queue", message, "name one that is active".to_owned());
        }
    }

    fn queues(&self) {
        for (name, queue) in &self.policy.queues {
            let key = |field: &str| format!("queues.{name}.{field}");
            self.queue(&key("next"), &queue.next);
            self.agent(&key("lead"), &queue.lead);
            for member in &queue.members {
                self.agent(&key("members"), member);
            }
            if queue.active && self.policy.queues.get(&queue.next).is_some_and(|next| !next.active) {
                let message = format!("\"{name}\" escalates to \"{}\", which is retired", queue.next);
                self.remark(Severity::Warning, &key("next"), message, "name the queue that took its place".to_owned());
            }
            if queue.active && self.policy.agents.get(&queue.lead).is_some_and(|lead| !lead.active) {
                let message = format!("the lead of \"{name}\", \"{}\", is retired", queue.lead);
                self.remark(Severity::Warning, &key("lead"), message, "name the new lead".to_owned());
            }
            if let Some(circle) = self.circle(name) {
                let message = format!("escalation runs in a circle: {circle}");
                self.remark(Severity::Error, &key("next"), message, "next = \"\" at the last level".to_owned());
            }
        }
    }

    /// The circle that begins and ends at this queue, told once: from the first of its names.
    fn circle(&self, start: &str) -> Option<String> {
        let mut path = vec![start];
        let mut at = start;
        while let Some(next) = self.policy.next(at) {
            path.push(next);
            if next == start {
                return Some(path.join(" → "));
            }
            if next < start || path.len() > self.policy.queues.len() {
                return None;
            }
            at = next;
        }
        None
    }

    fn agents(&self) {
        let mut owners = std::collections::BTreeMap::new();
        for (handle, agent) in &self.policy.agents {
            for email in &agent.emails {
                let owner = *owners.entry(email.to_ascii_lowercase()).or_insert(handle);
                if owner != handle {
                    let message = format!("\"{email}\" is also an address of \"{owner}\"");
                    let key = format!("agents.{handle}.emails");
                    self.remark(Severity::Error, &key, message, "an address belongs to one agent".to_owned());
                }
            }
        }
    }

    /// Whether every query of the policy can be read. Which moment "today" is makes no difference to that.
    fn queries(&self) {
        let policy = self.policy;
        let views = policy.views.iter().map(|(name, query)| (format!("views.{name}"), query));
        let sla = policy.sla.iter().map(|rule| &rule.query).enumerate();
        let escalation = policy.escalation.iter().map(|rule| (format!("{}.match", rule.key), &rule.query));
        let route = policy.route.iter().map(|rule| &rule.query).enumerate();
        let notify = policy.notify.iter().map(|rule| &rule.query).enumerate();
        let require = policy.require.iter().map(|rule| &rule.query).enumerate();
        let permit = policy.permit.iter().map(|rule| &rule.on).enumerate();
        let all = views
            .chain(sla.map(|(at, query)| (format!("sla[{at}].match"), query)))
            .chain(escalation)
            .chain(route.map(|(at, query)| (format!("route[{at}].match"), query)))
            .chain(notify.map(|(at, query)| (format!("notify[{at}].match"), query)))
            .chain(require.map(|(at, query)| (format!("require[{at}].match"), query)))
            .chain(permit.map(|(at, query)| (format!("permit[{at}].on"), query)));
        let some_day = Timestamp::from_second(1_800_000_000).unwrap_or_default();
        for (key, query) in all {
            let Err(error) = Query::parse(query, some_day, &TimeZone::UTC) else { continue };
            let fix = match &error.nearest {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => "what a query may say: git desk help query".to_owned(),
            };
            self.remark(Severity::Error, &key, format!("\"{query}\" is no query: {}", error.message), fix);
        }
    }

    fn rules(&self) {
        for (at, route) in self.policy.route.iter().enumerate() {
            self.queue(&format!("route[{at}].queue"), &route.queue);
            if !route.assignee.starts_with('@') {
                self.agent(&format!("route[{at}].assignee"), &route.assignee);
            }
        }
        for (name, preset) in &self.policy.templates {
            self.queue(&format!("templates.{name}.queue"), &preset.queue);
            let word = matches!(preset.assignee.trim_start_matches('@'), "me" | "none" | "oncall" | "next");
            if !word {
                self.agent(&format!("templates.{name}.assignee"), preset.assignee.trim_start_matches('@'));
            }
        }
        for (queue, rota) in &self.policy.rota {
            self.queue(&format!("rota.{queue}"), queue);
            let key = format!("rota.{queue}.members");
            for member in &rota.members {
                self.agent(&key, member);
                if self.policy.agents.get(member).is_some_and(|agent| !agent.active) {
                    let message = format!("\"{member}\" of the rota is retired, and is on call all the same");
                    self.remark(Severity::Warning, &key, message, "name who takes the turns".to_owned());
                }
            }
        }
    }
}
