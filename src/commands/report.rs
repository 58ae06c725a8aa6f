//! `report`

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use jiff::tz::TimeZone;
use serde_json::Value;

use super::Context;
use crate::desk::look::Look;
use crate::error::{Problem, Result};
use crate::index::Order;
use crate::model::id::TicketId;
use crate::model::near::nearest;
use crate::model::times::Act;
use crate::model::when;
use crate::report::flow::flow;
use crate::report::life::Life;
use crate::report::period::Unit;
use crate::report::quality::{Told, quality};
use crate::report::summary::{Named, summary};
use crate::report::{Report, Sheet};
use crate::ui::format::{self, Format};
use crate::ui::visible::visible_line;
use crate::ui::{chart, time};

/// Figures for a lead: summary, flow, quality
///
/// `summary` is one page on a week; `flow` counts what came and went by day, week or month; `quality` says how long it
/// took, what came back, what was handed around. Periods are in the desk's time zone.
///
/// Examples:
///   git desk report summary
///   git desk report flow --by week --since 2026-09-01
///   git desk report quality --period 2026-10 -o markdown
///   git desk report summary -o html > week47.html
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// summary, flow, quality
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// From this time on
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Up to this time; a day is included
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// 2026-10, 2026-W47, 2026, last-month, yesterday
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["since", "until"])]
    pub period: Option<String>,
    /// day, week or month
    #[arg(long, value_name = "UNIT", default_value = "month", value_parser = Unit::NAMES.to_vec())]
    pub by: String,
    /// Only tickets that fit this query
    #[arg(long = "where", value_name = "QUERY")]
    pub query: Option<String>,
}

const NAMES: &[&str] = &["summary", "flow", "quality"];

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let name = self.name.clone().unwrap_or_else(|| "summary".to_owned());
        if !NAMES.contains(&name.as_str()) {
            let mut problem = Problem::usage(format!("no report `{name}`; there are {}", NAMES.join(", ")));
            if let Some(near) = nearest(&name, NAMES.iter().copied()) {
                problem = problem.hint(format!("git desk report {near}"));
            }
            return Err(problem.code("no_report").candidates(NAMES.iter().copied()).into());
        }
        ctx.desk()?.store.require_history()?;
        let look = ctx.look()?;
        let zone = TimeZone::get(&look.policy.desk.timezone).unwrap_or(TimeZone::UTC);
        let window = self.window(&look, &zone)?;
        let tickets = self.tickets(ctx, &look)?;
        let report = match name.as_str() {
            "flow" => {
                let lives: Vec<Life> = tickets.into_iter().map(|named| named.told.life).collect();
                flow(&lives, Unit::parse(&self.by).unwrap_or(Unit::Month), window, &zone)
            }
            "quality" => quality(&tickets.into_iter().map(|named| named.told).collect::<Vec<_>>(), window),
            _ => {
                let now = look.now.as_second();
                // Without a period: the last week that is over.
                let at = window.0.unwrap_or(now - 7 * 86_400);
                summary(&look.policy.desk.name, &tickets, at, now, &zone)
            }
        };
        print(ctx, &report)
    }

    /// `[since, until)` in seconds.
    fn window(&self, look: &Look<'_>, zone: &TimeZone) -> Result<(Option<i64>, Option<i64>)> {
        let period = |text: &str| {
            when::period(text, look.now, zone).map(|(from, to)| (from.as_second(), to.as_second())).ok_or_else(|| {
                Problem::usage(format!("`{text}` is no period or time"))
                    .hint("like these: 2026-10, 2026-W47, 2026-10-01, last-month, yesterday")
            })
        };
        if let Some(text) = &self.period {
            let (from, to) = period(text)?;
            return Ok((Some(from), Some(to)));
        }
        let since = self.since.as_deref().map(period).transpose()?.map(|(from, _)| from);
        let until = self.until.as_deref().map(period).transpose()?.map(|(_, to)| to);
        Ok((since, until))
    }

    /// The lives of the tickets that are meant.
    fn tickets(&self, ctx: &Context, look: &Look<'_>) -> Result<Vec<Named>> {
        let meant: Option<HashSet<TicketId>> = match &self.query {
            None => None,
            Some(text) => {
                let context = ctx.desk()?.query_context(&look.policy, look.now)?;
                let query = look.query(text, &context)?;
                let found = look.index.select(&query, &context, &look.policy, (Order::Id, false), None)?;
                Some(found.into_iter().map(|one| one.ticket.id).collect())
            }
        };
        let threads =
            look.index.threads(|who| look.policy.is_agent(who) || look.policy.agent_by_email(who).is_some())?;
        let mut lives = Lives { threads, done: Vec::new(), acts: Vec::new(), ticket: None };
        look.index.each_change(|change| {
            if meant.as_ref().is_none_or(|meant| meant.contains(&change.ticket)) {
                lives.add(change.ticket, Act { at: change.at, email: change.email, facts: change.facts });
            }
            Ok(())
        })?;
        lives.end();
        Ok(lives.done)
    }
}

