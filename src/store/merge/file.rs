//! One file from three: bytes in, bytes out.
//!
//! Values are merged by the model's rules, whatever the lines look like; what is no value, comments and order and
//! spacing, is merged line by line. A merge of lines alone can be clean and wrong: a key added twice is no TOML. So it
//! counts only where it says just what the rules say; else our lines are edited until they do.

use git2::Oid;

use super::super::document;
use super::super::snapshot::{Holds, holds};
use crate::model::article;
use crate::model::field::FileKind;
use crate::model::merge::lines::{self, Piece};
use crate::model::merge::{self, Clash, Judge, Side};
use crate::model::record::Record;

/// What a file is merged as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A ticket, an entry or an article, field by field.
    Fields(FileKind),
    /// Any other TOML, key by key.
    Tables,
    /// Anything else, line by line.
    Lines,
    /// Never merged: a file that came with a ticket.
    Whole,
}

impl Form {
    /// Told from the path, from the desk's root.
    pub fn of(path: &str) -> Form {
        match holds(path) {
            Holds::Ticket(_) => Form::Fields(FileKind::Ticket),
            Holds::Entry(..) => Form::Fields(FileKind::Entry),
            Holds::Attachment(_) => Form::Whole,
            Holds::Policy => Form::Tables,
            Holds::Other if article::name_of(path).is_some() => Form::Fields(FileKind::Article),
            Holds::Other if path.ends_with(".toml") => Form::Tables,
            Holds::Other => Form::Lines,
        }
    }
}

/// Three versions of a file; without `base` both sides added it.
#[derive(Debug, Clone, Copy)]
pub struct Versions<'a> {
    pub base: Option<&'a [u8]>,
    pub ours: &'a [u8],
    pub theirs: &'a [u8],
}

/// What came of merging a file.
#[derive(Debug, Clone, PartialEq)]
pub enum File {
    /// Where a clash is open, what is ours stands.
    One { bytes: Vec<u8>, clashes: Vec<Clash> },
    /// It cannot be one file: one side stands, the other is to be kept beside it.
    Two { stands: Side, why: String },
}

/// Merges a file. What comes out can be read if either side can.
pub fn merge(form: Form, versions: Versions<'_>, judge: &Judge<'_>) -> File {
    let Versions { base, ours, theirs } = versions;
    if ours == theirs || base == Some(theirs) {
        return File::One { bytes: ours.to_vec(), clashes: Vec::new() };
    }
    if base == Some(ours) {
        return File::One { bytes: theirs.to_vec(), clashes: Vec::new() };
    }
    match form {
        Form::Fields(kind) => fields(kind, versions, judge),
        Form::Tables => tables(versions, judge),
        Form::Lines => match clean_lines(versions) {
            Some(bytes) => File::One { bytes, clashes: Vec::new() },
            None => {
                File::Two { stands: judge("").unwrap_or(Side::Ours), why: "both changed the same lines".to_owned() }
            }
        },
        Form::Whole => {
            File::Two { stands: judge("").unwrap_or(Side::Ours), why: "both have one of this name".to_owned() }
        }
    }
}

fn fields(kind: FileKind, versions: Versions<'_>, judge: &Judge<'_>) -> File {
    let read = |bytes: &[u8]| document::parse(kind, bytes);
    let (ours, theirs) = match (read(versions.ours), read(versions.theirs)) {
        (Ok(ours), Ok(theirs)) => (ours, theirs),
        (ours, theirs) => return damaged(versions, ours.err(), theirs.err(), &|bytes| read(bytes).is_ok()),
    };
    // Of a base that cannot be read nothing is known.
    let base = versions.base.and_then(|base| read(base).ok()).unwrap_or_default();
    let merged = merge::records(kind, &base, &ours, &theirs, judge);
    File::One { bytes: write(kind, versions, &merged.value), clashes: merged.clashes }
}

/// A file that says what `merged` says, with the lines of both sides where they can be had.
pub(super) fn write(kind: FileKind, versions: Versions<'_>, merged: &Record) -> Vec<u8> {
    let says = |bytes: &[u8]| document::parse(kind, bytes).is_ok_and(|record| record == *merged);
    let edited = |bytes: &[u8]| {
        let bytes = document::edit(kind, bytes, merged).ok().filter(|bytes| says(bytes))?;
        // Comments on lines that clashed, or that could not be merged as lines.
        let commented = document::add_comments(&bytes, versions.theirs, versions.base.unwrap_or_default());
        Some(commented.filter(|commented| says(commented)).unwrap_or(bytes))
    };
    let clean = clean_lines(versions).filter(|bytes| says(bytes));
    let lines = || our_lines(versions).and_then(|bytes| edited(&bytes));
    clean
        .or_else(lines)
        .or_else(|| edited(versions.ours))
        .unwrap_or_else(|| document::canonical(kind, merged).into_bytes())
}

