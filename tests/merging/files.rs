//! What a merge does with files: comments and order, what is no ticket, what is damaged, what a person has changed.

use std::fs;

use serde_json::json;

use super::{Team, json as told, synced, text};
use crate::support::{TestDesk, ticket_path};

#[test]
fn comments_order_and_line_breaks_of_hand_edited_files_stay() {
    let team = Team::new();
    let id = team.open("VPN drops", &[]);
    let file = team.ana.file(&id);
    team.ana.change(&file, "asset = \"\"", "# the one in the cellar\nasset   =   'fw1'");
    team.ana.git(&["commit", "-qam", "by hand"]);
    team.ana.run(&["sync"]).ok();
    team.bob.run(&["assign", &id, "--to", "bob"]).ok();
    team.bob.run(&["set", &id, "asset=fw2"]).ok();
    team.share();
    let merged = text(&team.ana, &id);
    assert!(merged.contains("assignee = \"bob\"\n"), "{merged}");
    assert!(merged.contains("# the one in the cellar\nasset = \"fw1\"\n"), "{merged}");
    assert!(merged.ends_with("[conflicts]\n\nasset = \"fw2\"\n"), "{merged}");
}

#[test]
fn policy_is_merged_key_by_key() {
    let team = Team::new();
    team.ana.run(&["agent", "add", "carl", "--email", "carl@example.com"]).ok();
    let policy = team.ana.path().join("desk.toml");
    team.ana.change(&policy, "close_after = \"5bd\"", "close_after = \"3bd\" # faster");
    team.ana.git(&["commit", "-qam", "policy"]);
    team.ana.run(&["sync"]).ok();
    team.bob.run(&["agent", "add", "dora", "--email", "dora@example.com"]).ok();
    team.bob.run(&["queue", "add", "vpn", "--title", "VPN"]).ok();
    team.bob.change(&team.bob.path().join("desk.toml"), "close_after = \"5bd\"", "close_after = \"9bd\"");
    team.bob.git(&["commit", "-qam", "policy"]);
    let notes = synced(&team.bob)["notes"].clone();
    assert_eq!(notes, json!(["desk.toml: desk.close_after \"3bd\" lost"]));
    team.share();
    let text = fs::read_to_string(&policy).unwrap();
    for line in ["[agents.carl]", "[agents.dora]", "[queues.vpn]", "close_after = \"9bd\""] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
}

#[test]
fn files_of_one_name_are_both_kept() {
    let team = Team::new();
    let id = team.open("VPN drops", &[]);
    let folder = ticket_path(&id).replace(".toml", "/files");
    for (desk, bytes) in [(&team.ana, b"\0one".as_slice()), (&team.bob, b"\0other")] {
        fs::create_dir_all(desk.path().join(&folder)).unwrap();
        fs::write(desk.path().join(&folder).join("abc123-photo.jpg"), bytes).unwrap();
        fs::write(desk.path().join("NOTES"), bytes).unwrap();
        desk.git(&["add", "."]);
        desk.git(&["commit", "-qm", "a photo"]);
    }
    team.share();
    let read = |path: &str| {
        let folder = team.ana.path().join(path);
        let mut files: Vec<Vec<u8>> =
            fs::read_dir(folder).unwrap().flatten().filter_map(|entry| fs::read(entry.path()).ok()).collect();
        files.sort();
        files
    };
    assert_eq!(read(&folder), [b"\0one".to_vec(), b"\0other".to_vec()]);
    assert!(read("").contains(&b"\0one".to_vec()) && read("").contains(&b"\0other".to_vec()));
}

#[test]
fn a_damaged_side_takes_nothing_from_the_other() {
    let team = Team::new();
    let id = team.open("VPN drops", &[]);
    team.ana.change(&team.ana.file(&id), "asset = \"\"", "asset = no TOML");
    team.ana.git(&["commit", "-qam", "by hand"]);
    team.ana.run(&["sync"]).ok();
    team.bob.run(&["set", &id, "asset=fw2"]).ok();
    let said = synced(&team.bob);
    let kept = said["notes"][0].as_str().unwrap().rsplit_once(' ').unwrap().1.to_owned();
    assert_eq!(told(&team.bob, &["show", &id, "--json"])["asset"], "fw2");
    let damaged = fs::read_to_string(team.bob.path().join(&kept)).unwrap();
    assert!(damaged.contains("asset = no TOML"), "{kept}: {damaged}");
    team.share();
}

