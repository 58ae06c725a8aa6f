//! Opsgenie, Alert API: <https://docs.opsgenie.com/docs/alert-api>. One ticket is one alert, known by its `alias`.

use serde_json::{Map, Value, json};

use crate::model::policy::Occasion;
use crate::net::notice::Notice;
use crate::net::request::Request;
use crate::net::text::{cut, line, percent};

pub fn request(url: &str, api_key: &str, notice: &Notice) -> Request {
    let url = url.trim_end_matches('/');
    let on_alert = |act: &str| {
        let url = format!("{url}/{}/{act}?identifierType=alias", percent(&notice.key()));
        Request::post(url, &note(notice))
    };
    let request = match notice.occasion {
        Occasion::Opened | Occasion::Escalated | Occasion::Reopened | Occasion::Breached | Occasion::AtRisk => {
            Request::post(url, &alert(notice))
        }
        Occasion::Assigned => on_alert("acknowledge"),
        Occasion::Resolved => on_alert("close"),
        Occasion::Comment => on_alert("notes"),
    };
    request.header("authorization", format!("GenieKey {api_key}"))
}

fn note(notice: &Notice) -> Value {
    json!({"user": by(notice), "source": notice.desk_name(), "note": said(notice)})
}

fn alert(notice: &Notice) -> Value {
    let ticket = &notice.ticket;
    let facts = notice.facts().into_iter();
    let mut details: Map<String, Value> = facts.map(|(name, value)| (name.to_lowercase(), json!(value))).collect();
    details.insert("ticket".to_owned(), json!(ticket.id));
    if let Some(url) = notice.link() {
        details.insert("url".to_owned(), json!(url));
    }
    let tags = [notice.occasion.as_str(), &ticket.queue, &ticket.group];
    let tags = tags.iter().filter(|tag| !tag.is_empty()).map(|tag| cut(&line(tag), 50));
    json!({
        "message": cut(&notice.headline(), 130),
        "alias": notice.key(),
        "description": said(notice),
        "priority": ticket.priority.as_str().to_uppercase(),
        "entity": cut(&line(&ticket.key), 512),
        "source": notice.desk_name(),
        "user": by(notice),
        "tags": tags.collect::<Vec<_>>(),
        "details": details,
    })
}

fn said(notice: &Notice) -> String {
    let said = [Some(cut(&notice.sentence(), 1_000)), notice.excerpt()];
    said.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

fn by(notice: &Notice) -> String {
    cut(&line(&notice.by), 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::payload::sample;

    const URL: &str = "https://api.eu.opsgenie.com/v2/alerts";

    #[test]
    fn opened_and_resolved() {
        let opened = request(URL, "K", &sample::opened());
        assert_eq!(opened.url, URL);
        assert!(opened.headers.contains(&("authorization".to_owned(), "GenieKey K".to_owned())));
        assert_eq!(
            alert(&sample::opened()),
            json!({
                "message": "k7m3 Disk of db1 is full",
                "alias": "it:261124-k7m3x9pd",
                "description": "opened by machine@db1 in infra, p2\n\n/var is at 98 %\nplease help",
                "priority": "P2",
                "entity": "db1/disk",
                "source": "it",
                "user": "machine@db1",
                "tags": ["opened", "infra", "db"],
                "details": {"ticket": "261124-k7m3x9pd", "priority": "p2", "status": "new", "queue": "infra",
                    "requester": "machine@db1", "url": "https://desk.example/t/k7m3"},
            })
        );
        let resolved = request(URL, "K", &sample::resolved());
        assert_eq!(resolved.url, format!("{URL}/it%3A261124-k7m3x9pd/close?identifierType=alias"));
        let body: Value = serde_json::from_str(&resolved.body).unwrap();
        assert_eq!(body, json!({"user": "kim", "source": "it", "note": "resolved by kim: fixed"}));
    }

    #[test]
    fn long_words_are_cut() {
        let mut notice = sample::hostile();
        notice.ticket.title = "x".repeat(500);
        let alert = alert(&notice);
        assert_eq!(alert["message"].as_str().map(|text| text.encode_utf16().count()), Some(130));
        assert!(alert["tags"].as_array().unwrap().iter().all(|tag| tag.as_str().unwrap().chars().count() <= 50));
    }
}
