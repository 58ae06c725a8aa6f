//! One ticket's clocks, line by line: when each ran, when it stood still, and which commit made it so.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{short, verdict, word};
use crate::commands::Context;
use crate::desk::explain::{Explained, Explanation, Kind, Segment};
use crate::desk::look::Look;
use crate::error::Result;
use crate::index::{Found, Logged};
use crate::model::calendar::Schedule;
use crate::model::clock::State;
use crate::model::count::counted;
use crate::model::day::ends;
use crate::model::policy::Clock;

/// Openings of a span that are told one by one; of more the first ones and the last.
const TOLD: usize = 4;
/// Room for a time, and for what happened.
const TIME: usize = 20;
const ROOM: usize = 52;

pub fn print(ctx: &Context, look: &Look<'_>, found: &Found, explanation: &Explanation<'_>) -> Result<()> {
    let ui = &ctx.ui;
    ui.write(&format!("{}  {}\n", found.ticket.id, ui.shown(&found.ticket.title)))?;
    let (Some(level), Some(schedule)) = (&explanation.level, explanation.schedule) else {
        return ui.write("nothing is promised for it: no contract and no [[sla]] rule fits\n");
    };
    let line = look.policy.line(&format!("calendars.{}", level.calendar));
    let line = line.map_or(String::new(), |line| format!("desk.toml:{line}, "));
    ui.write(&ui.shown(&format!(
        "{} ({}:{}), hours of {} ({line}{})",
        level.name,
        level.file,
        level.line,
        level.calendar,
        schedule.calendar().timezone
    )))?;
    if !level.named_by.is_empty() {
        ui.write(&ui.shown(&format!(", named by {}", level.named_by)))?;
    }
    ui.write("\n")?;
    if explanation.clocks.is_empty() {
        let why = match schedule.opening(look.now.as_second()) {
            Some(_) => format!("no target for {}\n", found.ticket.priority),
            None => format!("the calendar `{}` does not open, so no clock runs\n", level.calendar),
        };
        return ui.write(&ui.shown_text(&why));
    }
    let page = Page { ctx, look, explanation, schedule };
    for one in &explanation.clocks {
        let cycle = if one.run.cycle > 1 { format!(" {}", one.run.cycle) } else { String::new() };
        let head = format!("{}{cycle}", word(one.run.clock));
        let promise = format!("{} for {} ({}:{})", one.run.target, one.run.priority, level.file, one.line);
        ui.write(&format!("\n{head:<11}{}\n\n", ui.shown(&promise)))?;
        if one.run.state == State::None {
            ui.write("  begins with the approval\n")?;
            continue;
        }
        ui.write(&page.written(&page.lines(one)))?;
        ui.write(&ui.plain(&format!("\n  {}\n", verdict(one))))?;
    }
    Ok(())
}

struct Page<'a> {
    ctx: &'a Context,
    look: &'a Look<'a>,
    explanation: &'a Explanation<'a>,
    schedule: &'a Schedule,
}

/// What happened to a clock at a moment.
struct Line<'a> {
    at: i64,
    /// The clock's own line: it begins, goes on, ends.
    sign: &'static str,
    words: String,
    act: Option<&'a Logged>,
}

