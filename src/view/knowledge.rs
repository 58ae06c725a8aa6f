//! `desk.article-hit/1` and `desk.suggestion/1`: articles as answers.

use serde_json::{Value, json};

use crate::model::article::{Audience, State};

/// What is known of an article.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    pub name: &'a str,
    pub title: &'a str,
    pub state: State,
    pub audience: Audience,
    pub language: &'a str,
}

/// The columns of `desk.article-hit/1`.
pub const HIT_COLUMNS: &[&str] = &["name", "title", "state", "snippet"];

/// An article that was found by words; `snippet` is the place where they stand, on one line.
pub fn hit(article: Known<'_>, score: f64, snippet: &str) -> Value {
    json!({"schema": "desk.article-hit/1", "name": article.name, "title": article.title, "state": article.state.as_str(),
           "audience": article.audience.as_str(), "language": text_or_null(article.language), "score": rounded(score),
           "snippet": snippet})
}

/// The columns of `desk.suggestion/1`.
pub const SUGGESTION_COLUMNS: &[&str] = &["name", "title", "score", "solved", "of"];

/// An article that may help: it solved so many `of` so many tickets that named it and have ended.
pub fn suggestion(article: Known<'_>, score: f64, (solved, of): (u64, u64)) -> Value {
    json!({"schema": "desk.suggestion/1", "name": article.name, "title": article.title, "state": article.state.as_str(),
           "score": rounded(score), "solved": solved, "of": of})
}

/// To thousandths: more would promise what no ranking keeps.
fn rounded(score: f64) -> f64 {
    (score * 1_000.0).round() / 1_000.0
}

fn text_or_null(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::from(text) }
}
