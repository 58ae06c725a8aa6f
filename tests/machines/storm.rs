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

/// A desk whose rule looks at what has run for half of its time.
fn watched(world: &TestDesk) -> TestDesk {
    let desk = hub(world);
    let rule =
        "\n[[escalation]]\nname = \"look\"\nclock = \"resolve\"\nat = \"50%\"\ndo = [\"notify\", \"escalate\"]\n";
    let policy = desk.git(&["show", "main:desk.toml"]) + rule;
    commit(&desk, "desk.toml", &policy);
    desk
}

/// Delivers what becomes of these keys of one group at a time of the day.
fn say(desk: &TestDesk, ask: &str, priority: &str, at: &str, keys: &[String]) {
    for key in keys {
        let mut event = event(&format!("{ask}-{key}-{}", at.replace(':', "")), key, "web");
        event["group"] = "rack-7".into();
        (event["ask"], event["priority"], event["at"]) = (ask.into(), priority.into(), at.into());
        put(desk, &format!("{ask}-{}.json", key.replace('/', "-")), event.to_string());
    }
    desk.run(&["flush", "-q"]).ok();
}

fn pings(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("ping/{number:02}")).collect()
}

fn links(ticket: &serde_json::Value) -> Vec<&str> {
    ticket["links"].as_array().unwrap().iter().map(|link| link["type"].as_str().unwrap()).collect()
}

const DAY: i64 = 86_400;

#[test]
fn a_storm_ends_with_the_last_below_it_and_the_next_failure_stands_alone_and_goes_up() {
    let world = TestDesk::nowhere();
    let desk = watched(&world);
    say(&desk, "trigger", "p1", "2026-11-24T08:00:00Z", &pings(12));
    let parent = only(&desk, "is:parent")["id"].as_str().unwrap().to_owned();
    desk.later(3_600);
    say(&desk, "resolve", "", "2026-11-24T08:30:00Z", &pings(11));
    assert_eq!(desk.ticket(&parent)["status"], "new");
    let commits = desk.commits();
    say(&desk, "resolve", "", "2026-11-24T08:31:00Z", &["ping/12".to_owned()]);
    assert_eq!((count(&desk, "is:open"), desk.commits()), (0, commits + 1));
    let over = desk.ticket(&parent);
    assert_eq!(
        (&over["resolution"], &over["solution"]),
        (&"fixed".into(), &"nothing below it is open any more".into())
    );
    desk.later(10 * DAY);
    say(&desk, "trigger", "p1", "2026-12-04T08:00:00Z", &["ping/lonely".to_owned()]);
    let lonely = only(&desk, "is:open");
    assert_eq!(links(&lonely), Vec::<&str>::new());
    desk.later(2 * DAY);
    let swept = desk.run(&["sweep", "-o", "tsv"]).ok();
    assert!(swept.contains(&format!("escalate\t{}\t", lonely["id"].as_str().unwrap())), "{swept}");
    desk.is_sound();
}

#[test]
fn a_sweep_ends_a_storm_whose_tickets_people_ended_unless_a_person_has_it() {
    let world = TestDesk::nowhere();
    let desk = watched(&world);
    say(&desk, "trigger", "p3", "2026-11-24T08:00:00Z", &pings(10));
    let parent = only(&desk, "is:parent")["id"].as_str().unwrap().to_owned();
    desk.run(&["sweep", "-q"]).ok();
    assert_eq!(desk.ticket(&parent)["status"], "new");
    let open: Vec<String> = desk.run(&["list", "key~ping/", "-o", "ids"]).ok().lines().map(str::to_owned).collect();
    assert_eq!(open.len(), 10);
    for id in &open {
        desk.run(&["resolve", id, "--resolution", "fixed", "-m", "the switch is back"]).ok();
    }
    let taken = desk.run(&["sweep", "-o", "tsv"]).ok();
    assert!(taken.contains(&format!("over\t{parent}\t")), "{taken}");
    assert_eq!((desk.ticket(&parent)["status"].as_str(), count(&desk, "is:open")), (Some("resolved"), 0));
    let commits = desk.commits();
    desk.run(&["sweep", "-q"]).ok();
    assert_eq!(desk.commits(), commits);

    // What a person has is theirs to end.
    say(&desk, "trigger", "p3", "2026-11-24T08:40:00Z", &pings(20)[10..]);
    let second = only(&desk, "is:open is:parent")["id"].as_str().unwrap().to_owned();
    desk.run(&["take", &second]).ok();
    say(&desk, "resolve", "", "2026-11-24T08:50:00Z", &pings(20)[10..]);
    desk.run(&["sweep", "-q"]).ok();
    assert_eq!(desk.ticket(&second)["status"], "active");
}

#[test]
fn the_parent_is_as_urgent_as_the_most_urgent_below_it() {
    let world = TestDesk::nowhere();
    let desk = watched(&world);
    say(&desk, "trigger", "p4", "2026-11-24T08:00:00Z", &pings(10));
    assert_eq!(only(&desk, "is:parent")["priority"], "p4");
    say(&desk, "trigger", "p1", "2026-11-24T08:00:10Z", &["ping/core".to_owned()]);
    let parent = only(&desk, "is:parent");
    assert_eq!(
        (&parent["priority"], &parent["priority_reason"]),
        (&"p1".into(), &"the most urgent of the tickets below it".into())
    );
    say(&desk, "trigger", "p5", "2026-11-24T08:00:20Z", &["ping/edge".to_owned()]);
    assert_eq!(only(&desk, "is:parent")["priority"], "p1");
    desk.later(3 * DAY);
    let swept = desk.run(&["sweep", "-o", "tsv"]).ok();
    assert!(swept.contains(&format!("escalate\t{}\t", parent["id"].as_str().unwrap())), "{swept}");
}

#[test]
fn nobody_makes_a_parent_or_a_missed_job_by_its_key() {
    let world = TestDesk::nowhere();
    let desk = watched(&world);
    for key in ["storm/rack-7", " storm/rack-7", "missed/run/hub/root/backup"] {
        desk.run(&["event", "trigger", "--key", key, "--title", "decoy"]).ok();
    }
    assert_eq!(
        desk.run(&["list", "title:decoy", "--fields", "key"]).ok(),
        "event/storm/rack-7\nevent/missed/run/hub/root/backup\n"
    );
    desk.run(&["event", "trigger", "--key", "victim", "--group", "rack-7", "--priority", "p1"]).ok();
    assert_eq!(links(&only(&desk, "key:victim")), Vec::<&str>::new());
    desk.run(&["event", "resolve", "--key", "storm/rack-7"]).ok();
    assert_eq!(count(&desk, "is:open title:decoy"), 1);
}
