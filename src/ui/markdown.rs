//! Markdown as people read it on a terminal.
//!
//! Headings stand at the left, everything else is set in a little, so that both differ without colour, too. Text is wrapped;
//! code is not, so that it can be copied. HTML is text like any other. Nothing hidden gets through.

mod paint;
mod table;

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::visible::visible_line;
use paint::{Letters, Paint, painted, wrapped};
use table::Table;

/// What Markdown is here, on a terminal and on a page.
pub const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_GFM)
    .union(Options::ENABLE_FOOTNOTES);

/// What it is shown on.
#[derive(Debug, Clone, Copy)]
pub struct Paper {
    /// In characters.
    pub width: usize,
    pub colour: bool,
    /// Whether the terminal shows more than ASCII.
    pub utf8: bool,
}

/// Markdown as lines of at most the paper's width where they are no code.
pub fn render(markdown: &str, paper: Paper) -> String {
    let mut page = Page {
        paper,
        out: String::new(),
        frames: vec![Frame::plain(INDENT)],
        lists: Vec::new(),
        text: Letters::new(),
        paint: Paint::default(),
        links: Vec::new(),
        block: None,
        table: None,
        solid: false,
    };
    Parser::new_ext(markdown, OPTIONS).for_each(|event| page.event(event));
    page.flush();
    page.out
}

/// How far everything but a heading is set in.
const INDENT: &str = "  ";
/// How much further code is.
const CODE: &str = "    ";
/// Least room for text, however deep it is nested.
const LEAST: usize = 20;

/// What stands in front of the lines of a block: of a list's item, a quotation.
struct Frame {
    /// Of its first line, until that is written.
    first: Option<String>,
    rest: String,
    /// Another item stands above it.
    follows: bool,
}

impl Frame {
    fn plain(text: &str) -> Frame {
        Frame { first: None, rest: text.to_owned(), follows: false }
    }
}

/// A list that is open: the number of its next item where they have numbers, and whether it has items.
struct List {
    next: Option<u64>,
    begun: bool,
}

struct Page {
    paper: Paper,
    out: String,
    frames: Vec<Frame>,
    lists: Vec<List>,
    /// What is collected for the next lines.
    text: Letters,
    paint: Paint,
    /// Where links lead, and where the text of each began.
    links: Vec<(String, usize)>,
    /// A block of code or HTML: its lines as they stand.
    block: Option<String>,
    table: Option<Table>,
    /// What was written last is code or a table, which needs room below it.
    solid: bool,
}

