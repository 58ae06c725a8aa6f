use proptest::prelude::*;
use serde_json::{Value, json};

use super::stamp::{Stamp, Stamps, later};
use super::*;
use crate::model::id::TicketId;
use crate::model::ticket::Ticket;

/// 10,000, or more where `PROPTEST_CASES` says so.
fn many() -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig { cases: default.cases.max(10_000), max_global_rejects: u32::MAX, ..default }
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop::sample::select(words).prop_map(Value::from)
}

fn words(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop::collection::btree_set(prop::sample::select(words), 0..4)
        .prop_map(|set| Value::from(set.into_iter().collect::<Vec<_>>()))
}

fn lines() -> impl Strategy<Value = Value> {
    prop::collection::vec(prop::sample::select(vec!["a", "b", "c", ""]), 0..6)
        .prop_map(|lines| Value::from(lines.join("\n").trim_end_matches('\n')))
}

/// A ticket's record with the few values in which versions can differ.
fn ticket() -> impl Strategy<Value = Record> {
    let status = (
        word(&["new", "active", "waiting", "resolved", "closed"]),
        word(&["", "fixed", "duplicate"]),
        word(&["", "vendor"]),
        word(&["", "2026-11-24T08:00:00Z"]),
    );
    let hands = (word(&["", "l1", "l2"]), word(&["", "ana", "ben"]));
    let level = &["", "high", "low"];
    let urgency = (word(level), word(level), word(&["p1", "p2", "p3"]), word(&["", "vip"]));
    let links = &["duplicate-of 261124-a0000001", "duplicate-of 261124-a0000002", "related 261124-a0000003"];
    let rest = (words(&["t", "u", "v"]), words(links), lines(), word(&["", "x", "y"]));
    let table = |keys: &'static [&'static str], values: &'static [&'static str]| {
        prop::collection::btree_map(prop::sample::select(keys), prop::sample::select(values), 0..3)
            .prop_map(|table| json!(table))
    };
    let tables = (table(&["serial", "model"], &["1", "2"]), table(&["assignee", "assignee (2)", "asset"], &["p", "q"]));
    (status, hands, urgency, rest, tables).prop_map(|(status, hands, urgency, rest, tables)| {
        let mut record = Record::default();
        record.set("title", "t");
        record.set("opened", "2026-11-24T08:00:00Z");
        let (status, resolution, waiting_on, wake) = status;
        let (impact, level, priority, priority_reason) = urgency;
        let (tags, links, body, asset) = rest;
        let values = [
            ("status", status),
            ("resolution", resolution),
            ("waiting_on", waiting_on),
            ("wake", wake),
            ("queue", hands.0),
            ("assignee", hands.1),
            ("impact", impact),
            ("urgency", level),
            ("priority", priority),
            ("priority_reason", priority_reason),
            ("tags", tags),
            ("links", links),
            ("body", body),
            ("asset", asset.clone()),
            ("x_site", asset),
            ("fields", tables.0),
            // Values are kept in one order.
            ("conflicts", conflicts::Lost::read(Some(&tables.1)).table()),
        ];
        for (key, value) in values {
            record.set(key, value);
        }
        record
    })
}

fn stamps() -> impl Strategy<Value = Stamps> {
    let stamp = (0..3_i64, "[ab]").prop_map(|(at, commit)| Stamp { at, commit });
    let names = ["status", "queue", "body", "asset", "fields.serial"];
    (stamp.clone(), prop::collection::vec((prop::sample::select(names.to_vec()), stamp), 0..5)).prop_map(
        |(last, set)| {
            let mut stamps = Stamps::of(last);
            set.iter().for_each(|(name, stamp)| stamps.note(name, stamp));
            stamps
        },
    )
}

/// Two stamps of one thing are of two commits.
fn distinct(ours: &Stamps, theirs: &Stamps) -> bool {
    let names = ["status", "queue", "body", "asset", "fields.serial", "fields.model", "x_site"];
    names.iter().all(|name| later(name, ours, theirs).map(Side::other) == later(name, theirs, ours))
}

