//! Pieces to a query, with errors that point at what is wrong.

use std::fmt;
use std::ops::Range;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use regex::RegexBuilder;

use super::lex::{Operator, Piece, Token, pieces};
use super::{Expr, Is, Query, Standing, Term, Test};
use crate::model::near::nearest;
use crate::model::text::tokens;
use crate::model::when;

/// What is wrong with a query, and where in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// Lower case, no full stop.
    pub message: String,
    /// In bytes.
    pub span: Range<usize>,
    pub nearest: Option<String>,
    pub text: String,
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for QueryError {}

impl QueryError {
    /// The query, and a line with carets under the place and the nearest word.
    pub fn lines(&self) -> [String; 2] {
        let text = self.text.replace(['\n', '\t'], " ");
        let before = text.get(..self.span.start).unwrap_or_default().chars().count();
        let wide = text.get(self.span.clone()).unwrap_or_default().chars().count().max(1);
        let near = self.nearest.as_ref().map(|word| format!(" {word}?")).unwrap_or_default();
        [text, format!("{}{}{near}", " ".repeat(before), "^".repeat(wide))]
    }
}

/// Fields of text, words and lists that a query may name.
pub const FIELDS: &[&str] = &[
    "id",
    "title",
    "status",
    "resolution",
    "waiting_on",
    "kind",
    "impact",
    "urgency",
    "priority",
    "queue",
    "assignee",
    "category",
    "service",
    "asset",
    "tags",
    "tag",
    "articles",
    "article",
    "requester",
    "customer",
    "location",
    "environment",
    "channel",
    "external_id",
    "key",
    "group",
    "watchers",
    "watcher",
    "solution",
    "body",
    "level",
    "parent",
    "link",
    "links",
];

/// Fields of time.
const TIMES: &[&str] =
    &["opened", "due", "wake", "follow_up", "acknowledged", "responded", "resolved", "closed", "updated"];
const SPANS: &[&str] = &["age", "idle"];
const OTHERS: &[&str] = &["is", "no", "has", "sla"];
const DEEPEST: usize = 32;

