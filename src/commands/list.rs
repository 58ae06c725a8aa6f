//! `list`

mod several;

use super::clocks::{self, Due};
use super::view::View;
use super::{Context, desks, rows, step};
use crate::desk::look::Look;
use crate::error::{Problem, Result};
use crate::index::{Found, Order};
use crate::model::count::counted;
use crate::model::near::nearest;
use crate::model::query::Query;
use crate::model::word::{Priority, Status};
use crate::ui::grid::{Grid, Look as Paint, Shown};
use crate::ui::time;
use crate::view::ticket::FIELDS;

/// What is open, or whatever a query means
///
/// Without a word on the status the query is asked of open tickets. Order: priority, then the
/// oldest.
///
/// Examples:
///   git desk list
///   git desk list queue:net,infra priority:p1..p2 assignee:@me
///   git desk list 'is:closed opened:2026-11 "connection refused"'
///   git desk list is:new --exit-code >/dev/null && echo work to do
///   git desk --desk acme,noord list priority:p1
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Which tickets: see `git desk help query`
    #[arg(value_name = "QUERY")]
    pub query: Vec<String>,
    #[command(flatten)]
    pub view: View,
    /// priority, opened, updated, id or any other field; `-desc` behind it turns it round
    #[arg(long, value_name = "FIELD")]
    pub sort: Option<String>,
    /// At most so many
    #[arg(short = 'n', long, value_name = "N")]
    pub limit: Option<usize>,
    /// Only how many there are
    #[arg(long)]
    pub count: bool,
    /// Exit 1 when there is none
    #[arg(long)]
    pub exit_code: bool,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        if desks::are_named(ctx) {
            return several::run(&self, ctx);
        }
        let Listed { look, query, text, found } = self.find(ctx)?;
        let none = found.is_empty();
        if none {
            hint_at_names(ctx, &look, &query);
        }
        if self.count {
            ctx.ui.write(&format!("{}\n", found.len()))?;
        } else {
            match rows::is_table(ctx) {
                true => table(ctx, &look, &found, &text)?,
                false => rows::print(ctx, &look, found)?,
            }
        }
        warn_of_damage(ctx, &look)?;
        self.answer(ctx, none)
    }

    /// The tickets that are meant, in order.
    fn find<'c>(&self, ctx: &'c Context) -> Result<Listed<'c>> {
        let words = self.words(ctx)?;
        let look = ctx.look()?;
        let asked = ctx.desk()?.query_context(&look.policy, look.now)?;
        let text = self.view.text(&look, &asked, &words)?;
        let query = look.query(&text, &asked)?;
        let query = if query.names_status() { query } else { query.and_open() };
        if query.needs_history() || self.sort.as_deref().is_some_and(super::rows::is_of_history) {
            ctx.desk()?.store.require_history()?;
        }
        let (order, down, field) = order(self.sort.as_deref())?;
        let limit = if field.is_none() { self.limit } else { None };
        let mut found = look.select(&query, &asked, (order, down), limit)?;
        if let Some(field) = &field {
            sort_by_field(&mut found, field, down, |one| one);
            found.truncate(self.limit.unwrap_or(usize::MAX));
        }
        Ok(Listed { look, query, text, found })
    }

    /// Exit code 1 for nothing, where that is asked for.
    fn answer(&self, ctx: &Context, none: bool) -> Result<()> {
        if none && self.exit_code {
            ctx.ui.finish()?;
            return Err(Problem::no("").code("empty").into());
        }
        Ok(())
    }

    /// The words of the query.
    fn words(&self, ctx: &Context) -> Result<String> {
        let text = self.query.join(" ");
        let names: Vec<&str> = text.split(',').collect();
        if ctx.globals.json.is_some()
            && !text.contains(':')
            && names.len() > 1
            && names.iter().all(|name| FIELDS.contains(name))
        {
            return Err(Problem::usage(format!("`{text}` was read as a query; fields are chosen with `--fields`"))
                .hint(format!("git desk list --json --fields {text}"))
                .into());
        }
        Ok(text)
    }
}

/// The tickets of one desk that a query means.
struct Listed<'c> {
    look: Look<'c>,
    query: Query,
    /// As words, with those of a view.
    text: String,
    found: Vec<Found>,
}

/// In a query an unknown name matches nothing; a person is told which one it may have been.
fn hint_at_names(ctx: &Context, look: &Look<'_>, query: &Query) {
    let queues: Vec<&str> = look.policy.queues.keys().map(String::as_str).collect();
    let agents: Vec<&str> = look.policy.agents.keys().map(String::as_str).collect();
    let statuses = Status::spellings();
    for (field, word) in query.names() {
        let known = match field {
            "queue" => &queues,
            "assignee" => &agents,
            "status" => &statuses,
            _ => continue,
        };
        if word.is_empty() || word.starts_with('@') || known.contains(&word) {
            continue;
        }
        let near = match nearest(word, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", known.join(", ")),
        };
        ctx.ui.status(&format!("no {field} `{word}`; {near}"));
    }
}

