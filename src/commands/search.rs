//! `search`

use super::{Context, rows};
use crate::desk::look::{Detail, Look};
use crate::error::{Problem, Result};
use crate::index::Found;
use crate::model::text::tokens;
use crate::ui::grid::{Grid, Look as Paint, Shown};
use crate::ui::time;

/// Tickets by words, the best first
///
/// All words must be there: in title, report, solution or thread; the last may be the beginning
/// of one. With `--like`, open tickets that may be of the same trouble as another: their titles
/// share words, the rare ones counting most; the same asset, requester, customer or service is
/// more.
///
/// Examples:
///   git desk search connection refused
///   git desk search "blank pages" -n 5 -o ids
///   git desk search --like k7m3
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "TEXT", required_unless_present = "like", conflicts_with = "like")]
    pub text: Vec<String>,
    /// Open tickets like this one
    #[arg(long, value_name = "ID", add = super::complete::tickets())]
    pub like: Option<String>,
    /// At most so many; 0 is all
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// Only tickets
    #[arg(long)]
    pub tickets: bool,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let limit = if self.limit == 0 { None } else { Some(self.limit) };
        if let Some(id) = &self.like {
            let look = ctx.look()?;
            let ticket = look.whole(look.find(id, ctx.ui.stdout_terminal)?, Detail::Brief)?.found.ticket;
            let found = look.similar(&ticket, limit.unwrap_or(usize::MAX))?;
            return print(ctx, &look, found, limit, &format!("no open ticket is like {}", ticket.id));
        }
        let text = self.text.join(" ");
        if tokens(&text).is_empty() {
            return Err(Problem::usage(format!("there is no word in `{text}` to search for"))
                .hint("git desk search connection refused")
                .into());
        }
        let look = ctx.look()?;
        let found = look.search(&text, limit)?;
        print(ctx, &look, found, limit, &format!("nothing has all of these words: {text}"))
    }
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
    let mut grid =
        Grid { columns: vec!["ID", "TITLE", "QUEUE", "STATUS", "OPENED"], free: 1, right: vec![], rows: Vec::new() };
    for one in &found {
        let ticket = &one.ticket;
        grid.rows.push(vec![
            Shown::new(look.index.handle(ticket.id)?).look(Paint::Bold),
            Shown::new(&ticket.title),
            Shown::new(&ticket.queue),
            Shown::new(ticket.status.as_str()),
            Shown::new(time::moment(ticket.opened, look.now, &ctx.env.zone)),
        ]);
    }
    ctx.ui.grid(&grid)?;
    if limit == Some(found.len()) {
        ctx.ui.finish()?;
        ctx.ui.status(&format!("the best {}; all: git desk search -n 0 …", found.len()));
    }
    Ok(())
}
