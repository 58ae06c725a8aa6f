//! The schemas of reports: what each of them says to programs.

use serde_json::{Value, json};

use super::{array, integer, number, object, one_of, text, text_or_null, time_or_null};
use crate::model::policy::Clock;

/// One of the reports, each with its own figures.
pub fn report() -> Value {
    let all = [
        summary(),
        flow(),
        ageing(),
        response(),
        quality(),
        pareto(),
        recurring(),
        early_faults(),
        workload(),
        channels(),
        csat(),
        cost(),
        knowledge(),
        problems(),
        follow_ups(),
        sla(),
        breaches(),
        at_risk(),
        customer(),
    ];
    json!({"type": "object", "oneOf": all})
}

/// A report of that name with its figures.
fn figures(name: &str, mut own: Value) -> Value {
    own["schema"] = json!({"const": "desk.report/1"});
    own["report"] = json!({"const": name});
    own["heading"] = text();
    own["sentence"] = text_or_null();
    own["period"] = period();
    own["where"] = text_or_null();
    object(own, &[])
}

/// `[since, until)` of what was looked at; no `since` is from the beginning on.
fn period() -> Value {
    object(json!({"since": time_or_null(), "until": time_or_null()}), &[])
}

/// Seconds over `n` tickets; of none there is only `n`.
fn spread() -> Value {
    let all = json!({"n": integer(), "mean": number(), "median": integer(), "p90": integer(), "max": integer()});
    object(all, &["mean", "median", "p90", "max"])
}

fn summary() -> Value {
    let count = integer;
    // The figure of the period under the name of its unit, those of eight periods under its plural.
    let mut flow = json!({"figure": text(), "before": count(), "change": count()});
    for (one, many) in PERIODS {
        flow[*one] = count();
        flow[*many] = array(count());
    }
    let unit = one_of(&PERIODS.map(|(one, _)| one));
    let of_units: Vec<&str> = PERIODS.iter().flat_map(|(one, many)| [*one, *many]).collect();
    let names: Vec<&str> = PERIODS.iter().map(|(one, _)| *one).collect();
    let mut schema = figures(
        "summary",
        json!({
            "desk": text(), "calendar": text_or_null(), "unit": unit, "open": count(), "open_at": time_or_null(), "periods": array(text()),
            "flow": array(object(flow, &of_units)),
            "resolution_seconds": spread(),
            "age": ages(),
            "oldest": array(oldest()),
            "categories": array(shares("category")),
            "hours": hours(),
            "recurring": array(object(json!({"group": text(), "tickets": count(), "usually": number()}), &[])),
            "workload": array(object(json!({"queue": text(), "open": count(), "resolved": count(), "late": count()}), &[])),
            "promises": by_clock(), "months": months(),
        }),
    );
    // The name of the period, under the name of its unit.
    names.iter().for_each(|name| schema["properties"][*name] = text());
    // Of any other span there is its name in the place of its ends.
    schema["properties"]["period"] = json!({"anyOf": [text(), period()]});
    schema
}

/// Units of a period, one and many; `period` is any other span.
const PERIODS: &[(&str, &str); 6] = &[
    ("day", "days"),
    ("week", "weeks"),
    ("month", "months"),
    ("quarter", "quarters"),
    ("year", "years"),
    ("period", "periods"),
];

fn number_or_null() -> Value {
    json!({"type": ["number", "null"]})
}

/// By what rows may be told apart: sheet and column.
const GROUPS: &[(&str, &str)] = &[
    ("queues", "queue"),
    ("agents", "agent"),
    ("customers", "customer"),
    ("channels", "channel"),
    ("priorities", "priority"),
    ("categories", "category"),
    ("services", "service"),
    ("assets", "asset"),
];

/// A report with the figures of all, and a sheet for each group, rows of the same figures with the group's name.
fn grouped(name: &str, mut all: Value, row: &Value) -> Value {
    for (sheet, column) in GROUPS {
        let mut row = row.clone();
        row[*column] = text();
        all[*sheet] = array(object(row, &[]));
    }
    let mut schema = figures(name, all);
    if let Some(required) = schema["required"].as_array_mut() {
        required.retain(|name| !GROUPS.iter().any(|(sheet, _)| name == sheet));
    }
    schema
}

fn workload() -> Value {
    let row = json!({"open": integer(), "new": integer(), "resolved": integer(), "work_seconds": integer()});
    grouped("workload", json!({"open_at": time_or_null()}), &row)
}

