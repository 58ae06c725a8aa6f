//! `pareto`: the few things that make most of the work.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::asked::Asked;
use super::basis::Basis;
use super::chart::{Chart, Pareto};
use super::group::Group;
use super::life::Life;
use super::named::Named;
use super::period::Period;
use super::{Column, Measure, Report, Sheet, percent};
use crate::model::count::counted;

/// Bars of a chart; what is less is one bar more.
pub const DRAWN: usize = 15;

/// Tickets opened within the period by what they are about, the most first: how many, which share of all, which share
/// together with those above, and against the period before: by the calendar where the period is one of the calendar's,
/// else the same time before. What says nothing is a row without a name. Without a period: the last 30 days.
pub fn pareto(tickets: &[Named], asked: &Asked<'_>) -> Report {
    let group = asked.groups.first().copied().unwrap_or(Group::Category);
    let (before, period) = (asked.period(-1), asked.period(0));
    let lives: Vec<&Life> = tickets.iter().map(|one| &one.told.life).collect();
    let rows = rows(&lives, group, &before, &period);
    let total: u64 = rows.iter().filter_map(|row| row["tickets"].as_u64()).sum();
    let most = rows.iter().filter(|row| row["cumulative_percent"].as_f64().is_some_and(|share| share < 80.0)).count();
    let sentence = match total {
        0 => "Nothing was opened in that time.".to_owned(),
        total => {
            format!("{} opened; the first {} of {} make 80 % of them.", counted(total, "ticket"), most + 1, rows.len())
        }
    };
    let rows = Value::from(rows);
    Report {
        name: "pareto",
        heading: format!("what makes the work, by {}, {} against the time before", group.name(), asked.days()),
        sheets: vec![sheet(group, &rows)],
        tickets: asked.basis(|| basis(tickets, group, &period)),
        sentence: Some(sentence),
        figures: json!({group.plural(): rows, "tickets": total}),
        ..Report::default()
    }
}

/// The rows of the table, as objects.
pub fn rows(lives: &[&Life], group: Group, before: &Period, period: &Period) -> Vec<Value> {
    let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for life in lives {
        if period.holds(life.opened) {
            counts.entry(group.first(life)).or_default().0 += 1;
        } else if before.holds(life.opened) {
            counts.entry(group.first(life)).or_default().1 += 1;
        }
    }
    let total: u64 = counts.values().map(|(count, _)| count).sum();
    let mut sorted: Vec<(&str, (u64, u64))> = counts.into_iter().collect();
    sorted.sort_by(|a, b| b.1.0.cmp(&a.1.0).then_with(|| a.0.cmp(b.0)));
    let mut sum = 0;
    let row = |(name, (count, before)): (&str, (u64, u64))| {
        sum += count;
        json!({group.name(): name, "tickets": count, "share_percent": percent(count, total),
               "cumulative_percent": percent(sum, total), "before": before, "change": count as i64 - before as i64})
    };
    sorted.into_iter().map(row).collect()
}

/// The table, with bars and the line above them.
pub fn sheet(group: Group, rows: &Value) -> Sheet {
    let columns = vec![
        Column::plain(group.name()),
        Column::plain("tickets"),
        Column::of("share_percent", Measure::Percent),
        Column::of("cumulative_percent", Measure::Percent),
        Column::plain("before"),
        Column::plain("change"),
    ];
    let title = format!("what was opened, by {}", group.name());
    Sheet::of(group.plural(), &title, columns, rows).drawn(Chart::Pareto(drawn(group, rows)))
}

fn drawn(group: Group, rows: &Value) -> Pareto {
    let all: Vec<&Value> = rows.as_array().into_iter().flatten().filter(|row| row["tickets"] != 0).collect();
    let figures = |name: &'static str| all.iter().take(DRAWN).filter_map(move |row| row[name].as_f64());
    let name = |row: &&Value| row[group.name()].as_str().filter(|name| !name.is_empty()).unwrap_or("none").to_owned();
    let mut pareto = Pareto {
        names: all.iter().take(DRAWN).map(name).collect(),
        counts: figures("tickets").collect(),
        cumulative: figures("cumulative_percent").collect(),
        rest: all.len() > DRAWN,
    };
    if pareto.rest {
        pareto.names.push(format!("{} more", all.len() - DRAWN));
        pareto.counts.push(all[DRAWN..].iter().filter_map(|row| row["tickets"].as_f64()).sum());
        pareto.cumulative.push(100.0);
    }
    pareto
}

fn basis(tickets: &[Named], group: Group, period: &Period) -> Basis {
    let mut basis = Basis::of(&[Column::plain(group.name())]);
    for one in tickets.iter().filter(|one| period.holds(one.told.life.opened)) {
        basis.add(one, [json!(group.first(&one.told.life))]);
    }
    basis
}
