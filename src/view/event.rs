//! `desk.event/1`: what a job, a monitor or a host has to say, on its way from the spool to a ticket.
//!
//! It is a protocol: a hub reads every version that was ever published. Keys may be added, and readers pass over those
//! that they do not know; what is absent is empty.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::name::producer_of;

/// The version that this program writes.
pub const SCHEMA: &str = "desk.event/1";

/// What is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ask {
    /// Something fails: a ticket, or a repeat on the open one.
    #[default]
    Trigger,
    /// Somebody has seen it.
    Ack,
    /// It works again.
    Resolve,
}

impl Ask {
    pub fn as_str(self) -> &'static str {
        match self {
            Ask::Trigger => "trigger",
            Ask::Ack => "ack",
            Ask::Resolve => "resolve",
        }
    }
}

/// What a recovery does to its ticket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Recovery {
    /// Resolves what a machine opened and no person touched; of the others it is noted.
    #[default]
    Auto,
    /// Is only noted.
    Never,
    /// Resolves the ticket, whoever has it.
    Always,
}

/// One event. Texts are as the producer has them, after its secrets were taken out; queues, agents and severities are
/// words that the desk settles when the event is applied.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Event {
    pub schema: String,
    /// Unique for ever: an event of one id is applied once. 1 to 200 visible ASCII characters.
    pub id: String,
    /// When it happened; the begin of 1970 is when it is read.
    pub at: Timestamp,
    pub ask: Ask,
    /// What fails, in one word: the deduplication key of its ticket, at most 255 characters.
    pub key: String,
    /// Who says so, as a name: of the host, `[a-z0-9-]`.
    pub producer: String,
    pub host: String,
    /// The login name of whoever ran it.
    pub user: String,
    pub title: String,
    /// What is known of the failure: of a job its output.
    pub body: String,
    /// Words beside an `ack` or a `resolve`.
    pub note: String,
    /// Who has seen it, of an `ack`.
    pub by: String,
    /// `p1` to `p5`; empty is the severity's, else the desk's.
    pub priority: String,
    /// A monitor's word, which the desk's `[severities]` make a priority of.
    pub severity: String,
    pub queue: String,
    pub category: String,
    pub service: String,
    pub asset: String,
    pub assignee: String,
    pub requester: String,
    pub location: String,
    pub environment: String,
    /// Events of one group at once are a storm.
    pub group: String,
    pub tags: Vec<String>,
    pub fields: BTreeMap<String, Value>,
    pub recovery: Recovery,
    /// Failures of this key that the producer has counted since it last worked, this one included; of a recovery those
    /// before it. 0 where nobody counts.
    pub count: u64,
    /// When the first of them was.
    pub first: Option<Timestamp>,
    /// The exit code of a job, as a shell tells it.
    pub exit_code: Option<i64>,
    /// It comes and goes (`true`), or stopped doing so.
    pub flapping: Option<bool>,
    /// Somebody said that this recovery is of the key as a whole, and not of this producer alone.
    pub whole: bool,
    /// Whoever takes it knows which user said it: it speaks of that user's own failures alone. No part of the protocol.
    #[serde(skip)]
    pub of_user: bool,
    /// Events of this key that were left out between this one and the one before, for want of room.
    pub left_out: u64,
    /// Secrets that were taken out of its texts.
    pub redacted: u64,
}