impl<'a> Page<'a> {
    fn lines(&self, one: &'a Explained) -> Vec<Line<'a>> {
        let mut lines = Vec::new();
        let mut running = false;
        for (at, segment) in one.segments.iter().enumerate() {
            let act = segment.cause.and_then(|at| self.explanation.act(at));
            let before = at.checked_sub(1).map(|at| one.segments[at].kind);
            let words = self.words(one, segment, before, act);
            let runs = matches!(segment.kind, Kind::Running | Kind::Changed);
            let open = self.schedule.is_open(segment.from);
            let sign = match (running, runs && open) {
                (false, true) => "┌",
                (true, true) => "│",
                (true, false) => "└",
                (false, false) => " ",
            };
            let words = if runs && !open { format!("{words}; outside hours, the clock waits") } else { words };
            lines.push(Line { at: segment.from, sign, words, act });
            running = runs && open;
            if runs {
                running = self.openings(one, segment, running, &mut lines);
            }
        }
        self.end(one, running, &mut lines);
        lines
    }

    /// What began a span, in words.
    fn words(&self, one: &Explained, segment: &Segment, before: Option<Kind>, act: Option<&Logged>) -> String {
        let by = act
            .map_or(String::new(), |act| format!(" by {}", self.ctx.ui.shown(self.look.policy.handle_for(&act.email))));
        let fact = |name: &str| act.and_then(|act| act.facts.iter().find(|fact| fact.field == name));
        let to = |name: &str| fact(name).and_then(|fact| fact.to.as_str()).unwrap_or_default().to_owned();
        match (segment.kind, before) {
            (Kind::Running, None) if one.run.clock == Clock::Update => format!("asked{by}"),
            // What does not begin with the first act began with an approval.
            (Kind::Running, None) if segment.cause.is_some_and(|at| at > 0) => format!("approved{by}"),
            (Kind::Running, None) => match act.filter(|act| act.at.as_second() > segment.from) {
                Some(_) => format!("opened, written down later{by}"),
                None => format!("opened{by}"),
            },
            (Kind::Running, Some(Kind::Solved)) => format!("reopened{by}"),
            (Kind::Running, Some(_)) => format!("goes on{by}"),
            (Kind::Changed, _) => format!(
                "priority {} → {}{by}",
                fact("priority").and_then(|fact| fact.from.as_str()).unwrap_or("?"),
                to("priority")
            ),
            (Kind::Waiting, _) => match to("waiting_on") {
                on if on.is_empty() => format!("paused{by}"),
                on => format!("paused, waits on {}{by}", self.ctx.ui.shown(&on)),
            },
            (Kind::Solved, _) => match to("resolution") {
                how if how.is_empty() => format!("solved{by}"),
                how => format!("solved, {}{by}", self.ctx.ui.shown(&how)),
            },
        }
    }

    /// The hours within a span, and where the target is used up. Says whether the clock still runs at its end.
    fn openings(&self, one: &Explained, segment: &Segment, mut running: bool, lines: &mut Vec<Line<'a>>) -> bool {
        let mut openings = Vec::new();
        let mut at = segment.from;
        while let Some((start, end)) = self.schedule.opening(at).filter(|(start, _)| *start < segment.to) {
            openings.push((start.max(segment.from), end.min(segment.to)));
            at = end;
        }
        // Where a change makes it late that is told behind the change.
        let changes = |at: i64| one.segments.iter().any(|other| other.kind == Kind::Changed && other.from == at);
        let due = one.run.due.filter(|due| match changes(*due) {
            true => segment.kind == Kind::Changed && segment.from == *due,
            false => segment.from < *due && *due <= segment.to,
        });
        let used_up = due.and_then(|due| openings.iter().position(|(start, end)| *start <= due && due <= *end));
        let count = openings.len();
        let mut left_out = (0, 0);
        for (place, (start, end)) in openings.iter().enumerate() {
            if count > TOLD && (2..count - 1).contains(&place) && used_up != Some(place) {
                left_out = (left_out.0 + 1, left_out.1 + end - start);
                continue;
            }
            self.leave_out(&mut left_out, *start, lines);
            if *start > segment.from || !running {
                lines.push(Line { at: *start, sign: "┌", words: "running".to_owned(), act: None });
            }
            running = true;
            if let Some(due) = due.filter(|_| used_up == Some(place)) {
                let words = match one.run.state {
                    State::Breached if changes(due) => format!("more than {} used: late from here on", one.run.target),
                    State::Breached => format!("{} used up: breached here", one.run.target),
                    State::None | State::Running | State::Paused | State::Met | State::Cancelled => {
                        format!("{} used up: due here", one.run.target)
                    }
                };
                lines.push(Line { at: due, sign: "│", words, act: None });
            }
            if *end < segment.to {
                lines.push(Line { at: *end, sign: "└", words: "closed".to_owned(), act: None });
                running = false;
            }
        }
        self.leave_out(&mut left_out, segment.to, lines);
        running
    }

    fn leave_out(&self, left_out: &mut (usize, i64), at: i64, lines: &mut Vec<Line<'a>>) {
        let (count, seconds) = std::mem::take(left_out);
        if count > 0 {
            let words = format!("… {} more, {}", counted(count, "span"), short(seconds));
            lines.push(Line { at, sign: "", words, act: None });
        }
    }

    fn end(&self, one: &'a Explained, running: bool, lines: &mut Vec<Line<'a>>) {
        let act = one.stopped.and_then(|at| self.explanation.act(at));
        let by = act
            .map_or(String::new(), |act| format!(" by {}", self.ctx.ui.shown(self.look.policy.handle_for(&act.email))));
        let sign = if running { "└" } else { " " };
        let solves = act.is_some_and(|act| ends(&act.facts));
        let words = match (one.run.stop, one.run.state, one.run.clock) {
            (None, ..) => "now".to_owned(),
            (Some(_), State::Cancelled, _) => format!("ended{by}"),
            (Some(_), ..) if solves => format!("solved{by}"),
            (Some(_), _, Clock::Acknowledge) => format!("acknowledged{by}"),
            (Some(_), _, Clock::Respond | Clock::Update) => format!("answered{by}"),
            (Some(_), _, Clock::Resolve) => format!("solved{by}"),
        };
        let at = one.run.stop.unwrap_or(self.look.now.as_second());
        lines.push(Line { at, sign, words, act });
        if let (None, State::Running, Some(due)) = (one.run.stop, one.run.state, one.run.due) {
            lines.push(Line { at: due, sign: " ", words: "due".to_owned(), act: None });
        }
    }

    /// The day where it is another than before, and the clock; seconds where there are any, the year where it is not this
    /// one.
    fn time(&self, at: i64, day: &mut Option<Date>) -> String {
        let zone = self.schedule.zone();
        let at = zone.to_datetime(Timestamp::from_second(at).unwrap_or_default());
        let clock = if at.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
        let same = day.replace(at.date()) == Some(at.date());
        let this_year = at.year() == zone.to_datetime(self.look.now).year();
        let form = match (same, this_year) {
            (true, _) => clock.to_owned(),
            (false, true) => format!("%a %-d %b {clock}"),
            (false, false) => format!("%a %-d %b %Y {clock}"),
        };
        at.strftime(&form).to_string()
    }

    /// The lines with their times; the day is told once.
    fn written(&self, lines: &[Line<'_>]) -> String {
        let mut day: Option<Date> = None;
        let mut out = String::new();
        for line in lines {
            let time = match line.sign {
                "" => String::new(),
                _ => self.time(line.at, &mut day),
            };
            let sign = match (self.ctx.ui.style.utf8, line.sign) {
                (true, sign) => sign,
                (false, " " | "") => " ",
                (false, _) => "|",
            };
            let commit = line.act.map_or("", |act| act.commit.get(..10).unwrap_or(&act.commit));
            let words = self.ctx.ui.plain(&line.words);
            out.push_str(format!("  {time:>TIME$}  {sign:<1} {words:<ROOM$}  {commit}").trim_end());
            out.push('\n');
        }
        out
    }
}
