//! The table for people: no borders, one column that takes the width that is left.

use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};

/// How a cell looks; only where colour is wanted, and never colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Look {
    #[default]
    Plain,
    Bold,
    Dim,
    Urgent,
    Raised,
}

impl Look {
    /// As a terminal is told.
    pub fn style(self) -> anstyle::Style {
        use anstyle::{AnsiColor, Color, Style};
        match self {
            Look::Plain => Style::new(),
            Look::Bold => Style::new().bold(),
            Look::Dim => Style::new().dimmed(),
            Look::Urgent => Style::new().bold().fg_color(Some(Color::Ansi(AnsiColor::Red))),
            Look::Raised => Style::new().fg_color(Some(Color::Ansi(AnsiColor::Yellow))),
        }
    }
}

/// One cell: its text, made harmless when it is shown, and its look.
#[derive(Debug, Clone)]
pub struct Shown {
    pub text: String,
    pub look: Look,
}

impl Shown {
    pub fn new(text: impl AsRef<str>) -> Shown {
        Shown { text: text.as_ref().to_owned(), look: Look::Plain }
    }

    pub fn look(mut self, look: Look) -> Shown {
        self.look = look;
        self
    }
}

pub struct Grid {
    pub columns: Vec<&'static str>,
    /// The column that is cut to fit.
    pub free: usize,
    /// Columns that stand at the right.
    pub right: Vec<usize>,
    /// One cell alone is a heading over the rows that follow.
    pub rows: Vec<Vec<Shown>>,
}

impl Grid {
    /// The lines, at most `width` wide where the free column allows it; `shown` makes text harmless.
    pub fn render(&self, width: usize, colour: bool, ellipsis: &str, shown: &dyn Fn(&str) -> String) -> String {
        let safe = |cell: &Shown| Shown { text: shown(&cell.text), look: cell.look };
        let rows: Vec<Vec<Shown>> = self.rows.iter().map(|row| row.iter().map(safe).collect()).collect();
        let wide = |at: usize| {
            let cells = rows.iter().filter(|row| !self.is_heading(row));
            let cells = cells.map(|row| row.get(at).map_or(0, |cell| cell.text.chars().count()));
            cells.max().unwrap_or(0).max(self.columns[at].chars().count())
        };
        let fixed: usize = (0..self.columns.len()).filter(|at| *at != self.free).map(|at| wide(at) + 2).sum();
        let room = width.saturating_sub(fixed + 2).max(12).min(wide(self.free).max(5));
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        if colour {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        table.set_header(self.columns.iter().map(Cell::new));
        for row in rows.iter().filter(|row| !self.is_heading(row)) {
            table.add_row(row.iter().enumerate().map(|(at, cell)| {
                let text = if at == self.free { cut(&cell.text, room, ellipsis) } else { cell.text.clone() };
                styled(Cell::new(text), cell.look, colour)
            }));
        }
        for (at, column) in table.column_iter_mut().enumerate() {
            column.set_padding((if at == 0 { 1 } else { 0 }, 2));
            if self.right.contains(&at) {
                column.set_cell_alignment(CellAlignment::Right);
            }
            if at == self.free {
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(u16::try_from(room).unwrap_or(60))));
            }
        }
        let text = table.to_string();
        let mut lines = text.lines().map(str::trim_end);
        let mut out: String = lines.next().map(|head| format!("{head}\n")).unwrap_or_default();
        for row in &rows {
            let line = match row.as_slice() {
                [heading] if self.is_heading(row) && colour => {
                    let style = heading.look.style();
                    format!(" {style}{}{style:#}", heading.text)
                }
                [heading] if self.is_heading(row) => format!(" {}", heading.text),
                _ => lines.next().unwrap_or_default().to_owned(),
            };
            out.push_str(&line);
            out.push('\n');
        }
        out
    }

    fn is_heading(&self, row: &[Shown]) -> bool {
        row.len() == 1 && self.columns.len() > 1
    }
}

fn styled(cell: Cell, look: Look, colour: bool) -> Cell {
    use comfy_table::{Attribute, Color};
    if !colour {
        return cell;
    }
    match look {
        Look::Plain => cell,
        Look::Bold => cell.add_attribute(Attribute::Bold),
        Look::Dim => cell.add_attribute(Attribute::Dim),
        Look::Urgent => cell.add_attribute(Attribute::Bold).fg(Color::Red),
        Look::Raised => cell.fg(Color::Yellow),
    }
}

/// Text of at most `room` characters.
pub fn cut(text: &str, room: usize, ellipsis: &str) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let keep = room.saturating_sub(ellipsis.chars().count());
    format!("{}{ellipsis}", text.chars().take(keep).collect::<String>().trim_end())
}
