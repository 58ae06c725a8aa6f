//! Who commits, when, and in what words; and the bytes of the commit object.

use std::fmt::Write as _;

use git2::Oid;
use jiff::Timestamp;

/// A name and an address as a commit has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    pub email: String,
}

impl Person {
    /// Characters that a commit header cannot hold are left out; a name of nothing else becomes the address.
    pub fn new(name: &str, email: &str) -> Person {
        let clean = |text: &str| {
            let text: String = text.chars().filter(|c| !matches!(c, '<' | '>') && !c.is_control()).collect();
            text.trim().to_owned()
        };
        let email = clean(email);
        let name = Some(clean(name)).filter(|name| !name.is_empty()).unwrap_or_else(|| email.clone());
        Person { name, email }
    }

    /// Reads `Name <mail>`.
    pub fn parse(text: &str) -> Option<Person> {
        let (name, rest) = text.split_once('<')?;
        Some(Person::new(name, rest.split_once('>')?.0))
    }
}

/// A moment with the offset that people see it in.
#[derive(Debug, Clone, Copy)]
pub struct When {
    pub at: Timestamp,
    pub offset_minutes: i32,
}

impl When {
    /// The offset as git writes it, `+0100`.
    pub fn zone(self) -> String {
        let (sign, minutes) =
            if self.offset_minutes < 0 { ('-', -self.offset_minutes) } else { ('+', self.offset_minutes) };
        format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
    }
}

/// The words of a commit. The subject is one line whatever it is made of, so nobody can forge a trailer in a title.
#[derive(Debug, Clone, Default)]
pub struct Message {
    pub subject: String,
    pub body: String,
    pub trailers: Vec<(&'static str, String)>,
    /// The tickets that the result of the act names, in its order: what a second run under the same name tells again.
    pub told: Vec<String>,
}

/// Longest subject, in characters; the rest of a title is in the ticket.
const SUBJECT: usize = 100;

impl Message {
    pub fn new(subject: impl Into<String>) -> Message {
        Message { subject: subject.into(), ..Message::default() }
    }

    pub fn trailer(mut self, name: &'static str, value: impl Into<String>) -> Message {
        self.trailers.push((name, value.into()));
        self
    }

    /// The trailer of an operation: its name, and the tickets that its result names where there is room for all.
    pub fn operation(self, op: &str, told: &[String]) -> Message {
        let whole = std::iter::once(op).chain(told.iter().map(String::as_str)).collect::<Vec<_>>().join(" ");
        let value = if whole.len() <= TRAILER { whole } else { op.to_owned() };
        self.trailer("Desk-Op", value)
    }

    pub fn text(&self) -> String {
        let mut text = one_line(&self.subject, SUBJECT);
        if text.is_empty() {
            text.push_str("change");
        }
        text.push('\n');
        if !self.body.trim().is_empty() {
            let _ = write!(text, "\n{}\n", self.body.trim());
        }
        for (at, (name, value)) in self.trailers.iter().enumerate() {
            let gap = if at == 0 { "\n" } else { "" };
            let _ = writeln!(text, "{gap}{name}: {}", one_line(value, TRAILER));
        }
        text
    }
}

/// Characters of a trailer's value.
const TRAILER: usize = 255;

/// Text without line breaks and control characters, cut with `…` at `limit` characters.
fn one_line(text: &str, limit: usize) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() || is_hidden(c) { ' ' } else { c }).collect();
    let plain = plain.trim();
    if plain.chars().count() <= limit {
        return plain.to_owned();
    }
    plain.chars().take(limit - 1).chain(['…']).collect()
}

/// Characters that change the direction of text or take no room.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The bytes of a commit object without signature.
pub fn commit_bytes(
    tree: Oid,
    parents: &[Oid],
    author: (&Person, When),
    committer: (&Person, When),
    message: &str,
) -> Vec<u8> {
    let mut text = format!("tree {tree}\n");
    for parent in parents {
        let _ = writeln!(text, "parent {parent}");
    }
    for (role, (person, when)) in [("author", author), ("committer", committer)] {
        let _ = writeln!(text, "{role} {} <{}> {} {}", person.name, person.email, when.at.as_second(), when.zone());
    }
    let _ = write!(text, "\n{message}");
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_forges_no_trailer() {
        let message = Message::new("open x: a\n\nDesk-Op: forged\u{202e}").trailer("Desk-Act", "open\nDesk-Op: forged");
        assert_eq!(message.text(), "open x: a  Desk-Op: forged\n\nDesk-Act: open Desk-Op: forged\n");
    }

    #[test]
    fn a_name_cannot_break_the_header() {
        assert_eq!(Person::new("A <b>\nparent x", "a@b>"), Person { name: "A bparent x".into(), email: "a@b".into() });
    }
}
