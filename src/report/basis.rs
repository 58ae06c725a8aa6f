//! The tickets that figures rest on: what `--tickets` opens a report to.

use serde_json::{Value, json};

use super::named::Named;
use super::{Column, Sheet};

/// A row for each figure that a ticket counts in: its id, the columns of the report, its title. A ticket that counts
/// twice has two rows, so that counting rows gives the figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Basis(Sheet);

impl Default for Basis {
    fn default() -> Basis {
        Basis::of(&[])
    }
}

impl Basis {
    /// With these columns between id and title.
    pub fn of(columns: &[Column]) -> Basis {
        let all = [&[Column::plain("id")], columns, &[Column::plain("title")]].concat();
        Basis(Sheet::new("tickets", "tickets", all, Vec::new()))
    }

    /// With one column that says in which figure a ticket counts.
    pub fn of_figures(columns: &[Column]) -> Basis {
        Basis::of(&[&[Column::plain("figure")], columns].concat())
    }

    /// Values in the order of the report's columns.
    pub fn add(&mut self, ticket: &Named, values: impl IntoIterator<Item = Value>) {
        let mut row = Vec::with_capacity(self.0.columns.len());
        row.push(json!(ticket.id));
        row.extend(values);
        row.push(json!(ticket.title));
        self.0.rows.push(row);
    }

    pub fn sheet(&self) -> &Sheet {
        &self.0
    }
}
