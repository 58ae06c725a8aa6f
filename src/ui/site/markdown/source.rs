//! The text of an article as people may read it: without what moves or hides text, and without its comments, which are
//! for those who write it.

use std::ops::Range;

use pulldown_cmark::{Event, Tag};

use super::parse;
use crate::ui::site::text::clean;

const OPENS: &str = "<!--";
const ENDS: &str = "-->";

/// How often comments are looked for: what is left when some are gone may be one, too. After that, in code as well.
const PASSES: usize = 8;

/// Markdown that says nothing but what is to be read. What is between `<!--` and `-->`, or the end of the text, is gone,
/// but for what stands in code.
pub fn readable(text: &str) -> String {
    let mut text = clean(text);
    for pass in 0..=PASSES {
        if !text.contains(OPENS) {
            break;
        }
        let code = if pass < PASSES { code(&text) } else { Vec::new() };
        let less = without_comments(&text, &code);
        if less == text {
            break;
        }
        text = less;
    }
    text
}

/// Where code stands, in order.
fn code(text: &str) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    for (event, range) in parse(text).into_offset_iter() {
        if matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_))) {
            all.push(range);
        }
    }
    all
}

fn without_comments(text: &str, code: &[Range<usize>]) -> String {
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    let mut code = code.iter().peekable();
    while let Some(found) = text[at..].find(OPENS).map(|found| at + found) {
        while code.peek().is_some_and(|range| range.end <= found) {
            code.next();
        }
        let end = match code.peek() {
            Some(range) if range.start <= found => {
                out.push_str(&text[at..found + 1]);
                at = found + 1;
                continue;
            }
            _ if is_escaped(&text[..found]) => {
                out.push_str(&text[at..found + 1]);
                at = found + 1;
                continue;
            }
            // `<!-->` is a whole one.
            _ => text[found + 2..].find(ENDS).map(|end| found + 2 + end + ENDS.len()),
        };
        out.push_str(&text[at..found]);
        // What stood on both sides stays apart: it must not become a mark together.
        out.push(' ');
        at = end.unwrap_or(text.len());
    }
    out.push_str(&text[at..]);
    out
}

/// Whether what follows is text because of a backslash.
fn is_escaped(before: &str) -> bool {
    before.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}