/// Gathers acts, which come ticket by ticket, to lives.
struct Lives {
    threads: HashMap<TicketId, (u64, bool)>,
    done: Vec<Named>,
    acts: Vec<Act>,
    ticket: Option<TicketId>,
}

impl Lives {
    fn add(&mut self, ticket: TicketId, act: Act) {
        if self.ticket != Some(ticket) {
            self.end();
            self.ticket = Some(ticket);
        }
        self.acts.push(act);
    }

    fn end(&mut self) {
        let acts = std::mem::take(&mut self.acts);
        let (Some(ticket), Some(life)) = (self.ticket.take(), Life::of(&acts)) else { return };
        let (answers, escalated) = self.threads.get(&ticket).copied().unwrap_or_default();
        let title = life.field("title").to_owned();
        self.done.push(Named { id: ticket.to_string(), title, told: Told { life, answers, escalated } });
    }
}

fn print(ctx: &Context, report: &Report) -> Result<()> {
    match ctx.ui.format() {
        Format::Json | Format::Jsonl => ctx.ui.json(&ctx.chosen(report.to_json())),
        Format::Html => ctx.ui.write(&html(report)),
        Format::Markdown => markdown(ctx, report),
        Format::Table if report.name == "summary" => screen(ctx, report),
        Format::Table => {
            ctx.ui.write(&format!("{}\n", visible_line(&report.heading)))?;
            for sheet in &report.sheets {
                ctx.ui.write(&format!("\n{}\n", sheet.title.to_uppercase()))?;
                ctx.ui.sheet(&format::Sheet { columns: &sheet.columns, rows: sheet.rows.clone() })?;
            }
            sentence(ctx, report)
        }
        Format::Tsv | Format::Csv | Format::Ids => {
            for (at, sheet) in report.sheets.iter().enumerate() {
                if at > 0 {
                    ctx.ui.write("\n")?;
                }
                ctx.ui.sheet(&format::Sheet { columns: &sheet.columns, rows: sheet.rows.clone() })?;
            }
            Ok(())
        }
    }
}

fn sentence(ctx: &Context, report: &Report) -> Result<()> {
    match &report.sentence {
        Some(sentence) => ctx.ui.write(&format!("\n{sentence}\n")),
        None => Ok(()),
    }
}

fn markdown(ctx: &Context, report: &Report) -> Result<()> {
    ctx.ui.write(&format!("# {}\n\n{}\n", report.name, format::markdown(&report.heading)))?;
    for sheet in &report.sheets {
        ctx.ui.write(&format!("\n## {}\n\n", sheet.title))?;
        ctx.ui.sheet(&format::Sheet { columns: &sheet.columns, rows: sheet.rows.clone() })?;
    }
    sentence(ctx, report)
}

/// One self-contained page: no script, no network.
fn html(report: &Report) -> String {
    let mut body = format!("<h1>{}</h1>\n<p>{}</p>\n", format::html(report.name), format::html(&report.heading));
    for sheet in &report.sheets {
        let _ = write!(body, "<h2>{}</h2>\n{}", format::html(&sheet.title), chart_of(sheet));
        body.push_str(&format::Sheet { columns: &sheet.columns, rows: sheet.rows.clone() }.html());
    }
    if let Some(sentence) = &report.sentence {
        let _ = writeln!(body, "<p><strong>{}</strong></p>", format::html(sentence));
    }
    format::html_page(report.name, &body)
}

