//! A merged `desk.toml` that holds. What both sides say is right alone and may be wrong together: a queue that one side
//! drops and the other sends tickets to.

use std::collections::BTreeSet;

use serde_json::Value;

use super::file::{File, Versions, plain_text};
use crate::model::merge::{Clash, Side};
use crate::model::policy::{Policy, Remark, Severity};
use crate::store::document;

/// Why nobody may write by a policy: it is no TOML, or does not say which programs may write.
pub(super) fn fault(bytes: &[u8]) -> Option<String> {
    let Some(text) = plain_text(bytes) else { return Some("it is no text".to_owned()) };
    let mut errors = Policy::parse(&text).1.into_iter().filter(|remark| remark.severity == Severity::Error);
    let stops = |remark: &Remark| remark.key.is_empty() || remark.key == "desk.schema";
    errors.find(stops).map(|remark| format!("line {}: {}", remark.line, remark.message))
}

/// Where the merged policy is wrong and neither side's was, the published sections of what is wrong stand, else the
/// whole published file; with the reason.
pub(super) fn settle(versions: Versions<'_>, merged: File) -> (File, Option<String>) {
    let File::One { bytes, clashes } = merged else { return (merged, None) };
    let new = new_errors(versions, &bytes);
    let Some(first) = new.first() else { return (File::One { bytes, clashes }, None) };
    let why = format!("each side is right alone, and both together are wrong: {}", first.message);
    let sections: BTreeSet<&str> =
        new.iter().filter_map(|remark| remark.key.split(['.', '[']).next()).filter(|name| !name.is_empty()).collect();
    match published(versions, &bytes, &sections) {
        Some((bytes, lost)) => (File::One { bytes, clashes: clashes.into_iter().chain(lost).collect() }, Some(why)),
        None => (File::Two { stands: Side::Theirs, why }, None),
    }
}

/// What is wrong with the merged policy and with neither side's.
fn new_errors(versions: Versions<'_>, merged: &[u8]) -> Vec<Remark> {
    let errors = |bytes: &[u8]| -> Vec<Remark> {
        let remarks = Policy::parse(&plain_text(bytes).unwrap_or_default()).1;
        remarks.into_iter().filter(|remark| remark.severity == Severity::Error).collect()
    };
    let known: Vec<Remark> = [versions.ours, versions.theirs].into_iter().flat_map(errors).collect();
    let is_known = |remark: &Remark| known.iter().any(|one| one.message == remark.message);
    errors(merged).into_iter().filter(|remark| !is_known(remark)).collect()
}

/// The merged file with sections as they are published, and what of ours that gives up; `None` where that is wrong, too.
fn published(versions: Versions<'_>, merged: &[u8], sections: &BTreeSet<&str>) -> Option<(Vec<u8>, Vec<Clash>)> {
    let read = |bytes: &[u8]| document::parse_tables(bytes).ok();
    let (ours, theirs, mut value) = (read(versions.ours)?, read(versions.theirs)?, read(merged)?);
    let table = value.as_object_mut()?;
    let mut lost = Vec::new();
    for section in sections {
        match theirs.get(section) {
            Some(there) => drop(table.insert((*section).to_owned(), there.clone())),
            None => drop(table.remove(*section)),
        }
        let mine = ours.get(section).cloned().unwrap_or(Value::Null);
        lost.push(Clash {
            unit: (*section).to_owned(),
            winner: Some(Side::Theirs),
            lost: vec![((*section).to_owned(), mine)],
        });
    }
    let bytes = document::combine(merged, versions.theirs, &value)?;
    new_errors(versions, &bytes).is_empty().then_some((bytes, lost))
}
