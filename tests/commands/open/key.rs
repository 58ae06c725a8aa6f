//! `open --key`: one open ticket a key, and repeats that are counted.

use std::fs;

use snapbox::{assert_data_eq, str};

use super::json;
use crate::support::TestDesk;

#[test]
fn a_key_makes_one_open_ticket_and_counts_the_repeats() {
    let desk = TestDesk::new();
    let id = desk.open("disk full on web7", &["--key", "disk/web7"]);
    let file = fs::read_to_string(desk.file(&id)).unwrap();
    let before = desk.commits();
    assert_eq!(desk.open("disk full again", &["--key", "disk/web7"]), id);
    let again = desk.run(&["open", "disk full", "--key", "disk/web7", "--json=id,created,changed,title,occurrences"]);
    assert_data_eq!(
        again.to_string(),
        str![[r#"
{
  "changed": true,
  "created": false,
  "id": "261124-svz5ne2x",
  "occurrences": {
    "count": 3,
    "first": "2026-11-24T08:02:00Z",
    "last": "2026-11-24T08:05:00Z"
  },
  "title": "disk full on web7"
}

"#]]
    );
    assert_eq!(json(&again.stdout)["created"], false);
    assert_eq!(json(&again.stdout)["occurrences"]["count"], 3);
    assert_eq!(desk.commits(), before + 2);
    assert_eq!(desk.run(&["list", "--count"]).ok(), "1\n");
    assert_eq!(fs::read_to_string(desk.file(&id)).unwrap(), file, "a repeat leaves the ticket's file alone");
    let occurrence = desk.file(&id).with_extension("").join("occurrence-testhost--ana.toml");
    assert_data_eq!(
        fs::read_to_string(occurrence).unwrap(),
        str![[r#"
kind = "occurrence"

by = "ana"

at = 2026-11-24T08:05:00Z

host = "testhost"

count = 3

first = 2026-11-24T08:02:00Z

last = 2026-11-24T08:05:00Z

body = '''
'''

"#]]
    );

    desk.run(&["resolve", &id, "--resolution", "fixed"]).ok();
    let fresh = desk.open("disk full on web7", &["--key", "disk/web7"]);
    assert_ne!(fresh, id, "an ended ticket is not counted on");
}

#[test]
fn repeats_of_several_hosts_are_counted_once_each_and_keep_their_files() {
    let desk = TestDesk::new();
    std::fs::write(desk.path().join("job.log"), "what it said").unwrap();
    let id = desk.open("disk full", &["--key", "disk"]);
    let desk = desk.with("GIT_DESK_HOST", "web1");
    desk.run(&["open", "disk full", "--key", "disk", "--attach", "job.log"]).ok();
    let desk = desk.with("GIT_DESK_HOST", "web2");
    desk.run(&["open", "disk full", "--key", "disk", "--attach", "job.log"]).ok();
    let ticket = desk.ticket(&id);
    assert_eq!(ticket["occurrences"]["count"], 3, "one that opened it, and one of each host");
    assert_eq!(ticket["attachments"].as_array().unwrap().len(), 2);
    assert_eq!(ticket["attachments"][0]["name"], "job.log");
}

#[test]
fn a_repeat_with_a_very_long_text_is_recorded_too() {
    let desk = TestDesk::new();
    let id = desk.open("job failed", &["--key", "job"]);
    let log = "a line of a very long log\n".repeat(60_000);
    assert_eq!(desk.feed(&log, &["open", "job failed", "--key", "job", "-F", "-"]).ok().trim(), id);
    let ticket = desk.ticket(&id);
    assert_eq!((&ticket["occurrences"]["count"], ticket["attachments"].as_array().unwrap().len()), (&2.into(), 1));
}
