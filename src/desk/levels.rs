//! What is promised for a ticket, and how its clocks stand by it.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::desk::look::Look;
use crate::desk::zone_of;
use crate::error::Result;
use crate::index::{Found, Past};
use crate::model::calendar::Schedule;
use crate::model::clock::{Course, Promise, Run};
use crate::model::name::is_name;
use crate::model::policy::{Calendar, Clock, Policy, Targets};
use crate::model::query::{Context, Query, Subject};
use crate::model::word::{Priority, WaitingOn};
use crate::store::document::MAX_SIZE;

/// A service level: a contract of the customer, or a rule of the desk.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    pub name: String,
    /// The file that says it, in the desk's folder.
    pub file: String,
    /// Of that file, from 1.
    pub line: usize,
    /// The calendar's name.
    pub calendar: String,
    pub pause: Vec<WaitingOn>,
    pub targets: BTreeMap<Priority, Targets>,
    /// Where single targets stand.
    lines: BTreeMap<(Priority, Clock), usize>,
}

impl Level {
    /// The line that a target stands on, else the first one of the level.
    pub fn line_of(&self, priority: Priority, clock: Clock) -> usize {
        self.lines.get(&(priority, clock)).copied().unwrap_or(self.line)
    }
}

/// A ticket's level and the runs of its clocks; none where nothing is promised.
#[derive(Debug, Clone, Default)]
pub struct Clocks {
    pub level: Option<Arc<Level>>,
    pub course: Option<Course>,
    pub runs: Vec<Run>,
}

/// The service levels of a policy, with its calendars made ready.
pub struct Levels {
    schedules: BTreeMap<String, Schedule>,
    rules: Vec<(Query, Arc<Level>)>,
    context: Context,
    /// Services by name: whether their clock starts with the approval.
    services: RefCell<HashMap<String, bool>>,
}

impl Levels {
    pub fn new(policy: &Policy, now: Timestamp) -> Levels {
        // A promise does not depend on who asks.
        let context = Context { now, zone: zone_of(policy), me: Vec::new(), oncall: Vec::new() };
        let rules = policy.sla.iter().enumerate().filter_map(|(at, rule)| {
            let line = |priority: Priority, clock: Clock| {
                Some(((priority, clock), policy.line(&format!("sla[{at}].targets.{priority}.{clock}"))?))
            };
            let lines = rule.targets.keys().flat_map(|priority| Clock::ALL.iter().map(|clock| (*priority, *clock)));
            let level = Level {
                name: if rule.name.is_empty() { format!("sla {}", at + 1) } else { rule.name.clone() },
                file: "desk.toml".to_owned(),
                line: rule.line,
                calendar: if rule.calendar.is_empty() { policy.desk.calendar.clone() } else { rule.calendar.clone() },
                pause: rule.pause.clone(),
                targets: rule.targets.clone(),
                lines: lines.filter_map(|(priority, clock)| line(priority, clock)).collect(),
            };
            // What cannot be read fits nothing; the policy's remarks speak of it.
            Some((Query::parse(&rule.query, now, &context.zone).ok()?, Arc::new(level)))
        });
        let rules = rules.collect();
        let schedules = policy.calendars.iter().map(|(name, calendar)| (name.clone(), Schedule::new(calendar.clone())));
        let mut schedules: BTreeMap<String, Schedule> = schedules.collect();
        // Where a desk has no calendar its clocks never run.
        schedules.entry(String::new()).or_insert_with(|| Schedule::new(Calendar::default()));
        Levels { schedules, rules, context, services: RefCell::default() }
    }

    /// Of whoever asks for what the desk promises: nobody.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The calendar of that name; the desk's for an empty or unknown one.
    pub fn schedule(&self, look: &Look<'_>, name: &str) -> &Schedule {
        let known = self.schedules.get(name).filter(|_| !name.is_empty());
        known.or_else(|| self.schedules.get(&look.policy.desk.calendar)).unwrap_or(&self.schedules[""])
    }

    /// The customer's contract that was valid when the ticket was opened, if it has targets; else the first rule that
    /// fits.
    pub fn level(&self, look: &Look<'_>, found: &Found) -> Result<Option<Arc<Level>>> {
        let snapshot = look.snapshot()?;
        let thread = || snapshot.thread(found.ticket.id).map(|(entries, _)| entries).unwrap_or_default();
        let mut subject = Subject::new(&found.ticket, &thread, found.times);
        subject.level = look.policy.level(&found.ticket.queue);
        let mut rules = self.rules.iter();
        Ok(rules.find(|(query, _)| query.matches(&subject, &self.context)).map(|(_, level)| level.clone()))
    }

    /// Whether the clock of a service starts with the approval.
    fn starts_approved(&self, look: &Look<'_>, service: &str) -> Result<bool> {
        if !is_name(service) {
            return Ok(false);
        }
        if let Some(known) = self.services.borrow().get(service) {
            return Ok(*known);
        }
        let text = match look.snapshot()?.file(&format!("services/{service}.toml"), MAX_SIZE)? {
            Some(Ok(bytes)) => String::from_utf8(bytes).unwrap_or_default(),
            Some(Err(_)) | None => String::new(),
        };
        let table = text.parse::<toml::Table>().unwrap_or_default();
        let approved = table.get("clock_start").and_then(toml::Value::as_str) == Some("approved");
        self.services.borrow_mut().insert(service.to_owned(), approved);
        Ok(approved)
    }

    /// The clocks of these tickets, in their order; none where history is cut off.
    pub fn clocks(&self, look: &Look<'_>, tickets: &[Found]) -> Result<Vec<Clocks>> {
        if look.index.store().is_shallow() {
            return Ok(vec![Clocks::default(); tickets.len()]);
        }
        let mut asked = Vec::with_capacity(tickets.len());
        for (found, past) in tickets.iter().zip(look.index.pasts(tickets)?) {
            let Some(level) = self.level(look, found)? else {
                asked.push(None);
                continue;
            };
            let from_approval = self.starts_approved(look, &found.ticket.service)?;
            let schedule = self.schedule(look, &level.calendar);
            asked.push(Some((level, schedule, from_approval, past)));
        }
        let now = look.now.as_second();
        let policy = &look.policy;
        let reckon = |(level, schedule, from_approval, past): (Arc<Level>, &Schedule, bool, Past)| {
            let Some(course) = past.course(policy) else { return Clocks::default() };
            let promise = Promise { targets: &level.targets, pause: &level.pause, schedule, from_approval };
            let runs = promise.runs(&course, now);
            Clocks { level: Some(level), course: Some(course), runs }
        };
        Ok(asked.into_par_iter().with_min_len(64).map(|one| one.map(reckon).unwrap_or_default()).collect())
    }
}
