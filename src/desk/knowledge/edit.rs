//! `kb edit` in a person's editor: what they changed meets what others changed meanwhile.

use super::write::Written;
use crate::desk::Room;
use crate::desk::edit::met;
use crate::error::{Problem, Result};
use crate::model::article::{Article, path};
use crate::model::field::FileKind;
use crate::model::record::Record;
use crate::store::document;

/// Reads an edited file as an article. The error names line, field and remedy, and goes back to the editor.
pub fn read_edited(name: &str, text: &[u8]) -> Result<Record, Problem> {
    let record = document::parse(FileKind::Article, text).map_err(|mistake| {
        let problem = Problem::invalid(format!("line {}: {}", mistake.line, mistake.message));
        mistake.fix.into_iter().fold(problem, Problem::hint)
    })?;
    let (_, faults) = Article::read(name, &record);
    if faults.is_empty() {
        return Ok(record);
    }
    let problem = Problem::invalid(faults.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("; "));
    Err(faults.into_iter().filter_map(|fault| fault.fix).fold(problem, Problem::hint))
}

/// Saves an edit that began with `base` and ended with `edited`: each field that the person changed. Exit code 5 when
/// somebody else changed the same field to something else meanwhile, 3 where the article is gone.
pub fn save_edit(room: &mut Room<'_, '_>, name: &str, base: &[u8], edited: &[u8]) -> Result<Written> {
    let written = |changed| Written { name: name.to_owned(), created: false, changed };
    let file = room.article(name)?;
    let after = read_edited(name, edited)?;
    if file.bytes == base {
        room.tx.put(path(name), edited);
        return Ok(written(base != edited));
    }
    // What could not be read then is what the person put right.
    let before = document::parse(FileKind::Article, base).unwrap_or_default();
    let merged = met(&file.record, &before, &after).map_err(|field| {
        Problem::refused(format!("`{field}` of {name} was changed by somebody else meanwhile"))
            .code("edit_conflict")
            .hint(format!("see theirs: git desk kb show {name}"))
    })?;
    let changed = room.save_article_record(&file, &merged)?;
    Ok(written(changed))
}
