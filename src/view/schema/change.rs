//! The schema of what `diff` answers.

use serde_json::{Value, json};

use super::{array, clocks, object, one_of, text, text_or_null, texts};
use crate::model::policy::Clock;

/// What a proposal says of a change, too.
pub fn plain() -> Value {
    json!({"ticket": text_or_null(), "title": text(), "change": text(), "from": text(), "to": text()})
}

pub fn change() -> Value {
    let run = || json!({"anyOf": [{"type": "null"}, object(clocks::run(), &[])]});
    let moved = json!({"clock": one_of(&Clock::spellings()), "before": run(), "after": run(), "words": text()});
    let mut own = plain();
    own["schema"] = json!({"const": "desk.change/1"});
    own["by"] = texts();
    own["sla"] = array(object(moved, &[]));
    object(own, &[])
}
