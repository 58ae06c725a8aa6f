//! `export`, and the way back by `import events`

mod sqlite;

use std::fs;

use crate::support::TestDesk;
use serde_json::Value;

const LOG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/servicenow.jsonl.gz");
const MAP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/import/servicenow.toml");

/// The facts of a desk without the commits, which are others in another desk, and the names of who made them, which
/// follow from its policy.
fn facts(desk: &TestDesk) -> Vec<Value> {
    let log = desk.run(&["log", "-o", "jsonl"]).ok();
    let fact = |line: &str| {
        let mut fact: Value = serde_json::from_str(line).unwrap();
        fact.as_object_mut().unwrap().retain(|name, _| name != "commit" && name != "by");
        fact
    };
    log.lines().map(fact).collect()
}

/// The desk that comes of what this one exports; both must tell the same.
fn moved(desk: &TestDesk) -> TestDesk {
    let told = desk.run(&["export", "jsonl"]).ok();
    assert!(!told.is_empty());
    let other = TestDesk::new();
    other.feed(&told, &["import", "events", "-"]).ok();
    assert_eq!(other.run(&["export", "jsonl"]).ok(), told);
    assert_eq!(facts(&other), facts(desk));
    other.is_sound();
    other
}

#[test]
fn the_demo_moves_to_another_desk_and_a_second_import_makes_no_commit() {
    let desk = TestDesk::nowhere();
    desk.run(&["demo", "."]).ok();
    let other = moved(&desk);
    let tip = other.git(&["rev-parse", "main"]);
    other.feed(desk.run(&["export", "jsonl"]).ok(), &["import", "events", "-"]).ok();
    assert_eq!(other.git(&["rev-parse", "main"]), tip);
}

#[test]
fn odd_things_move_too() {
    let desk = TestDesk::new();
    let id = desk.open("-x \u{1b}[31m \u{202e}$(id) '''", &["--tag", "a", "--tag", "b", "-m", "one\n\\two\n\"\"\""]);
    let gone = desk.open("gone again", &[]);
    let bytes: Vec<u8> = (0..=255).collect();
    fs::write(desk.outside().join("all bytes.bin"), &bytes).unwrap();
    let file = desk.outside().join("all bytes.bin").display().to_string();
    desk.run(&["comment", &id, "see", "--attach", &file]).ok();
    desk.run(&["set", &id, "fields.site=north", "priority=p1"]).ok();
    desk.run(&["undo"]).ok();
    desk.run(&["tag", &id, "--add", "c", "--remove", "a"]).ok();
    desk.change(&desk.file(&id), "tags = [", "x_list = [\"b\", \"a\"]\n\ntags = [");
    desk.git(&["commit", "-qam", "by hand"]);
    desk.git(&["rm", "-q", &crate::support::ticket_path(&gone)]);
    desk.git(&["commit", "-qm", "a ticket is deleted"]);
    let other = moved(&desk);
    other.run(&["show", &gone]).fails(3);
    let attached = |desk: &TestDesk| desk.ticket(&id)["attachments"].clone();
    assert_eq!(attached(&other), attached(&desk));
    let path = attached(&other)[0]["path"].as_str().unwrap().to_owned();
    assert_eq!(fs::read(other.path().join(path)).unwrap(), bytes);
    assert!(fs::read_to_string(other.file(&id)).unwrap().contains("x_list = ["));
}

#[test]
fn a_servicenow_history_moves_to_another_desk() {
    let desk = TestDesk::new();
    desk.run(&["import", "events", LOG, "--map", MAP]).ok();
    moved(&desk);
}

#[test]
fn a_ticket_that_is_there_already_is_refused_and_stays() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    let told = desk.run(&["export", "jsonl"]).ok();
    let tip = desk.git(&["rev-parse", "main"]);
    let done: Value = serde_json::from_str(&desk.feed(&told, &["import", "events", "-", "--json"]).ok()).unwrap();
    assert_eq!((&done["refused"], &done["commits"]), (&Value::from(1), &Value::from(0)));
    assert_eq!(done["not_understood"][0]["first"], id.as_str());
    assert_eq!(desk.git(&["rev-parse", "main"]), tip);
}

