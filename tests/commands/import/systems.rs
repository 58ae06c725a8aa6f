//! Each map of examples/import on a small export of its system.

use crate::support::TestDesk;
use serde_json::Value;
use snapbox::{assert_data_eq, str};

const MAPS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/import");
const EXPORTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/import");

/// A desk with what a system's export says. A dry run writes nothing, a second run makes no commit.
fn moved(form: &str, export: &str, map: &str) -> TestDesk {
    let desk = TestDesk::new();
    let (file, map) = (format!("{EXPORTS}/{export}"), format!("{MAPS}/{map}.toml"));
    let words = ["import", form, &file, "--map", &map];
    let would: Value = serde_json::from_str(&desk.run(&[&words[..], &["--dry-run", "--json"]].concat()).ok()).unwrap();
    assert_eq!(desk.commits(), 1, "a dry run writes nothing");
    desk.run(&words).ok();
    assert_eq!(desk.commits() as u64, 1 + would["commits"].as_u64().unwrap());
    let tip = desk.git(&["rev-parse", "main"]);
    desk.run(&words).ok();
    assert_eq!(desk.git(&["rev-parse", "main"]), tip, "a second run makes no commit");
    desk.run(&["check"]).ok();
    desk.run(&["fmt", "--check"]).ok();
    desk.is_sound();
    desk
}

