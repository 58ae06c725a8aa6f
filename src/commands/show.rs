//! `show`

mod clocks;
mod page;
mod thread;

use serde_json::Value;

use super::Context;
use super::kb::suggest;
use super::rows::known_fields;
use crate::desk::look::{Look, Whole};
use crate::error::Result;
use crate::index::Logged;
use crate::model::ticket::Ticket;
use crate::ui::format::{Format, cell, tsv};
use crate::view;
use crate::view::ticket::{FIELDS, SUGGESTED};

/// One ticket, whole: what it is, what was said, what changed
///
/// Off a terminal: one line a field, name and value with a tab between; with `--json` the object
/// `desk.ticket/1`. `--history` adds every fact: lines that begin with `history`, in JSON an
/// array. Of an open ticket the articles that may help are told on a terminal and in JSON, as
/// `kb suggest` finds them.
///
/// Examples:
///   git desk show k7m3
///   git desk show k7m3 --history
///   git desk show k7m3 --json | jq -r .status
///   git desk show k7m3 --at 2026-11-01
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Tickets: a full id, a handle (`k7m3`), a date and handle, or the number they had elsewhere
    #[arg(value_name = "ID", required = true, add = super::complete::tickets())]
    pub ids: Vec<String>,
    /// Every change of every field, too
    #[arg(long)]
    pub history: bool,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let names = names(ctx, self.history)?;
        let history = self.history || names.iter().any(|name| name == HISTORY);
        if history {
            ctx.desk()?.store.require_history()?;
        }
        let look = ctx.look()?;
        let mut tickets = Vec::new();
        for typed in &self.ids {
            let id = look.find(typed, ctx.ui.stdout_terminal)?;
            tickets.push(look.whole(id)?);
        }
        for damaged in tickets.iter().flat_map(|whole| &whole.damaged) {
            ctx.ui.warning(&format!("{}:{}:{}: {}", damaged.path, damaged.line, damaged.column, damaged.message));
        }
        match ctx.ui.format() {
            Format::Json | Format::Jsonl => json(ctx, &look, &tickets, &names),
            Format::Ids => tickets.iter().try_for_each(|whole| ctx.ui.line(whole.found.ticket.id.as_str())),
            Format::Tsv => tickets.iter().try_for_each(|whole| fields(ctx, &look, whole, &names)),
            Format::Csv | Format::Markdown | Format::Html => {
                let columns: Vec<&str> = names.iter().map(String::as_str).collect();
                ctx.ui.rows(&columns, &objects(&look, &tickets, history, chosen(ctx, SUGGESTED))?)
            }
            Format::Table => pages(ctx, &look, &tickets, history),
        }
    }
}

/// The key of the facts; not of `desk.ticket/1` unless it is asked for.
const HISTORY: &str = "history";

/// The fields asked for, else all of them. Exit code 2 names the nearest to an unknown one.
fn names(ctx: &Context, history: bool) -> Result<Vec<String>> {
    if let Some(chosen) = ctx.chosen_fields() {
        known_fields(chosen.iter().filter(|name| *name != HISTORY).cloned().collect())?;
        return Ok(chosen);
    }
    let all = FIELDS.iter().copied().chain(history.then_some(HISTORY));
    Ok(all.map(str::to_owned).collect())
}

/// `history` and `suggested`: with every fact, with what may help.
fn objects(look: &Look<'_>, tickets: &[Whole], history: bool, suggested: bool) -> Result<Vec<Value>> {
    tickets
        .iter()
        .map(|whole| {
            let mut object = look.object(whole);
            if suggested {
                object[SUGGESTED] = suggestions(look, &whole.found.ticket)?;
            }
            if history {
                object[HISTORY] = Value::Array(facts(look, &look.index.log_of(whole.found.ticket.id)?));
            }
            Ok(object)
        })
        .collect()
}

/// Whether a field was asked for by name.
fn chosen(ctx: &Context, field: &str) -> bool {
    ctx.chosen_fields().is_some_and(|names| names.iter().any(|name| name == field))
}

/// `desk.suggestion/1` of each article that may help with a ticket, while it is open.
pub fn suggestions(look: &Look<'_>, ticket: &Ticket) -> Result<Value> {
    if !ticket.status.is_open() {
        return Ok(Value::Array(Vec::new()));
    }
    Ok(look.suggest(ticket, MOST_SUGGESTED)?.iter().map(suggest::object).collect())
}

/// Articles that are suggested for a ticket in JSON.
const MOST_SUGGESTED: usize = 5;

/// `desk.fact/1` of each fact, oldest first.
fn facts(look: &Look<'_>, log: &[Logged]) -> Vec<Value> {
    log.iter().flat_map(|change| super::log::facts(look, change)).collect()
}

fn json(ctx: &Context, look: &Look<'_>, tickets: &[Whole], names: &[String]) -> Result<()> {
    let history = names.iter().any(|name| name == HISTORY);
    let suggested = names.iter().any(|name| name == SUGGESTED);
    let objects: Vec<Value> =
        objects(look, tickets, history, suggested)?.into_iter().map(|object| ctx.chosen(object)).collect();
    match <[Value; 1]>::try_from(objects) {
        Ok([one]) => ctx.ui.json(&one),
        Err(several) => ctx.ui.json_list(&several),
    }
}

/// One line a field that is set; a line a fact.
fn fields(ctx: &Context, look: &Look<'_>, whole: &Whole, names: &[String]) -> Result<()> {
    let mut object = look.object(whole);
    if chosen(ctx, SUGGESTED) {
        object[SUGGESTED] = suggestions(look, &whole.found.ticket)?;
    }
    for name in names.iter().filter(|name| *name != HISTORY) {
        let value = cell(&object[name]);
        if !value.is_empty() && value != "[]" && value != "{}" {
            ctx.ui.line(&format!("{name}\t{}", tsv(&value)))?;
        }
    }
    if !names.iter().any(|name| name == HISTORY) {
        return Ok(());
    }
    for fact in facts(look, &look.index.log_of(whole.found.ticket.id)?) {
        let cells = view::FACT_COLUMNS.iter().filter(|name| **name != "ticket").map(|name| tsv(&cell(&fact[*name])));
        ctx.ui.line(&format!("{HISTORY}\t{}", cells.collect::<Vec<_>>().join("\t")))?;
    }
    Ok(())
}

fn pages(ctx: &Context, look: &Look<'_>, tickets: &[Whole], history: bool) -> Result<()> {
    for (at, whole) in tickets.iter().enumerate() {
        if at > 0 {
            ctx.ui.write("\n")?;
        }
        page::print(ctx, look, whole, history)?;
    }
    Ok(())
}
