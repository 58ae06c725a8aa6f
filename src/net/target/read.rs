//! Takes a target out of its table. Everything is checked here, once, so that a mistake is told when the file is read
//! and not when the ticket of the night is opened. What is wrong is said without the value: it may be a secret.

use reqwest::Url;
use toml::{Table, Value};

use super::{Kind, Service, Target};
use crate::error::Problem;
use crate::model::base64;
use crate::model::near::nearest;

pub(super) fn target(name: &str, value: &Value) -> Result<Target, Problem> {
    let Value::Table(table) = value else {
        return Err(Problem::invalid(format!("target `{name}` is no table"))
            .hint(format!("write it like this: [targets.{name}]")));
    };
    let mut reader = Reader { name, table, asked: vec!["kind"] };
    let kind = reader.kind()?;
    let allow_private = reader.flag("allow_private")?;
    let mut url = reader.url(kind, allow_private)?;
    let service = reader.service(kind, &mut url)?;
    let headers = reader.headers()?;
    reader.done(kind)?;
    Ok(Target { name: name.to_owned(), allow_private, url: url.to_string(), service, headers })
}

/// The address that a kind has unless it says another; else an example of one.
fn address(kind: Kind) -> (Option<&'static str>, &'static str) {
    match kind {
        Kind::Slack => (None, "https://hooks.slack.com/services/T…/B…/…"),
        Kind::Teams => (None, "https://….environment.api.powerplatform.com/…"),
        Kind::Mattermost => (None, "https://chat.example.com/hooks/…"),
        Kind::Discord => (None, "https://discord.com/api/webhooks/…/…"),
        Kind::Matrix => (None, "https://matrix.example.com"),
        Kind::Ntfy => (None, "https://ntfy.sh/my-topic"),
        Kind::Webhook => (None, "https://example.com/hook"),
        Kind::Pagerduty => (Some("https://events.pagerduty.com/v2/enqueue"), ""),
        Kind::Opsgenie => (Some("https://api.opsgenie.com/v2/alerts"), ""),
    }
}

struct Reader<'a> {
    name: &'a str,
    table: &'a Table,
    asked: Vec<&'static str>,
}

