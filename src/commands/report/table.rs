//! A sheet as a table on a terminal: as wide as there is room, with bars where they fit.

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

pub fn rows(ctx: &Context, sheet: &Sheet) -> String {
    let (mut columns, mut rows) = for_people(sheet, ctx.ui.style.utf8);
    fit(ctx, &columns, &mut rows);
    let room = ctx.ui.width.saturating_sub(width(ctx, &columns, &rows) + 2).min(BAR);
    if let Some(bars) = (room >= SHORTEST).then(|| bars(ctx, sheet, room)).flatten() {
        columns.push("");
        rows.iter_mut().zip(bars).for_each(|(row, bar)| row.push(bar));
    }
    format::Sheet { columns: &columns, rows }.table(&|text| ctx.ui.plain(&ctx.ui.shown(text)))
}

/// Columns of the terminal that the table takes.
fn width(ctx: &Context, columns: &[&str], rows: &[Vec<Value>]) -> usize {
    let wide = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|value| ctx.ui.shown(&cell(value)).chars().count());
        cells.max().unwrap_or(0).max(columns.get(at).map_or(0, |name| name.chars().count()))
    };
    (0..columns.len()).map(|at| wide(at) + 2).sum::<usize>().saturating_sub(2)
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