/// Bars for a sheet of names and counts.
fn chart_of(sheet: &Sheet) -> String {
    let pair = |row: &Vec<Value>| Some((format::cell(row.first()?), row.get(1)?.as_f64()?));
    let pairs: Vec<(String, f64)> = sheet.rows.iter().filter_map(pair).collect();
    if pairs.len() < 2 { String::new() } else { chart::svg_bars(&pairs) }
}

/// The summary as people see it.
fn screen(ctx: &Context, report: &Report) -> Result<()> {
    let utf8 = ctx.ui.style.utf8;
    let rows = |key: &str| report.figures[key].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| visible_line(&format::cell(value));
    let mut out = format!("{}\n\n", visible_line(&report.heading));
    let _ = writeln!(out, "{:<18}{:>8}{:>9}{:>8}     8 weeks", "", "week", "before", "");
    for row in rows("flow") {
        let weeks: Vec<f64> = row["weeks"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        let change = match row["change"].as_i64().unwrap_or(0) {
            0 => "0".to_owned(),
            up @ 1.. => format!("+{up}"),
            down => format!("{}{}", if utf8 { "−" } else { "-" }, -down),
        };
        let spark = chart::spark(&weeks, utf8);
        let _ = writeln!(
            out,
            "{:<18}{:>8}{:>9}{change:>8}     {spark}",
            text(&row["figure"]),
            text(&row["week"]),
            text(&row["before"])
        );
    }
    let took = &report.figures["resolution_seconds"];
    if let (Some(median), Some(p90), Some(n)) = (took["median"].as_i64(), took["p90"].as_i64(), took["n"].as_u64()) {
        let few = if n < 20 { " *" } else { "" };
        let _ =
            writeln!(out, "\nto resolve        median {}, p90 {}  (n = {n}){few}", time::span(median), time::span(p90));
    }
    let open = report.figures["open"].as_u64().unwrap_or(0);
    if open > 0 {
        out.push_str("\nAGE OF WHAT IS OPEN\n");
        let most = rows("age").iter().filter_map(|row| row["tickets"].as_f64()).fold(0.0, f64::max);
        for row in rows("age") {
            let bar = chart::bar(row["tickets"].as_f64().unwrap_or(0.0), most, 20, utf8);
            let _ = writeln!(out, "{:<12}{:>6}  {bar}", text(&row["age"]), text(&row["tickets"]));
        }
        out.push_str("\nOLDEST\n");
        for row in rows("oldest") {
            let title = crate::ui::grid::cut(&text(&row["title"]), 52, ctx.ui.ellipsis());
            let age = time::age(row["age_seconds"].as_i64().unwrap_or(0));
            let _ = writeln!(out, "{:<16}  {title:<52} {age:>5}", text(&row["id"]));
        }
    }
    if !rows("recurring").is_empty() {
        out.push_str("\nCOMES BACK MORE THAN USUAL\n");
        for row in rows("recurring") {
            let _ = writeln!(
                out,
                "{:<32}{:>6}    usually {}",
                text(&row["group"]),
                text(&row["tickets"]),
                text(&row["usually"])
            );
        }
    }
    if !rows("workload").is_empty() {
        let _ = writeln!(out, "\n{:<24}{:>8}{:>12}", "WORKLOAD", "open", "resolved");
        for row in rows("workload") {
            let queue = text(&row["queue"]);
            let queue = if queue.is_empty() { ctx.ui.nobody().to_owned() } else { queue };
            let _ = writeln!(out, "{queue:<24}{:>8}{:>12}", text(&row["open"]), text(&row["resolved"]));
        }
    }
    ctx.ui.write(&out)?;
    sentence(ctx, report)?;
    ctx.ui.finish()?;
    ctx.ui.status("more: git desk report flow · quality      page to share: -o html > week.html");
    Ok(())
}
