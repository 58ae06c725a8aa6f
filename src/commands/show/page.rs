//! A ticket as people see it.

use super::thread::{change, entry};
use crate::commands::Context;
use crate::commands::say::help_lines;
use crate::desk::catalogue::service;
use crate::desk::look::{Look, Whole};
use crate::error::Result;
use crate::model::approval::{Approval, Voice};
use crate::model::catalogue::MANAGER;
use crate::model::ticket::Ticket;
use crate::model::word::WaitingOn;
use crate::ui::format::cell;
use crate::ui::grid::cut;
use crate::ui::time;
use crate::ui::wrap::wrap;

/// What the page is made with.
pub struct Page<'a> {
    pub ctx: &'a Context,
    pub look: &'a Look<'a>,
}

/// Labels and the column that the values begin in.
pub const INDENT: &str = "    ";
/// The shortest room for a label.
const LABEL: usize = 12;
/// Room for the left one of two pairs beside each other.
const HALF: usize = 42;

pub fn print(ctx: &Context, look: &Look<'_>, whole: &Whole, history: bool) -> Result<()> {
    let page = Page { ctx, look };
    let ticket = &whole.found.ticket;
    let mut out = page.head(ticket);
    out.push_str(&page.about(whole)?);
    let clocks = page.clocks(&whole.clocks.runs);
    if !clocks.is_empty() {
        out.push_str(&format!("\n{clocks}"));
    }
    if !ticket.body.is_empty() {
        out.push_str(&format!("\n{}", page.text(&ticket.body, INDENT)));
    }
    if !ticket.solution.is_empty() {
        out.push_str(&format!("\n{INDENT}{}\n{}", page.bold("solution"), page.text(&ticket.solution, INDENT)));
    }
    let moments = page.moments(whole, history)?;
    if !moments.is_empty() {
        out.push_str(&format!("\n{moments}"));
    }
    ctx.ui.write(&out)?;
    ctx.ui.finish()?;
    let helpful = helpful(ctx, look, whole)?;
    next_step(ctx, whole, helpful.as_deref());
    Ok(())
}

/// Tells of articles that may help with an open ticket; the name of the first.
fn helpful(ctx: &Context, look: &Look<'_>, whole: &Whole) -> Result<Option<String>> {
    let ticket = &whole.found.ticket;
    if !ticket.status.is_open() || !ctx.ui.talks() {
        return Ok(None);
    }
    let suggestions = look.may_help(ticket)?;
    for (at, line) in help_lines(ctx, &suggestions).iter().enumerate() {
        ctx.ui.status(&format!("{}  may help   {line}", if at == 0 { "\n" } else { "" }));
    }
    Ok(suggestions.into_iter().next().map(|one| one.head.name))
}

