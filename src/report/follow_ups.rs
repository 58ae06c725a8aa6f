//! `follow-ups`: who is to be called back, and who promised it.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::asked::{Asked, DAY};
use super::basis::Basis;
use super::named::Named;
use super::{Column, Measure, Report, Sheet};
use crate::model::count::counted;

/// Tickets that are open at the end of the period, or now, and whose `follow_up` day has come by then; where the period
/// ends later than now, also those whose day comes within it. Late is from the end of that day on, in whole days.
/// Promised by whoever set the day that stands at the end of what is known. The longest due first.
pub fn follow_ups(tickets: &[Named], asked: &Asked<'_>) -> Report {
    let at = asked.moment();
    let today = asked.day(at);
    let last = asked.window.1.map_or(today, |until| asked.day(until - 1)).max(today);
    let first = asked.window.0.map(|since| asked.day(since));
    let due = |one: &Named| {
        let (day, _) = one.told.life.follow_up.as_ref()?;
        let within = *day <= last && first.is_none_or(|first| *day >= first);
        (within && one.told.life.is_unsolved_at(at)).then_some(*day)
    };
    let mut all: Vec<(Date, &Named)> = tickets.iter().filter_map(|one| Some((due(one)?, one))).collect();
    all.sort_by_key(|(day, one)| (*day, &one.id));
    let late = all.iter().filter(|(day, _)| *day < today).count();
    let rows: Value = all.iter().map(|(day, one)| row(*day, one, today, at, asked)).collect();
    let columns = vec![
        Column::of("follow_up", Measure::Time),
        Column::of("late_seconds", Measure::Seconds),
        Column::plain("id"),
        Column::plain("title"),
        Column::plain("requester"),
        Column::plain("promised_by"),
        Column::plain("agent"),
    ];
    let sheet = Sheet::of("follow_ups", "to be called back", columns, &rows);
    Report {
        name: "follow-ups",
        heading: format!("who is to be called back, on {today}"),
        sheets: vec![sheet],
        tickets: asked.basis(|| basis(&all, today, at)),
        sentence: Some(match all.len() {
            0 => "Nobody is to be called back.".to_owned(),
            some => format!("{}, {late} late.", counted(some, "call")),
        }),
        figures: json!({"follow_ups": rows, "late": late}),
        ..Report::default()
    }
}

fn late(day: Date, today: Date) -> Option<i64> {
    let days = i64::from((today - day).get_days());
    (days > 0).then_some(days * DAY)
}

fn promised_by(one: &Named) -> &str {
    one.told.life.follow_up.as_ref().map_or("", |(_, who)| who)
}

fn row(day: Date, one: &Named, today: Date, at: i64, asked: &Asked<'_>) -> Value {
    let life = &one.told.life;
    json!({"id": one.id, "handle": (asked.handle)(&one.id), "title": one.title, "follow_up": day.to_string(),
           "late_seconds": late(day, today), "requester": life.field("requester"), "promised_by": promised_by(one),
           "agent": life.agent_at(at)})
}

fn basis(all: &[(Date, &Named)], today: Date, at: i64) -> Basis {
    let mut basis = Basis::of_figures(&[
        Column::of("follow_up", Measure::Time),
        Column::of("late_seconds", Measure::Seconds),
        Column::plain("promised_by"),
        Column::plain("agent"),
    ]);
    for (day, one) in all {
        let late = late(*day, today);
        let figure = if late.is_some() { "late" } else { "due" };
        let row = [json!(figure), json!(day.to_string()), json!(late), json!(promised_by(one))];
        basis.add(one, row.into_iter().chain([json!(one.told.life.agent_at(at))]));
    }
    basis
}
