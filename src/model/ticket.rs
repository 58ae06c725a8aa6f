//! A ticket: what its file says, typed.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use super::id::TicketId;
use super::link::Link;
use super::record::Record;
use super::word::{Channel, Kind, Level, Priority, Status, WaitingOn};

#[derive(Debug, Clone, PartialEq)]
pub struct Ticket {
    pub id: TicketId,
    pub title: String,
    pub status: Status,
    /// One of [`Resolution`](super::word::Resolution) or of the desk's own; empty while open.
    pub resolution: String,
    pub waiting_on: Option<WaitingOn>,
    /// When a waiting ticket returns to active by itself.
    pub wake: Option<Timestamp>,
    pub kind: Kind,
    pub impact: Option<Level>,
    pub urgency: Option<Level>,
    pub priority: Priority,
    pub priority_reason: String,
    pub queue: String,
    /// A handle; empty is nobody.
    pub assignee: String,
    pub category: String,
    pub service: String,
    pub asset: String,
    /// A promise made by hand; due times of the service level are computed, never stored.
    pub due: Option<Timestamp>,
    pub follow_up: Option<Date>,
    pub tags: Vec<String>,
    pub links: Vec<Link>,
    pub articles: Vec<String>,
    /// Who has the problem: a mail address, an agent's handle or another name.
    pub requester: String,
    pub customer: String,
    pub location: String,
    pub environment: String,
    pub channel: Option<Channel>,
    /// The number in the system it was imported from.
    pub external_id: String,
    /// Deduplication key: unique among open tickets.
    pub key: String,
    /// Storm grouping key.
    pub group: String,
    pub watchers: Vec<String>,
    /// When the problem was reported; may precede the commit.
    pub opened: Timestamp,
    pub solution: String,
    pub body: String,
    /// Form answers and site fields: scalars by name.
    pub fields: BTreeMap<String, Value>,
    /// Values that lost a merge: field to losing value.
    pub conflicts: BTreeMap<String, Value>,
    /// Keys this version does not know, as they stand.
    pub unknown: Record,
}

impl Ticket {
    /// A new ticket with the defaults of an empty form.
    pub fn new(id: TicketId, title: impl Into<String>, opened: Timestamp) -> Ticket {
        Ticket {
            id,
            title: title.into(),
            status: Status::New,
            resolution: String::new(),
            waiting_on: None,
            wake: None,
            kind: Kind::Incident,
            impact: None,
            urgency: None,
            priority: Priority::P3,
            priority_reason: String::new(),
            queue: String::new(),
            assignee: String::new(),
            category: String::new(),
            service: String::new(),
            asset: String::new(),
            due: None,
            follow_up: None,
            tags: Vec::new(),
            links: Vec::new(),
            articles: Vec::new(),
            requester: String::new(),
            customer: String::new(),
            location: String::new(),
            environment: String::new(),
            channel: None,
            external_id: String::new(),
            key: String::new(),
            group: String::new(),
            watchers: Vec::new(),
            opened,
            solution: String::new(),
            body: String::new(),
            fields: BTreeMap::new(),
            conflicts: BTreeMap::new(),
            unknown: Record::default(),
        }
    }

