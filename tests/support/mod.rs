//! The closed world of the tests: a folder of its own, a clean environment, a clock that moves a minute a command, and
//! ids that are the same each time. Git repositories and the git program are real.

pub mod forge;
pub mod http;
mod ran;
pub mod terminal;

pub use ran::Ran;

use std::cell::Cell;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A temporary folder with a home, a git identity (Ana Agent) and, mostly, a desk.
pub struct TestDesk {
    dir: TempDir,
    /// Where commands run.
    cwd: PathBuf,
    /// Seconds since the Unix epoch; a minute later with each command.
    now: Cell<i64>,
    seed: Cell<u64>,
    vars: Vec<(String, String)>,
}

/// 2026-11-24 08:00 UTC, a Tuesday.
const START: i64 = 1_795_507_200;

impl TestDesk {
    /// A folder without a desk.
    pub fn nowhere() -> TestDesk {
        let dir = TempDir::with_prefix("git-desk-test-").unwrap();
        let cwd = dir.path().join("desk");
        fs::create_dir_all(dir.path().join("home")).unwrap();
        fs::create_dir_all(&cwd).unwrap();
        let identity = "[user]\n\tname = Ana Agent\n\temail = ana@example.com\n[init]\n\tdefaultBranch = main\n[commit]\n\tgpgsign = false\n";
        fs::write(dir.path().join("gitconfig"), identity).unwrap();
        TestDesk { dir, cwd, now: Cell::new(START), seed: Cell::new(0), vars: Vec::new() }
    }

    /// A desk with a worktree.
    pub fn new() -> TestDesk {
        let desk = TestDesk::nowhere();
        desk.run(&["init"]).ok();
        desk
    }

    /// A desk without one.
    pub fn bare() -> TestDesk {
        let desk = TestDesk::nowhere();
        desk.run(&["init", "--bare"]).ok();
        desk
    }

    /// The same world in another folder of it.
    pub fn at(&self, folder: &str) -> TestDesk {
        let cwd = self.dir.path().join(folder);
        fs::create_dir_all(&cwd).unwrap();
        let dir = TempDir::with_prefix("git-desk-test-").unwrap();
        let home = self.dir.path().join("home").display().to_string();
        let gitconfig = self.dir.path().join("gitconfig").display().to_string();
        let mut vars = self.vars.clone();
        vars.push(("HOME".into(), home));
        vars.push(("GIT_CONFIG_GLOBAL".into(), gitconfig));
        TestDesk { dir, cwd, now: Cell::new(self.now.get()), seed: Cell::new(self.seed.get() + 1_000), vars }
    }

    /// Somebody else at the same desk: an agent or not.
    pub fn by(mut self, user: &str) -> TestDesk {
        self.vars.push(("GIT_DESK_USER".into(), user.into()));
        self
    }

    pub fn with(mut self, name: &str, value: &str) -> TestDesk {
        self.vars.push((name.into(), value.into()));
        self
    }

    pub fn path(&self) -> &Path {
        &self.cwd
    }

    /// The folder around the desk.
    pub fn outside(&self) -> &Path {
        self.dir.path()
    }

    /// Lets time pass.
    pub fn later(&self, seconds: i64) {
        self.now.set(self.now.get() + seconds);
    }

    fn prepare(&self, program: &str) -> Command {
        self.now.set(self.now.get() + 60);
        self.seed.set(self.seed.get() + 1);
        let now = jiff::Timestamp::from_second(self.now.get()).unwrap().to_string();
        #[expect(clippy::disallowed_methods, reason = "tests start programs as people do")]
        let mut command = Command::new(program);
        command.current_dir(&self.cwd).env_clear().stdin(Stdio::null());
        let home = self.dir.path().join("home");
        command
            .env("HOME", &home)
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_STATE_HOME", home.join("state"))
            .env("XDG_RUNTIME_DIR", home.join("run"));
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", self.dir.path().join("gitconfig"));
        command.env("PATH", search_path()).env("TZ", "UTC").env("LC_ALL", "C.UTF-8").env("COLUMNS", "100");
        command.env("USER", "ana").env("GIT_DESK_HOST", "testhost").env("TERM", "xterm");
        command.env("GIT_DESK_NOW", &now).env("GIT_DESK_SEED", self.seed.get().to_string());
        command.env("GIT_AUTHOR_DATE", &now).env("GIT_COMMITTER_DATE", &now);
        for (name, value) in &self.vars {
            command.env(name, value);
        }
        command
    }

