//! `report`

mod output;
mod page;
mod screen;

use jiff::tz::TimeZone;

use super::Context;
use super::view::Only;
use crate::desk::look::Look;
use crate::desk::{figures, zone_of};
use crate::error::{Problem, Result};
use crate::model::id::TicketId;
use crate::model::near::nearest;
use crate::model::when;
use crate::report::channels::channels;
use crate::report::cost::cost;
use crate::report::csat::csat;
use crate::report::flow::flow;
use crate::report::group::Group;
use crate::report::life::Life;
use crate::report::period::{Period, Unit};
use crate::report::quality::{Told, quality};
use crate::report::summary::{Asked, Named, summary};
use crate::report::workload::workload;
use crate::report::{Report, Window};
use crate::ui::format::Format;

/// Figures for a lead: summary, flow, quality, workload, channels, csat, cost
///
/// `summary` is one page on a week, the last whole one, or on the period you name, against the one
/// before; `flow` counts what came and went by day, week, month, quarter or year; `quality` says
/// how long it took, what came back, what was handed around; `workload` who has, got and did how
/// much; `channels` how tickets came in and how each way does; `csat` how satisfied people were;
/// `cost` the time that was noted with `work`, and what it is worth by the rates of contracts and
/// agents. Periods are in the desk's time zone. `*` marks figures from fewer than 20 tickets.
///
/// People see durations as `5h 40m`; json, csv and tsv have whole seconds. A report of several
/// sheets is one table in csv and tsv: sheet, row, column, value, a line for each value.
///
/// Examples:
///   git desk report summary
///   git desk report flow --by week --since 2026-09-01
///   git desk report quality --period 2026-10 -o markdown
///   git desk report summary --period 2026-Q4 -o html > quarter.html
///   git desk report workload --period last-week --by agent
///   git desk report cost --period 2026-10 --by customer -o csv
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// summary, flow, quality, workload, channels, csat, cost
    #[arg(value_name = "NAME", add = super::complete::words(NAMES))]
    pub name: Option<String>,
    /// From this time on
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Up to this time; a day is included
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// 2026-10, 2026-W47, 2026-Q4, 2026, last-month, yesterday
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["since", "until"])]
    pub period: Option<String>,
    /// By what rows are told apart. flow: day, week, month, quarter, year. workload: queue, agent, customer.
    /// channels: channel, queue, customer. csat: queue, agent, customer, channel. cost: customer, queue, agent
    #[arg(long, value_name = "WHAT", add = super::complete::words(BY))]
    pub by: Option<String>,
    #[command(flatten)]
    pub only: Only,
}

const NAMES: &[&str] = &["summary", "flow", "quality", "workload", "channels", "csat", "cost"];

/// All words of `--by`.
const BY: &[&str] = &["day", "week", "month", "quarter", "year", "queue", "agent", "customer", "channel"];

/// What `--by` may say for a report that groups; and how many of them, the first ones, are shown without it.
fn groups_of(report: &str) -> (&'static [Group], usize) {
    match report {
        "workload" => (&[Group::Queue, Group::Agent, Group::Customer], 2),
        "channels" => (&[Group::Channel, Group::Queue, Group::Customer], 1),
        "csat" => (&[Group::Queue, Group::Agent, Group::Customer, Group::Channel], 3),
        "cost" => (&[Group::Customer, Group::Queue, Group::Agent], 3),
        _ => (&[], 0),
    }
}

