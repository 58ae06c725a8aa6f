//! `sla --would-fire`: the escalation rules whose time has come.

use serde_json::{Value, json};

use super::{of_ticket, shape};
use crate::commands::clocks::word;
use crate::commands::{Context, rows};
use crate::desk::escalation::{Firing, due};
use crate::desk::look::Look;
use crate::error::{Problem, Result};
use crate::index::Found;
use crate::ui::format::Format;
use crate::ui::grid::{Grid, Look as Paint, Shown};
use crate::view::clock;

const COLUMNS: &[&str] =
    &["id", "rule", "clock", "cycle", "at", "do", "to", "used_seconds", "remaining_seconds", "title"];

/// Of the first `limit` tickets that a rule would fire for.
pub fn run(ctx: &Context, look: &Look<'_>, found: &[Found], limit: Option<usize>, exit_code: bool) -> Result<()> {
    let mut firings = due(look, found)?;
    if let Some(limit) = limit {
        let of_tickets = firings.chunk_by(|a, b| a.found.ticket.id == b.found.ticket.id);
        let count = of_tickets.take(limit).map(<[Firing<'_>]>::len).sum();
        firings.truncate(count);
    }
    match ctx.ui.format() {
        Format::Ids => {
            let mut ids: Vec<&str> = firings.iter().map(|firing| firing.found.ticket.id.as_str()).collect();
            ids.dedup();
            ids.into_iter().try_for_each(|id| ctx.ui.line(id))?;
        }
        Format::Table if rows::is_table(ctx) => table(ctx, look, &firings)?,
        _ => {
            let objects: Vec<Value> = firings.iter().map(|firing| object(look, firing)).collect::<Result<_>>()?;
            shape(ctx, &objects, COLUMNS, "firing")?;
        }
    }
    if firings.is_empty() && exit_code {
        ctx.ui.finish()?;
        return Err(Problem::no("").code("empty").into());
    }
    Ok(())
}

fn object(look: &Look<'_>, firing: &Firing<'_>) -> Result<Value> {
    let mut own = clock::run(&firing.run);
    let rule = firing.rule;
    own["rule"] = json!(rule.name);
    own["line"] = json!(rule.line);
    own["at"] = json!(rule.at.to_string());
    own["do"] = rule.deeds.iter().map(|deed| json!(deed.as_str())).collect();
    own["to"] = if rule.to.is_empty() { Value::Null } else { json!(rule.to) };
    let handle = look.index.handle(firing.found.ticket.id)?;
    Ok(of_ticket(&handle, &firing.found, &firing.clocks, "desk.firing/1", own))
}

fn table(ctx: &Context, look: &Look<'_>, firings: &[Firing<'_>]) -> Result<()> {
    if firings.is_empty() {
        let none = if look.policy.escalation.is_empty() {
            "desk.toml has no [[escalation]] rule"
        } else {
            "no rule would fire"
        };
        ctx.ui.status(none);
        return Ok(());
    }
    let mut grid = Grid {
        columns: vec!["P", "ID", "TITLE", "CLOCK", "AT", "RULE", "WOULD"],
        free: 2,
        right: vec![],
        rows: Vec::new(),
    };
    for firing in firings {
        let (ticket, rule) = (&firing.found.ticket, firing.rule);
        let name = if rule.name.is_empty() { format!("line {}", rule.line) } else { rule.name.clone() };
        let deeds: Vec<&str> = rule.deeds.iter().map(|deed| deed.as_str()).collect();
        let to = if rule.to.is_empty() { String::new() } else { format!(" to {}", rule.to) };
        grid.rows.push(vec![
            Shown::new(ticket.priority.as_str()),
            Shown::new(look.index.handle(ticket.id)?).look(Paint::Bold),
            Shown::new(&ticket.title),
            Shown::new(word(firing.run.clock)),
            Shown::new(rule.at.to_string()),
            Shown::new(name),
            Shown::new(format!("{}{to}", deeds.join(", "))),
        ]);
    }
    ctx.ui.grid(&grid)
}
