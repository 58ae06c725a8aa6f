//! Discord, webhook: <https://docs.discord.com/developers/resources/webhook#execute-webhook>, limits of embeds:
//! <https://docs.discord.com/developers/resources/message#embed-object-embed-limits> (6000 characters in all).

use serde_json::{Value, json};

use crate::net::notice::Notice;
use crate::net::text::{fitted, markdown};

pub fn message(notice: &Notice) -> Value {
    let headline = fitted(&notice.headline(), 250, markdown);
    let title = match notice.link() {
        // In pointed brackets, so that no preview of it is fetched.
        Some(url) => format!("**[{headline}](<{url}>)**"),
        None => format!("**{headline}**"),
    };
    let facts = notice.facts();
    let fields =
        facts.iter().map(|(name, value)| json!({"name": name, "value": fitted(value, 300, markdown), "inline": true}));
    let mut embed = json!({
        "color": notice.colour(),
        "timestamp": notice.at.to_string(),
        "fields": fields.collect::<Vec<_>>(),
        "footer": {"text": notice.desk_name()},
    });
    if let Some(body) = notice.excerpt() {
        embed["description"] = json!(fitted(&body, 2_000, markdown));
    }
    json!({
        "content": format!("{title}\n{}", fitted(&notice.sentence(), 1_000, markdown)),
        "embeds": [embed],
        // Nobody is called, whatever stands in the text.
        "allowed_mentions": {"parse": []},
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::payload::sample;

    #[test]
    fn opened_and_resolved() {
        let field = |name, value| json!({"name": name, "value": value, "inline": true});
        assert_eq!(
            message(&sample::opened()),
            json!({
                "content": "**[k7m3 Disk of db1 is full](<https://desk.example/t/k7m3>)**\nopened by machine@db1 in infra, p2",
                "embeds": [{
                    "description": "/var is at 98 %\nplease help",
                    "color": 15_241_517,
                    "timestamp": "2026-11-24T08:15:02Z",
                    "fields": [field("Priority", "p2"), field("Status", "new"), field("Queue", "infra"),
                        field("Requester", "machine@db1")],
                    "footer": {"text": "it"},
                }],
                "allowed_mentions": {"parse": []},
            })
        );
        let resolved = message(&sample::resolved());
        assert_eq!(
            resolved["content"],
            json!("**[k7m3 Disk of db1 is full](<https://desk.example/t/k7m3>)**\nresolved by kim: fixed")
        );
        assert_eq!(resolved["embeds"][0]["color"], json!(0x2e_b886));
        assert_eq!(resolved["embeds"][0]["description"], Value::Null);
    }

    #[test]
    fn hostile_words_call_nobody_and_fit() {
        let message = message(&sample::hostile());
        assert_eq!(message["allowed_mentions"], json!({"parse": []}));
        let content = message["content"].as_str().unwrap();
        assert!(
            content.starts_with(r"**k7m3 @everyone @here \<!channel\> \<@U1\> \<https://evil\|ok\> \[x\]"),
            "{content}"
        );
        assert!(content.encode_utf16().count() <= 2_000);
        assert!(message["embeds"][0].to_string().encode_utf16().count() < 6_000);
    }
}
