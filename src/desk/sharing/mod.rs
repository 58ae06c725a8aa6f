//! What several clones of one desk do with each other.

pub mod driver;
pub mod merge;
mod settle;
