//! A map file as it is written: each key and value with its place, checked before anything is read of the log.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

use super::map::{EntryMap, FilesMap, Map, Moment, OneOrMany, RowMap, Rule, Split, Words, plain};
use super::times::Clock;
use super::words::set;
use crate::error::{Problem, Result};
use crate::model::field::{FileKind, Shape};
use crate::model::id::TicketId;
use crate::model::near::nearest;
use crate::model::record::Record;
use crate::model::ticket::{Ticket, slug};
use crate::model::word::EntryKind;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    source: Spanned<String>,
    title: String,
    #[serde(default)]
    constants: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
    #[serde(default, rename = "field")]
    rules: Vec<WrittenRule>,
    row: Option<WrittenRow>,
    #[serde(default, rename = "entry")]
    entries: Vec<WrittenEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRow {
    ticket: OneOrMany,
    zone: Option<Spanned<String>>,
    /// As `strftime` has it.
    time: Option<String>,
    opened: WrittenMoment,
    assigned: Option<WrittenMoment>,
    answered: Option<WrittenMoment>,
    resolved: Option<WrittenMoment>,
    closed: Option<WrittenMoment>,
    changed: Option<WrittenMoment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenMoment {
    at: OneOrMany,
    by: Option<OneOrMany>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEntry {
    each: Option<String>,
    split: Option<Split>,
    #[serde(default)]
    skip: usize,
    at: OneOrMany,
    by: Option<OneOrMany>,
    id: Option<String>,
    #[serde(default, rename = "field")]
    rules: Vec<WrittenRule>,
    files: Option<FilesMap>,
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
    html: bool,
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
    let rules = written.rules.into_iter().map(|rule| file.rule(FileKind::Ticket, rule)).collect::<Result<_>>()?;
    let row = written.row.map(|row| file.row(row)).transpose()?;
    let entries = written.entries.into_iter().map(|entry| file.entry(entry)).collect::<Result<_>>()?;
    Ok(Map { source: written.source.into_inner(), title: written.title, constants, rules, row, entries })
}

fn words(written: Option<OneOrMany>) -> Words {
    Words(written.map(|words| words.names().to_vec()).unwrap_or_default())
}

fn moment(written: WrittenMoment) -> Moment {
    Moment { at: words(Some(written.at)), by: words(written.by) }
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
            self.field(FileKind::Ticket, key.get_ref(), key.span().start)?;
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

    fn row(&self, row: WrittenRow) -> Result<RowMap> {
        let zone = match &row.zone {
            None => jiff::tz::TimeZone::UTC,
            Some(zone) => jiff::tz::TimeZone::get(zone.get_ref()).map_err(|_| {
                self.wrong(zone.span().start, format!("there is no time zone \"{}\"", zone.get_ref()))
                    .hint("an IANA name, as in zone = \"Europe/Amsterdam\"")
            })?,
        };
        Ok(RowMap {
            ticket: words(Some(row.ticket)),
            clock: Clock { zone, form: row.time },
            opened: moment(row.opened),
            assigned: row.assigned.map(moment),
            answered: row.answered.map(moment),
            resolved: row.resolved.map(moment),
            closed: row.closed.map(moment),
            changed: row.changed.map(moment),
        })
    }

    fn entry(&self, entry: WrittenEntry) -> Result<EntryMap> {
        let rules = entry.rules.into_iter().map(|rule| self.rule(FileKind::Entry, rule)).collect::<Result<_>>()?;
        let (each, skip, at, id) = (entry.each, entry.skip, words(Some(entry.at)), entry.id);
        Ok(EntryMap { each, split: entry.split, skip, at, by: words(entry.by), id, rules, files: entry.files })
    }

    fn rule(&self, kind: FileKind, rule: WrittenRule) -> Result<Rule> {
        let to = rule.to.get_ref().clone();
        self.field(kind, &to, rule.to.span().start)?;
        // A part of several that are joined is no value by itself.
        if rule.from.names().len() == 1 {
            let as_it_is = |word: &&Spanned<String>| word.get_ref() != "*";
            for word in rule.values.values().chain(rule.otherwise.iter().filter(as_it_is)) {
                let value = if rule.slug { slug(word.get_ref()) } else { word.get_ref().clone() };
                match kind {
                    FileKind::Entry => self.entry_word(&to, &value, word.span().start)?,
                    FileKind::Ticket => self.word(&to, &value, word.span().start)?,
                    FileKind::Article => {}
                }
            }
        }
        let list = kind.field(&to).is_some_and(|field| field.shape == Shape::List);
        Ok(Rule {
            to,
            from: rule.from,
            join: if list && rule.join.is_empty() { "\n".to_owned() } else { rule.join },
            html: rule.html,
            slug: rule.slug,
            values: rule.values.into_iter().map(|(theirs, ours)| (theirs, ours.into_inner())).collect(),
            otherwise: rule.otherwise.map(Spanned::into_inner),
        })
    }

    fn field(&self, kind: FileKind, name: &str, offset: usize) -> Result<()> {
        let (thing, taken): (_, &[&str]) = match kind {
            FileKind::Entry => ("an entry", &["by", "at", "files"]),
            FileKind::Ticket => ("a ticket", &[]),
            FileKind::Article => ("an article", &[]),
        };
        let of_the_site = kind == FileKind::Ticket && name.starts_with("fields.");
        if of_the_site || (kind.field(name).is_some() && !taken.contains(&name)) {
            return Ok(());
        }
        let problem = self.wrong(offset, format!("`{name}` is no field of {thing}"));
        let names = kind.fields().iter().map(|field| field.name).filter(|name| !taken.contains(name));
        Err(match nearest(name, names) {
            Some(near) => problem.hint(format!("did you mean `{near}`?")).candidates([near]),
            None => problem,
        }
        .into())
    }

    /// The kind of an entry; nothing leaves it out.
    fn entry_word(&self, field: &str, value: &str, offset: usize) -> Result<()> {
        if field != "kind" || value.is_empty() || EntryKind::parse(value).is_some() {
            return Ok(());
        }
        let kinds = EntryKind::spellings().join(", ");
        Err(self.wrong(offset, format!("\"{value}\" is no kind of an entry: {kinds}")).into())
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
