//! What is told, to whom.

use snapbox::{assert_data_eq, str};

use super::{ALL, begun, came, desk, hook, told};
use crate::support::http::Service;

const TWO: &str = "\
[[notify]]
on = [\"opened\", \"resolved\"]
to = \"hook\"

[[notify]]
on = \"opened\"
match = \"priority:p1..p3\"
to = \"hook\"

[[notify]]
on = [\"opened\", \"resolved\"]
match = \"queue:l1\"
to = \"chat\"
";

#[test]
fn what_rules_ask_for_is_told_once_to_each_target() {
    let (hooks, chat) = (Service::good(), Service::good());
    let slack = format!("[targets.chat]\nkind = \"slack\"\nurl = \"{}\"\nallow_private = true\n", chat.url());
    let desk = begun(TWO, &(hook("hook", &hooks.url()) + &slack));
    let printer = desk.open("The printer is on fire", &["-m", "Smoke, too."]);
    desk.open("Another queue's", &["--queue", "l2"]);
    desk.run(&["resolve", &printer, "--resolution", "fixed", "-m", "Put out."]).ok();
    assert_data_eq!(
        desk.run(&["notify"]).to_string(),
        str![[r#"
sent	opened	chat	261124-w90thdzm	The printer is on fire	1	
sent	resolved	chat	261124-w90thdzm	The printer is on fire	1	
sent	opened	hook	261124-w90thdzm	The printer is on fire	1	
sent	opened	hook	261124-nd2t0vvk	Another queue's	1	
sent	resolved	hook	261124-w90thdzm	The printer is on fire	1	

"#]]
    );
    assert_data_eq!(
        told(&hooks).join("\n"),
        str![[r#"
opened: opened by ana in l1, p3
opened: opened by ana in l2, p3
resolved: resolved by ana: fixed
"#]]
    );
    assert!(came(&hooks).values().all(|(count, _)| *count == 1), "{:?}", came(&hooks));
    let first = hooks.requests().remove(0);
    assert_eq!(first.head, "POST /hook/T0PSECRETPATH HTTP/1.1");
    assert_eq!(first.json()["data"]["body"], "Smoke, too.");
    assert_eq!(first.json()["data"]["ticket"]["schema"], "desk.ticket/1");
    assert_eq!(hooks.requests()[2].json()["data"]["body"], "Put out.");
    let said: Vec<String> = chat.requests().iter().map(|request| request.body.clone()).collect();
    assert_eq!(said.len(), 2);
    assert!(said[0].contains("The printer is on fire") && said[1].contains("resolved by ana: fixed"), "{said:?}");
    assert_eq!(desk.run(&["notify"]).to_string(), "");
    assert_eq!((hooks.requests().len(), chat.requests().len()), (3, 2));
}

#[test]
fn each_occasion_has_its_words() {
    let hooks = Service::good();
    let desk = begun(ALL, &hook("hook", &hooks.url()));
    let id = desk.open("It does not print", &["--requester", "bob@example.com"]);
    desk.run(&["take", &id]).ok();
    desk.run(&["assign", &id, "--to", "none"]).ok();
    desk.run(&["comment", &id, "We look at it"]).ok();
    desk.run(&["note", &id, "between us"]).ok();
    desk.run(&["escalate", &id, "-m", "beyond me"]).ok();
    desk.run(&["escalate", &id, "--lead", "-m", "look here"]).ok();
    desk.run(&["escalate", &id, "--down", "-m", "yours"]).ok();
    desk.run(&["close", &id, "--resolution", "cancelled", "-m", "sold"]).ok();
    desk.run(&["reopen", &id, "-m", "secret reason"]).ok();
    desk.run(&["resolve", &id, "--resolution", "fixed", "-m", "toner"]).ok();
    desk.run(&["close", &id]).ok();
    desk.run(&["notify"]).ok();
    assert_data_eq!(
        told(&hooks).join("\n"),
        str![[r#"
opened: opened by ana in l1, p3
assigned: taken by ana
comment: comment by ana
escalated: escalated from l1 to l2 by ana
escalated: escalated to ana, who leads l2, by ana
resolved: closed by ana: cancelled
reopened: reopened by ana
resolved: resolved by ana: fixed
"#]]
    );
    let all: String = hooks.requests().into_iter().map(|request| request.body).collect();
    assert!(all.contains("beyond me") && !all.contains("between us") && !all.contains("secret reason"), "{all}");
    assert_eq!(came(&hooks).len(), 8, "each has an id of its own");
}

#[test]
fn a_clock_is_told_once_when_it_is_at_risk_and_once_when_it_is_late() {
    let hooks = Service::good();
    let sla = "[[sla]]\n[sla.targets.p1]\nresolve = \"4h\"\n[sla.targets.p2]\nresolve = \"4h\"\n";
    let rule = "[[notify]]\non = [\"breached\", \"at-risk\"]\nmatch = \"priority:p1\"\nto = \"hook\"\n";
    let desk = desk("", &hook("hook", &hooks.url()));
    desk.promise(&format!("{sla}\n{rule}"));
    desk.later(3_600);
    let id = desk.open("The mail is down", &["--priority", "p1"]);
    desk.open("Less pressing", &["--priority", "p2"]);
    desk.run(&["notify", "-q"]).ok();
    desk.later(3 * 3_600 + 600);
    assert_data_eq!(
        desk.run(&["notify"]).to_string(),
        str![[r#"
sent	at-risk	hook	261124-w90thdzm	The mail is down	1	

"#]]
    );
    assert_eq!(desk.run(&["notify"]).to_string(), "");
    desk.later(3_600);
    desk.run(&["notify"]).ok();
    desk.run(&["notify"]).ok();
    desk.later(86_400);
    desk.run(&["notify"]).ok();
    assert_data_eq!(
        told(&hooks).join("\n"),
        str![[r#"
at-risk: resolve is at risk: 80% of 4h used, due 2026-11-24 13:04 UTC
breached: resolve is late: 4h promised, due 2026-11-24 13:04 UTC
"#]]
    );
    // The next cycle is another one; and one that comes to match by a change is told then.
    desk.run(&["resolve", &id, "--resolution", "fixed", "-m", "once"]).ok();
    desk.run(&["notify"]).ok();
    desk.run(&["reopen", &id, "-m", "not so"]).ok();
    desk.run(&["notify"]).ok();
    assert_eq!(hooks.requests().len(), 3, "{:?}", told(&hooks));
}

#[test]
fn what_a_stranger_writes_calls_nobody() {
    let chat = Service::good();
    let slack = format!("[targets.hook]\nkind = \"slack\"\nurl = \"{}\"\nallow_private = true\n", chat.url());
    let desk = begun(ALL, &slack);
    desk.open("@everyone <!channel> \u{202e}<https://evil|bank>", &["-m", "<!here> @channel"]);
    let screen = desk.on_terminal("", &["notify"]).to_string();
    assert!(screen.contains("<!channel>") && !screen.contains('\u{202e}'), "{screen}");
    let body = chat.requests().remove(0).body;
    for attack in ["<!channel>", "<!here>", "<https://evil", "\u{202e}"] {
        assert!(!body.contains(attack), "{attack}: {body}");
    }
}

#[test]
fn a_pager_is_not_rung_for_a_comment() {
    let pager = Service::good();
    let config = format!(
        "[targets.hook]\nkind = \"pagerduty\"\nurl = \"{}\"\nrouting_key = \"0123456789abcdef0123456789abcdef\"\nallow_private = true\n",
        pager.url()
    );
    let desk = begun(ALL, &config);
    let id = desk.open("The mail is down", &["--priority", "p1"]);
    desk.run(&["comment", &id, "We look at it"]).ok();
    desk.run(&["resolve", &id, "--resolution", "fixed", "-m", "done"]).ok();
    desk.run(&["notify"]).ok();
    let acts: Vec<String> = pager.requests().iter().map(|request| request.json()["event_action"].to_string()).collect();
    assert_eq!(acts, ["\"trigger\"", "\"resolve\""]);
    let keys: Vec<String> = pager.requests().iter().map(|request| request.json()["dedup_key"].to_string()).collect();
    assert_eq!(keys[0], keys[1]);
}
