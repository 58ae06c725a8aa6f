//! One ticket's life, as reports see it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use super::{Window, within};
use crate::model::fact::Fact;
use crate::model::times::Act;
use crate::model::word::{Resolution, Status};

/// The fields whose last value reports read; keeping no others keeps a hundred thousand lives small.
const KEPT: &[&str] = &[
    "title",
    "resolution",
    "kind",
    "priority",
    "category",
    "service",
    "asset",
    "requester",
    "customer",
    "channel",
    "solution",
    "fields.model",
    "fields.version",
];

/// What happened to a ticket, in seconds since 1970.
///
/// Solved is resolved or closed. A ticket exists from when it was reported or first written, whichever is earlier.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Life {
    /// When it was reported.
    pub opened: i64,
    /// Changes from unsolved to solved, with the resolution; one that was taken away while it was open was cancelled.
    pub solved: Vec<(i64, String)>,
    /// Changes from solved to unsolved.
    pub reopened: Vec<i64>,
    /// While it was unsolved; the last span may not have ended.
    pub unsolved: Vec<(i64, Option<i64>)>,
    /// Seconds in each status but the last.
    pub in_status: BTreeMap<&'static str, i64>,
    /// Seconds waiting for each.
    pub waiting_on: BTreeMap<String, i64>,
    /// Commits that changed queue or assignee from one set value to another; both at once count once.
    pub reassignments: u64,
    /// The queue took a value that it had had before, with another in between.
    pub ping_pong: bool,
    /// Queues it was in, each from when on.
    pub queues: Vec<(i64, String)>,
    /// Agents who had it, each from when on; empty is nobody.
    pub agents: Vec<(i64, String)>,
    /// When it was first written, or reported if that is later.
    pub first: i64,
    /// Status and what is waited on, each from when on.
    pub turns: Vec<Turn>,
    /// Articles that are named at the end.
    pub articles: BTreeSet<String>,
    /// Links of its own at the end, as `TYPE ID`.
    pub links: BTreeSet<String>,
    /// The day on which the requester is to be called back, and the address of who promised that.
    pub follow_up: Option<(Date, String)>,
    /// The fields that reports read, as they are at the end.
    pub fields: BTreeMap<&'static str, String>,
}

/// From a moment on, in seconds since 1970, a ticket was in this status and waited for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub at: i64,
    pub status: Status,
    /// Empty where it does not wait.
    pub waiting_on: String,
}

impl Life {
    /// From a ticket's acts, oldest first. `None` when there is nothing.
    pub fn of(acts: &[Act]) -> Option<Life> {
        let first = acts.first()?;
        let mut life = Life { opened: first.at.as_second(), ..Life::default() };
        for fact in acts.iter().flat_map(|act| &act.facts).filter(|fact| fact.field == "opened") {
            if let Some(time) = fact.to.as_str().and_then(|text| text.parse::<Timestamp>().ok()) {
                life.opened = time.as_second();
            }
        }
        life.first = life.opened.max(first.at.as_second());
        let mut walk = Walk { start: Some(life.opened.min(first.at.as_second())), ..Walk::default() };
        for act in acts {
            walk.act(act, &mut life);
        }
        if let Some(start) = walk.start {
            life.unsolved.push((start, None));
        }
        Some(life)
    }

    /// Whether it existed and was not solved at a moment, that moment included.
    pub fn is_unsolved_at(&self, at: i64) -> bool {
        self.unsolved.iter().any(|(from, to)| *from <= at && to.is_none_or(|to| to > at))
    }

    /// The queue it was in at a moment.
    pub fn queue_at(&self, at: i64) -> &str {
        let before = self.queues.iter().rev().find(|(since, _)| *since <= at);
        before.or(self.queues.first()).map_or("", |(_, queue)| queue)
    }

    /// The agent who had it at a moment; empty is nobody.
    pub fn agent_at(&self, at: i64) -> &str {
        let before = self.agents.iter().rev().find(|(since, _)| *since <= at);
        before.map_or("", |(_, agent)| agent)
    }

    /// Since when it has been waiting at a moment, and for what it waits then; `None` where it does not wait.
    pub fn waiting_at(&self, at: i64) -> Option<(i64, &str)> {
        let until = self.turns.iter().rposition(|turn| turn.at <= at)?;
        let waits = |turn: &&Turn| turn.status == Status::Waiting;
        let last = self.turns.get(until).filter(waits)?;
        let first = self.turns[..=until].iter().rev().take_while(waits).last()?;
        Some((first.at, last.waiting_on.as_str()))
    }

    /// When work on it was brought to an end within a window: what was cancelled, or is told in another ticket, was no
    /// work of its own.
    pub fn done(&self, window: Window) -> impl Iterator<Item = i64> {
        let own = |resolution: &str| !Life::is_cancellation(resolution) && resolution != Resolution::Duplicate.as_str();
        let all = self.solved.iter().filter(move |(_, resolution)| own(resolution));
        all.map(|(at, _)| *at).filter(move |at| within(window, *at))
    }

    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// Whether a solution at the end of the ticket's work was a cancellation.
    pub fn is_cancellation(resolution: &str) -> bool {
        resolution == Resolution::Cancelled.as_str()
    }
}

/// Where a ticket stands while its acts are walked through.
#[derive(Default)]
struct Walk {
    status: Option<Status>,
    waiting: String,
    since: i64,
    /// Since when it has been unsolved.
    start: Option<i64>,
    /// Queues it has been in, each change once.
    queues: Vec<String>,
    /// Its file is gone.
    gone: bool,
}

