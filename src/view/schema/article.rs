//! The schema of an article.

use serde_json::{Value, json};

use super::{array, integer, object, one_of, text, text_or_null, texts, time_or_null};
use crate::model::article::{Audience, State};
use crate::view::article::LONG;

pub fn article() -> Value {
    let date = || json!({"type": ["string", "null"], "format": "date"});
    let properties = json!({
        "schema": {"const": "desk.article/1"},
        "name": {"type": "string", "pattern": "^[a-z0-9-]+/[a-z0-9-]+$"},
        "title": text(),
        "state": one_of(&State::spellings()),
        "audience": one_of(&Audience::spellings()),
        "language": text_or_null(),
        "symptoms": texts(),
        "cause": text_or_null(),
        "services": texts(),
        "categories": texts(),
        "tags": texts(),
        "owner": text_or_null(),
        "tested": date(),
        "tested_by": text_or_null(),
        "review_by": date(),
        "body": text(),
        "translations": array(object(json!({"name": text(), "language": text()}), &[])),
        "linked": integer(),
        "solved": integer(),
        "edited": time_or_null(),
        "edited_by": text_or_null(),
        "path": text(),
        "commit": text_or_null(),
        // After a write.
        "created": {"type": "boolean"},
        "changed": {"type": "boolean"},
        // After `kb promote`: the ticket.
        "ticket": text(),
    });
    object(properties, &[LONG, &["created", "changed", "ticket"]].concat())
}
