//! `show`

use serde_json::Value;

use super::Context;
use crate::desk::look::{Detail, Look, Whole};
use crate::error::Result;
use crate::index::Logged;
use crate::model::entry::Entry;
use crate::model::word::EntryKind;
use crate::ui::format::{Format, cell, tsv};
use crate::ui::grid::cut;
use crate::ui::time;
use crate::ui::visible::{visible_line, visible_text};
use crate::view::ticket::FIELDS;

/// One ticket, whole: what it is, what was said, what changed
///
/// Off a terminal: one line a field, name and value with a tab between; with `--json` the object `desk.ticket/1`.
///
/// Examples:
///   git desk show k7m3
///   git desk show k7m3 --history
///   git desk show k7m3 --json | jq -r .status
///   git desk show k7m3 --at 2026-11-01
#[derive(Debug, Clone, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Tickets: a full id, a handle (`k7m3`), a date and handle, or the number they had elsewhere
    #[arg(value_name = "ID", required = true, add = super::complete::tickets())]
    pub ids: Vec<String>,
    /// Every change of every field, too
    #[arg(long)]
    pub history: bool,
}

impl Args {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        let look = ctx.look()?;
        let mut tickets = Vec::new();
        for typed in &self.ids {
            let id = look.find(typed, ctx.ui.stdout_terminal)?;
            tickets.push(look.whole(id, Detail::Whole)?);
        }
        for damaged in tickets.iter().flat_map(|whole| &whole.damaged) {
            ctx.ui.warning(&format!("{}:{}:{}: {}", damaged.path, damaged.line, damaged.column, damaged.message));
        }
        match ctx.ui.format() {
            Format::Json | Format::Jsonl => {
                let objects: Vec<Value> = tickets.iter().map(|whole| ctx.chosen(look.object(whole))).collect();
                match <[Value; 1]>::try_from(objects) {
                    Ok([one]) => ctx.ui.json(&one),
                    Err(several) => ctx.ui.json_list(&several),
                }
            }
            Format::Ids => tickets.iter().try_for_each(|whole| ctx.ui.line(whole.found.ticket.id.as_str())),
            Format::Tsv => tickets.iter().try_for_each(|whole| fields(ctx, &look, whole)),
            Format::Csv | Format::Markdown | Format::Html => {
                let names =
                    ctx.chosen_fields().unwrap_or_else(|| FIELDS.iter().map(|name| (*name).to_owned()).collect());
                let columns: Vec<&str> = names.iter().map(String::as_str).collect();
                let rows: Vec<Value> = tickets.iter().map(|whole| look.object(whole)).collect();
                ctx.ui.rows(&columns, &rows)
            }
            Format::Table => {
                for (at, whole) in tickets.iter().enumerate() {
                    if at > 0 {
                        ctx.ui.write("\n")?;
                    }
                    page(ctx, &look, whole, self.history)?;
                }
                Ok(())
            }
        }
    }
}

/// One line a field that is set.
fn fields(ctx: &Context, look: &Look<'_>, whole: &Whole) -> Result<()> {
    let object = look.object(whole);
    let names = ctx.chosen_fields().unwrap_or_else(|| FIELDS.iter().map(|name| (*name).to_owned()).collect());
    for name in names {
        let value = cell(&object[&name]);
        if !value.is_empty() && value != "[]" && value != "{}" {
            ctx.ui.write(&format!("{name}\t{}\n", tsv(&value)))?;
        }
    }
    Ok(())
}

/// What a person sees.
fn page(ctx: &Context, look: &Look<'_>, whole: &Whole, history: bool) -> Result<()> {
    let paint = Paint { on: ctx.ui.style.colour };
    head(ctx, look, whole, &paint)?;
    if !whole.found.ticket.body.is_empty() {
        ctx.ui.write(&format!("\n{}\n", indented(&whole.found.ticket.body, ctx.ui.width, "    ")))?;
    }
    if !whole.found.ticket.solution.is_empty() {
        ctx.ui.write(&format!("\n    {}\n", paint.bold("solution")))?;
        ctx.ui.write(&format!("{}\n", indented(&whole.found.ticket.solution, ctx.ui.width, "    ")))?;
    }
    let log = look.index.log_of(whole.found.ticket.id)?;
    let mut moments: Vec<(i64, usize, String)> = Vec::new();
    for (order, change) in log.iter().enumerate() {
        if let Some(line) = change_line(ctx, look, change, order == 0, history) {
            moments.push((change.at.as_second(), order * 2, line));
        }
    }
    for (order, entry) in whole.thread.iter().enumerate() {
        moments.push((entry.at.as_second(), order * 2 + 1, entry_lines(ctx, look, entry, &paint)));
    }
    moments.sort_by_key(|(at, order, _)| (*at, *order));
    if !moments.is_empty() {
        ctx.ui.write("\n")?;
    }
    for (_, _, lines) in moments {
        ctx.ui.write(&lines)?;
    }
    ctx.ui.finish()?;
    next_step(ctx, whole);
    Ok(())
}

