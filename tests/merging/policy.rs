//! Files that people write by hand: policy and articles, where both sides are right alone.

use std::fs;

use serde_json::json;

use super::{Team, synced};
use crate::support::TestDesk;

fn policy(desk: &TestDesk) -> String {
    fs::read_to_string(desk.path().join("desk.toml")).unwrap()
}

fn write(desk: &TestDesk, path: &str, text: &str) {
    let file = desk.path().join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
    desk.git(&["add", "-A"]);
    desk.git(&["commit", "-qm", path]);
}

/// The one note of a sync, and the text of the file that it says is kept.
fn kept(desk: &TestDesk) -> (String, String) {
    let notes = synced(desk)["notes"].clone();
    let note = notes.as_array().unwrap().last().unwrap().as_str().unwrap().to_owned();
    let path = note.rsplit_once(' ').unwrap().1.to_owned();
    (note.replace(&path, "FILE"), fs::read_to_string(desk.path().join(path)).unwrap())
}

#[test]
fn a_policy_that_is_no_toml_stops_nobody_and_does_not_stand() {
    for broken_here in [true, false] {
        let team = Team::new();
        let id = team.open("VPN drops", &[]);
        let (well, broken) = if broken_here { (&team.ana, &team.bob) } else { (&team.bob, &team.ana) };
        let good = policy(well);
        let bad = format!("{good}this is [ not toml\n");
        write(broken, "desk.toml", &bad);
        well.run(&["set", &id, "asset=fw1"]).ok();
        if broken_here {
            team.ana.run(&["sync"]).ok();
        } else {
            // Nobody looked at what was pushed.
            team.ana.git(&["push", "-q"]);
        }
        let (note, text) = kept(&team.bob);
        assert_eq!(text, bad);
        assert!(note.starts_with("desk.toml: line ") && note.ends_with("is kept as FILE"), "{note}");
        assert_eq!(policy(&team.bob), good);
        team.share();
    }
}

#[test]
fn two_policies_that_are_wrong_together_are_not_merged() {
    let team = Team::new();
    let agent = |name: &str| {
        format!(
            "\n[agents.{name}]\nname = \"{name}\"\nemails = [\"carl@example.com\"]\nrole = \"agent\"\nactive = true\n"
        )
    };
    let ours = policy(&team.bob) + &agent("carlos");
    write(&team.ana, "desk.toml", &(policy(&team.ana) + &agent("carl")));
    write(&team.bob, "desk.toml", &ours);
    team.ana.run(&["sync"]).ok();
    let (note, text) = kept(&team.bob);
    assert!(note.starts_with("desk.toml: each side is right alone, and both together are wrong: "), "{note}");
    assert_eq!(text, ours);
    team.share();
    assert!(policy(&team.bob).contains("[agents.carl]") && !policy(&team.bob).contains("[agents.carlos]"));
}

#[test]
fn a_ticket_in_a_queue_that_was_dropped_is_told_of() {
    let team = Team::new();
    let id = team.open("VPN drops", &[]);
    let text = policy(&team.bob);
    let start = text.find("[queues.l3]").unwrap();
    let end = start + 1 + text[start + 1..].find("\n[").unwrap();
    let without = format!("{}{}", &text[..start], &text[end..]).replace("next = \"l3\"", "next = \"\"");
    write(&team.bob, "desk.toml", &without);
    team.ana.run(&["set", &id, "queue=l3"]).ok();
    team.ana.run(&["sync"]).ok();
    let note = format!("{id} is in the queue l3, which one side dropped; to another: git desk set {id} queue=NAME");
    assert_eq!(synced(&team.bob)["notes"], json!([note]));
}

#[test]
fn comments_of_a_policy_stay_where_the_other_side_adds_a_rule() {
    let team = Team::new();
    let commented = policy(&team.bob)
        .replace("[sla.targets.p1]", "# agreed with the board on 3 May\n[sla.targets.p1]")
        .replacen("promise = 90\n", "promise = 90   # why ninety\n", 1);
    let queue =
        "\n[queues.net]\ntitle = \"Net\"\nlevel = 1\nnext = \"\"\nmembers = [\"bob\"]\nlead = \"bob\"\nactive = true\n";
    write(&team.bob, "desk.toml", &(commented.clone() + queue));
    let rule = "\n[[sla]]\nname = \"vip\"\nmatch = \"tag:vip\"\ncalendar = \"office\"\n";
    write(&team.ana, "desk.toml", &(policy(&team.ana) + rule));
    team.share();
    let merged = policy(&team.ana);
    let lines = |text: &str| {
        let mut lines: Vec<String> = text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(lines(&merged), lines(&(commented + queue + rule)));
}

#[test]
fn the_text_of_an_article_that_lost_is_kept_beside_it() {
    let team = Team::new();
    let article = |step: &str| {
        format!(
            "title = \"Reset\"\n\nstate = \"draft\"\n\naudience = \"internal\"\n\nbody = '''\nstep one\n{step}\nstep three\n'''\n"
        )
    };
    write(&team.ana, "kb/vpn/x.toml", &article("step two"));
    team.share();
    let long = article("step two, with a long and careful explanation of what must be done\nand a second line");
    write(&team.ana, "kb/vpn/x.toml", &long);
    team.bob.later(600);
    write(&team.bob, "kb/vpn/x.toml", &article("step two by bob"));
    team.ana.run(&["sync"]).ok();
    let (note, text) = kept(&team.bob);
    assert_eq!(note, "kb/vpn/x.toml: both changed the same text; ours stands, theirs is kept as FILE");
    assert_eq!(text, long);
    team.share();
}

#[test]
fn two_articles_of_one_name_are_two_articles() {
    let team = Team::new();
    let new = |words| ["kb", "new", "new/one", "--title", words, "-m", words];
    team.ana.run(&new("ana's")).ok();
    team.bob.run(&new("bob's")).ok();
    team.ana.run(&["sync"]).ok();
    team.bob.run(&["sync"]).ok();
    let listed = team.bob.run(&["kb", "list", "-o", "tsv", "--fields", "name,title"]).ok();
    assert_eq!(listed, "new/one\tana's\nnew/one-2\tbob's\n");
    assert_eq!(
        team.bob.git(&["log", "-1", "--format=%B"]).trim_end(),
        "merge 1 article\n\nkb/new/one.toml: both wrote one of this name; theirs stands, ours is kept as kb/new/one-2.toml\n\nDesk-Act: sync"
    );
    team.share();
}
