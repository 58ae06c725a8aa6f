//! Pushes that go round a rule of the server's.

use std::fs;
use std::path::PathBuf;

use super::Server;
use crate::support::ticket_path;

/// A commit with the files of the index, on these parents; the clone's branch goes there.
pub(super) fn merge(server: &Server, parents: &[&str]) {
    let tree = server.clone.git(&["write-tree"]);
    let by = server.clone.at("desk").with("GIT_AUTHOR_NAME", "bob").with("GIT_AUTHOR_EMAIL", "bob@example.com");
    let mut words = vec!["commit-tree", tree.trim(), "-m", "Merge"];
    for parent in parents {
        words.extend(["-p", parent]);
    }
    let commit = by.git(&words);
    server.clone.git(&["reset", "-q", "--hard", commit.trim()]);
}

fn close(server: &Server) {
    server.edit("status = \"new\"", "status = \"closed\"");
    server.edit("resolution = \"\"", "resolution = \"fixed\"");
}

fn put_back(server: &Server, path: &str) {
    server.clone.git(&["checkout", "-q", "origin/main", "--", path]);
}

pub(super) fn begin() -> Server {
    let server = Server::new();
    server.clone.git(&["fetch", "-q", "origin"]);
    server
}

/// An entry by hand, of this kind, in the name of `by`.
pub(super) fn entry(server: &Server, kind: &str, by: &str, more: &str) -> PathBuf {
    let folder = server.clone.path().join(ticket_path(&server.id).trim_end_matches(".toml"));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("20261124T080500Z-abcd23.toml");
    let text =
        format!("kind = \"{kind}\"\n\nby = \"{by}\"\n\nat = 2026-11-24T08:05:00Z\n{more}\nbody = '''\nok\n'''\n");
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_merge_with_the_past_brings_no_old_policy_back() {
    let server = begin();
    server.clone.git(&["checkout", "-q", "HEAD~2", "--", "desk.toml"]);
    merge(&server, &["HEAD", "HEAD~2"]);
    server.refuses("bob", "bob may not change desk.toml");
}

#[test]
fn a_merge_that_drops_what_the_other_side_did_is_an_act() {
    let server = begin();
    let id = server.id.as_str();
    // A branch from before lea's close, merged so that the ticket is as before it.
    server.clone.git(&["branch", "old"]);
    server.clone.at("desk").by("lea").run(&["close", id, "--resolution", "fixed"]).ok();
    server.takes("lea");
    server.clone.git(&["fetch", "-q", "origin"]);
    server.clone.git(&["checkout", "-q", "old"]);
    fs::write(server.clone.path().join("README"), "x\n").unwrap();
    server.commit("bob");
    merge(&server, &["old", "origin/main"]);
    let undone = server.clone.git(&["rev-parse", "HEAD"]);
    server.clone.git(&["checkout", "-q", "main"]);
    server.clone.git(&["read-tree", "--reset", "-u", undone.trim()]);
    merge(&server, &["origin/main", undone.trim()]);
    server.refuses("bob", "bob may not reopen ID");
}

#[test]
fn what_was_done_and_taken_back_in_one_push_was_done() {
    let server = begin();
    let path = ticket_path(&server.id);
    close(&server);
    server.commit("bob");
    put_back(&server, &path);
    server.commit("bob");
    server.refuses("bob", "bob may not close ID");
    let policy = server.clone.path().join("desk.toml");
    server.clone.change(&policy, "who = [\"lead\"]", "who = [\"agent\"]");
    server.commit("bob");
    put_back(&server, "desk.toml");
    server.commit("bob");
    server.refuses("bob", "bob may not change desk.toml");
}

#[test]
fn nobody_approves_what_they_are_not_asked_about() {
    let server = begin();
    let folder = server.clone.path().join("services");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("laptop.toml"), "title = \"Laptop\"\napproval = [\"lea\"]\n").unwrap();
    server.commit("ana");
    server.clone.run(&["set", &server.id, "service=laptop", "category=hardware"]).ok();
    server.takes("ana");
    server.clone.at("desk").by("bob").run(&["resolve", &server.id, "--resolution", "cancelled"]).ok();
    server.edit("resolution = \"cancelled\"", "resolution = \"fixed\"");
    server.commit("bob");
    server.refuses("bob", "an approval is still open: that of lea (DSK411)");
    let approval = "\ndecision = \"approved\"\n";
    entry(&server, "approval", "bob", approval);
    server.commit("bob");
    server.refuses("bob", "bob may not approve ID");
    entry(&server, "approval", "lea", approval);
    server.commit("bob");
    server.refuses("bob", "bob wrote a decision of lea on ID");
    // Nor do they name themselves first: who approves is policy, and in one push the version before says who.
    server.clone.change(&folder.join("laptop.toml"), "lea", "bob");
    server.commit("bob");
    server.refuses("bob", "bob may not change services/laptop.toml");
    server.clone.change(&folder.join("laptop.toml"), "lea", "bob");
    server.commit("bob");
    entry(&server, "approval", "bob", approval);
    server.commit("bob");
    server.refuses("bob", "bob may not approve ID");
    server.clone.at("desk").by("lea").run(&["approve", &server.id]).ok();
    server.takes("lea");
}