#[test]
fn a_link_in_place_of_a_ticket_is_refused() {
    let team = Team::new();
    let id = team.open("VPN drops", &[]);
    team.bob.run(&["comment", &id, "before"]).ok();
    fs::remove_file(team.bob.file(&id)).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", team.bob.file(&id)).unwrap();
    team.bob.git(&["commit", "-qam", "a link"]);
    team.ana.run(&["comment", &id, "after"]).ok();
    team.ana.run(&["sync"]).ok();
    let before = team.bob.git(&["rev-parse", "main"]);
    let said = team.bob.run(&["sync"]).fails(5);
    assert!(said.contains("is no regular file"), "{said}");
    assert_eq!(team.bob.git(&["rev-parse", "main"]), before);
}

#[test]
fn what_a_person_has_changed_and_not_committed_stays() {
    let team = Team::new();
    let [touched, other] = ["touched", "other"].map(|title| team.open(title, &[]));
    team.ana.run(&["set", &touched, "asset=fw1"]).ok();
    team.ana.run(&["sync"]).ok();
    team.bob.run(&["comment", &other, "a word"]).ok();
    team.bob.change(&team.bob.file(&other), "asset = \"\"", "asset = \"mine\"");
    fs::write(team.bob.path().join("scratch"), "untracked").unwrap();
    team.bob.run(&["sync"]).ok();
    assert!(text(&team.bob, &other).contains("asset = \"mine\""));
    assert!(text(&team.bob, &touched).contains("asset = \"fw1\""));
    assert_eq!(fs::read_to_string(team.bob.path().join("scratch")).unwrap(), "untracked");
    // A path that the merge would change is another matter.
    team.ana.run(&["sync"]).ok();
    team.ana.run(&["set", &other, "category=net"]).ok();
    team.ana.run(&["sync"]).ok();
    team.bob.run(&["comment", &touched, "another word"]).ok();
    let said = team.bob.run(&["sync"]).fails(5);
    assert!(said.contains("has changes of yours that are not committed"), "{said}");
    assert!(text(&team.bob, &other).contains("asset = \"mine\""));
}

#[test]
fn code_beside_a_desk_is_merged_where_it_fits_and_left_to_its_people_where_not() {
    let team = Team::new();
    // The desk is in a folder of a repository with code.
    let hub = team.world.at("code.git");
    hub.git(&["init", "-q", "--bare", "-b", "main"]);
    let url = "../code.git";
    for name in ["one", "two"] {
        team.world.git(&["clone", "-q", url, &format!("../{name}")]);
    }
    let one = team.world.at("one").with("GIT_DESK_SEED", "one");
    let two = team.world.at("two").with("GIT_DESK_SEED", "two");
    fs::write(one.path().join("main.c"), "a\nb\nc\n").unwrap();
    one.git(&["add", "."]);
    one.git(&["commit", "-qm", "code"]);
    one.run(&["init", "support"]).ok();
    let set = |desk: &TestDesk| drop(desk.git(&["config", "desk.ref", "main"]));
    set(&one);
    one.git(&["push", "-q", "origin", "main"]);
    two.git(&["pull", "-q", "origin", "main"]);
    set(&two);
    let edit = |desk: &TestDesk, text: &str| {
        fs::write(desk.path().join("main.c"), text).unwrap();
        desk.git(&["commit", "-qam", "code"]);
    };
    edit(&one, "A\nb\nc\n");
    edit(&two, "a\nb\nC\n");
    one.open("from one", &[]);
    two.open("from two", &[]);
    one.run(&["sync"]).ok();
    two.run(&["sync"]).ok();
    assert_eq!(fs::read_to_string(two.path().join("main.c")).unwrap(), "A\nb\nC\n");
    assert_eq!(two.run(&["list", "--count"]).ok(), "2\n");
    one.run(&["sync"]).ok();
    edit(&one, "ONE\n");
    edit(&two, "TWO\n");
    one.run(&["sync"]).ok();
    let said = two.run(&["sync"]).fails(5);
    assert!(said.contains("main.c is changed on both sides, and is no file of the desk"), "{said}");
}
