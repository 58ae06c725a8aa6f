//! TOML ⇄ record: reading, canonical form, and edits that leave every other byte alone.

mod canonical;
mod edit;
mod layout;
mod newer;
mod parse;
pub mod policy_edit;
mod prose;
mod tables;
mod write;

pub use canonical::{canonical, format};
pub use edit::edit;
pub use layout::{Layout, Place, add_comments, lines_of};
pub use newer::newer;
pub use parse::{conflict_marker, guess, locate, parse, parse_tables, position};
pub use prose::as_text;
pub use tables::combine;
pub use write::{basic_string, is_hidden};

#[cfg(test)]
mod tests;

/// Largest file that is read, in bytes.
pub const MAX_SIZE: usize = 1 << 20;

/// What is wrong with a file's text, and where; line and column count from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    pub line: usize,
    pub column: usize,
    /// The key concerned, where it is known.
    pub field: Option<String>,
    /// Lower case, no full stop.
    pub message: String,
    pub fix: Option<String>,
}
