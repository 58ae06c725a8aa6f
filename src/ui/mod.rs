//! What people and programs see. stdout carries the result and nothing else; everything for people goes to stderr.
//!
//! Text from tickets is hostile: whatever goes to a terminal passes [`visible`], and every format escapes for itself.

pub mod chart;
pub mod format;
pub mod grid;
pub mod markdown;
pub mod page;
mod progress;
mod prompt;
pub mod site;
pub mod time;
pub mod visible;
pub mod wrap;

use std::cell::{Cell, RefCell};
use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::Value;

use crate::env::Env;
use crate::error::{Kind, Problem, Result};
use crate::process;
use format::{Format, Sheet};
use grid::Grid;
pub use progress::Progress;
use visible::{visible_line, visible_text};

/// How results and remarks are to be printed: what flags, environment and terminal say.
#[derive(Debug, Clone)]
pub struct Style {
    /// Asked for; `None` is a table on a terminal and TSV off it.
    pub format: Option<Format>,
    pub header: Option<bool>,
    /// Records end with NUL.
    pub null: bool,
    pub csv_safe: bool,
    /// Text from tickets goes out as it is, whatever it does to a terminal.
    pub raw: bool,
    pub colour: bool,
    pub quiet: bool,
    pub pager: Option<String>,
    /// The person's editor, where one is named.
    pub editor: Option<String>,
    pub utf8: bool,
}

pub struct Ui {
    pub style: Style,
    pub width: usize,
    pub stdout_terminal: bool,
    stderr_terminal: bool,
    may_ask: bool,
    /// The person's editor; `None` where none is named and nobody is there.
    editor: Option<String>,
    /// Results wait here, so that one record is never torn and a pager gets them whole.
    out: RefCell<Vec<u8>>,
    /// What a write has done, should its result not reach stdout.
    stored: RefCell<Option<String>>,
    /// Something has gone to stdout already.
    begun: Cell<bool>,
    /// The result is that of another command: what comes here confirms it.
    is_part: bool,
}

/// Bytes of results that are held back before they are written.
const BUFFER: usize = 1 << 16;

impl Ui {
    pub fn new(env: &Env, style: Style, no_input: bool) -> Ui {
        let editor = style.editor.clone().or_else(|| (env.may_ask() && !no_input).then(|| "vi".to_owned()));
        Ui {
            style,
            width: env.width,
            stdout_terminal: env.stdout_terminal,
            stderr_terminal: env.stderr_terminal,
            may_ask: env.may_ask() && !no_input,
            editor,
            out: RefCell::new(Vec::new()),
            stored: RefCell::new(None),
            begun: Cell::new(false),
            is_part: false,
        }
    }

    /// For a command that is part of this one: its result goes where confirmations go.
    pub fn part(&self, env: &Env, no_input: bool) -> Ui {
        let style = Style { format: None, null: false, pager: None, raw: false, ..self.style.clone() };
        Ui { is_part: true, stdout_terminal: false, ..Ui::new(env, style, no_input) }
    }

    pub fn format(&self) -> Format {
        self.style.format.unwrap_or(if self.stdout_terminal { Format::Table } else { Format::Tsv })
    }

    /// Notes what is stored: whatever happens to stdout from now on, the person must know.
    pub fn stored(&self, what: String) {
        *self.stored.borrow_mut() = Some(what);
    }

    /// Forgets what is held back, so that the same may be said anew; `false` when some of it has gone to stdout already,
    /// or something was written to the desk.
    pub fn take_back(&self) -> bool {
        self.out.borrow_mut().clear();
        !self.begun.get() && self.stored.borrow().is_none()
    }

    /// Writes to stdout. Exit code 1 when that fails, with what was stored all the same; a reader that has gone has seen
    /// enough.
    fn write_stdout(&self, bytes: &[u8]) -> Result<()> {
        if self.is_part {
            if self.talks() {
                self.say(String::from_utf8_lossy(bytes).trim_end());
            }
            return Ok(());
        }
        self.begun.set(true);
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
        written.map_err(|error| {
            if error.kind() == io::ErrorKind::BrokenPipe {
                return error.into();
            }
            let stored = self.stored.borrow().as_ref().map_or_else(String::new, |stored| format!("{stored}; "));
            Problem::no(format!("{stored}the result could not be written: {error}")).code("stdout_failed").into()
        })
    }