fn head(ctx: &Context, look: &Look<'_>, whole: &Whole, paint: &Paint) -> Result<()> {
    let ticket = &whole.found.ticket;
    let id = ticket.id.to_string();
    let room = ctx.ui.width.saturating_sub(id.len() + 6).max(20);
    let title = cut(&visible_line(&ticket.title), room, ctx.ui.ellipsis());
    let gap = " ".repeat(room.saturating_sub(title.chars().count()) + 2);
    ctx.ui.write(&format!("{}  {}{gap}{id}\n", ticket.priority, paint.bold(&title)))?;
    let mut words = vec![ticket.status.to_string()];
    words.extend(ticket.waiting_on.map(|on| format!("on {on}")));
    if !ticket.resolution.is_empty() {
        words.push(ticket.resolution.clone());
    }
    words.push(ticket.kind.to_string());
    words.extend(
        [&ticket.queue, &ticket.assignee, &ticket.customer].into_iter().filter(|word| !word.is_empty()).cloned(),
    );
    let channel = ticket.channel.map(|channel| format!(" by {channel}")).unwrap_or_default();
    words.push(format!("opened {}{channel}", time::moment(ticket.opened, look.now, &ctx.env.zone)));
    ctx.ui.write(&format!("    {}\n", visible_line(&words.join(" · "))))?;
    let pairs = pairs(whole);
    if !pairs.is_empty() {
        ctx.ui.write("\n")?;
    }
    for pair in pairs.chunks(2) {
        let cells: Vec<String> =
            pair.iter().map(|(name, value)| format!("{name:<12}{}", visible_line(value))).collect();
        let line = match cells.as_slice() {
            [one, other] => format!("    {one:<42}  {other}"),
            _ => format!("    {}", cells.join("")),
        };
        ctx.ui.write(&format!("{}\n", line.trim_end()))?;
    }
    for link in &whole.links {
        let status = link.status.unwrap_or("gone");
        let title = link.title.clone().unwrap_or_default();
        ctx.ui.write(&format!("    {:<12}{}  {status:<8}  {}\n", link.kind, link.id, visible_line(&title)))?;
    }
    Ok(())
}

/// What is set, with its name.
fn pairs(whole: &Whole) -> Vec<(&str, String)> {
    let ticket = &whole.found.ticket;
    let levels = match (ticket.impact, ticket.urgency) {
        (Some(impact), Some(urgency)) => format!("{impact}, urgency {urgency} → {}", ticket.priority),
        (Some(impact), None) => impact.to_string(),
        (None, _) => String::new(),
    };
    let all = [
        ("requester", ticket.requester.clone()),
        ("asset", ticket.asset.clone()),
        ("service", ticket.service.clone()),
        ("category", ticket.category.clone()),
        ("impact", levels),
        ("tags", ticket.tags.join(", ")),
        ("location", ticket.location.clone()),
        ("environment", ticket.environment.clone()),
        ("due", ticket.due.map(|due| due.to_string()).unwrap_or_default()),
        ("follow up", ticket.follow_up.map(|day| day.to_string()).unwrap_or_default()),
        ("wakes", ticket.wake.map(|wake| wake.to_string()).unwrap_or_default()),
        ("number", ticket.external_id.clone()),
        ("key", ticket.key.clone()),
        ("articles", ticket.articles.join(", ")),
    ];
    let own = ticket.fields.iter().map(|(name, value)| (name.as_str(), cell(value)));
    all.into_iter().chain(own).filter(|(_, value)| !value.is_empty()).collect()
}

/// Fields that go without saying in the thread of changes: the entry or the act itself tells them.
const QUIET: &[&str] = &["thread", "body", "opened", "resolution", "waiting_on"];

