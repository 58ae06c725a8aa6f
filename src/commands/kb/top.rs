//! `kb top`

use serde_json::{Value, json};

use crate::commands::args::time;
use crate::commands::{Context, rows};
use crate::desk::knowledge::articles;
use crate::error::Result;
use crate::report::named::Named;
use crate::report::percent;
use crate::report::usage::{Usage, usage};
use crate::ui::format::Format;
use crate::ui::grid::{Grid, Look as Paint, Shown};

/// The articles that most tickets were resolved with
///
/// `tickets` are those resolved with it since then, as `report knowledge` counts them; of
/// those, `solved` are still so, and `reopened` came back at least once.
///
/// Examples:
///   git desk kb top --since 2026-10-01
///   git desk kb top -n 3 --json
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// From this time on; without it, ever
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub since: Option<String>,
    /// At most so many; 0 is all
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    pub limit: usize,
}

const COLUMNS: &[&str] = &["name", "tickets", "solved", "solved_percent", "reopened", "title"];

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let since = self.since.as_deref().map(|text| time(ctx, text, false)).transpose()?;
        let desk = ctx.desk()?;
        desk.store.require_history()?;
        let look = ctx.look()?;
        let window = (since.map(|since| since.as_second()), None);
        let tickets = desk.tickets_with_articles(&look)?;
        let resolved = |one: &&Named| one.told.life.done(window).next().is_some();
        let mut top: Vec<(&str, Usage)> = usage(tickets.iter().filter(resolved)).into_iter().collect();
        top.sort_by(|a, b| b.1.linked.cmp(&a.1.linked).then_with(|| a.0.cmp(b.0)));
        if self.limit > 0 {
            top.truncate(self.limit);
        }
        let known = articles(&look.snapshot()?)?;
        let title = |name: &str| known.iter().find(|one| one.name == name).map(|one| one.title.as_str());
        if ctx.ui.format() == Format::Ids {
            return top.iter().try_for_each(|(name, _)| ctx.ui.line(name));
        }
        let objects: Vec<Value> = top.iter().map(|(name, usage)| object(name, *usage, title(name))).collect();
        match rows::is_table(ctx) {
            true => table(ctx, &objects),
            false => rows::done(ctx, "an article's use", COLUMNS, &[], &objects),
        }
    }
}

fn object(name: &str, usage: Usage, title: Option<&str>) -> Value {
    json!({"schema": "desk.article-use/1", "name": name, "tickets": usage.linked, "solved": usage.solved,
           "solved_percent": percent(usage.solved, usage.linked), "reopened": usage.reopened, "title": title})
}

fn table(ctx: &Context, rows: &[Value]) -> Result<()> {
    if rows.is_empty() {
        ctx.ui.status("no ticket was resolved with an article");
        return Ok(());
    }
    let columns = vec!["ARTICLE", "TITLE", "TICKETS", "SOLVED", "REOPENED"];
    let mut grid = Grid { columns, free: 1, right: vec![2, 3, 4], rows: Vec::new() };
    for row in rows {
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let share = row["solved_percent"].as_f64().map(|share| format!("{share:.0} %")).unwrap_or_default();
        grid.rows.push(vec![
            Shown::new(text("name")).look(Paint::Bold),
            Shown::new(text("title")),
            Shown::new(row["tickets"].to_string()),
            Shown::new(share),
            Shown::new(row["reopened"].to_string()),
        ]);
    }
    ctx.ui.grid(&grid)
}
