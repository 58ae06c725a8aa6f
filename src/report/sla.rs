//! `sla`: which promises were kept.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::asked::Asked;
use super::basis::Basis;
use super::chart::{Chart, Periods, Series};
use super::group::Group;
use super::judged::{Kept, Verdict, running, verdicts};
use super::named::Named;
use super::period::{Period, Unit};
use super::{Column, Measure, Report, Sheet, Window, time};
use crate::model::count::counted;
use crate::model::policy::Clock;

/// Months of the chart, where the period does not say otherwise.
const MONTHS: i64 = 12;

/// Of each clock that counts in the period ([`verdicts`]): how many were met and breached, which share was kept, which
/// was promised. By clock; by clock and priority, or what else was asked for; by month. Without a period: the last 30
/// days. Clocks run in working time of their calendars.
pub fn sla(tickets: &[Named], asked: &Asked<'_>) -> Report {
    let (from, to) = asked.span();
    let window = (Some(from), Some(to));
    let group = asked.groups.first().copied().unwrap_or(Group::Priority);
    let verdicts: Vec<Verdict<'_>> = verdicts(tickets, window).collect();
    let clocks = kept_by_clock(&verdicts);
    let mut groups: BTreeMap<(String, Clock), Kept> = BTreeMap::new();
    for verdict in &verdicts {
        groups.entry((name_of(group, verdict, to), verdict.run.clock)).or_default().add(verdict);
    }
    let (months, drawn) = months(tickets, asked);
    let in_time = running(tickets).count();
    let (n, breached) = clocks.values().fold((0, 0), |(n, breached), kept| (n + kept.n(), breached + kept.breached()));
    let mut figures = json!({
        "as_of": time(asked.moment()),
        "clocks": clocks.iter().map(|(clock, kept)| of_clock(*clock, kept)).collect::<Vec<_>>(),
        "months": months,
        "running_in_time": in_time,
    });
    let row = |((name, clock), kept): (&(String, Clock), &Kept)| {
        let mut row = of_clock(*clock, kept);
        row[group.name()] = json!(name);
        row
    };
    figures[group.plural()] = groups.iter().map(row).collect();
    Report {
        name: "sla",
        heading: format!("which promises were kept, {}, in working time", asked.days()),
        sheets: sheets(group, &figures, drawn),
        tickets: asked.basis(|| basis(&verdicts, group, to)),
        sentence: Some(format!(
            "{} kept, {breached} missed; {} in time.",
            counted(n - breached, "promise"),
            match in_time {
                1 => "1 clock goes on".to_owned(),
                count => format!("{count} clocks go on"),
            }
        )),
        figures,
        ..Report::default()
    }
}

fn kept_by_clock<'v, 't: 'v>(verdicts: impl IntoIterator<Item = &'v Verdict<'t>>) -> BTreeMap<Clock, Kept> {
    let mut clocks: BTreeMap<Clock, Kept> = BTreeMap::new();
    for verdict in verdicts {
        clocks.entry(verdict.run.clock).or_default().add(verdict);
    }
    clocks
}

/// A row for each clock that counts in a window.
pub fn by_clock(tickets: &[Named], window: Window) -> Vec<Value> {
    kept_by_clock(&verdicts(tickets, window).collect::<Vec<_>>())
        .iter()
        .map(|(clock, kept)| of_clock(*clock, kept))
        .collect()
}

/// Where a clock counts: the priority is the one whose target held.
fn name_of(group: Group, verdict: &Verdict<'_>, at: i64) -> String {
    match group {
        Group::Priority => verdict.run.priority.to_string(),
        group => group.of(&verdict.named.told.life, verdict.run.stop.unwrap_or(at)).to_owned(),
    }
}

fn of_clock(clock: Clock, kept: &Kept) -> Value {
    let mut row = kept.to_json();
    row["clock"] = json!(clock.as_str());
    row
}

