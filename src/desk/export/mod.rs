//! `export`: everything that a desk holds, in forms that other programs read.

pub mod database;
pub mod history;
