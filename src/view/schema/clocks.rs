//! Schemas of clocks and calendars.

use serde_json::{Value, json};

use super::{array, integer, object, one_of, text, text_or_null, time_or_null};
use crate::model::clock::State;
use crate::model::policy::{Clock, Deed};
use crate::model::word::Priority;

/// Lengths are working seconds.
pub fn run() -> Value {
    json!({"clock": one_of(&Clock::spellings()), "cycle": integer(), "state": one_of(&State::spellings()),
        "target": text(), "target_seconds": integer(), "used_seconds": integer(), "remaining_seconds": integer(),
        "started": time_or_null(), "due": time_or_null(), "stopped": time_or_null()})
}

fn of_ticket(schema: &str, mut own: Value) -> Value {
    own["schema"] = json!({"const": schema});
    for name in ["id", "handle", "title", "queue"] {
        own[name] = text();
    }
    own["priority"] = one_of(&Priority::spellings());
    own["assignee"] = text_or_null();
    own["customer"] = text_or_null();
    own
}

pub fn clock() -> Value {
    let mut own = run();
    own["level"] = text();
    own["waiting_on"] = text_or_null();
    own["wake"] = time_or_null();
    object(of_ticket("desk.clock/1", own), &[])
}

pub fn firing() -> Value {
    let mut own = run();
    own["level"] = text();
    own["rule"] = text();
    own["line"] = integer();
    own["at"] = text();
    own["do"] = array(one_of(&Deed::spellings()));
    own["to"] = text_or_null();
    object(of_ticket("desk.firing/1", own), &[])
}

pub fn explanation() -> Value {
    let place = json!({"name": text(), "file": text(), "line": integer(), "calendar": text(),
        "calendar_line": {"type": ["integer", "null"]}, "timezone": text()});
    let mut level = object(place, &[]);
    level["type"] = json!(["object", "null"]);
    let cause = json!({"commit": text(), "at": time_or_null(), "by": text(), "subject": text()});
    let mut cause = object(cause, &[]);
    cause["type"] = json!(["object", "null"]);
    let segment = json!({"from": time_or_null(), "to": time_or_null(), "state": one_of(&["running", "paused"]),
        "why": text(), "working_seconds": integer(), "cause": cause});
    let mut clock = run();
    clock["priority"] = one_of(&Priority::spellings());
    clock["line"] = integer();
    clock["segments"] = array(object(segment, &[]));
    clock["ended_by"] = cause;
    object(
        json!({"schema": {"const": "desk.explanation/1"}, "id": text(), "title": text(), "level": level,
            "clocks": array(object(clock, &[]))}),
        &[],
    )
}

fn pauses() -> Value {
    array(object(json!({"from": time_or_null(), "to": time_or_null()}), &[]))
}

pub fn due() -> Value {
    let all = json!({"schema": {"const": "desk.due/1"}, "calendar": text(), "start": time_or_null(), "target": text(),
        "target_seconds": integer(), "pauses": pauses(), "due": time_or_null()});
    object(all, &[])
}

pub fn elapsed() -> Value {
    let all = json!({"schema": {"const": "desk.elapsed/1"}, "calendar": text(), "start": time_or_null(),
        "end": time_or_null(), "pauses": pauses(), "elapsed_seconds": integer()});
    object(all, &[])
}

pub fn calendar() -> Value {
    let day = json!({"date": text(), "weekday": text(), "hours": array(text()), "working_seconds": integer(),
        "note": text_or_null()});
    let all = json!({"schema": {"const": "desk.calendar/1"}, "calendar": text(), "timezone": text(),
        "working_seconds": integer(), "days": array(object(day, &[]))});
    object(all, &[])
}
