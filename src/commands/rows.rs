//! Tickets as rows, in every format but the table for people.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Context;
use crate::desk::levels::Clocks;
use crate::desk::look::{Detail, Look, Whole};
use crate::error::{Problem, Result};
use crate::index::Found;
use crate::model::near::nearest;
use crate::ui::format::Format;
use crate::view::ticket::{FIELDS, LONG, OF_THREAD};

/// The columns of TSV and CSV; frozen.
const COLUMNS: &[&str] = &["id", "status", "priority", "queue", "assignee", "opened", "title"];

/// Whether people are to see a table.
pub fn is_table(ctx: &Context) -> bool {
    ctx.ui.format() == Format::Table && ctx.chosen_fields().is_none()
}

/// The name of the desk, where there are several.
pub const DESK: &str = "desk";

pub fn print(ctx: &Context, look: &Look<'_>, found: Vec<Found>) -> Result<()> {
    print_columns(ctx, look, found, COLUMNS)
}

/// With columns of its own where none are chosen.
pub fn print_columns(ctx: &Context, look: &Look<'_>, found: Vec<Found>, columns: &[&str]) -> Result<()> {
    if ctx.ui.format() == Format::Ids {
        return found.iter().try_for_each(|one| ctx.ui.line(one.ticket.id.as_str()));
    }
    let own = || columns.iter().map(|name| (*name).to_owned()).collect();
    let fields = if ctx.wants_json() || ctx.chosen_fields().is_some() { fields(ctx, false)? } else { own() };
    let rows = values(ctx, look, found, &fields)?;
    let columns: Vec<&str> = fields.iter().map(String::as_str).collect();
    ctx.ui.rows(&columns, &rows)
}

/// The fields that were chosen, else those of the format; with `mixed` the desk is one, and the first.
pub fn fields(ctx: &Context, mixed: bool) -> Result<Vec<String>> {
    if let Some(fields) = ctx.chosen_fields() {
        known_fields(fields.iter().filter(|name| !mixed || *name != DESK).cloned().collect())?;
        return Ok(fields);
    }
    let desk = if mixed { &[DESK][..] } else { &[] };
    let usual: Vec<&str> = match ctx.wants_json() {
        true => FIELDS.iter().copied().filter(|name| !LONG.contains(name)).collect(),
        false => COLUMNS.to_vec(),
    };
    Ok(desk.iter().copied().chain(usual).map(str::to_owned).collect())
}

/// Tickets as objects with these fields, and maybe more.
pub fn values(ctx: &Context, look: &Look<'_>, found: Vec<Found>, fields: &[String]) -> Result<Vec<Value>> {
    let known = |name: &String| COLUMNS.contains(&name.as_str()) || name == DESK;
    let plain = !ctx.wants_json() && fields.iter().all(known);
    if plain {
        return Ok(found.iter().map(brief).collect());
    }
    let clocks = if fields.iter().any(|name| name == "sla") { look.clocks(&found)? } else { Vec::new() };
    let clocks = clocks.into_iter().map(Some).chain(std::iter::repeat(None));
    found.into_iter().zip(clocks).map(|(one, clocks)| object(look, one, clocks.unwrap_or_default(), fields)).collect()
}

/// The fields asked for. Exit code 2 names the nearest to an unknown one.
pub fn known_fields(fields: Vec<String>) -> Result<Vec<String>> {
    for name in &fields {
        if !FIELDS.contains(&name.as_str()) {
            let mut problem = Problem::usage(format!("a ticket has no field `{name}`")).code("no_field");
            if let Some(near) = nearest(name, FIELDS.iter().copied()) {
                problem = problem.hint(format!("did you mean `{near}`?")).candidates([near]);
            }
            return Err(problem.hint("all of them: git desk schema ticket").into());
        }
    }
    Ok(fields)
}

/// Whether a field, with or without `-desc`, follows from history, so that a shallow clone cannot know it.
pub fn is_of_history(sort: &str) -> bool {
    let field = sort.strip_suffix("-desc").unwrap_or(sort);
    matches!(field, "acknowledged" | "responded" | "resolved" | "closed" | "updated")
}

/// The frozen columns, without anything that must be looked up.
fn brief(one: &Found) -> Value {
    let ticket = &one.ticket;
    serde_json::json!({"id": ticket.id.as_str(), "status": ticket.status.as_str(), "priority": ticket.priority.as_str(),
        "queue": ticket.queue, "assignee": ticket.assignee, "opened": ticket.opened.to_string(), "title": ticket.title})
}

fn object(look: &Look<'_>, one: Found, clocks: Clocks, fields: &[String]) -> Result<Value> {
    let long = fields.iter().any(|name| OF_THREAD.contains(&name.as_str()) || name == "attachments");
    let whole = look.complete(one, if long { Detail::Whole } else { Detail::Brief })?;
    let whole = Whole { clocks, ..whole };
    let mut object = look.object(&whole);
    if let Value::Object(all) = &mut object {
        all.retain(|name, _| fields.contains(name));
    }
    Ok(object)
}

/// The names that `--fields` or `--json=…` give. Exit code 2 names the nearest to one that is none; `what` has none.
pub fn chosen_of<'a>(
    ctx: &Context,
    what: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Result<Option<Vec<String>>> {
    let Some(names) = ctx.chosen_fields() else { return Ok(None) };
    let mut known: Vec<&str> = known.into_iter().collect();
    let Some(strange) = names.iter().find(|name| !known.contains(&name.as_str())) else { return Ok(Some(names)) };
    let problem = Problem::usage(format!("{what} has no `{strange}`")).code("no_field");
    let problem = match nearest(strange, known.iter().copied()) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")).candidates([near]),
        None => problem,
    };
    let mut named = BTreeSet::new();
    known.retain(|name| named.insert(*name));
    Err(problem.hint(format!("there are {}", known.join(", "))).into())
}

/// The same of the keys of an object.
pub fn chosen_keys(ctx: &Context, what: &str, object: &Value) -> Result<Option<Vec<String>>> {
    chosen_of(ctx, what, object.as_object().into_iter().flat_map(|all| all.keys().map(String::as_str)))
}

/// What was done, in a format for programs: the columns, or whichever of them and of `more` were chosen; `what` is one.
pub fn done(ctx: &Context, what: &str, columns: &[&str], more: &[&str], objects: &[Value]) -> Result<()> {
    let chosen = chosen_of(ctx, what, more.iter().chain(columns).copied())?;
    if ctx.wants_json() {
        let objects: Vec<Value> = objects.iter().map(|object| ctx.chosen(object.clone())).collect();
        return ctx.ui.json_list(&objects);
    }
    match chosen {
        Some(names) => ctx.ui.rows(&names.iter().map(String::as_str).collect::<Vec<_>>(), objects),
        None => ctx.ui.rows(columns, objects),
    }
}

/// From cron with `-q`, what went well is nobody's mail, unless a format or fields were asked for.
pub fn is_silent(ctx: &Context) -> bool {
    ctx.ui.style.quiet && ctx.ui.style.format.is_none() && ctx.chosen_fields().is_none()
}
