//! Sends what is due, each target in a thread of its own, so that a slow one holds up no other.
//!
//! After the first failure that may pass, a target is left alone until the next run. A ticket's notices come in order:
//! behind one that waits, the later ones wait too, or a pager would be rung for what is long resolved.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::outbox::{Contents, Outbox, Waiting};
use super::targets::Targets;
use super::{State, Told};
use crate::error::{Kind, Problem, Result};
use crate::net::deliver::{Outcome, PATIENCE, Policy, send};
use crate::net::payload;
use crate::net::retry::next_try;
use crate::net::target::Target;

/// A notice that could not be delivered for so long is given up.
const PERSISTENCE: SignedDuration = SignedDuration::from_hours(3 * 24);

/// With less time left, no further request is begun: it would be cut off and count as a failure.
const LEAST: Duration = Duration::from_secs(1);

/// When it is, and when it has to be done.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    pub now: Timestamp,
    /// What the clock said at an instant.
    pub clock: (Timestamp, Instant),
    pub until: Instant,
}

impl Terms {
    /// The present. A run may take minutes, and by Standard Webhooks a receiver refuses what was signed long ago.
    fn present(&self) -> Timestamp {
        let (then, instant) = self.clock;
        then.checked_add(instant.elapsed()).unwrap_or(then)
    }
}

/// What became of the notices of some targets, and what stands in the way of them.
#[derive(Debug, Default)]
pub struct Delivered {
    pub told: Vec<Told>,
    pub problems: Vec<Problem>,
    /// Files that stay where they are.
    pub unreadable: Vec<PathBuf>,
}