fn tables(versions: Versions<'_>, judge: &Judge<'_>) -> File {
    let read = document::parse_tables;
    let (ours, theirs) = match (read(versions.ours), read(versions.theirs)) {
        (Ok(ours), Ok(theirs)) => (ours, theirs),
        (ours, theirs) => return damaged(versions, ours.err(), theirs.err(), &|bytes| read(bytes).is_ok()),
    };
    let base = versions.base.and_then(|base| read(base).ok()).unwrap_or_default();
    let merged = merge::tables(&base, &ours, &theirs, judge);
    let clean = clean_lines(versions).filter(|bytes| read(bytes).is_ok_and(|value| value == merged.value));
    match clean.or_else(|| document::combine(versions.ours, versions.theirs, &merged.value)) {
        Some(bytes) => File::One { bytes, clashes: merged.clashes },
        None => File::Two { stands: judge("").unwrap_or(Side::Ours), why: "it cannot be written as one".to_owned() },
    }
}

/// Where a side cannot be read: lines that fit and can be read, else the side that can.
fn damaged(
    versions: Versions<'_>,
    ours: Option<document::Mistake>,
    theirs: Option<document::Mistake>,
    reads: &dyn Fn(&[u8]) -> bool,
) -> File {
    if let Some(bytes) = clean_lines(versions).filter(|bytes| reads(bytes)) {
        return File::One { bytes, clashes: Vec::new() };
    }
    let stands = if ours.is_some() && theirs.is_none() { Side::Theirs } else { Side::Ours };
    let mistake = stands.other().of(ours, theirs);
    let why = mistake.map(|mistake| format!("line {}: {}", mistake.line, mistake.message)).unwrap_or_default();
    File::Two { stands, why }
}

/// The merged lines; `None` where some clash, or a side is no text.
fn clean_lines(versions: Versions<'_>) -> Option<Vec<u8>> {
    lines_with(versions, |_| None)
}

/// The merged lines; where some clash, ours.
fn our_lines(versions: Versions<'_>) -> Option<Vec<u8>> {
    lines_with(versions, |ours| Some(ours))
}

fn lines_with(
    versions: Versions<'_>,
    settle: impl for<'t> Fn(Vec<&'t str>) -> Option<Vec<&'t str>>,
) -> Option<Vec<u8>> {
    let (bom, breaks) =
        (versions.ours.starts_with(b"\xef\xbb\xbf"), versions.ours.windows(2).any(|two| two == b"\r\n"));
    let texts = [versions.base.unwrap_or_default(), versions.ours, versions.theirs].map(plain_text);
    let [Some(base), Some(ours), Some(theirs)] = texts else { return None };
    let [base, ours, theirs] = [&base, &ours, &theirs].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let mut merged = Vec::new();
    for piece in lines::merge(&base, &ours, &theirs) {
        match piece {
            Piece::Agreed(lines) => merged.extend(lines),
            Piece::Clash { ours, .. } => merged.extend(settle(ours)?),
        }
    }
    // Line breaks are ours on all sides.
    let text = merged.concat();
    let text = if breaks { text.replace('\n', "\r\n") } else { text };
    Some(if bom { format!("{BOM}{text}").into_bytes() } else { text.into_bytes() })
}

const BOM: char = '\u{feff}';

/// A file's text without BOM, with LF alone; `None` for bytes that are no text.
pub(super) fn plain_text(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))?;
    Some(text.trim_start_matches(BOM).replace("\r\n", "\n"))
}

/// The name under which the other side's version of a file is kept beside it: an attachment of the ticket where it is a
/// ticket's, else a file of the same kind; `blob` tells one version from another.
pub fn kept_as(path: &str, blob: Oid) -> String {
    let mark = &blob.to_string()[..6];
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    match holds(path) {
        Holds::Ticket(id) | Holds::Entry(id, _) => format!("{}/files/{mark}-{name}", id.folder()),
        // As all of them, it begins with six characters that tell it from others.
        Holds::Attachment(id) => {
            let plain = name.split_at_checked(7).filter(|(mark, _)| mark.ends_with('-')).map_or(name, |(_, name)| name);
            format!("{}/files/{mark}-{plain}", id.folder())
        }
        Holds::Policy | Holds::Other => match path.rsplit_once('.').filter(|(_, end)| !end.contains('/')) {
            // Another `.toml` would be read as one of the desk's own.
            Some((stem, "toml")) => format!("{stem}.{mark}.kept"),
            Some((stem, end)) => format!("{stem}.{mark}.{end}"),
            None => format!("{path}.{mark}"),
        },
    }
}
