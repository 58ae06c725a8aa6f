//! `backup`

use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

/// Names of references and what they lead to.
fn references(desk: &TestDesk) -> String {
    desk.git(&["for-each-ref", "--format=%(refname) %(objectname)"])
}

#[test]
fn a_desk_is_the_same_after_backup_and_restore() {
    let desk = TestDesk::new();
    let id = desk.open("Printer HP-4 prints blank pages", &["-m", "since the toner change"]);
    desk.run(&["comment", &id, "on its way"]).ok();
    desk.git(&["tag", "v1"]);
    desk.git(&["update-ref", "refs/desk/inbox/web7/x", "HEAD"]);
    let file = desk.outside().join("desk.bundle");
    let file = file.to_str().unwrap();
    assert_data_eq!(
        desk.on_terminal("", &["backup", file]).to_string(),
        str![[r#"
[WORLD]/desk.bundle
kept and read back: 1 ticket, 3 references, 3.6 KiB
back again     git desk backup [WORLD]/desk.bundle --restore DIR

"#]]
    );
    let folder = desk.outside().join("again.git");
    let restored = desk.run(&["backup", file, "--restore", folder.to_str().unwrap()]);
    assert_eq!(restored.ok(), "[WORLD]/again.git\n");
    let again = desk.at(folder.to_str().unwrap());
    assert_eq!(references(&again), references(&desk));
    assert_eq!(again.ticket(&id), desk.ticket(&id));
    assert_eq!(again.run(&["log"]).ok(), desk.run(&["log"]).ok());
    assert_eq!(again.git(&["remote"]), "");
    again.is_sound();
    again.open("and it goes on", &[]);
}

#[test]
fn a_backup_takes_the_place_of_the_one_before() {
    let desk = TestDesk::bare();
    let file = desk.outside().join("desk.bundle");
    let words = ["backup", file.to_str().unwrap(), "--json"];
    let tickets = |run: String| serde_json::from_str::<serde_json::Value>(&run).unwrap()["tickets"].as_u64().unwrap();
    assert_eq!(tickets(desk.run(&words).ok()), 0);
    desk.open("one", &[]);
    assert_eq!(tickets(desk.run(&words).ok()), 1);
    let names: Vec<String> =
        desk.outside().read_dir().unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!names.iter().any(|name| name.starts_with(".git-desk-")), "nothing stays beside it: {names:?}");
}

#[test]
fn a_desk_that_has_lost_an_object_is_no_backup_and_the_old_one_stays() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    let file = desk.outside().join("desk.bundle");
    std::fs::write(&file, "the backup of yesterday").unwrap();
    let blob = desk.git(&["rev-parse", &format!("HEAD:{}", crate::support::ticket_path(&id))]);
    let blob = blob.trim();
    std::fs::remove_file(desk.path().join(format!(".git/objects/{}/{}", &blob[..2], &blob[2..]))).unwrap();
    let run = desk.run(&["backup", file.to_str().unwrap()]);
    assert_eq!((run.code, run.stdout.as_str()), (7, ""));
    assert!(run.stderr.starts_with("git-desk: git bundle: "), "{}", run.stderr);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "the backup of yesterday");
}

