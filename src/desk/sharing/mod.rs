//! What several clones of one desk do with each other.

pub mod contest;
pub mod driver;
pub mod merge;
pub mod rewind;
mod settle;
pub mod step;
pub mod sync;
mod trouble;
