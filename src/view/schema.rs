//! JSON Schemas of the published shapes.

mod article;
mod catalogue;
mod change;
mod clocks;
mod knowledge;
mod machines;
mod portal;
mod problem;
mod proposal;
mod report;

use serde_json::{Value, json};

use super::ticket::FIELDS;
use crate::model::day::{Section, Why};
use crate::model::policy::Occasion;
use crate::model::word::{Channel, EntryKind, Kind, Level, Priority, Status, WaitingOn};

/// The shapes that have a schema.
pub const NAMES: &[&str] = &[
    "ticket",
    "fact",
    "finding",
    "report",
    "figure",
    "day",
    "clock",
    "explanation",
    "firing",
    "due",
    "elapsed",
    "calendar",
    "swept",
    "notified",
    "error",
    "event",
    "beat",
    "kept",
    "sync",
    "delivered",
    "backup",
    "article",
    "portal",
    "problem",
    "proposal",
    "change",
    "service",
    "customer",
    "event-log",
    "history",
    "article-hit",
    "suggestion",
    "article-use",
];

/// The schema of a shape; `None` for a name that is none of [`NAMES`].
pub fn of(name: &str) -> Option<Value> {
    let (title, mut schema) = match name.strip_prefix("desk.").unwrap_or(name).trim_end_matches("/1") {
        "ticket" => ("desk.ticket/1", ticket()),
        "fact" => ("desk.fact/1", fact()),
        "finding" => ("desk.finding/1", finding()),
        "report" => ("desk.report/1", report::report()),
        "figure" => ("desk.figure/1", report::figure()),
        "day" => ("desk.day/1", day()),
        "clock" => ("desk.clock/1", clocks::clock()),
        "explanation" => ("desk.explanation/1", clocks::explanation()),
        "firing" => ("desk.firing/1", clocks::firing()),
        "due" => ("desk.due/1", clocks::due()),
        "elapsed" => ("desk.elapsed/1", clocks::elapsed()),
        "calendar" => ("desk.calendar/1", clocks::calendar()),
        "swept" => ("desk.swept/1", swept()),
        "notified" => ("desk.notified/1", notified()),
        "error" => ("desk.error/1", error()),
        "event" => ("desk.event/1", machines::event()),
        "beat" => ("desk.beat/1", machines::beat()),
        "kept" => ("desk.kept/1", machines::kept()),
        "sync" => ("desk.sync/1", sync()),
        "delivered" => ("desk.delivered/1", machines::delivered()),
        "backup" => ("desk.backup/1", backup()),
        "article" => ("desk.article/1", article::article()),
        "portal" => ("desk.portal/1", portal::portal()),
        "problem" => ("desk.problem/1", problem::problem()),
        "change" => ("desk.change/1", change::change()),
        "proposal" => ("desk.proposal/1", proposal::proposal()),
        "service" => ("desk.service/1", catalogue::service()),
        "customer" => ("desk.customer/1", catalogue::customer()),
        "event-log" => ("desk.event-log/1", event_log()),
        "history" => ("desk.history/1", history()),
        "article-hit" => ("desk.article-hit/1", knowledge::hit()),
        "suggestion" => ("desk.suggestion/1", knowledge::suggestion()),
        "article-use" => ("desk.article-use/1", knowledge::used()),
        _ => return None,
    };
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!(title);
    Some(schema)
}

fn object(properties: Value, optional: &[&str]) -> Value {
    let required: Vec<&String> = properties
        .as_object()
        .map(|all| all.keys().filter(|name| !optional.contains(&name.as_str())).collect())
        .unwrap_or_default();
    json!({"type": "object", "required": required, "properties": properties})
}

fn text() -> Value {
    json!({"type": "string"})
}

fn text_or_null() -> Value {
    json!({"type": ["string", "null"]})
}

fn texts() -> Value {
    json!({"type": "array", "items": {"type": "string"}})
}

fn time_or_null() -> Value {
    json!({"type": ["string", "null"], "format": "date-time", "pattern": "Z$"})
}

fn one_of(words: &[&str]) -> Value {
    json!({"enum": words})
}

fn one_of_or_null(words: Vec<&'static str>) -> Value {
    let mut words: Vec<Value> = words.into_iter().map(Value::from).collect();
    words.push(Value::Null);
    json!({"enum": words})
}