#[test]
fn an_act_that_leaves_the_tickets_file_alone_is_judged() {
    let server = begin();
    let policy = server.clone.path().join("desk.toml");
    server.clone.change(&policy, "may = [\"close\"]", "may = [\"close\", \"approve\", \"note\"]");
    server.commit("ana");
    server.takes("ana");
    server.clone.at("desk").by("bob").run(&["note", &server.id, "hello"]).ok();
    server.refuses("bob", "bob may not note ID");
    // A comment of one's own does not become an approval.
    let path = entry(&server, "comment", "bob", "");
    server.commit("bob");
    server.takes("bob");
    server.clone.change(&path, "kind = \"comment\"", "kind = \"approval\"\n\ndecision = \"approved\"");
    server.commit("bob");
    server.refuses("bob", "bob may not approve ID");
}

#[test]
fn a_ticket_that_was_broken_or_gone_for_one_commit_is_still_the_same() {
    let server = begin();
    let path = ticket_path(&server.id);
    fs::write(server.clone.path().join(&path), "<<<<<\n").unwrap();
    server.commit("bob");
    put_back(&server, &path);
    close(&server);
    server.commit("bob");
    let told = server.answer("bob");
    assert!(told.contains("left ID so that it could not be read (DSK418)"), "{told}");
    assert!(told.contains("bob may not close ID"), "{told}");
    server.reset();
    server.clone.git(&["rm", "-q", &path]);
    server.commit("bob");
    put_back(&server, &path);
    close(&server);
    server.commit("bob");
    let told = server.answer("bob");
    assert!(told.contains("deleted ID, and it came back; what was filed stays (DSK414)"), "{told}");
    assert!(told.contains("bob may not close ID"), "{told}");
}

#[test]
fn no_history_of_its_own_comes_in_and_what_is_published_stays_the_first_parent() {
    let server = begin();
    let orphan = server.clone.git(&["commit-tree", "HEAD^{tree}", "-m", "from nowhere"]);
    merge(&server, &["HEAD", orphan.trim()]);
    server.refuses("bob", "begins a history of its own");
    let id = server.id.as_str();
    server.clone.git(&["branch", "-f", "local"]);
    server.clone.run(&["set", id, "category=network"]).ok();
    server.takes("ana");
    server.clone.git(&["fetch", "-q", "origin"]);
    server.clone.git(&["reset", "-q", "--hard", "local"]);
    server.clone.run(&["comment", id, "mine"]).ok();
    server.clone.git(&["merge", "-q", "--no-edit", "origin/main"]);
    let told = server.answer("ana");
    assert!(told.contains("its second side, where it must be the first"), "{told}");
    assert!(told.contains("^1; git desk sync"), "{told}");
    server.clone.git(&["reset", "-q", "--keep", "HEAD^1"]);
    server.clone.at("desk").with("GIT_DESK_PUSHER", "ana").run(&["sync"]).ok();
}

