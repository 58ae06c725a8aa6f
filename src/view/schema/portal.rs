//! The shape of what `portal build` says.

use serde_json::{Value, json};

use super::{object, text, texts};

/// A portal that was written.
pub fn portal() -> Value {
    let count = || json!({"type": "integer", "minimum": 0});
    object(
        json!({
            "schema": {"const": "desk.portal/1"},
            "path": text(),
            "commit": {"type": "string", "pattern": "^[0-9a-f]{40}$"},
            "language": {"enum": ["en", "nl"]},
            "articles": count(),
            "services": count(),
            "troubles": count(),
            "withheld": texts(),
            "files": texts(),
            "written": texts(),
            "removed": texts(),
        }),
        &[],
    )
}