fn channels() -> Value {
    let median = json!({"type": ["integer", "null"]});
    let row = json!({"opened": integer(), "resolved": integer(), "responded": integer(),
        "respond_median_seconds": median, "resolve_median_seconds": median,
        "first_contact_tickets": integer(), "first_contact_percent": number_or_null()});
    grouped("channels", json!({"hours": hours(), "calendar": text_or_null()}), &row)
}

fn csat() -> Value {
    let row = json!({"n": integer(), "mean": number_or_null(), "satisfied": integer(),
        "satisfied_percent": number_or_null(), "resolved": integer(), "answered": integer(),
        "answered_percent": number_or_null()});
    grouped("csat", row.clone(), &row)
}

fn cost() -> Value {
    let row = json!({"currency": text_or_null(), "work_seconds": integer(), "billable_seconds": integer(),
        "materials": number_or_null(), "amount": number_or_null(), "billable_amount": number_or_null()});
    grouped("cost", json!({"total": array(object(row.clone(), &[]))}), &row)
}

fn flow() -> Value {
    let count = integer;
    let row = json!({"day": text(), "week": text(), "month": text(), "quarter": text(), "year": text(), "opened": count(), "resolved": count(),
        "reopened": count(), "cancelled": count(), "backlog_end": count()});
    figures("flow", json!({"flow": array(object(row, &["day", "week", "month", "quarter", "year"]))}))
}

fn quality() -> Value {
    let seconds = json!({"type": "object", "additionalProperties": integer()});
    let moved = json!({"tickets_with_any": integer(), "sum": integer(), "max": integer()});
    figures(
        "quality",
        json!({
            "tickets": integer(), "solved": integer(), "done": integer(), "opened": integer(),
            "resolutions": integer(), "reopen_percent": number_or_null(), "calendar": text_or_null(),
            "resolution_seconds_full": spread(), "resolution_seconds_first": spread(),
            "reopen": object(json!({"events": integer(), "tickets": integer()}), &[]),
            "ping_pong_tickets": integer(), "reassignments": object(moved, &[]),
            "first_contact_tickets": integer(), "escalated_tickets": integer(),
            "seconds_in_status": seconds, "seconds_waiting_on": seconds,
        }),
    )
}

/// Counts of the 24 hours of each weekday.
fn hours() -> Value {
    array(object(json!({"weekday": text(), "hours": array(integer()), "tickets": integer()}), &[]))
}

fn ages() -> Value {
    let row = json!({"age": text(), "tickets": integer(), "unassigned": integer(), "waiting": integer()});
    array(object(row, &[]))
}

fn ticket(mut own: Value) -> Value {
    for name in ["id", "handle", "title"] {
        own[name] = text();
    }
    object(own, &[])
}

fn oldest() -> Value {
    ticket(json!({"queue": text(), "agent": text(), "age_seconds": integer()}))
}

fn ageing() -> Value {
    let waiting = ticket(json!({"waiting_on": text(), "waiting_seconds": integer()}));
    figures(
        "ageing",
        json!({
            "open": integer(), "open_at": time_or_null(), "unassigned": integer(), "waiting": integer(), "age": ages(),
            "oldest": array(oldest()), "oldest_unassigned": array(oldest()), "longest_waiting": array(waiting),
        }),
    )
}

fn response() -> Value {
    let row = json!({"opened": integer(), "acknowledge_seconds": spread(), "respond_seconds": spread()});
    let mut all = row.clone();
    all["calendar"] = text_or_null();
    grouped("response", all, &row)
}

fn shares(group: &str) -> Value {
    let mut row = json!({"tickets": integer(), "share_percent": number_or_null(), "before": integer(),
        "cumulative_percent": number_or_null(), "change": integer()});
    row[group] = text();
    object(row, &[])
}

fn pareto() -> Value {
    let row = json!({"tickets": integer(), "share_percent": number_or_null(), "before": integer(),
        "cumulative_percent": number_or_null(), "change": integer()});
    grouped("pareto", json!({"tickets": integer()}), &row)
}

fn recurring() -> Value {
    let mut row =
        json!({"group": text(), "service": text(), "category": text(), "asset": text(), "tickets": integer()});
    let candidates = array(object(row.clone(), &[]));
    row["usually"] = number();
    figures("recurring", json!({"recurring": array(object(row, &[])), "candidates": candidates}))
}

fn early_faults() -> Value {
    let row = json!({"kind": one_of(&["asset", "model", "version"]), "name": text(), "tickets": integer(),
        "customers": integer(), "first": time_or_null(), "last": time_or_null()});
    figures("early-faults", json!({"faults": array(object(row, &[]))}))
}