#[test]
fn a_plain_merge_of_one_ticket_that_both_touched_is_nobodys_act() {
    let server = begin();
    let id = server.id.as_str();
    server.clone.run(&["take", id]).ok();
    server.takes("ana");
    server.clone.git(&["branch", "tags"]);
    server.clone.at("desk").by("lea").run(&["close", id, "--resolution", "fixed"]).ok();
    server.takes("lea");
    server.clone.git(&["checkout", "-q", "tags"]);
    server.clone.at("desk").by("bob").run(&["set", id, "location=cellar"]).ok();
    server.clone.git(&["checkout", "-q", "main"]);
    let by = server.clone.at("desk").with("GIT_AUTHOR_EMAIL", "bob@example.com");
    by.git(&["merge", "-q", "--no-edit", "tags"]);
    server.takes("bob");
}

#[test]
fn nobody_writes_in_anothers_name() {
    let server = begin();
    let approval = "\ndecision = \"approved\"\n";
    entry(&server, "approval", "ana", approval);
    server.commit("bob");
    server.refuses("bob", "it says it is by ana, and the commit is by bob (DSK803)");
    entry(&server, "comment", "ana@example.com", "");
    server.commit("machine");
    server.refuses("", "it says it is by ana@example.com, and the commit is by machine@example.com");
    let count = "\nhost = \"h\"\n\ncount = 2\n\nfirst = 2026-11-24T08:00:00Z\n\nlast = 2026-11-24T08:00:00Z\n";
    entry(&server, "occurrence", "bob", count);
    server.commit("bob");
    server.takes("bob");
    entry(&server, "comment", "ana", "");
    server.commit("bob");
    server.refuses("bob", "it says it is by ana, and the commit is by bob");
}

#[test]
fn what_was_split_off_keeps_its_authors() {
    let server = begin();
    let id = server.id.as_str();
    server.clone.run(&["comment", id, "and the printer is broken"]).ok();
    server.takes("ana");
    let thread: serde_json::Value = server.clone.ticket(id)["thread"].clone();
    let entry = thread[0]["id"].as_str().unwrap().to_owned();
    server.clone.at("desk").by("bob").run(&["split", id, "The printer is broken", "--entry", &entry]).ok();
    server.takes("bob");
}

#[test]
fn the_desk_stays_in_its_folder() {
    let server = begin();
    let other = server.clone.path().join("other");
    fs::create_dir_all(&other).unwrap();
    server.clone.git(&["mv", "desk.toml", "other/desk.toml"]);
    server.commit("bob");
    server.refuses("bob", "the desk is at the top, and would be in other/");
    server.clone.git(&["rm", "-q", "desk.toml"]);
    server.commit("bob");
    server.refuses("bob", "desk.toml would be gone");
}

#[test]
fn another_name_of_the_branch_is_the_branch() {
    let server = begin();
    server.clone.at("hub.git").git(&["symbolic-ref", "refs/heads/alias", "refs/heads/main"]);
    close(&server);
    server.commit("bob");
    let told = server.told(&server.push("bob", &["main:refs/heads/alias"]));
    assert!(told.contains("bob may not close ID"), "{told}");
}

#[test]
fn a_name_on_the_forge_gives_nobodys_role() {
    let server = begin();
    let policy = server.clone.path().join("desk.toml");
    server.clone.change(&policy, "forge = \"bobby\"", "forge = \"lea\"");
    server.commit("ana");
    server.takes("ana");
    server.clone.at("desk").by("lea").run(&["close", &server.id, "--resolution", "fixed"]).ok();
    let mut git = server.clone.program("git", &["push", "-q", "origin", "main"]);
    let told = server.told(&git.env("GITEA_PUSHER_NAME", "lea").output().unwrap());
    assert!(told.contains("says it is by lea, and bob pushes it"), "{told}");
}

#[test]
fn nothing_stands_where_a_folder_belongs() {
    let server = begin();
    for name in ["kb", "services", "customers"] {
        std::os::unix::fs::symlink("/etc", server.clone.path().join(name)).unwrap();
        server.commit("bob");
        server.refuses("bob", &format!("{name}:1: is a link of the file system"));
        let head = server.clone.git(&["rev-parse", "HEAD"]);
        server.clone.git(&["update-index", "--add", "--cacheinfo", "160000", head.trim(), name]);
        merge(&server, &["HEAD"]);
        server.refuses("bob", &format!("{name}:1: is a repository of its own"));
    }
}

