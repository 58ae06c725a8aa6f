//! `check` on what about the repository keeps a desk from working well in it.

use snapbox::{assert_data_eq, str};

use crate::support::TestDesk;

#[test]
fn a_shallow_clone_is_told_of_and_fails_nothing() {
    let desk = TestDesk::new();
    let id = desk.open("Printer", &[]);
    desk.run(&["comment", &id, "hello"]).ok();
    let url = format!("file://{}", desk.path().display());
    desk.git(&["clone", "-q", "--depth", "1", &url, "../shallow"]);
    let shallow = desk.at("shallow");
    assert_data_eq!(
        shallow.on_terminal("", &["check"]).to_string(),
        str![[r#"
the repository  DSK901  this clone is shallow: what came before some commit cannot be told (warning)
  fix: git fetch --unshallow; in GitHub Actions: actions/checkout with fetch-depth: 0

"#]]
    );
    assert_eq!(shallow.run(&["check", "--fail-level", "warning"]).code, 1);
    shallow.git(&["fetch", "-q", "--unshallow"]);
    assert_eq!(shallow.run(&["check"]).ok(), "");
}

/// A desk with three acts on a branch `review` of main, which is checked out.
fn reviewed() -> TestDesk {
    let desk = TestDesk::new();
    let id = desk.open("Printer", &[]);
    desk.git(&["checkout", "-qb", "review"]);
    desk.run(&["take", &id]).ok();
    desk.run(&["comment", &id, "a new cartridge"]).ok();
    desk.run(&["close", &id, "--resolution", "fixed", "-m", "it prints"]).ok();
    desk.git(&["checkout", "-q", "main"]);
    desk
}

/// What `check` prints, the commit named `COMMIT`.
fn told(desk: &TestDesk, words: &[&str]) -> String {
    let commit = desk.git(&["rev-parse", "--short=10", "HEAD"]);
    desk.on_terminal("", &[&["check"], words].concat()).to_string().replace(commit.trim(), "COMMIT")
}

#[test]
fn acts_that_a_forge_squashed_are_told_of() {
    let by_git = reviewed();
    by_git.git(&["merge", "-q", "--squash", "review"]);
    by_git.git(&["commit", "-q", "--no-edit"]);
    let message = by_git.git(&["log", "--format=* %B", "main..review"]);
    let by_forge = reviewed();
    by_forge.git(&["merge", "-q", "--squash", "review"]);
    by_forge.git(&["commit", "-qm", &format!("Printer (#7)\n\n{message}")]);
    for desk in [by_git, by_forge] {
        for words in [&[][..], &["--base", "main~1"]] {
            assert_data_eq!(
                told(&desk, words),
                str![[r#"
the repository  DSK903  commit COMMIT holds several acts that were squashed: who did what when is lost (warning)
  fix: merge pull requests of tickets by a merge commit or a rebase

"#]]
            );
        }
        assert_eq!(desk.run(&["check", "--base", "main"]).ok(), "", "it is not of this change");
    }
}

#[test]
fn acts_that_were_merged_or_rebased_are_in_order() {
    let merged = reviewed();
    merged.git(&["merge", "-q", "--no-ff", "--no-edit", "review"]);
    let rebased = reviewed();
    rebased.open("Scanner", &[]);
    rebased.git(&["rebase", "-q", "main", "review"]);
    for desk in [merged, rebased] {
        assert_eq!(desk.run(&["check"]).ok(), "");
        assert_eq!(desk.run(&["check", "--base", "main~1"]).ok(), "");
    }
}
