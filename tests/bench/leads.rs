//! What leads ask: clocks and reports, over the whole desk, in seconds.

use std::path::Path;

use crate::measure::pair;
use crate::rows::{Table, mebibytes, shown};
use crate::world::World;

const RUNS: usize = 5;

/// Every report that needs no further word.
const REPORTS: &[&str] = &[
    "summary",
    "flow",
    "ageing",
    "sla",
    "breaches",
    "at-risk",
    "response",
    "quality",
    "pareto",
    "recurring",
    "early-faults",
    "workload",
    "channels",
    "csat",
    "cost",
    "knowledge",
    "problems",
    "follow-ups",
];

pub fn measure(world: &World, size: u64, desk: &Path, table: &mut Table) {
    let time = |words: &[&str]| pair(RUNS, || world.desk(desk, words), || world.prepare("true", desk)).0;
    let open = world.said(world.desk(desk, &["list", "is:open", "--count"]));
    let sla = time(&["sla", "-o", "table"]);
    table.add(size, "`sla` of what is open", "≤ 300 ms for 5,000", format!("{} for {open}", shown(sla)));
    let mut reports: Vec<_> = REPORTS.iter().map(|name| (*name, time(&["report", name, "-o", "json"]))).collect();
    reports.sort_by_key(|(_, took)| took.wall);
    let [.., (slowest, took)] = reports.as_slice() else { return };
    table.add(size, "the slowest report", "≤ 2 s", format!("{} ({slowest})", shown(*took)));
    table.add(size, "peak memory of it", "", mebibytes(*took));
}