impl Query {
    /// Reads a query. Times in it are settled by `now` and `zone`.
    pub fn parse(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Query, QueryError> {
        let mut parser = Parser { text, pieces: pieces(text), at: 0, now, zone };
        if parser.pieces.is_empty() {
            return Ok(Query { expr: Expr::All });
        }
        let expr = parser.either(0)?;
        match parser.peek() {
            None => Ok(Query { expr }),
            Some(piece) => Err(parser.error("this `)` closes nothing", piece.span.clone())),
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    pieces: Vec<Piece>,
    at: usize,
    now: Timestamp,
    zone: &'a TimeZone,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Piece> {
        self.pieces.get(self.at)
    }

    fn error(&self, message: impl Into<String>, span: Range<usize>) -> QueryError {
        QueryError { message: message.into(), span, nearest: None, text: self.text.to_owned() }
    }

    fn either(&mut self, depth: usize) -> Result<Expr, QueryError> {
        let mut parts = vec![self.both(depth)?];
        while self.peek().is_some_and(|piece| piece.token == Token::Or) {
            self.at += 1;
            parts.push(self.both(depth)?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Expr::Or(parts) })
    }

    fn both(&mut self, depth: usize) -> Result<Expr, QueryError> {
        let mut parts = vec![self.one(depth)?];
        loop {
            match self.peek().map(|piece| &piece.token) {
                None | Some(Token::Or | Token::Close) => break,
                Some(Token::And) => {
                    self.at += 1;
                    parts.push(self.one(depth)?);
                }
                Some(_) => parts.push(self.one(depth)?),
            }
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Expr::And(parts) })
    }

    fn one(&mut self, depth: usize) -> Result<Expr, QueryError> {
        let Some(piece) = self.peek().cloned() else {
            // A word that joins two conditions, or `not`, is the last one.
            let last = self.pieces.last().map_or(0..0, |piece| piece.span.clone());
            return Err(self.error("a condition is missing behind this", last));
        };
        if depth >= DEEPEST {
            return Err(self.error("the query is nested too deeply", piece.span));
        }
        self.at += 1;
        match piece.token {
            Token::Not => Ok(Expr::Not(Box::new(self.one(depth + 1)?))),
            Token::Open => {
                let inner = self.either(depth + 1)?;
                match self.peek().map(|piece| &piece.token) {
                    Some(Token::Close) => {
                        self.at += 1;
                        Ok(inner)
                    }
                    Some(_) | None => Err(self.error("this `(` is not closed", piece.span)),
                }
            }
            Token::Unclosed => Err(self.error("this quote is not closed", piece.span)),
            Token::Words(words) if compares(&words) => Err(QueryError {
                nearest: Some("idle:4h..  opened:..2026-11-01".to_owned()),
                ..self.error("a range has two dots, not `<` or `>`", piece.span)
            }),
            Token::Words(words) => match tokens(&words) {
                tokens if tokens.is_empty() => Err(self.error("there is no word in this to look for", piece.span)),
                tokens => Ok(Expr::Term(Term::Words(tokens))),
            },
            Token::Term { name, operator, value, quoted } => self.term(&name, operator, &value, quoted, &piece.span),
            Token::And | Token::Or | Token::Close => Err(self.error("a condition is missing here", piece.span)),
        }
    }

    fn term(
        &self,
        name: &str,
        operator: Operator,
        value: &str,
        quoted: bool,
        span: &Range<usize>,
    ) -> Result<Expr, QueryError> {
        let place = span.start..span.start + name.len();
        if value.is_empty() && !quoted {
            return Err(self.error(format!("`{name}:` has no value"), span.clone()));
        }
        let term = match name {
            "is" => Term::Is(Is::parse(value).ok_or_else(|| self.unknown("no state", value, span, Is::WORDS))?),
            "has" | "no" => {
                let field = canonical(value);
                if !is_field(&field) {
                    return Err(self.unknown("no field", value, span, FIELDS));
                }
                let has = Expr::Term(Term::Has(field));
                let negative = (name == "no") != (operator == Operator::IsNot);
                return Ok(if negative { Expr::Not(Box::new(has)) } else { has });
            }
            "sla" => match Standing::parse(if value == "late" { "overdue" } else { value }) {
                Some(word) => Term::Sla(word),
                None => return Err(self.unknown("no state of a clock", value, span, &Standing::spellings())),
            },
            _ if SPANS.contains(&name) => self.span_term(name, value, span)?,
            _ if TIMES.contains(&name) && operator != Operator::Holds => self.time_term(name, value, span)?,
            _ if is_field(name) => {
                Term::Field { name: canonical(name), test: self.test(name, operator, value, quoted, span)? }
            }
            _ => {
                let known: Vec<&str> = [FIELDS, TIMES, SPANS, OTHERS].concat();
                return Err(QueryError {
                    nearest: nearest(name, known).map(str::to_owned),
                    ..self.error(format!("no field `{name}`"), place)
                });
            }
        };
        Ok(if operator == Operator::IsNot { Expr::Not(Box::new(Expr::Term(term))) } else { Expr::Term(term) })
    }

    fn unknown(&self, what: &str, value: &str, span: &Range<usize>, known: &[&str]) -> QueryError {
        let start = span.end.saturating_sub(value.len());
        let near = nearest(value, known.iter().copied()).map(str::to_owned);
        QueryError { nearest: near, ..self.error(format!("{what} `{value}`"), start..span.end) }
    }

    fn test(
        &self,
        name: &str,
        operator: Operator,
        value: &str,
        quoted: bool,
        span: &Range<usize>,
    ) -> Result<Test, QueryError> {
        if operator == Operator::Holds {
            let pattern = value.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).filter(|_| !quoted);
            let Some(pattern) = pattern else { return Ok(Test::Contains(value.to_lowercase())) };
            let built = RegexBuilder::new(pattern).size_limit(1 << 20).dfa_size_limit(1 << 20).build();
            return built.map(Test::Matches).map_err(|_| self.error("this is no regular expression", span.clone()));
        }
        if let (false, Some((low, high))) = (quoted, value.split_once("..")) {
            let end = |text: &str| Some(text.to_lowercase()).filter(|text| !text.is_empty());
            return Ok(Test::Between(end(low), end(high)));
        }
        let words: Vec<String> =
            if quoted { vec![value.to_owned()] } else { value.split(',').map(str::to_owned).collect() };
        if !quoted && words.iter().any(String::is_empty) {
            return Err(self.error("a word is missing beside the comma", span.clone()));
        }
        Ok(Test::AnyOf(words.into_iter().map(|word| plain(&word, name)).collect()))
    }

