//! `desk.article/1`.

use serde_json::{Map, Value, json};

use crate::model::article::{Article, path};

/// All keys, in the order in which they are documented.
pub const FIELDS: &[&str] = &[
    "schema",
    "name",
    "title",
    "state",
    "audience",
    "language",
    "symptoms",
    "cause",
    "services",
    "categories",
    "tags",
    "owner",
    "tested",
    "tested_by",
    "review_by",
    "body",
    "translations",
    "linked",
    "solved",
    "edited",
    "edited_by",
    "path",
    "commit",
];

/// Those that a list leaves out: long, or to be looked up for each.
pub const LONG: &[&str] = &["cause", "body", "translations", "linked", "solved", "edited", "edited_by"];

/// What stands around an article.
pub struct Around {
    /// Names and languages of the same in others.
    pub translations: Vec<(String, String)>,
    /// Tickets that name it, and how many of them are solved.
    pub linked: usize,
    pub solved: usize,
    /// When its file was last changed, as RFC 3339 has it, and by whom.
    pub edited: Option<(String, String)>,
}

/// The article as an object, whole where what stands around it is given; `root` is the desk's folder.
pub fn to_json(article: &Article, around: Option<&Around>, root: &str, commit: &str) -> Value {
    let mut all = Map::new();
    let mut set = |key: &str, value: Value| drop(all.insert(key.to_owned(), value));
    let text = |text: &str| if text.is_empty() { Value::Null } else { Value::from(text) };
    let date = |date: Option<jiff::civil::Date>| date.map_or(Value::Null, |date| Value::from(date.to_string()));
    set("schema", json!("desk.article/1"));
    set("name", json!(article.name));
    set("title", json!(article.title));
    set("state", json!(article.state.as_str()));
    set("audience", json!(article.audience.as_str()));
    set("language", text(&article.language));
    set("symptoms", json!(article.symptoms));
    set("services", json!(article.services));
    set("categories", json!(article.categories));
    set("tags", json!(article.tags));
    set("owner", text(&article.owner));
    set("tested", date(article.tested));
    set("tested_by", text(&article.tested_by));
    set("review_by", date(article.review_by));
    set("path", json!(format!("{root}{}", path(&article.name))));
    set("commit", text(commit));
    if let Some(around) = around {
        let other = |(name, language): &(String, String)| json!({"name": name, "language": language});
        let (at, by) = around.edited.clone().unwrap_or_default();
        set("cause", text(&article.cause));
        set("body", json!(article.body));
        set("translations", around.translations.iter().map(other).collect());
        set("linked", json!(around.linked));
        set("solved", json!(around.solved));
        set("edited", text(&at));
        set("edited_by", text(&by));
    }
    let ordered = FIELDS.iter().filter_map(|name| Some(((*name).to_owned(), all.remove(*name)?)));
    Value::Object(ordered.collect())
}
