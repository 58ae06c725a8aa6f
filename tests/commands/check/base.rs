//! `check --base`, `--staged` and `--fix`: what a pull request or a commit changes, and what can be put right.

use std::fs;

use snapbox::{assert_data_eq, str};

use crate::support::{TestDesk, ticket_path};

/// Exit code, and for each finding its code, level, file and line.
fn found(desk: &TestDesk, words: &[&str]) -> (i32, Vec<String>) {
    let run = desk.run(&[&["check"], words].concat());
    assert_eq!(run.stderr, "", "{run}");
    let short = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        format!("{} {} {}:{}", cells[4], cells[3], cells[0].rsplit('/').next().unwrap(), cells[1])
    };
    (run.code, run.stdout.lines().map(short).collect())
}

/// A desk with Ana, an admin, and Bob, an agent, on a branch `review` of main.
fn reviewed(rules: &str) -> (TestDesk, String) {
    let desk = TestDesk::new();
    desk.run(&["agent", "add", "bob", "--email", "bob@example.com", "--name", "Bob"]).ok();
    let path = desk.path().join("desk.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}\n{rules}")).unwrap();
    desk.git(&["commit", "-qam", "rules"]);
    let id = desk.open("Printer", &["--queue", "l1"]);
    desk.run(&["comment", &id, "by Ana"]).ok();
    desk.git(&["checkout", "-qb", "review"]);
    (desk, id)
}

