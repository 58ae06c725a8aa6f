//! A report in each format.

use serde_json::{Value, json};

use super::heading::in_one_line;
use super::{page, screen, table, values};
use crate::commands::Context;
use crate::commands::clocks::short;
use crate::commands::rows::{chosen_keys, chosen_of};
use crate::error::Result;
use crate::report::kind::Kind;
use crate::report::{Column, FEW, Measure, Report, Sheet};
use crate::ui::format::{self, Format, cell};
use crate::ui::wrap::wrap;
use crate::ui::{chart, time};

pub fn print(ctx: &Context, kind: Kind, mut report: Report) -> Result<()> {
    let format = ctx.ui.format();
    if matches!(format, Format::Json | Format::Jsonl) {
        let object = report.to_json();
        chosen_keys(ctx, "this report", &object)?;
        return ctx.ui.json(&ctx.chosen(object));
    }
    let chosen = chosen_of(ctx, "this report", report.sheets.iter().map(|sheet| sheet.key))?;
    report.sheets.retain(|sheet| chosen.as_ref().is_none_or(|names| names.iter().any(|name| name == sheet.key)));
    // The shape of a table follows from what was asked for alone, never from what there is to say.
    let one = kind.is_one_table() || chosen.as_ref().is_some_and(|names| names.len() == 1);
    let for_programs = matches!(format, Format::Csv | Format::Tsv);
    report.sheets.retain(|sheet| for_programs || !sheet.rows.is_empty());
    match format {
        Format::Html => ctx.ui.write(&page::html(&report)),
        Format::Markdown => markdown(ctx, &report),
        Format::Table if report.name == "summary" && chosen.is_none() => screen::print(ctx, &report),
        Format::Table => tables(ctx, &report),
        Format::Csv | Format::Tsv | Format::Json | Format::Jsonl | Format::Ids => values::print(ctx, &report, one),
    }
}

/// A sheet as people see it: durations in words, figures from few tickets marked.
pub fn for_people(sheet: &Sheet, utf8: bool) -> (Vec<&'static str>, Vec<Vec<Value>>) {
    let names = sheet.columns.iter().map(|column| column.name.strip_suffix("_seconds").unwrap_or(column.name));
    let names = names.map(|name| name.strip_suffix("_percent").unwrap_or(name));
    let names = names.map(|name| if name == "seconds" { "time" } else { name }).collect();
    let hours = sheet.columns.iter().position(|column| column.unit == Measure::Hours);
    let hours = hours.map(|at| sheet.rows.iter().filter_map(|row| row.get(at)).flat_map(weeks).fold(0.0, f64::max));
    let row = |row: &Vec<Value>| -> Vec<Value> {
        let said = |(column, value): (&Column, &Value)| match column.unit {
            Measure::Hours => json!(chart::heat(&weeks(value), hours.unwrap_or(0.0), utf8)),
            _ => said(column, value, utf8),
        };
        sheet.columns.iter().zip(row).map(said).collect()
    };
    (names, sheet.rows.iter().map(row).collect())
}

fn said(column: &Column, value: &Value, utf8: bool) -> Value {
    match column.unit {
        Measure::Seconds => value.as_f64().map_or(Value::Null, |seconds| json!(time::span(seconds.round() as i64))),
        Measure::Working => value.as_i64().map_or(Value::Null, |seconds| json!(short(seconds))),
        Measure::N if is_few(value) => json!(format!("{} *", cell(value))),
        Measure::Weeks => json!(chart::spark(&weeks(value), utf8)),
        Measure::Percent => json!(value.as_f64().map_or("n/a".to_owned(), |share| format!("{share:.1} %"))),
        Measure::Money => json!(value.as_f64().map_or(String::new(), |money| format!("{money:.2}"))),
        Measure::Currency => match value.as_str() {
            None => json!("no rate"),
            Some("") => json!("own"),
            Some(currency) => json!(currency),
        },
        Measure::Time => json!(moment(value.as_str().unwrap_or_default())),
        Measure::Plain if value.as_bool() == Some(true) => json!("yes"),
        Measure::Plain if value.as_bool() == Some(false) => Value::Null,
        Measure::Plain | Measure::N | Measure::Hours => value.clone(),
    }
}

/// `2026-11-24 08:15Z`; a day stays as it is.
fn moment(time: &str) -> String {
    match time.split_once('T') {
        Some((day, clock)) => format!("{day} {}Z", clock.get(..5).unwrap_or(clock)),
        None => time.to_owned(),
    }
}

pub fn weeks(value: &Value) -> Vec<f64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

fn is_few(n: &Value) -> bool {
    n.as_u64().is_some_and(|n| n < FEW as u64)
}

/// What the marks mean, where there is one.
pub fn legend(report: &Report) -> Option<&'static str> {
    let marked = |sheet: &Sheet| {
        let n = sheet.columns.iter().position(|column| column.unit == Measure::N);
        n.is_some_and(|at| sheet.rows.iter().any(|row| is_few(&row[at])))
    };
    report.sheets.iter().any(marked).then_some("* from fewer than 20 tickets")
}

fn tables(ctx: &Context, report: &Report) -> Result<()> {
    heading(ctx, report)?;
    for sheet in &report.sheets {
        ctx.ui.write(&format!("\n{}\n", ctx.ui.shown(&sheet.title).to_uppercase()))?;
        ctx.ui.write(&table::rows(ctx, sheet))?;
    }
    ending(ctx, report)
}

/// The heading, on as many lines as it takes.
pub fn heading(ctx: &Context, report: &Report) -> Result<()> {
    let heading = ctx.ui.plain(&ctx.ui.shown(&report.heading));
    let lines = match heading.chars().count() > ctx.ui.width {
        true => wrap(&ctx.ui.plain(&in_one_line(&ctx.ui.shown(&report.heading))), ctx.ui.width),
        false => vec![heading],
    };
    ctx.ui.write(&format!("{}\n", lines.join("\n")))
}

/// The sentence, and what the marks mean.
pub fn ending(ctx: &Context, report: &Report) -> Result<()> {
    let words = report.sentence.as_deref().map(|sentence| ctx.ui.plain(sentence));
    for line in words.iter().map(String::as_str).chain(legend(report)) {
        ctx.ui.write(&format!("\n{}\n", wrap(line, ctx.ui.width).join("\n")))?;
    }
    Ok(())
}

fn markdown(ctx: &Context, report: &Report) -> Result<()> {
    ctx.ui.write(&format!("# {}\n\n{}\n", report.name, format::markdown(&report.heading)))?;
    for sheet in &report.sheets {
        ctx.ui.write(&format!("\n## {}\n\n", format::markdown(&sheet.title)))?;
        let (columns, rows) = for_people(sheet, true);
        ctx.ui.sheet(&format::Sheet { columns: &columns, rows })?;
    }
    for line in report.sentence.as_deref().into_iter().chain(legend(report)) {
        ctx.ui.write(&format!("\n{}\n", format::markdown(line)))?;
    }
    Ok(())
}
