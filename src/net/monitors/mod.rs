//! What monitors hand over, made into events: text in, events out.
//!
//! A reader takes what it can: a part that it cannot read becomes a remark and the rest is read. It refuses a text of
//! which it understands nothing. It neither asks nor answers a monitor, and does not check what the desk settles when an
//! event is applied: queues, severities, fields.

mod alertmanager;
mod documents;
mod jsonl;
mod nagios;
mod systemd;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::error::Problem;
use crate::model::word::words;
use crate::view::event::{Event, SCHEMA};

pub use systemd::{Unit, unit};

words! {
    /// Whose format it is.
    Source {
        /// The webhook of Alertmanager or of Grafana, or what `GET /api/v2/alerts` answers.
        Alertmanager = "alertmanager",
        /// The macros of a notification as environment, or `status.dat`.
        Nagios = "nagios",
        /// `systemctl list-units -o json`, or blocks of `systemctl show`.
        Systemd = "systemd",
        /// An object on each line: ours, or PagerDuty's Events API v2.
        Jsonl = "jsonl",
    }
}

impl Source {
    fn hint(self) -> &'static str {
        match self {
            Source::Alertmanager => {
                "it takes what the webhook sends, or what `curl http://HOST:9093/api/v2/alerts` says"
            }
            Source::Nagios => "it takes `NAGIOS_…=` as `env -0` prints them in a notification command, or status.dat",
            Source::Systemd => "it takes `systemctl list-units --failed -o json`, or what `systemctl show UNIT` says",
            Source::Jsonl => "it takes one JSON object on each line: `jq -c .` makes lines of documents",
        }
    }
}

/// What a text said.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Read {
    /// In the order in which they stand, without id, producer, host and user, which are the caller's to add; only a
    /// whole `desk.event/1` keeps those that it has.
    pub events: Vec<Event>,
    /// What could not be read and where, in words; the text of others may stand in them.
    pub remarks: Vec<String>,
}

/// Longest document, block or line, in bytes.
const DOCUMENT: usize = 1024 * 1024;

/// Most bytes of a body or a note that are kept.
const BODY: usize = 64 * 1024;

/// Most characters of a title that are kept.
const TITLE: usize = 500;

/// Most remarks that are made; further ones are counted.
const REMARKS: usize = 100;

/// Reads what a monitor hands over. `host` stands in the keys of units of systemd; `now` is the time of what has none.
pub fn read(source: Source, text: &str, host: &str, now: Timestamp) -> Result<Read, Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reading = Reading::default();
    match source {
        Source::Alertmanager => alertmanager::read(text, now, &mut reading),
        Source::Nagios => nagios::read(text, now, &mut reading),
        Source::Systemd => systemd::read(text, host, now, &mut reading),
        Source::Jsonl => jsonl::read(text, now, &mut reading),
    }
    reading.done(source)
}

/// What was found so far.
#[derive(Default)]
struct Reading {
    events: Vec<Event>,
    remarks: Vec<String>,
    /// Remarks that were not kept.
    more: usize,
    /// Something had the shape of the format, even if it made no event.
    understood: bool,
}

impl Reading {
    fn event(&mut self, event: Event) {
        self.understood = true;
        self.events.push(tidy(event));
    }

    /// An event that goes on as it was made.
    fn whole(&mut self, event: Event) {
        self.understood = true;
        self.events.push(event);
    }

    fn remark(&mut self, words: impl FnOnce() -> String) {
        if self.remarks.len() < REMARKS {
            self.remarks.push(words());
        } else {
            self.more += 1;
        }
    }

    fn done(mut self, source: Source) -> Result<Read, Problem> {
        if let (false, Some(first)) = (self.understood, self.remarks.first()) {
            return Err(Problem::invalid(first).hint(source.hint()));
        }
        if self.more > 0 {
            self.remarks.push(format!("and {} more like these", self.more));
        }
        Ok(Read { events: self.events, remarks: self.remarks })
    }
}

/// The event with what its ticket cannot have put right: one line where there is one, a key and a body that fit.
fn tidy(mut event: Event) -> Event {
    event.schema = SCHEMA.to_owned();
    event.lines().into_iter().for_each(one_line);
    [&mut event.key, &mut event.title].into_iter().chain(&mut event.tags).for_each(one_line);
    event.tags.retain(|tag| !tag.is_empty());
    event.key = fitting(&event.key);
    event.group = fitting(&event.group);
    if let Some((end, _)) = event.title.char_indices().nth(TITLE) {
        event.title.truncate(end);
        event.title.push('…');
    }
    [&mut event.body, &mut event.note].into_iter().for_each(short);
    event
}

/// A body or a note, cut to [`BODY`].
fn short(text: &mut String) {
    let keep = head(text, BODY).len();
    if keep < text.len() {
        let dropped = text.len() - keep;
        text.truncate(keep);
        text.push_str(&format!("\n[{dropped} more bytes]"));
    }
}

fn one_line(text: &mut String) {
    if text.contains(['\n', '\r']) {
        *text = text.split(['\n', '\r']).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    }
    if text.trim().len() < text.len() {
        *text = text.trim().to_owned();
    }
}

/// The key itself, or of one over 255 characters the first 200, `~` and 16 hexadecimal digits of its SHA-256: as unique.
fn fitting(key: &str) -> String {
    if key.chars().count() <= 255 {
        return key.to_owned();
    }
    let hash = Sha256::digest(key.as_bytes());
    let hex: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let start: String = key.chars().take(200).collect();
    format!("{start}~{hex}")
}

/// At most `limit` bytes from the beginning, whole characters.
fn head(text: &str, limit: usize) -> &str {
    let end = (0..=limit.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

/// A name from outside as it stands in a remark: not too much of it.
fn shown(text: &str) -> String {
    let start: String = text.chars().take(60).collect();
    if start.len() < text.len() { format!("\"{start}…\"") } else { format!("\"{start}\"") }
}

/// Seconds since 1970, as monitors write them; 0 is "never".
fn epoch(text: &str) -> Option<Timestamp> {
    let second = text.trim().parse::<i64>().ok().filter(|second| *second > 0)?;
    Timestamp::from_second(second).ok()
}

/// The first that says something.
fn first<'a>(texts: impl IntoIterator<Item = &'a str>) -> &'a str {
    texts.into_iter().find(|text| !text.trim().is_empty()).unwrap_or_default()
}

/// Paragraphs of a body, without the empty ones.
fn paragraphs(parts: &[&str]) -> String {
    let parts = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("\n\n")
}

/// `- name: value` for each that has a value.
fn list<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    pairs.map(|(name, value)| format!("- {name}: {value}\n")).collect()
}
