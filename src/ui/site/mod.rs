//! A site for those who ask, of plain files: articles, services, what is down. It works where it lies, opened from a
//! disk or served by anything; no page loads anything from outside, and all of it can be read with scripts off.

mod article;
mod contact;
mod frame;
mod lists;
mod markdown;
mod search;
mod service;
mod text;
pub mod words;

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};

pub use contact::Contact;
use markdown::Target;
use words::Words;

/// Everything that the site says.
pub struct Site {
    pub title: String,
    pub words: &'static Words,
    /// When what it was made of was written, in the time of the desk.
    pub at: DateTime,
    /// In the order of their names.
    pub articles: Vec<Article>,
    /// In the order of their names.
    pub services: Vec<Service>,
    pub troubles: Vec<Trouble>,
    /// Where requests go to; `None` says what to tell the desk.
    pub contact: Option<Contact>,
}

pub struct Article {
    /// `TOPIC/SLUG`, both of `a-z0-9-`.
    pub name: String,
    pub title: String,
    /// BCP 47; empty is the language of the site.
    pub language: String,
    pub symptoms: Vec<String>,
    pub cause: String,
    /// Markdown.
    pub body: String,
    pub tested: Option<Date>,
    pub review_by: Option<Date>,
    /// How many tickets it solved: for the order of what is used most, and said nowhere.
    pub solved: u64,
    /// The same in other languages, by name.
    pub others: Vec<String>,
    /// Services that it is about, by name; those that are not on the site are not said.
    pub services: Vec<String>,
}

pub struct Service {
    /// Of `a-z0-9-`.
    pub name: String,
    pub title: String,
    /// Markdown.
    pub description: String,
    pub approved: bool,
    pub questions: Vec<Question>,
}

pub struct Question {
    pub label: String,
    pub kind: Answer,
    pub required: bool,
    pub help: String,
}

/// What an answer must be.
pub enum Answer {
    Text,
    Number,
    Date,
    Email,
    Bool,
    Choice(Vec<String>),
}

/// What is down.
pub struct Trouble {
    pub title: String,
    /// In the time of the desk.
    pub since: DateTime,
    pub state: State,
}

pub enum State {
    Reported,
    Worked,
    Waiting,
}

/// A file of the site: its path below the site's folder, with `/`, and what it holds.
pub type File = (String, String);

impl Article {
    pub fn topic(&self) -> &str {
        self.name.split_once('/').map_or("", |(topic, _)| topic)
    }
}

impl Site {
    /// All files, in the order of their paths. The same site gives the same bytes.
    pub fn files(&self) -> Vec<File> {
        let mut files = vec![
            ("style.css".to_owned(), include_str!("site.css").to_owned()),
            ("search.js".to_owned(), include_str!("search.js").to_owned()),
            ("search-index.js".to_owned(), search::index(self)),
            ("index.html".to_owned(), lists::home(self)),
            ("all.html".to_owned(), lists::all(self)),
            ("search.html".to_owned(), lists::search(self)),
            ("services.html".to_owned(), service::list(self)),
            ("status.html".to_owned(), lists::status(self)),
        ];
        if self.contact.is_some() {
            files.push(("request.js".to_owned(), include_str!("request.js").to_owned()));
        }
        files.extend(
            self.topics().iter().map(|(topic, of)| (format!("kb/{topic}.html"), lists::topic(self, topic, of))),
        );
        let pages = self.pages("../../kb/");
        files.extend(
            self.articles.iter().map(|one| (format!("kb/{}.html", one.name), article::page(self, one, &pages))),
        );
        let pages = self.pages("../kb/");
        files.extend(
            self.services.iter().map(|one| (format!("services/{}.html", one.name), service::page(self, one, &pages))),
        );
        files.sort_unstable();
        files
    }

    /// Articles by topic.
    fn topics(&self) -> BTreeMap<&str, Vec<&Article>> {
        let mut topics: BTreeMap<&str, Vec<&Article>> = BTreeMap::new();
        self.articles.iter().for_each(|one| topics.entry(one.topic()).or_default().push(one));
        topics.values_mut().for_each(|of| of.sort_by_cached_key(|one| (search::folded(&one.title), one.name.clone())));
        topics
    }

    /// All articles as links may lead to them; `way` leads from the page to their folder.
    fn pages(&self, way: &str) -> BTreeMap<String, Target<'_>> {
        let all = self.articles.iter();
        all.map(|one| (one.name.clone(), Target::new(format!("{way}{}.html", one.name), [&one.cause, &one.body])))
            .collect()
    }

    fn article(&self, name: &str) -> Option<&Article> {
        self.articles.binary_search_by(|one| one.name.as_str().cmp(name)).ok().map(|at| &self.articles[at])
    }

    fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|one| one.name == name)
    }

    /// The language of an article, where it is one.
    fn language<'a>(&'a self, article: &'a Article) -> &'a str {
        let said = article.language.as_str();
        let is_one =
            !said.is_empty() && said.len() <= 35 && said.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if is_one { said } else { self.words.language }
    }
}
