//! Two versions of a desk become one.
//!
//! [`file`] makes one file of three, [`joint`] one tree of two commits, [`commit`] the commit that has both as parents.

mod base;
mod commit;
mod dates;
pub mod file;
pub mod joint;
pub mod markers;

#[cfg(test)]
mod tests;

pub use commit::Landed;
