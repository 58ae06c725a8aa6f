//! JSON documents as monitors hand them over: one, several behind one another, or an array of which each element is one.
//!
//! No more than one document is held at a time, and none that is longer than [`DOCUMENT`]. Behind a document that is no
//! JSON nothing can be found again: the rest stays unread.

use serde_json::Value;

use super::{DOCUMENT, Reading};

/// A document and where it stands.
pub struct Document {
    line: usize,
    /// Its place in an array, as `[3]`.
    path: String,
    pub value: Value,
}

impl Document {
    /// `line 4, [3]` and what follows in the document.
    pub fn place(&self, inside: &str) -> String {
        match (self.path.as_str(), inside) {
            ("", "") => format!("line {}", self.line),
            (path, inside) => format!("line {}, `{path}{inside}`", self.line),
        }
    }
}

/// Hands over each document of a text; what cannot be read becomes a remark.
pub fn each(text: &str, reading: &mut Reading, mut take: impl FnMut(&Document, &mut Reading)) {
    let mut cursor = Cursor { rest: text.as_bytes(), line: 1 };
    while let Some(byte) = cursor.peek() {
        let outcome = if byte == b'[' {
            cursor.array(reading, &mut take)
        } else {
            cursor.document(String::new()).map(|document| take(&document, reading))
        };
        if let Err(what) = outcome {
            reading.remark(|| what);
            return;
        }
    }
}

struct Cursor<'a> {
    rest: &'a [u8],
    line: usize,
}

impl Cursor<'_> {
    fn step(&mut self, bytes: usize) {
        let (passed, rest) = self.rest.split_at(bytes.min(self.rest.len()));
        self.line += passed.iter().filter(|byte| **byte == b'\n').count();
        self.rest = rest;
    }

    /// The byte behind white space.
    fn peek(&mut self) -> Option<u8> {
        let white = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        let space = self.rest.iter().take_while(|byte| white(byte)).count();
        self.step(space);
        self.rest.first().copied()
    }

    fn array(&mut self, reading: &mut Reading, take: &mut impl FnMut(&Document, &mut Reading)) -> Result<(), String> {
        self.step(1);
        if self.peek() == Some(b']') {
            self.step(1);
            reading.understood = true;
            return Ok(());
        }
        for index in 0.. {
            let document = self.document(format!("[{index}]"))?;
            take(&document, reading);
            match self.peek() {
                Some(b',') => self.step(1),
                Some(b']') => {
                    self.step(1);
                    break;
                }
                Some(_) => return Err(format!("line {}: an array goes on with neither `,` nor `]`", self.line)),
                None => return Err(format!("line {}: the text ends within an array", self.line)),
            }
        }
        Ok(())
    }

    fn document(&mut self, path: String) -> Result<Document, String> {
        self.peek();
        let line = self.line;
        let part = &self.rest[..self.rest.len().min(DOCUMENT)];
        let mut stream = serde_json::Deserializer::from_slice(part).into_iter::<Value>();
        match stream.next() {
            Some(Ok(value)) => {
                let length = stream.byte_offset();
                self.step(length);
                Ok(Document { line, path, value })
            }
            Some(Err(error)) if error.is_eof() && part.len() < self.rest.len() => {
                Err(format!("line {line}: a document is longer than 1 MiB; the rest is not read"))
            }
            Some(Err(error)) => Err(format!("line {}: {}", line + error.line().saturating_sub(1), words(&error))),
            None => Err(format!("line {line}: the text ends where a document is due")),
        }
    }
}

/// What is wrong, without the parser's own line and column, which count from where it began.
pub fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    format!("no JSON, {what}")
}

/// A text or number of an object, as text; empty for all else.
pub fn text(object: &Value, name: &str) -> String {
    match &object[name] {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
    }
}
