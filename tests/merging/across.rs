//! What only shows when the tickets of both sides are seen together.

use serde_json::{Value, json};

use super::{Team, json as told, synced, text};
use crate::support::{TestDesk, ticket_path};

#[test]
fn an_id_that_two_clones_drew_is_the_published_ticket_s() {
    let team = Team::with_seeds("same", "same");
    let id = team.ana.open("VPN drops", &[]);
    team.ana.run(&["sync"]).ok();
    assert_eq!(team.bob.open("Printer jams", &["--tag", "printer"]), id);
    std::fs::write(team.bob.outside().join("photo.txt"), "jam").unwrap();
    let photo = team.bob.outside().join("photo.txt").display().to_string();
    team.bob.run(&["comment", &id, "tray 2", "--attach", &photo]).ok();
    let bob = team.world.at("bob").with("GIT_DESK_SEED", "other").by("Bob <bob@example.com>");
    let child = bob.open("Order a tray", &["--link", &format!("parent {id}")]);
    let said = synced(&team.bob);
    let new = said["renamed"][0]["to"].as_str().unwrap().to_owned();
    assert_eq!(said["renamed"], json!([{"from": id, "to": new}]));
    team.share();
    let ticket = |id: &str| told(&team.ana, &["show", id, "--json"]);
    assert_eq!(ticket(&id)["title"], "VPN drops");
    assert_eq!(ticket(&id)["thread"], json!([]));
    let moved = ticket(&new);
    assert_eq!((&moved["title"], &moved["tags"]), (&json!("Printer jams"), &json!(["printer"])));
    let bodies: Vec<&Value> = moved["thread"].as_array().unwrap().iter().map(|entry| &entry["body"]).collect();
    let note = format!("This was {id} before it was published; another ticket has that id.");
    assert_eq!(bodies, [&json!("tray 2"), &json!(note)]);
    assert_eq!(moved["attachments"].as_array().unwrap().len(), 1);
    assert_eq!(ticket(&child)["links"][0]["id"], json!(new));
}

#[test]
fn words_of_two_people_under_one_id_are_two_words() {
    let team = Team::with_seeds("same", "same");
    let id = team.open("VPN drops", &[]);
    // Both clocks say the same.
    let say = |desk: &TestDesk, words: &str| {
        let mut command = desk.command(&["comment", &id, words]);
        command.env("GIT_DESK_NOW", "2026-11-24T12:00:00Z");
        assert!(command.status().unwrap().success());
    };
    say(&team.ana, "from ana");
    say(&team.bob, "from bob");
    team.share();
    let thread = told(&team.ana, &["show", &id, "--json"])["thread"].clone();
    let mut bodies: Vec<String> =
        thread.as_array().unwrap().iter().map(|entry| entry["body"].as_str().unwrap().to_owned()).collect();
    bodies.sort();
    assert_eq!(bodies, ["from ana", "from bob"]);
}

#[test]
fn of_two_tickets_that_repeat_each_other_the_older_stays() {
    let team = Team::new();
    let older = team.open("VPN drops", &[]);
    let younger = team.open("VPN is gone again", &[]);
    team.ana.run(&["merge", &older, "--into", &younger]).ok();
    team.bob.run(&["merge", &younger, "--into", &older]).ok();
    team.ana.run(&["sync"]).ok();
    assert_eq!(synced(&team.bob)["conflicted"], json!([older]));
    team.share();
    let status = |id: &str| {
        let ticket = told(&team.ana, &["show", id, "--json"]);
        (ticket["status"].clone(), ticket["conflicts"].clone())
    };
    let lost = json!({"status": "closed", "resolution": "duplicate", "links": format!("duplicate-of {younger}")});
    assert_eq!(status(&older), (json!("new"), lost));
    assert_eq!(status(&younger), (json!("closed"), json!({})));
}

#[test]
fn links_that_would_lead_round_in_a_circle_are_not_both_kept() {
    let team = Team::new();
    let [one, other] = ["one", "other"].map(|title| team.open(title, &[]));
    team.ana.run(&["link", &one, "parent", &other]).ok();
    team.bob.run(&["link", &other, "parent", &one]).ok();
    team.ana.run(&["sync"]).ok();
    assert_eq!(synced(&team.bob)["conflicted"], json!([other]));
    team.share();
    assert_eq!(told(&team.bob, &["show", &other, "--json"])["conflicts"], json!({"links": format!("parent {one}")}));
}

#[test]
fn a_key_that_is_open_twice_is_the_older_ticket_s() {
    let team = Team::new();
    let older = team.ana.open("backup failed", &["--key", "backup"]);
    team.bob.later(600);
    let younger = team.bob.open("backup failed on db1", &["--key", "backup"]);
    team.bob.run(&["comment", &younger, "disk full"]).ok();
    team.ana.run(&["sync"]).ok();
    let said = synced(&team.bob);
    assert_eq!(said["closed"].as_array().unwrap().len(), 1);
    team.share();
    let ticket = told(&team.ana, &["show", &younger, "--json"]);
    assert_eq!((&ticket["status"], &ticket["resolution"]), (&json!("closed"), &json!("duplicate")));
    assert_eq!(ticket["links"][0]["id"], json!(older));
    let bodies: Vec<&Value> = ticket["thread"].as_array().unwrap().iter().map(|entry| &entry["body"]).collect();
    assert_eq!(bodies, [&json!("disk full"), &json!("Both were open with the key backup.")]);
}

