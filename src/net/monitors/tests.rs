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
fn a_webhook_of_alertmanager_is_an_event_for_each_alert() {
    assert_data_eq!(told(Source::Alertmanager, &fixture("alertmanager-webhook.json")), str![[r#"
ask: trigger
asset: db1.example.org
at: 2026-11-24T08:15:02.157Z
body: At this rate /var on db1 is full in less than 4 hours.

    - alertname: DiskWillFill
    - cluster: ops-1
    - instance: db1.example.org:9100
    - job: node
    - mountpoint: /var
    - queue: infra
    - severity: critical

    - Source: http://prometheus.example.org:9090/graph?g0.expr=predict_linear&g0.tab=1
    - Runbook: https://wiki.example.org/runbooks/disk
fields: {"cluster":"ops-1"}
group: alertmanager/{}:{alertname="DiskWillFill"}
key: alertmanager/c6eadffa33fcdf37
queue: infra
service: node
severity: critical
title: /var on db1 fills up

ask: resolve
asset: shop.example.org
at: 2026-11-24T08:10:00Z
body: - alertname: ProbeFailure
    - instance: https://shop.example.org/login
    - severity: warning
group: alertmanager/{}:{alertname="DiskWillFill"}
key: alertmanager/bc97ff14869b13e3
note: no longer firing
severity: warning
title: ProbeFailure on shop.example.org

remark: line 1, `.alerts[2]`: has no `labels`
remark: line 1, `.alerts`: 2 more were not sent: `max_alerts`

"#]].raw());
}

#[test]
fn the_list_of_alerts_leaves_out_what_is_silenced() {
    assert_data_eq!(told(Source::Alertmanager, &fixture("alertmanager-api.json")), str![[r#"
ask: trigger
asset: fe80::2
at: 2026-11-24T08:15:02.157Z
body: - alertname: ReplicationLag
    - instance: [fe80::2]:9187
    - namespace: billing
    - severity: warning

    - Source: http://prometheus.example.org:9090/graph?g0.expr=lag
fields: {"namespace":"billing"}
group: alertmanager/ReplicationLag
key: alertmanager/1d2f3a4b5c6d7e8f
severity: warning
title: replication of db2 lags


"#]].raw());
}

#[test]
fn a_webhook_of_grafana_brings_its_links_and_values() {
    assert_data_eq!(told(Source::Alertmanager, &fixture("grafana-webhook.json")), str![[r#"
ask: trigger
asset: web3
at: 2026-11-24T07:51:03.157076Z
body: Memory of web3 is nearly used up.

    - alertname: High memory usage
    - env: production
    - grafana_folder: hosts
    - host: web3

    - Source: https://grafana.example.org/alerting/grafana/abc/view?orgId=1
    - Panel: https://grafana.example.org/d/abc?viewPanel=2
    - Silence: https://grafana.example.org/alerting/silence/new?matcher=host%3Dweb3
    - Values: B=94.25, C=1
environment: production
group: alertmanager/{}:{alertname="High memory usage"}
key: alertmanager/9a1f2b3c4d5e6f70
title: web3 is short of memory


"#]].raw());
}

#[test]
fn alerts_behind_one_another_are_read_up_to_what_is_no_json() {
    let text = "{\"labels\": {\"alertname\": \"A\"}, \"endsAt\": \"2026-11-24T08:00:00Z\"}\n\
        [{\"labels\": {\"alertname\": \"B\"}, \"startsAt\": \"soon\"},\n{\"alerts\": 1}, {\"status\": \"pending\", \"labels\": {}}, 7]\n\
        {\"labels\": {\"alertname\": \"C\"}} {\"labels\": nil}";
    assert_data_eq!(told(Source::Alertmanager, text), str![[r#"
ask: resolve
at: 2026-11-24T08:00:00Z
body: - alertname: A
group: alertmanager/A
key: alertmanager/d2c6efc389df0927
note: no longer firing
title: A

ask: trigger
at: 2026-11-24T09:00:00Z
body: - alertname: B
group: alertmanager/B
key: alertmanager/d2c2efc389db2050
title: B

ask: trigger
at: 2026-11-24T09:00:00Z
body: - alertname: C
group: alertmanager/C
key: alertmanager/d2beefc389d73779
title: C

remark: line 2, `[0]`: `startsAt` is "soon", which is no time
remark: line 3, `[1].alerts`: is no array
remark: line 3, `[2]`: `status` is "pending", and neither "firing" nor "resolved"
remark: line 3, `[3]`: has neither `alerts` nor `labels`
remark: line 4: no JSON, expected ident

"#]].raw());
}

#[test]
fn a_text_of_which_nothing_is_understood_is_refused_with_a_hint() {
    let all: String = Source::ALL.iter().map(|source| told(*source, "<html>\n</html>")).collect();
    assert_data_eq!(all, str![[r#"
problem: line 1: no JSON, expected value
hint: it takes what the webhook sends, or what `curl http://HOST:9093/api/v2/alerts` says
problem: line 1: neither `NAGIOS_…=` nor the blocks of status.dat
hint: it takes `NAGIOS_…=` as `env -0` prints them in a notification command, or status.dat
problem: line 1: a block has no `Id=` or no `ActiveState=`
hint: it takes `systemctl list-units --failed -o json`, or what `systemctl show UNIT` says
problem: line 1: no JSON, expected value
hint: it takes one JSON object on each line: `jq -c .` makes lines of documents

"#]].raw());
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
fn a_notification_of_nagios_is_one_event() {
    let problem = fixture("nagios-service.env");
    assert_data_eq!(told(Source::Nagios, &problem), str![[r#"
ask: trigger
asset: web1
at: 2026-11-24T08:15:02Z
body: DISK CRITICAL - free space: /var 312 MB (3%)

    /var/log 9 GB
    /var/lib 2 GB in C:\new

    - Address: 192.0.2.10
    - Notes: https://wiki.example.org/disk
group: nagios/Disk /var
key: nagios/web1/Disk /var
priority: p1
queue: infra
title: web1/Disk /var is CRITICAL


"#]].raw());
    let ack = problem
        .replace("=PROBLEM", "=ACKNOWLEDGEMENT")
        .replace("AUTHOR=", "AUTHOR=Ada")
        .replace("COMMENT=", "COMMENT=on it");
    assert_data_eq!(told(Source::Nagios, &ack), str![[r#"
ask: ack
asset: web1
at: 2026-11-24T08:15:02Z
by: Ada
group: nagios/Disk /var
key: nagios/web1/Disk /var
note: on it
queue: infra
title: web1/Disk /var is CRITICAL


"#]].raw());
    let host = "NAGIOS_NOTIFICATIONTYPE=FLAPPINGSTART\0NAGIOS_HOSTNAME=web1\0NAGIOS_HOSTSTATE=UNREACHABLE\0\
        NAGIOS_HOSTOUTPUT=a\nNAGIOS_HOSTNAME=evil\0NAGIOS_SERVICEDESC=\0";
    assert_data_eq!(told(Source::Nagios, host), str![[r#"
ask: trigger
asset: web1
at: 2026-11-24T09:00:00Z
body: a
    NAGIOS_HOSTNAME=evil
flapping: true
group: nagios/HOST
key: nagios/web1/HOST
priority: p1
title: web1/HOST is flapping


"#]].raw());
}

#[test]
fn what_nagios_notifies_of_beside_problems() {
    let well = fixture("nagios-service.env").replace("=CRITICAL", "=OK");
    let kinds = ["RECOVERY", "FLAPPINGSTOP", "DOWNTIMESTART", "CUSTOM", ""];
    let all: String =
        kinds.iter().map(|kind| told(Source::Nagios, &well.replace("=PROBLEM", &format!("={kind}")))).collect();
    assert_data_eq!(all, str![[r#"
ask: resolve
asset: web1
at: 2026-11-24T08:15:02Z
group: nagios/Disk /var
key: nagios/web1/Disk /var
note: OK
queue: infra
title: web1/Disk /var is OK

ask: resolve
asset: web1
at: 2026-11-24T08:15:02Z
group: nagios/Disk /var
key: nagios/web1/Disk /var
note: OK
queue: infra
title: web1/Disk /var is OK


remark: a notification "DOWNTIMESTART" of "web1" makes no event

remark: a notification "CUSTOM" of "web1" makes no event
problem: there is no `NAGIOS_NOTIFICATIONTYPE`
hint: it takes `NAGIOS_…=` as `env -0` prints them in a notification command, or status.dat

"#]].raw());
}

#[test]
fn a_line_that_is_no_variable_goes_on_the_value_above() {
    let text = "NAGIOS_HOSTNAME=web1\nNAGIOS_NOTIFICATIONTYPE=PROBLEM\nNAGIOS_HOSTSTATE=DOWN\n\
        NAGIOS_HOSTOUTPUT=one\n two = 2\n\nHOME=/root\nnot ours\nNAGIOS_HOSTNAME=evil\n of it";
    assert_data_eq!(told(Source::Nagios, text), str![[r#"
ask: trigger
asset: web1
at: 2026-11-24T09:00:00Z
body: one
     two = 2
group: nagios/HOST
key: nagios/web1/HOST
priority: p1
title: web1/HOST is DOWN

remark: "NAGIOS_HOSTNAME" stands twice and the first is taken: `env -0`

"#]].raw());
}

#[test]
fn status_dat_tells_hard_states_outside_of_downtime() {
    assert_data_eq!(told(Source::Nagios, &fixture("nagios-status.dat")), str![[r#"
ask: resolve
asset: web1
at: 2026-11-18T11:06:40Z
group: nagios/HOST
key: nagios/web1/HOST
note: UP
title: web1/HOST is UP

ask: ack
asset: web2
at: 2026-11-24T08:15:00Z
by: Ada Lovelace
group: nagios/HOST
key: nagios/web2/HOST
note: the switch is being replaced
title: web2/HOST is DOWN

ask: trigger
asset: web1
at: 2026-11-24T08:13:20Z
body: HTTP WARNING: 200 OK - 4.2 s, a=b

    first
    second
group: nagios/HTTP
key: nagios/web1/HTTP
priority: p3
queue: web
title: web1/HTTP is WARNING

remark: line 121: a block has no end
remark: line 83: `current_state` is "7" and none of OK, WARNING, CRITICAL, UNKNOWN

"#]].raw());
}

#[test]
fn units_of_systemd_fail_and_run() {
    assert_data_eq!(told(Source::Systemd, &fixture("systemd-list.json")), str![[r#"
ask: trigger
asset: web1
at: 2026-11-24T09:00:00Z
body: Certbot

    - State: failed (failed)
group: systemd/certbot.service
key: systemd/web1/certbot.service
title: certbot.service failed on web1

ask: resolve
asset: web1
at: 2026-11-24T09:00:00Z
group: systemd/nginx.service
key: systemd/web1/nginx.service
note: active (running)
title: nginx.service works on web1

remark: line 1, `[3]`: has no `unit` or no `active`

"#]].raw());
    assert_data_eq!(told(Source::Systemd, &fixture("systemd-show.txt")), str![[r#"
ask: trigger
asset: web1
at: 2026-11-24T08:15:02Z
body: Nightly backup

    - State: failed (failed)
    - Result: exit-code
    - Exit code: 75
    - Invocation: 3c0e2f5a9b7d4e61a8f0c1d2e3f4a5b6
exit_code: 75
group: systemd/backup.service
key: systemd/web1/backup.service
title: backup.service failed on web1 (exit-code)

ask: resolve
asset: web1
at: 2026-11-24T09:00:00Z
group: systemd/report.service
key: systemd/web1/report.service
note: inactive (dead)
title: report.service works on web1

ask: trigger
asset: web1
at: 2026-11-24T09:00:00Z
body: - State: failed (failed)
    - Result: signal
    - Exit code: 137
    - Restarts: 5
exit_code: 137
group: systemd/worker@2.service
key: systemd/web1/worker@2.service
title: worker@2.service failed on web1 (signal)

remark: line 22: a block has no `Id=` or no `ActiveState=`

"#]].raw());
}

#[test]
fn a_unit_by_its_name_fails_unless_it_says_otherwise() {
    let told = |show: &str| {
        let journal = "Nov 24 08:15:01 web1 feed[7]: cannot reach hub\nNov 24 08:15:02 web1 systemd[1]: failed\n";
        shown(&unit(&Unit { host: "web1", name: "feed.service", show, journal }, now()))
    };
    assert_data_eq!(told(""), str![[r#"
ask: trigger
asset: web1
at: 2026-11-24T09:00:00Z
body: Nov 24 08:15:01 web1 feed[7]: cannot reach hub
    Nov 24 08:15:02 web1 systemd[1]: failed
group: systemd/feed.service
key: systemd/web1/feed.service
title: feed.service failed on web1

"#]].raw());
    assert_data_eq!(
        told(
            "Id=x\nDescription=Feed\nActiveState=activating\nSubState=auto-restart\nResult=timeout\nExecMainStatus=0\n"
        ),
        str![[r#"
ask: trigger
asset: web1
at: 2026-11-24T09:00:00Z
body: Feed

    - State: activating (auto-restart)
    - Result: timeout

    Nov 24 08:15:01 web1 feed[7]: cannot reach hub
    Nov 24 08:15:02 web1 systemd[1]: failed
group: systemd/feed.service
key: systemd/web1/feed.service
title: feed.service failed on web1 (timeout)

"#]].raw()
    );
    assert_data_eq!(told("ActiveState=inactive\nSubState=dead\nResult=success\n"), str![[r#"
ask: resolve
asset: web1
at: 2026-11-24T09:00:00Z
group: systemd/feed.service
key: systemd/web1/feed.service
note: inactive (dead)
title: feed.service works on web1

"#]].raw());
}

#[test]
fn a_long_journal_keeps_its_end_from_a_line_on() {
    let journal = format!("{}\nlast line\n", "é line\n".repeat(20_000));
    let event = unit(&Unit { host: "h", name: "u", show: "", journal: &journal }, now());
    assert!(event.body.starts_with("é line\né line\n") && event.body.ends_with("\nlast line"));
    assert!(event.body.len() <= 48 * 1024);
}

#[test]
fn lines_of_json_are_events_and_the_others_remarks() {
    assert_data_eq!(told(Source::Jsonl, &fixture("events.jsonl")), str![[r#"
ask: trigger
asset: db1
at: 2026-11-24T08:15:02Z
body: md0: 1 of 2 disks
fields: {"array":"md0"}
key: raid/db1
priority: p2
queue: infra
tags: ["raid","disk"]
title: RAID of db1 is degraded

ask: ack
at: 2026-11-24T09:00:00Z
by: ada
key: raid/db1
note: disk is ordered
title: raid/db1

ask: resolve
at: 2026-11-24T08:15:02.5Z
count: 3
key: raid/db2
tags: ["a","1"]
title: raid/db2

ask: trigger
at: 2026-11-24T09:00:00Z
key: raid/db4
title: raid/db4

ask: trigger
asset: srv01
at: 2026-11-24T08:15:02Z
body: - load: 0.75
    - p99: 1500 ms

    - Graph: https://example.org/d/1
fields: {"class":"latency"}
group: prod
key: srv01/mysql
service: mysql
severity: error
title: mysql is slow

ask: trigger
at: 2026-11-24T08:15:02Z
host: db1
id: 20261124T081502Z-x7k2m9
key: run/db1/root/backup
producer: db1
title: backup failed

remark: line 5: no JSON, expected ident
remark: line 6: `ask` is "reslove" and none of trigger, ack, resolve
remark: line 7: `at` is ""yesterday"", which is no time
remark: line 7: `priority` is "urgent" and none of p1, p2, p3, p4, p5
remark: line 7: `title` is no text
remark: line 7: "priorty" is not known: did you mean `priority`?
remark: line 8: has no `key`
remark: line 9: is no object
remark: line 12: `id` is not 1 to 200 visible ASCII characters

"#]].raw());
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
