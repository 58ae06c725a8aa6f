//! Queries over all tickets. SQL leaves out what a query cannot mean; the evaluator of the query language decides.

use std::cell::RefCell;
use std::collections::HashSet;

use rusqlite::params_from_iter;
use rusqlite::types::Value as Sql;

use super::Index;
use super::ask::{Found, columns, found};
use crate::error::Result;
use crate::model::clock::Run;
use crate::model::id::TicketId;
use crate::model::policy::Policy;
use crate::model::query::{Context, Is, Query, Subject, Term, Test};
use crate::model::word::LinkType;
use crate::store::Snapshot;

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Priority, then the oldest.
    #[default]
    Urgency,
    Opened,
    Updated,
    Id,
}

impl Order {
    fn sql(self, down: bool) -> String {
        let way = if down { " desc" } else { "" };
        match self {
            Order::Urgency => format!("priority{way}, opened, id"),
            Order::Opened => format!("opened{way}, id"),
            Order::Updated => format!("updated{way}, id"),
            Order::Id => format!("id{way}"),
        }
    }
}

/// Conditions in SQL with their values.
#[derive(Default)]
struct Filter {
    conditions: Vec<String>,
    values: Vec<Sql>,
}

impl Filter {
    fn add(&mut self, condition: impl Into<String>, values: impl IntoIterator<Item = Sql>) {
        self.conditions.push(condition.into());
        self.values.extend(values);
    }

    fn term(&mut self, term: &Term, context: &Context) {
        match term {
            Term::Is(Is::Open) => self.add("open = 1", []),
            Term::Is(Is::Done) => self.add("open = 0", []),
            Term::Is(Is::New) => self.add("status = 'new'", []),
            Term::Is(Is::Active) => self.add("status = 'active'", []),
            Term::Is(Is::Waiting) => self.add("status = 'waiting'", []),
            Term::Is(Is::Resolved) => self.add("status = 'resolved'", []),
            Term::Is(Is::Closed) => self.add("status = 'closed'", []),
            Term::Is(Is::Unassigned) => self.add("assignee = ''", []),
            Term::Field { name, test: Test::AnyOf(words) }
                if matches!(name.as_str(), "status" | "priority" | "queue" | "assignee" | "external_id" | "key") =>
            {
                let words = words.iter().flat_map(|word| match word.as_str() {
                    "@me" => context.me.iter().map(|me| me.to_lowercase()).collect(),
                    "@oncall" => context.oncall.iter().map(|who| who.to_lowercase()).collect(),
                    word => vec![word.to_owned()],
                });
                let words: Vec<Sql> = words.map(Sql::Text).collect();
                let marks = vec!["?"; words.len()].join(", ");
                self.add(format!("{name} in ({marks})"), words);
            }
            Term::Words(words) if !words.is_empty() => {
                let phrase = format!("\"{}\"*", words.join(" "));
                self.add("id in (select rowid from words where words match ?)", [Sql::Text(phrase)]);
            }
            Term::Time { name, from, to }
                if matches!(
                    name.as_str(),
                    "opened" | "acknowledged" | "responded" | "resolved" | "closed" | "updated"
                ) =>
            {
                if let Some(from) = from {
                    self.add(format!("{name} >= ?"), [Sql::Integer(from.as_second())]);
                }
                if let Some(to) = to {
                    // Stored to the second, so one on the edge may be within.
                    self.add(format!("{name} <= ?"), [Sql::Integer(to.as_second())]);
                }
            }
            Term::Is(_)
            | Term::Sla(_)
            | Term::Has(_)
            | Term::Field { .. }
            | Term::Words(_)
            | Term::Time { .. }
            | Term::Span { .. } => {}
        }
    }
}

/// What a query is asked with.
pub struct Asked<'a> {
    pub context: &'a Context,
    pub policy: &'a Policy,
    /// The runs of a ticket's clocks; asked for only where a query depends on them.
    pub runs: &'a dyn Fn(&Found) -> Result<Vec<Run>>,
}

impl Index<'_> {
    /// The tickets that a query means, in order; stops after `limit`.
    pub fn select(
        &self,
        query: &Query,
        asked: &Asked<'_>,
        (order, down): (Order, bool),
        limit: Option<usize>,
    ) -> Result<Vec<Found>> {
        let Asked { context, policy, runs } = *asked;
        let mut filter = Filter::default();
        for term in query.necessary() {
            filter.term(term, context);
        }
        let conditions = if filter.conditions.is_empty() { "1".to_owned() } else { filter.conditions.join(" and ") };
        let sql = format!("select {} from tickets where {conditions} order by {}", columns(), order.sql(down));
        let mut select = self.db.prepare_cached(&sql)?;
        let mut rows = select.query(params_from_iter(filter.values))?;
        let snapshot = Snapshot::at(self.store, self.commit)?;
        let parents = if query.needs_parents() { self.parents()? } else { HashSet::new() };
        let mut fitting = Vec::new();
        while let Some(row) = rows.next()? {
            if limit.is_some_and(|limit| fitting.len() >= limit) {
                break;
            }
            let one = found(row)?;
            let thread = || snapshot.thread(one.ticket.id).map(|(entries, _)| entries).unwrap_or_default();
            let failed = RefCell::new(None);
            let runs = || {
                let told = runs(&one);
                told.unwrap_or_else(|error| {
                    failed.replace(Some(error));
                    Vec::new()
                })
            };
            let mut subject = Subject::new(&one.ticket, &thread, one.times);
            subject.runs = &runs;
            subject.level = policy.level(&one.ticket.queue);
            subject.is_parent = parents.contains(&one.ticket.id);
            let fits = query.matches(&subject, context);
            if let Some(error) = failed.take() {
                return Err(error);
            }
            if fits {
                fitting.push(one.clone());
            }
        }
        Ok(fitting)
    }

    /// Whether other tickets name it as their parent.
    pub fn is_parent(&self, id: TicketId) -> Result<bool> {
        let mut select = self.db.prepare_cached("select 1 from links where target = ? and kind = ? limit 1")?;
        Ok(select.exists((id.pack(), LinkType::Parent.as_str()))?)
    }

    fn parents(&self) -> Result<HashSet<TicketId>> {
        let mut select = self.db.prepare_cached("select distinct target from links where kind = ?")?;
        let rows = select.query_map([LinkType::Parent.as_str()], |row| row.get::<_, i64>(0))?;
        let ids: Vec<i64> = rows.collect::<rusqlite::Result<_>>()?;
        Ok(ids.into_iter().filter_map(TicketId::unpack).collect())
    }
}
