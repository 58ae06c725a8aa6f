//! Which tickets are looked at for those of the same trouble.

use jiff::Timestamp;

use super::*;
use crate::model::ticket::Ticket;

/// Tickets, each opened after the ones before it.
struct Desk {
    db: Connection,
    count: usize,
}

impl Desk {
    fn new() -> Desk {
        let db = Connection::open_in_memory().unwrap();
        sum::register(&db).unwrap();
        schema::create(&db).unwrap();
        schema::create_indexes(&db).unwrap();
        Desk { db, count: 0 }
    }

    fn put(&mut self, title: &str, priority: &str, open: bool) -> TicketId {
        let id = TicketId::parse(&format!("260101-a{:07}", self.count)).unwrap();
        self.count += 1;
        let opened = i64::try_from(self.count).unwrap();
        let time = Timestamp::from_second(opened).unwrap().to_string();
        let doc = serde_json::json!({"title": title, "status": "new", "priority": priority, "opened": time});
        let mut values = vec![Value::Null; 22];
        (values[0], values[2]) = (Value::Integer(id.pack()), Value::Integer(open.into()));
        (values[4], values[10]) = (priority.to_owned().into(), Value::Integer(opened));
        (values[19], values[20], values[21]) = (doc.to_string().into(), String::new().into(), String::new().into());
        self.db.execute(&sum::insertion("tickets", 22, 1..=22), rusqlite::params_from_iter(values)).unwrap();
        id
    }

    fn similar(self, title: &str) -> Vec<TicketId> {
        let world = World::new();
        let (store, commit) = (world.store(), world.commits[0].id);
        let index = Index { db: self.db, store: &store, commit, _guard: None, _copy: None };
        let ticket = Ticket::new(TicketId::parse("270101-a0000000").unwrap(), title, Timestamp::UNIX_EPOCH);
        index.similar(&ticket, 5).unwrap().into_iter().map(|found| found.ticket.id).collect()
    }
}

#[test]
fn the_newest_open_tickets_of_every_priority_are_looked_at_and_no_others() {
    let mut desk = Desk::new();
    let [_, older, old] = ["p1", "p1", "p4"].map(|priority| desk.put("blank pages again", priority, true));
    for number in 0..1_998 {
        desk.put(&format!("number {number}"), ["p2", "p3"][number % 2], true);
        desk.put(&format!("closed {number}"), "p3", false);
    }
    desk.put("blank pages", "p3", false);
    assert_eq!(desk.similar("blank pages"), [older, old]);
}

#[test]
fn words_that_many_of_the_newest_tickets_have_make_none_alike() {
    let found = |long_ago: &str, lately: &str| {
        let mut desk = Desk::new();
        (0..2_000).for_each(|number| _ = desk.put(&format!("{long_ago} {number}"), "p3", false));
        let other = desk.put("printer failed twice", "p3", true);
        (0..1_999).for_each(|number| _ = desk.put(&format!("{lately} {number}"), "p3", false));
        desk.similar("printer failed today").contains(&other)
    };
    assert!(found("printer failed", "mail lost"));
    assert!(!found("mail lost", "printer failed"));
}
