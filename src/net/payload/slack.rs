//! Slack, incoming webhook: <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>.
//!
//! Slack has no escape for `*`, `_`, `~` and backticks: in a title they may change how it looks, and nothing else. The
//! body is `plain_text`, where they mean nothing.

use serde_json::{Value, json};

use crate::net::notice::Notice;
use crate::net::text::{fitted, slack};

pub fn message(notice: &Notice) -> Value {
    let headline = fitted(&notice.headline(), 500, slack);
    let title = match notice.link() {
        Some(url) => format!("*<{}|{headline}>*", slack(url)),
        None => format!("*{headline}*"),
    };
    let sentence = fitted(&notice.sentence(), 1_000, slack);
    let mut blocks = vec![json!({"type": "section", "text": mrkdwn(&format!("{title}\n{sentence}"))})];
    if let Some(body) = notice.excerpt() {
        let text = json!({"type": "plain_text", "text": fitted(&body, 2_900, slack), "emoji": false});
        blocks.push(json!({"type": "section", "text": text}));
    }
    let facts = notice.facts();
    let fields = facts.iter().map(|(name, value)| mrkdwn(&format!("*{name}*\n{}", fitted(value, 1_500, slack))));
    blocks.push(json!({"type": "section", "fields": fields.collect::<Vec<_>>()}));
    json!({
        // What a phone shows, and what is read aloud.
        "text": format!("{headline}: {sentence}"),
        "blocks": blocks,
        "unfurl_links": false,
        "unfurl_media": false,
    })
}

/// `verbatim`: names of people and channels in it stay words.
fn mrkdwn(text: &str) -> Value {
    json!({"type": "mrkdwn", "text": text, "verbatim": true})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::payload::sample;

    #[test]
    fn opened_and_resolved() {
        let field = |name, value| mrkdwn(&format!("*{name}*\n{value}"));
        assert_eq!(
            message(&sample::opened()),
            json!({
                "text": "k7m3 Disk of db1 is full: opened by machine@db1 in infra, p2",
                "blocks": [
                    {"type": "section", "text": {"type": "mrkdwn", "verbatim": true, "text":
                        "*<https://desk.example/t/k7m3|k7m3 Disk of db1 is full>*\nopened by machine@db1 in infra, p2"}},
                    {"type": "section", "text":
                        {"type": "plain_text", "text": "/var is at 98 %\nplease help", "emoji": false}},
                    {"type": "section", "fields": [field("Priority", "p2"), field("Status", "new"),
                        field("Queue", "infra"), field("Requester", "machine@db1")]},
                ],
                "unfurl_links": false,
                "unfurl_media": false,
            })
        );
        assert_eq!(
            message(&sample::resolved())["blocks"],
            json!([
                {"type": "section", "text": {"type": "mrkdwn", "verbatim": true, "text":
                    "*<https://desk.example/t/k7m3|k7m3 Disk of db1 is full>*\nresolved by kim: fixed"}},
                {"type": "section", "fields": [field("Priority", "p2"), field("Status", "resolved"),
                    field("Queue", "infra"), field("Assignee", "kim"), field("Requester", "machine@db1")]},
            ])
        );
    }

    #[test]
    fn hostile_words_call_nobody_and_link_nowhere() {
        let message = message(&sample::hostile());
        let title = "@everyone @here &lt;!channel&gt; &lt;@U1&gt; &lt;https://evil|ok&gt; [x](https://evil) **b** `c` \
                     &amp; # h &lt;b&gt;";
        assert_eq!(message["text"], json!(format!("k7m3 {title}: {title}")));
        assert!(!message.to_string().contains(['<', '>']), "{message}");
        assert!(message["blocks"][1]["text"]["text"].as_str().unwrap().encode_utf16().count() <= 3_000);
    }
}
