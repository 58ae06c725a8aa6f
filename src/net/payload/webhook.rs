//! Anything that takes Standard Webhooks:
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::model::base64;
use crate::net::notice::{EXCERPT, Notice};
use crate::net::request::Request;
use crate::net::text::cut;

/// The signed time is that of the try: receivers refuse what is older than minutes. The event's own stands in the body.
pub fn request(url: &str, secret: &[u8], notice: &Notice, now: Timestamp) -> Request {
    let request = Request::post(url, &body(notice));
    let signature = sign(secret, &notice.id, now.as_second(), &request.body);
    request
        .header("webhook-id", &notice.id)
        .header("webhook-timestamp", now.as_second().to_string())
        .header("webhook-signature", signature)
}

fn body(notice: &Notice) -> Value {
    json!({
        "type": format!("ticket.{}", notice.occasion.as_str().replace('-', "_")),
        "timestamp": notice.at.to_string(),
        "data": {
            "schema": "desk.notice/1",
            "id": notice.id,
            "desk": notice.desk,
            "occasion": notice.occasion.as_str(),
            "by": notice.by,
            "text": notice.text,
            "body": notice.body.as_deref().map(|body| cut(body, EXCERPT)),
            "ticket": notice.data,
        },
    })
}

/// `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`.
fn sign(secret: &[u8], id: &str, seconds: i64, body: &str) -> String {
    // A key may have any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    mac.update(format!("{id}.{seconds}.{body}").as_bytes());
    format!("v1,{}", base64::encode(&mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::policy::Occasion;
    use crate::net::payload::sample;

    #[test]
    fn the_published_vector_of_standard_webhooks() {
        let secret = base64::decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(
            sign(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn opened_and_resolved() {
        let secret = [7; 24];
        let now: Timestamp = "2026-11-24T08:20:00Z".parse().unwrap();
        let opened = request("https://a.example/hook", &secret, &sample::opened(), now);
        let signature = sign(&secret, "0af3c1-opened-k7m3x9pd", 1_795_508_400, &opened.body);
        let expected = [
            ("content-type", "application/json"),
            ("webhook-id", "0af3c1-opened-k7m3x9pd"),
            ("webhook-timestamp", "1795508400"),
            ("webhook-signature", &signature),
        ];
        assert_eq!(opened.headers, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(
            serde_json::from_str::<Value>(&opened.body).unwrap(),
            json!({
                "type": "ticket.opened",
                "timestamp": "2026-11-24T08:15:02Z",
                "data": {
                    "schema": "desk.notice/1",
                    "id": "0af3c1-opened-k7m3x9pd",
                    "desk": "it",
                    "occasion": "opened",
                    "by": "machine@db1",
                    "text": "opened by machine@db1 in infra, p2",
                    "body": "/var is at 98 %\nplease help",
                    "ticket": {"schema": "desk.ticket/1", "id": "261124-k7m3x9pd"},
                },
            })
        );
        let resolved = body(&sample::resolved());
        assert_eq!((&resolved["type"], &resolved["data"]["body"]), (&json!("ticket.resolved"), &Value::Null));
        let at_risk = body(&Notice { occasion: Occasion::AtRisk, ..sample::opened() });
        assert_eq!(at_risk["type"], json!("ticket.at_risk"));
    }
}
