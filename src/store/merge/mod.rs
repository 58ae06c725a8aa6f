//! Two versions of a desk become one.
//!
//! `file` makes one file of three, `joint` one tree of two commits, which is `pending` until
//! `commit` makes the commit that has both as parents.

mod base;
mod beside;
mod commit;
mod dates;
pub mod file;
pub mod joint;
pub mod markers;
mod pending;
mod policy;

#[cfg(test)]
mod tests;

pub use beside::SHOWN;
pub use commit::Landed;