impl Args {
    /// The report of that name on what there is, without any choice.
    pub fn named(name: &str) -> Args {
        let name = Some(name.to_owned());
        Args { name, since: None, until: None, period: None, by: None, only: Only::default() }
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
        let zone = zone_of(&look.policy);
        let window = self.window(look, &zone)?;
        let (unit, groups) = (self.unit(name)?, self.groups(name)?);
        let query = self.only.text(ctx, look)?;
        let tickets = figures::lives(ctx.desk()?, look, query.as_deref())?;
        Ok(match name {
            "workload" => workload(&tickets, &groups, window, look.now.as_second()),
            "channels" => channels(&tickets, groups.first().copied().unwrap_or(Group::Channel), window),
            "csat" => csat(&tickets, &groups, window),
            "cost" => {
                let rates = figures::Rates::of(look, &tickets)?;
                cost(&tickets, &groups, window, &|life, work| rates.rate(life, work))
            }
            "flow" => {
                let lives: Vec<Life> = tickets.into_iter().map(|named| named.told.life).collect();
                flow(&lives, unit, window, &zone)
            }
            "quality" => {
                let told: Vec<Told> = tickets.into_iter().map(|named| named.told).collect();
                quality(&told, window)
            }
            _ => of_a_period(look, &tickets, window, &zone),
        })
    }

    /// The unit of `flow`: months where nothing is said.
    fn unit(&self, report: &str) -> Result<Unit> {
        match self.by.as_deref() {
            Some(by) if report == "flow" => Unit::parse(by).ok_or_else(|| not_by(report, by, Unit::NAMES).into()),
            Some(_) | None => Ok(Unit::Month),
        }
    }

    /// By what a report groups: what is said, else the usual ones.
    fn groups(&self, report: &str) -> Result<Vec<Group>> {
        let (all, usual) = groups_of(report);
        match self.by.as_deref() {
            Some(by) if report != "flow" => {
                let group = Group::parse(by).filter(|group| all.contains(group));
                let names: Vec<&str> = all.iter().map(|group| group.name()).collect();
                Ok(vec![group.ok_or_else(|| not_by(report, by, &names))?])
            }
            Some(_) | None => Ok(all[..usual].to_vec()),
        }
    }

    fn window(&self, look: &Look<'_>, zone: &TimeZone) -> Result<Window> {
        let period = |text: &str| {
            when::period(text, look.now, zone).map(|(from, to)| (from.as_second(), to.as_second())).ok_or_else(|| {
                Problem::usage(format!("`{text}` is no period or time"))
                    .hint("like these: 2026-10, 2026-W47, 2026-Q4, 2026-10-01, last-month, yesterday")
            })
        };
        if let Some(text) = &self.period {
            let (from, to) = period(text)?;
            return Ok((Some(from), Some(to)));
        }
        let since = self.since.as_deref().map(period).transpose()?.map(|(from, _)| from);
        let until = self.until.as_deref().map(period).transpose()?.map(|(_, to)| to);
        if let (Some(from), Some(to)) = (since, until)
            && from >= to
        {
            return Err(Problem::usage("`--since` is later than `--until`").code("bad_period").into());
        }
        Ok((since, until))
    }
}

/// A report that cannot be told apart by that.
fn not_by(report: &str, by: &str, known: &[&str]) -> Problem {
    if known.is_empty() {
        return Problem::usage(format!("`{report}` is not told apart by anything: it takes no `--by`")).code("no_by");
    }
    let problem = Problem::usage(format!("`{report}` is told apart by {}, not by `{by}`", known.join(", ")));
    let problem = problem.code("no_by").candidates(known.iter().copied());
    match nearest(by, known.iter().copied()) {
        Some(near) => problem.hint(format!("git desk report {report} --by {near}")),
        None => problem,
    }
}

/// The period that was asked for; the week of the one end that was; else the last week that is over.
fn of_a_period(look: &Look<'_>, tickets: &[Named], window: Window, zone: &TimeZone) -> Report {
    let now = look.now.as_second();
    let week = |at: i64| {
        let week = Period::around(Unit::Week, at, 0, zone);
        (week.from, week.to)
    };
    let handle = |id: &str| {
        let short = TicketId::parse(id).and_then(|id| look.index.handle(id).ok());
        short.unwrap_or_else(|| id.to_owned())
    };
    let period = match window {
        (Some(since), Some(until)) if since < until => (since, until),
        (Some(since), _) => week(since),
        (None, Some(until)) => week(until - 1),
        (None, None) => week(now - 7 * 86_400),
    };
    let past = window != (None, None);
    summary(tickets, &Asked { desk: &look.policy.desk.name, period, now, past, zone, handle: &handle })
}
