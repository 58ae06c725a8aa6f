//! `search`

use super::desks::{self, Answers, Line};
use super::view::Only;
use super::{Context, rows};
use crate::desk::look::Look;
use crate::error::{Problem, Result};
use crate::index::Found;
use crate::model::text::tokens;
use crate::ui::grid::{Grid, Look as Paint, Shown};
use crate::ui::time;

/// Tickets by words, the best first
///
/// All words must be there: in title, report, solution or thread; the last may be the beginning
/// of one. The more of them stand in the title the better, then in the solution, then in the
/// report; of equals the newest comes first. Where more than 200 tickets have them all, that is the
/// order of the newest 200, then of the next; what has only a longer word for the last comes behind.
///
/// With `--like`, open tickets that may be of the same trouble as another, of the newest 2,000:
/// their titles share words, the rare ones counting most; the same asset, requester, customer or
/// service is more.
///
/// Examples:
///   git desk search connection refused
///   git desk search "blank pages" -n 5 -o ids
///   git desk search "blank pages" --where 'is:closed customer:acme'
///   git desk search --like k7m3
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "TEXT", required_unless_present = "like", conflicts_with = "like")]
    pub text: Vec<String>,
    /// Open tickets like this one
    #[arg(long, value_name = "ID", conflicts_with_all = ["query", "view"], add = super::complete::tickets())]
    pub like: Option<String>,
    /// At most so many; 0 is all
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// Only tickets
    #[arg(long)]
    pub tickets: bool,
    #[command(flatten)]
    pub only: Only,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let limit = if self.limit == 0 { None } else { Some(self.limit) };
        if let Some(id) = &self.like {
            let look = ctx.look()?;
            let ticket = look.ticket(look.find(id, ctx.ui.stdout_terminal)?)?.ticket;
            let found = look.similar(&ticket, limit.unwrap_or(usize::MAX))?;
            return print(ctx, &look, found, limit, &format!("no open ticket is like {}", ticket.id));
        }
        let text = self.text.join(" ");
        if tokens(&text).is_empty() {
            return Err(Problem::usage(format!("there is no word in `{text}` to search for"))
                .hint("git desk search connection refused")
                .into());
        }
        if desks::are_named(ctx) {
            return self.several(ctx, &text, limit);
        }
        let look = ctx.look()?;
        let found = self.found(ctx, &look, &text, limit)?;
        print(ctx, &look, found, limit, &format!("nothing has all of these words: {text}"))
    }

    /// The best of each desk, then the second best of each: how well words fit is not the same measure in two desks.
    fn several(&self, ctx: &Context, text: &str, limit: Option<usize>) -> Result<()> {
        let answers = desks::ask(ctx, |name, inside| {
            let look = inside.look()?;
            let found = self.found(inside, &look, text, limit)?;
            desks::lines(inside, name, &look, found, |one| row(inside, &look, one))
        })?;
        let Answers { given, trouble } = answers;
        let mut ranked: Vec<(usize, Line)> =
            given.into_iter().flat_map(|(_, lines)| lines.into_iter().enumerate()).collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        let mut lines: Vec<Line> = ranked.into_iter().map(|(_, line)| line).collect();
        lines.truncate(limit.unwrap_or(usize::MAX));
        let count = lines.len();
        if count == 0 && rows::is_table(ctx) {
            ctx.ui.status(&format!("nothing has all of these words: {text}"));
        } else {
            desks::print(ctx, lines, grid())?;
            if rows::is_table(ctx) {
                cut_at(ctx, limit, count)?;
            }
        }
        trouble.end()
    }

    /// The best tickets, of those that the query means where there is one.
    fn found(&self, ctx: &Context, look: &Look<'_>, text: &str, limit: Option<usize>) -> Result<Vec<Found>> {
        let Some(query) = self.only.text(ctx, look)? else { return look.search(text, limit, |_| true) };
        let meant = ctx.desk()?.meant(look, &query)?;
        look.search(text, limit, |id| meant.contains(&id))
    }
}

fn grid() -> Grid {
    Grid { columns: vec!["ID", "TITLE", "QUEUE", "STATUS", "OPENED"], free: 1, right: vec![], rows: Vec::new() }
}

fn row(ctx: &Context, look: &Look<'_>, one: &Found) -> Result<Vec<Shown>> {
    let ticket = &one.ticket;
    Ok(vec![
        Shown::new(look.index.handle(ticket.id)?).look(Paint::Bold),
        Shown::new(&ticket.title),
        Shown::new(&ticket.queue),
        Shown::new(ticket.status.as_str()),
        Shown::new(time::moment(ticket.opened, look.now, &ctx.env.zone)),
    ])
}

/// Says that there may be more.
fn cut_at(ctx: &Context, limit: Option<usize>, count: usize) -> Result<()> {
    if limit == Some(count) {
        ctx.ui.finish()?;
        ctx.ui.status(&format!("the best {count}; all: git desk search -n 0 …"));
    }
    Ok(())
}

/// `none` is what people read where nothing was found.
fn print(ctx: &Context, look: &Look<'_>, found: Vec<Found>, limit: Option<usize>, none: &str) -> Result<()> {
    if !rows::is_table(ctx) {
        return rows::print(ctx, look, found);
    }
    if found.is_empty() {
        ctx.ui.status(none);
        return Ok(());
    }
    let mut grid = grid();
    for one in &found {
        grid.rows.push(row(ctx, look, one)?);
    }
    ctx.ui.grid(&grid)?;
    cut_at(ctx, limit, found.len())
}
