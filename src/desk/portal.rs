//! What requesters may see of a desk, and nothing else: the gate in front of everything that is published.
//!
//! Published is what somebody has called so: an article that is validated and public, a service that is public, an open
//! incident that has the tag [`STATUS_PAGE`] and no customer. Names of people, words of threads, queues and whatever else
//! a desk knows do not pass.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::desk::catalogue::services;
use crate::desk::customers::customers;
use crate::desk::knowledge::articles;
use crate::desk::look::Look;
use crate::desk::{Desk, zone_of};
use crate::error::Result;
use crate::index::Order;
use crate::model::article::{Article, Audience};
use crate::model::catalogue::Service;
use crate::model::customer::directory::Directory;
use crate::model::ticket::Ticket;
use crate::model::word::{Kind, Status};

/// What makes an incident one that everybody may know of. A priority does not: people set it without a thought of who
/// reads the title.
pub const STATUS_PAGE: &str = "status-page";

pub struct Portal {
    /// The desk's name.
    pub name: String,
    /// When what is published was committed, in the desk's time.
    pub at: DateTime,
    /// In the order of their names, each with the number of tickets that it solved.
    pub articles: Vec<(Article, u64)>,
    /// By name, in the order of these.
    pub services: Vec<(String, Service)>,
    /// The oldest first.
    pub troubles: Vec<Trouble>,
    /// Full ids of tickets that were to be shown and are not, because they are a customer's.
    pub withheld: Vec<String>,
}

/// An incident as everybody may know it: the words of its title, since when, and whether it is seen to.
pub struct Trouble {
    pub title: String,
    /// In the desk's time.
    pub since: DateTime,
    pub status: Status,
}

/// Gathers what is published.
pub fn portal(desk: &Desk<'_>, look: &Look<'_>) -> Result<Portal> {
    let snapshot = look.snapshot()?;
    let zone = zone_of(&look.policy);
    let commit = desk.store.commit_time(look.index.commit())?;
    let published: Vec<Article> = articles(&snapshot)?.into_iter().filter(Article::is_published).collect();
    let solved = solved(desk, look)?;
    let count = |name: &str| solved.get(name).copied().unwrap_or_default();
    let mut portal = Portal {
        name: look.policy.desk.name.clone(),
        at: local(commit, &zone),
        articles: published.into_iter().map(|one| (count(&one.name), one)).map(|(count, one)| (one, count)).collect(),
        services: services(&snapshot)?.into_iter().filter(|(_, one)| one.audience == Audience::Public).collect(),
        troubles: Vec::new(),
        withheld: Vec::new(),
    };
    // The order of the names is what a program may rely on, whatever order the files came in.
    portal.articles.sort_by(|a, b| a.0.name.cmp(&b.0.name));
    let directory = Directory::of(customers(&snapshot)?);
    for ticket in asked_for(desk, look)? {
        // Whose it is, is not said in tickets that are older than the customer's file or were written by hand.
        let who = &ticket.requester;
        let is_customers = !look.policy.is_agent(who) && directory.member(who).is_some();
        match ticket.customer.is_empty() && !is_customers {
            true => portal.troubles.push(Trouble {
                since: local(ticket.opened.as_second(), &zone),
                status: ticket.status,
                title: ticket.title,
            }),
            false => portal.withheld.push(ticket.id.to_string()),
        }
    }
    Ok(portal)
}

fn local(second: i64, zone: &TimeZone) -> DateTime {
    jiff::Timestamp::from_second(second).unwrap_or_default().to_zoned_datetime(zone.clone()).datetime()
}

/// The open incidents that are to be on the status page, the oldest first.
fn asked_for(desk: &Desk<'_>, look: &Look<'_>) -> Result<Vec<Ticket>> {
    let mut tickets = tickets(desk, look, &format!("is:open tag:{STATUS_PAGE}"))?;
    tickets.retain(|one| one.kind == Kind::Incident && one.tags.iter().any(|tag| tag == STATUS_PAGE));
    tickets.sort_by_key(|one| (one.opened, one.id));
    Ok(tickets)
}

/// How many tickets ended with each article, by name.
fn solved(desk: &Desk<'_>, look: &Look<'_>) -> Result<BTreeMap<String, u64>> {
    let mut solved = BTreeMap::new();
    for name in tickets(desk, look, "is:done has:articles")?.into_iter().flat_map(|one| one.articles) {
        *solved.entry(name).or_default() += 1;
    }
    Ok(solved)
}

fn tickets(desk: &Desk<'_>, look: &Look<'_>, query: &str) -> Result<Vec<Ticket>> {
    let context = desk.query_context(&look.policy, look.now)?;
    let query = look.query(query, &context)?;
    Ok(look.select(&query, &context, (Order::Id, false), None)?.into_iter().map(|found| found.ticket).collect())
}

/// The same article in other languages, of those given.
pub fn other_languages<'a>(article: &Article, all: &'a [(Article, u64)]) -> Vec<&'a str> {
    let others = all.iter().map(|(one, _)| one).filter(|one| one.is_translation_of(article));
    others.map(|one| one.name.as_str()).collect()
}
