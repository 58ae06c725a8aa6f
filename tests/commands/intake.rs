//! `intake`

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::support::TestDesk;

/// A hub and a way to say something to it.
struct Fleet {
    world: TestDesk,
    hub: TestDesk,
}

impl Fleet {
    fn new() -> Fleet {
        let world = TestDesk::nowhere();
        let hub = world.at("hub");
        hub.run(&["init", "--bare"]).ok();
        Fleet { world, hub }
    }

    fn host(&self, name: &str) -> TestDesk {
        let host = self.world.at(name).with("GIT_DESK_HOST", name);
        let spool = host.path().join("spool").display().to_string();
        host.with("GIT_DESK_SPOOL", &spool).with("GIT_DESK_HUB", &self.hub.path().display().to_string())
    }

    fn fails(&self, host: &str, options: &[&str]) {
        self.host(host).run(&[&["event", "trigger"], options].concat()).ok();
    }

    fn refs(&self) -> usize {
        self.hub.git(&["for-each-ref", "refs/desk/inbox"]).lines().count()
    }

    fn list(&self, query: &str) -> Vec<Value> {
        let text = self.hub.run(&["list", query, "--json"]).ok();
        serde_json::from_str(&text).unwrap()
    }
}

#[test]
fn events_of_many_hosts_become_one_commit_and_their_references_go() {
    let fleet = Fleet::new();
    for host in ["web1", "web2", "web3"] {
        fleet.fails(host, &["--key", &format!("cpu/{host}"), "--title", "too hot"]);
    }
    assert_eq!(fleet.refs(), 3);
    let commits = fleet.hub.commits();
    fleet.hub.run(&["intake"]).ok();
    assert_eq!((fleet.refs(), fleet.hub.commits()), (0, commits + 1));
    assert_eq!(fleet.list("is:open").len(), 3);
    assert_eq!(fleet.hub.run(&["intake"]).to_string(), "");
    fleet.hub.is_sound();
}

#[test]
fn a_reference_that_comes_back_is_not_applied_again() {
    let fleet = Fleet::new();
    fleet.fails("web1", &["--key", "k"]);
    let saved = fleet.hub.git(&["for-each-ref", "--format=%(objectname) %(refname)", "refs/desk/inbox"]);
    let (commit, name) = saved.trim().split_once(' ').unwrap();
    fleet.hub.run(&["intake"]).ok();
    let commits = fleet.hub.commits();
    // As when it was killed before it could remove what it had applied.
    fleet.hub.git(&["update-ref", name, commit]);
    fleet.hub.run(&["intake"]).ok();
    assert_eq!((fleet.hub.commits(), fleet.refs()), (commits, 0));
    assert_eq!(fleet.list("is:open").len(), 1);
}

#[test]
fn a_ticket_that_a_person_is_editing_keeps_its_own_events_in_the_inbox_and_no_others() {
    let world = TestDesk::nowhere();
    let hub = world.at("hub");
    hub.run(&["init"]).ok();
    let fleet = Fleet { world, hub };
    fleet.fails("web1", &["--key", "k"]);
    fleet.hub.run(&["intake"]).ok();
    let id = fleet.list("is:open")[0]["id"].as_str().unwrap().to_owned();
    let edited = fleet.hub.file(&id).with_extension("").join("occurrence-web1.toml");
    fleet.hub.change(&edited, "kind", "# mine\nkind");
    fleet.fails("web1", &["--key", "k"]);
    fleet.fails("web2", &["--key", "j"]);
    let run = fleet.hub.run(&["intake", "-q"]);
    assert!(run.code == 5 && run.stderr.contains("/occurrence-web1.toml has changes of yours"), "{run}");
    assert_eq!((fleet.refs(), fleet.list("is:open").len()), (1, 2));
    fleet.hub.git(&["commit", "-qam", "mine"]);
    fleet.hub.run(&["intake"]).ok();
    assert_eq!((fleet.refs(), &fleet.hub.ticket(&id)["occurrences"]["count"]), (0, &Value::from(2)));
    fleet.hub.is_sound();
}

#[test]
fn two_hosts_with_one_key_meet_in_one_ticket() {
    let fleet = Fleet::new();
    for host in ["web1", "web2", "web1"] {
        fleet.fails(host, &["--key", "db-down", "--title", "no database"]);
    }
    fleet.hub.run(&["intake"]).ok();
    let tickets = fleet.list("is:open");
    assert_eq!(tickets.len(), 1);
    let ticket = fleet.hub.ticket(tickets[0]["id"].as_str().unwrap());
    assert_eq!(ticket["occurrences"]["count"], 3);
    assert_eq!(ticket["thread"].as_array().unwrap().len(), 2);
}

