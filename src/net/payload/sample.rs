//! The notices that the tests of all services tell.

use serde_json::json;

use crate::model::policy::Occasion;
use crate::model::word::{Priority, Status};
use crate::net::notice::{Notice, Ticket};

pub fn opened() -> Notice {
    Notice {
        id: "0af3c1-opened-k7m3x9pd".to_owned(),
        occasion: Occasion::Opened,
        at: "2026-11-24T08:15:02Z".parse().unwrap(),
        desk: "it".to_owned(),
        ticket: Ticket {
            id: "261124-k7m3x9pd".to_owned(),
            handle: "k7m3".to_owned(),
            title: "Disk of db1 is full".to_owned(),
            status: Status::New,
            priority: Priority::P2,
            queue: "infra".to_owned(),
            assignee: String::new(),
            requester: "machine@db1".to_owned(),
            customer: String::new(),
            key: "db1/disk".to_owned(),
            group: "db".to_owned(),
            url: Some("https://desk.example/t/k7m3".to_owned()),
        },
        text: "opened by machine@db1 in infra, p2".to_owned(),
        by: "machine@db1".to_owned(),
        body: Some("/var is at 98 %\nplease help".to_owned()),
        data: json!({"schema": "desk.ticket/1", "id": "261124-k7m3x9pd"}),
    }
}

pub fn resolved() -> Notice {
    let mut notice = opened();
    notice.id = "9be207-resolved-k7m3x9pd".to_owned();
    notice.occasion = Occasion::Resolved;
    notice.at = "2026-11-24T09:00:00Z".parse().unwrap();
    notice.ticket.status = Status::Resolved;
    notice.ticket.assignee = "kim".to_owned();
    notice.text = "resolved by kim: fixed".to_owned();
    notice.by = "kim".to_owned();
    notice.body = None;
    notice
}

/// Every text is an attack, and none has a link or an end.
pub fn hostile() -> Notice {
    let mut notice = opened();
    let attack = "@everyone @here <!channel> <@U1> <https://evil|ok> [x](https://evil) **b** `c` & \u{202e}\n# h\n<b>";
    notice.ticket.title = attack.to_owned();
    notice.ticket.queue = attack.to_owned();
    notice.ticket.url = Some("javascript:alert(1)".to_owned());
    notice.text = attack.to_owned();
    notice.by = attack.to_owned();
    notice.body = Some(attack.repeat(100));
    notice
}