#[test]
fn what_is_no_backup_makes_no_desk_and_nothing_is_overwritten() {
    let desk = TestDesk::new();
    desk.open("one", &[]);
    let bad = desk.outside().join("bad.bundle");
    std::fs::write(&bad, "not a bundle").unwrap();
    let bad = bad.to_str().unwrap();
    assert_data_eq!(
        desk.run(&["backup", bad, "--restore", "new.git"]).to_string(),
        str![[r#"
stderr: git-desk: [WORLD]/bad.bundle is no backup of a desk: git clone: '[WORLD]/bad.bundle' does not look like a v2 or v3 bundle file
exit: 6

"#]]
    );
    assert!(!desk.path().join("new.git").exists());
    assert_data_eq!(
        desk.run(&["backup", "gone.bundle", "--restore", "new.git"]).to_string(),
        str![[r#"
stderr: git-desk: no backup [WORLD]/desk/gone.bundle
exit: 3

"#]]
    );
    let file = desk.outside().join("desk.bundle");
    let file = file.to_str().unwrap();
    desk.run(&["backup", file]).ok();
    assert_data_eq!(
        desk.run(&["backup", file, "--restore", "tickets"]).to_string(),
        str![[r#"
stderr: git-desk: [WORLD]/desk/tickets holds something already
stderr:   name a folder that is not there yet
exit: 5

"#]]
    );
}

#[test]
fn half_a_history_is_no_backup() {
    let desk = TestDesk::new();
    desk.open("one", &[]);
    desk.open("two", &[]);
    let url = format!("file://{}", desk.path().display());
    let folder = desk.outside().join("shallow");
    desk.git(&["clone", "-q", "--depth=1", &url, folder.to_str().unwrap()]);
    let shallow = desk.at(folder.to_str().unwrap());
    assert_data_eq!(
        shallow.run(&["backup", "x.bundle"]).to_string(),
        str![[r#"
stderr: git-desk: this clone is shallow: a backup of it would lack what came before
stderr:   git fetch --unshallow
exit: 7

"#]]
    );
}

#[cfg(unix)]
#[test]
fn only_a_file_is_replaced_and_a_link_is_followed() {
    let desk = TestDesk::new();
    let path = |name: &str| desk.outside().join(name);
    let back_up = |name: &str| desk.run(&["backup", path(name).to_str().unwrap()]);
    assert!(desk.program("mkfifo", &[path("pipe").to_str().unwrap()]).status().unwrap().success());
    std::fs::create_dir(path("folder")).unwrap();
    std::os::unix::fs::symlink("gone", path("astray")).unwrap();
    for (name, what) in [("pipe", "no file"), ("folder", "a folder"), ("astray", "a link that leads nowhere")] {
        let kind = path(name).symlink_metadata().unwrap().file_type();
        let said = back_up(name).fails(5);
        assert!(said.contains(&format!("{name} is {what}; a backup takes the place of a file alone")), "{said}");
        assert_eq!(path(name).symlink_metadata().unwrap().file_type(), kind);
    }
    std::fs::write(path("real"), "the backup of yesterday").unwrap();
    std::os::unix::fs::symlink("real", path("link")).unwrap();
    assert_eq!(back_up("link").ok(), "[WORLD]/link\n");
    assert_eq!(std::fs::read_link(path("link")).unwrap().to_str(), Some("real"));
    assert!(std::fs::read(path("real")).unwrap().starts_with(b"# v2 git bundle\n"));
}

#[test]
fn a_desk_on_a_branch_of_its_own_comes_back_by_what_is_printed_and_without() {
    let desk = TestDesk::new();
    let id = desk.open("one", &[]);
    desk.git(&["branch", "-m", "main", "desk's"]);
    desk.git(&["switch", "-q", "--orphan", "code"]);
    desk.git(&["commit", "-q", "--allow-empty", "-m", "code"]);
    desk.git(&["config", "desk.ref", "desk's"]);
    let file = desk.outside().join("desk.bundle");
    let file = file.to_str().unwrap();
    let told = desk.on_terminal("", &["backup", file]).to_string();
    assert!(told.contains("git desk --ref 'desk'\\''s' backup [WORLD]/desk.bundle --restore DIR\n"), "{told}");
    for (folder, words) in [("named.git", &["--ref", "desk's"][..]), ("found.git", &[])] {
        let path = desk.outside().join(folder);
        desk.run(&[words, &["backup", file, "--restore", path.to_str().unwrap()]].concat()).ok();
        let again = desk.at(folder);
        assert_eq!(again.git(&["symbolic-ref", "HEAD"]), "refs/heads/desk's\n");
        assert_eq!(again.ticket(&id)["id"], desk.ticket(&id)["id"]);
    }
    desk.git(&["branch", "other", "desk's"]);
    desk.run(&["backup", file]).ok();
    let path = desk.outside().join("which.git");
    let said = desk.run(&["backup", file, "--restore", path.to_str().unwrap()]).fails(6);
    assert!(said.contains("several branches hold one: desk's, other\n  the desk's branch: --ref NAME"), "{said}");
}

#[test]
fn what_would_show_another_object_is_not_restored() {
    let desk = TestDesk::new();
    desk.open("one", &[]);
    desk.git(&["replace", "HEAD", "HEAD~1"]);
    desk.git(&["bundle", "create", "-q", "../hostile.bundle", "--all"]);
    desk.run(&["backup", "../own.bundle"]).ok();
    for name in ["hostile", "own"] {
        let file = desk.outside().join(format!("{name}.bundle"));
        let folder = desk.outside().join(format!("{name}.git"));
        desk.run(&["backup", file.to_str().unwrap(), "--restore", folder.to_str().unwrap()]).ok();
        assert_eq!(desk.at(folder.to_str().unwrap()).git(&["for-each-ref", "refs/replace"]), "");
    }
}
