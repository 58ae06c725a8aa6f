//! `kb suggest`

use super::search::known;
use crate::commands::deed::read_text;
use crate::commands::{Context, rows};
use crate::desk::knowledge::suggest::Suggestion;
use crate::desk::look::Look;
use crate::desk::tickets::open::headline;
use crate::error::{Problem, Result};
use crate::model::id::TicketId;
use crate::model::text::tokens;
use crate::model::ticket::Ticket;
use crate::ui::format::Format;
use crate::ui::grid::{Grid, Look as Paint, Shown};
use crate::view::knowledge::{SUGGESTION_COLUMNS, suggestion};

/// Articles that may help with a ticket, the most likely first
///
/// By the words of its title first of all, then by service, category, asset, tags and report;
/// and by the articles that solved tickets like it before. `solved 9 of 11`: of eleven tickets
/// that named the article and have ended, nine ended as fixed, workaround, answered or
/// known-error and were never reopened. What the ticket names already is left out.
///
/// Examples:
///   git desk kb suggest k7m3
///   git desk kb suggest k7m3 --json | jq -r 'first.name'
///   git desk kb suggest --text "Outlook asks for the password again and again"
///   mail-body | git desk kb suggest --text -
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "ID", required_unless_present = "text", add = crate::commands::complete::tickets())]
    pub id: Option<String>,
    /// A report that is no ticket yet, or `-` for one on stdin; its first line counts most
    #[arg(long, value_name = "TEXT", conflicts_with = "id", allow_hyphen_values = true)]
    pub text: Option<String>,
    /// At most so many; 0 is all
    #[arg(short = 'n', long, value_name = "N", default_value_t = 5)]
    pub limit: usize,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let text = match self.text.as_deref() {
            Some("-") => Some(read_text(&"-".into())?),
            text => text.map(str::to_owned),
        };
        let look = ctx.look()?;
        let ticket = match (text, &self.id) {
            (Some(text), _) => reported(&look, &text)?,
            (None, id) => look.ticket(look.find(id.as_deref().unwrap_or_default(), ctx.ui.stdout_terminal)?)?.ticket,
        };
        let limit = if self.limit == 0 { usize::MAX } else { self.limit };
        print(ctx, &look.suggest(&ticket, limit)?)
    }
}

/// A ticket of the words of a report.
fn reported(look: &Look<'_>, text: &str) -> Result<Ticket> {
    if tokens(text).is_empty() {
        return Err(Problem::usage("there is no word in this to go by").code("no_word").into());
    }
    let (title, body) = text.trim_start().split_once('\n').unwrap_or((text.trim_start(), ""));
    let title = headline(title, "")?.0;
    Ok(Ticket { body: body.to_owned(), ..Ticket::new(TicketId::draw(look.now, 0), title, look.now) })
}

fn print(ctx: &Context, suggestions: &[Suggestion]) -> Result<()> {
    match ctx.ui.format() {
        Format::Ids => suggestions.iter().try_for_each(|one| ctx.ui.line(&one.head.name)),
        Format::Table if ctx.chosen_fields().is_none() => table(ctx, suggestions),
        Format::Table | Format::Tsv | Format::Csv | Format::Json | Format::Jsonl | Format::Markdown | Format::Html => {
            let objects: Vec<_> = suggestions.iter().map(object).collect();
            rows::done(ctx, "a suggestion", SUGGESTION_COLUMNS, &["schema", "state"], &objects)
        }
    }
}

/// `desk.suggestion/1`.
pub fn object(one: &Suggestion) -> serde_json::Value {
    suggestion(known(&one.head), one.score, (one.record.solved, one.record.of))
}

fn table(ctx: &Context, suggestions: &[Suggestion]) -> Result<()> {
    if suggestions.is_empty() {
        ctx.ui.status("no article comes near");
        return Ok(());
    }
    let row = |one: &Suggestion| {
        vec![
            Shown::new(&one.head.name).look(Paint::Bold),
            Shown::new(&one.head.title),
            Shown::new(one.head.state.as_str()),
            Shown::new(record(one)),
        ]
    };
    let mut grid = Grid {
        columns: vec!["ARTICLE", "TITLE", "STATE", "SOLVED"],
        free: 1,
        right: vec![],
        rows: suggestions.iter().map(row).collect(),
    };
    if suggestions.iter().all(|one| one.record.of == 0) {
        grid.columns.pop();
        grid.rows.iter_mut().for_each(|row| drop(row.pop()));
    }
    ctx.ui.grid(&grid)
}

/// `9 of 11`; nothing for one that no ticket has named.
pub fn record(one: &Suggestion) -> String {
    if one.record.of == 0 { String::new() } else { format!("{} of {}", one.record.solved, one.record.of) }
}
