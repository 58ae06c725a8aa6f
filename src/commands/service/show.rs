//! `service show`

use crate::commands::about::{self, INDENT, labelled};
use crate::commands::clocks::word;
use crate::commands::{Context, rows};
use crate::desk::catalogue::known;
use crate::desk::look::Look;
use crate::error::Result;
use crate::index::Found;
use crate::model::catalogue::{ClockStart, Question, Service};
use crate::model::id::TicketId;
use crate::model::policy::Clock;
use crate::model::ticket::Ticket;
use crate::model::times::Times;
use crate::model::word::{Kind, Priority};
use crate::ui::format::Format;
use crate::ui::markdown::{Paper, render};
use crate::view;

pub fn show(ctx: &Context, name: &str) -> Result<()> {
    let look = ctx.look()?;
    let service = known(&look.snapshot()?, name)?;
    let object = view::catalogue::service(name, &service);
    match ctx.ui.format() {
        Format::Table => page(ctx, &look, name, &service),
        Format::Json | Format::Jsonl => {
            rows::chosen_keys(ctx, "a service", &object)?;
            ctx.ui.json(&ctx.chosen(object))
        }
        Format::Ids => ctx.ui.line(name),
        Format::Tsv | Format::Csv | Format::Markdown | Format::Html => about::pairs(ctx, &object),
    }
}

fn page(ctx: &Context, look: &Look<'_>, name: &str, service: &Service) -> Result<()> {
    let ui = &ctx.ui;
    let room = ui.width.saturating_sub(INDENT.len() + 2).clamp(20, 100);
    let line = |label: &str, value: &str| labelled(ctx, label, value);
    let title = if service.title.is_empty() { name } else { &service.title };
    let mut out = format!("{}  {name}\n", ui.shown(title));
    let ticket = as_ticket(look, name, service);
    let about =
        [service.audience.to_string(), ticket.queue.clone(), service.category.clone(), ticket.priority.to_string()];
    let about: Vec<String> = about.into_iter().filter(|word| !word.is_empty()).map(|word| ui.shown(&word)).collect();
    out.push_str(&format!("{INDENT}{}\n", ui.plain(&about.join(" · "))));
    if !service.description.is_empty() {
        out.push('\n');
        let paper = Paper { width: room, colour: ui.style.colour, utf8: ui.style.utf8 };
        for text in render(&service.description, paper).trim_end().lines() {
            out.push_str(format!("{INDENT}{text}").trim_end());
            out.push('\n');
        }
    }
    out.push('\n');
    for question in &service.form {
        out.push_str(&line(&question.name, &asks(question)));
    }
    if !service.approval.is_empty() {
        out.push_str(&line("approval", &service.approval.join(" and ")));
    }
    if let Some(promised) = promised(look, service, ticket)? {
        out.push_str(&line("promised", &promised));
    }
    ui.write(&out)?;
    ui.status(&format!("\n  next       git desk service request {name}"));
    Ok(())
}

/// `Which model? (13, 16; required)`
fn asks(question: &Question) -> String {
    let required = if question.required { "; required" } else { "" };
    let help = if question.help.is_empty() { String::new() } else { format!("\n{}", question.help) };
    format!("{} ({}{required}){help}", question.label, question.takes())
}

/// The ticket that a request would be.
fn as_ticket(look: &Look<'_>, name: &str, service: &Service) -> Ticket {
    let policy = &look.policy;
    let priority = match (service.impact, service.urgency) {
        (Some(impact), Some(urgency)) => policy.priority(impact, urgency),
        (_, _) => Priority::P3,
    };
    let queue = if service.queue.is_empty() { &policy.desk.default_queue } else { &service.queue };
    Ticket {
        kind: Kind::Request,
        impact: service.impact,
        urgency: service.urgency,
        priority,
        queue: queue.clone(),
        service: name.to_owned(),
        category: service.category.clone(),
        ..Ticket::new(TicketId::draw(look.now, 0), service.title.clone(), look.now)
    }
}

/// `respond 4h, resolve 3bd from the approval on (default, desk.toml:58)`
fn promised(look: &Look<'_>, service: &Service, ticket: Ticket) -> Result<Option<String>> {
    let found = Found { ticket, times: Times::default() };
    let Some(level) = look.levels().level(look, &found)? else { return Ok(None) };
    let Some(targets) = level.targets.get(&found.ticket.priority) else { return Ok(None) };
    let promise = |clock: &Clock| Some(format!("{} {}", word(*clock), targets.of(*clock)?));
    let all: Vec<String> = Clock::ALL.iter().filter_map(promise).collect();
    let from = match service.clock_start {
        ClockStart::Approved => " from the approval on",
        ClockStart::Opened => "",
    };
    Ok(Some(format!("{}{from} ({}, {}:{})", all.join(", "), level.name, level.file, level.line)))
}
