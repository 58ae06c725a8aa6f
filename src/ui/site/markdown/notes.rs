//! Footnotes: numbers in the text, and what they say below it.

use std::collections::BTreeMap;

use pulldown_cmark::Event;

use super::made;

/// The footnotes of a text.
pub struct Notes<'t> {
    /// In front of their numbers in ids: several texts stand on a page.
    prefix: String,
    numbers: BTreeMap<String, usize>,
    said: Vec<(usize, Vec<Event<'t>>)>,
}

impl<'t> Notes<'t> {
    pub fn new(level: usize) -> Notes<'t> {
        Notes { prefix: format!("n{level}"), numbers: BTreeMap::new(), said: Vec::new() }
    }

    fn number(&mut self, name: &str) -> usize {
        let next = self.numbers.len() + 1;
        *self.numbers.entry(name.to_lowercase()).or_insert(next)
    }

    /// The number in the text.
    pub fn reference(&mut self, name: &str) -> Event<'t> {
        let number = self.number(name);
        made(format!("<sup><a href=\"#{}-{number}\">{number}</a></sup>", self.prefix))
    }

    /// What a footnote says.
    pub fn say(&mut self, name: &str, words: Vec<Event<'t>>) {
        let number = self.number(name);
        self.said.push((number, words));
    }

    /// Their list, in the order of their numbers.
    pub fn list(mut self) -> Vec<Event<'t>> {
        if self.said.is_empty() {
            return Vec::new();
        }
        self.said.sort_by_key(|(number, _)| *number);
        let (mut out, mut last) = (vec![made("<hr>\n<ol>\n".to_owned())], 0);
        for (number, words) in self.said {
            // What is said twice of one is one item.
            if number != last {
                let end = if last == 0 { "" } else { "</li>\n" };
                out.push(made(format!("{end}<li id=\"{}-{number}\">", self.prefix)));
                last = number;
            }
            out.extend(words);
        }
        out.push(made("</li>\n</ol>\n".to_owned()));
        out
    }
}