/// The order that SQL can give, or the field to sort by here; and whether it is turned round.
fn order(sort: Option<&str>) -> Result<(Order, bool, Option<String>)> {
    let Some(sort) = sort else { return Ok((Order::default(), false, None)) };
    let (field, down) = match sort.strip_suffix("-desc") {
        Some(field) => (field, true),
        None => (sort.strip_suffix("-asc").unwrap_or(sort), false),
    };
    Ok(match field {
        "priority" => (Order::Urgency, down, None),
        "opened" | "age" => (Order::Opened, down, None),
        "updated" => (Order::Updated, down, None),
        "id" => (Order::Id, down, None),
        other if FIELDS.contains(&other) => (Order::default(), down, Some(other.to_owned())),
        other => {
            let mut problem = Problem::usage(format!("no field `{other}` to sort by")).code("no_field");
            if let Some(near) = nearest(other, FIELDS.iter().copied()) {
                problem = problem.hint(format!("git desk list --sort {near}"));
            }
            return Err(problem.into());
        }
    })
}

/// Sorts by the text of a field; what is unset comes last either way.
fn sort_by_field<T>(found: &mut [T], field: &str, down: bool, ticket: impl Fn(&T) -> &Found) {
    let key = |one: &T| ticket(one).ticket.record().get(field).map(crate::ui::format::cell);
    found.sort_by_cached_key(|one| (key(one).is_none(), key(one)));
    if down {
        let set = found.iter().filter(|one| key(one).is_some()).count();
        found[..set].reverse();
    }
}

fn table(ctx: &Context, look: &Look<'_>, found: &[Found], query: &str) -> Result<()> {
    if found.is_empty() {
        ctx.ui.status(&nothing(query));
        return Ok(());
    }
    let me = ctx.desk()?.person(&look.policy)?.name;
    let mut grid = grid();
    let dues = clocks::dues(ctx, look, found)?;
    for (one, due) in found.iter().zip(&dues) {
        grid.rows.push(row(ctx, look, one, &me, due)?);
    }
    if grid.rows.iter().all(|row| row[7].text.is_empty()) {
        grid.columns.pop();
        grid.rows.iter_mut().for_each(|row| drop(row.pop()));
    }
    ctx.ui.grid(&grid)?;
    ctx.ui.finish()?;
    let footer = footer(&found.iter().zip(&dues).collect::<Vec<_>>());
    let parts = [footer].into_iter().chain(step::words(ctx));
    ctx.ui.status(&ctx.ui.plain(&parts.collect::<Vec<_>>().join(" · ")));
    Ok(())
}

fn nothing(query: &str) -> String {
    if query.is_empty() { "nothing open".to_owned() } else { format!("nothing fits {query}") }
}

fn grid() -> Grid {
    Grid {
        columns: vec!["P", "ID", "TITLE", "QUEUE", "WHO", "STATUS", "OPEN", "DUE"],
        free: 2,
        right: vec![6],
        rows: Vec::new(),
    }
}

fn row(ctx: &Context, look: &Look<'_>, one: &Found, me: &str, due: &Due) -> Result<Vec<Shown>> {
    let ticket = &one.ticket;
    let urgency = match ticket.priority {
        Priority::P1 => Paint::Urgent,
        Priority::P2 => Paint::Raised,
        Priority::P3 | Priority::P4 | Priority::P5 => Paint::Plain,
    };
    let who = match ticket.assignee.as_str() {
        "" => Shown::new(ctx.ui.nobody()),
        who if who == me && ctx.ui.style.colour => Shown::new("you").look(Paint::Bold),
        who => Shown::new(who),
    };
    let status = match ticket.status {
        Status::New => Paint::Bold,
        Status::Waiting => Paint::Dim,
        Status::Active | Status::Resolved | Status::Closed => Paint::Plain,
    };
    let until = match ticket.status.is_done() {
        true => one.times.resolved.or(one.times.closed).unwrap_or(look.now),
        false => look.now,
    };
    Ok(vec![
        Shown::new(ticket.priority.as_str()).look(urgency),
        Shown::new(look.index.handle(ticket.id)?).look(Paint::Bold),
        Shown::new(&ticket.title),
        Shown::new(&ticket.queue),
        who,
        Shown::new(ticket.status.as_str()).look(status),
        Shown::new(time::age(until.as_second() - ticket.opened.as_second())),
        due.cell.clone(),
    ])
}

/// `10 open: 2 late, 2 due within the hour, 3 unassigned, 2 waiting`
fn footer(found: &[(&Found, &Due)]) -> String {
    let count = |test: &dyn Fn(&Found) -> bool| found.iter().filter(|(one, _)| test(one)).count();
    let open = count(&|one| one.ticket.status.is_open());
    let parts = [
        (found.iter().filter(|(_, due)| due.late).count(), "late"),
        (found.iter().filter(|(_, due)| due.soon).count(), "due within the hour"),
        (count(&|one| one.ticket.status.is_open() && one.ticket.assignee.is_empty()), "unassigned"),
        (count(&|one| one.ticket.status == Status::Waiting), "waiting"),
        (found.len() - open, "done"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    let head = if open > 0 { format!("{open} open") } else { format!("{} found", found.len()) };
    if parts.is_empty() { head } else { format!("{head}: {}", parts.join(", ")) }
}

/// One bad file damages only itself; but people must know of it.
pub(super) fn warn_of_damage(ctx: &Context, look: &Look<'_>) -> Result<()> {
    damage(look)?.into_iter().for_each(|words| ctx.ui.warning(&words));
    Ok(())
}

/// The files that cannot be read, in words.
fn damage(look: &Look<'_>) -> Result<Option<String>> {
    let damaged = look.index.damaged()?;
    let Some(first) = damaged.first() else { return Ok(None) };
    let files = counted(damaged.len(), "file");
    Ok(Some(format!("{files} cannot be read: {}:{}:{}: {}", first.path, first.line, first.column, first.message)))
}
