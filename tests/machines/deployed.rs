//! The files of `examples/machines`, which are installed as they are, do what they say.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Ran, TestDesk};

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/machines").join(name)
}

/// A bare desk, and a spool for all that jobs find.
fn desk() -> TestDesk {
    let desk = TestDesk::bare();
    let spool = desk.outside().join("spool");
    fs::create_dir(&spool).unwrap();
    fs::set_permissions(&spool, PermissionsExt::from_mode(0o1733)).unwrap();
    desk.with("GIT_DESK_SPOOL", &spool.display().to_string())
}

/// A program that finds `git-desk`, as it does where that is installed.
fn program(desk: &TestDesk, name: &str, words: &[&str]) -> Command {
    let folder = Path::new(env!("CARGO_BIN_EXE_git-desk")).parent().unwrap();
    #[expect(clippy::disallowed_methods, reason = "the path of the tests, with the program in front")]
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let mut command = desk.program(name, words);
    command.env("PATH", path);
    command
}

fn ran(desk: &TestDesk, mut command: Command) -> Ran {
    Ran::of(command.output().unwrap(), desk.outside())
}

fn list(desk: &TestDesk, query: &str) -> Vec<Value> {
    serde_json::from_str(&desk.run(&["list", query, "--json"]).ok()).unwrap()
}

/// When, who and what of each line of a crontab of the system's, as cron reads it.
fn lines_of(crontab: &str) -> Vec<(String, String, String)> {
    let is_job = |line: &&str| line.starts_with(|c: char| c.is_ascii_digit() || c == '*');
    let parts = |line: &str| {
        let mut words = line.split_whitespace();
        let when = words.by_ref().take(5).collect::<Vec<_>>().join(" ");
        let who = words.next().unwrap().to_owned();
        let command = line.split_once(&format!(" {who} ")).unwrap().1.trim().to_owned();
        (when, who, command.replace("\\%", "%"))
    };
    crontab.lines().filter(is_job).map(parts).collect()
}

#[test]
fn the_crontab_makes_tickets_of_jobs_that_fail_and_delivers_them() {
    let desk = desk();
    let crontab = fs::read_to_string(example("crontab")).unwrap();
    let (jobs, own): (Vec<_>, Vec<_>) = lines_of(&crontab).into_iter().partition(|(_, who, _)| who != "desk");
    assert_eq!((jobs.len(), own.len()), (5, 3));
    let elsewhere = desk.at("elsewhere");
    let as_cron = |command: &str| {
        let command = command.replace("/srv/desk/ops.git", &desk.path().display().to_string());
        ran(&desk, {
            let mut sh = program(&elsewhere, "sh", &["-c", &command]);
            sh.env("XDG_RUNTIME_DIR", elsewhere.outside());
            sh
        })
    };
    for (_, _, command) in jobs.iter().filter(|(_, _, command)| command.starts_with("git-desk run")) {
        // None of them is installed here.
        assert_ne!(as_cron(command).code, 0, "{command}");
    }
    for (_, _, command) in &own {
        assert_eq!(as_cron(command).to_string(), "", "{command}");
    }
    let titles: Vec<String> =
        list(&desk, "is:open").iter().map(|one| one["title"].as_str().unwrap().to_owned()).collect();
    // `feed-import` is told of when it has failed three times.
    for name in ["nightly-backup", "report", "certbot"] {
        assert!(titles.iter().any(|title| title.starts_with(name)), "{name}: {titles:?}");
    }
    assert_eq!(titles.len(), 3, "{titles:?}");
}

#[test]
fn a_full_disk_is_a_ticket_until_it_is_not() {
    let desk = desk();
    let script = example("disk-check.sh").display().to_string();
    let check = |limit: &str| assert_eq!(ran(&desk, program(&desk, "sh", &[&script, limit])).to_string(), "");
    let mounts = ran(&desk, program(&desk, "sh", &["-c", "df -P -l | sed 1d | wc -l"])).ok();
    check("0");
    assert_eq!(list(&desk, "is:open tag:disk").len(), mounts.trim().parse::<usize>().unwrap());
    let root = list(&desk, "key:disk-full/testhost/");
    assert!(root[0]["title"].as_str().unwrap().starts_with("/ at "), "{root:?}");
    check("101");
    assert_eq!(list(&desk, "is:open tag:disk").len(), 0);
    let commits = desk.commits();
    check("101");
    assert_eq!(desk.commits(), commits);
}

