//! `sla`

mod explain;
mod firing;
mod screen;

use serde_json::{Value, json};

use super::view::View;
use super::{Context, rows};
use crate::desk::levels::Clocks;
use crate::desk::look::Look;
use crate::error::{Problem, Result};
use crate::index::{Found, Order};
use crate::model::clock::{Run, State, current, nearest};
use crate::model::policy::Clock;
use crate::ui::format::Format;
use crate::view::clock;

/// Who is late, who will be, and why
///
/// Every clock that goes on, of open tickets: late ones first, then those due within the hour, then
/// the others, then those that stand still. Times are working time of the calendar; LEFT is what is
/// left of the target. `explain` tells one ticket's clocks step by step, with the commits and the
/// line of the policy behind them.
///
/// Examples:
///   git desk sla
///   git desk sla customer:acme priority:p1..p2
///   git desk sla is:overdue -o ids
///   git desk sla explain k7m3
///   git desk sla --would-fire
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment, args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    pub verb: Option<Verb>,
    /// Which tickets: see `git desk help query`
    #[arg(value_name = "QUERY")]
    pub query: Vec<String>,
    #[command(flatten)]
    pub view: View,
    /// The `[[escalation]]` rules that would fire now, instead of clocks
    #[arg(long)]
    pub would_fire: bool,
    /// At most so many tickets
    #[arg(short = 'n', long, value_name = "N")]
    pub limit: Option<usize>,
    /// Exit 1 when there is none
    #[arg(long)]
    pub exit_code: bool,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Verb {
    /// How one ticket's clocks came to where they stand
    ///
    /// For every clock: the target and the line that says it, the calendar, each span in which it ran or stood still
    /// with the commit that began it, what is used, what is left, and how it ended.
    Explain {
        /// Tickets: a full id, a handle, a date and handle, or the number they had elsewhere
        #[arg(value_name = "ID", required = true, add = super::complete::tickets())]
        ids: Vec<String>,
    },
}

/// The columns of TSV and CSV; frozen.
const COLUMNS: &[&str] = &[
    "id",
    "priority",
    "queue",
    "assignee",
    "clock",
    "state",
    "target_seconds",
    "used_seconds",
    "remaining_seconds",
    "due",
    "title",
];

/// A ticket with the clocks that are shown of it.
struct Row {
    found: Found,
    clocks: Clocks,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        ctx.desk()?.store.require_history()?;
        let look = ctx.look()?;
        if let Some(Verb::Explain { ids }) = &self.verb {
            return explain::run(ctx, &look, ids);
        }
        let found = self.found(ctx, &look)?;
        if self.would_fire {
            return firing::run(ctx, &look, &found, self.limit, self.exit_code);
        }
        let mut rows = open_rows(&look, found)?;
        rows.truncate(self.limit.unwrap_or(usize::MAX));
        let none = rows.is_empty();
        match ctx.ui.format() {
            Format::Ids => rows.iter().try_for_each(|row| ctx.ui.line(row.found.ticket.id.as_str()))?,
            Format::Table if rows::is_table(ctx) => screen::print(ctx, &look, &rows)?,
            _ => print(ctx, &look, &rows)?,
        }
        if none && self.exit_code {
            ctx.ui.finish()?;
            return Err(Problem::no("").code("empty").into());
        }
        Ok(())
    }

    /// The tickets that are meant: open ones unless the query names a status.
    fn found(&self, ctx: &Context, look: &Look<'_>) -> Result<Vec<Found>> {
        let asked = ctx.desk()?.query_context(&look.policy, look.now)?;
        let text = self.view.text(look, &asked, &self.query.join(" "))?;
        let query = look.query(&text, &asked)?;
        let query = if query.names_status() { query } else { query.and_open() };
        look.select(&query, &asked, (Order::Urgency, false), None)
    }
}

