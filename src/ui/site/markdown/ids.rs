//! The ids of headings.

use std::collections::{BTreeMap, BTreeSet};

use pulldown_cmark::{Event, Tag, TagEnd};

use super::parse;

/// The ids of headings in their order, each once on the page.
pub fn ids(text: &str) -> Vec<String> {
    let (mut ids, mut given, mut open) = (Vec::new(), Given::default(), None);
    for event in parse(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => open = Some(String::new()),
            Event::Text(words) | Event::Code(words) => open.iter_mut().for_each(|name| name.push_str(&words)),
            Event::End(TagEnd::Heading(_)) => ids.push(given.id(slug(&open.take().unwrap_or_default()))),
            _ => {}
        }
    }
    ids
}

/// Ids that are taken, and the number that is looked at next for each name.
#[derive(Default)]
struct Given {
    taken: BTreeSet<String>,
    next: BTreeMap<String, usize>,
}

impl Given {
    fn id(&mut self, name: String) -> String {
        let mut id = name.clone();
        let next = self.next.entry(name.clone()).or_insert(2);
        while !self.taken.insert(id.clone()) {
            id = format!("{name}-{next}");
            *next += 1;
        }
        id
    }
}

/// Letters and digits; in front a mark that no id of the page itself has.
pub fn slug(text: &str) -> String {
    let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    format!("a-{}", parts.map(str::to_lowercase).collect::<Vec<_>>().join("-"))
}
