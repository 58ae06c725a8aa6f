//! `setup`

mod ci;
mod cron;
mod git;
mod hooks;
mod receive;
mod systemd;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use snapbox::{assert_data_eq, str};

use crate::support::{Ran, TestDesk};

fn home(world: &TestDesk) -> PathBuf {
    world.outside().join("home")
}

/// The same with our own file as `[PROGRAM]` and a desk's world as `[WORLD]`.
fn shown(world: &TestDesk, ran: &Ran) -> String {
    let text = ran.to_string().replace(&world.outside().display().to_string(), "[WORLD]");
    text.replace(env!("CARGO_BIN_EXE_git-desk"), "[PROGRAM]")
}

/// A folder's name with everything that shells, crontabs, units and sshd read as more than a letter.
const HOSTILE: &str = "it's 100% \\ \"a\" $HOME";

/// A bare desk in such a folder, with a spool beside it.
fn hostile(world: &TestDesk) -> TestDesk {
    let spool = world.outside().join(HOSTILE).join("spool %n");
    let desk = world.at(&format!("{HOSTILE}/desk.git")).with("GIT_DESK_SPOOL", spool.to_str().unwrap());
    desk.run(&["init", "--bare"]).ok();
    desk
}

/// Everything below a folder, by path from it.
fn files(folder: PathBuf) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.clone()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).into_iter().flatten().flatten() {
            match entry.path().is_dir() {
                true => folders.push(entry.path()),
                false => found.push(entry.path().strip_prefix(&folder).unwrap().to_str().unwrap().to_owned()),
            }
        }
    }
    found.sort();
    found
}

/// Whether a program is there; where all must be, it is missed.
fn has(world: &TestDesk, program: &str) -> bool {
    world.program("sh", &["-c", &format!("command -v {program}")]).output().unwrap().status.success()
}

/// Runs a script in a shell that finds `git-desk`.
fn in_shell(world: &TestDesk, shell: &[&str], script: &str) -> Ran {
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_git-desk")).parent().unwrap();
    #[expect(clippy::disallowed_methods, reason = "the path of the tests, with the program in front")]
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let mut words = shell[1..].to_vec();
    words.push(script);
    Ran::of(world.program(shell[0], &words).env("PATH", path).output().unwrap(), world.outside())
}

