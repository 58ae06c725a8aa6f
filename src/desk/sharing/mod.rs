//! What a desk shares with others, and with itself tomorrow.

pub mod backup;
pub mod merge;
