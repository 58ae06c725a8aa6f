//! What is measured, and the table.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::measure::{Took, once, pair};
use crate::world::{QUEUES, World, spelled};
use crate::{articles, checks, leads, machines};

const RUNS: usize = 15;
/// Tickets from which on a desk is measured where it was built, and its index not built anew to be timed.
const LARGE: u64 = 1_000_000;

/// Rows by name, one figure a size.
pub struct Table {
    sizes: Vec<u64>,
    /// Names of the parts that are measured; empty is all.
    only: Vec<String>,
    rows: Vec<(String, String, Vec<String>)>,
    /// `open` without syncing, by size.
    opens: Vec<(u64, f64)>,
}

impl Table {
    pub fn new(sizes: &[u64], only: Vec<String>) -> Table {
        Table { sizes: sizes.to_vec(), only, rows: Vec::new(), opens: Vec::new() }
    }

    fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == part)
    }

    pub fn add(&mut self, size: u64, what: &str, target: &str, figure: String) {
        eprintln!("{size:>9}  {what}: {figure}");
        let column = self.sizes.iter().position(|have| *have == size).expect("a size of the table");
        if !self.rows.iter().any(|(name, _, _)| name == what) {
            self.rows.push((what.to_owned(), target.to_owned(), vec![String::new(); self.sizes.len()]));
        }
        let row = self.rows.iter_mut().find(|(name, _, _)| name == what).expect("a row");
        row.2[column] = figure;
    }

    pub fn ratio(&mut self, size: u64, what: &str, target: &str, (a, b): (Took, Took)) {
        let ratio = a.wall.as_secs_f64() / b.wall.as_secs_f64();
        self.add(size, what, target, format!("{ratio:.2} × ({} / {})", shown(a), shown(b)));
    }

    /// As Markdown, for the README.
    pub fn print(&self) {
        let sizes: Vec<String> = self.sizes.iter().map(|size| format!("{} tickets", grouped(*size))).collect();
        print_line(&format!("| what | target | {} |", sizes.join(" | ")));
        print_line(&format!("|---|---|{}", "---|".repeat(sizes.len())));
        for (what, target, figures) in &self.rows {
            print_line(&format!("| {what} | {target} | {} |", figures.join(" | ")));
        }
    }
}

fn print_line(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap_or_default()).collect();
    groups.join(",")
}

pub fn shown(took: Took) -> String {
    let milliseconds = took.wall.as_secs_f64() * 1e3;
    if milliseconds < 10_000.0 { format!("{milliseconds:.1} ms") } else { format!("{:.1} s", milliseconds / 1e3) }
}

pub fn mebibytes(took: Took) -> String {
    format!("{:.0} MiB", took.peak as f64 / 1024.0)
}

pub fn measure(world: &World, size: u64, table: &mut Table) {
    let built = world.build(size);
    let large = size >= LARGE;
    let desk = if large { built.clone() } else { world.path("desk.git") };
    if !large {
        copy(world, &built, &desk);
    }
    if table.wants("reads") {
        reads(world, size, &desk, table);
    }
    if table.wants("leads") && !large {
        leads::measure(world, size, &desk, table);
    }
    if table.wants("checks") && !large {
        checks::measure(world, size, &desk, table);
    }
    if table.wants("machines") && !large {
        machines::measure(world, size, &desk, table);
    }
    if table.wants("articles") && !large {
        articles::measure(world, size, &built, table);
    }
    if table.wants("commits") {
        after_a_foreign_commit(world, size, &desk, table);
    }
    if table.wants("index") && !large {
        rebuild(world, size, &desk, table);
    }
    if table.wants("writes") {
        writes(world, size, &desk, table);
        loose_objects(world, size, &desk, table);
    }
    if table.wants("import") && size <= 10_000 {
        import(world, size, &built, table);
    }
    if table.wants("start") {
        let (a, b) = pair(40, || world.desk(&desk, &["--version"]), || world.prepare("true", &desk));
        table.ratio(size, "`--version` / `true`", "≤ 3 ×", (a, b));
    }
}

pub fn copy(world: &World, from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    once(world.shell(Path::new("/"), "cp -a \"$0\" \"$1\"").arg(from).arg(to));
    // The index knows where it is; let it see that it moved.
    world.said(world.desk(to, &["list", "--count"]));
}

pub fn head(world: &World, desk: &Path) -> impl Fn() -> Command {
    move || world.git(desk, &["rev-parse", "HEAD"])
}

