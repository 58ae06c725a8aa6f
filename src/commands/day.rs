//! `git desk` alone: my day.

use super::{Context, list, step};
use crate::desk::day::Day;
use crate::error::{Problem, Result};
use crate::model::day::{Section, Why};
use crate::model::near::nearest;
use crate::model::word::Status;
use crate::ui::format::Format;
use crate::ui::grid::{Look, cut};
use crate::ui::time;
use crate::ui::wrap::wrap;
use crate::view::day::{COLUMNS, FIELDS, Row, object};

/// Room for the name of a section, with the blanks before it.
const LABEL: usize = 12;

/// What needs whoever asks, the most urgent first; for somebody who is no agent, what they have asked for.
pub fn run(ctx: &Context) -> Result<()> {
    let look = ctx.look().map_err(with_first_steps)?;
    let day = ctx.desk()?.day(&look)?;
    match ctx.ui.format() {
        Format::Json | Format::Jsonl => {
            let object = object(&day.at.to_string(), &day.who, &day.rows, &day.totals, &day.yesterday);
            ctx.ui.json(&ctx.chosen(object))?;
        }
        Format::Ids => ids(ctx, &day)?,
        Format::Table if ctx.chosen_fields().is_none() => page(ctx, &day)?,
        Format::Table | Format::Tsv | Format::Csv | Format::Markdown | Format::Html => rows(ctx, &day)?,
    }
    list::warn_of_damage(ctx, &look)
}

/// Where there is no desk, whoever types the bare name may be new to it.
fn with_first_steps(error: anyhow::Error) -> anyhow::Error {
    match error.downcast::<Problem>() {
        Ok(problem) if problem.code == "no_desk" => {
            problem.hint("try one: git desk demo     what there is to type: git desk -h").into()
        }
        Ok(problem) => problem.into(),
        Err(error) => error,
    }
}

/// Each ticket once, in the order of the page.
fn ids(ctx: &Context, day: &Day) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    let new = day.rows.iter().map(|row| row.ticket.id).filter(|id| seen.insert(*id));
    new.collect::<Vec<_>>().iter().try_for_each(|id| ctx.ui.line(id.as_str()))
}

fn rows(ctx: &Context, day: &Day) -> Result<()> {
    let fields = ctx.chosen_fields();
    let columns: Vec<&str> = match &fields {
        Some(fields) => fields.iter().map(String::as_str).collect(),
        None => COLUMNS.to_vec(),
    };
    if let Some(name) = columns.iter().find(|name| !FIELDS.contains(name)) {
        let problem = Problem::usage(format!("a row of the day has no field `{name}`")).code("no_field");
        let problem = match nearest(name, FIELDS.iter().copied()) {
            Some(near) => problem.hint(format!("did you mean `{near}`?")).candidates([near]),
            None => problem,
        };
        return Err(problem.hint(format!("there are {}", FIELDS.join(", "))).into());
    }
    let rows: Vec<_> = day.rows.iter().map(Row::to_json).collect();
    ctx.ui.rows(&columns, &rows)
}

/// One line of the page, in parts.
struct Line {
    handle: String,
    title: String,
    remark: String,
    look: Look,
    /// What to type.
    hint: String,
}

fn page(ctx: &Context, day: &Day) -> Result<()> {
    ctx.ui.status(&head(ctx, day));
    let page = Page { ctx, day };
    let parts: Vec<(Section, Vec<Line>)> =
        Section::ALL.iter().map(|section| (*section, page.lines(*section))).collect();
    let handle = parts.iter().flat_map(|(_, lines)| lines).map(|line| line.handle.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for (section, lines) in &parts {
        let mut texts: Vec<String> = match section {
            Section::Machines => page.failures(),
            Section::Now | Section::Answered | Section::Today | Section::Requests => {
                let widths = Widths::of(ctx.ui.width, handle, lines);
                lines.iter().map(|line| page.text(line, &widths)).collect()
            }
        };
        texts.extend(page.rest(*section));
        for (at, text) in texts.iter().enumerate() {
            let label = if at == 0 { section.as_str() } else { "" };
            out.push_str(&format!("  {label:<10}{}\n", text.trim_end()));
        }
    }
    if !out.is_empty() {
        ctx.ui.write(&format!("\n{out}"))?;
        ctx.ui.finish()?;
    }
    page.feet()
}

/// How wide the parts of the lines of a section are.
struct Widths {
    handle: usize,
    title: usize,
    remark: usize,
}

impl Widths {
    fn of(screen: usize, handle: usize, lines: &[Line]) -> Widths {
        let wide = |part: fn(&Line) -> &String| lines.iter().map(|line| part(line).chars().count()).max().unwrap_or(0);
        let (remark, hint) = (wide(|line| &line.remark), wide(|line| &line.hint));
        let fixed = LABEL + handle + 2 + 2 + remark + if hint > 0 { hint + 2 } else { 0 };
        let title = screen.saturating_sub(fixed).max(20).min(wide(|line| &line.title));
        Widths { handle, title, remark }
    }
}

struct Page<'a> {
    ctx: &'a Context,
    day: &'a Day,
}

