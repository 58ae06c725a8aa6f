//! What is promised for a ticket, and how its clocks stand by it.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::desk::customers::Customers;
use crate::desk::look::Look;
use crate::desk::zone_of;
use crate::error::Result;
use crate::index::{Found, Past};
use crate::model::calendar::Schedule;
use crate::model::clock::{Course, Promise, Run};
use crate::model::customer;
use crate::model::name::is_name;
use crate::model::policy::{Calendar, Clock, Policy, Targets};
use crate::model::query::{Context, Query, Subject};
use crate::model::ticket::Ticket;
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

/// The service levels of a policy and of contracts, with the calendars made ready.
pub struct Levels {
    schedules: BTreeMap<String, Schedule>,
    rules: Vec<(Query, Arc<Level>)>,
    context: Context,
    customers: Customers,
    /// By the customer and the line of the contract.
    contracts: RefCell<HashMap<(String, usize), Arc<Level>>>,
    /// Services by name: whether their clock starts with the approval.
    services: RefCell<HashMap<String, bool>>,
}

impl Levels {
    pub fn new(policy: &Policy, now: Timestamp) -> Levels {
        // A promise does not depend on who asks.
        let context = Context { now, zone: zone_of(policy), me: Vec::new(), oncall: Vec::new() };
        let rules = policy.sla.iter().enumerate().filter_map(|(at, rule)| {
            let line = |key: &str| policy.line(&format!("sla[{at}].{key}"));
            let level = Level {
                name: if rule.name.is_empty() { format!("sla {}", at + 1) } else { rule.name.clone() },
                file: "desk.toml".to_owned(),
                line: rule.line,
                calendar: named(&rule.calendar, policy),
                pause: rule.pause.clone(),
                lines: lines(&rule.targets, line),
                targets: rule.targets.clone(),
            };
            // What cannot be read fits nothing; the policy's remarks speak of it.
            Some((Query::parse(&rule.query, now, &context.zone).ok()?, Arc::new(level)))
        });
        let rules = rules.collect();
        let schedules = policy.calendars.iter().map(|(name, calendar)| (name.clone(), Schedule::new(calendar.clone())));
        let mut schedules: BTreeMap<String, Schedule> = schedules.collect();
        // Where a desk has no calendar its clocks never run.
        schedules.entry(String::new()).or_insert_with(|| Schedule::new(Calendar::default()));
        let (contracts, services) = (RefCell::default(), RefCell::default());
        Levels { schedules, rules, context, customers: Customers::default(), contracts, services }
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
        if let Some(level) = self.of_contract(look, &found.ticket)? {
            return Ok(Some(level));
        }
        let snapshot = look.snapshot()?;
        let thread = || snapshot.thread(found.ticket.id).map(|(entries, _)| entries).unwrap_or_default();
        let mut subject = Subject::new(&found.ticket, &thread, found.times);
        subject.level = look.policy.level(&found.ticket.queue);
        let mut rules = self.rules.iter();
        Ok(rules.find(|(query, _)| query.matches(&subject, &self.context)).map(|(_, level)| level.clone()))
    }

    /// What the contract promises that was valid when the ticket was opened, in the desk's time zone.
    fn of_contract(&self, look: &Look<'_>, ticket: &Ticket) -> Result<Option<Arc<Level>>> {
        if ticket.customer.is_empty() {
            return Ok(None);
        }
        let opened = self.context.zone.to_datetime(ticket.opened).date();
        let contract = self.customers.contract_of(&look.snapshot()?, &ticket.customer, opened)?;
        let Some(contract) = contract.filter(|contract| !contract.targets.is_empty()) else { return Ok(None) };
        let mut known = self.contracts.borrow_mut();
        let level = known.entry((ticket.customer.clone(), contract.line)).or_insert_with(|| {
            Arc::new(Level {
                name: format!("{} {}", ticket.customer, contract.name).trim_end().to_owned(),
                file: customer::path(&ticket.customer),
                line: contract.line,
                calendar: named(&contract.calendar, &look.policy),
                pause: WaitingOn::ALL.to_vec(),
                targets: contract.targets.clone(),
                lines: lines(&contract.targets, |key| contract.line_of(key)),
            })
        });
        Ok(Some(level.clone()))
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

/// A calendar's name; the desk's for none.
fn named(calendar: &str, policy: &Policy) -> String {
    if calendar.is_empty() { policy.desk.calendar.clone() } else { calendar.to_owned() }
}

fn lines(
    targets: &BTreeMap<Priority, Targets>,
    line: impl Fn(&str) -> Option<usize>,
) -> BTreeMap<(Priority, Clock), usize> {
    let all = targets.keys().flat_map(|priority| Clock::ALL.iter().map(|clock| (*priority, *clock)));
    let place = |(priority, clock)| Some(((priority, clock), line(&format!("targets.{priority}.{clock}"))?));
    all.filter_map(place).collect()
}