/// `08:34  chris      → infra, alice`
fn change_line(ctx: &Context, look: &Look<'_>, change: &Logged, first: bool, history: bool) -> Option<String> {
    let mut words = Vec::new();
    for fact in change.facts.iter().filter(|fact| history || !QUIET.contains(&fact.field.as_str())) {
        let (from, to) = (cell(&fact.from), cell(&fact.to));
        words.push(match (from.as_str(), to.as_str()) {
            _ if history => format!("{}: {} → {}", fact.field, none(&from), none(&to)),
            (_, "") if fact.field == "assignee" => "nobody".to_owned(),
            (gone, "") => format!("{} less {gone}", fact.field),
            ("", new) if fact.field == "tags" || fact.field == "links" => format!("{} {new}", fact.field),
            (_, new) if matches!(fact.field.as_str(), "status" | "queue" | "assignee" | "priority") => new.to_owned(),
            (_, new) => format!("{} {new}", fact.field),
        });
    }
    if words.is_empty() || (first && !history) {
        return None;
    }
    let at = time::moment(change.at, look.now, &ctx.env.zone);
    let who = look.policy.handle_for(&change.email);
    let text = words.join(if history { "; " } else { ", " });
    Some(format!("  {at:<9}  {:<12} → {}\n", visible_line(who), visible_line(&text)))
}

fn none(text: &str) -> &str {
    if text.is_empty() { "nothing" } else { text }
}

fn entry_lines(ctx: &Context, look: &Look<'_>, entry: &Entry, paint: &Paint) -> String {
    let at = time::moment(entry.at, look.now, &ctx.env.zone);
    let what = match entry.kind {
        EntryKind::Comment => String::new(),
        EntryKind::Note => match entry.extra.text("act") {
            "" => "note, agents only".to_owned(),
            act => format!("why: {act}"),
        },
        EntryKind::Escalation => format!("escalated to {}", entry.extra.text("to")),
        EntryKind::Occurrence => {
            let count = entry.number("count").unwrap_or(0);
            format!("{count} times on {}, last {}", entry.extra.text("host"), entry.extra.text("last"))
        }
        EntryKind::Work => format!("{} minutes of work", entry.number("minutes").unwrap_or(0)),
        EntryKind::Rating => format!("{} of 5", entry.number("score").unwrap_or(0)),
        EntryKind::Approval => entry.extra.text("decision").to_owned(),
    };
    let names: Vec<&str> =
        entry.files.iter().map(|file| file.split_once(' ').map_or(file.as_str(), |(_, name)| name)).collect();
    let files = if names.is_empty() { String::new() } else { format!("  {}", names.join(", ")) };
    let mut text =
        format!("  {at:<9}  {:<12} {}{}\n", visible_line(&entry.by), visible_line(&what), visible_line(&files));
    text = format!("{}\n", text.trim_end());
    if !entry.body.is_empty() {
        let bar = if entry.kind == EntryKind::Note {
            format!("  {} ", paint.bar(ctx.ui.style.utf8))
        } else {
            "    ".to_owned()
        };
        text.push_str(&indented(&entry.body, ctx.ui.width, &bar));
        text.push('\n');
    }
    text
}

/// Text from a ticket, made visible, wrapped at words and indented.
fn indented(text: &str, width: usize, indent: &str) -> String {
    let room = width.saturating_sub(6).clamp(20, 100);
    let mut lines = Vec::new();
    for line in visible_text(text).lines() {
        let mut rest = line;
        while rest.chars().count() > room {
            let end = rest.char_indices().nth(room).map_or(rest.len(), |(at, _)| at);
            let cut = rest[..end].rfind(' ').filter(|at| *at > 0).unwrap_or(end);
            lines.push(format!("{indent}{}", &rest[..cut]));
            rest = rest[cut..].trim_start();
        }
        lines.push(format!("{indent}{rest}").trim_end().to_owned());
    }
    lines.join("\n")
}

fn next_step(ctx: &Context, whole: &Whole) {
    let handle = &whole.handle;
    let ticket = &whole.found.ticket;
    let next = match (ticket.status.is_open(), ticket.assignee.is_empty()) {
        (true, true) => format!("git desk take {handle}"),
        (true, false) => format!("git desk reply {handle}     git desk resolve {handle} --resolution fixed -m \"…\""),
        (false, _) => format!("git desk reopen {handle} -m \"why\""),
    };
    ctx.ui.status(&format!("\n  next       {next}"));
}

/// Colour, where it is wanted.
struct Paint {
    on: bool,
}

impl Paint {
    fn bold(&self, text: &str) -> String {
        let style = anstyle::Style::new().bold();
        if self.on { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// The bar beside notes, so that nobody mistakes them for replies.
    fn bar(&self, utf8: bool) -> String {
        let bar = if utf8 { "▌" } else { "|" };
        let style = anstyle::AnsiColor::Yellow.on_default();
        if self.on { format!("{style}{bar}{style:#}") } else { bar.to_owned() }
    }
}
