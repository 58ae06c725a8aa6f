//! Finding articles, on a desk whose tickets name some of them.

use std::fs;
use std::path::Path;

use crate::measure::pair;
use crate::rows::{Table, copy, head};
use crate::world::{World, articles, spelled, titles};

const RUNS: usize = 30;
/// As many as the help pages of a product have.
const ARTICLES: u64 = 143;
/// Tickets that were solved with an article.
const SOLVED: u64 = 1_000;

/// On a copy of a desk without articles.
pub fn measure(world: &World, size: u64, built: &Path, table: &mut Table) {
    let desk = world.path("shelved.git");
    copy(world, built, &desk);
    shelve(world, &desk);
    let desk = desk.as_path();
    let id = world.said(world.desk(desk, &["list", "-o", "ids", "-n", "1"]));
    let (words, common) = (format!("{} {}", spelled(300), spelled(40)), format!("{} {}", spelled(1), spelled(2)));
    let reads: [(&str, &str, Vec<&str>); 5] = [
        ("`search` two words, tickets and 143 articles / the same", "≤ 20 ×", vec!["search", &words, "-n", "20"]),
        ("`kb search` two words / the same", "≤ 20 ×", vec!["kb", "search", &words, "-n", "20"]),
        ("`kb search` two of the commonest / the same", "≤ 20 ×", vec!["kb", "search", &common, "-n", "20"]),
        ("`kb suggest ID` / the same", "≤ 30 ×", vec!["kb", "suggest", &id]),
        ("`show ID` beside articles / the same", "≤ 5 ×", vec!["show", &id]),
    ];
    for (what, target, arguments) in reads {
        let took = pair(RUNS, || world.desk(desk, &arguments), head(world, desk));
        table.ratio(size, what, target, took);
    }
}

/// Articles, and tickets that were solved with them.
fn shelve(world: &World, desk: &Path) {
    let file = world.path("articles");
    fs::write(&file, articles(ARTICLES)).expect("a stream");
    world.said(world.shell(desk, &format!("git fast-import --quiet --date-format=now < '{}'", file.display())));
    let line = |(number, title): (usize, String)| {
        let article = format!("bench/a{}", number as u64 % ARTICLES);
        serde_json::json!({"op": "open", "title": title, "category": "solved", "article": [article]}).to_string()
    };
    let lines: Vec<String> = titles(SOLVED).into_iter().enumerate().map(line).collect();
    fs::write(&file, lines.join("\n")).expect("a batch");
    world.said(world.desk(desk, &["batch", &file.display().to_string()]));
    let close = ["close", "--where", "category:solved", "--yes", "--resolution", "fixed", "-m", "as it says"];
    world.said(world.desk(desk, &close));
}
