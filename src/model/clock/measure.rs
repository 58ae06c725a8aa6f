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

impl Promise<'_> {
    pub(super) fn runs_of(&self, clock: Clock, course: &Course, now: i64) -> Vec<Run> {
        let begun = match clock {
            Clock::Acknowledge => once(clock, course, course.known.acknowledged),
            Clock::Respond if course.channel == Some(Channel::Monitor) => Vec::new(),
            Clock::Respond => once(clock, course, course.known.responded),
            Clock::Update => self.updates(course),
            Clock::Resolve => self.resolutions(course),
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
            stop: sooner(
                question.answered,
                course.endings.iter().map(|ending| ending.at).find(|at| *at >= question.asked),
            ),
            pauses: self.waits(course),
            excluded: course.is_excluded(),
        };
        course.questions.iter().enumerate().map(begin).collect()
    }

    /// One for each time it was solved, and one for the work that goes on. Each goes on from the one before: the time in
    /// which it was solved is a pause.
    fn resolutions(&self, course: &Course) -> Vec<Begun> {
        let start = match (self.from_approval, course.known.approved) {
            (false, _) => course.opened,
            (true, Some(approved)) => approved.max(course.opened),
            (true, None) => return Vec::new(),
        };
        let mut pauses = self.waits(course);
        let mut all = Vec::new();
        let begin = |cycle: usize, stop: Option<i64>, pauses: &[Pause], excluded: bool| Begun {
            clock: Clock::Resolve,
            cycle,
            start,
            stop,
            pauses: pauses.to_vec(),
            excluded,
        };
        for (at, ending) in course.endings.iter().enumerate() {
            all.push(begin(at + 1, Some(ending.at), &pauses, is_excluded(&ending.resolution)));
            let Some(reopened) = ending.reopened else { return all };
            pauses.push(Pause::new(ending.at, reopened));
        }
        all.push(begin(course.endings.len() + 1, None, &pauses, false));
        all
    }

    /// `None` where there is no target.
    fn measure(&self, begun: Begun, course: &Course, now: i64) -> Option<Run> {
        let Begun { clock, cycle, start, stop, pauses, excluded } = begun;
        // What had not happened by then is as if it never did.
        let stop = stop.filter(|at| *at <= now);
        let end = stop.unwrap_or(now).max(start);
        let (priority, target, due) = self.target(clock, course, start, end, &pauses)?;
        let late = due.is_some_and(|due| due < end);
        let state = match stop {
            _ if excluded => State::Cancelled,
            _ if late => State::Breached,
            Some(_) => State::Met,
            None if pauses.iter().any(|pause| holds(pause, now)) => State::Paused,
            None => State::Running,
        };
        let used = self.schedule.elapsed(start, end, &pauses);
        let target_seconds = self.schedule.seconds(start, target).unwrap_or(i64::MAX);
        let remaining = match due {
            Some(due) if late => -self.schedule.elapsed(due, end, &pauses),
            Some(_) | None => target_seconds.saturating_sub(used).max(0),
        };
        let due = due.filter(|_| state != State::Paused);
        let pauses = pauses.into_iter().filter(|pause| pause.from < end).collect();
        Some(Run { clock, cycle, state, priority, start, stop, target, target_seconds, used, remaining, due, pauses })
    }

    /// The priority and target that hold at the end, and when they make it due. A change keeps the time that is used;
    /// where the change itself makes it late, it is late from the change on.
    fn target(
        &self,
        clock: Clock,
        course: &Course,
        start: i64,
        end: i64,
        pauses: &[Pause],
    ) -> Option<(Priority, Span, Option<i64>)> {
        let target = |priority: Priority| self.targets.get(&priority).and_then(|targets| targets.of(clock));
        let due = |span: Span| self.schedule.due(start, span, pauses);
        // What is changed in the second of the start holds from the start.
        let mut priority = course.priority_before(start + 1)?;
        let mut late_from = target(priority).and_then(due);
        let changes = course.priorities.iter().filter(|(at, _)| start < *at && *at < end);
        for (at, changed) in changes {
            priority = *changed;
            late_from = match (late_from, target(priority).and_then(due)) {
                (_, None) => None,
                (_, Some(new)) if new >= *at => Some(new),
                (Some(old), Some(new)) if old < *at => Some(old.max(new)),
                (Some(_) | None, Some(_)) => Some(*at),
            };
        }
        Some((priority, target(priority)?, late_from))
    }
}

/// `acknowledge` and `respond`: from the report to the first time that it happened, without pauses.
fn once(clock: Clock, course: &Course, stop: Option<i64>) -> Vec<Begun> {
    let ended = course.endings.first().map(|ending| ending.at);
    let (stop, excluded) = (sooner(stop, ended), course.is_excluded());
    vec![Begun { clock, cycle: 1, start: course.opened, stop, pauses: Vec::new(), excluded }]
}

fn sooner(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    one.into_iter().chain(other).min()
}

fn holds(pause: &Pause, at: i64) -> bool {
    pause.from <= at && pause.to.is_none_or(|to| at < to)
}
