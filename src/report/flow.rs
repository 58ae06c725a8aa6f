//! `flow`: what came, what went, what was left.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::life::Life;
use super::period::{Period, Unit};
use super::{Column, Report, Sheet};

/// Counts of one period.
///
/// Backlog is what existed and was not solved in the period's last second. Over whole periods
/// `end = start + opened + reopened − resolved − cancelled`: each change from unsolved to solved is one of the two.
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
                    match Life::is_cancellation(resolution) {
                        true => flow.cancelled += 1,
                        false => flow.resolved += 1,
                    }
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
    let name = unit.name();
    let objects: Value = rows.iter().map(|(period, flow)| row(name, period, flow)).collect();
    let columns = [name, "opened", "resolved", "reopened", "cancelled", "backlog_end"].map(Column::plain).to_vec();
    Report {
        name: "flow",
        heading: format!("what came and went, by {name}"),
        sheets: vec![Sheet::of("flow", "flow", columns, &objects).chart("backlog_end")],
        figures: json!({"flow": objects}),
        sentence: Some(sentence(&rows)),
    }
}

fn row(name: &str, period: &Period, flow: &Flow) -> Value {
    let Flow { opened, resolved, reopened, cancelled, backlog_end } = flow;
    json!({name: period.name, "opened": opened, "resolved": resolved, "reopened": reopened,
           "cancelled": cancelled, "backlog_end": backlog_end})
}

fn sentence(rows: &[(Period, Flow)]) -> String {
    let Some((_, last)) = rows.last() else { return "Nothing happened in that time.".to_owned() };
    let sum = |of: fn(&Flow) -> u64| rows.iter().map(|(_, flow)| of(flow)).sum::<u64>();
    let (opened, reopened) = (sum(|flow| flow.opened), sum(|flow| flow.reopened));
    let (resolved, cancelled) = (sum(|flow| flow.resolved), sum(|flow| flow.cancelled));
    let are = if last.backlog_end == 1 { "is" } else { "are" };
    format!(
        "{opened} opened and {reopened} reopened, {resolved} resolved and {cancelled} cancelled; {} {are} open at the end.",
        last.backlog_end
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_cancelled_was_not_resolved() {
        let solved = |resolution: &str| Life {
            opened: 10,
            solved: vec![(20, resolution.to_owned())],
            unsolved: vec![(10, Some(20))],
            ..Life::default()
        };
        let open = Life { opened: 5, unsolved: vec![(5, None)], ..Life::default() };
        let period = Period { name: String::new(), from: 0, to: 100 };
        let flow = Flow::in_period(&[solved("fixed"), solved("cancelled"), open], &period);
        assert_eq!((flow.opened, flow.resolved, flow.cancelled, flow.backlog_end), (3, 1, 1, 1));
        assert_eq!(flow.opened + flow.reopened - flow.resolved - flow.cancelled, flow.backlog_end);
    }
}
