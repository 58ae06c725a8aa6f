//! One file by itself: kind and size, text, types, form.

use std::borrow::Cow;
use std::collections::BTreeSet;

use regex::Regex;

use super::{text, typed};
use crate::model::article::{Article, FOLDER, name_of};
use crate::model::entry::Entry;
use crate::model::field::FileKind;
use crate::model::id::{EntryId, TicketId};
use crate::model::policy::Policy;
use crate::model::record::Record;
use crate::model::ticket::{Fault, Ticket};
use crate::model::{catalogue, customer};
use crate::store::document::{self, Layout, MAX_SIZE};
use crate::store::snapshot::{
    EXECUTABLE, Holds, NO_TEXT, REGULAR, SUBMODULE, SYMLINK, holds, is_folder, is_twin, kind_of,
};
use crate::view::Finding;

/// What must be known around a file.
pub(super) struct Place<'p> {
    root: &'p str,
    max_file: u64,
    /// Whether attachments are searched for secrets.
    pub searches: bool,
    /// The site's own patterns of secrets.
    site: Vec<Regex>,
}

/// What a file says.
pub(super) struct Inspected {
    /// From the desk's root.
    pub path: String,
    pub held: Holds,
    pub findings: Vec<Finding>,
    pub said: Said,
}

/// What can be read of it.
pub(super) enum Said {
    Nothing,
    Ticket(Box<Ticket>),
    Entry(Box<Entry>),
    Article(Box<Article>),
}

impl Inspected {
    pub fn nothing(path: &str) -> Inspected {
        Inspected { path: path.to_owned(), held: holds(path), findings: Vec::new(), said: Said::Nothing }
    }
}

