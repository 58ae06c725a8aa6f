//! `flow`: what came, what went, what was left.

use serde_json::{Value, json};

use super::asked::Asked;
use super::basis::Basis;
use super::chart::{Chart, Periods, Series};
use super::life::Life;
use super::named::Named;
use super::period::Period;
use super::{Column, Measure, Report, Sheet, Window, time, within};

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
    /// The counts of periods that follow each other without a gap, each ticket looked at once.
    pub fn of_periods<'l>(lives: impl IntoIterator<Item = &'l Life>, periods: &[Period]) -> Vec<Flow> {
        let mut flows = vec![Flow::default(); periods.len()];
        let place = |at: i64| {
            let place = periods.partition_point(|period| period.to <= at);
            periods.get(place).filter(|period| period.holds(at)).map(|_| place)
        };
        // A ticket is in the backlog of every period whose last second it is unsolved at.
        let first_end = |at: i64| periods.partition_point(|period| period.to - 1 < at);
        let mut changes = vec![0_i64; periods.len() + 1];
        for life in lives {
            if let Some(place) = place(life.opened) {
                flows[place].opened += 1;
            }
            for (at, resolution) in &life.solved {
                match place(*at) {
                    Some(place) if Life::is_cancellation(resolution) => flows[place].cancelled += 1,
                    Some(place) => flows[place].resolved += 1,
                    None => {}
                }
            }
            life.reopened.iter().filter_map(|at| place(*at)).for_each(|place| flows[place].reopened += 1);
            for (from, to) in &life.unsolved {
                changes[first_end(*from)] += 1;
                changes[to.map_or(periods.len(), first_end)] -= 1;
            }
        }
        let mut backlog = 0;
        for (flow, change) in flows.iter_mut().zip(changes) {
            backlog += change;
            flow.backlog_end = u64::try_from(backlog).unwrap_or(0);
        }
        flows
    }
}

/// Every period in which something happened, and those between; the first and the last only as far as they lie in the
/// window.
pub fn flow(tickets: &[Named], asked: &Asked<'_>) -> Report {
    let (unit, (since, until), zone) = (asked.unit, asked.window, asked.zone);
    let lives = || tickets.iter().map(|named| &named.told.life);
    let moments = || {
        lives().flat_map(|life| {
            std::iter::once(life.opened)
                .chain(life.solved.iter().map(|(at, _)| *at))
                .chain(life.reopened.iter().copied())
        })
    };
    let first = moments().filter(|at| within((since, until), *at)).min();
    let last = moments().filter(|at| within((since, until), *at)).max();
    let periods = match (since.or(first), until.map(|until| until - 1).or(last)) {
        (Some(first), Some(last)) => Period::all(unit, first, last, zone),
        (None, _) | (_, None) => Vec::new(),
    };
    let periods: Vec<Period> = periods.into_iter().map(|period| period.cut((since, until))).collect();
    let flows = Flow::of_periods(lives(), &periods);
    let rows: Vec<(Period, Flow)> = periods.into_iter().zip(flows).collect();
    let name = unit.name();
    let objects: Value = rows.iter().map(|(period, flow)| row(name, period, flow)).collect();
    let columns = [name, "opened", "resolved", "reopened", "cancelled", "backlog_end"].map(Column::plain).to_vec();
    Report {
        name: "flow",
        heading: format!("what came and went, by {name}"),
        sheets: vec![Sheet::of("flow", "flow", columns, &objects).drawn(Chart::Periods(drawn(&rows)))],
        figures: json!({"flow": objects}),
        tickets: asked.basis(|| basis(tickets, (since, until))),
        sentence: Some(sentence(&rows)),
        ..Report::default()
    }
}

/// Bars for what came and went, a line for what was left.
pub fn drawn(rows: &[(Period, Flow)]) -> Periods {
    let series = |name: &str, of: fn(&Flow) -> u64| Series::new(name, rows.iter().map(|(_, flow)| of(flow) as f64));
    Periods {
        names: rows.iter().map(|(period, _)| period.name.clone()).collect(),
        bars: vec![
            series("opened or reopened", |flow| flow.opened + flow.reopened),
            series("resolved or cancelled", |flow| flow.resolved + flow.cancelled),
        ],
        lines: vec![series("open at the end", |flow| flow.backlog_end)],
        units: (Measure::Plain, Measure::Plain),
    }
}

/// A row for each time that a ticket came or went within the window.
pub fn basis(tickets: &[Named], window: Window) -> Basis {
    let mut basis = Basis::of_figures(&[Column::of("at", Measure::Time), Column::plain("queue")]);
    for one in tickets {
        let life = &one.told.life;
        let ended = life.solved.iter().map(|(at, resolution)| match Life::is_cancellation(resolution) {
            true => (*at, "cancelled"),
            false => (*at, "resolved"),
        });
        let mut turns: Vec<(i64, &str)> = ended.chain(life.reopened.iter().map(|at| (*at, "reopened"))).collect();
        turns.sort_by_key(|(at, _)| *at);
        let all = std::iter::once((life.opened, "opened")).chain(turns);
        for (at, figure) in all.filter(|(at, _)| within(window, *at)) {
            basis.add(one, [json!(figure), json!(time(at)), json!(life.queue_at(at))]);
        }
    }
    basis
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
        let lives = [solved("fixed"), solved("cancelled"), open];
        let flow = Flow::of_periods(&lives, &[period]).remove(0);
        assert_eq!((flow.opened, flow.resolved, flow.cancelled, flow.backlog_end), (3, 1, 1, 1));
        assert_eq!(flow.opened + flow.reopened - flow.resolved - flow.cancelled, flow.backlog_end);
    }
}
