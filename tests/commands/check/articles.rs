//! `check` on articles

use super::found;
use crate::support::TestDesk;
use snapbox::{assert_data_eq, str};

const GOOD: &str = "kb/vpn/reset.toml";

/// A desk with an article that nothing is wrong with.
fn desk() -> TestDesk {
    let desk = TestDesk::new();
    desk.run(&["kb", "new", "vpn/reset", "--title", "Reset", "--symptom", "expired", "-m", "1. do it"]).ok();
    desk.run(&["kb", "review", "vpn/reset"]).ok();
    desk
}

#[test]
fn each_mistake_in_an_article_has_its_code() {
    let desk = desk();
    assert_eq!(found(&desk, &["--all"]), (0, vec![]));
    let file = desk.path().join(GOOD);
    let good = std::fs::read_to_string(&file).unwrap();
    let mistakes = [
        ("title = \"Reset\"", "title = \"Reset", "DSK001", "error"),
        ("title = \"Reset\"", "title = \"\"", "DSK101", "error"),
        ("title = \"Reset\"", "title = 5", "DSK101", "error"),
        ("state = \"validated\"", "state = \"odd\"", "DSK101", "error"),
        ("audience = \"internal\"", "audience = \"all\"", "DSK101", "error"),
        ("language = \"\"", "language = \"Dutch, mostly\"", "DSK101", "error"),
        ("tested = 2026-11-24", "tested = \"soon\"", "DSK101", "error"),
        ("symptoms = [\n  \"expired\",\n]", "symptoms = 5", "DSK101", "error"),
        ("\nbody", "\ncolour = \"red\"\n\nbody", "DSK103", "warning"),
        ("  \"expired\",\n", "", "DSK106", "warning"),
        ("1. do it", "do it", "DSK107", "warning"),
        ("tested = 2026-11-24", "tested = \"\"", "DSK108", "warning"),
        ("1. do it", "# One\n\n1. do it\n\n# Two", "DSK109", "warning"),
        ("owner = \"ana\"", "owner = \"zoe\"", "DSK302", "warning"),
        ("tested_by = \"ana\"", "tested_by = \"zoe\"", "DSK302", "warning"),
        ("review_by = 2027-11-24", "review_by = 2026-11-23", "DSK419", "warning"),
        ("1. do it", "1. do it AKIAIOSFODNN7EXAMPLQ", "DSK501", "error"),
        ("state = \"validated\"\n\n", "state = \"validated\"\n", "DSK701", "warning"),
    ];
    for (from, to, code, level) in mistakes {
        assert!(good.contains(from), "{from} is not in {good}");
        std::fs::write(&file, good.replacen(from, to, 1)).unwrap();
        let (exit, findings) = found(&desk, &["--all"]);
        let codes: Vec<(&str, &str)> =
            findings.iter().map(|(code, level, _)| (code.as_str(), level.as_str())).collect();
        assert_eq!(codes, [(code, level)], "{to}");
        assert_eq!(exit, i32::from(level == "error"), "{to}");
    }
}

#[test]
fn of_a_whole_desk_nobody_hears_of_each_article_that_it_has_no_symptoms() {
    let desk = desk();
    let before = desk.git(&["rev-parse", "main"]);
    desk.feed("{\"slug\": \"imp/a\", \"title\": \"A\", \"body\": \"1. a\"}\n", &["kb", "import", "-"]).ok();
    assert_eq!(found(&desk, &["--all"]), (0, vec![]));
    for asked in [["--base", before.trim()].as_slice(), &["kb/imp/a.toml"]] {
        let codes: Vec<String> = found(&desk, asked).1.into_iter().map(|(code, ..)| code).collect();
        assert_eq!(codes, ["DSK106"], "{asked:?}");
    }
}

#[test]
fn a_file_of_another_name_is_no_article() {
    let desk = desk();
    for name in ["kb/reset.toml", "kb/vpn/a/b.toml", "kb/vpn/Reset.toml"] {
        let path = desk.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "title = \"T\"\n").unwrap();
    }
    std::fs::write(desk.path().join("kb/README.md"), "ours").unwrap();
    desk.git(&["add", "."]);
    assert_data_eq!(
        desk.run(&["check", "--staged"]).to_string(),
        str![[r#"
kb/reset.toml	1	1	error	DSK201	is no article: those are in kb/TOPIC/SLUG.toml	git mv; in both names a to z, 0 to 9 and - between them, at most 63
kb/vpn/Reset.toml	1	1	error	DSK201	is no article: those are in kb/TOPIC/SLUG.toml	git mv; in both names a to z, 0 to 9 and - between them, at most 63
kb/vpn/a/b.toml	1	1	error	DSK201	is no article: those are in kb/TOPIC/SLUG.toml	git mv; in both names a to z, 0 to 9 and - between them, at most 63
exit: 1

"#]]
    );
}

#[test]
fn services_are_looked_for_where_there_is_a_catalogue() {
    let desk = desk();
    desk.run(&["kb", "edit", "vpn/reset", "--service", "vpm"]).ok();
    assert_eq!(found(&desk, &[]), (0, vec![]));
    std::fs::create_dir(desk.path().join("services")).unwrap();
    std::fs::write(desk.path().join("services/vpn.toml"), "title = \"VPN\"\n").unwrap();
    desk.git(&["add", "."]);
    desk.git(&["commit", "-qm", "catalogue"]);
    assert_data_eq!(
        desk.run(&["check"]).to_string(),
        str![[r#"
kb/vpn/reset.toml	16	12	warning	DSK305	there is no service "vpm"	did you mean `vpn`?

"#]]
    );
}

#[test]
fn of_a_retired_article_and_of_what_did_not_change_nothing_is_said() {
    let desk = desk();
    desk.run(&["kb", "new", "vpn/bare", "--title", "Bare"]).ok();
    assert_eq!(found(&desk, &["kb/vpn/bare.toml"]).1.len(), 2);
    let base = desk.git(&["rev-parse", "HEAD"]);
    desk.run(&["kb", "edit", "vpn/reset", "--owner", "none"]).ok();
    assert_eq!(found(&desk, &["--base", base.trim()]), (0, vec![]));
    desk.run(&["kb", "retire", "vpn/bare", "-m", "never used"]).ok();
    assert_eq!(found(&desk, &["kb/vpn/bare.toml"]), (0, vec![]));
    assert_eq!(found(&desk, &[]), (0, vec![]));
}

#[test]
fn the_form_of_an_article_is_put_right() {
    let desk = desk();
    let file = desk.path().join(GOOD);
    let good = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, good.replace("state = \"validated\"\n\n", "").replace("title", "state = 'validated'\ntitle"))
        .unwrap();
    desk.git(&["commit", "-qam", "by hand"]);
    assert_eq!(desk.run(&["fmt", "--check"]).to_string(), format!("{GOOD}\nexit: 1\n"));
    desk.run(&["check", "--fix"]).ok();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), good);
    desk.git(&["checkout", "-q", "--", "."]);
    assert_eq!(desk.run(&["fmt", GOOD]).ok(), format!("{GOOD}\n"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), good);
}
