//! The measurements of the README: whole commands, against git itself, in turn and in one run.
//!
//! ```text
//! cargo bench                        desks of 1,000, 10,000 and 100,000 tickets
//! cargo bench -- --sizes 1000,10000  others
//! cargo bench -- --million           one of 1,000,000 too
//! cargo bench -- --keep DIR          build the desks in DIR, or use those that are there
//! cargo bench -- --only checks,leads these rows: reads, leads, checks, machines, articles, commits, index, writes, import, start
//! ```
//!
//! Each figure is the median of several runs; of a pair, A and B run in turn, so that a machine that slows down slows
//! both. A desk has four commits a ticket, a thousand tickets a day, words from a Zipf vocabulary of 20,000, and one
//! ticket in twenty open.

#![expect(clippy::disallowed_methods, reason = "a benchmark starts programs and reads its arguments")]

mod articles;
mod checks;
mod leads;
mod machines;
mod measure;
mod rows;
mod world;

use std::path::PathBuf;

use rows::Table;
use world::World;

fn main() {
    let mut words = std::env::args().skip(1);
    let mut sizes = vec![1_000, 10_000, 100_000];
    let (mut keep, mut only) = (None, Vec::new());
    while let Some(word) = words.next() {
        match word.as_str() {
            "--sizes" => {
                sizes = words.next().unwrap_or_default().split(',').filter_map(|size| size.parse().ok()).collect();
            }
            "--million" => sizes.push(1_000_000),
            "--keep" => keep = words.next().map(PathBuf::from),
            "--only" => only = words.next().unwrap_or_default().split(',').map(str::to_owned).collect(),
            // What cargo hands to every benchmark.
            _ => {}
        }
    }
    let world = World::new(keep);
    let mut table = Table::new(&sizes, only);
    for size in &sizes {
        rows::measure(&world, *size, &mut table);
    }
    table.print();
}
