//! A run of a clock: in `desk.ticket/1`, and as `desk.clock/1`.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::model::clock::Run;

/// Times are RFC 3339, lengths working seconds; what is not is null.
pub fn run(run: &Run) -> Value {
    json!({
        "clock": run.clock.as_str(),
        "cycle": run.cycle,
        "state": run.state.as_str(),
        "target": run.target.to_string(),
        "target_seconds": run.target_seconds,
        "used_seconds": run.used,
        "remaining_seconds": run.remaining,
        "started": time(Some(run.start)),
        "due": time(run.due),
        "stopped": time(run.stop),
    })
}

pub fn time(second: Option<i64>) -> Value {
    second.and_then(|second| Timestamp::from_second(second).ok()).map_or(Value::Null, |at| json!(at.to_string()))
}
