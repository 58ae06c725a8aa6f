//! A field of cells, darker where there is more, with the number in each.

use std::fmt::Write as _;

use super::{Anchor, Canvas, Drawn, Pen, WIDTH, number};
use crate::report::chart::Heat;

const LEFT: f64 = 44.0;
const HEAD: f64 = 20.0;
const ROW: f64 = 26.0;

/// `None` where there is nothing in any cell.
pub fn draw(chart: &Heat, pen: Pen<'_>) -> Option<Drawn> {
    let most = chart.cells.iter().flatten().copied().max().filter(|most| *most > 0)?;
    let step = (WIDTH - LEFT - 4.0) / chart.columns.len().max(1) as f64;
    let mut canvas = Canvas::new(pen);
    for (at, name) in chart.columns.iter().enumerate() {
        canvas.small((LEFT + step * (at as f64 + 0.5), 13.0), Anchor::Middle, name);
    }
    for (row, (name, cells)) in chart.rows.iter().zip(&chart.cells).enumerate() {
        let y = HEAD + ROW * row as f64;
        canvas.text((LEFT - 8.0, y + 17.0), Anchor::End, name);
        for (at, count) in cells.iter().enumerate() {
            cell(&mut canvas, (LEFT + step * at as f64, y), step, (*count, most));
        }
    }
    let height = HEAD + ROW * chart.rows.len() as f64 + 4.0;
    Some(Drawn { inner: canvas.out, height, says: says(chart, most) })
}

fn cell(canvas: &mut Canvas<'_>, (x, y): (f64, f64), step: f64, (count, most): (u64, u64)) {
    canvas.bar("c", (x + 1.0, y + 1.0), (step - 2.0, ROW - 2.0));
    if count == 0 {
        return;
    }
    // Never so dark that the number cannot be read, in light or dark.
    let shade = 0.08 + 0.47 * count as f64 / most as f64;
    let (left, top, width, height) = (x + 1.0, y + 1.0, step - 2.0, ROW - 2.0);
    let _ = writeln!(
        canvas.out,
        "<rect class=\"h\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill-opacity=\"{shade:.2}\"/>"
    );
    let words = if count < 10_000 { count.to_string() } else { format!("{}k", number((count / 1_000) as f64)) };
    canvas.words(" class=\"s n\"", (x + step / 2.0, y + 17.0), Anchor::Middle, &words);
}

/// Where there is most.
fn says(chart: &Heat, most: u64) -> String {
    let cells = chart
        .rows
        .iter()
        .zip(&chart.cells)
        .flat_map(|(row, cells)| chart.columns.iter().zip(cells).map(move |(column, count)| (row, column, *count)));
    let all: Vec<String> = cells
        .filter(|(_, _, count)| *count == most)
        .take(3)
        .map(|(row, column, _)| format!("{row} {column}:00"))
        .collect();
    format!("most, {most}: {}", all.join(", "))
}
