//! `report`

mod output;
mod page;
mod screen;

use jiff::tz::TimeZone;

use super::Context;
use crate::desk::figures;
use crate::desk::look::Look;
use crate::env::zone_named;
use crate::error::{Problem, Result};
use crate::model::id::TicketId;
use crate::model::near::nearest;
use crate::model::when;
use crate::report::Report;
use crate::report::flow::flow;
use crate::report::life::Life;
use crate::report::period::Unit;
use crate::report::quality::{Told, quality};
use crate::report::summary::{Asked, Named, summary};
use crate::ui::format::Format;

/// Figures for a lead: summary, flow, quality
///
/// `summary` is one page on a week, the last whole one unless you name another; `flow` counts
/// what came and went by day, week or month; `quality` says how long it took, what came back,
/// what was handed around. Periods are in the desk's time zone. `*` marks figures from fewer than
/// 20 tickets.
///
/// People see durations as `5h 40m`; json, csv and tsv have whole seconds. A report of several
/// sheets is one table in csv and tsv: sheet, row, column, value, a line for each value.
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

/// `[since, until)` in seconds.
type Window = (Option<i64>, Option<i64>);

impl Args {
    /// The report of that name on what there is, without any choice.
    pub fn named(name: &str) -> Args {
        let by = "month".to_owned();
        Args { name: Some(name.to_owned()), since: None, until: None, period: None, by, query: None }
    }

    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let name = self.known_name()?;
        if ctx.ui.format() == Format::Ids {
            return Err(Problem::usage("a report is figures, not tickets, so it has no ids")
                .hint("tickets of a query: git desk list QUERY -o ids")
                .into());
        }
        ctx.desk()?.store.require_history()?;
        let look = ctx.look()?;
        let report = self.make(ctx, &look, &name)?;
        output::print(ctx, &report)
    }

    fn known_name(&self) -> Result<String> {
        let name = self.name.clone().unwrap_or_else(|| "summary".to_owned());
        if NAMES.contains(&name.as_str()) {
            return Ok(name);
        }
        let mut problem = Problem::usage(format!("no report `{name}`; there are {}", NAMES.join(", ")));
        if let Some(near) = nearest(&name, NAMES.iter().copied()) {
            problem = problem.hint(format!("git desk report {near}"));
        }
        Err(problem.code("no_report").candidates(NAMES.iter().copied()).into())
    }

    fn make(&self, ctx: &Context, look: &Look<'_>, name: &str) -> Result<Report> {
        let zone = zone_named(&look.policy.desk.timezone).unwrap_or(TimeZone::UTC);
        let window = self.window(look, &zone)?;
        let tickets = figures::lives(ctx.desk()?, look, self.query.as_deref())?;
        Ok(match name {
            "flow" => {
                let lives: Vec<Life> = tickets.into_iter().map(|named| named.told.life).collect();
                flow(&lives, Unit::parse(&self.by).unwrap_or(Unit::Month), window, &zone)
            }
            "quality" => {
                let told: Vec<Told> = tickets.into_iter().map(|named| named.told).collect();
                quality(&told, window)
            }
            _ => of_a_week(look, &tickets, window, &zone),
        })
    }

    fn window(&self, look: &Look<'_>, zone: &TimeZone) -> Result<Window> {
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
}

/// The week that was asked for; else the last one that is over.
fn of_a_week(look: &Look<'_>, tickets: &[Named], (since, until): Window, zone: &TimeZone) -> Report {
    let now = look.now.as_second();
    let named = since.or(until.map(|until| until - 1));
    let handle = |id: &str| {
        let short = TicketId::parse(id).and_then(|id| look.index.handle(id).ok());
        short.unwrap_or_else(|| id.to_owned())
    };
    let asked = Asked {
        desk: &look.policy.desk.name,
        week: named.unwrap_or(now - 7 * 86_400),
        now,
        past: named.is_some(),
        zone,
        handle: &handle,
    };
    summary(tickets, &asked)
}
