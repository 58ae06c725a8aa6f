//! Where a desk can be: bare, checked out, in a folder of a code repository, on another branch; and that a person's work
//! in the same worktree is never touched.

use std::fs;
use std::path::Path;

use crate::support::{TestDesk, ticket_path};

/// What a person may have lying about, and the bytes that must stay.
type Mess = (&'static str, fn(&TestDesk));

const MESSES: &[Mess] = &[
    ("an edit elsewhere", |desk| fs::write(desk.path().join("notes.txt"), "edited\n").unwrap()),
    ("staged elsewhere", |desk| {
        fs::write(desk.path().join("notes.txt"), "staged\n").unwrap();
        desk.git(&["add", "notes.txt"]);
    }),
    ("untracked", |desk| fs::write(desk.path().join("new.txt"), "mine\n").unwrap()),
    ("deleted", |desk| fs::remove_file(desk.path().join("notes.txt")).unwrap()),
    ("deleted and staged", |desk| drop(desk.git(&["rm", "-q", "notes.txt"]))),
    ("intent to add", |desk| {
        fs::write(desk.path().join("later.txt"), "later\n").unwrap();
        desk.git(&["add", "-N", "later.txt"]);
    }),
    ("ignored", |desk| {
        fs::write(desk.path().join(".git/info/exclude"), "*.log\n").unwrap();
        fs::write(desk.path().join("x.log"), "log\n").unwrap();
    }),
    ("an edited policy", |desk| {
        let policy = desk.path().join("desk.toml");
        let text = fs::read_to_string(&policy).unwrap();
        fs::write(policy, format!("{text}# mine\n")).unwrap();
    }),
    ("another ticket edited", |desk| {
        let other = desk.run(&["list", "title~bystander", "-o", "ids"]).ok();
        desk.change(&desk.file(other.trim()), "asset = \"\"", "asset = \"mine\"");
    }),
];

/// Everything a person could lose: the worktree's files and what git says of them.
fn state(desk: &TestDesk, except: &str) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    walk(desk.path(), desk.path(), except, &mut files);
    files.sort();
    files.push(("status".into(), desk.git(&["status", "--porcelain", "--ignored"]).into_bytes()));
    files.push(("staged".into(), desk.git(&["diff", "--cached"]).into_bytes()));
    files
}

fn walk(top: &Path, folder: &Path, except: &str, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(top).unwrap().display().to_string();
        if name == ".git" || (!except.is_empty() && name.contains(except)) {
            continue;
        }
        if path.is_dir() { walk(top, &path, except, files) } else { files.push((name, fs::read(&path).unwrap())) }
    }
}

#[test]
fn a_persons_work_stays_byte_for_byte_whatever_is_written() {
    for (mess, make) in MESSES {
        for act in ["open", "change", "comment"] {
            let desk = TestDesk::new();
            let id = desk.open("touched", &[]);
            desk.open("bystander", &[]);
            fs::write(desk.path().join("notes.txt"), "as it was\n").unwrap();
            desk.git(&["add", "notes.txt"]);
            desk.git(&["commit", "-qm", "notes"]);
            make(&desk);
            let before = state(&desk, &id);
            let written = match act {
                "open" => desk.open("written beside", &[]),
                "change" => desk.run(&["set", &id, "priority=p1"]).ok().trim().to_owned(),
                _ => desk.run(&["comment", &id, "written beside"]).ok().trim().to_owned(),
            };
            let mut after = state(&desk, &id);
            after.retain(|(name, _)| !name.contains(&written));
            assert_eq!(before, after, "{mess}, {act}");
            // The person's next commit takes nothing of ours back.
            let tip = desk.git(&["rev-parse", "HEAD:tickets"]);
            desk.git(&["commit", "-q", "--allow-empty", "-m", "mine"]);
            if *mess != "another ticket edited" {
                assert_eq!(desk.git(&["rev-parse", "HEAD:tickets"]), tip, "{mess}, {act}");
            }
            desk.git(&["fsck", "--strict"]);
        }
    }
}

#[test]
fn a_ticket_edited_by_hand_and_not_committed_is_not_overwritten() {
    let desk = TestDesk::new();
    let id = desk.open("touched", &[]);
    desk.change(&desk.file(&id), "asset = \"\"", "asset = \"mine\"");
    let commits = desk.commits();
    let said = desk.run(&["set", &id, "priority=p1"]).fails(5);
    assert!(said.contains(&ticket_path(&id)) && said.contains("git commit") && said.contains("git restore"), "{said}");
    assert_eq!(desk.commits(), commits);
    assert!(fs::read_to_string(desk.file(&id)).unwrap().contains("asset = \"mine\""));
    desk.git(&["add", "-A"]);
    desk.run(&["set", &id, "priority=p1"]).fails(5);
    // A comment touches another file, so it is no matter.
    desk.run(&["comment", &id, "while it is edited"]).ok();
}

