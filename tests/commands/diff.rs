//! `diff`

use std::fs;

use serde_json::Value;
use snapbox::{assert_data_eq, str};

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
    assert_data_eq!(desk.run(&["diff", "main...review"]).to_string(), str![[]]);
    assert_data_eq!(desk.on_terminal("", &["diff", "main"]).to_string(), str![[]]);
    assert_data_eq!(desk.run(&["diff", "main", "-o", "markdown"]).to_string(), str![[]]);
    assert_data_eq!(desk.run(&["diff", "main", "-o", "csv", "--fields", "change,by"]).to_string(), str![[]]);
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
    assert_data_eq!(told(&desk, &["review"]).join("\n"), str![[]]);
    // The other way round: what would become of them without.
    assert_data_eq!(told(&desk, &["second..review"]).join("\n"), str![[]]);
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
    assert_data_eq!(told(&desk, &["review"]).join("\n"), str![[]]);
}

#[test]
fn without_a_range_it_is_what_is_not_shared_yet() {
    let (desk, tickets) = desk();
    assert_data_eq!(desk.run(&["diff"]).to_string(), str![[]]);
    desk.git(&["branch", "-q", "--set-upstream-to", "main"]);
    desk.run(&["set", &tickets[0], "location=Ghent"]).ok();
    assert_data_eq!(told(&desk, &[]).join("\n"), str![[]]);
    let hub = desk.outside().join("hub.git").display().to_string();
    desk.git(&["init", "-q", "--bare", &hub]);
    desk.git(&["remote", "add", "origin", &hub]);
    assert_data_eq!(desk.run(&["diff"]).to_string(), str![[]]);
    desk.git(&["push", "-q", "-u", "origin", "review"]);
    assert_data_eq!(desk.run(&["diff", "--exit-code"]).to_string(), str![[]]);
    desk.run(&["set", &tickets[0], "location=Antwerp"]).ok();
    assert_data_eq!(told(&desk, &[]).join("\n"), str![[]]);
    desk.run(&["sync"]).ok();
    assert_eq!(told(&desk, &[]), Vec::<String>::new());
}

#[test]
fn the_exit_code_says_whether_anything_changes() {
    let (desk, tickets) = desk();
    assert_data_eq!(desk.run(&["diff", "main", "--exit-code"]).to_string(), str![[]]);
    assert_data_eq!(desk.on_terminal("", &["diff", "main"]).to_string(), str![[]]);
    desk.run(&["tag", &tickets[0], "--add", "vpn"]).ok();
    assert_data_eq!(desk.run(&["diff", "main", "--exit-code"]).to_string(), str![[]]);
    assert_data_eq!(desk.run(&["diff", "main", "--exit-code", "-q"]).to_string(), str![[]]);
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
    assert_data_eq!(three.join("\n"), str![[]]);
    assert_data_eq!(told(&desk, &["main..review"]).join("\n"), str![[]]);
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
    assert_data_eq!(desk.run(&["diff", "nowhere"]).to_string(), str![[]]);
    assert_data_eq!(desk.run(&["diff", ""]).to_string(), str![[]]);
    assert_data_eq!(desk.run(&["diff", "main", "--fields", "who"]).to_string(), str![[]]);
    desk.git(&["checkout", "-q", "--orphan", "apart"]);
    desk.git(&["commit", "-qm", "another history"]);
    assert_data_eq!(desk.run(&["diff", "main"]).to_string(), str![[]]);
    assert_eq!(told(&desk, &["main..apart"]), Vec::<String>::new(), "the files are the same");
}

#[test]
fn a_shallow_clone_says_what_it_lacks() {
    let (desk, tickets) = desk();
    desk.run(&["set", &tickets[0], "priority=p1"]).ok();
    let url = format!("file://{}", desk.path().display());
    desk.git(&["clone", "-q", "--depth", "1", "--no-single-branch", "--branch", "review", &url, "../shallow"]);
    let shallow = desk.at("shallow");
    assert_data_eq!(shallow.run(&["diff", "origin/main"]).to_string(), str![[]]);
    assert_data_eq!(shallow.run(&["diff", "HEAD~1"]).to_string(), str![[]]);
    // Both are there, though not what lies between.
    assert_data_eq!(shallow.run(&["diff", "origin/main..HEAD"]).to_string(), str![[]]);
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
