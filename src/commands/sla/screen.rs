//! The clocks as people see them, in parts: late, within the hour, later, paused.

use super::{Part, Row, urgency};
use crate::commands::Context;
use crate::commands::clocks::{cell, moment, short, word};
use crate::desk::look::Look;
use crate::error::Result;
use crate::model::clock::{Run, State};
use crate::model::ticket::Ticket;
use crate::model::word::Priority;
use crate::ui::grid::{Grid, Look as Paint, Shown};
use crate::ui::{chart, time};

/// Cells of a bar.
const BAR: usize = 8;

pub fn print(ctx: &Context, look: &Look<'_>, rows: &[Row]) -> Result<()> {
    if rows.is_empty() {
        ctx.ui.status("no clock goes on");
        return Ok(());
    }
    let now = look.now.as_second();
    let mut grid = Grid {
        columns: vec!["P", "ID", "TITLE", "WHO", "CLOCK", "USED", "LEFT", "DUE"],
        free: 2,
        right: vec![6],
        rows: Vec::new(),
    };
    let mut part = None;
    for row in rows {
        let telling = row.telling();
        let first = telling.iter().map(|run| urgency(run, now).0).min();
        if part != first {
            part = first;
            grid.rows.push(vec![Shown::new(part.map_or("", Part::words)).look(Paint::Bold)]);
        }
        let mut runs = telling;
        runs.sort_by_key(|run| urgency(run, now));
        for (at, run) in runs.into_iter().enumerate() {
            let mut line = if at == 0 { ticket_cells(ctx, look, row)? } else { vec![Shown::new(""); 4] };
            line.extend(clock_cells(ctx, look, &row.found.ticket, run));
            grid.rows.push(line);
        }
    }
    ctx.ui.grid(&grid)?;
    ctx.ui.finish()?;
    footer(ctx, look, rows)
}

impl Part {
    fn words(self) -> &'static str {
        match self {
            Part::Late => "late",
            Part::Soon => "within the hour",
            Part::Later => "later",
            Part::Paused => "paused",
        }
    }
}

fn ticket_cells(ctx: &Context, look: &Look<'_>, row: &Row) -> Result<Vec<Shown>> {
    let ticket = &row.found.ticket;
    let urgency = match ticket.priority {
        Priority::P1 => Paint::Urgent,
        Priority::P2 => Paint::Raised,
        Priority::P3 | Priority::P4 | Priority::P5 => Paint::Plain,
    };
    let who = if ticket.assignee.is_empty() { ctx.ui.nobody() } else { ticket.assignee.as_str() };
    Ok(vec![
        Shown::new(ticket.priority.as_str()).look(urgency),
        Shown::new(look.index.handle(ticket.id)?).look(Paint::Bold),
        Shown::new(&ticket.title),
        Shown::new(who),
    ])
}

fn clock_cells(ctx: &Context, look: &Look<'_>, ticket: &Ticket, run: &Run) -> Vec<Shown> {
    let late = run.is_late();
    let left = ctx.ui.plain(&short(run.remaining));
    let due = match (run.state, run.due) {
        (State::Paused, _) => {
            let on = ticket.waiting_on.map_or("paused".to_owned(), |on| format!("on {on}"));
            let wake = ticket.wake.map(|wake| format!(" until {}", time::moment(wake, look.now, &ctx.env.zone)));
            Shown::new(on + &wake.unwrap_or_default()).look(Paint::Dim)
        }
        (_, Some(due)) => Shown::new(moment(ctx, look, due)),
        (_, None) => cell(ctx, look, run),
    };
    vec![
        Shown::new(word(run.clock)),
        Shown::new(chart::gauge(run.percent(), BAR, ctx.ui.style.utf8)),
        Shown::new(left).look(if late { Paint::Urgent } else { Paint::Plain }),
        due,
    ]
}

/// By what is promised, and how to ask why.
fn footer(ctx: &Context, look: &Look<'_>, rows: &[Row]) -> Result<()> {
    let mut levels: Vec<&str> = Vec::new();
    let mut calendars: Vec<&str> = Vec::new();
    for level in rows.iter().filter_map(|row| row.clocks.level.as_deref()) {
        if !levels.contains(&level.name.as_str()) {
            levels.push(&level.name);
        }
        if !calendars.contains(&level.calendar.as_str()) {
            calendars.push(&level.calendar);
        }
    }
    let names = match levels.len() {
        0..=2 => levels.join(", "),
        more => format!("{more} service levels"),
    };
    let hours = match calendars.as_slice() {
        [one] => hours(ctx, look, one),
        several => format!("{} calendars", several.len()),
    };
    ctx.ui.status(&ctx.ui.shown(&format!("{names}, {hours}")));
    let first = look.index.handle(rows[0].found.ticket.id)?;
    let why = if rows[0].open().any(Run::is_late) { "why is one late" } else { "why is it so" };
    ctx.ui.status(&format!("{why}: git desk sla explain {first}"));
    Ok(())
}

/// `office (Europe/Amsterdam), now Tue 24 Nov 2026 10:42, open until 17:00`
fn hours(ctx: &Context, look: &Look<'_>, name: &str) -> String {
    let schedule = look.levels().schedule(look, name);
    let now = look.now.as_second();
    let open = match schedule.opening(now) {
        Some((start, end)) if start <= now => format!("open until {}", moment(ctx, look, end)),
        Some((start, _)) => format!("closed until {}", moment(ctx, look, start)),
        None => "closed for good".to_owned(),
    };
    format!("{name} ({}), now {}, {open}", schedule.calendar().timezone, time::full(look.now, &ctx.env.zone))
}