#[test]
fn nagios_opens_notes_and_resolves() {
    let desk = desk();
    let script = example("nagios-desk.sh").display().to_string();
    let notify = |kind: &str, state: &str, service: &str| {
        let mut command = program(&desk, "sh", &[&script]);
        command.env("NAGIOS_NOTIFICATIONTYPE", kind).env("NAGIOS_HOSTNAME", "web1").env("NAGIOS_HOSTSTATE", state);
        // For a host, Nagios hands over the macros of services, too, and nothing in them.
        command.env("NAGIOS_SERVICEDESC", service).env("NAGIOS_HOSTOUTPUT", "PING CRITICAL");
        command.env("NAGIOS_SERVICESTATE", if service.is_empty() { "" } else { state });
        command.env("NAGIOS_SERVICEOUTPUT", if service.is_empty() { "" } else { "HTTP: refused" });
        command.env("NAGIOS_NOTIFICATIONAUTHOR", "bob").env("NAGIOS_NOTIFICATIONCOMMENT", "on it");
        assert_eq!(ran(&desk, command).to_string(), "");
    };
    notify("PROBLEM", "CRITICAL", "HTTP");
    notify("PROBLEM", "DOWN", "");
    notify("ACKNOWLEDGEMENT", "CRITICAL", "HTTP");
    let open = list(&desk, "is:open priority:p1");
    let titles: Vec<_> = open.iter().map(|one| one["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["web1/HTTP is CRITICAL", "web1/HOST is DOWN"]);
    let ticket = desk.ticket(open[0]["id"].as_str().unwrap());
    assert_eq!((ticket["body"].as_str(), ticket["asset"].as_str()), (Some("HTTP: refused"), Some("web1")));
    let mut said = ticket["thread"].as_array().unwrap().iter().map(|entry| &entry["body"]);
    assert!(said.any(|body| body == "acknowledged by bob: on it"), "{ticket}");
    notify("RECOVERY", "OK", "HTTP");
    notify("RECOVERY", "UP", "");
    assert_eq!(list(&desk, "is:open").len(), 0);
}

#[test]
fn a_unit_that_fails_files_a_ticket() {
    let desk = desk();
    let unit = fs::read_to_string(example("desk-failure@.service")).unwrap();
    let unit = unit.replace("/usr/local/bin/git-desk", env!("CARGO_BIN_EXE_git-desk"));
    let command = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    let command = command.replace("%i", "backup.service");
    assert_eq!(ran(&desk, program(&desk, "sh", &["-c", &command])).to_string(), "");
    assert_eq!(list(&desk, "is:open")[0]["key"], "systemd/testhost/backup.service");
    let here = desk.program("sh", &["-c", "command -v systemd-analyze"]).output().unwrap().status.success();
    if here {
        let file = desk.outside().join("desk-failure@.service");
        fs::write(&file, unit).unwrap();
        let checked = ran(&desk, desk.program("systemd-analyze", &["verify", file.to_str().unwrap()]));
        assert_eq!(checked.to_string(), "");
    }
}

#[test]
fn what_is_pushed_to_a_hub_with_the_hook_is_a_ticket_without_cron() {
    let hub = TestDesk::bare();
    let hook = hub.path().join("hooks/post-receive");
    fs::copy(example("post-receive"), &hook).unwrap();
    fs::set_permissions(&hook, PermissionsExt::from_mode(0o755)).unwrap();
    let host = hub.at("web1").with("GIT_DESK_HOST", "web1");
    let job = ["run", "--name", "backup", "--hub", "../desk", "--", "false"];
    let mut command = program(&host, env!("CARGO_BIN_EXE_git-desk"), &job);
    assert_eq!(command.output().unwrap().status.code(), Some(1));
    let begun = Instant::now();
    while list(&hub, "is:open").is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(20), "nothing has come in");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(list(&hub, "is:open")[0]["title"], "backup failed on web1 (exit 1)");
    // It goes as soon as the branch has moved.
    while !hub.git(&["for-each-ref", "refs/desk/inbox"]).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(20), "its reference stays");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_pipeline_of_the_crontab_fails_where_any_part_of_it_does() {
    let desk = desk();
    let crontab = fs::read_to_string(example("crontab")).unwrap();
    let (_, _, line) = lines_of(&crontab).into_iter().find(|(_, _, line)| line.contains("pg_dump")).unwrap();
    let bin = desk.outside().join("bin");
    fs::create_dir(&bin).unwrap();
    fs::write(bin.join("pg_dump"), "#!/bin/sh\nexit 3\n").unwrap();
    fs::set_permissions(bin.join("pg_dump"), PermissionsExt::from_mode(0o755)).unwrap();
    let line = line.replace("/backup/", &format!("{}/", desk.outside().display()));
    let mut command = program(&desk, "sh", &["-c", &format!("PATH={}:$PATH {line}", bin.display())]);
    command.env("XDG_RUNTIME_DIR", desk.outside());
    let run = ran(&desk, command);
    assert!(run.code == 3 && run.stdout.contains("report FAILED on testhost: exit 3 after 0s"), "{run}");
}

#[test]
fn what_a_host_of_the_fleet_hands_over_lies_where_the_crontab_of_the_hub_looks() {
    let readme = fs::read_to_string(example("README.md")).unwrap();
    let commands: Vec<&str> = readme.lines().filter_map(|line| line.strip_prefix("    ")).map(str::trim).collect();
    let line = commands.iter().find(|line| line.contains("setup receive")).unwrap();
    let command = line.split(" | ").nth(1).unwrap().split(" >> ").next().unwrap();
    let crontab = fs::read_to_string(example("crontab")).unwrap();
    let spool = crontab.lines().find_map(|line| line.strip_prefix("GIT_DESK_SPOOL=")).unwrap();
    let desk = TestDesk::bare().with("XDG_STATE_HOME", "");
    let command =
        command.replace("git desk", "git-desk").replace("/srv/desk/ops.git", &desk.path().display().to_string());
    let key = "echo ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKv0dMS9WCb1f4dHYkcJk2vXv2Nn6p5n0dYp3o1Yb9aQ root@web1";
    let said = ran(&desk, program(&desk, "sh", &["-c", &format!("{key} | {command}")])).ok();
    assert!(said.contains(&format!("env GIT_DESK_SPOOL='{spool}' ")), "{said}");
    // ssh that nobody watches trusts no host that it sees first.
    assert!(commands.iter().any(|line| line.contains("ssh-keyscan")), "{commands:?}");
}
