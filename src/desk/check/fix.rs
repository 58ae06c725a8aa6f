//! What can be put right with certainty: the form of files, never what they say.

use std::collections::BTreeSet;

use super::Asked;
use crate::desk::attributes::completed;
use crate::error::Result;
use crate::store::document::{self, MAX_SIZE};
use crate::store::snapshot::{ATTRIBUTES, EXECUTABLE, kind_of};
use crate::view::Finding;
use crate::view::finding::codes::CODES;

/// A file as it should be; none of them can be executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// From the desk's root.
    pub path: String,
    pub bytes: Vec<u8>,
}

/// The files that findings name, as they should be; and those of them that somebody has changed and not committed, which
/// are left to whoever did.
pub fn fixes(asked: &Asked<'_, '_>, findings: &[Finding]) -> Result<(Vec<Fixed>, Vec<String>)> {
    let root = asked.snapshot.store().root();
    let can = |finding: &&Finding| CODES.iter().any(|code| code.fixed && code.code == finding.code);
    let paths: BTreeSet<&str> =
        findings.iter().filter(can).filter_map(|finding| finding.path.strip_prefix(root)).collect();
    let (mut fixed, mut left) = (Vec::new(), Vec::new());
    for path in paths {
        if asked.edits.contains_key(path) {
            left.push(path.to_owned());
            continue;
        }
        let before = match asked.snapshot.file(path, MAX_SIZE)? {
            Some(Ok(bytes)) => bytes,
            None if path == ATTRIBUTES => Vec::new(),
            Some(Err(_)) | None => continue,
        };
        let is_program = asked.snapshot.entry(path)?.is_some_and(|(_, mode)| mode == EXECUTABLE);
        let bytes = put_right(path, &before).unwrap_or_else(|| before.clone());
        if is_program || bytes != before {
            fixed.push(Fixed { path: path.to_owned(), bytes });
        }
    }
    Ok((fixed, left))
}

/// A file in the form that it should have; `None` where it cannot be told.
fn put_right(path: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    match kind_of(path) {
        Some(kind) => document::format(kind, bytes).ok(),
        None if path == ATTRIBUTES => Some(completed(std::str::from_utf8(bytes).ok()?).into_bytes()),
        // The form of these is their owners', down to the line ends.
        None => {
            let text = std::str::from_utf8(bytes).ok()?;
            Some(text.trim_start_matches('\u{feff}').replace("\r\n", "\n").into_bytes())
        }
    }
}
