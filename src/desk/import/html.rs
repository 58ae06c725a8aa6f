//! The text of HTML, as mail clients and web forms leave it in tickets.
//!
//! No browser: tags that HTML has become lines and bullets, everything else in angle brackets stays as it is, so plain
//! text goes through unchanged. Scripts and styles are left out; the address of a link stays behind its words.

/// Tags that begin a line.
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "tr",
    "table",
    "ul",
    "ol",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "pre",
    "blockquote",
    "hr",
    "section",
    "article",
    "header",
    "footer",
    "dl",
    "dt",
    "dd",
    "tbody",
    "thead",
    "center",
    "body",
    "html",
];
const OTHERS: &[&str] = &[
    "br", "li", "a", "b", "i", "u", "em", "strong", "span", "font", "img", "code", "td", "th", "s", "small", "sub",
    "sup", "meta", "link", "tt", "o:p", "figure", "del", "ins", "col", "colgroup", "wbr", "base",
];
/// Left out with what is in them.
const SILENT: &[&str] = &["script", "style", "head", "title"];

/// The text of a piece of HTML; text without a tag stays, but for its entities.
pub fn text(html: &str) -> String {
    if has_tag(html) {
        return Text::default().of(html);
    }
    let decoded = decode(html);
    if has_tag(&decoded) { Text::default().of(&decoded) } else { decoded }
}

struct Tag<'a> {
    name: String,
    closes: bool,
    href: Option<&'a str>,
    /// Bytes, brackets included.
    length: usize,
}

fn has_tag(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| tag(&text[at..]).is_some())
}

/// The tag or comment at the beginning of a text.
fn tag(text: &str) -> Option<Tag<'_>> {
    if text.starts_with("<!--") {
        let length = text.find("-->")? + 3;
        return Some(Tag { name: "!".to_owned(), closes: false, href: None, length });
    }
    let length = text.find('>')? + 1;
    let inside = text[1..length - 1].trim_end_matches('/');
    let (closes, inside) = inside.strip_prefix('/').map_or((false, inside), |inside| (true, inside));
    let name = inside.split([' ', '\t', '\n', '\r']).next().unwrap_or_default().to_ascii_lowercase();
    let attributes = inside.get(name.len()..)?.trim();
    // Else it is a comparison: `a<b && c>d`.
    let good = attributes.is_empty() || attributes.contains('=') || attributes == "nowrap";
    let known = good && [BLOCKS, OTHERS, SILENT].iter().any(|list| list.contains(&name.as_str()));
    (known || name == "!doctype").then(|| Tag { name, closes, href: href(inside), length })
}

fn href(inside: &str) -> Option<&str> {
    let rest = &inside[inside.find("href=")? + 5..];
    match rest.chars().next()? {
        quote @ ('"' | '\'') => rest[1..].split(quote).next(),
        _ => rest.split(' ').next(),
    }
}

#[derive(Default)]
struct Text {
    out: String,
    /// A link that is open: its address, and where its words begin.
    link: Option<(String, usize)>,
    silent: Option<String>,
    pre: bool,
}

impl Text {
    fn of(mut self, html: &str) -> String {
        let mut rest = html;
        while !rest.is_empty() {
            let next = rest.match_indices('<').find_map(|(at, _)| Some((at, tag(&rest[at..])?)));
            let (before, behind) = match &next {
                Some((at, tag)) => (&rest[..*at], &rest[at + tag.length..]),
                None => (rest, ""),
            };
            self.words(before);
            if let Some((_, tag)) = next {
                self.tag(&tag);
            }
            rest = behind;
        }
        let lines: Vec<&str> = self.out.lines().map(str::trim_end).collect();
        let mut text = lines.join("\n");
        while text.contains("\n\n\n") {
            text = text.replace("\n\n\n", "\n\n");
        }
        text.trim().to_owned()
    }

    fn words(&mut self, text: &str) {
        if self.silent.is_some() {
            return;
        }
        if self.pre {
            self.out.push_str(&decode(text));
            return;
        }
        let at_start = self.out.is_empty() || self.out.ends_with(['\n', ' ']);
        if text.starts_with(char::is_whitespace) && !at_start {
            self.out.push(' ');
        }
        self.out.push_str(&decode(&text.split_whitespace().collect::<Vec<_>>().join(" ")));
        if text.ends_with(char::is_whitespace) && !text.trim().is_empty() {
            self.out.push(' ');
        }
    }

    fn tag(&mut self, tag: &Tag<'_>) {
        let name = tag.name.as_str();
        if SILENT.contains(&name) {
            self.silent =
                if tag.closes { self.silent.take().filter(|open| open != name) } else { Some(tag.name.clone()) };
            return;
        }
        match name {
            "br" => self.out.push('\n'),
            "li" if !tag.closes => {
                self.begin_line();
                self.out.push_str("- ");
            }
            "td" | "th" if tag.closes => self.out.push(' '),
            "a" if tag.closes => self.end_link(),
            "a" => self.link = tag.href.map(|href| (decode(href), self.out.len())),
            _ if BLOCKS.contains(&name) => {
                self.begin_line();
                if name == "p" && tag.closes {
                    self.out.push('\n');
                }
                if name == "pre" {
                    self.pre = !tag.closes;
                }
            }
            _ => {}
        }
    }

    fn begin_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    fn end_link(&mut self) {
        let Some((href, from)) = self.link.take() else { return };
        let shown = self.out.get(from..).unwrap_or_default();
        let bare = href.trim_start_matches("mailto:").trim_start_matches("https://").trim_start_matches("http://");
        if !href.is_empty() && !href.starts_with('#') && !shown.contains(bare.trim_end_matches('/')) {
            self.out.push_str(&format!(" <{href}>"));
        }
    }
}

/// A text with its entities as characters.
fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(10).position(|byte| byte == b';');
        match end.and_then(|end| Some((character(&rest[1..end])?, end))) {
            Some((c, end)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    let number = |digits: &str, base| u32::from_str_radix(digits, base).ok().and_then(char::from_u32);
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => match name.strip_prefix('#')? {
            hex if hex.starts_with(['x', 'X']) => number(&hex[1..], 16)?,
            digits => number(digits, 10)?,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_lines_and_bullets() {
        let html = "<html><head><style>p {}</style></head><body><p>Hello&nbsp;<b>Ana</b>,</p>\n<p>see <a href=\"https://x.example/a?b&amp;c\">here</a>:<br>one\n two</p><ul><li>a</li><li>b &lt;c&gt;</li></ul></body></html>";
        assert_eq!(text(html), "Hello Ana,\n\nsee here <https://x.example/a?b&c>:\none two\n\n- a\n- b <c>");
        assert_eq!(text("<pre>a\n  b</pre>"), "a\n  b");
        assert_eq!(text("&#60;p&#62;coded twice&#60;/p&#62;"), "coded twice");
    }

    #[test]
    fn plain_text_stays() {
        for plain in
            ["a < b > c", "Ana <ana@x.example>\n\n  indented", "if (a<b && c>d)", "<", "&", "&;", "<p", "<!--", ""]
        {
            assert_eq!(text(plain), plain);
        }
    }

    #[test]
    fn hostile_tags_do_not_break_it() {
        assert_eq!(text("<a href=><p>x</a></a></p><script>alert(1)"), "x");
        assert_eq!(text("<p>\u{1b}[31mä&#x110000;&#xe4;</p>"), "\u{1b}[31mä&#x110000;ä");
    }
}
