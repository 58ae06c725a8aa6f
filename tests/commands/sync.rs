//! `sync`

mod autosync;
mod odd;
mod refused;
mod rewind;
mod shapes;

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

/// A bare hub, and two people with a clone each.
struct Team {
    hub: TestDesk,
    ana: TestDesk,
    bob: TestDesk,
    /// Keeps the folder of all.
    world: TestDesk,
}

fn team() -> Team {
    let world = TestDesk::nowhere();
    let hub = world.at("hub.git");
    hub.run(&["init", "--bare"]).ok();
    hub.run(&["agent", "add", "bob", "--email", "bob@example.com"]).ok();
    for name in ["ana", "bob"] {
        world.git(&["clone", "-q", "../hub.git", &format!("../{name}")]);
    }
    // Each has random numbers of their own.
    let ana = world.at("ana").with("GIT_DESK_SEED", "ana");
    let bob = world.at("bob").with("GIT_DESK_SEED", "bob").by("Bob <bob@example.com>");
    Team { hub, ana, bob, world }
}

fn told(desk: &TestDesk, words: &[&str]) -> Value {
    serde_json::from_str(&desk.run(words).ok()).unwrap()
}

fn tip(desk: &TestDesk) -> String {
    desk.git(&["rev-parse", "main"])
}

#[test]
fn what_one_does_the_other_sees() {
    let team = team();
    let id = team.ana.open("Printer HP-4 prints blank pages", &[]);
    assert_eq!(team.ana.run(&["sync"]).to_string(), "", "off a terminal nothing is said");
    team.bob.run(&["sync"]).ok();
    assert_eq!(team.bob.ticket(&id)["title"], "Printer HP-4 prints blank pages");
    team.bob.run(&["take", &id]).ok();
    team.bob.run(&["sync"]).ok();
    team.ana.run(&["sync"]).ok();
    assert_eq!(team.ana.ticket(&id)["assignee"], "bob");
    assert_eq!([tip(&team.ana), tip(&team.bob)], [tip(&team.hub), tip(&team.hub)]);
    for desk in [&team.hub, &team.ana, &team.bob] {
        desk.is_sound();
    }
}

#[test]
fn on_a_terminal_it_says_what_came_and_what_went() {
    let team = team();
    team.ana.open("Printer", &[]);
    team.ana.open("VPN", &[]);
    assert_eq!(team.ana.on_terminal("", &["sync"]).ok(), "shared 2 commits with origin/main\n");
    assert_eq!(team.ana.on_terminal("", &["sync"]).ok(), "in step with origin/main\n");
    assert_eq!(team.bob.on_terminal("", &["sync", "--dry-run"]).ok(), "would take 2 commits from origin/main\n");
    assert_eq!(team.bob.on_terminal("", &["sync"]).ok(), "took 2 commits from origin/main\n");
    team.bob.open("Badge", &[]);
    assert_eq!(team.bob.on_terminal("", &["sync", "--dry-run"]).ok(), "would share 1 commit with origin/main\n");
    assert_eq!(team.bob.on_terminal("", &["sync", "--fetch-only"]).ok(), "1 commit not shared\n");
    assert_eq!(team.bob.on_terminal("", &["sync", "-q"]).ok(), "");
    assert_eq!(tip(&team.bob), tip(&team.hub));
}

