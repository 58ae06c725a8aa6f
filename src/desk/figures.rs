//! What reports are made of: the lives of the tickets that are meant.

use jiff::Timestamp;

use crate::desk::customers::Customers;
use crate::desk::look::Look;
use crate::desk::{Desk, zone_of};
use crate::error::Result;
use crate::index::{Response, Thread};
use crate::model::clock::{Course, Known};
use crate::model::entry::Work;
use crate::model::id::TicketId;
use crate::model::policy::Policy;
use crate::model::times::Act;
use crate::report::cost::Rate;
use crate::report::life::Life;
use crate::report::named::{Named, Tickets, Told};

/// The tickets that history knows and a query means, all without one; and the others, where those are wanted, too.
///
/// Whatever else follows from a ticket's acts is best found here, where each ticket's acts are at hand once, and on all
/// processors.
///
/// With `clocks`, the clocks of those that are meant as they stood at that moment, in seconds since 1970: what happened
/// later is left out of them.
pub fn tickets(
    desk: &Desk<'_>,
    look: &Look<'_>,
    query: Option<&str>,
    others: bool,
    clocks: Option<i64>,
) -> Result<Tickets> {
    let meant = query.map(|text| desk.meant(look, text)).transpose()?;
    let policy = &look.policy;
    let threads = look.index.threads(|who| policy.is_agent(who), clocks.is_some())?;
    let responses = look.index.responses()?;
    let silent = Thread::default();
    let is_meant = |id: &TicketId| meant.as_ref().is_none_or(|meant| meant.contains(id));
    let make = |id: TicketId, acts: &[Act]| {
        let thread = threads.get(&id).unwrap_or(&silent);
        let response = responses.get(&id).copied().unwrap_or_default();
        let is_meant = is_meant(&id);
        let course = clocks.filter(|_| is_meant).and_then(|at| course(acts, thread, response, at, policy));
        Some((is_meant, named(id, acts, thread, response, policy)?, course.map(|course| (id, course))))
    };
    let all = look.index.of_each_ticket(|id| others || is_meant(&id), make)?;
    let (meant, others): (Vec<_>, Vec<_>) = all.into_iter().flatten().partition(|(meant, ..)| *meant);
    let others = others.into_iter().map(|(_, named, _)| named).collect();
    let (mut named, mut courses, mut places) = (Vec::with_capacity(meant.len()), Vec::new(), Vec::new());
    for (place, (_, one, course)) in meant.into_iter().enumerate() {
        named.push(one);
        places.extend(course.is_some().then_some(place));
        courses.extend(course);
    }
    if let Some(at) = clocks {
        for (place, judged) in places.into_iter().zip(look.levels().judged(look, courses, at)?) {
            named[place].told.judged = judged;
        }
    }
    Ok(Tickets { meant: named, others })
}

/// The course until a moment; `None` for a ticket that was not there yet, or not any more.
fn course(acts: &[Act], thread: &Thread, response: Response, at: i64, policy: &Policy) -> Option<Course> {
    let acts = &acts[..acts.partition_point(|act| act.at.as_second() <= at)];
    let gone = acts.iter().flat_map(|act| &act.facts).rfind(|fact| fact.field != "thread");
    if gone.is_some_and(|fact| fact.field == "ticket") {
        return None;
    }
    let words = &thread.words[..thread.words.partition_point(|word| word.at <= at)];
    let Response { acknowledged, responded } = response;
    Course::of(acts, words, Known { acknowledged, responded, approved: thread.approved }, policy)
}

/// `None` for a ticket that nothing happened to.
fn named(id: TicketId, acts: &[Act], thread: &Thread, response: Response, policy: &Policy) -> Option<Named> {
    let mut life = Life::of(acts)?;
    if let Some((_, who)) = &mut life.follow_up {
        *who = policy.handle_for(who).to_owned();
    }
    let title = life.fields.remove("title").unwrap_or_default();
    let Response { acknowledged, responded } = response;
    let told = Told {
        life,
        answers: thread.answers,
        escalated: thread.escalated,
        acknowledged,
        responded,
        work: thread.work.iter().map(|work| by_handle(work, policy)).collect(),
        ratings: thread.ratings.clone(),
        judged: None,
    };
    Some(Named { id: id.to_string(), title, told })
}

/// An agent by the handle, also where an entry has the address.
fn by_handle(work: &Work, policy: &Policy) -> Work {
    Work { by: policy.handle_for(&work.by).to_owned(), ..work.clone() }
}

/// What an hour of work costs: by the contract of the ticket's customer that was valid when it was opened, else by the
/// agent who did it; `None` where neither says.
pub struct Rates<'l, 'd> {
    look: &'l Look<'d>,
    customers: Customers,
}

impl<'l, 'd> Rates<'l, 'd> {
    /// Reads the contracts of the customers of these tickets. A file that cannot be read has none.
    pub fn of(look: &'l Look<'d>, tickets: &[Named]) -> Result<Rates<'l, 'd>> {
        let customers = Customers::default();
        for named in tickets {
            customers.customer(|| look.snapshot(), named.told.life.field("customer"))?;
        }
        Ok(Rates { look, customers })
    }

    pub fn rate(&self, life: &Life, work: &Work) -> Option<Rate> {
        let opened = Timestamp::from_second(life.opened).ok()?.to_zoned_datetime(zone_of(&self.look.policy)).date();
        let contract =
            self.customers.contract_of(|| self.look.snapshot(), life.field("customer"), opened).ok().flatten();
        let agreed = contract
            .and_then(|contract| Some(Rate { hourly: contract.hourly_rate?, currency: contract.currency.clone() }));
        let own = || {
            let hourly = self.look.policy.agents.get(&work.by)?.hourly_rate?;
            Some(Rate { hourly, currency: String::new() })
        };
        agreed.or_else(own)
    }
}

/// How people get along with a problem until it is solved: the articles it names, else the first line of its solution.
pub fn workaround(look: &Look<'_>, problem: &Named) -> String {
    let articles: Vec<&str> = problem.told.life.articles.iter().map(String::as_str).collect();
    if !articles.is_empty() {
        return articles.join(", ");
    }
    let found = TicketId::parse(&problem.id).and_then(|id| look.index.ticket(id).ok().flatten());
    let solution = found.map(|found| found.ticket.solution).unwrap_or_default();
    solution.lines().next().unwrap_or_default().to_owned()
}
