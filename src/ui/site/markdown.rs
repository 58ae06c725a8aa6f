//! Markdown of articles as HTML that does nothing: no HTML of theirs, no image, no style, and links only to where people
//! can go. Whoever writes an article is not trusted.

use std::collections::{BTreeMap, BTreeSet};

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};

use super::text::{clean, escape};

/// Where a link leads to, on whatever page; `None` for an article that is not there.
pub type Lead<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Deepest heading of HTML.
const DEEPEST: usize = 6;

/// The HTML of a text below headings of this level, which its own begin one below: `1` makes the first ones `<h2>`.
///
/// `lead` says where a link without a scheme leads to. What is no link that people may follow is its words alone.
pub fn markdown(text: &str, level: usize, lead: &Lead<'_>, table: &str) -> String {
    let text = clean(text);
    let ids = ids(&text);
    let page = Page { lead, table, ids: &ids, level };
    let mut out = String::with_capacity(text.len() * 2);
    html::push_html(&mut out, page.events(&text).into_iter());
    out
}

/// Its words alone, without the code between the marks: for the search, and to say in a line what it is about.
pub fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for event in parse(&clean(text)) {
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
    for event in parse(&clean(text)) {
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
    matches!(parse(&clean(text)).next(), Some(Event::Start(Tag::Heading { .. })))
}

fn parse(text: &str) -> Parser<'_> {
    let more = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS | Options::ENABLE_GFM;
    Parser::new_ext(text, more)
}

/// The ids of headings in their order, each once on the page.
fn ids(text: &str) -> Vec<String> {
    let (mut ids, mut taken, mut open) = (Vec::new(), BTreeSet::new(), None);
    for event in parse(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => open = Some(String::new()),
            Event::Text(words) | Event::Code(words) => open.iter_mut().for_each(|name| name.push_str(&words)),
            Event::End(TagEnd::Heading(_)) => {
                let name = slug(&open.take().unwrap_or_default());
                let numbered = (2..).map(|number| format!("{name}-{number}"));
                let mut free = std::iter::once(name.clone()).chain(numbered).filter(|id| !taken.contains(id));
                let id = free.next().unwrap_or(name.clone());
                taken.insert(id.clone());
                ids.push(id);
            }
            _ => {}
        }
    }
    ids
}

/// Letters and digits; in front a mark that no id of the page itself has.
fn slug(text: &str) -> String {
    let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    format!("a-{}", parts.map(str::to_lowercase).collect::<Vec<_>>().join("-"))
}

struct Page<'a> {
    lead: &'a Lead<'a>,
    table: &'a str,
    ids: &'a [String],
    level: usize,
}

impl Page<'_> {
    fn events<'t>(&self, text: &'t str) -> Vec<Event<'t>> {
        let (mut out, mut links, mut levels) = (Vec::new(), Vec::new(), Vec::new());
        let mut ids = self.ids.iter();
        for event in parse(text) {
            match event {
                // Words, whatever they look like.
                Event::Html(words) | Event::InlineHtml(words) => out.push(Event::Text(words)),
                Event::Start(Tag::HtmlBlock) => out.push(Event::Start(Tag::Paragraph)),
                Event::End(TagEnd::HtmlBlock) => out.push(Event::End(TagEnd::Paragraph)),
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
            return self.ids.contains(&id).then(|| format!("#{id}"));
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

/// Where links between articles lead to: names as `topic/article`, `article` of the same topic, with `.md`, `.toml` or
/// `kb/` as files of a desk have it. The names of a desk with the address of each from the page.
pub fn leads(topic: &str, pages: &BTreeMap<String, String>, typed: &str) -> Option<String> {
    let path = typed.split(['?', '#']).next().unwrap_or_default();
    let path = path.trim_start_matches("../").trim_start_matches("./").trim_start_matches('/');
    let path = path.strip_prefix("kb/").unwrap_or(path);
    let name = [".md", ".toml", ".html"].iter().find_map(|ending| path.strip_suffix(ending)).unwrap_or(path);
    pages.get(name).or_else(|| pages.get(&format!("{topic}/{name}"))).cloned()
}

#[cfg(test)]
mod tests;
