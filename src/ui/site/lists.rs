//! Pages that lead to others: the first one, topics, everything from A to Z, the search; and what is down.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::frame::{Entry, Page};
use super::markdown::summary;
use super::search::folded;
use super::text::{escape, titled};
use super::words::Words;
use super::{Article, Site, State, Trouble};

/// Articles that are shown as used most.
const MOST: usize = 6;
/// Articles of a topic that the first page names.
const OF_TOPIC: usize = 4;
/// Articles from which on letters can be jumped to.
const LETTERS: usize = 30;
/// Characters that say what an article is about.
const LINE: usize = 160;

pub fn home(site: &Site) -> String {
    let words = site.words;
    let mut body =
        format!("<section class=\"hero\">\n<h1>{}</h1>\n{}</section>\n", words.how_can_we_help, site.search_box(""));
    body.push_str(&down(site, true));
    body.push_str(&most_used(site));
    body.push_str(&topics(site));
    if !site.services.is_empty() {
        let _ = write!(body, "<section>\n<h2>{}</h2>\n{}</section>\n", words.ask_for, super::service::cards(site, 3));
    }
    site.page(&Page {
        title: "",
        language: words.language,
        depth: 0,
        entry: Entry::Home,
        scripts: &["search.js"],
        body: &body,
    })
}

fn most_used(site: &Site) -> String {
    let mut used: Vec<&Article> = site.articles.iter().filter(|one| one.solved > 0).collect();
    used.sort_by(|a, b| b.solved.cmp(&a.solved).then_with(|| a.name.cmp(&b.name)));
    used.truncate(MOST);
    if used.is_empty() {
        return String::new();
    }
    format!(
        "<section>\n<h2>{}</h2>\n<ul class=\"most\">\n{}</ul>\n</section>\n",
        site.words.most_used,
        lines(site, &used, "", false)
    )
}

fn topics(site: &Site) -> String {
    let words = site.words;
    if site.articles.is_empty() {
        return format!("<p class=\"none\">{}</p>\n", words.no_articles);
    }
    let mut out = format!("<section>\n<h2>{}</h2>\n<ul class=\"cards\">\n", words.topics);
    for (topic, of) in site.topics() {
        let _ = write!(
            out,
            "<li class=\"card\">\n<h3><a href=\"kb/{topic}.html\">{}</a></h3>\n<p class=\"less\">{}</p>\n<ul>\n{}</ul>\n{}</li>\n",
            escape(&titled(topic)),
            words.count(of.len(), words.article),
            lines(site, &of[..of.len().min(OF_TOPIC)], "", false),
            rest(site, topic, of.len())
        );
    }
    out.push_str("</ul>\n</section>\n");
    out
}

/// The way to all articles of a topic, where there are more than the first page names.
fn rest(site: &Site, topic: &str, count: usize) -> String {
    if count <= OF_TOPIC {
        return String::new();
    }
    let (all, title) = (site.words.all_of_them, escape(&titled(topic)));
    format!("<p><a href=\"kb/{topic}.html\" aria-label=\"{title}: {all} {count}\">{all} {count} →</a></p>\n")
}

/// Articles as items of a list; `root` leads to the site's folder.
fn lines(site: &Site, articles: &[&Article], root: &str, with_summary: bool) -> String {
    let mut out = String::new();
    for one in articles {
        let language = site.language(one);
        let marked = if language == site.words.language { String::new() } else { format!(" lang=\"{language}\"") };
        let other = Words::of(language).filter(|_| !marked.is_empty()).map(|words| words.name);
        let other = other.map(|name| format!(" <span class=\"place\">{name}</span>")).unwrap_or_default();
        let about = if with_summary { about(one) } else { String::new() };
        let about =
            if about.is_empty() { about } else { format!("\n<p class=\"less\"{marked}>{}</p>", escape(&about)) };
        let _ = writeln!(
            out,
            "<li><a href=\"{root}kb/{}.html\"{marked}{}>{}</a>{other}{about}</li>",
            one.name,
            marked.replace("lang", "hreflang"),
            escape(&one.title)
        );
    }
    out
}

/// An article in a line.
pub fn about(article: &Article) -> String {
    match article.symptoms.first() {
        Some(symptom) => symptom.clone(),
        None => summary(&article.body, LINE),
    }
}

pub fn topic(site: &Site, topic: &str, articles: &[&Article]) -> String {
    let words = site.words;
    let title = titled(topic);
    let mut body = site.way(&[("../index.html", words.home), ("../all.html", words.all)], &title);
    let _ = write!(
        body,
        "<h1>{}</h1>\n<p class=\"lead\">{}</p>\n<ul class=\"list\">\n{}</ul>\n",
        escape(&title),
        words.count(articles.len(), words.article),
        lines(site, articles, "../", true)
    );
    site.page(&Page {
        title: &title,
        language: words.language,
        depth: 1,
        entry: Entry::None,
        scripts: &["search.js"],
        body: &body,
    })
}

