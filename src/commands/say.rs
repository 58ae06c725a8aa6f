//! Confirmations: one line on a terminal for what was done, and what to type next. Off a terminal nothing.

use std::collections::BTreeSet;

use super::Context;
use super::clocks::{moment, word};
use super::kb::suggest;
use crate::desk::knowledge::suggest::Suggestion;
use crate::desk::tickets::Acted;
use crate::error::Result;
use crate::model::clock::Run;
use crate::model::count::counted;
use crate::model::id::TicketId;
use crate::model::policy::Clock;
use crate::model::ticket::Ticket;
use crate::model::word::{EntryKind, Kind, Status};
use crate::ui::grid::cut;
use crate::ui::time;

/// How a ticket is called on screen.
fn handle(ctx: &Context, id: TicketId) -> String {
    let short = || ctx.desk()?.index()?.handle(id);
    short().unwrap_or_else(|_| id.to_string())
}

/// Whether there is anybody to talk to.
fn listening(ctx: &Context) -> bool {
    ctx.ui.talks() && !ctx.globals.dry_run
}

/// `alike` names open tickets that may be of the same trouble.
pub fn opened(ctx: &Context, acted: &Acted, alike: bool) {
    if !listening(ctx) {
        return;
    }
    let ticket = &acted.after;
    let handle = handle(ctx, ticket.id);
    if acted.created() {
        let queue = if ticket.queue.is_empty() { String::new() } else { format!(" in {}", ticket.queue) };
        // An answer that cannot be had is no reason to fail: the ticket is there.
        let promised = promised(ctx, ticket.id).unwrap_or_default();
        let line = format!("opened {handle}{queue} for {}, {}{promised}", ticket.requester, ticket.priority);
        ctx.ui.status(&ctx.ui.plain(&line));
        let others = if alike { same_trouble(ctx, ticket, &handle).unwrap_or_default() } else { Vec::new() };
        others.iter().for_each(|line| ctx.ui.status(line));
        may_help(ctx, ticket)
            .unwrap_or_default()
            .iter()
            .for_each(|line| ctx.ui.status(&format!("may help       {line}")));
        ctx.ui.status(&format!("next           git desk take {handle}"));
    } else if acted.changed {
        let count = acted.entries.iter().filter_map(|entry| entry.number("count")).max().unwrap_or(2);
        ctx.ui.status(&format!("{handle} is open already for this key: counted, {count} times now"));
    } else {
        ctx.ui.status(&format!("{handle} had been opened by this very operation"));
    }
}

/// When a new ticket is to be answered and solved: ` · respond by 14:38, resolve by Thu 10:38`.
fn promised(ctx: &Context, id: TicketId) -> Result<String> {
    let look = ctx.desk()?.look(None)?;
    let runs = look.clocks_of(&look.ticket(id)?)?.runs;
    let open = runs.iter().filter(|run| run.is_open() && matches!(run.clock, Clock::Respond | Clock::Resolve));
    let by = |run: &Run| Some(format!("{} by {}", word(run.clock), moment(ctx, &look, run.due?)));
    let words: Vec<String> = open.filter_map(by).collect();
    Ok(if words.is_empty() { String::new() } else { format!(" · {}", words.join(", ")) })
}

/// Open tickets that may be of the same trouble, each with how to make one of the two.
fn same_trouble(ctx: &Context, ticket: &Ticket, handle: &str) -> Result<Vec<String>> {
    let look = ctx.desk()?.look(None)?;
    let ui = &ctx.ui;
    let mut lines = Vec::new();
    for found in look.similar(ticket, 2)? {
        let other = look.index.handle(found.ticket.id)?;
        let title = cut(&found.ticket.title, 40, ui.ellipsis());
        let merge = format!("git desk merge {handle} --into {other}");
        lines.push(format!("same trouble?  {other}  {title}  {}  {merge}", whose(ctx, &found.ticket)));
    }
    Ok(lines)
}

/// Articles that may help, a line each, with what they have solved.
fn may_help(ctx: &Context, ticket: &Ticket) -> Result<Vec<String>> {
    let look = ctx.desk()?.look(None)?;
    Ok(help_lines(ctx, &look.may_help(ticket)?))
}

/// `printers/blank-pages  Blank pages after a toner change     solved 9 of 11`
pub fn help_lines(ctx: &Context, suggestions: &[Suggestion]) -> Vec<String> {
    let widest = suggestions.iter().map(|one| one.head.name.chars().count()).max().unwrap_or(0);
    let line = |one: &Suggestion| {
        let title = cut(&ctx.ui.shown(&one.head.title), 48, ctx.ui.ellipsis());
        let solved = match suggest::record(one) {
            none if none.is_empty() => none,
            record => format!("     solved {record}"),
        };
        format!("{:<widest$}  {title}{solved}", one.head.name)
    };
    suggestions.iter().map(line).collect()
}

/// Who has a ticket, or where it waits, and since when: `chris, since Fri 10:12`.
pub fn whose(ctx: &Context, ticket: &Ticket) -> String {
    let since = time::moment(ticket.opened, ctx.env.now, &ctx.env.zone);
    match (ticket.assignee.as_str(), ticket.queue.as_str()) {
        ("", "") => format!("since {since}"),
        ("", queue) => format!("in {queue}, since {since}"),
        (who, _) => format!("{who}, since {since}"),
    }
}

