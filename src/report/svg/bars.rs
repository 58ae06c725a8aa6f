//! Bars below each other: a name, a bar, its value.

use serde_json::Value;

use super::{Anchor, Canvas, Drawn, NAME, Pen, WIDTH, cut, label, name};
use crate::report::{Measure, Sheet};

/// One bar: its name, its value, and the value as people read it.
struct Bar {
    pub name: String,
    pub value: f64,
    pub label: String,
}

/// Height of a row.
const ROW: f64 = 24.0;
/// Most bars; what is less is in the table.
const MOST: usize = 30;
/// Where bars begin, and the length of the longest.
const LEFT: f64 = 222.0;
const LONGEST: f64 = WIDTH - LEFT - 100.0;

/// A bar a row; `None` where there are fewer than two.
pub fn of_column(sheet: &Sheet, column: &str, pen: Pen<'_>) -> Option<Drawn> {
    let at = sheet.columns.iter().position(|one| one.name == column)?;
    let unit = sheet.columns.get(at)?.unit;
    let names = name_column(sheet);
    let bar = |row: &Vec<Value>| {
        let value = row.get(at)?.as_f64()?;
        Some(Bar { name: name(row.get(names)?), value, label: label(value, unit, pen) })
    };
    let bars: Vec<Bar> = sheet.rows.iter().filter_map(bar).take(MOST).collect();
    // A share is one of all, so that two charts of shares can be compared.
    let least = if unit == Measure::Percent { 100.0 } else { 0.0 };
    (bars.len() > 1).then(|| draw(&bars, least, pen))
}

/// People know a ticket by its title.
fn name_column(sheet: &Sheet) -> usize {
    sheet.columns.iter().position(|column| column.name == "title" || column.name == "name").unwrap_or(0)
}

/// The longest bar is that of the greatest value, or of `least` where that is greater.
fn draw(bars: &[Bar], least: f64, pen: Pen<'_>) -> Drawn {
    let most = bars.iter().map(|bar| bar.value).fold(least, f64::max);
    let mut canvas = Canvas::new(pen);
    for (row, bar) in bars.iter().enumerate() {
        let y = row as f64 * ROW;
        let width = if most > 0.0 { bar.value / most * LONGEST } else { 0.0 };
        canvas.text((LEFT - 10.0, y + 16.0), Anchor::End, &cut(&bar.name, NAME));
        canvas.bar("b0", (LEFT, y + 4.0), (width, ROW - 8.0));
        canvas.text((LEFT + width.max(0.0) + 6.0, y + 16.0), Anchor::Start, &bar.label);
    }
    let said: Vec<String> = bars.iter().take(12).map(|bar| format!("{}: {}", bar.name, bar.label)).collect();
    Drawn { inner: canvas.out, height: bars.len() as f64 * ROW, says: said.join("; ") }
}
