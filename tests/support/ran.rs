//! What came of a command: its whole output, to be compared as one.

use std::fmt;
use std::path::Path;
use std::process::Output;

#[derive(Debug, Clone)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn of(output: Output, world: &Path) -> Ran {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran::new(output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr), world)
    }

    /// Paths of the temporary folder become `[WORLD]`.
    pub fn new(code: i32, stdout: String, stderr: String, world: &Path) -> Ran {
        let world = world.display().to_string();
        let plain = |text: String| text.replace(&world, "[WORLD]");
        Ran { code, stdout: plain(stdout), stderr: plain(stderr) }
    }

    /// stdout of a command that must go well.
    #[track_caller]
    pub fn ok(&self) -> String {
        assert_eq!(self.code, 0, "{self}");
        self.stdout.clone()
    }

    /// stderr of a command that must end with this code and print no result.
    #[track_caller]
    pub fn fails(&self, code: i32) -> String {
        assert_eq!((self.code, self.stdout.as_str()), (code, ""), "{self}");
        self.stderr.clone()
    }
}

/// Everything, for snapshots.
impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.stdout)?;
        for line in self.stderr.lines() {
            writeln!(f, "stderr: {line}")?;
        }
        if self.code != 0 {
            writeln!(f, "exit: {}", self.code)?;
        }
        Ok(())
    }
}
