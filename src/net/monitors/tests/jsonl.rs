use snapbox::{IntoData, assert_data_eq, str};

use super::*;

#[test]
fn lines_of_json_are_events_and_the_others_remarks() {
    assert_data_eq!(
        told(Source::Jsonl, &fixture("events.jsonl")),
        str![[r#"
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
remark: line 7: `at` is "yesterday", which is no time
remark: line 7: `priority` is "urgent" and none of p1, p2, p3, p4, p5
remark: line 7: `title` is no text
remark: line 7: "priorty" is not known: did you mean `priority`?
remark: line 8: has no `key`
remark: line 9: is no object
remark: line 12: `id` is not 1 to 200 visible ASCII characters

"#]]
        .raw()
    );
}

#[test]
fn the_lines_of_the_example_are_read_without_a_remark() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/monitors/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = readme.lines().filter(|line| line.starts_with("    {\"")).collect();
    let read = read(Source::Jsonl, &lines.join("\n"), "", now()).unwrap();
    assert_eq!((read.events.len(), read.remarks), (3, Vec::new()));
}
