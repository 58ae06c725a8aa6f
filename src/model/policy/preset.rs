//! `[templates.NAME]`: what a ticket begins with that is opened by `open --template NAME`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::section::Section;
use crate::model::word::{Channel, Kind, Level, Priority};

/// Every field of a ticket but those that only its life gives. Empty is unset.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Preset {
    /// The title where none is given; one that ends in a colon stands before the one that is.
    pub title: String,
    pub body: String,
    pub kind: Option<Kind>,
    pub impact: Option<Level>,
    pub urgency: Option<Level>,
    pub priority: Option<Priority>,
    pub priority_reason: String,
    pub queue: String,
    /// A handle, or `@me`.
    pub assignee: String,
    pub category: String,
    pub service: String,
    pub asset: String,
    /// A time as people type it: `2d`, `friday`.
    pub due: String,
    pub requester: String,
    pub customer: String,
    pub location: String,
    pub environment: String,
    pub channel: Option<Channel>,
    pub key: String,
    pub group: String,
    pub tags: Vec<String>,
    pub watchers: Vec<String>,
    pub articles: Vec<String>,
    pub fields: BTreeMap<String, Value>,
}

impl Preset {
    pub(super) fn read(mut s: Section<'_>) -> Preset {
        let preset = Preset {
            title: s.text_or("title", ""),
            body: s.lines("body").unwrap_or_default(),
            kind: s.word("kind", Kind::parse, &Kind::spellings()),
            impact: s.word("impact", Level::parse, &Level::spellings()),
            urgency: s.word("urgency", Level::parse, &Level::spellings()),
            priority: s.word("priority", Priority::parse, &Priority::spellings()),
            priority_reason: s.text_or("priority_reason", ""),
            queue: s.text_or("queue", ""),
            assignee: s.text_or("assignee", ""),
            category: s.text_or("category", ""),
            service: s.text_or("service", ""),
            asset: s.text_or("asset", ""),
            due: s.text_or("due", ""),
            requester: s.text_or("requester", ""),
            customer: s.text_or("customer", ""),
            location: s.text_or("location", ""),
            environment: s.text_or("environment", ""),
            channel: s.word("channel", Channel::parse, &Channel::spellings()),
            key: s.text_or("key", ""),
            group: s.text_or("group", ""),
            tags: s.list("tags"),
            watchers: s.list("watchers"),
            articles: s.list("articles"),
            fields: fields(&mut s),
        };
        s.done();
        preset
    }

    /// Whether the title stands before the one that is given, instead of being one.
    pub fn is_prefix(&self) -> bool {
        self.title.ends_with(':')
    }
}

/// Form answers and site fields: text, numbers, truth values.
fn fields(s: &mut Section<'_>) -> BTreeMap<String, Value> {
    let section = s.section("fields");
    let all = section.iter().flat_map(Section::all);
    all.filter_map(|(name, found)| Some((name, found.scalar()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::policy::Policy;

    const DESK: &str = "[desk]\nschema = 1\ndefault_queue = \"l1\"\n[queues.l1]\n";

    fn read(text: &str) -> (Preset, Vec<String>) {
        let (policy, remarks) = Policy::parse(&format!("{DESK}[templates.x]\n{text}"));
        let said = remarks.iter().map(|remark| {
            let fix = remark.fix.clone().unwrap_or_default();
            format!("{}: {} ({fix})", remark.key, remark.message)
        });
        (policy.templates["x"].clone(), said.collect())
    }

    #[test]
    fn every_field_is_read_and_a_body_has_lines() {
        let (preset, remarks) = read(
            "title = \"New laptop:\"\nbody = \"\"\"\nWho?\nWhen?\n\"\"\"\nkind = \"request\"\ntags = [\"hw\"]\nqueue = \"l1\"\n\
             due = \"2d\"\n[templates.x.fields]\nmodel = \"T14\"\nmonitors = 2\ndock = true\nweight = 1.5\n",
        );
        assert_eq!(remarks, Vec::<String>::new());
        assert!(preset.is_prefix() && !Preset::default().is_prefix());
        assert_eq!(
            (preset.kind, preset.body.as_str(), preset.due.as_str()),
            (Some(Kind::Request), "Who?\nWhen?", "2d")
        );
        let fields: Vec<String> = preset.fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(fields, ["dock=true", "model=\"T14\"", "monitors=2", "weight=1.5"]);
    }

    #[test]
    fn what_is_wrong_names_key_and_remedy() {
        let (_, remarks) = read(
            "titel = \"x\"\nqueue = \"l2\"\nassignee = \"nobody\"\nkind = \"wish\"\n[templates.x.fields]\nlist = [1]\n",
        );
        assert_eq!(
            remarks,
            [
                "templates.x.titel: `titel` is not known (did you mean `title`?)",
                "templates.x.queue: there is no queue \"l2\" (did you mean \"l1\"?)",
                "templates.x.assignee: there is no agent \"nobody\" (add [agents.nobody])",
                "templates.x.kind: \"wish\" is none of the words known here (one of incident, request, problem, change, task)",
                "templates.x.fields.list: `templates.x.fields.list` is a list, not one value (text, a number, true or false)",
            ]
        );
    }
}