impl Page<'_> {
    pub fn moment(&self, at: jiff::Timestamp) -> String {
        time::moment(at, self.look.now, &self.ctx.env.zone)
    }

    /// Colour, where it is wanted.
    pub fn styled(&self, text: &str, style: anstyle::Style) -> String {
        if self.ctx.ui.style.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    fn bold(&self, text: &str) -> String {
        self.styled(text, anstyle::Style::new().bold())
    }

    /// Text from a ticket, wrapped at words and indented; each line with its end.
    pub fn text(&self, text: &str, indent: &str) -> String {
        let room = self.ctx.ui.width.saturating_sub(6).clamp(20, 100);
        let lines = wrap(self.ctx.ui.shown_text(text).trim_end(), room);
        lines.iter().map(|line| format!("{}\n", format!("{indent}{line}").trim_end())).collect()
    }

    /// Words behind a head, wrapped below where they begin.
    pub fn hanging(&self, head: &str, words: &str) -> String {
        let column = head.chars().count();
        let lines = wrap(words, self.ctx.ui.width.saturating_sub(column).max(20));
        lines.join(&format!("\n{}", " ".repeat(column))).lines().enumerate().fold(
            String::new(),
            |mut text, (at, line)| {
                text.push_str(format!("{}{line}", if at == 0 { head } else { "" }).trim_end());
                text.push('\n');
                text
            },
        )
    }

    /// Priority, title and id; what it is below.
    fn head(&self, ticket: &Ticket) -> String {
        let ui = &self.ctx.ui;
        let id = ticket.id.to_string();
        let room = ui.width.saturating_sub(id.len() + 6).max(20);
        let title = cut(&ui.shown(&ticket.title), room, ui.ellipsis());
        let gap = " ".repeat(room.saturating_sub(title.chars().count()) + 2);
        let line = format!("{}  {}{gap}{id}\n", ticket.priority, self.bold(&title));
        line + &self.hanging(INDENT, &self.words(ticket).join(&ui.plain(" · ")))
    }

    fn words(&self, ticket: &Ticket) -> Vec<String> {
        let mut words = vec![ticket.status.to_string()];
        words.extend(ticket.waiting_on.map(|on| format!("on {on}")));
        words.extend([&ticket.resolution].into_iter().filter(|word| !word.is_empty()).cloned());
        words.push(ticket.kind.to_string());
        let names = [&ticket.queue, &ticket.assignee, &ticket.customer];
        words.extend(names.into_iter().filter(|word| !word.is_empty()).map(|word| self.ctx.ui.shown(word)));
        let channel = ticket.channel.map(|channel| format!(" by {channel}")).unwrap_or_default();
        words.push(format!("opened {}{channel}", self.moment(ticket.opened)));
        words
    }

    /// What is set and what it is linked with, each with its name.
    fn about(&self, whole: &Whole) -> Result<String> {
        let mut pairs = self.pairs(&whole.found.ticket);
        let approvals = self.approvals(whole)?;
        pairs.extend((!approvals.is_empty()).then(|| ("approval".to_owned(), self.ctx.ui.shown(&approvals))));
        let names = pairs.iter().map(|(name, _)| name).chain(whole.links.iter().map(|link| &link.kind));
        let label = names.map(|name| name.chars().count() + 2).max().unwrap_or(0).max(LABEL);
        let mut out = String::new();
        let mut rest = pairs.as_slice();
        while let [first, behind @ ..] = rest {
            let line = |(name, value): &(String, String)| format!("{name:<label$}{value}");
            let one = line(first);
            rest = match behind {
                [second, further @ ..] if self.fits(&one, &line(second)) => {
                    out.push_str(&format!("{INDENT}{one:<HALF$}  {}\n", line(second)));
                    further
                }
                _ => {
                    out.push_str(&self.hanging(&format!("{INDENT}{:<label$}", first.0), &first.1));
                    behind
                }
            };
        }
        let minutes = whole.minutes();
        if minutes > 0 {
            out.push_str(&format!("{INDENT}{:<label$}{}\n", "time spent", time::minutes(minutes)));
        }
        for link in &whole.links {
            let (status, title) = (link.status.unwrap_or("gone"), link.title.clone().unwrap_or_default());
            let head = format!("{INDENT}{:<label$}{}  {status:<8}  ", link.kind, link.id);
            out.push_str(&self.hanging(&head, &self.ctx.ui.shown(&title)));
        }
        Ok(if out.is_empty() { out } else { format!("\n{out}") })
    }

    /// Who has approved a request, and who has yet to: `lea approved Tue 10:12, bob not yet`.
    fn approvals(&self, whole: &Whole) -> Result<String> {
        let ticket = &whole.found.ticket;
        let service = match ticket.service.as_str() {
            "" => None,
            name => service(&self.look.snapshot()?, name)?,
        };
        let names = service.map_or_else(Vec::new, |service| service.approval);
        let approval = Approval { policy: &self.look.policy, names: &names, requester: &ticket.requester };
        let told = |voice: &Voice<'_>| match voice.decision {
            None => format!("{} not yet", voice.name),
            Some(entry) => {
                let did = if voice.has_approved() { "approved" } else { "refused" };
                let by = if voice.name == MANAGER { format!("{} for {MANAGER}", entry.by) } else { voice.name.clone() };
                format!("{by} {did} {}", self.moment(entry.at))
            }
        };
        Ok(approval.voices(&whole.thread).iter().map(told).collect::<Vec<_>>().join(", "))
    }

    fn fits(&self, one: &str, other: &str) -> bool {
        one.chars().count() <= HALF && INDENT.len() + HALF + 2 + other.chars().count() <= self.ctx.ui.width
    }

    fn pairs(&self, ticket: &Ticket) -> Vec<(String, String)> {
        let levels = match (ticket.impact, ticket.urgency) {
            (Some(impact), Some(urgency)) => {
                self.ctx.ui.plain(&format!("{impact}, urgency {urgency} → {}", ticket.priority))
            }
            (Some(impact), None) => impact.to_string(),
            (None, _) => String::new(),
        };
        let day = |day: jiff::civil::Date| time::day(day, self.look.now, &self.ctx.env.zone);
        let all = [
            ("requester", ticket.requester.clone()),
            ("asset", ticket.asset.clone()),
            ("service", ticket.service.clone()),
            ("category", ticket.category.clone()),
            ("impact", levels),
            ("tags", ticket.tags.join(", ")),
            ("location", ticket.location.clone()),
            ("environment", ticket.environment.clone()),
            ("due", ticket.due.map(|due| self.moment(due)).unwrap_or_default()),
            ("follow up", ticket.follow_up.map(day).unwrap_or_default()),
            ("wakes", ticket.wake.map(|wake| self.moment(wake)).unwrap_or_default()),
            ("number", ticket.external_id.clone()),
            ("key", ticket.key.clone()),
            ("articles", ticket.articles.join(", ")),
        ];
        let own = ticket.fields.iter().map(|(name, value)| (name.as_str(), cell(value)));
        let lost = ticket.conflicts.iter().map(|(field, value)| ("in doubt", format!("{field} {}?", cell(value))));
        let set = all.into_iter().chain(own).chain(lost).filter(|(_, value)| !value.is_empty());
        set.map(|(name, value)| (self.ctx.ui.shown(name), self.ctx.ui.shown(&value))).collect()
    }

    /// What changed and what was said, in the order in which it happened.
    fn moments(&self, whole: &Whole, history: bool) -> Result<String> {
        let mut moments: Vec<(i64, usize, String)> = Vec::new();
        for (order, logged) in self.look.index.log_of(whole.found.ticket.id)?.iter().enumerate() {
            // How it began is what the page says, unless every change is wanted.
            if let Some(line) = change(self, logged, history).filter(|_| order > 0 || history) {
                moments.push((logged.at.as_second(), order * 2, line));
            }
        }
        for (order, one) in whole.thread.iter().enumerate() {
            moments.push((one.at.as_second(), order * 2 + 1, entry(self, one, None)));
        }
        for (order, (ticket, one)) in whole.merged.iter().enumerate() {
            let order = (whole.thread.len() + order) * 2 + 1;
            moments.push((one.at.as_second(), order, entry(self, one, Some(*ticket))));
        }
        moments.sort_by_key(|(at, order, _)| (*at, *order));
        Ok(moments.into_iter().map(|(_, _, lines)| lines).collect())
    }
}

fn next_step(ctx: &Context, whole: &Whole, helpful: Option<&str>) {
    let handle = &whole.handle;
    let ticket = &whole.found.ticket;
    if let Some(field) = ticket.conflicts.keys().next() {
        let words = format!("\n  in doubt   {field} and another value met in a merge; whoever sets it settles that");
        ctx.ui.status(&ctx.ui.plain(&words));
    }
    let gap = if helpful.is_some() { "" } else { "\n" };
    let next = match (ticket.status.is_open(), ticket.assignee.is_empty()) {
        (true, _) if ticket.waiting_on == Some(WaitingOn::Approval) => {
            format!("git desk approve {handle}     git desk refuse {handle} --reason \"…\"")
        }
        (true, true) => format!("git desk take {handle}"),
        (true, false) if let Some(article) = helpful => {
            format!("git desk reply {handle}     git desk resolve {handle} --article {article}")
        }
        (true, false) => format!("git desk reply {handle}     git desk resolve {handle} --resolution fixed -m \"…\""),
        (false, _) => format!("git desk reopen {handle} -m \"why\""),
    };
    ctx.ui.status(&ctx.ui.plain(&format!("{gap}  next       {next}")));
}
