//! Rows for programs: TSV, CSV, JSON, Markdown. Each escapes what would be an attack in it, and nothing else.

use std::fmt::Write as _;

use serde_json::Value;

use super::visible::{visible_line, visible_text};

/// What a result is printed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Table,
    Tsv,
    Json,
    Jsonl,
    Ids,
    Csv,
    Markdown,
    Html,
}

impl Format {
    pub const NAMES: &'static [&'static str] = &["table", "tsv", "json", "jsonl", "ids", "csv", "markdown", "html"];

    pub fn parse(name: &str) -> Option<Format> {
        Some(match name {
            "table" => Format::Table,
            "tsv" => Format::Tsv,
            "json" => Format::Json,
            "jsonl" => Format::Jsonl,
            "ids" => Format::Ids,
            "csv" => Format::Csv,
            "markdown" | "md" => Format::Markdown,
            "html" => Format::Html,
            _ => return None,
        })
    }
}

/// A value as one cell: lists with commas, nothing for nothing.
pub fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(list) if list.iter().all(|value| !value.is_array() && !value.is_object()) => {
            list.iter().map(cell).collect::<Vec<_>>().join(",")
        }
        Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// A cell of TSV: one record is one line.
pub fn tsv(text: &str) -> String {
    if !text.contains(['\t', '\n', '\r', '\\']) {
        return text.to_owned();
    }
    text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
}

/// A cell of CSV by RFC 4180; `safe` keeps spreadsheets from reading a formula.
pub fn csv(text: &str, safe: bool) -> String {
    let risky = safe && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if risky { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// A word for a shell.
pub fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '_' | '-' | '/' | ':' | '+' | '=');
    // A shell may take a word with `=` in front for a command's path.
    if !word.is_empty() && !word.starts_with('=') && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Text as Markdown that shows it and does nothing else.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible_line(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' | '~') {
            out.push('\\');
            out.push(c);
        } else {
            match c {
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '&' => out.push_str("&amp;"),
                '@' => out.push_str("&#64;"),
                c => out.push(c),
            }
        }
    }
    out
}

/// Text as HTML that shows it and does nothing else.
pub fn html(text: &str) -> String {
    entities(&visible_line(text))
}

/// Text as HTML, between tags or quotes.
pub fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Rows under their columns, in one of the formats for programs; the table for people is elsewhere.
pub struct Sheet<'a> {
    pub columns: &'a [&'a str],
    pub rows: Vec<Vec<Value>>,
}

