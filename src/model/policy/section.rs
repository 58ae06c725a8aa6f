//! Takes typed values out of one table of `desk.toml` or another file of the policy: what is wrong becomes a remark and the value is left out, what
//! nobody asked for becomes a warning that names the nearest known key.

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::remark::Notes;
use super::span::Span;
use crate::model::name::is_name;
use crate::model::near::nearest;

pub(in crate::model) struct Section<'a> {
    notes: &'a Notes<'a>,
    table: &'a DeTable<'a>,
    /// Dotted path; empty for the whole file.
    pub path: String,
    offset: usize,
    asked: Vec<&'static str>,
}

/// A value and where it stands.
pub(in crate::model) struct Found<'a> {
    notes: &'a Notes<'a>,
    value: &'a DeValue<'a>,
    pub path: String,
    offset: usize,
}

impl<'a> Section<'a> {
    pub fn top(notes: &'a Notes<'a>, table: &'a DeTable<'a>) -> Section<'a> {
        Section { notes, table, path: String::new(), offset: 0, asked: Vec::new() }
    }

    /// The line the section stands at, from 1.
    pub fn line(&self) -> usize {
        self.notes.line(self.offset)
    }

    fn below(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    pub fn error(&self, key: &str, message: impl Into<String>, fix: impl Into<String>) {
        let offset = self.table.get(key).map_or(self.offset, |value| value.span().start);
        self.notes.error(&self.below(key), offset, message.into(), Some(fix.into()));
    }

    pub fn warning(&self, key: &str, message: impl Into<String>, fix: impl Into<String>) {
        let offset = self.table.get(key).map_or(self.offset, |value| value.span().start);
        self.notes.warning(&self.below(key), offset, message.into(), Some(fix.into()));
    }

    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    fn found(&self, key: &str, value: &'a Spanned<DeValue<'a>>) -> Found<'a> {
        let path = self.below(key);
        let offset = value.span().start;
        self.notes.place(&path, offset);
        Found { notes: self.notes, value: value.get_ref(), path, offset }
    }

    /// The value under `key`; `""` is as absent.
    pub fn value(&mut self, key: &'static str) -> Option<Found<'a>> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        let found = self.found(key, self.table.get(key)?);
        (found.value.as_str() != Some("")).then_some(found)
    }

    /// One line of text.
    pub fn text(&mut self, key: &'static str) -> Option<String> {
        self.value(key)?.text()
    }

    pub fn text_or(&mut self, key: &'static str, default: &str) -> String {
        self.text(key).unwrap_or_else(|| default.to_owned())
    }

    /// Text of any number of lines.
    pub fn lines(&mut self, key: &'static str) -> Option<String> {
        let found = self.value(key)?;
        match found.value.as_str() {
            Some(text) => Some(text.trim_end().to_owned()),
            None => found.text(),
        }
    }

    /// Text that `parse` reads; `what` and `example` say what it should have been.
    pub fn parsed<T>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&str) -> Option<T>,
        what: &str,
        example: &str,
    ) -> Option<T> {
        let found = self.value(key)?;
        let text = found.text()?;
        let value = parse(&text);
        if value.is_none() {
            found.error(format!("\"{text}\" is no {what}"), format!("{key} = {example}"));
        }
        value
    }

    pub fn span(&mut self, key: &'static str) -> Option<Span> {
        self.parsed(key, Span::parse, "length of time", "\"45m\", \"1h 30m\", \"14d\" or \"5bd\" for working days")
    }

    pub fn date(&mut self, key: &'static str) -> Option<Date> {
        let found = self.value(key)?;
        let text = found.date_text()?;
        let date = text.parse().ok();
        if date.is_none() {
            found.error(format!("{text} is no date"), format!("{key} = 2026-11-24"));
        }
        date
    }

    pub fn boolean(&mut self, key: &'static str, default: bool) -> bool {
        let Some(found) = self.value(key) else { return default };
        found.value.as_bool().unwrap_or_else(|| {
            found.wrong("true or false", &format!("{key} = {default}"));
            default
        })
    }

    /// A number of at least 0, whole or not.
    pub fn number(&mut self, key: &'static str, most: f64, example: &str) -> Option<f64> {
        let found = self.value(key)?;
        let text = match found.value {
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str(),
            DeValue::Float(float) => float.as_str(),
            DeValue::Integer(_)
            | DeValue::String(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => {
                found.wrong("a number", &format!("{key} = {example}"));
                return None;
            }
        };
        let number = text.replace('_', "").parse::<f64>().ok().filter(|number| (0.0..=most).contains(number));
        if number.is_none() {
            found.error(format!("{text} is out of bounds"), format!("{key} = {example}"));
        }
        number
    }

    pub fn whole(&mut self, key: &'static str, most: u32, example: &str) -> Option<u32> {
        let number = self.number(key, f64::from(most), example)?;
        if number.fract() != 0.0 {
            self.error(key, format!("{number} is no whole number"), format!("{key} = {example}"));
            return None;
        }
        Some(number as u32)
    }

    pub fn word<T>(&mut self, key: &'static str, parse: fn(&str) -> Option<T>, all: &[&str]) -> Option<T> {
        let found = self.value(key)?;
        let text = found.text()?;
        found.one_of(&text, parse, all)
    }

    /// Texts: a list, or one text alone.
    pub fn list(&mut self, key: &'static str) -> Vec<String> {
        self.elements(key).iter().filter_map(Found::text).filter(|text| !text.is_empty()).collect()
    }

    pub fn words<T>(&mut self, key: &'static str, parse: fn(&str) -> Option<T>, all: &[&str]) -> Vec<T> {
        let read = |found: &Found<'a>| found.one_of(&found.text()?, parse, all);
        self.elements(key).iter().filter_map(read).collect()
    }

    /// The elements of a list, or the one value that stands there alone.
    pub fn elements(&mut self, key: &'static str) -> Vec<Found<'a>> {
        let Some(found) = self.value(key) else { return Vec::new() };
        match found.value {
            DeValue::Array(elements) => elements
                .iter()
                .map(|element| Found {
                    notes: found.notes,
                    value: element.get_ref(),
                    path: found.path.clone(),
                    offset: element.span().start,
                })
                .collect(),
            DeValue::String(_) | DeValue::Datetime(_) => vec![found],
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Table(_) => {
                found.wrong("a list", &format!("{key} = [\"…\"]"));
                Vec::new()
            }
        }
    }

    pub fn section(&mut self, key: &'static str) -> Option<Section<'a>> {
        self.value(key)?.section()
    }

    /// The tables of a table by their names: `[queues.l1]`, `[queues.l2]`. A bad name is an error, and is read.
    pub fn named(&mut self, key: &'static str) -> Vec<(String, Section<'a>)> {
        let Some(outer) = self.section(key) else { return Vec::new() };
        let mut sections = Vec::new();
        for (name, found) in outer.all() {
            if !is_name(&name) {
                found.error(
                    format!("\"{name}\" is no name"),
                    "a to z, 0 to 9 and - between them, at most 63".to_owned(),
                );
            }
            sections.extend(found.section().map(|section| (name, section)));
        }
        sections
    }

    /// The tables of a list: `[[sla]]`, `[[sla]]`.
    pub fn rules(&mut self, key: &'static str) -> Vec<Section<'a>> {
        let Some(found) = self.value(key) else { return Vec::new() };
        let Some(elements) = found.value.as_array() else {
            found.wrong("a list of tables", &format!("[[{key}]]"));
            return Vec::new();
        };
        let element = |(at, element): (usize, &'a Spanned<DeValue<'a>>)| {
            let path = format!("{}[{at}]", found.path);
            let offset = element.span().start;
            found.notes.place(&path, offset);
            Found { notes: found.notes, value: element.get_ref(), path, offset }.section()
        };
        elements.iter().enumerate().filter_map(element).collect()
    }

    /// Every key with its value, for tables whose keys are free.
    pub fn all(&self) -> Vec<(String, Found<'a>)> {
        self.table
            .iter()
            .map(|(name, value)| {
                let found = self.found(name.get_ref(), value);
                (name.get_ref().to_string(), found)
            })
            .collect()
    }

    /// Warns about the keys nobody asked for.
    pub fn done(self) {
        for (name, _) in self.table.iter() {
            let name: (&str, usize) = (name.get_ref(), name.span().start);
            if self.asked.contains(&name.0) {
                continue;
            }
            let fix = match nearest(name.0, self.asked.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here: {}", self.asked.join(", ")),
            };
            self.notes.warning(&self.below(name.0), name.1, format!("`{}` is not known", name.0), Some(fix));
        }
    }
}

impl<'a> Found<'a> {
    /// Remembers where it stands, by a key of its own.
    pub fn place(&self, key: &str) {
        self.notes.place(key, self.offset);
    }

    pub fn error(&self, message: String, fix: String) {
        self.notes.error(&self.path, self.offset, message, Some(fix));
    }

    fn wrong(&self, wanted: &str, fix: &str) {
        self.error(format!("`{}` is {}, not {wanted}", self.path, described(self.value)), fix.to_owned());
    }

    /// One line of text.
    pub fn text(&self) -> Option<String> {
        let Some(text) = self.value.as_str() else {
            self.wrong("text", "put it in quotes");
            return None;
        };
        if text.contains('\n') {
            self.error(format!("`{}` has more than one line", self.path), "write it on one line".to_owned());
            return None;
        }
        Some(text.trim().to_owned())
    }

    /// One value: text, a number, true or false.
    pub fn scalar(&self) -> Option<serde_json::Value> {
        let number = |text: &str| serde_json::from_str(&text.replace('_', "")).ok();
        let scalar = match self.value {
            DeValue::String(text) => Some(serde_json::Value::from(text.to_string())),
            DeValue::Boolean(truth) => Some(serde_json::Value::from(*truth)),
            DeValue::Integer(integer) if integer.radix() == 10 => number(integer.as_str()),
            DeValue::Float(float) => number(float.as_str()),
            DeValue::Integer(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
        };
        if scalar.is_none() {
            self.wrong("one value", "text, a number, true or false");
        }
        scalar
    }

    /// A date or a time, bare or in quotes, as text.
    pub fn date_text(&self) -> Option<String> {
        match self.value {
            DeValue::Datetime(date) => Some(date.to_string()),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => self.text(),
        }
    }

    pub fn one_of<T>(&self, text: &str, parse: fn(&str) -> Option<T>, all: &[&str]) -> Option<T> {
        let word = parse(text);
        if word.is_none() {
            let fix = match nearest(text, all.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("one of {}", all.join(", ")),
            };
            self.error(format!("\"{text}\" is none of the words known here"), fix);
        }
        word
    }

    /// The number of bytes that a whole number says.
    pub fn bytes(&self) -> Option<u64> {
        self.value.as_integer().and_then(|integer| integer.as_str().parse().ok())
    }

    pub fn section(&self) -> Option<Section<'a>> {
        let Some(table) = self.value.as_table() else {
            self.wrong("a table", &format!("[{}]", self.path));
            return None;
        };
        Some(Section { notes: self.notes, table, path: self.path.clone(), offset: self.offset, asked: Vec::new() })
    }
}

fn described(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
