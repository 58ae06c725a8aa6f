//! An event on each line, as a JSON object of our own names, or as PagerDuty's Events API v2 has it.
//!
//! For what no other reader knows: anything that writes JSON can say `{"key": "raid/db1", "title": "…"}`. A name that is
//! not known is remarked on, with the nearest one that is. A whole `desk.event/1` goes on as it is.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::documents::{text, words};
use super::{DOCUMENT, Reading, epoch, first, list, paragraphs, shown};
use crate::model::near::nearest;
use crate::model::word::Priority;
use crate::view::event::{Ask, Event};

/// The names of an event and, behind each, what else is read for it where the name itself is not there.
const NAMES: &[(&str, &[&str])] = &[
    ("ask", &["action", "event_action"]),
    ("key", &["dedup_key", "incident_key"]),
    ("title", &["summary"]),
    ("body", &["description", "details", "custom_details"]),
    ("note", &["comment"]),
    ("by", &["author"]),
    ("at", &["timestamp", "time"]),
    ("priority", &[]),
    ("severity", &[]),
    ("queue", &[]),
    ("category", &[]),
    ("service", &["component"]),
    ("asset", &["source", "host"]),
    ("assignee", &[]),
    ("requester", &[]),
    ("location", &[]),
    ("environment", &[]),
    ("group", &[]),
    ("tags", &["tag"]),
    ("fields", &[]),
    ("recovery", &[]),
    ("count", &[]),
    ("first", &[]),
    ("exit_code", &[]),
    ("flapping", &[]),
];

/// What PagerDuty takes and no ticket has; `routing_key` is a secret.
const PASSED_OVER: &[&str] = &["payload", "links", "images", "client", "client_url", "routing_key", "service_key"];

pub fn read(text: &str, now: Timestamp, reading: &mut Reading) {
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = format!("line {}", index + 1);
        if line.len() > DOCUMENT {
            reading.remark(|| format!("{place}: is longer than 1 MiB"));
            continue;
        }
        match serde_json::from_str::<Value>(line) {
            Ok(Value::Object(object)) => one(line, &object, &Line { place, now }, reading),
            Ok(_) => reading.remark(|| format!("{place}: is no object")),
            Err(error) => reading.remark(|| format!("{place}: {}", words(&error))),
        }
    }
}

/// Where a line stands and when it is read.
struct Line {
    place: String,
    now: Timestamp,
}

fn one(line: &str, object: &Map<String, Value>, at: &Line, reading: &mut Reading) {
    if object.get("schema").and_then(Value::as_str).is_some_and(|schema| schema.starts_with("desk.event/")) {
        return match Event::read(line) {
            Ok(event) => reading.whole(event),
            Err(what) => reading.remark(|| format!("{}: {what}", at.place)),
        };
    }
    match loose(object, at, reading) {
        Ok(event) => reading.event(event),
        Err(what) => reading.remark(|| format!("{}: {what}", at.place)),
    }
}

/// The error says why the line makes no event; what is wrong with one value only is remarked on.
fn loose(object: &Map<String, Value>, at: &Line, reading: &mut Reading) -> Result<Event, String> {
    let mut event = Event { at: at.now, ..Event::default() };
    let payload = object.get("payload").and_then(Value::as_object);
    let mut members: Vec<_> = object.iter().chain(payload.into_iter().flatten()).collect();
    members.sort_by_key(|(name, _)| known(name) != Some(name.as_str()));
    let mut seen = Vec::new();
    for (name, value) in members {
        match known(name) {
            Some(known) if seen.contains(&known) || value.is_null() => (),
            Some(known) => {
                seen.push(known);
                match put(&mut event, known, value) {
                    Ok(()) => (),
                    Err(what) if known == "ask" => return Err(format!("`{name}` {what}")),
                    Err(what) => reading.remark(|| format!("{}: `{name}` {what}", at.place)),
                }
            }
            None if PASSED_OVER.contains(&name.as_str()) => (),
            // What sort of event it is; the desk's categories are its own.
            None if name == "class" && payload.is_some() => {
                event.fields.insert("class".to_owned(), Value::from(scalar(value).unwrap_or_default()));
            }
            None => reading.remark(|| format!("{}: {}", at.place, unknown(name))),
        }
    }
    let links = object.get("links").and_then(Value::as_array).into_iter().flatten();
    let links: Vec<_> = links.map(|link| (text(link, "text"), text(link, "href"))).collect();
    let links = list(links.iter().map(|(shown, href)| (first([shown.as_str(), "Link"]), href.as_str())));
    event.body = paragraphs(&[&event.body, &links]);
    if event.key.trim().is_empty() {
        return Err("has no `key`".to_owned());
    }
    if event.title.trim().is_empty() {
        event.title.clone_from(&event.key);
    }
    Ok(event)
}

