//! A report as one page of HTML that stands by itself: no script, no network, readable light, dark and printed.

use std::fmt::Write as _;

use super::heading::in_one_line;
use super::output::{for_people, legend};
use crate::commands::clocks::short;
use crate::report::chart::Chart;
use crate::report::svg::{self, Pen};
use crate::report::{Headline, Measure, Report, Sheet};
use crate::ui::format::{Sheet as Rows, cell, html as shown};
use crate::ui::page::{html_page, html_table};
use crate::ui::time;

/// The report with its charts.
pub fn html(report: &Report) -> String {
    let mut body = head(report, report.name);
    body.push_str(&headlines(&report.headlines));
    if let Some(sentence) = &report.sentence {
        let _ = writeln!(body, "<p class=\"said\">{}</p>", shown(sentence));
    }
    for sheet in &report.sheets {
        let _ = write!(body, "<section>\n<h2>{}</h2>\n{}", shown(&sheet.title), figure(sheet));
        let _ = writeln!(body, "{}</section>", table(sheet));
    }
    if let Some(legend) = legend(report) {
        let _ = writeln!(body, "<p class=\"lead\">{}</p>", shown(legend));
    }
    html_page(&format!("{} · {}", report.name, in_one_line(&report.heading)), &body)
}

/// The tickets that a report rests on.
pub fn tickets(report: &Report, sheet: &Sheet) -> String {
    let title = format!("{}: {}", report.name, sheet.title);
    let body = format!("{}{}", head(report, &title), table(sheet));
    html_page(&format!("{title} · {}", in_one_line(&report.heading)), &body)
}

fn head(report: &Report, title: &str) -> String {
    let heading = shown(&in_one_line(&report.heading));
    format!("<h1>{}</h1>\n<p class=\"lead\">{heading}</p>\n", shown(title))
}

fn table(sheet: &Sheet) -> String {
    let (columns, rows) = for_people(sheet, true);
    let columns: Vec<String> = columns.iter().map(|name| name.replace('_', " ")).collect();
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    html_table(&Rows { columns: &columns, rows })
}

fn headlines(all: &[Headline]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut out = "<dl class=\"key\">\n".to_owned();
    for one in all {
        let value = match one.unit {
            Measure::Seconds => one.value.as_i64().map(time::span).unwrap_or_default(),
            Measure::Working => one.value.as_i64().map(short).unwrap_or_default(),
            Measure::Percent => one.value.as_f64().map_or("n/a".to_owned(), |share| format!("{share:.1} %")),
            Measure::Plain
            | Measure::N
            | Measure::Money
            | Measure::Currency
            | Measure::Weeks
            | Measure::Hours
            | Measure::Time => cell(&one.value),
        };
        let change = one.change.map(|change| match change {
            0 => "as many as before".to_owned(),
            1.. => format!("{change} more than before"),
            _ => format!("{} fewer than before", -change),
        });
        let change = change.map(|words| format!("<dd class=\"less\">{}</dd>", shown(&words))).unwrap_or_default();
        let _ = writeln!(out, "<div><dt>{}</dt><dd>{}</dd>{change}</div>", shown(&one.name), shown(&value));
    }
    out.push_str("</dl>\n");
    out
}

/// The chart that the sheet wants drawn, named below it where its name says too little.
fn figure(sheet: &Sheet) -> String {
    let pen = Pen { shown: &shown, span: &time::span, working: &short };
    let chart = svg::of_sheet(sheet, pen);
    if chart.is_empty() {
        return String::new();
    }
    let caption = match &sheet.chart {
        Some(Chart::Bars(column)) => column.strip_suffix("_seconds").unwrap_or(column).replace('_', " "),
        Some(Chart::Heat(_)) => "hour of the day, by weekday".to_owned(),
        Some(Chart::Periods(_) | Chart::Pareto(_)) | None => String::new(),
    };
    let caption = if caption.is_empty() { caption } else { format!("<figcaption>{}</figcaption>\n", shown(&caption)) };
    format!("<figure>\n{chart}{caption}</figure>\n")
}
