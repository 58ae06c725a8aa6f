//! `desk.delivered/1`: what became of an event.

use serde_json::{Value, json};

use super::Context;
use super::rows::{done, is_silent, is_table};
use crate::desk::machines::deliver::{Applied, Did};
use crate::desk::machines::flush::Flushed;
use crate::error::{Problem, Result};
use crate::model::count::counted;
use crate::ui::format::Format;

/// The columns of TSV and CSV; frozen.
const COLUMNS: &[&str] = &["did", "id", "count", "key", "title", "error"];

/// So many more problems than the first are told.
const TOLD: usize = 10;

/// Prints what became of events. Exit code 6 when no desk takes some of them, or a damaged file keeps some back; 5 when
/// one that a person is editing does; 7 when references of an inbox could not be taken away.
pub fn print(ctx: &Context, flushed: &Flushed) -> Result<()> {
    if is_silent(ctx) {
        return refused(ctx, flushed);
    }
    let applied = flushed.applied.iter().map(object);
    let waits = flushed.held.events();
    let failures = flushed.failed.iter().map(|(what, why)| (what.as_str(), why.as_str())).chain(waits);
    let objects: Vec<Value> = applied.chain(failures.map(|(what, why)| failed(what, why))).collect();
    match ctx.ui.format() {
        Format::Ids => {
            let mut tickets = flushed.applied.iter().filter_map(|one| one.ticket.as_ref());
            tickets.try_for_each(|ticket| ctx.ui.line(ticket.id.as_str()))?;
        }
        Format::Table if is_table(ctx) => told(ctx, flushed)?,
        _ => {
            let more = ["schema", "event", "ask", "handle", "priority", "queue", "assignee", "first"];
            done(ctx, "an event", COLUMNS, &more, &objects)?;
        }
    }
    ctx.ui.finish()?;
    refused(ctx, flushed)
}

/// The first of what went wrong is the command's own error; before that each other is told, once.
fn refused(ctx: &Context, flushed: &Flushed) -> Result<()> {
    let problems = not_taken(flushed).into_iter().chain(stay(flushed)).chain(flushed.held.problems());
    let mut problems = problems.chain(left(flushed));
    let Some(first) = problems.next() else { return Ok(()) };
    for problem in problems.by_ref().take(TOLD) {
        ctx.ui.warning(&problem.message);
        problem.hints.iter().for_each(|hint| ctx.ui.hint(hint));
    }
    match problems.count() {
        0 => {}
        more => ctx.ui.warning(&format!("events wait for {} more", counted(more, "file"))),
    }
    Err(first.into())
}

fn not_taken(flushed: &Flushed) -> Option<Problem> {
    let (what, why) = flushed.failed.first()?;
    let others = match flushed.failed.len() {
        1 => String::new(),
        many => format!(", and {} more", many - 1),
    };
    let problem = Problem::invalid(format!("{what} is no event that this desk takes: {why}{others}")).code("bad_event");
    Some(problem.hint("it was put aside, with the reason, and keeps no other back"))
}

/// What could not be put aside.
fn stay(flushed: &Flushed) -> impl Iterator<Item = Problem> {
    let problem = |(path, why): &(String, String)| {
        Problem::invalid(format!("{path} is no event that this desk takes, and stays where it is: {why}"))
            .code("bad_event")
            .hint("it keeps no other back; remove it by hand")
    };
    flushed.stay.iter().map(problem)
}

fn left(flushed: &Flushed) -> Option<Problem> {
    let (count, why) = flushed.left.as_ref()?;
    let stay = if *count == 1 { "stays" } else { "stay" };
    let message =
        format!("{} of the inbox {stay}, although all of it was applied: {why}", counted(*count, "reference"));
    Some(
        Problem::repository(message)
            .code("write_failed")
            .hint("the next `git desk intake` takes it away; a lock that a killed program left: git desk doctor --fix"),
    )
}

/// An event that was applied.
pub fn object(one: &Applied) -> Value {
    let ticket = one.ticket.as_ref();
    json!({"schema": "desk.delivered/1", "event": one.event, "ask": one.ask.as_str(), "key": one.key,
        "did": one.did.as_str(), "id": ticket.map(|ticket| ticket.id.as_str()),
        "title": ticket.map(|ticket| ticket.title.as_str()), "priority": ticket.map(|ticket| ticket.priority.as_str()),
        "queue": ticket.map(|ticket| ticket.queue.as_str()), "assignee": ticket.map(|ticket| ticket.assignee.as_str()),
        "count": one.count, "first": one.first.map(|first| first.to_string()), "error": null})
}

/// An event that a hub took: what becomes of it is the hub's.
pub fn taken(event: &str) -> Value {
    json!({"schema": "desk.delivered/1", "event": event, "ask": null, "key": null, "did": null, "id": null,
        "title": null, "priority": null, "queue": null, "assignee": null, "count": 0, "first": null, "error": null})
}

fn failed(what: &str, why: &str) -> Value {
    let mut object = taken(what);
    object["error"] = Value::from(why);
    object
}

fn told(ctx: &Context, flushed: &Flushed) -> Result<()> {
    for one in flushed.applied.iter().filter(|one| !matches!(one.did, Did::Nothing | Did::Before)) {
        let Some(ticket) = &one.ticket else { continue };
        let times = if one.count > 1 { format!("  ×{}", one.count) } else { String::new() };
        let line = format!("{:<12} {}  {}{times}", one.did, ticket.id, ticket.title);
        ctx.ui.write(&format!("{}\n", ctx.ui.shown(&line)))?;
    }
    ctx.ui.finish()?;
    let quiet = flushed.applied.iter().filter(|one| matches!(one.did, Did::Nothing | Did::Before)).count();
    if flushed.applied.is_empty() && flushed.failed.is_empty() && flushed.stay.is_empty() && flushed.held.is_empty() {
        ctx.ui.status("nothing waits");
    } else if quiet > 0 {
        ctx.ui.status(&format!("{} changed nothing", counted(quiet, "event")));
    }
    Ok(())
}