    /// `git-desk`, ready for a test that wants to start it itself.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = self.prepare(env!("CARGO_BIN_EXE_git-desk"));
        command.args(words);
        command
    }

    /// Any other program, ready to be started in this world.
    pub fn program(&self, program: &str, words: &[&str]) -> Command {
        let mut command = self.prepare(program);
        command.args(words);
        command
    }

    /// Runs `git-desk`.
    pub fn run(&self, words: &[&str]) -> Ran {
        Ran::of(self.command(words).output().unwrap(), self.dir.path())
    }

    /// Runs `git-desk` with bytes on stdin.
    pub fn feed(&self, input: impl AsRef<[u8]>, words: &[&str]) -> Ran {
        let mut child =
            self.command(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that reads no stdin may end before it has all.
        let _ = child.stdin.take().unwrap().write_all(input.as_ref());
        Ran::of(child.wait_with_output().unwrap(), self.dir.path())
    }

    /// Runs `git-desk` on a terminal of 100 columns, with what is typed; the screen as bytes in UTF-8.
    pub fn on_terminal(&self, typed: &str, words: &[&str]) -> Ran {
        let (code, screen) = {
            let mut command = self.command(words);
            // Nobody is there to leave a pager.
            command.env("PAGER", "cat");
            terminal::run(command, typed)
        };
        Ran::new(code, screen.replace("\r\n", "\n"), String::new(), self.dir.path())
    }

    /// Runs `git-desk` on a terminal and answers each question once it is there; the screen is stderr, with what was
    /// typed, and the result is stdout.
    pub fn converse(&self, words: &[&str], talk: &[(&str, &str)]) -> Ran {
        let path = self.dir.path().join("stdout");
        let (code, screen) = terminal::converse(self.command(words), Some(fs::File::create(&path).unwrap()), talk);
        Ran::new(code, fs::read_to_string(path).unwrap(), screen.replace("\r\n", "\n"), self.dir.path())
    }

    /// Runs `git-desk` on a terminal and types Ctrl-C once it has said something; its exit code and the screen.
    pub fn interrupt(&self, words: &[&str], said: &str) -> (i32, String) {
        terminal::interrupt(self.command(words), said)
    }

    /// Runs `git` as a person would, and gives what it prints.
    pub fn git(&self, words: &[&str]) -> String {
        let output = self.prepare("git").args(words).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "git {words:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Opens a ticket and gives its id.
    pub fn open(&self, title: &str, options: &[&str]) -> String {
        let mut words = vec!["open"];
        words.extend(options);
        words.extend(["--", title]);
        self.run(&words).ok().trim_end().to_owned()
    }

    /// The ticket as `show --json` has it.
    pub fn ticket(&self, id: &str) -> serde_json::Value {
        serde_json::from_str(&self.run(&["show", id, "--json"]).ok()).unwrap()
    }

    /// The path of a ticket's file.
    pub fn file(&self, id: &str) -> PathBuf {
        self.cwd.join(ticket_path(id))
    }

    /// Changes a file of the worktree by hand.
    pub fn change(&self, path: &Path, from: &str, to: &str) {
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains(from), "{from} is not in {text}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    /// Commits `[[sla]]` and what else is to stand in place of those that `init` wrote.
    pub fn promise(&self, rules: &str) {
        let path = self.path().join("desk.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let head = text.split("[[sla]]").next().unwrap().trim_end();
        std::fs::write(&path, format!("{head}\n\n{rules}")).unwrap();
        self.git(&["commit", "-qam", "policy"]);
    }

    /// How many commits the branch has.
    pub fn commits(&self) -> usize {
        self.git(&["rev-list", "--count", "main"]).trim().parse().unwrap()
    }

    /// Plain git finds nothing wrong and the worktree as it should be.
    pub fn is_sound(&self) {
        self.git(&["fsck", "--strict", "--full"]);
        if self.cwd.join(".git").exists() {
            assert_eq!(self.git(&["status", "--porcelain"]), "");
        }
    }
}

/// `tickets/2026/11/24/261124-….toml`
pub fn ticket_path(id: &str) -> String {
    format!("tickets/20{}/{}/{}/{id}.toml", &id[..2], &id[2..4], &id[4..6])
}

/// Where programs are found.
pub fn search_path() -> std::ffi::OsString {
    #[expect(clippy::disallowed_methods, reason = "where the real git is")]
    std::env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into())
}
