//! Where it begins, what it remembers, and what becomes of that.

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use super::{ALL, begun, desk, folder, hook, json};
use crate::support::http::{Answer, Service};

#[test]
fn the_past_is_not_told() {
    let said = desk("", "").run(&["notify", "--at", "HEAD"]).fails(2);
    assert!(said.contains("`--at` looks back"), "{said}");
}

#[test]
fn the_first_run_begins_at_the_present_and_says_so() {
    let hooks = Service::good();
    let desk = desk(ALL, &hook("hook", &hooks.url()));
    desk.open("before", &[]);
    assert_data_eq!(
        desk.run(&["notify"]).to_string(),
        str![[r#"
stderr: git-desk: notices begin here: what comes from now on is told
stderr:   what has been, too: git desk notify --since REV

"#]]
    );
    desk.open("after", &[]);
    desk.run(&["notify"]).ok();
    assert_eq!(hooks.requests().len(), 1);
    assert_data_eq!(
        desk.on_terminal("", &["notify"]).to_string(),
        str![[r#"
nothing is to be told

"#]]
    );
}

#[test]
fn since_a_revision_tells_what_was_not_accepted_yet() {
    let hooks = Service::good();
    let desk = desk(ALL, &hook("hook", &hooks.url()));
    desk.open("first", &[]);
    desk.open("second", &[]);
    desk.run(&["notify", "--since", "HEAD~1"]).ok();
    assert_eq!(hooks.requests().len(), 1);
    desk.run(&["notify", "--since", "HEAD~2"]).ok();
    assert_eq!(hooks.requests().len(), 2, "the second is not told twice");
    desk.git(&["checkout", "-q", "--orphan", "other"]);
    desk.git(&["commit", "-qm", "elsewhere"]);
    desk.git(&["checkout", "-q", "main"]);
    assert_data_eq!(
        desk.run(&["notify", "--since", "other"]).fails(5),
        str![[r#"
git-desk: `other` is not in the history of the desk's branch
  what is: git log --oneline

"#]]
    );
    assert_data_eq!(
        desk.run(&["notify", "--since", "nosuch"]).fails(3),
        str![[r#"
git-desk: no commit `nosuch`

"#]]
    );
}

#[test]
fn merged_branches_are_told_however_old_their_commits_look() {
    let hooks = Service::good();
    let desk = begun(ALL, &hook("hook", &hooks.url()));
    desk.git(&["checkout", "-qb", "side"]);
    desk.open("on the side", &["--ref", "side"]);
    desk.git(&["checkout", "-q", "main"]);
    desk.open("on the branch", &[]);
    desk.run(&["notify"]).ok();
    desk.git(&["merge", "-q", "--no-edit", "side"]);
    desk.run(&["notify"]).ok();
    // The published tip becomes the first parent, and ours the second.
    desk.git(&["checkout", "-qb", "theirs"]);
    desk.open("theirs", &["--ref", "theirs"]);
    desk.git(&["checkout", "-q", "main"]);
    desk.open("ours", &[]);
    desk.run(&["notify"]).ok();
    desk.git(&["checkout", "-q", "theirs"]);
    desk.git(&["merge", "-q", "--no-edit", "main"]);
    desk.git(&["checkout", "-q", "main"]);
    desk.git(&["merge", "-q", "--ff-only", "theirs"]);
    desk.run(&["notify"]).ok();
    let titles: Vec<Value> =
        hooks.requests().iter().map(|request| request.json()["data"]["ticket"]["title"].clone()).collect();
    assert_eq!(titles, ["on the branch", "on the side", "ours", "theirs"]);
}

#[test]
fn rewritten_history_is_said_and_begun_anew() {
    let hooks = Service::good();
    let desk = desk(ALL, &hook("hook", &hooks.url()));
    desk.open("first", &[]);
    desk.run(&["notify", "-q"]).ok();
    desk.git(&["reset", "-q", "--hard", "HEAD~1"]);
    desk.open("other", &[]);
    let run = desk.run(&["notify", "-q"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert!(run.stderr.contains("where notices had come to, is no longer part of it"), "{run}");
    desk.open("third", &[]);
    desk.run(&["notify"]).ok();
    assert_eq!(hooks.requests().len(), 1);
}

#[test]
fn what_is_old_is_no_news() {
    let hooks = Service::good();
    let desk = begun(ALL, &hook("hook", &hooks.url()));
    desk.open("long ago", &[]);
    desk.later(8 * 86_400);
    desk.open("now", &[]);
    let run = desk.run(&["notify"]);
    assert!(run.stderr.starts_with("git-desk: not told: 1 change of more than a week ago\n"), "{run}");
    assert_eq!(hooks.requests().len(), 1);
    desk.run(&["notify", "--since", "HEAD~2"]).ok();
    assert_eq!(hooks.requests().len(), 2);
}

#[test]
fn a_dry_run_writes_nothing() {
    let hooks = Service::good();
    let desk = begun(ALL, &hook("hook", &hooks.url()));
    desk.open("first", &[]);
    let before = std::fs::read_to_string(folder(&desk).join("state.json")).unwrap();
    for _ in 0..2 {
        assert_data_eq!(
            desk.on_terminal("", &["notify", "--dry-run"]).to_string(),
            str![[r#"
to send  opened    hook  261124-w90thdzm  first

"#]]
        );
    }
    assert_eq!(std::fs::read_to_string(folder(&desk).join("state.json")).unwrap(), before);
    assert_eq!(hooks.requests().len(), 0);
    desk.run(&["notify"]).ok();
    assert_eq!(hooks.requests().len(), 1);
}

#[test]
fn rows_hold_against_their_schema() {
    let hooks = Service::start(|number| Answer::Status([200, 404, 500][number.min(2)]));
    let desk = begun(ALL, &hook("hook", &hooks.url()));
    for title in ["a", "b", "c"] {
        desk.open(title, &[]);
    }
    let mut rows = json(&desk, &["notify", "--dry-run"]);
    rows.extend(json(&desk, &["notify"]));
    rows.extend(json(&desk, &["notify", "--outbox"]));
    rows.extend(json(&desk, &["notify", "--test", "hook"]));
    let states: Vec<&str> = rows.iter().map(|row| row["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["would", "would", "would", "sent", "failed", "waiting", "waiting", "failed", "failed"]);
    let schema: Value = serde_json::from_str(&desk.run(&["schema", "notified"]).ok()).unwrap();
    assert!(rows.iter().all(|row| jsonschema::is_valid(&schema, row)), "{rows:?}");
    assert_eq!(desk.run(&["notify", "--outbox", "--fields", "state,tries"]).ok(), "waiting\t1\nfailed\t1\n");
    assert_data_eq!(
        desk.run(&["notify", "--outbox", "--fields", "stat"]).fails(2),
        str![[r#"
git-desk: a notice has no `stat`
  did you mean `state`?
  there are schema, state, occasion, target, id, title, tries, error

"#]]
    );
}

#[test]
fn a_newer_state_is_not_written_over_and_a_damaged_one_is_begun_anew() {
    let hooks = Service::good();
    let desk = begun(ALL, &hook("hook", &hooks.url()));
    let path = folder(&desk).join("state.json");
    let newer = "{\"version\": 2, \"commit\": 7}\n";
    std::fs::write(&path, newer).unwrap();
    let said = desk.run(&["notify"]).fails(7);
    assert!(said.contains("state.json is of a newer git-desk"), "{said}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), newer);
    std::fs::write(&path, "{\"vers").unwrap();
    let run = desk.run(&["notify"]);
    assert!(run.code == 0 && run.stderr.contains("notices begin here"), "{run}");
    assert_eq!(desk.run(&["notify"]).to_string(), "");
}

#[test]
fn where_nothing_can_be_kept_nothing_is_passed_over() {
    let hooks = Service::good();
    let desk = begun(ALL, &hook("hook", &hooks.url()));
    let outbox = folder(&desk).join("outbox");
    std::fs::remove_dir_all(&outbox).unwrap();
    std::fs::write(&outbox, "in the way").unwrap();
    desk.open("first", &[]);
    let said = desk.run(&["notify"]).fails(7);
    assert!(said.starts_with("git-desk: cannot write [WORLD]/desk/.git/desk/notify-refs-heads-main-"), "{said}");
    std::fs::remove_file(&outbox).unwrap();
    desk.run(&["notify"]).ok();
    assert_eq!(hooks.requests().len(), 1);
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_holds_up_nothing() {
    let hooks = Service::good();
    let desk = begun(ALL, &hook("hook", &hooks.url()));
    std::fs::write(folder(&desk).join("outbox/odd.json"), "{}").unwrap();
    desk.open("first", &[]);
    let run = desk.run(&["notify"]);
    assert!(run.code == 0 && run.stdout.starts_with("sent\t"), "{run}");
    assert!(run.stderr.contains("/outbox/odd.json cannot be read, so it is not sent"), "{run}");
}
