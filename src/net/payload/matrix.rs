//! Matrix, the client-server API's "send":
//! <https://spec.matrix.org/latest/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid>.
//!
//! The transaction is the notice's id: a server that has it answers a repeat with the same event.

use serde_json::{Value, json};

use crate::net::notice::Notice;
use crate::net::request::{Method, Request};
use crate::net::text::{cut, html, percent};

pub fn request(server: &str, room: &str, token: &str, notice: &Notice) -> Request {
    let url = format!(
        "{}/_matrix/client/v3/rooms/{}/send/m.room.message/{}",
        server.trim_end_matches('/'),
        percent(room),
        percent(&notice.id)
    );
    let request = Request::post(url, &message(notice)).header("authorization", format!("Bearer {token}"));
    Request { method: Method::Put, ..request }
}

fn message(notice: &Notice) -> Value {
    let headline = cut(&notice.headline(), 500);
    let sentence = cut(&notice.sentence(), 1_000);
    let excerpt = notice.excerpt();
    let facts = notice.facts();
    let facts: Vec<String> = facts.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let facts = facts.join(" · ");
    let title = match notice.link() {
        Some(url) => format!("<a href=\"{}\">{}</a>", html(url), html(&headline)),
        None => html(&headline),
    };
    let quote = excerpt.as_deref().map(|body| html(body).replace('\n', "<br>"));
    let quote = quote.map(|body| format!("<blockquote>{body}</blockquote>")).unwrap_or_default();
    let plain = [Some(format!("{headline}\n{sentence}\n{facts}")), excerpt, notice.link().map(str::to_owned)];
    json!({
        // A client rings for a text; a notice only stands there.
        "msgtype": if notice.is_urgent() { "m.text" } else { "m.notice" },
        "body": plain.into_iter().flatten().collect::<Vec<_>>().join("\n\n"),
        "format": "org.matrix.custom.html",
        "formatted_body": format!("<strong>{title}</strong><br>{}<br>{}{quote}", html(&sentence), html(&facts)),
        // Present and empty: no name in the text, and no @room, calls anybody.
        "m.mentions": {},
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::payload::sample;

    #[test]
    fn opened_and_resolved() {
        let request = |notice: &Notice| request("https://m.example/", "!a b:m.example", "syt_x", notice);
        let opened = request(&sample::opened());
        let url = "https://m.example/_matrix/client/v3/rooms/%21a%20b%3Am.example/send/m.room.message/";
        assert_eq!(opened.method, Method::Put);
        assert_eq!(opened.url, format!("{url}0af3c1-opened-k7m3x9pd"));
        assert!(opened.headers.contains(&("authorization".to_owned(), "Bearer syt_x".to_owned())));
        assert_eq!(
            message(&sample::opened()),
            json!({
                "msgtype": "m.text",
                "body": "k7m3 Disk of db1 is full\nopened by machine@db1 in infra, p2\n\
                         Priority: p2 · Status: new · Queue: infra · Requester: machine@db1\n\n\
                         /var is at 98 %\nplease help\n\nhttps://desk.example/t/k7m3",
                "format": "org.matrix.custom.html",
                "formatted_body": "<strong><a href=\"https://desk.example/t/k7m3\">k7m3 Disk of db1 is full</a></strong>\
                                   <br>opened by machine@db1 in infra, p2\
                                   <br>Priority: p2 · Status: new · Queue: infra · Requester: machine@db1\
                                   <blockquote>/var is at 98 %<br>please help</blockquote>",
                "m.mentions": {},
            })
        );
        let resolved = message(&sample::resolved());
        assert_eq!(resolved["msgtype"], json!("m.notice"));
        assert_eq!(
            resolved["body"],
            json!(
                "k7m3 Disk of db1 is full\nresolved by kim: fixed\nPriority: p2 · Status: resolved · Queue: infra · \
                 Assignee: kim · Requester: machine@db1\n\nhttps://desk.example/t/k7m3"
            )
        );
    }

    #[test]
    fn hostile_words_are_no_html_and_call_nobody() {
        let message = message(&sample::hostile());
        assert_eq!(message["m.mentions"], json!({}));
        let html = message["formatted_body"].as_str().unwrap();
        for tag in ["<b>", "<!", "<@", "<https", "javascript:"] {
            assert!(!html.contains(tag), "{tag} in {html}");
        }
        // An event is at most 65 536 bytes.
        assert!(message.to_string().len() < 30_000);
    }
}
