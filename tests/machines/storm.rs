//! When everything fails at once.

use std::time::Instant;

use super::{applied, commit, count, event, host, hub, only, put};
use crate::support::TestDesk;

#[test]
fn a_thousand_at_once_are_one_commit_below_one_ticket_and_that_one_goes_up() {
    let world = TestDesk::nowhere();
    let (hub, web) = (hub(&world), host(&world, "web"));
    let rule = "[[sla]]\n[sla.targets.p3]\nacknowledge = \"1h\"\nresolve = \"4h\"\n\n\
                [[escalation]]\nname = \"look\"\nclock = \"acknowledge\"\nat = \"100%\"\ndo = [\"notify\", \"escalate\"]\n";
    let text = hub.git(&["show", "main:desk.toml"]);
    let policy = format!("{}\n\n{rule}", text.split("[[sla]]").next().unwrap().trim_end());
    commit(&hub, "desk.toml", &policy);
    let events = 1_000;
    for number in 0..events {
        let mut event = event(&format!("event-{number:04}"), &format!("ping/host-{number:04}"), "web");
        event["group"] = "rack-7".into();
        event["at"] = format!("2026-11-24T10:00:{:02}Z", number % 30).into();
        put(&web, &format!("{number:04}.json"), event.to_string());
    }
    web.run(&["flush", "--hub", &hub.path().display().to_string()]).ok();
    hub.later(3 * 3_600);
    let commits = hub.commits();
    let begin = Instant::now();
    hub.run(&["intake"]).ok();
    eprintln!("{events} events of one group: {:?}", begin.elapsed());
    assert_eq!((hub.commits(), applied(&hub).len()), (commits + 1, events));
    let parent = only(&hub, "is:parent");
    assert_eq!(parent["title"], "rack-7: 1000 failures at once");
    assert_eq!(count(&hub, "is:open"), events + 1);
    let children =
        parent["links"].as_array().map_or(0, |links| links.iter().filter(|one| one["type"] == "child").count());
    assert_eq!(children, events, "{}", parent["links"]);
    // An hour later nobody has looked at any of them.
    hub.later(3_600);
    let swept = hub.run(&["sweep", "-o", "tsv"]).ok();
    let of: Vec<&str> = swept.lines().skip(1).filter_map(|line| line.split('\t').nth(1)).collect();
    assert!(!of.is_empty() && of.iter().all(|id| parent["id"] == *id), "{swept}");
    let commits = hub.commits();
    hub.run(&["sweep"]).ok();
    assert_eq!(hub.commits(), commits);
    hub.is_sound();
}