impl Reader<'_> {
    fn wrong(&self, key: &str, what: &str) -> Problem {
        Problem::invalid(format!("target `{}`: `{key}` {what}", self.name))
    }

    /// `""` is as absent.
    fn text(&mut self, key: &'static str) -> Result<Option<String>, Problem> {
        self.asked.push(key);
        let Some(value) = self.table.get(key) else { return Ok(None) };
        let Some(text) = value.as_str() else {
            return Err(self.wrong(key, "is no text").hint(format!("put it in quotes: {key} = \"…\"")));
        };
        let text = text.trim();
        if text.chars().any(char::is_control) {
            return Err(self.wrong(key, "is more than one line").hint("it is one line, as the service shows it"));
        }
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    fn needed(&mut self, key: &'static str, example: &str) -> Result<String, Problem> {
        self.text(key)?.ok_or_else(|| self.wrong(key, "is missing").hint(format!("add {key} = \"{example}\"")))
    }

    /// A needed text that stands in a header.
    fn token(&mut self, key: &'static str, example: &str) -> Result<String, Problem> {
        let token = self.needed(key, example)?;
        self.graphic(key, &token)?;
        Ok(token)
    }

    fn graphic(&self, key: &str, token: &str) -> Result<(), Problem> {
        if token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(());
        }
        Err(self.wrong(key, "has characters that no key has").hint("copy it again, without spaces"))
    }

    fn flag(&mut self, key: &'static str) -> Result<bool, Problem> {
        self.asked.push(key);
        match self.table.get(key) {
            None => Ok(false),
            Some(Value::Boolean(flag)) => Ok(*flag),
            Some(_) => Err(self.wrong(key, "is neither true nor false").hint(format!("write {key} = true"))),
        }
    }

    fn kind(&mut self) -> Result<Kind, Problem> {
        let word = self.needed("kind", "slack")?;
        Kind::parse(&word).ok_or_else(|| {
            let kinds = Kind::spellings();
            self.wrong("kind", &format!("is \"{word}\", which no service is called"))
                .hint(format!("one of {}", kinds.join(", ")))
                .candidates(nearest(&word, kinds))
        })
    }

    fn url(&mut self, kind: Kind, allow_private: bool) -> Result<Url, Problem> {
        let (built_in, example) = address(kind);
        let text = match (self.text("url")?, built_in) {
            (Some(text), _) => text,
            (None, Some(built_in)) => built_in.to_owned(),
            (None, None) => self.needed("url", example)?,
        };
        let Ok(url) = Url::parse(&text) else {
            return Err(self.wrong("url", "is no address").hint("an address begins with https:// and a host"));
        };
        match url.scheme() {
            "https" => {}
            "http" if allow_private => {}
            "http" => {
                return Err(self
                    .wrong("url", "is http, where everyone on the way reads along")
                    .hint("use https, or allow_private = true for a service in your own network"));
            }
            _ => return Err(self.wrong("url", "is no web address").hint("it begins with https://")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            let hint = "send it as a header: headers = { authorization = \"Basic …\" }";
            return Err(self.wrong("url", "holds a user name or a password").hint(hint));
        }
        Ok(url)
    }

    fn service(&mut self, kind: Kind, url: &mut Url) -> Result<Service, Problem> {
        Ok(match kind {
            Kind::Slack => Service::Slack,
            Kind::Teams => Service::Teams,
            Kind::Mattermost => Service::Mattermost,
            Kind::Discord => Service::Discord,
            Kind::Matrix => Service::Matrix { room: self.room()?, token: self.token("token", "syt_…")? },
            Kind::Ntfy => Service::Ntfy { topic: self.topic(url)?, token: self.ntfy_token()? },
            Kind::Pagerduty => Service::Pagerduty { routing_key: self.routing_key()? },
            Kind::Opsgenie => Service::Opsgenie { api_key: self.token("api_key", "the key of an API integration")? },
            Kind::Webhook => Service::Webhook { secret: self.secret()? },
        })
    }

    fn room(&mut self) -> Result<String, Problem> {
        let room = self.needed("room", "!abc123:example.com")?;
        if room.starts_with('!') {
            return Ok(room);
        }
        let hint = "it begins with !, and stands in the room's settings under Advanced; an alias (#…) will not do";
        Err(self.wrong("room", "is no room id").hint(hint))
    }

    /// Said apart, or as the last part of the address, which then is the server alone: JSON goes to its root.
    fn topic(&mut self, url: &mut Url) -> Result<String, Problem> {
        let said = self.text("topic")?;
        let path = url.path().trim_matches('/').to_owned();
        let topic = match (said, path.as_str()) {
            (Some(topic), "") => topic,
            (Some(_), _) => {
                return Err(self
                    .wrong("topic", "is said beside an address that has a path")
                    .hint("leave either of them out: ntfy takes messages at the root of its server"));
            }
            (None, "") => return Err(self.wrong("topic", "is missing").hint("add topic = \"my-topic\"")),
            (None, path) => path.to_owned(),
        };
        let plain = topic.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if !plain || topic.len() > 64 {
            return Err(self.wrong("topic", "is no topic's name").hint("up to 64 letters, digits, - and _"));
        }
        url.set_path("/");
        url.set_query(None);
        Ok(topic)
    }

    fn ntfy_token(&mut self) -> Result<Option<String>, Problem> {
        let token = self.text("token")?;
        token.as_deref().map_or(Ok(()), |token| self.graphic("token", token))?;
        Ok(token)
    }

    fn routing_key(&mut self) -> Result<String, Problem> {
        let key = self.needed("routing_key", "the integration key of an Events API v2 integration")?;
        if key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Ok(key);
        }
        let hint = "it is 32 letters and digits: the integration key of an Events API v2 integration, not a REST key";
        Err(self.wrong("routing_key", "is no integration key").hint(hint))
    }

    /// Standard Webhooks: 24 to 64 random bytes.
    fn secret(&mut self) -> Result<Vec<u8>, Problem> {
        let secret = self.needed("secret", "whsec_…")?;
        let bytes = secret.strip_prefix("whsec_").and_then(base64::decode);
        let bytes = bytes.filter(|bytes| (24..=64).contains(&bytes.len()));
        bytes.ok_or_else(|| {
            self.wrong("secret", "is no secret of Standard Webhooks")
                .hint("it is whsec_ and 24 to 64 random bytes in base64")
                .hint("to make one: echo whsec_$(openssl rand -base64 24)")
        })
    }

    fn headers(&mut self) -> Result<Vec<(String, String)>, Problem> {
        self.asked.push("headers");
        let Some(value) = self.table.get("headers") else { return Ok(Vec::new()) };
        let Value::Table(table) = value else {
            return Err(self.wrong("headers", "is no table").hint("like this: headers = { authorization = \"…\" }"));
        };
        table.iter().map(|(name, value)| self.header(name, value)).collect()
    }

    fn header(&self, name: &str, value: &Value) -> Result<(String, String), Problem> {
        let key = format!("headers.{name}");
        let own = ["host", "content-length", "content-type", "connection", "transfer-encoding", "user-agent"];
        let lower = name.to_ascii_lowercase();
        if own.contains(&lower.as_str()) || lower.starts_with("webhook-") {
            return Err(self.wrong(&key, "is set by git-desk itself").hint("leave it out"));
        }
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
            return Err(self.wrong(&key, "is no header's name").hint("letters, digits and -"));
        }
        let text = value.as_str().filter(|text| text.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
        let text = text.ok_or_else(|| self.wrong(&key, "is no line of plain text").hint("ASCII in quotes"))?;
        Ok((lower, text.to_owned()))
    }

    /// A key that nobody asked for is a mistake: a misspelt `allow_private` must not look like one that is set.
    fn done(&self, kind: Kind) -> Result<(), Problem> {
        let Some(key) = self.table.keys().find(|key| !self.asked.contains(&key.as_str())) else { return Ok(()) };
        let problem = self.wrong(key, &format!("is no key of a {kind} target"));
        Err(match nearest(key, self.asked.iter().copied()) {
            Some(near) => problem.hint(format!("did you mean `{near}`?")).candidates([near]),
            None => problem.hint(format!("it has {}", self.asked.join(", "))),
        })
    }
}
