//! Several clones, random commands, syncs that are killed: in the end all have the same, and all that was acknowledged.
//!
//! `GIT_DESK_TEST_LONG=1` runs six clones for twenty rounds; else it is three for five.

use std::collections::BTreeSet;
use std::os::unix::process::CommandExt;
use std::process::Stdio;
use std::time::Duration;

use crate::support::TestDesk;

/// A stream of random numbers (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 33) as usize % sides
    }
}

/// What the harness knows to be acknowledged.
#[derive(Default)]
struct Acknowledged {
    tickets: BTreeSet<String>,
    /// Words of comments and notes, each its own.
    words: BTreeSet<String>,
}

fn long() -> bool {
    #[expect(clippy::disallowed_methods, reason = "the switch for the long forms")]
    std::env::var_os("GIT_DESK_TEST_LONG").is_some()
}

/// Clones of a hub at an address, each of somebody else.
fn clones(world: &TestDesk, url: &str, count: usize) -> Vec<TestDesk> {
    let mut clones = Vec::new();
    for number in 0..count {
        let name = format!("clone{number}");
        // Half of them are bare.
        let bare: &[&str] = if number % 2 == 0 { &["--bare"] } else { &[] };
        world.git(&[&["clone", "-q"], bare, &[url, &format!("../{name}")]].concat());
        let user = format!("Agent {number} <agent{number}@example.com>");
        // Random numbers of their own for each.
        clones.push(world.at(&name).with("GIT_DESK_SEED", &name).by(&user));
    }
    clones
}

fn act(desk: &TestDesk, dice: &mut Dice, told: &mut Acknowledged) {
    let words = format!("words-{:016x}", (dice.roll(1 << 30) as u64) << 30 | dice.roll(1 << 30) as u64);
    let known: Vec<String> = desk.run(&["list", "-o", "ids"]).ok().lines().map(str::to_owned).collect();
    let id = if known.is_empty() { String::new() } else { known[dice.roll(known.len())].clone() };
    let choice = if known.len() < 4 { 0 } else { dice.roll(10) };
    let line: Vec<&str> = match choice {
        0 | 1 => vec!["open", &words],
        2 | 3 => vec!["comment", &id, &words],
        4 => vec!["note", &id, &words],
        5 => vec!["set", &id, "priority=p1"],
        6 => vec!["set", &id, ["asset=db1", "asset=db2", "category=network/vpn"][dice.roll(3)]],
        7 => vec!["tag", &id, "--add", ["red", "blue", "green"][dice.roll(3)]],
        8 => vec!["escalate", &id, "-m", &words],
        9 => vec!["close", &id, "--resolution", "fixed", "-m", "solved"],
        other => unreachable!("{other}"),
    };
    let ran = desk.run(&line);
    if ran.code != 0 {
        assert_eq!(ran.code, 5, "{line:?}: {ran}");
        return;
    }
    match choice {
        0 | 1 => drop(told.tickets.insert(ran.stdout.trim().to_owned())),
        2..=4 => drop(told.words.insert(words)),
        _ => {}
    }
}

/// A sync, which is killed at some moment of one out of three.
fn sync(desk: &TestDesk, dice: &mut Dice) {
    if dice.roll(3) > 0 {
        let ran = desk.run(&["sync"]);
        assert!([0, 8].contains(&ran.code), "{ran}");
        return;
    }
    let mut command = desk.command(&["sync"]);
    command.process_group(0).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    std::thread::sleep(Duration::from_millis(dice.roll(150) as u64));
    let _ = child.kill();
    child.wait().unwrap();
}

fn rounds(world: &TestDesk, url: &str, hub: &TestDesk) {
    let (people, rounds) = if long() { (6, 20) } else { (3, 5) };
    let clones = clones(world, url, people);
    let (mut dice, mut told) = (Dice(20_261_124), Acknowledged::default());
    for _ in 0..rounds {
        for desk in &clones {
            for _ in 0..=dice.roll(3) {
                act(desk, &mut dice, &mut told);
            }
            sync(desk, &mut dice);
        }
    }
    // All at once, then one after the other until nothing moves.
    let running: Vec<_> =
        clones.iter().map(|desk| desk.command(&["sync"]).stderr(Stdio::piped()).spawn().unwrap()).collect();
    for child in running {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    for desk in clones.iter().chain(&clones) {
        desk.run(&["sync"]).ok();
    }
    let tree = hub.git(&["rev-parse", "main^{tree}"]);
    for desk in &clones {
        assert_eq!(desk.git(&["rev-parse", "main^{tree}"]), tree);
        desk.is_sound();
        let checked = desk.run(&["check", "--all"]);
        assert_eq!(checked.code, 0, "{checked}");
    }
    // By plain git: every ticket has its file, every word stands in one.
    let files = hub.git(&["ls-tree", "-r", "--name-only", "main"]);
    for id in &told.tickets {
        assert!(files.contains(&format!("/{id}.toml")), "{id} is lost");
    }
    let text = hub.git(&["grep", "-h", "-o", "words-[0-9a-f]*", "main"]);
    let there: BTreeSet<&str> = text.lines().collect();
    let lost: Vec<&String> = told.words.iter().filter(|words| !there.contains(words.as_str())).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(told.tickets.len() > rounds && told.words.len() > rounds, "too little was done");
}

#[test]
fn clones_that_sync_and_are_killed_end_with_the_same_and_lose_nothing() {
    let world = TestDesk::nowhere();
    let hub = world.at("hub.git");
    hub.run(&["init", "--bare"]).ok();
    rounds(&world, "../hub.git", &hub);
}

#[test]
fn through_gits_own_daemon_it_is_the_same() {
    let world = TestDesk::nowhere();
    let hub = world.at("hub.git");
    hub.run(&["init", "--bare"]).ok();
    let Some(daemon) = Daemon::start(&world) else { return };
    rounds(&world, &format!("git://127.0.0.1:{}/hub.git", daemon.port), &hub);
}

/// `git daemon` on loopback, which takes pushes; ended when dropped.
struct Daemon {
    child: std::process::Child,
    port: u16,
}

impl Daemon {
    /// `None` where it is not installed, loudly.
    fn start(world: &TestDesk) -> Option<Daemon> {
        #[expect(clippy::disallowed_methods, reason = "where it must be there")]
        let required = std::env::var_os("GIT_DESK_TEST_PROGRAMS").is_some();
        let folder = world.git(&["--exec-path"]);
        if !std::path::Path::new(folder.trim()).join("git-daemon").exists() {
            assert!(!required, "git-daemon is not installed");
            eprintln!("skipped: git-daemon is not installed");
            return None;
        }
        // Somebody else may take the port between: then another one.
        for _ in 0..10 {
            let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let base = format!("--base-path={}", world.outside().display());
            let port_words = format!("--port={port}");
            let words = ["daemon", "--export-all", "--enable=receive-pack", "--reuseaddr", "--listen=127.0.0.1"];
            let mut command = world.program("git", &[&words[..], &[&port_words, &base]].concat());
            command.process_group(0).stdout(Stdio::null()).stderr(Stdio::null());
            let mut child = command.spawn().unwrap();
            for _ in 0..200 {
                if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                    return Some(Daemon { child, port });
                }
                if child.try_wait().unwrap().is_some() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            let _ = child.kill();
            let _ = child.wait();
        }
        panic!("git daemon did not start");
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let group = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::TERM);
        let _ = self.child.wait();
    }
}
