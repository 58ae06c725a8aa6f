//! What a merge leaves in history.

use serde_json::{Value, json};

use super::{Team, json as told, synced};

#[test]
fn the_published_commit_is_the_first_parent() {
    let team = Team::new();
    let id = team.open("VPN drops", &[]);
    team.ana.run(&["comment", &id, "from ana"]).ok();
    team.ana.run(&["sync"]).ok();
    team.bob.run(&["comment", &id, "from bob"]).ok();
    let (published, local) = (team.hub.git(&["rev-parse", "main"]), team.bob.git(&["rev-parse", "main"]));
    team.bob.run(&["sync"]).ok();
    assert_eq!(team.bob.git(&["rev-parse", "main^1", "main^2"]), format!("{published}{local}"));
    let message = team.bob.git(&["log", "-1", "--format=%an <%ae>%n%B"]);
    assert_eq!(message, "Bob <bob@example.com>\nmerge 1 ticket\n\nDesk-Act: sync\n\n");
}

#[test]
fn the_later_author_date_decides_and_not_who_merges() {
    let team = Team::new();
    let id = team.open("VPN drops", &[]);
    // Bob said it first, and publishes last.
    team.bob.run(&["set", &id, "asset=bob"]).ok();
    team.ana.later(3_600);
    team.ana.run(&["set", &id, "asset=ana"]).ok();
    // What Bob does later to another field does not make his asset later.
    team.bob.later(7_200);
    team.bob.run(&["set", &id, "category=net"]).ok();
    team.share();
    let ticket = told(&team.bob, &["show", &id, "--json"]);
    assert_eq!((&ticket["asset"], &ticket["category"]), (&json!("ana"), &json!("net")));
    assert_eq!(ticket["conflicts"], json!({"asset": "bob"}));
}

#[test]
fn facts_lead_to_the_merged_file_and_each_change_counts_once() {
    let team = Team::new();
    let id = team.open("VPN drops", &["--tag", "net"]);
    for (desk, asset, tag, on) in [(&team.ana, "fw1", "a", "vendor"), (&team.bob, "fw2", "b", "requester")] {
        desk.run(&["set", &id, &format!("asset={asset}")]).ok();
        desk.run(&["tag", &id, "--add", tag, "--remove", "net"]).ok();
        desk.run(&["comment", &id, "a word"]).ok();
        desk.run(&["wait", &id, "--on", on]).ok();
    }
    team.share();
    crate::history::law_holds(&team.bob, &id);
    let log = team.bob.run(&["log", &id, "-o", "jsonl"]).ok();
    let facts: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |field: &str| facts.iter().filter(|fact| fact["field"] == field).count();
    assert_eq!((of("thread"), of("conflicts.asset"), of("conflicts.waiting_on")), (2, 1, 1));
}

#[test]
fn merges_that_cross_come_together() {
    let team = Team::new();
    let id = team.open("VPN drops", &[]);
    team.ana.run(&["set", &id, "asset=fw1"]).ok();
    team.bob.run(&["set", &id, "category=net"]).ok();
    let [ana, bob] = [&team.ana, &team.bob].map(|desk| desk.git(&["rev-parse", "main"]).trim().to_owned());
    // Each merges what the other had, by plain git.
    for (desk, folder, other) in [(&team.ana, "../bob", &bob), (&team.bob, "../ana", &ana)] {
        desk.git(&["fetch", "-q", folder, "main"]);
        desk.git(&["merge", "-q", "--no-edit", other]);
    }
    team.ana.run(&["set", &id, "asset=fw2"]).ok();
    team.bob.run(&["set", &id, "location=Utrecht"]).ok();
    team.ana.run(&["sync"]).ok();
    assert_eq!(synced(&team.bob)["conflicted"], json!([]));
    team.share();
    let ticket = told(&team.bob, &["show", &id, "--json"]);
    assert_eq!([&ticket["asset"], &ticket["category"], &ticket["location"]], ["fw2", "net", "Utrecht"]);
    crate::history::law_holds(&team.bob, &id);
}

#[test]
fn a_desk_of_another_origin_is_not_merged() {
    let team = Team::new();
    team.ana.open("VPN drops", &[]);
    team.ana.run(&["sync"]).ok();
    let other = team.world.at("other");
    other.run(&["init"]).ok();
    other.git(&["remote", "add", "origin", "../hub.git"]);
    let said = other.run(&["sync"]).fails(5);
    assert!(said.contains("no commit in common"), "{said}");
}

#[test]
fn undo_does_not_pass_over_a_merge() {
    let team = Team::new();
    let id = team.open("VPN drops", &[]);
    team.ana.run(&["comment", &id, "from ana"]).ok();
    team.ana.run(&["sync"]).ok();
    team.bob.run(&["comment", &id, "from bob"]).ok();
    team.bob.run(&["sync"]).ok();
    assert!(team.bob.run(&["undo"]).fails(5).contains("it is a merge"));
}
