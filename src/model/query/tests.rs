use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::model::id::TicketId;
use crate::model::ticket::Ticket;
use crate::model::times::Times;
use crate::model::word::{Priority, Status};

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    time("2026-11-24T10:00:00Z")
}

fn ticket() -> Ticket {
    let id = TicketId::parse("261124-k7m3x9pd").unwrap();
    Ticket {
        status: Status::Active,
        priority: Priority::P2,
        queue: "net".into(),
        assignee: "ana".into(),
        asset: "db1".into(),
        tags: vec!["vpn".into(), "urgent".into()],
        body: "Connection refused by Prüf-Server".into(),
        fields: [("used_pct".to_owned(), 93.into())].into(),
        ..Ticket::new(id, "VPN drops", time("2026-11-24T05:00:00Z"))
    }
}

fn fits(query: &str) -> bool {
    let context = Context { now: now(), zone: TimeZone::UTC, me: vec!["ana".into()], oncall: vec![] };
    let ticket = ticket();
    let thread = Vec::new;
    let times = Times { updated: Some(time("2026-11-24T05:30:00Z")), ..Times::default() };
    Query::parse(query, now(), &TimeZone::UTC).unwrap().matches(&Subject::new(&ticket, &thread, times), &context)
}

#[test]
fn the_documented_queries_mean_what_they_say() {
    let yes = [
        "",
        "is:open",
        "queue:net,infra priority:p1..p2 assignee:@me",
        "opened:2026-11-01..2026-11-24 resolution!=duplicate",
        "idle:4h..",
        "idle:4h",
        "no:service (asset:db1 or asset:db2)",
        "\"connection refused\"",
        "refus",
        "pruf server",
        "title~VPN",
        "title~/^vpn/ or title~/^VPN/",
        "tag:vpn",
        "field.used_pct:93",
        "field.used_pct:90..100",
        "not queue:l1",
        "age:..1d",
        "assignee:me",
        "has:assignee",
        "opened:today",
        "id:k7m3",
        "QUEUE:net",
        "is:mine",
        "service:none",
        "category:@none",
        "queue=net and asset=db1",
    ];
    let no = [
        "is:closed",
        "queue:l1",
        "priority:p3..",
        "assignee:none",
        "\"refused connection\"",
        "no:asset",
        "tag!=vpn",
        "idle:5h..",
        "opened:yesterday",
        "queue:nobody-here or asset:none",
        "title~/^drops/",
        "is:overdue",
        "status!=active",
    ];
    for query in yes {
        assert!(fits(query), "{query} should fit");
    }
    for query in no {
        assert!(!fits(query), "{query} should not fit");
    }
}

#[test]
fn an_error_points_at_its_place_and_names_the_nearest() {
    let error = Query::parse("quue:infra is:open", now(), &TimeZone::UTC).unwrap_err();
    assert_eq!(error.to_string(), "no field `quue`");
    assert_eq!(error.lines(), ["quue:infra is:open", "^^^^ queue?"]);
    let error = Query::parse("queue:l1 is:opne", now(), &TimeZone::UTC).unwrap_err();
    assert_eq!(error.lines(), ["queue:l1 is:opne", "            ^^^^ open?"]);
    for wrong in ["(a", "a)", "idle:x", "opened:x", "title~/(/", "queue:", "is:"] {
        assert!(Query::parse(wrong, now(), &TimeZone::UTC).is_err(), "{wrong}");
    }
    assert!(Query::parse(&"(".repeat(100), now(), &TimeZone::UTC).is_err());
}

#[test]
fn a_query_that_names_no_status_is_about_open_tickets() {
    let names = |query: &str| Query::parse(query, now(), &TimeZone::UTC).unwrap().names_status();
    assert!(!names("queue:l1 vpn"));
    assert!(names("is:closed") && names("status:waiting or queue:l1") && names("not is:open"));
    assert!(names("is:conflicted"));
}

proptest! {
    #[test]
    fn no_text_breaks_the_parser(text in "\\PC{0,40}|[a-z:()\"/~!=., ]{0,40}") {
        if let Err(error) = Query::parse(&text, now(), &TimeZone::UTC) {
            let _ = error.lines();
        }
    }
}
