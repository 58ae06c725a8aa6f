//! `setup git`

use snapbox::{assert_data_eq, str};

use super::{files, hostile, shown};
use crate::support::TestDesk;

fn setting(desk: &TestDesk, name: &str) -> String {
    desk.git(&["config", "--local", name]).trim().to_owned()
}

#[test]
fn git_is_told_of_both_programs_once() {
    let desk = TestDesk::new();
    let commits = desk.commits();
    assert_data_eq!(
        shown(&desk, &desk.run(&["setup", "git"])),
        str![[r#"
merge.desk.name
merge.desk.driver
diff.desk.textconv

"#]]
    );
    let program = env!("CARGO_BIN_EXE_git-desk");
    assert_eq!(setting(&desk, "merge.desk.driver"), format!("{program} merge-driver %O %A %B %L %P"));
    assert_eq!(setting(&desk, "diff.desk.textconv"), format!("{program} textconv"));
    desk.run(&["setup", "git"]).ok();
    assert!(desk.run(&["setup", "git", "--strict"]).fails(5).contains("everything is so already"));
    assert_eq!(desk.commits(), commits);
    assert_eq!(desk.git(&["config", "--local", "--get-all", "merge.desk.driver"]).lines().count(), 1);
}

#[test]
fn lines_of_attributes_that_are_missing_are_added_and_others_stay() {
    let desk = TestDesk::new();
    std::fs::write(desk.path().join(".gitattributes"), "*.png binary # no end").unwrap();
    desk.git(&["commit", "-qam", "attributes"]);
    desk.run(&["setup", "git"]).ok();
    let text = desk.git(&["show", "HEAD:.gitattributes"]);
    assert_eq!(
        text,
        "*.png binary # no end\n*.toml text eol=lf merge=desk diff=desk\ntickets/**/files/** -text -merge -diff\n"
    );
    desk.is_sound();
}

#[test]
fn with_print_nothing_is_changed() {
    let desk = TestDesk::new();
    let before = files(desk.path().join(".git"));
    assert_data_eq!(
        shown(&desk, &desk.run(&["setup", "git", "--print"])),
        str![[r#"
git config --local merge.desk.name 'tickets, field by field'
git config --local merge.desk.driver '[PROGRAM] merge-driver %O %A %B %L %P'
git config --local diff.desk.textconv '[PROGRAM] textconv'
echo '*.toml text eol=lf merge=desk diff=desk' >> .gitattributes
echo 'tickets/**/files/** -text -merge -diff' >> .gitattributes

"#]]
    );
    assert_eq!(files(desk.path().join(".git")), before);
}

#[test]
fn a_bare_desk_in_a_hostile_folder_is_told_too() {
    let world = TestDesk::nowhere();
    let desk = hostile(&world);
    desk.run(&["setup", "git"]).ok();
    assert_eq!(setting(&desk, "merge.desk.name"), "tickets, field by field");
}
