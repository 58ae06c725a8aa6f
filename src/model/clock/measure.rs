//! The runs of one clock, and what is used of each.

use super::course::{Course, is_excluded};
use super::{Promise, Run, State};
use crate::model::calendar::Pause;
use crate::model::policy::{Clock, Span};
use crate::model::word::{Channel, Priority};

/// When a run began and how it went on.
struct Begun {
    clock: Clock,
    cycle: usize,
    start: i64,
    /// When what it waits for happened, or the ticket was solved without it.
    stop: Option<i64>,
    pauses: Vec<Pause>,
    /// The ticket's end at that time takes the run out of all figures.
    excluded: bool,
}

/// What holds at the end of a run.
struct Target {
    priority: Priority,
    span: Span,
    due: Option<i64>,
}

impl Promise<'_> {
    pub(super) fn runs_of(&self, clock: Clock, course: &Course, now: i64) -> Vec<Run> {
        let begun = match clock {
            Clock::Acknowledge => vec![once(clock, course, course.known.acknowledged)],
            Clock::Respond if course.channel == Some(Channel::Monitor) => Vec::new(),
            Clock::Respond => vec![once(clock, course, course.known.responded)],
            Clock::Update => self.updates(course),
            Clock::Resolve => match (self.from_approval, course.known.approved) {
                (false, _) => self.resolutions(course, course.opened),
                // What had not happened by then is as if it never did.
                (true, Some(approved)) if approved <= now => self.resolutions(course, approved.max(course.opened)),
                (true, Some(_) | None) => return self.not_begun(clock, course).into_iter().collect(),
            },
        };
        begun.into_iter().filter_map(|begun| self.measure(begun, course, now)).collect()
    }

    fn waits(&self, course: &Course) -> Vec<Pause> {
        let stops = |on| self.pause.contains(&on);
        course.waits.iter().filter(|wait| wait.on.is_some_and(stops)).map(|wait| wait.pause).collect()
    }

    fn updates(&self, course: &Course) -> Vec<Begun> {
        let begin = |(at, question): (usize, &super::course::Question)| Begun {
            clock: Clock::Update,
            cycle: at + 1,
            start: question.asked,
            stop: question.answered,
            pauses: self.waits(course),
            excluded: course.is_excluded(),
        };
        course.questions.iter().enumerate().map(begin).collect()
    }

    /// One for each time it was solved, and one for the work that goes on. Each goes on from the one before: the time in
    /// which it was solved is a pause.
    fn resolutions(&self, course: &Course, start: i64) -> Vec<Begun> {
        let pauses: Vec<Pause> = self.waits(course).into_iter().chain(course.solved_spans()).collect();
        let begin = |cycle: usize, stop: Option<i64>, excluded: bool| Begun {
            clock: Clock::Resolve,
            cycle,
            start,
            stop,
            pauses: pauses.clone(),
            excluded,
        };
        let solved = course.endings.iter().enumerate();
        let solved = solved.map(|(at, ending)| begin(at + 1, Some(ending.at), is_excluded(&ending.resolution)));
        let goes_on = course.solved().is_none().then(|| begin(course.endings.len() + 1, None, false));
        solved.chain(goes_on).collect()
    }

    /// A run that waits for its beginning.
    fn not_begun(&self, clock: Clock, course: &Course) -> Option<Run> {
        let priority = course.priority_before(i64::MAX)?;
        let target = self.targets.get(&priority)?.of(clock)?;
        let seconds = self.schedule.seconds(course.opened, target)?;
        Some(Run {
            clock,
            cycle: 1,
            state: State::None,
            priority,
            start: course.opened,
            stop: None,
            target,
            target_seconds: seconds,
            used: 0,
            remaining: seconds,
            due: None,
            pauses: Vec::new(),
        })
    }

    /// `None` where there is no target, or none that this calendar ever uses up.
    fn measure(&self, begun: Begun, course: &Course, now: i64) -> Option<Run> {
        let Begun { clock, cycle, start, excluded, .. } = begun;
        self.schedule.opening(start)?;
        // What had not happened by then is as if it never did.
        let stop = begun.stop.filter(|at| *at <= now);
        let pauses = clipped(&begun.pauses, start, stop);
        let end = stop.unwrap_or(now).max(start);
        let Target { priority, span: target, due } =
            self.target(&Begun { stop, pauses: pauses.clone(), ..begun }, course, end)?;
        let late = due.is_some_and(|due| due < end);
        let state = match stop {
            _ if excluded => State::Cancelled,
            _ if late => State::Breached,
            Some(_) => State::Met,
            None if pauses.iter().any(|pause| holds(pause, now)) => State::Paused,
            None => State::Running,
        };
        let used = self.schedule.elapsed(start, end, &pauses);
        let target_seconds = self.schedule.seconds(start, target)?;
        let remaining = match due {
            Some(due) if late => -self.schedule.elapsed(due, end, &pauses),
            Some(_) | None => target_seconds.saturating_sub(used).max(0),
        };
        let due = due.filter(|_| state != State::Paused);
        Some(Run { clock, cycle, state, priority, start, stop, target, target_seconds, used, remaining, due, pauses })
    }

    /// The priority and target that hold at the end, and when they make it due. A change keeps the time that is used;
    /// where the change itself makes it late, it is late from the change on. What is changed in the second of a stop
    /// comes after it.
    fn target(&self, begun: &Begun, course: &Course, end: i64) -> Option<Target> {
        let target = |priority: Priority| self.targets.get(&priority).and_then(|targets| targets.of(begun.clock));
        let due = |span: Span| self.schedule.due(begun.start, span, &begun.pauses);
        // What is changed in the second of the start holds from the start.
        let mut priority = course.priority_before(begun.start.saturating_add(1))?;
        let mut late_from = target(priority).and_then(due);
        for (at, changed) in course.changes_within(begun.start, begun.stop, end) {
            priority = changed;
            late_from = match (late_from, target(priority).and_then(due)) {
                (_, None) => None,
                (_, Some(new)) if new >= at => Some(new),
                (Some(old), Some(new)) if old < at => Some(old.max(new)),
                (Some(_) | None, Some(_)) => Some(at),
            };
        }
        Some(Target { priority, span: target(priority)?, due: late_from })
    }
}

/// `acknowledge` and `respond`: from the report to the first time that it happened, or to the end of the ticket. Waiting
/// does not stop them; only the time in which the ticket was solved, before it was reopened, does.
fn once(clock: Clock, course: &Course, stop: Option<i64>) -> Begun {
    let stop = stop.into_iter().chain(course.solved()).min();
    let (pauses, excluded) = (course.solved_spans().collect(), course.is_excluded());
    Begun { clock, cycle: 1, start: course.opened, stop, pauses, excluded }
}

/// What of the pauses lies within a run. One that goes on beyond its stop ends there.
fn clipped(pauses: &[Pause], start: i64, stop: Option<i64>) -> Vec<Pause> {
    let clip = |pause: &Pause| {
        let from = pause.from.max(start);
        let to = match (pause.to, stop) {
            (Some(to), Some(stop)) => Some(to.min(stop)),
            (to, stop) => to.or(stop),
        };
        to.is_none_or(|to| from < to).then_some(Pause { from, to })
    };
    pauses.iter().filter_map(clip).collect()
}

fn holds(pause: &Pause, at: i64) -> bool {
    pause.from <= at && pause.to.is_none_or(|to| at < to)
}
