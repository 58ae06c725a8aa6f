//! The index is never wrong and never needed: whatever happens to its file, the answers stay.

use std::fs;
use std::path::PathBuf;

use crate::support::TestDesk;

fn file_of(desk: &TestDesk) -> PathBuf {
    let folder = desk.path().join("desk");
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.find(|path| path.extension().is_some_and(|extension| extension == "sqlite")).expect("an index")
}

fn desk() -> TestDesk {
    let desk = TestDesk::bare();
    for number in 0..6 {
        let id = desk.open(&format!("printer {number} prints blank pages"), &["-m", "since Monday", "--tag", "hp"]);
        desk.run(&["comment", &id, "cleaned the drum"]).ok();
    }
    // Clocks go on, so all is asked at one moment.
    desk.with("GIT_DESK_NOW", "2026-11-24T12:00:00Z")
}

/// Everything that reads it.
fn answers(desk: &TestDesk) -> Vec<String> {
    let first = desk.run(&["list", "-o", "ids", "-n", "1", "--sort", "id"]).ok();
    let asked: [&[&str]; 6] = [
        &["list"],
        &["list", "tag:hp printer", "--json", "--fields", "id,title,tags,updated"],
        &["search", "blank", "drum"],
        &["show", first.trim(), "--json"],
        &["log", "-o", "jsonl"],
        &["report", "flow", "--json"],
    ];
    asked.iter().map(|words| desk.run(words).ok()).collect()
}

#[test]
fn deleted_cut_or_overwritten_it_is_built_anew() {
    let desk = desk();
    let before = answers(&desk);
    let file = file_of(&desk);
    fs::remove_file(&file).unwrap();
    assert_eq!(answers(&desk), before, "deleted");
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 3]).unwrap();
    assert_eq!(answers(&desk), before, "cut");
    fs::write(&file, "no database at all").unwrap();
    assert_eq!(answers(&desk), before, "overwritten");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_eq!(answers(&desk), before, "a folder in its place");
}

#[test]
fn that_of_another_repository_is_not_believed() {
    let (desk, other) = (desk(), TestDesk::bare());
    other.open("somebody else's", &[]);
    other.run(&["list"]).ok();
    let before = answers(&desk);
    fs::copy(file_of(&other), file_of(&desk)).unwrap();
    assert_eq!(answers(&desk), before);
}

#[test]
fn a_page_of_zeros_anywhere_ends_no_command_badly() {
    let desk = desk();
    let before = answers(&desk);
    let file = file_of(&desk);
    let good = fs::read(&file).unwrap();
    for page in 0..good.len() / 4096 {
        let mut bytes = good.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0);
        fs::write(&file, bytes).unwrap();
        for leftover in ["-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{leftover}", file.display()));
        }
        for words in [["list"].as_slice(), &["search", "blank"], &["log"]] {
            let ran = desk.run(words);
            assert_eq!(ran.code, 0, "page {page}: {words:?}: {ran}");
        }
    }
    fs::remove_file(&file).unwrap();
    assert_eq!(answers(&desk), before);
}

/// Each place of a text in a file.
fn places(bytes: &[u8], text: &str) -> Vec<usize> {
    bytes.windows(text.len()).enumerate().filter(|(_, window)| *window == text.as_bytes()).map(|(at, _)| at).collect()
}

#[test]
fn a_row_that_the_disk_has_changed_is_known_and_never_told() {
    let desk = desk();
    let before = answers(&desk);
    let file = file_of(&desk);
    // The log is merged into the file, so that there is one copy of everything.
    fs::remove_file(&file).unwrap();
    desk.run(&["list"]).ok();
    let good = fs::read(&file).unwrap();
    // In a document, a body, the facts of a commit, its author, the author of an entry.
    for text in ["printer 3", "since Monday", "\"priority\"", "Ana Agent", "cleaned"] {
        let mut flipped = 0;
        for at in places(&good, text) {
            let mut bytes = good.clone();
            bytes[at] ^= 1;
            fs::write(&file, bytes).unwrap();
            for leftover in ["-wal", "-shm"] {
                let _ = fs::remove_file(format!("{}{leftover}", file.display()));
            }
            assert_eq!(answers(&desk), before, "{text} at {at}");
            flipped += 1;
        }
        assert!(flipped > 0 || text == "cleaned", "{text} is nowhere");
    }
}

#[test]
fn a_long_log_is_merged_so_that_no_later_process_reads_it() {
    let desk = TestDesk::bare();
    desk.open("the first", &[]);
    desk.run(&["list"]).ok();
    let body = "words of a report ".repeat(100);
    let line =
        |number: usize| format!("{{\"op\": \"open\", \"title\": \"number {number}\", \"message\": \"{body}\"}}\n");
    desk.feed((0..400).map(line).collect::<String>(), &["batch", "-"]).ok();
    assert_eq!(desk.run(&["list", "--count"]).ok(), "401\n");
    let log = format!("{}-wal", file_of(&desk).display());
    let size = fs::metadata(log).unwrap().len();
    assert!(size <= 1 << 20, "{size} bytes are left");
}
