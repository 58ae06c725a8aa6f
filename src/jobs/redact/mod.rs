//! Takes secrets out of what a job prints, before any of it is kept: each becomes `[REDACTED:rule]`, and is counted.
//!
//! What is known to be secret goes wherever it stands: the values of environment variables named like secrets, and
//! what the site's own patterns find. Everything else is known by its shape (`ghp_…`), by its place (`://user:…@`,
//! `Authorization: …`) or by its label (`password=…`). It refuses to guess at text without any of these: commit ids,
//! checksums and public keys are what a ticket needs. A secret without shape, place or label is left to `[redact]`.
//!
//! Redacting what is redacted changes nothing. Each pass either takes out something that was no marker yet, or is the
//! last one.

mod encode;
mod environment;
mod find;
mod header;
mod key;
mod label;
mod options;
mod pair;
mod plain;
mod rules;
mod shapes;
pub mod site;
mod url;
mod value;

use std::ops::Range;

use regex::Regex;
use serde_json::Value;

use crate::view::event::Event;

pub use find::{Seen, find, may_find, shapes};
pub use key::KeyWatch;
use plain::Line;

/// What stands where a secret stood.
pub fn marker(rule: &str) -> String {
    format!("[REDACTED:{rule}]")
}

/// What knows the secrets of one process and its site.
pub struct Redactor {
    environment: Vec<Regex>,
    site: Vec<Regex>,
}

impl Redactor {
    /// `environment` are all variables of the process; `names` are those whose values are secret although their names
    /// do not say so; a pattern that does not compile is passed over.
    pub fn new<'a>(
        environment: impl IntoIterator<Item = (&'a str, &'a str)>,
        names: &[String],
        patterns: &[String],
    ) -> Redactor {
        Redactor {
            environment: environment::patterns(environment, names),
            site: patterns.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect(),
        }
    }

    /// A text of several lines, private keys included. How many secrets were taken out is added to `count`.
    pub fn text(&self, text: &str, count: &mut u64) -> String {
        let mut watch = KeyWatch::new();
        self.lines(text.split('\n').map(|line| (line, watch.sees(line.as_bytes()))), count).join("\n")
    }

    /// Lines of one output in their order, each with what the [`KeyWatch`] of its stream said of it. A private key
    /// becomes one marker, wherever its first line went.
    pub fn lines<'a>(&self, lines: impl IntoIterator<Item = (&'a str, bool)>, count: &mut u64) -> Vec<String> {
        let mut lines: Vec<(&str, bool)> = lines.into_iter().collect();
        key::look_back(&mut lines);
        let mut lines = key::folded(lines, count);
        let mut before = None;
        for line in &mut lines {
            *line = self.redacted(before, line, count);
            before = Some(line.as_str());
        }
        lines
    }

    /// One line of output, which the [`KeyWatch`] of its stream did not see in a key.
    pub fn line(&self, line: &str, count: &mut u64) -> String {
        self.redacted(None, line, count)
    }

    /// All texts of an event; what was taken out is added to its `redacted`.
    pub fn event(&self, event: &mut Event) {
        let mut count = 0;
        for text in event.texts().filter(|text| !text.is_empty()) {
            *text = self.text(text, &mut count);
        }
        let fields = std::mem::take(&mut event.fields).into_iter();
        event.fields = fields.map(|(name, value)| self.field(&name, value, &mut count)).collect();
        event.redacted += count;
    }

    /// A field, and all that is in it.
    fn field(&self, name: &str, value: Value, count: &mut u64) -> (String, Value) {
        let name = self.text(name, count);
        let value = match value {
            Value::String(text) => Value::from(self.named(&name, &text, count)),
            Value::Number(number) => {
                let text = number.to_string();
                let safe = self.named(&name, &text, count);
                if safe == text { Value::Number(number) } else { Value::from(safe) }
            }
            Value::Array(all) => {
                let all = all.into_iter().map(|one| self.field(&name, one, count).1).collect();
                self.flat(Value::Array(all), count)
            }
            Value::Object(members) => {
                let members = members.into_iter().map(|(name, value)| self.field(&name, value, count)).collect();
                self.flat(Value::Object(members), count)
            }
            Value::Null | Value::Bool(_) => value,
        };
        (name, value)
    }

    /// A text whose name may say what it is.
    fn named(&self, name: &str, text: &str, count: &mut u64) -> String {
        let text = self.text(text, count);
        let whole = self.text(&format!("{name}={text}"), count);
        whole.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')).map_or(text, str::to_owned)
    }

    /// What shows only in all of a value, such as `{"name": "DB_PASSWORD", "value": "…"}`; then it is the text of that.
    fn flat(&self, value: Value, count: &mut u64) -> Value {
        let text = value.to_string();
        let safe = self.text(&text, count);
        if safe == text { value } else { Value::from(safe) }
    }

    fn redacted(&self, before: Option<&str>, line: &str, count: &mut u64) -> String {
        let (body, end) = line.strip_suffix('\r').map_or((line, ""), |body| (body, "\r"));
        let mut line = Line::new(body);
        while self.pass(before, &mut line) {}
        *count += line.taken();
        line.into_text() + end
    }

    /// Whether anything was taken out.
    fn pass(&self, before: Option<&str>, line: &mut Line) -> bool {
        let taken = line.taken();
        for pattern in &self.environment {
            line.take_out("env", |text| found(pattern, text));
        }
        for pattern in &self.site {
            line.take_out("site", |text| found(pattern, text));
        }
        if let Some(before) = before {
            line.take_out("env", |text| pair::second(before, text));
        }
        rules::apply(line);
        line.taken() > taken
    }
}

fn found(pattern: &Regex, text: &str) -> Vec<Range<usize>> {
    pattern.find_iter(text).map(|found| found.range()).filter(|range| !range.is_empty()).collect()
}

#[cfg(test)]
mod tests;