/// Who did what when, then the tickets with their threads.
fn told(desk: &TestDesk) -> String {
    let log = desk.git(&["log", "--reverse", "--format=%ad %an <%ae> %s", "--date=format:%m-%dT%H:%M"]);
    let mut lines: Vec<String> = log.lines().skip(1).map(str::to_owned).collect();
    let all = "status:new,active,waiting,resolved,closed";
    for id in desk.run(&["list", all, "--sort", "id", "-o", "ids"]).ok().lines() {
        lines.push(String::new());
        let ticket = desk.ticket(id);
        for name in [
            "title",
            "kind",
            "status",
            "waiting_on",
            "resolution",
            "solution",
            "impact",
            "urgency",
            "priority",
            "queue",
            "assignee",
            "requester",
            "channel",
            "service",
            "category",
            "asset",
            "location",
            "external_id",
            "tags",
            "fields",
            "body",
        ] {
            if !matches!(&ticket[name], Value::Null) && ticket[name] != Value::Array(Vec::new()) {
                lines.push(format!("{name} {}", ticket[name]));
            }
        }
        for entry in ticket["thread"].as_array().unwrap() {
            lines.push(format!("{} {} {} {}", entry["kind"], entry["by"], entry["body"], entry["files"]));
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn servicenow_as_csv() {
    let desk = moved("csv", "servicenow.csv", "servicenow-incident");
    assert_data_eq!(
        told(&desk),
        str![[r#"
03-01T08:00 Ivy Intake <ivy-intake@servicenow.invalid> open 240301-hwcfms8y: Printer, second floor, is "on fire"
03-01T09:00 Eve <eve@servicenow.invalid> open 240301-vcyep8z5: Waiting for a part
03-01T10:00 Eve <eve@servicenow.invalid> open 240301-hyyjgdzk: Never mind
03-01T12:00 Ana Agent <ana-agent@servicenow.invalid> change 240301-hwcfms8y: resolution none → workaround, solution none → Moved to prn-03., status new …
03-02T10:00 eve <eve@servicenow.invalid> change 240301-hyyjgdzk: resolution none → fixed, status new → closed
03-06T12:00 system <system@servicenow.invalid> change 240301-hwcfms8y: entry
03-06T12:00 System <system@servicenow.invalid> change 240301-hwcfms8y: status resolved → closed

title "Printer, second floor, is /"on fire/""
kind "incident"
status "closed"
resolution "workaround"
solution "Moved to prn-03."
impact "high"
urgency "medium"
priority "p2"
queue "field-services"
assignee "ana-agent"
requester "bob-builder"
channel "phone"
service "Printing"
category "hardware/printer"
asset "prn-02"
location "Rotterdam"
external_id "INC0010001"
fields {"close_code":"Solved (Work Around)"}
body "Smoke./nNo flames."
"note" "system@servicenow.invalid" "2024-03-01 09:00:00 - Ana Agent (Work notes)/nFuse is gone" null

title "Never mind"
kind "incident"
status "closed"
resolution "fixed"
impact "low"
urgency "low"
priority "p3"
requester "eve"
category "inquiry"
external_id "INC0010003"
fields {}
body ""

title "Waiting for a part"
kind "incident"
status "waiting"
waiting_on "vendor"
impact "low"
urgency "low"
priority "p5"
queue "field-services"
requester "eve"
channel "email"
category "hardware"
external_id "INC0010002"
fields {}
body ""

"#]]
    );
}

#[test]
fn otrs_and_znuny() {
    let desk = moved("jsonl", "otrs.jsonl", "otrs");
    assert_data_eq!(
        told(&desk),
        str![[r#"
03-01T08:00 Bob Builder <bob@shop.example> open 240301-ak96fvqf: VPN drops
03-01T08:10 ana <ana@otrs.invalid> change 240301-ak96fvqf: assignee none → ana, status new → active
03-01T08:20 Ana Agent <ana@desk.example> change 240301-ak96fvqf: entry
03-01T09:00 pbx@shop.example <pbx@shop.example> open 240301-czgvbqve: Buzzing
03-01T13:33 Ana Agent <ana@desk.example> change 240301-ak96fvqf: entry
03-02T16:00 ana <ana@otrs.invalid> change 240301-ak96fvqf: resolution none → fixed, status active → closed

title "VPN drops"
kind "incident"
status "closed"
resolution "fixed"
priority "p2"
queue "network-vpn"
assignee "ana"
requester "bob@shop.example"
service "VPN"
external_id "2024030110000015"
fields {"customer_id":"shop"}
body "Every hour./n/n--/nBob"
"comment" "ana@desk.example" "Please try the new profile." ["4vx7hm-profile.ovpn profile.ovpn"]
"note" "ana@desk.example" "MTU was wrong." null

title "Buzzing"
kind "incident"
status "new"
priority "p3"
queue "raw"
external_id "2024030110000024"
fields {}
body "Line 3"

"#]]
    );
}

#[test]
fn zammad() {
    let desk = moved("jsonl", "zammad.jsonl", "zammad");
    assert_data_eq!(
        told(&desk),
        str![[r#"
03-01T08:30 bob@shop.example <bob@shop.example> open 240301-yf1a8ew8: Scanner saves empty pages
03-01T09:00 ana@desk.example <ana@desk.example> change 240301-yf1a8ew8: status new → active
03-01T09:00 ana@desk.example <ana@desk.example> change 240301-yf1a8ew8: entry
03-01T12:00 eve@shop.example <eve@shop.example> open 240301-qkf1x1pv: New keyboard
03-01T15:00 ana@desk.example <ana@desk.example> change 240301-yf1a8ew8: entry
03-02T10:00 ana@desk.example <ana@desk.example> change 240301-yf1a8ew8: resolution none → fixed, status active → closed

title "New keyboard"
kind "incident"
status "waiting"
waiting_on "schedule"
priority "p3"
queue "first-level"
requester "eve@shop.example"
channel "portal"
external_id "22002"
fields {}
body "Mine lost its E."

title "Scanner saves empty pages"
kind "incident"
status "closed"
resolution "fixed"
priority "p2"
queue "first-level"
assignee "ana-desk-example"
requester "bob@shop.example"
channel "email"
external_id "22001"
tags ["Second Floor","scanner"]
fields {}
body "Hello,/nevery page is white since Monday./n/nBob"
"comment" "ana@desk.example" "Is the glass clean? a < b > c stays." ["ven037-glass-ok.png glass ok.png"]
"note" "ana@desk.example" "Lamp is dead, spare part ordered." null

"#]]
    );
}

#[test]
fn glpi() {
    let desk = moved("jsonl", "glpi.jsonl", "glpi");
    assert_data_eq!(
        told(&desk),
        str![[r#"
03-01T08:00 Bob Builder <bob-builder@glpi.invalid> open 240301-f2tta2vw: Screen stays dark
03-01T09:00 Ana Agent <ana-agent@glpi.invalid> change 240301-f2tta2vw: status new → active
03-01T09:00 Ana Agent <ana-agent@glpi.invalid> change 240301-f2tta2vw: entry
03-01T10:00 Ana Agent <ana-agent@glpi.invalid> change 240301-f2tta2vw: entry
03-02T08:00 Eve <eve@glpi.invalid> open 240302-qjas8bv8: Access to archive
03-04T09:30 Ana Agent <ana-agent@glpi.invalid> change 240301-f2tta2vw: resolution none → fixed, solution none → Cable replaced., status active → r…
03-05T08:00 Ana Agent <ana-agent@glpi.invalid> change 240301-f2tta2vw: status resolved → closed

title "Screen stays dark"
kind "incident"
status "closed"
resolution "fixed"
solution "Cable replaced."
priority "p2"
queue "first-line"
assignee "ana-agent"
requester "bob-builder"
channel "portal"
category "Hardware > Screen"
external_id "278"
fields {}
body "The screen in room 4 stays dark."
"comment" "ana-agent@glpi.invalid" "Is it plugged in?" null
"note" "ana-agent@glpi.invalid" "Third one this week & same type." null

title "Access to archive"
kind "request"
status "new"
priority "p3"
requester "eve"
channel "email"
location "North"
external_id "279"
fields {}
body "Please."

"#]]
    );
}

#[test]
fn jira() {
    let desk = moved("jsonl", "jira.jsonl", "jira");
    assert_data_eq!(
        told(&desk),
        str![[r#"
03-01T08:30 Bob Builder <bob-builder@jira.invalid> open 240301-w5tnms0a: Disk full on db1
03-01T09:00 Ana Agent <ana@desk.example> change 240301-w5tnms0a: entry
03-01T12:00 Eve <eve@shop.example> open 240301-y4tm0pcd: Renew certificate
03-02T10:00 Ana Agent <ana@desk.example> change 240301-w5tnms0a: resolution none → wontfix, status new → resolved

title "Disk full on db1"
kind "incident"
status "resolved"
resolution "wontfix"
priority "p2"
queue "ops"
assignee "ana-agent"
category "data-bases"
external_id "OPS-7"
tags ["db","disk"]
fields {"jira_status":"Declined","reporter":"Bob Builder"}
body "h1. Disk/n98 % used"
"note" "ana@desk.example" "Old dumps, nobody needs them." null

title "Renew certificate"
kind "task"
status "active"
priority "p3"
queue "ops"
requester "eve@shop.example"
external_id "OPS-8"
fields {"jira_status":"In Progress","reporter":"Eve"}
body ""

"#]]
    );
}

#[test]
fn jira_as_csv() {
    let desk = moved("csv", "jira.csv", "jira-csv");
    assert_data_eq!(
        told(&desk),
        str![[r#"
03-01T08:30 Bob Builder <bob-builder@jira.invalid> open 240301-w5tnms0a: Disk full on db1
03-01T09:00 ana <ana@jira.invalid> change 240301-w5tnms0a: entry
03-01T12:00 Eve <eve@jira.invalid> open 240301-y4tm0pcd: Renew certificate
03-01T21:30 557058:ab-12 <557058-ab-12@jira.invalid> change 240301-w5tnms0a: entry
03-02T10:00 Ana Agent <ana-agent@jira.invalid> change 240301-w5tnms0a: resolution none → wontfix, status new → resolved

title "Disk full on db1"
kind "incident"
status "resolved"
resolution "wontfix"
priority "p2"
queue "ops"
assignee "ana-agent"
requester "bob-builder"
external_id "OPS-7"
tags ["db","disk"]
fields {}
body "h1. Disk/n98 % used"
"comment" "ana@jira.invalid" "Old dumps; nobody needs them." null
"comment" "557058-ab-12@jira.invalid" "/"Gone/" then" null

title "Renew certificate"
kind "task"
status "waiting"
waiting_on "requester"
priority "p3"
queue "ops"
requester "eve"
external_id "OPS-8"
fields {}
body ""

"#]]
    );
}

#[test]
fn rt() {
    let desk = moved("jsonl", "rt.jsonl", "rt");
    assert_data_eq!(
        told(&desk),
        str![[r#"
03-01T08:00 bob@shop.example <bob@shop.example> open 240301-nrwcpg4t: Mail bounces
03-01T08:30 ana <ana@rt.invalid> change 240301-nrwcpg4t: status new → active
03-01T08:30 ana <ana@rt.invalid> change 240301-nrwcpg4t: entry
03-01T11:00 ana <ana@rt.invalid> change 240301-nrwcpg4t: entry
03-01T12:00 ana <ana@rt.invalid> change 240301-nrwcpg4t: resolution none → fixed, status active → closed
03-02T08:00 eve <eve@rt.invalid> open 240302-yrfg8p6z: Old phone

title "Mail bounces"
kind "incident"
status "closed"
resolution "fixed"
priority "p3"
queue "mail-team"
assignee "ana"
requester "bob@shop.example"
external_id "47"
fields {}
body "550 user unknown"
"comment" "ana@rt.invalid" "Which address?" ["jjba5t-log.txt log.txt"]
"note" "ana@rt.invalid" "Typo in alias" null

title "Old phone"
kind "incident"
status "waiting"
waiting_on "requester"
priority "p4"
queue "general"
external_id "48"
fields {}
body ""

"#]]
    );
}

#[test]
fn github_issues() {
    let desk = moved("jsonl", "github.jsonl", "github");
    assert_data_eq!(
        told(&desk),
        str![[r#"
03-01T10:00 octo-bob <octo-bob@github.invalid> open 240301-q2wny7y9: Found a bug
03-02T09:00 eve <eve@github.invalid> open 240302-ag5dzk2e: -rf  [31m $(id)
03-02T10:00 ana-dev <ana-dev@github.invalid> change 240301-q2wny7y9: entry
03-03T10:00 ana-dev <ana-dev@github.invalid> change 240301-q2wny7y9: resolution none → wontfix, status new → closed

title "Found a bug"
kind "incident"
status "closed"
resolution "wontfix"
priority "p3"
assignee "ana-dev"
requester "octo-bob"
external_id "1347"
tags ["bug","good-first"]
fields {"milestone":"v1.0","url":"https://github.com/octo/desk/issues/1347"}
body "I'm having a problem with this."
"comment" "ana-dev@github.invalid" "Works as **designed**." null

title "-rf /u001b[31m $(id)"
kind "incident"
status "active"
priority "p3"
requester "eve"
external_id "1348"
fields {"url":"https://github.com/octo/desk/issues/1348"}
body ""

"#]]
    );
}

#[test]
fn the_walk_through_names_every_map_and_the_map_it_shows_is_one() {
    let text = std::fs::read_to_string(format!("{MAPS}/README.md")).unwrap();
    let maps = std::fs::read_dir(MAPS).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    for map in maps.filter(|name| name.ends_with(".toml")) {
        assert!(text.contains(&format!("`{map}`")), "{map}");
    }
    let shown = text.split("## Maps\n").nth(1).unwrap().split("\n`from`").next().unwrap();
    let desk = TestDesk::new();
    std::fs::write(desk.outside().join("map.toml"), shown.replace("\n    ", "\n")).unwrap();
    let row = r#"{"number": "1", "created_at": "2024-07-01", "customer": {"name": "Bob", "mail": "bob@x.example"}}"#;
    desk.feed(row, &["import", "jsonl", "-", "--map", "../map.toml"]).ok();
    assert!(desk.git(&["log", "-1", "--format=%an <%ae>"]).starts_with("Bob <bob@x.example>"));
}