#[test]
fn lines_that_no_desk_tells_are_named_and_nothing_is_written() {
    let desk = TestDesk::new();
    let line = |ticket: &str, rest: &str| {
        format!(
            "{{\"schema\":\"desk.history/1\",\"ticket\":\"{ticket}\",\"at\":\"2026-01-01T00:00:00Z\",\"actor\":\"A <a@x.example>\"{rest}}}\n"
        )
    };
    let id = "261124-k7m3x9pd";
    let attachment = r#","entry":{"id":"e","kind":"note","by":"a","at":"2026-01-01T00:00:00Z","attachments":[{"name":"../../x","base64":""}]}"#;
    for (bad, said) in [
        (line("T1", ""), "no id of a ticket"),
        (line(id, r#","changes":{"tags":["a"]}"#), "`tags` is a list"),
        (line(id, r#","entry":{"id":"../x","kind":"note"}"#), "no id of an entry"),
        (line(id, attachment), "no name of an attachment"),
        ("{\"ticket\":\"T1\"}\n".to_owned(), "no history of a desk"),
    ] {
        let told = desk.feed(&bad, &["import", "events", "-"]).fails(6);
        assert!(told.contains(said) && told.contains("-:1:"), "{told}");
    }
    assert_eq!(desk.commits(), 1);
}

#[test]
fn a_file_is_whole_compressed_by_its_name_and_not_written_over() {
    let desk = TestDesk::new();
    desk.open("one, \"two\"", &[]);
    desk.run(&["export", "jsonl", "--out", "a.jsonl.gz"]).ok();
    let first = fs::read(desk.path().join("a.jsonl.gz")).unwrap();
    assert_eq!(first[..2], [0x1f, 0x8b]);
    desk.run(&["export", "jsonl", "--out", "a.jsonl.gz"]).fails(5);
    desk.run(&["export", "jsonl", "--out", "a.jsonl.gz", "--force"]).ok();
    assert_eq!(fs::read(desk.path().join("a.jsonl.gz")).unwrap(), first);
    desk.run(&["export", "csv", "--out", "nowhere/a.csv"]).fails(3);
    let other = TestDesk::new();
    let log = desk.path().join("a.jsonl.gz").display().to_string();
    other.run(&["import", "events", &log]).ok();
    assert_eq!(other.run(&["export", "jsonl"]).ok(), desk.run(&["export", "jsonl"]).ok());
}

#[test]
fn rows_are_of_all_tickets_or_of_those_that_are_meant_and_formulas_are_guarded() {
    let desk = TestDesk::new();
    let one = desk.open("=1+1", &["--tag", "a"]);
    desk.open("two", &[]);
    desk.run(&["close", &one, "--resolution", "fixed", "-m", "done"]).ok();
    let rows = desk.run(&["export", "csv"]).ok();
    assert_eq!(rows.matches("\r\n").count(), 3);
    assert!(rows.starts_with("id,handle,title,"));
    assert!(rows.contains(",=1+1,"));
    let rows = desk.run(&["export", "csv", "tag:a", "--csv-safe"]).ok();
    assert_eq!(rows.matches("\r\n").count(), 2);
    assert!(rows.contains("'=1+1"), "{rows}");
}

#[test]
fn a_longer_history_goes_on_and_one_that_grew_in_the_middle_is_refused() {
    let desk = TestDesk::new();
    let (base, linear) = (desk.open("base", &[]), desk.open("another", &[]));
    desk.git(&["branch", "side"]);
    desk.later(3_600);
    desk.run(&["set", &base, "category=late"]).ok();
    let short = desk.run(&["export", "jsonl"]).ok();
    desk.later(60);
    desk.run(&["comment", &linear, "more"]).ok();
    let longer = desk.run(&["export", "jsonl"]).ok();
    let other = TestDesk::new();
    other.feed(&short, &["import", "events", "-"]).ok();
    other.feed(&longer, &["import", "events", "-"]).ok();
    assert_eq!(other.run(&["export", "jsonl"]).ok(), longer);

    // What was done earlier on another branch stands before what was imported.
    desk.git(&["switch", "-q", "side"]);
    let opened = desk.ticket(&base)["opened"].as_str().unwrap().to_owned();
    let mut early = desk.command(&["set", &base, "asset=side"]);
    assert!(early.env("GIT_DESK_NOW", opened).output().unwrap().status.success());
    desk.git(&["switch", "-q", "main"]);
    desk.git(&["merge", "-q", "--no-edit", "side"]);
    let merged = desk.run(&["export", "jsonl"]).ok();
    let said = other.feed(&merged, &["import", "events", "-", "--dry-run"]);
    assert!(said.to_string().contains("older changes came in between"), "{said}");
    other.feed(&merged, &["import", "events", "-"]);
    assert_eq!(other.ticket(&base)["category"], "late", "what came later is not overwritten");
    let fresh = TestDesk::new();
    fresh.feed(&merged, &["import", "events", "-"]).ok();
    assert_eq!((&fresh.ticket(&base)["category"], &fresh.ticket(&base)["asset"]), (&"late".into(), &"side".into()));
}

#[test]
fn a_line_that_no_commit_could_hold_or_that_is_of_a_newer_program_is_refused() {
    let desk = TestDesk::new();
    let id = desk.open("known", &[]);
    let log = desk.run(&["export", "jsonl"]).ok();
    let other = TestDesk::new();
    let newer = log.replace("desk.history/1", "desk.history/9");
    assert!(other.feed(&newer, &["import", "events", "-"]).fails(6).contains("desk.history/9"));
    let old = log.replace("2026-11-24T", "1960-11-24T");
    assert!(other.feed(&old, &["import", "events", "-"]).fails(6).contains("1970"));
    let orphan = log.lines().next().unwrap().replace("\"changes\":{", "\"changes\":{},\"ignored\":{");
    let orphan = orphan.trim_end_matches('}').to_owned()
        + "},\"entry\":{\"id\":\"20261124T081502Z-x7k2m9\",\"kind\":\"note\",\"at\":\"2026-11-24T08:15:02Z\",\"body\":\"x\"}}";
    let said = other.feed(&orphan, &["import", "events", "-", "--dry-run"]).to_string();
    assert!(said.contains("not there") || said.contains("is no history"), "{said}");
    assert!(!other.git(&["ls-tree", "-r", "--name-only", "HEAD"]).contains(&id));
}

#[test]
fn what_is_no_file_is_not_written_over_and_a_dry_run_leaves_none() {
    let desk = TestDesk::new();
    desk.open("known", &[]);
    std::os::unix::fs::symlink("elsewhere", desk.path().join("link")).unwrap();
    std::fs::create_dir(desk.path().join("folder")).unwrap();
    for out in ["link", "folder", "/dev/full"] {
        desk.run(&["export", "csv", "--out", out, "--force"]).fails(5);
    }
    for form in ["jsonl", "csv", "sqlite"] {
        desk.run(&["export", form, "--out", "dry", "--dry-run"]).ok();
        assert!(!desk.path().join("dry").exists(), "{form}");
    }
    assert!(desk.run(&["export", "csv", "-o", "json"]).fails(2).contains("jsonl"));
}