#[test]
fn as_json_it_is_one_object() {
    let team = team();
    team.ana.open("Printer", &[]);
    team.ana.run(&["sync"]).ok();
    team.bob.open("VPN", &[]);
    let mut object = told(&team.bob, &["sync", "--json"]);
    assert_eq!(object["commit"].as_str().unwrap(), tip(&team.hub).trim());
    assert_eq!(object["merge"], object["commit"]);
    let schema: Value = serde_json::from_str(&team.bob.run(&["schema", "sync"]).ok()).unwrap();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&object));
    let url = object["url"].as_str().unwrap().to_owned();
    assert!(url.ends_with("/hub.git"), "{url}");
    for name in ["commit", "merge", "url"] {
        object[name] = "…".into();
    }
    assert_data_eq!(
        format!("{object:#}\n"),
        str![[r#"
{
  "branch": "refs/heads/main",
  "closed": [],
  "commit": "…",
  "conflicted": [],
  "dry_run": false,
  "fetched": 1,
  "merge": "…",
  "notes": [],
  "pushed": 2,
  "remote": "origin",
  "renamed": [],
  "rewound": null,
  "schema": "desk.sync/1",
  "unpublished": 0,
  "url": "…"
}

"#]]
    );
    assert_eq!(told(&team.bob, &["sync", "--json=fetched,pushed"]).to_string(), r#"{"fetched":0,"pushed":0}"#);
}

#[test]
fn one_way_only_leaves_the_other() {
    let team = team();
    team.ana.open("Printer", &[]);
    team.bob.open("VPN", &[]);
    team.ana.run(&["sync", "--push-only"]).ok();
    assert_eq!(tip(&team.ana), tip(&team.hub));
    assert_data_eq!(
        team.bob.run(&["sync", "--push-only"]).fails(8),
        str![[r#"
git-desk: origin/main has commits that are not here; nothing was pushed
  with them: git desk sync

"#]]
    );
    team.bob.run(&["sync", "--fetch-only"]).ok();
    assert_eq!(team.bob.run(&["list", "--count"]).ok(), "2\n");
    assert_eq!(tip(&team.ana), tip(&team.hub), "nothing was pushed");
    team.bob.run(&["sync", "--push-only"]).ok();
    assert_eq!(tip(&team.bob), tip(&team.hub));
    team.bob.run(&["sync", "--push-only", "--fetch-only"]).fails(2);
}

#[test]
fn a_dry_run_moves_nothing() {
    let team = team();
    team.ana.open("Printer", &[]);
    team.ana.run(&["sync"]).ok();
    team.bob.open("VPN", &[]);
    let before = team.bob.git(&["for-each-ref"]) + &team.hub.git(&["for-each-ref"]);
    let would = told(&team.bob, &["sync", "--dry-run", "--json"]);
    assert_eq!([&would["fetched"], &would["unpublished"], &would["pushed"]], [1, 1, 0]);
    assert_eq!(team.bob.git(&["for-each-ref"]) + &team.hub.git(&["for-each-ref"]), before);
}

#[test]
fn the_first_push_to_an_empty_hub_makes_its_branch() {
    let world = TestDesk::nowhere();
    world.at("empty.git").git(&["init", "-q", "--bare"]);
    let desk = world.at("desk");
    desk.run(&["init"]).ok();
    desk.open("Printer", &[]);
    desk.git(&["remote", "add", "company", "../empty.git"]);
    assert_eq!(desk.on_terminal("", &["sync", "--fetch-only"]).ok(), "2 commits not shared\n");
    assert_eq!(desk.on_terminal("", &["sync"]).ok(), "shared 2 commits with company/main\n");
    assert_eq!(tip(&desk), tip(&world.at("empty.git")));
    assert_eq!(desk.git(&["status", "-sb"]), "## main...company/main\n");
    // Somebody else's settings of the branch stay.
    desk.git(&["config", "branch.main.remote", "elsewhere"]);
    desk.open("VPN", &[]);
    desk.run(&["sync", "--remote", "company"]).ok();
    assert_eq!(desk.git(&["config", "branch.main.remote"]), "elsewhere\n");
}

#[test]
fn which_remote_it_is_is_said_once_or_each_time() {
    let team = team();
    let desk = &team.ana;
    team.world.at("other.git").git(&["init", "-q", "--bare"]);
    desk.git(&["remote", "add", "other", "../other.git"]);
    desk.open("Printer", &[]);
    assert_eq!(told(desk, &["sync", "--json"])["remote"], "origin", "that of the branch");
    assert_eq!(told(desk, &["sync", "--remote", "other", "--json"])["remote"], "other");
    desk.git(&["config", "desk.remote", "other"]);
    assert_eq!(told(desk, &["sync", "--json"])["remote"], "other");
    desk.git(&["config", "--unset", "desk.remote"]);
    desk.git(&["config", "--unset", "branch.main.remote"]);
    assert_eq!(told(desk, &["sync", "--json"])["remote"], "origin");
    desk.git(&["remote", "rename", "origin", "hub"]);
    assert_data_eq!(
        desk.run(&["sync"]).fails(3),
        str![[r#"
git-desk: there are 2 remotes, and none is the desk's
  choose one: git config desk.remote hub

"#]]
    );
    assert_data_eq!(
        desk.run(&["sync", "--remote", "nowhere"]).fails(3),
        str![[r#"
git-desk: there is no remote `nowhere` here
  which there are: git remote -v

"#]]
    );
    assert_data_eq!(
        TestDesk::new().run(&["sync"]).fails(3),
        str![[r#"
git-desk: this desk has no remote, so there is nobody to share it with
  git remote add origin URL     then: git desk sync

"#]]
    );
    desk.run(&["sync", "--at", "yesterday"]).fails(2);
    desk.run(&["sync", "--timeout", "soon"]).fails(2);
}

#[test]
fn what_waits_is_in_the_log_and_at_the_foot_of_a_list() {
    let team = team();
    let desk = &team.ana;
    let foot = |words: &[&str]| desk.on_terminal("", words).ok().lines().last().unwrap_or_default().to_owned();
    team.bob.open("VPN", &[]);
    team.bob.run(&["sync"]).ok();
    desk.run(&["sync"]).ok();
    assert_eq!(foot(&["list"]), "1 open: 1 unassigned · in step with origin 1m ago");
    desk.later(180);
    assert_eq!(foot(&["list"]), "1 open: 1 unassigned · in step with origin 5m ago");
    let id = desk.open("Printer", &[]);
    desk.run(&["agent", "add", "eva", "--email", "eva@example.com"]).ok();
    assert_eq!(foot(&["list"]), "2 open: 2 unassigned · 2 commits not shared");
    let head = desk.on_terminal("", &[]).ok().lines().next().unwrap().to_owned();
    assert!(head.ends_with(" · 2 commits not shared"), "{head}");
    let titles = desk.run(&["log", "--unpublished", "--fields", "ticket,field,to"]).ok();
    assert!(titles.lines().all(|line| line.starts_with(&id)) && titles.contains("Printer"), "{titles}");
    assert_eq!(foot(&["log", "--unpublished"]), "2 commits wait for origin/main     share them: git desk sync");
    team.bob.run(&["comment", "VPN", "x"]);
    desk.run(&["sync"]).ok();
    assert_eq!(desk.on_terminal("", &["log", "--unpublished"]).ok(), "nothing waits for origin/main\n");
    assert_eq!(desk.run(&["log", "--unpublished"]).to_string(), "");
    // Git fetched what others did, by itself.
    team.bob.run(&["sync"]).ok();
    team.bob.open("Badge", &[]);
    team.bob.run(&["sync"]).ok();
    desk.git(&["fetch", "-q"]);
    assert_eq!(foot(&["list"]), "2 open: 2 unassigned · 1 commit to take over: git desk sync");
    assert_eq!(TestDesk::new().on_terminal("", &["list"]).ok(), "nothing open\n");
    TestDesk::new().run(&["log", "--unpublished"]).fails(3);
}