/// A backup that was made, or the desk that was made of one.
fn backup() -> Value {
    let count = || json!({"type": "integer", "minimum": 0});
    object(
        json!({
            "schema": {"const": "desk.backup/1"},
            "path": text(),
            "restored": {"type": "boolean"},
            "bytes": count(),
            "references": count(),
            "tickets": count(),
            "commit": {"type": "string", "pattern": "^[0-9a-f]{40}$"},
        }),
        &[],
    )
}

fn ticket() -> Value {
    let mut properties = json!({});
    for name in FIELDS {
        properties[*name] = text_or_null();
    }
    properties["schema"] = json!({"const": "desk.ticket/1"});
    properties["id"] = json!({"type": "string", "pattern": "^[0-9]{6}-[a-z][0-9a-z]{7}$"});
    for name in ["handle", "title", "path", "body"] {
        properties[name] = text();
    }
    properties["kind"] = one_of(&Kind::spellings());
    properties["status"] = one_of(&Status::spellings());
    properties["priority"] = one_of(&Priority::spellings());
    properties["impact"] = one_of_or_null(Level::spellings());
    properties["urgency"] = one_of_or_null(Level::spellings());
    properties["waiting_on"] = one_of_or_null(WaitingOn::spellings());
    properties["channel"] = one_of_or_null(Channel::spellings());
    properties["level"] = json!({"type": ["integer", "null"]});
    for name in ["wake", "due", "opened", "acknowledged", "responded", "resolved", "closed", "updated"] {
        properties[name] = time_or_null();
    }
    for name in ["tags", "watchers", "articles"] {
        properties[name] = texts();
    }
    properties["suggested_articles"] = array(knowledge::suggestion());
    let status = one_of_or_null(Status::spellings());
    let link = object(json!({"type": text(), "id": text(), "title": text_or_null(), "status": status}), &[]);
    properties["links"] = json!({"type": "array", "items": link});
    properties["fields"] = json!({"type": "object"});
    properties["conflicts"] = json!({"type": "object"});
    let mut repeats =
        object(json!({"count": {"type": "integer"}, "first": time_or_null(), "last": time_or_null()}), &[]);
    repeats["type"] = json!(["object", "null"]);
    properties["occurrences"] = repeats;
    properties["sla"] = array(object(clocks::run(), &[]));
    let kind = one_of(&EntryKind::spellings());
    // `ticket`: which one it is of, where that was merged into this one.
    let entry = json!({"id": text(), "kind": kind, "by": text(), "at": text(), "body": text(), "ticket": text()});
    let entry = object(entry, &["ticket"]);
    properties["thread"] = json!({"type": "array", "items": entry});
    let file = object(json!({"name": text(), "size": {"type": "integer"}, "path": text()}), &[]);
    properties["attachments"] = json!({"type": "array", "items": file});
    // `show --history`; `created` and `changed` after an act; `desk` where several are listed.
    properties["desk"] = text();
    properties["history"] = json!({"type": "array", "items": fact()});
    properties["created"] = json!({"type": "boolean"});
    properties["changed"] = json!({"type": "boolean"});
    // After an act, where it is asked for by name.
    let other = json!({"id": text(), "handle": text(), "title": text(), "status": one_of(&Status::spellings()),
        "assignee": text()});
    properties["similar"] = json!({"type": "array", "items": object(other, &[])});
    let optional = [super::ticket::LONG, &["history", "created", "changed", "desk", "similar"]].concat();
    object(properties, &optional)
}

fn fact() -> Value {
    let properties = json!({
        "schema": {"const": "desk.fact/1"},
        "at": {"type": "string", "format": "date-time"},
        "by": text(), "commit": text(), "ticket": text(), "field": text(), "from": {}, "to": {},
    });
    object(properties, &[])
}

fn swept() -> Value {
    let properties = json!({
        "schema": {"const": "desk.swept/1"}, "act": one_of(&["wake", "close", "notify", "escalate", "raise"]),
        "id": text(), "title": text(), "words": text(), "error": text_or_null(),
    });
    object(properties, &[])
}

/// `id` is the ticket's, or `test`.
fn notified() -> Value {
    let properties = json!({
        "schema": {"const": "desk.notified/1"}, "state": one_of(&["sent", "waiting", "failed", "would"]),
        "occasion": one_of(&Occasion::spellings()), "target": text(), "id": text(), "title": text(),
        "tries": integer(), "error": text_or_null(),
    });
    object(properties, &[])
}

