//! Schemas of what machines say, and of what became of it.

use serde_json::{Value, json};

use super::{object, one_of, text, text_or_null, texts, time_or_null};

fn count() -> Value {
    json!({"type": "integer", "minimum": 0})
}

fn time() -> Value {
    json!({"type": "string", "format": "date-time"})
}

/// A protocol: readers pass over keys that they do not know, and what is absent is empty.
pub fn event() -> Value {
    let mut properties = json!({
        "schema": {"type": "string", "pattern": "^desk\\.event/[0-9]+$"},
        "id": {"type": "string", "pattern": "^[!-~]{1,200}$"},
        "at": time(),
        "ask": one_of(&["trigger", "ack", "resolve"]),
        "key": {"type": "string", "minLength": 1, "maxLength": 255},
        "tags": texts(),
        "fields": {"type": "object"},
        "recovery": one_of(&["auto", "never", "always"]),
        "count": count(),
        "first": time_or_null(),
        "exit_code": {"type": ["integer", "null"]},
        "flapping": {"type": ["boolean", "null"]},
        "whole": {"type": "boolean"},
        "left_out": count(),
        "redacted": count(),
    });
    let lines = [
        "producer",
        "host",
        "user",
        "title",
        "body",
        "note",
        "by",
        "priority",
        "severity",
        "queue",
        "category",
        "service",
        "asset",
        "assignee",
        "requester",
        "location",
        "environment",
        "group",
    ];
    for name in lines {
        properties[name] = text();
    }
    json!({"type": "object", "required": ["schema", "id", "key"], "properties": properties})
}

pub fn beat() -> Value {
    let properties = json!({
        "schema": {"const": "desk.beat/1"},
        "key": text(),
        "name": text(),
        "host": text(),
        "at": time(),
        "every": {"type": ["integer", "null"]},
        "queue": text(),
    });
    object(properties, &[])
}

pub fn kept() -> Value {
    let properties = json!({
        "schema": {"const": "desk.kept/1"},
        "event": text(),
        "ask": one_of(&["trigger", "ack", "resolve"]),
        "key": text(),
        "count": count(),
        "did": text_or_null(),
        "id": text_or_null(),
    });
    object(properties, &[])
}

pub fn delivered() -> Value {
    let properties = json!({
        "schema": {"const": "desk.delivered/1"},
        "event": text(),
        "ask": text_or_null(),
        "key": text_or_null(),
        "did": text_or_null(),
        "id": text_or_null(),
        "title": text_or_null(),
        "priority": text_or_null(),
        "queue": text_or_null(),
        "assignee": text_or_null(),
        "count": count(),
        "first": time_or_null(),
        "error": text_or_null(),
    });
    object(properties, &[])
}
