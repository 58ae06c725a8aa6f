//! ntfy, JSON at the server's root: <https://docs.ntfy.sh/publish/#publish-as-json>. Text is text there unless
//! `markdown` is asked for, which it is not.

use serde_json::{Value, json};

use crate::model::policy::Occasion;
use crate::model::word::Priority;
use crate::net::notice::Notice;
use crate::net::request::Request;
use crate::net::text::{cut, cut_bytes};

pub fn request(url: &str, topic: &str, token: Option<&str>, notice: &Notice) -> Request {
    let request = Request::post(url, &message(topic, notice));
    match token {
        Some(token) => request.header("authorization", format!("Bearer {token}")),
        None => request,
    }
}

fn message(topic: &str, notice: &Notice) -> Value {
    let text = [Some(notice.sentence()), notice.excerpt()].into_iter().flatten().collect::<Vec<_>>().join("\n\n");
    let mut message = json!({
        "topic": topic,
        "title": cut(&notice.headline(), 250),
        // From 4096 bytes on it would become an attached file.
        "message": cut_bytes(&text, 3_500),
        "priority": priority(notice),
        "tags": [emoji(notice.occasion), notice.occasion.as_str(), notice.ticket.priority.as_str()],
    });
    if let Some(url) = notice.link() {
        message["click"] = json!(url);
    }
    message
}

/// 5 rings and shakes for long, 3 is plain, 1 makes no sound.
fn priority(notice: &Notice) -> u8 {
    let level = match notice.ticket.priority {
        Priority::P1 => 5,
        Priority::P2 => 4,
        Priority::P3 => 3,
        Priority::P4 => 2,
        Priority::P5 => 1,
    };
    match notice.occasion {
        // Not worth a loud sound, however urgent the ticket is.
        Occasion::Resolved | Occasion::Assigned | Occasion::Comment => level.min(3),
        Occasion::Breached | Occasion::AtRisk | Occasion::Escalated => level.max(3),
        Occasion::Opened | Occasion::Reopened => level,
    }
}

/// A short code that ntfy shows as a sign before the title.
fn emoji(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Opened => "ticket",
        Occasion::Assigned => "point_right",
        Occasion::Escalated => "arrow_double_up",
        Occasion::Resolved => "white_check_mark",
        Occasion::Reopened => "repeat",
        Occasion::Breached => "rotating_light",
        Occasion::AtRisk => "hourglass_flowing_sand",
        Occasion::Comment => "speech_balloon",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::payload::sample;

    #[test]
    fn opened_and_resolved() {
        assert_eq!(
            message("desk", &sample::opened()),
            json!({
                "topic": "desk",
                "title": "k7m3 Disk of db1 is full",
                "message": "opened by machine@db1 in infra, p2\n\n/var is at 98 %\nplease help",
                "priority": 4,
                "tags": ["ticket", "opened", "p2"],
                "click": "https://desk.example/t/k7m3",
            })
        );
        assert_eq!(
            message("desk", &sample::resolved()),
            json!({
                "topic": "desk",
                "title": "k7m3 Disk of db1 is full",
                "message": "resolved by kim: fixed",
                "priority": 3,
                "tags": ["white_check_mark", "resolved", "p2"],
                "click": "https://desk.example/t/k7m3",
            })
        );
        let request = request("https://ntfy.sh/", "desk", Some("tk_1"), &sample::opened());
        assert!(request.headers.contains(&("authorization".to_owned(), "Bearer tk_1".to_owned())));
    }

    #[test]
    fn a_long_text_stays_a_message() {
        let mut notice = sample::hostile();
        notice.text = "ä".repeat(5_000);
        let message = message("desk", &notice);
        assert!(message["message"].as_str().unwrap().len() <= 3_500);
        assert_eq!(message["click"], Value::Null);
    }
}