fn finding() -> Value {
    let properties = json!({
        "schema": {"const": "desk.finding/1"},
        "code": {"type": "string", "pattern": "^DSK[0-9]{3}$"},
        "level": one_of(&["error", "warning"]),
        "path": text(),
        "line": {"type": "integer", "minimum": 1},
        "column": {"type": "integer", "minimum": 1},
        "message": text(),
        "fix": text_or_null(),
    });
    object(properties, &[])
}

fn integer() -> Value {
    json!({"type": "integer"})
}

fn number() -> Value {
    json!({"type": "number"})
}

fn array(items: Value) -> Value {
    json!({"type": "array", "items": items})
}

/// What `git desk` alone prints.
fn day() -> Value {
    let mut row = json!({});
    for name in super::day::FIELDS {
        row[*name] = text();
    }
    for name in ["queue", "assignee", "requester", "when", "clock", "by", "job"] {
        row[name] = text_or_null();
    }
    row["priority"] = one_of(&Priority::spellings());
    row["status"] = one_of(&Status::spellings());
    row["section"] = one_of(&Section::spellings());
    row["why"] = one_of(&Why::spellings());
    row["hosts"] = texts();
    row["count"] = json!({"type": ["integer", "null"]});
    let mut counts = json!({"theirs": integer(), "free": integer()});
    let yesterday = json!({"date": text(), "resolved": texts(), "reopened": texts()});
    let mut properties = json!({
        "schema": {"const": "desk.day/1"}, "at": {"type": "string", "format": "date-time"}, "who": text(),
        "agent": {"type": "boolean"}, "on_call": {"type": "boolean"}, "queues": texts(),
        "yesterday": object(yesterday, &[]),
    });
    for section in Section::ALL {
        properties[section.as_str()] = array(object(row.clone(), &[]));
        counts[section.as_str()] = integer();
    }
    properties["counts"] = object(counts, &[]);
    object(properties, &[])
}

/// What `sync` prints: commits that came and went, and what became of tickets by that.
fn sync() -> Value {
    let renamed = object(json!({"from": text(), "to": text()}), &[]);
    let closed = object(json!({"id": text(), "duplicate_of": text()}), &[]);
    let mut rewound = object(json!({"missing": texts(), "kept": texts(), "replanted": integer()}), &[]);
    rewound["type"] = json!(["object", "null"]);
    let properties = json!({
        "schema": {"const": "desk.sync/1"}, "remote": text(), "url": text(), "branch": text(),
        "fetched": integer(), "pushed": integer(), "unpublished": integer(),
        "merge": text_or_null(), "commit": text(), "conflicted": texts(),
        "renamed": array(renamed), "closed": array(closed), "notes": texts(), "rewound": rewound,
        "dry_run": {"type": "boolean"},
    });
    object(properties, &[])
}

/// What stands on stderr after a failure with `--json`.
fn error() -> Value {
    let inner = object(
        json!({
            "code": text(), "exit": {"type": "integer"}, "message": text(), "candidates": texts(),
            "hint": text_or_null(), "try": {"type": "array", "items": texts()},
        }),
        &[],
    );
    object(json!({"error": inner}), &[])
}

/// One line of the log that `import events` reads.
fn event_log() -> Value {
    let entry = object(json!({"kind": text(), "body": text()}), &["body"]);
    let properties = json!({
        "ticket": text(),
        "at": {"type": "string", "format": "date-time"},
        "actor": text(),
        "changes": {"type": "object"},
        "entry": entry,
    });
    object(properties, &["actor", "changes", "entry"])
}

/// One line of what `export jsonl` tells and `import events` reads without a map.
fn history() -> Value {
    let attachment = object(json!({"name": text(), "base64": {"type": "string", "contentEncoding": "base64"}}), &[]);
    let entry = object(
        json!({
            "id": text(),
            "kind": one_of(&EntryKind::spellings()),
            "by": text(),
            "at": {"type": "string", "format": "date-time"},
            "body": text(),
            "files": texts(),
            "attachments": {"type": "array", "items": attachment},
            "deleted": {"const": true},
        }),
        &["kind", "by", "at", "body", "files", "attachments", "deleted"],
    );
    let properties = json!({
        "schema": {"const": "desk.history/1"},
        "ticket": text(),
        "at": {"type": "string", "format": "date-time", "pattern": "Z$"},
        "actor": text(),
        "changes": {"type": "object"},
        "entry": entry,
    });
    object(properties, &["entry"])
}