fn reads(world: &World, size: u64, desk: &Path, table: &mut Table) {
    let queue = format!("queue:{}", QUEUES[3]);
    let id = world.said(world.desk(desk, &["list", "-o", "ids", "-n", "1"]));
    let words = format!("{} {}", spelled(300), spelled(40));
    let common = format!("{} {}", spelled(1), spelled(2));
    let beginning = format!("{} {}", spelled(12_000), &spelled(300)[..3]);
    let reads: [(&str, &str, Vec<&str>); 8] = [
        ("`list` one queue, 50 rows / `git rev-parse HEAD`", "≤ 5 ×", vec!["list", &queue, "-n", "50"]),
        ("`show ID` / the same", "≤ 5 ×", vec!["show", &id]),
        ("`git desk` alone / the same", "≤ 5 ×", vec![]),
        ("`log ID` / the same", "≤ 5 ×", vec!["log", &id]),
        ("`search` two words, 20 rows / the same", "≤ 20 ×", vec!["search", &words, "-n", "20"]),
        ("`search` two of the commonest / the same", "≤ 20 ×", vec!["search", &common, "-n", "20"]),
        ("`search` a rare one and a beginning / the same", "≤ 20 ×", vec!["search", &beginning, "-n", "20"]),
        ("`search --like ID` / the same", "≤ 20 ×", vec!["search", "--like", &id]),
    ];
    for (what, target, arguments) in reads {
        let took = pair(RUNS * 2, || world.desk(desk, &arguments), head(world, desk));
        table.ratio(size, what, target, took);
        if matches!(arguments.first(), Some(&("list" | "show"))) {
            table.add(size, &format!("peak memory of `{}`", arguments[0]), "≤ 40 MiB", mebibytes(took.0));
        }
    }
}

fn after_a_foreign_commit(world: &World, size: u64, desk: &Path, table: &mut Table) {
    let queue = format!("queue:{}", QUEUES[3]);
    let open = world.said(world.desk(desk, &["list", "-o", "ids", "-n", "100"]));
    let mut took = Vec::new();
    for (round, id) in open.lines().take(RUNS).enumerate() {
        let path = format!("tickets/20{}/{}/{}/{id}.toml", &id[..2], &id[2..4], &id[4..6]);
        foreign_commit(world, desk, &path, round);
        let a = once(&mut world.desk(desk, &["list", &queue, "-n", "50"]));
        let b = once(&mut head(world, desk)());
        took.push((a, b));
    }
    took.sort_by_key(|(a, _)| a.wall);
    let a = took[took.len() / 2].0;
    took.sort_by_key(|(_, b)| b.wall);
    let b = took[took.len() / 2].1;
    table.ratio(size, "`list` after one foreign commit / the same", "≤ 8 ×", (a, b));
}

/// A commit that changes one field of one ticket, by plain git.
fn foreign_commit(world: &World, desk: &Path, path: &str, round: usize) {
    let text = world.said(world.git(desk, &["cat-file", "blob", &format!("HEAD:{path}")]));
    let set = |line: &str| {
        if line.starts_with("asset = ") { format!("asset = \"db{round}\"\n") } else { format!("{line}\n") }
    };
    let text: String = text.lines().map(set).collect();
    let stream = format!(
        "commit refs/heads/main\ncommitter Bench <bench@example.com> now\ndata 4\nedit\nfrom refs/heads/main^0\n\
         M 100644 inline {path}\ndata {}\n{text}\n",
        text.len()
    );
    let file = world.path("edit");
    fs::write(&file, stream).expect("a stream");
    world.said(world.shell(desk, &format!("git fast-import --quiet --date-format=now < '{}'", file.display())));
}

fn rebuild(world: &World, size: u64, desk: &Path, table: &mut Table) {
    let forget = || {
        for entry in fs::read_dir(desk.join("desk")).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with("index-") {
                let _ = fs::remove_file(entry.path());
            }
        }
    };
    let runs = if size >= 100_000 { 2 } else { 5 };
    let anew = || {
        forget();
        world.desk(desk, &["list", "--count"])
    };
    let took = pair(runs, anew, || world.git(desk, &["log", "--raw", "--no-renames"]));
    table.ratio(size, "index from nothing / `git log --raw --no-renames`", "≤ 3 ×", took);
    table.add(size, "peak memory of that", "≤ 600 MiB", mebibytes(took.0));
}