    fn page(&self, pager: &str, bytes: &[u8]) -> Result<()> {
        let child = process::named(pager, None).stdin(std::process::Stdio::piped()).env("LESSCHARSET", "utf-8").spawn();
        let Ok(mut child) = child else { return self.write_stdout(bytes) };
        if let Some(mut stdin) = child.stdin.take() {
            // A pager that is quit early has seen enough.
            let _ = stdin.write_all(bytes);
        }
        child.wait()?;
        Ok(())
    }

    /// `…` where the terminal can show it.
    pub fn ellipsis(&self) -> &'static str {
        if self.style.utf8 { "…" } else { "..." }
    }

    /// A dash for nobody.
    pub fn nobody(&self) -> &'static str {
        if self.style.utf8 { "—" } else { "-" }
    }

    /// Text from tickets for people, on one line: harmless unless the bytes were asked for.
    pub fn shown(&self, text: &str) -> String {
        if self.style.raw { text.to_owned() } else { visible_line(text) }
    }

    /// As [`shown`](Ui::shown), of several lines.
    pub fn shown_text(&self, text: &str) -> String {
        if self.style.raw { text.to_owned() } else { visible_text(text) }
    }

    /// Text of the result in a look, where colour is wanted.
    pub fn styled(&self, text: &str, look: grid::Look) -> String {
        let style = look.style();
        if self.style.colour && !text.trim().is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// Our own words, without the signs that a terminal off UTF-8 cannot show.
    pub fn plain(&self, text: &str) -> String {
        if self.style.utf8 { text.to_owned() } else { plain(text) }
    }

    /// Whether what is written must be made harmless for the terminal it goes to.
    fn guards(&self) -> bool {
        self.stdout_terminal && !self.style.raw
    }

    /// Text of the result, as it is: escaped by whoever made it.
    pub fn write(&self, text: &str) -> Result<()> {
        let mut out = self.out.borrow_mut();
        out.extend_from_slice(text.as_bytes());
        if out.len() >= BUFFER && (!self.stdout_terminal || self.style.pager.is_none()) {
            self.write_stdout(&out)?;
            out.clear();
        }
        Ok(())
    }

    /// One line of the result.
    pub fn line(&self, text: &str) -> Result<()> {
        let end = if self.style.null { '\0' } else { '\n' };
        let text = if self.guards() { visible_line(text) } else { text.to_owned() };
        self.write(&format!("{text}{end}"))
    }

    /// Lines of text from tickets.
    pub fn text(&self, text: &str) -> Result<()> {
        if self.guards() { self.write(&visible_text(text)) } else { self.write(text) }
    }

    /// One object: pretty as `json`, on one line as `jsonl`.
    pub fn json(&self, value: &Value) -> Result<()> {
        let text = match self.format() {
            Format::Jsonl => value.to_string(),
            _ => serde_json::to_string_pretty(value)?,
        };
        self.write(&format!("{}\n", self.json_text(&text)))
    }

    /// Several objects: an array as `json`, one a line as `jsonl`.
    pub fn json_list(&self, values: &[Value]) -> Result<()> {
        if self.format() == Format::Jsonl {
            return values.iter().try_for_each(|value| self.json(value));
        }
        self.write("[")?;
        for (at, value) in values.iter().enumerate() {
            let text = serde_json::to_string_pretty(value)?.replace('\n', "\n  ");
            self.write(&format!("{}\n  {}", if at > 0 { "," } else { "" }, self.json_text(&text)))?;
        }
        self.write(if values.is_empty() { "]\n" } else { "\n]\n" })
    }

    /// JSON escapes control characters below U+0020 only; on a terminal the others are escaped too.
    fn json_text(&self, text: &str) -> String {
        if !self.guards() {
            return text.to_owned();
        }
        let hidden = |c: char| (c.is_control() && c != '\n') || visible::is_hidden(c);
        let mut units = [0; 2];
        text.chars()
            .map(|c| match hidden(c) {
                true => c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
                false => c.to_string(),
            })
            .collect()
    }

    /// Rows of plain values in whatever format is asked for; `columns` are keys of the objects.
    pub fn rows(&self, columns: &[&str], objects: &[Value]) -> Result<()> {
        let format = self.format();
        if matches!(format, Format::Json | Format::Jsonl) {
            return self.json_list(objects);
        }
        let rows = objects.iter().map(|row| columns.iter().map(|name| row[*name].clone()).collect()).collect();
        self.sheet(&Sheet { columns, rows })
    }

    pub fn sheet(&self, sheet: &Sheet<'_>) -> Result<()> {
        let end = if self.style.null { '\0' } else { '\n' };
        match self.format() {
            Format::Table => self.write(&sheet.table(&|text| self.shown(text))),
            Format::Csv => self.write(&sheet.csv(self.style.csv_safe, self.guards())),
            Format::Markdown => self.write(&sheet.markdown()),
            Format::Html => self.write(&sheet.html()),
            Format::Tsv | Format::Ids | Format::Json | Format::Jsonl => {
                self.write(&sheet.tsv(self.style.header.unwrap_or(false), end, self.guards()))
            }
        }
    }

    /// A table for people, as wide as the terminal.
    pub fn grid(&self, grid: &Grid) -> Result<()> {
        self.write(&grid.render(self.width, self.style.colour, self.ellipsis(), &|text| self.shown(text)))
    }

    /// Writes what is held back; through the pager on a terminal when it does not fit.
    pub fn finish(&self) -> Result<()> {
        let out = std::mem::take(&mut *self.out.borrow_mut());
        if out.is_empty() {
            return Ok(());
        }
        match &self.style.pager {
            Some(pager) if self.stdout_terminal && out.iter().filter(|byte| **byte == b'\n').count() > 40 => {
                self.page(pager, &out)
            }
            Some(_) | None => self.write_stdout(&out),
        }
    }

    /// A confirmation or hint: on a terminal only, and never with `-q`.
    pub fn status(&self, text: &str) {
        if self.stderr_terminal && !self.style.quiet {
            // On one screen, the result comes first.
            if self.stdout_terminal {
                let _ = self.finish();
            }
            self.say(text);
        }
    }

    /// Whether confirmations are seen by anybody.
    pub fn talks(&self) -> bool {
        self.stderr_terminal && !self.style.quiet
    }

    /// What people must know whatever is asked for.
    pub fn warning(&self, text: &str) {
        self.say(&format!("git-desk: {text}"));
    }

    /// What to type, below a warning.
    pub fn hint(&self, text: &str) {
        self.say(&format!("  {text}"));
    }

    fn say(&self, text: &str) {
        // Nobody can be told that stderr is gone.
        let _ = writeln!(io::stderr(), "{}", visible_text(text));
    }

    /// Opens a person's editor on a text and gives back what they saved. The text stays in a file when the editor fails.
    /// Where there is none, `hint` says how else it is done.
    pub fn edit(&self, text: &str, suffix: &str, hint: &str) -> Result<String> {
        let Some(editor) = &self.editor else {
            return Err(Problem::usage("no editor is named, and nobody is there to be asked")
                .code("no_editor")
                .hint(hint)
                .into());
        };
        let path = self.keep(text, suffix)?;
        let status = process::named(editor, Some(&path)).status();
        match status {
            Ok(status) if status.success() => {
                let edited = std::fs::read(&path).map_err(|error| {
                    Problem::new(Kind::Declined, format!("the editor left nothing to read: {error}"))
                        .hint("nothing was written")
                })?;
                let _ = std::fs::remove_file(&path);
                Ok(String::from_utf8_lossy(&edited).into_owned())
            }
            Ok(_) | Err(_) => Err(Problem::new(Kind::Declined, format!("the editor `{editor}` failed"))
                .hint(format!("your text is in {}", path.display()))
                .hint("another editor: GIT_DESK_EDITOR=nano git desk …")
                .into()),
        }
    }

    /// Keeps a text in a temporary file that stays.
    pub fn keep(&self, text: &str, suffix: &str) -> Result<PathBuf> {
        let mut file = tempfile::Builder::new().prefix("git-desk-").suffix(suffix).tempfile()?;
        file.write_all(text.as_bytes())?;
        let (_, path) = file.keep()?;
        Ok(path)
    }

    /// A bar on stderr for long work, shown on a terminal after a second.
    pub fn progress(&self, what: &'static str) -> Progress {
        Progress::new(what, self.talks())
    }
}

/// The same words in ASCII.
fn plain(text: &str) -> String {
    let signs = [("–", "-"), ("—", "-"), ("−", "-"), ("…", "..."), (" · ", " | "), ("→", "->"), ("×", "x")];
    signs.iter().fold(text.to_owned(), |text, (sign, ascii)| text.replace(sign, ascii))
}
