//! `sync` with a remote that has lost commits which it had.

use snapbox::{assert_data_eq, str};

use super::{Team, team, tip, told};

/// Bob pushes with force: the hub has lost Ana's last two tickets; Ana has a third, which she never shared.
fn rewound() -> (Team, [String; 4]) {
    let team = team();
    let kept = team.ana.open("Kept", &[]);
    team.ana.run(&["sync"]).ok();
    team.bob.run(&["sync"]).ok();
    let ids = ["Printer", "VPN"].map(|title| team.ana.open(title, &[]));
    team.ana.run(&["sync"]).ok();
    team.hub.git(&["update-ref", "refs/heads/main", "main~2"]);
    let own = team.ana.open("Badge", &[]);
    let [first, second] = ids;
    (team, [kept, first, second, own])
}

#[test]
fn a_rewind_stops_it_and_names_what_is_missing() {
    let (team, _) = rewound();
    let before = (tip(&team.ana), tip(&team.hub));
    let said = team.ana.run(&["sync"]).fails(5);
    let known: Vec<String> = ["main~1", "main~2"].map(|name| team.ana.git(&["rev-parse", "--short=8", name])).into();
    let said =
        known.iter().zip(["11111111", "22222222"]).fold(said, |said, (id, plain)| said.replace(id.trim(), plain));
    assert_data_eq!(
        said,
        str![[r#"
git-desk: origin/main was rewound: it has 2 commits no more that it had
  11111111  open 261124-h8m6ysaa: VPN
  22222222  open 261124-mw8gmat1: Printer
  if it is meant so: git desk sync --accept-rewind     they are all here still: nothing was changed

"#]]
    );
    // However often somebody looks, git itself included.
    team.ana.git(&["fetch", "-q"]);
    let error: serde_json::Value = serde_json::from_str(&team.ana.run(&["sync", "--json"]).fails(5)).unwrap();
    assert_eq!(error["error"]["code"], "rewound");
    assert_eq!(error["error"]["candidates"].as_array().unwrap().len(), 2);
    assert_eq!((tip(&team.ana), tip(&team.hub)), before);
    // Who had never seen them has nothing to accept.
    team.bob.run(&["sync"]).ok();
}

#[test]
fn an_accepted_rewind_is_followed_and_nothing_is_lost() {
    let (team, [kept, first, second, own]) = rewound();
    let old = tip(&team.ana);
    let seen = team.ana.git(&["rev-parse", "main~1"]);
    let done = told(&team.ana, &["sync", "--accept-rewind", "--json"]);
    assert_eq!(done["rewound"]["missing"].as_array().unwrap().len(), 2);
    assert_eq!((&done["rewound"]["replanted"], &done["pushed"]), (&1.into(), &1.into()));
    let mut ids = [kept, own.clone()];
    ids.sort();
    let mut listed: Vec<String> = team.hub.run(&["list", "-o", "ids"]).ok().lines().map(str::to_owned).collect();
    listed.sort();
    assert_eq!(listed, ids);
    assert_eq!(tip(&team.ana), tip(&team.hub));
    let names: Vec<&str> =
        done["rewound"]["kept"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let tips: Vec<String> = names.iter().map(|name| team.ana.git(&["rev-parse", name])).collect();
    assert_eq!(tips, [seen, old]);
    for lost in [first, second] {
        team.ana.run(&["show", &lost]).fails(3);
        team.ana.run(&["show", &lost, "--at", names[0]]).ok();
    }
    // The author and the words of what was put on top are what they were.
    assert_eq!(team.ana.git(&["log", "-1", "--format=%an %s"]), format!("Ana Agent open {own}: Badge\n"));
    assert!(!team.hub.git(&["for-each-ref"]).contains("lost"));
    team.ana.is_sound();
    assert_eq!(team.ana.on_terminal("", &["sync"]).ok(), "in step with origin/main\n");
}

#[test]
fn what_does_not_fit_any_more_stops_the_way_back() {
    let (team, [_, first, _, _]) = rewound();
    team.ana.run(&["set", &first, "asset=hp-4"]).ok();
    let before = tip(&team.ana);
    let said = team.ana.run(&["sync", "--accept-rewind"]).fails(5);
    assert!(said.contains("was never shared and does not fit on what is there now"), "{said}");
    assert_eq!(tip(&team.ana), before);
    assert_eq!(team.ana.git(&["for-each-ref", "refs/desk/lost"]), "", "nothing was written");
    team.ana.is_sound();
}

#[test]
fn a_policy_there_that_is_no_toml_does_not_stop_the_way_back() {
    let (team, [_, _, _, own]) = rewound();
    team.bob.git(&["fetch", "-q"]);
    team.bob.git(&["reset", "-q", "--hard", "origin/main"]);
    let good = std::fs::read_to_string(team.bob.path().join("desk.toml")).unwrap();
    std::fs::write(team.bob.path().join("desk.toml"), format!("{good}\nthis is no TOML\n")).unwrap();
    team.bob.git(&["commit", "-qam", "policy"]);
    team.bob.git(&["push", "-qf", "origin", "main"]);
    let done = told(&team.ana, &["sync", "--accept-rewind", "--json"]);
    assert_eq!(done["rewound"]["replanted"], 1);
    assert_eq!(team.hub.ticket(&own)["title"], "Badge");
}

#[test]
fn a_branch_that_is_gone_is_a_rewind() {
    let team = team();
    team.ana.open("Printer", &[]);
    team.ana.run(&["sync"]).ok();
    team.hub.git(&["update-ref", "-d", "refs/heads/main"]);
    let said = team.ana.run(&["sync"]).fails(5);
    assert!(said.starts_with("git-desk: origin/main is gone, with 3 commits that it had\n"), "{said}");
    team.ana.run(&["sync", "--accept-rewind"]).ok();
    assert_eq!(tip(&team.ana), tip(&team.hub));
}

/// Makes a commit with a file at any path and pushes it over what the hub has.
fn forced(team: &Team, folder: &str, file: &str) {
    std::fs::write(team.bob.path().join("../blob"), "x\n").unwrap();
    let blob = team.bob.git(&["hash-object", "-w", "../blob"]);
    let info = format!("100644,{},plain/{file}", blob.trim());
    team.bob.git(&["update-index", "--add", "--cacheinfo", &info]);
    let inner = team.bob.git(&["write-tree", "--prefix=plain/"]);
    team.bob.git(&["reset", "-q", "--hard", "main~1"]);
    let listed = team.bob.git(&["ls-tree", "main"]);
    let listed = format!("{listed}040000 tree {}\t{folder}\n", inner.trim());
    std::fs::write(team.bob.path().join("../tree"), listed).unwrap();
    let tree = team.bob.git(&["-c", "alias.mk=!git mktree <../tree", "mk"]);
    let commit = team.bob.git(&["commit-tree", tree.trim(), "-p", "main", "-m", "evil"]);
    team.bob.git(&["push", "-qf", "origin", &format!("{}:refs/heads/main", commit.trim())]);
}

#[test]
fn a_remote_that_went_back_to_a_hostile_tree_is_not_followed() {
    let team = team();
    team.ana.open("Printer", &[]);
    team.ana.run(&["sync"]).ok();
    team.bob.run(&["sync"]).ok();
    forced(&team, ".GIT", "config");
    let before = tip(&team.ana);
    let said = team.ana.run(&["sync", "--accept-rewind"]).fails(6);
    assert!(said.starts_with("git-desk: the remote has a file that no git may have: .GIT/config\n"), "{said}");
    assert_eq!(tip(&team.ana), before);
}

#[test]
fn a_remote_that_is_of_something_else_now_is_not_followed() {
    let team = team();
    team.ana.open("Printer", &[]);
    team.ana.run(&["sync"]).ok();
    let other = team.world.at("other");
    other.git(&["init", "-q", "-b", "main"]);
    other.git(&["commit", "-q", "--allow-empty", "-m", "code"]);
    other.git(&["push", "-qf", "../hub.git", "main"]);
    let before = (tip(&team.ana), tip(&team.hub));
    let said = team.ana.run(&["sync", "--accept-rewind"]).fails(5);
    assert!(said.contains("it has no commit in common with this desk"), "{said}");
    assert_eq!((tip(&team.ana), tip(&team.hub)), before);
}

#[test]
fn what_two_people_meant_differently_is_settled_on_the_way_back_too() {
    let team = team();
    let id = team.ana.open("Printer", &[]);
    team.ana.run(&["sync"]).ok();
    team.bob.run(&["sync"]).ok();
    team.bob.run(&["set", &id, "category=paper"]).ok();
    team.bob.run(&["sync"]).ok();
    team.bob.run(&["comment", &id, "lost"]).ok();
    team.bob.run(&["sync"]).ok();
    team.ana.run(&["set", &id, "category=print", "--op-id", "job-1"]).ok();
    // Merged, and never pushed.
    team.ana.run(&["sync", "--fetch-only"]).ok();
    team.hub.git(&["update-ref", "refs/heads/main", "main~1"]);
    let done = told(&team.ana, &["sync", "--accept-rewind", "--json"]);
    assert_eq!((&done["rewound"]["replanted"], &done["pushed"]), (&1.into(), &1.into()));
    assert_eq!(team.hub.ticket(&id)["category"], "print");
    assert_eq!(team.hub.ticket(&id)["conflicts"]["category"], "paper");
    let before = tip(&team.ana);
    team.ana.run(&["set", &id, "category=print", "--op-id", "job-1"]).ok();
    assert_eq!(tip(&team.ana), before, "done before");
    team.ana.is_sound();
}

#[test]
fn a_push_alone_does_not_bring_back_what_a_rewind_took() {
    let (team, _) = rewound();
    team.ana.git(&["fetch", "-q"]);
    let before = tip(&team.hub);
    let said = team.ana.run(&["sync", "--push-only"]).fails(5);
    assert!(said.starts_with("git-desk: origin/main was rewound: it has 2 commits no more that it had\n"), "{said}");
    assert_eq!(tip(&team.hub), before);
}
