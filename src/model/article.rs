//! A knowledge article: `kb/TOPIC/SLUG.toml`, how one problem is solved.

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::name::{free_name, is_name};
use super::record::Record;
use super::text::folded;
use super::ticket::{Fault, Reader};
use super::word::words;

/// Where articles are, from the desk's root.
pub const FOLDER: &str = "kb/";

words! {
    /// How far an article may be trusted.
    State {
        Draft = "draft",
        /// Somebody has followed it and it worked.
        Validated = "validated",
        Retired = "retired",
    }
}

words! {
    /// Who may read what is not a ticket.
    Audience {
        Internal = "internal",
        Public = "public",
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Article {
    /// `TOPIC/SLUG`: how tickets name it.
    pub name: String,
    pub title: String,
    /// A draft, where nothing is said.
    pub state: State,
    /// Internal, where nothing is said: what is public has been called so.
    pub audience: Audience,
    /// BCP 47: `nl`, `en-GB`. Empty where nothing is said.
    pub language: String,
    /// In the words of those who call.
    pub symptoms: Vec<String>,
    pub cause: String,
    /// Markdown: environment, steps, expected result.
    pub body: String,
    pub services: Vec<String>,
    pub categories: Vec<String>,
    pub tags: Vec<String>,
    /// An agent's handle.
    pub owner: String,
    pub tested: Option<Date>,
    pub tested_by: String,
    pub review_by: Option<Date>,
    /// Keys this version does not know, as they stand.
    pub unknown: Record,
}

/// The file of an article; its name must be [one](is_article).
pub fn path(name: &str) -> String {
    format!("{FOLDER}{name}.toml")
}

/// The name of the article that a path, from the desk's root, is the file of.
pub fn name_of(path: &str) -> Option<&str> {
    path.strip_prefix(FOLDER)?.strip_suffix(".toml").filter(|name| is_article(name))
}

/// `TOPIC/SLUG`, both names.
pub fn is_article(name: &str) -> bool {
    name.split_once('/').is_some_and(|(topic, slug)| is_name(topic) && is_name(slug))
}

/// Whether a word can name a language (RFC 5646): `nl`, `en-GB`, `zh-Hant`.
pub fn is_language(word: &str) -> bool {
    let mut parts = word.split('-');
    let primary = parts
        .next()
        .is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic()));
    primary && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// The first free name below a topic that a title gives.
pub fn name_for(topic: &str, title: &str, taken: impl Fn(&str) -> bool) -> String {
    let words = folded(title);
    let words = if words.is_ascii() && !words.is_empty() { words.as_str() } else { "article" };
    let slug = free_name(words, |slug| taken(&format!("{topic}/{slug}")));
    format!("{topic}/{slug}")
}

/// The name that an article of another system gets: lower case, runs of other characters one `-`, a slug that is too
/// long cut and told apart by a digest of all of it. `None` where no topic or no slug is left.
pub fn name_of_other(text: &str) -> Option<String> {
    let (topic, slug) = text.split_once('/')?;
    let name = format!("{}/{}", plain(topic), plain(slug));
    is_article(&name).then_some(name)
}

fn plain(text: &str) -> String {
    let words = folded(text).replace(' ', "-");
    if words.len() <= LONGEST || !words.is_ascii() {
        return words;
    }
    let digest: String = Sha256::digest(words.as_bytes()).iter().take(3).map(|byte| format!("{byte:02x}")).collect();
    let room = LONGEST - digest.len() - 1;
    let end = if words[room..].starts_with('-') { room } else { words[..room].rfind('-').unwrap_or(room) };
    format!("{}-{digest}", &words[..end])
}

/// Characters of a name.
const LONGEST: usize = 63;

impl Article {
    pub fn new(name: &str, title: &str) -> Article {
        Article {
            name: name.to_owned(),
            title: title.to_owned(),
            state: State::Draft,
            audience: Audience::Internal,
            language: String::new(),
            symptoms: Vec::new(),
            cause: String::new(),
            body: String::new(),
            services: Vec::new(),
            categories: Vec::new(),
            tags: Vec::new(),
            owner: String::new(),
            tested: None,
            tested_by: String::new(),
            review_by: None,
            unknown: Record::default(),
        }
    }

    /// The article that a file's record says, and what is wrong in it: a value of the wrong type or no known word is as
    /// if it were not there, so that an article with a mistake in its head is still found and read.
    pub fn read(name: &str, record: &Record) -> (Article, Vec<Fault>) {
        let mut r = Reader::new(record);
        let title = r.line("title");
        if title.is_empty() {
            r.fault("title", "`title` is missing");
        }
        let mut language = r.line("language");
        if !language.is_empty() && !is_language(&language) {
            r.fault("language", format!("`language` is no name of a language: {language}; as in nl or en-GB"));
            language.clear();
        }
        let article = Article {
            name: name.to_owned(),
            title,
            state: r.word("state", State::parse, &State::spellings()).unwrap_or(State::Draft),
            audience: r.word("audience", Audience::parse, &Audience::spellings()).unwrap_or(Audience::Internal),
            language,
            symptoms: r.list("symptoms"),
            cause: r.text("cause"),
            body: r.text("body"),
            services: r.list("services"),
            categories: r.list("categories"),
            tags: r.list("tags"),
            owner: r.line("owner"),
            tested: r.date("tested"),
            tested_by: r.line("tested_by"),
            review_by: r.date("review_by"),
            unknown: r.rest(),
        };
        match r.done(()) {
            Ok(()) => (article, Vec::new()),
            Err(faults) => (article, faults),
        }
    }

    /// The record that a file of this article says.
    pub fn record(&self) -> Record {
        let mut r = self.unknown.clone();
        let mut line = |key: &str, value: &str| r.set(key, value);
        line("title", &self.title);
        line("state", self.state.as_str());
        line("audience", self.audience.as_str());
        line("language", &self.language);
        line("cause", &self.cause);
        line("owner", &self.owner);
        line("tested_by", &self.tested_by);
        line("body", &self.body);
        r.set("tested", self.tested.map(|date| date.to_string()));
        r.set("review_by", self.review_by.map(|date| date.to_string()));
        let lists = [
            ("symptoms", &self.symptoms),
            ("services", &self.services),
            ("categories", &self.categories),
            ("tags", &self.tags),
        ];
        for (key, list) in lists {
            let mut words = list.clone();
            words.sort_unstable();
            words.dedup();
            r.set(key, words);
        }
        r
    }

    /// The name without its language: `vpn/reset-token` of `vpn/reset-token-nl`, where that is in Dutch.
    pub fn stem(&self) -> &str {
        let without =
            self.name.strip_suffix(&self.language.to_ascii_lowercase()).and_then(|name| name.strip_suffix('-'));
        without.filter(|_| !self.language.is_empty()).filter(|name| is_article(name)).unwrap_or(&self.name)
    }

    /// Whether the other says the same in another language.
    pub fn is_translation_of(&self, other: &Article) -> bool {
        self.stem() == other.stem() && self.language != other.language
    }

    pub fn is_retired(&self) -> bool {
        self.state == State::Retired
    }

    /// Whether requesters may see it: nobody has tried a draft, and what is retired is wrong by now.
    pub fn is_published(&self) -> bool {
        self.state == State::Validated && self.audience == Audience::Public
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record(value: serde_json::Value) -> Record {
        let mut record = Record::default();
        let serde_json::Value::Object(object) = value else { return record };
        object.into_iter().for_each(|(key, value)| record.set(&key, value));
        record
    }

    #[test]
    fn a_mistake_in_the_head_does_not_hide_the_article() {
        let (article, faults) = Article::read(
            "vpn/reset",
            &record(json!({"title": "Reset a token", "state": "gone", "tested": "2026-01-31", "review_by": "soon"})),
        );
        assert_eq!((article.title.as_str(), article.state), ("Reset a token", State::Draft));
        assert_eq!((article.tested, article.review_by), (Some("2026-01-31".parse().unwrap()), None));
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["state", "review_by"]);
    }

    #[test]
    fn a_record_reads_as_the_article_that_wrote_it() {
        let article = Article {
            state: State::Validated,
            audience: Audience::Public,
            language: "nl".into(),
            symptoms: vec!["geen verbinding".into(), "token verlopen".into()],
            body: "1. Open\n2. Sluit".into(),
            tested: Some("2026-02-03".parse().unwrap()),
            unknown: record(json!({"colour": "blue"})),
            ..Article::new("vpn/reset", "Token")
        };
        assert_eq!(Article::read("vpn/reset", &article.record()), (article.clone(), Vec::new()));
        assert!(article.is_published());
    }

    #[test]
    fn languages_stand_side_by_side() {
        let in_language = |name: &str, language: &str| Article { language: language.into(), ..Article::new(name, "T") };
        let english = in_language("vpn/reset", "en");
        assert!(english.is_translation_of(&in_language("vpn/reset-nl", "nl")));
        assert!(in_language("vpn/reset-pt-br", "pt-BR").is_translation_of(&in_language("vpn/reset-en", "en")));
        for other in
            [in_language("vpn/reset-nl", "de"), in_language("mail/reset-nl", "nl"), in_language("vpn/nl", "nl")]
        {
            assert!(!english.is_translation_of(&other), "{other:?}");
        }
        let read = Article::read("a/b", &record(json!({"title": "T", "language": "Dutch, mostly"})));
        assert_eq!((read.0.language.as_str(), read.1.len()), ("", 1));
    }

    #[test]
    fn a_title_gives_a_name_that_is_free() {
        assert_eq!(name_for("vpn", "Één token: opnieuw?", |_| false), "vpn/een-token-opnieuw");
        assert_eq!(name_for("vpn", "Token", |name| name == "vpn/token"), "vpn/token-2");
        assert_eq!(name_for("vpn", "日本語", |_| false), "vpn/article");
    }

    #[test]
    fn a_name_from_elsewhere_becomes_one_of_ours_and_stays_its_own() {
        assert_eq!(name_of_other("VPN/Reset_Token: één").as_deref(), Some("vpn/reset-token-een"));
        assert_eq!(name_of_other("a/b/c").as_deref(), Some("a/b-c"));
        assert_eq!((name_of_other("a"), name_of_other("/b"), name_of_other("a/日")), (None, None, None));
        let long = |end: &str| name_of_other(&format!("a/{}-{end}", "what-happens-if-you-enroll".repeat(3))).unwrap();
        assert!(is_article(&long("ios")) && long("ios") != long("macos"), "{}", long("ios"));
        assert_eq!(long("ios"), long("ios"));
    }

    #[test]
    fn a_name_is_a_topic_and_a_slug() {
        assert_eq!(name_of("kb/vpn/reset-token.toml"), Some("vpn/reset-token"));
        for path in ["kb/vpn.toml", "kb/a/b/c.toml", "kb/Vpn/x.toml", "kb/vpn/x.md", "kb/../x.toml", "tickets/a/b.toml"]
        {
            assert_eq!(name_of(path), None, "{path}");
        }
        assert_eq!(path("vpn/reset-token"), "kb/vpn/reset-token.toml");
    }
}
