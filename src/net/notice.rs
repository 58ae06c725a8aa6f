//! What is told, in plain values that know no service. It can be kept as JSON until it is delivered.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::text;
use crate::model::policy::Occasion;
use crate::model::word::{Priority, Status};

/// The most characters of an entry that go out with a notice.
pub const EXCERPT: usize = 1_000;

/// One thing that happened to one ticket. Texts are as the ticket has them: each payload makes them harmless.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// Unique for ever, 1 to 200 visible ASCII characters, and the same at each try: receivers know a repeat by it.
    pub id: String,
    #[serde(with = "occasion")]
    pub occasion: Occasion,
    /// When it happened.
    pub at: Timestamp,
    /// The desk's name.
    pub desk: String,
    pub ticket: Ticket,
    /// What happened, in one sentence: `opened by machine@db1 in infra, p2`.
    pub text: String,
    /// Who did it.
    pub by: String,
    /// What was said, at most [`EXCERPT`] characters of it.
    pub body: Option<String>,
    /// The ticket as programs see it (`desk.ticket/1`).
    pub data: Value,
}

/// The ticket after it happened, as far as messages name it. Empty is unset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    pub id: String,
    /// What people call it: the id's short form.
    pub handle: String,
    pub title: String,
    #[serde(with = "status")]
    pub status: Status,
    #[serde(with = "priority")]
    pub priority: Priority,
    pub queue: String,
    pub assignee: String,
    pub requester: String,
    pub customer: String,
    /// What fails, where a machine opened it.
    pub key: String,
    /// What fails together with it.
    pub group: String,
    /// Where people can read it.
    pub url: Option<String>,
}

impl Notice {
    /// Handle and title on one line, as the ticket has them.
    pub(super) fn headline(&self) -> String {
        text::line(&format!("{} {}", self.ticket.handle, self.ticket.title))
    }

    /// The desk's name, as services that ask where something comes from want one: never empty.
    pub(super) fn desk_name(&self) -> String {
        let name = text::cut(&text::line(&self.desk), 100);
        if name.is_empty() { "desk".to_owned() } else { name }
    }

    pub(super) fn sentence(&self) -> String {
        text::line(&self.text)
    }

    pub(super) fn excerpt(&self) -> Option<String> {
        let body = text::cut(text::block(self.body.as_deref()?).trim(), EXCERPT);
        (!body.is_empty()).then_some(body)
    }

    /// The address of the ticket, if it is one that a person may safely click.
    pub(super) fn link(&self) -> Option<&str> {
        let url = self.ticket.url.as_deref()?;
        let web = url.starts_with("https://") || url.starts_with("http://");
        let plain = url.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>|\"'()[]\\`*".contains(&byte));
        (web && plain && url.len() <= 500).then_some(url)
    }

    /// What is set of the ticket, by the words people know.
    pub(super) fn facts(&self) -> Vec<(&'static str, String)> {
        let ticket = &self.ticket;
        let facts = [
            ("Priority", ticket.priority.as_str()),
            ("Status", ticket.status.as_str()),
            ("Queue", &ticket.queue),
            ("Assignee", &ticket.assignee),
            ("Requester", &ticket.requester),
            ("Customer", &ticket.customer),
        ];
        let facts = facts.into_iter().map(|(name, value)| (name, text::cut(&text::line(value), 200)));
        facts.filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The ticket's name among all desks, for services that keep alerts apart by one.
    pub(super) fn key(&self) -> String {
        format!("{}:{}", self.desk_name(), self.ticket.id)
    }

    /// Whether it asks for somebody's attention now.
    pub(super) fn is_urgent(&self) -> bool {
        match self.occasion {
            Occasion::Breached | Occasion::AtRisk | Occasion::Escalated => true,
            Occasion::Opened | Occasion::Reopened => self.ticket.priority <= Priority::P2,
            Occasion::Assigned | Occasion::Resolved | Occasion::Comment => false,
        }
    }

    /// Beside the words, which say the same: green for an end, red and amber for what presses, blue else.
    pub(super) fn colour(&self) -> u32 {
        match (self.occasion, self.ticket.priority) {
            (Occasion::Resolved, _) => 0x2e_b886,
            (Occasion::Breached | Occasion::Escalated, _) | (_, Priority::P1) => 0xd2_4b4e,
            (Occasion::AtRisk, _) | (_, Priority::P2) => 0xe8_912d,
            _ => 0x4a_8fd6,
        }
    }
}

/// A fixed word is kept as it is spelt.
macro_rules! spelt {
    ($module:ident, $word:ty) => {
        mod $module {
            use serde::de::Error;
            use serde::{Deserialize, Deserializer, Serializer};

            pub fn serialize<S: Serializer>(word: &$word, out: S) -> Result<S::Ok, S::Error> {
                out.serialize_str(word.as_str())
            }

            pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<$word, D::Error> {
                let text = String::deserialize(from)?;
                <$word>::parse(&text).ok_or_else(|| D::Error::custom(format!("unknown word \"{text}\"")))
            }
        }
    };
}

spelt!(occasion, crate::model::policy::Occasion);
spelt!(status, crate::model::word::Status);
spelt!(priority, crate::model::word::Priority);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::payload::sample;

    #[test]
    fn a_notice_is_read_as_it_was_kept() {
        let notice = sample::opened();
        let kept = serde_json::to_string(&notice).unwrap();
        assert!(kept.contains(r#""occasion":"opened""#), "{kept}");
        assert_eq!(serde_json::from_str::<Notice>(&kept).unwrap(), notice);
        let unknown = kept.replace(r#""occasion":"opened""#, r#""occasion":"sung""#);
        assert!(serde_json::from_str::<Notice>(&unknown).unwrap_err().to_string().contains("unknown word \"sung\""));
    }

    #[test]
    fn only_a_plain_web_address_is_a_link() {
        let link = |url: &str| {
            let mut notice = sample::opened();
            notice.ticket.url = Some(url.to_owned());
            notice.link().map(str::to_owned)
        };
        assert_eq!(link("https://desk.example/t/k7m3?a=1#b"), Some("https://desk.example/t/k7m3?a=1#b".to_owned()));
        for bad in
            ["javascript:alert(1)", "https://a/> <!channel>", "https://a/)[x](https://b", "https://a/|x", "https://ä/"]
        {
            assert_eq!(link(bad), None, "{bad}");
        }
    }
}
