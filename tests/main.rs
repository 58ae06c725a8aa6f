//! One test program for everything that is tested from outside.

mod architecture;
mod commands;
mod contracts;
mod desks;
mod docs;
mod durability;
mod history;
mod hostile;
mod index;
mod machines;
mod merging;
mod races;
mod sharing;
mod signing;
mod support;
mod worktrees;
