//! HTML that stands in Markdown: words, whatever it looks like. Only line breaks are what they mean, and closing tags
//! that close nothing are nothing.

use std::collections::BTreeMap;

use pulldown_cmark::Event;

use crate::ui::markdown::is_break;

/// Tags that were opened and not closed, by name.
#[derive(Default)]
pub struct Raw(BTreeMap<String, usize>);

impl Raw {
    /// What is to be read of it.
    pub fn read<'t>(&mut self, html: &str) -> Vec<Event<'t>> {
        let (mut out, mut text, mut rest) = (Vec::new(), String::new(), html);
        while let Some((before, tag, after)) = next_tag(rest) {
            text.push_str(before);
            if is_break(tag) {
                out.push(Event::Text(std::mem::take(&mut text).into()));
                out.push(Event::HardBreak);
            } else if self.is_text(tag) {
                text.push_str(tag);
            }
            rest = after;
        }
        text.push_str(rest);
        out.push(Event::Text(text.into()));
        out.retain(|event| !matches!(event, Event::Text(text) if text.is_empty()));
        out
    }

    fn is_text(&mut self, tag: &str) -> bool {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let inner = tag.trim_start_matches('<');
        let closes = inner.starts_with('/');
        let inner = inner.trim_start_matches('/');
        let name = inner[..inner.find(|c| !is_name(c)).unwrap_or(inner.len())].to_ascii_lowercase();
        if name.is_empty() {
            return true;
        }
        if !closes {
            *self.0.entry(name).or_default() += 1;
            return true;
        }
        let open = self.0.get_mut(&name).filter(|open| **open > 0);
        open.map(|open| *open -= 1).is_some()
    }
}

/// What stands before the next tag, the tag, and what comes behind it.
fn next_tag(html: &str) -> Option<(&str, &str, &str)> {
    let start = html.find('<')?;
    let end = start + html[start..].find('>')? + 1;
    Some((&html[..start], &html[start..end], &html[end..]))
}
