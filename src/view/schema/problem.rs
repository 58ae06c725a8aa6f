//! The shape of a problem.

use serde_json::{Value, json};

use super::{object, one_of, text, text_or_null, texts};
use crate::model::word::{Kind, Priority, Status};

/// A problem with its incidents.
pub fn problem() -> Value {
    let count = || json!({"type": "integer", "minimum": 0});
    let incident = object(
        json!({
            "id": text(), "handle": text(), "title": text(), "kind": one_of(&Kind::spellings()),
            "status": one_of(&Status::spellings()), "customer": text_or_null(), "opened": text(), "resolved": text_or_null(),
            "lost_seconds": count(),
        }),
        &[],
    );
    object(
        json!({
            "schema": {"const": "desk.problem/1"},
            "id": text(), "handle": text(), "title": text(), "status": one_of(&Status::spellings()), "resolution": text_or_null(),
            "priority": one_of(&Priority::spellings()), "queue": text(), "assignee": text_or_null(), "opened": text(),
            "resolved": text_or_null(), "known_error": {"type": "boolean"}, "workaround": text(), "articles": texts(),
            "customers": texts(), "open_incidents": count(), "all_incidents": count(), "lost_seconds": count(),
            "work_minutes": count(), "incidents": {"type": "array", "items": incident},
        }),
        &[],
    )
}
