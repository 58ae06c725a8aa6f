//! What the search looks through: a script that sets one variable, so that it works with the page opened from a disk.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::json;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::lists::about;
use super::markdown::{summary, words};
use super::text::{clean, titled};
use super::{Article, Service, Site};

/// Shortest word that a body is found by, in characters.
const SHORTEST: usize = 2;
/// Characters that say what a service is.
const LINE: usize = 160;

/// Without case and diacritics: how words are compared, here as in `search.js`.
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ĳ' => out.push_str("ij"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' => out.push('d'),
            'ı' => out.push('i'),
            c => out.push(c),
        }
    }
    out
}

/// The script. A line for each page: address, title, where it stands, language, what it is about, symptoms, words of the
/// body.
pub fn index(site: &Site) -> String {
    let mut out = "// What search.js looks through: address, title, place, language, summary, symptoms, words.\n\
                   window.deskPortal = [\n"
        .to_owned();
    let articles = site.articles.iter().map(|one| of_article(site, one));
    let services = site.services.iter().map(|one| of_service(site, one));
    for row in articles.chain(services) {
        // Nothing of it can be read as a tag, wherever it lands.
        let _ = writeln!(out, "{},", row.to_string().replace('<', "\\u003c"));
    }
    out.push_str("];\n");
    out
}

fn of_article(site: &Site, one: &Article) -> serde_json::Value {
    json!([
        format!("kb/{}.html", one.name),
        clean(&one.title),
        titled(one.topic()),
        site.language(one),
        clean(&about(one)),
        clean(&one.symptoms.join(" ")),
        bag(&format!("{} {}", words(&one.cause), words(&one.body))),
    ])
}

fn of_service(site: &Site, one: &Service) -> serde_json::Value {
    json!([
        format!("services/{}.html", one.name),
        clean(&one.title),
        site.words.services,
        site.words.language,
        summary(&one.description, LINE),
        "",
        bag(&words(&one.description)),
    ])
}

/// Each word once.
fn bag(text: &str) -> String {
    let text = folded(text);
    let all: BTreeSet<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= SHORTEST).collect();
    all.into_iter().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_without_their_marks() {
        assert_eq!(bag("Één Straße für Łódź Ĳssel"), "een fur ijssel lodz strasse");
        assert_eq!(bag("De VPN, de vpn! x"), "de vpn");
    }
}
