//! Words of machines as the desk has them: what it does not know is kept beside, in the ticket's fields.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::desk::Room;
use crate::desk::customers::Caller;
use crate::desk::escalation::STORM;
use crate::desk::machines::missing::{MISSED, SWEEP};
use crate::desk::tickets::assign::To;
use crate::desk::tickets::open::{Open, TITLE, known_queue};
use crate::jobs::spool::fitting;
use crate::model::count::counted;
use crate::model::id::TicketId;
use crate::model::name::producer_of;
use crate::model::word::{Channel, LinkType, Priority};
use crate::view::event::{Ask, Event};

/// Longest value of a field of one line, in characters.
const LINE: usize = 500;

/// Longest words beside an event, in characters.
const NOTE: usize = 10_000;

/// So many tags and fields are kept.
const MANY: usize = 100;

/// An event with what a ticket's file can hold: one line where there is one, nothing of the future.
pub fn clean(event: &Event, now: Timestamp) -> Event {
    let mut event = event.clone().dated(now);
    // A clock that was never set is no reason to lose what it dates; a ticket's file knows no years before Christ.
    event.at = event.at.clamp(Timestamp::UNIX_EPOCH.min(now), now);
    // It tells one run of failures from another, by whatever clock.
    event.first = event.first.map(|first| first.max(Timestamp::UNIX_EPOCH));
    event.key = fitting(&event.key);
    for text in event.lines() {
        *text = line(text, LINE);
    }
    if event.left_out > 0 {
        let before = counted(event.left_out, "event");
        let words = format!("({before} of this key before it left out: the spool was full)");
        match event.ask {
            Ask::Trigger => event.body = format!("{words}\n\n{}", event.body),
            Ask::Ack | Ask::Resolve => event.note = format!("{} {words}", event.note).trim_start().to_owned(),
        }
    }
    event.note = event.note.chars().take(NOTE).collect();
    if event.ask == Ask::Trigger {
        event.body = with_words(&event);
    }
    if event.title.trim().is_empty() {
        event.title = event.key.clone();
    }
    event.tags = event.tags.iter().flat_map(|tag| tag.split(',')).map(|tag| line(tag, LINE)).collect();
    event.tags.retain(|tag| !tag.is_empty());
    event.tags.sort_unstable();
    event.tags.dedup();
    event.tags.truncate(MANY);
    event.fields = std::mem::take(&mut event.fields).into_iter().filter_map(field).take(MANY).collect();
    event
}

/// What is known of a failure, and below it what somebody said beside.
fn with_words(event: &Event) -> String {
    let words = match (event.by.as_str(), event.note.trim()) {
        ("", "") => return event.body.clone(),
        ("", note) => note.to_owned(),
        (by, "") => format!("said by {by}"),
        (by, note) => format!("{by}: {note}"),
    };
    let body = event.body.trim_end();
    if body.is_empty() { words } else { format!("{body}\n\n{words}") }
}

/// Whether a key is of tickets that the desk opens by itself, which nobody else can open, end or count on.
pub fn is_own(key: &str) -> bool {
    let key = fitting(key);
    [STORM, MISSED].iter().any(|own| key.starts_with(own))
}

/// An event that came from outside: where it has a key of the desk's own, another one.
pub fn of_others(event: &Event) -> Event {
    let key = if is_own(&event.key) { format!("event/{}", fitting(&event.key)) } else { event.key.clone() };
    Event { key, ..event.clone() }
}

/// Text without line ends and control characters.
fn line(text: &str, longest: usize) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.trim().chars().take(longest).collect()
}

/// A site field: a name of plain characters and a scalar.
fn field((name, value): (String, Value)) -> Option<(String, Value)> {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') { c } else { '-' };
    let name: String = name.chars().map(plain).take(100).collect();
    let value = match value {
        Value::String(text) => Value::from(line(&text, LINE)),
        Value::Bool(_) => value,
        Value::Number(ref number) if number.is_i64() => value,
        Value::Number(number) => Value::from(number.to_string()),
        Value::Null => return None,
        Value::Array(_) | Value::Object(_) => Value::from(line(&value.to_string(), LINE)),
    };
    (!name.is_empty()).then_some((name, value))
}

