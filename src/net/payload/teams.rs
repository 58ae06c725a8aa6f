//! Microsoft Teams, a workflow's webhook ("When a Teams webhook request is received"): a message with an adaptive card.
//! <https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook>
//!
//! Markdown is read in a `TextBlock` and a `FactSet`, and not in a `RichTextBlock`: all words stand in the latter.

use serde_json::{Value, json};

use crate::net::notice::Notice;
use crate::net::text::cut;

pub fn message(notice: &Notice) -> Value {
    let headline =
        json!({"type": "TextRun", "text": cut(&notice.headline(), 500), "weight": "Bolder", "size": "Medium"});
    let sentence = json!({"type": "TextRun", "text": cut(&notice.sentence(), 1_000)});
    let mut body = vec![paragraph(vec![headline]), paragraph(vec![sentence])];
    body.extend(notice.facts().iter().map(|(name, value)| fact(name, value)));
    if let Some(excerpt) = notice.excerpt() {
        body.push(json!({"type": "Container", "style": "emphasis", "items": lines(&excerpt)}));
    }
    let mut card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    });
    if let Some(url) = notice.link() {
        card["actions"] = json!([{"type": "Action.OpenUrl", "title": "Open the ticket", "url": url}]);
    }
    json!({
        "type": "message",
        "attachments": [
            {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": card},
        ],
    })
}

fn paragraph(runs: Vec<Value>) -> Value {
    json!({"type": "RichTextBlock", "inlines": runs})
}

fn fact(name: &str, value: &str) -> Value {
    let mut block = paragraph(vec![
        json!({"type": "TextRun", "text": format!("{name}: "), "isSubtle": true}),
        json!({"type": "TextRun", "text": value}),
    ]);
    block["spacing"] = json!("None");
    block
}

fn lines(text: &str) -> Vec<Value> {
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).take(40);
    lines.map(|line| paragraph(vec![json!({"type": "TextRun", "text": line})])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::payload::sample;

    fn run(text: &str) -> Value {
        json!({"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text}]})
    }

    #[test]
    fn opened_and_resolved() {
        let headline = json!({"type": "RichTextBlock", "inlines": [
            {"type": "TextRun", "text": "k7m3 Disk of db1 is full", "weight": "Bolder", "size": "Medium"}]});
        let card = json!({
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": [
                headline,
                run("opened by machine@db1 in infra, p2"),
                fact("Priority", "p2"), fact("Status", "new"), fact("Queue", "infra"), fact("Requester", "machine@db1"),
                {"type": "Container", "style": "emphasis", "items": [run("/var is at 98 %"), run("please help")]},
            ],
            "actions": [{"type": "Action.OpenUrl", "title": "Open the ticket", "url": "https://desk.example/t/k7m3"}],
        });
        let attachment =
            json!({"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": card});
        assert_eq!(message(&sample::opened()), json!({"type": "message", "attachments": [attachment]}));
        assert_eq!(
            message(&sample::resolved())["attachments"][0]["content"]["body"],
            json!([
                headline,
                run("resolved by kim: fixed"),
                fact("Priority", "p2"),
                fact("Status", "resolved"),
                fact("Queue", "infra"),
                fact("Assignee", "kim"),
                fact("Requester", "machine@db1"),
            ])
        );
    }

    #[test]
    fn hostile_words_stand_where_no_markdown_is_read() {
        let message = message(&sample::hostile());
        let text = message.to_string();
        assert!(!text.contains("TextBlock\",\"text") && !text.contains("FactSet") && !text.contains("javascript:"));
        // Teams takes 28 KB.
        assert!(text.len() < 20_000, "{}", text.len());
        assert_eq!(message["attachments"][0]["content"]["actions"], Value::Null);
    }
}