#[test]
fn a_merge_under_way_refuses_writes() {
    let desk = TestDesk::new();
    let id = desk.open("touched", &[]);
    desk.git(&["switch", "-qc", "side"]);
    desk.run(&["set", &id, "asset=a"]).ok();
    desk.git(&["switch", "-q", "main"]);
    desk.run(&["set", &id, "asset=b"]).ok();
    assert!(!desk.program("git", &["merge", "-q", "side"]).output().unwrap().status.success());
    let said = desk.run(&["open", "meanwhile"]).fails(5);
    assert!(said.contains("merge"), "{said}");
    desk.git(&["merge", "--abort"]);
    desk.open("afterwards", &[]);
    desk.is_sound();
}

#[test]
fn a_folder_of_a_code_repository_holds_a_desk() {
    let desk = TestDesk::nowhere();
    desk.git(&["init", "-q"]);
    fs::write(desk.path().join("main.rs"), "fn main() {}\n").unwrap();
    desk.git(&["add", "-A"]);
    desk.git(&["commit", "-qm", "code"]);
    desk.run(&["init", "support"]).ok();
    let id = desk.open("from the top", &[]);
    assert!(desk.path().join("support").join(ticket_path(&id)).is_file());
    assert_eq!(desk.git(&["config", "desk.ref"]).trim(), "main");
    // The code moves on on another branch; the desk stays where it is.
    desk.git(&["switch", "-qc", "feature"]);
    let other = desk.open("from a feature branch", &[]);
    assert!(!desk.path().join("support").join(ticket_path(&other)).exists());
    assert_eq!(desk.run(&["list", "--count"]).ok(), "2\n");
    assert_eq!(desk.git(&["status", "--porcelain"]), "");
    desk.git(&["switch", "-q", "main"]);
    assert!(desk.path().join("support").join(ticket_path(&other)).is_file());
    assert_eq!(desk.git(&["log", "-1", "--format=%s", "--", "main.rs"]), "code\n");
    desk.is_sound();
}

