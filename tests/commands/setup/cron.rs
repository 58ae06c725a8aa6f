//! `setup cron`

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use super::{hostile, shown};
use crate::support::{Ran, TestDesk};

/// A desk with a spool for all, which is not there yet.
fn desk() -> TestDesk {
    TestDesk::bare().with("GIT_DESK_SPOOL", "/var/spool/helpdesk")
}

/// Runs the commands of a crontab as cron does: with hardly an environment, `\%` being `%`, by `sh`.
fn as_cron(world: &TestDesk, crontab: &str) -> Vec<Ran> {
    let commands = crontab.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let command = line.splitn(6, ' ').nth(5).unwrap().replace("\\%", "%");
        let mut sh = world.program("sh", &["-c", &command]);
        for name in ["GIT_DESK_SPOOL", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "USER"] {
            sh.env_remove(name);
        }
        sh.current_dir("/").env("PATH", "/usr/bin:/bin").env("LOGNAME", "ana");
        Ran::of(sh.output().unwrap(), world.outside())
    });
    commands.collect()
}

#[test]
fn a_crontab_says_what_each_line_is_for() {
    let desk = desk();
    assert_data_eq!(
        shown(&desk, &desk.run(&["setup", "cron"])),
        str![[r#"
# git-desk: deliver what jobs and monitors left in the spool
* * * * *  GIT_DESK_SPOOL=/var/spool/helpdesk [PROGRAM] --repo [WORLD]/desk flush -q
# git-desk: fold what producers pushed to the inbox into the branch
* * * * *  GIT_DESK_SPOOL=/var/spool/helpdesk [PROGRAM] --repo [WORLD]/desk intake -q
# git-desk: wake, close and escalate what has come due
*/10 * * * *  GIT_DESK_SPOOL=/var/spool/helpdesk [PROGRAM] --repo [WORLD]/desk sweep -q

"#]]
    );
}

#[test]
fn a_desk_with_rules_is_told_of_and_one_without_an_inbox_takes_none_in() {
    let desk = TestDesk::new().with("XDG_STATE_HOME", "/var/lib/x");
    let policy = std::fs::read_to_string(desk.path().join("desk.toml")).unwrap();
    let rule = "\n[[notify]]\non = [\"opened\"]\nto = \"chat\"\n";
    std::fs::write(desk.path().join("desk.toml"), policy + rule).unwrap();
    desk.git(&["commit", "-qam", "rules"]);
    assert_data_eq!(
        shown(&desk, &desk.run(&["setup", "cron", "--system", "--user", "desk", "--ref", "main"])),
        str![[r#"
# git-desk: deliver what jobs and monitors left in the spool
* * * * *  desk  XDG_STATE_HOME=/var/lib/x [PROGRAM] --repo [WORLD]/desk --ref main flush -q
# git-desk: wake, close and escalate what has come due
*/10 * * * *  desk  XDG_STATE_HOME=/var/lib/x [PROGRAM] --repo [WORLD]/desk --ref main sweep -q
# git-desk: tell chat and paging services what [[notify]] rules ask for
* * * * *  desk  XDG_STATE_HOME=/var/lib/x [PROGRAM] --repo [WORLD]/desk --ref main notify -q
stderr: git-desk: the desk belongs to [..]; what desk writes into it [..] cannot change

"#]]
    );
}

#[test]
fn a_host_without_a_desk_has_one_line() {
    let host = TestDesk::nowhere().with("GIT_DESK_SPOOL", "/var/spool/git-desk");
    let spoken = |hub: &str| shown(&host, &host.run(&["setup", "cron", "--hub", hub]));
    assert_data_eq!(
        spoken("ssh://ops@hub"),
        str![[r#"
# git-desk: hand what waits in the spool to the hub
* * * * *  GIT_DESK_SPOOL=/var/spool/git-desk [PROGRAM] flush -q --hub ssh://ops@hub

"#]]
    );
    assert!(spoken("../hub 1").ends_with(" --hub '[WORLD]/desk/../hub 1'\n"), "{}", spoken("../hub 1"));
    host.run(&["setup", "cron", "--hub", "ext::sh"]).fails(2);
    host.run(&["setup", "cron"]).fails(7);
    host.run(&["setup", "cron", "--hub", "x@y", "--system", "--user", "a b"]).fails(2);
}

#[test]
fn the_lines_do_what_they_say_wherever_the_desk_is() {
    let world = TestDesk::nowhere();
    let desk = hostile(&world);
    let spooled = desk.at("elsewhere").with("GIT_DESK_REPO", "/nowhere");
    spooled.run(&["event", "trigger", "--key", "disk/web1", "--title", "disk full on web1"]).ok();
    assert_eq!(desk.run(&["list", "--count"]).ok(), "0\n");
    let crontab = desk.run(&["setup", "cron"]).ok();
    let ran = as_cron(&world, &crontab);
    assert_eq!(ran.len(), 3, "{crontab}");
    for one in ran {
        assert_eq!(one.to_string(), "", "{crontab}");
    }
    assert!(desk.run(&["list"]).ok().contains("disk full on web1"), "{crontab}");
}

#[test]
fn a_path_that_no_line_can_hold_is_refused() {
    let world = TestDesk::nowhere();
    let desk = world.at("two\nlines");
    desk.run(&["init", "--bare"]).ok();
    let said = desk.run(&["setup", "cron"]).fails(2);
    assert!(said.contains("cannot be written in a line: it has control characters"), "{said}");
}

#[test]
fn on_a_terminal_it_says_how_to_keep_the_lines_that_are_there() {
    let desk = desk();
    let screen = desk.on_terminal("", &["setup", "cron"]).ok();
    let next = "\
next           (crontab -l; git desk setup cron) | crontab -
               once; `crontab -` alone would replace the lines that are there
";
    assert!(screen.ends_with(next), "{screen}");
    let screen = desk.on_terminal("", &["setup", "cron", "--system"]).ok();
    assert!(screen.ends_with("into a file of /etc/cron.d, owned by root, with no dot in its name\n"), "{screen}");
}

#[test]
fn programs_get_the_command_in_words() {
    let desk = desk();
    let told: Value = serde_json::from_str(&desk.run(&["setup", "cron", "--json"]).ok()).unwrap();
    let first = &told[0];
    assert_eq!((first["job"].as_str(), first["schedule"].as_str()), (Some("flush"), Some("* * * * *")));
    let words: Vec<&str> = first["argv"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    assert_eq!(words[1..], ["--repo", "[WORLD]/desk", "flush", "-q"]);
}