impl<'p> Place<'p> {
    pub fn new(root: &'p str, policy: &Policy, searches: bool) -> Place<'p> {
        let site = policy.redact.patterns.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect();
        Place { root, max_file: policy.desk.max_file, searches, site }
    }
}

/// Looks at a file of `size` bytes; `bytes` gives them where they are needed and not too many.
pub(super) fn inspect(
    place: &Place<'_>,
    path: &str,
    mode: i32,
    size: usize,
    bytes: impl FnOnce() -> Option<Vec<u8>>,
) -> Inspected {
    let mut seen = Inspected::nothing(path);
    let shown = format!("{}{path}", place.root);
    if let Some(finding) = of_kind(&shown, path, mode) {
        let goes_on = !finding.is_error();
        seen.findings.push(finding);
        if !goes_on {
            return seen;
        }
    }
    if path.contains(NO_TEXT) {
        let message = "has a name that is not UTF-8, so that no system shows the same";
        seen.findings.push(Finding::error("DSK207", &shown, (1, 1), message).fix("give it another name: git mv"));
        return seen;
    }
    if is_twin(path) {
        let message = "lies in a folder that differs from `tickets` in case only: some systems take one for the other";
        seen.findings
            .push(Finding::error("DSK201", &shown, (1, 1), message).fix("give the folder another name: git mv"));
        return seen;
    }
    match seen.held.clone() {
        Holds::Attachment(_) => {
            attachment(place, path, &shown, size, &mut seen.findings);
            if place.searches
                && size <= MAX_SIZE
                && let Some(bytes) = bytes()
            {
                text::attached(&shown, &bytes, &place.site, &mut seen.findings);
            }
            return seen;
        }
        Holds::Other if path.starts_with("tickets/") => {
            seen.findings.extend(misnamed(place.root, path));
            return seen;
        }
        Holds::Other if path.starts_with(FOLDER) && path.ends_with(".toml") && name_of(path).is_none() => {
            let message = "is no article: those are in kb/TOPIC/SLUG.toml";
            let fix = "git mv; in both names a to z, 0 to 9 and - between them, at most 63";
            seen.findings.push(Finding::error("DSK201", &shown, (1, 1), message).fix(fix));
        }
        Holds::Policy | Holds::Ticket(_) | Holds::Entry(..) | Holds::Other => {}
    }
    if !path.ends_with(".toml") {
        return seen;
    }
    if size > MAX_SIZE {
        let message = format!("the file has {size} bytes; more than {MAX_SIZE} are not read");
        seen.findings.push(Finding::error("DSK601", &shown, (1, 1), message).fix("attach long texts as files"));
        return seen;
    }
    if let Some(bytes) = bytes() {
        toml(place, &shown, &bytes, &mut seen);
    }
    seen
}

fn of_kind(shown: &str, path: &str, mode: i32) -> Option<Finding> {
    let start = (1, 1);
    match mode {
        SYMLINK => Some(
            Finding::error("DSK603", shown, start, "is a link of the file system, which a desk does not follow")
                .fix(typed::git(&["rm", "--cached"], &[shown])),
        ),
        SUBMODULE => Some(
            Finding::error("DSK604", shown, start, "is a repository of its own (a submodule)")
                .fix(typed::git(&["rm", "--cached"], &[shown])),
        ),
        REGULAR | EXECUTABLE if is_folder(path) => Some(
            Finding::error("DSK201", shown, start, "is a file where the desk keeps a folder")
                .fix(format!("git mv {shown} {shown}.txt")),
        ),
        EXECUTABLE if path.ends_with(".toml") => Some(
            Finding::warning("DSK605", shown, start, "can be executed")
                .fix(typed::git(&["update-index", "--chmod=-x"], &[shown])),
        ),
        _ => None,
    }
}

fn attachment(place: &Place<'_>, path: &str, shown: &str, size: usize, findings: &mut Vec<Finding>) {
    if size as u64 > place.max_file {
        let message = format!("has {size} bytes; this desk takes files up to {}", place.max_file);
        findings
            .push(Finding::error("DSK602", shown, (1, 1), message).fix("in desk.toml: [desk] max_file = \"50 MiB\""));
    }
    let name = path.split_once("/files/").map_or(path, |(_, name)| name);
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    // Six random characters and a line are in front of the name.
    if name.len() > 107 || name.starts_with('.') || !name.bytes().all(harmless) {
        let message = "has a name that not every system takes";
        let fix = "letters, digits, `.`, `_` and `-`, at most 100, no dot in front";
        findings.push(Finding::warning("DSK206", shown, (1, 1), message).fix(fix));
    }
}

/// A file below `tickets/` that is neither ticket nor entry nor attachment.
fn misnamed(root: &str, path: &str) -> Option<Finding> {
    let name = path.rsplit('/').next().unwrap_or_default();
    if name.starts_with('.') {
        return None;
    }
    let shown = format!("{root}{path}");
    let (start, id) = ((1, 1), name.strip_suffix(".toml").and_then(TicketId::parse));
    Some(match id {
        Some(id) => Finding::error("DSK201", &shown, start, "this ticket lies in the wrong folder")
            .fix(typed::git(&["mv"], &[&shown, &format!("{root}{}", id.path())])),
        None => {
            let message = format!("\"{name}\" is no name of a ticket or an entry");
            match name.ends_with(".toml") {
                true => Finding::error("DSK201", &shown, start, message),
                false => Finding::warning("DSK201", &shown, start, message),
            }
        }
    })
}

fn toml(place: &Place<'_>, shown: &str, bytes: &[u8], seen: &mut Inspected) {
    let Some(text) = text::read(shown, bytes, &mut seen.findings) else { return };
    let has_controls = text::form(shown, bytes, text, &mut seen.findings);
    let Some(kind) = kind_of(&seen.path) else {
        text::shapes(shown, text, &mut seen.findings);
        let folders = [customer::FOLDER, catalogue::FOLDER];
        let is_beside = folders.iter().any(|folder| seen.path.starts_with(folder));
        let judged_elsewhere = seen.held == Holds::Policy || is_beside;
        if !judged_elsewhere
            && !has_controls
            && let Err(mistake) = Layout::of(bytes)
        {
            seen.findings.push(text::broken(shown, text, (mistake.line, mistake.column), mistake.message));
        }
        text::newer_forms(shown, text, &mut seen.findings);
        return;
    };
    let record = match document::parse(kind, bytes) {
        Ok(record) => record,
        Err(mistake) => {
            text::shapes(shown, text, &mut seen.findings);
            let at = (mistake.line, mistake.column);
            match mistake.field {
                Some(_) => seen.findings.push(with(Finding::error("DSK101", shown, at, mistake.message), mistake.fix)),
                // Told already, at the character itself.
                None if has_controls => {}
                None => seen.findings.push(text::broken(shown, text, at, mistake.message)),
            }
            return;
        }
    };
    if crate::jobs::redact::may_find(text, &place.site)
        && let Ok(layout) = Layout::of(bytes)
    {
        text::secrets(shown, &layout, &place.site, &mut seen.findings);
    }
    form(kind, shown, bytes, text, &record, &mut seen.findings);
    match seen.held.clone() {
        Holds::Ticket(id) => ticket(id, shown, bytes, &record, seen),
        Holds::Entry(_, id) => entry(id, shown, bytes, &record, seen),
        Holds::Other => article(shown, bytes, &record, seen),
        Holds::Policy | Holds::Attachment(_) => {}
    }
}

fn article(shown: &str, bytes: &[u8], record: &Record, seen: &mut Inspected) {
    let Some(name) = name_of(&seen.path) else { return };
    let (article, wrong) = Article::read(name, record);
    let place = |field: &str| document::locate(bytes, field).unwrap_or((1, 1));
    faults(shown, bytes, wrong, &mut seen.findings);
    too_long(shown, &article.title, place("title"), &mut seen.findings);
    for key in article.unknown.keys() {
        let message = format!("`{key}` is no field of an article; it is kept as it is");
        seen.findings.push(Finding::warning("DSK103", shown, place(key), message));
    }
    seen.said = Said::Article(Box::new(article));
}

fn too_long(shown: &str, title: &str, at: (usize, usize), findings: &mut Vec<Finding>) {
    let title = title.chars().count();
    if title > TITLE {
        let message = format!("the title has {title} characters; {TITLE} are the most");
        findings.push(Finding::error("DSK104", shown, at, message).fix("the rest belongs into the body"));
    }
}

fn with(finding: Finding, fix: Option<String>) -> Finding {
    Finding { fix, ..finding }
}

/// Whether a file is as `fmt` would write it. Line ends have a code of their own.
fn form(kind: FileKind, shown: &str, bytes: &[u8], text: &str, record: &Record, findings: &mut Vec<Finding>) {
    let plain = if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) };
    if document::canonical(kind, record) == plain {
        return;
    }
    text::newer_forms(shown, text, findings);
    let Ok(formatted) = document::format(kind, bytes) else { return };
    let Some(at) = first_difference(plain.as_bytes(), &formatted) else { return };
    let message = "the file is not in canonical form from here on";
    let fix = format!("git desk fmt {shown}");
    findings.push(Finding::warning("DSK701", shown, document::position(&plain, at), message).fix(fix));
}