#[test]
fn many_at_once_of_one_group_are_a_storm_and_those_that_follow_join_it() {
    let fleet = Fleet::new();
    let group = |host: &str, at: &str| {
        let host = fleet.host(host).with("GIT_DESK_NOW", at);
        let key = format!("db-down/{}", host.path().display());
        host.run(&["event", "trigger", "--key", &key, "--group", "db", "--priority", "p2", "--title", "no db"]).ok();
    };
    (0..9).for_each(|n| group(&format!("web{n}"), "2026-11-24T09:00:00Z"));
    fleet.hub.later(2 * 3_600);
    fleet.hub.run(&["intake"]).ok();
    assert_eq!(fleet.list("is:parent").len(), 0, "nine are no storm");
    // The tenth comes within the thirty seconds, in another delivery.
    group("web9", "2026-11-24T09:00:25Z");
    fleet.hub.run(&["intake"]).ok();
    let parents = fleet.list("is:parent");
    assert_eq!(parents.len(), 1);
    assert_eq!(parents[0]["title"], "db: 10 failures at once");
    assert_eq!(parents[0]["priority"], "p2");
    group("web10", "2026-11-24T09:30:00Z");
    fleet.hub.run(&["intake"]).ok();
    let below = fleet.list("is:open").iter().filter(|one| one["links"][0]["type"] == "parent").count();
    assert_eq!((below, fleet.list("is:open").len()), (11, 12));
    assert_eq!(fleet.hub.run(&["check"]).code, 0);
}

#[test]
fn one_by_one_they_are_no_storm() {
    let fleet = Fleet::new();
    for n in 0..12 {
        let host = fleet.host(&format!("web{n}")).with("GIT_DESK_NOW", &format!("2026-11-24T09:{n:02}:00Z"));
        host.run(&["event", "trigger", "--key", &format!("k{n}"), "--group", "db"]).ok();
    }
    fleet.hub.later(2 * 3_600);
    fleet.hub.run(&["intake"]).ok();
    assert_eq!((fleet.list("is:open").len(), fleet.list("is:parent").len()), (12, 0));
}

#[test]
fn what_nobody_can_read_is_put_aside() {
    let fleet = Fleet::new();
    fleet.fails("web1", &["--key", "k"]);
    let hub = &fleet.hub;
    let blob = hub.program("sh", &["-c", "echo nonsense | git hash-object -w --stdin"]).output().unwrap();
    let blob = String::from_utf8(blob.stdout).unwrap();
    let tree = hub.program("sh", &["-c", &format!("printf '100644 blob {}\\ta.json\\n' | git mktree", blob.trim())]);
    let tree = String::from_utf8({ tree }.output().unwrap().stdout).unwrap();
    let commit = hub.git(&["commit-tree", "-m", "x", tree.trim()]);
    hub.git(&["update-ref", "refs/desk/inbox/evil/1", commit.trim()]);
    hub.git(&["update-ref", "refs/desk/inbox/evil/2", blob.trim()]);
    assert_eq!(hub.run(&["intake"]).code, 6);
    assert_eq!((fleet.refs(), fleet.list("is:open").len()), (0, 1));
    assert_eq!(hub.git(&["for-each-ref", "refs/desk/failed"]).lines().count(), 2);
}

#[test]
fn whose_reference_it_is_says_who_speaks() {
    let fleet = Fleet::new();
    fleet.fails("web1", &["--key", "k"]);
    let saved = fleet.hub.git(&["for-each-ref", "--format=%(objectname) %(refname)", "refs/desk/inbox"]);
    let (commit, name) = saved.trim().split_once(' ').unwrap();
    fleet.hub.git(&["update-ref", "refs/desk/inbox/other/1", commit]);
    fleet.hub.git(&["update-ref", "-d", name]);
    fleet.hub.run(&["intake"]).ok();
    let ticket = fleet.hub.ticket(fleet.list("is:open")[0]["id"].as_str().unwrap());
    assert_eq!(ticket["thread"][0]["id"], "occurrence-other");
}