fn dated(base: &Record, ours: &Record, theirs: &Record, (our, their): (&Stamps, &Stamps)) -> Merged<Record> {
    records(FileKind::Ticket, base, ours, theirs, &|name| later(name, our, their))
}

proptest! {
    #![proptest_config(many())]

    #[test]
    fn who_alone_changed_something_is_right(base in ticket(), one in ticket(), ours in stamps(), theirs in stamps()) {
        let stamps = (&ours, &theirs);
        prop_assert_eq!(&dated(&base, &one, &one, stamps).value, &one);
        prop_assert_eq!(&dated(&base, &one, &base, stamps).value, &one);
        prop_assert_eq!(&dated(&base, &base, &one, stamps).value, &one);
    }

    #[test]
    fn sides_turned_round_give_the_same(
        base in ticket(), one in ticket(), other in ticket(), ours in stamps(), theirs in stamps(),
    ) {
        prop_assume!(distinct(&ours, &theirs));
        prop_assert_eq!(
            dated(&base, &one, &other, (&ours, &theirs)).value,
            dated(&base, &other, &one, (&theirs, &ours)).value
        );
    }

    #[test]
    fn without_dates_both_sides_leave_the_same_open(base in ticket(), one in ticket(), other in ticket()) {
        let open = |ours, theirs| {
            let merged = records(FileKind::Ticket, &base, ours, theirs, &|_| None);
            merged.open().map(|clash| clash.unit.clone()).collect::<Vec<_>>()
        };
        prop_assert_eq!(open(&one, &other), open(&other, &one));
    }

    #[test]
    fn nothing_that_a_side_added_or_set_is_lost(
        base in ticket(), one in ticket(), other in ticket(), ours in stamps(), theirs in stamps(),
    ) {
        let merged = dated(&base, &one, &other, (&ours, &theirs)).value;
        let kept = merged.to_json().to_string();
        for side in [&one, &other] {
            for change in side.changes(&base) {
                match change.to {
                    Some(Value::Array(list)) => for word in list {
                        prop_assert!(base.list(change.key).contains(&word.as_str().unwrap().to_owned())
                            || kept.contains(&word.to_string()), "{}: {word} is not in {kept}", change.key);
                    },
                    Some(Value::Object(_)) => {}
                    Some(Value::String(text)) if change.key == "body" => for line in text.split('\n') {
                        prop_assert!(kept.contains(line), "{line} is not in {kept}");
                    },
                    // Who resolves and who closes for the same reason mean the same.
                    Some(_) if change.key == "status" && merged.text("status") == "closed"
                        && one.get("resolution") == other.get("resolution") => {}
                    Some(value) => prop_assert!(merged.get(change.key) == Some(value)
                        || kept.contains(&format!("\"{}\":{value}", change.key))
                        || kept.contains(&format!("\"{} (2)\":{value}", change.key)) || kept.contains(&format!("\"{} (3)\":{value}", change.key)),
                        "{}: {value} is not in {kept}", change.key),
                    None => {}
                }
            }
        }
    }

    #[test]
    fn merging_the_result_again_changes_nothing(
        base in ticket(), one in ticket(), other in ticket(), ours in stamps(), theirs in stamps(),
    ) {
        let merged = dated(&base, &one, &other, (&ours, &theirs)).value;
        prop_assert_eq!(&dated(&one, &merged, &one, (&ours, &theirs)).value, &merged);
        prop_assert_eq!(&dated(&other, &merged, &other, (&ours, &theirs)).value, &merged);
        prop_assert_eq!(&dated(&base, &merged, &merged, (&ours, &theirs)).value, &merged);
    }

    #[test]
    fn tables_of_any_kind_keep_the_laws(base in policy(), one in policy(), other in policy()) {
        let merge = |base: &Value, ours: &Value, theirs: &Value, later| tables(base, ours, theirs, &|_| Some(later)).value;
        prop_assert_eq!(&merge(&base, &one, &one, Side::Ours), &one);
        prop_assert_eq!(&merge(&base, &one, &base, Side::Theirs), &one);
        prop_assert_eq!(&merge(&base, &base, &one, Side::Ours), &one);
        prop_assert_eq!(merge(&base, &one, &other, Side::Ours), merge(&base, &other, &one, Side::Theirs));
    }

    #[test]
    fn counts_of_both_sides_are_added(base in 1..9_i64, ours in 0..9_i64, theirs in 0..9_i64) {
        let counted = |count: i64, last: &str| Record::from_iter([
            ("kind".to_owned(), json!("occurrence")), ("count".to_owned(), json!(count)), ("last".to_owned(), json!(last)),
        ]);
        let (one, other) = (counted(base + ours, "2026-11-24T09:00:00Z"), counted(base + theirs, "2026-11-24T10:00:00Z"));
        let base = counted(base, "2026-11-24T08:00:00Z");
        let merged = records(FileKind::Entry, &base, &one, &other, &|_| None);
        let count = base.get("count").unwrap().as_i64().unwrap() + ours + theirs;
        prop_assert_eq!(merged, Merged { value: counted(count, "2026-11-24T10:00:00Z"), clashes: Vec::new() });
    }
}

