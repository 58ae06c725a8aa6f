//! A report as one page of HTML that stands by itself: no script, no network, readable light, dark and printed.

use std::fmt::Write as _;

use serde_json::Value;

use super::output::{for_people, legend};
use crate::report::{Measure, Report, Sheet};
use crate::ui::format::{Sheet as Rows, cell, html as shown, html_page};
use crate::ui::{chart, time};

pub fn html(report: &Report) -> String {
    let mut body = format!("<h1>{}</h1>\n<p>{}</p>\n", shown(report.name), shown(&report.heading));
    for sheet in &report.sheets {
        let (columns, rows) = for_people(sheet, true);
        let _ = write!(body, "<section>\n<h2>{}</h2>\n{}", shown(&sheet.title), figure(sheet));
        let _ = writeln!(body, "{}</section>", Rows { columns: &columns, rows }.html());
    }
    for line in report.sentence.as_deref().into_iter().chain(legend(report)) {
        let _ = writeln!(body, "<p>{}</p>", shown(line));
    }
    html_page(&format!("{} {}", report.name, report.heading), &body)
}

/// Bars for the column that the sheet wants drawn, named below them.
fn figure(sheet: &Sheet) -> String {
    let Some(at) = sheet.chart.and_then(|name| sheet.columns.iter().position(|column| column.name == name)) else {
        return String::new();
    };
    let column = &sheet.columns[at];
    let label = |value: &Value| match column.unit {
        Measure::Seconds => time::span(value.as_f64().unwrap_or(0.0).round() as i64),
        Measure::Plain
        | Measure::N
        | Measure::Share
        | Measure::Percent
        | Measure::Money
        | Measure::Currency
        | Measure::Weeks => cell(value),
    };
    let bars: Vec<chart::Bar> = sheet
        .rows
        .iter()
        .filter_map(|row| {
            Some(chart::Bar { name: cell(row.first()?), value: row[at].as_f64()?, label: label(&row[at]) })
        })
        .collect();
    if bars.len() < 2 {
        return String::new();
    }
    let caption = column.name.strip_suffix("_seconds").unwrap_or(column.name).replace('_', " ");
    format!("<figure>\n{}<figcaption>{}</figcaption>\n</figure>\n", chart::svg_bars(&bars), shown(&caption))
}
