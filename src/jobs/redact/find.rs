//! Finds secrets and leaves them where they are: for texts that are judged, not kept from being written.

use std::ops::Range;

use regex::Regex;

use super::plain::Line;
use super::{found, rules};

/// A secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The rule that knows it: `github`, `password`, `site`.
    pub rule: &'static str,
    /// In bytes of the text.
    pub span: Range<usize>,
}

/// Whether there may be anything to find: a quick look.
pub fn may_find(text: &str, site: &[Regex]) -> bool {
    rules::may_find(text) || site.iter().any(|pattern| pattern.is_match(text))
}

/// The secrets in a text of several lines: by the built-in rules and by the site's own patterns. In the order of the text;
/// of two that overlap the one of the surer rule.
pub fn find(text: &str, site: &[Regex]) -> Vec<Seen> {
    if !may_find(text, site) {
        return Vec::new();
    }
    lines(text, |line| {
        let own = site.iter().flat_map(|pattern| line.fresh(found(pattern, line.read())));
        own.map(|span| ("site", span)).chain(rules::spans(line, true)).collect()
    })
}

/// Those alone that are known by their shape or stand in a URL, wherever they stand: for text that is full of labels
/// which mean nothing, such as configuration.
pub fn shapes(text: &str) -> Vec<Seen> {
    if !rules::may_find(text) {
        return Vec::new();
    }
    lines(text, |line| rules::spans(line, false))
}

fn lines(text: &str, look: impl Fn(&Line) -> Vec<(&'static str, Range<usize>)>) -> Vec<Seen> {
    let mut seen: Vec<Seen> = Vec::new();
    let mut start = 0;
    for part in text.split_inclusive('\n') {
        let line = Line::new(part.trim_end_matches(['\n', '\r']));
        let mut of_line: Vec<Seen> = Vec::new();
        for (rule, span) in look(&line) {
            let place = line.place(&span);
            let span = start + place.start..start + place.end;
            if of_line.iter().all(|other| other.span.end <= span.start || span.end <= other.span.start) {
                of_line.push(Seen { rule, span });
            }
        }
        of_line.sort_by_key(|one| one.span.start);
        seen.extend(of_line);
        start += part.len();
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_where_it_stands_and_once() {
        let token = format!("ghp_{}", "a1B2".repeat(9));
        let text = format!("nothing\nüber token={token} and\nhttps://bob:hunter22@h/x\n");
        let found: Vec<_> = find(&text, &[]).into_iter().map(|one| (one.rule, text[one.span].to_owned())).collect();
        assert_eq!(found, [("github", token), ("url", "hunter22".to_owned())]);
    }

    #[test]
    fn what_was_taken_out_already_and_what_the_site_knows() {
        let site = [Regex::new("site-[0-9]{4}").unwrap()];
        let text = "password=[REDACTED:password]\nsite-1234";
        assert_eq!(find(text, &site), [Seen { rule: "site", span: 29..38 }]);
        assert_eq!(find("the commit is 5fc987d0c1b2a3948576", &[]), []);
    }

    #[test]
    fn labels_mean_nothing_where_all_is_labelled() {
        assert_eq!(shapes("key = \"a8f0zq71kd92\"\npassword = \"x8Kd02hs9\"\n"), []);
    }
}
