//! What is to say about a `desk.toml` or another file of the policy: where, what, and what to write instead.

use std::cell::RefCell;
use std::collections::BTreeMap;

/// How bad it is. An error makes `check` fail; readers go on with a default either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Error,
    Warning,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// One thing wrong with a file of the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    pub severity: Severity,
    /// From the desk's root: mostly `desk.toml`.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// The dotted path of the key, `queues.l1.next` or `sla[0].targets.p1`; empty where the TOML itself is broken. In a
    /// file that is no TOML, the key that names the file.
    pub key: String,
    /// Lower case, no full stop.
    pub message: String,
    /// What to write instead, where that is known.
    pub fix: Option<String>,
}

/// Where the keys of a file stand: line and column, from 1.
pub type Places = BTreeMap<String, (usize, usize)>;

/// Collects remarks while a text is read, and remembers where each key stands.
pub(in crate::model) struct Notes<'a> {
    file: &'a str,
    text: &'a str,
    line_starts: Vec<usize>,
    remarks: RefCell<Vec<Remark>>,
    places: RefCell<BTreeMap<String, usize>>,
}

impl<'a> Notes<'a> {
    /// `file` is what remarks call the text.
    pub fn new(file: &'a str, text: &'a str) -> Notes<'a> {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Notes { file, text, line_starts, remarks: RefCell::default(), places: RefCell::default() }
    }

    /// Remembers that `key` stands at byte `offset`.
    pub fn place(&self, key: &str, offset: usize) {
        self.places.borrow_mut().insert(key.to_owned(), offset);
    }

    pub fn error(&self, key: &str, offset: usize, message: String, fix: Option<String>) {
        self.remark(Severity::Error, key, offset, message, fix);
    }

    pub fn warning(&self, key: &str, offset: usize, message: String, fix: Option<String>) {
        self.remark(Severity::Warning, key, offset, message, fix);
    }

    /// A remark on a key that was read before; the top of the file when it was not.
    pub fn remark_on(&self, severity: Severity, key: &str, message: String, fix: Option<String>) {
        let offset = self.places.borrow().get(key).copied().unwrap_or(0);
        self.remark(severity, key, offset, message, fix);
    }

    fn remark(&self, severity: Severity, key: &str, offset: usize, message: String, fix: Option<String>) {
        let (line, column) = self.position(offset);
        let (file, key) = (self.file.to_owned(), key.to_owned());
        self.remarks.borrow_mut().push(Remark { severity, file, line, column, key, message, fix });
    }

    fn position(&self, offset: usize) -> (usize, usize) {
        let line = self.line(offset);
        let before = self.text.get(self.line_starts[line - 1]..offset).unwrap_or_default();
        (line, before.chars().count() + 1)
    }

    /// The line of a byte, from 1.
    pub fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset).max(1)
    }

    /// The remarks in the order of the text, and the place of each key.
    pub fn done(self) -> (Vec<Remark>, Places) {
        let places = self.places.borrow().iter().map(|(key, offset)| (key.clone(), self.position(*offset))).collect();
        let mut remarks = self.remarks.into_inner();
        remarks.sort_by_key(|remark| (remark.line, remark.column));
        (remarks, places)
    }
}
