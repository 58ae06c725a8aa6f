//! Everything that is shipped beside the binary is true: man pages, completions, README, examples.
//!
//! `SNAPSHOTS=overwrite cargo test` writes man pages and completions anew.

use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use git_desk::commands::{Cli, completions, man};

use crate::support::TestDesk;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Holds a folder against what it should hold, or writes it.
fn holds_exactly(folder: &str, files: &[(String, Vec<u8>)]) {
    let folder = root().join(folder);
    #[expect(clippy::disallowed_methods, reason = "the switch that snapshots have too")]
    let overwrite = std::env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite");
    if overwrite {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for (name, bytes) in files {
            fs::write(folder.join(name), bytes).unwrap();
        }
        return;
    }
    let mut there: Vec<String> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    let mut wanted: Vec<String> = files.iter().map(|(name, _)| name.clone()).collect();
    there.sort();
    wanted.sort();
    assert_eq!(there, wanted, "{}: SNAPSHOTS=overwrite cargo test", folder.display());
    for (name, bytes) in files {
        let stale = fs::read(folder.join(name)).unwrap() != *bytes;
        assert!(!stale, "{name} is stale: SNAPSHOTS=overwrite cargo test");
    }
}

#[test]
fn man_pages_say_what_the_program_says() {
    holds_exactly("man", &man::pages().unwrap());
}

#[test]
fn completions_are_the_stubs_that_the_program_prints() {
    let scripts: Vec<(String, Vec<u8>)> = completions::SHELLS
        .iter()
        .map(|shell| (completions::file_name(shell), completions::script(shell).unwrap().into_bytes()))
        .collect();
    holds_exactly("completions", &scripts);
}

/// Runs a script with `git-desk` on the path, as a user would.
fn replay(script: &Path) {
    let desk = TestDesk::nowhere();
    let folder = Path::new(env!("CARGO_BIN_EXE_git-desk")).parent().unwrap();
    #[expect(clippy::disallowed_methods, reason = "the path of the tests, with the program in front")]
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let output = desk.program("bash", &["-eu", &script.display().to_string()]).env("PATH", path).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}{}", script.display(), String::from_utf8_lossy(&output.stdout));
}

#[test]
fn the_examples_run() {
    let mut scripts: Vec<PathBuf> = fs::read_dir(root().join("examples"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sh"))
        .collect();
    scripts.sort();
    assert!(!scripts.is_empty());
    for script in scripts {
        replay(&script);
    }
}

#[test]
fn the_tour_of_the_readme_runs() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let tour = readme.split("## Five minutes").nth(1).and_then(|rest| rest.split("```sh\n").nth(1));
    let tour = tour.and_then(|rest| rest.split("```").next()).expect("a tour in the README");
    let folder = tempfile::TempDir::new().unwrap();
    let script = folder.path().join("tour.sh");
    fs::write(&script, tour).unwrap();
    replay(&script);
}

#[test]
fn the_readme_names_every_command() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for command in Cli::command().get_subcommands() {
        assert!(readme.contains(&format!("`{}", command.get_name())), "README: no `{}`", command.get_name());
    }
}

#[test]
fn the_package_holds_program_pages_and_completion() {
    let world = TestDesk::nowhere();
    let has = |program: &str| {
        world.program("sh", &["-c", &format!("command -v {program}")]).output().unwrap().status.success()
    };
    if !has("dpkg-deb") || !has("cargo") {
        return;
    }
    let target = world.outside().join("target");
    for folder in ["", "x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl"] {
        let folder = target.join(folder).join("release");
        fs::create_dir_all(&folder).unwrap();
        let program = folder.join("git-desk");
        fs::write(&program, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let script = root().join(".ci/deb").display().to_string();
    #[expect(clippy::disallowed_methods, reason = "rustup needs its own home")]
    let home = std::env::var("HOME").unwrap_or_default();
    let mut pack = world.program("bash", &[&script, "--no-build"]);
    let packed = pack.env("CARGO_TARGET_DIR", &target).env("HOME", home).output().unwrap();
    let said = String::from_utf8_lossy(&packed.stderr);
    assert!(packed.status.success(), "{said}");
    let package = String::from_utf8(packed.stdout).unwrap().trim().to_owned();
    assert!(package.ends_with(".deb"), "{package}");
    let listed = world.program("dpkg-deb", &["--contents", &package]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    for path in [
        "usr/bin/git-desk",
        "usr/share/man/man1/git-desk.1.gz",
        "usr/share/man/man7/git-desk-query.7.gz",
        "usr/share/bash-completion/completions/git-desk",
        "usr/share/zsh/vendor-completions/_git-desk",
        "usr/share/fish/vendor_conf.d/git-desk.fish",
        "usr/share/doc/git-desk/copyright",
    ] {
        assert!(listed.lines().any(|line| line.ends_with(&format!(" ./{path}"))), "{path}: {listed}");
    }
    assert!(listed.lines().all(|line| line.contains(" root/root ")), "{listed}");
}
