//! Services that refuse, hang, redirect, ask to wait, fail and come back.

use std::time::{Duration, Instant};

use snapbox::{assert_data_eq, str};

use super::{ALL, begun, came, configure, folder, hook, json, told};
use crate::support::http::{Answer, Service};

const TO_BOTH: &str = "\
[[notify]]
on = \"opened\"
to = \"slow\"

[[notify]]
on = \"opened\"
to = \"hook\"
";

#[test]
fn who_refuses_is_tried_again_later() {
    let port = Service::closed_port();
    let desk = begun(ALL, &hook("hook", &format!("http://127.0.0.1:{port}/hook")));
    desk.open("first", &[]);
    desk.open("second", &[]);
    let run = desk.run(&["notify"]);
    assert_data_eq!(
        run.to_string(),
        str![[r#"
waiting	opened	hook	261124-w90thdzm	first	1	cannot connect to 127.0.0.1: Connection refused[..]
waiting	opened	hook	261124-nd2t0vvk	second	0	
stderr: git-desk: hook: cannot connect to 127.0.0.1: Connection refused[..]
stderr:   it is tried again by the next git desk notify; what waits: git desk notify --outbox
exit: 8

"#]]
    );
    let service = Service::on(port, |_| Answer::Status(204));
    assert_eq!(json(&desk, &["notify", "--outbox"]).len(), 2);
    assert_data_eq!(
        desk.run(&["notify"]).to_string(),
        str![[r#"
sent	opened	hook	261124-w90thdzm	first	2	
sent	opened	hook	261124-nd2t0vvk	second	1	

"#]]
    );
    assert_eq!(came(&service).len(), 2);
    assert_eq!(desk.run(&["notify", "--outbox"]).to_string(), "");
}

#[test]
fn who_hangs_is_left_in_time_and_holds_up_nobody() {
    let (slow, hooks) = (Service::start(|_| Answer::Hang), Service::good());
    let desk = begun(TO_BOTH, &(hook("slow", &slow.url()) + &hook("hook", &hooks.url())));
    desk.open("first", &[]);
    let begin = Instant::now();
    let run = desk.run(&["notify", "--timeout", "1s"]);
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    assert_eq!(run.code, 8, "{run}");
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert!(lines[0].starts_with("sent\topened\thook\t") && lines[1].contains("did not answer within"), "{run}");
    assert_eq!((slow.requests().len(), hooks.requests().len()), (1, 1));
}

#[test]
fn a_redirect_inward_is_not_followed_and_is_given_up() {
    let hooks = Service::start(|_| Answer::With(302, "location: http://169.254.169.254/latest/meta-data/"));
    let desk = begun(ALL, &hook("hook", &hooks.url()));
    desk.open("first", &[]);
    assert_data_eq!(
        desk.run(&["notify"]).to_string(),
        str![[r#"
failed	opened	hook	261124-w90thdzm	first	1	127.0.0.1 redirects (302), which is never followed: put the final address into the target's `url`
stderr: git-desk: hook: 127.0.0.1 redirects (302), which is never followed: put the final address into the target's `url`
stderr:   given up; to send it again once that is mended: git desk notify --since REV
exit: 8

"#]]
    );
    assert_eq!(desk.run(&["notify"]).to_string(), "");
    assert_eq!(hooks.requests().len(), 1);
    assert_eq!(json(&desk, &["notify", "--outbox"])[0]["state"], "failed");
    // Once the address is mended, what was given up goes out when it is asked for.
    let good = Service::good();
    configure(&desk, &hook("hook", &good.url()));
    desk.run(&["notify", "--since", "HEAD~1"]).ok();
    assert_eq!(told(&good), ["opened: opened by ana in l1, p3"]);
    assert_eq!(desk.run(&["notify", "--outbox"]).to_string(), "");
}

#[test]
fn a_private_address_needs_leave() {
    let hooks = Service::good();
    let strict = hook("hook", &hooks.url().replace("http:", "https:")).replace("allow_private = true", "");
    let desk = begun(ALL, &strict);
    desk.open("first", &[]);
    let run = desk.run(&["notify"]);
    assert_eq!(run.code, 8);
    assert!(run.stderr.contains("in a private network: add `allow_private = true`"), "{run}");
    assert_eq!(hooks.requests().len(), 0);
}

#[test]
fn the_pause_that_a_service_asks_for_is_kept_for_all_of_the_target() {
    let hooks = Service::start(|number| match number {
        0 => Answer::With(429, "retry-after: 600"),
        _ => Answer::Status(200),
    });
    let desk = begun(ALL, &hook("hook", &hooks.url()));
    desk.open("first", &[]);
    assert_eq!(desk.run(&["notify"]).code, 8);
    desk.open("second", &[]);
    for _ in 0..5 {
        assert_eq!(desk.run(&["notify", "-q"]).to_string(), "", "it rests, which is no failure");
    }
    assert_eq!(hooks.requests().len(), 1);
    desk.later(300);
    desk.run(&["notify"]).ok();
    let came = came(&hooks);
    assert_eq!(came.len(), 2);
    assert_eq!(came.values().map(|(count, _)| count).sum::<usize>(), 3, "{came:?}");
}

#[test]
fn two_faults_and_a_good_answer_are_one_delivery_of_one_id() {
    let hooks = Service::start(|number| Answer::Status(if number < 2 { 500 } else { 200 }));
    let desk = begun(ALL, &hook("hook", &hooks.url()));
    desk.open("first", &[]);
    assert_eq!([desk.run(&["notify"]).code, desk.run(&["notify"]).code, desk.run(&["notify"]).code], [8, 8, 0]);
    assert_eq!(desk.run(&["notify"]).to_string(), "");
    let came = came(&hooks);
    assert_eq!(came.values().map(|(count, _)| *count).collect::<Vec<_>>(), [3]);
    let stamps: Vec<String> =
        hooks.requests().iter().map(|request| request.header("webhook-timestamp").to_owned()).collect();
    assert!(stamps[0] < stamps[1] && stamps[1] < stamps[2], "each try is signed anew: {stamps:?}");
}

#[test]
fn what_fails_alone_holds_up_its_own_ticket_and_no_other() {
    // The first request fails for ever, by its ticket.
    let hooks = Service::start(|number| Answer::Status(if number == 0 { 500 } else { 200 }));
    let desk = begun(ALL, &hook("hook", &hooks.url()));
    let first = desk.open("first", &[]);
    desk.open("second", &[]);
    desk.run(&["resolve", &first, "--resolution", "fixed", "-m", "done"]).ok();
    assert_eq!(desk.run(&["notify"]).code, 8);
    // Its own pause has not ended: the clock moves on by a minute, so it is held back here by hand.
    let file = std::fs::read_dir(folder(&desk).join("outbox")).unwrap().map(|entry| entry.unwrap().path());
    let held = file.filter(|path| path.is_file()).find(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        text.contains("\"tries\":1")
    });
    let held = held.unwrap();
    let mut kept: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&held).unwrap()).unwrap();
    kept["next"] = "2026-11-24T12:00:00Z".into();
    std::fs::write(&held, kept.to_string()).unwrap();
    assert_data_eq!(
        desk.run(&["notify"]).to_string(),
        str![[r#"
sent	opened	hook	261124-nd2t0vvk	second	1	
waiting	resolved	hook	261124-w90thdzm	first	0	

"#]]
    );
    desk.later(4 * 3_600);
    desk.run(&["notify"]).ok();
    let order: Vec<String> = told(&hooks).iter().map(|told| told.split(':').next().unwrap().to_owned()).collect();
    assert_eq!(order, ["opened", "opened", "opened", "resolved"], "of one ticket they come in order");
}

#[test]
fn after_three_days_it_is_given_up() {
    let hooks = Service::start(|_| Answer::Status(503));
    let desk = begun(ALL, &hook("hook", &hooks.url()));
    desk.open("first", &[]);
    assert_eq!(desk.run(&["notify"]).code, 8);
    desk.later(2 * 86_400);
    assert!(desk.run(&["notify"]).stdout.starts_with("waiting\t"));
    desk.later(86_400);
    let run = desk.run(&["notify"]);
    assert_eq!(run.code, 8);
    assert!(run.stdout.contains("given up after three days: 127.0.0.1 has a fault of its own (503)"), "{run}");
    assert_eq!(desk.run(&["notify"]).to_string(), "");
}

#[test]
fn each_is_signed_with_the_time_at_which_it_is_sent() {
    let hooks = Service::start(|number| {
        std::thread::sleep(Duration::from_millis(if number == 0 { 2_100 } else { 0 }));
        Answer::Status(200)
    });
    let desk = begun(ALL, &hook("hook", &hooks.url()));
    desk.open("first", &[]);
    desk.open("second", &[]);
    desk.run(&["notify"]).ok();
    let stamps: Vec<i64> =
        hooks.requests().iter().map(|request| request.header("webhook-timestamp").parse().unwrap()).collect();
    assert!(stamps.len() == 2 && (2..20).contains(&(stamps[1] - stamps[0])), "{stamps:?}");
}
