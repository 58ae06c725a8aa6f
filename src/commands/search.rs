//! `search`

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
/// of one.
///
/// Examples:
///   git desk search connection refused
///   git desk search "blank pages" -n 5 -o ids
///   git desk search "blank pages" --where 'is:closed customer:acme'
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "TEXT", required = true)]
    pub text: Vec<String>,
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
        let text = self.text.join(" ");
        if tokens(&text).is_empty() {
            return Err(Problem::usage(format!("there is no word in `{text}` to search for"))
                .hint("git desk search connection refused")
                .into());
        }
        let look = ctx.look()?;
        let limit = if self.limit == 0 { None } else { Some(self.limit) };
        let found = self.found(ctx, &look, &text, limit)?;
        if !rows::is_table(ctx) {
            return rows::print(ctx, &look, found);
        }
        if found.is_empty() {
            ctx.ui.status(&format!("nothing has all of these words: {text}"));
            return Ok(());
        }
        let mut grid = Grid {
            columns: vec!["ID", "TITLE", "QUEUE", "STATUS", "OPENED"],
            free: 1,
            right: vec![],
            rows: Vec::new(),
        };
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
    /// The best tickets, of those that the query means where there is one.
    fn found(&self, ctx: &Context, look: &Look<'_>, text: &str, limit: Option<usize>) -> Result<Vec<Found>> {
        let Some(query) = self.only.text(ctx, look)? else { return look.search(text, limit) };
        let meant = ctx.desk()?.meant(look, &query)?;
        let mut found = look.search(text, None)?;
        found.retain(|one| meant.contains(&one.ticket.id));
        found.truncate(limit.unwrap_or(usize::MAX));
        Ok(found)
    }
}
