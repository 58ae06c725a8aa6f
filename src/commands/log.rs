//! `log`

use serde_json::Value;

use super::Context;
use crate::desk::look::Look;
use crate::error::Result;
use crate::index::Logged;
use crate::ui::format::{Format, cell};
use crate::ui::time;
use crate::ui::visible::visible_line;
use crate::view::{self, FACT_COLUMNS};

/// Who changed what, when, from and to: of one ticket or of the desk, oldest first
///
/// History comes from the files of each commit, so edits by hand, merges and reverts are in it.
///
/// Examples:
///   git desk log k7m3
///   git desk log -5
///   git desk log k7m3 -o jsonl | jq 'select(.field=="status")'
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    #[arg(value_name = "ID", add = super::complete::tickets())]
    pub id: Option<String>,
    /// Only the last N commits; `-5` is the same as `-n 5`
    #[arg(short = 'n', long, value_name = "N")]
    pub limit: Option<usize>,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        ctx.desk()?.store.require_history()?;
        let look = ctx.look()?;
        let changes = match &self.id {
            Some(typed) => {
                let id = look.find(typed, ctx.ui.stdout_terminal)?;
                let mut changes = look.index.log_of(id)?;
                let skip = self.limit.map_or(0, |limit| changes.len().saturating_sub(limit));
                changes.drain(..skip);
                changes
            }
            None => look.index.log(self.limit)?,
        };
        if ctx.ui.format() == Format::Table && ctx.chosen_fields().is_none() {
            return lines(ctx, &look, &changes, self.id.is_none());
        }
        let rows: Vec<Value> =
            changes.iter().flat_map(|change| facts(&look, change)).map(|row| ctx.chosen(row)).collect();
        let chosen = ctx.chosen_fields();
        let columns: Vec<&str> = match &chosen {
            Some(fields) => fields.iter().map(String::as_str).collect(),
            None => FACT_COLUMNS.to_vec(),
        };
        ctx.ui.rows(&columns, &rows)
    }
}

/// `desk.fact/1` of each fact.
fn facts(look: &Look<'_>, change: &Logged) -> Vec<Value> {
    let by = look.policy.handle_for(&change.email);
    let at = change.at.to_string();
    let ticket = change.ticket.to_string();
    change.facts.iter().map(|fact| view::fact(fact, &at, by, &change.commit, &ticket)).collect()
}

fn lines(ctx: &Context, look: &Look<'_>, changes: &[Logged], named: bool) -> Result<()> {
    if changes.is_empty() {
        ctx.ui.status("nothing has happened yet");
    }
    for change in changes {
        let at = time::moment(change.at, look.now, &ctx.env.zone);
        let who = visible_line(look.policy.handle_for(&change.email));
        let handle = if named { format!("{:<8} ", look.index.handle(change.ticket)?) } else { String::new() };
        let short = &change.commit[..8.min(change.commit.len())];
        for (number, fact) in change.facts.iter().enumerate() {
            let (from, to) = (cell(&fact.from), cell(&fact.to));
            let none = ctx.ui.nobody();
            let shown = |text: &str| if text.is_empty() { none.to_owned() } else { visible_line(text) };
            let head = match number {
                0 => format!("{at:<12} {handle}{who:<12} {short}"),
                _ => format!("{:<12} {}{:<12} {:8}", "", " ".repeat(handle.chars().count()), "", ""),
            };
            ctx.ui.write(&format!("{head}  {:<12} {} → {}\n", fact.field, shown(&from), shown(&to)))?;
        }
    }
    Ok(())
}