impl Page<'_> {
    fn rows(&self, section: Section) -> impl Iterator<Item = &Row> {
        self.day.rows.iter().filter(move |row| row.section == section)
    }

    fn lines(&self, section: Section) -> Vec<Line> {
        self.rows(section).map(|row| self.line(row)).collect()
    }

    fn line(&self, row: &Row) -> Line {
        let free = row.section == Section::Now && row.ticket.assignee.is_empty();
        let (remark, look) = self.remark(row);
        let hint = match (row.why, free) {
            (_, true) => format!("git desk take {}", row.handle),
            (Why::Approve, false) => format!("git desk approve {}", row.handle),
            (Why::Wakes, false) => format!("git desk resume {}", row.handle),
            (Why::Asked, false) => format!("git desk reply {}", row.handle),
            (Why::Solved, false) => format!("not so? git desk reopen {} -m \"…\"", row.handle),
            (_, false) => String::new(),
        };
        let title = self.ctx.ui.shown(&row.ticket.title);
        let title = if free { format!("{title} (free)") } else { title };
        Line { handle: row.handle.clone(), title, remark, look, hint }
    }

    fn text(&self, line: &Line, widths: &Widths) -> String {
        let ui = &self.ctx.ui;
        let (handle, title, remark) = (widths.handle, widths.title, widths.remark);
        let free = " (free)";
        let cut = match line.title.strip_suffix(free) {
            Some(bare) => format!("{}{free}", cut(bare, title.saturating_sub(free.len()), ui.ellipsis())),
            None => cut(&line.title, title, ui.ellipsis()),
        };
        let handle = ui.styled(&format!("{:<handle$}", line.handle), Look::Bold);
        let remark = ui.styled(&format!("{:<remark$}", line.remark), line.look);
        format!("{handle}  {cut:<title$}  {remark}  {}", line.hint)
    }

    fn moment(&self, when: Option<&str>) -> String {
        let at = when.and_then(|when| when.parse().ok());
        at.map_or_else(String::new, |at| time::moment(at, self.day.at, &self.ctx.env.zone))
    }

    /// What is said of a ticket at the right of its line, and how it looks.
    fn remark(&self, row: &Row) -> (String, Look) {
        let (ui, ticket) = (&self.ctx.ui, &row.ticket);
        let by = ui.shown(row.by.as_deref().unwrap_or_default());
        let waits = match (ticket.status, ticket.waiting_on) {
            (Status::Waiting, Some(on)) => format!(", waiting on {on}"),
            _ => String::new(),
        };
        let age = time::age(self.day.at.as_second() - ticket.opened.as_second());
        match row.why {
            Why::Late | Why::Due => self.due(row),
            Why::Open if row.section == Section::Requests => (self.whose(row), Look::Plain),
            Why::Open => (format!("{} old", age), Look::Dim),
            Why::Approve => (format!("asked for by {by}"), Look::Raised),
            Why::Replied => (format!("{by} wrote {}{waits}", self.moment(row.when.as_deref())), Look::Plain),
            Why::Reopened => (format!("reopened {} by {by}", self.moment(row.when.as_deref())), Look::Raised),
            Why::CallBack => (self.call_back(row), Look::Plain),
            Why::Wakes => {
                let on = ticket.waiting_on.map_or("", |on| on.as_str());
                (format!("waited on {on} until {}", self.moment(row.when.as_deref())), Look::Plain)
            }
            Why::Failing => (String::new(), Look::Plain),
            Why::Asked => ("waits for your answer".to_owned(), Look::Raised),
            Why::Solved => ("solved".to_owned(), Look::Plain),
        }
    }

    fn due(&self, row: &Row) -> (String, Look) {
        let at = row.when.as_deref().and_then(|when| when.parse::<jiff::Timestamp>().ok());
        let Some(at) = at else { return (String::new(), Look::Plain) };
        let left = at.as_second() - self.day.at.as_second();
        let what = row.clock.map_or("due", super::clocks::word);
        match left {
            ..0 if row.clock.is_some() => (format!("{what} late {}", super::clocks::short(row.late)), Look::Urgent),
            ..0 => (format!("late {}", time::span(row.late)), Look::Urgent),
            0..=crate::model::day::SOON => (format!("{what} in {}", time::span(left)), Look::Raised),
            _ => (format!("{what} {}", self.moment(row.when.as_deref())), Look::Plain),
        }
    }

    fn call_back(&self, row: &Row) -> String {
        let day = row.when.as_deref().and_then(|when| when.parse().ok());
        let day = day.map(|day| time::day(day, self.day.at, &self.ctx.env.zone)).filter(|day| day != "today");
        let who = match row.ticket.requester.as_str() {
            "" => "the requester".to_owned(),
            who => self.ctx.ui.shown(who),
        };
        let promised = day.map_or_else(String::new, |day| format!(", promised for {day}"));
        format!("call back {who}{promised}")
    }

    /// Who has a request.
    fn whose(&self, row: &Row) -> String {
        let ticket = &row.ticket;
        match (ticket.status, ticket.waiting_on, ticket.assignee.as_str()) {
            (Status::Waiting, Some(on), _) => format!("waiting on {on}"),
            (_, _, "") => format!("new in {}", self.ctx.ui.shown(&ticket.queue)),
            (_, _, who) => format!("with {}", self.ctx.ui.shown(who)),
        }
    }

    /// `3 failing: nightly-backup@db1 ×4, feed-import@web3 ×2`, wrapped.
    fn failures(&self) -> Vec<String> {
        let ui = &self.ctx.ui;
        let named: Vec<String> =
            self.rows(Section::Machines).filter_map(|row| Some(self.failure(row.failure.as_ref()?))).collect();
        if named.is_empty() {
            return Vec::new();
        }
        let all = format!("{} failing: {}", self.total(Section::Machines), named.join(", "));
        wrap(&all, ui.width.saturating_sub(LABEL).max(20))
    }

    fn failure(&self, failure: &crate::view::day::Failure) -> String {
        let ui = &self.ctx.ui;
        let host = match failure.hosts.as_slice() {
            [] => String::new(),
            [one] => format!("@{one}"),
            several => format!("@{} hosts", several.len()),
        };
        let count = if failure.count > 1 { ui.plain(&format!(" ×{}", failure.count)) } else { String::new() };
        ui.shown(&format!("{}{host}{count}", failure.job))
    }

    fn total(&self, section: Section) -> u64 {
        self.day.totals.iter().find(|(name, _)| *name == section).map_or(0, |(_, total)| *total)
    }

    /// How many more there are, and how to see them.
    fn rest(&self, section: Section) -> Option<String> {
        let more = self.total(section).saturating_sub(self.rows(section).count() as u64);
        let query = match section {
            Section::Now => return None,
            Section::Answered | Section::Today => "assignee:@me".to_owned(),
            Section::Machines if self.day.who.queues.is_empty() => "has:key".to_owned(),
            Section::Machines => format!("has:key queue:{}", self.day.who.queues.join(",")),
            Section::Requests => format!("requester:{}", self.day.who.name),
        };
        (more > 0).then(|| format!("and {more} more: git desk list {}", self.ctx.ui.shown(&query)))
    }

    /// What was done yesterday, and what to type next.
    fn feet(&self) -> Result<()> {
        let (ui, yesterday) = (&self.ctx.ui, &self.day.yesterday);
        let mut said = Vec::new();
        if !yesterday.resolved.is_empty() {
            said.push(format!("{} resolved", yesterday.resolved.len()));
        }
        if !yesterday.reopened.is_empty() {
            let look = self.ctx.look()?;
            let ids: Result<Vec<String>> = yesterday.reopened.iter().map(|id| look.index.handle(*id)).collect();
            said.push(format!("{} reopened ({})", yesterday.reopened.len(), ids?.join(", ")));
        }
        if !said.is_empty() {
            ui.status(&format!("\nyesterday: {}", said.join(", ")));
        }
        let next = self.next();
        if !next.is_empty() {
            ui.status(&format!("\n{next}"));
        }
        Ok(())
    }

    fn next(&self) -> String {
        let who = &self.day.who;
        if who.theirs + who.free <= self.total(Section::Now) {
            return String::new();
        }
        let mut next = Vec::new();
        if who.theirs > 0 {
            next.push("all of yours: git desk list assignee:@me".to_owned());
        }
        if who.free > 0 {
            next.push(format!("all that is free: git desk list is:unassigned queue:{}", who.queues.join(",")));
        }
        next.join("     ")
    }
}

