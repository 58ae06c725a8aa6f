//! `merge-driver`

use std::fs;

use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

const TICKET: &str = r#"title = "VPN drops"

status = "active"

resolution = ""

waiting_on = ""

kind = "incident"

priority = "p3"

queue = "l1"

assignee = ""

category = ""

service = ""

# the machine in the cellar
asset = "db1"

due = ""

follow_up = ""

tags = [
]

links = [
]

requester = "ana"

channel = "cli"

opened = 2026-11-24T08:00:00Z

body = '''
first
second
third
'''
"#;

const PATH: &str = "tickets/2026/11/24/261124-k7m3x9pd.toml";

/// Three versions of a ticket: what stands there, replaced by what.
fn drive(options: &[&str], ours: &[(&str, &str)], theirs: &[(&str, &str)]) -> String {
    let desk = TestDesk::nowhere();
    let edited = |edits: &[(&str, &str)]| {
        edits.iter().fold(TICKET.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        })
    };
    fs::write(desk.path().join("base"), TICKET).unwrap();
    fs::write(desk.path().join("ours"), edited(ours)).unwrap();
    fs::write(desk.path().join("theirs"), edited(theirs)).unwrap();
    let ran = desk.run(&[&["merge-driver"], options, &["base", "ours", "theirs", "7", PATH]].concat());
    let merged = fs::read_to_string(desk.path().join("ours")).unwrap();
    // Only what differs from the base, so that a reader sees what was done.
    let lines: Vec<&str> = merged.lines().filter(|line| !line.is_empty()).collect();
    let base: Vec<&str> = TICKET.lines().collect();
    let new: String = lines.iter().filter(|line| !base.contains(line)).map(|line| format!("{line}\n")).collect();
    format!("{new}{ran}")
}

#[test]
fn different_fields_are_merged_with_comments_where_they_are() {
    let merged = drive(
        &[],
        &[("\"db1\"", "\"db2\" # moved")],
        &[("category = \"\"", "category = \"disk\""), ("'''\nfirst", "'''\nFIRST")],
    );
    assert_data_eq!(
        merged,
        str![[r#"
category = "disk"
asset = "db2" # moved
FIRST

"#]]
    );
}

#[test]
fn neighbours_that_git_alone_would_not_merge_are_merged() {
    let merged = drive(
        &[],
        &[("tags = [\n", "tags = [\n  \"urgent\",\n")],
        &[("tags = [\n", "tags = [\n  \"vpn\",\n"), ("priority = \"p3\"", "priority = \"p1\"")],
    );
    assert_data_eq!(
        merged,
        str![[r#"
priority = "p1"
  "urgent",
  "vpn",

"#]]
    );
}

#[test]
fn what_a_rule_decides_is_settled_and_kept() {
    let merged = drive(
        &[],
        &[("status = \"active\"", "status = \"closed\""), ("resolution = \"\"", "resolution = \"fixed\"")],
        &[("status = \"active\"", "status = \"waiting\""), ("waiting_on = \"\"", "waiting_on = \"vendor\"")],
    );
    assert_data_eq!(
        merged,
        str![[r#"
status = "closed"
resolution = "fixed"
[conflicts]
status = "waiting"
waiting_on = "vendor"
stderr: git-desk: tickets/2026/11/24/261124-k7m3x9pd.toml: status "waiting" lost; it stands in [conflicts]
stderr: git-desk: tickets/2026/11/24/261124-k7m3x9pd.toml: waiting_on "vendor" lost; it stands in [conflicts]

"#]]
    );
}

#[test]
fn what_no_rule_decides_is_marked_around_that_key_alone() {
    let merged = drive(
        &[],
        &[("assignee = \"\"", "assignee = \"ana\""), ("\"db1\"", "\"db2\"")],
        &[("assignee = \"\"", "assignee = \"ben\""), ("category = \"\"", "category = \"disk\"")],
    );
    assert_data_eq!(
        merged,
        str![[r#"
<<<<<<< ours
assignee = "ana"
=======
assignee = "ben"
>>>>>>> theirs
category = "disk"
asset = "db2"
stderr: git-desk: tickets/2026/11/24/261124-k7m3x9pd.toml: to be decided by somebody: queue
exit: 1

"#]]
    );
}

#[test]
fn for_a_review_everything_in_doubt_is_marked() {
    let merged = drive(
        &["--markers"],
        &[("priority = \"p3\"", "priority = \"p1\""), ("\nsecond", "\nzweite")],
        &[("priority = \"p3\"", "priority = \"p2\""), ("\nsecond", "\ndeuxième")],
    );
    assert_data_eq!(
        merged,
        str![[r#"
<<<<<<< ours
priority = "p1"
=======
priority = "p2"
>>>>>>> theirs
<<<<<<< ours
zweite
=======
deuxième
>>>>>>> theirs
stderr: git-desk: tickets/2026/11/24/261124-k7m3x9pd.toml: to be decided by somebody: priority, body
exit: 1

"#]]
    );
}

#[test]
fn a_damaged_side_is_merged_as_git_would() {
    let merged = drive(&[], &[("\"db1\"", "db1 is no TOML")], &[("\"db1\"", "\"db2\"")]);
    assert_data_eq!(
        merged,
        str![[r#"
<<<<<<< ours
asset = db1 is no TOML
=======
asset = "db2"
>>>>>>> theirs
stderr: git-desk: tickets/2026/11/24/261124-k7m3x9pd.toml: to be decided by somebody: line 22: this is no TOML: [..]
exit: 1

"#]]
    );
}

#[test]
fn git_merges_with_it_what_it_cannot_alone() {
    let desk = TestDesk::new();
    desk.run(&["setup", "git"]).ok();
    let id = desk.open("VPN drops", &[]);
    desk.git(&["switch", "-qc", "side"]);
    desk.run(&["wait", &id, "--on", "vendor"]).ok();
    desk.run(&["tag", &id, "--add", "vpn"]).ok();
    desk.git(&["switch", "-q", "main"]);
    desk.run(&["close", &id, "--resolution", "fixed"]).ok();
    desk.run(&["tag", &id, "--add", "urgent"]).ok();
    desk.git(&["merge", "-q", "--no-edit", "side"]);
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["status"], "closed");
    assert_eq!(ticket["tags"], serde_json::json!(["urgent", "vpn"]));
    assert_eq!(ticket["conflicts"], serde_json::json!({"status": "waiting", "waiting_on": "vendor"}));
    assert_eq!(desk.run(&["list", "is:conflicted", "is:closed", "-o", "ids"]).ok().trim(), id);
    desk.run(&["close", &id, "--resolution", "fixed"]).ok();
    assert_eq!(desk.ticket(&id)["conflicts"], serde_json::json!({}));
    desk.run(&["check", "--all"]).ok();
    desk.is_sound();
}