/// The tag of what somebody must look at before it is anybody's work.
const TRIAGE: &str = "triage";

/// The ticket that an event opens; `follows` is the one that it was before.
pub fn opening(room: &Room<'_, '_>, event: &Event, follows: Option<TicketId>) -> Open {
    let policy = &room.policy;
    let mut fields: BTreeMap<String, Value> = event.fields.clone();
    let mut asked = |name: &str, word: &str| drop(fields.insert(format!("asked-{name}"), Value::from(word)));
    let queue = Some(event.queue.as_str()).filter(|queue| !queue.is_empty());
    let known = queue.and_then(|queue| known_queue(policy, queue).ok());
    if let (Some(queue), None) = (queue, &known) {
        asked("queue", queue);
    }
    // A queue that the desk does not know is its default, whatever its routes say.
    let default = || known_queue(policy, &policy.desk.default_queue).ok();
    let queue = known.or_else(|| queue.and_then(|_| default()));
    let mut tags = event.tags.clone();
    // Whom nobody knows somebody must look at; what a job says of itself is no person.
    let who = &event.requester;
    let refused = |caller: Caller| room.admit(who, &caller).is_err();
    let is_stranger = !who.is_empty() && room.caller(who, "").is_ok_and(refused);
    let queue = if is_stranger { default() } else { queue };
    tags.extend(is_stranger.then(|| TRIAGE.to_owned()));
    tags.sort_unstable();
    tags.dedup();
    let in_queue = queue.as_deref().unwrap_or(&policy.desk.default_queue);
    let assignee = To::parse(&event.assignee).handle(room, in_queue, "");
    if assignee.is_err() {
        asked("assignee", &event.assignee);
    }
    let by_word = |word: &str| {
        let word = word.to_lowercase();
        Priority::parse(&word).or_else(|| policy.severities.get(&word).copied())
    };
    for (name, word) in [("priority", &event.priority), ("severity", &event.severity)] {
        if !word.is_empty() && by_word(word).is_none() {
            asked(name, word);
        }
    }
    Open {
        title: event.title.chars().take(TITLE * 5).collect(),
        body: event.body.clone(),
        priority: by_word(&event.priority).or_else(|| by_word(&event.severity)),
        queue,
        assignee: assignee.unwrap_or_default(),
        requester: requester(event),
        channel: Some(Channel::Monitor),
        service: event.service.clone(),
        category: event.category.clone(),
        asset: event.asset.clone(),
        location: event.location.clone(),
        environment: event.environment.clone(),
        tags,
        fields,
        links: follows.map(|id| (LinkType::Follows, id)).into_iter().collect(),
        key: event.key.clone(),
        group: event.group.clone(),
        opened: Some(event.at),
        ..Open::default()
    }
}

/// Who has the problem: whom the event names, else whoever ran the job.
fn requester(event: &Event) -> String {
    match (event.requester.is_empty(), event.user.is_empty() || event.host.is_empty()) {
        (false, _) => event.requester.clone(),
        (true, false) => line(&format!("{}@{}", event.user, event.host), LINE),
        (true, true) => String::new(),
    }
}

/// What a host is called that is named as the desk itself is: no slug has two hyphens.
const NAMESAKE: &str = "sweep--host";

/// The producer as a name; of one that says none its host's. That of the desk's own words is no host's.
pub fn producer(event: &Event) -> String {
    let name = if event.producer.is_empty() { &event.host } else { &event.producer };
    let name = producer_of(name);
    if name == SWEEP && !is_own(&event.key) { NAMESAKE.to_owned() } else { name }
}
