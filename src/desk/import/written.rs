//! A map file as it is written: each key and value with its place, checked before anything is read of the log.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

use super::map::{Map, OneOrMany, Rule, plain};
use super::words::set;
use crate::error::{Problem, Result};
use crate::model::field::FileKind;
use crate::model::id::TicketId;
use crate::model::near::nearest;
use crate::model::record::Record;
use crate::model::ticket::{Ticket, slug};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    source: Spanned<String>,
    title: String,
    #[serde(default)]
    constants: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
    #[serde(default, rename = "field")]
    rules: Vec<WrittenRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRule {
    to: Spanned<String>,
    from: OneOrMany,
    #[serde(default)]
    join: String,
    #[serde(default)]
    slug: bool,
    #[serde(default)]
    values: BTreeMap<String, Spanned<String>>,
    otherwise: Option<Spanned<String>>,
}

/// Reads and checks a map. Exit code 6 names the file, the line and what is wrong there.
pub fn read(path: &str, text: &str) -> Result<Map> {
    let file = File { path, text };
    let written: Written = toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        file.wrong(offset, error.message())
    })?;
    let source = written.source.get_ref();
    if slug(source) != *source || source.is_empty() {
        let message = format!("`source` is \"{source}\"; a name of a-z, 0-9 and - is needed");
        return Err(file.wrong(written.source.span().start, message).into());
    }
    let constants = file.constants(&written.constants)?;
    let rules = written.rules.into_iter().map(|rule| file.rule(rule)).collect::<Result<_>>()?;
    Ok(Map { source: written.source.into_inner(), title: written.title, constants, rules })
}

struct File<'a> {
    path: &'a str,
    text: &'a str,
}

impl File<'_> {
    fn wrong(&self, offset: usize, message: impl std::fmt::Display) -> Problem {
        let before = self.text.get(..offset).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count()) + 1;
        Problem::invalid(format!("{}:{line}:{column}: {message}", self.path)).code("bad_map")
    }

    fn constants(&self, written: &BTreeMap<Spanned<String>, Spanned<toml::Value>>) -> Result<BTreeMap<String, Value>> {
        let mut constants = BTreeMap::new();
        for (key, value) in written {
            self.field(key.get_ref(), key.span().start)?;
            let json = scalar(value.get_ref());
            let Some(json) = json else {
                let message = format!("`{}` is a list or a table; one value is needed", key.get_ref());
                return Err(self.wrong(value.span().start, message).into());
            };
            self.word(key.get_ref(), &plain(&json), value.span().start)?;
            constants.insert(key.get_ref().clone(), json);
        }
        Ok(constants)
    }

    fn rule(&self, rule: WrittenRule) -> Result<Rule> {
        let to = rule.to.get_ref().clone();
        self.field(&to, rule.to.span().start)?;
        // A part of several that are joined is no value by itself.
        if rule.from.names().len() == 1 {
            for word in rule.values.values().chain(&rule.otherwise) {
                let value = if rule.slug { slug(word.get_ref()) } else { word.get_ref().clone() };
                self.word(&to, &value, word.span().start)?;
            }
        }
        Ok(Rule {
            to,
            from: rule.from,
            join: rule.join,
            slug: rule.slug,
            values: rule.values.into_iter().map(|(theirs, ours)| (theirs, ours.into_inner())).collect(),
            otherwise: rule.otherwise.map(Spanned::into_inner),
        })
    }

    fn field(&self, name: &str, offset: usize) -> Result<()> {
        if name.starts_with("fields.") || FileKind::Ticket.field(name).is_some() {
            return Ok(());
        }
        let problem = self.wrong(offset, format!("`{name}` is no field of a ticket"));
        let names = FileKind::Ticket.fields().iter().map(|field| field.name);
        Err(match nearest(name, names) {
            Some(near) => problem.hint(format!("did you mean `{near}`?")).candidates([near]),
            None => problem,
        }
        .into())
    }

    /// A value that a ticket's field cannot have would refuse every ticket.
    fn word(&self, field: &str, value: &str, offset: usize) -> Result<()> {
        match fault(field, value) {
            Some(message) if !value.is_empty() => Err(self.wrong(offset, message).into()),
            Some(_) | None => Ok(()),
        }
    }
}

fn scalar(value: &toml::Value) -> Option<Value> {
    match value {
        toml::Value::String(text) => Some(Value::from(text.as_str())),
        toml::Value::Integer(number) => Some(Value::from(*number)),
        toml::Value::Float(number) => Some(Value::from(*number)),
        toml::Value::Boolean(yes) => Some(Value::from(*yes)),
        toml::Value::Datetime(time) => Some(Value::from(time.to_string())),
        toml::Value::Array(_) | toml::Value::Table(_) => None,
    }
}

/// What a ticket with this one value in an otherwise good file has to say about it.
fn fault(field: &str, value: &str) -> Option<String> {
    let id = TicketId::draw(jiff::Timestamp::UNIX_EPOCH, 0);
    let mut record = Record::default();
    for (name, good) in [("title", "x"), ("kind", "incident"), ("status", "new"), ("priority", "p3")] {
        record.set(name, good);
    }
    record.set("opened", "1970-01-01T00:00:00Z");
    set(&mut record, field, value);
    let faults = Ticket::read(id, &record).err()?;
    faults.into_iter().find(|fault| fault.field == field).map(|fault| fault.message)
}
