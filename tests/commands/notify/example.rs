//! The example is true: its targets are read, and its hook tells after a push.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use super::{ALL, SECRET, configure, hook};
use crate::support::TestDesk;
use crate::support::http::{Answer, Service};

fn example() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/notify/README.md")).unwrap()
}

/// The lines of its indented blocks that come with the first one that begins so, up to the next line of prose.
fn block(begin: &str) -> String {
    let text = example();
    let lines = text.lines().skip_while(|line| *line != format!("    {begin}"));
    let lines = lines.take_while(|line| line.is_empty() || line.starts_with("    "));
    lines.map(|line| line.trim_start_matches("    ").to_owned() + "\n").collect()
}

#[test]
fn its_targets_are_read() {
    let config = block("[targets.chat]")
        .replace("routing_key = \"…\"", &format!("routing_key = \"{}\"", "a1".repeat(16)))
        .replace("whsec_…\" ", &format!("{SECRET}\" "))
        .replace('…', "x");
    let names: Vec<&str> =
        config.lines().filter_map(|line| line.strip_prefix("[targets.")?.strip_suffix(']')).collect();
    assert_eq!(names.len(), 9);
    let desk = TestDesk::new();
    configure(&desk, &config);
    for name in names {
        let said = desk.run(&["notify", "--test", name, "--dry-run"]).ok();
        assert!(said.starts_with(&format!("would\topened\t{name}\ttest\t")), "{said}");
    }
}

#[test]
fn its_hook_tells_after_a_push_and_keeps_nobody_waiting() {
    let (hooks, slow) = (Service::good(), Service::start(|_| Answer::Hang));
    let shared = TestDesk::bare();
    let path = shared.path().display().to_string();
    let rules = format!("{ALL}\n[[notify]]\non = \"opened\"\nto = \"slow\"\n");
    configure(&shared, &(hook("hook", &hooks.url()) + &hook("slow", &slow.url())));
    let clone = shared.at("clone");
    clone.git(&["clone", "-q", &path, "."]);
    let policy = clone.path().join("desk.toml");
    let text = std::fs::read_to_string(&policy).unwrap();
    std::fs::write(&policy, format!("{text}\n{rules}")).unwrap();
    clone.git(&["commit", "-qam", "rules"]);
    clone.git(&["push", "-q", "origin", "main"]);
    shared.run(&["notify", "-q"]).ok();

    let script = shared.path().join("hooks/post-receive");
    std::fs::write(&script, block("#!/bin/sh")).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    clone.open("pushed", &[]);
    let program = Path::new(env!("CARGO_BIN_EXE_git-desk")).parent().unwrap().display().to_string();
    #[expect(clippy::disallowed_methods, reason = "the path of the tests, with the program in front")]
    let search = format!("{program}:{}", std::env::var("PATH").unwrap());
    let mut push = clone.program("git", &["push", "-q", "origin", "main"]);
    let config = shared.outside().join("home/config");
    let begin = Instant::now();
    assert!(push.env("PATH", search).env("XDG_CONFIG_HOME", config).status().unwrap().success());
    assert!(begin.elapsed() < Duration::from_secs(5), "the push waited for {:?}", begin.elapsed());
    while hooks.requests().is_empty() && begin.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(hooks.requests().len(), 1);
}
