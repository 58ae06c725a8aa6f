//! Two versions of a desk become one.

mod commit;
pub mod file;
