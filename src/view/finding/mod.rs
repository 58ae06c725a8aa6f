//! What `check` has to say, and how each tool that reads it wants it written. Pure: texts from findings.

pub mod checkstyle;
pub mod codes;
pub mod github;
pub mod gitlab;
pub mod junit;
pub mod markdown;
pub mod sarif;
#[cfg(test)]
mod tests;
mod xml;

use serde_json::{Value, json};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable: `DSK` and three digits, one of [`codes::CODES`].
    pub code: &'static str,
    /// `error` or `warning`.
    pub level: &'static str,
    /// From the repository's root; empty where no file is meant.
    pub path: String,
    /// 1-based.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
    /// Lower case, no full stop.
    pub message: String,
    /// What to do about it, where that is known.
    pub fix: Option<String>,
    /// Whether it stands on a line that the change touches; also where nothing is compared.
    pub touched: bool,
}

impl Finding {
    pub fn error(
        code: &'static str,
        path: impl Into<String>,
        at: (usize, usize),
        message: impl Into<String>,
    ) -> Finding {
        let (path, message, (line, column)) = (path.into(), message.into(), at);
        Finding { code, level: "error", path, line, column, message, fix: None, touched: true }
    }

    pub fn warning(
        code: &'static str,
        path: impl Into<String>,
        at: (usize, usize),
        message: impl Into<String>,
    ) -> Finding {
        Finding { level: "warning", ..Finding::error(code, path, at, message) }
    }

    /// With what to do about it.
    pub fn fix(self, fix: impl Into<String>) -> Finding {
        Finding { fix: Some(fix.into()), ..self }
    }

    pub fn is_error(&self) -> bool {
        self.level == "error"
    }

    /// `desk.finding/1`.
    pub fn to_json(&self) -> Value {
        json!({"schema": "desk.finding/1", "code": self.code, "level": self.level, "path": self.path,
               "line": self.line, "column": self.column, "message": self.message, "fix": self.fix})
    }

    /// Message and remedy in one line.
    fn words(&self) -> String {
        match &self.fix {
            Some(fix) => format!("{}; fix: {fix}", self.message),
            None => self.message.clone(),
        }
    }
}

/// The keys of `desk.finding/1` as columns.
pub const FINDING_COLUMNS: &[&str] = &["path", "line", "column", "level", "code", "message", "fix"];

/// How many of each: errors, then warnings.
fn by_level(findings: &[Finding]) -> (usize, usize) {
    let errors = findings.iter().filter(|finding| finding.is_error()).count();
    (errors, findings.len() - errors)
}

/// A character that moves a cursor, turns the direction of text or takes no room.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Text in which nothing is hidden: such characters as `\u{202e}`. Line breaks are kept, for whoever escapes them.
fn visible(text: &str) -> String {
    let shown = |c: char| match is_hidden(c) && !matches!(c, '\n' | '\r') {
        true => format!("\\u{{{:x}}}", u32::from(c)),
        false => c.to_string(),
    };
    text.chars().map(shown).collect()
}