    /// The ticket that a file's record says. Faults name each field whose value is of the wrong type or no known word;
    /// rules between fields are [`rules`](super::rules)' affair.
    pub fn read(id: TicketId, record: &Record) -> Result<Ticket, Vec<Fault>> {
        let mut r = Reader::new(record);
        let title = r.line("title");
        if title.is_empty() {
            r.fault("title", "`title` is missing");
        }
        let opened = r.time("opened");
        if opened.is_none() {
            r.fault("opened", "`opened` is missing");
        }
        let ticket = Ticket {
            id,
            title,
            status: r.required("status", Status::parse, &Status::spellings()).unwrap_or(Status::New),
            resolution: r.line("resolution"),
            waiting_on: r.word("waiting_on", WaitingOn::parse, &WaitingOn::spellings()),
            wake: r.time("wake"),
            kind: r.word("kind", Kind::parse, &Kind::spellings()).unwrap_or(Kind::Incident),
            impact: r.word("impact", Level::parse, &Level::spellings()),
            urgency: r.word("urgency", Level::parse, &Level::spellings()),
            priority: r.word("priority", Priority::parse, &Priority::spellings()).unwrap_or(Priority::P3),
            priority_reason: r.line("priority_reason"),
            queue: r.line("queue"),
            assignee: r.line("assignee"),
            category: r.line("category"),
            service: r.line("service"),
            asset: r.line("asset"),
            due: r.time("due"),
            follow_up: r.date("follow_up"),
            tags: r.list("tags"),
            links: r.links("links"),
            articles: r.list("articles"),
            requester: r.line("requester"),
            customer: r.line("customer"),
            location: r.line("location"),
            environment: r.line("environment"),
            channel: r.word("channel", Channel::parse, &Channel::spellings()),
            external_id: r.line("external_id"),
            key: r.line("key"),
            group: r.line("group"),
            watchers: r.list("watchers"),
            opened: opened.unwrap_or_default(),
            solution: r.text("solution"),
            body: r.text("body"),
            fields: r.table("fields"),
            conflicts: r.table("conflicts"),
            unknown: r.rest(),
        };
        r.done(ticket)
    }

    /// The record that a file of this ticket says.
    pub fn record(&self) -> Record {
        let mut r = self.unknown.clone();
        let mut line = |key: &str, value: &str| r.set(key, value);
        line("title", &self.title);
        line("status", self.status.as_str());
        line("resolution", &self.resolution);
        line("waiting_on", self.waiting_on.map_or("", WaitingOn::as_str));
        line("kind", self.kind.as_str());
        line("impact", self.impact.map_or("", Level::as_str));
        line("urgency", self.urgency.map_or("", Level::as_str));
        line("priority", self.priority.as_str());
        line("priority_reason", &self.priority_reason);
        line("queue", &self.queue);
        line("assignee", &self.assignee);
        line("category", &self.category);
        line("service", &self.service);
        line("asset", &self.asset);
        line("requester", &self.requester);
        line("customer", &self.customer);
        line("location", &self.location);
        line("environment", &self.environment);
        line("channel", self.channel.map_or("", Channel::as_str));
        line("external_id", &self.external_id);
        line("key", &self.key);
        line("group", &self.group);
        line("solution", &self.solution);
        line("body", &self.body);
        r.set("wake", self.wake.map(|time| time.to_string()));
        r.set("due", self.due.map(|time| time.to_string()));
        r.set("follow_up", self.follow_up.map(|date| date.to_string()));
        r.set("opened", self.opened.to_string());
        r.set("tags", sorted(&self.tags));
        r.set("links", sorted(&self.links.iter().map(Link::to_string).collect::<Vec<_>>()));
        r.set("articles", sorted(&self.articles));
        r.set("watchers", sorted(&self.watchers));
        r.set("fields", Value::Object(self.fields.clone().into_iter().collect()));
        r.set("conflicts", Value::Object(self.conflicts.clone().into_iter().collect()));
        r
    }
}

fn sorted(words: &[String]) -> Vec<String> {
    let mut words = words.to_vec();
    words.sort_unstable();
    words.dedup();
    words
}

/// One thing wrong with a file's content, and with which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub field: String,
    /// Lower case, no full stop.
    pub message: String,
    /// What to write instead, where that is known.
    pub fix: Option<String>,
}