impl Page {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) if self.block.is_some() => {
                self.block.get_or_insert_default().push_str(&text);
            }
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.push(&text),
            Event::Code(text) => self.code(&text),
            Event::Html(text) => self.push(&text),
            Event::InlineHtml(tag) if is_break(&tag) => self.text.push(('\n', self.paint)),
            Event::InlineHtml(tag) => self.push(&tag),
            Event::SoftBreak => self.push(" "),
            Event::HardBreak => self.text.push(('\n', self.paint)),
            Event::Rule => self.rule(),
            Event::TaskListMarker(done) => self.push(if done { "[x] " } else { "[ ] " }),
            Event::FootnoteReference(name) => self.push(&format!("[^{name}]")),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => self.separate(),
            Tag::Heading { level, .. } => {
                self.separate();
                self.paint.bold = true;
                self.paint.underlined = level == HeadingLevel::H1;
            }
            Tag::BlockQuote(kind) => {
                self.separate();
                self.frames.push(Frame::plain(if self.paper.utf8 { "│ " } else { "| " }));
                // What comes next is at its beginning.
                self.frames.last_mut().into_iter().for_each(|frame| frame.first = Some(frame.rest.clone()));
                if let Some(kind) = kind {
                    self.push(said(kind));
                    self.flush();
                    // What it says follows right below.
                    self.frames.last_mut().into_iter().for_each(|frame| frame.first = Some(frame.rest.clone()));
                }
            }
            Tag::FootnoteDefinition(name) => {
                self.separate();
                let first = format!("[^{}]: ", visible_line(&name));
                self.frames.push(Frame { first: Some(first), rest: "    ".to_owned(), follows: false });
            }
            Tag::CodeBlock(kind) => {
                self.separate();
                self.block = Some(String::new());
                // What language it is in is for machines.
                let (CodeBlockKind::Indented | CodeBlockKind::Fenced(_)) = kind;
            }
            Tag::HtmlBlock => {
                self.separate();
                self.block = Some(String::new());
            }
            Tag::List(next) => {
                self.flush();
                if self.lists.is_empty() || self.solid {
                    self.separate();
                }
                self.lists.push(List { next, begun: false });
            }
            Tag::Item => self.item(),
            Tag::Table(alignments) => {
                self.separate();
                self.table = Some(Table::new(alignments));
            }
            Tag::Emphasis => self.paint.italic = true,
            Tag::Strong => self.paint.bold = true,
            Tag::Strikethrough => self.push("~"),
            Tag::Link { dest_url, .. } => self.links.push((dest_url.into_string(), self.text.len())),
            Tag::Image { .. }
            | Tag::TableHead
            | Tag::TableRow
            | Tag::TableCell
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.flush(),
            TagEnd::Heading(_) => {
                self.heading();
                self.paint = Paint::default();
            }
            TagEnd::BlockQuote(_) | TagEnd::Item | TagEnd::FootnoteDefinition => {
                self.flush();
                self.frames.pop();
            }
            TagEnd::CodeBlock => self.verbatim(CODE, true),
            TagEnd::HtmlBlock => self.verbatim("", false),
            TagEnd::List(_) => drop(self.lists.pop()),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.text);
                self.table.iter_mut().for_each(|table| table.cell(cell.clone()));
            }
            TagEnd::TableHead | TagEnd::TableRow => self.table.iter_mut().for_each(Table::end_row),
            TagEnd::Table => self.table(),
            TagEnd::Emphasis => self.paint.italic = false,
            TagEnd::Strong => self.paint.bold = false,
            TagEnd::Strikethrough => self.push("~"),
            TagEnd::Link => self.leads_to(),
            TagEnd::Image
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::MetadataBlock(_) => {}
        }
    }

    fn push(&mut self, text: &str) {
        let paint = self.paint;
        for c in visible_line(text).chars() {
            // Several blanks are one, as everywhere in Markdown.
            if c != ' ' || self.text.last().is_none_or(|(last, _)| *last != ' ') {
                self.text.push((c, paint));
            }
        }
    }

    /// Code within a line keeps its backticks: without colour nothing else tells it from text.
    fn code(&mut self, text: &str) {
        let paint = Paint { code: true, ..self.paint };
        self.text.extend(format!("`{}`", visible_line(text)).chars().map(|c| (c, paint)));
    }

    /// The address behind the text of a link, unless the text says it or it leads to another place of the page.
    fn leads_to(&mut self) {
        let Some((address, start)) = self.links.pop() else { return };
        let text: String = self.text.iter().skip(start).map(|(c, _)| c).collect();
        let same = text == visible_line(address.trim_start_matches("mailto:"));
        if !same && !address.is_empty() && !address.starts_with('#') {
            self.push(&format!(" <{address}>"));
        }
    }

    /// An empty line in front of a block, unless it begins the page, a quotation or the first item of a list.
    fn separate(&mut self) {
        self.flush();
        let begins = self.frames.last().is_some_and(|frame| frame.first.is_some() && !frame.follows);
        if self.out.is_empty() || begins {
            return;
        }
        let inner = usize::from(self.frames.last().is_some_and(|frame| frame.first.is_some()));
        let outer = &self.frames[..self.frames.len() - inner];
        let prefix: String = outer.iter().map(|frame| frame.rest.as_str()).collect();
        self.out.push_str(prefix.trim_end());
        self.out.push('\n');
    }

    fn item(&mut self) {
        self.flush();
        let Some(list) = self.lists.last_mut() else { return };
        let marker = match &mut list.next {
            Some(number) => {
                let marker = format!("{number}. ");
                *number += 1;
                marker
            }
            None if self.paper.utf8 => "• ".to_owned(),
            None => "* ".to_owned(),
        };
        let rest = " ".repeat(marker.chars().count());
        self.frames.push(Frame { first: Some(marker), rest, follows: std::mem::replace(&mut list.begun, true) });
    }

    /// What stands in front of the next line.
    fn prefix(&mut self) -> String {
        let part = |frame: &mut Frame| frame.first.take().unwrap_or_else(|| frame.rest.clone());
        self.frames.iter_mut().map(part).collect()
    }

    fn room(&self) -> usize {
        let taken: usize = self.frames.iter().map(|frame| frame.rest.chars().count()).sum();
        self.paper.width.saturating_sub(taken).max(LEAST)
    }

    /// Writes what was collected.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.iter().all(|(c, _)| c.is_whitespace()) {
            return;
        }
        for line in wrapped(&text, self.room()) {
            let prefix = self.prefix();
            self.line(&prefix, &line);
        }
    }

    fn line(&mut self, prefix: &str, text: &[(char, Paint)]) {
        self.solid = false;
        let line = format!("{prefix}{}", painted(text, self.paper.colour));
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    /// Flush with the left margin, where it is not within a list or a quotation.
    fn heading(&mut self) {
        let text = std::mem::take(&mut self.text);
        for line in wrapped(&text, self.room()) {
            let prefix = if self.frames.len() > 1 { self.prefix() } else { String::new() };
            self.line(&prefix, &line);
        }
    }

    fn verbatim(&mut self, indent: &str, code: bool) {
        let text = self.block.take().unwrap_or_default();
        for line in text.trim_end_matches('\n').split('\n') {
            let prefix = format!("{}{indent}", self.prefix());
            let tabs = line.trim_end_matches('\r').replace('\t', "    ");
            let paint = Paint { code, ..Paint::default() };
            let line: Letters = visible_line(&tabs).chars().map(|c| (c, paint)).collect();
            self.line(&prefix, &line);
        }
        self.solid = true;
    }

    fn table(&mut self) {
        let Some(table) = self.table.take() else { return };
        for line in table.lines(self.room(), self.paper.utf8) {
            let prefix = self.prefix();
            self.line(&prefix, &line);
        }
        self.solid = true;
    }

    fn rule(&mut self) {
        self.separate();
        let sign = if self.paper.utf8 { '─' } else { '-' };
        let line: Letters = std::iter::repeat_n((sign, Paint::default()), self.room().min(40)).collect();
        let prefix = self.prefix();
        self.line(&prefix, &line);
    }
}

/// The word for a quotation that begins with `[!NOTE]` and its like.
fn said(kind: BlockQuoteKind) -> &'static str {
    match kind {
        BlockQuoteKind::Note => "Note:",
        BlockQuoteKind::Tip => "Tip:",
        BlockQuoteKind::Important => "Important:",
        BlockQuoteKind::Warning => "Warning:",
        BlockQuoteKind::Caution => "Caution:",
    }
}

/// `<br>`, the one tag that people write into cells of tables, with a slash wherever they put it.
pub fn is_break(tag: &str) -> bool {
    let Some(inner) = tag.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) else { return false };
    inner.trim_matches('/').trim().eq_ignore_ascii_case("br")
}

#[cfg(test)]
mod tests;
