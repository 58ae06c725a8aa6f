//! `setup systemd`

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use super::{has, hostile, shown};
use crate::support::TestDesk;

fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_units_of_a_desk() {
    let desk = TestDesk::new();
    let spool = desk.outside().join("spool");
    fs::create_dir(&spool).unwrap();
    let desk = desk.with("GIT_DESK_SPOOL", &spool.display().to_string());
    assert_data_eq!(
        shown(&desk, &desk.run(&["setup", "systemd", "--as", "desk"])),
        str![[r#"
# FILE /etc/systemd/system/git-desk-flush.service
[Unit]
Description=git-desk: deliver what jobs and monitors left in the spool
OnFailure=desk-failure@%n.service

[Service]
Type=oneshot
User=desk
Environment=GIT_DESK_SPOOL=[WORLD]/spool
ExecStart=[PROGRAM] --repo [WORLD]/desk flush -q
TimeoutStartSec=5min
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths=[WORLD]/desk -[WORLD]/spool /tmp
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
LockPersonality=yes

# FILE /etc/systemd/system/git-desk-flush.timer
[Unit]
Description=git-desk: deliver what jobs and monitors left in the spool

[Timer]
OnCalendar=*:*
AccuracySec=10s

[Install]
WantedBy=timers.target

# FILE /etc/systemd/system/git-desk-sweep.service
[Unit]
Description=git-desk: wake, close and escalate what has come due
OnFailure=desk-failure@%n.service

[Service]
Type=oneshot
User=desk
Environment=GIT_DESK_SPOOL=[WORLD]/spool
ExecStart=[PROGRAM] --repo [WORLD]/desk sweep -q
TimeoutStartSec=10min
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths=[WORLD]/desk -[WORLD]/spool /tmp
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
LockPersonality=yes

# FILE /etc/systemd/system/git-desk-sweep.timer
[Unit]
Description=git-desk: wake, close and escalate what has come due

[Timer]
OnCalendar=*:0/10
AccuracySec=10s

[Install]
WantedBy=timers.target

# FILE /etc/systemd/system/desk-failure@.service
# OnFailure=desk-failure@%n.service in [Unit] of any unit files a ticket when it fails.
[Unit]
Description=git-desk: a ticket for failed unit %i

[Service]
Type=oneshot
User=desk
SupplementaryGroups=systemd-journal
Environment=GIT_DESK_SPOOL=[WORLD]/spool
ExecStart=[PROGRAM] --repo [WORLD]/desk event trigger --from systemd --unit %i
TimeoutStartSec=30s
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths=[WORLD]/desk -[WORLD]/spool /tmp
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
LockPersonality=yes

"#]]
    );
}

#[test]
fn the_units_of_ones_own_have_no_walls() {
    let host = TestDesk::nowhere().with("XDG_STATE_HOME", "");
    assert_data_eq!(
        shown(&host, &host.run(&["setup", "systemd", "--user", "--hub", "ssh://ops@hub"])),
        str![[r#"
# FILE [WORLD]/home/config/systemd/user/git-desk-flush.service
[Unit]
Description=git-desk: hand what waits in the spool to the hub

[Service]
Type=oneshot
ExecStart=[PROGRAM] flush -q --hub ssh://ops@hub
TimeoutStartSec=5min
NoNewPrivileges=yes

# FILE [WORLD]/home/config/systemd/user/git-desk-flush.timer
[Unit]
Description=git-desk: hand what waits in the spool to the hub

[Timer]
OnCalendar=*:*
AccuracySec=10s

[Install]
WantedBy=timers.target

"#]]
    );
}

#[test]
fn systemd_accepts_them_wherever_the_desk_is() {
    let world = TestDesk::nowhere();
    if !has(&world, "systemd-analyze") {
        return;
    }
    let desk = hostile(&world);
    // The user of the unit must be there.
    let folder = world.outside().join("units");
    desk.run(&["setup", "systemd", "--as", "root", "--into", folder.to_str().unwrap()]).ok();
    let units: Vec<PathBuf> = names(&folder).iter().map(|name| folder.join(name)).collect();
    assert_eq!(units.len(), 7);
    for unit in units {
        let checked = world.program("systemd-analyze", &["verify", unit.to_str().unwrap()]).output().unwrap();
        let said = String::from_utf8_lossy(&checked.stderr).into_owned();
        assert!(checked.status.success() && !said.contains("units/"), "{}: {said}", unit.display());
    }
}

#[test]
fn files_that_are_different_are_left_alone_unless_one_insists() {
    let desk = TestDesk::new();
    let folder = desk.outside().join("units");
    let into = folder.to_str().unwrap().to_owned();
    let setup = |more: &[&str]| desk.run(&[&["setup", "systemd", "--as", "desk", "--into", &into], more].concat());
    setup(&["--dry-run"]).ok();
    assert_eq!(names(&folder), Vec::<String>::new());
    setup(&[]).ok();
    let all = [
        "desk-failure@.service",
        "git-desk-flush.service",
        "git-desk-flush.timer",
        "git-desk-sweep.service",
        "git-desk-sweep.timer",
    ];
    assert_eq!(names(&folder), all);
    setup(&[]).ok();
    setup(&["--strict"]).fails(5);
    let timer = folder.join("git-desk-sweep.timer");
    fs::write(&timer, "mine\n").unwrap();
    fs::remove_file(folder.join("git-desk-flush.timer")).unwrap();
    assert_data_eq!(
        setup(&[]).fails(5),
        str![[r#"
git-desk: [WORLD]/units/git-desk-sweep.timer is there and different; nothing was written
  what would stand there: git desk setup systemd     over it: --force

"#]]
    );
    assert_eq!(names(&folder).len(), all.len() - 1);
    let told: Value = serde_json::from_str(&setup(&["--force", "--json"]).ok()).unwrap();
    let states = told["files"].as_array().unwrap().iter().map(|file| file["state"].as_str().unwrap());
    assert_eq!(states.filter(|state| *state == "written").count(), 2, "{told}");
    assert!(fs::read_to_string(timer).unwrap().contains("OnCalendar=*:0/10"));
    desk.run(&["setup", "systemd", "--force"]).fails(2);
}

#[test]
fn a_spool_that_is_not_there_is_named() {
    let desk = TestDesk::new().with("GIT_DESK_SPOOL", "/nowhere/spool");
    let said = desk.run(&["setup", "systemd", "--as", "desk"]).stderr;
    assert_data_eq!(
        said,
        str![[r#"
git-desk: /nowhere/spool is not there, and a service cannot make it
  several users put events there: install -d -m 1733 -o desk /nowhere/spool

"#]]
    );
}