#[test]
fn completion_and_pages_lie_where_shell_and_man_look() {
    let world = TestDesk::nowhere();
    assert_data_eq!(
        world.run(&["setup", "shell", "fish"]).to_string(),
        str![[r#"
[WORLD]/home/config/fish/conf.d/git-desk.fish
[WORLD]/home/.local/share/man
stderr: git-desk: still needed in ~/config/fish/config.fish: set -gx MANPATH ~/.local/share/man:$MANPATH:

"#]]
    );
    let written = files(home(&world).join(".local/share/man"));
    assert!(written.len() > 50 && written.contains(&"man1/git-desk-open.1".to_owned()), "{written:?}");
    assert!(written.contains(&"man7/git-desk-query.7".to_owned()), "{written:?}");
    let pages = git_desk::commands::man::pages().unwrap();
    assert_eq!(pages.len(), written.len());
    for (name, bytes) in &pages {
        let section = if name.ends_with(".7") { "man7" } else { "man1" };
        let page = home(&world).join(".local/share/man").join(section).join(name);
        assert!(fs::read(page).unwrap() == *bytes, "{name}");
    }
    let mode = fs::metadata(home(&world).join(".local/share/man/man1/git-desk.1")).unwrap().permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o644);
    for (shell, place) in [
        ("bash", ".local/share/bash-completion/completions/git-desk"),
        ("zsh", ".local/share/zsh/site-functions/_git-desk"),
        ("elvish", "config/elvish/lib/git-desk.elv"),
        ("powershell", ".local/share/git-desk/git-desk.ps1"),
    ] {
        world.run(&["setup", "shell", shell]).ok();
        let script = fs::read_to_string(home(&world).join(place)).unwrap();
        assert_eq!(script, world.run(&["completions", shell]).ok());
    }
}

#[test]
fn the_shell_is_the_one_that_is_used() {
    let world = TestDesk::nowhere();
    assert_data_eq!(
        world.run(&["setup", "shell"]).fails(2),
        str![[r#"
git-desk: $SHELL is not set; which shell is yours?
  git desk setup shell bash          or elvish, fish, powershell, zsh

"#]]
    );
    let told = |shell: &str| {
        let ran = world.at("desk").with("SHELL", shell).run(&["setup", "shell", "--dry-run", "--json"]);
        serde_json::from_str::<Value>(&ran.ok()).unwrap()["shell"].as_str().unwrap().to_owned()
    };
    assert_eq!((told("/usr/bin/fish").as_str(), told("/opt/pwsh").as_str()), ("fish", "powershell"));
    assert_data_eq!(
        world.at("desk").with("SHELL", "/bin/fsh\u{1b}[1m").run(&["setup", "shell"]).fails(2),
        str![[r#"
git-desk: no completion for `fsh␛[1m`; there is one for bash, elvish, fish, powershell, zsh

"#]]
    );
    world.run(&["setup", "shell", "tcsh"]).fails(2);
    world.at("desk").with("HOME", "").run(&["setup", "shell", "bash"]).fails(2);
    assert_data_eq!(
        world.run(&["setup"]).fails(2),
        str![[r#"
git-desk: `setup` needs a verb: shell, git, ci, cron, systemd, receive, hooks
  git desk setup shell
  git desk help setup

"#]]
    );
}

#[test]
fn done_twice_nothing_is_written_and_taken_away_nothing_is_left() {
    let world = TestDesk::nowhere();
    let would: Value =
        serde_json::from_str(&world.run(&["setup", "shell", "zsh", "--dry-run", "--json"]).ok()).unwrap();
    assert_eq!(files(home(&world)), Vec::<String>::new());
    let states = |told: &Value, state: &str| {
        told["files"].as_array().unwrap().iter().filter(|file| file["state"] == state).count()
    };
    let all = states(&would, "written");
    assert!(all > 50, "{would}");
    world.run(&["setup", "shell", "zsh"]).ok();
    assert_eq!(files(home(&world)).len(), all);
    let again: Value = serde_json::from_str(&world.run(&["setup", "shell", "zsh", "--json"]).ok()).unwrap();
    assert_eq!(states(&again, "unchanged"), all);
    world.run(&["setup", "shell", "zsh", "--strict"]).fails(5);
    // An older page is replaced, and pages of others stay.
    let man = home(&world).join(".local/share/man/man1");
    fs::write(man.join("git-desk-open.1"), "old\n").unwrap();
    fs::write(man.join("git-desk-mine.1"), "mine\n").unwrap();
    let again: Value = serde_json::from_str(&world.run(&["setup", "shell", "zsh", "--json"]).ok()).unwrap();
    assert_eq!(states(&again, "written"), 1);
    world.run(&["setup", "shell", "zsh", "--remove", "--dry-run"]).ok();
    assert_eq!(files(home(&world)).len(), all + 1);
    world.run(&["setup", "shell", "zsh", "--remove"]).ok();
    assert_eq!(files(home(&world)), [".local/share/man/man1/git-desk-mine.1"]);
    world.run(&["setup", "shell", "zsh", "--remove"]).ok();
    world.run(&["setup", "shell", "zsh", "--remove", "--strict"]).fails(5);
}

#[test]
fn a_line_that_is_needed_is_shown_and_never_written() {
    let world = TestDesk::nowhere().with("XDG_DATA_HOME", "/nowhere-to-write");
    world.run(&["setup", "shell", "zsh", "--dry-run"]).ok();
    let world = TestDesk::nowhere();
    let shown = world.run(&["setup", "shell", "zsh"]).stderr;
    assert_data_eq!(
        shown.clone(),
        str![[r#"
git-desk: still needed in ~/.zshrc: fpath=(~/.local/share/zsh/site-functions $fpath); autoload -U compinit && compinit
git-desk: still needed in ~/.zshrc: export MANPATH="$HOME/.local/share/man:$MANPATH:"

"#]]
    );
    let start = home(&world).join(".zshrc");
    assert!(!start.exists());
    let lines: String = shown
        .lines()
        .map(|line| format!("{}\n", line.split_once(": ").unwrap().1.split_once(": ").unwrap().1))
        .collect();
    fs::write(&start, &lines).unwrap();
    assert_eq!(world.run(&["setup", "shell", "zsh"]).stderr, "");
    assert_eq!(fs::read_to_string(&start).unwrap(), lines);
    let screen = world.on_terminal("", &["setup", "shell", "zsh", "--remove"]).ok();
    assert!(screen.contains("can go from ~/.zshrc: fpath="), "{screen}");
    assert_eq!(fs::read_to_string(&start).unwrap(), lines);
    // Where `man` looks there already, nothing is needed.
    let path = format!("{}/.local/bin:/usr/bin:/bin", home(&world).display());
    let told = world.at("desk").with("PATH", &path).run(&["setup", "shell", "fish", "--json"]).ok();
    assert_eq!(serde_json::from_str::<Value>(&told).unwrap()["lines"], serde_json::json!([]));
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let world = TestDesk::nowhere();
    fs::write(home(&world).join(".local"), "a file\n").unwrap();
    let said = world.run(&["setup", "shell", "bash"]).fails(5);
    assert!(
        said.starts_with(
            "git-desk: [WORLD]/home/.local/share/bash-completion/completions/git-desk cannot be written: "
        ),
        "{said}"
    );
}

#[test]
fn on_a_terminal_it_says_what_was_done() {
    let world = TestDesk::nowhere();
    let screen = world.on_terminal("", &["setup", "shell", "powershell"]).ok();
    let count = files(home(&world)).len();
    assert!(
        screen.contains(&format!("completion for powershell and the man pages: {count} files written")),
        "{screen}"
    );
    assert!(screen.contains("next           open a new shell, then git desk --help"), "{screen}");
    let screen = world.on_terminal("", &["setup", "shell", "powershell"]).ok();
    assert!(screen.contains("everything is so already"), "{screen}");
}

#[test]
fn bash_completes_both_spellings() {
    let world = TestDesk::new();
    let id = world.open("Printer HP-4", &[]);
    world.run(&["setup", "shell", "bash"]).ok();
    let script = home(&world).join(".local/share/bash-completion/completions/git-desk");
    let complete = |words: &str, at: usize, call: &str| {
        let script = format!(
            "source {}; COMP_WORDS=({words}); COMP_CWORD={at}; COMP_TYPE=9; {call}; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            script.display()
        );
        in_shell(&world, &["bash", "--norc", "-c"], &script).ok()
    };
    assert_eq!(complete("git-desk esc", 1, "_clap_complete_git_desk git-desk esc git-desk"), "escalate\n");
    assert_eq!(complete("git desk esc", 2, "_git_desk"), "escalate\n");
    assert_eq!(complete("git desk show \"\"", 3, "_git_desk").lines().next(), Some(&id[7..11]));
    assert_eq!(complete("git -C folder desk esc", 4, "__git_cmd_idx=3; _git_desk"), "escalate\n");
    // Through git's own completion, where it is there.
    let gits = "/usr/share/bash-completion/completions/git";
    if std::path::Path::new(gits).exists() {
        let line = "COMP_LINE='git -C . desk esc'; COMP_POINT=${#COMP_LINE}; __git_wrap__git_main";
        assert_eq!(complete("git -C . desk esc", 4, &format!("source {gits}; {line}")).trim_end(), "escalate");
    }
    let named =
        in_shell(&world, &["bash", "--norc", "-c"], &format!("source {}; complete -p git-desk", script.display()));
    assert!(named.ok().contains("_clap_complete_git_desk git-desk"));
}

#[test]
fn zsh_and_fish_complete_where_they_are_there() {
    let world = TestDesk::new();
    world.open("Printer HP-4", &[]);
    if has(&world, "fish") {
        world.run(&["setup", "shell", "fish"]).ok();
        let fish = world.at("desk").with("XDG_DATA_HOME", &home(&world).join("data").display().to_string());
        let offered = |line: &str| in_shell(&fish, &["fish", "--no-config", "-c"], line);
        let script = home(&world).join("config/fish/conf.d/git-desk.fish");
        for line in ["git-desk esc", "git desk esc"] {
            let offered = offered(&format!("source {}; complete -C '{line}'", script.display())).ok();
            assert!(offered.starts_with("escalate"), "{line}: {offered}");
        }
    }
    if has(&world, "zsh") {
        world.run(&["setup", "shell", "zsh"]).ok();
        let folder = home(&world).join(".local/share/zsh/site-functions");
        // A terminal in the terminal: zsh completes only where somebody types.
        let script = format!(
            r#"zmodload zsh/zpty
zpty -b z 'zsh -f -i'
zpty -w z "PS1='> '; fpath=({} \$fpath); autoload -U compinit && compinit -u -D; zstyle ':completion:*' list-prompt ''"
zpty -w -n z $'git-desk escal\t --x\n'
sleep 2
zpty -w -n z $'git desk escal\t --y\n'
sleep 2
zpty -w z 'exit'
zpty -r z out '*exit*'; print -r -- "$out""#,
            folder.display()
        );
        let screen = in_shell(&world, &["zsh", "-f", "-c"], &script).stdout;
        assert!(screen.contains("git-desk escalate"), "{screen:?}");
        assert!(screen.contains("git desk escalate"), "{screen:?}");
    }
}

#[test]
fn git_shows_the_page_where_man_is_there() {
    let world = TestDesk::nowhere();
    if !has(&world, "man") {
        return;
    }
    world.run(&["setup", "shell", "bash"]).ok();
    let man = home(&world).join(".local/share/man");
    let shown = in_shell(&world, &["sh", "-c"], &format!("MANPATH={}: MANPAGER=cat git desk --help", man.display()));
    assert!(shown.ok().contains("git-desk - "), "{shown}");
}