pub fn all(site: &Site) -> String {
    let words = site.words;
    let mut body = format!("<h1>{}</h1>\n<p class=\"lead\">{}</p>\n", words.all, words.all_lead);
    let topics: Vec<String> = site
        .topics()
        .keys()
        .map(|topic| format!("<li><a href=\"kb/{topic}.html\">{}</a></li>\n", escape(&titled(topic))))
        .collect();
    if !topics.is_empty() {
        let _ = write!(body, "<h2>{}</h2>\n<ul class=\"tags\">\n{}</ul>\n", words.topics, topics.concat());
    }
    body.push_str(&alphabet(site));
    site.page(&Page {
        title: words.all,
        language: words.language,
        depth: 0,
        entry: Entry::All,
        scripts: &["search.js"],
        body: &body,
    })
}

/// Every article below its letter; below `#` what begins with none.
fn alphabet(site: &Site) -> String {
    let words = site.words;
    if site.articles.is_empty() {
        return format!("<p class=\"none\">{}</p>\n", words.no_articles);
    }
    let mut letters: BTreeMap<(bool, char), Vec<&Article>> = BTreeMap::new();
    for one in &site.articles {
        let first = folded(&one.title).chars().next().filter(|c| c.is_alphabetic());
        let letter = first.map_or((true, '#'), |c| (false, c.to_uppercase().next().unwrap_or(c)));
        letters.entry(letter).or_default().push(one);
    }
    let mut out = if site.articles.len() > LETTERS { jumps(words, letters.keys()) } else { String::new() };
    for ((_, letter), mut of) in letters {
        of.sort_by_cached_key(|one| (folded(&one.title), one.name.clone()));
        let _ = write!(
            out,
            "<h2 class=\"letter\" id=\"{}\">{letter}</h2>\n<ul class=\"list\">\n{}</ul>\n",
            letter_id(letter),
            lines(site, &of, "", false)
        );
    }
    out
}

/// Links to the letters.
fn jumps<'a>(words: &Words, letters: impl Iterator<Item = &'a (bool, char)>) -> String {
    let link = |(_, letter): &(bool, char)| format!("<li><a href=\"#{}\">{letter}</a></li>\n", letter_id(*letter));
    let links: String = letters.map(link).collect();
    format!("<nav aria-label=\"{}\">\n<ul class=\"tags letters\">\n{links}</ul>\n</nav>\n", words.a_to_z)
}

/// The id of a letter's heading.
fn letter_id(letter: char) -> String {
    match letter {
        '#' => "letter-other".to_owned(),
        letter => format!("letter-{}", letter.to_lowercase()),
    }
}

pub fn search(site: &Site) -> String {
    let words = site.words;
    let said = [
        ("one", words.results[0]),
        ("many", words.results[1]),
        ("none", words.no_results),
        ("language", words.language),
    ];
    let said: String = said.iter().map(|(name, value)| format!(" data-{name}=\"{}\"", escape(value))).collect();
    let body = format!(
        "<h1>{}</h1>\n<p class=\"lead\">{}</p>\n{}<p class=\"note\" id=\"off\">{}</p>\n\
         <div id=\"found\"{said}>\n<p id=\"count\" role=\"status\" aria-live=\"polite\"></p>\n\
         <ol id=\"results\" class=\"list\"></ol>\n</div>\n<section id=\"everything\">\n{}</section>\n",
        words.search,
        words.search_lead,
        site.search_box(""),
        words.no_script,
        alphabet(site)
    );
    let scripts = &["search-index.js", "search.js"];
    site.page(&Page {
        title: words.search,
        language: words.language,
        depth: 0,
        entry: Entry::None,
        scripts,
        body: &body,
    })
}

pub fn status(site: &Site) -> String {
    let words = site.words;
    let lead = format!("{} {}", words.as_of, words.moment(site.at));
    let body = format!("<h1>{}</h1>\n<p class=\"lead\">{lead}</p>\n{}", words.status, down(site, false));
    site.page(&Page {
        title: words.status,
        language: words.language,
        depth: 0,
        entry: Entry::Status,
        scripts: &["search.js"],
        body: &body,
    })
}

/// What is down; in short, as on the first page, nothing more where nothing is.
fn down(site: &Site, in_short: bool) -> String {
    let words = site.words;
    if site.troubles.is_empty() {
        let more = if in_short { String::new() } else { format!("\n<p>{}</p>", words.all_well_more) };
        let well = words.all_well;
        let well =
            if in_short { format!("<a href=\"status.html\">{well}</a>") } else { format!("<strong>{well}</strong>") };
        return format!("<div class=\"status well\">\n<p>{well}</p>{more}\n</div>\n");
    }
    let count = words.count(site.troubles.len(), words.trouble);
    let head =
        if in_short { format!("<h2><a href=\"status.html\">{count}</a></h2>") } else { format!("<h2>{count}</h2>") };
    let mut out = format!("<section class=\"status down\">\n{head}\n<ul>\n");
    site.troubles.iter().for_each(|one| out.push_str(&trouble(site, one)));
    out.push_str("</ul>\n</section>\n");
    out
}

fn trouble(site: &Site, one: &Trouble) -> String {
    let words = site.words;
    let state = match one.state {
        State::Reported => words.reported,
        State::Worked => words.being_worked_on,
        State::Waiting => words.waiting,
    };
    format!(
        "<li><strong>{}</strong>\n<span class=\"less\">{} {} · {state}</span></li>\n",
        escape(&one.title),
        words.since,
        words.moment(one.since)
    )
}