/// Of a request of the catalogue; `approval` names who must approve it.
pub fn requested(ctx: &Context, acted: &Acted, approval: &[String]) {
    if approval.is_empty() || !acted.created() {
        return opened(ctx, acted, false);
    }
    if !listening(ctx) {
        return;
    }
    let ticket = &acted.after;
    let handle = handle(ctx, ticket.id);
    let who = approval.join(" and ");
    ctx.ui.status(&format!("opened {handle} for {}; it waits for the approval of {who}", ticket.requester));
    ctx.ui.status(&format!("next           git desk approve {handle}"));
}

/// What an approval did: the work begins, or others are still asked.
pub fn approved(ctx: &Context, done: &[Acted]) {
    // An answer that cannot be had is no reason to fail: the approval is there.
    let left = |ticket: &Ticket| ctx.desk()?.look(None)?.approvers_left(ticket);
    each(ctx, done, |acted, handle| match left(&acted.after).unwrap_or_default().as_slice() {
        [] => format!("{handle} is approved"),
        [one] => format!("{handle} has your approval; {one} has yet to"),
        several => format!("{handle} has your approval; {} have yet to", several.join(" and ")),
    });
}

pub fn assigned(ctx: &Context, done: &[Acted]) {
    each(ctx, done, |acted, handle| match acted.after.assignee.as_str() {
        "" => format!("{handle} is nobody's now"),
        who => format!("{handle} is {who}'s"),
    });
}

pub fn escalated(ctx: &Context, done: &[Acted]) {
    each(ctx, done, |acted, handle| {
        let who =
            if acted.after.assignee.is_empty() { String::new() } else { format!(", {} has it", acted.after.assignee) };
        format!("{handle} is with {} now{who}", acted.after.queue)
    });
}

pub fn ended(ctx: &Context, done: &[Acted]) {
    each(ctx, done, |acted, handle| format!("{handle} is {} as {}", acted.after.status, acted.after.resolution));
    let problems = done.iter().filter(|acted| acted.after.kind == Kind::Problem && acted.after.status.is_done());
    if listening(ctx) {
        // An answer that cannot be had is no reason to fail: the ticket has ended.
        problems
            .filter_map(|acted| still_waiting(ctx, &acted.after).ok().flatten())
            .for_each(|line| ctx.ui.status(&line));
    }
}

/// How many incidents of a problem that has ended are open, and how they end with it.
fn still_waiting(ctx: &Context, problem: &Ticket) -> Result<Option<String>> {
    let look = ctx.desk()?.look(None)?;
    let own = problem.links.iter().map(|link| (link.to, link.kind));
    let tied = own.chain(look.index.links_to(problem.id)?).filter(|(_, kind)| kind.ties_to_problem());
    let ids: BTreeSet<TicketId> = tied.map(|(id, _)| id).collect();
    let mut open = 0;
    for id in ids {
        let other = look.index.ticket(id)?.map(|found| found.ticket);
        open += usize::from(other.is_some_and(|other| other.kind == Kind::Incident && other.status.is_open()));
    }
    let verb = if problem.status == Status::Closed { "close" } else { "resolve" };
    let handle = look.index.handle(problem.id)?;
    let line = || format!("{} still open     with it: git desk {verb} {handle} --cascade", are(open));
    Ok((open > 0).then(line))
}

fn are(incidents: usize) -> String {
    format!("{} {}", counted(incidents, "incident"), if incidents == 1 { "is" } else { "are" })
}

/// `done` is what the tickets are now: `reopened`, `waiting`.
pub fn status(ctx: &Context, word: &str, done: &[Acted]) {
    each(ctx, done, |acted, handle| match (word, acted.after.status) {
        (_, Status::Waiting) => {
            let on = acted.after.waiting_on.map_or("", |on| on.as_str());
            format!("{handle} waits for {on}")
        }
        _ => format!("{handle} {word}"),
    });
}

/// When the requester is called back.
pub fn to_be_called(ctx: &Context, done: &[Acted]) {
    each(ctx, done, |acted, handle| match acted.after.follow_up {
        Some(day) => {
            let who = if acted.after.requester.is_empty() { "the requester" } else { &acted.after.requester };
            format!("{handle}: call {who} back {}", day_in_words(ctx, day))
        }
        None => format!("{handle}: no call back any more"),
    });
}

fn day_in_words(ctx: &Context, day: jiff::civil::Date) -> String {
    match crate::ui::time::day(day, ctx.env.now, &ctx.env.zone).as_str() {
        "today" => "today".to_owned(),
        _ => format!("on {}", day.strftime("%a %-d %b %Y")),
    }
}

/// Names who will read it.
pub fn remarked(ctx: &Context, done: &[Acted]) {
    each(ctx, done, |acted, handle| {
        let reopened =
            acted.before.as_ref().is_some_and(|before| before.status.is_done()) && acted.after.status.is_open();
        if reopened {
            return format!("{handle} is open again: its requester answered");
        }
        let internal = acted.entries.first().is_some_and(|entry| entry.kind == EntryKind::Note);
        match (internal, acted.after.requester.as_str()) {
            (true, _) => format!("{handle}: agents only will read it"),
            (false, "") => format!("{handle}: public; nobody is named as requester"),
            (false, requester) => format!("{handle}: {requester} will read it"),
        }
    });
}

fn each(ctx: &Context, done: &[Acted], words: impl Fn(&Acted, &str) -> String) {
    if !listening(ctx) {
        return;
    }
    // One index for all of them, however many.
    let index = ctx.desk().and_then(|desk| desk.index()).ok();
    for acted in done {
        let short = index.as_ref().and_then(|index| index.handle(acted.id()).ok());
        let handle = short.unwrap_or_else(|| acted.id().to_string());
        match acted.changed {
            true => ctx.ui.status(&words(acted, &handle)),
            false => ctx.ui.status(&format!("{handle}: already so")),
        }
    }
}
