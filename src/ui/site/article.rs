//! The page of an article.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::contact::mailto;
use super::frame::{Entry, Page};
use super::markdown::{Target, begins_with_heading, leads, markdown, readable};
use super::text::{escape, titled};
use super::words::Words;
use super::{Article, Contact, Site};

/// `pages` are all articles as links may lead to them, by name.
pub fn page(site: &Site, article: &Article, pages: &BTreeMap<String, Target<'_>>) -> String {
    let words = site.words;
    let language = site.language(article);
    // What stands in the article is in its language, if we speak it.
    let said = Words::of(language).unwrap_or(words);
    let (topic, title) = (titled(article.topic()), article.title.as_str());
    let up = format!("../{}.html", article.topic());
    let mut body = site.way(&[("../../index.html", words.home), (&up, &topic)], title);
    let _ = write!(body, "<article>\n<h1>{}</h1>\n{}", escape(title), head(site, article));
    if !article.symptoms.is_empty() {
        let _ = writeln!(body, "<section class=\"symptoms\">\n<h2>{}</h2>\n<ul>", said.symptoms);
        for symptom in &article.symptoms {
            let _ = writeln!(body, "<li>{}</li>", escape(symptom));
        }
        body.push_str("</ul>\n</section>\n");
    }
    let lead = |typed: &str| leads(article.topic(), pages, typed);
    let cause = markdown(&article.cause, 2, &lead, said.table);
    if !cause.trim().is_empty() {
        let _ = writeln!(body, "<h2>{}</h2>\n{cause}", said.cause);
    }
    let text = readable(&article.body);
    let text = without_title(&text, title);
    if !text.trim().is_empty() {
        if !begins_with_heading(text) {
            let _ = writeln!(body, "<h2>{}</h2>", said.what_to_do);
        }
        body.push_str(&markdown(text, 1, &lead, said.table));
    }
    let _ = write!(body, "</article>\n{}", foot(site, article));
    site.page(&Page { title, language, depth: 2, entry: Entry::None, scripts: &["search.js"], body: &body })
}

/// The text below a first heading that says the title once more.
fn without_title<'a>(text: &'a str, title: &str) -> &'a str {
    let text = text.trim_start();
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    match first.strip_prefix("# ") {
        Some(heading) if heading.trim().trim_end_matches('#').trim().eq_ignore_ascii_case(title.trim()) => rest,
        Some(_) | None => text,
    }
}

/// Whether it can be trusted, and the same in other languages.
fn head(site: &Site, article: &Article) -> String {
    let words = site.words;
    let mut facts = Vec::new();
    if let Some(date) = article.tested {
        facts.push(format!("{} <time datetime=\"{date}\">{}</time>", words.tested, words.date(date)));
    }
    if let Some(date) = article.review_by.filter(|date| *date >= site.at.date()) {
        facts.push(format!("{} <time datetime=\"{date}\">{}</time>", words.review_by, words.date(date)));
    }
    let others: Vec<String> =
        article.others.iter().filter_map(|name| site.article(name)).map(|one| other(site, one)).collect();
    if !others.is_empty() {
        facts.push(format!("{} {}", words.other_languages, others.join(", ")));
    }
    // What is ours on a page in another language is marked as what it is.
    let ours =
        if site.language(article) == words.language { String::new() } else { format!(" lang=\"{}\"", words.language) };
    let mut out = String::new();
    if !facts.is_empty() {
        let facts: Vec<String> = facts.into_iter().map(|fact| format!("<span>{fact}</span>")).collect();
        let _ = writeln!(out, "<p class=\"facts\"{ours}>{}</p>", facts.join(" "));
    }
    if article.review_by.is_some_and(|date| date < site.at.date()) {
        let _ = writeln!(out, "<p class=\"note\"{ours}>{}</p>", words.due_for_review);
    }
    out
}

/// A link to the same in another language.
fn other(site: &Site, one: &Article) -> String {
    let language = site.language(one);
    let name = Words::of(language).map_or(language, |words| words.name);
    format!("<a href=\"../../kb/{}.html\" lang=\"{language}\" hreflang=\"{language}\">{name}</a>", one.name)
}

/// What to do where it did not help.
fn foot(site: &Site, article: &Article) -> String {
    let words = site.words;
    let services: Vec<String> = article
        .services
        .iter()
        .filter_map(|name| site.service(name))
        .map(|one| format!("<li><a href=\"../../services/{}.html\">{}</a></li>\n", one.name, escape(&one.title)))
        .collect();
    let mut out = String::new();
    if !services.is_empty() {
        let _ = write!(out, "<h2>{}</h2>\n<ul>\n{}</ul>\n", words.related_services, services.concat());
    }
    let subject = format!("{}: {}", words.question_about, article.title);
    let button = |href: &str, rel| format!("<a class=\"button\" href=\"{}\"{rel}>{}</a>", escape(href), words.ask_us);
    let ask = match &site.contact {
        Some(Contact::Mail(address)) => button(&mailto(address, &subject, ""), ""),
        Some(Contact::Forge(forge)) => button(&forge.link(&subject, ""), " rel=\"noopener noreferrer\""),
        None => words.name_article.to_owned(),
    };
    let _ = write!(out, "<h2>{}</h2>\n<p>{ask}</p>\n", words.not_solved);
    let ours =
        if site.language(article) == words.language { String::new() } else { format!(" lang=\"{}\"", words.language) };
    format!("<aside class=\"after\"{ours}>\n{out}</aside>\n")
}