fn first_difference(one: &[u8], other: &[u8]) -> Option<usize> {
    let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    (same < one.len().max(other.len())).then_some(same)
}

fn faults(shown: &str, bytes: &[u8], faults: Vec<Fault>, findings: &mut Vec<Finding>) {
    let mut told = BTreeSet::new();
    for Fault { field, message, fix } in faults {
        // What is of the wrong type is missing, too: that is one mistake.
        if !told.insert(field.clone()) {
            continue;
        }
        let at = document::locate(bytes, &field).unwrap_or((1, 1));
        findings.push(with(Finding::error("DSK101", shown, at, message), fix));
    }
}

fn ticket(id: TicketId, shown: &str, bytes: &[u8], record: &Record, seen: &mut Inspected) {
    let ticket = match Ticket::read(id, record) {
        Ok(ticket) => ticket,
        Err(wrong) => return faults(shown, bytes, wrong, &mut seen.findings),
    };
    let place = |field: &str| document::locate(bytes, field).unwrap_or((1, 1));
    too_long(shown, &ticket.title, place("title"), &mut seen.findings);
    let key = ticket.key.chars().count();
    if key > KEY {
        let message = format!("the key has {key} characters; {KEY} are the most");
        seen.findings.push(Finding::error("DSK105", shown, place("key"), message));
    }
    for key in ticket.unknown.keys() {
        let message = format!("`{key}` is no field of a ticket; it is kept as it is");
        let fix = "a field of your own stands in [fields]";
        seen.findings.push(Finding::warning("DSK103", shown, place(key), message).fix(fix));
    }
    seen.said = Said::Ticket(Box::new(ticket));
}

/// Characters of a title.
const TITLE: usize = 200;
/// Characters of a deduplication key.
const KEY: usize = 255;

fn entry(id: EntryId, shown: &str, bytes: &[u8], record: &Record, seen: &mut Inspected) {
    let entry = match Entry::read(id, record) {
        Ok(entry) => entry,
        Err(wrong) => return faults(shown, bytes, wrong, &mut seen.findings),
    };
    if let Some((field, message, fix)) = entry.out_of_range() {
        let at = document::locate(bytes, field).unwrap_or((1, 1));
        seen.findings.push(Finding::error("DSK101", shown, at, message).fix(fix));
    }
    seen.said = Said::Entry(Box::new(entry));
}
