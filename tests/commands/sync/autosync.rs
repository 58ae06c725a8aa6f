//! `desk.autosync`

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use snapbox::{assert_data_eq, str};

use super::{Team, team, tip};
use crate::support::TestDesk;

/// A team whose clones sync by themselves.
fn synced(when: &str) -> Team {
    let team = team();
    for desk in [&team.ana, &team.bob] {
        desk.git(&["config", "desk.autosync", when]);
    }
    team
}

/// Ana's clone, whose remote nobody answers for.
fn cut_off(team: &Team) -> TestDesk {
    let script = team.world.outside().join("ssh");
    fs::write(&script, "#!/bin/sh\necho 'ssh: connect to host hub port 22: Network is unreachable' >&2; exit 255\n")
        .unwrap();
    fs::set_permissions(&script, PermissionsExt::from_mode(0o755)).unwrap();
    team.ana.git(&["remote", "set-url", "origin", "hub:acme"]);
    team.world.at("ana").with("GIT_SSH_COMMAND", &script.display().to_string())
}

#[test]
fn a_write_is_shared_at_once_and_a_read_sees_what_others_did() {
    let team = synced("both");
    let id = team.ana.open("Printer", &[]);
    assert_eq!(tip(&team.ana), tip(&team.hub));
    assert_eq!(team.bob.run(&["list", "-o", "ids"]).ok(), format!("{id}\n"));
    team.bob.run(&["comment", &id, "seen"]).ok();
    assert_eq!(team.ana.ticket(&id)["thread"][0]["body"], "seen");
    team.ana.run(&["open", "--dry-run", "no"]).ok();
    team.ana.git(&["config", "desk.autosync", "write"]);
    team.bob.open("VPN", &[]);
    assert_eq!(team.ana.run(&["list", "--count"]).ok(), "1\n");
    team.ana.run(&["note", &id, "x"]).ok();
    assert_eq!(team.ana.run(&["list", "--count"]).ok(), "2\n");
    assert_eq!(tip(&team.ana), tip(&team.hub));
    team.ana.git(&["config", "desk.autosync", "always"]);
    assert_data_eq!(
        team.ana.run(&["list"]).fails(2),
        str![[r#"
git-desk: `desk.autosync` is "always"; it can be off, write or both
  git config desk.autosync write

"#]]
    );
}

#[test]
fn without_it_nothing_is_shared() {
    let team = team();
    let before = tip(&team.hub);
    team.ana.open("Printer", &[]);
    team.ana.run(&["list"]).ok();
    assert_eq!(tip(&team.hub), before);
}

#[test]
fn what_cannot_be_shared_is_stored_here_and_exit_8() {
    let team = synced("both");
    let desk = cut_off(&team);
    assert_data_eq!(
        desk.run(&["open", "Printer"]).to_string(),
        str![[r#"
261124-x47p0dyp
stderr: git-desk: hub is out of reach: ssh: connect to host hub port 22: Network is unreachable; 1 commit is safe here and not shared yet
stderr:   again: git desk sync          what waits: git desk log --unpublished
exit: 8

"#]]
    );
    let ran = desk.run(&["list", "--fields", "title"]);
    assert_data_eq!(
        ran.to_string(),
        str![[r#"
Printer
stderr: git-desk: this may be out of date: hub is out of reach: ssh: connect to host hub port 22: Network is unreachable; 1 commit is safe here and not shared yet

"#]]
    );
    let ran = desk.run(&["open", "VPN", "--key", "vpn/1"]);
    assert_eq!((ran.code, ran.stdout.len()), (8, 16), "{ran}");
    assert_eq!(desk.run(&["list", "--count"]).ok(), "2\n");
    team.ana.git(&["remote", "set-url", "origin", "../hub.git"]);
    team.ana.run(&["sync"]).ok();
    assert_eq!(team.hub.run(&["list", "--count"]).ok(), "2\n");
}

#[test]
fn who_takes_a_ticket_first_at_the_hub_has_it() {
    let team = synced("write");
    let id = team.ana.open("Printer", &[]);
    team.bob.run(&["sync"]).ok();
    team.bob.run(&["take", &id]).ok();
    // Ana's clone does not know of it yet.
    assert_eq!(team.ana.ticket(&id)["assignee"], serde_json::Value::Null);
    let said = team.ana.run(&["take", &id]).fails(5);
    assert!(said.starts_with(&format!("git-desk: {id} went to bob")), "{said}");
    assert_eq!(team.ana.ticket(&id)["assignee"], "bob");
    assert_eq!([tip(&team.ana), tip(&team.bob)], [tip(&team.hub), tip(&team.hub)]);
}

/// The hub lets a push of Bob's go first, at the very moment in which Ana's arrives.
fn lets_bob_go_first(team: &Team, words: &[&str]) {
    team.bob.git(&["config", "desk.autosync", "off"]);
    team.bob.run(&["sync"]).ok();
    team.bob.run(words).ok();
    let bob = team.bob.git(&["rev-parse", "main"]);
    team.bob.git(&["push", "-q", "origin", "main:refs/heads/bob"]);
    let hook = team.hub.path().join("hooks/pre-receive");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    let script = format!("#!/bin/sh\nrm \"$0\"\nunset GIT_QUARANTINE_PATH\ngit update-ref refs/heads/main {bob}");
    fs::write(&hook, script).unwrap();
    fs::set_permissions(&hook, PermissionsExt::from_mode(0o755)).unwrap();
}

#[test]
fn a_push_that_comes_second_does_not_take_what_the_first_took() {
    let team = synced("write");
    let id = team.ana.open("Printer", &[]);
    lets_bob_go_first(&team, &["take", &id]);
    let said = team.ana.run(&["take", &id]).fails(5);
    assert!(said.starts_with(&format!("git-desk: {id} went to bob")), "{said}");
    assert_eq!(team.hub.ticket(&id)["assignee"], "bob");
    assert_eq!(tip(&team.ana), tip(&team.hub));
    team.ana.is_sound();
}

#[test]
fn a_key_that_is_open_at_the_hub_is_counted_there() {
    let team = synced("write");
    let options = ["--key", "disk-full/web1"];
    let id = team.bob.open("disk full", &options);
    assert_eq!(team.ana.open("disk full", &options), id, "not seen here yet");
    assert_eq!(team.hub.ticket(&id)["occurrences"]["count"], 2);
    assert_eq!(team.hub.run(&["list", "--count"]).ok(), "1\n");
    // At the very same moment.
    lets_bob_go_first(&team, &["open", "no space", "--key", "disk-full/web2"]);
    let second = team.ana.open("no space", &["--key", "disk-full/web2"]);
    assert_eq!(team.hub.run(&["list", "key:disk-full/web2", "-o", "ids"]).ok(), format!("{second}\n"));
    assert_eq!(team.hub.ticket(&second)["occurrences"]["count"], 2);
    assert_eq!(tip(&team.ana), tip(&team.hub));
    team.ana.is_sound();
}

#[test]
fn a_job_is_not_held_up_and_its_ticket_is_shared_by_and_by() {
    let team = synced("both");
    let slow = team.world.outside().join("ssh");
    fs::write(&slow, "#!/bin/sh\nexec sleep 60\n").unwrap();
    fs::set_permissions(&slow, PermissionsExt::from_mode(0o755)).unwrap();
    team.ana.git(&["remote", "set-url", "origin", "hub:acme"]);
    let desk = team.world.at("ana").with("GIT_SSH_COMMAND", &slow.display().to_string());
    let begun = Instant::now();
    assert_eq!(desk.run(&["run", "--name", "backup", "--", "sh", "-c", "exit 3"]).code, 3);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert!(!desk.run(&["log", "--unpublished", "--fields", "ticket"]).ok().is_empty());
    team.ana.git(&["remote", "set-url", "origin", "../hub.git"]);
    team.ana.run(&["event", "trigger", "--key", "disk/web1", "--title", "disk full"]).ok();
    while team.hub.run(&["list", "--count"]).ok() != "2\n" {
        assert!(begun.elapsed() < Duration::from_secs(40), "the tickets were never shared");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_ticket_that_is_being_edited_here_is_not_taken_at_the_hub() {
    let team = synced("write");
    let id = team.ana.open("Printer", &[]);
    team.ana.change(&team.ana.file(&id), "Printer", "Printer HP-4");
    let before = (tip(&team.ana), tip(&team.hub));
    let said = team.ana.run(&["take", &id]).fails(5);
    assert!(said.contains("changes of yours that are not committed; nothing was written"), "{said}");
    assert_eq!((tip(&team.ana), tip(&team.hub)), before);
}

#[test]
fn an_act_that_cannot_be_shared_now_holds_here_and_says_so() {
    let team = synced("write");
    let [id, edited] = ["Printer", "VPN"].map(|title| team.ana.open(title, &[]));
    team.bob.run(&["sync"]).ok();
    team.bob.run(&["set", &edited, "category=net"]).ok();
    team.ana.change(&team.ana.file(&edited), "VPN", "VPN drops");
    let ran = team.ana.run(&["take", &id]);
    assert_eq!((ran.code, ran.stdout.as_str()), (8, format!("{id}\n").as_str()), "{ran}");
    assert!(ran.stderr.starts_with("git-desk: saved here, but not shared: tickets/"), "{ran}");
    assert!(!ran.stderr.contains("nothing was written"), "{ran}");
    assert_eq!(team.ana.ticket(&id)["assignee"], "ana");
    let ran = team.ana.run(&["open", "disk full", "--key", "disk/web1"]);
    assert_eq!((ran.code, ran.stdout.len()), (8, 16), "{ran}");
    assert_eq!(team.ana.run(&["list", "key:disk/web1", "--count"]).ok(), "1\n");
}

#[test]
fn what_is_settled_on_the_way_to_an_act_is_told() {
    let team = team();
    let id = team.ana.open("Printer", &[]);
    let other = team.ana.open("VPN", &[]);
    team.ana.run(&["sync"]).ok();
    team.bob.run(&["sync"]).ok();
    team.ana.run(&["set", &id, "category=print"]).ok();
    team.bob.run(&["set", &id, "category=paper"]).ok();
    team.bob.run(&["sync"]).ok();
    team.ana.git(&["config", "desk.autosync", "write"]);
    let ran = team.ana.run(&["take", &other, "--op-id", "job-1"]);
    assert!(ran.stderr.contains(&format!("two people meant something else in {id}")), "{ran}");
    assert_eq!(ran.stdout, format!("{other}\n"));
    // The merge on the way is not what was done under that name.
    assert_eq!(team.ana.ticket(&other)["assignee"], "ana");
    assert_eq!(tip(&team.ana), tip(&team.hub));
}
