//! What is written where, and what is left alone.

use std::fs;

use snapbox::{assert_data_eq, str};

use super::page::files;
use super::{article, commit, lively, site_of};

#[test]
fn a_folder_that_holds_other_things_is_left_alone() {
    let desk = lively();
    let site = site_of(&desk);
    fs::create_dir(&site).unwrap();
    fs::write(site.join("letter.txt"), "mine").unwrap();
    assert_data_eq!(
        desk.run(&["portal", "build", "../site"]).to_string(),
        str![[r#"
stderr: git-desk: [WORLD]/site holds other things than a portal
stderr:   name an empty folder, or one that is not there yet
stderr:   to write among them: --force
exit: 5

"#]]
    );
    desk.run(&["portal", "build", "."]).fails(5);
    desk.run(&["portal", "build", "desk.toml"]).fails(5);
    assert_eq!(files(&site).len(), 1);
    desk.run(&["portal", "build", "../site", "--force"]).ok();
    assert_eq!(fs::read_to_string(site.join("letter.txt")).unwrap(), "mine");
    // From now on it is one of ours, with a letter in it.
    desk.run(&["portal", "build", "../site"]).ok();
    assert_eq!(fs::read_to_string(site.join("letter.txt")).unwrap(), "mine");
}

#[test]
fn a_folder_of_git_is_never_one_for_pages() {
    let desk = lively();
    std::os::unix::fs::symlink(desk.path().join(".git"), desk.outside().join("way")).unwrap();
    for to in [".git/hooks", ".git", ".git/new/er", "../way/hooks", "../way/new"] {
        desk.run(&["portal", "build", to, "--force"]).fails(5);
    }
    assert!(!desk.path().join(".git/hooks/index.html").exists() && !desk.path().join(".git/new").exists());
    assert_data_eq!(
        desk.run(&["portal", "build", ".git/hooks", "--force"]).to_string(),
        str![[r#"
stderr: git-desk: [WORLD]/desk/.git/hooks is git's own
stderr:   name a folder outside .git
exit: 5

"#]]
    );
}

#[test]
fn a_dry_run_says_every_file() {
    let desk = lively();
    let said = desk.run(&["portal", "build", "../site", "--dry-run"]).ok();
    assert!(!site_of(&desk).exists());
    assert!(said.lines().all(|line| line.starts_with("would write ")), "{said}");
    let told: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("would write ")).collect();
    desk.run(&["portal", "build", "../site"]).ok();
    let there = files(&site_of(&desk));
    assert_eq!(told, there.keys().filter(|path| !path.starts_with('.')).collect::<Vec<_>>());
    fs::remove_file(desk.path().join("kb/vpn/hourly-drop.toml")).unwrap();
    commit(&desk);
    let said = desk.run(&["portal", "build", "../site", "--dry-run"]).ok();
    assert!(said.ends_with("would remove kb/vpn/hourly-drop.html\n"), "{said}");
    desk.run(&["portal", "build", "../site"]).ok();
    assert_eq!(desk.run(&["portal", "build", "../site", "--dry-run"]).ok(), "");
}

#[test]
fn what_is_published_no_more_goes_and_what_is_not_ours_stays() {
    let desk = lively();
    let site = site_of(&desk);
    desk.run(&["portal", "build", "../site"]).ok();
    fs::write(site.join("CNAME"), "help.example.com").unwrap();
    fs::write(site.join("kb/vpn/note.txt"), "mine").unwrap();
    fs::remove_file(desk.path().join("kb/vpn/hourly-drop.toml")).unwrap();
    fs::remove_dir_all(desk.path().join("kb/mail")).unwrap();
    commit(&desk);
    let said = desk.run(&["portal", "build", "../site", "--dry-run", "--json"]).ok();
    assert!(site.join("kb/mail/quota.html").exists(), "a dry run touches nothing");
    let json: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(json["removed"], serde_json::json!(["kb/mail.html", "kb/mail/quota.html", "kb/vpn/hourly-drop.html"]));
    desk.run(&["portal", "build", "../site"]).ok();
    assert!(!site.join("kb/mail").exists() && !site.join("kb/vpn/hourly-drop.html").exists());
    assert!(site.join("CNAME").exists() && site.join("kb/vpn/note.txt").exists());
    // Somebody else's file where a page is to be.
    fs::write(site.join("kb/vpn/added.html"), "mine").unwrap();
    article(&desk, "vpn/added", "Added", "x", "");
    commit(&desk);
    let before = files(&site);
    desk.run(&["portal", "build", "../site"]).fails(5);
    assert_eq!(files(&site), before, "all or nothing");
    desk.run(&["portal", "build", "../site", "--force"]).ok();
    assert!(fs::read_to_string(site.join("kb/vpn/added.html")).unwrap().contains("<h1>Added</h1>"));
}

#[cfg(unix)]
#[test]
fn no_link_is_followed_out_of_the_folder() {
    use std::os::unix::fs::symlink;
    let desk = lively();
    let site = site_of(&desk);
    let away = desk.outside().join("away");
    fs::create_dir_all(&away).unwrap();
    fs::write(away.join("index.html"), "theirs").unwrap();
    desk.run(&["portal", "build", "../site"]).ok();
    fs::remove_file(site.join("index.html")).unwrap();
    symlink(away.join("index.html"), site.join("index.html")).unwrap();
    for force in [&["--force"][..], &[]] {
        desk.run(&[&["portal", "build", "../site"], force].concat()).fails(5);
    }
    fs::remove_file(site.join("index.html")).unwrap();
    fs::remove_dir_all(site.join("kb")).unwrap();
    symlink(&away, site.join("kb")).unwrap();
    desk.run(&["portal", "build", "../site", "--force"]).fails(5);
    assert_eq!(files(&away).into_values().collect::<Vec<_>>(), ["theirs"]);
    // A marker that says what it must not removes nothing.
    fs::remove_file(site.join("kb")).unwrap();
    fs::write(site.join(".git-desk-portal"), "git-desk portal 1\n../away/index.html\n/etc/hostname\n").unwrap();
    desk.run(&["portal", "build", "../site", "--force"]).ok();
    assert_eq!(files(&away).into_values().collect::<Vec<_>>(), ["theirs"]);
    // The folder itself may be a link: that is what was named.
    symlink(&site, desk.outside().join("link")).unwrap();
    desk.run(&["portal", "build", "../link"]).ok();
    symlink(desk.outside().join("nowhere"), desk.outside().join("broken")).unwrap();
    desk.run(&["portal", "build", "../broken"]).fails(5);
}
