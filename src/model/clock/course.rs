//! The course a ticket took, as far as clocks depend on it.

use jiff::Timestamp;

use crate::model::calendar::{Pause, Schedule};
use crate::model::policy::Policy;
use crate::model::times::Act;
use crate::model::word::{Channel, Priority, Resolution, Status, WaitingOn};

/// What was said in public by a person; automatic replies are none of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// In seconds since 1970.
    pub at: i64,
    /// An agent's handle or an address.
    pub by: String,
}

/// Moments that are reckoned with the ticket, in seconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Known {
    pub acknowledged: Option<i64>,
    pub responded: Option<i64>,
    /// The first approval of a request; of a [`Course`], when it was approved for good.
    pub approved: Option<i64>,
}

/// All times in seconds since 1970; changes oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Course {
    pub opened: i64,
    pub known: Known,
    pub channel: Option<Channel>,
    pub customer: String,
    pub service: String,
    /// How it stands ended; empty while it is open.
    pub resolution: String,
    pub(super) priorities: Vec<(i64, Priority)>,
    pub(super) waits: Vec<Wait>,
    pub(super) endings: Vec<Ending>,
    pub(super) questions: Vec<Question>,
}

/// Waiting for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// `None` where the file does not say.
    pub on: Option<WaitingOn>,
    pub pause: Pause,
}

/// A change from unsolved to solved, and back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    pub at: i64,
    pub resolution: String,
    pub reopened: Option<i64>,
}

/// The oldest word of the requester that had no answer, and the answer, or the end of the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    pub asked: i64,
    pub answered: Option<i64>,
}

impl Course {
    /// From a ticket's acts and public words, each oldest first. `None` without acts.
    pub fn of(acts: &[Act], words: &[Word], known: Known, policy: &Policy) -> Option<Course> {
        let first = acts.first()?;
        let mut course = Course { opened: first.at.as_second(), known, ..Course::default() };
        let mut walk = Walk::default();
        for act in acts {
            walk.act(act, &mut course);
        }
        course.questions = questions(words, &course.endings, &walk.requester, policy);
        course.known.approved = known.approved.and_then(|first| course.released(first));
        Some(course)
    }

    /// How the ticket ended takes it out of all figures: it was no work of its own, or not done at all.
    pub fn is_excluded(&self) -> bool {
        is_excluded(&self.resolution)
    }

    /// Whether it was solved at a moment, that moment included.
    pub fn is_solved_at(&self, at: i64) -> bool {
        self.endings.iter().any(|ending| ending.at <= at && ending.reopened.is_none_or(|again| at < again))
    }

    /// Changes of its priority after a run's start, until its end. In the second of a stop the stop comes first.
    pub fn changes_within(
        &self,
        start: i64,
        stop: Option<i64>,
        end: i64,
    ) -> impl Iterator<Item = (i64, Priority)> + use<'_> {
        let before = move |at: i64| if stop.is_some() { at < end } else { at <= end };
        self.priorities.iter().copied().filter(move |(at, _)| start < *at && before(*at))
    }

    /// When a request that was first approved at a moment waited for no further approval; `None` while it does. Between
    /// two approvals it may have waited for others, or been refused; what it waits for once its work was done is new.
    fn released(&self, first: i64) -> Option<i64> {
        let done = self.endings.iter().find(|ending| ending.at > first && !is_excluded(&ending.resolution));
        let counts =
            |pause: &Pause| pause.to.is_none_or(|to| first < to) && done.is_none_or(|ending| pause.from < ending.at);
        let waits = self.waits.iter().rev().filter(|wait| wait.on == Some(WaitingOn::Approval));
        waits.map(|wait| wait.pause).find(counts).map_or(Some(first), |pause| pause.to)
    }

    /// The spans in which it was solved.
    pub(super) fn solved_spans(&self) -> impl Iterator<Item = Pause> {
        self.endings.iter().filter_map(|ending| Some(Pause::new(ending.at, ending.reopened?)))
    }

    /// Since when it has been waiting at a moment, that moment included.
    pub fn waiting_since(&self, at: i64) -> Option<i64> {
        let holds = |pause: &Pause| pause.from <= at && pause.to.is_none_or(|to| at < to);
        self.waits.iter().find(|wait| holds(&wait.pause)).map(|wait| wait.pause.from)
    }

    /// Working seconds that it waited for each reason, until a moment.
    pub fn waited(&self, schedule: &Schedule, at: i64) -> Vec<(WaitingOn, i64)> {
        let mut sums: Vec<(WaitingOn, i64)> = Vec::new();
        for Wait { on, pause } in &self.waits {
            let Some(on) = on else { continue };
            let worked = schedule.elapsed(pause.from.max(self.opened), pause.to.unwrap_or(at).min(at), &[]);
            match sums.iter_mut().find(|(known, _)| known == on) {
                Some((_, sum)) => *sum += worked,
                None => sums.push((*on, worked)),
            }
        }
        sums
    }

    /// When it was solved, if it is.
    pub fn solved(&self) -> Option<i64> {
        self.endings.last().filter(|ending| ending.reopened.is_none()).map(|ending| ending.at)
    }

    /// The priority that holds at a moment, changes of the moment itself left out.
    pub(super) fn priority_before(&self, at: i64) -> Option<Priority> {
        let before = self.priorities.iter().rev().find(|(since, _)| *since < at);
        before.or(self.priorities.first()).map(|(_, priority)| *priority)
    }
}

