//! A query's text as pieces.

use std::ops::Range;

/// A piece with its place in the text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub token: Token,
    pub span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    Open,
    Close,
    And,
    Or,
    Not,
    /// A bare word or a quoted phrase.
    Words(String),
    /// A quote that is not closed.
    Unclosed,
    /// `name` `operator` `value`; the value's quotes are gone.
    Term {
        name: String,
        operator: Operator,
        value: String,
        quoted: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Is,
    IsNot,
    Holds,
}

/// Splits a text; every text can be split.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let start = at;
        let token = match c {
            '(' => {
                at += 1;
                Token::Open
            }
            ')' => {
                at += 1;
                Token::Close
            }
            '"' => {
                let closed = text[at + 1..].contains('"');
                let (words, end) = quoted(text, at);
                at = end;
                if closed { Token::Words(words) } else { Token::Unclosed }
            }
            _ => {
                let (token, end) = word(text, at);
                at = end;
                token
            }
        };
        found.push(Piece { token, span: start..at });
    }
    found
}

/// The text between quotes from `start`, and the end behind the closing one (or of the text).
fn quoted(text: &str, start: usize) -> (String, usize) {
    let rest = &text[start + 1..];
    match rest.find('"') {
        Some(length) => (rest[..length].to_owned(), start + 1 + length + 1),
        None => (rest.to_owned(), text.len()),
    }
}

fn word(text: &str, start: usize) -> (Token, usize) {
    let rest = &text[start..];
    let name_length = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-'))).unwrap_or(rest.len());
    let (name, behind) = rest.split_at(name_length);
    let operator = [("!=", Operator::IsNot), (":", Operator::Is), ("=", Operator::Is), ("~", Operator::Holds)]
        .into_iter()
        .find(|(sign, _)| behind.starts_with(sign));
    if let (false, Some((sign, operator))) = (name.is_empty(), operator) {
        let from = start + name_length + sign.len();
        let (value, quoted, end) = value(text, from);
        return (Token::Term { name: name.to_lowercase(), operator, value, quoted }, end);
    }
    let length = rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"')).unwrap_or(rest.len()).max(1);
    let word = &rest[..length];
    let token = match word {
        "and" | "AND" => Token::And,
        "or" | "OR" => Token::Or,
        "not" | "NOT" => Token::Not,
        _ => Token::Words(word.to_owned()),
    };
    (token, start + length)
}

fn value(text: &str, start: usize) -> (String, bool, usize) {
    let rest = &text[start..];
    if rest.starts_with('"') {
        let (value, end) = quoted(text, start);
        return (value, true, end);
    }
    if rest.starts_with('/')
        && let Some(length) = rest[1..].find('/')
    {
        return (rest[..length + 2].to_owned(), false, start + length + 2);
    }
    let length = rest.find(|c: char| c.is_whitespace() || c == ')').unwrap_or(rest.len());
    (rest[..length].to_owned(), false, start + length)
}
