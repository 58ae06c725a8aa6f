//! `breaches`: every promise that was missed, and by how much.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::asked::Asked;
use super::basis::Basis;
use super::judged::{Verdict, verdicts};
use super::named::Named;
use super::{Column, Measure, Report, Sheet, time};
use crate::model::count::counted;

/// The clocks that were breached in the period ([`verdicts`]), the latest by most first; and how many there are of each
/// queue and agent, as they were when the clock stopped, or at the end of the period. Without a period: the last 30
/// days. Lengths are working time.
pub fn breaches(tickets: &[Named], asked: &Asked<'_>) -> Report {
    let (from, to) = asked.span();
    let verdicts: Vec<Verdict<'_>> = verdicts(tickets, (Some(from), Some(to))).collect();
    let all = missed(&verdicts);
    let rows: Vec<Value> = all.iter().map(|verdict| row(verdict, to, asked.handle)).collect();
    let count = |key: &str| -> Vec<Value> {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        rows.iter().for_each(|row| *counts.entry(row[key].as_str().unwrap_or("")).or_default() += 1);
        let mut sorted: Vec<(&str, u64)> = counts.into_iter().collect();
        sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        sorted.into_iter().map(|(name, count)| json!({key: name, "breaches": count})).collect()
    };
    let goes_on = all.iter().filter(|verdict| verdict.run.stop.is_none()).count();
    let figures = json!({"as_of": time(asked.moment()), "queues": count("queue"), "agents": count("agent"),
        "breaches": rows});
    Report {
        name: "breaches",
        heading: format!("promises that were missed, {}, in working time", asked.days()),
        sheets: sheets(&figures),
        tickets: asked.basis(|| basis(&all)),
        sentence: Some(match all.len() {
            0 => "No promise was missed.".to_owned(),
            count => format!("{} missed, {goes_on} of them still open.", counted(count, "promise")),
        }),
        figures,
        ..Report::default()
    }
}

/// What was missed, the latest by most first.
pub fn missed<'v, 't>(verdicts: &'v [Verdict<'t>]) -> Vec<&'v Verdict<'t>> {
    let mut missed: Vec<&Verdict<'t>> = verdicts.iter().filter(|verdict| !verdict.met).collect();
    missed.sort_by_key(|verdict| (verdict.run.remaining, &verdict.named.id, verdict.run.clock));
    missed
}

/// A missed promise, as whom it was given to may read of it.
pub fn promise(verdict: &Verdict<'_>, handle: &dyn Fn(&str) -> String) -> Value {
    let run = verdict.run;
    json!({"id": verdict.named.id, "handle": handle(&verdict.named.id), "title": verdict.named.title,
        "priority": run.priority.as_str(), "clock": run.clock.as_str(), "target_seconds": run.target_seconds,
        "late_seconds": -run.remaining, "due": run.due.and_then(time), "stopped": run.stop.and_then(time)})
}

/// A missed promise with what is the desk's own affair: who had it in which queue, by which rule.
fn row(verdict: &Verdict<'_>, at: i64, handle: &dyn Fn(&str) -> String) -> Value {
    let life = &verdict.named.told.life;
    let then = verdict.run.stop.unwrap_or(at);
    let mut row = promise(verdict, handle);
    row["queue"] = json!(life.queue_at(then));
    row["agent"] = json!(life.agent_at(then));
    row["level"] = json!(verdict.judged.level.name);
    row
}

/// `own`: columns of the desk's own affairs.
pub fn columns(own: &[&'static str]) -> Vec<Column> {
    let seconds = |name| Column::of(name, Measure::Working);
    let time = |name| Column::of(name, Measure::Time);
    let plain = ["id", "title", "priority"].iter().chain(own).chain(&["clock"]);
    let mut columns: Vec<Column> = plain.map(|name| Column::plain(name)).collect();
    columns.extend([seconds("target_seconds"), seconds("late_seconds"), time("due"), time("stopped")]);
    columns
}

fn sheets(figures: &Value) -> Vec<Sheet> {
    let counts = |name| vec![Column::plain(name), Column::plain("breaches")];
    vec![
        Sheet::of("queues", "missed by queue", counts("queue"), &figures["queues"]).bars("breaches"),
        Sheet::of("agents", "missed by agent", counts("agent"), &figures["agents"]).bars("breaches"),
        Sheet::of("breaches", "missed, the latest by most first", columns(&["queue", "agent"]), &figures["breaches"]),
    ]
}

fn basis(all: &[&Verdict<'_>]) -> Basis {
    let mut basis =
        Basis::of(&[Column::plain("clock"), Column::plain("priority"), Column::of("late_seconds", Measure::Working)]);
    for verdict in all {
        let run = verdict.run;
        let row = [json!(run.clock.as_str()), json!(run.priority.as_str()), json!(-run.remaining)];
        basis.add(verdict.named, row);
    }
    basis
}