/// Takes typed values out of a record, remembers what was wrong and what was not asked for.
pub struct Reader<'a> {
    record: &'a Record,
    asked: HashSet<&'static str>,
    faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    pub fn new(record: &'a Record) -> Reader<'a> {
        Reader { record, asked: HashSet::new(), faults: Vec::new() }
    }

    pub fn fault(&mut self, field: &str, message: impl Into<String>) {
        self.faults.push(Fault { field: field.to_owned(), message: message.into(), fix: None });
    }

    fn fix(&mut self, field: &str, message: String, fix: String) {
        self.faults.push(Fault { field: field.to_owned(), message, fix: Some(fix) });
    }

    fn value(&mut self, key: &'static str) -> Option<&'a Value> {
        self.asked.insert(key);
        self.record.get(key)
    }

    /// Text, of any number of lines.
    pub fn text(&mut self, key: &'static str) -> String {
        match self.value(key) {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(_) => {
                self.fault(key, format!("`{key}` is not text"));
                String::new()
            }
        }
    }

    /// Text of one line.
    pub fn line(&mut self, key: &'static str) -> String {
        let text = self.text(key);
        if text.contains('\n') {
            self.fault(key, format!("`{key}` has more than one line"));
        }
        text
    }

    pub fn word<T>(&mut self, key: &'static str, parse: fn(&str) -> Option<T>, spellings: &[&str]) -> Option<T> {
        let text = self.line(key);
        if text.is_empty() {
            return None;
        }
        let word = parse(&text);
        if word.is_none() {
            self.fix(
                key,
                format!("`{key}` is \"{text}\", which is none of its words"),
                format!("one of {}", spellings.join(", ")),
            );
        }
        word
    }

    pub fn required<T>(&mut self, key: &'static str, parse: fn(&str) -> Option<T>, spellings: &[&str]) -> Option<T> {
        if self.record.get(key).is_none() {
            self.asked.insert(key);
            self.fix(key, format!("`{key}` is missing"), format!("one of {}", spellings.join(", ")));
            return None;
        }
        self.word(key, parse, spellings)
    }

    pub fn time(&mut self, key: &'static str) -> Option<Timestamp> {
        let text = self.line(key);
        if text.is_empty() {
            return None;
        }
        let time = text.parse::<Timestamp>().ok();
        if time.is_none() {
            self.fix(
                key,
                format!("`{key}` is no time with an offset: {text}"),
                format!("{key} = 2026-11-24T08:15:02Z"),
            );
        }
        time
    }

    pub fn date(&mut self, key: &'static str) -> Option<Date> {
        let text = self.line(key);
        if text.is_empty() {
            return None;
        }
        let date = text.parse::<Date>().ok();
        if date.is_none() {
            self.fix(key, format!("`{key}` is no date: {text}"), format!("{key} = 2026-11-24"));
        }
        date
    }

    pub fn list(&mut self, key: &'static str) -> Vec<String> {
        let elements = match self.value(key) {
            None => return Vec::new(),
            Some(Value::Array(elements)) => elements,
            Some(_) => {
                self.fault(key, format!("`{key}` is not a list"));
                return Vec::new();
            }
        };
        if elements.iter().any(|element| !element.is_string()) {
            self.fault(key, format!("`{key}` holds something that is not text"));
        }
        elements.iter().filter_map(|element| element.as_str().map(str::to_owned)).collect()
    }

    pub fn links(&mut self, key: &'static str) -> Vec<Link> {
        let mut links = Vec::new();
        for text in self.list(key) {
            match Link::parse(&text) {
                Some(link) => links.push(link),
                None => self.fix(
                    key,
                    format!("\"{text}\" is no link"),
                    "\"TYPE ID\", as in \"parent 261124-k7m3x9pd\"".to_owned(),
                ),
            }
        }
        links
    }

    /// A table of scalars.
    pub fn table(&mut self, key: &'static str) -> BTreeMap<String, Value> {
        let table = match self.value(key) {
            None => return BTreeMap::new(),
            Some(Value::Object(table)) => table,
            Some(_) => {
                self.fault(key, format!("`{key}` is not a table"));
                return BTreeMap::new();
            }
        };
        if table.values().any(|value| value.is_array() || value.is_object()) {
            self.fault(key, format!("`[{key}]` holds something that is not one value"));
        }
        table.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Everything that was not asked for.
    pub fn rest(&self) -> Record {
        self.record
            .iter()
            .filter(|(key, _)| !self.asked.contains(key))
            .map(|(key, value)| (key.to_owned(), value.clone()))
            .collect()
    }

    pub fn done<T>(self, read: T) -> Result<T, Vec<Fault>> {
        if self.faults.is_empty() { Ok(read) } else { Err(self.faults) }
    }
}

/// A name from any text: lower case, runs of anything but ASCII letters and digits become one `-`, at most 63 bytes.
/// Empty when nothing is left.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.to_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= 63 {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}
