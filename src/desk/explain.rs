//! How a ticket's clocks came to where they stand: spans in which they ran or stood still, and who caused each.

use std::sync::Arc;

use crate::desk::levels::Clocks;
use crate::desk::look::Look;
use crate::error::Result;
use crate::index::{Found, Logged};
use crate::model::calendar::{Pause, Schedule};
use crate::model::clock::{Course, Level, Run, State};
use crate::model::policy::Clock;

/// A ticket's clocks, each told step by step.
pub struct Explanation<'l> {
    pub level: Option<Arc<Level>>,
    pub schedule: Option<&'l Schedule>,
    pub clocks: Vec<Explained>,
    /// Its whole history, oldest first.
    log: Vec<Logged>,
}

pub struct Explained {
    pub run: Run,
    /// Of the level's file, from 1.
    pub line: usize,
    pub segments: Vec<Segment>,
    /// Who stopped it, by the place in the history.
    pub stopped: Option<usize>,
}

/// `[from, to)` in seconds since 1970.
pub struct Segment {
    pub from: i64,
    pub to: i64,
    pub kind: Kind,
    /// Working seconds of it.
    pub worked: i64,
    /// What began it, by the place in the history.
    pub cause: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// From its beginning on, or again after a pause.
    Running,
    /// With the target of another priority from here on.
    Changed,
    /// The ticket waited.
    Waiting,
    /// It was solved, until it was reopened.
    Solved,
}

impl<'l> Explanation<'l> {
    /// Of a ticket's clocks as of the moment of the look.
    pub fn of(look: &'l Look<'_>, found: &Found) -> Result<Explanation<'l>> {
        let Clocks { level, course, runs } = look.clocks_of(found)?;
        let log = look.index.log_of(found.ticket.id)?;
        let schedule = level.as_ref().map(|level| look.levels().schedule(look, &level.calendar));
        let mut clocks = Vec::new();
        if let (Some(level), Some(course), Some(schedule)) = (&level, &course, schedule) {
            let now = look.now.as_second();
            clocks.extend(runs.into_iter().map(|run| {
                let begun = run.state != State::None;
                let segments = if begun { segments(&run, course, schedule, &log, now) } else { Vec::new() };
                let stopped = run.stop.and_then(|at| cause(&log, at, stopping(run.clock)));
                Explained { line: level.line_of(run.priority, run.clock), segments, stopped, run }
            }));
        }
        Ok(Explanation { level, schedule, clocks, log })
    }

    /// The act at a place in the history.
    pub fn act(&self, at: usize) -> Option<&Logged> {
        self.log.get(at)
    }
}

/// The fields whose change stops a clock.
fn stopping(clock: Clock) -> &'static [&'static str] {
    match clock {
        Clock::Acknowledge => &["assignee", "status", "thread", "queue"],
        Clock::Respond => &["thread", "solution"],
        Clock::Update => &["thread"],
        Clock::Resolve => &["status"],
    }
}

/// The act of that second that changed one of these fields, else any act of it.
fn cause(log: &[Logged], at: i64, fields: &[&str]) -> Option<usize> {
    let then = || log.iter().enumerate().filter(move |(_, act)| act.at.as_second() == at);
    let changed = |act: &Logged| act.facts.iter().any(|fact| fields.contains(&fact.field.as_str()));
    then().find(|(_, act)| changed(act)).or_else(|| then().next()).map(|(place, _)| place)
}

fn segments(run: &Run, course: &Course, schedule: &Schedule, log: &[Logged], now: i64) -> Vec<Segment> {
    let end = run.stop.unwrap_or(now);
    let begun = match run.clock {
        Clock::Update => cause(log, run.start, &["thread"]),
        // What began later than the ticket was opened began with an approval.
        Clock::Resolve if run.start > course.opened => cause(log, run.start, &["thread"]),
        Clock::Acknowledge | Clock::Respond | Clock::Resolve => (!log.is_empty()).then_some(0),
    };
    let mut edges: Vec<(i64, Kind, Option<usize>)> = vec![(run.start, Kind::Running, begun)];
    for Pause { from, to } in &run.pauses {
        let kind = if course.is_solved_at(*from) { Kind::Solved } else { Kind::Waiting };
        // One that holds when the run begins was begun before.
        let since = if kind == Kind::Waiting { course.waiting_since(*from) } else { None };
        edges.push((*from, kind, cause(log, since.unwrap_or(*from), &["status", "waiting_on"])));
        if let Some(to) = to {
            edges.push((*to, Kind::Running, cause(log, *to, &["status", "waiting_on"])));
        }
    }
    let is_paused = |at: i64| run.pauses.iter().any(|pause| pause.from <= at && pause.to.is_none_or(|to| at < to));
    for (at, _) in course.changes_within(run.start, run.stop, end).filter(|(at, _)| !is_paused(*at)) {
        edges.push((at, Kind::Changed, cause(log, at, &["priority"])));
    }
    edges.sort_by_key(|(at, ..)| *at);
    edges.retain(|(at, ..)| *at < end || *at == run.start);
    let ends: Vec<i64> = edges.iter().skip(1).map(|(at, ..)| *at).chain([end]).collect();
    let all = edges.into_iter().zip(ends).map(|((from, kind, cause), to)| Segment {
        from,
        to,
        kind,
        worked: schedule.elapsed(from, to, &[]),
        cause,
    });
    // What begins and ends in one second says nothing, but for the beginning.
    let all = all.enumerate().filter(|(place, segment)| *place == 0 || segment.from < segment.to);
    all.map(|(_, segment)| segment).collect()
}
