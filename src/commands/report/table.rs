//! A sheet as a table on a terminal: as wide as there is room, with bars where they fit. Where cutting long texts is not
//! enough, a row takes several lines, so that the terminal never breaks one.

use serde_json::{Value, json};

use super::output::for_people;
use crate::commands::Context;
use crate::report::Sheet;
use crate::report::chart::Chart;
use crate::ui::format::{self, cell};
use crate::ui::{chart, grid};

/// The longest bar, and the shortest field that is worth one, in columns of the terminal.
const BAR: usize = 24;
const SHORTEST: usize = 8;
/// Columns that are cut where there is no room, the first of them first.
const CUT: &[&str] = &["title", "workaround", "group", "name"];
/// To how many characters at most.
const LEFT: usize = 16;
/// The longest cell of a row of several lines, and how far its further lines are set in.
const LONGEST: usize = 40;
const INDENT: usize = 4;

pub fn rows(ctx: &Context, sheet: &Sheet) -> String {
    let (mut columns, mut rows) = for_people(sheet, ctx.ui.style.utf8);
    let whole = rows.clone();
    fit(ctx, &columns, &mut rows);
    if width(ctx, &columns, &rows) > ctx.ui.width {
        return stacked(ctx, &columns, whole);
    }
    let room = ctx.ui.width.saturating_sub(width(ctx, &columns, &rows) + 2).min(BAR);
    if let Some(bars) = (room >= SHORTEST).then(|| bars(ctx, sheet, room)).flatten() {
        columns.push("");
        rows.iter_mut().zip(bars).for_each(|(row, bar)| row.push(bar));
    }
    format::Sheet { columns: &columns, rows }.table(&|text| ctx.ui.plain(&ctx.ui.shown(text)))
}

/// Rows of several lines, each with as many columns as fit; all but the first line are set in.
fn stacked(ctx: &Context, columns: &[&str], mut rows: Vec<Vec<Value>>) -> String {
    let room = ctx.ui.width.saturating_sub(INDENT).max(LEFT);
    for value in rows.iter_mut().flatten() {
        let text = ctx.ui.shown(&cell(value));
        if text.chars().count() > room.min(LONGEST) {
            *value = json!(grid::cut(&text, room.min(LONGEST), ctx.ui.ellipsis()));
        }
    }
    let shown = |text: &str| ctx.ui.plain(&ctx.ui.shown(text));
    let part = |(number, at): (usize, std::ops::Range<usize>)| -> Vec<String> {
        let cells = rows.iter().map(|row| row.get(at.clone()).unwrap_or_default().to_vec()).collect();
        let table = format::Sheet { columns: &columns[at], rows: cells }.table(&shown);
        let indent = if number == 0 { 0 } else { INDENT };
        // Every row has as many lines as the heading, so that it can be told what is what.
        let line = |line: &str| if line.is_empty() { ctx.ui.plain("–") } else { line.to_owned() };
        table.lines().map(|text| format!("{}{}", " ".repeat(indent), line(text))).collect()
    };
    let parts: Vec<Vec<String>> = packed(ctx, columns, &rows, room).into_iter().enumerate().map(part).collect();
    (0..=rows.len())
        .flat_map(|at| parts.iter().filter_map(move |part| part.get(at)))
        .map(|line| format!("{line}\n"))
        .collect()
}

/// Which columns stand together on a line.
fn packed(ctx: &Context, columns: &[&str], rows: &[Vec<Value>], room: usize) -> Vec<std::ops::Range<usize>> {
    let mut lines = Vec::new();
    let (mut from, mut taken) = (0, 0);
    for at in 0..columns.len() {
        let wide = wide(ctx, columns, rows, at);
        if at > from && taken + 2 + wide > room {
            lines.push(from..at);
            (from, taken) = (at, wide);
        } else {
            taken += wide + if at > from { 2 } else { 0 };
        }
    }
    lines.push(from..columns.len());
    lines
}

/// Columns of the terminal that the table takes.
fn width(ctx: &Context, columns: &[&str], rows: &[Vec<Value>]) -> usize {
    (0..columns.len()).map(|at| wide(ctx, columns, rows, at) + 2).sum::<usize>().saturating_sub(2)
}

/// Columns of the terminal that one column of the table takes.
fn wide(ctx: &Context, columns: &[&str], rows: &[Vec<Value>], at: usize) -> usize {
    let cells = rows.iter().filter_map(|row| row.get(at)).map(|value| ctx.ui.shown(&cell(value)).chars().count());
    cells.max().unwrap_or(0).max(columns.get(at).map_or(0, |name| name.chars().count()))
}

fn fit(ctx: &Context, columns: &[&str], rows: &mut [Vec<Value>]) {
    for name in CUT {
        let Some(at) = columns.iter().position(|column| column == name) else { continue };
        let over = width(ctx, columns, rows).saturating_sub(ctx.ui.width);
        if over == 0 {
            return;
        }
        let texts = || rows.iter().filter_map(|row| row.get(at)).map(|value| ctx.ui.shown(&cell(value)));
        let longest = texts().map(|text| text.chars().count()).max().unwrap_or(0);
        let room = longest.saturating_sub(over).max(LEFT);
        let cut: Vec<String> = texts().map(|text| grid::cut(&text, room, ctx.ui.ellipsis())).collect();
        rows.iter_mut().zip(cut).for_each(|(row, text)| row[at] = json!(text));
    }
}

/// A bar for each row, of the column that the chart draws; `None` where there is none, or one row alone.
fn bars(ctx: &Context, sheet: &Sheet, room: usize) -> Option<Vec<Value>> {
    let name = match sheet.chart.as_ref()? {
        Chart::Bars(column) => column,
        Chart::Pareto(_) => "tickets",
        Chart::Periods(_) => sheet.columns.last()?.name,
        Chart::Heat(_) => return None,
    };
    let at = sheet.columns.iter().position(|column| column.name == name)?;
    let values: Vec<f64> = sheet.rows.iter().map(|row| row.get(at).and_then(Value::as_f64)).collect::<Option<_>>()?;
    let most = values.iter().copied().fold(0.0, f64::max);
    let bar = |value: &f64| json!(chart::bar(*value, most, room, ctx.ui.style.utf8));
    (values.len() > 1 && most > 0.0).then(|| values.iter().map(bar).collect())
}
