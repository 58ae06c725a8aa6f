//! Spans in which a clock stands still.

/// `[from, to)`; one without an end goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pause {
    pub from: i64,
    pub to: Option<i64>,
}

impl Pause {
    pub fn new(from: i64, to: i64) -> Pause {
        Pause { from, to: Some(to) }
    }
}

/// In order, without overlaps and empty ones.
pub fn merged(pauses: &[Pause]) -> Vec<Pause> {
    let mut sorted: Vec<Pause> =
        pauses.iter().copied().filter(|pause| pause.to.is_none_or(|to| pause.from < to)).collect();
    sorted.sort_unstable();
    let mut merged: Vec<Pause> = Vec::new();
    for pause in sorted {
        match merged.last_mut() {
            Some(last) if last.to.is_none_or(|to| pause.from <= to) => {
                last.to = last.to.and_then(|to| pause.to.map(|other| to.max(other)));
            }
            Some(_) | None => merged.push(pause),
        }
    }
    merged
}
