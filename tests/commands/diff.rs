//! `diff`

use std::fs;

use serde_json::Value;
use snapbox::{IntoData, assert_data_eq, str};

use crate::support::TestDesk;

const PROMISES: &str = "\
[[sla]]
name = \"gold\"
[sla.targets.p1]
respond = \"30m\"
update = \"1h\"
resolve = \"4h\"
[sla.targets.p3]
acknowledge = \"1h\"
respond = \"4h\"
resolve = \"2bd\"
";

/// A desk with promises, Bob beside Ana, three tickets of nine o'clock, and a branch `review` for what follows.
fn desk() -> (TestDesk, [String; 3]) {
    let desk = TestDesk::new();
    desk.run(&["agent", "add", "bob", "--email", "bob@example.com", "--name", "Bob"]).ok();
    desk.promise(PROMISES);
    desk.later(3_600);
    let vpn = desk.open("VPN drops every hour", &["-r", "jan@acme.example"]);
    let printer = desk.open("Printer HP-4 prints blank pages", &["-r", "jan@acme.example"]);
    let mail = desk.open("Mailbox over quota", &["-r", "jan@acme.example"]);
    desk.git(&["checkout", "-qb", "review"]);
    (desk, [vpn, printer, mail])
}

fn as_bob(desk: &TestDesk, words: &[&str]) {
    let done = desk.command(words).env("GIT_DESK_USER", "bob").output().unwrap();
    assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// What is done on the branch in most tests.
fn work(desk: &TestDesk, [vpn, printer, mail]: &[String; 3]) {
    as_bob(desk, &["take", vpn]);
    desk.run(&["set", vpn, "priority=p1"]).ok();
    as_bob(desk, &["comment", vpn, "We see the drops here, too."]);
    desk.run(&["wait", printer, "--on", "vendor", "-m", "a new fuser"]).ok();
    desk.run(&["tag", printer, "--add", "hardware"]).ok();
    as_bob(desk, &["tag", printer, "--add", "hp"]);
    desk.run(&["close", mail, "--resolution", "fixed", "-m", "larger quota"]).ok();
    desk.open("Scanner <b>jams</b> | @all", &["-r", "jan@acme.example"]);
}

fn told(desk: &TestDesk, words: &[&str]) -> Vec<String> {
    let all = [&["diff", "--json"][..], words].concat();
    let rows: Vec<Value> = serde_json::from_str(&desk.run(&all).ok()).unwrap();
    let list = |value: &Value| {
        let list = value.as_array().unwrap().iter();
        list.map(|one| one.as_str().or(one["words"].as_str()).unwrap().to_owned()).collect::<Vec<_>>().join("; ")
    };
    let row = |row: &Value| {
        let text = |name: &str| row[name].as_str().unwrap_or("-");
        format!(
            "{} | {} | {} | {} | {} | {}",
            text("title"),
            text("change"),
            text("from"),
            text("to"),
            list(&row["by"]),
            list(&row["sla"])
        )
    };
    rows.iter().map(row).collect()
}

#[test]
fn a_branch_is_told_ticket_by_ticket_with_those_who_did_it_and_what_becomes_of_the_clocks() {
    let (desk, tickets) = desk();
    work(&desk, &tickets);
    assert_data_eq!(
        desk.run(&["diff", "main...review"]).to_string(),
        str![[r#"
261124-dwzk1vz9	Mailbox over quota	status	new	closed	ana	ack stops, met; resolve stops, met
261124-dwzk1vz9	Mailbox over quota	resolution		fixed	ana	
261124-dwzk1vz9	Mailbox over quota	solution		larger quota	ana	respond stops, met
261124-ed2e3wgj	Scanner <b>jams</b> | @all	opened		p3, l1, new	ana	ack due 10:15; respond due 13:15; resolve due Thu 09:15
261124-nd2t0vvk	Printer HP-4 prints blank pages	status	new	waiting	ana	ack stops, met; resolve pauses
261124-nd2t0vvk	Printer HP-4 prints blank pages	waiting_on		vendor	ana	
261124-nd2t0vvk	Printer HP-4 prints blank pages	tags		hardware	ana	
261124-nd2t0vvk	Printer HP-4 prints blank pages	tags		hp	bob	
261124-nd2t0vvk	Printer HP-4 prints blank pages	note		a new fuser	ana	
261124-w90thdzm	VPN drops every hour	status	new	active	bob	
261124-w90thdzm	VPN drops every hour	priority	p3	p1	ana	resolve due Thu 09:04 → 13:04
261124-w90thdzm	VPN drops every hour	assignee		bob	bob	ack stops, met
261124-w90thdzm	VPN drops every hour	comment		We see the drops here, too.	bob	respond stops, met

"#]]
    );
    assert_data_eq!(
        desk.on_terminal("", &["diff", "main"]).to_string(),
        str![[r#"
 CHANGE                                BY   SLA
 [1mdwzk  Mailbox over quota[0m
   status new → closed                 ana  ack stops, met; resolve stops, met
   resolution — → fixed                ana
   solution — → larger quota           ana  respond stops, met
 [1med2e  Scanner <b>jams</b> | @all[0m
   opened: p3, l1, new                 ana  ack due 10:15; respond due 13:15; resolve due Thu 09:15
 [1mnd2t  Printer HP-4 prints blank pages[0m
   status new → waiting                ana  ack stops, met; resolve pauses
   waiting_on — → vendor               ana
   tags — → hardware                   ana
   tags — → hp                         bob
   note: a new fuser                   ana
 [1mw90t  VPN drops every hour[0m
   status new → active                 bob
   priority p3 → p1                    ana  resolve due Thu 09:04 → 13:04
   assignee — → bob                    bob  ack stops, met
   comment: We see the drops here, t…  bob  respond stops, met
13 changes to 4 tickets, moving 11 clocks

"#]]
    );
    assert_data_eq!(desk.run(&["diff", "main", "-o", "markdown"]).to_string(), str![[r#"
| ticket | title | change | from | to | by | sla |
|---|---|---|---|---|---|---|
| 261124-dwzk1vz9 | Mailbox over quota | status | new | closed | ana | ack stops, met; resolve stops, met |
| 261124-dwzk1vz9 | Mailbox over quota | resolution |  | fixed | ana |  |
| 261124-dwzk1vz9 | Mailbox over quota | solution |  | larger quota | ana | respond stops, met |
| 261124-ed2e3wgj | Scanner &lt;b&gt;jams&lt;/b&gt; \| &#64;all | opened |  | p3, l1, new | ana | ack due 10:15; respond due 13:15; resolve due Thu 09:15 |
| 261124-nd2t0vvk | Printer HP-4 prints blank pages | status | new | waiting | ana | ack stops, met; resolve pauses |
| 261124-nd2t0vvk | Printer HP-4 prints blank pages | waiting\_on |  | vendor | ana |  |
| 261124-nd2t0vvk | Printer HP-4 prints blank pages | tags |  | hardware | ana |  |
| 261124-nd2t0vvk | Printer HP-4 prints blank pages | tags |  | hp | bob |  |
| 261124-nd2t0vvk | Printer HP-4 prints blank pages | note |  | a new fuser | ana |  |
| 261124-w90thdzm | VPN drops every hour | status | new | active | bob |  |
| 261124-w90thdzm | VPN drops every hour | priority | p3 | p1 | ana | resolve due Thu 09:04 → 13:04 |
| 261124-w90thdzm | VPN drops every hour | assignee |  | bob | bob | ack stops, met |
| 261124-w90thdzm | VPN drops every hour | comment |  | We see the drops here, too. | bob | respond stops, met |

"#]].raw());
    assert_data_eq!(
        desk.run(&["diff", "main", "-o", "csv", "--fields", "change,by"]).to_string(),
        str![[r#"
change,by
status,ana
resolution,ana
solution,ana
opened,ana
status,ana
waiting_on,ana
tags,ana
tags,bob
note,ana
status,bob
priority,ana
assignee,bob
comment,bob

"#]]
    );
    let ids = desk.run(&["diff", "main", "-o", "ids"]).ok();
    assert_eq!(ids.lines().count(), 4, "each ticket once: {ids}");
    assert!(tickets.iter().all(|id| ids.contains(id)));
}

#[test]
fn the_rows_are_as_their_schema_says() {
    let (desk, tickets) = desk();
    work(&desk, &tickets);
    desk.change(&desk.path().join("desk.toml"), "resolve = \"4h\"", "resolve = \"8h\"");
    desk.git(&["commit", "-qam", "more time"]);
    let rows: Vec<Value> = serde_json::from_str(&desk.run(&["diff", "main", "--json"]).ok()).unwrap();
    let schema: Value = serde_json::from_str(&desk.run(&["schema", "change"]).ok()).unwrap();
    let valid = jsonschema::validator_for(&schema).unwrap();
    for row in &rows {
        let errors: Vec<String> = valid.iter_errors(row).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new(), "{row}");
        let mut keys: Vec<&String> = row.as_object().unwrap().keys().collect();
        keys.sort();
        assert_eq!(keys, ["by", "change", "from", "schema", "sla", "ticket", "title", "to"]);
    }
    assert!(rows.iter().any(|row| row["sla"][0]["after"]["due"].is_string()));
}

#[test]
fn clocks_go_on_after_a_reopening_and_are_late_where_less_was_promised() {
    let (desk, [vpn, printer, mail]) = desk();
    desk.run(&["close", &vpn, "--resolution", "fixed", "-m", "restarted"]).ok();
    desk.run(&["wait", &printer, "--on", "vendor"]).ok();
    desk.later(5 * 3_600);
    desk.git(&["checkout", "-qb", "second"]);
    desk.run(&["reopen", &vpn, "-m", "again"]).ok();
    desk.run(&["resume", &printer]).ok();
    desk.run(&["set", &mail, "priority=p1"]).ok();
    assert_data_eq!(
        told(&desk, &["review"]).join("\n"),
        str![[r#"
Mailbox over quota | status | new | active | ana | ack stops, late
Mailbox over quota | priority | p3 | p1 | ana | resolve due Thu 09:06 → late 1m
Printer HP-4 prints blank pages | status | waiting | active | ana | resolve goes on, due Thu 14:08
Printer HP-4 prints blank pages | waiting_on | vendor |  | ana | 
VPN drops every hour | status | closed | active | ana | resolve goes on, due Thu 14:07
VPN drops every hour | resolution | fixed |  | ana | 
VPN drops every hour | note |  | again | ana | 
"#]]
    );
    // The other way round: what would become of them without.
    assert_data_eq!(
        told(&desk, &["second..review"]).join("\n"),
        str![[r#"
Mailbox over quota | status | active | new |  | ack goes on, late 4h 09m
Mailbox over quota | priority | p1 | p3 |  | resolve late 2m → due Thu 09:06
Printer HP-4 prints blank pages | status | active | waiting |  | resolve pauses
Printer HP-4 prints blank pages | waiting_on |  | vendor |  | 
VPN drops every hour | status | active | closed |  | resolve stops, met
VPN drops every hour | resolution |  | fixed |  | 
VPN drops every hour | note | again |  |  | 
"#]]
    );
}

#[test]
fn what_is_no_tickets_is_never_left_out() {
    let (desk, [vpn, printer, mail]) = desk();
    let write = |path: &str, text: &str| {
        let path = desk.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let acme = "name = \"Acme\"\n\n[[contract]]\nname = \"gold\"\nfrom = 2026-01-01\n[contract.targets.p1]\nresolve = \"4h\"\n";
    write("customers/acme.toml", acme);
    write("services/vpn.toml", "title = \"VPN\"\n");
    desk.git(&["add", "-A"]);
    desk.git(&["commit", "-qm", "customers"]);
    desk.git(&["checkout", "-qb", "rules"]);
    write("customers/acme.toml", &acme.replace("4h", "2h"));
    write("customers/globex.toml", "name = \"Globex\"\n");
    write("services/vpn.toml", "title = \"VPN\"   # of the network\n");
    write("kb/vpn/rekey.md", "# Rekey\n");
    desk.change(&desk.path().join("desk.toml"), "resolve = \"2bd\"", "resolve = \"3bd\"");
    desk.change(&desk.file(&vpn), "title = ", "title   = ");
    fs::write(desk.file(&printer), "status = \"new\n").unwrap();
    desk.git(&["add", "-A"]);
    desk.git(&["commit", "-qm", "rules", "--author", "Bob <bob@example.com>"]);
    fs::write(desk.outside().join("log.txt"), "drop\n").unwrap();
    desk.run(&["note", &mail, "the log", "--attach", "../log.txt"]).ok();
    desk.git(&["rm", "-q", "services/vpn.toml"]);
    desk.git(&["commit", "-qm", "no more"]);
    assert_data_eq!(
        told(&desk, &["review"]).join("\n"),
        str![[r#"
Mailbox over quota | note |  | the log | ana | ack stops, met; resolve due Thu 09:06 → Fri 09:06
Mailbox over quota | attachment |  | r1qdrw-log.txt | ana | 
Printer HP-4 prints blank pages | file |  | cannot be read | bob | ack is promised no more; respond is promised no more; resolve is promised no more
VPN drops every hour | file |  | its form | bob | resolve due Thu 09:04 → Fri 09:04
customers/acme.toml | customer contract[gold].targets.p1.resolve | 4h | 2h | bob | 
customers/globex.toml | customer |  | added | bob | 
desk.toml | policy sla[gold].targets.p3.resolve | 2bd | 3bd | bob | 
kb/vpn/rekey.md | article |  | added | bob | 
services/vpn.toml | service |  | deleted | bob; ana | 
"#]]
    );
}

#[test]
fn without_a_range_it_is_what_is_not_shared_yet() {
    let (desk, tickets) = desk();
    assert_data_eq!(
        desk.run(&["diff"]).to_string(),
        str![[r#"
stderr: git-desk: this desk has no remote to compare with
stderr:   since a commit: git desk diff HEAD~5     between two branches: git desk diff main...review
exit: 2

"#]]
    );
    desk.git(&["branch", "-q", "--set-upstream-to", "main"]);
    desk.run(&["set", &tickets[0], "location=Ghent"]).ok();
    assert_data_eq!(
        told(&desk, &[]).join("\n"),
        str![[r#"
VPN drops every hour | status | new | active | ana | ack stops, met
VPN drops every hour | location |  | Ghent | ana | 
"#]]
    );
    let hub = desk.outside().join("hub.git").display().to_string();
    desk.git(&["init", "-q", "--bare", &hub]);
    desk.git(&["remote", "add", "origin", &hub]);
    assert_data_eq!(
        desk.run(&["diff"]).to_string(),
        str![[r#"
stderr: git-desk: nothing is known of origin/review here yet
stderr:   ask it: git desk sync --fetch-only
stderr:   since a commit: git desk diff HEAD~5     between two branches: git desk diff main...review
exit: 2

"#]]
    );
    desk.git(&["push", "-q", "-u", "origin", "review"]);
    assert_data_eq!(desk.run(&["diff", "--exit-code"]).to_string(), str![[r#""#]]);
    desk.run(&["set", &tickets[0], "location=Antwerp"]).ok();
    assert_data_eq!(told(&desk, &[]).join("\n"), str!["VPN drops every hour | location | Ghent | Antwerp | ana | "]);
    desk.run(&["sync"]).ok();
    assert_eq!(told(&desk, &[]), Vec::<String>::new());
}

#[test]
fn the_exit_code_says_whether_anything_changes() {
    let (desk, tickets) = desk();
    assert_data_eq!(desk.run(&["diff", "main", "--exit-code"]).to_string(), str![[r#""#]]);
    assert_data_eq!(
        desk.on_terminal("", &["diff", "main"]).to_string(),
        str![[r#"
nothing changes

"#]]
    );
    desk.run(&["tag", &tickets[0], "--add", "vpn"]).ok();
    assert_data_eq!(
        desk.run(&["diff", "main", "--exit-code"]).to_string(),
        str![[r#"
261124-w90thdzm	VPN drops every hour	tags		vpn	ana	ack stops, met
exit: 1

"#]]
    );
    assert_data_eq!(
        desk.run(&["diff", "main", "--exit-code", "-q"]).to_string(),
        str![[r#"
exit: 1

"#]]
    );
    // What is taken back is no change.
    desk.run(&["undo"]).ok();
    assert_eq!(desk.run(&["diff", "main", "--exit-code"]).to_string(), "");
}

#[test]
fn three_dots_leave_out_what_the_other_side_did() {
    let (desk, [vpn, printer, _]) = desk();
    desk.run(&["set", &vpn, "location=Ghent"]).ok();
    desk.git(&["checkout", "-q", "main"]);
    as_bob(&desk, &["set", &printer, "location=Antwerp"]);
    let three = told(&desk, &["main...review"]);
    assert_data_eq!(
        three.join("\n"),
        str![[r#"
VPN drops every hour | status | new | active | ana | ack stops, met
VPN drops every hour | location |  | Ghent | ana | 
"#]]
    );
    assert_data_eq!(
        told(&desk, &["main..review"]).join("\n"),
        str![[r#"
Printer HP-4 prints blank pages | status | active | new |  | ack goes on, due 10:05
Printer HP-4 prints blank pages | location | Antwerp |  |  | 
VPN drops every hour | status | new | active | ana | ack stops, met
VPN drops every hour | location |  | Ghent | ana | 
"#]]
    );
    assert_eq!(told(&desk, &["...review"]), three, "the desk's branch is main");
    // As a forge tests it: merged, and detached.
    desk.git(&["merge", "-q", "--no-edit", "review"]);
    desk.git(&["update-ref", "refs/remotes/origin/main", "HEAD~1"]);
    desk.git(&["checkout", "-q", "--detach"]);
    assert_eq!(told(&desk, &["origin/main...HEAD"]), three, "whoever merged changed nothing");
    assert_eq!(told(&desk, &["origin/main"]), three);
}

#[test]
fn a_range_that_is_none_is_refused() {
    let (desk, _) = desk();
    assert_data_eq!(
        desk.run(&["diff", "nowhere"]).to_string(),
        str![[r#"
stderr: git-desk: no commit `nowhere`
exit: 3

"#]]
    );
    assert_data_eq!(
        desk.run(&["diff", ""]).to_string(),
        str![[r#"
stderr: git-desk: an empty range says nothing
exit: 2

"#]]
    );
    assert_data_eq!(
        desk.run(&["diff", "main", "--fields", "who"]).to_string(),
        str![[r#"
stderr: git-desk: a change has no `who`
stderr:   there are schema, ticket, title, change, from, to, by, sla
exit: 2

"#]]
    );
    desk.git(&["checkout", "-q", "--orphan", "apart"]);
    desk.git(&["commit", "-qm", "another history"]);
    assert_data_eq!(
        desk.run(&["diff", "main"]).to_string(),
        str![[r#"
stderr: git-desk: this has no commit in common with `main`
stderr:   what is there: git log --oneline --graph --all
exit: 7

"#]]
    );
    assert_eq!(told(&desk, &["main..apart"]), Vec::<String>::new(), "the files are the same");
}

#[test]
fn a_shallow_clone_says_what_it_lacks() {
    let (desk, tickets) = desk();
    desk.run(&["set", &tickets[0], "priority=p1"]).ok();
    let url = format!("file://{}", desk.path().display());
    desk.git(&["clone", "-q", "--depth", "1", "--no-single-branch", "--branch", "review", &url, "../shallow"]);
    let shallow = desk.at("shallow");
    assert_data_eq!(
        shallow.run(&["diff", "origin/main"]).to_string(),
        str![[r#"
stderr: git-desk: this clone is too shallow to tell where it left `origin/main`
stderr:   all of history: git fetch --unshallow     a branch: git fetch origin main
stderr:   in GitHub Actions and Forgejo: actions/checkout with `fetch-depth: 0`; in GitLab: GIT_DEPTH: 0
exit: 7

"#]]
    );
    assert_data_eq!(
        shallow.run(&["diff", "HEAD~1"]).to_string(),
        str![[r#"
stderr: git-desk: `HEAD~1` is not in this clone, which is shallow
stderr:   all of history: git fetch --unshallow     a branch: git fetch origin main
stderr:   in GitHub Actions and Forgejo: actions/checkout with `fetch-depth: 0`; in GitLab: GIT_DEPTH: 0
exit: 7

"#]]
    );
    // Both are there, though not what lies between.
    assert_data_eq!(
        shallow.run(&["diff", "origin/main..HEAD"]).to_string(),
        str![[r#"
261124-w90thdzm	VPN drops every hour	status	new	active		
261124-w90thdzm	VPN drops every hour	priority	p3	p1		
stderr: git-desk: this clone is shallow, so what becomes of the clocks is not known

"#]]
    );
}

#[test]
fn hostile_text_does_nothing_in_a_table() {
    let desk = TestDesk::new();
    desk.git(&["checkout", "-qb", "review"]);
    let id = desk.open("=cmd|x <script>alert(1)</script> [a](javascript:b) @all", &[]);
    desk.run(&["comment", &id, "| end\n::error::x \u{1b}[31mred \u{202e}txt"]).ok();
    for format in ["markdown", "html", "tsv"] {
        let said = desk.run(&["diff", "main", "-o", format]).ok();
        assert_eq!(said.contains("<script>"), format == "tsv", "{said}");
        assert!(!said.lines().any(|line| line.starts_with("::")), "{said}");
    }
    assert!(desk.run(&["diff", "main", "-o", "csv", "--csv-safe"]).ok().contains(",'=cmd|x"));
    let screen = desk.on_terminal("", &["diff", "main"]).ok();
    assert!(!screen.contains("\u{1b}[31mred") && !screen.contains('\u{202e}'), "{screen}");
}