fn policy() -> impl Strategy<Value = Value> {
    let table = prop::collection::btree_map(
        "[ab]",
        prop_oneof![Just(json!(1)), Just(json!("x\ny")), Just(json!("x\nz"))],
        0..3,
    );
    let names = prop::collection::btree_set("[a-d]", 0..4);
    let rules = prop::collection::btree_map("[a-c]", "[xy]", 0..4).prop_map(|rules| {
        rules.into_iter().map(|(name, value)| json!({"name": name, "match": value})).collect::<Vec<_>>()
    });
    (table, names, rules)
        .prop_map(|(table, members, sla)| json!({"queues": {"l1": table}, "members": members, "sla": sla}))
}

/// The cases of `tests/fixtures/merges.toml`, written to be read.
#[test]
fn every_written_case_is_merged_as_it_says() {
    let text = include_str!("../../../tests/fixtures/merges.toml");
    let cases: Value = serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap();
    let cases = cases["merge"].as_array().unwrap();
    assert!(cases.len() >= 50, "{} cases", cases.len());
    for case in cases {
        let says = case["says"].as_str().unwrap();
        let whole = case["base"].get("kind").is_some();
        let record = |name: &str| -> Record {
            let mut record = match whole {
                true => Record::default(),
                false => Record::from_iter([("title".into(), json!("t")), ("status".into(), json!("active"))]),
            };
            let given = Record::from(case[name].as_object().unwrap().clone());
            given.iter().for_each(|(key, value)| record.set(key, value.clone()));
            record
        };
        let kind = if whole { FileKind::Entry } else { FileKind::Ticket };
        let side = match case.get("later").and_then(Value::as_str) {
            Some("ours") => Some(Side::Ours),
            Some("theirs") => Some(Side::Theirs),
            Some(other) => panic!("{says}: later = {other}"),
            None => None,
        };
        let merged = records(kind, &record("base"), &record("ours"), &record("theirs"), &|_| side);
        let open: Value = merged.open().map(|clash| clash.unit.clone()).collect();
        assert_eq!(open, case.get("open").cloned().unwrap_or(json!([])), "{says}");
        assert_eq!(merged.value.to_json(), record("result").to_json(), "{says}");
        if !whole {
            let id = TicketId::parse("261124-k7m3x9pd").unwrap();
            let mut ticket = merged.value;
            ticket.set("opened", "2026-11-24T08:00:00Z");
            assert_eq!(Ticket::read(id, &ticket).map(|ticket| ticket.id), Ok(id), "{says}");
        }
    }
}
