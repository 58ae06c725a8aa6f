//! A report opened to its tickets, and what is proposed on them.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::output::for_people;
use super::{page, table};
use crate::commands::Context;
use crate::commands::rows::chosen_of;
use crate::error::Result;
use crate::model::count::counted;
use crate::report::recurring::Candidate;
use crate::report::{Report, Sheet};
use crate::ui::format::{self, Format, cell};

/// The tickets that a report rests on, a line for each figure that one counts in.
pub fn print(ctx: &Context, report: &Report) -> Result<()> {
    let sheet = report.tickets.sheet();
    let chosen =
        chosen_of(ctx, "this report", sheet.columns.iter().map(|column| column.name).chain(["schema", "report"]))?;
    match ctx.ui.format() {
        Format::Ids => ids(ctx, sheet),
        Format::Json | Format::Jsonl => {
            let objects: Vec<Value> = sheet.rows.iter().map(|row| ctx.chosen(object(report, sheet, row))).collect();
            ctx.ui.json_list(&objects)
        }
        Format::Table => table(ctx, &of_columns(sheet, chosen.as_deref())),
        Format::Html => ctx.ui.write(&page::tickets(report, &of_columns(sheet, chosen.as_deref()))),
        Format::Markdown => {
            let (columns, rows) = for_people(&of_columns(sheet, chosen.as_deref()), true);
            ctx.ui.sheet(&format::Sheet { columns: &columns, rows })
        }
        Format::Csv | Format::Tsv => {
            let Sheet { columns, rows, .. } = of_columns(sheet, chosen.as_deref());
            let columns: Vec<&str> = columns.iter().map(|column| column.name).collect();
            ctx.ui.sheet(&format::Sheet { columns: &columns, rows })
        }
    }
}

/// Each ticket once.
fn ids(ctx: &Context, sheet: &Sheet) -> Result<()> {
    let mut seen = HashSet::new();
    let ids = sheet.rows.iter().filter_map(|row| row.first().map(cell));
    ids.filter(|id| seen.insert(id.clone())).try_for_each(|id| ctx.ui.line(&id))
}

/// `desk.figure/1`
fn object(report: &Report, sheet: &Sheet, row: &[Value]) -> Value {
    let mut object =
        Map::from_iter([("schema".to_owned(), json!("desk.figure/1")), ("report".to_owned(), json!(report.name))]);
    let columns = sheet.columns.iter().map(|column| column.name.to_owned());
    object.extend(columns.zip(row.iter().cloned()));
    Value::Object(object)
}

/// With the columns that were chosen alone, in the order they were chosen in.
fn of_columns(sheet: &Sheet, chosen: Option<&[String]>) -> Sheet {
    let Some(names) = chosen else { return sheet.clone() };
    let place = |name: &String| sheet.columns.iter().position(|column| column.name == name);
    let kept: Vec<usize> = names.iter().filter_map(place).collect();
    let columns = kept.iter().filter_map(|at| sheet.columns.get(*at).copied()).collect();
    let row = |row: &Vec<Value>| kept.iter().filter_map(|at| row.get(*at).cloned()).collect();
    Sheet { columns, rows: sheet.rows.iter().map(row).collect(), ..sheet.clone() }
}

fn table(ctx: &Context, sheet: &Sheet) -> Result<()> {
    if sheet.rows.is_empty() {
        ctx.ui.status("no ticket counts in any figure of that report");
        return Ok(());
    }
    ctx.ui.write(&table::rows(ctx, sheet))?;
    ctx.ui.finish()?;
    ctx.ui.status(&counted(sheet.rows.len(), "line"));
    Ok(())
}

/// A command a line for each group that should be a problem.
pub fn propose(ctx: &Context, candidates: &[Candidate<'_>]) -> Result<()> {
    if candidates.is_empty() {
        ctx.ui.status("no group of tickets should be a problem and is none");
    }
    let line = |words: Vec<String>| words.iter().map(|word| format::shell_word(word)).collect::<Vec<_>>().join(" ");
    if ctx.wants_json() {
        let object = |one: &Candidate<'_>| {
            let ids: Vec<&str> = one.tickets.iter().map(|one| one.id.as_str()).collect();
            json!({"group": one.about.name(), "tickets": ids, "command": line(one.command())})
        };
        return ctx.ui.json_list(&candidates.iter().map(object).collect::<Vec<_>>());
    }
    candidates.iter().try_for_each(|one| ctx.ui.line(&line(one.command())))
}