/// Those with a clock that goes on, the most pressing first.
fn open_rows(look: &Look<'_>, found: Vec<Found>) -> Result<Vec<Row>> {
    let clocks = look.clocks(&found)?;
    let all = found.into_iter().zip(clocks).map(|(found, clocks)| Row { found, clocks });
    let mut rows: Vec<Row> = all.filter(|row| row.open().next().is_some()).collect();
    let now = look.now.as_second();
    rows.sort_by_cached_key(|row| {
        let first = row.telling().into_iter().map(|run| urgency(run, now)).min();
        (first, row.found.ticket.priority, row.found.ticket.opened, row.found.ticket.id)
    });
    Ok(rows)
}

/// In which part of the screen a run belongs, and where in it.
fn urgency(run: &Run, now: i64) -> (Part, i64) {
    match (run.state, run.due) {
        (State::Breached, _) => (Part::Late, run.remaining),
        (State::Running, Some(due)) if due - now <= super::clocks::SOON => (Part::Soon, due),
        (State::Running, due) => (Part::Later, due.unwrap_or(i64::MAX)),
        (State::Paused | State::None | State::Met | State::Cancelled, _) => (Part::Paused, run.remaining),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Late,
    Soon,
    Later,
    Paused,
}

impl Row {
    /// The clocks that go on.
    fn open(&self) -> impl Iterator<Item = &Run> {
        current(&self.clocks.runs).filter(|run| run.is_open())
    }

    /// Of the clocks that go on those that say something: late ones, the one that is due next, and of the others the one
    /// that comes first, for a ticket cannot be solved before it is answered.
    fn telling(&self) -> Vec<&Run> {
        let first = self.open().map(|run| run.clock).find(|clock| *clock != Clock::Update);
        let nearest = nearest(&self.clocks.runs).map(|run| run.clock);
        let tells = |run: &&Run| {
            let clock = Some(run.clock);
            run.is_late() || run.clock == Clock::Update || clock == first || clock == nearest
        };
        self.open().filter(tells).collect()
    }
}

/// What programs are told of a ticket beside a clock.
fn of_ticket(handle: &str, found: &Found, clocks: &Clocks, schema: &str, own: Value) -> Value {
    let ticket = &found.ticket;
    let or_null = |text: &str| if text.is_empty() { Value::Null } else { json!(text) };
    let mut object = json!({"schema": schema, "id": ticket.id.as_str(), "handle": handle,
        "title": ticket.title, "priority": ticket.priority.as_str(), "queue": ticket.queue,
        "assignee": or_null(&ticket.assignee), "customer": or_null(&ticket.customer),
        "level": clocks.level.as_ref().map_or("", |level| level.name.as_str())});
    if let (Value::Object(all), Value::Object(own)) = (&mut object, own) {
        all.extend(own);
    }
    object
}

/// One row for each clock that goes on.
fn print(ctx: &Context, look: &Look<'_>, rows: &[Row]) -> Result<()> {
    let mut objects = Vec::new();
    for row in rows {
        let ticket = &row.found.ticket;
        let handle = look.index.handle(ticket.id)?;
        for run in row.open() {
            let mut own = clock::run(run);
            own["waiting_on"] = ticket.waiting_on.map_or(Value::Null, |on| json!(on.as_str()));
            own["wake"] = ticket.wake.map_or(Value::Null, |wake| json!(wake.to_string()));
            objects.push(of_ticket(&handle, &row.found, &row.clocks, "desk.clock/1", own));
        }
    }
    shape(ctx, &objects, COLUMNS, "clock")
}

/// Objects as JSON, or their columns, or those that were chosen. Exit code 2 for one that there is not.
fn shape(ctx: &Context, objects: &[Value], columns: &[&str], schema: &str) -> Result<()> {
    let known = crate::view::schema::of(schema).unwrap_or_default();
    let chosen = rows::chosen_keys(ctx, &format!("a {schema}"), &known["properties"])?;
    if ctx.wants_json() {
        let objects: Vec<Value> = objects.iter().map(|object| ctx.chosen(object.clone())).collect();
        return ctx.ui.json_list(&objects);
    }
    let chosen = chosen.unwrap_or_else(|| columns.iter().map(|name| (*name).to_owned()).collect());
    ctx.ui.rows(&chosen.iter().map(String::as_str).collect::<Vec<_>>(), objects)
}