#[test]
fn a_storm_that_comes_back_stands_below_one_ticket_again() {
    let fleet = Fleet::new();
    let all = |at: &str, verb: &[&str]| {
        for n in 0..10 {
            let host = fleet.host(&format!("web{n}")).with("GIT_DESK_NOW", at);
            host.run(&[verb, &["--key", &format!("k{n}")]].concat()).ok();
        }
        fleet.hub.later(3_600);
        fleet.hub.run(&["intake"]).ok();
    };
    let below = || fleet.list("is:open").iter().filter(|one| one["links"][0]["type"] == "parent").count();
    let fails = ["event", "trigger", "--group", "db"];
    all("2026-11-24T09:00:00Z", &fails);
    let first = fleet.list("is:parent")[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(below(), 10);
    all("2026-11-24T09:30:00Z", &["event", "resolve"]);
    fleet.hub.run(&["close", &first, "--resolution", "fixed"]).ok();
    all("2026-11-24T10:00:00Z", &fails);
    let open = fleet.list("is:open is:parent");
    assert_eq!((open.len(), below()), (1, 10));
    assert_ne!(open[0]["id"], first.as_str());
}

#[test]
fn a_reference_that_somebody_holds_keeps_no_other_back_and_goes_when_nobody_does() {
    let fleet = Fleet::new();
    for host in ["web1", "web2", "web3"] {
        fleet.fails(host, &["--key", host]);
    }
    let name = fleet.hub.git(&["for-each-ref", "--format=%(refname)", "refs/desk/inbox/web2"]);
    let lock = fleet.hub.path().join(format!("{}.lock", name.trim()));
    fs::write(&lock, "").unwrap();
    let run = fleet.hub.run(&["intake"]);
    assert_eq!((run.code, run.stdout.lines().count(), fleet.refs()), (7, 3, 1), "{run}");
    assert_eq!(
        run.stderr,
        format!(
            "git-desk: 1 reference of the inbox stays, although all of it was applied: {} is there\n  \
             the next `git desk intake` takes it away; a lock that a killed program left: git desk doctor --fix\n",
            lock.display()
        )
    );
    let commits = fleet.hub.commits();
    fleet.fails("web1", &["--key", "new"]);
    assert_eq!(fleet.hub.run(&["intake", "-q"]).code, 7);
    assert_eq!((fleet.hub.commits(), fleet.list("is:open").len(), fleet.refs()), (commits + 1, 4, 1));
    age(&lock);
    fleet.hub.run(&["intake"]).ok();
    assert_eq!((fleet.hub.commits(), fleet.refs(), lock.exists()), (commits + 1, 0, false));
}

/// Makes a file one of an hour ago.
fn age(file: &Path) {
    let hour_ago = SystemTime::now() - Duration::from_secs(3_600);
    fs::File::options().write(true).open(file).unwrap().set_modified(hour_ago).unwrap();
}

#[test]
fn a_lock_on_all_references_is_told_after_all_was_applied_and_doctor_removes_an_old_one() {
    let fleet = Fleet::new();
    fleet.fails("web1", &["--key", "k"]);
    fleet.hub.git(&["pack-refs", "--all"]);
    let lock = fleet.hub.path().join("packed-refs.lock");
    fs::write(&lock, "").unwrap();
    let run = fleet.hub.run(&["intake"]);
    assert!(run.code == 7 && run.stdout.starts_with("opened\t"), "{run}");
    assert!(run.stderr.contains("1 reference of the inbox stays") && run.stderr.contains("packed-refs.lock"), "{run}");
    age(&lock);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let now = jiff::Timestamp::from_second(now.cast_signed()).unwrap();
    let doctor = fleet.world.at("hub").with("GIT_DESK_NOW", &now.to_string());
    let run = doctor.run(&["doctor", "--fix"]);
    assert!(run.stdout.contains("packed-refs.lock") && !lock.exists(), "{run}");
    fleet.hub.run(&["intake"]).ok();
    assert_eq!(fleet.refs(), 0);
}

#[test]
fn however_many_references_stay_what_is_new_is_applied() {
    let fleet = Fleet::new();
    fleet.fails("web1", &["--key", "k"]);
    let commit = fleet.hub.git(&["for-each-ref", "--format=%(objectname)", "refs/desk/inbox"]);
    let many: String = (0..2_100).map(|n| format!("create refs/desk/inbox/a/2025-{n} {}\n", commit.trim())).collect();
    fs::write(fleet.hub.path().join("many"), many).unwrap();
    let update = fleet.hub.program("sh", &["-c", "git update-ref --stdin < many"]).status().unwrap();
    assert!(update.success());
    fs::write(fleet.hub.path().join("refs/desk/inbox/a/2025-7.lock"), "").unwrap();
    fleet.fails("web2", &["--key", "new"]);
    assert_eq!(fleet.hub.run(&["intake", "-q"]).code, 7);
    assert_eq!((fleet.refs(), fleet.list("key:new").len()), (1, 1));
}

#[test]
fn only_who_may_acknowledges_in_the_name_of_an_agent() {
    let fleet = Fleet::new();
    let said = || {
        let ticket = fleet.hub.ticket(fleet.list("is:open")[0]["id"].as_str().unwrap());
        let thread = ticket["thread"].as_array().unwrap().clone();
        (ticket["assignee"].clone(), thread.iter().map(|entry| entry["by"].clone()).collect::<Vec<_>>())
    };
    fleet.fails("web1", &["--key", "k"]);
    fleet.hub.run(&["intake"]).ok();
    let ack = || fleet.host("web1").run(&["event", "ack", "--key", "k", "--by", "ana"]).ok();
    ack();
    fleet.hub.run(&["intake", "--may-ack", "web2"]).ok();
    assert_eq!(said(), (Value::Null, vec!["machine@web1".into(), "machine@web1".into()]));
    ack();
    fleet.hub.run(&["intake", "--may-ack", "web1"]).ok();
    assert_eq!(said(), ("ana".into(), vec!["machine@web1".into(), "machine@web1".into(), "ana".into()]));
}

#[test]
fn a_host_that_is_called_as_the_desk_itself_counts_apart() {
    let fleet = Fleet::new();
    fleet.fails("sweep", &["--key", "k"]);
    fleet.hub.run(&["intake"]).ok();
    let ticket = fleet.hub.ticket(fleet.list("is:open")[0]["id"].as_str().unwrap());
    assert_eq!(ticket["thread"][0]["id"], "occurrence-sweep--host");
    fleet.host("sweep").run(&["event", "resolve", "--key", "k"]).ok();
    fleet.hub.run(&["intake"]).ok();
    assert_eq!(fleet.list("is:open").len(), 0);
}
