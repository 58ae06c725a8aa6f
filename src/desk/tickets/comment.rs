//! `comment`, `note`: words on a ticket, with files. They never touch the ticket's own file.

use unicode_normalization::UnicodeNormalization;

use super::Acted;
use crate::desk::Room;
use crate::error::{Problem, Result};
use crate::model::id::{TicketId, suffix};
use crate::model::rules::Answer;
use crate::model::word::EntryKind;

/// A file to attach, already read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// As the person's file was called.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Words for the requester (`Comment`) or for agents only (`Note`).
#[derive(Debug, Clone)]
pub struct Comment {
    pub kind: EntryKind,
    pub body: String,
    pub uploads: Vec<Upload>,
    /// Written by a machine by itself: never counts as an answer.
    pub automatic: bool,
}

impl Comment {
    /// Adds the entry. When the requester answers, the same commit makes the ticket active again.
    pub fn apply(&self, room: &mut Room<'_, '_>, id: TicketId) -> Result<Acted> {
        if self.body.trim().is_empty() && self.uploads.is_empty() {
            return Err(Problem::usage("there is nothing to say: the text is empty")
                .hint(format!("git desk {} {id} \"what you did\"", self.kind))
                .into());
        }
        let mut body = self.body.trim_end().to_owned();
        let mut uploads = self.uploads.clone();
        uploads.extend(overflow(&mut body, "text.txt"));
        room.act(id, |room, draft| {
            let mut entry = room.entry(id, self.kind, body)?;
            if self.automatic {
                entry = entry.with("auto", true);
            }
            for upload in &uploads {
                let stored = store_name(room, upload)?;
                entry.files.push(format!("{stored} {}", upload.name));
                draft.files.push((stored, upload.bytes.clone()));
            }
            draft.entries.push(entry);
            let by_requester = draft.ticket.requester == room.actor.name
                || draft.ticket.requester.eq_ignore_ascii_case(&room.actor.person.email);
            if by_requester && self.kind == EntryKind::Comment && !self.automatic {
                let (closed, until) = match draft.ticket.status.is_done() {
                    true => room.closing(id)?,
                    false => (None, None),
                };
                let answer = room.rule(id, |around| draft.ticket.answer(room.now, closed, until, around))?;
                match answer {
                    Answer::Resumed | Answer::Reopened => room.hold(&mut draft.ticket)?,
                    Answer::Nothing | Answer::FollowUp => {}
                }
                draft.warnings.extend(after_answer(id, answer));
            }
            Ok(())
        })
    }
}

/// What the person must know of what their answer did not do.
fn after_answer(id: TicketId, answer: Answer) -> Option<String> {
    match answer {
        Answer::Nothing | Answer::Resumed | Answer::Reopened => None,
        Answer::FollowUp => Some(format!(
            "{id} was closed too long ago to be reopened; open a new one: git desk open \"…\" --link \"follows {id}\""
        )),
    }
}

/// Longest text of a ticket or entry, in bytes: files of a desk are read up to 1 MiB.
const LONGEST: usize = 256 << 10;

/// How many bytes a text has in a file, where what controls a terminal is written by its number.
fn written(text: &str) -> usize {
    let size = |byte: u8| if byte.is_ascii_control() && !matches!(byte, b'\n' | b'\t') { 6 } else { 1 };
    text.bytes().map(size).sum()
}

/// A text that is too long for a ticket's file becomes a file of its own; its beginning stays.
pub fn overflow(text: &mut String, name: &str) -> Option<Upload> {
    if written(text) <= LONGEST {
        return None;
    }
    let whole = std::mem::take(text);
    let end = (0..=whole.len().min(LONGEST / 16)).rev().find(|at| whole.is_char_boundary(*at)).unwrap_or(0);
    let end = whole[..end].rfind('\n').filter(|at| *at > 0).unwrap_or(end);
    *text = format!("{}\n\n(the whole of it is attached: {name})", &whole[..end]);
    Some(Upload { name: name.to_owned(), bytes: whole.into_bytes() })
}

/// The name an attachment is stored under: six random characters and the cleaned name.
///
/// Exit code 2 when the file is larger than the desk allows.
pub fn store_name(room: &Room<'_, '_>, upload: &Upload) -> Result<String> {
    let (size, most) = (upload.bytes.len() as u64, room.policy.desk.max_file);
    if size > most {
        return Err(Problem::usage(format!("{} has {size} bytes; this desk takes files up to {most}", upload.name))
            .hint("more in desk.toml: [desk] max_file = \"50 MiB\"")
            .into());
    }
    Ok(format!("{}-{}", suffix(room.tx.random()), clean_name(&upload.name)))
}

/// A file name of harmless characters: NFC, `[A-Za-z0-9._-]`, at most 100 bytes, no leading dot.
pub fn clean_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let harmless = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' };
    let clean: String = name.nfc().map(harmless).collect();
    let clean = clean.trim_start_matches('.');
    let clean = &clean[..clean.len().min(100)];
    if clean.is_empty() { "file".to_owned() } else { clean.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_becomes_harmless() {
        assert_eq!(clean_name("../../.ssh/id rsa"), "id-rsa");
        assert_eq!(clean_name("...hidden"), "hidden");
        assert_eq!(clean_name("Prüfung \u{202e}gpj.exe"), "Pr-fung--gpj.exe");
        assert_eq!(clean_name(&"a".repeat(300)).len(), 100);
        assert_eq!(clean_name("///"), "file");
    }
}
