//! What is said of targets that are not as they should be, and what is never shown of one.

use std::path::Path;

use snapbox::{assert_data_eq, str};

use super::{ALL, SECRET, begun, configure, desk, hook, told};
use crate::support::http::{Answer, Service};

#[test]
fn a_target_that_is_not_configured_is_named_and_no_failure() {
    let hooks = Service::good();
    let rules = format!("{ALL}\n[[notify]]\non = \"opened\"\nto = \"chta\"\n");
    let desk = begun(&rules, &hook("hook", &hooks.url()));
    desk.open("first", &[]);
    let run = desk.run(&["notify"]);
    assert_eq!(run.code, 0, "{run}");
    assert_data_eq!(
        run.stderr,
        str![[r#"
git-desk: desk.toml:175: target `chta` is not configured here; 1 notice not sent
  ~/.config/git-desk/config.toml: [targets.chta] with kind = "slack" and url = "https://…"

"#]]
    );
    assert_eq!(desk.run(&["notify", "-q"]).to_string(), "", "nothing was lost by it this time");
}

#[test]
fn a_target_that_cannot_be_used_keeps_its_notices() {
    let hooks = Service::good();
    let good = hook("hook", &hooks.url());
    let desk = begun(ALL, &good);
    configure(&desk, &good.replace("allow_private = true", "allow_privat = true"));
    desk.open("first", &[]);
    let run = desk.run(&["notify"]);
    assert_eq!(run.code, 6, "{run}");
    assert!(run.stderr.starts_with("git-desk: target `hook`: `url` is http"), "{run}");
    configure(&desk, &good);
    desk.run(&["notify"]).ok();
    assert_eq!(hooks.requests().len(), 1);
    // One that is gone for a while loses nothing either.
    configure(&desk, &good.replace(&format!("{}", hooks.port), "1"));
    desk.open("second", &[]);
    assert_eq!(desk.run(&["notify"]).code, 8);
    configure(&desk, "");
    let run = desk.run(&["notify", "-o", "tsv"]);
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stdout.contains("target `hook` is not configured here"), "{run}");
    configure(&desk, &good);
    desk.run(&["notify"]).ok();
    assert_eq!(hooks.requests().len(), 2);
}

#[test]
fn a_test_says_that_it_is_one() {
    let hooks = Service::start(|number| Answer::Status(if number == 0 { 200 } else { 403 }));
    let desk = desk("", &hook("hook", &hooks.url()));
    assert_data_eq!(
        desk.run(&["notify", "--test", "hook"]).to_string(),
        str![[r#"
sent	opened	hook	test	This is a test of git desk notify; nothing has happened	1	

"#]]
    );
    assert_eq!(told(&hooks), ["opened: test sent by ana"]);
    let run = desk.run(&["notify", "--test", "hook"]);
    assert_eq!(run.code, 8);
    assert!(run.stderr.starts_with("git-desk: hook: 127.0.0.1 forbids it (403)"), "{run}");
    assert_data_eq!(
        desk.run(&["notify", "--test", "hok"]).fails(3),
        str![[r#"
git-desk: target `hok` is not configured here
  did you mean `hook`?
  ~/.config/git-desk/config.toml: [targets.hok] with kind = "slack" and url = "https://…"

"#]]
    );
}

fn texts_below(folder: &Path, texts: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts_below(&path, texts);
        } else {
            texts.push_str(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
        }
    }
}

#[test]
fn no_secret_of_a_target_is_shown_or_kept() {
    let hooks = Service::start(|number| Answer::Status([404, 500][number.min(1)]));
    let desk = begun(ALL, &hook("hook", &hooks.url()));
    let id = desk.open("first", &[]);
    desk.open("second", &[]);
    let mut all = String::new();
    for words in [
        &["notify", "-v"][..],
        &["notify", "--json"],
        &["notify", "--outbox"],
        &["notify", "--dry-run"],
        &["notify", "--test", "hook"],
        &["show", &id, "--json"],
        &["config", "list", "--show-origin"],
        &["config", "get", "targets"],
        &["doctor"],
    ] {
        all.push_str(&desk.run(words).to_string());
    }
    assert_eq!(hooks.requests().len(), 4);
    texts_below(&desk.path().join(".git"), &mut all);
    assert!(all.contains("hook"));
    for secret in ["T0PSECRETPATH", SECRET, &SECRET[6..]] {
        assert!(!all.contains(secret), "{secret}");
    }
}
