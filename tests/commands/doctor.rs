//! `doctor`

use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};
use std::time::{Duration, SystemTime};

/// What `doctor` says of one thing.
fn state(desk: &TestDesk, what: &str, words: &[&str]) -> String {
    let mut all = vec!["doctor", "--json"];
    all.extend(words);
    let signs: Vec<serde_json::Value> = serde_json::from_str(&desk.run(&all).stdout).unwrap();
    signs.iter().find(|sign| sign["what"] == what).unwrap()["state"].as_str().unwrap().to_owned()
}

#[test]
fn a_healthy_desk_has_nothing_wrong() {
    let desk = TestDesk::new();
    desk.open("one", &[]);
    desk.open("two", &[]);
    let run = desk.run(&["doctor"]);
    assert_eq!(run.code, 0);
    assert_data_eq!(
        run.to_string(),
        str![[r#"
history	ok	all of it is here	
locks	ok	none is left over	
settings	ok	writes wait for the disk	
clock	ok	no commit is from the future	
policy	ok	desk.toml is in order	
identity	ok	you are Ana Agent <ana@example.com>, agent ana	
index	ok	in step with 6903a52de02b	
files	ok	every ticket can be read	
size	ok	2 tickets, 2 open	
worktree	ok	nothing that was written has been taken out again	
merging	ok	git knows how the desk's files merge	
squashes	ok	no recent act was squashed	
conflicts	ok	nothing is left to settle	
spool	ok	no event waits	
inbox	ok	nothing waits	

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["doctor"]).to_string(),
        str![[r#"
ok       history   all of it is here
ok       locks     none is left over
ok       settings  writes wait for the disk
ok       clock     no commit is from the future
ok       policy    desk.toml is in order
ok       identity  you are Ana Agent <ana@example.com>, agent ana
ok       index     in step with 6903a52de02b
ok       files     every ticket can be read
ok       size      2 tickets, 2 open
ok       worktree  nothing that was written has been taken out again
ok       merging   git knows how the desk's files merge
ok       squashes  no recent act was squashed
ok       conflicts nothing is left to settle
ok       spool     no event waits
ok       inbox     nothing waits

"#]]
    );
}

#[test]
fn counts_agree_with_their_noun() {
    let desk = TestDesk::new();
    desk.open("one", &[]);
    let shown = desk.run(&["doctor"]).ok();
    assert!(shown.contains("1 ticket, 1 open"), "{shown}");
    desk.change(&desk.path().join("desk.toml"), "close_after", "close_aftr");
    desk.git(&["commit", "-qam", "by hand"]);
    let shown = desk.run(&["doctor"]).stdout;
    assert!(shown.contains("desk.toml: 1 warning\t"), "{shown}");
}

#[test]
fn an_old_lock_file_is_named_and_fix_removes_it() {
    let desk = TestDesk::new();
    let lock = desk.path().join(".git/index.lock");
    let file = std::fs::File::create(&lock).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000)).unwrap();
    let run = desk.run(&["doctor"]);
    assert_eq!(run.code, 1, "{run}");
    assert!(run.stdout.contains("index.lock"), "{run}");
    assert_eq!(state(&desk, "locks", &["--fix", "--dry-run"]), "error");
    assert!(lock.exists());
    assert_eq!(state(&desk, "locks", &["--fix"]), "fixed");
    assert!(!lock.exists());
    desk.run(&["doctor"]).ok();
}

#[test]
fn a_damaged_ticket_is_named_and_stays() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    desk.change(&desk.file(&id), "title = \"one\"", "title = \"one");
    desk.git(&["commit", "-qam", "broken"]);
    let before = desk.commits();
    let run = desk.run(&["doctor", "--fix"]);
    assert_eq!(run.code, 1, "{run}");
    assert!(run.stdout.contains(&id), "{run}");
    assert_eq!((state(&desk, "files", &[]).as_str(), desk.commits()), ("error", before));
}

#[test]
fn a_damaged_index_is_no_harm() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    desk.run(&["list"]).ok();
    for entry in std::fs::read_dir(desk.path().join(".git/desk")).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().ends_with(".sqlite") {
            std::fs::write(&path, [0x5a; 9_000]).unwrap();
        }
    }
    assert_eq!(desk.run(&["list", "-o", "ids"]).ok(), format!("{id}\n"));
    assert_eq!(state(&desk, "index", &[]), "ok");
}

#[test]
fn a_shallow_clone_is_broken_and_a_stranger_is_told() {
    let desk = TestDesk::new();
    desk.open("one", &[]);
    let url = format!("file://{}", desk.path().display());
    desk.git(&["clone", "-q", "--depth", "1", &url, "../shallow"]);
    let shallow = desk.at("shallow").by("Zoe <zoe@x.example>");
    assert_eq!(
        (state(&shallow, "history", &[]).as_str(), state(&shallow, "identity", &[]).as_str()),
        ("error", "warning")
    );
    assert_eq!(shallow.run(&["doctor"]).code, 1);
    desk.git(&["config", "desk.durability", "none"]);
    assert_eq!(state(&desk, "settings", &[]), "warning");
    desk.git(&["config", "gc.pruneExpire", "now"]);
    assert_eq!(state(&desk, "settings", &[]), "error");
}

