//! `log`

use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

fn facts(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_change_says_who_when_from_and_to() {
    let desk = TestDesk::new();
    let id = desk.open("Printer HP-4 prints blank pages", &["--queue", "l1"]);
    desk.run(&["escalate", &id, "-m", "needs a part"]).ok();
    desk.run(&["tag", &id, "--add", "hp,toner"]).ok();
    assert_data_eq!(
        desk.run(&["log", &id]).to_string(),
        str![[r#"
2026-11-24T08:02:00Z	ana	261124-svz5ne2x	title		Printer HP-4 prints blank pages	b21d01479f13d3fefc24e3162735d78184d6598f
2026-11-24T08:02:00Z	ana	261124-svz5ne2x	status		new	b21d01479f13d3fefc24e3162735d78184d6598f
2026-11-24T08:02:00Z	ana	261124-svz5ne2x	kind		incident	b21d01479f13d3fefc24e3162735d78184d6598f
2026-11-24T08:02:00Z	ana	261124-svz5ne2x	priority		p3	b21d01479f13d3fefc24e3162735d78184d6598f
2026-11-24T08:02:00Z	ana	261124-svz5ne2x	queue		l1	b21d01479f13d3fefc24e3162735d78184d6598f
2026-11-24T08:02:00Z	ana	261124-svz5ne2x	requester		ana	b21d01479f13d3fefc24e3162735d78184d6598f
2026-11-24T08:02:00Z	ana	261124-svz5ne2x	channel		cli	b21d01479f13d3fefc24e3162735d78184d6598f
2026-11-24T08:02:00Z	ana	261124-svz5ne2x	opened		2026-11-24T08:02:00Z	b21d01479f13d3fefc24e3162735d78184d6598f
2026-11-24T08:03:00Z	ana	261124-svz5ne2x	status	new	active	c5c3ed6336c962486c8d7edf843fe75a953e2441
2026-11-24T08:03:00Z	ana	261124-svz5ne2x	queue	l1	l2	c5c3ed6336c962486c8d7edf843fe75a953e2441
2026-11-24T08:03:00Z	ana	261124-svz5ne2x	thread		20261124T080300Z-kv8gjc	c5c3ed6336c962486c8d7edf843fe75a953e2441
2026-11-24T08:04:00Z	ana	261124-svz5ne2x	tags		hp	2934aebf663a4665f42bd4d9b2936daf31e4ab35
2026-11-24T08:04:00Z	ana	261124-svz5ne2x	tags		toner	2934aebf663a4665f42bd4d9b2936daf31e4ab35

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["log", &id]).to_string(),
        str![[r#"
08:02        ana          b21d0147  title        — → Printer HP-4 prints blank pages
                                    status       — → new
                                    kind         — → incident
                                    priority     — → p3
                                    queue        — → l1
                                    requester    — → ana
                                    channel      — → cli
                                    opened       — → 2026-11-24T08:02:00Z
08:03        ana          c5c3ed63  status       new → active
                                    queue        l1 → l2
                                    thread       — → 20261124T080300Z-kv8gjc
08:04        ana          2934aebf  tags         — → hp
                                    tags         — → toner

"#]]
    );
}

#[test]
fn the_last_n_commits_are_shown_oldest_first() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    desk.run(&["set", &id, "asset=a"]).ok();
    desk.run(&["set", &id, "asset=b"]).ok();
    desk.run(&["set", &id, "asset=c"]).ok();
    for mut words in [vec!["log", "-2"], vec!["log", "-n", "2"], vec!["log", id.as_str(), "-2"]] {
        words.extend(["-o", "jsonl"]);
        let to: Vec<_> = facts(&desk.run(&words).ok()).iter().map(|fact| fact["to"].clone()).collect();
        assert_eq!(to, ["b", "c"], "{words:?}");
    }
}

#[test]
fn the_last_n_are_facts_not_commits() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    desk.run(&["tag", &id, "--add", "a,b,c"]).ok();
    for words in [vec!["log", "-2"], vec!["log", id.as_str(), "-n", "2"]] {
        let to: Vec<_> = facts(&desk.run(&[words, vec!["-o", "jsonl"]].concat()).ok())
            .iter()
            .map(|fact| fact["to"].clone())
            .collect();
        assert_eq!(to, ["b", "c"]);
    }
    assert_eq!(desk.run(&["log", "-4"]).ok().lines().count(), 4, "of two commits");
}

#[test]
fn a_deleted_ticket_has_a_history_still() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    desk.open("other", &[]);
    desk.git(&["rm", "-q", &crate::support::ticket_path(&id)]);
    desk.git(&["commit", "-qm", "deleted"]);
    for typed in [id.as_str(), &id[7..11]] {
        let last = facts(&desk.run(&["log", typed, "-o", "jsonl"]).ok()).pop().unwrap();
        assert_eq!((&last["field"], &last["to"]), (&"ticket".into(), &serde_json::Value::Null));
    }
    desk.run(&["show", &id]).fails(3);
}

#[test]
fn an_edit_by_hand_is_in_the_log_with_its_author() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    desk.change(&desk.file(&id), "asset = \"\"", "asset = \"hp-4\"");
    desk.git(&["-c", "user.name=Zoe", "-c", "user.email=zoe@x.example", "commit", "-qam", "by hand"]);
    let all = facts(&desk.run(&["log", &id, "-o", "jsonl"]).ok());
    let last = all.last().unwrap();
    assert_eq!((&last["field"], &last["to"], &last["by"]), (&"asset".into(), &"hp-4".into(), &"zoe@x.example".into()));
    assert_eq!(last["commit"], desk.git(&["rev-parse", "HEAD"]).trim());
    assert_eq!(all[0]["by"], "ana", "an agent is named by handle");
}

#[test]
fn a_commit_that_only_changes_form_makes_no_facts() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    let before = desk.run(&["log"]).ok();
    desk.change(&desk.file(&id), "title = ", "# a remark\ntitle   =   ");
    desk.git(&["commit", "-qam", "form"]);
    assert_eq!(desk.run(&["log"]).ok(), before);
}

#[test]
fn the_log_of_a_past_moment_ends_there() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    let then = desk.run(&["log", &id]).ok();
    desk.run(&["close", &id, "--resolution", "answered", "-m", "said so"]).ok();
    assert_eq!(desk.run(&["log", &id, "--at", "HEAD~1"]).ok(), then);
    assert_ne!(desk.run(&["log", &id]).ok(), then);
}

#[test]
fn an_unknown_ticket_and_a_shallow_clone_are_refused() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    assert_data_eq!(
        desk.run(&["log", "zzzz"]).fails(3),
        str![[r#"
git-desk: no ticket zzzz
  what is open: git desk list     by words: git desk search WORDS

"#]]
    );
    let url = format!("file://{}", desk.path().display());
    desk.git(&["clone", "-q", "--depth", "1", &url, "../shallow"]);
    let shallow = desk.at("shallow");
    assert_data_eq!(
        shallow.run(&["log", &id]).fails(7),
        str![[r#"
git-desk: this clone is shallow: it has no history before some commit
  git fetch --unshallow          in GitHub Actions: actions/checkout with fetch-depth: 0

"#]]
    );
}
