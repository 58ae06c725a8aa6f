//! Names that both sides use otherwise: a file here and a folder there, a name that is no text.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use super::{Team, synced};
use crate::support::TestDesk;

fn commit(desk: &TestDesk, path: &str, bytes: &str) {
    let file = desk.path().join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, bytes).unwrap();
    desk.git(&["add", "-A"]);
    desk.git(&["commit", "-qm", path]);
}

/// The files of a commit below a name, with their bytes.
fn files(desk: &TestDesk, name: &str) -> Vec<(String, String)> {
    let listed = desk.git(&["ls-tree", "-r", "--name-only", "main"]);
    let paths = listed.lines().filter(|path| path.starts_with(name));
    paths.map(|path| (path.to_owned(), desk.git(&["show", &format!("main:{path}")]))).collect()
}

#[test]
fn a_file_here_and_a_folder_there_are_both_kept() {
    let team = Team::new();
    commit(&team.ana, "docs/x", "folder");
    commit(&team.bob, "docs", "file");
    team.ana.run(&["sync"]).ok();
    let kept = "is a file on one side and a folder on the other; theirs stands, ours is kept as docs.1a010b";
    let blob = team.bob.git(&["rev-parse", "main:docs"]);
    let kept = kept.replace("1a010b", &blob[..6]);
    assert_eq!(synced(&team.bob)["notes"], serde_json::json!([format!("docs: {kept}")]));
    team.share();
    let expected = [(format!("docs.{}", &blob[..6]), "file"), ("docs/x".to_owned(), "folder")];
    assert_eq!(files(&team.ana, "docs"), expected.map(|(path, bytes)| (path, bytes.to_owned())));
}

#[test]
fn a_folder_here_and_a_file_there_are_both_kept() {
    let team = Team::new();
    commit(&team.ana, "kb/vpn", "file");
    let article = "title = \"Reset\"\n\nstate = \"draft\"\n\naudience = \"internal\"\n\nbody = \"as usual\"\n";
    commit(&team.bob, "kb/vpn/a.toml", article);
    let blob = team.ana.git(&["rev-parse", "main:kb/vpn"]);
    team.share();
    let expected = [(format!("kb/vpn.{}", &blob[..6]), "file"), ("kb/vpn/a.toml".to_owned(), article)];
    assert_eq!(files(&team.ana, "kb"), expected.map(|(path, bytes)| (path, bytes.to_owned())));
}

#[test]
fn a_file_that_became_a_folder_and_back_is_followed() {
    let team = Team::new();
    commit(&team.ana, "docs", "file");
    team.share();
    team.ana.git(&["rm", "-q", "docs"]);
    commit(&team.ana, "docs/x", "folder");
    team.share();
    assert_eq!(fs::read_to_string(team.bob.path().join("docs/x")).unwrap(), "folder");
    team.ana.git(&["rm", "-rq", "docs"]);
    commit(&team.ana, "docs", "file again");
    team.bob.open("another", &[]);
    team.share();
    assert_eq!(fs::read_to_string(team.bob.path().join("docs")).unwrap(), "file again");
    assert_eq!(team.bob.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_folder_with_something_of_a_person_s_does_not_make_room_for_a_file() {
    let team = Team::new();
    commit(&team.ana, "docs/x", "folder");
    team.share();
    fs::write(team.bob.path().join("docs/scratch"), "mine").unwrap();
    team.ana.git(&["rm", "-rq", "docs"]);
    commit(&team.ana, "docs", "file");
    team.ana.run(&["sync"]).ok();
    team.bob.run(&["sync"]).fails(5);
    assert_eq!(fs::read_to_string(team.bob.path().join("docs/scratch")).unwrap(), "mine");
    assert_eq!(fs::read_to_string(team.bob.path().join("docs/x")).unwrap(), "folder");
}

#[test]
fn a_folder_of_ours_that_became_a_file_is_a_file() {
    let team = Team::new();
    commit(&team.ana, "docs/x", "folder");
    team.share();
    team.bob.git(&["rm", "-rq", "docs"]);
    commit(&team.bob, "docs", "file");
    team.ana.open("another", &[]);
    team.share();
    assert_eq!(files(&team.ana, "docs"), [("docs".to_owned(), "file".to_owned())]);
}

#[test]
fn a_name_that_is_no_text_stops_nobody() {
    let team = Team::new();
    let name = OsStr::from_bytes(b"caf\xe9.txt");
    fs::write(team.bob.path().join(name), "coffee").unwrap();
    team.bob.git(&["add", "-A"]);
    team.bob.git(&["commit", "-qm", "coffee"]);
    team.ana.open("VPN drops", &[]);
    team.ana.run(&["sync"]).ok();
    team.bob.run(&["sync"]).ok();
    assert!(team.hub.git(&["ls-tree", "main"]).contains("caf\\351.txt"));
    assert_eq!(fs::read_to_string(team.bob.path().join(name)).unwrap(), "coffee");
    assert_eq!(team.bob.git(&["status", "--porcelain"]), "");
}