impl Walk {
    fn act(&mut self, act: &Act, life: &mut Life) {
        let at = act.at.as_second();
        for fact in &act.facts {
            if fact.field == "ticket" {
                self.gone = fact.to.is_null();
            } else if fact.field != "thread" {
                self.gone = false;
                keep(fact, act, life);
            }
        }
        let fact = |name: &str| act.facts.iter().find(|fact| fact.field == name);
        if fact("status").is_some() || fact("waiting_on").is_some() {
            self.turn(at, fact("status"), fact("waiting_on"), life);
        }
        let moved = |fact: &Fact| !fact.from.is_null() && !fact.to.is_null();
        if fact("queue").is_some_and(moved) || fact("assignee").is_some_and(moved) {
            life.reassignments += 1;
        }
        if let Some(queue) = fact("queue") {
            life.queues.push((at, text(&queue.to)));
        }
        if let Some(agent) = fact("assignee") {
            life.agents.push((at, text(&agent.to)));
        }
        if let Some(queue) = fact("queue").and_then(|fact| fact.to.as_str()) {
            let last = self.queues.last().map(String::as_str);
            if last != Some(queue) {
                life.ping_pong |= self.queues.iter().any(|had| had == queue);
                self.queues.push(queue.to_owned());
            }
        }
        if self.gone
            && let Some(start) = self.start.take()
        {
            life.unsolved.push((start, Some(at)));
            life.solved.push((at, Resolution::Cancelled.as_str().to_owned()));
        }
    }

    fn turn(&mut self, at: i64, status: Option<&Fact>, waiting: Option<&Fact>, life: &mut Life) {
        if let Some(old) = self.status {
            *life.in_status.entry(old.as_str()).or_default() += at - self.since;
            if old == Status::Waiting {
                *life.waiting_on.entry(self.waiting.clone()).or_default() += at - self.since;
            }
        }
        self.since = at;
        let was_solved = self.status.is_some_and(Status::is_done);
        if let Some(fact) = status {
            self.status = fact.to.as_str().and_then(Status::parse);
        }
        if let Some(fact) = waiting {
            self.waiting = text(&fact.to);
        }
        if let Some(status) = self.status {
            life.turns.push(Turn { at, status, waiting_on: self.waiting.clone() });
        }
        let is_solved = self.status.is_some_and(Status::is_done);
        if is_solved && !was_solved {
            life.solved.push((at, life.field("resolution").to_owned()));
            if let Some(start) = self.start.take() {
                life.unsolved.push((start, Some(at)));
            }
        }
        if was_solved && !is_solved {
            life.reopened.push(at);
            self.start = Some(at);
        }
    }
}

/// What a fact leaves for the end.
fn keep(fact: &Fact, act: &Act, life: &mut Life) {
    match fact.field.as_str() {
        "articles" => exchange(&mut life.articles, fact),
        "links" => exchange(&mut life.links, fact),
        "follow_up" => {
            let day = fact.to.as_str().and_then(|text| text.parse().ok());
            life.follow_up = day.map(|day| (day, act.email.clone()));
        }
        name => {
            if let Some(kept) = KEPT.iter().find(|kept| **kept == name) {
                life.fields.insert(kept, text(&fact.to));
            }
        }
    }
}

/// One element of a list for another, or for none.
fn exchange(list: &mut BTreeSet<String>, fact: &Fact) {
    if let Some(gone) = fact.from.as_str() {
        list.remove(gone);
    }
    list.extend(fact.to.as_str().map(str::to_owned));
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn act(at: i64, facts: &[(&str, Value, Value)]) -> Act {
        let facts =
            facts.iter().map(|(field, from, to)| Fact { field: (*field).into(), from: from.clone(), to: to.clone() });
        Act { at: Timestamp::from_second(at).unwrap(), email: String::new(), facts: facts.collect() }
    }

    #[test]
    fn a_ticket_solved_reopened_and_solved_again_was_open_twice() {
        let none = Value::Null;
        let life = Life::of(&[
            act(100, &[("status", none.clone(), json!("new")), ("opened", none, json!("1970-01-01T00:01:00Z"))]),
            act(200, &[("status", json!("new"), json!("resolved"))]),
            act(300, &[("status", json!("resolved"), json!("active"))]),
            act(500, &[("status", json!("active"), json!("closed"))]),
        ])
        .unwrap();
        assert_eq!(life.opened, 60);
        assert_eq!(life.unsolved, [(60, Some(200)), (300, Some(500))]);
        assert_eq!(life.reopened, [300]);
        assert_eq!(life.solved.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [200, 500]);
        let states: Vec<_> = life.in_status.into_iter().collect();
        assert_eq!(states, [("active", 200), ("new", 100), ("resolved", 100)]);
    }

    #[test]
    fn a_queue_that_comes_back_is_ping_pong() {
        let queue = |at, from: Value, to: Value| act(at, &[("queue", from, to)]);
        let there = [queue(1, Value::Null, json!("a")), queue(2, json!("a"), json!("b"))];
        let back = [there.to_vec(), vec![queue(3, json!("b"), json!("a"))]].concat();
        assert!(!Life::of(&there).unwrap().ping_pong);
        let life = Life::of(&back).unwrap();
        assert_eq!((life.ping_pong, life.reassignments), (true, 2));
    }
}
