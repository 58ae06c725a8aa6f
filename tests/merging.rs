//! Two people change one ticket, each in a clone of their own.

mod matrix;