#[test]
fn another_branch_can_be_named() {
    let desk = TestDesk::new();
    desk.open("on main", &[]);
    desk.git(&["branch", "drill"]);
    desk.run(&["--ref", "drill", "open", "on drill"]).ok();
    assert_eq!(desk.run(&["list", "--count"]).ok(), "1\n");
    assert_eq!(desk.run(&["--ref", "drill", "list", "--count"]).ok(), "2\n");
    assert_eq!(desk.run(&["list", "--count"]).ok(), "1\n");
    let config = desk.at("desk").with("GIT_DESK_REF", "drill");
    let count = config.run(&["--repo", desk.path().to_str().unwrap(), "list", "--count"]);
    assert_eq!(count.ok(), "2\n");
    assert_eq!(desk.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_linked_worktree_on_the_branch_comes_along() {
    let desk = TestDesk::new();
    desk.open("the first", &[]);
    desk.git(&["switch", "-qc", "elsewhere"]);
    desk.git(&["worktree", "add", "-q", "../linked", "main"]);
    let linked = desk.path().parent().unwrap().join("linked");
    let id = desk.run(&["--ref", "main", "open", "seen in the linked one"]).ok();
    assert!(linked.join(ticket_path(id.trim())).is_file());
    let status = desk.git(&["-C", linked.to_str().unwrap(), "status", "--porcelain"]);
    assert_eq!(status, "");
    desk.is_sound();
}

/// Each act leaves branch, index and files in step.
fn is_kept_in_step(desk: &TestDesk) -> String {
    let id = desk.open("written", &[]);
    desk.run(&["set", &id, "asset=db1"]).ok();
    desk.run(&["comment", &id, "looked at"]).ok();
    assert_eq!(desk.git(&["status", "--porcelain"]), "");
    desk.git(&["commit", "-q", "--allow-empty", "-m", "mine"]);
    assert_eq!(desk.ticket(&id)["asset"], "db1");
    desk.run(&["undo"]).ok();
    assert_eq!(desk.git(&["status", "--porcelain"]), "");
    desk.is_sound();
    id
}

#[test]
fn a_split_index_is_written_too() {
    let desk = TestDesk::new();
    desk.open("from before", &[]);
    desk.git(&["config", "core.splitIndex", "true"]);
    desk.git(&["update-index", "--split-index"]);
    let id = is_kept_in_step(&desk);
    desk.change(&desk.file(&id), "asset = \"db1\"", "asset = \"mine\"");
    let said = desk.run(&["set", &id, "priority=p1"]).fails(5);
    assert!(said.contains("not committed"), "{said}");
    assert!(desk.run(&["check"]).ok().is_empty());
    desk.git(&["commit", "-qam", "edit"]);
    desk.run(&["set", &id, "priority=p1"]).ok();
    assert_eq!(desk.git(&["status", "--porcelain"]), "");
    assert!(desk.git(&["ls-files", "--debug"]).contains(&ticket_path(&id)));
}

#[test]
fn a_sparse_checkout_keeps_its_files_out() {
    for sparse_index in ["false", "true"] {
        let desk = TestDesk::new();
        let id = desk.open("kept out", &[]);
        fs::create_dir(desk.path().join("notes")).unwrap();
        fs::write(desk.path().join("notes/a"), "").unwrap();
        desk.git(&["add", "-A"]);
        desk.git(&["commit", "-qm", "notes"]);
        desk.git(&["config", "index.sparse", sparse_index]);
        desk.git(&["sparse-checkout", "set", "--cone", "notes"]);
        assert!(!desk.file(&id).exists(), "nothing is kept out");
        desk.run(&["set", &id, "asset=db1"]).ok();
        assert!(!desk.file(&id).exists());
        assert_eq!(desk.git(&["status", "--porcelain"]), "", "sparse index: {sparse_index}");
        is_kept_in_step(&desk);
        desk.git(&["sparse-checkout", "disable"]);
        assert!(fs::read_to_string(desk.file(&id)).unwrap().contains("asset = \"db1\""));
        assert_eq!(desk.git(&["status", "--porcelain"]), "");
    }
}

#[test]
fn a_file_that_git_does_not_look_at_and_that_is_other_is_not_written_over() {
    let hidden = |desk: &TestDesk, path: &str| drop(desk.git(&["update-index", "--assume-unchanged", path]));
    let converted = |desk: &TestDesk, path: &str| {
        let text = fs::read_to_string(desk.path().join(path)).unwrap();
        fs::write(desk.path().join(path), text.replace('\n', "\r\n")).unwrap();
        desk.git(&["add", path]);
        assert_eq!(desk.git(&["status", "--porcelain"]), "");
    };
    for hide in [&hidden as &dyn Fn(&TestDesk, &str), &converted] {
        let desk = TestDesk::new();
        let id = desk.open("touched", &[]);
        hide(&desk, &ticket_path(&id));
        let text = fs::read_to_string(desk.file(&id)).unwrap();
        fs::write(desk.file(&id), format!("{text}# mine\n")).unwrap();
        desk.git(&["update-index", "-q", "--refresh"]);
        let commits = desk.commits();
        desk.run(&["set", &id, "priority=p1"]).fails(5);
        assert_eq!(desk.commits(), commits);
        assert!(fs::read_to_string(desk.file(&id)).unwrap().ends_with("# mine\n"));
    }
}

#[test]
fn shapes_that_cannot_be_opened_are_named_with_a_way_out() {
    let world = TestDesk::nowhere();
    let run = |folder: &str, words: &[&str]| world.run(&[&["--repo", folder], words].concat());
    world.git(&["init", "-q", "--object-format=sha256", "sha256"]);
    let said = run("sha256", &["list"]).fails(7);
    assert!(said.contains("sha256") && said.contains("sha1"), "{said}");
    world.git(&["init", "-q", "--ref-format=reftable", "reftable"]);
    let said = run("reftable", &["list"]).fails(7);
    assert!(said.contains("reftable") && said.contains("git refs migrate"), "{said}");
    world.git(&["init", "-q", "empty"]);
    let said = run("empty", &["list"]).fails(7);
    assert!(said.contains("desk"), "{said}");
    let said = run("nowhere-at-all", &["list"]).fails(7);
    assert!(said.contains("git desk init"), "{said}");
    let desk = TestDesk::new();
    desk.open("the first", &[]);
    desk.git(&["switch", "-q", "--detach"]);
    let said = desk.run(&["open", "where to?"]).fails(7);
    assert!(said.contains("detached"), "{said}");
}

#[test]
fn a_program_that_a_repository_names_is_not_run() {
    let desk = TestDesk::new();
    for key in ["core.fsmonitor", "core.editor", "core.pager", "core.hooksPath", "gpg.program", "core.sshCommand"] {
        desk.git(&["config", key, "touch pwned; true"]);
    }
    desk.open("careful", &[]);
    for words in [["list"].as_slice(), &["doctor"], &["log"], &["check"]] {
        desk.run(words);
    }
    desk.on_terminal("", &["list"]);
    assert!(!desk.path().join("pwned").exists());
}

#[test]
fn a_newer_desk_is_read_and_not_written() {
    let desk = TestDesk::new();
    desk.open("the first", &[]);
    desk.change(&desk.path().join("desk.toml"), "schema = 1", "schema = 99");
    desk.git(&["commit", "-qam", "from the future"]);
    let listed = desk.run(&["list", "--count"]);
    assert_eq!(listed.ok(), "1\n");
    let said = desk.run(&["open", "too old"]).fails(7);
    assert!(said.contains("99"), "{said}");
}
