//! Markdown of articles as HTML that does nothing: no HTML of theirs, no image, no style, and links only to where people
//! can go. Whoever writes an article is not trusted.

mod ids;
mod notes;
mod raw;
mod source;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Parser, Tag, TagEnd, html};

use super::text::escape;
use crate::ui::markdown::OPTIONS;
use ids::{ids, slug};
use notes::Notes;
use raw::Raw;
pub use source::readable;

/// Where a link leads to, on whatever page; `None` for an article that is not there.
pub type Lead<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Deepest heading of HTML.
const DEEPEST: usize = 6;

/// The HTML of a text below headings of this level, which its own begin one below: `1` makes the first ones `<h2>`.
///
/// `lead` says where a link without a scheme leads to. What is no link that people may follow is its words alone.
pub fn markdown(text: &str, level: usize, lead: &Lead<'_>, table: &str) -> String {
    let text = readable(text);
    let ids = ids(&text);
    let page = Page { lead, table, ids: &ids, known: ids.iter().map(String::as_str).collect(), level };
    let mut out = String::with_capacity(text.len() * 2);
    html::push_html(&mut out, page.events(&text).into_iter());
    out
}

/// Its words alone, without the code between the marks: for the search, and to say in a line what it is about.
pub fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for event in parse(&readable(text)) {
        match event {
            Event::Text(words) | Event::Code(words) => out.push_str(&words),
            Event::End(_) | Event::SoftBreak | Event::HardBreak => out.push(' '),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first paragraph, cut at about as many characters; empty where there is none.
pub fn summary(text: &str, limit: usize) -> String {
    let mut out = String::new();
    let mut within = false;
    for event in parse(&readable(text)) {
        match event {
            Event::Start(Tag::Paragraph) => within = true,
            Event::End(TagEnd::Paragraph) if !out.trim().is_empty() => break,
            Event::Text(words) | Event::Code(words) if within => out.push_str(&words),
            Event::SoftBreak | Event::HardBreak if within => out.push(' '),
            _ => {}
        }
    }
    let out = out.trim();
    match out.char_indices().nth(limit) {
        None => out.to_owned(),
        Some((at, _)) => {
            let cut = &out[..at];
            let cut = cut.rsplit_once(' ').map_or(cut, |(whole, _)| whole);
            format!("{}…", cut.trim_end_matches([',', '.', ';', ':']))
        }
    }
}

/// Whether it begins with a heading.
pub fn begins_with_heading(text: &str) -> bool {
    matches!(parse(&readable(text)).next(), Some(Event::Start(Tag::Heading { .. })))
}

fn parse(text: &str) -> Parser<'_> {
    Parser::new_ext(text, OPTIONS)
}

struct Page<'a> {
    lead: &'a Lead<'a>,
    table: &'a str,
    /// In the order of the headings.
    ids: &'a [String],
    known: BTreeSet<&'a str>,
    level: usize,
}

impl Page<'_> {
    fn events<'t>(&self, text: &'t str) -> Vec<Event<'t>> {
        let (mut out, mut links, mut levels) = (Vec::new(), Vec::new(), Vec::new());
        // What is written when a footnote begins, with its name.
        let (mut outer, mut notes) = (Vec::new(), Notes::new(self.level));
        let (mut raw, mut block) = (Raw::default(), 0);
        let mut ids = self.ids.iter();
        for event in parse(text) {
            match event {
                // Words, whatever they look like.
                Event::Html(words) | Event::InlineHtml(words) => out.extend(raw.read(&words)),
                Event::Start(Tag::HtmlBlock) => {
                    out.push(Event::Start(Tag::Paragraph));
                    block = out.len();
                }
                Event::End(TagEnd::HtmlBlock) => match out[block..].iter().all(is_empty) {
                    true => out.truncate(block.saturating_sub(1)),
                    false => out.push(Event::End(TagEnd::Paragraph)),
                },
                Event::FootnoteReference(name) => out.push(notes.reference(&name)),
                Event::Start(Tag::FootnoteDefinition(name)) => outer.push((name, std::mem::take(&mut out))),
                Event::End(TagEnd::FootnoteDefinition) => {
                    if let Some((name, before)) = outer.pop() {
                        notes.say(&name, std::mem::replace(&mut out, before));
                    }
                }
                Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => {}
                Event::Start(Tag::Heading { level, .. }) => {
                    let depth = self.level + below(&mut levels, level);
                    let id = ids.next().map_or("", String::as_str);
                    out.push(made(format!("<h{depth} id=\"{}\">", escape(id))));
                }
                Event::End(TagEnd::Heading(_)) => {
                    let depth = (self.level + levels.len()).min(DEEPEST);
                    out.push(made(format!("</h{depth}>\n")));
                }
                Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                    let href = self.href(link_type, &dest_url);
                    out.extend(href.as_deref().map(opening));
                    links.push(href.is_some());
                }
                Event::End(TagEnd::Link) => {
                    if links.pop().unwrap_or_default() {
                        out.push(made("</a>".to_owned()));
                    }
                }
                // `[!NOTE]` and its like: one look for all of them.
                Event::Start(Tag::BlockQuote(Some(_))) => out.push(made("<blockquote class=\"alert\">\n".to_owned())),
                // The language of a block would be a class, which is ours to give.
                Event::Start(Tag::CodeBlock(_)) => out.push(Event::Start(Tag::CodeBlock(CodeBlockKind::Indented))),
                Event::Start(Tag::Table(columns)) => {
                    let label = escape(self.table);
                    out.push(made(format!(
                        "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{label}\">"
                    )));
                    // Alignment would be a style, which the page does not let through.
                    out.push(Event::Start(Tag::Table(
                        columns.iter().map(|_| pulldown_cmark::Alignment::None).collect(),
                    )));
                }
                Event::End(TagEnd::Table) => {
                    out.push(Event::End(TagEnd::Table));
                    out.push(made("</div>\n".to_owned()));
                }
                Event::TaskListMarker(done) => out.push(Event::Text(if done { "☑ " } else { "☐ " }.into())),
                event => out.push(event),
            }
        }
        out.extend(notes.list());
        out
    }

    /// Where a link leads to, if people may go there.
    fn href(&self, kind: LinkType, typed: &str) -> Option<String> {
        let typed = typed.trim();
        if typed.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
            return None;
        }
        if kind == LinkType::Email {
            return Some(format!("mailto:{typed}"));
        }
        if let Some(fragment) = typed.strip_prefix('#') {
            let id = slug(fragment);
            return self.known.contains(id.as_str()).then(|| format!("#{id}"));
        }
        match scheme(typed) {
            Some("http" | "https") => typed.contains("://").then(|| typed.to_owned()),
            Some("mailto") => Some(typed.to_owned()),
            Some("kb") => (self.lead)(typed.split_once(':').map_or("", |(_, name)| name)),
            Some(_) => None,
            None => (self.lead)(typed),
        }
    }
}