fn knowledge() -> Value {
    let top = json!({"article": text(), "title": text(), "tickets": integer()});
    let gap = json!({"kind": one_of(&["category", "service"]), "name": text(), "tickets": integer()});
    let stale = json!({"article": text(), "title": text(), "owner": text(), "why": text(), "since": text()});
    figures(
        "knowledge",
        json!({
            "resolved": integer(), "with_article": integer(), "link_rate_percent": number_or_null(),
            "top": array(object(top, &[])), "gaps": array(object(gap, &[])), "stale": array(object(stale, &[])),
        }),
    )
}

fn problems() -> Value {
    let row = || {
        ticket(json!({"priority": text(), "agent": text(), "age_seconds": integer(), "incidents": integer(),
            "open_incidents": integer(), "workaround": text()}))
    };
    figures("problems", json!({"open_at": time_or_null(), "open": array(row()), "known_errors": array(row())}))
}

fn follow_ups() -> Value {
    let late = json!({"type": ["integer", "null"]});
    let row = ticket(json!({"follow_up": text(), "late_seconds": late, "requester": text(), "promised_by": text(),
        "agent": text()}));
    figures("follow-ups", json!({"follow_ups": array(row), "late": integer()}))
}

/// Which clocks were kept: of all that counted, and what was promised.
fn kept(own: Value) -> Value {
    let mut row = own;
    for name in ["n", "met", "breached"] {
        row[name] = integer();
    }
    row["kept_percent"] = number_or_null();
    row["promised_percent"] = number_or_null();
    row
}

fn by_clock() -> Value {
    array(object(kept(json!({"clock": text()})), &[]))
}

fn months() -> Value {
    let mut month = json!({"month": text(), "n": integer(), "breached": integer()});
    for clock in Clock::spellings() {
        month[format!("{clock}_percent")] = number_or_null();
    }
    array(object(month, &[]))
}

fn sla() -> Value {
    let all = json!({"as_of": time_or_null(), "clocks": by_clock(), "months": months(),
        "running_in_time": integer()});
    grouped("sla", all, &kept(json!({"clock": text()})))
}

/// What was missed; of the desk's own affairs `own`.
fn missed(mut own: Value) -> Value {
    own["priority"] = text();
    own["clock"] = text();
    own["target_seconds"] = integer();
    own["late_seconds"] = integer();
    own["due"] = time_or_null();
    own["stopped"] = time_or_null();
    array(ticket(own))
}

fn breaches() -> Value {
    let counts = |name: &str| {
        let mut row = json!({"breaches": integer()});
        row[name] = text();
        array(object(row, &[]))
    };
    figures(
        "breaches",
        json!({"as_of": time_or_null(), "queues": counts("queue"), "agents": counts("agent"),
            "breaches": missed(json!({"queue": text(), "agent": text(), "level": text()}))}),
    )
}

fn at_risk() -> Value {
    let row = ticket(json!({"priority": text(), "queue": text(), "agent": text(), "level": text(), "clock": text(),
        "state": text(), "target_seconds": integer(), "used_seconds": integer(), "left_seconds": integer(),
        "due": time_or_null()}));
    figures("at-risk", json!({"as_of": time_or_null(), "at_risk": array(row)}))
}

fn customer() -> Value {
    let contract = kept(json!({"contract": text(), "valid_from": text_or_null(), "valid_until": text_or_null(),
        "calendar": text(), "line": integer()}));
    let promise = kept(json!({"level": text(), "priority": text(), "clock": text()}));
    let excluded = object(json!({"resolution": text(), "tickets": integer()}), &[]);
    let paused = object(json!({"waiting_on": text(), "tickets": integer(), "working_seconds": integer()}), &[]);
    let whole_or_null = json!({"type": ["integer", "null"]});
    let hours = json!({"month": text(), "work_seconds": integer(), "included_seconds": whole_or_null,
        "over_seconds": integer(), "amount": number_or_null(), "currency": text_or_null()});
    figures(
        "customer",
        json!({"customer": text(), "name": text(), "as_of": time_or_null(), "opened": integer(),
            "resolved": integer(), "open": integer(), "contracts": array(object(contract, &[])),
            "promises": array(object(promise, &[])), "breaches": missed(json!({})), "excluded": array(excluded),
            "paused": array(paused), "hours": array(object(hours, &[]))}),
    )
}

/// A ticket that a figure of a report rests on: the columns between id and title are each report's own.
pub fn figure() -> Value {
    let named = json!({"schema": {"const": "desk.figure/1"}, "report": text(), "id": text(), "title": text()});
    json!({"type": "object", "properties": named, "required": ["schema", "report", "id", "title"]})
}
