//! `problem`

mod page;

use serde_json::{Value, json};

use super::{Context, rows};
use crate::desk::look::Look;
use crate::desk::problems::{self, Known};
use crate::error::{Problem, Result};
use crate::model::count::counted;
use crate::model::id::TicketId;
use crate::report::life::Life;
use crate::report::named::Named;
use crate::ui::format::Format;
use crate::ui::grid::{Grid, Look as Paint, Shown, cut};
use crate::ui::time;

/// Problems: what keeps causing incidents, what that costs, and how to get along meanwhile
///
/// A problem is a ticket of that kind; its incidents are the incidents it is linked with, whichever of
/// the two says so, but for duplicates and what follows it. Shown are those that are open and those
/// that ended as known-error; with ID one of them whole, whatever its status.
///
/// Lost is the time in which its incidents were unsolved, each by itself, waiting included, in
/// working time of the desk's calendar; work what was noted with `work` on it and on them. The
/// workaround is its articles, else the first line of its solution.
///
/// What should be a problem and is none: git desk report recurring --propose
///
/// Examples:
///   git desk problem
///   git desk problem p4dz
///   git desk problem --json | jq '.[] | select(.open_incidents > 3) | .id'
///   git desk resolve p4dz --cascade --resolution fixed -m "new firmware"
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// One problem, whole
    #[arg(value_name = "ID", add = super::complete::tickets())]
    pub id: Option<String>,
    /// Every problem, however it ended
    #[arg(long, conflicts_with = "id")]
    pub all: bool,
    /// At most so many
    #[arg(short = 'n', long, value_name = "N", conflicts_with = "id")]
    pub limit: Option<usize>,
}

/// The columns of TSV and CSV; frozen.
const COLUMNS: &[&str] = &[
    "id",
    "status",
    "priority",
    "assignee",
    "opened",
    "open_incidents",
    "all_incidents",
    "lost_seconds",
    "work_minutes",
    "customers",
    "workaround",
    "title",
];

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let look = ctx.look()?;
        let meant = self.id.as_deref().map(|typed| look.find(typed, ctx.ui.stdout_terminal)).transpose()?;
        let tickets = problems::read(ctx.desk()?, &look)?;
        let mut all = problems::problems(&look, &tickets);
        if let Some(id) = meant {
            let Some(one) = all.iter().find(|one| one.problem.id == id.as_str()) else {
                return Err(no_problem(&look, id).into());
            };
            return match rows::is_table(ctx) {
                true => page::print(ctx, &look, one),
                false => print(ctx, &look, std::slice::from_ref(one), true),
            };
        }
        let now = look.now.as_second();
        all.retain(|one| self.all || one.is_known_error || one.problem.told.life.is_unsolved_at(now));
        all.truncate(self.limit.unwrap_or(usize::MAX));
        match rows::is_table(ctx) {
            true => table(ctx, &look, &all),
            false => print(ctx, &look, &all, false),
        }
    }
}

fn no_problem(look: &Look<'_>, id: TicketId) -> Problem {
    let kind = look.ticket(id).map(|found| found.ticket.kind.to_string()).unwrap_or_default();
    Problem::refused(format!("{id} is no problem but of kind {kind}"))
        .code("no_problem")
        .hint(format!("git desk show {id}"))
        .hint("what are problems: git desk problem --all")
}

fn print(ctx: &Context, look: &Look<'_>, all: &[Known<'_>], single: bool) -> Result<()> {
    if ctx.ui.format() == Format::Ids {
        return all.iter().try_for_each(|one| ctx.ui.line(&one.problem.id));
    }
    let objects: Vec<Value> = all.iter().map(|one| ctx.chosen(object(look, one))).collect();
    if ctx.wants_json() {
        return match (single, objects.as_slice()) {
            (true, [one]) => ctx.ui.json(one),
            (_, several) => ctx.ui.json_list(several),
        };
    }
    let chosen = ctx.chosen_fields();
    let columns: Vec<&str> = match &chosen {
        Some(names) => names.iter().map(String::as_str).collect(),
        None => COLUMNS.to_vec(),
    };
    ctx.ui.rows(&columns, &objects)
}