fn known(name: &str) -> Option<&'static str> {
    NAMES.iter().find(|(known, others)| *known == name || others.contains(&name)).map(|(known, _)| *known)
}

fn unknown(name: &str) -> String {
    let known = NAMES.iter().map(|(known, _)| *known);
    // Comparing takes the product of both lengths.
    match Some(name).filter(|name| name.len() <= 64).and_then(|name| nearest(name, known)) {
        Some(near) => format!("{} is not known: did you mean `{near}`?", shown(name)),
        None => format!("{} is not known", shown(name)),
    }
}

/// Puts a value where it belongs. The error says what is wrong with it.
fn put(event: &mut Event, name: &str, value: &Value) -> Result<(), String> {
    let line = |slot: &mut String| scalar(value).map(|text| *slot = text);
    match name {
        "ask" => event.ask = ask(&scalar(value)?)?,
        "at" => event.at = time(value)?,
        "first" => event.first = Some(time(value)?),
        "priority" => event.priority = priority(&scalar(value)?)?,
        "body" => event.body = body(value),
        "tags" => event.tags = tags(value)?,
        "fields" => event.fields.extend(value.as_object().ok_or("is no object")?.clone()),
        "count" => event.count = value.as_u64().ok_or("is no number")?,
        "exit_code" => event.exit_code = Some(value.as_i64().ok_or("is no number")?),
        "flapping" => event.flapping = Some(value.as_bool().ok_or("is neither true nor false")?),
        "recovery" => {
            event.recovery =
                serde_json::from_value(value.clone()).map_err(|_| "is none of auto, never, always".to_owned())?;
        }
        "key" => line(&mut event.key)?,
        "title" => line(&mut event.title)?,
        "note" => line(&mut event.note)?,
        "by" => line(&mut event.by)?,
        "severity" => line(&mut event.severity)?,
        "queue" => line(&mut event.queue)?,
        "category" => line(&mut event.category)?,
        "service" => line(&mut event.service)?,
        "asset" => line(&mut event.asset)?,
        "assignee" => line(&mut event.assignee)?,
        "requester" => line(&mut event.requester)?,
        "location" => line(&mut event.location)?,
        "environment" => line(&mut event.environment)?,
        "group" => line(&mut event.group)?,
        _ => return Err("is not known".to_owned()),
    }
    Ok(())
}

fn scalar(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        Value::Null => Ok(String::new()),
        Value::Array(_) | Value::Object(_) => Err("is no text".to_owned()),
    }
}

fn ask(word: &str) -> Result<Ask, String> {
    match word.to_lowercase().as_str() {
        "trigger" => Ok(Ask::Trigger),
        "ack" | "acknowledge" => Ok(Ask::Ack),
        "resolve" => Ok(Ask::Resolve),
        _ => Err(format!("is {} and none of trigger, ack, resolve", shown(word))),
    }
}

/// `p2`, `P2` or `2`.
fn priority(word: &str) -> Result<String, String> {
    let word = word.trim().to_lowercase();
    let level = if word.len() == 1 { format!("p{word}") } else { word.clone() };
    match Priority::parse(&level) {
        Some(priority) => Ok(priority.as_str().to_owned()),
        None if word.is_empty() => Ok(word),
        None => Err(format!("is {} and none of {}", shown(&word), Priority::spellings().join(", "))),
    }
}

/// RFC 3339, or seconds since 1970; from 10¹¹ on they are milliseconds, as JavaScript counts.
fn time(value: &Value) -> Result<Timestamp, String> {
    let wrong = || format!("is {}, which is no time", shown(&scalar(value).unwrap_or_else(|_| value.to_string())));
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(number) if number >= 1e11 => Timestamp::from_millisecond(number as i64).map_err(|_| wrong()),
            Some(number) => Timestamp::from_millisecond((number * 1000.0) as i64).map_err(|_| wrong()),
            None => Err(wrong()),
        },
        Value::String(text) => text.trim().parse().ok().or_else(|| epoch(text)).ok_or_else(wrong),
        _ => Err(wrong()),
    }
}

/// A text, or the members of an object as a list.
fn body(value: &Value) -> String {
    let Some(members) = value.as_object() else {
        return scalar(value).unwrap_or_else(|_| value.to_string());
    };
    let members = members.iter().map(|(name, value)| (name, scalar(value).unwrap_or_else(|_| value.to_string())));
    let members: Vec<_> = members.collect();
    list(members.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

/// `["a", "b"]` or `"a,b"`.
fn tags(value: &Value) -> Result<Vec<String>, String> {
    match value {
        Value::Array(tags) => tags.iter().map(scalar).collect(),
        other => Ok(scalar(other)?.split(',').map(|tag| tag.trim().to_owned()).collect()),
    }
}
