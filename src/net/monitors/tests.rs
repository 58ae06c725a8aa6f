mod alertmanager;
mod jsonl;
mod nagios;
mod systemd;

use proptest::prelude::*;
use serde_json::Value;
use snapbox::{IntoData, assert_data_eq, str};

use super::*;
use crate::view::event::Ask;

fn now() -> Timestamp {
    "2026-11-24T09:00:00Z".parse().unwrap()
}

fn fixture(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/fixtures/monitors/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// What a text said, without what is empty.
fn told(source: Source, text: &str) -> String {
    match read(source, text, "web1", now()) {
        Ok(read) => {
            let events = read.events.iter().map(shown).collect::<Vec<_>>().join("\n");
            let remarks: String = read.remarks.iter().map(|remark| format!("remark: {remark}\n")).collect();
            format!("{events}\n{remarks}")
        }
        Err(problem) => format!("problem: {problem}\nhint: {}\n", problem.hints.join(" ")),
    }
}

fn shown(event: &Event) -> String {
    let Value::Object(members) = serde_json::to_value(event).unwrap() else { unreachable!() };
    let empty = |value: &Value| match value {
        Value::Null => true,
        Value::Bool(truth) => !truth,
        Value::Number(number) => number.as_u64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.is_empty(),
    };
    let members =
        members.iter().filter(|(name, value)| !empty(value) && !["schema", "recovery"].contains(&name.as_str()));
    let plain = |value: &Value| {
        value.as_str().map_or(value.to_string(), |text| text.replace('\n', "\n    ").replace("    \n", "\n"))
    };
    members.map(|(name, value)| format!("{name}: {}\n", plain(value))).collect()
}

#[test]
fn a_text_of_which_nothing_is_understood_is_refused_with_a_hint() {
    let all: String = Source::ALL.iter().map(|source| told(*source, "<html>\n</html>")).collect();
    assert_data_eq!(
        all,
        str![[r#"
problem: line 1: no JSON, expected value
hint: it takes what the webhook sends, or what `curl http://HOST:9093/api/v2/alerts` says
problem: line 1: neither `NAGIOS_…=` nor the blocks of status.dat
hint: it takes `NAGIOS_…=` as `env -0` prints them in a notification command, or status.dat
problem: line 1: a block has no `Id=` or no `ActiveState=`
hint: it takes `systemctl list-units --failed -o json`, or what `systemctl show UNIT` says
problem: line 1: no JSON, expected value
hint: it takes one JSON object on each line: `jq -c .` makes lines of documents

"#]]
        .raw()
    );
}

#[test]
fn an_empty_text_says_nothing() {
    for source in Source::ALL {
        for text in ["", " \n\n", "\u{feff}", "\r\n"] {
            assert_eq!(read(*source, text, "web1", now()).unwrap(), Read::default(), "{source} {text:?}");
        }
    }
    assert_eq!(read(Source::Systemd, "[]", "web1", now()).unwrap(), Read::default());
    assert_eq!(read(Source::Alertmanager, "[]", "web1", now()).unwrap(), Read::default());
}

#[test]
fn long_keys_stay_unique_and_lines_stay_lines() {
    let long = "k".repeat(255);
    let key = |key: &str| {
        let line = serde_json::json!({"key": key, "title": "a\r\n b\n", "body": "x".repeat(BODY + 10)}).to_string();
        read(Source::Jsonl, &line, "", now()).unwrap().events.remove(0)
    };
    assert_eq!(key(&long).key, long);
    let (one, other) = (key(&format!("{long}1")), key(&format!("{long}2")));
    assert_eq!(one.key.len(), 217);
    assert_eq!(one.key[..201], format!("{}~", &long[..200]));
    assert_ne!(one.key, other.key);
    assert_eq!(one.title, "a b");
    assert!(one.body.ends_with("xxx\n[10 more bytes]"));
    assert_eq!(key("a\nb").key, "a b");
    let title = read(Source::Jsonl, &format!("{{\"key\": \"{}\"}}", "ä".repeat(600)), "", now()).unwrap();
    assert_eq!(title.events[0].key.chars().count(), 217);
}

#[test]
fn what_is_too_long_or_too_deep_is_refused_in_words() {
    let long = format!("{{\"key\": \"k\"}}\n{{\"key\": \"{}\"}}\n{{\"key\": \"l\"}}", "k".repeat(DOCUMENT));
    let read_lines = read(Source::Jsonl, &long, "", now()).unwrap();
    assert_eq!(read_lines.events.len(), 2);
    assert_eq!(read_lines.remarks, ["line 2: is longer than 1 MiB"]);
    let alert = format!("\n{{\"labels\": {{\"a\": \"{}\"}}}}", "é".repeat(DOCUMENT / 2));
    let deep = "[".repeat(100_000);
    let block = format!("Id={}", "k".repeat(DOCUMENT));
    let environment = format!("NAGIOS_A={}", "k".repeat(DOCUMENT));
    let status = format!("x {{\n}}\nhoststatus {{\n\ta={}\n\tb=\n\t}}", "k".repeat(DOCUMENT));
    let problem = |source, text: &str| match read(source, text, "", now()) {
        Ok(read) => read.remarks.join(" "),
        Err(problem) => problem.message,
    };
    assert_eq!(problem(Source::Alertmanager, &alert), "line 2: a document is longer than 1 MiB; the rest is not read");
    assert_eq!(problem(Source::Alertmanager, &deep), "line 1: no JSON, recursion limit exceeded");
    assert_eq!(problem(Source::Jsonl, &deep), "line 1: no JSON, recursion limit exceeded");
    assert_eq!(problem(Source::Systemd, &block), "line 1: a block is longer than 1 MiB");
    assert_eq!(problem(Source::Nagios, &environment), "the environment is longer than 1 MiB");
    assert_eq!(problem(Source::Nagios, &status), "line 3: a block is longer than 1 MiB");
}

#[test]
fn remarks_end_somewhere() {
    let remarks =
        read(Source::Jsonl, &format!("{{\"key\": \"k\"}}\n{}", "x\n".repeat(150)), "", now()).unwrap().remarks;
    assert_eq!(remarks.len(), 101);
    assert_eq!(remarks[100], "and 50 more like these");
}

proptest! {
    #[test]
    fn no_text_stops_a_reader(
        source in proptest::sample::select(Source::ALL),
        text in "([a-z\\[\\]{}=\".,:0-9\\\\ \t\n\0\u{e9}]|\"labels\": \\{\\}|\"alerts\": \\[|\"status\": |\"key\": \"|\"at\": -?[0-9]{1,20}e?|\
            NAGIOS_HOSTNAME=|NAGIOS_NOTIFICATIONTYPE=PROBLEM\n|status \\{\n|current_state=|\n\\}\n|Id=|ActiveState=|failed|\"unit\": \"|@-?[0-9]{1,20})*",
    ) {
        if let Ok(read) = read(source, &text, "web1", now()) {
            for event in read.events {
                prop_assert!(!event.key.is_empty() && event.key.chars().count() <= 255);
                prop_assert!(event.ask == Ask::Resolve || !event.title.contains('\n'));
            }
        }
    }

    #[test]
    fn no_value_in_a_known_place_stops_a_reader(value in "[\\[\\]{}0-9a-z\":,.\\-]{0,12}", name in "[a-z]{2,10}") {
        for (source, text) in [
            (Source::Alertmanager, format!("{{\"alerts\": [{{\"labels\": {{\"{name}\": {value}}}, \"startsAt\": {value}}}]}}")),
            (Source::Jsonl, format!("{{\"key\": \"k\", \"{name}\": {value}, \"payload\": {value}, \"at\": {value}}}")),
            (Source::Systemd, format!("[{{\"unit\": \"u\", \"active\": \"failed\", \"{name}\": {value}}}]")),
        ] {
            let _ = read(source, &text, "web1", now());
        }
    }

    #[test]
    fn a_long_key_is_cut_where_a_character_ends(key in "(k|é|💥){250,300}") {
        let fitted = fitting(&key);
        prop_assert!(fitted.chars().count() <= 255);
        prop_assert_eq!(fitted == key, key.chars().count() <= 255);
    }
}
