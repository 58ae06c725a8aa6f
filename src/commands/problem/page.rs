//! One problem as people see it.

use jiff::Timestamp;

use super::{handle, status};
use crate::commands::Context;
use crate::desk::look::Look;
use crate::desk::problems::{Known, lost_by};
use crate::error::Result;
use crate::model::count::counted;
use crate::report::named::Named;
use crate::ui::grid::{Grid, Look as Paint, Shown};
use crate::ui::time;

/// What happened to one of its tickets.
struct Moment<'a> {
    at: i64,
    what: &'a str,
    ticket: &'a Named,
}

pub fn print(ctx: &Context, look: &Look<'_>, one: &Known<'_>) -> Result<()> {
    let ui = &ctx.ui;
    let life = &one.problem.told.life;
    let title = ui.styled(&ui.shown(&one.problem.title), Paint::Bold);
    ui.write(&format!("{}  {title}  {}\n", life.field("priority"), one.problem.id))?;
    let who = life.agent_at(i64::MAX);
    let opened = moment(ctx, look, life.opened);
    let words = [status(life), life.field("resolution"), life.queue_at(i64::MAX), who].map(|word| ui.shown(word));
    let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
    ui.write(&ui.plain(&format!("    {} · opened {opened}\n\n", words.join(" · "))))?;
    let none = |text: &str| if text.is_empty() { ui.nobody().to_owned() } else { ui.shown(text) };
    let customers = one.customers.iter().copied().collect::<Vec<_>>().join(", ");
    let lost = format!(
        "{} of working time in {}, {} open",
        time::minutes(one.lost_seconds / 60),
        counted(one.incidents.len(), "incident"),
        one.open_incidents
    );
    let work = time::minutes(i64::try_from(one.work_minutes).unwrap_or(i64::MAX));
    let lines = [
        ("workaround", none(&one.workaround)),
        ("known error", if one.is_known_error { "yes" } else { "no" }.to_owned()),
        ("lost", lost),
        ("work", work),
        ("customers", none(&customers)),
    ];
    for (name, value) in lines {
        ui.write(&format!("    {name:<13}{value}\n"))?;
    }
    if !one.incidents.is_empty() {
        ui.write("\n")?;
        ui.grid(&incidents(ctx, look, one))?;
    }
    ui.write("\n")?;
    for moment in moments(one) {
        let shown = ui.shown(&moment.ticket.title);
        let at = self::moment(ctx, look, moment.at);
        ui.write(&format!("  {at:<11}  {:<9}  {}  {shown}\n", moment.what, handle(look, moment.ticket)))?;
    }
    ui.finish()?;
    next_step(ctx, look, one);
    Ok(())
}

fn moment(ctx: &Context, look: &Look<'_>, at: i64) -> String {
    time::moment(Timestamp::from_second(at).unwrap_or_default(), look.now, &ctx.env.zone)
}

fn incidents(ctx: &Context, look: &Look<'_>, one: &Known<'_>) -> Grid {
    let row = |incident: &&Named| {
        let life = &incident.told.life;
        vec![
            Shown::new(life.field("priority")),
            Shown::new(handle(look, incident)).look(Paint::Bold),
            Shown::new(&incident.title),
            Shown::new(status(life)),
            Shown::new(life.field("customer")),
            Shown::new(moment(ctx, look, life.opened)),
            Shown::new(time::minutes(lost_by(look, life) / 60)),
        ]
    };
    Grid {
        columns: vec!["P", "ID", "TITLE", "STATUS", "CUSTOMER", "OPENED", "LOST"],
        free: 2,
        right: vec![6],
        rows: one.incidents.iter().map(row).collect(),
    }
}

/// What happened to it and to its incidents, the oldest first.
fn moments<'a>(one: &'a Known<'_>) -> Vec<Moment<'a>> {
    let mut moments = Vec::new();
    for ticket in std::iter::once(one.problem).chain(one.incidents.iter().copied()) {
        let life = &ticket.told.life;
        let opened = std::iter::once((life.opened, "opened"));
        let solved = life.solved.iter().map(|(at, _)| (*at, "resolved"));
        let reopened = life.reopened.iter().map(|at| (*at, "reopened"));
        moments.extend(opened.chain(solved).chain(reopened).map(|(at, what)| Moment { at, what, ticket }));
    }
    moments.sort_by_key(|moment| moment.at);
    moments
}

fn next_step(ctx: &Context, look: &Look<'_>, one: &Known<'_>) {
    let handle = handle(look, one.problem);
    let is_open = one.problem.told.life.is_unsolved_at(look.now.as_second());
    let next = match (is_open, one.open_incidents) {
        (true, 0) => format!("git desk resolve {handle} --resolution fixed -m \"what solved it\""),
        (true, _) => format!("git desk resolve {handle} --cascade --resolution fixed -m \"what solved it\""),
        (false, 0) => format!("git desk show {handle}"),
        (false, _) => format!(
            "git desk {} {handle} --cascade",
            if status(&one.problem.told.life) == "closed" { "close" } else { "resolve" }
        ),
    };
    ctx.ui.status(&format!("\n  next       {next}"));
}
