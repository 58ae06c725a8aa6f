//! My day: what somebody should know before the first ticket of the day, from the index alone.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::Desk;
use super::actor::Actor;
use super::levels::Clocks;
use super::look::Look;
use crate::desk::catalogue::services;
use crate::error::Result;
use crate::index::{Found, Order, Turn, Whose};
use crate::model::approval::Approval;
use crate::model::catalogue::Service;
use crate::model::day::{self, Deadline, Section, Why};
use crate::model::id::TicketId;
use crate::model::ticket::Ticket;
use crate::model::word::{Status, WaitingOn};
use crate::view::day::{Failure, Person, Row, Yesterday};

/// The most tickets that `now` shows: it is a choice.
pub const FIRST: usize = 5;
/// The most that any other part shows.
pub const MOST: usize = 10;

/// What a day asks of somebody.
pub struct Day {
    pub at: Timestamp,
    pub who: Person,
    /// Section by section.
    pub rows: Vec<Row>,
    /// How many tickets each section has, shown or not.
    pub totals: Vec<(Section, u64)>,
    pub yesterday: Yesterday,
}

/// What the day is made of, while it is made.
struct Maker<'a> {
    look: &'a Look<'a>,
    today: Date,
    /// Handle and addresses of whoever asks.
    names: Vec<String>,
    emails: Vec<String>,
    whose: Whose,
    day: Day,
}

impl Desk<'_> {
    /// The day of whoever asks, as of a look at the desk.
    pub fn day(&self, look: &Look<'_>) -> Result<Day> {
        let actor = self.person(&look.policy)?;
        let asked = self.query_context(&look.policy, look.now)?;
        let today = look.now.to_zoned_datetime(self.env.zone.clone()).date();
        let emails = addresses(look, &actor);
        let mut names = vec![actor.name.clone()];
        names.extend(emails.iter().filter(|email| **email != actor.name).cloned());
        let members =
            look.policy.queues.iter().filter(|(_, queue)| queue.active && queue.members.contains(&actor.name));
        let queues: Vec<String> = members.map(|(name, _)| name.clone()).collect();
        let whose = Whose::new(&names, &queues);
        let (theirs, free) = look.index.count_whose(&whose)?;
        let on_call = asked.oncall.contains(&actor.name);
        let who = Person { name: actor.name, is_agent: actor.is_agent, queues, on_call, theirs, free };
        let date = today.yesterday().unwrap_or(today);
        let yesterday = Yesterday { date, resolved: Vec::new(), reopened: Vec::new() };
        let day = Day { at: look.now, who, rows: Vec::new(), totals: Vec::new(), yesterday };
        let mut maker = Maker { look, today, names, emails, whose, day };
        if maker.day.who.is_agent {
            maker.now()?;
            maker.answered()?;
            maker.promised()?;
            maker.machines()?;
            maker.yesterday(&self.env.zone)?;
        } else {
            maker.requests()?;
        }
        Ok(maker.day)
    }
}

/// All addresses of whoever asks.
fn addresses(look: &Look<'_>, actor: &Actor) -> Vec<String> {
    let agent = look.policy.agents.get(&actor.name).filter(|_| actor.is_agent);
    let mut emails = agent.map(|agent| agent.emails.clone()).unwrap_or_default();
    if !emails.iter().any(|email| email.eq_ignore_ascii_case(&actor.person.email)) {
        emails.push(actor.person.email.clone());
    }
    emails
}