/// Kept promises month by month: of the period where one was asked for, else of the last year. All clocks stand as of
/// the moment that is asked about, also those of an earlier month: one that was stopped and went on later counts where
/// it stopped last.
pub fn months(tickets: &[Named], asked: &Asked<'_>) -> (Vec<Value>, Periods) {
    let (from, to) = asked.span();
    let first = match asked.window.0 {
        Some(from) => from,
        None => Period::around(Unit::Month, to - 1, 1 - MONTHS, asked.zone).from,
    };
    let of = |period: Period| {
        let period = period.cut(asked.window);
        let until = period.to.min(asked.moment() + 1);
        let kept = kept_by_clock(&verdicts(tickets, (Some(period.from), Some(until))).collect::<Vec<_>>());
        (period, kept)
    };
    let months = Period::all(Unit::Month, first.min(from), to - 1, asked.zone);
    let months = months.into_iter().filter(|period| period.from <= asked.moment()).map(of);
    // Where no period was asked for, the months before the first promise say nothing.
    let says = |(_, kept): &(Period, BTreeMap<Clock, Kept>)| asked.window.0.is_none() && kept.is_empty();
    let (periods, kept): (Vec<Period>, Vec<BTreeMap<Clock, Kept>>) = months.skip_while(says).unzip();
    let used: Vec<Clock> =
        Clock::ALL.iter().copied().filter(|clock| kept.iter().any(|month| month.contains_key(clock))).collect();
    let percent = |month: &BTreeMap<Clock, Kept>, clock: Clock| month.get(&clock).and_then(Kept::percent);
    let row = |(period, month): (&Period, &BTreeMap<Clock, Kept>)| {
        let mut row = json!({"month": period.name, "n": month.values().map(Kept::n).sum::<u64>(),
            "breached": month.values().map(Kept::breached).sum::<u64>()});
        for clock in Clock::ALL {
            row[format!("{clock}_percent")] = json!(percent(month, *clock));
        }
        row
    };
    // A month in which a clock never counted has no point.
    let line = |clock: &Clock| {
        Series::new(clock.as_str(), kept.iter().map(|month| percent(month, *clock).unwrap_or(f64::NAN)))
    };
    let drawn = Periods {
        names: periods.iter().map(|period| period.name.clone()).collect(),
        bars: vec![Series::new(
            "missed",
            kept.iter().map(|month| month.values().map(Kept::breached).sum::<u64>() as f64),
        )],
        lines: used.iter().map(line).collect(),
        units: (Measure::Plain, Measure::Percent),
    };
    (periods.iter().zip(&kept).map(row).collect(), drawn)
}

pub fn columns(first: &[&'static str]) -> Vec<Column> {
    let plain = first.iter().map(|name| Column::plain(name));
    let counts = [Column::of("n", Measure::N), Column::plain("met"), Column::plain("breached")];
    let shares = ["kept_percent", "promised_percent"].map(|name| Column::of(name, Measure::Percent));
    plain.chain(counts).chain(shares).collect()
}

fn sheets(group: Group, figures: &Value, drawn: Periods) -> Vec<Sheet> {
    let by = format!("kept promises by {}", group.name());
    vec![
        Sheet::of("clocks", "kept promises", columns(&["clock"]), &figures["clocks"]).bars("kept_percent"),
        Sheet::of(group.plural(), &by, columns(&[group.name(), "clock"]), &figures[group.plural()]),
        month_sheet(figures, drawn),
    ]
}

pub fn month_sheet(figures: &Value, drawn: Periods) -> Sheet {
    let percents = Clock::ALL.iter().map(|clock| match clock {
        Clock::Acknowledge => "acknowledge_percent",
        Clock::Respond => "respond_percent",
        Clock::Update => "update_percent",
        Clock::Resolve => "resolve_percent",
    });
    let of_months = [Column::plain("month"), Column::of("n", Measure::N), Column::plain("breached")];
    let of_months = of_months.into_iter().chain(percents.map(|name| Column::of(name, Measure::Percent)));
    Sheet::of("months", "kept promises by month", of_months.collect(), &figures["months"]).drawn(Chart::Periods(drawn))
}

fn basis(verdicts: &[Verdict<'_>], group: Group, to: i64) -> Basis {
    let mut basis = Basis::of(&[
        Column::plain("clock"),
        Column::plain("verdict"),
        Column::plain(group.name()),
        Column::of("target_seconds", Measure::Working),
        Column::of("used_seconds", Measure::Working),
        Column::of("due", Measure::Time),
        Column::of("stopped", Measure::Time),
    ]);
    for verdict in verdicts {
        let run = verdict.run;
        let word = if verdict.met { "met" } else { "breached" };
        let name = name_of(group, verdict, to);
        let times = [run.due, run.stop].map(|at| json!(at.and_then(time)));
        let row = [json!(run.clock.as_str()), json!(word), json!(name), json!(run.target_seconds), json!(run.used)];
        basis.add(verdict.named, row.into_iter().chain(times));
    }
    basis
}
