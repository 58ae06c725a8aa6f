//! The house: no layer looks up, and each outside thing has one door.

use std::fs;
use std::path::{Path, PathBuf};

/// Each part of `src` with the parts it may name.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("cli", &["commands", "ui", "process", "env", "error"]),
    (
        "commands",
        &[
            "commands", "ui", "desk", "report", "index", "store", "jobs", "net", "view", "model", "config", "process",
            "platform", "env", "error",
        ],
    ),
    ("ui", &["ui", "process", "env", "error"]),
    ("desk", &["desk", "report", "index", "store", "jobs", "net", "view", "model", "process", "env", "error"]),
    ("report", &["report", "model", "error"]),
    ("jobs", &["jobs", "view", "model", "process", "platform", "env", "error"]),
    ("net", &["net", "view", "model", "env", "error"]),
    ("index", &["index", "store", "model", "error"]),
    ("store", &["store", "model", "process", "platform", "env", "error"]),
    ("view", &["view", "model"]),
    ("model", &["model"]),
    ("config", &["error"]),
    ("process", &["platform", "error"]),
    ("env", &["platform", "error"]),
    ("platform", &[]),
    ("error", &[]),
    ("lib", &[]),
    ("main", &[]),
];

/// Words with the only places where they may stand.
const DOORS: &[(&str, &[&str])] = &[
    ("git2::", &["store/"]),
    ("toml_edit", &["store/"]),
    ("libgit2_sys", &["store/switches.rs"]),
    ("unsafe ", &["store/switches.rs"]),
    ("rustix", &["platform.rs"]),
    ("os::unix", &["platform.rs"]),
    ("rusqlite", &["index/"]),
    ("reqwest", &["net/"]),
    ("signal_hook", &["platform.rs"]),
    ("clap::", &["commands/", "cli.rs"]),
    ("comfy_table", &["ui/"]),
    ("indicatif", &["ui/"]),
    ("Command::new", &["process.rs"]),
    ("std::process", &["process.rs", "platform.rs", "main.rs", "cli.rs", "env.rs", "store/", "index/", "ui/", "jobs/"]),
    ("std::env::", &["env.rs", "cli.rs"]),
    ("Timestamp::now", &["env.rs"]),
    ("println!", &[]),
    ("print!(", &[]),
    ("dbg!(", &[]),
    ("todo!", &[]),
    ("unimplemented!", &[]),
];

/// Things that pure folders do without.
const PURE: &[(&str, &[&str])] = &[
    ("model/", &["std::fs", "std::io", "std::net", "std::env", "anyhow", "log::"]),
    ("report/", &["std::fs", "std::io", "std::net", "std::env", "log::"]),
    ("view/", &["std::fs", "std::io", "std::net", "std::env", "anyhow", "log::"]),
];

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                sources.push((name, code_of(&fs::read_to_string(&path).unwrap())));
            }
        }
    }
    assert!(sources.len() > 50, "only {} files of source found", sources.len());
    sources
}

/// The lines that are no comment and stand before the tests of the file.
fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    // A command of the command line starts no program.
    let code = code.replace("clap::Command::new", "");
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn is_test(file: &str) -> bool {
    file.ends_with("/tests.rs")
}

#[test]
fn no_layer_looks_up() {
    let mut wrong = Vec::new();
    for (file, code) in sources().iter().filter(|(file, _)| !is_test(file)) {
        let part = file.split(['/', '.']).next().unwrap();
        let Some((_, may)) = MAY_NAME.iter().find(|(name, _)| *name == part) else {
            wrong.push(format!("{file}: no such part in the map of the house"));
            continue;
        };
        for named in code.split("crate::").skip(1) {
            let named = named.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap();
            if !may.contains(&named) {
                wrong.push(format!("{file} names crate::{named}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_outside_thing_has_one_door() {
    let mut wrong = Vec::new();
    for (file, code) in sources().iter().filter(|(file, _)| !is_test(file)) {
        for (word, doors) in DOORS {
            if code.contains(word) && !doors.iter().any(|door| file.starts_with(door)) {
                wrong.push(format!("{file} has {word}"));
            }
        }
        for (folder, words) in PURE {
            for word in words.iter().filter(|word| file.starts_with(folder) && code.contains(**word)) {
                wrong.push(format!("{file} has {word}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_command_has_a_file_of_its_name_here_and_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = fs::read_to_string(root.join("src/commands/mod.rs")).unwrap();
    let listed: Vec<&str> = list
        .lines()
        .filter_map(|line| line.trim().split_once(" = "))
        .filter_map(|(variant, module)| {
            let plain = variant.bytes().all(|byte| byte.is_ascii_alphabetic()) && module.ends_with(',');
            plain.then(|| module.split([' ', ',']).next().unwrap())
        })
        .collect();
    assert!(listed.len() > 30, "{listed:?}");
    for name in listed {
        for folder in ["src/commands", "tests/commands"] {
            assert!(root.join(folder).join(format!("{name}.rs")).is_file(), "{folder}/{name}.rs is missing");
        }
    }
}