impl Maker<'_> {
    fn tickets(&self, ids: Vec<TicketId>) -> Result<Vec<Ticket>> {
        let found = ids.into_iter().map(|id| self.look.index.ticket(id));
        Ok(found.collect::<Result<Vec<_>>>()?.into_iter().flatten().map(|found| found.ticket).collect())
    }

    fn row(&self, section: Section, why: Why, ticket: Ticket) -> Result<Row> {
        let handle = self.look.index.handle(ticket.id)?;
        Ok(Row { section, why, ticket, handle, when: None, clock: None, late: 0, by: None, failure: None })
    }

    fn add(&mut self, section: Section, rows: Vec<Row>, total: usize) {
        self.day.rows.extend(rows);
        self.day.totals.push((section, total as u64));
    }

    /// What is theirs or free and can be worked on, or has a promise that presses; the most urgent of it.
    fn now(&mut self) -> Result<()> {
        // More than are shown: a promise further away decides among those of one priority, too.
        let enough = 8 * FIRST;
        let mut ids = self.look.index.workable(&self.whose, enough)?;
        let soon = Timestamp::from_second(self.look.now.as_second() + day::SOON).unwrap_or(self.look.now);
        ids.extend(self.look.index.due(&self.whose, soon, enough)?);
        ids.sort_unstable();
        ids.dedup();
        let found = ids.into_iter().map(|id| self.look.index.ticket(id));
        let mut found: Vec<Found> = found.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
        // One that waits is nobody's work before its promise presses.
        let waits = |ticket: &Ticket| ticket.status == Status::Waiting && ticket.due.is_none_or(|due| due > soon);
        found.retain(|one| !waits(&one.ticket));
        let clocks = self.look.clocks(&found)?;
        let with =
            |(one, clocks): (Found, Clocks)| (Deadline::of(&one.ticket, &clocks.runs, self.look.now), one.ticket);
        let mut tickets: Vec<(Option<Deadline>, Ticket)> = found.into_iter().zip(clocks).map(with).collect();
        tickets.sort_by_key(|(deadline, ticket)| day::urgency(ticket, *deadline, self.look.now));
        tickets.truncate(FIRST);
        let row = |(deadline, ticket)| self.now_row(ticket, deadline);
        let rows: Vec<Row> = tickets.into_iter().map(row).collect::<Result<_>>()?;
        let total = rows.len();
        self.add(Section::Now, rows, total);
        Ok(())
    }

    fn now_row(&self, ticket: Ticket, deadline: Option<Deadline>) -> Result<Row> {
        let why = day::why_now(deadline, self.look.now);
        let when = deadline.map(|deadline| deadline.at.to_string());
        let clock = deadline.and_then(|deadline| deadline.clock);
        let late = deadline.map_or(0, |deadline| deadline.late);
        Ok(Row { when, clock, late, ..self.row(Section::Now, why, ticket)? })
    }

    /// Theirs, where somebody they wait for has spoken, or that was reopened since they last touched it; the newest
    /// first.
    fn answered(&mut self) -> Result<()> {
        let index = &self.look.index;
        let mut rows: Vec<Row> = self.to_decide()?;
        for turn in index.reopened(&self.whose)?.into_iter().filter(|turn| day::reopens(&turn.facts)) {
            let touched = index.last_change_by(turn.ticket, &self.emails)?;
            if touched.is_none_or(|touched| touched < turn.at)
                && let Some(found) = index.ticket(turn.ticket)?
            {
                rows.retain(|row| row.ticket.id != turn.ticket);
                let by = Some(self.look.policy.handle_for(&turn.email).to_owned());
                let row = self.row(Section::Answered, Why::Reopened, found.ticket)?;
                rows.push(Row { when: Some(turn.at.to_string()), by, ..row });
            }
        }
        for (id, thread) in index.said_on(&self.whose)? {
            // Most threads end with their own words: their tickets need not be read.
            let own = |by: &str| self.names.iter().any(|name| name.eq_ignore_ascii_case(by));
            if thread.iter().all(|said| own(&said.by)) || rows.iter().any(|row| row.ticket.id == id) {
                continue;
            }
            let Some(ticket) = index.ticket(id)?.map(|found| found.ticket) else { continue };
            let Some(said) = day::reply(&ticket, &self.names, &thread) else { continue };
            let row = self.row(Section::Answered, Why::Replied, ticket)?;
            rows.push(Row { when: Some(said.at.to_string()), by: Some(said.by.clone()), ..row });
        }
        rows.sort_by(|one, other| (&other.when, one.ticket.id).cmp(&(&one.when, other.ticket.id)));
        let total = rows.len();
        rows.truncate(MOST);
        self.add(Section::Answered, rows, total);
        Ok(())
    }

    /// Requests that wait for their decision.
    fn to_decide(&self) -> Result<Vec<Row>> {
        let (look, snapshot) = (self.look, self.look.snapshot()?);
        let asking: HashMap<String, Service> =
            services(&snapshot)?.into_iter().filter(|(_, service)| !service.approval.is_empty()).collect();
        if asking.is_empty() {
            return Ok(Vec::new());
        }
        let asked = look.levels().context();
        // What else it waits for, or whoever works on it already: it is not done without them.
        let names: Vec<&str> = asking.keys().map(String::as_str).collect();
        let query = look.query(&format!("is:open service:{}", names.join(",")), asked)?;
        let mut rows = Vec::new();
        for Found { ticket, .. } in look.select(&query, asked, (Order::Opened, true), None)? {
            let Some(service) = asking.get(&ticket.service) else { continue };
            let approval = Approval { policy: &look.policy, names: &service.approval, requester: &ticket.requester };
            let who = &self.day.who.name;
            if approval.asks(who) && !approval.has_approved(who, &look.thread(ticket.id)) {
                let (when, by) = (Some(ticket.opened.to_string()), Some(ticket.requester.clone()));
                rows.push(Row { when, by, ..self.row(Section::Answered, Why::Approve, ticket)? });
            }
        }
        Ok(rows)
    }

    /// Calls that were promised for today or earlier, and tickets whose time to wake has come; the longest due first.
    fn promised(&mut self) -> Result<()> {
        // A day counts from its beginning in UTC, and this one may have begun later than here.
        let day = jiff::tz::TimeZone::UTC.to_timestamp(self.today.at(0, 0, 0, 0)).unwrap_or(self.look.now);
        let mut rows = Vec::new();
        for ticket in self.tickets(self.look.index.promised(&self.whose, day.max(self.look.now))?)? {
            let Some(why) = day::promise(&ticket, self.look.now, self.today) else { continue };
            let when = match why {
                Why::CallBack => ticket.follow_up.map(|day| day.to_string()),
                _ => ticket.wake.map(|wake| wake.to_string()),
            };
            rows.push(Row { when, ..self.row(Section::Today, why, ticket)? });
        }
        rows.sort_by(|one, other| (&one.when, one.ticket.id).cmp(&(&other.when, other.ticket.id)));
        let total = rows.len();
        rows.truncate(MOST);
        self.add(Section::Today, rows, total);
        Ok(())
    }

    fn machines(&mut self) -> Result<()> {
        let (ids, total) = self.look.index.failing(&self.day.who.queues, MOST)?;
        let mut rows = Vec::new();
        for ticket in self.tickets(ids)? {
            let (count, reporting) = self.look.index.occurrences(ticket.id)?;
            let (job, host) = day::job(&ticket.key);
            let asset = Some(ticket.asset.clone()).filter(|asset| !asset.is_empty());
            let hosts = match host {
                Some(host) => vec![host.to_owned()],
                None if reporting.is_empty() => asset.into_iter().collect(),
                None => reporting,
            };
            // The failure that opened the ticket is the first.
            let failure = Some(Failure { job: job.to_owned(), hosts, count: count.max(1) });
            rows.push(Row { failure, ..self.row(Section::Machines, Why::Failing, ticket)? });
        }
        self.add(Section::Machines, rows, total as usize);
        Ok(())
    }

    fn yesterday(&mut self, zone: &jiff::tz::TimeZone) -> Result<()> {
        let start = |date: Date| zone.to_timestamp(date.at(0, 0, 0, 0));
        let (Ok(from), Ok(to)) = (start(self.day.yesterday.date), start(self.today)) else { return Ok(()) };
        let turns = self.look.index.turns_between(&self.whose, &self.emails, from, to)?;
        let by_them = |turn: &Turn| self.emails.iter().any(|email| email.eq_ignore_ascii_case(&turn.email));
        let ended = turns.iter().filter(|turn| by_them(turn) && day::ends(&turn.facts));
        self.day.yesterday.resolved = unique(ended);
        self.day.yesterday.reopened = unique(turns.iter().filter(|turn| day::reopens(&turn.facts)));
        Ok(())
    }

    /// What somebody who is no agent has asked for: first what waits for their answer, then what is solved, then the rest.
    fn requests(&mut self) -> Result<()> {
        let mut rows = Vec::new();
        for ticket in self.tickets(self.look.index.requests(&self.names)?)? {
            let why = match (ticket.status, ticket.waiting_on) {
                (Status::Waiting, Some(WaitingOn::Requester)) => Why::Asked,
                (Status::Resolved, _) => Why::Solved,
                (Status::New | Status::Active | Status::Waiting | Status::Closed, _) => Why::Open,
            };
            rows.push(self.row(Section::Requests, why, ticket)?);
        }
        let place = |why: Why| [Why::Asked, Why::Solved].iter().position(|first| *first == why).unwrap_or(2);
        rows.sort_by_key(|row| (place(row.why), row.ticket.opened, row.ticket.id));
        let total = rows.len();
        rows.truncate(MOST);
        self.add(Section::Requests, rows, total);
        Ok(())
    }
}

fn unique<'t>(turns: impl Iterator<Item = &'t Turn>) -> Vec<TicketId> {
    let mut ids: Vec<TicketId> = turns.map(|turn| turn.ticket).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
