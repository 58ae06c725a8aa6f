//! Killed at any moment, nothing is lost; and several at once tell nothing twice.
//!
//! `GIT_DESK_TEST_LONG=1` kills more often.

use std::process::{Child, Stdio};
use std::time::Duration;

use super::{ALL, begun, came, hook, json};
use crate::support::TestDesk;
use crate::support::http::Service;

fn rounds() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "the switch for the long forms")]
    let long = std::env::var_os("GIT_DESK_TEST_LONG").is_some();
    if long { 300 } else { 30 }
}

fn start(desk: &TestDesk) -> Child {
    desk.command(&["notify", "-q"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
fn killed_at_any_moment_every_notice_arrives() {
    let hooks = Service::good();
    let desk = begun(ALL, &hook("hook", &hooks.url()));
    let mut expected = Vec::new();
    for round in 0..rounds() {
        for one in ["a", "b"] {
            let title = format!("{one} of round {round}");
            let id = desk.open(&title, &[]);
            desk.run(&["resolve", &id, "--resolution", "fixed", "-m", "done"]).ok();
            expected.extend([format!("opened {title}"), format!("resolved {title}")]);
        }
        let mut child = start(&desk);
        // Spread over the whole of a run.
        std::thread::sleep(Duration::from_micros(round * 7_919 % 60_000));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    desk.later(3_600);
    desk.run(&["notify", "-q"]).ok();
    assert!(json(&desk, &["notify", "--outbox"]).is_empty());
    let came = came(&hooks);
    let mut arrived: Vec<&String> = came.values().map(|(_, what)| what).collect();
    arrived.sort();
    expected.sort();
    assert!(arrived.iter().copied().eq(&expected), "each under one id of its own: {came:?}");
    // What was accepted in the very moment of a kill comes once more, under its id; and nothing else does.
    let again: usize = came.values().map(|(count, _)| count - 1).sum();
    assert!(again <= usize::try_from(rounds()).unwrap(), "{again} repeats");
    let total = hooks.requests().len();
    desk.run(&["notify", "-q"]).ok();
    assert_eq!(hooks.requests().len(), total);
}

#[test]
fn several_at_once_tell_each_thing_once() {
    let hooks = Service::good();
    let desk = begun(ALL, &hook("hook", &hooks.url()));
    let mut children = Vec::new();
    for round in 0..8 {
        desk.open(&format!("round {round}"), &[]);
        children.push(start(&desk));
        children.push(start(&desk));
    }
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    // Whoever found another one sending has left its notices to it: nothing is left over.
    let came = came(&hooks);
    assert_eq!(came.len(), 8, "{came:?}");
    assert!(came.values().all(|(count, _)| *count == 1), "{came:?}");
}