#[test]
fn what_waits_and_what_nobody_could_use_is_told() {
    let desk = TestDesk::new();
    let spool = desk.outside().join("spool");
    let producer = desk.at("elsewhere").with("GIT_DESK_SPOOL", spool.to_str().unwrap());
    producer.run(&["event", "trigger", "--key", "k", "--title", "disk full"]).ok();
    let desk = desk.with("GIT_DESK_SPOOL", spool.to_str().unwrap());
    assert_eq!(state(&desk, "spool", &[]), "ok");
    desk.later(3_600);
    let shown = desk.run(&["doctor"]).ok();
    assert!(shown.contains("warning\t1 event in [WORLD]/spool, the oldest for 1h 0"), "{shown}");
    desk.run(&["flush"]).ok();
    std::fs::write(spool.join("new/20261124T080000Z-x.json"), "no event").unwrap();
    let _ = desk.run(&["flush"]);
    let shown = desk.run(&["doctor"]).ok();
    assert!(shown.contains("1 event in [WORLD]/spool/failed that could not be used"), "{shown}");
    desk.git(&["update-ref", "refs/desk/inbox/web7/x", "HEAD"]);
    assert_eq!(state(&desk, "inbox", &[]), "warning");
    desk.git(&["update-ref", "-d", "refs/desk/inbox/web7/x"]);
    assert_eq!(state(&desk, "inbox", &[]), "ok");
}

#[test]
fn a_commit_of_tomorrow_and_objects_left_out_are_odd() {
    let desk = TestDesk::new();
    desk.open("one", &[]);
    let yesterday = desk.at("desk").with("GIT_DESK_NOW", "2026-11-23T08:00:00Z");
    let shown = yesterday.run(&["doctor"]).ok();
    assert!(shown.contains("clock\twarning\tthe newest commit is 1d 0h in the future"), "{shown}");
    desk.git(&["config", "remote.origin.url", "x"]);
    desk.git(&["config", "remote.origin.promisor", "true"]);
    assert_eq!(state(&desk, "history", &[]), "warning");
    assert_eq!(state(&desk, "clock", &[]), "ok");
}

#[test]
fn who_shares_a_repository_is_told_what_the_others_type() {
    let desk = TestDesk::nowhere();
    desk.run(&["init", "--bare", "--shared"]).ok();
    let shown = desk.run(&["doctor"]).ok();
    assert!(shown.contains("git config --global --add safe.directory [WORLD]/desk"), "{shown}");
}

#[test]
fn what_a_team_should_know_of_its_clone_is_told() {
    let desk = TestDesk::new();
    let hub = desk.outside().join("hub.git");
    desk.git(&["init", "-q", "--bare", "-b", "main", hub.to_str().unwrap()]);
    assert_eq!(state(&desk, "merging", &[]), "ok");
    desk.git(&["remote", "add", "origin", hub.to_str().unwrap()]);
    assert_eq!(state(&desk, "merging", &[]), "warning", "somebody will pull here");
    desk.run(&["setup", "git"]).ok();
    assert_eq!(state(&desk, "merging", &[]), "ok");
    desk.run(&["sync"]).ok();
    assert!(desk.run(&["doctor"]).ok().contains("remote\tok\tin step with origin"));
    let id = desk.open("one", &[]);
    assert!(desk.run(&["doctor"]).ok().contains("remote\tok\t1 commit not shared yet\tgit desk sync"));
    desk.run(&["comment", &id, "on its way"]).ok();
    desk.run(&["comment", &id, "done"]).ok();
    desk.git(&["update-ref", "refs/desk/lost/x", "HEAD"]);
    assert_eq!(state(&desk, "remote", &[]), "warning");
    desk.git(&["update-ref", "-d", "refs/desk/lost/x"]);
    assert_eq!(state(&desk, "squashes", &[]), "ok");
    let message = desk.git(&["log", "-2", "--format=%B"]);
    desk.git(&["reset", "-q", "--soft", "HEAD~2"]);
    desk.git(&["commit", "-q", "-m", &format!("two acts (#7)\n\n{message}")]);
    assert_eq!(state(&desk, "squashes", &[]), "warning");
    desk.git(&["rm", "-q", ".gitattributes"]);
    desk.git(&["commit", "-qm", "no attributes"]);
    assert_eq!(state(&desk, "merging", &[]), "warning");
    assert_eq!(state(&desk, "conflicts", &[]), "ok");
    desk.git(&["reset", "-q", "--hard"]);
    let text = std::fs::read_to_string(desk.file(&id)).unwrap() + "\n[conflicts]\nqueue = \"l2\"\n";
    std::fs::write(desk.file(&id), text).unwrap();
    desk.git(&["commit", "-qam", "as a merge leaves it"]);
    assert_eq!(state(&desk, "conflicts", &[]), "warning");
}
