//! What all pages have: head, menu, foot.

use std::fmt::Write as _;

use super::text::escape;
use super::{Contact, Site};

/// A page before it is one.
pub struct Page<'a> {
    /// Of the page alone; empty on the first.
    pub title: &'a str,
    /// Of its content.
    pub language: &'a str,
    /// How many folders deep it lies.
    pub depth: usize,
    /// Its entry in the menu.
    pub entry: Entry,
    /// Names of scripts in the site's folder, in order.
    pub scripts: &'a [&'a str],
    /// HTML.
    pub body: &'a str,
}

/// Entries of the menu.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    Home,
    All,
    Services,
    Status,
    None,
}

/// The way from a page of that depth to the site's folder.
pub fn root(depth: usize) -> String {
    "../".repeat(depth)
}

impl Site {
    pub(super) fn page(&self, page: &Page<'_>) -> String {
        let root = root(page.depth);
        let (words, site) = (self.words, escape(&self.title));
        let title = if page.title.is_empty() { site.clone() } else { format!("{} · {site}", escape(page.title)) };
        let scripts: String =
            page.scripts.iter().map(|name| format!("<script src=\"{root}{name}\" defer></script>\n")).collect();
        // What is ours on a page in another language is marked as what it is.
        let ours =
            if page.language == words.language { String::new() } else { format!(" lang=\"{}\"", words.language) };
        format!(
            "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
             <title>{title}</title>\n<link rel=\"stylesheet\" href=\"{root}style.css\">\n{scripts}</head>\n<body>\n\
             <a class=\"skip\" href=\"#main\"{ours}>{}</a>\n<header class=\"top\"{ours}>\n<div class=\"in\">\n\
             <a class=\"brand\" href=\"{root}index.html\">{site}</a>\n{}</div>\n</header>\n\
             <main id=\"main\" tabindex=\"-1\">\n{}</main>\n<footer class=\"foot\"{ours}>\n<div class=\"in\">\n{}</div>\n\
             </footer>\n</body>\n</html>\n",
            page.language,
            self.may_load(),
            words.skip,
            self.menu(page.entry, &root),
            page.body,
            self.foot(),
        )
    }

    /// What a page may load: its own files. Where its forms may go: to its own search and to the forge that was named.
    fn may_load(&self) -> String {
        let forge = match &self.contact {
            Some(Contact::Forge(forge)) => format!(" {}", forge.origin),
            Some(Contact::Mail(_)) | None => String::new(),
        };
        format!(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'{forge}; \
             base-uri 'none'"
        )
    }

    fn menu(&self, here: Entry, root: &str) -> String {
        let words = self.words;
        let entries = [
            (Entry::Home, "index.html", words.home),
            (Entry::All, "all.html", words.all),
            (Entry::Services, "services.html", words.services),
            (Entry::Status, "status.html", words.status),
        ];
        let mut out = format!("<nav aria-label=\"{}\">\n<ul>\n", words.menu);
        let is_there = |entry: Entry| entry != Entry::Services || !self.services.is_empty();
        for (entry, file, name) in entries.into_iter().filter(|(entry, ..)| is_there(*entry)) {
            let current = if entry == here { " aria-current=\"page\"" } else { "" };
            let count = if entry == Entry::Status { self.badge() } else { String::new() };
            let _ = writeln!(out, "<li><a href=\"{root}{file}\"{current}>{name}{count}</a></li>");
        }
        let _ =
            writeln!(out, "<li><a class=\"find\" href=\"{root}search.html\">{}</a></li>\n</ul>\n</nav>", words.search);
        out
    }

    /// How much is down, beside the menu's entry.
    fn badge(&self) -> String {
        match self.troubles.len() {
            0 => String::new(),
            count => format!(
                " <span class=\"badge\" role=\"img\" aria-label=\"{}\">{count}</span>",
                self.words.count(count, self.words.trouble)
            ),
        }
    }

    fn foot(&self) -> String {
        format!("<p>{} {}</p>\n", self.words.as_of, self.words.date(self.at.date()))
    }

    /// A box to search with, wherever it stands.
    pub(super) fn search_box(&self, root: &str) -> String {
        let words = self.words;
        format!(
            "<form class=\"search\" role=\"search\" action=\"{root}search.html\" method=\"get\">\n\
             <label for=\"q\">{}</label>\n<div class=\"row\">\n\
             <input id=\"q\" name=\"q\" type=\"search\" autocomplete=\"off\" spellcheck=\"true\">\n\
             <button type=\"submit\">{}</button>\n</div>\n</form>\n",
            words.search_hint, words.search
        )
    }

    /// The way to a page, from the first one on; the last one is the page itself.
    pub(super) fn way(&self, steps: &[(&str, &str)], here: &str) -> String {
        let mut out = format!("<nav class=\"way\" aria-label=\"{}\">\n<ol>\n", self.words.you_are_here);
        for (href, name) in steps {
            let _ = writeln!(out, "<li><a href=\"{href}\">{}</a></li>", escape(name));
        }
        let _ = writeln!(out, "<li aria-current=\"page\">{}</li>\n</ol>\n</nav>", escape(here));
        out
    }
}
