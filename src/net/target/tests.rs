use toml::{Table, Value};

use super::*;

fn read(text: &str) -> Result<Target, Problem> {
    let table: Table = toml::from_str(text).unwrap();
    Target::read("chat", &Value::Table(table))
}

/// Message and hints on one line each.
fn refused(text: &str) -> String {
    let problem = read(text).unwrap_err();
    format!("{}\n{}", problem.message, problem.hints.join("\n"))
}

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

#[test]
fn each_kind_is_read_with_what_it_needs() {
    let url = |text: &str| read(text).map(|target| (target.kind().as_str(), target.url)).unwrap();
    for kind in ["slack", "teams", "mattermost", "discord"] {
        let text = format!("kind = \"{kind}\"\nurl = \"https://example.com/hook?sig=1\"");
        assert_eq!(url(&text), (kind, "https://example.com/hook?sig=1".to_owned()));
    }
    let key = "0123456789abcdef0123456789abcdef";
    let pagerduty = format!("kind = \"pagerduty\"\nrouting_key = \"{key}\"");
    assert_eq!(url(&pagerduty).1, "https://events.pagerduty.com/v2/enqueue");
    let opsgenie = "kind = \"opsgenie\"\napi_key = \"k\"\nurl = \"https://api.eu.opsgenie.com/v2/alerts\"";
    assert_eq!(url(opsgenie).1, "https://api.eu.opsgenie.com/v2/alerts");
    assert_eq!(url("kind = \"opsgenie\"\napi_key = \"k\"").1, "https://api.opsgenie.com/v2/alerts");
    let matrix = "kind = \"matrix\"\nurl = \"https://m.example\"\nroom = \"!a:m.example\"\ntoken = \"t\"";
    assert!(read(matrix).is_ok());
    assert!(read(&format!("kind = \"webhook\"\nurl = \"https://a.example\"\nsecret = \"{SECRET}\"")).is_ok());
    let local = "kind = \"slack\"\nurl = \"http://localhost:8065/hooks/x\"\nallow_private = true";
    assert!(read(local).unwrap().allow_private);
}

#[test]
fn a_topic_is_said_apart_or_in_the_address() {
    let ntfy = |rest: &str| {
        let target = read(&format!("kind = \"ntfy\"\n{rest}")).unwrap();
        let Service::Ntfy { topic, .. } = target.service else { unreachable!() };
        (target.url, topic)
    };
    let expected = ("https://ntfy.sh/".to_owned(), "desk".to_owned());
    assert_eq!(ntfy("url = \"https://ntfy.sh/desk\""), expected);
    assert_eq!(ntfy("url = \"https://ntfy.sh\"\ntopic = \"desk\""), expected);
}

#[test]
fn what_is_wrong_is_said_with_its_remedy_and_without_the_secret() {
    let hook = "kind = \"webhook\"\nurl = \"https://a.example\"\n";
    for (text, expected) in [
        ("", "target `chat`: `kind` is missing\nadd kind = \"slack\""),
        (
            "kind = \"slak\"",
            "target `chat`: `kind` is \"slak\", which no service is called\n\
             one of slack, teams, mattermost, discord, matrix, ntfy, pagerduty, opsgenie, webhook",
        ),
        ("kind = \"slack\"", "target `chat`: `url` is missing\nadd url = \"https://hooks.slack.com/services/T…/B…/…\""),
        (
            "kind = \"slack\"\nurl = \"http://a.example\"",
            "target `chat`: `url` is http, where everyone on the way reads along\n\
             use https, or allow_private = true for a service in your own network",
        ),
        ("kind = \"slack\"\nurl = \"file:///etc\"", "target `chat`: `url` is no web address\nit begins with https://"),
        (
            "kind = \"slack\"\nurl = \"https://a:b@c.example\"",
            "target `chat`: `url` holds a user name or a password\n\
             send it as a header: headers = { authorization = \"Basic …\" }",
        ),
        (
            "kind = \"slack\"\nurl = \"https://a.example\"\nalow_private = true",
            "target `chat`: `alow_private` is no key of a slack target\ndid you mean `allow_private`?",
        ),
        (
            &format!("{hook}secret = \"hunter2\""),
            "target `chat`: `secret` is no secret of Standard Webhooks\n\
             it is whsec_ and 24 to 64 random bytes in base64\n\
             to make one: echo whsec_$(openssl rand -base64 24)",
        ),
        (
            &format!("{hook}secret = \"{SECRET}\"\nheaders = {{ Host = \"x\" }}"),
            "target `chat`: `headers.Host` is set by git-desk itself\nleave it out",
        ),
        (
            "kind = \"pagerduty\"\nrouting_key = \"short\"",
            "target `chat`: `routing_key` is no integration key\n\
             it is 32 letters and digits: the integration key of an Events API v2 integration, not a REST key",
        ),
        (
            "kind = \"ntfy\"\nurl = \"https://ntfy.sh/a/b\"",
            "target `chat`: `topic` is no topic's name\nup to 64 letters, digits, - and _",
        ),
    ] {
        assert_eq!(refused(text), expected);
    }
}

#[test]
fn debug_shows_no_secret() {
    let text = format!(
        "kind = \"webhook\"\nurl = \"https://a.example/SECRETPATH?k=v\"\nsecret = \"{SECRET}\"\n\
         headers = {{ authorization = \"Bearer x\" }}"
    );
    assert_eq!(
        format!("{:?}", read(&text).unwrap()),
        "Target { name: \"chat\", kind: \"webhook\", host: \"a.example\", allow_private: false, .. }"
    );
}
