//! Each map of examples/import on a small export of its system.

mod helpdesks;
mod trackers;

use crate::support::TestDesk;
use serde_json::Value;

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