/// What stands in front of the first colon, in lower case as we know it; `""` for any other than those that we know.
fn scheme(link: &str) -> Option<&'static str> {
    let (name, _) = link.split_once(':')?;
    if name.contains(['/', '?', '#']) {
        return None;
    }
    let known = ["http", "https", "mailto", "kb"].into_iter().find(|known| name.eq_ignore_ascii_case(known));
    Some(known.unwrap_or_default())
}

fn opening<'t>(href: &str) -> Event<'t> {
    let away = scheme(href).is_some_and(|scheme| scheme.starts_with("http"));
    let rel = if away { " rel=\"noopener noreferrer\"" } else { "" };
    made(format!("<a href=\"{}\"{rel}>", escape(href)))
}

/// Whether there is nothing to read.
fn is_empty(event: &Event<'_>) -> bool {
    match event {
        Event::Text(words) => words.trim().is_empty(),
        Event::HardBreak => true,
        _ => false,
    }
}

fn made<'t>(html: String) -> Event<'t> {
    Event::InlineHtml(CowStr::from(html))
}

/// How deep a heading is below those that are open: a level that was left out is not missed.
fn below(open: &mut Vec<HeadingLevel>, level: HeadingLevel) -> usize {
    while open.last().is_some_and(|above| *above >= level) {
        open.pop();
    }
    open.push(level);
    open.len().min(DEEPEST - 1)
}

/// A page that links may lead to.
pub struct Target<'a> {
    address: String,
    /// Its Markdown, whose headings a link may lead to.
    texts: [&'a str; 2],
    ids: OnceCell<BTreeSet<String>>,
}

impl<'a> Target<'a> {
    pub fn new(address: String, texts: [&'a str; 2]) -> Target<'a> {
        Target { address, texts, ids: OnceCell::new() }
    }

    /// The address, down to a heading if it has that one.
    fn at(&self, fragment: &str) -> String {
        let ids = || self.texts.iter().flat_map(|text| ids(&readable(text))).collect();
        let id = slug(fragment);
        match !fragment.is_empty() && self.ids.get_or_init(ids).contains(&id) {
            true => format!("{}#{id}", self.address),
            false => self.address.clone(),
        }
    }
}

/// Where links between articles lead to: names as `topic/article`, `article` of the same topic, with `.md`, `.toml` or
/// `kb/` as files of a desk have it. The pages of a desk, by name.
pub fn leads(topic: &str, pages: &BTreeMap<String, Target<'_>>, typed: &str) -> Option<String> {
    let (path, fragment) = typed.split_once('#').unwrap_or((typed, ""));
    let path = path.split('?').next().unwrap_or_default();
    let path = path.trim_start_matches("../").trim_start_matches("./").trim_start_matches('/');
    let path = path.strip_prefix("kb/").unwrap_or(path);
    let name = [".md", ".toml", ".html"].iter().find_map(|ending| path.strip_suffix(ending)).unwrap_or(path);
    let page = pages.get(name).or_else(|| pages.get(&format!("{topic}/{name}")))?;
    Some(page.at(fragment))
}

#[cfg(test)]
mod tests;