impl Event {
    /// Reads an event from JSON. The error says what is wrong with it, in words.
    pub fn read(text: &str) -> Result<Event, String> {
        let event: Event = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let version = event.schema.strip_prefix("desk.event/").and_then(|version| version.parse::<u32>().ok());
        if version.is_none_or(|version| version == 0) {
            return Err(format!("`schema` is \"{}\", and not \"{SCHEMA}\"", event.schema));
        }
        let plain = |text: &str| (1..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !plain(&event.id) {
            return Err("`id` is not 1 to 200 visible ASCII characters".to_owned());
        }
        if event.key.is_empty() || event.key.chars().count() > 255 {
            return Err("`key` is not 1 to 255 characters".to_owned());
        }
        if event.key.chars().all(|c| c.is_control() || c.is_whitespace()) {
            return Err("`key` has nothing in it to see".to_owned());
        }
        Ok(event)
    }

    /// Makes it the word of the producer that handed it over, whoever it says it is from.
    pub fn bind(&mut self, producer: &str) {
        producer.clone_into(&mut self.producer);
        if producer_of(&self.host) != producer {
            producer.clone_into(&mut self.host);
        }
    }

    /// Makes it the word of the user who handed it over, whoever it says it is from; `number` is what the same user is
    /// called without a name.
    pub fn bind_to_user(&mut self, name: &str, number: &str) {
        if self.user != number {
            name.clone_into(&mut self.user);
        }
        if self.by != name {
            self.by.clear();
        }
        (self.of_user, self.whole) = (true, false);
        if self.recovery == Recovery::Always {
            self.recovery = Recovery::Auto;
        }
    }

    /// It is of now where it says nothing of when it was.
    pub fn dated(self, now: Timestamp) -> Event {
        Event { at: if self.at == Timestamp::UNIX_EPOCH { now } else { self.at }, ..self }
    }

    /// One line of JSON.
    pub fn to_line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The texts of one line, whoever is to make them so; not key, title and tags.
    pub fn lines(&mut self) -> [&mut String; 14] {
        [
            &mut self.host,
            &mut self.user,
            &mut self.producer,
            &mut self.by,
            &mut self.queue,
            &mut self.category,
            &mut self.service,
            &mut self.asset,
            &mut self.assignee,
            &mut self.requester,
            &mut self.location,
            &mut self.environment,
            &mut self.group,
            &mut self.severity,
        ]
    }

    /// All texts that a secret may stand in, but for what is not a text of its own in the fields.
    pub fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let values = self.fields.values_mut().filter_map(|value| match value {
            Value::String(text) => Some(text),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
        });
        [
            &mut self.host,
            &mut self.user,
            &mut self.producer,
            &mut self.priority,
            &mut self.severity,
            &mut self.queue,
            &mut self.assignee,
            &mut self.key,
            &mut self.title,
            &mut self.body,
            &mut self.note,
            &mut self.by,
            &mut self.category,
            &mut self.service,
            &mut self.asset,
            &mut self.requester,
            &mut self.location,
            &mut self.environment,
            &mut self.group,
        ]
        .into_iter()
        .chain(&mut self.tags)
        .chain(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_read_as_it_was_written_and_keys_of_later_versions_are_passed_over() {
        let event = Event {
            schema: SCHEMA.to_owned(),
            id: "20261124T081502Z-x7k2m9".to_owned(),
            key: "run/db1/root/backup".to_owned(),
            tags: vec!["cron".to_owned()],
            count: 3,
            ..Event::default()
        };
        assert_eq!(Event::read(&event.to_line()).unwrap(), event);
        let later = r#"{"schema": "desk.event/2", "id": "a", "key": "k", "mood": [1]}"#;
        assert_eq!(Event::read(later).map(|event| event.key), Ok("k".to_owned()));
    }

    #[test]
    fn what_is_no_event_is_refused_in_words() {
        let refused = |text: &str| Event::read(text).unwrap_err();
        assert_eq!(refused(r#"{"id": "a", "key": "k"}"#), "`schema` is \"\", and not \"desk.event/1\"");
        let no_id = r#"{"schema": "desk.event/1", "id": "a b", "key": "k"}"#;
        assert_eq!(refused(no_id), "`id` is not 1 to 200 visible ASCII characters");
        assert_eq!(refused(r#"{"schema": "desk.event/1", "id": "a"}"#), "`key` is not 1 to 255 characters");
        let blank = r#"{"schema": "desk.event/1", "id": "a", "key": "\n "}"#;
        assert_eq!(refused(blank), "`key` has nothing in it to see");
        assert!(refused("{").contains("EOF"));
    }
}
