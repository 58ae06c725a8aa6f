//! A report as one table for programs. Which columns it has follows from the report that was asked for, so that what
//! reads them never breaks on what there is to say.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use crate::commands::Context;
use crate::error::Result;
use crate::report::{Measure, Report, Sheet};
use crate::ui::format::{self, cell};

/// The one sheet as it is, or all sheets as one table with a line for each value. Both have a header always.
pub fn print(ctx: &Context, report: &Report, one: bool) -> Result<()> {
    if let ([sheet], true) = (report.sheets.as_slice(), one) {
        let columns: Vec<&str> = sheet.columns.iter().map(|column| column.name).collect();
        return ctx.ui.sheet(&format::Sheet { columns: &columns, rows: sheet.rows.clone() });
    }
    let rows = report.sheets.iter().flat_map(lines).collect();
    ctx.ui.sheet(&format::Sheet { columns: &["sheet", "row", "column", "value"], rows })
}

fn lines(sheet: &Sheet) -> Vec<Vec<Value>> {
    let of_row = |(name, row): (String, &Vec<Value>)| -> Vec<Vec<Value>> {
        let values = sheet.columns.iter().zip(row).skip(1);
        values.map(|(column, value)| vec![json!(sheet.key), json!(name), json!(column.name), value.clone()]).collect()
    };
    names(sheet).into_iter().zip(&sheet.rows).flat_map(of_row).collect()
}

/// A name for each row that no other row of the sheet has: its first cell, and as many of the next ones as it takes.
/// Where the leading names do not do, all cells that are no figures; rows that are alike even then are numbered.
fn names(sheet: &Sheet) -> Vec<String> {
    let is_name = |at: &usize| sheet.columns.get(*at).is_some_and(|column| column.unit == Measure::Plain);
    let joined = |cells: &[usize]| -> Vec<String> {
        let name =
            |row: &Vec<Value>| cells.iter().filter_map(|at| row.get(*at)).map(cell).collect::<Vec<_>>().join(" ");
        sheet.rows.iter().map(name).collect()
    };
    let leading = (0..sheet.columns.len()).skip(1).take_while(is_name).count() + 1;
    let first = (1..=leading).map(|count| joined(&(0..count).collect::<Vec<_>>())).find(|names| are_apart(names));
    first.unwrap_or_else(|| numbered(joined(&(0..sheet.columns.len()).filter(is_name).collect::<Vec<_>>())))
}

fn are_apart(names: &[String]) -> bool {
    names.iter().collect::<HashSet<_>>().len() == names.len()
}

/// The second of a name with ` #2`, and so on.
fn numbered(names: Vec<String>) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let one = |name: String| {
        let count = seen.entry(name.clone()).and_modify(|count| *count += 1).or_insert(1);
        if *count == 1 { name } else { format!("{name} #{count}") }
    };
    names.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Column;

    fn named(units: &[Measure], rows: &[&[&str]]) -> Vec<String> {
        let columns = units.iter().map(|unit| Column::of("any", *unit)).collect();
        let rows = rows.iter().map(|row| row.iter().map(|text| json!(text)).collect()).collect();
        names(&Sheet::new("key", "title", columns, rows))
    }

    #[test]
    fn a_row_is_named_by_as_few_cells_as_tell_it_apart() {
        use Measure::{N, Plain};
        assert_eq!(named(&[Plain, Plain], &[&["a", "x"], &["b", "x"]]), ["a", "b"]);
        assert_eq!(named(&[Plain, Plain], &[&["a", "x"], &["a", "y"]]), ["a x", "a y"]);
        assert_eq!(named(&[Plain, N, Plain], &[&["a", "1", "x"], &["a", "2", "y"]]), ["a x", "a y"]);
        assert_eq!(named(&[Plain, N], &[&["a", "1"], &["a", "2"], &["b", "1"]]), ["a", "a #2", "b"]);
    }
}
