//! `remind`

use jiff::ToSpan;
use jiff::civil::Date;

use super::view::View;
use super::{Context, rows};
use crate::desk::look::Look;
use crate::error::{Problem, Result};
use crate::index::{Found, Order};
use crate::model::count::counted;
use crate::ui::grid::{Grid, Look as Paint, Shown};
use crate::ui::time;

/// Who is to be called back: open tickets whose follow-up day has come
///
/// Yours and what nobody has in your queues, of today and earlier; `--all` is everybody's, and a
/// query, too, is asked of everybody's. The longest due comes first.
///
/// Examples:
///   git desk remind
///   git desk remind --all --days 7
///   git desk remind queue:l1 priority:p1..p2
///   git desk remind --exit-code >/dev/null && echo calls to make
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Which tickets: see `git desk help query`
    #[arg(value_name = "QUERY")]
    pub query: Vec<String>,
    #[command(flatten)]
    pub view: View,
    /// Everybody's
    #[arg(long)]
    pub all: bool,
    /// And those of so many days to come
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub days: u16,
    /// At most so many
    #[arg(short = 'n', long, value_name = "N")]
    pub limit: Option<usize>,
    /// Exit 1 when there is none
    #[arg(long)]
    pub exit_code: bool,
}

/// The columns of TSV and CSV; frozen.
const COLUMNS: &[&str] = &["follow_up", "id", "priority", "queue", "assignee", "requester", "title"];

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let look = ctx.look()?;
        let mut found = self.due(ctx, &look)?;
        found.truncate(self.limit.unwrap_or(usize::MAX));
        let none = found.is_empty();
        match rows::is_table(ctx) {
            true => table(ctx, &look, &found)?,
            false => rows::print_columns(ctx, &look, found, COLUMNS)?,
        }
        if none && self.exit_code {
            ctx.ui.finish()?;
            return Err(Problem::no("").code("empty").into());
        }
        Ok(())
    }

    /// What is due, the longest first.
    fn due(&self, ctx: &Context, look: &Look<'_>) -> Result<Vec<Found>> {
        let desk = ctx.desk()?;
        let asked = desk.query_context(&look.policy, look.now)?;
        let words = self.query.join(" ");
        let text = self.view.text(look, &asked, &words)?;
        let query = look.query(&text, &asked)?;
        let query = if query.names_status() { query } else { query.and_open() };
        if query.needs_history() {
            desk.store.require_history()?;
        }
        let last = today(ctx, look).checked_add(i64::from(self.days).days()).unwrap_or(Date::MAX);
        let me = desk.person(&look.policy)?.name;
        let everybody = self.all || !text.trim().is_empty();
        let mine = |one: &Found| match one.ticket.assignee.as_str() {
            "" => look.policy.queues.get(&one.ticket.queue).is_some_and(|queue| queue.members.contains(&me)),
            who => asked.me.iter().any(|me| me.eq_ignore_ascii_case(who)),
        };
        let mut found = look.select(&query, &asked, (Order::Urgency, false), None)?;
        found.retain(|one| one.ticket.follow_up.is_some_and(|day| day <= last) && (everybody || mine(one)));
        found.sort_by_key(|one| one.ticket.follow_up);
        Ok(found)
    }
}

/// The day that it is for whoever asks.
fn today(ctx: &Context, look: &Look<'_>) -> Date {
    look.now.to_zoned_datetime(ctx.env.zone.clone()).date()
}

fn table(ctx: &Context, look: &Look<'_>, found: &[Found]) -> Result<()> {
    if found.is_empty() {
        ctx.ui.status("nobody is to be called back");
        return Ok(());
    }
    let mut grid = Grid {
        columns: vec!["CALL", "P", "ID", "TITLE", "REQUESTER", "QUEUE", "WHO"],
        free: 3,
        right: vec![],
        rows: Vec::new(),
    };
    let today = today(ctx, look);
    let mut late = 0;
    for one in found {
        let ticket = &one.ticket;
        let behind = ticket.follow_up.map_or(0, |day| (today - day).get_days());
        late += usize::from(behind > 0);
        let call = match ticket.follow_up {
            Some(_) if behind > 0 => Shown::new(format!("late {behind}d")).look(Paint::Urgent),
            Some(day) => Shown::new(time::day(day, look.now, &ctx.env.zone)),
            None => Shown::new(""),
        };
        grid.rows.push(vec![
            call,
            Shown::new(ticket.priority.as_str()),
            Shown::new(look.index.handle(ticket.id)?).look(Paint::Bold),
            Shown::new(&ticket.title),
            Shown::new(&ticket.requester),
            Shown::new(&ticket.queue),
            Shown::new(if ticket.assignee.is_empty() { ctx.ui.nobody() } else { ticket.assignee.as_str() }),
        ]);
    }
    ctx.ui.grid(&grid)?;
    ctx.ui.finish()?;
    let calls = counted(found.len(), "call");
    let late = if late > 0 { format!(", {late} late") } else { String::new() };
    ctx.ui.status(&format!("{calls}{late}          made one: git desk follow-up ID none -m \"what they said\""));
    Ok(())
}