fn writes(world: &World, size: u64, desk: &Path, table: &mut Table) {
    let tree = world.said(world.git(desk, &["rev-parse", "HEAD^{tree}"]));
    let fast = || {
        let mut command = world.desk(desk, &["open", "printer prints blank pages", "--queue", "l1"]);
        command.env("GIT_CONFIG_COUNT", "1");
        command.env("GIT_CONFIG_KEY_0", "desk.durability").env("GIT_CONFIG_VALUE_0", "none");
        command
    };
    let took = pair(RUNS * 2, fast, || world.git(desk, &["commit-tree", "-p", "HEAD", "-m", "x", &tree]));
    table.ratio(size, "`open`, durability none / `git commit-tree`", "≤ 3 ×", took);
    table.add(size, "peak memory of `open`", "≤ 40 MiB", mebibytes(took.0));
    let wall = took.0.wall.as_secs_f64();
    table.opens.push((size, wall));
    let first = table.opens[0].1;
    table.add(size, "the same / at the smallest desk", "≤ 1.2 ×", format!("{:.2} ×", wall / first));
    let plain = plain_repository(world);
    let mut count = 0;
    let commit = || {
        count += 1;
        world.shell(
            &plain,
            &format!(
                "echo {count} >> tickets/7.toml && git -c core.fsync=all add tickets/7.toml && git -c core.fsync=all commit -qm x"
            ),
        )
    };
    let durable = || world.desk(desk, &["open", "printer prints blank pages", "--queue", "l1"]);
    let took = pair(RUNS * 2, durable, commit);
    table.ratio(size, "`open`, default / `git add` + `git commit`, core.fsync=all, 1,000 files", "≤ 0.7 ×", took);
}

/// A worktree with 1,000 files of a ticket's size.
fn plain_repository(world: &World) -> std::path::PathBuf {
    let folder = world.path("plain");
    let _ = fs::remove_dir_all(&folder);
    world.said(world.git(Path::new("/"), &["init", "-q", &folder.display().to_string()]));
    fs::create_dir_all(folder.join("tickets")).expect("a folder");
    for number in 0..1_000 {
        let text = format!("title = \"number {number}\"\n\nbody = '''\n{}\n'''\n", "some words ".repeat(40));
        fs::write(folder.join(format!("tickets/{number}.toml")), text).expect("a file");
    }
    world.said(world.shell(&folder, "git add . && git commit -qm first"));
    folder
}

/// What one `open` adds to a day that has 1,000 tickets.
fn loose_objects(world: &World, size: u64, desk: &Path, table: &mut Table) {
    let now = "2031-01-01T12:00:00Z";
    let lines: String =
        (0..1_000).map(|n| format!("{{\"op\":\"open\",\"title\":\"ticket {n} of a busy day\"}}\n")).collect();
    let batch = world.path("batch.jsonl");
    fs::write(&batch, lines).expect("a batch");
    world.said({
        let mut command = world.desk(desk, &["batch", &batch.display().to_string()]);
        command.env("GIT_DESK_NOW", now);
        command
    });
    let before = loose_bytes(desk);
    world.said({
        let mut command = world.desk(desk, &["open", "one more", "--queue", "l1"]);
        command.env("GIT_DESK_NOW", now);
        command
    });
    let added = loose_bytes(desk) - before;
    table.add(
        size,
        "objects written per `open`, 1,000 tickets a day",
        "≤ 60 KiB",
        format!("{:.0} KiB", added as f64 / 1024.0),
    );
}

/// Sizes of all loose objects together.
fn loose_bytes(desk: &Path) -> u64 {
    let folders = fs::read_dir(desk.join("objects")).into_iter().flatten().flatten();
    let folders = folders.filter(|folder| folder.file_name().len() == 2);
    let files = folders.flat_map(|folder| fs::read_dir(folder.path()).into_iter().flatten().flatten());
    files.filter_map(|file| file.metadata().ok()).map(|data| data.len()).sum()
}

fn import(world: &World, size: u64, built: &Path, table: &mut Table) {
    let stream = world.path("stream");
    world.said(world.shell(built, &format!("git fast-export --all > '{}'", stream.display())));
    let (log, map) = world.log(size);
    let (log, map) = (log.display().to_string(), map.display().to_string());
    let fresh = |name: &str, by_git: bool| {
        let folder = world.path(name);
        let _ = fs::remove_dir_all(&folder);
        let path = folder.display().to_string();
        world.said(if by_git {
            world.git(Path::new("/"), &["init", "-q", "--bare", &path])
        } else {
            world.desk(Path::new("/"), &["init", "--bare", &path])
        });
        folder
    };
    let ours = || {
        let folder = fresh("import.git", false);
        world.desk(&folder, &["import", "events", &log, "--map", &map])
    };
    let theirs = || {
        let folder = fresh("fast-import.git", true);
        world.shell(&folder, &format!("git fast-import --quiet < '{}'", stream.display()))
    };
    let took = pair(3, ours, theirs);
    table.ratio(size, "`import events` / `git fast-import` of the same commits", "≤ 2 ×", took);
}
