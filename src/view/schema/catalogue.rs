//! The schemas of services and customers.

use serde_json::{Value, json};

use super::{array, integer, number, object, one_of, one_of_or_null, text, text_or_null, texts};
use crate::model::article::Audience;
use crate::model::catalogue::{Answer, ClockStart};
use crate::model::policy::Clock;
use crate::model::word::{Level, Priority};

pub fn service() -> Value {
    let question = json!({
        "name": text(), "label": text(), "type": one_of(&Answer::spellings()), "required": {"type": "boolean"},
        "choices": texts(), "help": text(),
    });
    let properties = json!({
        "schema": {"const": "desk.service/1"},
        "name": text(),
        "title": text(),
        "description": text(),
        "audience": one_of(&Audience::spellings()),
        "queue": text_or_null(),
        "category": text_or_null(),
        "impact": one_of_or_null(Level::spellings()),
        "urgency": one_of_or_null(Level::spellings()),
        "sla": text_or_null(),
        "approval": texts(),
        "clock_start": one_of(&ClockStart::spellings()),
        "form": array(object(question, &[])),
    });
    object(properties, &[])
}

/// `hours` only where one customer is shown; null where none were worked and none are included.
pub fn customer() -> Value {
    let or_null = |mut schema: Value| {
        schema["type"] = json!([schema["type"], "null"]);
        schema
    };
    let mut targets = json!({"promise": or_null(number())});
    for clock in Clock::spellings() {
        targets[clock] = text_or_null();
    }
    let targets = object(targets, &[]);
    let of_priorities = Priority::spellings().into_iter().map(|priority| (priority.to_owned(), targets.clone()));
    let of_priorities: serde_json::Map<String, Value> = of_priorities.collect();
    let contract = json!({
        "name": text(), "valid_from": text_or_null(), "calendar": text_or_null(), "currency": text_or_null(),
        "hourly_rate": or_null(number()), "included_hours": or_null(number()),
        "targets": {"type": "object", "properties": of_priorities},
    });
    let hours = json!({
        "month": text(), "work_seconds": integer(), "included_seconds": or_null(integer()), "over_seconds": integer(),
        "amount": or_null(number()), "currency": text_or_null(),
    });
    let properties = json!({
        "schema": {"const": "desk.customer/1"},
        "name": text(),
        "title": text(),
        "domains": texts(),
        "contacts": texts(),
        "active": {"type": "boolean"},
        "contract": text_or_null(),
        "open": integer(),
        "contracts": array(object(contract, &[])),
        "hours": or_null(object(hours, &[])),
    });
    object(properties, &["hours"])
}
