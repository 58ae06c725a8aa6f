//! `setup hooks`

use std::fs;

use crate::support::{TestDesk, ticket_path};

#[test]
fn a_commit_by_hand_is_checked_before_it_is_made() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    assert_eq!(desk.run(&["setup", "hooks"]).ok(), "[WORLD]/desk/.git/hooks/pre-commit\n");
    desk.change(&desk.file(&id), "status = \"new\"", "status = \"closed\"");
    let commit = |desk: &TestDesk| desk.program("git", &["commit", "-qam", "by hand"]).output().unwrap();
    let refused = commit(&desk);
    assert!(!refused.status.success());
    assert!(
        String::from_utf8_lossy(&refused.stdout).contains("DSK402")
            || String::from_utf8_lossy(&refused.stderr).contains("DSK402")
    );
    desk.change(&desk.file(&id), "resolution = \"\"", "resolution = \"fixed\"");
    assert!(commit(&desk).status.success());
    assert!(desk.path().join(ticket_path(&id)).is_file());
}

#[test]
fn a_hook_of_somebody_else_stays_and_ours_is_written_once() {
    let desk = TestDesk::bare();
    let json = |desk: &TestDesk| -> serde_json::Value {
        serde_json::from_str(&desk.run(&["setup", "hooks", "--json"]).ok()).unwrap()
    };
    let first = json(&desk);
    assert_eq!(first["written"], true);
    assert_eq!(
        first["settings"],
        serde_json::json!([{"name": "receive.fsckObjects", "value": "true", "state": "set"}])
    );
    assert_eq!(desk.git(&["config", "--local", "receive.fsckObjects"]), "true\n");
    let again = json(&desk);
    assert_eq!((&again["written"], &again["settings"][0]["state"]), (&false.into(), &"unchanged".into()));
    let hook = desk.path().join("hooks/pre-receive");
    fs::write(&hook, "#!/bin/sh\nexec true\n").unwrap();
    let told = desk.run(&["setup", "hooks"]).fails(5);
    assert!(told.contains("is a hook already; it stays as it is\n  add this line to it: "), "{told}");
    assert!(told.contains("git-desk hook pre-receive"), "{told}");
    assert_eq!(fs::read_to_string(&hook).unwrap(), "#!/bin/sh\nexec true\n");
    let printed = desk.run(&["setup", "hooks", "--print"]).ok();
    assert!(
        printed.starts_with("#!/bin/sh\n# git-desk: what is pushed is held to the desk's policy\nexec "),
        "{printed}"
    );
}

#[test]
fn a_folder_of_hooks_is_where_git_looks_for_it() {
    let desk = TestDesk::new();
    let home = std::path::PathBuf::from(
        String::from_utf8(desk.program("sh", &["-c", "printf %s \"$HOME\""]).output().unwrap().stdout).unwrap(),
    );
    desk.git(&["config", "core.hooksPath", "~/my hooks"]);
    desk.run(&["setup", "hooks"]).ok();
    assert!(home.join("my hooks/pre-commit").is_file());
    desk.git(&["config", "core.hooksPath", "own"]);
    assert_eq!(desk.run(&["setup", "hooks"]).ok(), "[WORLD]/desk/own/pre-commit\n");
    let bare = TestDesk::bare();
    bare.git(&["config", "core.hooksPath", "own"]);
    let told = bare.on_terminal("", &["setup", "hooks"]).to_string();
    assert!(bare.path().join("own/pre-receive").is_file());
    assert!(told.contains("where nobody says, any author is taken"), "{told}");
}