#[test]
fn a_number_elsewhere_is_of_one_ticket() {
    let team = Team::new();
    let older = team.ana.open("from the old desk", &[]);
    team.ana.run(&["set", &older, "external_id=INC7"]).ok();
    team.bob.later(600);
    let younger = team.bob.open("from the old desk, too", &[]);
    team.bob.run(&["set", &younger, "external_id=INC7"]).ok();
    team.share();
    assert_eq!(told(&team.bob, &["show", "INC7", "--json"])["id"], json!(older));
    let ticket = told(&team.bob, &["show", &younger, "--json"]);
    assert_eq!((&ticket["status"], &ticket["external_id"]), (&json!("closed"), &Value::Null));
}

#[test]
fn what_was_deleted_and_changed_is_there_with_its_thread() {
    let team = Team::new();
    let [file, word] = ["a field changes", "somebody says something"].map(|title| team.open(title, &[]));
    team.ana.git(&["rm", "-q", &ticket_path(&file), &ticket_path(&word)]);
    team.ana.git(&["commit", "-qm", "away with them"]);
    team.bob.run(&["set", &file, "asset=fw1"]).ok();
    team.bob.run(&["comment", &word, "still here"]).ok();
    team.share();
    assert_eq!(told(&team.ana, &["show", &file, "--json"])["asset"], "fw1");
    assert_eq!(told(&team.ana, &["show", &word, "--json"])["thread"][0]["body"], "still here");
}

#[test]
fn a_ticket_that_was_deleted_and_changed_keeps_its_thread() {
    let team = Team::new();
    let [here, there] = ["deleted here", "deleted there"].map(|title| team.open(title, &[]));
    for id in [&here, &there] {
        team.ana.run(&["comment", id, "important words"]).ok();
    }
    team.share();
    let delete = |desk: &TestDesk, id: &str| {
        desk.git(&["rm", "-rq", &ticket_path(id), ticket_path(id).trim_end_matches(".toml")]);
        desk.git(&["commit", "-qm", "away with it"]);
    };
    delete(&team.bob, &here);
    team.ana.run(&["set", &here, "asset=fw1"]).ok();
    delete(&team.ana, &there);
    team.bob.run(&["set", &there, "asset=fw1"]).ok();
    team.share();
    let said = |id: &str| {
        let ticket = told(&team.ana, &["show", id, "--json"]);
        (ticket["asset"].clone(), ticket["thread"][0]["body"].clone())
    };
    assert_eq!([said(&here), said(&there)], [0, 1].map(|_| (json!("fw1"), json!("important words"))));
}

#[test]
fn a_duplicate_knows_its_original_though_the_other_side_took_the_link_out() {
    let team = Team::new();
    let [first, again] = ["VPN drops", "VPN is gone"].map(|title| team.open(title, &[]));
    team.ana.run(&["close", &again, "--duplicate-of", &first]).ok();
    team.ana.run(&["reopen", &again, "-m", "another one"]).ok();
    team.share();
    team.ana.run(&["link", &again, "duplicate-of", &first, "--remove"]).ok();
    team.bob.later(600);
    team.bob.run(&["close", &again, "--duplicate-of", &first]).ok();
    team.share();
    assert_eq!(told(&team.ana, &["show", &again, "--json"])["links"][0]["id"], json!(first));
}

#[test]
fn tickets_that_ended_and_have_something_to_settle_are_listed() {
    let team = Team::new();
    let id = team.open("VPN drops", &[]);
    team.ana.run(&["wait", &id, "--on", "vendor", "-m", "a new router"]).ok();
    team.bob.later(600);
    team.bob.run(&["close", &id, "--resolution", "fixed", "-m", "new cable"]).ok();
    team.share();
    let listed = team.ana.run(&["list", "is:conflicted"]).ok();
    let ids: Vec<&str> = listed.lines().filter_map(|line| line.split('\t').next()).collect();
    assert_eq!(ids, [id.as_str()]);
}

#[test]
fn what_is_settled_leaves_no_empty_table() {
    let team = Team::new();
    let id = team.open("VPN drops", &[]);
    team.ana.run(&["set", &id, "category=net"]).ok();
    team.bob.later(600);
    team.bob.run(&["set", &id, "category=vpn"]).ok();
    team.share();
    assert!(text(&team.bob, &id).ends_with("\n\n[conflicts]\n\ncategory = \"net\"\n"));
    team.bob.run(&["set", &id, "category=vpn"]).ok();
    let settled = text(&team.bob, &id);
    assert!(!settled.contains("[conflicts]") && !settled.ends_with("\n\n"), "{settled}");
    assert_eq!(team.bob.run(&["check", "--all"]).ok().matches("DSK701").count(), 0);
}

#[test]
fn with_strict_nothing_is_merged_that_two_people_meant_differently() {
    let team = Team::new();
    let id = team.open("VPN drops", &[]);
    team.ana.run(&["assign", &id, "--to", "ana"]).ok();
    team.ana.run(&["sync"]).ok();
    team.bob.later(3_600);
    team.bob.run(&["assign", &id, "--to", "bob"]).ok();
    let before = team.bob.git(&["rev-parse", "main"]);
    let said = team.bob.run(&["sync", "--strict"]).fails(5);
    assert!(said.contains(&format!("{id}: assignee \"ana\" lost")), "{said}");
    assert_eq!(team.bob.git(&["rev-parse", "main"]), before);
    team.bob.is_sound();
    team.share();
}
