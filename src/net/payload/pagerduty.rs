//! PagerDuty, Events API v2: <https://developer.pagerduty.com/docs/events-api-v2-overview>.
//!
//! One ticket is one alert, known by its `dedup_key`: what presses triggers it, an assignee acknowledges it, an end
//! resolves it.

use serde_json::{Map, Value, json};

use crate::model::policy::Occasion;
use crate::model::word::Priority;
use crate::net::notice::Notice;
use crate::net::text::{cut, line};

/// `None` for a comment: it would ring again, even for what is long resolved.
pub fn event(routing_key: &str, notice: &Notice) -> Option<Value> {
    let action = match notice.occasion {
        Occasion::Opened | Occasion::Escalated | Occasion::Reopened | Occasion::Breached | Occasion::AtRisk => {
            "trigger"
        }
        Occasion::Assigned => "acknowledge",
        Occasion::Resolved => "resolve",
        Occasion::Comment => return None,
    };
    let mut event = json!({"routing_key": routing_key, "event_action": action, "dedup_key": notice.key()});
    if action == "trigger" {
        event["payload"] = payload(notice);
        event["client"] = json!(format!("git-desk {}", notice.desk_name()));
        if let Some(url) = notice.link() {
            event["client_url"] = json!(url);
        }
    }
    Some(event)
}

fn payload(notice: &Notice) -> Value {
    let ticket = &notice.ticket;
    let mut details: Map<String, Value> =
        notice.facts().into_iter().map(|(name, value)| (name.to_lowercase(), json!(value))).collect();
    details.insert("ticket".to_owned(), json!(ticket.id));
    details.insert("by".to_owned(), json!(cut(&line(&notice.by), 200)));
    if let Some(excerpt) = notice.excerpt() {
        details.insert("text".to_owned(), json!(excerpt));
    }
    let mut payload = json!({
        "summary": cut(&format!("{}: {}", cut(&notice.headline(), 700), notice.sentence()), 1_024),
        "source": notice.desk_name(),
        "severity": severity(ticket.priority),
        "timestamp": notice.at.to_string(),
        "class": notice.occasion.as_str(),
        "custom_details": details,
    });
    for (name, value) in [("component", &ticket.key), ("group", &ticket.group)] {
        if !value.is_empty() {
            payload[name] = json!(cut(&line(value), 255));
        }
    }
    payload
}

fn severity(priority: Priority) -> &'static str {
    match priority {
        Priority::P1 => "critical",
        Priority::P2 => "error",
        Priority::P3 => "warning",
        Priority::P4 | Priority::P5 => "info",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::payload::sample;

    #[test]
    fn opened_and_resolved() {
        assert_eq!(
            event("R", &sample::opened()),
            Some(json!({
                "routing_key": "R",
                "event_action": "trigger",
                "dedup_key": "it:261124-k7m3x9pd",
                "payload": {
                    "summary": "k7m3 Disk of db1 is full: opened by machine@db1 in infra, p2",
                    "source": "it",
                    "severity": "error",
                    "timestamp": "2026-11-24T08:15:02Z",
                    "class": "opened",
                    "component": "db1/disk",
                    "group": "db",
                    "custom_details": {
                        "ticket": "261124-k7m3x9pd", "priority": "p2", "status": "new", "queue": "infra",
                        "requester": "machine@db1", "by": "machine@db1", "text": "/var is at 98 %\nplease help",
                    },
                },
                "client": "git-desk it",
                "client_url": "https://desk.example/t/k7m3",
            }))
        );
        assert_eq!(
            event("R", &sample::resolved()),
            Some(json!({"routing_key": "R", "event_action": "resolve", "dedup_key": "it:261124-k7m3x9pd"}))
        );
    }

    #[test]
    fn an_assignee_acknowledges_and_a_comment_rings_nobody() {
        let action = |occasion| event("R", &Notice { occasion, ..sample::opened() }).map(|e| e["event_action"].clone());
        assert_eq!(action(Occasion::Assigned), Some(json!("acknowledge")));
        assert_eq!(action(Occasion::Breached), Some(json!("trigger")));
        assert_eq!(action(Occasion::Comment), None);
    }

    #[test]
    fn a_long_summary_is_cut() {
        let mut notice = sample::hostile();
        notice.ticket.title = "🎉".repeat(2_000);
        notice.text = "x".repeat(2_000);
        let event = event("R", &notice).unwrap();
        let summary = event["payload"]["summary"].as_str().unwrap();
        assert!(summary.ends_with('…') && summary.encode_utf16().count() <= 1_024);
    }
}
