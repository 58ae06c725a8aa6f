//! `check`: all of a desk, and what a branch changes.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::measure::once;
use crate::rows::{Table, shown};
use crate::world::World;

/// Largest desk that is checked whole.
const WHOLE: u64 = 10_000;
/// Tickets that the branch changes, two a commit.
const CHANGED: usize = 20;
const RUNS: usize = 15;

/// On a desk whose `main` is checked out nowhere; the branch is gone in the end.
pub fn measure(world: &World, size: u64, desk: &Path, table: &mut Table) {
    if size <= WHOLE {
        let figure = median(world, desk, &["check", "--all"]);
        table.add(size, "`check` of all files, two a ticket", "≤ 1 s", figure);
    }
    branch(world, desk);
    let figure = median(world, desk, &["check", "--base", "main"]);
    table.add(size, "`check --base`, 20 tickets in 10 commits", "≤ 100 ms", figure);
    world.said(world.git(desk, &["symbolic-ref", "HEAD", "refs/heads/main"]));
    world.said(world.git(desk, &["branch", "-qD", "review"]));
}

fn median(world: &World, desk: &Path, words: &[&str]) -> String {
    let mut took: Vec<_> = (0..RUNS).map(|_| once(&mut world.desk(desk, words))).collect();
    took.sort_by_key(|one| one.wall);
    shown(took[RUNS / 2])
}

/// Makes `review` the desk's branch, a few commits ahead of `main`.
fn branch(world: &World, desk: &Path) {
    let open = world.said(world.desk(desk, &["list", "-o", "ids", "-n", &CHANGED.to_string()]));
    let ids: Vec<&str> = open.lines().collect();
    let mut stream = String::new();
    for (round, pair) in ids.chunks(2).enumerate() {
        let from = if round == 0 { "from refs/heads/main^0\n" } else { "" };
        let _ =
            write!(stream, "commit refs/heads/review\ncommitter Bench <bench@example.com> now\ndata 4\nedit\n{from}");
        for id in pair {
            let path = format!("tickets/20{}/{}/{}/{id}.toml", &id[..2], &id[2..4], &id[4..6]);
            let text = world.said(world.git(desk, &["cat-file", "blob", &format!("main:{path}")]));
            let set = |line: &str| {
                if line.starts_with("asset = ") { "asset = \"db1\"\n".to_owned() } else { format!("{line}\n") }
            };
            let text: String = text.lines().map(set).collect();
            let _ = write!(stream, "M 100644 inline {path}\ndata {}\n{text}\n", text.len());
        }
    }
    let file = world.path("review");
    fs::write(&file, stream).expect("a stream");
    world.said(world.shell(desk, &format!("git fast-import --quiet --date-format=now < '{}'", file.display())));
    world.said(world.git(desk, &["symbolic-ref", "HEAD", "refs/heads/review"]));
}