/// Whether an end like this takes a ticket out of all figures of service levels.
pub fn is_excluded(resolution: &str) -> bool {
    let out = [Resolution::Duplicate, Resolution::Rejected, Resolution::Cancelled];
    out.iter().any(|word| word.as_str() == resolution)
}

/// Where a ticket stands while its acts are walked through.
#[derive(Default)]
struct Walk {
    status: Option<Status>,
    on: Option<WaitingOn>,
    requester: String,
}

impl Walk {
    fn act(&mut self, act: &Act, course: &mut Course) {
        let at = act.at.as_second();
        let (status, on) = (self.status, self.on);
        for fact in &act.facts {
            let text = fact.to.as_str().unwrap_or_default();
            match fact.field.as_str() {
                "opened" => course.opened = text.parse::<Timestamp>().map_or(course.opened, Timestamp::as_second),
                "channel" => course.channel = Channel::parse(text),
                "customer" => text.clone_into(&mut course.customer),
                "service" => text.clone_into(&mut course.service),
                "requester" => text.clone_into(&mut self.requester),
                "resolution" => text.clone_into(&mut course.resolution),
                "status" => self.status = Status::parse(text),
                "waiting_on" => self.on = WaitingOn::parse(text),
                "priority" => course.priorities.extend(Priority::parse(text).map(|priority| (at, priority))),
                _ => {}
            }
        }
        if (status, on) != (self.status, self.on) {
            self.turn(at, status, course);
        }
    }

    fn turn(&self, at: i64, before: Option<Status>, course: &mut Course) {
        if before == Some(Status::Waiting)
            && let Some(wait) = course.waits.last_mut()
        {
            wait.pause.to = Some(at);
        }
        if self.status == Some(Status::Waiting) {
            course.waits.push(Wait { on: self.on, pause: Pause { from: at, to: None } });
        }
        let (was, is) = (before.is_some_and(Status::is_done), self.status.is_some_and(Status::is_done));
        if is && !was {
            let resolution = course.resolution.clone();
            course.endings.push(Ending { at, resolution, reopened: None });
        }
        if was
            && !is
            && let Some(ending) = course.endings.last_mut()
        {
            ending.reopened = Some(at);
        }
    }
}

/// What is said and done while questions wait for answers. Of what happens in one second the end of waiting comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Answered,
    Solved,
    Reopened,
    Asked,
}

/// The requester's words that wait for one of an agent's. Solving the ticket ends the waiting; what is asked while it is
/// solved waits from when it is reopened on, and where it stays solved nobody is waited for.
fn questions(words: &[Word], endings: &[Ending], requester: &str, policy: &Policy) -> Vec<Question> {
    let mut turns: Vec<(i64, Turn)> = Vec::new();
    for word in words {
        match policy.is_same(&word.by, requester) {
            true => turns.push((word.at, Turn::Asked)),
            false if policy.is_agent(&word.by) => turns.push((word.at, Turn::Answered)),
            false => {}
        }
    }
    for ending in endings {
        turns.push((ending.at, Turn::Solved));
        turns.extend(ending.reopened.map(|at| (at, Turn::Reopened)));
    }
    turns.sort_unstable();
    let (mut questions, mut solved, mut asked): (Vec<Question>, bool, bool) = (Vec::new(), false, false);
    for (at, turn) in turns {
        let open = questions.last_mut().filter(|question| question.answered.is_none());
        match (turn, open) {
            (Turn::Answered | Turn::Solved, Some(question)) => question.answered = Some(at),
            (Turn::Asked, None) if !solved => questions.push(Question { asked: at, answered: None }),
            (Turn::Reopened, None) if asked => questions.push(Question { asked: at, answered: None }),
            (Turn::Answered | Turn::Solved | Turn::Reopened | Turn::Asked, _) => {}
        }
        solved = match turn {
            Turn::Solved => true,
            Turn::Reopened => false,
            Turn::Answered | Turn::Asked => solved,
        };
        // A word said while it is solved waits for the reopening.
        asked = solved && (asked || turn == Turn::Asked) && turn != Turn::Answered;
    }
    questions
}