#[test]
fn a_folder_that_only_case_tells_from_that_of_the_tickets_is_not_taken() {
    let server = begin();
    let folder = server.clone.path().join("Tickets/2026");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("note.txt"), "x\n").unwrap();
    server.commit("bob");
    server.refuses("bob", "Tickets/2026/note.txt:1: lies in a folder that differs from `tickets` in case only");
}

#[test]
fn a_tree_with_gits_own_folder_is_not_taken_where_git_itself_does_not_look() {
    let server = begin();
    let hub = server.clone.at("hub.git");
    hub.git(&["config", "receive.fsckObjects", "false"]);
    hub.git(&["config", "transfer.fsckObjects", "false"]);
    let listed = server.clone.git(&["ls-tree", "main"]);
    let blob = listed.split_whitespace().nth(2).unwrap();
    fs::write(server.clone.path().join("../inner"), format!("100644 blob {blob}\tconfig\n")).unwrap();
    let inner = server.clone.git(&["-c", "alias.mk=!git mktree <../inner", "mk"]);
    fs::write(server.clone.path().join("../tree"), format!("{listed}040000 tree {}\t.GIT\n", inner.trim())).unwrap();
    let tree = server.clone.git(&["-c", "alias.mk=!git mktree <../tree", "mk"]);
    let commit = server.clone.git(&["commit-tree", tree.trim(), "-p", "main", "-m", "evil"]);
    let refused = server.told(&server.push("bob", &[&format!("{}:refs/heads/main", commit.trim())]));
    assert!(refused.contains(".GIT/config: no git may have a file of that name"), "{refused}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_told() {
    use std::os::unix::ffi::OsStrExt;
    let server = begin();
    let folder = server.clone.path().join("tickets");
    fs::write(folder.join(std::ffi::OsStr::from_bytes(b"a\xff.toml")), "x").unwrap();
    server.commit("bob");
    server.refuses("bob", "has a name that is not UTF-8");
}

#[test]
fn no_commit_is_of_tomorrow_or_does_an_operation_that_left_nothing() {
    let server = begin();
    let late = server.clone.at("desk").with("GIT_AUTHOR_DATE", "2099-01-01T00:00:00Z");
    late.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
    server.refuses("", "commit again: git commit --amend --no-edit --reset-author");
    let published = server.clone.git(&["rev-parse", "HEAD"]);
    late.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
    server.clone.run(&["comment", &server.id, "on top"]).ok();
    let told = server.answer("");
    assert!(told.contains("is dated more than a day ahead"), "{told}");
    let amend = "git rebase --rebase-merges --exec 'git commit --amend --no-edit --reset-author'";
    assert!(told.contains(&format!("{amend} {}", &published[..10])), "{told}");
    let now = "2026-11-24T09:00:00Z";
    let right = server.clone.at("desk").with("GIT_COMMITTER_DATE", now).with("GIT_AUTHOR_DATE", now);
    right.git(&[
        "rebase",
        "-q",
        "--rebase-merges",
        "--exec",
        "git commit -q --allow-empty --amend --no-edit --reset-author",
        published.trim(),
    ]);
    server.takes("");
    server.clone.git(&["commit", "-q", "--allow-empty", "-m", "x\n\nDesk-Op: MAIL-1"]);
    server.refuses("", "says that an operation is done (Desk-Op)");
    server.clone.git(&["commit", "-q", "--allow-empty", "-m", "x\n\nDesk-Op: MAIL-1"]);
    server.clone.run(&["open", "by mail", "--op-id", "MAIL-1"]).ok();
    assert_eq!(server.clone.run(&["list", "-o", "tsv", "--fields", "title"]).ok().lines().count(), 2);
}

#[test]
fn names_of_customers_stay() {
    let server = begin();
    let folder = server.clone.path().join("customers");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("acme.toml"), "name = \"Acme\"\n").unwrap();
    server.commit("ana");
    server.takes("ana");
    server.clone.git(&["rm", "-q", "customers/acme.toml"]);
    server.commit("ana");
    server.refuses("ana", "the customer \"acme\" is gone; tickets name it for ever");
}
