//! `merge`

use std::fs;

use serde_json::json;
use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

#[test]
fn a_merged_ticket_is_closed_and_shown_with_the_other() {
    let desk = TestDesk::new();
    let stays = desk.open("Switch down", &["--requester", "eva@example.com"]);
    let goes = desk.open("No network", &["--requester", "bob@example.com", "--watcher", "carl@example.com"]);
    let too = desk.open("Printer gone", &["--requester", "eva@example.com"]);
    desk.run(&["comment", &goes, "all of floor 2"]).ok();
    let before = desk.commits();
    assert_eq!(desk.run(&["merge", &goes, &too, "--into", &stays]).ok(), format!("{goes}\n{too}\n"));
    assert_eq!(desk.commits(), before + 1);
    let merged = desk.ticket(&goes);
    assert_eq!((&merged["status"], &merged["resolution"]), (&json!("closed"), &json!("duplicate")));
    assert_eq!(merged["links"][0]["type"], "duplicate-of");
    assert_eq!(merged["links"][0]["id"], json!(stays));
    assert_eq!(merged["thread"][0]["ticket"], json!(null), "its own entries are not marked");
    let survivor = desk.ticket(&stays);
    assert_eq!(survivor["watchers"], json!(["bob@example.com", "carl@example.com"]));
    assert_eq!(survivor["status"], "new");
    assert_eq!(survivor["thread"].as_array().unwrap().len(), 1);
    assert_eq!(survivor["thread"][0]["body"], "all of floor 2");
    assert_eq!(survivor["thread"][0]["ticket"], json!(goes));
    let page = desk.run(&["show", &stays, "-o", "table"]).ok();
    assert!(page.contains(&format!("on {goes}")) && page.contains("all of floor 2"), "{page}");
    desk.is_sound();
}

#[test]
fn merging_again_is_so_already() {
    let desk = TestDesk::new();
    let (stays, goes) = (desk.open("a", &[]), desk.open("b", &["--requester", "bob@example.com"]));
    desk.run(&["merge", &goes, "--into", &stays]).ok();
    desk.run(&["watch", &stays, "--who", "bob@example.com", "--remove"]).ok();
    let before = desk.commits();
    desk.run(&["merge", &goes, "--into", &stays]).ok();
    desk.run(&["merge", &goes, "--into", &stays, "--strict"]).fails(5);
    assert_eq!(desk.commits(), before);
    assert_eq!(desk.ticket(&stays)["watchers"], json!([]), "who was taken off stays off");
}

#[test]
fn undo_gives_every_byte_back() {
    let desk = TestDesk::new();
    let stays = desk.open("a", &["--watcher", "zoe@example.com"]);
    let goes = desk.open("b", &["--requester", "bob@example.com", "--link", &format!("related {stays}")]);
    desk.run(&["wait", &goes, "--on", "vendor"]).ok();
    let files = || [&stays, &goes].map(|id| fs::read(desk.file(id)).unwrap());
    let before = files();
    let tree = desk.git(&["rev-parse", "HEAD^{tree}"]);
    desk.run(&["merge", &goes, "--into", &stays, "-m", "same"]).ok();
    assert_ne!(files(), before);
    desk.run(&["undo"]).ok();
    assert_eq!(files(), before);
    assert_eq!(desk.git(&["rev-parse", "HEAD^{tree}"]), tree);
    desk.is_sound();
}

#[test]
fn what_cannot_be_merged_is_refused_whole() {
    let desk = TestDesk::new();
    let [a, b, c, done] = ["a", "b", "c", "done"].map(|title| desk.open(title, &[]));
    desk.run(&["merge", &a, "--into", &b]).ok();
    desk.run(&["close", &done, "--resolution", "fixed"]).ok();
    let before = desk.commits();
    let error = desk.run(&["merge", &c, "--into", &a]).fails(5);
    assert!(error.contains(&format!("git desk merge {c} --into {b}")), "{error}");
    desk.run(&["merge", &b, "--into", &a]).fails(5);
    desk.run(&["merge", &c, &c, "--into", &c]).fails(5);
    desk.run(&["merge", &c, &done, "--into", &b]).fails(5);
    desk.run(&["merge", &c, "--into", "zzzz"]).fails(3);
    desk.run(&["merge", "--into", &b]).fails(2);
    desk.run(&["merge", "--where", "is:open", "--into", &b]).fails(2);
    desk.run(&["merge", &c, "--into", &b, "--dry-run"]).ok();
    assert_eq!(desk.commits(), before);
    assert_data_eq!(
        desk.run(&["merge", "k7m3"]).to_string(),
        str![[r#"
stderr: git-desk: merge into which ticket? `--into` is missing
stderr:   git desk merge k7m3 --into ID
exit: 2

"#]]
    );
}

#[test]
fn what_a_query_finds_is_merged_without_the_one_that_stays() {
    let desk = TestDesk::new();
    let stays = desk.open("a", &["--tag", "storm"]);
    let goes = desk.open("b", &["--tag", "storm"]);
    assert_eq!(desk.run(&["merge", "--where", "tag:storm", "--yes", "--into", &stays]).ok(), format!("{goes}\n"));
    assert_eq!(desk.ticket(&stays)["status"], "new");
}

#[test]
fn a_merge_is_a_line_of_a_batch() {
    let desk = TestDesk::new();
    let (stays, goes) = (desk.open("a", &[]), desk.open("b", &[]));
    desk.feed(json!({"op": "merge", "id": goes, "into": stays}).to_string(), &["batch", "-"]).ok();
    assert_eq!(desk.ticket(&goes)["resolution"], "duplicate");
}

#[test]
fn under_a_name_the_second_run_tells_what_the_first_told() {
    let desk = TestDesk::new();
    let stays = desk.open("switch down", &["--requester", "a@example.com"]);
    let merged = desk.open("no network", &["--requester", "b@example.com"]);
    let words = ["merge", &merged, "--into", &stays, "--op-id", "m-1"];
    let first = desk.run(&words).ok();
    assert_eq!(desk.run(&words).ok(), first);
    let json = [&words[..], &["--json"]].concat();
    let object: serde_json::Value = serde_json::from_str(&desk.run(&json).ok()).unwrap();
    assert_eq!(object["id"], merged, "one ticket is an object, not a list");
}

#[test]
fn a_call_that_was_promised_is_not_forgotten() {
    let desk = TestDesk::new();
    let (stays, merged) = (desk.open("switch down", &[]), desk.open("no network", &["--requester", "b@example.com"]));
    desk.run(&["follow-up", &merged, "2026-12-01"]).ok();
    let ran = desk.run(&["merge", &merged, "--into", &stays]);
    assert!(ran.stderr.contains(&format!("git desk follow-up {stays} 2026-12-01")), "{ran}");
}