/// Sends what waits, but for what this run has handled already. Only one process at a time may do so.
pub fn deliver(outbox: &Outbox, targets: &Targets, terms: Terms, handled: &mut HashSet<String>) -> Result<Delivered> {
    let accepted = outbox.accepted_ids();
    let mut each: BTreeMap<String, Vec<Waiting>> = BTreeMap::new();
    let Contents { waiting, unreadable } = outbox.waiting();
    for one in waiting {
        each.entry(one.target.clone()).or_default().push(one);
    }
    let mut errands: Vec<Errand<'_>> = each
        .into_iter()
        .map(|(name, waiting)| {
            let target = targets.find(&name);
            Errand {
                outbox,
                target,
                name,
                waiting,
                terms,
                handled,
                accepted: &accepted,
                delivered: Delivered::default(),
            }
        })
        .collect();
    let ran: Vec<Result<()>> = thread::scope(|scope| {
        let threads: Vec<_> = errands.iter_mut().map(|errand| scope.spawn(|| errand.run())).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let mut all = Delivered { unreadable, ..Delivered::default() };
    for Errand { delivered, .. } in errands {
        all.told.extend(delivered.told);
        all.problems.extend(delivered.problems);
    }
    handled.extend(all.told.iter().map(|told| told.notice.clone()));
    ran.into_iter().collect::<Result<()>>()?;
    Ok(all)
}

/// What waits for one target.
struct Errand<'a> {
    outbox: &'a Outbox,
    name: String,
    target: Result<&'a Target, Problem>,
    waiting: Vec<Waiting>,
    terms: Terms,
    handled: &'a HashSet<String>,
    accepted: &'a BTreeSet<String>,
    delivered: Delivered,
}

impl Errand<'_> {
    fn run(&mut self) -> Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        let now = self.terms.now;
        let rests = waiting.iter().any(|one| one.asked && one.next > now);
        let (mut stopped, mut behind) = (rests, HashSet::new());
        for one in waiting {
            if self.accepted.contains(&one.notice.id) {
                self.outbox.forget(&one.notice.id)?;
                continue;
            }
            let ticket = one.notice.ticket.id.clone();
            let is_due = one.next <= now && !self.handled.contains(&one.notice.id);
            let may_go = is_due && !stopped && !behind.contains(&ticket) && self.has_time();
            let state = match (is_due, may_go) {
                (true, true) => self.attempt(one)?,
                (true, false) => self.tell(one, State::Waiting),
                (false, _) => State::Waiting,
            };
            if state == State::Waiting {
                stopped |= may_go;
                behind.insert(ticket);
            }
        }
        Ok(())
    }

    fn has_time(&self) -> bool {
        // The first request of a run is tried however short the time is.
        let first = self.handled.is_empty() && self.delivered.told.is_empty();
        self.left() >= if first { Duration::ZERO } else { LEAST }
    }

    fn left(&self) -> Duration {
        self.terms.until.saturating_duration_since(Instant::now())
    }

    /// One try.
    fn attempt(&mut self, mut one: Waiting) -> Result<State> {
        let target = match &self.target {
            Ok(target) => *target,
            Err(problem) => return self.without_target(one, problem.clone()),
        };
        let Some(request) = payload::request(target, &one.notice, self.terms.present()) else {
            self.outbox.forget(&one.notice.id)?;
            return Ok(self.tell(one, State::Sent));
        };
        let policy = Policy { timeout: self.left().min(PATIENCE), ..Policy::new(target.allow_private, self.terms.now) };
        one.tries += 1;
        match send(&request, &policy) {
            Outcome::Delivered => {
                self.outbox.accept(&one.notice.id, self.terms.now)?;
                Ok(self.tell(Waiting { error: None, ..one }, State::Sent))
            }
            Outcome::Again { after, why } => {
                let problem = Problem::new(Kind::Remote, format!("{}: {why}", self.name)).code("undelivered");
                let problem =
                    problem.hint("it is tried again by the next git desk notify; what waits: git desk notify --outbox");
                let pause = next_try(one.tries, after, seed(&one.notice.id));
                self.postpone(Waiting { error: Some(why), asked: after.is_some(), ..one }, pause, problem)
            }
            Outcome::Never { why } => {
                let problem = Problem::new(Kind::Remote, format!("{}: {why}", self.name)).code("undelivered");
                self.give_up(Waiting { error: Some(why), ..one }, problem)
            }
        }
    }

    /// Its configuration is wrong, or gone: somebody may mend that.
    fn without_target(&mut self, one: Waiting, problem: Problem) -> Result<State> {
        let error = Some(problem.message.clone());
        let one = Waiting { error, ..one };
        // One that is gone is no fault of this run: the rules that name it are warned of.
        if problem.kind == Kind::NotFound && !self.is_too_old(&one) {
            return Ok(self.tell(one, State::Waiting));
        }
        self.postpone(one, Duration::ZERO, problem)
    }

    fn is_too_old(&self, one: &Waiting) -> bool {
        self.terms.now.duration_since(one.created) >= PERSISTENCE
    }

    fn postpone(&mut self, one: Waiting, pause: Duration, problem: Problem) -> Result<State> {
        let now = self.terms.now;
        if self.is_too_old(&one) {
            let error = one.error.map(|why| format!("given up after three days: {why}"));
            return self.give_up(Waiting { error, ..one }, problem);
        }
        let next = now.checked_add(pause).unwrap_or(now);
        let one = Waiting { next, ..one };
        self.outbox.keep(&one)?;
        self.delivered.problems.push(problem);
        Ok(self.tell(one, State::Waiting))
    }

    fn give_up(&mut self, one: Waiting, problem: Problem) -> Result<State> {
        self.outbox.give_up(&one)?;
        // One word for all that a target refuses is enough.
        if !self.delivered.problems.iter().any(|known| known.message == problem.message) {
            let hint = "given up; to send it again once that is mended: git desk notify --since REV";
            self.delivered.problems.push(Problem { hints: vec![hint.to_owned()], ..problem });
        }
        Ok(self.tell(one, State::Failed))
    }

    fn tell(&mut self, one: Waiting, state: State) -> State {
        self.delivered.told.push(Told::of(&one, state));
        state
    }
}

/// Spreads the pauses of notices that failed together.
fn seed(id: &str) -> u64 {
    id.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default()
}
