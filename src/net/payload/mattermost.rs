//! Mattermost, incoming webhook: <https://developers.mattermost.com/integrate/webhooks/incoming/> and
//! <https://developers.mattermost.com/integrate/reference/message-attachments/>.
//!
//! Nothing turns mentions off there, and a backslash does not hide one: after each `@` comes a space of no width.

use serde_json::{Value, json};

use crate::net::notice::Notice;
use crate::net::text::{cut, fitted, markdown};

pub fn message(notice: &Notice) -> Value {
    let headline = fitted(&notice.headline(), 500, harmless);
    let title = match notice.link() {
        Some(url) => format!("**[{headline}]({url})**"),
        None => format!("**{headline}**"),
    };
    let sentence = fitted(&notice.sentence(), 1_000, harmless);
    let facts = notice.facts();
    let fields = facts
        .iter()
        .map(|(name, value)| json!({"title": name, "value": fitted(value, 1_000, harmless), "short": true}));
    json!({
        "text": format!("{title}\n{sentence}"),
        "attachments": [{
            // Plain text, for clients that draw no attachment.
            "fallback": quiet(&cut(&format!("{}: {}", notice.headline(), notice.sentence()), 1_000)),
            "color": format!("#{:06x}", notice.colour()),
            "text": notice.excerpt().map(|body| fitted(&body, 4_000, harmless)).unwrap_or_default(),
            "fields": fields.collect::<Vec<_>>(),
        }],
    })
}

fn harmless(text: &str) -> String {
    quiet(&markdown(text))
}

/// Mattermost takes Slack's `<!channel>` as well.
fn quiet(text: &str) -> String {
    text.replace('@', "@\u{200b}").replace("<!", "<\u{200b}!")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::payload::sample;

    #[test]
    fn opened_and_resolved() {
        let field = |title, value| json!({"title": title, "value": value, "short": true});
        assert_eq!(
            message(&sample::opened()),
            json!({
                "text": "**[k7m3 Disk of db1 is full](https://desk.example/t/k7m3)**\n\
                         opened by machine@\u{200b}db1 in infra, p2",
                "attachments": [{
                    "fallback": "k7m3 Disk of db1 is full: opened by machine@\u{200b}db1 in infra, p2",
                    "color": "#e8912d",
                    "text": "/var is at 98 %\nplease help",
                    "fields": [field("Priority", "p2"), field("Status", "new"), field("Queue", "infra"),
                        field("Requester", "machine@\u{200b}db1")],
                }],
            })
        );
        let attachment = &message(&sample::resolved())["attachments"][0];
        assert_eq!(attachment["fallback"], json!("k7m3 Disk of db1 is full: resolved by kim: fixed"));
        assert_eq!((&attachment["color"], &attachment["text"]), (&json!("#2eb886"), &json!("")));
    }

    #[test]
    fn hostile_words_call_nobody_and_link_nowhere() {
        let message = message(&sample::hostile());
        let title = "@\u{200b}everyone @\u{200b}here \\<\u{200b}!channel\\> \\<@\u{200b}U1\\> \\<https://evil\\|ok\\> \
                     \\[x\\](https://evil) \\*\\*b\\*\\* \\`c\\` \\& # h \\<b\\>";
        assert_eq!(message["text"], json!(format!("**k7m3 {title}**\n{title}")));
        let text = message.to_string();
        for call in ["@everyone", "@here", "<!channel>", "<@U1>"] {
            assert!(!text.contains(call), "{call}");
        }
    }
}
