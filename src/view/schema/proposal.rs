//! The schema of what `propose` answers.

use serde_json::{Value, json};

use super::{change, object, one_of, text, text_or_null, texts};
use crate::view::proposal::State;

pub fn proposal() -> Value {
    let properties = json!({
        "schema": {"const": "desk.proposal/1"},
        "state": one_of(&State::spellings()),
        "url": text_or_null(),
        "number": {"type": ["integer", "null"]},
        "branch": text(),
        "base": text(),
        "commit": text_or_null(),
        "remote": text_or_null(),
        "forge": text_or_null(),
        "title": text(),
        "body": text(),
        "draft": {"type": "boolean"},
        "reviewers": texts(),
        "tickets": texts(),
        "changes": {"type": "array", "items": object(change::plain(), &[])},
    });
    object(properties, &[])
}
