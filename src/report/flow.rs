//! `flow`: what came, what went, what was left.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::life::Life;
use super::period::{Period, Unit};
use super::{Report, Sheet};

/// Counts of one period.
///
/// Backlog is what existed and was not solved in the period's last second. Over whole periods
/// `end = start + opened + reopened − resolved`; those cancelled are among the resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flow {
    pub opened: u64,
    pub resolved: u64,
    pub reopened: u64,
    pub cancelled: u64,
    pub backlog_end: u64,
}

impl Flow {
    pub fn in_period(lives: &[Life], period: &Period) -> Flow {
        let mut flow = Flow::default();
        for life in lives {
            flow.opened += u64::from(period.holds(life.opened));
            for (at, resolution) in &life.solved {
                if period.holds(*at) {
                    flow.resolved += 1;
                    flow.cancelled += u64::from(Life::is_cancellation(resolution));
                }
            }
            flow.reopened += life.reopened.iter().filter(|at| period.holds(**at)).count() as u64;
            flow.backlog_end += u64::from(life.is_unsolved_at(period.to - 1));
        }
        flow
    }
}

/// Every period in which something happened, and those between.
pub fn flow(lives: &[Life], unit: Unit, (since, until): (Option<i64>, Option<i64>), zone: &TimeZone) -> Report {
    let moments = || {
        lives.iter().flat_map(|life| {
            std::iter::once(life.opened)
                .chain(life.solved.iter().map(|(at, _)| *at))
                .chain(life.reopened.iter().copied())
        })
    };
    let within = |at: &i64| since.is_none_or(|since| *at >= since) && until.is_none_or(|until| *at < until);
    let first = moments().filter(within).min();
    let last = moments().filter(within).max();
    let periods = match (since.or(first), until.map(|until| until - 1).or(last)) {
        (Some(first), Some(last)) => Period::all(unit, first, last, zone),
        (None, _) | (_, None) => Vec::new(),
    };
    let rows: Vec<(Period, Flow)> = periods.into_iter().map(|p| (p.clone(), Flow::in_period(lives, &p))).collect();
    let name = match unit {
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
    };
    let objects: Vec<Value> = rows
        .iter()
        .map(|(period, f)| {
            json!({name: period.name, "opened": f.opened, "resolved": f.resolved, "reopened": f.reopened,
                   "cancelled": f.cancelled, "backlog_end": f.backlog_end})
        })
        .collect();
    let columns = vec![name, "opened", "resolved", "reopened", "cancelled", "backlog_end"];
    let cells = objects.iter().map(|row| columns.iter().map(|column| row[*column].clone()).collect()).collect();
    let sum = |of: fn(&Flow) -> u64| rows.iter().map(|(_, flow)| of(flow)).sum::<u64>();
    let sentence = rows.last().map(|(_, last)| {
        let (opened, reopened, resolved) = (sum(|f| f.opened), sum(|f| f.reopened), sum(|f| f.resolved));
        format!(
            "{opened} opened and {reopened} reopened, {resolved} resolved; {} are open at the end.",
            last.backlog_end
        )
    });
    Report {
        name: "flow",
        heading: format!("what came and went, by {name}"),
        sheets: vec![Sheet { title: "flow".to_owned(), columns, rows: cells }],
        figures: json!({"flow": objects}),
        sentence,
    }
}
