//! Rows of CSV (RFC 4180): quoted cells may hold separators and line breaks. The separator is that of the head.

use std::io::BufRead;

use serde_json::{Map, Value};

/// Longest record, in bytes: beyond it a quote was never closed.
const LONGEST: usize = 64 << 20;

/// Reads rows one by one.
pub struct Reader<R> {
    source: R,
    separator: u8,
    head: Vec<String>,
    /// Lines read so far.
    line: usize,
}

/// A row with the number of the line that it begins in, or what is wrong there.
pub type Row = Result<(usize, Map<String, Value>), (usize, String)>;

impl<R: BufRead> Reader<R> {
    /// Reads the head: comma, semicolon or tab, whichever it has most of.
    pub fn new(source: R) -> Result<Reader<R>, (usize, String)> {
        let mut reader = Reader { source, separator: b',', head: Vec::new(), line: 0 };
        let Some((line, text)) = reader.record()? else { return Err((1, "there is no head of columns".to_owned())) };
        let text = text.trim_start_matches('\u{feff}');
        let count = |separator: &u8| text.bytes().filter(|byte| byte == separator).count();
        reader.separator = *[b',', b';', b'\t'].iter().rev().max_by_key(|separator| count(separator)).unwrap_or(&b',');
        reader.head = cells(text, reader.separator).map_err(|what| (line, what))?;
        Ok(reader)
    }

    /// The next row; `None` at the end. Columns of one name are a list.
    pub fn next(&mut self) -> Option<Row> {
        let (line, text) = match self.record() {
            Ok(record) => record?,
            Err(wrong) => return Some(Err(wrong)),
        };
        Some(self.row(&text).map(|row| (line, row)).map_err(|what| (line, what)))
    }

    fn row(&self, text: &str) -> Result<Map<String, Value>, String> {
        let cells = cells(text, self.separator)?;
        if cells.len() != self.head.len() {
            return Err(format!("{} cells, and the head has {}", cells.len(), self.head.len()));
        }
        let mut row = Map::new();
        for (name, cell) in self.head.iter().zip(cells) {
            match row.get_mut(name) {
                None => {
                    row.insert(name.clone(), Value::from(cell));
                }
                Some(Value::Array(list)) => list.push(Value::from(cell)),
                Some(one) => *one = Value::from(vec![one.take(), Value::from(cell)]),
            }
        }
        Ok(row)
    }

    /// The lines of the next record, and the number of the first; empty lines between records are nothing.
    fn record(&mut self) -> Result<Option<(usize, String)>, (usize, String)> {
        let mut bytes = Vec::new();
        let mut first = self.line + 1;
        loop {
            let before = bytes.len();
            let read = self.source.read_until(b'\n', &mut bytes);
            let open = bytes.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
            match read {
                Err(error) => return Err((self.line + 1, format!("the file breaks off here: {error}"))),
                Ok(0) if open => return Err((first, "a quote that is opened here is never closed".to_owned())),
                Ok(0) if bytes.is_empty() => return Ok(None),
                Ok(0) => break,
                Ok(_) => self.line += 1,
            }
            if before == 0 && bytes.trim_ascii().is_empty() {
                bytes.clear();
                first = self.line + 1;
                continue;
            }
            if !open {
                break;
            }
            if bytes.len() > LONGEST {
                return Err((first, "a quote that is opened here is not closed for 64 MiB".to_owned()));
            }
        }
        let text = String::from_utf8(bytes).map_err(|_| {
            (first, "this is no UTF-8; convert the file first, as in: iconv -f WINDOWS-1252 -t UTF-8".to_owned())
        })?;
        Ok(Some((first, text)))
    }
}

/// The cells of a record.
fn cells(record: &str, separator: u8) -> Result<Vec<String>, String> {
    let record = record.strip_suffix('\n').unwrap_or(record);
    let record = record.strip_suffix('\r').unwrap_or(record);
    let separator = char::from(separator);
    let mut cells = Vec::new();
    let mut rest = record;
    loop {
        let (cell, behind) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_cell(quoted)?,
            None => {
                let end = rest.find(separator).unwrap_or(rest.len());
                (rest[..end].to_owned(), &rest[end..])
            }
        };
        cells.push(cell);
        match behind.strip_prefix(separator) {
            Some(next) => rest = next,
            None if behind.is_empty() => return Ok(cells),
            None => return Err(format!("cell {}: text behind the closing quote", cells.len())),
        }
    }
}

fn quoted_cell(text: &str) -> Result<(String, &str), String> {
    let mut cell = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('"') {
        cell.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix('"') {
            Some(next) => {
                cell.push('"');
                rest = next;
            }
            None => return Ok((cell.replace("\r\n", "\n"), rest)),
        }
    }
    Err("a quote that is never closed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rows(text: &str) -> Vec<Row> {
        let mut reader = Reader::new(text.as_bytes()).unwrap();
        std::iter::from_fn(|| reader.next()).collect()
    }

    #[test]
    fn quoted_cells_hold_separators_quotes_and_lines() {
        let row = |value: Value| value.as_object().unwrap().clone();
        let text = "\u{feff}a,\"b, c\",a\r\n1,\"x \"\"y\"\"\r\nz\",2\r\n\r\n3,,\n";
        let wanted = [
            Ok((2, row(json!({"a": ["1", "2"], "b, c": "x \"y\"\nz"})))),
            Ok((5, row(json!({"a": ["3", ""], "b, c": ""})))),
        ];
        assert_eq!(rows(text), wanted);
        assert_eq!(rows("a;b\n1;2,3\n"), [Ok((2, row(json!({"a": "1", "b": "2,3"}))))]);
    }

    #[test]
    fn what_is_no_row_is_named_with_its_line() {
        assert_eq!(rows("a,b\n1,2\n1\n"), rows("a,b\n1,2\n1\n"));
        assert_eq!(rows("a,b\n1\n")[0], Err((2, "1 cells, and the head has 2".to_owned())));
        assert_eq!(rows("a,b\n1,2\n\"x,\n\n")[1], Err((3, "a quote that is opened here is never closed".to_owned())));
        assert_eq!(rows("a\n\"x\"y\n")[0], Err((2, "cell 1: text behind the closing quote".to_owned())));
        assert!(Reader::new(&b""[..]).is_err());
        assert!(Reader::new(&b"\xff\n"[..]).is_err());
    }
}
