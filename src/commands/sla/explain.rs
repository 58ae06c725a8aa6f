//! `sla explain`: the screen that settles an argument.

use serde_json::{Value, json};

use crate::commands::Context;
use crate::commands::clocks::{short, word};
use crate::commands::rows::{chosen_keys, chosen_of};
use crate::desk::customers::damage;
use crate::desk::explain::{Explained, Explanation, Kind, Segment};
use crate::desk::look::Look;
use crate::error::{Problem, Result};
use crate::index::{Found, Logged};
use crate::model::clock::State;
use crate::model::policy::Span;
use crate::ui::format::Format;
use crate::view::clock;

mod page;

const COLUMNS: &[&str] = &[
    "id",
    "clock",
    "cycle",
    "state",
    "priority",
    "target_seconds",
    "used_seconds",
    "remaining_seconds",
    "due",
    "line",
];

pub fn run(ctx: &Context, look: &Look<'_>, ids: &[String]) -> Result<()> {
    let mut told = Vec::new();
    for typed in ids {
        let id = look.find(typed, ctx.ui.stdout_terminal)?;
        // Exit code 6 for a damaged file.
        let found = look.ticket(id)?;
        let explanation = Explanation::of(look, &found)?;
        if let Some(damaged) = damage(&look.snapshot()?, &found.ticket.customer)? {
            ctx.ui.warning(&format!(
                "{}; what was agreed with {} may not be all here",
                damaged.told(),
                found.ticket.customer
            ));
        }
        told.push((found, explanation));
    }
    match ctx.ui.format() {
        Format::Table if ctx.chosen_fields().is_none() => {
            for (at, (found, explanation)) in told.iter().enumerate() {
                if at > 0 {
                    ctx.ui.write("\n")?;
                }
                page::print(ctx, look, found, explanation)?;
            }
            Ok(())
        }
        Format::Ids => Err(Problem::usage("an explanation is words, not tickets, so it has no ids").into()),
        Format::Json | Format::Jsonl => {
            let objects: Vec<Value> = told.iter().map(|(found, one)| object(found, one, look)).collect();
            if let Some(first) = objects.first() {
                chosen_keys(ctx, "an explanation", first)?;
            }
            match <[Value; 1]>::try_from(objects) {
                Ok([one]) => ctx.ui.json(&ctx.chosen(one)),
                Err(several) => ctx.ui.json_list(&several.into_iter().map(|one| ctx.chosen(one)).collect::<Vec<_>>()),
            }
        }
        Format::Table | Format::Tsv | Format::Csv | Format::Markdown | Format::Html => {
            let rows = told.iter().flat_map(|(found, one)| rows(found, one)).collect::<Vec<_>>();
            let known = COLUMNS.iter().chain(&["target", "started", "stopped"]).copied();
            let chosen = chosen_of(ctx, "an explanation", known)?;
            let names = chosen.unwrap_or_else(|| COLUMNS.iter().map(|name| (*name).to_owned()).collect());
            ctx.ui.rows(&names.iter().map(String::as_str).collect::<Vec<_>>(), &rows)
        }
    }
}

/// A row for each clock, for formats that have rows.
fn rows(found: &Found, explanation: &Explanation<'_>) -> Vec<Value> {
    let row = |one: &Explained| {
        let mut row = clock::run(&one.run);
        row["id"] = json!(found.ticket.id.as_str());
        row["priority"] = json!(one.run.priority.as_str());
        row["line"] = match &explanation.level {
            Some(level) => json!(format!("{}:{}", level.file, one.line)),
            None => Value::Null,
        };
        row
    };
    explanation.clocks.iter().map(row).collect()
}

fn object(found: &Found, explanation: &Explanation<'_>, look: &Look<'_>) -> Value {
    let level = explanation.level.as_ref().map(|level| {
        let zone = explanation.schedule.map(|schedule| schedule.calendar().timezone.clone());
        json!({"name": level.name, "file": level.file, "line": level.line, "calendar": level.calendar,
            "calendar_line": look.policy.line(&format!("calendars.{}", level.calendar)), "timezone": zone})
    });
    let clocks: Vec<Value> = explanation.clocks.iter().map(|one| explained(one, explanation)).collect();
    json!({"schema": "desk.explanation/1", "id": found.ticket.id.as_str(), "title": found.ticket.title, "level": level,
        "clocks": clocks})
}

fn explained(one: &Explained, explanation: &Explanation<'_>) -> Value {
    let cause = |at: Option<usize>| at.and_then(|at| explanation.act(at)).map_or(Value::Null, act);
    let segment = |segment: &Segment| {
        let (state, why) = match segment.kind {
            Kind::Running => ("running", "running"),
            Kind::Changed => ("running", "priority"),
            Kind::Waiting => ("paused", "waiting"),
            Kind::Solved => ("paused", "solved"),
        };
        json!({"from": clock::time(Some(segment.from)), "to": clock::time(Some(segment.to)), "state": state, "why": why,
            "working_seconds": segment.worked, "cause": cause(segment.cause)})
    };
    let mut object = clock::run(&one.run);
    object["priority"] = json!(one.run.priority.as_str());
    object["line"] = json!(one.line);
    object["segments"] = one.segments.iter().map(segment).collect();
    object["ended_by"] = cause(one.stopped);
    object
}

fn act(act: &Logged) -> Value {
    json!({"commit": act.commit, "at": act.at.to_string(), "by": act.email, "subject": act.subject})
}

/// `met · used 11m of 15m`; `breached · used 10h 42m of 8h · late 2h 42m · paused 15m`.
fn verdict(one: &Explained) -> String {
    let run = &one.run;
    let state = match run.state {
        State::Cancelled => "not judged",
        state => state.as_str(),
    };
    let mut parts = vec![state.to_owned(), format!("used {} of {}", short(run.used), target(one))];
    match run.state {
        State::Breached if run.stop.is_some() => parts.push(format!("{} too late", short(-run.remaining))),
        State::Breached => parts.push(format!("late {}", short(-run.remaining))),
        State::Running | State::Paused => parts.push(format!("{} left", short(run.remaining))),
        State::Met | State::Cancelled | State::None => {}
    }
    let paused = one.segments.iter().filter(|segment| matches!(segment.kind, Kind::Waiting | Kind::Solved));
    let paused: i64 = paused.map(|segment| segment.worked).sum();
    if paused > 0 {
        parts.push(format!("paused {}", short(paused)));
    }
    parts.join(" · ")
}

/// `8h`; `3bd (24h)`.
fn target(one: &Explained) -> String {
    match one.run.target {
        Span::Seconds(_) => one.run.target.to_string(),
        Span::WorkingDays(_) | Span::EndOfWorkingDay(_) => {
            format!("{} ({})", one.run.target, short(one.run.target_seconds))
        }
    }
}
