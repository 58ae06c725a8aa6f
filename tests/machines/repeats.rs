//! A job that fails all the time costs little, and what happens when it works again.

use serde_json::Value;

use super::{count, long, only};
use crate::support::TestDesk;

#[test]
fn thousands_of_failures_are_one_ticket_and_few_commits() {
    let failures = if long() { 10_000 } else { 300 };
    let desk = TestDesk::bare();
    let commits = desk.commits();
    let line = format!(
        "i=0; while [ $i -lt {failures} ]; do \"$0\" run --name backup -- sh -c 'echo run $0 failed; exit 1' $i >&2; \
         i=$((i + 1)); done"
    );
    let loops = desk.program("sh", &["-c", &line, env!("CARGO_BIN_EXE_git-desk")]).env_remove("GIT_DESK_SEED").output();
    let said = String::from_utf8(loops.unwrap().stderr).unwrap();
    assert_eq!(said.lines().count(), failures, "{said}");
    assert!(desk.commits() - commits <= 20, "{} commits", desk.commits() - commits);
    let told = 1 << failures.ilog2();
    assert_eq!(only(&desk, "is:open")["occurrences"]["count"], told);
    desk.run(&["run", "--name", "backup", "--", "true"]).ok();
    let ticket = only(&desk, "is:open or is:done");
    assert_eq!((&ticket["status"], &ticket["occurrences"]["count"]), (&"resolved".into(), &failures.into()));
    desk.run(&["run", "--name", "backup", "--", "false"]);
    assert_eq!(only(&desk, "is:open")["id"], ticket["id"], "within the window it is the same");
}

fn trigger(desk: &TestDesk) {
    desk.run(&["event", "trigger", "--key", "disk", "--title", "full"]).ok();
}

fn resolve(desk: &TestDesk) {
    desk.run(&["event", "resolve", "--key", "disk"]).ok();
}

#[test]
fn a_key_that_fails_again_goes_where_its_ticket_ended() {
    let desk = TestDesk::bare();
    trigger(&desk);
    let first = only(&desk, "is:open")["id"].clone();
    let id = first.as_str().unwrap();
    resolve(&desk);
    trigger(&desk);
    assert_eq!(only(&desk, "is:open")["id"], first);
    // Closed by a person within the window is opened again, too.
    desk.run(&["close", id, "--resolution", "fixed", "-m", "done"]).ok();
    trigger(&desk);
    let again = desk.ticket(id);
    assert_eq!((&again["status"], count(&desk, "is:open or is:done")), (&Value::from("active"), 1), "{again}");
    // What will not be fixed stays closed, whatever comes.
    desk.run(&["close", id, "--resolution", "wontfix"]).ok();
    (0..4).for_each(|_| trigger(&desk));
    resolve(&desk);
    trigger(&desk);
    assert_eq!((&desk.ticket(id)["status"], count(&desk, "is:open or is:done")), (&Value::from("closed"), 1));
}

#[test]
fn after_the_window_a_new_ticket_follows() {
    let desk = TestDesk::bare();
    trigger(&desk);
    let first = only(&desk, "is:open")["id"].clone();
    resolve(&desk);
    desk.later(15 * 86_400);
    trigger(&desk);
    let ticket = only(&desk, "is:open");
    assert_eq!((&ticket["links"][0]["type"], &ticket["links"][0]["id"]), (&Value::from("follows"), &first));
}

#[test]
fn what_ended_as_a_duplicate_goes_on_at_the_ticket_that_stays() {
    let desk = TestDesk::bare();
    let kept = desk.open("the disk of web1", &[]);
    trigger(&desk);
    let id = only(&desk, "key:disk")["id"].as_str().unwrap().to_owned();
    desk.run(&["merge", &id, "--into", &kept]).ok();
    trigger(&desk);
    trigger(&desk);
    let survivor = desk.ticket(&kept);
    assert_eq!(count(&desk, "is:open"), 1, "no ticket of its own");
    // It was told of the second, the third waits for the fourth.
    assert!(survivor["occurrences"]["count"].as_u64().unwrap() >= 2, "{survivor}");
}
