//! Articles as answers.

use serde_json::{Value, json};

use super::{object, one_of, text, text_or_null};
use crate::model::article::{Audience, State};

/// An article that was found by words. `score`: from 0, about 1 where everything that was asked for is there; comparable
/// among the answers to one question.
pub fn hit() -> Value {
    object(
        json!({
            "schema": {"const": "desk.article-hit/1"},
            "name": text(),
            "title": text(),
            "state": one_of(&State::spellings()),
            "audience": one_of(&Audience::spellings()),
            "language": text_or_null(),
            "score": {"type": "number", "minimum": 0},
            "snippet": text(),
        }),
        &[],
    )
}

/// An article that may help with a ticket: it solved so many `of` so many tickets that named it and have ended.
pub fn suggestion() -> Value {
    let count = || json!({"type": "integer", "minimum": 0});
    object(
        json!({
            "schema": {"const": "desk.suggestion/1"},
            "name": text(),
            "title": text(),
            "state": one_of(&State::spellings()),
            "score": {"type": "number", "minimum": 0},
            "solved": count(),
            "of": count(),
        }),
        &[],
    )
}

/// How much an article was used: the tickets that were resolved with it.
pub fn used() -> Value {
    let count = || json!({"type": "integer", "minimum": 0});
    object(
        json!({
            "schema": {"const": "desk.article-use/1"},
            "name": text(),
            "tickets": count(),
            "solved": count(),
            "solved_percent": {"type": ["number", "null"], "minimum": 0, "maximum": 100},
            "reopened": count(),
            "title": text_or_null(),
        }),
        &[],
    )
}