fn as_bob(desk: &TestDesk, words: &[&str]) {
    let done = desk.command(words).env("GIT_DESK_USER", "bob").output().unwrap();
    assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// Commits all that has been done by hand.
fn commit(desk: &TestDesk, by: &str) {
    desk.git(&["add", "-A"]);
    let author = format!("{by} <{}@example.com>", by.to_lowercase());
    desk.git(&["commit", "-qm", "by hand", "--author", &author]);
}

fn entry_of(desk: &TestDesk) -> String {
    desk.git(&["ls-files", "tickets/*/*/*/*/*.toml"]).lines().next().unwrap().to_owned()
}

#[test]
fn only_what_the_branch_changes_is_reported() {
    let (desk, id) = reviewed("");
    let other = desk.open("Scanner", &[]);
    desk.git(&["checkout", "-q", "main"]);
    desk.git(&["merge", "-q", "--ff-only", "review"]);
    desk.change(&desk.file(&id), "queue = \"l1\"", "queue = \"gone\"");
    commit(&desk, "Ana");
    desk.git(&["checkout", "-q", "review"]);
    desk.change(&desk.file(&other), "status = \"new\"", "status = \"closed\"");
    commit(&desk, "Ana");
    assert_eq!(found(&desk, &["--base", "main"]), (1, vec![format!("DSK402 error {other}.toml:5")]));
    desk.git(&["merge", "-q", "--no-edit", "main"]);
    assert_eq!(found(&desk, &["--base", "main"]).1, [format!("DSK402 error {other}.toml:5")], "main's fault is main's");
    assert_eq!(found(&desk, &["--all"]).1.len(), 2);
    assert_eq!(desk.run(&["check", "--base", "review", "--at", "main~1"]).code, 0);
}

#[test]
fn a_way_of_statuses_is_judged_from_where_the_branch_began() {
    let (desk, id) = reviewed("");
    desk.run(&["take", &id]).ok();
    desk.git(&["branch", "-qf", "main"]);
    desk.change(&desk.file(&id), "status = \"active\"", "status = \"new\"");
    commit(&desk, "Ana");
    desk.run(&["tag", &id, "--add", "x"]).ok();
    assert_eq!(found(&desk, &["--base", "main"]), (1, vec![format!("DSK401 error {id}.toml:3")]));
    desk.git(&["reset", "-q", "--hard", "main"]);
    desk.run(&["close", &id, "--resolution", "fixed", "-m", "done"]).ok();
    desk.git(&["branch", "-qf", "main"]);
    desk.change(&desk.file(&id), "status = \"closed\"", "status = \"active\"");
    desk.change(&desk.file(&id), "resolution = \"fixed\"", "resolution = \"\"");
    desk.change(&desk.file(&id), "queue = \"l1\"", "queue = \"l2\"");
    commit(&desk, "Ana");
    let seen = [format!("DSK417 warning {id}.toml:3"), format!("DSK413 warning {id}.toml:13")];
    assert_eq!(found(&desk, &["--base", "main"]), (0, seen.to_vec()));
    desk.git(&["reset", "-q", "--hard", "main"]);
    desk.run(&["reopen", &id, "-m", "again"]).ok();
    desk.run(&["escalate", &id, "-m", "needs more"]).ok();
    assert_eq!(found(&desk, &["--base", "main"]), (0, vec![]), "by our own commands it is in order");
}

#[test]
fn a_thread_only_grows_and_a_ticket_stays() {
    let (desk, id) = reviewed("");
    let entry = entry_of(&desk);
    let name = entry.rsplit('/').next().unwrap().to_owned();
    let back = || desk.git(&["reset", "-q", "--hard", "main"]);
    desk.change(&desk.path().join(&entry), "by Ana", "by Ana, says Bob");
    commit(&desk, "Bob");
    assert_eq!(found(&desk, &["--base", "main"]), (1, vec![format!("DSK416 error {name}:1")]));
    back();
    desk.change(&desk.path().join(&entry), "by Ana", "by Ana herself");
    commit(&desk, "Ana");
    assert_eq!(found(&desk, &["--base", "main"]), (0, vec![]), "her own words are hers");
    back();
    desk.change(&desk.path().join(&entry), "kind = \"comment\"\n\n", "kind = \"comment\"\n");
    commit(&desk, "Bob");
    assert_eq!(found(&desk, &["--base", "main"]), (0, vec![format!("DSK701 warning {name}:2")]), "form is no word");
    back();
    desk.git(&["rm", "-q", &entry]);
    commit(&desk, "Bob");
    assert_eq!(found(&desk, &["--base", "main"]), (1, vec![format!("DSK415 error {name}:1")]));
    back();
    desk.run(&["undo"]).ok();
    assert_eq!(found(&desk, &["--base", "main"]), (0, vec![format!("DSK415 warning {name}:1")]), "taken back by her");
    back();
    desk.git(&["rm", "-qr", "tickets"]);
    commit(&desk, "Ana");
    let (code, seen) = found(&desk, &["--base", "main"]);
    assert_eq!((code, seen.contains(&format!("DSK414 error {id}.toml:1"))), (1, true), "{seen:?}");
    back();
    as_bob(&desk, &["comment", &id, "x"]);
    let new = desk.git(&["diff", "--name-only", "main"]).trim().to_owned();
    desk.change(&desk.path().join(&new), "by = \"bob\"", "by = \"ana\"");
    commit(&desk, "Bob");
    desk.git(&["reset", "-q", "--soft", "main"]);
    commit(&desk, "Bob");
    let name = new.rsplit('/').next().unwrap();
    assert_eq!(found(&desk, &["--base", "main"]), (0, vec![format!("DSK803 warning {name}:3")]));
}

#[test]
fn a_merge_that_is_not_settled_is_no_deletion() {
    let (desk, id) = reviewed("");
    desk.change(&desk.file(&id), "queue = \"l1\"", "queue = \"l2\"");
    commit(&desk, "Ana");
    desk.git(&["checkout", "-q", "main"]);
    desk.change(&desk.file(&id), "queue = \"l1\"", "queue = \"l3\"");
    commit(&desk, "Ana");
    let merge = desk.program("git", &["merge", "-q", "review"]).output().unwrap();
    assert!(!merge.status.success());
    assert_data_eq!(
        desk.run(&["check", "--staged"]).to_string().replace(&id, "ID"),
        str![[r#"
tickets/2026/11/24/ID.toml	1	1	error	DSK002	a merge of it is not settled	settle it, then: git add tickets/2026/11/24/ID.toml
exit: 1

"#]]
    );
    desk.git(&["checkout", "-q", "--theirs", "."]);
    desk.git(&["add", "-A"]);
    assert_eq!(found(&desk, &["--staged"]), (0, vec![]));
}

#[test]
fn a_remedy_is_one_word_to_the_shell_in_any_folder() {
    let desk = TestDesk::new();
    std::fs::create_dir_all(desk.path().join("help desk/customers")).unwrap();
    std::fs::write(desk.path().join("help desk/customers/acme.toml"), "name = \"Acme\"\n").unwrap();
    desk.git(&["mv", "desk.toml", "help desk/desk.toml"]);
    commit(&desk, "Ana");
    desk.git(&["rm", "-q", "help desk/customers/acme.toml"]);
    let told = desk.run(&["check", "--staged"]).stdout;
    assert!(told.contains("git restore --source=") && told.contains("'help desk/customers/acme.toml'"), "{told}");
}

#[test]
fn what_an_act_needs_is_asked_for_by_the_rules_of_the_base() {
    let rule = "[[require]]\nname = \"causes\"\non = [\"close\", \"resolve\"]\nmatch = \"queue:l1\"\nfields = [\"category\"]\n";
    let (desk, id) = reviewed(rule);
    desk.run(&["tag", &id, "--add", "x"]).ok();
    assert_eq!(found(&desk, &["--base", "main"]), (0, vec![]));
    desk.run(&["close", &id, "--resolution", "fixed", "-m", "x"]).ok();
    desk.change(&desk.path().join("desk.toml"), "[\"category\"]", "[\"title\"]");
    commit(&desk, "Ana");
    assert_data_eq!(
        desk.run(&["check", "--base", "main"]).to_string().replace(&id, "ID"),
        str![[r#"
tickets/2026/11/24/ID.toml	17	12	error	DSK801	to close it needs `category` ([[require]] "causes", desk.toml:176)	git desk set ID category=…
exit: 1

"#]]
    );
    desk.run(&["set", &id, "category=network"]).ok();
    assert_eq!(found(&desk, &["--base", "main"]), (0, vec![]));
}

#[test]
fn who_may_do_what_is_said_by_the_base_and_not_by_the_branch() {
    let rule = "[[permit]]\nwho = \"lead\"\nmay = [\"close\"]\non = \"queue:l1\"\n";
    let (desk, id) = reviewed(rule);
    as_bob(&desk, &["take", &id]);
    assert_eq!(found(&desk, &["--base", "main"]), (0, vec![]), "that is left to nobody");
    as_bob(&desk, &["close", &id, "--resolution", "fixed", "-m", "x"]);
    let run = desk.run(&["check", "--base", "main"]);
    let words = format!("bob may not close {id} (commit ");
    assert!(run.code == 1 && run.stdout.contains(&words) && run.stdout.contains("leaves that to lead"), "{run}");
    desk.change(&desk.path().join("desk.toml"), "may = [\"close\"]", "may = [\"open\"]");
    commit(&desk, "Bob");
    let (code, seen) = found(&desk, &["--base", "main"]);
    assert_eq!((code, seen), (1, vec!["DSK802 error desk.toml:1".to_owned(), format!("DSK802 error {id}.toml:3")]));
    desk.git(&["reset", "-q", "--hard", "main"]);
    desk.run(&["close", &id, "--resolution", "fixed", "-m", "x"]).ok();
    assert_eq!(found(&desk, &["--base", "main"]), (0, vec![]), "an admin is a lead, too");
}

#[test]
fn a_name_that_is_taken_out_of_the_policy_is_told() {
    let (desk, _) = reviewed("");
    desk.change(&desk.path().join("desk.toml"), "[agents.bob]", "[agents.rob]");
    commit(&desk, "Ana");
    assert_eq!(found(&desk, &["--base", "main"]).1, ["DSK308 error desk.toml:1"]);
}

#[test]
fn what_other_tickets_have_is_seen_with_and_without_an_index() {
    let (desk, _) = reviewed("");
    desk.git(&["checkout", "-q", "main"]);
    desk.open("first", &["--key", "disk/ä \"1\""]);
    let index = || {
        fs::read_dir(desk.path().join(".git/desk"))
            .unwrap()
            .flatten()
            .any(|file| file.file_name().to_string_lossy().ends_with(".sqlite"))
    };
    desk.run(&["list"]).ok();
    assert!(index());
    let second = desk.open("second", &[]);
    desk.change(&desk.file(&second), "opened = ", "key = \"disk/\u{e4} \\\"1\\\"\"\n\nopened = ");
    commit(&desk, "Ana");
    assert_eq!(found(&desk, &["--base", "main~1"]), (1, vec![format!("DSK202 error {second}.toml:37")]));
    desk.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let run = desk.run(&["check", "--repo", "../bare.git", "--base", "main~1"]);
    assert!(run.code == 1 && run.stdout.contains("DSK202"), "{run}");
}

#[test]
fn what_was_taken_twice_already_is_no_matter_of_a_change() {
    let (desk, id) = reviewed("");
    let number = |id: &str| desk.change(&desk.file(id), "opened = ", "external_id = \"T1\"\n\nopened = ");
    let second = desk.open("second", &[]);
    number(&id);
    number(&second);
    commit(&desk, "Ana");
    assert_eq!(found(&desk, &[]).0, 1);
    desk.git(&["branch", "-qf", "main"]);
    desk.run(&["tag", &second, "--add", "x"]).ok();
    assert_eq!(found(&desk, &["--base", "main"]), (0, vec![]));
    desk.git(&["reset", "-q", "--hard", "main"]);
    let third = desk.open("third", &[]);
    number(&third);
    commit(&desk, "Ana");
    let seen = (1, vec![format!("DSK203 error {third}.toml:37")]);
    assert_eq!(found(&desk, &["--base", "main"]), seen, "by the index of this branch");
    fs::remove_dir_all(desk.path().join(".git/desk")).unwrap();
    assert_eq!(found(&desk, &["--base", "main"]), seen, "without an index");
    desk.git(&["checkout", "-q", "main"]);
    desk.run(&["list"]).ok();
    desk.git(&["checkout", "-q", "review"]);
    assert_eq!(found(&desk, &["--base", "main"]), seen, "by the index of another branch");
}

#[test]
fn a_runners_checkout_is_read_as_it_is() {
    let (desk, id) = reviewed("");
    desk.change(&desk.file(&id), "status = \"new\"", "status = \"closed\"");
    commit(&desk, "Ana");
    desk.git(&["checkout", "-q", "--detach"]);
    assert_eq!(found(&desk, &["--base", "main"]), (1, vec![format!("DSK402 error {id}.toml:5")]));
    assert_eq!(found(&desk, &[]).0, 1);
    assert!(desk.run(&["tag", &id, "--add", "x"]).fails(7).contains("HEAD is detached"), "nothing is written there");
    let url = format!("file://{}", desk.path().display());
    desk.git(&["clone", "-q", "--depth", "1", "--branch", "review", &url, "../shallow"]);
    let shallow = desk.at("shallow");
    assert_data_eq!(
        shallow.run(&["check", "--base", "origin/main"]).fails(7),
        str![[r#"
git-desk: `origin/main` is not in this clone, which is shallow
  all of history: git fetch --unshallow     a branch: git fetch origin main
  in GitHub Actions and Forgejo: actions/checkout with `fetch-depth: 0`; in GitLab: GIT_DEPTH: 0

"#]]
    );
    shallow.git(&["fetch", "-q", "--depth", "1", "origin", "main:refs/remotes/origin/main"]);
    assert!(shallow.run(&["check", "--base", "origin/main"]).fails(7).contains("too shallow"));
    shallow.git(&["fetch", "-q", "--unshallow", "origin"]);
    assert_eq!(found(&shallow, &["--base", "origin/main"]).1, [format!("DSK402 error {id}.toml:5")]);
    assert!(shallow.run(&["check", "--base", "nosuch"]).fails(3).contains("nosuch"));
}

#[test]
fn what_is_staged_is_what_a_hook_asks_about() {
    let (desk, id) = reviewed("");
    let other = desk.open("Scanner", &[]);
    desk.change(&desk.file(&other), "status = \"new\"", "status = \"closed\"");
    assert_eq!(found(&desk, &["--staged"]), (0, vec![]), "nothing is staged");
    desk.change(&desk.file(&id), "queue = \"l1\"", "queue = \"l9\"");
    desk.git(&["add", &ticket_path(&id)]);
    desk.change(&desk.file(&id), "queue = \"l9\"", "queue = \"l1\"");
    assert_eq!(found(&desk, &["--staged"]), (1, vec![format!("DSK301 error {id}.toml:13")]));
    let hook = desk.path().join(".git/hooks/pre-commit");
    let program = env!("CARGO_BIN_EXE_git-desk");
    fs::write(&hook, format!("#!/bin/sh\nexec '{program}' check --staged\n")).unwrap();
    fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let commit = |words: &[&str]| {
        let ran = desk.program("git", &[&["commit", "-qm", "x"], words].concat()).output().unwrap();
        (ran.status.success(), String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned())
    };
    let (done, said) = commit(&[]);
    assert!(!done && said.contains("DSK301"), "{said}");
    // Of this commit alone git keeps an index of its own.
    let (done, said) = commit(&[&ticket_path(&other)]);
    assert!(!done && said.contains("DSK402") && !said.contains("DSK301"), "{said}");
    desk.git(&["rm", "-q", "--cached", &entry_of(&desk)]);
    assert_eq!(found(&desk, &["--staged"]).1.len(), 2);
    assert!(TestDesk::bare().run(&["check", "--staged"]).fails(7).contains("nothing is staged"));
}

/// A ticket with every fault of form, a policy with CRLF, and attributes that lack a line.
fn untidy(desk: &TestDesk, id: &str) {
    let text = fs::read_to_string(desk.file(id)).unwrap();
    let text = text
        .replace("status = \"new\"\n\n", "# by hand\nstatus = 'new'\n")
        .replace("title = \"Printer\"", "title = \"Prin\u{202e}ter\u{200b}\"");
    fs::write(desk.file(id), text.replace('\n', "\r\n")).unwrap();
    fs::write(
        desk.path().join("desk.toml"),
        fs::read_to_string(desk.path().join("desk.toml")).unwrap().replace('\n', "\r\n"),
    )
    .unwrap();
    fs::write(desk.path().join(".gitattributes"), "*.png binary\n").unwrap();
    desk.git(&["-c", "core.autocrlf=false", "-c", "core.safecrlf=false", "add", "-A"]);
    desk.git(&["commit", "-qm", "untidy"]);
}

#[test]
fn what_is_certain_is_put_right_and_left_to_be_committed() {
    let (desk, id) = reviewed("");
    untidy(&desk, &id);
    let before = desk.git(&["rev-parse", "HEAD"]);
    let (_, seen) = found(&desk, &[]);
    let codes: Vec<&str> = seen.iter().map(|one| &one[..6]).collect();
    assert_eq!(codes, ["DSK902", "DSK902", "DSK004", "DSK503", "DSK701", "DSK504", "DSK004"], "{seen:?}");
    assert_eq!(found(&desk, &["--fix", "--dry-run"]), (0, vec![]));
    assert_eq!(desk.git(&["status", "--porcelain"]), "", "a dry run writes nothing");
    assert_data_eq!(
        desk.on_terminal("", &["check", "--fix"]).to_string().replace(&id, "ID"),
        str![[r#"
put right: .gitattributes
put right: desk.toml
put right: tickets/2026/11/24/ID.toml
3 files put right; look at it: git diff     keep it: git commit -am "put files right"
everything is in order

"#]]
    );
    assert_eq!(desk.git(&["rev-parse", "HEAD"]), before, "the person commits");
    let text = fs::read_to_string(desk.file(&id)).unwrap();
    assert!(text.starts_with("title = \"Prin\\u202Eter\\u200B\"\n\n# by hand\nstatus = \"new\"\n\n"), "{text}");
    assert!(fs::read_to_string(desk.path().join(".gitattributes")).unwrap().starts_with("*.png binary\n*.toml "));
    desk.git(&["commit", "-qam", "tidy"]);
    assert_eq!(found(&desk, &[]), (0, vec![]));
}

#[test]
fn what_somebody_works_on_is_not_put_right() {
    let (desk, id) = reviewed("");
    untidy(&desk, &id);
    let text = fs::read_to_string(desk.file(&id)).unwrap() + "# mine\r\n";
    fs::write(desk.file(&id), &text).unwrap();
    let run = desk.run(&["check", "--fix"]);
    assert_eq!(run.code, 1, "{run}");
    assert_eq!(
        run.stderr,
        format!("git-desk: {} has changes of yours that are not committed; it stays as it is\n", ticket_path(&id))
    );
    assert_eq!(fs::read_to_string(desk.file(&id)).unwrap(), text);
    assert!(!fs::read_to_string(desk.path().join("desk.toml")).unwrap().contains('\r'));
    assert!(desk.run(&["check", "--fix", "--at", "HEAD"]).fails(2).contains("looks back"));
}

#[test]
fn where_nothing_is_checked_out_it_is_put_right_by_a_commit() {
    let (desk, id) = reviewed("");
    untidy(&desk, &id);
    desk.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let bare = desk.at("bare.git");
    assert_eq!(found(&bare, &["--fix"]), (0, vec![]));
    assert_eq!(bare.git(&["log", "-1", "--format=%s", "review"]), "check: put 3 files right\n");
    assert_eq!(found(&bare, &[]), (0, vec![]));
    assert_eq!(bare.run(&["log", &id, "--json"]).ok(), desk.run(&["log", &id, "--json"]).ok(), "form is no fact");
}

#[test]
fn what_was_agreed_and_what_is_promised_is_policy() {
    let rule = "[[permit]]\nwho = \"admin\"\nmay = [\"policy\"]\n";
    let (desk, _) = reviewed(rule);
    desk.git(&["checkout", "-q", "main"]);
    let (acme, chair) = (desk.path().join("customers/acme.toml"), desk.path().join("services/chair.toml"));
    fs::create_dir(acme.parent().unwrap()).unwrap();
    fs::create_dir(chair.parent().unwrap()).unwrap();
    let contract = |from: &str, rate: u8| {
        format!("\n[[contract]]\nvalid_from = {from}\ncurrency = \"EUR\"\nhourly_rate = {rate}\n")
    };
    fs::write(&acme, format!("name = \"Acme\"\n{}{}", contract("2026-01-01", 90), contract("2027-01-01", 99))).unwrap();
    fs::write(&chair, "title = \"Chair\"\n").unwrap();
    commit(&desk, "Ana");
    let after = |by: &str, path: &std::path::Path, text: &str| {
        desk.git(&["checkout", "-qB", "review", "main"]);
        fs::write(path, text).unwrap();
        commit(&desk, by);
        found(&desk, &["--base", "main"])
    };
    let was = fs::read_to_string(&acme).unwrap();
    let to_come = was.replace("99", "97");
    assert_eq!(after("Ana", &acme, &to_come), (0, vec![]), "a contract to come may be changed");
    let denied = |file: &str| format!("DSK802 error {file}:1");
    assert_eq!(after("Bob", &acme, &to_come), (1, vec![denied("acme.toml")]));
    let changed = after("Ana", &acme, &was.replace("90", "91"));
    assert_eq!(changed, (0, vec!["DSK110 warning acme.toml:3".to_owned()]), "a contract in use");
    let gone = after("Ana", &acme, &was.replace(&contract("2026-01-01", 90), ""));
    assert_eq!(gone, (0, vec!["DSK110 warning acme.toml:1".to_owned()]));
    let appended = format!("{was}{}", contract("2026-12-01", 95));
    assert_eq!(after("Ana", &acme, &appended), (0, vec![]));
    for more in ["clock_start = \"approved\"\n", "sla = \"default\"\n", "approval = [\"bob\"]\n"] {
        let text = format!("title = \"Chair\"\n{more}");
        assert_eq!(after("Bob", &chair, &text), (1, vec![denied("chair.toml")]), "{more}");
    }
    assert_eq!(after("Bob", &chair, "title = \"A chair\"\n"), (0, vec![]), "words are nobody's promise");
    let new = desk.path().join("services/desk.toml");
    assert_eq!(after("Bob", &new, "title = \"Desk\"\n"), (1, vec![denied("desk.toml")]));
}
