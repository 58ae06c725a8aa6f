//! Rows of a file, one by one, in either form.

use std::io::BufRead;

use serde_json::{Map, Value};

use super::{Form, csv};

/// Reads rows. What is wrong comes with the number of its line.
pub enum Reader<R> {
    Csv(csv::Reader<R>),
    Jsonl { source: R, line: usize },
}

impl<R: BufRead> Reader<R> {
    pub fn new(source: R, form: Form) -> Result<Reader<R>, (usize, String)> {
        Ok(match form {
            Form::Csv => Reader::Csv(csv::Reader::new(source)?),
            Form::Jsonl => Reader::Jsonl { source, line: 0 },
        })
    }

    /// The next row with the number of its line; `None` at the end.
    pub fn next(&mut self) -> Option<csv::Row> {
        let (source, line) = match self {
            Reader::Csv(reader) => return reader.next(),
            Reader::Jsonl { source, line } => (source, line),
        };
        loop {
            let mut bytes = Vec::new();
            match source.read_until(b'\n', &mut bytes) {
                Err(error) => return Some(Err((*line + 1, format!("the file breaks off here: {error}")))),
                Ok(0) => return None,
                Ok(_) => *line += 1,
            }
            let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes).trim_ascii();
            if !text.is_empty() {
                return Some(object(text).map(|row| (*line, row)).map_err(|what| (*line, what)));
            }
        }
    }
}

fn object(text: &[u8]) -> Result<Map<String, Value>, String> {
    match serde_json::from_slice(text) {
        Ok(Value::Object(row)) => Ok(row),
        Ok(_) => Err("a list or a bare value, and a row is one object a line; take it apart: jq -c '.[]'".to_owned()),
        Err(_) if matches!(text, b"[" | b"{") => {
            Err("a row is one line of JSON Lines; put each on a line: jq -c '.[]'".to_owned())
        }
        Err(error) => Err(format!("this line is no JSON: {error}")),
    }
}
