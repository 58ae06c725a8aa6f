//! A table of Markdown: columns where there is room for them, else a line for each cell.

use pulldown_cmark::Alignment;

use super::paint::{Letters, Paint, wrapped};

pub struct Table {
    alignments: Vec<Alignment>,
    /// The first is the head.
    rows: Vec<Vec<Letters>>,
    row: Vec<Letters>,
}

impl Table {
    pub fn new(alignments: Vec<Alignment>) -> Table {
        Table { alignments, rows: Vec::new(), row: Vec::new() }
    }

    /// The next cell of the row that is open; a line break in it becomes a blank.
    pub fn cell(&mut self, text: Letters) {
        self.row.push(text.into_iter().map(|(c, paint)| (if c == '\n' { ' ' } else { c }, paint)).collect());
    }

    pub fn end_row(&mut self) {
        self.rows.push(std::mem::take(&mut self.row));
    }

    /// The lines, of at most `room` letters.
    pub fn lines(&self, room: usize, utf8: bool) -> Vec<Letters> {
        let widths: Vec<usize> = (0..self.alignments.len())
            .map(|at| self.rows.iter().filter_map(|row| row.get(at)).map(Vec::len).max().unwrap_or(0))
            .collect();
        let wide = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        if wide > room { self.listed(room) } else { self.set(&widths, utf8) }
    }

    fn set(&self, widths: &[usize], utf8: bool) -> Vec<Letters> {
        let rule = if utf8 { '─' } else { '-' };
        let mut lines = Vec::new();
        for (number, row) in self.rows.iter().enumerate() {
            let mut line = Letters::new();
            for (at, width) in widths.iter().enumerate() {
                let cell = row.get(at).map_or(&[][..], Vec::as_slice);
                let (left, right) = self.padding(at, width.saturating_sub(cell.len()));
                line.extend(blanks(if at == 0 { left } else { left + GAP }));
                line.extend(cell.iter().map(|(c, paint)| (*c, Paint { bold: paint.bold || number == 0, ..*paint })));
                line.extend(blanks(right));
            }
            lines.push(line);
            if number == 0 {
                let dashes = widths.iter().map(|width| rule.to_string().repeat(*width));
                let line = dashes.collect::<Vec<_>>().join(&" ".repeat(GAP));
                lines.push(line.chars().map(|c| (c, Paint::default())).collect());
            }
        }
        lines
    }

    fn padding(&self, at: usize, free: usize) -> (usize, usize) {
        match self.alignments.get(at) {
            Some(Alignment::Right) => (free, 0),
            Some(Alignment::Center) => (free / 2, free - free / 2),
            Some(Alignment::Left | Alignment::None) | None => (0, free),
        }
    }

    /// Each row as lines of `head: cell`, an empty line between the rows.
    fn listed(&self, room: usize) -> Vec<Letters> {
        let Some((head, rows)) = self.rows.split_first() else { return Vec::new() };
        let mut lines = Vec::new();
        for row in rows {
            if !lines.is_empty() {
                lines.push(Letters::new());
            }
            for (name, cell) in head.iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
                let mut line: Letters = name.iter().map(|(c, paint)| (*c, Paint { bold: true, ..*paint })).collect();
                line.extend([(':', Paint::default()), (' ', Paint::default())]);
                line.extend(cell);
                lines.extend(wrapped(&line, room));
            }
        }
        lines
    }
}

/// Blanks between two columns.
const GAP: usize = 2;

fn blanks(count: usize) -> impl Iterator<Item = (char, Paint)> {
    std::iter::repeat_n((' ', Paint::default()), count)
}
