//! `at-risk`: what will be late if nobody does anything.

use serde_json::{Value, json};

use super::asked::Asked;
use super::basis::Basis;
use super::judged::running;
use super::named::{Judged, Named};
use super::{Column, Measure, Report, Sheet, time};
use crate::model::clock::{Run, State};
use crate::model::count::counted;

/// Clocks that go on in time and have used more than three quarters of their target, the least left first. Those that
/// stand still are told, too: they go on where they stopped. As of the end of the period, or now.
pub fn at_risk(tickets: &[Named], asked: &Asked<'_>) -> Report {
    let mut all: Vec<(&Named, &Judged, &Run)> = running(tickets).filter(|(_, _, run)| run.is_at_risk()).collect();
    all.sort_by_key(|(named, _, run)| (run.state == State::Paused, run.remaining, &named.id, run.clock));
    let at = asked.moment();
    let rows: Vec<Value> = all.iter().map(|one| row(one, at, asked.handle)).collect();
    let paused = all.iter().filter(|(_, _, run)| run.state == State::Paused).count();
    let figures = json!({"as_of": time(at), "at_risk": rows});
    let seconds = |name| Column::of(name, Measure::Working);
    let mut columns = ["id", "title", "priority", "queue", "agent", "clock", "state"].map(Column::plain).to_vec();
    columns.extend([seconds("used_seconds"), seconds("target_seconds"), seconds("left_seconds")]);
    columns.push(Column::of("due", Measure::Time));
    let sheet = Sheet::of("at_risk", "more than three quarters used", columns, &figures["at_risk"]);
    Report {
        name: "at-risk",
        heading: format!("what will be late soon, as of {}, in working time", asked.day(at)),
        sheets: vec![sheet],
        tickets: asked.basis(|| basis(&all)),
        sentence: Some(match all.len() {
            0 => "Nothing is at risk.".to_owned(),
            count => format!("{} at risk, {paused} of them paused.", counted(count, "promise")),
        }),
        figures,
        ..Report::default()
    }
}

fn row((named, judged, run): &(&Named, &Judged, &Run), at: i64, handle: &dyn Fn(&str) -> String) -> Value {
    let life = &named.told.life;
    json!({"id": named.id, "handle": handle(&named.id), "title": named.title, "priority": run.priority.as_str(),
        "queue": life.queue_at(at), "agent": life.agent_at(at), "level": judged.level.name,
        "clock": run.clock.as_str(), "state": run.state.as_str(), "target_seconds": run.target_seconds,
        "used_seconds": run.used, "left_seconds": run.remaining, "due": run.due.and_then(time)})
}

fn basis(all: &[(&Named, &Judged, &Run)]) -> Basis {
    let mut basis = Basis::of(&[Column::plain("clock"), Column::of("left_seconds", Measure::Working)]);
    for (named, _, run) in all {
        basis.add(named, [json!(run.clock.as_str()), json!(run.remaining)]);
    }
    basis
}
