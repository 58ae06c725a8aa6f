//! `init`

use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

/// A code repository with one commit, no desk.
fn code() -> TestDesk {
    let code = TestDesk::nowhere();
    code.git(&["init", "-q", "-b", "main"]);
    std::fs::write(code.path().join("README"), "code\n").unwrap();
    code.git(&["add", "README"]);
    code.git(&["commit", "-qm", "code"]);
    code
}

#[test]
fn a_new_desk_is_one_commit_of_policy_and_attributes() {
    let desk = TestDesk::nowhere();
    assert_data_eq!(
        desk.run(&["init"]).to_string(),
        str![[r#"
[WORLD]/desk

"#]]
    );
    assert_eq!(desk.git(&["ls-tree", "-r", "--name-only", "main"]), ".gitattributes\ndesk.toml\n");
    assert_eq!(desk.commits(), 1);
    desk.is_sound();
    desk.run(&["check", "--fail-level", "warning"]).ok();
    assert_data_eq!(
        std::fs::read_to_string(desk.path().join(".gitattributes")).unwrap(),
        str![[r#"
*.toml text eol=lf merge=desk diff=desk
tickets/**/files/** -text -merge -diff

"#]]
    );
    assert_data_eq!(
        std::fs::read_to_string(desk.path().join("desk.toml")).unwrap(),
        str![[r##"
# The policy of this desk. Change it like code: edit, `git desk check`, commit, review.
# Lengths of time: "45m", "4h", "14d"; "5bd" is five working days.

[desk]
schema = 1
name = "desk"
timezone = "UTC"
calendar = "office"
default_queue = "l1"
close_after = "5bd"            # a resolved ticket is closed after this
reopen_window = "14d"          # a closed one may be reopened within this
max_file = "10 MiB"            # the largest attachment
resolutions = []               # beside fixed, workaround, answered, known-error, duplicate, wontfix, rejected, cancelled, no-fault


# Who works here. A person who leaves gets active = false and stays for the history.

[agents.ana]
name = "Ana Agent"
emails = ["ana@example.com"]
role = "admin"                 # admin, lead, agent
active = true


# Where work waits. `git desk escalate` moves a ticket to the next queue.

[queues.l1]
title = "First line"
level = 1
next = "l2"
members = ["ana"]
lead = "ana"
active = true

[queues.l2]
title = "Second line"
level = 2
next = "l3"
members = ["ana"]
lead = "ana"
active = true

[queues.l3]
title = "Third line"
level = 3
next = ""
members = ["ana"]
lead = "ana"
active = true


# When the desk works. The clocks of a service level stand still outside these hours.

[calendars.office]
timezone = "UTC"
hours = { mon = ["09:00-17:00"], tue = ["09:00-17:00"], wed = ["09:00-17:00"], thu = ["09:00-17:00"], fri = ["09:00-17:00"] }
holidays = []                  # "12-25" each year, "2026-04-27" once
ics = []                       # files in this repository, as in "holidays/nl.ics"

#[[calendars.office.exception]]
#date = 2026-12-24
#hours = ["09:00-12:00"]


# What the words of monitors mean here.

[severities]
critical = "p1"
error = "p2"
warning = "p3"
info = "p4"


# What is promised. The first rule whose `match` fits a ticket counts; an empty one fits every ticket.
# Targets are working time of the calendar; `promise` is the share of tickets, in percent, that shall meet them.

[[sla]]
name = "default"
match = ""
calendar = "office"
pause = ["requester", "vendor", "change", "problem", "approval", "schedule"]

[sla.targets.p1]
acknowledge = "15m"
respond = "30m"
resolve = "4h"
promise = 90

[sla.targets.p2]
acknowledge = "30m"
respond = "1h"
resolve = "1bd"
promise = 90

[sla.targets.p3]
acknowledge = "2h"
respond = "4h"
resolve = "3bd"
promise = 90

[sla.targets.p4]
acknowledge = "4h"
respond = "1bd"
resolve = "5bd"
promise = 90

[sla.targets.p5]
acknowledge = "1bd"
respond = "2bd"
resolve = "10bd"
promise = 90


# More that can stand here; take away the # to begin.

# `git desk list --view mine`
#[views]
#mine = "is:open assignee:@me"
#unassigned = "is:open no:assignee"

# `git desk open --template new-laptop "for Fatima"`: what a ticket begins with, any field of it.
# A title that ends in a colon stands before the one that is given.
#[templates.new-laptop]
#title = "New laptop:"
#kind = "request"
#queue = "l1"
#tags = ["hardware"]
#body = "Who needs it:/nBy when:/nWhich model:"

# Where new tickets go that name no queue.
#[[route]]
#match = "category:network"
#queue = "l2"
#tags = ["network"]

# What `git desk sweep` does when a clock runs out.
#[[escalation]]
#clock = "resolve"
#at = "75%"
#match = "priority:p1..p2"
#do = ["notify", "escalate"]

# Whom to tell; where "chat" is stands in each user's configuration, because it is a secret.
#[[notify]]
#on = ["opened", "breached"]
#match = "priority:p1"
#to = "chat"

# What an act needs.
#[[require]]
#on = "resolve"
#match = "kind:incident"
#fields = ["category"]

# Who is on call: `git desk assign k7m3 --to oncall`, `git desk list assignee:oncall`. The first of `members` begins at
# `start`, in the time of the desk; a shift is of days or hours, and its hour stays when the clocks change.
#[rota.l1]
#start = 2026-01-05T09:00:00
#shift = "7d"
#members = ["ana"]

# A job that must report.
#[[expect]]
#key = "run/db1/root/backup"
#every = "24h"
#grace = "2h"

# With requesters = "known" in [desk], tickets are opened for agents, for contacts of active customers and for people with
# an address in a domain of theirs; whom a machine names and nobody knows goes to the default queue, tagged `triage`.

"##]]
    );
}

#[test]
fn done_twice_it_changes_nothing() {
    let desk = TestDesk::nowhere();
    assert_data_eq!(
        desk.on_terminal("", &["init", "helpdesk"]).to_string(),
        str![[r#"
[WORLD]/desk/helpdesk
a desk in [WORLD]/desk/helpdesk; its policy is desk.toml
next           cd helpdesk && git desk open "Printer HP-4 prints blank pages"

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["init", "helpdesk"]).to_string(),
        str![[r#"
[WORLD]/desk/helpdesk
there is a desk already; nothing was changed

"#]]
    );
    assert_data_eq!(
        desk.run(&["init", "helpdesk", "--json"]).to_string(),
        str![[r#"
{
  "created": false,
  "folder": "[WORLD]/desk/helpdesk",
  "root": ""
}

"#]]
    );
    assert_eq!(desk.at("desk/helpdesk").commits(), 1);
}

#[test]
fn a_bare_desk_has_no_worktree_and_works() {
    let desk = TestDesk::nowhere();
    desk.run(&["init", "--bare"]).ok();
    assert_eq!(desk.git(&["rev-parse", "--is-bare-repository"]), "true\n");
    let id = desk.open("Printer", &[]);
    assert_eq!(desk.run(&["list", "-o", "ids"]).ok(), format!("{id}\n"));
    assert!(!desk.path().join("tickets").exists());
    desk.is_sound();
    assert_eq!(desk.run(&["init", "--bare"]).code, 0);
    assert_eq!(desk.commits(), 2);
}

#[test]
fn in_a_folder_of_a_code_repository_it_knows_folder_and_branch() {
    let code = code();
    assert_data_eq!(
        code.run(&["init", "support"]).to_string(),
        str![[r#"
[WORLD]/desk

"#]]
    );
    assert_eq!(code.git(&["config", "desk.root"]).trim_end().trim_end_matches('/'), "support");
    assert_eq!(code.git(&["config", "desk.ref"]), "main\n");
    assert_eq!(
        code.git(&["ls-tree", "-r", "--name-only", "main"]),
        "README\nsupport/.gitattributes\nsupport/desk.toml\n"
    );
    code.is_sound();
    code.git(&["switch", "-qc", "feature"]);
    let id = code.open("Printer", &[]);
    assert_eq!(code.git(&["rev-list", "--count", "feature"]), "2\n", "the branch of the code is left alone");
    assert_eq!(code.commits(), 3);
    let path = code.run(&["path", &id]).ok();
    assert!(path.starts_with("support/tickets/"), "{path}");
    assert_eq!(code.at("desk/support").run(&["list", "-o", "ids"]).ok(), format!("{id}\n"));
    code.is_sound();
    assert_eq!(code.run(&["init", "support"]).code, 0);
    assert_eq!(code.commits(), 3);
}

#[test]
fn a_second_desk_does_not_take_the_place_of_the_first() {
    let code = code();
    code.run(&["init", "support"]).ok();
    let before = code.commits();
    let run = code.run(&["init", "other"]);
    assert_eq!((run.code, code.commits()), (5, before), "{run}");
    assert_eq!(code.git(&["config", "desk.root"]).trim_end().trim_end_matches('/'), "support");
}

#[test]
fn a_detached_head_is_refused_and_nothing_is_made() {
    let code = code();
    code.git(&["checkout", "-q", "--detach"]);
    assert_data_eq!(
        code.run(&["init", "support"]).fails(7),
        str![[r#"
git-desk: HEAD is detached, so there is no branch to work on
  go to a branch: git switch main
  or name the desk's: git config desk.ref main

"#]]
    );
    assert!(!code.path().join("support/.git").exists());
}

#[test]
fn a_repository_that_is_there_keeps_what_it_has() {
    let code = code();
    code.run(&["init"]).ok();
    assert_eq!(code.git(&["ls-tree", "-r", "--name-only", "main"]), ".gitattributes\nREADME\ndesk.toml\n");
    assert_eq!(code.commits(), 2);
    code.is_sound();
}

#[test]
fn where_no_folder_can_be_made_it_says_so() {
    let desk = TestDesk::nowhere();
    std::fs::write(desk.path().join("file"), "").unwrap();
    assert_data_eq!(
        desk.run(&["init", "file"]).fails(7),
        str![[r#"
git-desk: git init: cannot mkdir [WORLD]/desk/file: File exists

"#]]
    );
    assert_data_eq!(
        desk.run(&["list"]).fails(7),
        str![[r#"
git-desk: no desk here: [WORLD]/desk is not in a git repository
  use one elsewhere: git desk --repo PATH list     always: git config --global desk.default PATH
  begin one: git desk init     join one: git desk join URL

"#]]
    );
}

#[test]
fn a_template_gives_the_queues_of_its_kind() {
    let desk = TestDesk::nowhere();
    for (template, queues, first) in [
        ("helpdesk", "l1\nl2\nl3\n", "l1"),
        ("ops", "infra\nnetwork\nplatform\nweb\n", "infra"),
        ("msp", "l1\nl2\nl3\n", "l1"),
    ] {
        desk.run(&["init", template, "--template", template]).ok();
        let made = desk.at(&format!("desk/{template}"));
        assert_eq!(made.commits(), 1);
        let names = made.run(&["queue", "list", "-o", "jsonl"]).ok();
        let name =
            |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["name"].as_str().unwrap().to_owned();
        assert_eq!(names.lines().map(|line| name(line) + "\n").collect::<String>(), queues);
        let id = made.open("Printer", &[]);
        assert_eq!(made.ticket(&id)["queue"], first);
        made.run(&["escalate", &id, "-m", "needs more hands"]).ok();
        made.run(&["check", "--fail-level", "warning"]).ok();
        made.is_sound();
    }
    let files = desk.at("desk/msp").git(&["ls-tree", "-r", "--name-only", "main", "customers"]);
    assert_eq!(files, "customers/acme.toml\ncustomers/noord.toml\n");
    let customer = std::fs::read_to_string(desk.path().join("msp/customers/acme.toml")).unwrap();
    assert!(customer.contains("valid_from = 2026-11-24\n") && customer.parse::<toml::Table>().is_ok(), "{customer}");
}

#[test]
fn a_template_that_is_none_is_named_with_those_that_there_are() {
    let desk = TestDesk::nowhere();
    assert_data_eq!(
        desk.run(&["init", "x", "--template", "opps"]).fails(2),
        str![[r#"
git-desk: invalid value 'opps' for '--template <TEMPLATE>': [possible values: helpdesk, ops, msp]
  a similar value exists: 'ops'
  git desk help init

"#]]
    );
    assert!(!desk.path().join("x").exists());
}
