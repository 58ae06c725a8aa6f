//! What is promised for a ticket, and how its clocks stand by it.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::desk::catalogue;
use crate::desk::customers::Customers;
use crate::desk::look::Look;
use crate::desk::zone_of;
use crate::error::Result;
use crate::index::{Asked, Found, Order, Past};
use crate::model::calendar::Schedule;
use crate::model::catalogue::{self as model, ClockStart};
use crate::model::clock::{Course, Level, Promise, Run};
use crate::model::customer;
use crate::model::entry::Entry;
use crate::model::id::TicketId;
use crate::model::policy::{Calendar, Policy};
use crate::model::query::{Context, Expr, Query, Subject};
use crate::model::word::WaitingOn;
use crate::report::named::Judged;

/// Which rule fits which ticket.
#[derive(Default)]
struct RulesOfAll {
    some: HashMap<TicketId, usize>,
    /// The first rule that fits every ticket.
    rest: Option<usize>,
}

impl RulesOfAll {
    fn of(&self, id: TicketId) -> Option<usize> {
        self.some.get(&id).copied().or(self.rest)
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
    /// What services say of the promises of their requests, by name.
    services: RefCell<HashMap<String, OfService>>,
}

/// What a service says of the promises of its requests.
#[derive(Debug, Clone, Default)]
struct OfService {
    /// The rule of the desk that it names.
    level: Option<Arc<Level>>,
    /// The clock starts with the approval.
    from_approval: bool,
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
                calendar: policy.calendar_name(&rule.calendar).to_owned(),
                pause: rule.pause.clone(),
                targets: rule.targets.clone(),
                ..Level::default()
            };
            let level = level.at(line);
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

    /// The customer's contract that was valid when the ticket was opened, if it has targets; else the rule that its
    /// service names; else the first rule that fits.
    pub fn level(&self, look: &Look<'_>, found: &Found) -> Result<Option<Arc<Level>>> {
        if let Some(level) = self.of_contract(look, &found.ticket.customer, found.ticket.opened)? {
            return Ok(Some(level));
        }
        if let Some(level) = self.of_service(look, &found.ticket.service)?.level {
            return Ok(Some(level));
        }
        if let Some((query, level)) = self.rules.first()
            && matches!(query.expr, Expr::All)
        {
            return Ok(Some(level.clone()));
        }
        let thread = || look.thread(found.ticket.id);
        let subject = subject(look, found, &thread)?;
        let mut rules = self.rules.iter();
        Ok(rules.find(|(query, _)| query.matches(&subject, &self.context)).map(|(_, level)| level.clone()))
    }

    /// What the contract promises that was valid when the ticket was opened, in the desk's time zone.
    fn of_contract(&self, look: &Look<'_>, customer: &str, opened: Timestamp) -> Result<Option<Arc<Level>>> {
        if customer.is_empty() {
            return Ok(None);
        }
        let opened = self.context.zone.to_datetime(opened).date();
        let contract = self.customers.contract_of(|| look.snapshot(), customer, opened)?;
        let Some(contract) = contract.filter(|contract| !contract.targets.is_empty()) else { return Ok(None) };
        let mut known = self.contracts.borrow_mut();
        let level = known.entry((customer.to_owned(), contract.line)).or_insert_with(|| {
            let level = Level {
                name: level_name(customer, &contract.name),
                file: customer::path(customer),
                line: contract.line,
                calendar: look.policy.calendar_name(&contract.calendar).to_owned(),
                pause: WaitingOn::ALL.to_vec(),
                targets: contract.targets.clone(),
                ..Level::default()
            };
            Arc::new(level.at(|key| contract.line_of(key)))
        });
        Ok(Some(level.clone()))
    }

    /// Which rule each ticket has, by the place in the list of rules; those that fit none are left out. Contracts come
    /// before rules, and are not looked at here.
    fn rules_of_all(&self, look: &Look<'_>) -> Result<RulesOfAll> {
        let mut all = RulesOfAll::default();
        for (at, (query, _)) in self.rules.iter().enumerate() {
            if matches!(query.expr, Expr::All) {
                all.rest = Some(at);
                break;
            }
            // A promise does not depend on how its clocks stand.
            let asked = Asked { context: &self.context, policy: &look.policy, runs: &|_| Ok(Vec::new()) };
            for found in look.index.select(query, &asked, (Order::Id, false), None)? {
                all.some.entry(found.ticket.id).or_insert(at);
            }
        }
        Ok(all)
    }

    /// The clocks of all these tickets as they stood at a moment, in their order: for reports, where every ticket's
    /// history is at hand.
    pub fn judged(&self, look: &Look<'_>, courses: Vec<(TicketId, Course)>, at: i64) -> Result<Vec<Option<Judged>>> {
        let rules = self.rules_of_all(look)?;
        let mut asked = Vec::with_capacity(courses.len());
        for (id, course) in courses {
            let opened = Timestamp::from_second(course.opened).unwrap_or_default();
            let level = match self.of_contract(look, &course.customer, opened)? {
                Some(level) => Some(level),
                None => {
                    let fits = || rules.of(id).and_then(|at| self.rules.get(at)).map(|(_, level)| level.clone());
                    self.of_service(look, &course.service)?.level.or_else(fits)
                }
            };
            let from_approval = self.of_service(look, &course.service)?.from_approval;
            let promised = level.map(|level| (self.schedule(look, &level.calendar), level));
            asked.push((promised, from_approval, course));
        }
        let reckon = |(promised, from_approval, course): (Option<(&Schedule, Arc<Level>)>, bool, Course)| {
            let (schedule, level) = promised?;
            let promise = Promise { targets: &level.targets, pause: &level.pause, schedule, from_approval };
            let runs = promise.runs(&course, at);
            let paused = course.waited(schedule, at);
            Some(Judged { level, runs, paused })
        };
        Ok(asked.into_par_iter().with_min_len(256).map(reckon).collect())
    }

    /// What a service says; nothing where there is none of that name.
    fn of_service(&self, look: &Look<'_>, name: &str) -> Result<OfService> {
        if let Some(known) = self.services.borrow().get(name) {
            return Ok(known.clone());
        }
        let said = match catalogue::service(&look.snapshot()?, name)? {
            Some(service) => {
                let named = self.rules.iter().map(|(_, level)| level).find(|level| level.name == service.sla);
                let named = named.filter(|_| !service.sla.is_empty());
                let level = named.map(|level| Arc::new(Level { named_by: model::path(name), ..(**level).clone() }));
                OfService { level, from_approval: service.clock_start == ClockStart::Approved }
            }
            None => OfService::default(),
        };
        self.services.borrow_mut().insert(name.to_owned(), said.clone());
        Ok(said)
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
            let from_approval = self.of_service(look, &found.ticket.service)?.from_approval;
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

/// A ticket as rules see it, without clocks.
pub fn subject<'a>(look: &Look<'_>, found: &'a Found, thread: &'a dyn Fn() -> Vec<Entry>) -> Result<Subject<'a>> {
    let mut subject = Subject::new(&found.ticket, thread, found.times);
    subject.level = look.policy.level(&found.ticket.queue);
    subject.is_parent = look.index.is_parent(found.ticket.id)?;
    Ok(subject)
}

/// A contract's name behind its customer's, which it may begin with itself.
fn level_name(customer: &str, contract: &str) -> String {
    match contract == customer || contract.starts_with(&format!("{customer} ")) {
        true => contract.to_owned(),
        false => format!("{customer} {contract}").trim_end().to_owned(),
    }
}