/// `desk.problem/1`
fn object(look: &Look<'_>, one: &Known<'_>) -> Value {
    let life = &one.problem.told.life;
    json!({
        "schema": "desk.problem/1",
        "id": one.problem.id,
        "handle": handle(look, one.problem),
        "title": one.problem.title,
        "status": status(life),
        "resolution": said(life.field("resolution")),
        "priority": life.field("priority"),
        "queue": life.queue_at(i64::MAX),
        "assignee": said(life.agent_at(i64::MAX)),
        "opened": at(life.opened),
        "resolved": resolved(look, life).map(at),
        "known_error": one.is_known_error,
        "workaround": one.workaround,
        "articles": life.articles,
        "customers": one.customers,
        "open_incidents": one.open_incidents,
        "all_incidents": one.incidents.len(),
        "lost_seconds": one.lost_seconds,
        "work_minutes": one.work_minutes,
        "incidents": one.incidents.iter().map(|incident| incident_object(look, incident)).collect::<Vec<_>>(),
    })
}

fn incident_object(look: &Look<'_>, one: &Named) -> Value {
    let life = &one.told.life;
    json!({
        "id": one.id,
        "handle": handle(look, one),
        "title": one.title,
        "kind": life.field("kind"),
        "status": status(life),
        "customer": said(life.field("customer")),
        "opened": at(life.opened),
        "resolved": resolved(look, life).map(at),
        "lost_seconds": problems::lost_by(look, life),
    })
}

/// `None` for what is not said.
fn said(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn handle(look: &Look<'_>, one: &Named) -> String {
    let short = TicketId::parse(&one.id).and_then(|id| look.index.handle(id).ok());
    short.unwrap_or_else(|| one.id.clone())
}

fn status(life: &Life) -> &'static str {
    life.turns.last().map_or("new", |turn| turn.status.as_str())
}

/// When it was solved, where it is solved now; in seconds since 1970.
fn resolved(look: &Look<'_>, life: &Life) -> Option<i64> {
    let last = life.solved.last().map(|(at, _)| *at);
    last.filter(|_| !life.is_unsolved_at(look.now.as_second()))
}

fn at(second: i64) -> String {
    jiff::Timestamp::from_second(second).unwrap_or_default().to_string()
}

fn table(ctx: &Context, look: &Look<'_>, all: &[Known<'_>]) -> Result<()> {
    if all.is_empty() {
        ctx.ui.status("no problem is open, and no error is known");
        ctx.ui.status("what should be one: git desk report recurring --propose");
        return Ok(());
    }
    let mut grid = Grid {
        columns: vec!["P", "ID", "TITLE", "STATUS", "INCIDENTS", "LOST", "CUSTOMERS", "WORKAROUND"],
        free: 2,
        right: vec![4, 5],
        rows: Vec::new(),
    };
    for one in all {
        let life = &one.problem.told.life;
        let state = if one.is_known_error { "known error" } else { status(life) };
        let customers = match one.customers.len() {
            0..=2 => one.customers.iter().copied().collect::<Vec<_>>().join(", "),
            more => format!("{more} customers"),
        };
        grid.rows.push(vec![
            Shown::new(life.field("priority")),
            Shown::new(handle(look, one.problem)).look(Paint::Bold),
            Shown::new(&one.problem.title),
            Shown::new(state),
            Shown::new(format!("{} of {}", one.open_incidents, one.incidents.len())),
            Shown::new(time::minutes(one.lost_seconds / 60)),
            Shown::new(customers),
            Shown::new(cut(&one.workaround, 24, ctx.ui.ellipsis())),
        ]);
    }
    ctx.ui.grid(&grid)?;
    ctx.ui.finish()?;
    let without = all.iter().filter(|one| one.workaround.is_empty()).count();
    let open: usize = all.iter().map(|one| one.open_incidents).sum();
    let known = all.iter().filter(|one| one.is_known_error).count();
    let words = format!(
        "{}, {known} of them known: {} open, {without} without a workaround          one of them: git desk problem ID",
        counted(all.len(), "problem"),
        counted(open, "incident"),
    );
    ctx.ui.status(&words);
    Ok(())
}
