//! `receive`

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

/// A hub, a host, and an ssh that runs the hub's forced command whatever it is asked to run.
fn fleet(world: &TestDesk) -> (TestDesk, TestDesk) {
    let hub = world.at("hub");
    hub.run(&["init", "--bare"]).ok();
    let host = world.at("web1");
    let bin = host.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let script = format!(
        "#!/bin/sh\necho \"$*\" >> {log}\nGIT_DESK_SPOOL={spool} GIT_DESK_HOST=hub exec {program} receive {desk}\n",
        log = host.path().join("asked").display(),
        spool = hub.path().join("spool").display(),
        program = env!("CARGO_BIN_EXE_git-desk"),
        desk = hub.path().display(),
    );
    fs::write(bin.join("ssh"), script).unwrap();
    fs::set_permissions(bin.join("ssh"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display());
    let spool = host.path().join("spool").display().to_string();
    let host = host.with("PATH", &path).with("GIT_DESK_HOST", "web1").with("GIT_DESK_SPOOL", &spool);
    (hub, host.with("GIT_DESK_HUB", "ssh://ops@hub"))
}

#[test]
fn a_job_without_a_clone_has_its_ticket_at_once() {
    let world = TestDesk::nowhere();
    let (hub, host) = fleet(&world);
    let run = host.run(&["run", "--name", "backup", "--mail", "changes", "--", "sh", "-c", "exit 3"]);
    let id = hub.run(&["list", "-o", "ids"]).ok();
    assert!(run.stdout.contains(&format!("\nticket {}, 1st failure since ", id.trim())), "{run}");
    assert!(run.stdout.contains("recorded on ops@hub at "), "{run}");
    assert_eq!(hub.ticket(id.trim())["asset"], "web1");
    let asked = fs::read_to_string(host.path().join("asked")).unwrap();
    assert_eq!(
        asked,
        "-T -o BatchMode=yes -o ConnectTimeout=10 -o ControlPath=none -o ServerAliveInterval=10 -o ServerAliveCountMax=2 \
         -- ops@hub git-desk receive\n"
    );
    host.run(&["run", "--name", "backup", "--", "true"]).ok();
    assert_eq!(hub.ticket(id.trim())["status"], "resolved");
    assert_eq!(fs::read_dir(host.path().join("spool/new")).unwrap().count(), 0);
}

#[test]
fn what_the_hubs_site_calls_a_secret_is_none_in_its_ticket_and_soon_none_in_a_producers_spool() {
    let world = TestDesk::nowhere();
    let (hub, host) = fleet(&world);
    let work = world.outside().join("work");
    hub.git(&["clone", "-q", ".", work.to_str().unwrap()]);
    let text = fs::read_to_string(work.join("desk.toml")).unwrap();
    fs::write(work.join("desk.toml"), format!("{text}\n[redact]\npatterns = ['tkt-[0-9]+', '(']\n")).unwrap();
    hub.git(&["-C", work.to_str().unwrap(), "commit", "-qam", "redact"]);
    hub.git(&["-C", work.to_str().unwrap(), "push", "-q"]);
    let fails = |number: u32| {
        let script = format!("echo tkt-{number}; exit {number}");
        host.run(&["run", "--name", "job", "--", "sh", "-c", &script]);
    };
    fails(1);
    assert!(!hub.git(&["log", "-p", "--all"]).contains("tkt-1"));
    fs::remove_dir_all(host.path().join("spool/done")).unwrap();
    fails(2);
    assert!(!hub.git(&["log", "-p", "--all"]).contains("tkt-2"));
    let spool = host.program("grep", &["-rl", "tkt-2", "spool"]).output().unwrap();
    assert_eq!(String::from_utf8(spool.stdout).unwrap(), "");
    assert_eq!(fs::read_dir(host.path().join("spool/done")).unwrap().count(), 1);
    // It is said once.
    fs::remove_file(host.path().join("spool/state/redact.rules")).unwrap();
    host.run(&["event", "trigger", "--key", "other", "-m", "x"]).ok();
    let answer = host.run(&["flush", "-o", "jsonl"]);
    assert_eq!(answer.stdout, "", "{answer}");
}

#[test]
fn what_a_hub_without_a_desk_keeps_is_delivered_later() {
    let world = TestDesk::nowhere();
    let (hub, host) = fleet(&world);
    fs::rename(hub.path().join("HEAD"), hub.path().join("away")).unwrap();
    host.run(&["event", "trigger", "--key", "k"]).ok();
    let spool = hub.path().join("spool");
    assert_eq!(fs::read_dir(spool.join("new")).unwrap().count(), 1);
    assert_eq!(fs::read_dir(host.path().join("spool/new")).unwrap().count(), 0);
    fs::rename(hub.path().join("away"), hub.path().join("HEAD")).unwrap();
    let hub = hub.with("GIT_DESK_SPOOL", &spool.display().to_string());
    hub.run(&["flush"]).ok();
    assert_eq!(hub.run(&["list", "--count"]).ok(), "1\n");
}

#[test]
fn a_key_speaks_for_its_own_host_alone() {
    let world = TestDesk::nowhere();
    let hub = world.at("hub").with("GIT_DESK_SPOOL", &world.path().join("spool").display().to_string());
    hub.run(&["init", "--bare"]).ok();
    let line = |id: &str, ask: &str, producer: &str| {
        let at = "2026-11-24T08:00:00Z";
        json!({"schema": "desk.event/1", "id": id, "at": at, "ask": ask, "key": "k", "title": "down",
            "producer": producer, "host": producer, "by": "ana"})
        .to_string()
    };
    let said = |ticket: &Value| -> Vec<String> {
        let thread = ticket["thread"].as_array().unwrap();
        thread.iter().map(|one| format!("{} {}", one["kind"].as_str().unwrap(), one["by"].as_str().unwrap())).collect()
    };
    let only = || hub.ticket(hub.run(&["list", "is:open", "-o", "ids"]).ok().trim());
    let web1 = ["receive", ".", "--producer", "web1"];
    hub.feed(line("e1", "trigger", "web2"), &web1).ok();
    assert_eq!(only()["thread"][0]["id"], "occurrence-web1");
    hub.feed(line("e2", "ack", "web2"), &web1).ok();
    assert_eq!(said(&only()), ["occurrence machine@web1", "note machine@web1"]);
    // What web2 has to say resolves nothing of web1.
    hub.feed(line("e3", "resolve", "web1"), &["receive", ".", "--producer", "web2"]).ok();
    assert_eq!(only()["status"], "new");
    hub.feed(line("e4", "ack", "web2"), &["receive", ".", "--producer", "web1", "--may-ack"]).ok();
    assert_eq!(said(&only()), ["occurrence machine@web1", "note machine@web1", "note ana"]);
    assert_eq!(hub.feed(line("e5", "trigger", "x"), &["receive", ".", "--producer", "PRODUCER"]).code, 2);
    assert_eq!(hub.feed(line("e6", "trigger", "x"), &["receive", ".", "--may-ack"]).code, 2);
}

#[test]
fn signs_of_life_of_another_hosts_jobs_are_refused() {
    let world = TestDesk::nowhere();
    let spool = world.path().join("spool");
    let hub = world.at("hub").with("GIT_DESK_SPOOL", &spool.display().to_string());
    hub.run(&["init", "--bare"]).ok();
    let beat = |key: &str| json!({"schema": "desk.beat/1", "key": key, "at": "2026-11-24T08:00:00Z"}).to_string();
    let lines = [beat("run/web2/root/backup"), beat("run/Web1/root/backup"), beat("backup")].join("\n");
    let run = hub.feed(&lines, &["receive", ".", "--producer", "web1"]);
    assert_data_eq!(
        run.to_string(),
        str![[r#"
{"beat":"run/Web1/root/backup"}
{"beat":"backup"}
{"env":[],"patterns":[],"schema":"desk.redact/1"}
stderr: git-desk: 1 sign is of other hosts' jobs; all others are kept
exit: 9

"#]]
    );
    assert_eq!(fs::read_dir(spool.join("beat")).unwrap().count(), 2);
    hub.feed(lines, &["receive", "."]).ok();
    assert_eq!(fs::read_dir(spool.join("beat")).unwrap().count(), 3);
}

#[test]
fn lines_that_are_no_events_are_told_and_keep_no_others_back() {
    let world = TestDesk::nowhere();
    let (hub, host) = fleet(&world);
    let good =
        "{\"schema\": \"desk.event/1\", \"id\": \"e1\", \"key\": \"k\", \"title\": \"down\", \"host\": \"web1\"}";
    let long = "x".repeat(3 << 20);
    let input = format!("nonsense\n{good}\n{long}\n{{\"schema\": \"desk.event/9\", \"id\": \"e2\", \"key\": \"j\"}}\n");
    let hub = hub.at("hub").with("GIT_DESK_SPOOL", &host.path().join("hubspool").display().to_string());
    let run = hub.feed(input, &["receive", "."]);
    assert_eq!(run.code, 6, "{run}");
    let kept = run.stdout.lines().filter(|line| line.starts_with("{\"kept\":")).count();
    assert_eq!(kept, 2, "{run}");
}