/// `alice · infra, on call · 10 yours, 3 free in your queues`
fn head(ctx: &Context, day: &Day) -> String {
    let who = &day.who;
    let mut parts = vec![who.name.clone()];
    let on_call = who.on_call.then_some("on call".to_owned());
    let queues: Vec<String> = who.queues.iter().cloned().chain(on_call).collect();
    if !queues.is_empty() {
        parts.push(queues.join(", "));
    }
    let requests = day.totals.iter().find(|(section, _)| *section == Section::Requests).map_or(0, |(_, total)| *total);
    let mut counts = Vec::new();
    match (who.is_agent, requests) {
        (true, _) => {
            let asked = day.rows.iter().filter(|row| row.why == Why::Approve).count();
            counts.extend((asked > 0).then(|| format!("{asked} to approve")));
            counts.extend((who.theirs > 0).then(|| format!("{} yours", who.theirs)));
            counts.extend((who.free > 0).then(|| format!("{} free in your queues", who.free)));
        }
        (false, 0) => {}
        (false, 1) => counts.push("1 request of yours".to_owned()),
        (false, many) => counts.push(format!("{many} requests of yours")),
    }
    let nothing = match who.is_agent {
        true => "nothing waits for you     what is open: git desk list",
        false => "you have asked for nothing that is still open     git desk open \"…\"",
    };
    parts.push(if counts.is_empty() { nothing.to_owned() } else { counts.join(", ") });
    parts.extend(step::short(ctx));
    ctx.ui.plain(&parts.join(" · "))
}