impl Sheet<'_> {
    /// With `guard`, harmless for a terminal.
    pub fn tsv(&self, header: bool, end: char, guard: bool) -> String {
        let shown = |text: String| if guard { visible_line(&text) } else { text };
        let mut out = String::new();
        if header {
            let _ = write!(out, "{}{end}", self.columns.join("\t"));
        }
        for row in &self.rows {
            let cells: Vec<String> = row.iter().map(|value| shown(tsv(&cell(value)))).collect();
            let _ = write!(out, "{}{end}", cells.join("\t"));
        }
        out
    }

    /// With `guard`, harmless for a terminal.
    pub fn csv(&self, safe: bool, guard: bool) -> String {
        let shown = |text: String| if guard { visible_text(&text) } else { text };
        let mut out = format!("{}\r\n", self.columns.join(","));
        for row in &self.rows {
            let cells: Vec<String> = row.iter().map(|value| csv(&shown(cell(value)), safe)).collect();
            let _ = write!(out, "{}\r\n", cells.join(","));
        }
        out
    }

    /// Columns as wide as their widest cell; numbers stand at the right.
    pub fn table(&self, shown: &dyn Fn(&str) -> String) -> String {
        let head = self.columns.iter().map(|name| name.replace('_', " ").to_uppercase()).collect();
        let cells = self.rows.iter().map(|row| row.iter().map(|value| shown(&cell(value))).collect());
        let lines: Vec<Vec<String>> = std::iter::once(head).chain(cells).collect();
        let wide = |at: usize| lines.iter().filter_map(|line| line.get(at)).map(|cell| width(cell)).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.columns.len()).map(wide).collect();
        let right: Vec<bool> = (0..self.columns.len()).map(|at| self.is_number(at)).collect();
        let padded = |line: &Vec<String>| {
            let cells =
                line.iter().zip(widths.iter().zip(&right)).map(|(cell, (width, right))| pad(cell, *width, *right));
            format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
        };
        lines.iter().map(padded).collect()
    }

    fn is_number(&self, at: usize) -> bool {
        !self.rows.is_empty() && self.rows.iter().all(|row| row.get(at).is_some_and(Value::is_number))
    }

    pub fn markdown(&self) -> String {
        let mut out = format!("| {} |\n|{}\n", self.columns.join(" | "), "---|".repeat(self.columns.len()));
        for row in &self.rows {
            let cells: Vec<String> = row.iter().map(|value| markdown(&cell(value))).collect();
            let _ = writeln!(out, "| {} |", cells.join(" | "));
        }
        out
    }

    /// A table of HTML. Classes: `n` figures, `t` text that is so long that it is worth breaking.
    pub fn html(&self) -> String {
        let mut out = "<table><thead><tr>".to_owned();
        for (at, column) in self.columns.iter().enumerate() {
            let right = !self.rows.is_empty() && self.rows.iter().all(|row| row.get(at).is_some_and(is_figure));
            let class = if right { " class=\"n\"" } else { "" };
            let _ = write!(out, "<th scope=\"col\"{class}>{}</th>", html(column));
        }
        out.push_str("</tr></thead><tbody>\n");
        for row in &self.rows {
            out.push_str("<tr>");
            for value in row {
                let text = cell(value);
                let class = match is_figure(value) {
                    true => " class=\"n\"",
                    false if text.chars().count() > LONG => " class=\"t\"",
                    false => "",
                };
                let _ = write!(out, "<td{class}>{}</td>", html(&text));
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody></table>\n");
        out
    }
}

/// Characters of a cell of HTML up to which it stays on one line.
const LONG: usize = 32;

/// A number, also one that is marked or a share.
fn is_figure(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    let number = text.trim_end_matches(['*', '%', ' ']);
    value.is_number() || (number.len() < text.len() && number.parse::<f64>().is_ok())
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn pad(text: &str, width: usize, right: bool) -> String {
    if right { format!("{text:>width$}") } else { format!("{text:<width$}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_record_is_one_line_of_tsv() {
        let sheet = Sheet { columns: &["a", "b"], rows: vec![vec![json!("x\ty\nz\\"), json!(["p", "q"])]] };
        assert_eq!(sheet.tsv(false, '\n', false), "x\\ty\\nz\\\\\tp,q\n");
    }

    #[test]
    fn a_formula_is_text_in_safe_csv() {
        let sheet = Sheet { columns: &["a"], rows: vec![vec![json!("=HYPERLINK(\"x\")")]] };
        assert_eq!(sheet.csv(true, false), "a\r\n\"'=HYPERLINK(\"\"x\"\")\"\r\n");
        assert_eq!(csv("-5", false), "-5");
    }

    #[test]
    fn markdown_and_html_carry_nothing_out() {
        assert_eq!(markdown("<b>|[x](javascript:a)@all"), "&lt;b&gt;\\|\\[x\\](javascript:a)&#64;all");
        assert_eq!(html("<a href='x'>"), "&lt;a href=&#39;x&#39;&gt;");
    }

    #[test]
    fn marks_are_spelt_the_same_in_every_format_for_people() {
        let sheet = Sheet { columns: &["a"], rows: vec![vec![json!("a\u{1b}b\u{202e}c")]] };
        let mark = "a␛b\\u{202e}c";
        assert!(sheet.table(&|text| visible_line(text)).contains(mark));
        assert!(sheet.html().contains(mark));
        assert!(sheet.markdown().contains(&mark.replace('\\', "\\\\")), "the backslash is escaped as Markdown has it");
        assert!(sheet.tsv(false, '\n', true).contains(mark) && sheet.csv(false, true).contains(mark));
    }
}