    fn span_term(&self, name: &str, value: &str, span: &Range<usize>) -> Result<Term, QueryError> {
        let read = |text: &str| {
            when::duration(text).ok_or_else(|| self.error(format!("`{text}` is no duration"), span.clone()))
        };
        let optional = |text: &str| if text.is_empty() { Ok(None) } else { read(text).map(Some) };
        let (from, to) = match value.split_once("..") {
            Some((low, high)) => (optional(low)?, optional(high)?),
            // A duration alone is "at least".
            None => (Some(read(value)?), None),
        };
        Ok(Term::Span { name: name.to_owned(), from, to })
    }

    fn time_term(&self, name: &str, value: &str, span: &Range<usize>) -> Result<Term, QueryError> {
        if matches!(value, "none" | "@none") {
            return Err(QueryError {
                nearest: Some(format!("no:{name}")),
                ..self.error("ask for what is unset with `no:`", span.clone())
            });
        }
        let read = |text: &str| {
            let period = when::period(text, self.now, self.zone);
            let moment = || when::past(text, self.now, self.zone).map(|time| (time, time));
            period.or_else(moment).ok_or_else(|| self.error(format!("`{text}` is no time"), span.clone()))
        };
        let (from, to) = match value.split_once("..") {
            Some((low, high)) => {
                let from = if low.is_empty() { None } else { Some(read(low)?.0) };
                let to = if high.is_empty() { None } else { Some(read(high)?.1) };
                (from, to)
            }
            None => {
                let (from, to) = read(value)?;
                (Some(from), Some(to))
            }
        };
        Ok(Term::Time { name: name.to_owned(), from, to })
    }
}

/// Whether a word is a comparison as other languages have it: `idle>4h`.
fn compares(word: &str) -> bool {
    let name = word.split(['<', '>']).next().unwrap_or_default();
    name.len() < word.len() && (is_field(name) || SPANS.contains(&name))
}

/// A value without the `@` that people may put before a name. `@none` is the empty value, and so is `none` where the
/// value is a name that the desk knows; an asset may well be called "none".
fn plain(word: &str, field: &str) -> String {
    let person = matches!(field, "assignee" | "requester" | "watcher" | "watchers");
    let named = person || matches!(field, "queue" | "service" | "customer");
    match (word.strip_prefix('@'), word) {
        (Some("none"), _) => String::new(),
        (None, "none") if named => String::new(),
        (Some(word @ ("me" | "oncall")), _) | (None, word @ ("me" | "oncall")) if person => format!("@{word}"),
        (Some(bare), _) if person => bare.to_lowercase(),
        (_, word) => word.to_lowercase(),
    }
}

fn canonical(name: &str) -> String {
    match name {
        "tag" => "tags",
        "watcher" => "watchers",
        "article" => "articles",
        "links" => "link",
        other => return other.strip_prefix("field.").map_or_else(|| other.to_owned(), |name| format!("fields.{name}")),
    }
    .to_owned()
}

fn is_field(name: &str) -> bool {
    FIELDS.contains(&name)
        || TIMES.contains(&name)
        || name == "link"
        || ["field.", "fields."].iter().any(|prefix| name.len() > prefix.len() && name.starts_with(prefix))
}
